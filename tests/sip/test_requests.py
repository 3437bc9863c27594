# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""OPTIONS and the doors in front of it: what every SIP element must do before any application.

The agent listens on UDP and TCP, IPv4 and IPv6, and on a second IPv4 address (CORE-20 to CORE-24).
"""

import time

import agent
from agent import ALL_PATHS
from sip_dialog import sdp
from sip_message import NameAddr

SECOND = '127.0.0.2'


class OptionsTestCase(agent.SipTestCase):
    agent_arguments = ('--t1', '50')
    watchdog = 90
    peers_listen = True

    def check_answer(self, response, request, status=200):
        """What RFC 3261 section 8.2.6 wants of every response."""
        self.assertEqual(response.status, status, response)
        self.assertEqual(response.get('From'), request.get('From'))
        self.assertEqual(response.call_id, request.call_id)
        self.assertEqual(response.cseq, request.cseq)
        self.assertEqual(NameAddr(request.get('To')).uri, response.to.uri)
        if request.to.tag is None and status > 100:
            self.assertTrue(response.to.tag, 'the response has no To tag: %s' % response)
        self.assertEqual(len(response.vias), len(request.vias))
        self.assertEqual(response.via.branch, request.via.branch)
        self.assertEqual(response.via.sent_by, request.via.sent_by)

    def check_alive(self):
        """The agent still answers a normal OPTIONS, whatever others have not finished yet."""
        peer = self.peer(name='probe')
        peer.transact(peer.build('OPTIONS'), 200)
        peer.close()


class Basics(OptionsTestCase):
    listeners = agent.LISTENERS[:4] + ('udp:%s:0' % SECOND, 'tcp:%s:0' % SECOND)

    def test_all_transports_and_addresses_at_once(self):
        """OPTIONS is answered on all transports and on two addresses at once"""
        paths = [(transport, family, None) for transport, family in ALL_PATHS]
        paths += [('udp', 'ipv4', SECOND), ('tcp', 'ipv4', SECOND)]
        asked = []
        for transport, family, address in paths:
            name = '%s-%s' % (transport, address or family)
            peer = self.peer(transport, family, name=name, host=address, to=address)
            asked.append((peer, peer.send(peer.build('OPTIONS')), name))
        for peer, request, name in asked:
            with self.subTest(path=name):
                response = peer.expect(200)
                self.check_answer(response, request)
                self.assertEqual(response.source, peer.target)
                self.assertEqual(response.via.params.get('rport'), str(response.destination[1]))
                self.assertEqual(response.via.params.get('received', peer.host).strip('[]'),
                                 peer.host)

    def test_capabilities(self):
        """the 200 to OPTIONS tells Allow, Accept and Supported (RFC 3261 section 11.2)"""
        peer = self.peer()
        response = peer.transact(peer.build('OPTIONS'), 200)
        self.assertIn('options', response.tokens('Allow'))
        self.assertTrue(response.all('Accept'), response.to_bytes())
        self.assertTrue(response.all('Supported'), response.to_bytes())
        self.assertEqual(len(response.all('Content-Length')), 1)

    def test_source_address_in_via(self):
        """a Via with a foreign sent-by gets received and rport of the true source (RFC 3581)"""
        for transport, family in ALL_PATHS:
            with self.subTest(transport=transport, family=family):
                peer = self.peer(transport, family)
                via = 'SIP/2.0/%s 192.0.2.77:4321;branch=%s;rport'
                request = peer.build('OPTIONS', via=via % (transport.upper(),
                                                             'z9hG4bK' + peer.unique('b')))
                response = peer.transact(request, 200)
                self.check_answer(response, request)
                self.assertEqual(response.via.params.get('received', '').strip('[]'), peer.host)
                self.assertEqual(response.via.params.get('rport'), str(response.destination[1]))

    def test_sent_by_port_without_rport(self):
        """without rport a UDP answer goes to the sent-by port (RFC 3261 section 18.2.2)"""
        sender, receiver = self.peer(name='sender'), self.peer(name='receiver')
        request = sender.build('OPTIONS', via='SIP/2.0/UDP %s;branch=%s' % (
            receiver.address, 'z9hG4bK' + sender.unique('b')))
        sender.send(request)
        receiver.expect(200, call_id=request.call_id)

    def test_several_vias_come_back(self):
        """all Via values come back in order, only the top one is changed"""
        peer = self.peer()
        request = peer.build('OPTIONS')
        second = 'SIP/2.0/TCP proxy.example.com;branch=z9hG4bK2;received=192.0.2.4'
        third = 'SIP/2.0/UNKNOWN [2001:db8::1]:5070;branch=z9hG4bK3'
        request.headers.insert(1, ('Via', second + ', ' + third))
        response = peer.transact(request, 200)
        self.assertEqual([via.value for via in response.vias[1:]], [second, third])

    def test_to_tag_is_echoed_or_481(self):
        """OPTIONS with a To tag of no dialog is refused with 481 or keeps the tag"""
        peer = self.peer()
        request = peer.build('OPTIONS', to='<%s>;tag=nobody' % peer.target_uri())
        response = peer.transact(request, 200, 481)
        self.assertEqual(response.to.tag, 'nobody')

    def test_many_at_once(self):
        """200 OPTIONS in one go are all answered"""
        peer = self.peer()
        requests = [peer.send(peer.build('OPTIONS')) for _ in range(200)]
        for request in requests:
            peer.expect(200, call_id=request.call_id)


class Retransmissions(OptionsTestCase):
    def test_same_bytes_again(self):
        """a retransmitted OPTIONS gets the same bytes, To tag and all"""
        for family in ('ipv4', 'ipv6'):
            with self.subTest(family=family):
                peer = self.peer('udp', family)
                request = peer.send(peer.build('OPTIONS'))
                response = peer.expect(200)
                for _ in range(3):
                    peer.send(request)
                    peer.expect_retransmission(response)
                peer.expect_nothing(0.1)

    def test_same_refusal_again(self):
        """a retransmitted request which was refused gets the same refusal"""
        peer = self.peer()
        request = peer.send(peer.build('OPTIONS', headers=[('Require', 'foo')]))
        response = peer.expect(420)
        peer.send(request)
        peer.expect_retransmission(response)

    def test_other_branch_is_another_request(self):
        """a new CSeq and branch with the same Call-ID is a new request"""
        peer = self.peer()
        request = peer.build('OPTIONS')
        peer.transact(request, 200)
        request.set('CSeq', '2 OPTIONS').set('Via', peer.via())
        self.assertEqual(peer.transact(request, 200).cseq, 2)

    def test_merged_request(self):
        """an INVITE which comes by a second path is a merged request: 482 (RFC 3261 8.2.2.2)"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                peer = self.peer(transport)
                invite = peer.build_invite(peer.target_uri('ring'), body=sdp())
                peer.send(invite)
                peer.expect(180)
                again = invite.copy().set('Via', peer.via())
                refused = peer.transact(again, 482)
                peer.send(peer.ack_failure(again, refused))
                peer.send(peer.cancel_of(invite))
                peer.expect('200 CANCEL')
                peer.send(peer.ack_failure(invite, peer.expect('487 INVITE')))

    def test_merged_options(self):
        """an OPTIONS which comes by a second path is answered, as no transaction is open for it"""
        peer = self.peer()
        request = peer.build('OPTIONS')
        peer.transact(request, 200)
        request.set('Via', peer.via())
        peer.transact(request, 200, 482)

    def test_transactions_are_released(self):
        """finished transactions are gone after 64*T1"""
        peer = self.peer()
        for _ in range(20):
            peer.transact(peer.build('OPTIONS'), 200)
        peer.transact(peer.build('FOOBAR'), 405, 501)
        deadline = time.monotonic() + 64 * 0.05 + 15
        while self.agent.stats()['transactions'] > 0:
            self.assertLess(time.monotonic(), deadline, self.agent.stats())
            peer.pump(0.1)


