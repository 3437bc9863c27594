# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Requests that go where a program says, and the connections that peers open and close."""

import agent
from party import Ahoy, PartyCase, iterate_until, run_beside
from sip_peer import Peer

AWAY = 'sip:bob@192.0.2.77:5999'  # RFC 5737: nobody is there


class NextHop(PartyCase):
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


if __name__ == '__main__':
    agent.main()
