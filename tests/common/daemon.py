# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Starts ahoyd with a configuration on a private bus, asks it through busctl, and runs ahoyctl.

The environment names the programs: AHOY_DAEMON, AHOY_CTL, and AHOY_SOUNDS_DIRECTORY.
"""

import json
import os
import pathlib
import queue
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import late
from sip_peer import Failure

NAME = 'org.ahoy.Ahoy1'
ROOT = '/org/ahoy/Ahoy1'
HOSTS = {'ipv4': '127.0.0.1', 'ipv6': '::1'}
# Said of every daemon so far; and said of the machine, when it is busy with other tests.
KNOWN_WARNINGS = ('no authenticator', 'kept everything waiting')
# The bus lets everybody on it do everything, and starts nothing.
BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''
TRANSPORTS = ''.join(f'''
[transport {protocol}{'6' if ':' in host else ''}]
protocol={protocol}
bind={host}:0
''' for host in ('127.0.0.1', '[::1]') for protocol in ('udp', 'tcp'))
# Whether the daemon is built with a sanitizer: slow, and no measure of time and memory.
SANITIZED = b'libasan' in pathlib.Path(os.environ['AHOY_DAEMON']).read_bytes()
# Whoever calls is the endpoint anonymous, in the context demo. A busy machine refuses no call.
ANYONE = '''
[core]
default-endpoint=anonymous
t1=50ms
overload-delay=0
{core}
''' + TRANSPORTS + '''
[endpoint anonymous]
auth=none
allow=call
context=demo
{endpoint}
'''


def anyone(*routes, core='', endpoint=''):
    """A configuration that takes every call, with routes ('600', 'answer, echo')."""
    text = ANYONE.format(core=core, endpoint=endpoint)
    for number, (match, do) in enumerate(routes):
        text += f'\n[route r{number}]\ncontext=demo\nmatch={match}\ndo={do}\n'
    return text


class BusError(Exception):
    """What busctl printed of an error; .name is the D-Bus error's, when busctl tells it."""


class Lines:
    """The lines of a stream, read in a thread, to wait for one; the thread closes the stream."""

    def __init__(self, stream):
        self.all = []
        self._queue = queue.Queue()
        self._grown = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream):
        try:
            with stream:
                for line in late.lines(stream):
                    with self._grown:
                        self.all.append(line.rstrip('\n'))
                        self._grown.notify_all()
                    self._queue.put(line.rstrip('\n'))
        except ValueError:
            pass  # it was closed meanwhile
        self._queue.put(None)

    def close(self):
        """After the end of who writes: who still holds the stream would be waited for for ever."""
        self._thread.join(10)
        if self._thread.is_alive():
            raise Failure('a process outlived who wrote this:\n' + '\n'.join(self.all[-40:]))

    def having(self, *words, count=1, timeout=20):
        """All lines with these words, as soon as there are so many of them: a line that is written
        before an answer is sent may be read after it."""
        def found():
            lines = [line for line in self.all if all(word in line for word in words)]
            return lines if len(lines) >= count else None

        with self._grown:
            lines = self._grown.wait_for(found, timeout)
        if not lines:
            raise Failure(f'no {count} lines with {words}:\n' + '\n'.join(self.all[-40:]))
        return lines

    def wait_for(self, accept, timeout=20):
        """The next line that is accepted; None when the stream ends before."""
        end = time.monotonic() + timeout
        while True:
            try:
                line = self._queue.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Failure('no such line within the time:\n' + '\n'.join(self.all[-40:])) \
                    from None
            if line is None or accept(line):
                return line