class Refusals(OptionsTestCase):
    shared_agent = True

    def refuse(self, request, *statuses, **kw):
        peer = self.peer(**kw)
        response = peer.transact(request(peer), *statuses)
        self.check_alive()
        return response

    def test_unknown_method(self):
        """an unknown method gets 405 or 501 with Allow"""
        for transport, family in ALL_PATHS:
            with self.subTest(transport=transport, family=family):
                response = self.refuse(lambda peer: peer.build('FOOBAR'), 405, 501,
                                       transport=transport, family=family)
                self.assertIn('options', response.tokens('Allow'))

    def test_unknown_scheme(self):
        """an unknown scheme in the request URI gets 416"""
        for uri in ('nobodyknows:opaque', 'http://example.org/', 'soap.beep://192.0.2.1:3002'):
            with self.subTest(uri=uri):
                self.refuse(lambda peer, uri=uri: peer.build('OPTIONS', uri=uri), 416)

    def test_required_extension(self):
        """Require: foo gets 420 with Unsupported: foo"""
        response = self.refuse(
            lambda peer: peer.build('OPTIONS', headers=[('Require', 'foo, bar')]), 420)
        self.assertEqual(response.tokens('Unsupported'), {'foo', 'bar'})

    def test_proxy_require_is_not_ours(self):
        """Proxy-Require does not concern a user agent"""
        self.refuse(lambda peer: peer.build('OPTIONS', headers=[('Proxy-Require', 'foo')]), 200)

    def test_max_forwards_zero(self):
        """Max-Forwards 0 gets 483, or an answer because we are the destination"""
        self.refuse(lambda peer: peer.build('OPTIONS', headers=[('Max-Forwards', '0')]), 200, 483)

    def test_wrong_version(self):
        """another SIP version gets 505"""
        peer = self.peer()
        data = peer.build('OPTIONS').to_bytes().replace(b' SIP/2.0\r\n', b' SIP/7.0\r\n', 1)
        peer.send_raw(data, label='OPTIONS SIP/7.0')
        peer.expect(505)
        self.check_alive()

    def test_stray_bye_and_others(self):
        """BYE and CANCEL of no dialog get 481 (or 405/501 where the method is not there)"""
        for method in ('BYE', 'CANCEL', 'PRACK', 'UPDATE'):
            with self.subTest(method=method):
                self.refuse(lambda peer, method=method: peer.build(
                    method, to='<%s>;tag=x' % peer.target_uri()), 481, 405, 501)

    def test_stray_ack_is_silent(self):
        """an ACK that belongs to nothing is never answered"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                peer = self.peer(transport)
                for uri in (peer.target_uri(), 'nobodyknows:opaque'):
                    peer.send(peer.build('ACK', uri=uri))
                peer.send(peer.build('ACK', headers=[('Require', 'foo')]))
                peer.send(peer.build('ACK', to='<%s>;tag=1' % peer.target_uri()))
                peer.expect_nothing(0.3)
                self.check_alive()

    def stray(self, peer, third, method, status):
        """A response to nothing: Via names somebody else, or us in front of somebody else."""
        fake = peer.build(method, via='SIP/2.0/%s %s;branch=z9hG4bKx%d' % (
            peer.transport.upper(), third.address, status))
        peer.send(peer.response(fake, status, tag='x', contact=third.contact))
        fake.prepend('Via', 'SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bKy%d' % (
            peer.transport.upper(), peer.target[1], status))
        peer.send(peer.response(fake, status, tag='x', contact=third.contact))

    def test_stray_responses_are_ignored(self):
        """responses nobody waits for are dropped, not forwarded"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                peer, third = self.peer(transport), self.peer(transport, name='third')
                for method, statuses in (('INVITE', (100, 180, 401, 503, 699)),
                                         ('OPTIONS', (100, 200, 404)), ('BYE', (200, 481))):
                    for status in statuses:
                        self.stray(peer, third, method, status)
                peer.expect_nothing(0.2)
                third.expect_nothing(0.1)
                self.check_alive()

    def test_foreign_success_is_ignored(self):
        """a 200 to INVITE whose Via is not ours alone is dropped (RFC 3261 18.1.2 and 8.1.3.3)"""
        peer, third = self.peer(), self.peer(name='third')
        self.stray(peer, third, 'INVITE', 200)
        third.expect_nothing(0.2)
        peer.expect_nothing(0.1)

    def test_missing_headers(self):
        """a request without a mandatory header gets 400 or silence"""
        for name in ('To', 'From', 'Call-ID', 'CSeq', 'Via'):
            for transport in ('udp', 'tcp'):
                with self.subTest(name=name, transport=transport):
                    peer = self.peer(transport)
                    peer.send(peer.build('OPTIONS').remove(name))
                    peer.expect_nothing(0.2, skip=(400,))
                    self.check_alive()

    def test_missing_max_forwards(self):
        """a request without Max-Forwards comes from an old client and is answered"""
        self.refuse(lambda peer: peer.build('OPTIONS').remove('Max-Forwards'), 200)

    def test_wrong_cseq(self):
        """a CSeq which contradicts the method, or is no number, gets 400 or silence"""
        for value in ('1 INVITE', 'x OPTIONS', '4294967296 OPTIONS', '-1 OPTIONS', '1', ''):
            with self.subTest(value=value or 'empty'):
                peer = self.peer()
                peer.send(peer.build('OPTIONS', headers=[('CSeq', value)]))
                peer.expect_nothing(0.2, skip=(400,))
                self.check_alive()


