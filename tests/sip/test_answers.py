# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-11, DLGX-13: what a request gets that cannot be done, outside of a call and within one.

Each row is a request and its answer; it is sent over UDP and TCP, and printed with what came.
"""

import agent
from sip_peer import G729, SDP, Call

PATHS = (('udp', 'ipv4'), ('tcp', 'ipv4'))


def part(kind, body, *headers):
    return '\r\n'.join(['--b', f'Content-Type: {kind}', *headers, '', body, ''])


def mixed(*parts):
    return ''.join(parts) + '--b--\r\n'


def disposed(value):
    return f'Content-Disposition: {value}'


MIXED = 'Content-Type: multipart/mixed;boundary=b'
OFFER = part('application/sdp', SDP)
TEXT = 'Content-Type: text/plain'
ACCEPT = ('accept', 'application/sdp, multipart/mixed')
NO_CODE = ('accept-encoding', 'identity')

# What is said of bodies: name, headers, body, status, header of the answer
BODIES = (
    ('an offer', [], SDP, 200, None),
    ('disposition session', [disposed('session')], SDP, 200, None),
    ('session, required', [disposed('Session ; handling=REQUIRED')], SDP, 200, None),
    ('session, optional', [disposed('session;handling=optional')], SDP, 200, None),
    ('early-session', [disposed('early-session')], SDP, 415, ACCEPT),
    ('early-session, optional', [disposed('early-session;handling=optional')], SDP, 200, None),
    ('unknown disposition', [disposed('whatever')], SDP, 415, ACCEPT),
    ('unknown, optional', [disposed('whatever; handling=optional')], SDP, 200, None),
    ('optional in quotes is none', [disposed('whatever;x=";handling=optional;"')], SDP, 415,
     ACCEPT),
    ('a text', [TEXT], 'hello', 415, ACCEPT),
    ('a text, optional', [TEXT, disposed('render;handling=optional')], 'hello', 200, None),
    ('no Content-Type', ['Content-Type-Of: nothing'], SDP, 415, ACCEPT),
    ('packed', ['Content-Encoding: gzip'], SDP, 415, NO_CODE),
    ('packed, compact', ['e: gzip'], SDP, 415, NO_CODE),
    ('packed and optional', ['Content-Encoding: gzip', disposed('session;handling=optional')],
     SDP, 200, None),
    ('identity is not packed', ['Content-Encoding: identity'], SDP, 200, None),
    ('offer and text', [MIXED], mixed(OFFER, part('text/plain', 'hello')), 200, None),
    ('text and offer', [MIXED], mixed(part('text/plain', 'hello'), OFFER), 200, None),
    ('text that is required', [MIXED],
     mixed(OFFER, part('text/plain', 'hello', disposed('render;handling=required'))), 415, ACCEPT),
    ('text that is optional', [MIXED],
     mixed(OFFER, part('text/plain', 'x', disposed('whatever;handling=optional'))), 200, None),
    ('a part nobody knows', [MIXED],
     mixed(OFFER, part('application/rs-metadata+xml', '<x/>', disposed('recording-session'))), 415,
     ACCEPT),
    ('by-reference', [MIXED],
     mixed(OFFER, part('application/pidf+xml', '<x/>', disposed('by-reference'))), 200, None),
    ('offer and early-session', [MIXED],
     mixed(OFFER, part('application/sdp', SDP, disposed('early-session;handling=optional'))), 200,
     None),
    ('early-session comes first', [MIXED],
     mixed(part('application/sdp', G729, disposed('early-session;handling=optional')), OFFER), 200,
     None),
    ('packed part', [MIXED], mixed(OFFER, part('text/plain', 'x', 'Content-Encoding: gzip',
                                               disposed('render;handling=required'))), 415,
     NO_CODE),
    ('nothing but text', [MIXED], mixed(part('text/plain', 'x')), 415, ACCEPT),
    ('nothing but optional', [MIXED],
     mixed(part('text/plain', 'x', disposed('render;handling=optional'))), 200, None),
    ('no boundary', ['Content-Type: multipart/mixed'], mixed(OFFER), 400,
     ('warning', 'told apart')),
    ('no end', [MIXED], OFFER, 400, ('warning', 'told apart')),
    ('no SDP', [], 'nonsense', 400, ('warning', '399')),
    ('only G.729', [], G729, 488, ('warning', '399')),
)

# What is required: name, headers, status, header of the answer
REQUIRED = (
    ('nothing', [], 200, None),
    ('something unknown', ['Require: nothing-supports-this'], 420,
     ('unsupported', 'nothing-supports-this')),
    ('two of them', ['Require: a-b, 100rel, c-d'], 420, ('unsupported', 'a-b, c-d')),
    ('in two lines', ['Require: a-b', 'Require: c-d'], 420, ('unsupported', 'a-b, c-d')),
    ('in capitals', ['Require: 100REL'], 200, None),
    ('of proxies', ['Proxy-Require: nothing-supports-this'], 200, None),
)


class Answers(agent.SipTestCase):
    agent_arguments = ('--t1', '50')
    shared_agent = True

    def begin(self, peer, user='answer'):
        """A call that stands."""
        call = Call(peer, peer.target_uri(user))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200, skip=(100, 180)))
        peer.send('ACK', call=call, cseq=call.cseq)
        return call

    def finish(self, peer, call):
        peer.send('BYE', call=call)
        peer.expect(200)

    def answer(self, peer, wanted, header):
        """The answer, which is the wanted one; an answered INVITE is acknowledged by the caller."""
        statuses = wanted if isinstance(wanted, tuple) else (wanted,)
        response = peer.expect('final', timeout=5, skip=(100, 180, 183))
        self.assertIn(response.status, statuses, response.to_bytes())
        if header is not None:
            self.assertIn(header[1], response[header[0]] or '', response.to_bytes())
        return response

    def told(self, peer, where, name, response, header):
        value = f'{header[0]}: {response[header[0]]}' if header else ''
        print(f'# {peer.transport} {where:12} {name:28} {response.status} {value}', flush=True)

    def each(self, rows):
        for transport, family in PATHS:
            for row in rows:
                with self.subTest(transport=transport, row=row[0]):
                    yield self.peer(transport, family), row

    def test_bodies_of_new_calls(self):
        """bodies of an INVITE: understood, ignored, or 415 that says what would be"""
        for peer, (name, headers, body, status, header) in self.each(BODIES):
            call = Call(peer, peer.target_uri('answer'))
            peer.send('INVITE', call=call, body=body, headers=headers)
            response = self.answer(peer, status, header)
            if response.status == 200:
                call.established(response)
                late = b'm=audio 61500 RTP/AVP 0 8\r\n' not in response.body
                self.assertFalse(late and 'optional' not in name, response.body)
                # What may be ignored is no offer: then ours stands in the 200, and the ACK answers.
                peer.send('ACK', call=call, cseq=call.cseq, body=SDP)
                self.finish(peer, call)
            self.told(peer, 'INVITE', name, response, header)
        self.agent.wait_for_census('AhoySession', 0)

    def test_bodies_in_calls(self):
        """bodies of a re-INVITE and of UPDATE: the call goes on with what it has"""
        for method in ('INVITE', 'UPDATE'):
            for transport, family in PATHS:
                peer = self.peer(transport, family)
                call = self.begin(peer)
                for name, headers, body, status, header in BODIES:
                    with self.subTest(method=method, transport=transport, row=name):
                        peer.send(method, call=call, body=body, headers=headers)
                        response = self.answer(peer, status, header)
                        if response.status == 200 and method == 'INVITE':
                            peer.send('ACK', call=call, cseq=call.cseq, body=SDP)
                        self.told(peer, 're-' * (method == 'INVITE') + method, name, response,
                                  header)
                self.finish(peer, call)

    def test_required_of_new_calls(self):
        """what a new request requires: 420 names what nobody supports"""
        for method in ('INVITE', 'OPTIONS'):
            for peer, (name, headers, status, header) in self.each(REQUIRED):
                call = Call(peer, peer.target_uri('answer'))
                peer.send(method, call=call, headers=headers,
                          body=SDP if method == 'INVITE' else '')
                if method == 'INVITE' and headers == ['Require: 100REL']:
                    self.told(peer, method, name, self.acknowledge(peer, call), None)
                    continue
                response = self.answer(peer, status, header)
                if response.status == 200 and method == 'INVITE':
                    peer.send('ACK', call=call.established(response), cseq=call.cseq)
                    self.finish(peer, call)
                self.told(peer, method, name, response, header)

    def acknowledge(self, peer, call):
        """With 100rel there may be ringing to acknowledge; then the answer."""
        response = peer.expect(200, skip=(100,))
        peer.send('ACK', call=call.established(response), cseq=call.cseq)
        self.finish(peer, call)
        return response

    def test_required_in_calls(self):
        """what a request within a call requires: 420, and the call goes on; BYE ends it"""
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            call = self.begin(peer)
            for method in ('OPTIONS', 'INFO', 'UPDATE', 'MESSAGE', 'INVITE'):
                for name, headers, status, header in REQUIRED:
                    with self.subTest(method=method, transport=transport, row=name):
                        peer.send(method, call=call, headers=headers,
                                  body=SDP if method == 'INVITE' else '')
                        response = self.answer(peer, status, header)
                        if response.status == 200 and method == 'INVITE':
                            peer.send('ACK', call=call, cseq=call.cseq)
                        self.told(peer, 'in ' + method, name, response, header)
            peer.send('BYE', call=call, headers=['Require: nothing-supports-this'])
            self.told(peer, 'in BYE', 'something unknown', self.answer(peer, 200, None), None)
        self.agent.wait_for_census('AhoySession', 0)

    def test_options(self):
        """DLGX-08: OPTIONS tells what calls may bring, and in a call what its media are"""
        names = ('allow', 'supported', 'accept', 'accept-encoding', 'accept-language')
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            peer.send('OPTIONS')
            outside = self.answer(peer, 200, ('accept', 'application/sdp'))
            self.assertEqual(outside.body, b'')
            call = self.begin(peer)
            for accept, described in ((None, True), ('text/plain', False), ('*/*', True),
                                      ('text/plain, application/sdp', True),
                                      ('text/plain\r\nAccept: APPLICATION/sdp;q=0.5', True),
                                      ('', False), ('application/sdpx', False),
                                      ('a/b, c/*', False)):
                headers = [] if accept is None else [f'Accept: {accept}']
                peer.send('OPTIONS', call=call, headers=headers)
                inside = self.answer(peer, 200, ('accept', 'application/sdp'))
                self.assertEqual(b'm=audio 61500 RTP/AVP 0 8\r\n' in inside.body, described,
                                 accept)
                for name in names:
                    self.assertTrue(inside[name], name)
                    self.assertEqual(inside[name], outside[name])
            self.told(peer, 'OPTIONS', 'within a call', inside, ('accept', ''))
            self.finish(peer, call)

    def test_required_of_cancel(self):
        """Require in CANCEL and in the ACK of a refusal is ignored (RFC 3261 8.2.2.3)"""
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            invite = peer.build_invite(peer.target_uri('ring'), body=SDP.encode())
            peer.send(invite)
            peer.expect(180)
            peer.send(peer.cancel_of(invite, [('Require', 'nothing-supports-this')]))
            self.told(peer, 'CANCEL', 'something unknown', peer.expect('200 CANCEL', skip=(487,)),
                      None)
        self.agent.wait_for_census('AhoySession', 0)

    def test_methods_of_new_requests(self):
        """405 or 501 with Allow for methods nobody takes; 481 for those that need a call"""
        rows = [(method, 405) for method in ('INFO', 'MESSAGE', 'NOTIFY')]
        rows += [(method, 501) for method in ('PUBLISH', 'NEWMETHOD', 'X-1.2', 'invite')]
        rows += [(method, 481) for method in ('BYE', 'PRACK', 'UPDATE', 'CANCEL')]
        for peer, (method, status) in self.each(rows):
            peer.send(method)
            header = ('allow', 'INVITE') if status != 481 else None
            response = self.answer(peer, status, header)
            self.assertNotIn('NEWMETHOD', response['allow'] or '')
            self.told(peer, method, 'outside of a call', response, header)

    def test_methods_in_calls(self):
        """405 with Allow for methods that calls have no use for, 489 for an event; it goes on"""
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            call = self.begin(peer)
            for method, status, header in (('PUBLISH', 405, ('allow', 'INVITE')),
                                           ('REGISTER', 405, ('allow', 'INVITE')),
                                           ('NEWMETHOD', 405, ('allow', 'INVITE')),
                                           ('SUBSCRIBE', 489, None)):
                with self.subTest(method=method, transport=transport):
                    peer.send(method, call=call, headers=['Event: nothing'])
                    self.told(peer, method, 'within a call', self.answer(peer, status, header),
                              header)
            self.finish(peer, call)

    def test_no_such_call(self):
        """481 for whatever is said within a call that is none, before anything else is looked at"""
        methods = ('INVITE', 'ACK', 'BYE', 'INFO', 'OPTIONS', 'UPDATE', 'PRACK', 'MESSAGE',
                   'NOTIFY', 'REFER', 'SUBSCRIBE', 'NEWMETHOD')
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            ended = self.begin(peer)
            self.finish(peer, ended)
            for method in methods:
                for what, keys in (('never was', {'to_tag': 'nobody'}),
                                   ('is over', {'call': ended})):
                    with self.subTest(transport=transport, method=method, call=what):
                        peer.send(method, headers=['Require: x'], body='?', **keys)
                        if method == 'ACK':
                            continue  # which nothing answers
                        self.told(peer, method, f'the call {what}',
                                  self.answer(peer, 481, None), None)
            peer.expect_nothing(0.05)

    def test_broken_in_calls(self):
        """a request within a call that cannot be read gets 400, and the call goes on"""
        rows = (('CSeq of another method', 'CSeq: 77 MESSAGE'), ('CSeq that is none', 'CSeq: one'),
                ('CSeq too big', 'CSeq: 99999999999 INFO'), ('From that is none', 'From: <<'),
                ('Content-Length too long', 'Content-Length: 9999'))
        for transport, family in PATHS:
            for name, line in rows:
                if transport == 'tcp' and 'Length' in name:
                    continue  # where the rest of the message is waited for
                with self.subTest(transport=transport, row=name):
                    peer = self.peer(transport, family)
                    call = self.begin(peer)
                    text = peer.request('INFO', call=call, headers=[TEXT],
                                        body='x' if 'Length' in name else '')
                    header = line.split(':')[0]
                    lines = [line if each.startswith(header + ':') else each
                             for each in text.split('\r\n')]
                    peer.send_raw('\r\n'.join(lines))
                    self.told(peer, 'INFO', name, self.answer(peer, 400, None), None)
                    # In a stream nothing behind garbage is read; the call outlives the stream.
                    after = peer.connect() if transport == 'tcp' else None
                    peer.send_raw(peer.request('INFO', call=call), connection=after)
                    self.answer(peer, 200, None)
                    peer.send_raw(peer.request('BYE', call=call), connection=after)
                    self.answer(peer, 200, None)

    def test_out_of_order(self):
        """500 for a CSeq that was used already or lies behind (RFC 3261 12.2.2)"""
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            call = self.begin(peer)
            peer.send('INFO', call=call)
            self.answer(peer, 200, None)
            peer.send('INFO', call=call, cseq=call.cseq - 1)
            self.told(peer, 'INFO', 'CSeq lies behind', self.answer(peer, 500, None), None)
            self.finish(peer, call)

    def test_not_now(self):
        """500 with Retry-After for a second INVITE while the first is not answered"""
        for transport, family in PATHS:
            peer = self.peer(transport, family)
            call = Call(peer, peer.target_uri('ring'))
            peer.send('INVITE', call=call, body=SDP)
            ringing = peer.expect(180)
            first = call.cseq
            call.established(ringing)
            peer.send('INVITE', call=call, body=SDP)
            header = ('retry-after', '')
            response = self.answer(peer, 500, header)
            self.assertIn(int(response['retry-after']), range(11))
            self.told(peer, 're-INVITE', 'the first one rings', response, header)
            peer.send('BYE', call=call)
            seen = {peer.expect('final').status for _ in range(2)}
            self.assertEqual(seen, {200, 487}, first)


if __name__ == '__main__':
    agent.main()
