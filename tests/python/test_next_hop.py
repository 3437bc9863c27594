# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Requests that go where a program says, and the connections that peers open and close."""

import agent
from party import Ahoy, PartyCase, iterate_until, run_beside
from sip_peer import SDP, Call, Peer

AWAY = 'sip:bob@192.0.2.77:5999'  # RFC 5737: nobody is there


class Case(PartyCase):
    families = (('127.0.0.1', '127.0.0.1'), ('::1', '[::1]'))

    def setUp(self):
        super().setUp()
        self.start()
        self.closed = closed = []
        self.stack.connect('connection-closed', lambda _, *where: closed.append(where))
        for host, _ in self.families:
            for name, protocol in (('udp', 'UDP'), ('tcp', 'TCP')):
                self.stack.listen(f'{name}-{host}', getattr(Ahoy.TransportProtocol, protocol),
                                  host, 0, None)

    @property
    def stack(self):
        return self.party.stack

    def peer(self, transport, host, **options):
        port = self.stack.get_listener_port(f'{transport}-{host}')
        peer = Peer(transport, host, (host, port), **options)
        self.addCleanup(peer.close)
        return peer

    def send(self, hop, uri=AWAY, transport=None, method='MESSAGE'):
        """The response, when it has come."""
        request = self.stack.create_request(method, uri, 'sip:us@127.0.0.1', None)
        request.set_next_hop(hop, transport)
        self.assertEqual(request.get_next_hop(), hop)
        answers = []
        self.stack.send_request_async(
            request, None, None,
            lambda stack, result: answers.append(stack.send_request_finish(result)))
        return answers

    def answered(self, answers, status, local=False):
        iterate_until(lambda: answers, 'no answer')
        self.assertEqual((answers[0].get_status(), answers[0].is_local()), (status, local))

    def served(self, peer, answers, uri=AWAY):
        """The peer takes the request."""
        request = run_beside(peer.expect, 'MESSAGE')
        self.assertEqual(request.uri, uri)
        peer.respond(request, 200)
        self.answered(answers, 200)
        return request

    def seen(self, peer):
        """The peer asks something, so that its connection is known."""
        peer.send('OPTIONS')
        run_beside(peer.expect, 405)


class NextHop(Case):
    """Requests outside of dialogs."""

    def test_datagram(self):
        """over UDP a request goes to the hop, and its Request-URI stays"""
        for host, _ in self.families:
            peer = self.peer('udp', host)
            hop = Ahoy.NextHop.new_connection(Ahoy.TransportProtocol.UDP, host, peer.port)
            self.assertFalse(hop.is_connection())
            request = self.served(peer, self.send(hop, transport=f'udp-{host}'))
            self.assertIsNone(request.get('route'))

    def test_connection(self):
        """over TCP it takes the connection that the peer opened"""
        for host, _ in self.families:
            peer = self.peer('tcp', host)
            self.seen(peer)
            hop = Ahoy.NextHop.new_connection(Ahoy.TransportProtocol.TCP, host, peer.port)
            self.assertTrue(hop.is_connection())
            for _ in range(3):
                self.served(peer, self.send(hop))

    def test_closed(self):
        """a connection that is closed is told of once, and what should use it fails at once"""
        for host, shown in self.families:
            peer = self.peer('tcp', host)
            self.seen(peer)
            self.seen(peer)
            hop = Ahoy.NextHop.new_connection(Ahoy.TransportProtocol.TCP, host, peer.port)
            peer.close()
            iterate_until(lambda: self.closed, 'connection-closed')
            self.assertEqual(self.closed, [(f'{shown}:{peer.port}', f'tcp-{host}')])
            self.closed.clear()
            self.answered(self.send(hop), 430, local=True)
        self.assertEqual(self.closed, [])

    def test_called_back(self):
        """when it is closed, and nobody translates addresses, a new one is made to the URI"""
        peer = self.peer('tcp', '127.0.0.1')
        self.seen(peer)
        hop = Ahoy.NextHop.new_connection(Ahoy.TransportProtocol.TCP, '127.0.0.1', peer.port)
        peer.close()
        iterate_until(lambda: self.closed, 'connection-closed')
        waiting = Peer('tcp', '127.0.0.1')
        self.addCleanup(waiting.close)
        self.served(waiting, self.send(hop, waiting.uri), waiting.uri)

    def test_many_idle(self):
        """many connections that do nothing are told of when they close, each once"""
        peers = [self.peer('tcp', '127.0.0.1') for _ in range(200)]
        for peer in peers:
            peer.send('OPTIONS')
        for peer in peers:
            run_beside(peer.expect, 405)
        for peer in peers:
            peer.close()
        iterate_until(lambda: len(self.closed) >= 200, '200 times connection-closed')
        self.assertEqual(sorted(self.closed),
                         sorted((f'127.0.0.1:{peer.port}', 'tcp-127.0.0.1') for peer in peers))

    def test_unlisten(self):
        """connections end with their transport"""
        peer = self.peer('tcp', '127.0.0.1')
        self.seen(peer)
        self.stack.unlisten('tcp-127.0.0.1')
        iterate_until(lambda: self.closed, 'connection-closed')
        self.assertEqual(self.closed, [(f'127.0.0.1:{peer.port}', 'tcp-127.0.0.1')])


