# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Parked calls: they hear music until somebody fetches them, or who parked them is called back."""

import time
import unittest

import agent
from rtp_phone import RtpPhone, amplitude
from sip_peer import Failure
from test_dial import DialTestCase, sdp
from test_transfer import TransferTestCase as TransferCase

HOST = '127.0.0.1'
CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
CLASSES = '\n[moh high]\ntone=1700\n'
FETCH = '\n[route fetch]\ncontext=demo\nmatch=re:(7..)\ndo=parked(${number})\n'


class Parking(DialTestCase):
    def wait_for(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within a minute\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def hears(self, phone, tone):
        samples = phone.samples[-2000:]
        return len(samples) == 2000 and all(
            (amplitude(samples, other) > 1000) == (other == tone) for other in (440, 1000, 1700))

    def call(self, user, frequency):
        peer, phone = self.caller(), RtpPhone(HOST, frequency)
        self.addCleanup(phone.close)
        peer.invite(user, sdp(port=phone.port, codecs=CODECS))
        phone.start(peer.answered().body)
        return peer, phone

    def test_fetched(self):
        """who is parked hears music and stands in the list; who fetches him speaks with him"""
        self.start('park(class=high)', endpoints=CLASSES + FETCH)
        alice, phone = self.call('1', 440)
        self.wait_for('music', lambda: self.hears(phone, 1700))
        self.assertRegex(self.daemon.ctl('parked').stdout, r'parking +701 +.*session')
        carol, other = self.call('701', 1000)
        self.wait_for('both', lambda: self.hears(phone, 1000) and self.hears(other, 440))
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        nobody = self.caller()
        nobody.invite('701', sdp(codecs=CODECS))
        nobody.expect('final', skip=(100, 180, 183))
        alice.bye()
        carol.expect('BYE')
        self.done()

    def test_called_back(self):
        """nobody fetches him: who parked him is called; one who hangs up leaves his slot"""
        self.start('park(by=bob, timeout=1s)')
        alice, phone = self.call('1', 440)
        gone, _ = self.call('1', 1000)
        self.assertEqual(len(self.daemon.ctl('parked').stdout.split('parking')), 3)
        gone.bye()
        invite = self.bob.called()
        bob = RtpPhone(HOST, 1000)
        self.addCleanup(bob.close)
        self.bob.respond(invite, 200, body=sdp(port=bob.port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        bob.start(invite.body)
        self.wait_for('both', lambda: self.hears(phone, 1000) and self.hears(bob, 440))
        alice.bye()
        self.bob.take('BYE', skip=('ACK',))
        self.done()


class Transferred(TransferCase):
    def test_refer(self):
        """Bob sends Alice to the number of a park step; after a time she comes back to him"""
        self.start(routes=(('700', 'park(timeout=2s)'),))
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        self.assertRegex(self.daemon.ctl('parked').stdout, r'parking +701 .*bob')
        bob.bye()
        back = self.bob.called().answer()
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        alice.bye()
        back.hung_up()
        self.over()


if __name__ == '__main__':
    agent.main(300)
