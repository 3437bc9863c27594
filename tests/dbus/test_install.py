# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What is installed beside the programs: units, activation, policy, manual pages."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

import agent
from daemon import NAME, ROOT, anyone

SOURCE = pathlib.Path(os.environ['AHOY_SOURCE'])
BUILD = pathlib.Path(os.environ['AHOY_BUILD'])
DAEMON = os.environ['AHOY_DAEMON']
PROGRAM = re.compile(r'/\S*/ahoyd\b')
COMMAND = re.compile(r'/\S*/ahoyctl\b')
# As the system bus is: nobody may do anything that no policy allows.
SYSTEM_BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{kind}</type>
  <listen>unix:path={folder}/socket</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow user="*"/>
    {policy}
    <allow send_type="method_return"/>
    <allow send_type="error"/>
    <allow send_type="signal"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  {include}
</busconfig>
'''
NOBODY = 65534


class InstallTestCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-install-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)

    def run_program(self, *command, check=True, **options):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60,
                              check=False, **options)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def start_bus(self, kind='session', policy='<deny own="*"/>', include=''):
        """A bus; its address."""
        config = self.folder / 'bus.conf'
        config.write_text(SYSTEM_BUS.format(kind=kind, folder=self.folder, policy=policy,
                                            include=include), 'utf-8')
        bus = subprocess.Popen(['dbus-daemon', f'--config-file={config}', '--nofork',
                                '--nopidfile', '--print-address=1'], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(bus.stdout.close)
        self.addCleanup(bus.wait, 10)
        self.addCleanup(bus.terminate)
        address = bus.stdout.readline().strip()
        self.assertTrue(address, 'dbus-daemon does not start')
        return address

    def wrapper(self):
        """A program in place of the installed daemon: with a configuration of its own."""
        config = self.folder / 'config'
        config.mkdir()
        (config / 'ahoy.conf').write_text(anyone(), 'utf-8')
        path = self.folder / 'ahoyd'
        path.write_text(f'#!/bin/sh\nexec {DAEMON} "$@" --config {config} '
                        f'--state {self.folder}/state 2>{self.folder}/log\n', 'utf-8')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def busctl(self, address, *arguments, user=None):
        more = {} if user is None else {'user': user, 'group': user, 'extra_groups': []}
        return self.run_program('busctl', f'--address={address}', '--json=short', *arguments,
                                check=False, **more)


class Units(InstallTestCase):
    def unit(self, path):
        """A unit as it is installed, with the program of the build."""
        text, count = PROGRAM.subn(DAEMON, (BUILD / path).read_text('utf-8'))
        self.assertGreaterEqual(count, 1)
        text, count = COMMAND.subn(os.environ['AHOY_CTL'], text)
        self.assertEqual(count, 1)  # ExecReload
        # The pages are not installed here.
        text = re.sub('(?m)^Documentation=.*\n', '', text)
        unit = self.folder / 'ahoyd.service'
        unit.write_text(text, 'utf-8')
        return unit

    def test_verify(self):
        """systemd-analyze has nothing against the units"""
        for path, mode in (('data/ahoyd.service', '--system'),
                           ('data/user/ahoyd.service', '--user')):
            with self.subTest(path=path):
                env = dict(os.environ, XDG_RUNTIME_DIR=str(self.folder))
                done = self.run_program('systemd-analyze', mode, '--man=no', 'verify',
                                        self.unit(path), env=env)
                self.assertNotIn('ahoyd.service', done.stdout + done.stderr)

    def test_verify_finds_faults(self):
        """and would have, if there were something"""
        unit = self.unit('data/ahoyd.service')
        unit.write_text(unit.read_text('utf-8').replace('NoNewPrivileges=yes', 'NoNewStuff=yes'))
        done = self.run_program('systemd-analyze', '--man=no', 'verify', unit, check=False)
        self.assertIn('NoNewStuff', done.stdout + done.stderr)

    def test_hardened(self):
        """the system unit exposes little"""
        done = self.run_program('systemd-analyze', 'security', '--offline=yes', '--threshold=20',
                                self.unit('data/ahoyd.service'))
        exposure = re.search(r'exposure level for ahoyd.service: ([0-9.]+)', done.stdout)
        self.assertIsNotNone(exposure, done.stdout)
        self.assertLess(float(exposure.group(1)), 2.0)


class Activation(InstallTestCase):
    def activate(self, path, kind):
        text, count = PROGRAM.subn(str(self.wrapper()), (BUILD / path).read_text('utf-8'))
        self.assertEqual(count, 1)
        # a private bus starts programs as who it is itself
        text = re.sub('(?m)^User=.*\n', '', text)
        (self.folder / f'{NAME}.service').write_text(text, 'utf-8')
        variable = 'DBUS_SESSION_BUS_ADDRESS' if kind == 'session' else 'DBUS_SYSTEM_BUS_ADDRESS'
        address = self.start_bus(policy='<allow own="*"/><allow send_destination="*"/>')
        # what a bus starts finds it by the variable of a session bus
        if kind == 'system':
            wrapper = self.folder / 'ahoyd'
            wrapper.write_text(wrapper.read_text('utf-8').replace(
                'exec ', f'export {variable}={address}\nexec ', 1))
        done = self.busctl(address, 'get-property', NAME, ROOT, f'{NAME}.Manager', 'State')
        log = self.folder / 'log'
        self.assertEqual(done.returncode, 0,
                         done.stderr + (log.read_text('utf-8') if log.exists() else ''))
        self.assertIn(json.loads(done.stdout)['data'], ('starting', 'running'))
        done = self.busctl(address, 'call', NAME, ROOT, f'{NAME}.Manager', 'Quit')
        self.assertEqual(done.returncode, 0, done.stderr)
        # it can be started again when it is gone
        env = dict(os.environ, **{variable: address})
        done = self.run_program(os.environ['AHOY_CTL'], *(['--system'] if kind == 'system' else []),
                                'quit', env=env)

    def test_session(self):
        """the first call on a session bus starts ahoyd"""
        self.activate('data/org.ahoy.Ahoy1.service', 'session')

    def test_system(self):
        """the first call on a system bus starts ahoyd"""
        self.activate('data/system-services/org.ahoy.Ahoy1.service', 'system')

    def test_units_have_the_name(self):
        """what the activation files name is there"""
        for service in ('data/org.ahoy.Ahoy1.service',
                        'data/system-services/org.ahoy.Ahoy1.service'):
            text = (BUILD / service).read_text('utf-8')
            self.assertIn(f'\nName={NAME}\n', text)
            self.assertIn('\nSystemdService=ahoyd.service\n', text)
        for unit in ('data/ahoyd.service', 'data/user/ahoyd.service'):
            self.assertIn(f'\nType=dbus\nBusName={NAME}\n', (BUILD / unit).read_text('utf-8'))


class Policy(InstallTestCase):
    def test_lint(self):
        """policy and interfaces are sound XML"""
        for path in [SOURCE / 'data/dbus-1/org.ahoy.Ahoy1.conf',
                     *sorted((SOURCE / 'dbus/interfaces').glob('*.xml'))]:
            self.run_program('xmllint', '--noout', '--nonet', path)

    @unittest.skipIf(os.getuid() != 0, 'only root can be somebody else')
    def test_who_may(self):
        """root and the group may call, others may not, and nobody else may have the name"""
        policy = self.folder / 'policy.conf'
        text = (SOURCE / 'data/dbus-1/org.ahoy.Ahoy1.conf').read_text('utf-8')
        text = text.replace('policy user="ahoy"', 'policy user="daemon"')
        for group, allowed in (('daemon', False), ('nogroup', True)):
            with self.subTest(group=group):
                policy.write_text(text.replace('policy group="ahoy"', f'policy group="{group}"'),
                                  'utf-8')
                shutil.rmtree(self.folder / 'config', ignore_errors=True)
                wrapper = self.wrapper()
                address = self.start_bus(include=f'<include>{policy}</include>')
                daemon = subprocess.Popen([wrapper], env=dict(
                    os.environ, DBUS_SESSION_BUS_ADDRESS=address))
                try:
                    self.run_program('busctl', f'--address={address}', '--timeout=20',
                                     'call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                                     'GetId')
                    while NAME not in self.busctl(address, 'list', '--acquired').stdout:
                        self.assertIsNone(daemon.poll(), 'the daemon ended')
                    get = ('get-property', NAME, ROOT, f'{NAME}.Manager', 'State')
                    self.assertEqual(self.busctl(address, *get).returncode, 0)
                    done = self.busctl(address, *get, user=NOBODY)
                    self.assertEqual(done.returncode == 0, allowed, done.stderr)
                    if not allowed:
                        self.assertRegex(done.stderr, 'denied|rejected|not allowed')
                    own = ('call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                           'RequestName', 'su', NAME, 0)
                    done = self.busctl(address, *own, user=NOBODY)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(done.stderr, 'not allowed to own|denied')
                finally:
                    self.busctl(address, 'call', NAME, ROOT, f'{NAME}.Manager', 'Quit')
                    self.assertEqual(daemon.wait(40), 0)
                (self.folder / 'socket').unlink(missing_ok=True)


class Manual(InstallTestCase):
    pages = (SOURCE / 'docs/man/ahoyd.8', SOURCE / 'docs/man/ahoyctl.1',
             BUILD / 'docs/man/ahoy.conf.5')

    def render(self, page):
        return self.run_program('groff', '-man', '-ww', '-Tutf8', '-K', 'utf8', '-rLL=200n',
                                '-P-c', '-P-b', '-P-u', page)

    def test_pages(self):
        """groff has nothing against the pages"""
        for page in self.pages:
            done = self.render(page)
            self.assertEqual(done.stderr, '', page)
            for part in ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'SEE ALSO'):
                self.assertRegex(done.stdout, f'(?m)^{part}$', page)

    def test_commands(self):
        """each command of ahoyctl help stands in ahoyctl(1)"""
        text = self.render(self.pages[1]).stdout
        commands = self.run_program(os.environ['AHOY_CTL'], '--list-commands').stdout.split()
        self.assertGreater(len(commands), 25)
        for command in commands:
            self.assertRegex(text, f'(?m)^       {command}( |$)')
        described = set(re.findall(r'(?m)^       ([a-z-]+)(?: .*)?$', text))
        self.assertLessEqual(set(commands), described)
        shown = self.run_program(os.environ['AHOY_CTL'], 'help').stdout
        for command in commands:
            self.assertRegex(shown, f'(?m)^  {command}( |$)')

    def test_options(self):
        """each option of ahoyd stands in ahoyd(8)"""
        text = self.render(self.pages[0]).stdout
        for option in re.findall(r'--[a-z]+', self.run_program(DAEMON, '--help').stdout):
            if option != '--help':
                self.assertIn(option, text)

    def test_keys(self):
        """each key of the schema stands in ahoy.conf(5), with its default"""
        text = self.render(self.pages[2]).stdout
        schema = self.run_program(DAEMON, '--schema').stdout
        keys = re.findall(r'(?m)^  ([a-z0-9-]+)=(.*)$', schema)
        self.assertGreater(len(keys), 80)
        for name, default in keys:
            self.assertRegex(text, rf'(?m)^       {name}( |$)')
        for kind in re.findall(r'(?m)^  \[([a-z-]+)', schema):
            self.assertRegex(text, rf'(?m)^\[{kind}( NAME)?\]$')


class Paths(InstallTestCase):
    def test_installed(self):
        """everything is installed where it is looked for"""
        done = self.run_program('meson', 'introspect', '--installed', BUILD)
        places = list(json.loads(done.stdout).values())
        for end in ('libexec/ahoyd', 'bin/ahoyctl', 'lib/systemd/system/ahoyd.service',
                    'lib/systemd/user/ahoyd.service',
                    'share/dbus-1/services/org.ahoy.Ahoy1.service',
                    'share/dbus-1/system-services/org.ahoy.Ahoy1.service',
                    'dbus-1/system.d/org.ahoy.Ahoy1.conf', 'lib/sysusers.d/ahoy.conf',
                    'share/man/man1/ahoyctl.1', 'share/man/man8/ahoyd.8',
                    'share/man/man5/ahoy.conf.5', 'share/bash-completion/completions/ahoyctl',
                    'share/zsh/site-functions/_ahoyctl'):
            self.assertEqual(sum(place.endswith('/' + end) for place in places), 1, end)
        program = next(place for place in places if place.endswith('libexec/ahoyd'))
        for path in ('data/ahoyd.service', 'data/user/ahoyd.service', 'data/org.ahoy.Ahoy1.service',
                     'data/system-services/org.ahoy.Ahoy1.service'):
            self.assertIn(program, (BUILD / path).read_text('utf-8'))


if __name__ == '__main__':
    agent.main(220)
