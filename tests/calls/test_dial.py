# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A calls ahoyd, whose route dials B, and C, and D: all ways in which that ends."""

import unittest

import agent
from daemon import HOSTS, Daemon, anyone
from sip_message import Message
from sip_peer import Call, Peer
from test_sipp import free_port


# No port for sound that the kernel may give to a peer of another test: what is sent there is lost.
NOWHERE = 30000


def sdp(host='127.0.0.1', port=NOWHERE, codecs=((0, 'PCMU/8000'),), direction='sendrecv',
        origin=1):
    family = 'IP6' if ':' in host else 'IP4'
    return ''.join(line + '\r\n' for line in (
        'v=0', f'o=peer 1 {origin} IN {family} {host}', 's=-', f'c=IN {family} {host}', 't=0 0',
        f'm=audio {port} RTP/AVP ' + ' '.join(str(number) for number, _ in codecs),
        *(f'a=rtpmap:{number} {name}' for number, name in codecs), f'a={direction}'))


SDP = sdp(codecs=((0, 'PCMU/8000'), (8, 'PCMA/8000')))


class Caller(Peer):
    """A peer that calls, and keeps its dialog."""


    def invite(self, user, body=SDP, headers=(), hops=70):
        self.call = Call(self, self.target_uri(user))
        text = self.request('INVITE', call=self.call, body=body, headers=headers)
        text = text.replace('Max-Forwards: 70', f'Max-Forwards: {hops}')
        self.sent = Message.parse(text.encode())
        self.invites[self.sent['call-id'], self.sent.cseq] = self.sent
        self.send_raw(text)

    def expect(self, what, timeout=10, skip=()):
        """As of all peers; a 100 comes only when nothing else does within a while, and 181 tells
        of a forward, for who wants to know."""
        passing = (100,) if what == 181 else (100, 181)
        return super().expect(what, timeout, (*skip, *passing))

    def success(self, method, skip=()):
        """The 200 to the last request; earlier ones may come again."""
        while True:
            response = self.expect(200, skip=skip)
            if response.method == method and response.cseq == self.call.cseq:
                return response

    def answered(self, skip=(100, 180, 183)):
        response = self.success('INVITE', skip)
        self.call.established(response)
        self.send('ACK', call=self.call, cseq=response.cseq)
        return response

    def cancel(self, headers=()):
        lines = [f'CANCEL {self.sent.uri} SIP/2.0', f'Via: {self.sent["via"]}',
                 f'From: {self.sent["from"]}', f'To: {self.sent["to"]}',
                 f'Call-ID: {self.sent["call-id"]}', f'CSeq: {self.sent.cseq} CANCEL',
                 'Max-Forwards: 70', *headers, 'Content-Length: 0', '', '']
        self.send_raw('\r\n'.join(lines))

    def bye(self, **keys):
        self.send('BYE', call=self.call, **keys)
        self.success('BYE', skip=('INFO',))


class Callee(Peer):
    """A peer that is called."""


    def called(self, timeout=10):
        invite = self.expect('INVITE', timeout=timeout, skip=())
        self.call = Call.from_request(self, invite)
        self.call.cseq = 100
        return invite

    def take(self, method, skip=('INVITE', 'ACK')):
        """Takes a request of the dialog, and answers it."""
        request = self.expect(method, skip=skip)
        self.respond(request, 200)
        return request

    def cancelled(self, invite):
        """The CANCEL of an INVITE that is not answered, with all that belongs to it."""
        cancel = self.take('CANCEL')
        self.respond(invite, 487)
        self.expect('ACK', skip=('CANCEL', 'INVITE'))
        return cancel


class DialTestCase(unittest.TestCase):
    """Bob, Carol and Dave wait for calls; the daemon knows them as endpoints."""

    def setUp(self):
        self.callees = {name: self.peer(Callee) for name in ('bob', 'carol', 'dave')}
        self.bob, self.carol, self.dave = self.callees.values()

    def peer(self, kind, transport='udp', family='ipv4', target=None):
        peer = kind(transport, HOSTS[family], target)
        self.addCleanup(peer.close)
        return peer

    def start(self, do, endpoints='', core='', endpoint=''):
        config = anyone(('1', do), core=core, endpoint=endpoint) + endpoints
        for name, peer in self.callees.items():
            if f'[endpoint {name}]' not in config:
                config += f'\n[endpoint {name}]\nauth=none\nidentify=ip\ncontact=<{peer.uri}>\n'
        self.daemon = Daemon(config)
        self.addCleanup(self.daemon.stop)

    def caller(self, transport='udp', family='ipv4'):
        return self.peer(Caller, transport, family, self.daemon.address(transport, family))

    def done(self):
        self.daemon.wait_for_sessions(0)


