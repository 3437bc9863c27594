# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-03: UPDATE, with which something is told or changed without an INVITE (RFC 3311)."""

import agent
from sip_peer import SDP, Call

UPDATES = 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE'
NO_UPDATES = 'Allow: INVITE, ACK, BYE, CANCEL'


def origin(message):
    return message.body.decode().split('o=')[1].split('\r\n')[0]


class Update(agent.SipTestCase):
    shared_agent = True

    def callee(self, allow=UPDATES):
        """A call of the agent to a peer: (peer, number, INVITE)."""
        peer = self.peer(connect=False)
        self.agent.command('call', target=peer.uri)
        number = self.agent.expect('dialing')['id']
        invite = peer.expect('INVITE')
        peer.respond(invite, 200, body=SDP, headers=[allow] if allow else [])
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        return peer, number, invite

    def caller(self, allow=UPDATES):
        """A call of a peer to the agent: (peer, number, call, 200)."""
        peer = self.peer()
        call = Call(peer, peer.target_uri('answer'))
        peer.send('INVITE', call=call, body=SDP, headers=[allow] if allow else [])
        number = self.agent.expect('incoming')['id']
        response = peer.expect(200, skip=(100,))
        call.established(response)
        peer.send('ACK', call=call, cseq=call.cseq)
        return peer, number, call, response

    def hangup(self, peer, number):
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE', skip=('ACK',)), 200)
        self.agent.expect('ended', id=number, by='local')

    def test_without_body(self):
        """a peer that allows UPDATE is told by one without a body, in both roles"""
        peer, number, _ = self.callee()
        self.agent.command('update', id=number, header='hello')
        update = peer.expect('UPDATE')
        self.assertEqual((update.body, update['x-test']), (b'', 'hello'))
        self.assertTrue(update['contact'])
        self.assertEqual(update.all('x-signed'), ['first', 'second'])
        peer.respond(update, 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.hangup(peer, number)
        peer, number, _, _ = self.caller()
        self.agent.command('update', id=number)
        peer.respond(peer.expect('UPDATE'), 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.hangup(peer, number)

    def test_reinvite_instead(self):
        """a peer that does not allow UPDATE gets a re-INVITE with the same offer and version"""
        for allow in (NO_UPDATES, None):
            peer, number, invite = self.callee(allow)
            applied = self.agent.stats()['handler-0-apply']
            self.agent.command('update', id=number, header='hello')
            again = peer.expect('INVITE')
            self.assertEqual((again.body, again['x-test']), (invite.body, 'hello'))
            peer.respond(again, 200, body=SDP)
            peer.expect('ACK')
            self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
            self.assertEqual(self.agent.stats()['handler-0-apply'], applied)  # nothing changed
            self.hangup(peer, number)

    def test_reinvite_of_callee(self):
        """the callee's re-INVITE repeats its answer as the offer; another answer is applied"""
        peer, number, _, response = self.caller(NO_UPDATES)
        self.agent.command('update', id=number)
        again = peer.expect('INVITE')
        self.assertEqual(again.body, response.body)
        peer.respond(again, 200, body=SDP + 'a=sendonly\r\n')
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('media', id=number, hold='remote')['streams'], 1)
        self.hangup(peer, number)

    def test_later_allow(self):
        """what the peer allows may change in the call: the last Allow holds"""
        peer, number, call, _ = self.caller(NO_UPDATES)
        peer.send('INVITE', call=call, body=SDP, headers=[UPDATES])
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.command('update', id=number)
        peer.respond(peer.expect('UPDATE'), 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.hangup(peer, number)

    def test_not_ready(self):
        """RFC 3311 5.2: 500 with Retry-After and 491 are tried again, 488 is not"""
        peer, number, _ = self.callee()
        self.agent.command('update', id=number)
        first = peer.expect('UPDATE')
        peer.respond(first, 500, headers=['Retry-After: 0 (busy)'])
        second = peer.expect('UPDATE')
        self.assertEqual(second.cseq, first.cseq + 1)
        peer.respond(second, 491)
        third = peer.expect('UPDATE', timeout=10)
        peer.respond(third, 488)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 488)
        self.hangup(peer, number)

    def test_refused_for_good(self):
        """a 500 that names no time, or a long one, is the answer"""
        for headers in ([], ['Retry-After: 3600']):
            peer, number, _ = self.callee()
            self.agent.command('update', id=number)
            peer.respond(peer.expect('UPDATE'), 500, headers=headers)
            self.assertEqual(self.agent.expect('updated', id=number)['status'], 500)
            self.hangup(peer, number)

    def test_dialog_gone(self):
        """481 to an UPDATE ends the session"""
        peer, number, _ = self.callee()
        self.agent.command('update', id=number)
        peer.respond(peer.expect('UPDATE'), 481)
        peer.respond(peer.expect('BYE'), 481)
        self.assertEqual(self.agent.expect('ended', id=number)['status'], 481)

    def test_crossing(self):
        """an UPDATE without a body and a re-INVITE of the peer do not disturb each other"""
        peer, number, call, _ = self.caller()
        self.agent.command('update', id=number)
        ours = peer.expect('UPDATE')
        peer.send('INVITE', call=call, body=SDP + 'a=sendonly\r\n')
        self.assertIn('a=recvonly', peer.expect(200).body.decode())
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.respond(ours, 200)
        self.assertEqual(self.agent.expect('updated', id=number)['status'], 200)
        self.hangup(peer, number)

    def test_offer_glare(self):
        """RFC 3311 5.2: an offer while ours waits gets 491, an UPDATE without one 200"""
        peer, number, call, _ = self.caller()
        self.agent.command('refresh', id=number, method='UPDATE')
        ours = peer.expect('UPDATE')
        peer.send('UPDATE', call=call, body=SDP)
        peer.expect(491)
        peer.send('UPDATE', call=call)
        peer.expect(200)
        peer.respond(ours, 200, body=SDP)
        self.assertEqual(self.agent.expect('refreshed', id=number)['status'], 200)
        self.hangup(peer, number)

    def test_turns(self):
        """changes wait for their turn, and an ended session answers those that wait"""
        peer, number, _ = self.callee()
        for _ in range(2):
            self.agent.command('update', id=number)
        peer.expect('UPDATE')
        peer.expect_nothing(0.05, skip=('UPDATE',))
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE', skip=('UPDATE',)), 200)
        for _ in range(2):
            self.assertIn('ended before', self.agent.expect('updated', id=number)['error'])
        self.agent.command('update', id=number)
        self.agent.expect('error')


if __name__ == '__main__':
    agent.main()
