# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-33: a program of the administrator hears of contacts that come, change and go."""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time
import unittest

from daemon import Daemon, anyone
from sip_peer import Failure, Peer

# Writes what it was told, one line for each run, and what it is asked to print.
PROGRAM = '''
import json, os, sys
line = json.dumps({'argv': sys.argv[1:], 'environment': dict(os.environ)}) + '\\n'
file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(file, line.encode())
'''
PHONES = '''
[endpoint alice]
auth=none
max-contacts=3
minimum-expiration=1

[endpoint bob]
auth=none
max-contacts=60
minimum-expiration=1
'''


class ContactHook(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.told = self.folder / 'told'
        self.number = 0

    def start(self, body=PROGRAM, more='', arguments=()):
        script = self.folder / 'hook program.py'
        script.write_text(body, 'utf-8')
        self.command = shlex.join([sys.executable, str(script), str(self.told), *arguments])
        self.daemon = Daemon(anyone(('600', 'answer'), core=f'contact-hook={self.command}\n{more}')
                             + PHONES)
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.peer = Peer('udp', target=self.daemon.address())
        self.addCleanup(self.peer.close)

    def register(self, uri, expires=3600, user='alice', agent='Peer/1'):
        self.number += 1
        request = self.peer.register(f'sip:{user}@{self.peer.target_uri().split("@")[1]}', expires,
                                     contact=f'<{uri}>', headers=[('User-Agent', agent)])
        request.set('From', f'<sip:{user}@ahoy.example>;tag={self.peer.unique("f")}')
        self.peer.send(request)
        self.peer.expect(200)

    def runs(self):
        if not self.told.exists():
            return []
        lines = self.told.read_text('utf-8').splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith('\n')]  # the last is not all

    def wait_for_runs(self, count, timeout=30):
        end = time.monotonic() + timeout
        while len(runs := self.runs()) < count:
            if time.monotonic() > end:
                raise Failure(f'{len(runs)} of {count} runs\n' + self.daemon.report())
            time.sleep(0.02)  # between two looks, not for anything to happen
        self.assertEqual(len(runs), count)
        return [run['environment'] for run in runs]

    def wait_for_log(self, text):
        found = self.daemon.log.wait_for(lambda line: text in line)
        self.assertIsNotNone(found, self.daemon.report())
        return found

    def test_life(self):
        """a contact comes, is refreshed unheard, and goes: who, where and why is told"""
        self.start()
        one, two = (f'sip:{name}@{self.peer.address}' for name in ('one', 'two'))
        before = time.time()
        self.register(one, agent='Phone; $(touch x) `y`')
        self.wait_for_runs(1)
        self.register(one)
        self.register(two)
        self.register(one, expires=0)
        self.wait_for_runs(3)
        self.daemon.call('endpoint/alice', 'Endpoint', 'DropContact', 's', two)
        runs = self.wait_for_runs(4)
        self.assertEqual([(run['AHOY_EVENT'], run['AHOY_CONTACT'], run['AHOY_REASON'])
                          for run in runs],
                         [('added', one, ''), ('added', two, ''), ('removed', one, 'unregistered'),
                          ('removed', two, 'dropped')])
        self.assertEqual({run['AHOY_AOR'] for run in runs}, {'alice'})
        first = runs[0]
        self.assertEqual(first['AHOY_USER_AGENT'], 'Phone; $(touch x) `y`')
        self.assertEqual(first['AHOY_STATUS'], 'non-qualified')
        self.assertEqual(first['AHOY_ROUND_TRIP_US'], '')
        self.assertAlmostEqual(int(first['AHOY_EXPIRES']), before + 3600, delta=60)
        self.assertIn('PATH', first)
        self.assertNotIn('DBUS_SESSION_BUS_ADDRESS', first)  # none of ours that it does not need
        self.daemon.stop()

    def test_arguments(self):
        """its arguments are those that were written, whatever a phone says"""
        self.start(arguments=['with space', '$AHOY_CONTACT', '--last'])
        self.register(f'sip:-rf@{self.peer.address}')
        self.wait_for_runs(1)
        self.assertEqual(self.runs()[0]['argv'],
                         [str(self.told), 'with space', '$AHOY_CONTACT', '--last'])
        self.daemon.stop()

    def test_chosen_events(self):
        """contact-hook-events says what it hears of, also after a reload"""
        self.start(more='contact-hook-events=refreshed')
        uri = f'sip:one@{self.peer.address}'
        self.register(uri)
        self.register(uri)
        self.assertEqual(self.wait_for_runs(1)[0]['AHOY_EVENT'], 'refreshed')
        text = (self.daemon.config / 'ahoy.conf').read_text('utf-8')
        (self.daemon.config / 'ahoy.conf').write_text(
            text.replace('contact-hook-events=refreshed', 'contact-hook-events=removed'), 'utf-8')
        self.daemon.ctl('reload')
        self.register(uri)
        self.register(uri, expires=0)
        self.assertEqual(self.wait_for_runs(2)[1]['AHOY_EVENT'], 'removed')
        self.daemon.stop()

    def test_status(self):
        """whether a phone answers is told when it changes"""
        self.start()
        text = (self.daemon.config / 'ahoy.conf').read_text('utf-8')
        (self.daemon.config / 'ahoy.conf').write_text(
            text.replace('[endpoint alice]', '[endpoint alice]\nqualify-frequency=60'), 'utf-8')
        self.daemon.ctl('reload')
        self.register(f'sip:one@{self.peer.address}')
        self.peer.respond(self.peer.expect('OPTIONS'), 200)
        runs = self.wait_for_runs(2)
        self.assertEqual([run['AHOY_EVENT'] for run in runs], ['added', 'status'])
        self.assertEqual(runs[1]['AHOY_STATUS'], 'available')
        self.assertGreaterEqual(int(runs[1]['AHOY_ROUND_TRIP_US']), 0)
        self.daemon.stop()

    def test_order(self):
        """events of one address of record are told one behind the other, however long each takes"""
        self.start(PROGRAM + 'import time; time.sleep(0.05 if "bob" in line else 0)\n')
        wanted = []
        for number in range(15):
            uri = f'sip:n{number}@{self.peer.address}'
            self.register(uri, user='bob')
            self.register(uri, user='bob', expires=0)
            wanted += [('added', uri), ('removed', uri)]
        runs = self.wait_for_runs(len(wanted))
        self.assertEqual([(run['AHOY_EVENT'], run['AHOY_CONTACT']) for run in runs], wanted)
        self.daemon.stop()

    def test_output(self):
        """what it prints is in the log, and no more of it than is good for a log"""
        self.start(PROGRAM + 'print("seen \\x1b[31mred", flush=True)\n'
                   'sys.stderr.write("x" * 40000)\n')
        self.register(f'sip:one@{self.peer.address}')
        self.assertIn('seen  [31mred', self.wait_for_log('seen'))
        self.wait_for_log('it prints more')
        self.wait_for_runs(1)
        self.assertLess(sum(len(line) for line in self.daemon.log.all if 'xxxx' in line), 20000)
        self.daemon.stop()

    def test_slow(self):
        """one that does not end is killed, and the next event is told"""
        self.start(PROGRAM + 'import time; time.sleep(600 if "one@" in line else 0)\n',
                   more='contact-hook-timeout=1s')
        self.daemon.warnings_expected = True
        self.register(f'sip:one@{self.peer.address}')
        self.register(f'sip:two@{self.peer.address}')
        self.wait_for_log('took too long, and was killed')
        self.assertIn('two@', self.wait_for_runs(2)[1]['AHOY_CONTACT'])
        self.daemon.stop()

    def test_left_behind(self):
        """what the program leaves behind with its output open keeps nothing"""
        self.start(PROGRAM + 'import subprocess\n'
                   'subprocess.Popen(["sleep", "20"]) if "one@" in line else None\n',
                   more='contact-hook-timeout=1s')
        self.register(f'sip:one@{self.peer.address}')
        self.register(f'sip:two@{self.peer.address}')
        self.wait_for_runs(2)
        self.daemon.stop()

    def test_failure(self):
        """a program that fails is complained of once, and registrations hold"""
        self.start('import sys; sys.exit(3)')
        self.daemon.warnings_expected = True
        for name in ('one', 'two', 'three'):
            self.register(f'sip:{name}@{self.peer.address}')
        self.wait_for_log('it failed with 3 for “alice”')
        self.assertEqual(len(self.daemon.get('endpoint/alice', 'Endpoint', 'Contacts')), 3)
        self.daemon.stop()
        self.assertEqual(sum('it failed with' in line for line in self.daemon.log.all), 1)

    def test_wrong_path(self):
        """a command without a whole path, and an event that there is not, are refused"""
        config = self.folder / 'ahoy.conf'
        for line, said in (('contact-hook=rm -rf /', 'whole path'),
                           ('contact-hook=/bin/sh "open', 'whole path'),
                           ('contact-hook-events=added;gone', 'no event “gone”')):
            config.write_text(f'[core]\n{line}\n', 'utf-8')
            done = self.check()
            self.assertNotEqual(done.returncode, 0, done.stdout)
            self.assertIn(said, done.stdout + done.stderr)

    def check(self):
        command = [os.environ['AHOY_CTL'], 'config', 'check', str(self.folder)]
        return subprocess.run(command, text=True, capture_output=True, timeout=30, check=False)


if __name__ == '__main__':
    import tap
    tap.main()
