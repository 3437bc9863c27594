# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A call that rings at Bob's is taken by Carol: by a route, by a group, on the bus."""

import os
import subprocess
import unittest

import agent
from daemon import BusError
from rtp_phone import RtpPhone
from test_dial import DialTestCase, sdp

PCMU = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))


class Pickup(DialTestCase):
    """Alice calls Bob and Dave; Carol calls a number that takes it."""

    def setUp(self):
        super().setUp()
        self.picker = None

    def ring(self, pickup='pickup(bob)', groups=''):
        endpoints = '\n'.join(f'[endpoint {name}]\nauth=none\nidentify=ip\n'
                              f'contact=<{peer.uri}>\n{more}'
                              for name, peer, more in (('bob', self.bob, groups),
                                                       ('dave', self.dave, '')))
        self.start('dial(bob, dave)', f'\n{endpoints}\n[route p]\ncontext=demo\nmatch=8\n'
                   f'do={pickup}\n', endpoint='pickup-group=sales;service')
        alice = self.caller()
        alice.invite('1', sdp(codecs=PCMU))
        invites = {peer: peer.called() for peer in (self.bob, self.dave)}
        for peer, invite in invites.items():
            peer.respond(invite, 180)
        alice.expect(180)
        self.picker = self.caller()
        return alice, invites

    def taken(self, alice, invites):
        """Carol has it: the others hear that it was answered elsewhere, and her BYE ends it."""
        for peer, invite in invites.items():
            self.assertIn('cause=200', peer.cancelled(invite)['reason'])
        alice.answered()
        self.picker.bye()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.done()

    def test_of_somebody(self):
        """pickup(bob): Carol is answered, and speaks with Alice"""
        alice, invites = self.ring()
        phones = [RtpPhone('127.0.0.1', frequency) for frequency in (440, 1000)]
        for phone in phones:
            self.addCleanup(phone.close)
        self.picker.invite('8', sdp(port=phones[1].port, codecs=PCMU))
        phones[1].start(self.picker.answered().body)
        for peer, invite in invites.items():
            self.assertIn('cause=200', peer.cancelled(invite)['reason'])
        alice.answered()
        bridge, = self.daemon.objects('bridge')
        self.assertEqual(len(self.daemon.get(bridge, 'Bridge', 'Members')), 2)
        alice.bye()
        self.picker.respond(self.picker.expect('BYE', skip=(200,)), 200)
        self.done()

    def test_of_a_group(self):
        """pickup(service) takes what rings in that group, pickup() what may be taken"""
        for step in ('pickup(service)', 'pickup()'):
            with self.subTest(step=step):
                alice, invites = self.ring(step, 'call-group=service\n')
                self.picker.invite('8')
                self.picker.answered()
                self.taken(alice, invites)

    def test_nothing_rings(self):
        """nothing that may be taken rings: 480, or the next step"""
        for step, status in (('pickup(nobody)', 480), ('pickup()', 480),
                             ('pickup(nobody), reject(404)', 404)):
            with self.subTest(step=step):
                alice, invites = self.ring(step, 'call-group=others\n')
                self.picker.invite('8')
                self.picker.expect(status)
                alice.cancel()
                for peer, invite in invites.items():
                    peer.cancelled(invite)
                alice.expect(487, skip=(200,))
                self.done()

    def test_two_at_once(self):
        """two take the same call at the same moment: one has it, the other one hears 480"""
        alice, invites = self.ring()
        pickers = [self.picker, self.caller()]
        for picker in pickers:
            picker.invite('8')
        finals = {picker: picker.expect((200, 480), skip=(180, 183)) for picker in pickers}
        self.assertEqual(sorted(final.status for final in finals.values()), [200, 480])
        self.picker, = [picker for picker in pickers if finals[picker].status == 200]
        self.picker.call.established(finals[self.picker])
        self.picker.send('ACK', call=self.picker.call, cseq=finals[self.picker].cseq)
        self.taken(alice, invites)

    def sessions(self, direction):
        found = []
        for path in self.daemon.objects('session'):
            facts = self.daemon.get_all(path, 'Session')
            if facts['Direction'] == direction and facts['State'] != 'ended':
                found.append(path)
        return found

    def test_on_the_bus(self):
        """Session.Pickup, and ahoyctl pickup; what cannot be taken"""
        alice, invites = self.ring('answer, wait(1h)')
        self.picker.invite('8')
        self.picker.answered()
        first, own = self.sessions('incoming')
        ringing = self.sessions('outgoing')
        for session, other, message in ((own, first, 'does not ring'),
                                        (own, own, 'does not ring'),
                                        (ringing[0], ringing[1], 'only a call that waits'),
                                        (own, '/org/ahoy/Ahoy1/session/99', 'There is no session')):
            with self.assertRaisesRegex(BusError, message):
                self.daemon.call(session, 'Session', 'Pickup', 'o', other)
        subprocess.run([os.environ['AHOY_CTL'], 'pickup', own.rpartition('/')[2],
                        ringing[0].rpartition('/')[2]], env=self.daemon.environment, timeout=60,
                       check=True)
        self.taken(alice, invites)


if __name__ == '__main__':
    agent.main(200)
