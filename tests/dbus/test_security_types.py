# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-31: each type of security event by what peers do on the wire, as a table."""

import agent
from bus_monitor import Monitor
from daemon import TRANSPORTS, Daemon, anyone
from sip_peer import SDP, Peer

SECURITY = 'org.ahoy.Ahoy1.Security'
ACCOUNTS = TRANSPORTS + '''
[core]
auth-algorithms=SHA-256

[endpoint alice]
password=secret

[endpoint gate]
auth=none
match=192.0.2.7

[endpoint office]
password=secret
permit=192.0.2.0/24
'''
# Before the table is printed all of these have to stand in it.
ALL = {'invalid-account-id', 'invalid-password', 'challenge-sent', 'challenge-response-failed',
       'successful-auth', 'failed-acl', 'invalid-transport', 'request-not-allowed',
       'request-not-supported', 'request-bad-format', 'auth-method-not-allowed',
       'unexpected-address', 'session-limit', 'memory-limit', 'load-average'}


class Types(agent.unittest.TestCase):
    table = []

    @classmethod
    def tearDownClass(cls):
        for kind, severity, source, account, facts in sorted(cls.table):
            print(f'# {kind:26} {severity:12} {source:18} {account:10} '
                  + ' '.join(f'{key}={value}' for key, value in sorted(facts.items())
                             if key != 'call-id'))

    def start(self, config):
        self.daemon = Daemon(config)
        self.addCleanup(self.daemon.stop)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)
        return self.peer()

    def peer(self, host='127.0.0.1', transport='udp'):
        peer = Peer(transport, host, self.daemon.address(transport))
        self.addCleanup(peer.close)
        return peer

    def told(self, kind, peer, **facts):
        """The event that a peer caused: on the bus, and in the log when it is an error."""
        arguments = self.monitor.wait(
            lambda signal: signal.interface == SECURITY and signal.member == 'Event'
            and signal.arguments[0] == kind and signal.arguments[2] == peer.address,
            what=f'event {kind}').arguments
        self.assertEqual(arguments[4].get('transport', 'udp'), peer.transport)
        for name, value in facts.items():
            self.assertIn(value, arguments[4][name])
        if arguments[1] == 'error':
            self.daemon.log.wait_for(lambda line: f'Security event={kind} severity=error '
                                     f'source={peer.host} port={peer.port} ' in line)
        self.table.append(arguments)
        return arguments

    def invite(self, peer, status, user='600'):
        peer.send('INVITE', peer.target_uri(user), body=SDP)
        return peer.expect(status, skip=(100, 180, 183))

    def test_invalid_transport(self):
        """invalid-transport: an endpoint over a transport that is not for it"""
        peer = self.start(anyone(('600', 'answer'), endpoint='allowed-transports=tcp'))
        self.invite(peer, 403)
        self.assertEqual(self.told('invalid-transport', peer, method='INVITE')[3], 'anonymous')

    def test_request_not_allowed(self):
        """request-not-allowed: a call of an endpoint that may not call"""
        peer = self.start(anyone(('600', 'answer')).replace('allow=call', 'allow=message'))
        self.invite(peer, 403)
        self.told('request-not-allowed', peer, method='INVITE', reason='allow')

    def test_request_not_supported(self):
        """request-not-supported: an extension, a method and a scheme that are not there"""
        self.start(anyone(('600', 'answer')))
        for status, method, keys in ((420, 'OPTIONS', {'headers': ['Require: teleport']}),
                                     (405, 'INFO', {}), (501, 'PUBLISH', {}), (501, 'DANCE', {}),
                                     (416, 'OPTIONS', {'ruri': 'http://127.0.0.1/'})):
            peer = self.peer()
            peer.send(method, **keys)
            peer.expect(status)
            self.told('request-not-supported', peer, method=method, reason=str(status))

    def test_request_bad_format(self):
        """request-bad-format: requests that the stack and those that Sofia refuses"""
        self.start(anyone(('600', 'answer')))
        for name in ('Contact', 'Call-ID', 'From', 'CSeq'):
            peer = self.peer()
            peer.send_raw(peer.request('INVITE', body=SDP).replace(f'{name}:', f'X-{name}:'))
            if name == 'Contact':
                peer.expect(400)
            self.told('request-bad-format', peer, reason=name if name == 'Contact' else 'mandatory')

    def test_session_limit(self):
        """session-limit: one call more than max-sessions, and than the call-limit of an endpoint"""
        peer = self.start(anyone(('600', 'answer, wait(20)'), core='max-sessions=1'))
        self.invite(peer, 200)
        other = self.peer()
        self.invite(other, 503)
        self.told('session-limit', other, reason='max-sessions')
        peer = self.start(anyone(('600', 'answer, wait(20)'), endpoint='call-limit=1'))
        self.invite(peer, 200)
        other = self.peer()
        self.invite(other, 486)
        self.assertEqual(self.told('session-limit', other, reason='call-limit')[3], 'anonymous')

    def test_memory_limit(self):
        """memory-limit: more memory than max-memory is in use; calls that are there go on"""
        peer = self.start(anyone(('600', 'answer'), core='max-memory=1'))
        self.assertTrue(self.invite(peer, 503)['retry-after'])
        self.told('memory-limit', peer, reason='max-memory', method='INVITE')

    def test_load_average(self):
        """load-average: more open transactions than overload-queue"""
        peer = self.start(anyone(('600', 'ring, wait(20)'), core='overload-queue=2'))
        for _ in range(6):
            peer.send('INVITE', peer.target_uri('600'), body=SDP)
        peer.expect(503, skip=(100, 180, 183))
        self.told('load-average', peer, reason='too much')

    def ask(self, user):
        """A stranger who says that he is a user; the request and the answer that it got."""
        peer = self.peer()
        request = peer.build('OPTIONS', from_=f'<sip:{user}@127.0.0.1>;tag=1')
        peer.send(request)
        return peer, request, peer.expect(401)

    def prove(self, user, password, status, **changes):
        """The same, with credentials."""
        peer, request, challenge = self.ask(user)
        again = peer.authorize(request, challenge, user, password, **changes)
        peer.send(again)
        peer.expect(status)
        return peer, again

    def test_unknown(self):
        """invalid-account-id: somebody who is no endpoint"""
        self.start(ACCOUNTS)
        peer, _request, _answer = self.ask('nobody')
        self.assertIn('nobody', self.told('invalid-account-id', peer, method='OPTIONS')[3])

    def test_challenge(self):
        """challenge-sent and successful-auth: who proves to be an endpoint; no errors"""
        self.start(ACCOUNTS)
        peer, _request = self.prove('alice', 'secret', 200)
        for kind in ('challenge-sent', 'successful-auth'):
            event = self.told(kind, peer, method='OPTIONS')
            self.assertEqual((event[1], event[3]), ('information', 'alice'))

    def test_password(self):
        """invalid-password: an account, and a wrong password"""
        self.start(ACCOUNTS)
        peer, _request = self.prove('alice', 'guess', 401)
        self.assertEqual(self.told('invalid-password', peer)[3], 'alice')

    def test_response(self):
        """challenge-response-failed: credentials of another realm, and a count that repeats"""
        self.start(ACCOUNTS)
        peer, _request = self.prove('alice', 'secret', 401, realm='elsewhere')
        self.told('challenge-response-failed', peer)
        peer, request = self.prove('alice', 'secret', 200)
        replay = request.copy()
        replay.set('Via', peer.via())
        replay.set('CSeq', f'{request.cseq + 1} OPTIONS')
        peer.send(replay)
        peer.expect(401)
        self.told('challenge-response-failed', peer)

    def test_auth_method(self):
        """auth-method-not-allowed: an algorithm that was not offered"""
        self.start(ACCOUNTS)
        peer, _request = self.prove('alice', 'secret', 401, algorithm='MD5')
        self.told('auth-method-not-allowed', peer)

    def test_address(self):
        """unexpected-address: the name of an endpoint that is known by its address alone"""
        self.start(ACCOUNTS)
        peer, _request, _answer = self.ask('gate')
        self.assertEqual(self.told('unexpected-address', peer)[3], 'gate')

    def test_acl(self):
        """failed-acl: an endpoint from a network that is not let in"""
        self.start(ACCOUNTS)
        peer, _request, _answer = self.ask('office')
        self.assertEqual(self.told('failed-acl', peer)[3], 'office')

    def test_zzz_table(self):
        """all fifteen types were told, each by what a peer did"""
        if len(self.table) > 1:  # not when this test is run alone
            self.assertEqual({event[0] for event in self.table}, ALL)


if __name__ == '__main__':
    agent.main(200)
