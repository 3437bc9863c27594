# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CALL-29, 31, 32, 34, 36, 37, 53 to 57: sessions that we begin."""

import time

import agent
from sip_peer import G729, SDP, Call


class Outgoing(agent.SipTestCase):
    agent_arguments = ('--t1', '50')

    def dial(self, target, **options):
        self.agent.command('call', target=target, **options)
        return self.agent.expect('dialing')['id']

    def callee(self, transport='udp', family='ipv4'):
        return self.peer(transport, family, connect=False)

    def call(self, peer, **options):
        """Dials a peer: (the number of the session, the INVITE)."""
        number = self.dial(peer.uri, **options)
        return number, peer.expect('INVITE')

    def establish(self, peer, body=SDP, headers=(), **options):
        number, invite = self.call(peer, **options)
        peer.respond(invite, 200, body=body, headers=headers)
        ack = peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        return number, invite, ack

    def ended(self, number, **wanted):
        event = self.agent.expect('ended', id=number)
        self.assertEqual({name: event[name] for name in wanted}, wanted)
        self.nothing_left()

    def nothing_left(self):
        self.agent.wait_for_census('AhoySession', 0)
        self.agent.wait_for_census('AhoySessionStream', 0)
        self.agent.wait_for_census('AhoyClientTransaction', 0)
        stats = self.agent.wait_for_census('AhoyDialog', 0)
        self.assertEqual(stats['begun'], stats['over'])

    def test_every_transport(self):
        """CALL-36: we call and hang up, over UDP and TCP, IPv4 and IPv6"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                peer = self.callee(transport, family)
                number, invite, _ = self.establish(peer)
                self.assertIn('m=audio', invite.body.decode())
                self.assertIn('100rel', invite['supported'])
                self.assertIn(f';transport={transport}' if transport == 'tcp' else 'sip:',
                              invite['contact'])
                self.agent.command('hangup', id=number)
                peer.respond(peer.expect('BYE'), 200)
                self.ended(number, by='local', status=200, cause=16)

    def test_callee_hangs_up(self):
        """CALL-52: the callee hangs up"""
        peer = self.callee()
        number, invite, _ = self.establish(peer)
        peer.send('BYE', call=Call.from_request(peer, invite))
        peer.expect(200)
        self.ended(number, by='remote', status=200)

    def test_forbidden(self):
        """CALL-11: a supplement forbids a call: who dials hears why, and nothing is sent"""
        peer = self.callee()
        for user, said in (('forbidden', '“first” says no'), ('foreign', 'Not \ufffd now'),
                           ('silent', 'it failed, or does not say why')):
            target = peer.uri.replace('sip:', f'sip:{user}-')
            self.agent.command('call', target=target, timeout=1)
            self.assertEqual(self.agent.expect('error')['message'],
                             f'dial: The supplement “first” forbids the call to {target}: {said}')
            stats = self.agent.stats()
            self.assertEqual((stats['begun'], stats['over'], stats['kept']), (0, 0, 0))
            self.nothing_left()
        # The first INVITE that leaves is that of a call which nobody forbids.
        number, invite = self.call(peer)
        self.assertEqual(invite.line.split()[1], peer.uri)
        peer.respond(invite, 486)
        peer.expect('ACK')
        self.ended(number, by='remote', status=486)
        self.assertEqual(self.agent.stats()['kept'], 0)

    def test_busy(self):
        """CALL-55: 486 is acknowledged, and the session is gone"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 486)
        peer.expect('ACK')
        self.ended(number, by='remote', status=486, cause=17)

    def test_ringing(self):
        """180 shows as ringing; the caller gives up: CANCEL, 487 (CALL-37, CALL-56)"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 100, tag=None, contact=False)
        peer.respond(invite, 180)
        self.agent.expect('state', id=number, new='ringing', status=180)
        self.agent.command('hangup', id=number)
        cancel = peer.expect('CANCEL')
        self.assertEqual(cancel['via'].split(';rport')[0], invite['via'].split(';rport')[0])
        peer.respond(cancel, 200)
        peer.respond(invite, 487)
        peer.expect('ACK')
        self.ended(number, by='local', status=487)

    def test_cancel_before_provisional(self):
        """given up before anything came: the CANCEL waits for a provisional response"""
        peer = self.callee()
        number, invite = self.call(peer)
        self.agent.command('hangup', id=number)
        self.agent.expect('state', id=number, new='ending')
        while (message := peer.receive(0.2)) is not None:
            self.assertEqual(message.method, 'INVITE')
        peer.respond(invite, 180)
        peer.respond(peer.expect('CANCEL', skip=('INVITE',)), 200)
        peer.respond(invite, 487)
        peer.expect('ACK', skip=('INVITE',))
        self.ended(number, by='local', status=487)

    def test_cancel_too_late(self):
        """the answer was faster than the CANCEL: ACK, then BYE"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 180)
        self.agent.expect('state', id=number, new='ringing')
        self.agent.command('hangup', id=number)
        cancel = peer.expect('CANCEL')
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK')
        peer.respond(peer.expect('BYE'), 200)
        peer.respond(cancel, 200)
        self.ended(number, by='local', status=487)

    def test_dial_timeout(self):
        """CALL-54: no answer within the time to dial: CANCEL"""
        peer = self.callee()
        number, invite = self.call(peer, timeout=1)
        peer.respond(invite, 180)
        peer.respond(peer.expect('CANCEL', timeout=3), 200)
        peer.respond(invite, 487)
        peer.expect('ACK')
        self.ended(number, by='local', status=408)

    def test_nobody_there(self):
        """CALL-53: nobody answers: timer B, 64 times T1"""
        peer = self.callee()
        begin = time.monotonic()
        number, _ = self.call(peer)
        event = self.agent.expect('ended', id=number)
        self.assertEqual((event['by'], event['status']), ('network', 408))
        self.assertTrue(3 < time.monotonic() - begin < 20)

    def test_closed_port(self):
        """a target that refuses the packets, or a name that nobody knows, ends the call at once"""
        number = self.dial('sip:x@127.0.0.1:9')
        self.ended(number, by='network', status=503)
        number = self.dial('sip:x@does-not-exist.invalid')
        self.ended(number, by='network', status=503)

    def test_bad_target(self):
        """a target that is no address is refused before anything is sent"""
        for target in ('', 'http://x', 'sip:a b', 'sip:x\r\nEvil: y@h', 'sip:'):
            self.agent.command('call', target=target)
            event = self.agent.expect_any()
            while event['event'] not in ('error', 'ended'):
                event = self.agent.expect_any()
            self.assertIn(event['event'], ('error', 'ended'))
        self.nothing_left()

    def test_incompatible_answer(self):
        """CALL-57: an answer that is not usable: ACK, and BYE at once"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 200, body=G729)
        peer.expect('ACK')
        bye = peer.expect('BYE')
        self.assertTrue(bye['reason'].startswith('SIP;cause=488;text="'), bye['reason'])
        peer.respond(bye, 200)
        self.ended(number, by='local', status=488)

    def test_answer_without_sdp(self):
        """a 200 without a description: ACK, and BYE at once"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 200)
        peer.expect('ACK')
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local', status=488)

    def test_late_offer(self):
        """CALL-32: an INVITE without offer; the 200 offers, the ACK answers"""
        peer = self.callee()
        number, invite, ack = self.establish(peer, late_offer=True)
        self.assertEqual(invite.body, b'')
        self.assertIn('m=audio 61500 RTP/AVP 0 8', ack.body.decode())
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_repeated_success(self):
        """a repeated 200 is acknowledged again"""
        peer = self.callee()
        number, invite, ack = self.establish(peer)
        peer.respond(invite, 200, body=SDP)
        peer.expect_retransmission(ack)
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_early_media(self):
        """CALL-33: a 183 with a description is early media; one without changes nothing"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 183)
        peer.respond(invite, 183, body=SDP)
        self.assertTrue(self.agent.expect('media', id=number)['early'])
        peer.respond(invite, 180)
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK')
        self.agent.expect('media', id=number)
        self.agent.expect('state', id=number, new='active')
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_reliable_early_media(self):
        """a reliable 183 gets a PRACK, once, and a 200 without a description is then enough"""
        peer = self.callee()
        number, invite = self.call(peer)
        for _ in range(2):
            peer.respond(invite, 183, body=SDP, headers=['Require: 100rel', 'RSeq: 17'])
        prack = peer.expect('PRACK')
        self.assertEqual(prack['rack'], f'17 {invite.cseq} INVITE')
        peer.respond(prack, 200)
        peer.respond(invite, 200)
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_forks(self):
        """CALL-34: two dialogs ring; the first 200 wins, every later one gets ACK and BYE"""
        peer = self.callee()
        number, invite = self.call(peer)
        for tag in ('one', 'two', 'three'):
            peer.respond(invite, 180, tag=tag)
        peer.respond(invite, 183, tag='two', body=SDP)
        peer.respond(invite, 200, tag='two', body=SDP)
        self.assertEqual(peer.expect('ACK').tag('to'), 'two')
        for tag in ('one', 'three', 'stranger'):
            peer.respond(invite, 200, tag=tag, body=SDP)
            seen = {(m.method, m.tag('to')) for m in (peer.receive(), peer.receive())}
            self.assertEqual(seen, {('ACK', tag), ('BYE', tag)})
        self.agent.expect('state', id=number, new='active')
        self.agent.command('hangup', id=number)
        bye = peer.expect('BYE')
        while bye.tag('to') != 'two':
            bye = peer.expect('BYE')
        peer.respond(bye, 200)
        self.agent.expect('ended', id=number, by='local')

    def test_redirect(self):
        """a 302 is followed; a loop of them is not"""
        peer, other = self.callee(), self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 302, headers=[f'Contact: <{other.uri}>'], contact=False)
        peer.expect('ACK')
        again = other.expect('INVITE')
        self.assertEqual(again.uri, other.uri)
        other.respond(again, 302, headers=[f'Contact: <{peer.uri}>'], contact=False)
        other.expect('ACK')
        self.ended(number, by='remote', status=302)

    def test_success_without_contact(self):
        """a 200 whose Contact leads nowhere makes no dialog"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 200, body=SDP, contact=False, headers=['Contact: <tel:1>'])
        self.ended(number, by='local')

    def test_hold(self):
        """we hold and resume: sendonly, then sendrecv, with a version that grows"""
        peer = self.callee()
        number, invite, _ = self.establish(peer)
        self.agent.command('hold', id=number)
        hold = peer.expect('INVITE')
        self.assertIn('a=sendonly', hold.body.decode())
        peer.respond(hold, 200, body=SDP + 'a=recvonly\r\n')
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('refreshed')['status'], 200)
        self.agent.command('resume', id=number)
        resume = peer.expect('INVITE')
        self.assertNotIn('a=sendonly', resume.body.decode())
        peer.respond(resume, 200, body=SDP)
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('refreshed')['status'], 200)
        versions = [int(m.body.decode().split('o=')[1].split()[2]) for m in (invite, hold, resume)]
        self.assertEqual(versions, [versions[0], versions[0] + 1, versions[0] + 2])
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_refresh_refused(self):
        """CALL-29: a refused re-INVITE changes nothing; further ones wait for their turn"""
        peer = self.callee()
        number, _, _ = self.establish(peer)
        self.agent.command('hold', id=number)
        self.agent.command('refresh', id=number, method='UPDATE')
        hold = peer.expect('INVITE')
        peer.expect_nothing(0.02, skip=('INVITE',))
        peer.respond(hold, 488)
        peer.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.agent.expect('refreshed')['status'], 488)
        update = peer.expect('UPDATE', skip=('INVITE', 'ACK'))
        self.assertNotIn('a=sendonly', update.body.decode())
        peer.respond(update, 200, body=SDP)
        self.assertEqual(self.agent.expect('refreshed')['status'], 200)
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_dialog_gone(self):
        """481 to a re-INVITE ends the session"""
        peer = self.callee()
        number, _, _ = self.establish(peer)
        self.agent.command('hold', id=number)
        peer.respond(peer.expect('INVITE'), 481)
        peer.expect('ACK')
        peer.respond(peer.expect('BYE'), 481)
        self.ended(number, by='remote', status=481)

    def test_hangup_during_reinvite(self):
        """hung up while a re-INVITE is open: the session ends all the same"""
        peer = self.callee()
        number, _, _ = self.establish(peer)
        self.agent.command('hold', id=number)
        hold = peer.expect('INVITE')
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE', skip=('INVITE',)), 200)
        self.agent.expect('ended', id=number, by='local')
        peer.respond(hold, 487)
        peer.expect('ACK', skip=('INVITE',))
        self.nothing_left()

    def test_bye_crossing(self):
        """both hang up at once: each BYE is answered"""
        peer = self.callee()
        number, invite, _ = self.establish(peer)
        self.agent.command('hangup', id=number)
        bye = peer.expect('BYE')
        peer.send('BYE', call=Call.from_request(peer, invite))
        peer.expect(200, skip=('BYE',))
        peer.respond(bye, 200)
        self.agent.expect('ended', id=number)
        self.nothing_left()

    def test_bye_unanswered(self):
        """a BYE that nobody answers ends the session after its time"""
        peer = self.callee()
        number, _, _ = self.establish(peer)
        self.agent.command('hangup', id=number)
        peer.expect('BYE')
        self.ended(number, by='local', status=200)

    def test_headers(self):
        """headers given to the call are in the INVITE; supplements sign each request"""
        peer = self.callee()
        number, invite, ack = self.establish(peer, header='hello')
        self.assertEqual(invite['x-test'], 'hello')
        for message in (invite, ack):
            self.assertEqual(message.all('x-signed'), ['first', 'second'])
        self.agent.command('hangup', id=number)
        bye = peer.expect('BYE')
        self.assertEqual(bye.all('x-signed'), ['first', 'second'])
        peer.respond(bye, 200)
        self.ended(number, by='local')

    def test_asserted_identity(self):
        """CALL-13: a call can assert who calls"""
        peer = self.callee()
        number, invite = self.call(peer, caller='sip:boss@example.org')
        self.assertEqual(invite['p-asserted-identity'], r'"A \"B\"" <sip:boss@example.org>')
        peer.respond(invite, 603)
        peer.expect('ACK')
        self.ended(number, status=603)

    def test_host_name_contact(self):
        """a Contact with a host name: ACK and BYE find their way by the resolver"""
        peer = self.callee()
        number, invite = self.call(peer)
        peer.respond(invite, 200, body=SDP, contact=False,
                     headers=[f'Contact: <sip:peer@localhost:{peer.port}>'])
        peer.expect('ACK')
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.ended(number, by='local')

    def test_many_calls(self):
        """fifty calls at once"""
        peer = self.callee()
        numbers = [self.establish(peer)[0] for _ in range(50)]
        self.assertEqual(self.agent.stats()['census']['AhoySession'], 50)
        for number in numbers:
            self.agent.command('hangup', id=number)
            peer.respond(peer.expect('BYE'), 200)
            self.agent.expect('ended', id=number)
        self.nothing_left()


if __name__ == '__main__':
    agent.main()
