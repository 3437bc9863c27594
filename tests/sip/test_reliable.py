# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-02, 03, 12: reliable responses (RFC 3262) and UPDATE (RFC 3311) before the answer."""

import agent
from sip_peer import G729, SDP, Call

REL = 'Supported: 100rel'
UPDATES = 'Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE'
PCMA = SDP.replace('RTP/AVP 0 8', 'RTP/AVP 8').replace('o=peer 1 1', 'o=peer 1 2')


def reliable(number):
    return ['Require: 100rel', f'RSeq: {number}', UPDATES]


class EarlyTestCase(agent.SipTestCase):
    shared_agent = True
    keys = ('100rel=yes',)

    def setUp(self):
        type(self).agent_arguments = ['--t1', '50'] + [
            word for key in self.keys for word in ('--endpoint', key)]
        super().setUp()

    # -- the agent is called -------------------------------------------------------------------

    def invite(self, *headers, body=SDP, user='manual'):
        peer = self.peer()
        call = Call(peer, peer.target_uri(user))
        peer.send('INVITE', call=call, body=body, headers=[UPDATES, *headers])
        call.invite = call.cseq
        return peer, call

    def early(self, command, status, *headers, body=SDP):
        """A call of which the agent said something: (peer, call, number, response)."""
        peer, call = self.invite(*headers, body=body)
        number = self.agent.expect('incoming')['id']
        self.agent.command(command, id=number)
        response = peer.expect(status, skip=(100,))
        call.established(response)
        return peer, call, number, response

    def prack(self, peer, call, response, *statuses, body=''):
        peer.send('PRACK', call=call, body=body,
                  headers=[f'RAck: {response["rseq"]} {response["cseq"]}'])
        return peer.expect(*(statuses or (200,)), where=lambda m: m.method == 'PRACK')

    def answered(self, peer, call, number):
        """The agent answers; gives the 200."""
        self.agent.command('answer', id=number)
        final = peer.expect(200, where=lambda m: m.method == 'INVITE')
        call.established(final)
        peer.send('ACK', call=call, cseq=call.invite)
        self.agent.expect('state', id=number, new='active')
        return final

    def hangup(self, peer, number):
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE', skip=('ACK', 'PRACK')), 200)
        self.agent.expect('ended', id=number, by='local')

    def nothing_left(self):
        self.agent.wait_for_census('AhoySession', 0)
        self.agent.wait_for_census('AhoyDialog', 0)

    # -- the agent calls -----------------------------------------------------------------------

    def dial(self, **options):
        peer = self.peer(connect=False)
        self.agent.command('call', target=peer.uri, **options)
        return peer, self.agent.expect('dialing')['id'], peer.expect('INVITE')

    def progressed(self, number=7, body=SDP, **options):
        """The agent calls, and got a reliable 183: (peer, number, INVITE, PRACK)."""
        peer, session, invite = self.dial(**options)
        peer.respond(invite, 183, body=body, headers=reliable(number))
        prack = peer.expect('PRACK')
        self.assertEqual(prack['rack'], f'{number} {invite.cseq} INVITE')
        peer.respond(prack, 200)
        return peer, session, invite, prack


