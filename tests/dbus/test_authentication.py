# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-17 to 22: endpoints of ahoyd prove who they are by digest (RFC 3261 22, RFC 7616, 8760)."""

import hashlib
import pathlib
import re
import socket

import agent
import sip_digest
from daemon import HOSTS, TRANSPORTS, Daemon
from sip_peer import SDP, Call, Peer

CONFIG = '''
[core]
t1=50ms
overload-delay=0
{core}
''' + TRANSPORTS + '''
[endpoint bob]
password=secret
allow=call;message
context=demo
{bob}
{more}
[route all]
context=demo
match=6*
do=answer, wait(20)
'''
PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]


def config(core='', bob='', more=''):
    return CONFIG.format(core=core, bob=bob, more=more)


def ha1(algorithm, user, realm, password):
    name = {'MD5': 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512_256'}[algorithm]
    return hashlib.new(name, f'{user}:{realm}:{password}'.encode()).hexdigest()


def offers(response, header='www-authenticate'):
    """The challenges of a response, as dictionaries."""
    return [sip_digest.parse_challenge(value)[1] for value in response.all(header)]


class Authentication(agent.unittest.TestCase):
    def start(self, text=None, warnings=False, **keys):
        daemon = Daemon(text or config(**keys))
        daemon.warnings_expected = warnings
        self.addCleanup(daemon.stop)
        return daemon

    def peer(self, daemon, transport='udp', family='ipv4'):
        peer = Peer(transport, HOSTS[family], daemon.address(transport, family))
        self.addCleanup(peer.close)
        return peer

    def ask(self, peer, method='OPTIONS', user='bob', **keys):
        if method == 'OPTIONS':
            keys.setdefault('uri', peer.target_uri('600'))  # somebody who can be called
        return peer.build(method, from_=f'<sip:{user}@example.org>;tag={peer.unique("f")}', **keys)

    def exchange(self, peer, request, status):
        peer.send(request)
        response = peer.expect(status, call_id=request.call_id)
        if request.method == 'INVITE' and status >= 300:
            peer.send(peer.ack_failure(request, response))
        return response

    def prove(self, peer, request, challenge, status, password='secret', user='bob', which=0,
              **changes):
        """The request once more, with an answer to one of the challenges."""
        again = request.copy()
        again.set('Via', peer.via())
        again.set('CSeq', f'{request.cseq + 1} {request.method}')
        again.set('Authorization', sip_digest.authorization(
            challenge.all('www-authenticate')[which], request.method, request.uri, user, password,
            body=request.body, **changes))
        return again, self.exchange(peer, again, status)

    def challenged(self, peer, **keys):
        request = self.ask(peer, **keys)
        return request, self.exchange(peer, request, 401)

    # -- challenges

    def test_algorithms(self):
        """AUTH-20: each algorithm that is offered is taken, over four transports"""
        daemon = self.start(core='auth-algorithms=SHA-512-256;SHA-256;MD5')
        for path in PATHS:
            peer = self.peer(daemon, *path)
            for which, name in enumerate(('SHA-512-256', 'SHA-256', 'MD5')):
                request, challenge = self.challenged(peer)
                self.assertEqual([offer['algorithm'] for offer in offers(challenge)],
                                 ['SHA-512-256', 'SHA-256', 'MD5'])
                self.assertEqual(offers(challenge)[which]['algorithm'], name)
                self.prove(peer, request, challenge, 200, which=which)
                self.prove(peer, request, challenge, 401, which=which, password='wrong')

    def test_hashes(self):
        """AUTH-20: an account of hashes is offered what it has a hash for, and nothing else"""
        for key, name in (('md5', 'MD5'), ('sha256', 'SHA-256'), ('sha512-256', 'SHA-512-256')):
            digits = ha1(name, 'bob', 'ahoy', 'secret')
            daemon = self.start(config(core='auth-algorithms=SHA-512-256;SHA-256;MD5').replace(
                'password=secret', f'password-{key}={digits.upper()}'))
            peer = self.peer(daemon)
            request, challenge = self.challenged(peer)
            self.assertEqual([offer['algorithm'] for offer in offers(challenge)], [name])
            self.prove(peer, request, challenge, 200)
            self.prove(peer, request, challenge, 401, password='Secret')

    def test_algorithms_of_endpoint(self):
        """AUTH-20: auth-algorithms of the endpoint count more than those of core"""
        daemon = self.start(bob='auth-algorithms=SHA-256;MD5')
        peer = self.peer(daemon)
        request, challenge = self.challenged(peer)
        self.assertEqual([offer['algorithm'] for offer in offers(challenge)], ['SHA-256', 'MD5'])
        self.prove(peer, request, challenge, 200)
        _, other = self.challenged(peer, user='nobody')
        self.assertEqual([offer['algorithm'] for offer in offers(other)], ['MD5'])

    def test_strong_hash_alone(self):
        """AUTH-20: a strong hash is asked for where only MD5 is offered, a weak one never"""
        for core, key, name in (('', 'sha256', 'SHA-256'), ('', 'sha512-256', 'SHA-512-256'),
                                ('auth-algorithms=SHA-256', 'md5', None)):
            digits = ha1(name or 'MD5', 'bob', 'ahoy', 'secret')
            daemon = self.start(config(core=core).replace('password=secret',
                                                          f'password-{key}={digits}'))
            peer = self.peer(daemon)
            request, challenge = self.challenged(peer)
            self.assertEqual([offer['algorithm'] for offer in offers(challenge)],
                             [name or 'SHA-256'])
            self.prove(peer, request, challenge, 200 if name else 401)

    def test_fields(self):
        """AUTH-18: realm, domain, opaque, nonce and qop stand in the challenge"""
        daemon = self.start(core='realm=Büro "1"\nauth-domain=sip:example.org sip:b\n'
                                 'auth-qop=auth;auth-int')
        peer = self.peer(daemon)
        request, challenge = self.challenged(peer)
        for offer in offers(challenge):
            self.assertEqual(offer['realm'], 'Büro "1"')
            self.assertEqual(offer['domain'], 'sip:example.org sip:b')
            self.assertEqual(offer['qop'], 'auth,auth-int')
            self.assertRegex(offer['nonce'], '^[0-9a-f]{60}$')
            self.assertRegex(offer['opaque'], '^[0-9a-f]{16}$')
            self.assertNotIn('stale', offer)
        self.prove(peer, request, challenge, 200)
        self.prove(peer, request, challenge, 401, opaque='another')

    def test_accounts(self):
        """AUTH-18: an endpoint with several accounts is asked for each realm, and may choose"""
        daemon = self.start(core='auth-algorithms=SHA-256;MD5', bob='auths=desk;lobby', more='''
[auth desk]
realm=Desk
username=d
password=1
[auth lobby]
password=2
''')
        peer = self.peer(daemon)
        request, challenge = self.challenged(peer)
        self.assertEqual([(offer['realm'], offer['algorithm']) for offer in offers(challenge)],
                         [('ahoy', 'SHA-256'), ('ahoy', 'MD5'), ('Desk', 'SHA-256'),
                          ('Desk', 'MD5')])
        for which, user, password, status in (
                (0, 'bob', 'secret', 200), (1, 'lobby', '2', 200), (2, 'd', '1', 200),
                (3, 'd', '1', 200), (0, 'd', '1', 401), (2, 'bob', 'secret', 401),
                (1, 'lobby', 'secret', 401)):
            request, challenge = self.challenged(peer)
            self.prove(peer, request, challenge, status, password, user, which)

    def test_several_credentials(self):
        """AUTH-22: credentials for somebody else's realm do not hide those for ours"""
        peer = self.peer(self.start())
        request, challenge = self.challenged(peer)
        again = request.copy()
        again.set('Via', peer.via())
        again.set('CSeq', '2 OPTIONS')
        foreign = 'Digest realm="elsewhere", nonce="1", qop="auth"'
        again.add('Authorization', sip_digest.authorization(foreign, 'OPTIONS', request.uri, 'bob',
                                                            'secret'))
        again.add('Authorization', sip_digest.authorization(
            challenge.all('www-authenticate')[0], 'OPTIONS', request.uri, 'bob', 'secret'))
        self.exchange(peer, again, 200)

    # -- what is refused

    def look(self, response):
        """A challenge without what differs each time."""
        text = response.raw.decode()
        text = re.sub(r'nonce="[0-9a-f]{60}"', 'nonce=""', text)
        return re.sub(r'(?m)^(Via|From|To|Call-ID|CSeq):.*\r\n', '', text)

    def test_refusals(self):
        """AUTH-22, AUTH-11: whatever is wrong, and whoever is nobody, gets the same 401"""
        for path in PATHS:
            daemon = self.start()
            peer = self.peer(daemon, *path)
            request, challenge = self.challenged(peer)
            looks = {self.look(challenge)}
            forged = {'password': dict(password='wrong'), 'user': dict(user='eve'),
                      'realm': dict(realm='elsewhere'), 'response': dict(response='0' * 64),
                      'nonce': dict(nonce='0' * 60),
                      'nc': dict(nc='00000002', response='1' * 64)}
            for what, changes in forged.items():
                with self.subTest(what):
                    _, response = self.prove(peer, request, challenge, 401, **changes)
                    self.assertNotIn('stale', response.raw.decode())
                    looks.add(self.look(response))
            nobody, challenge = self.challenged(peer, user='nobody')
            looks.add(self.look(challenge))
            _, challenge = self.prove(peer, nobody, challenge, 401, user='nobody')
            looks.add(self.look(challenge))
            self.assertEqual(len(looks), 1, looks)

    def test_malformed(self):
        """AUTH-22: credentials that are no credentials: 400; those of another scheme: 401"""
        peer = self.peer(self.start())
        for value, status in (('Digest username="bob"', 400),
                              ('Digest username="bob", username="bob", realm="ahoy", nonce="1", '
                               'uri="sip:x", response="00"', 400),
                              ('Basic Ym9iOnNlY3JldA==', 401), ('Bearer abc', 401)):
            self.exchange(peer, self.ask(peer, headers=[('Authorization', value)]), status)

    def test_without_password(self):
        """AUTH-19: who has no password cannot prove anything, unless auth=none"""
        text = config().replace('password=secret', '')
        daemon = self.start(text, warnings=True)
        self.assertIn('endpoint bob: it has no account, so nobody can call as it', daemon.report())
        peer = self.peer(daemon)
        self.prove(peer, *self.challenged(peer), 401, password='')
        self.assertEqual(len(daemon.log.having('has no password')), 1)
        peer = self.peer(self.start(text.replace('allow=call;message', 'auth=none')))
        self.exchange(peer, self.ask(peer), 200)

    # -- nonces

    def test_counted(self):
        """AUTH-21: a nonce serves many requests, each count once; a repetition is stale"""
        for path in PATHS:
            peer = self.peer(self.start(), *path)
            request, challenge = self.challenged(peer)
            for count in (1, 2, 5, 3, 4, 200, 199):
                self.prove(peer, request, challenge, 200, nc=f'{count:08x}')
            for count in (1, 5, 4, 200, 199, 100):
                _, again = self.prove(peer, request, challenge, 401, nc=f'{count:08x}')
                self.assertEqual({offer['stale'] for offer in offers(again)}, {'true'})
            self.prove(peer, request, again, 200)

    def test_lifetime(self):
        """AUTH-21: after its lifetime a nonce is stale, and the new one is taken"""
        peer = self.peer(self.start(core='nonce-lifetime=1s'))
        request, challenge = self.challenged(peer)
        for count in range(1, 20000):
            again = request.copy()
            again.set('Via', peer.via())
            again.set('CSeq', f'{count + 1} OPTIONS')
            again.set('Authorization', sip_digest.authorization(
                challenge.all('www-authenticate')[0], 'OPTIONS', request.uri, 'bob', 'secret',
                nc=f'{count:08x}'))
            peer.send(again)
            response = peer.expect((200, 401))
            if response.status == 401:
                break
        self.assertEqual(offers(response)[0]['stale'], 'true')
        self.assertGreater(count, 1)
        self.prove(peer, request, response, 200)

    def test_without_qop(self):
        """AUTH-21: a client of RFC 2069 gets in once with a nonce; auth-without-qop=no: never"""
        for key, first in (('yes', 200), ('no', 401)):
            peer = self.peer(self.start(core=f'auth-without-qop={key}'))
            request, challenge = self.challenged(peer)
            value = re.sub(', qop="auth"', '', challenge.all('www-authenticate')[0])
            for status in (first, 401):
                again = request.copy()
                again.set('Via', peer.via())
                again.set('CSeq', f'{request.cseq + 1} OPTIONS')
                again.set('Authorization', sip_digest.authorization(
                    value, 'OPTIONS', request.uri, 'bob', 'secret'))
                self.exchange(peer, again, status)

    def test_integrity(self):
        """AUTH-21: auth-int protects the body"""
        peer = self.peer(self.start(core='auth-qop=auth-int'))
        request, challenge = self.challenged(peer, method='INVITE', uri=peer.target_uri('600'),
                                             body=SDP.encode())
        self.assertEqual(offers(challenge)[0]['qop'], 'auth-int')
        other = request.copy()
        other.body = SDP.replace('61500', '61502').encode()
        changed = sip_digest.authorization(challenge.all('www-authenticate')[0], 'INVITE',
                                           request.uri, 'bob', 'secret', body=other.body)
        again = request.copy()
        again.set('Via', peer.via())
        again.set('CSeq', '2 INVITE')
        again.set('Authorization', changed)
        self.exchange(peer, again, 401)
        self.prove(peer, request, challenge, 200, nc='00000002')

    def test_retransmission(self):
        """AUTH-21: a request that comes twice gets the same bytes twice, on each transport"""
        for path in PATHS:
            daemon = self.start()
            peer = self.peer(daemon, *path)
            peer.absorb_retransmissions = False
            request, challenge = self.challenged(peer)
            again, response = self.prove(peer, request, challenge, 200)
            for _ in range(3):
                self.assertEqual(self.exchange(peer, again, 200).raw, response.raw)
            request, challenge = self.challenged(peer, method='INVITE',
                                                 uri=peer.target_uri('600'), body=SDP.encode())
            invite, response = self.prove(peer, request, challenge, 200)
            self.assertEqual(self.exchange(peer, invite, 200).raw, response.raw)

    def test_restart(self):
        """AUTH-21: a challenge survives a restart, as its secret is kept beside the state"""
        daemon = self.start()
        peer = self.peer(daemon)
        request, challenge = self.challenged(peer)
        secret = (daemon.state / 'nonce-secret').read_text()
        self.assertEqual((daemon.state / 'nonce-secret').stat().st_mode & 0o777, 0o600)
        for text, status in ((f'nonce-secret={secret}', 200), ('nonce-secret=' + 'x' * 16, 401)):
            other = self.start(core=text)
            peer = self.peer(other)
            again = request.copy()
            again.set('Authorization', sip_digest.authorization(
                challenge.all('www-authenticate')[0], 'OPTIONS', request.uri, 'bob', 'secret'))
            response = self.exchange(peer, again, status)
        self.assertEqual(offers(response)[0]['stale'], 'true')

    # -- methods

    def test_methods(self):
        """AUTH-19: each method needs a proof, except those that auth-except names"""
        for text, statuses in (('', (401, 401, 401)), ('auth-except=OPTIONS', (200, 401, 401)),
                               ('auth-except=OPTIONS;MESSAGE', (200, 404, 401))):
            peer = self.peer(self.start(bob=text))
            for method, status in zip(('OPTIONS', 'MESSAGE', 'INVITE'), statuses):
                self.exchange(peer, self.ask(peer, method, body=b'x', content_type='text/plain'),
                              status)

    def call(self, daemon, peer):
        """A call that has begun, with the challenge that its INVITE answered."""
        request, challenge = self.challenged(peer, method='INVITE', uri=peer.target_uri('600'),
                                             body=SDP.encode())
        invite, response = self.prove(peer, request, challenge, 200)
        call = Call(peer, peer.target_uri('600'))
        call.call_id = invite.call_id
        call.local, _, call.local_tag = invite['From'].partition(';tag=')
        call.cseq = invite.cseq
        call.established(response)
        peer.send('ACK', call=call, cseq=invite.cseq)
        return call, challenge

    def test_dialogs(self):
        """AUTH-19: within a call INVITE needs a proof again, INFO not; ACK and BYE never"""
        daemon = self.start()
        peer = self.peer(daemon)
        call, challenge = self.call(daemon, peer)
        peer.send('INFO', call=call)
        peer.expect((200, 405, 415, 469))
        peer.send('INVITE', call=call, body=SDP)
        refusal = peer.expect(401)
        target = call.remote_target
        peer.send('INVITE', call=call, body=SDP, headers=['Authorization: ' + (
            sip_digest.authorization(refusal.all('www-authenticate')[0], 'INVITE', target, 'bob',
                                     'secret'))])
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.send('INVITE', call=call, body=SDP, headers=['Authorization: ' + (
            sip_digest.authorization(challenge.all('www-authenticate')[0], 'INVITE', target, 'bob',
                                     'secret', nc='00000002'))])
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.send('BYE', call=call)
        peer.expect(200)
        daemon.wait_for_sessions(0)

    def test_dialogs_by_key(self):
        """AUTH-19: auth-in-dialog says which methods need a proof within a call"""
        daemon = self.start(core='auth-in-dialog=INFO')
        peer = self.peer(daemon)
        call, _ = self.call(daemon, peer)
        peer.send('INFO', call=call)
        peer.expect(401)
        peer.send('INVITE', call=call, body=SDP)
        peer.expect(200)
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.send('BYE', call=call)
        peer.expect(200)

    def test_tag_is_no_dialog(self):
        """AUTH-19: a To tag alone does not make a dialog that is believed"""
        peer = self.peer(self.start())
        for method in ('OPTIONS', 'INFO', 'MESSAGE'):
            request = self.ask(peer, method, to='<sip:600@example.org>;tag=guessed')
            peer.send(request)
            peer.expect((401, 481))

    # -- the rest

    def test_reload(self):
        """AUTH-20: a new password, realm and algorithm hold after a reload"""
        daemon = self.start()
        peer = self.peer(daemon)
        request, challenge = self.challenged(peer)
        text = config(core='realm=New\nauth-algorithms=MD5').replace('=secret', '=changed')
        (daemon.config / 'ahoy.conf').write_text(text, 'utf-8')
        daemon.ctl('reload')
        request, challenge = self.challenged(peer)
        self.assertEqual([(offer['realm'], offer['algorithm']) for offer in offers(challenge)],
                         [('New', 'MD5')])
        self.prove(peer, request, challenge, 401)
        self.prove(peer, request, challenge, 200, password='changed')

    def test_memory(self):
        """AUTH-21: 100 000 challenges take no memory"""
        daemon = self.start(config().replace('t1=50ms', 't1=10ms'))
        if daemon.is_sanitized():
            self.skipTest('what a sanitizer keeps back is no measure')
        request = self.ask(self.peer(daemon)).to_bytes().replace(b'/UDP ', b'/TCP ')
        status = pathlib.Path('/proc', str(daemon.process.pid), 'status')

        def resident():
            return int(re.search(r'VmRSS:\s+(\d+) kB', status.read_text()).group(1))
        with socket.create_connection(daemon.address('tcp')) as connection:
            answers = connection.makefile('rb')
            for number in range(500):
                connection.sendall(b''.join(
                    request.replace(b'branch=z9hG4bK-', b'branch=z9hG4bK-%d-%d-' % (number, i))
                    for i in range(200)))
                left = 200
                while left:
                    line = answers.readline()
                    self.assertTrue(line)
                    left -= line.startswith(b'SIP/2.0 401 ')
                if number == 100:
                    before = resident()
        growth = resident() - before
        print(f'# {growth} KiB more after 80 000 challenges')
        self.assertLess(growth, 1024)

    def test_no_secret_is_told(self):
        """AUTH-20: neither passwords nor hashes nor the secret of nonces come over the bus"""
        digits = ha1('SHA-256', 'bob', 'ahoy', 'hidden')
        daemon = self.start(core='nonce-secret=not for everybody',
                            bob=f'password-sha256={digits}')
        shown = daemon.ctl('config', 'show', 'core').stdout
        shown += daemon.ctl('config', 'show', 'endpoint', 'bob').stdout
        self.assertIn('overload-delay', shown)
        for secret in ('=secret', digits, 'not for everybody'):
            self.assertNotIn(secret, shown)


if __name__ == '__main__':
    agent.main(200)
