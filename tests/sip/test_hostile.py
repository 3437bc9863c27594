# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-32: input made to hurt. After each piece of it a normal OPTIONS is answered within a second.

The messages of RFC 4475 are in test_torture.py.
"""

import itertools
import random
import time

import agent
from hostile import HostileTestCase
from sip_dialog import sdp
from sip_message import Message
from sip_peer import Failure

# Nobody is there for any call; a sound INVITE may be refused for that.
TAKEN = {405, 200, 481, 404, 486, 488, 603}
# Valid INVITEs to nobody in particular stay unanswered by the agent's application: 100 is proper.
PENDING = {100, 180, 183}


def rfc5118(start_line, cseq, *headers, via='SIP/2.0/{T} [2001:db8::9:1];branch={B};rport',
            body=b''):
    """A message of RFC 5118 with a Via which can be answered (rport), else as in the RFC."""
    lines = [start_line + ' SIP/2.0', 'To: <sip:user@example.com>',
             'From: <sip:user@example.com>;tag=81x2', 'Via: ' + via, 'Call-ID: {C}',
             'Max-Forwards: 70', 'CSeq: ' + cseq] + list(headers)
    lines.append('Content-Length: %d' % len(body))
    return '\r\n'.join(lines) + '\r\n\r\n', body


V6_SDP = (b'v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed\r\n'
          b'c=IN IP6 2001:db8::20\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 2\r\n'
          b'a=rtpmap:2 G726-32/8000\r\n'
          b'm=video 6024 RTP/AVP 107\r\na=rtpmap:107 H263-1998/90000\r\n')
V6_TWO = (b'v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\n'
          b'm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\n'
          b'c=IN IP6 2001:db8::1\r\na=rtpmap:107 H263-1998/90000\r\n')
V6_MAPPED = (b'v=0\r\no=alice 53655765 2353687637 IN IP6 ::ffff:192.0.2.1\r\ns=-\r\nt=0 0\r\n'
             b'c=IN IP6 ::ffff:192.0.2.10\r\nm=audio 6000 RTP/AVP 0\r\n')
V6_CONTACT = 'Contact: "Caller" <sip:caller@[2001:db8::1]>'
SDP_TYPE = 'Content-Type: application/sdp'
REFUSED = {405, 501, 403, 404, 401, 200}

RFC5118 = {
    '4.1 an IPv6 reference': (rfc5118('REGISTER sip:[2001:db8::10]', '98176 REGISTER', V6_CONTACT),
                              REFUSED),
    '4.2 an address without brackets': (rfc5118('REGISTER sip:2001:db8::10', '98176 REGISTER',
                                                V6_CONTACT), {400, None}),
    '4.3 an ambiguous port': (rfc5118('REGISTER sip:[2001:db8::10:5070]', '98176 REGISTER',
                                      V6_CONTACT), REFUSED),
    '4.4 an unambiguous port': (rfc5118('REGISTER sip:[2001:db8::10]:5070', '98176 REGISTER',
                                        V6_CONTACT), REFUSED),
    '4.5 received with brackets': (rfc5118(
        'BYE sip:[2001:db8::10]', '4 BYE',
        via='SIP/2.0/{T} [2001:db8::9:1];received=[2001:db8::9:255];branch={B};rport'),
        {481, 405, 501}),
    '4.5 received without brackets': (rfc5118(
        'OPTIONS sip:[2001:db8::10]', '4 OPTIONS',
        via='SIP/2.0/{T} [2001:db8::9:1];received=2001:db8::9:255;branch={B};rport'), {200}),
    '4.6 IPv6 in SDP': (rfc5118('INVITE sip:user@[2001:db8::10]', '8612 INVITE', V6_CONTACT,
                                SDP_TYPE, body=V6_SDP), TAKEN | PENDING),
    '4.7 several addresses in Via': (rfc5118(
        'BYE sip:user@host.example.net', '1 BYE',
        via='SIP/2.0/{T} [2001:db8::9:1]:6050;branch={B};rport\r\n'
            'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\r\n'
            'Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200'),
        {481, 405, 501}),
    '4.8 several addresses in SDP': (rfc5118('INVITE sip:user@[2001:db8::10]', '8912 INVITE',
                                             V6_CONTACT, SDP_TYPE, body=V6_TWO), TAKEN | PENDING),
    '4.9 IPv4-mapped addresses': (rfc5118('INVITE sip:user@example.com', '8912 INVITE',
                                          'Contact: <sip:user@[::ffff:192.0.2.10]>', SDP_TYPE,
                                          body=V6_MAPPED), TAKEN | PENDING),
    '4.10 the third colon of the RFC 3261 grammar': (rfc5118(
        'OPTIONS sip:user@[2001:db8:::192.0.2.1]', '8 OPTIONS'), {200, 400, 404, None}),
}


class AnsweringTestCase(HostileTestCase):
    def first_answer(self, peer, timeout=0.3):
        """The first response, or None."""
        try:
            return peer.expect('response', timeout=timeout, skip=())
        except Failure as error:
            if 'nothing came' in str(error):
                return None
            raise


class Ipv6Messages(AnsweringTestCase):
    def test_rfc_5118(self):
        """the IPv6 messages of RFC 5118 get the reaction of the RFC"""
        for title, ((head, body), allowed) in RFC5118.items():
            for transport, family in agent.ALL_PATHS:
                with self.subTest(title=title, transport=transport, family=family):
                    peer = self.peer(transport, family)
                    text = head.replace('{T}', transport.upper())
                    text = text.replace('{B}', 'z9hG4bK' + peer.unique('v'))
                    text = text.replace('{C}', peer.unique('c'))
                    peer.send_raw(text.encode() + body, label='RFC 5118 ' + title)
                    answer = self.first_answer(peer, 0.3 if None in allowed else 15)
                    self.assertIn(answer.status if answer else None, allowed)
                    self.check_alive()


class Killers(AnsweringTestCase):
    shared_agent = False

    def answered_invite(self, peer, **headers):
        """An INVITE to somebody who answers at once; nothing is acknowledged afterwards."""
        headers = [(name.replace('_', '-'), value) for name, value in headers.items()]
        return peer.send(peer.build_invite(peer.target_uri('answer'), body=sdp(),
                                     headers=headers))

    def test_unroutable_contact(self):
        """an answered INVITE whose Contact leads nowhere, never acknowledged, is survived"""
        contacts = ('<tel:1>', '<urn:x>', '<http://x>', '*', '<*>', '<sip:>', '<sip:a@>', '<sips:>',
                    '<mailto:a@b>', '<sip:a@[::1>', '<sip:a@b:99999>', '<sip:a@b:0>', '',
                    '<sip:a@127.0.0.1:1>', '<sip:a@255.255.255.255>', '<sip:a@0.0.0.0>',
                    '<sip:a@no-such-host.invalid>', '<sip:a@[ff02::1]>')
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            for contact in contacts:
                self.answered_invite(peer, Contact=contact)
                self.check_alive()
            deadline = time.monotonic() + 64 * 0.05 + 1
            while time.monotonic() < deadline:
                peer.pump(0.1)
            self.check_alive()

    def test_unroutable_record_route(self):
        """an answered INVITE whose Record-Route leads nowhere, never acknowledged, is survived"""
        peer = self.peer()
        for route in ('<tel:1>', '<http://x;lr>', '<sip:;lr>', '<sip:no-such-host.invalid;lr>',
                      '<sip:127.0.0.1:1;lr>', ', '.join(['<sip:127.0.0.1:1;lr>'] * 60)):
            self.answered_invite(peer, Record_Route=route)
            self.check_alive()
        deadline = time.monotonic() + 64 * 0.05 + 1
        while time.monotonic() < deadline:
            peer.pump(0.1)
        self.check_alive()

    def test_short_branches(self):
        """Via branches from nothing to seven characters are survived"""
        for branch in ('', ';branch', ';branch=', *(';branch=' + 'z9hG4bK'[:size]
                                                    for size in range(1, 8))):
            for transport in ('udp', 'tcp'):
                with self.subTest(branch=branch or 'none', transport=transport):
                    peer = self.peer(transport)
                    for method in ('OPTIONS', 'INVITE', 'CANCEL', 'ACK'):
                        peer.send(peer.build(method, via='SIP/2.0/%s %s;rport%s' % (
                            transport.upper(), peer.address, branch)))
                    self.check_alive()

    def test_names_as_reply_target(self):
        """host names and maddr in Via never make the agent wait for DNS"""
        name = 'ahoy-no-such-host.invalid'
        tails = (name, name + ':5070', '%s;maddr=%s' % (name, name), '192.0.2.1;maddr=' + name,
                 '192.0.2.1;maddr=192.0.2.9', name + ';received=' + name, name + ';received=',
                 '192.0.2.1;rport=1;received=192.0.2.5', '127.0.0.1;maddr=224.0.0.1;ttl=255',
                 'x' * 300 + '.invalid', '_' + name, '1.2.3', '1.2.3.4.5', '[::1', '::1', '[]',
                 '%41', name + ':0', name + ':65536', name + ':-1')
        for transport in ('udp', 'tcp'):
            for tail in tails:
                for method in ('OPTIONS', 'FOOBAR', 'INVITE'):
                    peer = self.peer(transport)
                    peer.send(peer.build(method, via='SIP/2.0/%s %s;branch=z9hG4bK%s' % (
                        transport.upper(), tail, peer.unique('n'))))
                with self.subTest(transport=transport, tail=tail[:60]):
                    self.check_alive()

    def test_names_in_routes(self):
        """host names in Route, Contact and request URI never make the agent wait for DNS"""
        name = 'ahoy-no-such-host.invalid'
        peer = self.peer()
        for headers in ([('Route', '<sip:%s;lr>' % name)], [('Route', '<sip:%s>' % name)],
                        [('Path', '<sip:%s>' % name)], [('Contact', '<sip:a@%s>' % name)],
                        [('Record-Route', '<sip:%s;lr>' % name)]):
            for method in ('OPTIONS', 'INVITE', 'MESSAGE', 'SUBSCRIBE', 'REFER'):
                peer.send(peer.build(method, uri='sip:x@' + name, headers=headers))
            with self.subTest(header=headers[0][0], value=headers[0][1]):
                self.check_alive()

    def test_tiny_headers(self):
        """3.5 MiB of tiny header lines over TCP do not stop the agent"""
        peer = self.peer('tcp')
        peer.send_raw(b'OPTIONS sip:x SIP/2.0\r\n' + b'a:\r\n' * 900000, timeout=2)
        self.check_alive()

    def test_sdp_killers(self):
        """session descriptions which hurt parsers are survived"""
        head = sdp().encode()
        bodies = [head + b'm=image 4002 udptl (\r\n', head + b'm=audio 1 RTP/AVP ' + b'0 ' * 9000,
                  b'v=0\r\n' * 5000, b'\0' * 500, b'm=', b'v=0\r\nm=\r\nc=\r\na=', head.replace(
                      b'61500', b'99999999999999999999'), head.replace(b'IP4', b'IP9'),
                  head + b'a=rtpmap:' + b'9' * 9000, head[:-1], b'\xff\xfe' * 300,
                  head + b'a=fmtp:0 \xff\xfe\x00\r\n' * 50, head.replace(b'\r\n', b'\n'),
                  head.replace(b'\r\n', b'\r'), head + b'm=audio 2 RTP/AVP 0\r\n' * 900]
        peer = self.peer('tcp')
        for body in bodies:
            peer.send(peer.build_invite(peer.target_uri('answer'), body=body))
            self.check_alive()

    def test_multipart_killers(self):
        """malformed multipart bodies are survived"""
        kinds = ('multipart/mixed', 'multipart/mixed;boundary', 'multipart/mixed;boundary=',
                 'multipart/mixed;boundary=""', 'multipart/mixed;boundary="x',
                 'multipart/x;boundary=x', 'multipart/mixed;boundary=' + 'x' * 5000)
        bodies = (b'--x', b'--x\r\n', b'--x--', b'--x\r\n\r\n--x\r\n--x--', b'\r\n--x\r\n' * 3000,
                  b'--x\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\n--x--\r\n', b'',
                  b'--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n')
        peer = self.peer('tcp')
        for kind in kinds:
            for body in bodies:
                invite = peer.build_invite(peer.target_uri('answer'))
                invite.set_body(body, kind)
                peer.send(invite)
            self.check_alive()

    def test_nul_and_foreign_bytes(self):
        """NUL and foreign bytes in any header are survived on both transports"""
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            for name in (b'From', b'To', b'Call-ID', b'CSeq', b'Via', b'Contact', b'X-Any',
                         b'Subject'):
                for junk in (b'\0', b'\xe4\xff', b'"\0"', b'<', b'"', b'\\', b'\x7f', b',' * 300):
                    data = peer.build_invite(peer.target_uri('ring')).add('X-Any', '1')
                    data = data.add('Subject', 'x').to_bytes()
                    peer.send_raw(data.replace(name + b': ', name + b': ' + junk, 1))
                self.check_alive()

    @staticmethod
    def fixed_seeds():
        """Messages without a byte which changes from run to run."""
        for number, (method, status, body) in enumerate((
                ('OPTIONS', 0, ''), ('MESSAGE', 0, 'x'), ('INVITE', 0, sdp()), ('BYE', 0, ''),
                ('INVITE', 200, sdp()), ('INVITE', 180, ''), ('REGISTER', 0, ''),
                ('REFER', 0, ''))):
            message = Message(status=status, reason='OK') if status else Message(
                method, 'sip:answer@127.0.0.1')
            message.add('Via', 'SIP/2.0/UDP 127.0.0.1:4999;branch=z9hG4bKseed%d;rport' % number)
            message.add('From', '"A" <sip:a@127.0.0.1>;tag=1%d' % number)
            message.add('To', '<sip:b@127.0.0.1>' + (';tag=2' if status or method == 'BYE' else ''))
            message.add('Call-ID', 'seed%d@127.0.0.1' % number).add('CSeq', '1 ' + method)
            message.add('Contact', '<sip:a@127.0.0.1:4999>').add('Max-Forwards', 70)
            yield message.set_body(body, 'application/sdp') if body else message

    def test_success_without_branch(self):
        """a 200 to INVITE which nobody waits for, whose Via has no branch, is survived"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                peer = self.peer(transport)
                for tail in ('', ';branch=', ';branch', ';rport;received=127.0.0.1'):
                    fake = peer.build_invite(via='SIP/2.0/%s %s%s' % (
                        transport.upper(), peer.address, tail))
                    peer.send(peer.response(fake, 200, tag='x'))
                self.check_alive()

    def test_end_during_calls(self):
        """an agent which ends while calls are ringing and up ends cleanly"""
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            for user in ('undecided', 'ring', 'answer', 'progress-answer'):
                peer.send(peer.build_invite(peer.target_uri(user), body=sdp()))
        self.check_alive()

    def test_names_in_what_the_stack_answers_itself(self):
        """refusals of the stack itself go to the source, never to a host name of Via"""
        changes = ((b' SIP/2.0\r\n', b' SIP/7.0\r\n'), (b'CSeq: 1 ', b'CSeq: x '),
                   (b'Content-Length: 0', b'Content-Length: -9'),
                   (b'CSeq: 1 ', b'CSeq: 99999999999 '), (b'To: ', b'To: "'),
                   (b'From: ', b'From: <<'), (b'Call-ID: ', b'X-Call-ID: '))
        names = ('reply.invalid', '127.0.0.1;maddr=reply.invalid')
        for number, (change, name) in enumerate(itertools.product(changes, names)):
            peer = self.peer_on_port(5060)
            data = peer.build('OPTIONS', via='SIP/2.0/UDP %s;branch=z9hG4bKn%d' % (
                name, number)).to_bytes()
            with self.subTest(change=change[1].decode().strip(), name=name):
                peer.send_raw(data.replace(*change), label='OPTIONS with %r' % change[1])
                answer = self.first_answer(peer)
                self.assertIn(answer.status if answer else None, (200, 400, 505, None))
                self.check_alive()
            peer.close()

    def test_mutations(self):
        """a thousand mutated requests and responses, the same ones in each run, are survived"""
        dice = random.Random(4475)
        peer = self.peer()
        seeds = [seed.to_bytes() for seed in self.fixed_seeds()]
        tokens = [b'\r\n', b';', b',', b'<', b'>', b'"', b'\0', b'\xff', b'%', b'@', b':', b'[',
                  b']', b'=', b' ', b'\\', b'-1', b'9999999999', b'sip:',
                  b';maddr=x.invalid', b'SIP/2.0',
                  b'a' * 300, b';tag=', b'*']
        for number in range(1000):
            data = bytearray(dice.choice(seeds))
            for _ in range(dice.randint(1, 6)):
                place = dice.randrange(len(data))
                length = dice.choice((0, 1, 1, 4, 20))
                data[place:place + length] = dice.choice(tokens + [b''])
            peer.send_raw(bytes(data)[:60000], label='mutation %d' % number)
            if number % 25 == 24:
                self.check_alive()


if __name__ == '__main__':
    agent.main(300)