class Callee(EarlyTestCase):
    """100rel=yes: reliable when the caller requires it"""

    def test_only_when_required(self):
        """who only supports 100rel gets ordinary responses; who requires it reliable ones"""
        peer, _, number, response = self.early('ring', 180, REL)
        self.assertIsNone(response['rseq'])
        self.agent.command('reject', id=number)
        peer.expect(486)
        peer, call, number, response = self.early('ring', 180, 'Require: 100rel')
        self.assertIn('100rel', response['require'])
        self.prack(peer, call, response)
        self.answered(peer, call, number)
        self.hangup(peer, number)
        self.nothing_left()

    def test_answer_in_183(self):
        """an answer that was acknowledged is not repeated in the 200 (RFC 6337 3.1.1)"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        self.assertIn('m=audio 61500', response.body.decode())
        self.prack(peer, call, response)
        self.assertEqual(self.answered(peer, call, number).body, b'')
        self.hangup(peer, number)
        self.nothing_left()

    def test_offer_in_183(self):
        """an INVITE without offer: the reliable 183 has ours, and the PRACK answers it"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel', body='')
        self.assertIn('m=audio 61500', response.body.decode())
        self.prack(peer, call, response, body=SDP)
        self.agent.expect('media', id=number, streams=1, early=True)
        self.assertEqual(self.answered(peer, call, number).body, b'')
        self.hangup(peer, number)
        self.nothing_left()

    def test_offer_unanswered(self):
        """a PRACK without the answer that is due, or with one that cannot be met, ends the call"""
        for body, status in (('', 400), (G729, 488)):
            peer, call, _, response = self.early('progress', 183, 'Require: 100rel', body='')
            self.prack(peer, call, response, status, body=body)
            peer.expect(488)
            self.agent.expect('ended', status=488)
        self.nothing_left()

    def test_offer_in_prack(self):
        """a PRACK with a new offer gets the answer in its 200"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        answer = self.prack(peer, call, response, body=PCMA)
        self.assertIn('m=audio 61500 RTP/AVP 8\r\n', answer.body.decode())
        self.assertEqual(self.answered(peer, call, number).body, b'')
        self.hangup(peer, number)

    def test_bad_offer_in_prack(self):
        """a new offer that cannot be met gets 488, and one too early 500; the call goes on"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        self.prack(peer, call, response, 488, body=G729)
        self.answered(peer, call, number)
        self.hangup(peer, number)
        peer, call, number, response = self.early('ring', 180, 'Require: 100rel')
        self.prack(peer, call, response, 500, body=SDP)
        self.answered(peer, call, number)
        self.hangup(peer, number)

    def test_wrong_rack(self):
        """a PRACK of another response gets 481, and the response is repeated"""
        peer, call, number, response = self.early('ring', 180, 'Require: 100rel')
        for rack in (f'{int(response["rseq"]) + 1} {response["cseq"]}',
                     f'{response["rseq"]} {response.cseq + 1} INVITE'):
            peer.send('PRACK', call=call, headers=[f'RAck: {rack}'])
            peer.expect(481)
        peer.absorb_retransmissions = False
        peer.expect(180)
        self.prack(peer, call, response)
        self.answered(peer, call, number)
        self.hangup(peer, number)

    def test_no_prack(self):
        """without a PRACK the response is repeated for 64*T1; then the call is refused with 5xx"""
        peer, _, number, _ = self.early('ring', 180, 'Require: 100rel')
        peer.absorb_retransmissions = False
        peer.expect(180)
        final = peer.expect('final', timeout=20, skip=(180,))
        self.assertEqual(final.status // 100, 5)
        self.assertEqual(self.agent.expect('ended', id=number)['by'], 'network')
        self.nothing_left()

    def test_bye(self):
        """a BYE in an early dialog ends the call: 200 to it, 487 to the INVITE"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        self.prack(peer, call, response)
        peer.send('BYE', call=call)
        self.assertEqual({peer.receive().status, peer.receive().status}, {200, 487})
        self.agent.expect('ended', id=number, by='remote')
        self.nothing_left()

    def test_update_of_caller(self):
        """before the answer the caller changes media and moves by UPDATE; the 200 has none"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        self.prack(peer, call, response)
        other = self.peer()
        peer.send_raw(peer.request('UPDATE', call=call, body=PCMA)
                      .replace(f'Contact: <{peer.uri}>', f'Contact: <{other.uri}>'))
        self.assertIn('RTP/AVP 8\r\n', peer.expect(200).body.decode())
        self.assertEqual(self.answered(peer, call, number).body, b'')
        self.agent.command('hangup', id=number)
        other.respond(other.expect('BYE'), 200)  # it moved
        self.agent.expect('ended', id=number)

    def test_update_too_early(self):
        """RFC 3311 5.2: an offer before ours has its answer gets 500 with Retry-After, one without
        a body 200; a re-INVITE before the answer 500"""
        peer, call, number, response = self.early('ring', 180, 'Require: 100rel')
        self.prack(peer, call, response)
        peer.send('UPDATE', call=call, body=PCMA)
        self.assertIsNotNone(peer.expect(500)['retry-after'])
        peer.send('UPDATE', call=call)
        peer.expect(200)
        peer.send('INVITE', call=call, body=PCMA)
        self.assertIsNotNone(peer.expect(500)['retry-after'])
        self.answered(peer, call, number)
        self.hangup(peer, number)

    def test_update_of_callee(self):
        """before its answer the callee tells something by UPDATE, and changes media"""
        peer, call, number, response = self.early('progress', 183, 'Require: 100rel')
        self.prack(peer, call, response)
        self.agent.command('update', id=number, header='hello')
        update = peer.expect('UPDATE')
        self.assertEqual((update['x-test'], update.body), ('hello', b''))
        peer.respond(update, 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.agent.command('refresh', id=number, method='UPDATE')
        update = peer.expect('UPDATE')
        self.assertIn('m=audio', update.body.decode())
        peer.respond(update, 200, body=SDP)
        self.assertEqual(self.agent.expect('refreshed', id=number)['status'], 200)
        self.answered(peer, call, number)
        self.hangup(peer, number)

    def test_update_refused_early(self):
        """481 to an UPDATE before the answer does not end the call; 491 is tried again"""
        peer, call, number, response = self.early('ring', 180, 'Require: 100rel')
        self.agent.command('update', id=number)
        self.agent.expect('updated', id=number, status=0)  # the peer may not know the dialog yet
        self.prack(peer, call, response)
        self.agent.command('update', id=number)
        peer.respond(peer.expect('UPDATE'), 491)
        peer.respond(peer.expect('UPDATE', timeout=6), 481)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 481)
        self.answered(peer, call, number)
        self.hangup(peer, number)


class Caller(EarlyTestCase):
    def test_answer_in_183(self):
        """a reliable answer is final: early media, and a 200 without any"""
        peer, number, invite, _ = self.progressed()
        self.agent.expect('media', id=number, early=True)
        peer.respond(invite, 200)
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.hangup(peer, number)
        self.nothing_left()

    def test_offer_in_183(self):
        """an INVITE without offer: the offer of a reliable 183 is answered in the PRACK"""
        peer, number, invite, prack = self.progressed(late_offer=True)
        self.assertEqual(invite.body, b'')
        self.assertIn('m=audio 61500', prack.body.decode())
        self.agent.expect('media', id=number, early=True)
        peer.respond(invite, 200)
        self.assertEqual(peer.expect('ACK').body, b'')
        self.hangup(peer, number)

    def test_bad_offer_in_183(self):
        """an offer that cannot be met: PRACK, and the call is given up"""
        peer, number, invite, prack = self.progressed(late_offer=True, body=G729)
        self.assertEqual(prack.body, b'')
        cancel = peer.expect('CANCEL')
        peer.respond(cancel, 200)
        peer.respond(invite, 487)
        self.assertEqual(self.agent.expect('ended', id=number)['status'], 488)
        self.nothing_left()

    def test_order(self):
        """RFC 3262 4: repeated and early responses get no second PRACK, and say nothing"""
        peer, number, invite, _ = self.progressed(7)
        peer.respond(invite, 183, body=G729, headers=reliable(7))
        peer.respond(invite, 180, headers=reliable(9))
        peer.expect_nothing(0.05)
        peer.respond(invite, 180, headers=reliable(8))
        prack = peer.expect('PRACK')
        self.assertEqual(prack['rack'], f'8 {invite.cseq} INVITE')
        peer.respond(prack, 200)
        self.agent.expect('state', id=number, new='ringing')
        peer.respond(invite, 603)
        peer.expect('ACK')
        self.agent.expect('ended', id=number, status=603)
        self.nothing_left()

    def test_update_of_callee(self):
        """before its answer the callee changes media by UPDATE, in the dialog of its 183"""
        peer, number, invite, _ = self.progressed()
        call = Call.from_request(peer, invite)
        peer.send('UPDATE', call=call, body=PCMA)
        self.assertIn('RTP/AVP 8\r\n', peer.expect(200).body.decode())
        peer.send('UPDATE', call=call)
        self.assertEqual(peer.expect(200).body, b'')
        peer.respond(invite, 200)
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.hangup(peer, number)

    def test_update_too_early(self):
        """an UPDATE with an offer while ours has no answer gets 491, and so does a re-INVITE"""
        peer, number, invite = self.dial()
        peer.respond(invite, 180, headers=reliable(1))
        peer.respond(peer.expect('PRACK'), 200)
        call = Call.from_request(peer, invite)
        peer.send('UPDATE', call=call, body=SDP)
        peer.expect(491)
        peer.send('INVITE', call=call, body=SDP)
        peer.expect(491)
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.hangup(peer, number)

    def test_update_of_caller(self):
        """before the answer we tell something by UPDATE, and change media"""
        peer, number, invite, _ = self.progressed()
        self.agent.command('update', id=number, header='hello')
        update = peer.expect('UPDATE')
        self.assertEqual((update['x-test'], update.body), ('hello', b''))
        peer.respond(update, 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.agent.command('refresh', id=number, method='UPDATE')
        update = peer.expect('UPDATE')
        self.assertIn('m=audio', update.body.decode())
        peer.respond(update, 200, body=SDP)
        self.assertEqual(self.agent.expect('refreshed', id=number)['status'], 200)
        peer.respond(invite, 200)
        peer.expect('ACK')
        self.hangup(peer, number)

    def test_bye_of_callee(self):
        """a callee that says BYE before it answers is answered, and the INVITE cancelled"""
        peer, number, invite, _ = self.progressed()
        peer.send('BYE', call=Call.from_request(peer, invite))
        peer.expect(200)
        peer.respond(peer.expect('CANCEL'), 200)
        peer.respond(invite, 487)
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('ended', id=number)['by'], 'remote')
        self.nothing_left()

    def test_redirect_after_183(self):
        """a redirect after early media: the next one gets an offer, too"""
        peer, number, invite, _ = self.progressed()
        other = self.peer(connect=False)
        peer.respond(invite, 302, headers=[f'Contact: <{other.uri}>'], contact=False)
        peer.expect('ACK')
        again = other.expect('INVITE')
        self.assertIn('m=audio', again.body.decode())
        other.respond(again, 200, body=SDP)
        other.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.hangup(other, number)

    def test_other_fork_answers(self):
        """one fork has reliable early media, another one answers with its own"""
        peer, number, invite, _ = self.progressed()
        peer.respond(invite, 200, tag='other', body=SDP)
        self.assertEqual(peer.expect('ACK').tag('to'), 'other')
        self.agent.expect('state', id=number, new='active')
        self.agent.command('hangup', id=number)
        bye = peer.expect('BYE')
        self.assertEqual(bye.tag('to'), 'other')
        peer.respond(bye, 200)
        self.agent.expect('ended', id=number)


class Never(EarlyTestCase):
    keys = ('100rel=no',)

    def test_no(self):
        """100rel=no: not offered, and 420 for who requires it"""
        peer, number, invite = self.dial()
        self.assertNotIn('100rel', invite['supported'] or '')
        peer.respond(invite, 603)
        self.agent.expect('ended', id=number)
        peer, _ = self.invite('Require: 100rel')
        self.assertEqual(peer.expect(420)['unsupported'], '100rel')
        peer, _, number, response = self.early('ring', 180, REL)
        self.assertIsNone(response['rseq'])
        self.agent.command('reject', id=number)
        peer.expect(486)


class WhereItCan(EarlyTestCase):
    keys = ('100rel=peer-supported',)

    def test_peer_supported(self):
        """100rel=peer-supported: reliable with a caller that can, ordinary with another one"""
        peer, call, number, response = self.early('ring', 180, REL)
        self.assertIsNotNone(response['rseq'])
        self.prack(peer, call, response)
        self.answered(peer, call, number)
        self.hangup(peer, number)
        peer, _, number, response = self.early('ring', 180)
        self.assertIsNone(response['rseq'])
        self.agent.command('reject', id=number)
        peer.expect(486)
        _, _, invite = self.dial()
        self.assertIsNone(invite['require'])


class Required(EarlyTestCase):
    keys = ('100rel=required',)

    def test_required(self):
        """100rel=required: Require in our INVITE, and 421 for who cannot"""
        _, _, invite = self.dial()
        self.assertEqual(invite['require'], '100rel')
        peer, _ = self.invite()
        self.assertEqual(peer.expect(421)['require'], '100rel')
        peer, call, number, response = self.early('ring', 180, REL)
        self.prack(peer, call, response)
        self.answered(peer, call, number)
        self.hangup(peer, number)


if __name__ == '__main__':
    agent.main()
