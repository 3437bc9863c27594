# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Bridges on the bus: those that a route makes, and those that busctl makes."""

import time
import unittest

import agent
from daemon import BusError, Daemon, anyone
from rtp_phone import RtpPhone, amplitude, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

HOST = '127.0.0.1'
PCMU = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))


class Bridges(unittest.TestCase):
    def start(self, *routes):
        self.daemon = Daemon(anyone(*routes))
        self.addCleanup(self.daemon.stop)

    def callee(self):
        peer = Callee('udp', HOST)
        self.addCleanup(peer.close)
        return peer

    def call(self, user, frequency):
        """A caller who was answered, its phone, and the path of its session."""
        before = self.daemon.objects('session')
        peer = Caller('udp', HOST, self.daemon.address())
        self.addCleanup(peer.close)
        phone = RtpPhone(HOST, frequency)
        self.addCleanup(phone.close)
        peer.invite(user, sdp(port=phone.port, codecs=PCMU))
        phone.start(peer.answered().body)
        session = [path for path in self.daemon.objects('session') if path not in before][0]
        return peer, phone, session

    def wait_for(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within a minute\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def wait_for_tone(self, phone, frequency):
        self.wait_for(f'{frequency} Hz', lambda: has_tone(phone.samples[-8000:], frequency))

    def run_route(self, codecs, mode):
        bob = self.callee()
        self.start(('1', f'dial(<{bob.uri}>)'))
        self.assertEqual(self.daemon.objects('bridge'), [])
        alice = Caller('udp', HOST, self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite('1', sdp(codecs=PCMU))
        bob.respond(bob.called(), 200, body=sdp(codecs=codecs))
        bob.expect('ACK', skip=('INVITE',))
        alice.answered()
        [bridge] = self.daemon.objects('bridge')
        shown = self.daemon.get_all(bridge, 'Bridge')
        self.assertEqual(shown, {'Members': self.daemon.objects('session'), 'Mode': mode,
                                 'MediaHolds': [], 'Name': ''})
        for session in shown['Members']:
            self.assertEqual(self.daemon.get(session, 'Session', 'Bridge'), bridge)
        alice.bye()
        bob.take('BYE')
        self.daemon.wait_for_sessions(0)
        self.assertEqual(self.daemon.objects('bridge'), [])
        for session in self.daemon.objects('session'):
            self.assertEqual(self.daemon.get(session, 'Session', 'Bridge'), '/')

    def test_relay(self):
        """a bridge of a route, one codec: relay"""
        self.run_route(PCMU, 'relay')

    def test_transcode(self):
        """a bridge of a route, two codecs: transcode"""
        self.run_route(((8, 'PCMA/8000'),), 'transcode')

    def test_made_by_hand(self):
        """two callers are joined, parted and joined again by busctl"""
        self.start(('1', 'answer, wait(1h)'))
        calls = [self.call('1', 440), self.call('1', 1000)]
        [bridge] = self.daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 0)
        self.assertEqual(self.daemon.get_all(bridge, 'Bridge'),
                         {'Members': [], 'Mode': 'none', 'MediaHolds': [],
                          'Name': ''})
        for _, _, session in calls:
            self.daemon.call(bridge, 'Bridge', 'Add', 'o', session)
            self.assertEqual(self.daemon.get(session, 'Session', 'Application'), '')
        self.wait_for_tone(calls[0][1], 1000)
        self.wait_for_tone(calls[1][1], 440)
        self.daemon.call(bridge, 'Bridge', 'Remove', 'o', calls[1][2])
        self.assertEqual(self.daemon.get_all(bridge, 'Bridge'),
                         {'Members': [calls[0][2]], 'Mode': 'none', 'MediaHolds': [],
                          'Name': ''})
        self.wait_for('silence', lambda: not has_tone(calls[0][1].samples[-4000:], 1000))
        self.daemon.call(bridge, 'Bridge', 'Add', 'o', calls[1][2])
        self.wait_for('a tone', lambda: has_tone(calls[0][1].samples[-4000:], 1000))
        self.daemon.call(bridge, 'Bridge', 'Destroy')
        self.assertEqual(self.daemon.objects('bridge'), [])
        self.daemon.wait_for_sessions(2)
        for peer, _, _ in calls:
            peer.bye()
        self.daemon.wait_for_sessions(0)

    def test_replaced(self):
        """one caller takes the place of another by busctl; the third hears who is there"""
        self.start(('1', 'answer, wait(1h)'))
        calls = [self.call('1', 440), self.call('1', 1000), self.call('1', 700)]
        paths = [session for _, _, session in calls]
        [bridge] = self.daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 0)
        for session in paths[:2]:
            self.daemon.call(bridge, 'Bridge', 'Add', 'o', session)
        self.wait_for_tone(calls[1][1], 440)
        shown = self.daemon.ctl('bridges').stdout
        self.assertEqual(shown.strip().split('\n')[-1].split(),
                         [bridge.rpartition('/')[2], 'relay', paths[0].rpartition('/')[2] + ',',
                          paths[1].rpartition('/')[2]])
        self.daemon.call(bridge, 'Bridge', 'Replace', 'oo', paths[0], paths[2])
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Members'), [paths[2], paths[1]])
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Mode'), 'relay')
        self.assertEqual(self.daemon.get(paths[0], 'Session', 'Bridge'), '/')
        self.wait_for_tone(calls[1][1], 700)
        self.wait_for_tone(calls[2][1], 1000)
        for arguments, message in (((paths[0], paths[2]), 'it is not there'),
                                   ((paths[1], paths[1]), 'its own place'),
                                   ((bridge, paths[1]), 'There is no session')):
            with self.assertRaisesRegex(BusError, message):
                self.daemon.call(bridge, 'Bridge', 'Replace', 'oo', *arguments)
        for peer, _, _ in calls:
            peer.bye()
        self.daemon.wait_for_sessions(0)
        self.daemon.call(bridge, 'Bridge', 'Destroy')
        self.assertEqual(self.daemon.ctl('bridges').stdout, '\n  There is no bridge\n\n')

    def hears(self, calls, me, *others):
        """Whether one hears all @others in the last half second, and not itself."""
        samples = calls[me][1].samples[-4000:]
        return len(samples) == 4000 and all(
            (amplitude(samples, calls[i][1].frequency) > 3000) == (i in others)
            for i in range(len(calls)))

    def test_three(self):
        """three callers hear each other, and two when the third leaves; busctl mutes and turns down
        """
        self.start(('1', 'answer, wait(1h)'))
        calls = [self.call('1', 500), self.call('1', 900), self.call('1', 1300)]
        paths = [session for _, _, session in calls]
        [bridge] = self.daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 0)
        for session in paths:
            self.daemon.call(bridge, 'Bridge', 'Add', 'o', session)
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Mode'), 'mix')
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Members'), paths)
        self.wait_for('all three', lambda: self.hears(calls, 0, 1, 2) and
                      self.hears(calls, 1, 0, 2) and self.hears(calls, 2, 0, 1))
        self.daemon.call(bridge, 'Bridge', 'SetMuted', 'ob', paths[0], 'true')
        self.wait_for('one muted', lambda: self.hears(calls, 0, 1, 2) and
                      self.hears(calls, 1, 2) and self.hears(calls, 2, 1))
        self.daemon.call(bridge, 'Bridge', 'SetMuted', 'ob', paths[0], 'false')
        self.daemon.call(bridge, 'Bridge', 'SetGain', 'od', paths[1], '0')
        self.wait_for('one turned down', lambda: self.hears(calls, 0, 2) and
                      self.hears(calls, 1, 0, 2) and self.hears(calls, 2, 0))
        for method, signature, value in (('SetMuted', 'ob', 'true'), ('SetGain', 'od', '2')):
            with self.assertRaisesRegex(BusError, 'There is no session'):
                self.daemon.call(bridge, 'Bridge', method, signature, bridge, value)
        with self.assertRaisesRegex(BusError, 'write one of 0 to 16'):
            self.daemon.call(bridge, 'Bridge', 'SetGain', 'od', paths[1], '17')
        self.daemon.call(bridge, 'Bridge', 'SetGain', 'od', paths[1], '1')
        calls[2][0].bye()
        self.daemon.wait(paths[2], 'ended')
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Mode'), 'relay')
        self.wait_for('two', lambda: self.hears(calls[:2], 0, 1) and self.hears(calls[:2], 1, 0))
        for peer, _, _ in calls[:2]:
            peer.bye()
        self.daemon.wait_for_sessions(0)

    def test_errors(self):
        """what cannot be in a bridge, and what is not there"""
        self.start(('1', 'answer, wait(1h)'))
        calls = [self.call('1', 440) for _ in range(3)]
        [bridge] = self.daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 0)
        for _, _, session in calls[:2]:
            self.daemon.call(bridge, 'Bridge', 'Add', 'o', session)
        for method, path, message in (('Add', bridge, 'There is no session'),
                                      ('Add', '/org/ahoy/Ahoy1/session/99', 'There is no session'),
                                      ('Remove', calls[2][2], 'is not in bridge')):
            with self.assertRaisesRegex(BusError, message):
                self.daemon.call(bridge, 'Bridge', method, 'o', path)
        with self.assertRaisesRegex(BusError, 'no options'):
            self.daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 1, 'colour', 's', 'blue')
        calls[0][0].bye()
        self.daemon.wait(calls[0][2], 'ended')
        self.assertEqual(self.daemon.get(bridge, 'Bridge', 'Members'), [calls[1][2]])
        with self.assertRaisesRegex(BusError, 'is over'):
            self.daemon.call(bridge, 'Bridge', 'Add', 'o', calls[0][2])
        for peer, _, _ in calls[1:]:
            peer.bye()
        self.daemon.wait_for_sessions(0)
        self.daemon.call(bridge, 'Bridge', 'Destroy')


if __name__ == '__main__':
    agent.main(300)
