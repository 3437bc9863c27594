# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-02, DLGX-12: both legs of a bridge before the answer, with reliable responses: what the
callee says is heard, with and without an offer in the INVITE, and after it moved its media."""

import time

import agent
from daemon import HOSTS
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import DialTestCase, sdp

HOST = HOSTS['ipv4']
PCMU = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
RELIABLE = ('Require: 100rel', 'RSeq: 1', 'Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE')


class Early(DialTestCase):
    def setUp(self):
        super().setUp()
        self.start('dial(bob)', endpoint='100rel=required', endpoints=f'''
[endpoint bob]
auth=none
identify=ip
contact=<{self.bob.uri}>
100rel=required
''')

    def phone(self, frequency):
        phone = RtpPhone(HOST, frequency)
        self.addCleanup(phone.close)
        return phone

    def wait_for_tone(self, phone, frequency):
        end = time.monotonic() + 60
        while not has_tone(phone.samples[-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def progress(self):
        """Bob, who is called, says something before he answers: his INVITE."""
        invite = self.bob.called()
        self.assertEqual(invite['require'], '100rel')
        self.speaker = self.phone(440)
        self.bob.respond(invite, 183, headers=RELIABLE, body=sdp(port=self.speaker.port,
                                                                 codecs=PCMU))
        prack = self.bob.take('PRACK', skip=('INVITE',))
        self.assertEqual(prack['rack'], f'1 {invite.cseq} INVITE')
        self.speaker.start(invite.body)
        return invite

    def prack(self, alice, response, body=''):
        alice.call.established(response)
        alice.send('PRACK', call=alice.call, body=body,
                   headers=[f'RAck: {response["rseq"]} {response["cseq"]}'])
        return alice.success('PRACK', skip=(183,))

    def answer(self, alice, invite):
        """Bob answers: nobody says anything of media again."""
        number = alice.sent.cseq
        self.bob.respond(invite, 200)
        self.assertEqual(self.bob.expect('ACK', skip=('INVITE',)).body, b'')
        final = alice.expect(200)
        while final.method != 'INVITE':
            final = alice.expect(200)
        self.assertEqual(final.body, b'')
        alice.send('ACK', call=alice.call, cseq=number)

    def hang_up(self, alice):
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_offer_in_invite(self):
        """both hear each other before the answer, by answers in reliable responses"""
        alice, hearer = self.caller(), self.phone(1000)
        alice.invite('1', sdp(port=hearer.port, codecs=PCMU), headers=['Supported: 100rel'])
        invite = self.progress()
        early = alice.expect(183)
        self.assertIn('100rel', early['require'])
        self.prack(alice, early)
        hearer.start(early.body)
        self.wait_for_tone(hearer, 440)
        self.wait_for_tone(self.speaker, 1000)
        self.answer(alice, invite)
        self.hang_up(alice)

    def test_late_offer(self):
        """a caller that offers nothing gets our offer in the reliable 183, answers it in the
        PRACK, and hears what the callee says"""
        alice, hearer = self.caller(), self.phone(1000)
        alice.invite('1', '', headers=['Supported: 100rel'])
        invite = self.progress()
        early = alice.expect(183)
        self.prack(alice, early, sdp(port=hearer.port, codecs=PCMU))
        hearer.start(early.body)
        self.wait_for_tone(hearer, 440)
        self.wait_for_tone(self.speaker, 1000)
        self.answer(alice, invite)
        self.hang_up(alice)

    def test_update(self):
        """the callee moves its media by UPDATE before it answers, and the caller by PRACK"""
        alice, hearer = self.caller(), self.phone(1000)
        elsewhere, moved = self.phone(700), self.phone(1300)
        alice.invite('1', sdp(port=hearer.port, codecs=PCMU), headers=['Supported: 100rel'])
        invite = self.progress()
        early = alice.expect(183)
        answer = self.prack(alice, early, sdp(port=moved.port, codecs=PCMU, origin=2))
        moved.start(answer.body)
        self.wait_for_tone(moved, 440)
        self.bob.call.cseq = 200
        self.bob.send('UPDATE', call=self.bob.call,
                      body=sdp(port=elsewhere.port, codecs=PCMU, origin=2))
        elsewhere.start(self.bob.expect(200, skip=('INVITE',)).body)
        self.wait_for_tone(elsewhere, 1300)
        self.wait_for_tone(moved, 700)
        self.answer(alice, invite)
        self.hang_up(alice)


if __name__ == '__main__':
    agent.main()