class Through(DialTestCase):
    """Calls that are answered."""

    def connect(self, transport='udp', family='ipv4', body=None, answer=None):
        """A call from Alice to Bob that is answered."""
        alice = self.caller(transport, family)
        alice.invite('1', body or sdp(HOSTS[family]))
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        alice.expect(180)
        self.bob.respond(invite, 200, body=answer or sdp(HOSTS[family]))
        self.bob.expect('ACK', skip=('INVITE',))
        alice.answered()
        return alice, invite

    def test_udp(self):
        """over UDP: who calls is shown, a hop is counted, and the caller's BYE ends both"""
        self.start('dial(bob)')
        alice, invite = self.connect()
        self.assertEqual(invite['max-forwards'], '69')
        self.assertRegex(invite['from'], '^"Peer" <sip:peer@127.0.0.1:[0-9]+>;tag=')
        self.assertEqual(invite.uri, self.bob.uri)
        self.assertNotEqual(invite['call-id'], alice.call.call_id)
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_tcp_and_ipv6(self):
        """over TCP and IPv6, to a URI: the callee's BYE ends both"""
        self.bob = self.callees['bob'] = self.peer(Callee, 'tcp', 'ipv6')
        self.start(f'dial(<{self.bob.uri}>)')
        alice, _ = self.connect('tcp', 'ipv6')
        self.bob.send('BYE', call=self.bob.call)
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.bob.expect(200, skip=())
        self.done()

    def test_between_transports(self):
        """from TCP and IPv6 to UDP and IPv4"""
        self.start('dial(bob)')
        alice = self.caller('tcp', 'ipv6')
        alice.invite('1', sdp('::1'))
        invite = self.bob.called()
        self.assertIn(b'c=IN IP4 127.0.0.1', invite.body)
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        self.assertIn(b'IN IP6 ::1', alice.answered().body)
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_elsewhere(self):
        """all ring, one answers, and the others hear that it was elsewhere"""
        self.start('dial(bob, carol, dave)')
        alice = self.caller()
        alice.invite('1')
        invites = {peer: peer.called() for peer in self.callees.values()}
        for peer, invite in invites.items():
            peer.respond(invite, 180)
        alice.expect(180)
        self.carol.respond(invites[self.carol], 200, body=SDP)
        for peer in (self.bob, self.dave):
            self.assertEqual(peer.cancelled(invites[peer]).all('reason'),
                             ['SIP;cause=200;text="Call completed elsewhere"',
                              'Q.850;cause=26;text="Non-selected user clearing"'])
        self.carol.expect('ACK', skip=('INVITE',))
        alice.answered()
        alice.bye()
        self.carol.take('BYE')
        self.done()

    def test_contacts_in_parallel(self):
        """all contacts of an endpoint ring"""
        self.start('dial(bob)', f'\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>, <{self.carol.uri}>\n')
        alice = self.caller()
        alice.invite('1')
        first, second = self.bob.called(), self.carol.called()
        self.carol.respond(second, 180)  # before that nothing is cancelled (RFC 3261 §9.1)
        alice.expect(180)
        self.bob.respond(first, 200, body=SDP)
        self.carol.cancelled(second)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.answered()
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_in_order(self):
        """with mode=order the next one rings when the one before said no"""
        self.start('dial(bob, carol, mode=order)')
        alice = self.caller()
        alice.invite('1')
        self.bob.respond(self.bob.called(), 486)
        self.bob.expect('ACK', skip=('INVITE',))
        invite = self.carol.called()
        self.assertEqual(self.dave.inbox, [])
        self.carol.respond(invite, 200, body=SDP)
        self.carol.expect('ACK', skip=('INVITE',))
        alice.answered()
        alice.bye()
        self.carol.take('BYE')
        self.done()

    def test_early_media(self):
        """what the callee says before it answers is let through, and the answer is the same"""
        self.start('dial(bob)')
        alice = self.caller()
        alice.invite('1')
        invite = self.bob.called()
        self.bob.respond(invite, 183, body=SDP)
        early = alice.expect(183)
        self.assertIn(b'm=audio', early.body)
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        self.assertEqual(alice.answered().body, early.body)
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_same_codec(self):
        """the caller gets the codec that the callee took, so that nothing is transcoded"""
        self.start('dial(bob)')
        codecs = ((9, 'G722/8000'), (0, 'PCMU/8000'), (8, 'PCMA/8000'))
        alice = self.caller()
        alice.invite('1', sdp(codecs=codecs))
        invite = self.bob.called()
        offered = invite.body.split(b'RTP/AVP ')[1].split(b'\r\n')[0].split()
        self.assertEqual(offered[:3], [b'9', b'0', b'8'])
        self.bob.respond(invite, 200, body=sdp(codecs=((8, 'PCMA/8000'),)))
        self.bob.expect('ACK', skip=('INVITE',))
        answer = alice.answered().body
        self.assertRegex(answer.decode(), r'm=audio \d+ RTP/AVP 8\b')
        self.assertNotIn(b'G722', answer)
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_late_offer(self):
        """a caller that leaves the offer to us"""
        self.start('dial(bob)')
        alice = self.caller()
        alice.invite('1', '')
        invite = self.bob.called()
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        response = alice.expect(200, skip=(180,))
        self.assertIn(b'm=audio', response.body)
        alice.call.established(response)
        alice.send('ACK', call=alice.call, cseq=response.cseq, body=SDP)
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_hold(self):
        """hold and resume of one side reach the other"""
        self.start('dial(bob)')
        alice, _ = self.connect()
        for origin, direction, expected in ((2, 'sendonly', b'a=sendonly'),
                                            (3, 'sendrecv', b'a=sendrecv'),
                                            (4, 'inactive', b'a=sendonly'),
                                            (5, 'sendrecv', b'a=sendrecv')):
            alice.send('INVITE', call=alice.call, body=sdp(direction=direction, origin=origin))
            alice.answered()
            again = self.bob.expect('INVITE', skip=('ACK',))
            self.assertIn(expected, again.body)
            answer = {b'a=sendonly': 'recvonly', b'a=sendrecv': 'sendrecv'}[expected]
            self.bob.respond(again, 200, body=sdp(direction=answer, origin=origin))
            self.bob.expect('ACK', skip=('INVITE',))
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_info(self):
        """DLGX-04, 06: digits, pictures that are wanted and whatever else reach the other side"""
        self.start('dial(bob)')
        alice, _ = self.connect()
        picture = ('<media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder>'
                   '</vc_primitive></media_control>')
        for kind, body in (('application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n'),
                           ('application/dtmf-relay', 'Signal=!\r\n'),
                           ('application/media_control+xml', picture), ('text/x-news', 'hello')):
            for peer, other in ((alice, self.bob), (self.bob, alice)):
                peer.send('INFO', call=peer.call, body=body, headers=(f'Content-Type: {kind}',))
                info = other.expect('INFO', skip=(200, 'ACK'))
                self.assertEqual((info['content-type'], info.body), (kind, body.encode()))
                other.respond(info, 200, contact=False)
        for status, *headers in ((469, 'Info-Package: x'),):
            alice.send('INFO', call=alice.call, headers=headers)
            alice.expect(status, skip=(200, 'ACK'))
        alice.bye()
        self.bob.take('BYE', skip=(200, 'ACK'))
        self.done()

    def test_digits_name_the_callee(self):
        """a menu: digits are read, and whoever has that number is called"""
        bob = f'\n[endpoint 21]\nauth=none\nidentify=ip\ncontact=<{self.bob.uri}>\n'
        self.start('answer, read(extension, digits=2), dial(${extension}), busy', bob)
        for number, called in (('21', True), ('99', False)):
            alice = self.caller()
            alice.invite('1')
            alice.answered()
            for digit in number:
                alice.send('INFO', call=alice.call, body=f'Signal={digit}\r\nDuration=160\r\n',
                           headers=('Content-Type: application/dtmf-relay',))
                alice.success('INFO')
            if called:
                self.bob.respond(self.bob.called(), 200, body=sdp())
                self.bob.expect('ACK', skip=('INVITE',))
            alice.bye()
            if called:
                self.bob.take('BYE', skip=('ACK', 'INVITE'))
        self.done()

    def test_continue(self):
        """with afterwards=continue the next step follows when the callee hangs up"""
        self.start('dial(bob, afterwards=continue), echo')
        alice, _ = self.connect()
        self.bob.send('BYE', call=self.bob.call)
        self.bob.expect(200, skip=('ACK',))
        alice.send('OPTIONS', call=alice.call)  # it is there still
        alice.success('OPTIONS')
        self.daemon.wait_for_sessions(1)
        alice.bye()
        self.done()

    def test_answered_before(self):
        """a caller who was answered before hears a tone, then the callee"""
        self.start('answer, dial(bob)')
        alice = self.caller()
        alice.invite('1')
        alice.answered(skip=(100,))
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.bye()
        self.bob.take('BYE')
        self.done()

    def test_identity_of_configuration(self):
        """the configuration of both ends says who is shown"""
        self.start('dial(bob)', f'\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>\nfrom-domain=example.org\n',
                   endpoint='caller-id=Alice <4711>')
        alice = self.caller()
        alice.invite('1')
        invite = self.bob.called()
        self.assertRegex(invite['from'], '^"Alice" <sip:4711@example.org>;tag=')
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.expect(486)
        self.done()

    def test_anonymous(self):
        """a caller that wants to stay unknown does"""
        self.start('dial(bob)')
        alice = self.caller()
        alice.invite('1', headers=('Privacy: id',))
        invite = self.bob.called()
        self.assertRegex(invite['from'], '^"Anonymous" <sip:anonymous@anonymous.invalid>;tag=')
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        alice.expect(486)
        self.done()


