# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-14: order of CSeq in a dialog, and requests that cross answers.

What test_incoming.py and test_outgoing.py have is not repeated: CANCEL after the answer, BYE that
crosses BYE, BYE before the answer, a lost ACK to the first 200.
"""

import agent
from sip_peer import SDP, Call


class Races(agent.SipTestCase):
    agent_arguments = ('--t1', '50')
    shared_agent = True

    def called(self, transport='udp'):
        """A call of the agent that stands: (peer, number, INVITE)."""
        peer, number, invite = self.ringing(transport)
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        return peer, number, invite

    def ringing(self, transport='udp'):
        peer = self.peer(transport, connect=False)
        self.agent.command('call', target=peer.uri)
        number = self.agent.expect('dialing')['id']
        invite = peer.expect('INVITE')
        peer.respond(invite, 180)
        self.agent.expect('state', id=number, new='ringing')
        return peer, number, invite

    def calls(self, transport='udp'):
        """A call of a peer that stands: (peer, call, number)."""
        peer = self.peer(transport)
        call = Call(peer, peer.target_uri('answer'))
        peer.send('INVITE', call=call, body=SDP)
        number = self.agent.expect('incoming')['id']
        call.established(peer.expect(200, skip=(100,)))
        peer.send('ACK', call=call, cseq=call.cseq)
        return peer, call, number

    def bye(self, peer, call, number):
        peer.send('BYE', call=call)
        peer.expect(200, skip=('ACK',), where=lambda m: m.method == 'BYE')
        self.agent.expect('ended', id=number, by='remote')

    def nothing_left(self):
        self.agent.wait_for_census('AhoySession', 0)
        self.agent.wait_for_census('AhoyDialog', 0)

    def test_cseq(self):
        """RFC 3261 12.2.2: a lower CSeq gets 500, a gap is no fault, on UDP and TCP"""
        for transport in ('udp', 'tcp'):
            peer, call, number = self.calls(transport)
            first = call.cseq
            peer.send('INFO', call=call, cseq=first + 40)
            peer.expect(200)
            for method, body in (('INFO', ''), ('UPDATE', SDP), ('INVITE', SDP)):
                peer.send(method, call=call, cseq=first + 20, body=body)
                self.assertEqual(peer.expect('final').status, 500)
            peer.send('BYE', call=call, cseq=first + 30)
            peer.expect(500)
            self.assertEqual(self.agent.stats()['census'].get('AhoySession', 0), 1)
            call.cseq = first + 0x1000000
            self.bye(peer, call, number)
        self.nothing_left()

    def test_cseq_of_callee(self):
        """the callee counts for itself, from wherever it likes"""
        peer, number, invite = self.called()
        call = Call.from_request(peer, invite)
        peer.send('INFO', call=call, cseq=7)
        peer.expect(200)
        peer.send('INFO', call=call, cseq=6)
        peer.expect(500)
        call.cseq = 2147483646
        self.bye(peer, call, number)
        self.nothing_left()

    def test_success_after_cancel(self):
        """a 200 that was faster than the CANCEL gets ACK and BYE, and again when it is repeated"""
        for transport in ('udp', 'tcp'):
            peer, number, invite = self.ringing(transport)
            self.agent.command('hangup', id=number)
            cancel = peer.expect('CANCEL')
            peer.respond(invite, 200, body=SDP)
            ack = peer.expect('ACK')
            bye = peer.expect('BYE')
            peer.respond(cancel, 200)
            peer.respond(invite, 200, body=SDP)
            peer.expect_retransmission(ack)
            peer.respond(bye, 200)
            self.assertEqual(self.agent.expect('ended', id=number)['by'], 'local')
        self.nothing_left()

    def test_refusal_after_cancel(self):
        """a refusal that crosses the CANCEL ends the call as one that was given up"""
        peer, number, invite = self.ringing()
        self.agent.command('hangup', id=number)
        cancel = peer.expect('CANCEL')
        peer.respond(invite, 486)
        peer.expect('ACK', skip=('CANCEL',))
        peer.respond(cancel, 481)
        self.assertEqual(self.agent.expect('ended', id=number)['by'], 'local')
        self.nothing_left()

    def test_bye_while_reinvite_waits(self):
        """a BYE of the peer while our re-INVITE has no answer: the call ends, and the late answer
        is acknowledged"""
        for status in (487, 200):
            peer, number, invite = self.called()
            self.agent.command('hold', id=number)
            again = peer.expect('INVITE')
            peer.send('BYE', call=Call.from_request(peer, invite))
            peer.expect(200)
            self.assertEqual(self.agent.expect('refreshed', id=number)['status'], 0)
            self.agent.expect('ended', id=number, by='remote')
            peer.respond(again, status, body=SDP if status == 200 else '')
            peer.expect('ACK', skip=('INVITE',))
        self.nothing_left()

    def test_bye_before_ack(self):
        """a BYE of the peer instead of the ACK to its re-INVITE ends the call"""
        peer, call, number = self.calls()
        peer.send('INVITE', call=call, body=SDP)
        peer.expect(200)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_repeated_success_of_reinvite(self):
        """a 200 to our re-INVITE that is repeated gets the same ACK again"""
        peer, number, _ = self.called()
        self.agent.command('hold', id=number)
        again = peer.expect('INVITE')
        peer.respond(again, 200, body=SDP)
        ack = peer.expect('ACK')
        self.assertEqual(ack.cseq, again.cseq)
        for _ in range(2):
            peer.respond(again, 200, body=SDP)
            peer.expect_retransmission(ack)
        self.assertEqual(self.agent.expect('refreshed', id=number)['status'], 200)
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.agent.expect('ended', id=number)
        self.nothing_left()

    def test_lost_ack_of_reinvite(self):
        """the 200 to a re-INVITE is repeated until its ACK; without one the call ends with BYE"""
        peer, call, number = self.calls()
        peer.send('INVITE', call=call, body=SDP)
        peer.expect_retransmission(peer.expect(200))
        peer.respond(peer.expect('BYE', timeout=20, skip=(200,)), 200)
        ended = self.agent.expect('ended', id=number, timeout=20)
        self.assertEqual((ended['by'], ended['status']), ('network', 408))
        self.nothing_left()

    def test_late_ack_of_reinvite(self):
        """an ACK that comes for a later 200 stops the repetition, and the next change goes on"""
        peer, call, number = self.calls()
        peer.send('INVITE', call=call, body=SDP)
        first = peer.expect(200)
        self.agent.command('hold', id=number)  # waits for the ACK
        peer.expect_retransmission(first)
        peer.send('ACK', call=call, cseq=call.cseq)
        hold = peer.expect('INVITE', skip=(200,))
        self.assertIn('a=sendonly', hold.body.decode())
        peer.respond(hold, 200, body=SDP + 'a=recvonly\r\n')
        peer.expect('ACK')
        self.agent.expect('refreshed', id=number, status=200)
        self.bye(peer, call, number)
        self.nothing_left()

    def test_cancel_of_reinvite(self):
        """CANCEL of a re-INVITE that was answered changes nothing; one of a strange branch is
        refused"""
        peer, call, number = self.calls()
        text = peer.send('INVITE', call=call, body=SDP)
        peer.expect(200)
        branch = text.split('branch=')[1].split(';')[0]
        peer.send('CANCEL', call=call, branch=branch, cseq=call.cseq, no_contact=True)
        self.assertIn(peer.expect('final', where=lambda m: m.method == 'CANCEL').status,
                      (200, 481))
        peer.send('CANCEL', call=call, branch=branch + 'x', cseq=call.cseq, no_contact=True)
        self.assertIn(peer.expect('final', where=lambda m: m.method == 'CANCEL').status,
                      (481, 500))
        peer.send('ACK', call=call, cseq=call.cseq)
        self.bye(peer, call, number)
        self.nothing_left()


if __name__ == '__main__':
    agent.main()
