# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""INVITE with Replaces (RFC 3891), in and out: calls that take the place of others."""

import agent
from sip_message import Message
from sip_peer import Call
from test_transfer import TransferTestCase
from transfer_phone import Leg, Phone


class ReplacesTestCase(TransferTestCase):
    def replace(self, phone, replaces, headers=()):
        """A call of the phone that wants the place of another one."""
        call = Call(phone, phone.target_uri('anybody'))
        call.local = f'<{phone.uri}>'
        text = phone.request('INVITE', call=call, body=phone.sdp(),
                             headers=(f'Replaces: {replaces}', *headers))
        invite = Message.parse(text.encode())
        phone.invites[invite['call-id'], invite.cseq] = invite
        phone.send_raw(text, to=phone.target)
        return Leg(phone, call, invite, True)


class Taken(ReplacesTestCase):
    def run_confirmed(self, replaced):
        self.start()
        legs = self.connect(self.alice, self.bob, '2')
        old, other = legs if replaced is self.alice else legs[::-1]
        carol = self.replace(self.carol, old.replaces()).answered()
        old.hung_up()
        self.daemon.wait_for_sessions(2)
        [bridge] = self.daemon.objects('bridge')
        self.assertEqual(len(self.daemon.get(bridge, 'Bridge', 'Members')), 2)
        carol.bye()
        other.hung_up()
        self.over()

    def test_caller(self):
        """the caller's place in a call that was answered"""
        self.run_confirmed(self.alice)

    def test_callee(self):
        """the callee's place"""
        self.run_confirmed(self.bob)

    def test_ringing(self):
        """who rings stops to, and the caller is answered by the other one"""
        self.start()
        alice = self.alice.call('2')
        bob = self.bob.called().ring()
        alice.ringing()
        carol = self.replace(self.carol, bob.replaces() + ';early-only').answered()
        alice.answered()
        self.assertIn('elsewhere', bob.cancelled()['reason'])
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()

    def test_ringing_two_at_once(self):
        """two phones pick up at the same moment: one has the call, the other one hears 481"""
        self.start()
        alice = self.alice.call('2')
        bob = self.bob.called().ring()
        alice.ringing()
        legs = [self.replace(self.carol, bob.replaces() + ';early-only') for _ in range(2)]
        finals = [leg.final(leg.invite, skip=(100, 180, 183)) for leg in legs]
        self.assertEqual(sorted(final.status for final in finals), [200, 481])
        [(final, carol)] = [pair for pair in zip(finals, legs) if pair[0].status == 200]
        carol.call.established(final)
        self.carol.send_raw(self.carol.request('ACK', call=carol.call, cseq=final.cseq),
                            to=self.carol.target)
        alice.answered()
        self.assertIn('elsewhere', bob.cancelled()['reason'])
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()

    def test_step(self):
        """the place of a call that hears what a route plays"""
        self.start('answer, echo')
        alice = self.alice.call('3').answered()
        carol = self.replace(self.carol, alice.replaces()).answered()
        alice.hung_up()
        [session] = [path for path in self.daemon.objects('session')
                     if self.daemon.get(path, 'Session', 'State') == 'active']
        self.assertEqual(self.daemon.get(session, 'Session', 'Application'), 'echo')
        carol.bye()
        self.over()


class Refused(ReplacesTestCase):
    def test_what_is_wrong(self):
        """what is not there, is no dialog, or was answered; and who may not"""
        self.start(more={'bob': 'allow-transfer=no'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        ringing = self.carol.call('2')
        second = self.bob.called().ring()
        ringing.ringing()
        for phone, replaces, headers, status in (
                (self.carol, 'a@b;to-tag=1;from-tag=2', (), 481),
                (self.carol, alice.replaces().replace('from-tag=', 'from-tag=x'), (), 481),
                (self.carol, 'nonsense', (), 400),
                (self.carol, 'a@b;to-tag=1', (), 400),
                (self.carol, alice.replaces(), (f'Replaces: {alice.replaces()}',), 400),
                (self.carol, alice.replaces() + ';early-only', (), 486),
                (self.alice, ringing.replaces(), (), 481),
                (self.bob, alice.replaces(), (), 403)):
            with self.subTest(replaces=replaces, status=status):
                self.replace(phone, replaces, headers).refused(status)
        ringing.cancel()
        second.cancelled()
        alice.bye()
        bob.hung_up()
        self.over()

    def test_stranger(self):
        """a guest takes nobody's call, unless allow-transfer of the guests says that it may"""
        for more, status in (('', 403), ('allow-transfer=yes', 200)):
            with self.subTest(more):
                self.setUp()
                guest = Phone('mallory')
                self.addCleanup(guest.close)
                self.start(extra=f'''
[endpoint anonymous]
auth=none
context=office
{more}
''')
                alice, bob = self.connect(self.alice, self.bob, '2')
                guest.target = self.alice.target
                call = self.replace(guest, alice.replaces())
                if status == 403:
                    call.refused(403)
                    alice.bye()
                    bob.hung_up()
                else:
                    call.answered()
                    alice.hung_up()
                    bob.bye()
                    call.hung_up()
                self.over()


class Sent(ReplacesTestCase):
    def test_elsewhere(self):
        """an attended transfer to a call of another system: it is told which one"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.carol.uri, replaces='12@there;to-tag=a;from-tag=b')
        carol = self.carol.called()
        self.assertEqual(carol.invite['replaces'], '12@there;to-tag=a;from-tag=b')
        self.assertEqual(carol.invite['referred-by'], f'<{self.bob.uri}>')
        self.assertEqual(carol.invite.uri, self.carol.uri)
        carol.answer()
        self.assertEqual(bob.outcome(), [100, 200])
        bob.bye()
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()

    def test_elsewhere_is_gone(self):
        """the other system does not know the call: both have each other again"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.carol.uri, replaces='12@there;to-tag=a;from-tag=b')
        self.carol.called().reject(481)
        self.assertEqual(bob.outcome(), [100, 480])
        bob.bye()
        alice.hung_up()
        self.over()

    def test_unknown_host(self):
        """nobody is called whom no endpoint stands for"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer('sip:carol@192.0.2.1', replaces='12@there;to-tag=a;from-tag=b', status=481)
        bob.bye()
        alice.hung_up()
        self.over()


if __name__ == '__main__':
    agent.main(200)