class Spelling(OptionsTestCase):
    shared_agent = True

    def test_compact_headers(self):
        """compact header names are as good as long ones"""
        for transport, family in ALL_PATHS:
            with self.subTest(transport=transport, family=family):
                peer = self.peer(transport, family)
                request = peer.build('OPTIONS', headers=[('Supported', 'timer')])
                self.check_answer(peer.transact(request.compact(), 200), request)

    def test_folded_and_odd_case(self):
        """folded lines, odd case and spaces around the colon are read"""
        peer = self.peer()
        data = peer.build('OPTIONS').to_bytes()
        data = data.replace(b'Call-ID: ', b'cALL-id  :\r\n\t ')
        data = data.replace(b'CSeq: 1 ', b'cseq: 0001\r\n  ')
        peer.send_raw(data, label='OPTIONS, folded')
        self.assertEqual(peer.expect(200).cseq, 1)

    def test_foreign_letters(self):
        """UTF-8 and ISO-8859-1 names in From come back byte for byte"""
        for name in ('"Jürgen Größe"'.encode(), b'"J\xfcrgen Gr\xf6\xdfe"'):
            with self.subTest(name=repr(name)):
                peer = self.peer()
                data = peer.build('OPTIONS').to_bytes()
                data = data.replace(b'From: ', b'From: ' + name + b' ')
                peer.send_raw(data, label='OPTIONS, foreign letters')
                self.assertIn(b'From: ' + name, peer.expect(200).raw)

    def test_body_is_ignored(self):
        """OPTIONS with a body of any kind is answered"""
        peer = self.peer()
        peer.transact(peer.build('OPTIONS', body=b'\0\xff' * 400, content_type='x/y'), 200)


