# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-26: who is let in by objects [acl], and by permit and deny of endpoints."""

import re

import agent
from sip_peer import SDP, Call
from test_identify import IdentifyTestCase, core, endpoints
from test_sipp import Sipp

OFFICE = '[acl office]\npermit=127.0.0.0/24\ndeny=127.0.0.9\n'


class Everybody(IdentifyTestCase):
    def test_silence(self):
        """acl of [core]: who is shut out hears nothing, not even sipp; the others notice nothing"""
        daemon = self.start(core(acl='office') + OFFICE + endpoints(anonymous=''))
        self.assertEqual(self.who('127.0.0.8'), 'anonymous')
        for host, transport in (('127.0.0.9', 'udp'), ('127.0.0.9', 'tcp'), ('127.0.1.1', 'udp'),
                                ('::1', 'udp')):
            peer = self.peer(host, transport)
            for method in ('INVITE', 'OPTIONS', 'REGISTER'):
                peer.send(method, peer.target_uri('100'))
            peer.expect_nothing(0.3)
        for host, works in (('127.0.0.8', True), ('127.0.0.9', False)):
            sipp = Sipp('uac_480', 'udp', 'ipv4', daemon.address(), '100',
                        options=('-i', host, '-max_retrans', '2', '-l', '10'))
            code, output = sipp.finish()
            self.assertEqual(code == 0, works, output)
        self.assertEqual(daemon.call('', 'Manager', 'ListUnidentified')[0], [])

    def test_refusal(self):
        """refused-source=403: who is shut out hears so"""
        self.start(core(acl='office', refused_source='403') + OFFICE + endpoints(anonymous=''))
        for host, status in (('127.0.0.8', 480), ('127.0.0.9', 403), ('::1', 403)):
            peer = self.peer(host)
            peer.send('INVITE', peer.target_uri('100'), body=SDP)
            peer.expect(status)

    def test_several(self):
        """all objects that are named have to let in"""
        self.start(core(acl='office;small', refused_source='403') + OFFICE
                   + '[acl small]\npermit=127.0.0.8/29\n' + endpoints(anonymous=''))
        for host, name in (('127.0.0.8', 'anonymous'), ('127.0.0.9', None), ('127.0.0.1', None),
                           ('127.0.0.15', 'anonymous')):
            self.assertEqual(self.who(host), name, host)

    def test_in_a_call(self):
        """who is shut out while a call runs can do nothing in it but end it"""
        text = (core(refused_source='403') + '[endpoint anonymous]\nauth=none\ncontext=all\n'
                '[route all]\ncontext=all\nmatch=100\ndo=answer, wait(20)\n')
        daemon = self.start(text)
        peer = self.peer('127.0.0.9')
        call = Call(peer, peer.target_uri('100'))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200))
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.send('INFO', call=call)
        peer.expect(200)
        (daemon.config / 'ahoy.conf').write_text(
            text.replace('[core]\n', '[core]\nacl=office\n') + OFFICE)
        daemon.call('', 'Manager', 'Reload')
        peer.send('INFO', call=call)
        peer.expect(403)
        peer.send('BYE', call=call)
        peer.receive()
        daemon.wait_for_sessions(0)

    def test_mistakes(self):
        """an object that says nothing or no network, or is not there, is an error with its place"""
        for text, told in (('[acl a]\n', 'lets in everybody'),
                           ('[acl a]\npermit=10.0.0.1/8\n', 'is no network'),
                           ('[endpoint b]\nacl=nobody\n', 'nobody')):
            daemon = self.start(core() + text + endpoints(bob=''), True)
            self.assertTrue(any(told in line and 'ahoy.conf:' in line
                                for line in daemon.log.all), daemon.report())

    def test_reload(self):
        """lists come, change and go while the daemon runs"""
        daemon = self.start(core(refused_source='403') + endpoints(anonymous=''))
        config = daemon.config / 'ahoy.conf'
        text = config.read_text()
        self.assertEqual(self.who('127.0.0.9'), 'anonymous')
        for lists, name in ((OFFICE, None), (OFFICE.replace('0.9', '0.7'), 'anonymous')):
            config.write_text(text.replace('[core]\n', '[core]\nacl=office\n') + lists)
            daemon.call('', 'Manager', 'Reload')
            self.assertEqual(self.who('127.0.0.9'), name)
        config.write_text(text)
        daemon.call('', 'Manager', 'Reload')
        self.assertEqual(self.who('127.0.0.7'), 'anonymous')


class Endpoints(IdentifyTestCase):
    def answer(self, host, user):
        """The answer to an OPTIONS, without what is different in each."""
        peer = self.peer(host)
        message = peer.build('OPTIONS', from_=f'<sip:{user}@example.org>;tag=1')
        peer.send(message)
        response = peer.receive()
        return [(name, re.sub('nonce="[^"]*"', 'nonce', value)) for name, value in response.headers
                if name.lower() not in ('via', 'from', 'to', 'call-id', 'date')], response.status

    def test_endpoint(self):
        """acl, permit and deny of an endpoint; who is refused hears what a stranger hears"""
        self.start(core() + OFFICE + endpoints(bob='acl=office', carol='permit=127.0.0.16/28',
                                               dave='deny=127.0.0.9', eve='acl=office\n'
                                               'deny=127.0.0.8'))
        for user, host, let_in in (('bob', '127.0.0.8', True), ('bob', '127.0.0.9', False),
                                   ('bob', '::1', False), ('carol', '127.0.0.17', True),
                                   ('carol', '127.0.0.8', False), ('dave', '127.0.0.8', True),
                                   ('dave', '127.0.0.9', False), ('dave', '::1', True),
                                   ('eve', '127.0.0.7', True), ('eve', '127.0.0.8', False)):
            self.assertEqual(self.who(host, user), user if let_in else None, (user, host))
        self.assertEqual(self.answer('127.0.0.9', 'bob'), self.answer('127.0.0.9', 'nobody'))

    def test_claim(self):
        """who needs no password and has match is not found by a name from anywhere else"""
        self.start(core() + endpoints(trunk='match=127.0.0.8', names='match=127.0.0.8\n'
                                      'identify=username', gateway='match=127.0.0.10'))
        self.assertEqual(self.who('127.0.0.8', 'trunk'), 'trunk')
        self.assertEqual(self.who('127.0.0.8', 'names'), 'names')
        for user in ('trunk', 'names'):
            self.assertIsNone(self.who('127.0.0.9', user))
            # Who is known by something better may show any name.
            self.assertEqual(self.who('127.0.0.10', user), 'gateway')


if __name__ == '__main__':
    agent.main()