class Bus:
    """A private dbus-daemon."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-bus-'))
        config = self.directory / 'bus.conf'
        config.write_text(BUS_CONFIG.format(directory=self.directory), 'utf-8')
        self.process = subprocess.Popen(
            ['dbus-daemon', f'--config-file={config}', '--nofork', '--nopidfile',
             '--print-address=1'], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)  # that it may not raise the limit of its descriptors
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise Failure('dbus-daemon does not start')

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Daemon:
    """ahoyd with a configuration: one text, or {file name: text}; None for the built-in default.

    .ports has the port of each transport by its name; .state is the state directory.
    """

    def __init__(self, config=None, *arguments, bus=None, environment=None, session=True):
        self.bus = bus or Bus()
        self._own_bus = bus is None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='ahoyd-'))
        self.config = self.directory / 'config'
        self.state = self.directory / 'state'
        self.config.mkdir()
        files = {'ahoy.conf': config} if isinstance(config, str) else config or {}
        for name, text in files.items():
            (self.config / name).parent.mkdir(parents=True, exist_ok=True)
            (self.config / name).write_text(text, 'utf-8')
        self.environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.bus.address,
                                **(environment or {}))
        self.process = subprocess.Popen(
            [os.environ['AHOY_DAEMON'], *(['--session'] if session else []),
             '--config', str(self.config),
             '--state', str(self.state), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment)
        self.log = Lines(self.process.stdout)
        self.warnings_expected = False
        self.ports = {}
        if self.log.wait_for(lambda line: 'Ready: ' in line, 60) is None:
            self.process.wait(10)
            self.clean_up()
            raise Failure('ahoyd does not start:\n' + '\n'.join(self.log.all))
        for _, transport in self.call('', 'Manager', 'ListManagedObjects', 'ssu',
                                      f'{NAME}.Transport', '', 0)[0]:
            self.ports[transport['Name']['data']] = transport['Port']['data']

    def address(self, transport='udp', family='ipv4'):
        """The address (host, port) of one of the transports of anyone()."""
        return (HOSTS[family], self.ports[transport + ('6' if family == 'ipv6' else '')])

    def busctl(self, *arguments, timeout=30):
        done = subprocess.run(['busctl', f'--address={self.bus.address}', '--json=short',
                               *map(str, arguments)],
                              capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode != 0:
            raise BusError(done.stderr.strip())
        return done.stdout

    def call(self, path, interface, method, signature='', *arguments, timeout=30):
        """Calls a method of an interface (“Session”) by busctl; returns the list of results."""
        path = path if path.startswith('/org') else f'{ROOT}{path and "/" + path}'
        signed = [signature, *arguments] if signature else []
        # A negative number would look like an option.
        out = self.busctl('call', '--', NAME, path, f'{NAME}.{interface}', method, *signed,
                          timeout=timeout)
        return json.loads(out)['data'] if out.strip() else []

    def get(self, path, interface, name):
        path = path if path.startswith('/org') else f'{ROOT}{path and "/" + path}'
        out = self.busctl('get-property', NAME, path, f'{NAME}.{interface}', name)
        return json.loads(out)['data']

    def get_all(self, path, interface):
        """All properties of an interface of an object, as they are at one time."""
        out = self.busctl('call', NAME, path, 'org.freedesktop.DBus.Properties', 'GetAll', 's',
                          f'{NAME}.{interface}')
        return {name: value['data'] for name, value in json.loads(out)['data'][0].items()}

    def objects(self, kind):
        """The paths of all objects of a kind (“session”)."""
        out = self.busctl('call', NAME, ROOT, 'org.freedesktop.DBus.ObjectManager',
                          'GetManagedObjects')
        prefix = f'{ROOT}/{kind}/'
        return sorted((path for path in json.loads(out)['data'][0]
                       if path.startswith(prefix) and '/' not in path[len(prefix):]),
                      key=lambda path: (len(path), path))

    def dial(self, target, endpoint=''):
        """The path of the session of a new call."""
        return self.call('', 'Manager', 'Dial', 'ss', endpoint, target)[0]

    def wait(self, session, state, timeout=20):
        """Waits until a session has come to a state (or has ended); the state and the status."""
        result = self.call(session, 'Session', 'Wait', 'su', state, timeout * 1000,
                           timeout=timeout + 10)
        if result[0] not in (state, 'ended'):
            raise Failure(f'{session} is {result}, not {state}\n' + self.report())
        return result

    def ctl(self, *arguments, timeout=60, check=True):
        """Runs ahoyctl; the finished process with its output."""
        done = subprocess.run([os.environ['AHOY_CTL'], *map(str, arguments)], text=True,
                              capture_output=True, timeout=timeout, env=self.environment,
                              check=False)
        if check and done.returncode != 0:
            raise Failure(f'ahoyctl {arguments}: {done.returncode}\n{done.stdout}{done.stderr}')
        return done

    def wait_for_sessions(self, count, timeout=20):
        """Waits until so many sessions have not ended yet."""
        end = time.monotonic() + timeout
        while (now := self.get('', 'Manager', 'SessionCount')) != count:
            if time.monotonic() > end:
                raise Failure(f'{now} sessions, wanted {count}\n' + self.report())
            time.sleep(0.02)  # between two questions, not for anything to happen
        return now

    def is_sanitized(self):
        """Whether it is built with a sanitizer: slow, and no measure of time and memory."""
        return SANITIZED

    def report(self):
        return '\n'.join(self.log.all[-60:])

    def clean_up(self):
        self.log.close()
        if self._own_bus:
            self.bus.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def stop(self):
        """Ends the daemon by Quit; it has to end well and without a warning."""
        try:
            if self.process.poll() is None:
                try:
                    self.call('', 'Manager', 'Quit')
                except BusError:
                    pass  # it ends already
                self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        code = self.process.returncode
        self.log.wait_for(lambda line: False)
        self.clean_up()
        if code != 0:
            raise Failure(f'ahoyd ended with {code}\n' + self.report())
        left = [line for line in self.log.all if 'CRITICAL' in line
                or 'WARNING' in line and not any(known in line for known in KNOWN_WARNINGS)]
        if left and not self.warnings_expected:
            raise Failure('ahoyd warned:\n' + '\n'.join(left))


class DaemonTestCase(unittest.TestCase):
    """A daemon for all tests of a class, with the configuration of the class."""

    config = anyone(('600', 'answer, echo'))
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.config, *cls.arguments)
        cls.addClassCleanup(cls.daemon.stop)