class Streams(OptionsTestCase):
    shared_agent = True

    def test_many_messages_in_one_segment(self):
        """ten requests in one TCP segment get ten answers"""
        for family in ('ipv4', 'ipv6'):
            with self.subTest(family=family):
                peer = self.peer('tcp', family)
                requests = [peer.build('OPTIONS', body=b'x' * number, content_type='x/y')
                            for number in range(10)]
                peer.send_raw(b''.join(item.to_bytes() for item in requests))
                for request in requests:
                    self.check_answer(peer.expect(200, call_id=request.call_id), request)

    def test_one_message_in_many_segments(self):
        """a request in one-byte TCP segments is answered"""
        peer = self.peer('tcp')
        connection = peer.connect()
        request = peer.build('OPTIONS', body=b'a\r\n\r\nb', content_type='text/plain')
        data = request.to_bytes()
        peer.send_chunks([bytes([byte]) for byte in data], connection)
        self.check_answer(peer.expect(200), request)

    def test_slow_sender_does_not_stop_others(self):
        """a TCP peer which trickles does not delay anybody, and is answered in the end"""
        slow = self.peer('tcp', name='slow')
        connection = slow.connect()
        request = slow.build('OPTIONS')
        data = request.to_bytes()
        step = len(data) // 8
        for start in range(0, len(data), step):
            slow.send_raw(data[start:start + step], connection=connection)
            self.check_alive()
        self.check_answer(slow.expect(200), request)

    def test_half_message_then_close(self):
        """a connection which ends in the middle of a message harms nobody"""
        for length in (1, 20, 200):
            with self.subTest(length=length):
                peer = self.peer('tcp')
                connection = peer.connect()
                peer.send_raw(peer.build('OPTIONS').to_bytes()[:length], connection=connection)
                connection.close()
                self.check_alive()

    def test_keep_alive(self):
        """CRLFCRLF on TCP is answered with CRLF (RFC 5626 section 4.4.1)"""
        for family in ('ipv4', 'ipv6'):
            with self.subTest(family=family):
                peer = self.peer('tcp', family)
                connection = peer.connect()
                peer.send_raw(b'\r\n\r\n', connection=connection)
                peer.expect_pong(connection)
                peer.send(peer.build('OPTIONS'), connection=connection)
                peer.expect(200)
                peer.send_raw(b'\r\n\r\n', connection=connection)
                peer.expect_pong(connection)

    def test_leading_empty_lines(self):
        """empty lines in front of a request are skipped (RFC 3261 section 7.5)"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                peer = self.peer(transport)
                peer.send_raw(b'\r\n\r\n\r\n' + peer.build('OPTIONS').to_bytes())
                peer.expect(200)

    def test_udp_keep_alive_is_silent(self):
        """CRLFCRLF and NUL bytes on UDP are dropped"""
        peer = self.peer('udp')
        for data in (b'\r\n\r\n', b'\r\n', b'\0\0\0\0', b'\0', b''):
            peer.send_raw(data)
        peer.expect_nothing(0.2)
        self.check_alive()

    def test_oversized_message(self):
        """a TCP message over 64 KiB is refused or cut off, and others are served on"""
        for size in (70000, 400000, 4000000):
            with self.subTest(size=size):
                peer = self.peer('tcp', name='big')
                connection = peer.connect()
                request = peer.build('OPTIONS', body=b'x' * size, content_type='text/plain')
                peer.send_raw(request.to_bytes(), connection=connection, timeout=2)
                self.check_alive()
                peer.expect_nothing(0.2, skip=(400, 413, 513))

    def test_message_of_60_kib(self):
        """a TCP message just below the limit is still answered"""
        peer = self.peer('tcp')
        peer.transact(peer.build('OPTIONS', body=b'x' * 60000, content_type='text/plain'), 200)

    def test_many_connections(self):
        """a hundred idle connections do not keep an agent from answering"""
        peer = self.peer('tcp')
        connections = [peer.connect() for _ in range(100)]
        self.check_alive()
        for connection in (connections[0], connections[99]):
            peer.send(peer.build('OPTIONS'), connection=connection)
            self.assertIs(peer.expect(200).connection, connection)

    def test_junk(self):
        """junk on UDP and TCP harms nobody"""
        junk = [b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', b'\xff' * 500, b'\x16\x03\x01\x02\0' * 20,
                b':\r\n:\r\n\r\n', b'OPTIONS\r\n\r\n', b' \r\n \r\n\r\n', b'SIP/2.0\r\n\r\n',
                b'\0' * 1000, b'A' * 60000, b'OPTIONS sip: SIP/2.0\r\n\r\n']
        for transport in ('udp', 'tcp'):
            for index, data in enumerate(junk):
                with self.subTest(transport=transport, index=index):
                    peer = self.peer(transport, name='junk')
                    peer.send_raw(data)
                    self.check_alive()


if __name__ == '__main__':
    agent.main(180)