class Contacts(Case):
    """Calls to somebody who registered from behind a NAT, over a connection, or over proxies."""

    def contact(self, peer, uri, transport='tcp', path=(), received=None):
        builder = Ahoy.ContactBuilder.new(uri)
        builder.set_registered_uri(AWAY)
        builder.set_received(received or f'{peer.host}:{peer.port}')
        builder.set_protocol(getattr(Ahoy.TransportProtocol, transport.upper()))
        builder.set_transport(f'{transport}-127.0.0.1')
        builder.set_path(list(path))
        return builder.end()

    def dial(self, contact):
        return self.party.sessions.dial_contact(None, contact, self.party.uri(), None)

    def call(self, peer, contact, *headers):
        """A call that is answered by somebody who says that he is elsewhere, and its end."""
        session = self.dial(contact)
        invite = run_beside(peer.expect, 'INVITE')
        self.assertEqual(invite.uri, contact.get_uri())
        headers = [('Contact', f'<{AWAY}>'), *headers]
        peer.respond(invite, 180, headers=headers)
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.RINGING, 'ringing')
        peer.respond(invite, 200, body=SDP, headers=headers)
        run_beside(peer.expect, 'ACK')
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ACTIVE, 'active')
        session.hangup()
        bye = run_beside(peer.expect, 'BYE')
        self.assertEqual(bye.uri, AWAY)
        peer.respond(bye, 200)
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ENDED, 'ended')
        return invite

    def test_connection_of_phone(self):
        """a phone whose Contact leads nowhere is called over its connection, to the end"""
        peer = self.peer('tcp', '127.0.0.1')
        self.seen(peer)
        invite = self.call(peer, self.contact(peer, f'{AWAY};transport=tcp'))
        self.assertIsNone(invite.get('route'))

    def test_nat(self):
        """a phone behind a NAT over UDP is called at the hole in it, to the end"""
        peer = self.peer('udp', '127.0.0.1')
        self.call(peer, self.contact(peer, peer.uri, 'udp'))

    def test_moved(self):
        """what is sent in the dialog follows a phone whose NAT chose another port"""
        peer, moved = self.peer('udp', '127.0.0.1'), self.peer('udp', '127.0.0.1')
        session = self.dial(self.contact(peer, peer.uri, 'udp'))
        invite = run_beside(peer.expect, 'INVITE')
        peer.respond(invite, 200, body=SDP, headers=[('Contact', f'<{AWAY}>')])
        run_beside(peer.expect, 'ACK')
        call = Call.from_request(peer, invite)
        moved.send('UPDATE', call=call, no_contact=True, headers=[f'Contact: <{AWAY}>'])
        run_beside(moved.expect, 200)
        session.hangup()
        moved.respond(run_beside(moved.expect, 'BYE'), 200)
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ENDED, 'ended')

    def test_cancel(self):
        """the CANCEL goes where the INVITE went"""
        peer = self.peer('tcp', '127.0.0.1')
        self.seen(peer)
        session = self.dial(self.contact(peer, f'{AWAY};transport=tcp'))
        invite = run_beside(peer.expect, 'INVITE')
        peer.respond(invite, 180)
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.RINGING, 'ringing')
        session.hangup()
        peer.respond(run_beside(peer.expect, 'CANCEL'), 200)
        peer.respond(invite, 487)
        run_beside(peer.expect, 'ACK')
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ENDED, 'ended')

    def test_gone(self):
        """a phone whose connection is gone is not called, and that is known at once"""
        peer = self.peer('tcp', '127.0.0.1')
        self.seen(peer)
        contacts = [self.contact(peer, uri) for uri in (f'{AWAY};transport=tcp', peer.uri)]
        peer.close()
        iterate_until(lambda: self.closed, 'connection-closed')
        for contact in contacts:
            session = self.dial(contact)
            iterate_until(lambda session=session: session.get_state() == Ahoy.SessionState.ENDED,
                          'ended', 2)
            self.assertEqual(session.get_end_status(), 430)

    def test_path(self):
        """the proxies of Path become a Route, in their order, and the first one gets the call"""
        proxy = self.peer('udp', '127.0.0.1')
        path = [f'<{proxy.uri};lr>', '<sip:edge@192.0.2.1;lr;ob>']
        invite = self.call(proxy, self.contact(proxy, AWAY, 'udp', path, '192.0.2.3:5060'),
                           ('Record-Route', path[0]))
        self.assertEqual(invite.get_all('route'), path)


if __name__ == '__main__':
    agent.main()
