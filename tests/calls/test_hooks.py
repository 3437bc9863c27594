# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Programs around a call: the step exec before it, and the keys on-dial, on-answer and on-end."""

import pathlib
import tempfile
import time
import unittest

import agent
from daemon import HOSTS, Daemon, anyone
from test_dial import SDP, Callee, Caller

# Writes what it was told to a file that is named after the event and its argument.
PROGRAM = '''#!/bin/sh
[ "$2" = sleep ] && : > {folder}/pid-$$ && exec sleep 20
env | grep '^AHOY_' | sort > {folder}/new-$$
mv {folder}/new-$$ {folder}/$1-$AHOY_EVENT-$$
exit ${{2:-0}}
'''
ROUTES = (
    ('1', 'exec({program}, before, 0), dial(bob)'),
    ('2', 'exec({program}, before, 3), dial(bob)'),
    ('4', 'exec({program}, before, sleep, timeout=300ms), dial(bob)'),
    ('5', 'exec(relative)'),
    ('6', 'answer, exec({program}, before, sleep, timeout=10s)'),
    ('7', 'exec({program}, before, 4, variable=code, otherwise=continue), hangup'),
)
MORE = '''
[route hooked]
context=demo
match=9
do=dial(bob)
on-dial={program} route
on-answer={program} route
on-end={program} route

[queue sales]
members=bob
ring-time=1h
retry=1s

[route queued]
context=demo
match=8
do=queue(sales)
on-dial={program} queued
on-answer={program} queued
on-end={program} queued

[endpoint bob]
auth=none
identify=ip
contact=<{uri}>
account-code=42
on-dial={program} bob
on-answer={program} bob
on-end={program} bob
'''


class Hooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        program = cls.folder / 'program'
        program.write_text(PROGRAM.format(folder=folder.name))
        program.chmod(0o700)
        cls.bob = Callee('udp', HOSTS['ipv4'])
        cls.addClassCleanup(cls.bob.close)
        routes = [(match, do.format(program=program)) for match, do in ROUTES]
        cls.daemon = Daemon(anyone(*routes) + MORE.format(program=program, uri=cls.bob.uri))
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        for path in self.folder.glob('*-*'):
            path.unlink()
        while self.bob.pump(0):
            pass
        self.bob.inbox.clear()  # what an earlier test did not look at
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def caller(self, user):
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite(user)
        return alice

    def told(self, name, times=1):
        """What the program was told, the last time of so many."""
        end = time.monotonic() + 30
        while len(found := list(self.folder.glob(f'{name}-*'))) < times:
            self.assertLess(time.monotonic(), end, f'{name}\n' + self.daemon.report())
            time.sleep(0.02)  # between two looks, not for anything to happen
        self.assertEqual(len(found), times)
        last = max(found, key=lambda path: path.stat().st_mtime_ns)
        return dict(line.split('=', 1) for line in last.read_text().splitlines())

    def test_exec(self):
        """exec: the program has ended before anybody is called"""
        alice = self.caller('1')
        invite = self.bob.called()
        told = self.told('before-exec')
        self.assertEqual((told['AHOY_NUMBER'], told['AHOY_ENDPOINT'], told['AHOY_DIRECTION']),
                         ('1', 'anonymous', 'incoming'))
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.expect(486)

    def test_exec_refuses(self):
        """exec: another status than 0 ends the call, or is in a variable"""
        self.caller('2').expect(500)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'ended with 3' in line))
        self.caller('7').expect(480)
        self.caller('5').expect(500)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'its whole path' in line))

    def test_exec_takes_long(self):
        """exec: who takes too long is killed; who hangs up is not waited for"""
        self.caller('4').expect(500, timeout=20)
        self.gone(self.sleeping())
        next(self.folder.glob('pid-*')).unlink()
        alice = self.caller('6')
        alice.answered()
        pid = self.sleeping()
        self.assertIn(self.state(pid), 'RSD')
        alice.bye()
        self.daemon.wait_for_sessions(0)
        self.gone(pid)

    def test_exec_of_a_daemon_that_ends(self):
        """exec: a program that runs when the daemon ends is killed"""
        daemon = Daemon(anyone(('6', ROUTES[4][1].format(program=self.folder / 'program'))))
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.stop())
        alice = Caller('udp', HOSTS['ipv4'], daemon.address())
        self.addCleanup(alice.close)
        alice.invite('6')
        alice.answered()
        pid = self.sleeping()
        self.assertIn(self.state(pid), 'RSD')
        daemon.stop()
        self.gone(pid)

    def sleeping(self):
        """The process of the only program that sleeps."""
        end = time.monotonic() + 30
        while not (found := list(self.folder.glob('pid-*'))):
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.02)  # between two looks, not for anything to happen
        self.assertEqual(len(found), 1)
        return int(found[0].name.removeprefix('pid-'))

    def gone(self, pid):
        """It was killed, long before it would have ended."""
        end = time.monotonic() + 8
        while self.state(pid) != 'X':
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.02)  # between two looks

    @staticmethod
    def state(pid):
        try:
            return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return 'X'

    def test_around_a_call(self):
        """on-dial, on-answer and on-end of the endpoint and of the route"""
        alice = self.caller('9')
        invite = self.bob.called()
        for who in 'bob', 'route':
            self.assertNotIn('AHOY_CAUSE', self.told(f'{who}-dial'))
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.answered()
        for who in 'bob', 'route':
            self.assertNotIn('AHOY_CAUSE', self.told(f'{who}-answer'))
        alice.bye()
        self.bob.take('BYE')
        ended = self.told('bob-end')
        self.assertEqual({name: ended['AHOY_' + name] for name in (
            'DIRECTION', 'ENDPOINT', 'CAUSE', 'STATUS', 'ENDED_BY', 'CALL_ID', 'DURATION')},
            {'DIRECTION': 'outgoing', 'ENDPOINT': 'bob', 'CAUSE': '16', 'STATUS': '200',
             'ENDED_BY': 'local', 'CALL_ID': invite['call-id'], 'DURATION': '0'})
        ended = self.told('route-end')
        self.assertEqual((ended['AHOY_NUMBER'], ended['AHOY_ENDED_BY'], ended['AHOY_CALL_ID']),
                         ('9', 'remote', alice.call.call_id))

    def test_not_answered(self):
        """on-end has the cause of a call that was refused"""
        alice = self.caller('9')
        self.bob.respond(self.bob.called(), 486)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.expect(486)
        ended = self.told('bob-end')
        self.assertEqual((ended['AHOY_STATUS'], ended['AHOY_CAUSE']), ('486', '17'))
        self.assertEqual(list(self.folder.glob('*-answer-*')), [])

    def test_queue(self):
        """on-dial of a route whose call waits in a queue: each time that a member begins to ring"""
        alice = self.caller('8')
        invite = self.bob.called(timeout=30)
        alice.answered()
        self.assertEqual(self.told('queued-answer')['AHOY_NUMBER'], '8')
        told = self.told('queued-dial')
        self.assertEqual((told['AHOY_NUMBER'], told['AHOY_DIRECTION'], told['AHOY_CALL_ID']),
                         ('8', 'incoming', alice.call.call_id))
        first = self.told('bob-dial')
        self.assertEqual((first['AHOY_ENDPOINT'], first['AHOY_DIRECTION']), ('bob', 'outgoing'))
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        again = self.bob.called(timeout=60)  # when he was left alone for a while
        self.assertEqual(self.told('queued-dial', 2)['AHOY_SESSION'], told['AHOY_SESSION'])
        self.assertNotEqual(self.told('bob-dial', 2)['AHOY_SESSION'], first['AHOY_SESSION'])
        self.assertNotEqual(again['call-id'], invite['call-id'])
        self.bob.respond(again, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        self.told('bob-answer')
        alice.bye()
        self.bob.take('BYE')
        for who in 'queued', 'bob':
            self.told(f'{who}-end', 1 if who == 'queued' else 2)
            self.told(f'{who}-dial', 2)

    def test_mistakes(self):
        """a key that names no program is told"""
        daemon = Daemon(anyone(('1', 'reject'), endpoint='on-end=relative'))
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        self.assertIn('“relative” is no command', '\n'.join(daemon.log.all))


if __name__ == '__main__':
    agent.main(200)