class Failed(DialTestCase):
    """Calls that are not answered."""

    def refuse(self, *answers, do='dial(bob, carol, dave)'):
        self.start(do)
        alice = self.caller()
        alice.invite('1')
        for peer, status in zip(self.callees.values(), answers):
            peer.invite = peer.called()
        for peer, status in zip(self.callees.values(), answers):
            peer.respond(peer.invite, status)
            peer.expect('ACK', skip=('INVITE',))
        return alice

    def test_best(self):
        """the best refusal goes back: 486 of 404, 486, 503"""
        self.refuse(404, 486, 503).expect(486)
        self.done()

    def test_unavailable(self):
        """a 503 of all is no 503 of ours"""
        self.refuse(503, 503, 503).expect(500)
        self.done()

    def test_challenge(self):
        """the caller is not asked for what only we could answer"""
        alice = self.refuse(407, do='dial(bob)')
        self.assertIsNone(alice.expect(403)['proxy-authenticate'])
        self.done()

    def test_declined(self):
        """a 6xx ends the ringing of all"""
        self.start('dial(bob, carol)')
        alice = self.caller()
        alice.invite('1')
        first, second = self.bob.called(), self.carol.called()
        self.carol.respond(second, 180)
        alice.expect(180)
        self.bob.respond(first, 603, 'Decline')
        self.bob.expect('ACK', skip=('INVITE',))
        self.carol.cancelled(second)
        alice.expect(603)
        self.done()

    def test_caller_cancels(self):
        """the caller gives up: the callees are cancelled, with the reason that it gave"""
        self.start('dial(bob, carol)')
        alice = self.caller()
        alice.invite('1')
        invites = {peer: peer.called() for peer in (self.bob, self.carol)}
        for peer, invite in invites.items():
            peer.respond(invite, 180)
        alice.expect(180)
        reason = 'SIP;cause=600;text="Busy Everywhere"'
        alice.cancel([f'Reason: {reason}'])
        alice.expect(487, skip=(200,))
        for peer, invite in invites.items():
            self.assertEqual(peer.cancelled(invite).all('reason')[0], reason)
        self.done()

    def test_timeout(self):
        """nobody answers in time: the caller gets 408"""
        self.start('dial(bob, timeout=1)')
        alice = self.caller()
        alice.invite('1')
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        self.bob.cancelled(invite)
        alice.expect(408, skip=(100, 180))
        self.done()

    def test_next_step(self):
        """when nobody answers the next step follows"""
        self.start('dial(bob, timeout=1), answer, echo')
        alice = self.caller()
        alice.invite('1')
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        self.bob.cancelled(invite)
        alice.answered()
        alice.bye()
        self.done()

    def test_nobody(self):
        """an endpoint that is not there, and one without a contact"""
        for target, status in (('nobody', 404), ('anonymous', 480)):
            with self.subTest(target=target):
                self.start(f'dial({target})')
                self.daemon.warnings_expected = target == 'nobody'
                alice = self.caller()
                alice.invite('1')
                alice.expect(status)
                self.done()

    def test_no_hop_left(self):
        """an INVITE that may not be sent on: 483"""
        self.start('dial(bob)')
        alice = self.caller()
        alice.invite('1', hops=0)
        alice.expect(483)
        self.done()
        self.assertEqual(self.bob.inbox, [])

    def test_circle(self):
        """a route that dials itself comes to an end"""
        self.callees.clear()
        port = free_port('127.0.0.1', 'tcp')
        config = anyone(('1', f'dial(<sip:1@127.0.0.1:{port};transport=tcp>)'))
        config = config.replace('bind=127.0.0.1:0', f'bind=127.0.0.1:{port}')
        self.daemon = Daemon(config)
        self.addCleanup(self.daemon.stop)
        alice = self.caller('tcp')
        alice.invite('1', hops=5)
        alice.expect(483, timeout=30)
        self.done()

    def test_media_refused(self):
        """what the caller offers cannot be met: 488, and the callee is let go"""
        self.start('dial(bob)')
        alice = self.caller()
        alice.invite('1', sdp(codecs=((18, 'G729/8000'),)))
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        alice.expect(488)
        self.bob.cancelled(invite)
        self.done()


if __name__ == '__main__':
    agent.main(300)
