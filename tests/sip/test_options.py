# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-13, 20, 21, 22, 24, 33: requests outside of dialogs, on every transport."""

import time

import agent
from sip_peer import Call, Peer


class Options(agent.SipTestCase):
    def answered(self, peer, **keys):
        peer.send('OPTIONS', **keys)
        return peer.expect(200)

    def test_every_transport(self):
        """OPTIONS is answered over UDP and TCP, IPv4 and IPv6"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                with self.subTest(transport=transport, family=family):
                    response = self.answered(self.peer(transport, family))
                    self.assertTrue(response.tag('to'))
                    self.assertEqual(response['accept'], 'application/sdp')
                    self.assertIn('OPTIONS', response['allow'])
                    self.assertTrue(response['server'].startswith('Ahoy/'))

    def test_two_addresses(self):
        """two addresses of one transport answer at the same time, each from its own"""
        one, other = self.peer(), Peer('udp', '127.0.0.1',
                                       ('127.0.0.2', self.agent.ports['udp:127.0.0.2:0']))
        self.addCleanup(other.close)
        one.send('OPTIONS')
        other.send('OPTIONS')
        self.assertEqual(one.expect(200).source, one.target)
        self.assertEqual(other.expect(200).source, other.target)

    def test_retransmission(self):
        """a retransmitted request gets the same bytes once more"""
        peer = self.peer()
        text = peer.send('OPTIONS')
        first = peer.expect(200)
        peer.send_raw(text)
        peer.expect_retransmission(first)

    def test_received_and_rport(self):
        """the answer goes to where the request came from, whatever Via says"""
        peer = self.peer()
        peer.send('OPTIONS', via='SIP/2.0/UDP 192.0.2.7:9;branch=z9hG4bKaaaaaa;rport')
        response = peer.expect(200)
        self.assertIn('received=127.0.0.1', response['via'])
        self.assertIn(f'rport={peer.port}', response['via'])

    def test_host_name_in_via(self):
        """a host name or maddr in Via never makes the stack wait for DNS"""
        peer, witness = self.peer(), self.peer()
        peer.send('OPTIONS', via='SIP/2.0/UDP slow.invalid;branch=z9hG4bKbbbbbb;rport')
        peer.send('OPTIONS', via='SIP/2.0/UDP h;branch=z9hG4bKccccccc;maddr=slow.invalid;rport')
        begin = time.monotonic()
        self.answered(witness)
        self.assertLess(time.monotonic() - begin, 4)
        peer.expect(200)
        peer.expect(200)

    def test_unknown_method(self):
        """405 where a method is known but not taken, 501 where nobody knows it, both with Allow"""
        peer = self.peer()
        peer.send('INFO')
        self.assertIn('OPTIONS', peer.expect(405)['allow'])
        for method in ('REGISTER', 'NEWMETHOD'):
            peer.send(method)
            allow = peer.expect(501)['allow']
            self.assertIn('OPTIONS', allow)
            self.assertNotIn(method, allow)

    def test_unsupported_extension(self):
        """a required extension that nobody supports gets 420 with Unsupported"""
        peer = self.peer()
        peer.send('OPTIONS', headers=['Require: nothingSupportsThis, andThis'])
        self.assertEqual(peer.expect(420)['unsupported'], 'nothingSupportsThis, andThis')

    def test_unsupported_scheme(self):
        """a Request-URI of an unknown scheme gets 416"""
        peer = self.peer()
        peer.send('OPTIONS', ruri='nobodyKnowsThisScheme:totallyopaquecontent')
        peer.expect(416)

    def test_no_dialog(self):
        """a request for a dialog that does not exist gets 481"""
        peer = self.peer()
        for method in ('BYE', 'INFO', 'OPTIONS', 'UPDATE', 'INVITE'):
            peer.send(method, to_tag='nobody')
            peer.expect(481)

    def test_bad_contact(self):
        """an INVITE whose Contact leads nowhere gets 400, and nothing is remembered of it"""
        peer = self.peer()
        for contact in ('<tel:1>', '<urn:x>', '<http://x>', '*', '<sip:a@h>, <sip:b@h>'):
            peer.send('INVITE', headers=[f'Contact: {contact}'], no_contact=True)
            peer.expect(400)
        peer.send('INVITE', no_contact=True)
        peer.expect(400)
        peer.send('INVITE', headers=['Record-Route: <tel:12>'])
        peer.expect(400)
        self.assertEqual(self.agent.stats()['transactions'], 0)

    def test_short_branch(self):
        """a Via branch too short to be one gets 400"""
        peer = self.peer()
        peer.send('OPTIONS', via=f'SIP/2.0/UDP 127.0.0.1:{peer.port};branch=z9;rport')
        peer.expect(400)

    def test_stray(self):
        """stray responses and ACKs are met with silence"""
        peer = self.peer()
        peer.send('ACK')
        peer.send_raw(f'SIP/2.0 200 OK\r\nVia: {peer.via()}\r\nFrom: <sip:a@b>;tag=1\r\n'
                      'To: <sip:b@c>;tag=2\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n'
                      'Content-Length: 0\r\n\r\n')
        self.answered(peer)

    def stray_success(self, peer, via):
        call = Call(peer)
        peer.send_raw(f'SIP/2.0 200 OK\r\nVia: {via}\r\nFrom: <sip:a@b>;tag=1\r\n'
                      f'To: <sip:b@c>;tag=2\r\nCall-ID: {call.call_id}\r\nCSeq: 7 INVITE\r\n'
                      f'Contact: <{peer.uri}>\r\nContent-Length: 0\r\n\r\n')

    def test_stray_invite_success(self):
        """a 2xx to an INVITE of ours that nobody remembers is ended with ACK and BYE"""
        peer = self.peer()
        host, port = peer.target
        self.stray_success(peer, f'SIP/2.0/UDP {host}:{port};branch=z9hG4bKforgotten')
        self.assertEqual(peer.expect('ACK').cseq, 7)
        bye = peer.expect('BYE')
        peer.respond(bye, 200)

    def test_forged_invite_success(self):
        """a 2xx that answers nothing of ours is not obeyed, and one without branch does no harm"""
        peer = self.peer()
        host, port = peer.target
        for via in (peer.via(), f'SIP/2.0/UDP {host}:{port}', f'SIP/2.0/UDP {host}:{port};branch=',
                    f'SIP/2.0/UDP other.invalid:{port};branch=z9hG4bKforgotten'):
            self.stray_success(peer, via)
        self.answered(self.peer())
        peer.expect_nothing(0.1)

    def test_version_to_host_name(self):
        """a wrong version, or a bad header with maddr, never makes the stack wait for DNS"""
        peer, witness = self.peer(), self.peer()
        via = 'SIP/2.0/UDP slow.invalid:5060;branch=z9hG4bKddddddd'
        peer.send_raw(peer.request('OPTIONS', via=via).replace(' SIP/2.0\r\n', ' SIP/7.0\r\n', 1))
        bad = peer.request('OPTIONS', via=via + ';maddr=slow.invalid').replace('CSeq: ', 'CSeq: x')
        peer.send_raw(bad)
        peer.send_raw(bad.rstrip())
        begin = time.monotonic()
        self.answered(witness)
        self.assertLess(time.monotonic() - begin, 4)

    def test_tcp_framing(self):
        """TCP: several messages in one segment, and one message in many"""
        peer = self.peer('tcp')
        peer.send_raw(peer.request('OPTIONS') + peer.request('OPTIONS'))
        peer.expect(200)
        peer.expect(200)
        for byte in peer.request('OPTIONS'):
            peer.send_raw(byte)
        peer.expect(200)

    def test_tcp_keep_alive(self):
        """TCP: a double CRLF is answered with a CRLF (RFC 5626)"""
        peer = self.peer('tcp')
        peer.send_raw('\r\n\r\n')
        peer.expect_pong(peer.endpoint.connections[0])
        self.answered(peer)

    def test_oversize(self):
        """a message of more than 64 KiB is refused, and the service goes on"""
        peer, witness = self.peer('tcp'), self.peer()
        try:
            peer.send('OPTIONS', headers=[f'X-{n}: {"y" * 1000}' for n in range(100)])
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.answered(witness)

    def test_tiny_headers(self):
        """megabytes of tiny header lines over TCP do not stop the service"""
        peer, witness = self.peer('tcp'), self.peer()
        try:
            for _ in range(40):
                peer.send_raw('OPTIONS sip:x SIP/2.0\r\n' + 'a:b\r\n' * 20000)
        except (BrokenPipeError, ConnectionResetError):
            pass
        begin = time.monotonic()
        self.answered(witness)
        self.assertLess(time.monotonic() - begin, 10)

    def test_compact(self):
        """compact header names are understood"""
        peer = self.peer()
        text = peer.request('OPTIONS')
        for short, name in (('v', 'Via'), ('f', 'From'), ('t', 'To'), ('i', 'Call-ID'),
                            ('m', 'Contact'), ('l', 'Content-Length')):
            text = text.replace(f'\r\n{name}:', f'\r\n{short}:')
        peer.send_raw(text)
        peer.expect(200)

    def test_latin1_and_nul(self):
        """bytes that are no UTF-8, and NUL, in headers do no harm"""
        peer = self.peer()
        peer.send_raw(peer.request('OPTIONS').replace('"Peer"', '"P\u00e9r"').encode('latin-1'))
        peer.expect(200)
        peer.send_raw(peer.request('OPTIONS').replace('"Peer"', '"P\0r"'))
        peer.receive(0.3)
        peer.inbox.clear()
        self.answered(self.peer())

    def test_merged(self):
        """requests and retransmissions of 200 peers are told apart"""
        peer = self.peer()
        texts = [peer.send('OPTIONS') for _ in range(200)]
        answers = [peer.expect(200) for _ in texts]
        self.assertEqual(len({a['call-id'] for a in answers}), 200)

    def test_nobody_answers(self):
        """a request of ours that nobody answers ends with a 408 of the stack itself"""
        peer = self.peer()
        self.agent.command('send', target=f'sip:x@127.0.0.1:{peer.port}')
        peer.expect('OPTIONS')
        answered = self.agent.expect('answered')
        self.assertEqual((answered['status'], answered['local']), (408, True))

    def test_send_request(self):
        """CORE-12: requests of ours reach peers on every transport, with a body"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                peer = self.peer(transport, family, connect=False)
                self.agent.command('send', method='MESSAGE', target=peer.uri, body='hello')
                message = peer.expect('MESSAGE')
                self.assertEqual(message.body, b'hello')
                self.assertEqual(message['content-type'], 'text/plain')
                self.assertEqual(message['max-forwards'], '70')
                peer.respond(message, 202)
                self.assertEqual(self.agent.expect('answered')['status'], 202)

    def test_size_switch(self):
        """CORE-26: a request too big for a datagram leaves over TCP"""
        peer = Peer('tcp', '127.0.0.1')
        self.addCleanup(peer.close)
        self.agent.command('send', method='MESSAGE', target=f'sip:x@127.0.0.1:{peer.port}',
                           body='x' * 2000)
        message = peer.expect('MESSAGE')
        self.assertIn('/TCP', message['via'])
        peer.respond(message, 200)
        self.assertEqual(self.agent.expect('answered')['status'], 200)


if __name__ == '__main__':
    agent.main()
