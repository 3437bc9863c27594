# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CALL-02, 05 to 09, 20 to 24, 30 to 33, 35, 37, 38, 42: sessions that a peer begins."""

import agent
from sip_peer import G729, SDP, Call


class Incoming(agent.SipTestCase):
    def invite(self, peer, user='manual', body=SDP, **keys):
        call = Call(peer, peer.target_uri(user))
        call.text = peer.send('INVITE', call=call, body=body, **keys)
        return call

    def establish(self, peer, user='answer', **keys):
        """A call that stands: (call, the 200, the agent's number of the session)."""
        call = self.invite(peer, user, **keys)
        number = self.agent.expect('incoming')['id']
        response = peer.expect(200, skip=(100, 180, 183))
        call.established(response)
        peer.send('ACK', call=call, cseq=call.cseq)
        return call, response, number

    def bye(self, peer, call, number):
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', id=number, by='remote')

    def mood(self, handler, mood):
        self.agent.command('mood', handler=handler, mood=mood)
        self.agent.stats()  # answered when the mood is set

    def nothing_left(self):
        self.agent.wait_for_census('AhoySession', 0)
        self.agent.wait_for_census('AhoyServerTransaction', 0)
        self.agent.wait_for_census('AhoyClientTransaction', 0)
        stats = self.agent.wait_for_census('AhoyDialog', 0)
        self.assertEqual(stats['begun'], stats['over'])
        self.assertNotIn('AhoySessionStream', stats['census'])
        self.assertEqual((stats['kept'], stats['kept-1']), (0, 0))

    def test_call_on_every_transport(self):
        """a call is answered and hung up by the caller, over UDP and TCP, IPv4 and IPv6"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                peer = self.peer(transport, family)
                call, response, number = self.establish(peer, 'ring-answer')
                self.assertIn('m=audio 61500 RTP/AVP 0 8', response.body.decode())
                self.assertIn('INVITE', response['allow'])
                self.assertIn('100rel', response['supported'])
                self.agent.expect('state', id=number, new='active')
                self.bye(peer, call, number)
        self.nothing_left()

    def test_hangup_by_us(self):
        """the callee hangs up: BYE follows the route set and the Contact of the INVITE"""
        peer = self.peer()
        call, _, number = self.establish(peer, headers=[
            f'Record-Route: <sip:127.0.0.1:{peer.port};lr;x=1>, '
            f'<sip:127.0.0.1:{peer.port};lr;x=2>'])
        self.agent.command('hangup', id=number)
        bye = peer.expect('BYE')
        self.assertEqual(bye.uri, peer.uri)
        self.assertEqual(', '.join(bye.all('route')).replace(' ', ''),
                         f'<sip:127.0.0.1:{peer.port};lr;x=1>,<sip:127.0.0.1:{peer.port};lr;x=2>')
        peer.respond(bye, 200)
        ended = self.agent.expect('ended', id=number)
        self.assertEqual((ended['by'], ended['status'], ended['cause']), ('local', 200, 16))
        self.nothing_left()

    def test_refused(self):
        """busy, nobody there, and a chosen status: the caller gets it, and the session is gone"""
        for user, status in (('busy', 486), ('nobody', 404)):
            peer = self.peer()
            self.invite(peer, user)
            peer.expect(status)
            self.assertEqual(self.agent.expect('ended')['by'], 'local')
        peer = self.peer()
        self.invite(peer)
        self.agent.command('reject', id=self.agent.expect('incoming')['id'], status=603)
        peer.expect(603)
        self.agent.expect('ended', status=603, cause=21)
        self.nothing_left()

    def test_redirect(self):
        """a call is redirected with 302 and a Contact"""
        peer = self.peer()
        self.invite(peer)
        self.agent.command('redirect', id=self.agent.expect('incoming')['id'],
                           target='sip:carol@192.0.2.1')
        self.assertEqual(peer.expect(302)['contact'], '<sip:carol@192.0.2.1>')
        self.nothing_left()

    def cancel(self, peer, call):
        branch = call.text.split('branch=')[1].split(';')[0]
        peer.send('CANCEL', call=call, branch=branch, no_contact=True)

    def test_cancel(self):
        """CALL-37, CALL-42: the caller cancels while it rings: 200 to CANCEL, 487 to INVITE"""
        peer = self.peer()
        call = self.invite(peer, 'ring')
        peer.expect(180)
        self.cancel(peer, call)
        statuses = {peer.receive().status, peer.receive().status}
        self.assertEqual(statuses, {200, 487})
        ended = self.agent.expect('ended')
        self.assertEqual((ended['by'], ended['status']), ('remote', 487))
        self.nothing_left()

    def test_cancel_too_late(self):
        """a CANCEL after the answer changes nothing"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.cancel(peer, call)
        peer.receive()
        self.bye(peer, call, number)
        self.nothing_left()

    def test_no_ack(self):
        """the 200 is repeated until the ACK; without one the callee gives up with BYE"""
        peer = self.peer()
        self.invite(peer, 'answer')
        peer.expect_retransmission(peer.expect(200))
        bye = peer.expect('BYE', timeout=20, skip=(200,))
        peer.respond(bye, 200)
        ended = self.agent.expect('ended', timeout=20)
        self.assertEqual((ended['by'], ended['status']), ('network', 408))
        self.nothing_left()

    def test_hangup_before_ack(self):
        """hung up between 200 and ACK: the BYE waits for the ACK (RFC 3261 15)"""
        peer = self.peer()
        call = self.invite(peer, 'answer')
        number = self.agent.expect('incoming')['id']
        call.established(peer.expect(200))
        self.agent.command('hangup', id=number)
        peer.expect_nothing(0.15, skip=(200,))
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.respond(peer.expect('BYE', skip=(200,)), 200)
        self.agent.expect('ended', by='local')
        self.nothing_left()

    def test_bye_while_ringing(self):
        """a BYE of the caller before the answer ends the call: 200 and 487"""
        peer = self.peer()
        call = self.invite(peer, 'ring')
        call.established(peer.expect(180))
        peer.send('BYE', call=call)
        statuses = {peer.receive().status, peer.receive().status}
        self.assertEqual(statuses, {200, 487})
        self.agent.expect('ended', by='remote')
        self.nothing_left()

    def test_late_offer(self):
        """CALL-32: an INVITE without offer gets one in the 200, and the ACK answers it"""
        peer = self.peer()
        call = self.invite(peer, 'answer', body='')
        number = self.agent.expect('incoming')['id']
        response = peer.expect(200)
        self.assertIn('m=audio 61500', response.body.decode())
        call.established(response)
        peer.send('ACK', call=call, cseq=call.cseq, body=SDP)
        self.agent.expect('media', id=number, streams=1)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_late_offer_unanswered(self):
        """an ACK without the answer that was due ends the call"""
        peer = self.peer()
        call = self.invite(peer, 'answer', body='')
        call.established(peer.expect(200))
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.respond(peer.expect('BYE'), 200)
        self.assertEqual(self.agent.expect('ended')['status'], 488)
        self.nothing_left()

    def test_incompatible_offer(self):
        """CALL-50: an offer with nothing that is supported gets 488 with a Warning"""
        peer = self.peer()
        self.invite(peer, 'answer', body=G729)
        self.assertIn('399', peer.expect(488)['warning'])
        self.nothing_left()

    def test_nonsense_offer(self):
        """SDP that is none gets 400, an unknown body 415, and the killers of parsers do no harm"""
        for body in ('nonsense', SDP.replace('m=audio', 'm=aud(io'),
                     SDP + 'm=image 4002 udptl (\r\n', 'v=0\r\n' * 1000,
                     SDP.replace('61500', '99999')):
            peer = self.peer()
            self.invite(peer, 'answer', body=body)
            peer.expect(400)
        peer = self.peer()
        self.invite(peer, 'answer', body='{}', headers=['Content-Type: application/json'])
        self.assertEqual(peer.expect(415)['accept'], 'application/sdp, multipart/mixed')
        self.nothing_left()

    def test_multipart_offer(self):
        """CORE-18: an offer is found in one part of several; an empty part does no harm"""
        peer = self.peer()
        body = ('--b\r\n\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\n' + SDP
                + '\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n')
        call, response, number = self.establish(
            peer, body=body, headers=['Content-Type: multipart/mixed;boundary=b'])
        self.assertIn('m=audio 61500', response.body.decode())
        self.bye(peer, call, number)

    def test_several_streams(self):
        """CALL-27: two audio streams and one of an unknown kind: each gets its own answer"""
        peer = self.peer()
        body = SDP + 'm=audio 40002 RTP/AVP 8\r\nm=application 40004 udp wb\r\n'
        call, response, number = self.establish(peer, body=body)
        lines = [line for line in response.body.decode().split('\r\n') if line.startswith('m=')]
        self.assertEqual(lines, ['m=audio 61500 RTP/AVP 0 8', 'm=audio 61500 RTP/AVP 8',
                                 'm=application 0 udp wb'])
        self.bye(peer, call, number)
        self.nothing_left()

    def test_handler_order(self):
        """CALL-23: when the first SDP handler declines, the second one takes the stream; one that
        fails ends the negotiation with 488"""
        peer = self.peer()
        self.mood(0, 'decline')
        call, response, number = self.establish(peer)
        self.assertIn('a=label:second', response.body.decode())
        self.bye(peer, call, number)
        self.mood(0, 'fail')
        peer = self.peer()
        self.invite(peer, 'answer')
        peer.expect(488)
        self.mood(0, 'take')
        stats = self.agent.stats()
        self.assertEqual(stats['handler-1-handle-offer'], 1)
        self.assertEqual(stats['handler-1-apply'], 1)
        self.assertEqual(stats['handler-1-end'], 1)
        self.nothing_left()

    def test_early_media(self):
        """CALL-33: 183 with a description before the answer, and the same one in the 200"""
        peer = self.peer()
        call = self.invite(peer, 'progress-answer')
        number = self.agent.expect('incoming')['id']
        early = peer.expect(183)
        final = peer.expect(200)
        self.assertEqual(early.body, final.body)
        call.established(final)
        peer.send('ACK', call=call, cseq=call.cseq)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_reliable_provisionals(self):
        """a caller that requires 100rel: one reliable response at a time, and the 200 waits"""
        peer = self.peer()
        call = self.invite(peer, headers=['Require: 100rel'])
        number = self.agent.expect('incoming')['id']
        for command in ('ring', 'progress', 'answer'):
            self.agent.command(command, id=number)
        first = peer.expect(180)
        self.assertIn('100rel', first['require'])
        self.assertEqual(first.all('x-signed'), ['first', 'second'])  # supplements saw it
        call.established(first)
        peer.expect_retransmission(first)  # no PRACK came
        peer.send('PRACK', call=call, headers=[f'RAck: {first["rseq"]} {first["cseq"]}'])
        second = peer.expect(183, skip=(100, 180, 200))
        peer.send('PRACK', call=call, headers=[f'RAck: {second["rseq"]} {second["cseq"]}'])
        final = None
        while final is None or final.method != 'INVITE':
            final = peer.expect(200, skip=(183,))
        call.cseq -= 2
        peer.send('ACK', call=call, cseq=call.cseq)
        call.cseq += 2
        self.agent.expect('state', id=number, new='active')
        self.bye(peer, call, number)
        self.nothing_left()

    def test_no_prack(self):
        """a reliable response that nobody acknowledges ends the call with 5xx"""
        peer = self.peer()
        self.invite(peer, 'ring', headers=['Require: 100rel'])
        self.assertIn(self.agent.expect('ended', timeout=20)['by'], ('network',))
        self.nothing_left()

    def reinvite(self, peer, call, body=SDP, **keys):
        peer.send('INVITE', call=call, body=body, **keys)

    def test_hold_by_peer(self):
        """the peer holds and resumes with re-INVITEs; the answers say recvonly and sendrecv"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.reinvite(peer, call, SDP + 'a=sendonly\r\n')
        response = peer.expect(200)
        self.assertIn('a=recvonly', response.body.decode())
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.expect('media', id=number, hold='remote')
        self.reinvite(peer, call, SDP)
        response = peer.expect(200)
        self.assertNotIn('a=recvonly', response.body.decode())
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.expect('media', id=number, hold='none')
        self.bye(peer, call, number)
        self.nothing_left()

    def test_version_grows(self):
        """each description of ours in a session has the same id and a higher version"""
        peer = self.peer()
        call, first, number = self.establish(peer)
        self.reinvite(peer, call)
        second = peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        one, two = (m.body.decode().split('o=')[1].split()[1:3] for m in (first, second))
        self.assertEqual(one[0], two[0])
        self.assertEqual(int(one[1]) + 1, int(two[1]))
        self.bye(peer, call, number)

    def test_bad_reinvite(self):
        """a re-INVITE that cannot be met gets 488, and the session goes on as it was"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.reinvite(peer, call, G729)
        peer.expect(488)
        self.reinvite(peer, call)
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_reinvite_without_offer(self):
        """a re-INVITE without offer gets ours, and the ACK answers it"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.reinvite(peer, call, '')
        self.assertIn('m=audio', peer.expect(200).body.decode())
        peer.send('ACK', call=call, cseq=call.cseq, body=SDP)
        self.agent.expect('media', id=number)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_reinvite_too_early(self):
        """a re-INVITE before the ACK gets 500 with Retry-After (RFC 3261 14.2)"""
        peer = self.peer()
        call = self.invite(peer, 'answer')
        number = self.agent.expect('incoming')['id']
        call.established(peer.expect(200))
        first = call.cseq
        self.reinvite(peer, call)
        self.assertIsNotNone(peer.expect(500, skip=(100, 200))['retry-after'])
        peer.send('ACK', call=call, cseq=first)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_glare(self):
        """CALL-31: both sides re-INVITE at once: 491, and ours is repeated later"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.agent.command('hold', id=number)
        ours = peer.expect('INVITE')
        self.reinvite(peer, call)
        peer.expect(491)
        peer.respond(ours, 491)
        peer.expect('ACK')
        again = peer.expect('INVITE', timeout=6)
        self.assertIn('a=sendonly', again.body.decode())
        peer.respond(again, 200, body=SDP + 'a=recvonly\r\n')
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('refreshed')['status'], 200)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_update(self):
        """an UPDATE renegotiates, or, without a body, only refreshes"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        peer.send('UPDATE', call=call, body=SDP + 'a=sendonly\r\n')
        self.assertIn('a=recvonly', peer.expect(200).body.decode())
        self.agent.expect('media', id=number, hold='remote')
        peer.send('UPDATE', call=call)
        self.assertEqual(peer.expect(200).body, b'')
        self.bye(peer, call, number)

    def test_target_refresh(self):
        """a re-INVITE moves the remote target"""
        peer, other = self.peer(), self.peer()
        call, _, number = self.establish(peer)
        peer.send_raw(peer.request('INVITE', call=call, body=SDP)
                      .replace(f'Contact: <{peer.uri}>', f'Contact: <{other.uri}>'))
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.expect('media', id=number)
        self.agent.expect('media', id=number)
        self.agent.command('hangup', id=number)
        other.respond(other.expect('BYE'), 200)
        self.agent.expect('ended', by='local')

    def test_requests_in_dialog(self):
        """INFO, MESSAGE and OPTIONS inside the dialog are answered and told; others get 405"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        peer.send('INFO', call=call, body='Signal=5',
                  headers=['Content-Type: application/dtmf-relay'])
        peer.expect(200)
        self.assertEqual(self.agent.expect('request')['body'], 'Signal=5')
        peer.send('OPTIONS', call=call)
        self.assertIn('INVITE', peer.expect(200)['allow'])
        peer.send('PUBLISH', call=call, headers=['Event: presence'])
        peer.expect(405)
        self.agent.command('info', id=number, body='from us')
        info = peer.expect('INFO')
        self.assertEqual(info.body, b'from us')
        peer.respond(info, 200)
        self.assertEqual(self.agent.expect('sent')['status'], 200)
        peer.send('INFO', call=call, cseq=1)
        peer.expect(500)
        self.bye(peer, call, number)

    def test_datastore(self):
        """CALL-18: what supplements keep with a session goes with its end, whoever holds it"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        stats = self.agent.stats()
        self.assertEqual((stats['kept'], stats['kept-1']), (1, 1))
        self.agent.command('info', id=number)  # holds the session until it is answered
        info = peer.expect('INFO')
        self.bye(peer, call, number)
        stats = self.agent.stats()
        self.assertEqual(stats['census']['AhoySession'], 1)
        self.assertEqual((stats['kept'], stats['kept-1']), (0, 0))
        peer.respond(info, 200)
        self.nothing_left()

    def test_supplements(self):
        """CALL-04 to CALL-10: supplements see each message in order, and change what leaves"""
        peer = self.peer()
        self.agent.stats()
        call, response, number = self.establish(peer)
        self.assertEqual(response.all('x-signed'), ['first', 'second'])
        self.bye(peer, call, number)
        stats = self.agent.stats()
        self.assertEqual(stats['supplement-0'], 'INVITE ACK BYE')
        self.assertEqual(stats['supplement-1'], 'INVITE ACK BYE')
        self.assertEqual(stats['begun-1'], stats['over-1'])

    def test_supplement_refuses(self):
        """CALL-06, CALL-16: a supplement refuses a call; the next one is not asked"""
        peer = self.peer()
        self.agent.stats()
        self.invite(peer, 'answer', headers=['X-Refuse: 480'])
        response = peer.expect(480)
        self.assertEqual(response.line, 'SIP/2.0 480 Refused')
        stats = self.agent.stats()
        self.assertEqual((stats['supplement-0'], stats['supplement-1']), ('INVITE', ''))
        self.nothing_left()

    def test_supplement_fails(self):
        """a supplement that fails, or only says that it answered, never accepts a call: 500"""
        self.agent.warnings_expected = True
        for header in ('X-Fail: yes', 'X-Lie: yes'):
            peer = self.peer()
            self.invite(peer, 'answer', headers=[header])
            peer.expect(500)
        peer = self.peer()
        call, _, number = self.establish(peer)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_slow_supplement(self):
        """a supplement that takes longer than 50 ms is named and counted"""
        self.agent.warnings_expected = True
        peer = self.peer()
        before = self.agent.stats()['slow-extension-calls']
        self.invite(peer, 'busy', headers=['X-Slow: second'])
        peer.expect(486)
        self.assertGreater(self.agent.stats()['slow-extension-calls'], before)
        self.agent.expect_stderr('kept everything waiting', 'incoming_request', 'second')
        self.nothing_left()

    def test_caller_id(self):
        """CALL-13: P-Asserted-Identity goes before Remote-Party-ID and From; nonsense is skipped"""
        for headers, wanted in (
                ([], ('sip:peer@', 'Peer')),
                (['Remote-Party-ID: "R" <sip:r@h>;party=calling'], ('sip:r@h', 'R')),
                (['P-Asserted-Identity: "P \\"Q\\"" <sip:p@h>, <tel:+1>',
                  'Remote-Party-ID: <sip:r@h>'], ('sip:p@h', 'P "Q"')),
                (['P-Asserted-Identity: <<>'], ('sip:peer@', 'Peer'))):
            peer = self.peer()
            self.invite(peer, 'busy', headers=headers)
            incoming = self.agent.expect('incoming')
            self.assertTrue(incoming['caller-uri'].startswith(wanted[0]), incoming)
            self.assertEqual(incoming['caller-name'], wanted[1])
            peer.expect(486)

    def test_identity(self):
        """CALL-28: who calls is what a trusted peer asserts, and only From for another"""
        peer = self.peer()
        self.invite(peer, 'busy', headers=['P-Asserted-Identity: <sip:p@h>, <tel:+420-123>'])
        incoming = self.agent.expect('incoming')
        self.assertEqual((incoming['asserted'], incoming['asserted-by']),
                         ('+420123', 'P-Asserted-Identity'))
        self.assertEqual((incoming['said'], incoming['said-by']), ('peer', 'From'))
        peer.expect(486)

    def test_reason(self):
        """CALL-13: the Reason of a BYE is kept with the session"""
        peer = self.peer()
        call, _, number = self.establish(peer)
        peer.send('BYE', call=call, headers=['Reason: Q.850;cause=31;text="x"'])
        peer.expect(200)
        self.assertEqual(self.agent.expect('ended', id=number)['said'],
                         'Q.850;cause=31;text="x"')

    def test_retransmitted_invite(self):
        """a retransmitted INVITE makes no second session"""
        peer = self.peer()
        call = self.invite(peer, 'ring')
        peer.send_raw(call.text)
        peer.send_raw(call.text)
        peer.expect(180)
        self.agent.expect('incoming')
        self.assertEqual(self.agent.stats()['census']['AhoySession'], 1)
        self.cancel(peer, call)
        self.agent.expect('ended')
        self.nothing_left()

    def test_stop_with_open_calls(self):
        """the agent stops cleanly with calls in every state, over UDP and TCP"""
        for transport in ('udp', 'tcp'):
            self.establish(self.peer(transport))
            self.invite(self.peer(transport), 'ring')
            self.invite(self.peer(transport), 'answer')  # never acknowledged
        for _ in range(4):
            self.agent.expect('incoming')
        self.agent.stop()
        self.assertIn('bye', [event['event'] for event in self.agent.seen])

    def test_many_calls(self):
        """CALL-60: fifty calls at once, each ended by its own BYE"""
        peer = self.peer()
        calls = [self.establish(peer) for _ in range(50)]
        self.assertEqual(self.agent.stats()['census']['AhoySession'], 50)
        for call, _, number in calls:
            self.bye(peer, call, number)
        self.nothing_left()


if __name__ == '__main__':
    agent.main()
