# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""How many calls an endpoint may have, and how long they may last."""

import pathlib
import tempfile
import time
import unittest

import agent
import tone
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
BEEP, FILE = 1000, 1400
REASON = 'Q.850;cause=16;text="Time limit reached"'
ROUTES = (
    ('1', 'limit(1s), answer, wait(1h)'),
    ('2', 'answer, limit(4s, warn-at=2s, warn-every=1s), wait(1h)'),
    ('3', 'dial(bob, max-duration=4s, warn-at=2500ms, warn-who=callee, '
          'warn-sound={folder}/warning.wav)'),
    ('4', 'dial(bob, max-duration=1s, afterwards=continue), tone(550, duration=1h)'),
    ('5', 'limit(3s, warn-at=2s, warn-who=both), dial(bob)'),
    ('6', 'dial(bob)'),
    ('7', 'limit(1h), limit(1s), answer, wait(1h)'),
)
BOB = '''
[endpoint bob]
auth=none
identify=ip
contact=<{uri}>
{keys}
'''


class Limits(unittest.TestCase):
    keys = ''

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        tone.write(pathlib.Path(folder.name, 'warning.wav'), FILE, seconds=1)
        self.bob = Callee('udp', HOSTS['ipv4'])
        self.addCleanup(self.bob.close)
        routes = [(match, do.replace('{folder}', folder.name)) for match, do in ROUTES]
        self.daemon = Daemon(anyone(*routes) + BOB.format(uri=self.bob.uri, keys=self.keys))
        self.addCleanup(self.daemon.stop)

    def phone(self):
        phone = RtpPhone(HOSTS['ipv4'], 300)
        self.addCleanup(phone.close)
        return phone

    def caller(self, user):
        phone = self.phone()
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite(user, sdp(port=phone.port, codecs=CODECS))
        return alice, phone

    def answered(self, user):
        alice, phone = self.caller(user)
        phone.start(alice.answered().body)
        return alice, phone

    def joined(self, user):
        """A call with Bob: what both sides say, and hear."""
        alice, phone = self.caller(user)
        other = self.phone()
        invite = self.bob.called()
        self.bob.respond(invite, 200, body=sdp(port=other.port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        other.start(invite.body)
        phone.start(alice.answered().body)
        return alice, phone, other

    def ended(self, peer):
        bye = peer.expect('BYE', timeout=30, skip=(200, 'INVITE', 'ACK'))
        peer.respond(bye, 200)
        return bye

    def wait_for_tone(self, phone, frequency):
        end = time.monotonic() + 60
        while not has_tone(phone.samples, frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    @staticmethod
    def beeps(phone, frequency=BEEP):
        """How often a tone begins in what was heard."""
        parts = [has_tone(phone.samples[at:at + 2000], frequency)
                 for at in range(0, len(phone.samples) - 2000, 1000)]
        return sum(now and not before for before, now in zip([False, *parts], parts))


class Steps(Limits):
    def test_limit(self):
        """limit: the call is hung up when its time is over, and the BYE says why"""
        for user in '17':
            begin = time.monotonic()
            alice, _ = self.caller(user)
            alice.answered()
            self.assertEqual(self.ended(alice)['reason'], REASON)
            self.assertGreater(time.monotonic() - begin, 0.8)
            self.daemon.wait_for_sessions(0)

    def test_warnings(self):
        """warn-at and warn-every: two beeps are heard before the end, and the bus tells them"""
        alice, phone = self.answered('2')
        self.wait_for_tone(phone, BEEP)
        self.assertIn('time-left', self.daemon.ctl('states', 'time-left').stdout)
        self.assertEqual(self.ended(alice)['reason'], REASON)
        self.assertEqual(self.beeps(phone), 2)
        self.daemon.wait_for_sessions(0)
        self.assertNotIn('time-left', self.daemon.ctl('states').stdout)

    def test_dial(self):
        """dial(max-duration): the callee alone is warned, by a file, and both are hung up"""
        alice, phone, other = self.joined('3')
        self.wait_for_tone(other, FILE)
        for peer in self.bob, alice:
            self.assertEqual(self.ended(peer)['reason'], REASON)
        self.assertFalse(has_tone(phone.samples, FILE))
        self.assertTrue(has_tone(other.samples, 300))  # each other
        self.daemon.wait_for_sessions(0)

    def test_dial_continues(self):
        """afterwards=continue: only the callee is hung up, the caller goes on"""
        alice, phone, _ = self.joined('4')
        self.assertEqual(self.ended(self.bob)['reason'], REASON)
        self.wait_for_tone(phone, 550)
        alice.bye()

    def test_both_hear(self):
        """warn-who=both: both are warned, and hear each other again"""
        alice, phone, other = self.joined('5')
        for each in phone, other:
            self.wait_for_tone(each, BEEP)
        for peer in self.bob, alice:
            self.assertEqual(self.ended(peer)['reason'], REASON)
        self.daemon.wait_for_sessions(0)

    def test_hung_up_before(self):
        """who hangs up before the time is over is not waited for"""
        alice, _, _ = self.joined('3')
        alice.bye()
        self.bob.take('BYE')
        self.daemon.wait_for_sessions(0)


class OfEndpoints(Limits):
    keys = 'busy-level=1\nmax-duration=2s\nwarn-at=1s\nallow=call'

    def device_state(self):
        return self.daemon.call('', 'Events', 'Get', 'ss', 'device-state', 'bob')[0]['data']

    def test_max_duration(self):
        """max-duration and warn-at of an endpoint: it is warned, and the call ends for both"""
        alice, phone, other = self.joined('6')
        self.wait_for_tone(other, BEEP)
        for peer in self.bob, alice:
            self.assertEqual(self.ended(peer)['reason'], REASON)
        self.assertFalse(has_tone(phone.samples, BEEP))
        self.daemon.wait_for_sessions(0)

    def test_busy_level(self):
        """busy-level: the second call is refused with 486, and the endpoint is shown as busy; it
        may still call"""
        self.assertEqual(self.device_state(), 'not-in-use')
        alice, _, _ = self.joined('6')
        self.assertEqual(self.device_state(), 'busy')
        other, _ = self.caller('6')
        other.expect(486)
        path = self.daemon.dial(self.caller_uri(other), 'bob')
        self.daemon.call(path, 'Session', 'Hangup')
        alice.bye()
        self.bob.take('BYE')

    @staticmethod
    def caller_uri(peer):
        return peer.uri


class BusyAt(OfEndpoints):
    keys = 'device-state-busy-at=2\ncall-limit=1'

    test_max_duration = None

    def test_busy_level(self):
        """device-state-busy-at: it is shown as in use, though call-limit refuses one more call"""
        alice, _, _ = self.joined('6')
        self.assertEqual(self.device_state(), 'in-use')
        other, _ = self.caller('6')
        other.expect(486)
        alice.bye()
        self.bob.take('BYE')
        self.daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(300)
