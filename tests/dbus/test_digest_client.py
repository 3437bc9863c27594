# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-23: requests of ours are challenged by a scripted peer, which computes what it expects."""

import hashlib
import json
import os
import re
import subprocess

import agent
import sip_digest
from daemon import DaemonTestCase, anyone
from sip_peer import SDP, Call, Peer

PASSWORD = 'correct horse'
MD5_OF_TRUNK = hashlib.md5(f'carol:trunk:{PASSWORD}'.encode()).hexdigest()
SHA256_OF_TRUNK = hashlib.sha256(f'carol:trunk:{PASSWORD}'.encode()).hexdigest()
CONFIG = anyone(('600', 'answer, echo'), core='headers=X-Count: 1') + f'''
[endpoint line]
auth=digest
outbound-username=alice
outbound-password={PASSWORD}
allow=call
context=demo

[endpoint stranger]
auth=digest
allow=call
context=demo

[endpoint strict]
outbound-auths=home;work
allow=call

[auth home]
realm=home
username=bob
password={PASSWORD}

[auth work]
realm=work
username=robert
password=another one

[endpoint hashed]
outbound-auths=trunk
allow=call

[auth trunk]
realm=trunk
username=carol
password-md5={MD5_OF_TRUNK}
password-sha256={SHA256_OF_TRUNK}

[endpoint simple]
outbound-auths=md5only
allow=call

[auth md5only]
realm=trunk
username=carol
password-md5={MD5_OF_TRUNK}
'''
NAMES = {401: ('WWW-Authenticate', 'Authorization'),
         407: ('Proxy-Authenticate', 'Proxy-Authorization')}


def ask(realm='home', nonce='n1', algorithm=None, qop='auth', **more):
    """The value of a challenge."""
    text = f'Digest realm="{realm}", nonce="{nonce}"'
    if algorithm:
        text += f', algorithm={algorithm}'
    if qop:
        text += f', qop="{qop}"'
    return text + ''.join(f', {name}={value}' for name, value in more.items())


class Client(DaemonTestCase):
    """ahoyd calls and asks; a scripted peer is everybody else."""

    config = CONFIG

    def setUp(self):
        self.peer = Peer('udp')
        self.addCleanup(self.peer.close)
        self.line = len(self.daemon.log.all)

    def challenge(self, request, *asked, status=401, **keys):
        """Asks; for an INVITE waits for the ACK."""
        headers = [(NAMES[status][0], value) for value in asked]
        self.peer.respond(request, status, headers=headers, contact=False,
                          **{'tag': self.peer.unique('t'), **keys})
        if request.method == 'INVITE':
            self.assertEqual(self.peer.expect('ACK').cseq, request.cseq)

    def check_again(self, first, again):
        """The same request once more (RFC 3261 section 22.2)."""
        self.assertEqual(again.call_id, first.call_id)
        self.assertEqual(again['From'], first['From'])
        self.assertEqual(again['To'], first['To'])
        self.assertEqual(again.uri, first.uri)
        self.assertEqual(again.cseq, first.cseq + 1)
        self.assertNotEqual(again.via.branch, first.via.branch)
        self.assertEqual(again.body, first.body)
        self.assertEqual(len(again.all('X-Count')), len(first.all('X-Count')))

    def credentials(self, request, status=401):
        """What a request says to each realm."""
        values = [sip_digest.parse_challenge(value)[1]
                  for value in request.all(NAMES[status][1])]
        found = {value['realm']: value for value in values}
        self.assertEqual(len(found), len(values), 'a realm was answered twice')
        return found

    def check(self, request, asked, username='alice', password=PASSWORD, status=401, nc=1):
        """The request proves to know the password; computed by hashlib."""
        wanted = sip_digest.parse_challenge(asked)[1]
        given = self.credentials(request, status)[wanted['realm']]
        self.assertEqual(given['username'], username)
        self.assertEqual(given['nonce'], wanted['nonce'])
        self.assertEqual(given['uri'], request.uri)
        self.assertEqual(given.get('opaque'), wanted.get('opaque'))
        self.assertEqual(given.get('algorithm', 'MD5'), wanted.get('algorithm', 'MD5'))
        offered = wanted.get('qop', '').split(',')
        qop = given.get('qop')
        self.assertIn(qop or '', [one.strip() for one in offered])
        if qop:
            self.assertEqual(int(given['nc'], 16), nc)
            self.assertEqual(len(given['nc']), 8)
        self.assertEqual(given['response'], sip_digest.digest_response(
            request.method, request.uri, username, password, wanted['realm'], wanted['nonce'],
            wanted.get('algorithm', 'MD5'), qop, given.get('cnonce'), given.get('nc'),
            request.body))
        return given

    def dial(self, endpoint='line', uri=None):
        session = self.daemon.dial(uri or self.peer.uri, endpoint)
        return session, self.peer.expect('INVITE')

    def establish(self, endpoint='line', *asked, status=401):
        """A call that was challenged: the session, the INVITE that was accepted, the ACK."""
        session, invite = self.dial(endpoint)
        if asked:
            self.challenge(invite, *asked, status=status)
            invite = self.peer.expect('INVITE')
        self.peer.respond(invite, 200, body=SDP, tag='up')
        ack = self.peer.expect('ACK')
        self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
        return session, invite, ack

    def start(self, session, method, signature='', *arguments):
        """A method of a session that returns when the peer has answered."""
        process = subprocess.Popen(
            ['busctl', f'--address={self.daemon.bus.address}', '--json=short', 'call', '--',
             'org.ahoy.Ahoy1', session or '/org/ahoy/Ahoy1',
             f'org.ahoy.Ahoy1.{"Session" if session else "Manager"}', method,
             *([signature, *map(str, arguments)] if signature else [])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def finish():
            output, error = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 0, error)
            return json.loads(output)['data'] if output.strip() else None
        return finish

    def request(self, method, endpoint='line', body=''):
        """Sends a request outside of dialogs; returns who waits for the answer."""
        return self.start(None, 'SendRequest', 'sssa(ss)saya{sv}', endpoint, method,
                          self.peer.uri, 0, 'text/plain' if body else '',
                          len(body), *body.encode(), 0)

    def check_end(self, session, status):
        state, found = self.daemon.wait(session, 'ended')[:2]
        self.assertEqual((state, found), ('ended', status))

    def wait_for_line(self, text):
        """The daemon has said something since the test began."""
        for line in self.daemon.log.all[self.line:]:
            if text in line:
                return line
        return self.daemon.log.wait_for(lambda line: text in line)

    # -- calls -------------------------------------------------------------------------------------

    def test_call(self):
        """AUTH-23: 401 to INVITE is answered; the ACK to the 200 has the same credentials"""
        asked = ask(opaque='"o p"')
        session, first = self.dial()
        self.assertEqual(first.all('Authorization'), [])
        self.challenge(first, asked)
        again = self.peer.expect('INVITE')
        self.check_again(first, again)
        self.check(again, asked)
        self.peer.respond(again, 180, tag='up')
        self.peer.respond(again, 200, body=SDP, tag='up')
        ack = self.peer.expect('ACK', skip=('PRACK',))
        self.assertEqual(ack.all('Authorization'), again.all('Authorization'))
        self.assertEqual(ack.cseq, again.cseq)
        self.daemon.wait(session, 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        bye = self.peer.expect('BYE')
        self.assertEqual(bye.cseq, again.cseq + 1)
        self.check(bye, asked, nc=2)  # the nonce is good for the dialog
        self.peer.respond(bye, 200)
        self.check_end(session, 200)


    def test_proxy(self):
        """AUTH-23: 407 is answered by Proxy-Authorization; 180 before it belonged to a fork"""
        asked = ask()
        session, first = self.dial()
        self.peer.respond(first, 180, tag='early')
        self.daemon.wait(session, 'ringing')
        self.challenge(first, asked, status=407, tag='early')
        again = self.peer.expect('INVITE')
        self.check_again(first, again)
        self.check(again, asked, status=407)
        self.assertEqual(again.all('Authorization'), [])
        self.peer.respond(again, 200, body=SDP, tag='up')
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE'), 200)
        self.check_end(session, 200)

    def test_in_dialog(self):
        """AUTH-23: what is sent in a call is challenged, from INVITE to BYE"""
        session, invite, _ = self.establish()
        last = invite.cseq
        cases = (('INVITE', 'Hold', ()), ('UPDATE', 'Refresh', ('s', 'UPDATE')),
                 ('INFO', 'SendInfo', ('say', 'text/plain', 2, 104, 105)),
                 ('MESSAGE', 'SendMessage', ('say', 'text/plain', 2, 104, 105)),
                 *((method, 'SendRequest', ('sa(ss)say', method, 0, '', 0))
                   for method in ('OPTIONS', 'REFER', 'NOTIFY')))
        for number, (method, call, arguments) in enumerate(cases):
            asked = ask(realm=f'realm-{number}', nonce=f'n-{number}')
            finish = self.start(session, call, *arguments)
            first = self.peer.expect(method)
            self.assertEqual(first.cseq, last + 1)
            self.challenge(first, asked)
            again = self.peer.expect(method)
            self.check_again(first, again)
            self.assertEqual(again.body, first.body)
            self.check(again, asked)
            self.peer.respond(again, 200, body=SDP if method in ('INVITE', 'UPDATE') else b'')
            if method == 'INVITE':
                ack = self.peer.expect('ACK')
                self.assertEqual((ack.cseq, ack.all('Authorization')),
                                 (again.cseq, again.all('Authorization')))
            self.assertEqual(finish()[0], 200)
            last = again.cseq
        self.daemon.call(session, 'Session', 'Hangup')
        first = self.peer.expect('BYE')
        self.challenge(first, ask(realm='bye'))
        again = self.peer.expect('BYE')
        self.check_again(first, again)
        self.check(again, ask(realm='bye'))
        self.peer.respond(again, 200)
        self.check_end(session, 200)

    def test_prack(self):
        """AUTH-23: a PRACK is challenged; the INVITE that it belongs to goes on"""
        session, invite = self.dial()
        self.peer.respond(invite, 183, tag='early', body=SDP,
                          headers=[('Require', '100rel'), ('RSeq', '7')])
        first = self.peer.expect('PRACK')
        self.challenge(first, ask())
        again = self.peer.expect('PRACK')
        self.check_again(first, again)
        self.assertEqual(again['RAck'], f'7 {invite.cseq} INVITE')
        self.check(again, ask())
        self.peer.respond(again, 200)
        self.peer.respond(invite, 200, tag='early')
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE'), 200)
        self.check_end(session, 200)

    def test_hold_of_callee(self):
        """AUTH-23: whom we called holds us, though the endpoint has no account to prove it with"""
        session, invite, _ = self.establish('line', ask())
        call = Call.from_request(self.peer, invite, tag='up')
        self.peer.target = invite.source
        self.peer.send('INVITE', call=call, body=SDP + 'a=sendonly\r\n')
        answer = self.peer.expect((200, 401))
        self.assertEqual(answer.status, 200)
        self.peer.send('ACK', call=call, cseq=call.cseq)
        self.assertEqual(self.daemon.get(session, 'Session', 'Hold'), 'remote')
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE', skip=(200,)), 200)
        self.check_end(session, 200)

    def test_requests(self):
        """AUTH-23: OPTIONS, MESSAGE, NOTIFY and PUBLISH outside of dialogs; each asks again"""
        for method in ('OPTIONS', 'MESSAGE', 'NOTIFY', 'PUBLISH'):
            for status in (401, 407):
                finish = self.request(method, body='hello' if method == 'MESSAGE' else '')
                first = self.peer.expect(method)
                self.assertEqual(first.all(NAMES[status][1]), [])
                self.challenge(first, ask(), status=status)
                again = self.peer.expect(method)
                self.check_again(first, again)
                self.check(again, ask(), status=status)
                self.peer.respond(again, 202)
                self.assertEqual(finish()[0], 202)

    def test_ahoyctl(self):
        """AUTH-23: ahoyctl call says what to do about 401 and 407"""
        done = subprocess.Popen([os.environ['AHOY_CTL'], 'call', '--from', 'stranger',
                                 self.peer.uri], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True,
                                env=self.daemon.environment)
        self.challenge(self.peer.expect('INVITE'), ask(), status=407)
        _, error = done.communicate(timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn('The call failed with 407: the other side wants to know who calls', error)
        self.assertIn('outbound-username or outbound-auths', error)

    def test_reload(self):
        """AUTH-23: a password that changes while ahoyd runs holds for the next call"""
        file = self.daemon.config / 'conf.d' / 'more.conf'
        file.parent.mkdir(exist_ok=True)
        for password in ('first one', 'second one'):
            file.write_text(f"""
[endpoint changing]
outbound-auths=changing
allow=call

[auth changing]
username=dora
realm=home
password={password}
""", 'utf-8')
            self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])
            finish = self.request('OPTIONS', 'changing')
            self.challenge(self.peer.expect('OPTIONS'), ask())
            again = self.peer.expect('OPTIONS')
            self.check(again, ask(), 'dora', password)
            self.peer.respond(again, 200)
            self.assertEqual(finish()[0], 200)
        file.unlink()
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])

    def test_branches(self):
        """AUTH-23: two targets of a redirect ask, each for itself; one answers"""
        session, invite = self.dial()
        others = [Peer('udp'), Peer('udp')]
        for other in others:
            self.addCleanup(other.close)
        self.peer.respond(invite, 302, contact=', '.join(other.contact for other in others))
        self.peer.expect('ACK')
        asked = [ask('left', 'l'), ask('right', 'r', 'SHA-256')]
        again = []
        for other, value in zip(others, asked):
            first = other.expect('INVITE')
            other.respond(first, 407, headers=[('Proxy-Authenticate', value)], contact=False)
            other.expect('ACK')
            again.append(other.expect('INVITE'))
            self.check_again(first, again[-1])
            self.check(again[-1], value, status=407)
            self.assertEqual(len(again[-1].all('Proxy-Authorization')), 1)
            other.respond(again[-1], 180, tag=f'early-{other.port}')
        others[1].respond(again[1], 200, body=SDP, tag=f'early-{others[1].port}')
        others[1].expect('ACK')
        cancel = others[0].expect('CANCEL')
        self.assertEqual(cancel.via.branch, again[0].via.branch)
        others[0].respond(cancel, 200)
        others[0].respond(again[0], 487, tag=f'early-{others[0].port}')
        others[0].expect('ACK')
        self.daemon.wait(session, 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        others[1].respond(others[1].expect('BYE'), 200)
        self.check_end(session, 200)

    # -- several realms ----------------------------------------------------------------------------

    def test_realms_in_a_row(self):
        """AUTH-23: two proxies in a row and the callee, each with its realm; later all at once"""
        session, invite = self.dial()
        asked = [(407, ask('one', 'a')), (407, ask('two', 'b')), (401, ask('three', 'c'))]
        for count, (status, value) in enumerate(asked, 1):
            self.challenge(invite, value, status=status)
            again = self.peer.expect('INVITE')
            self.check_again(invite, again)
            invite = again
            for age, (earlier, text) in enumerate(asked[:count]):
                self.check(invite, text, status=earlier, nc=count - age)
        self.assertEqual(len(self.credentials(invite, 407)), 2)
        self.peer.respond(invite, 200, body=SDP, tag='up')
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        bye = self.peer.expect('BYE')
        for nc, (status, text) in zip((4, 3, 2), asked):
            self.check(bye, text, status=status, nc=nc)
        self.peer.respond(bye, 200)
        self.check_end(session, 200)

    def test_realms_at_once(self):
        """AUTH-23: WWW- and Proxy-Authenticate of several realms in one response"""
        finish = self.request('OPTIONS')
        first = self.peer.expect('OPTIONS')
        self.peer.respond(first, 401, contact=False, headers=[
            ('WWW-Authenticate', ask('one', 'a')), ('Proxy-Authenticate', ask('two', 'b')),
            ('WWW-Authenticate', ask('three', 'c'))])
        again = self.peer.expect('OPTIONS')
        self.check(again, ask('one', 'a'))
        self.check(again, ask('three', 'c'))
        self.check(again, ask('two', 'b'), status=407)
        self.peer.respond(again, 200)
        self.assertEqual(finish()[0], 200)

    def test_realm_of_account(self):
        """AUTH-23: of several accounts the one for the realm answers"""
        finish = self.request('OPTIONS', 'strict')
        first = self.peer.expect('OPTIONS')
        self.challenge(first, ask('work', 'w'))
        second = self.peer.expect('OPTIONS')
        self.check(second, ask('work', 'w'), 'robert', 'another one')
        self.challenge(second, ask('home', 'h'))
        third = self.peer.expect('OPTIONS')
        self.check(third, ask('home', 'h'), 'bob')
        self.peer.respond(third, 200)
        self.assertEqual(finish()[0], 200)

    def test_foreign_realm(self):
        """AUTH-23: a realm that no account is for gets nothing, and the log says what to do"""
        session, invite = self.dial('strict')
        self.challenge(invite, ask('elsewhere'))
        self.check_end(session, 401)
        self.peer.expect_nothing(0.3)
        self.assertIn('add an [auth NAME] with realm=elsewhere to outbound-auths',
                      self.wait_for_line('elsewhere'))

    def test_no_account(self):
        """AUTH-23: without an account a call ends with 401 or 407, and the log names the keys"""
        for status in (401, 407):
            session, invite = self.dial('stranger')
            self.challenge(invite, ask(f'r{status}'), status=status)
            self.check_end(session, status)
            line = self.wait_for_line(f'r{status}')
            self.assertIn('Endpoint “stranger”', line)
            self.assertIn('set outbound-username and outbound-password', line)
        self.peer.expect_nothing(0.3)

    # -- algorithms --------------------------------------------------------------------------------

    def answered(self, *asked, endpoint='line', expected=None, username='alice', nonce='n1'):
        """A request is answered with one of the challenges; its credentials."""
        finish = self.request('MESSAGE', endpoint, 'body to be hashed')
        self.challenge(self.peer.expect('MESSAGE'), *asked)
        again = self.peer.expect('MESSAGE')
        given = self.check(again, expected or asked[0], username)
        self.peer.respond(again, 200)
        self.assertEqual(finish()[0], 200)
        return given

    def test_algorithms(self):
        """AUTH-36: MD5, SHA-256, SHA-512-256 and their -sess forms; with auth, auth-int, nothing"""
        for algorithm in (None, 'MD5', 'SHA-256', 'SHA-512-256'):
            for session in ('', '-sess') if algorithm else ('',):
                for qop in ('auth', 'auth-int', 'auth,auth-int', None):
                    if session and not qop:
                        continue  # RFC 2069 has no cnonce to hash
                    given = self.answered(ask(algorithm=algorithm and algorithm + session,
                                              qop=qop, opaque='"x y"'))
                    self.assertEqual(given.get('qop'), qop and qop.split(',')[0])

    def test_strongest(self):
        """AUTH-36: of several challenges of a realm the strongest is answered, in any order"""
        md5, sha256, sha512 = (ask(algorithm=name, nonce=name)
                               for name in ('MD5', 'SHA-256', 'SHA-512-256'))
        unknown = ask(algorithm='SHA3-512')
        for asked, expected in (((md5, sha256), sha256), ((sha256, md5), sha256),
                                ((md5, sha512, sha256), sha512), ((unknown, md5), md5),
                                ((f'{md5}, {sha256}',), sha256),
                                (('Basic realm="home"', md5), md5)):
            self.answered(*asked, expected=expected)

    def test_hashes(self):
        """AUTH-23: a password that is stored as a hash answers its realm and its algorithm"""
        md5, sha256, sha512 = (ask('trunk', name, name)
                               for name in ('MD5', 'SHA-256', 'SHA-512-256'))
        for endpoint, asked, expected in (
                ('hashed', (sha512, sha256, md5), sha256), ('hashed', (md5,), md5),
                ('simple', (sha256, md5), md5)):
            self.answered(*asked, endpoint=endpoint, expected=expected, username='carol')
        for endpoint, asked in (('simple', sha256), ('hashed', ask('trunk', algorithm='MD5-sess',
                                                                   qop=None)),
                                ('hashed', ask('other'))):
            finish = self.request('OPTIONS', endpoint)
            self.challenge(self.peer.expect('OPTIONS'), asked)
            if 'MD5-sess' in asked:
                self.peer.respond(self.peer.expect('OPTIONS'), 200)
                self.assertEqual(finish()[0], 200)
            else:
                self.assertEqual(finish()[0], 401)

    # -- refusals ----------------------------------------------------------------------------------

    def test_refused(self):
        """AUTH-23: a realm that refuses the password is not asked again"""
        session, invite = self.dial()
        self.challenge(invite, ask('picky', 'n1'))
        again = self.peer.expect('INVITE')
        self.challenge(again, ask('picky', 'n2'))
        self.check_end(session, 401)
        self.peer.expect_nothing(0.3)
        line = self.wait_for_line('“picky” refuses')
        self.assertIn('account “alice”; check its user name and password', line)

    def test_stale(self):
        """AUTH-23: a nonce that is too old is replaced, once for a request"""
        finish = self.request('OPTIONS')
        first = self.peer.expect('OPTIONS')
        self.challenge(first, ask(nonce='n1'))
        second = self.peer.expect('OPTIONS')
        self.challenge(second, ask(nonce='n2', stale='true'))
        third = self.peer.expect('OPTIONS')
        self.check(third, ask(nonce='n2'))
        self.assertEqual(third.cseq, first.cseq + 2)
        self.challenge(third, ask(nonce='n3', stale='true'))
        self.assertEqual(finish()[0], 401)
        self.peer.expect_nothing(0.3)

    def test_stale_in_dialog(self):
        """AUTH-23: a nonce of the call is too old later, whether or not it is called stale"""
        session, _invite, _ = self.establish('line', ask(nonce='n1'))
        for number, more in ((2, {'stale': 'TRUE'}), (3, {})):
            finish = self.start(session, 'SendInfo', 'say', 'text/plain', 1, 104)
            info = self.peer.expect('INFO')
            self.check(info, ask(nonce=f'n{number - 1}'), nc=2)
            self.challenge(info, ask(nonce=f'n{number}', **more))
            again = self.peer.expect('INFO')
            self.check(again, ask(nonce=f'n{number}'))
            self.peer.respond(again, 200)
            self.assertEqual(finish()[0], 200)
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE'), 200)
        self.check_end(session, 200)

    def test_endless(self):
        """AUTH-23: one who always asks for another realm is left after seven requests"""
        session, invite = self.dial()
        for number in range(6):
            self.challenge(invite, ask(f'r{number}', f'n{number}'), status=407)
            invite = self.peer.expect('INVITE')
        self.assertEqual(len(self.credentials(invite, 407)), 6)
        self.challenge(invite, ask('r6'), status=407)
        self.check_end(session, 407)
        self.peer.expect_nothing(0.3)

    def test_cancel(self):
        """AUTH-23: a call that was given up is not sent again, whenever the challenge comes"""
        session, invite = self.dial()
        self.peer.respond(invite, 180, tag='early')
        self.daemon.wait(session, 'ringing')
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('CANCEL'), 200)
        self.challenge(invite, ask(), status=407)
        self.check_end(session, 487)
        self.peer.expect_nothing(0.3)

    def test_cancel_after(self):
        """AUTH-23: a call is given up while it rings after the challenge"""
        session, invite = self.dial()
        self.challenge(invite, ask(), status=407)
        again = self.peer.expect('INVITE')
        self.peer.respond(again, 180, tag='early')
        self.daemon.wait(session, 'ringing')
        self.daemon.call(session, 'Session', 'Hangup')
        cancel = self.peer.expect('CANCEL')
        self.assertEqual(cancel.via.branch, again.via.branch)
        self.peer.respond(cancel, 200)
        self.peer.respond(again, 487, tag='early')
        self.peer.expect('ACK')
        self.check_end(session, 487)

    # -- hostile -----------------------------------------------------------------------------------

    def test_forged(self):
        """AUTH-23: a challenge that belongs to no request of ours gets no credentials"""
        session, invite = self.dial()
        branch = invite.via.branch
        foreign = Peer('udp')
        self.addCleanup(foreign.close)
        for who in (self.peer, foreign):
            for old, new in ((branch, 'z9hG4bK-guessed'), (invite.call_id, 'guessed@call'),
                             (f'{invite.cseq} INVITE', f'{invite.cseq + 1} INVITE'),
                             (f'{invite.cseq} INVITE', f'{invite.cseq} OPTIONS'),
                             (re.search(r'tag=([^;]+)', invite['From']).group(1), 'guessed')):
                forged = who.response(invite, 401, headers=[('WWW-Authenticate', ask('evil'))])
                who.send_raw(forged.to_bytes().replace(old.encode(), new.encode()),
                             to=invite.source)
        # The true answer to the INVITE comes after all of them, and ends the wait.
        self.peer.respond(invite, 486)
        self.peer.expect('ACK')
        self.check_end(session, 486)
        for who in (self.peer, foreign):
            who.expect_nothing(0.2, skip=('ACK',))
        self.assertNotIn('evil', '\n'.join(self.daemon.log.all))

    def test_late(self):
        """AUTH-23: a challenge of a call that is over, and one after the answer, do nothing"""
        session, invite, _ = self.establish()
        late = self.peer.response(invite, 401, tag='up', headers=[('WWW-Authenticate', ask())])
        self.peer.send(late, to=invite.source)
        self.peer.expect_nothing(0.3, skip=('ACK',))
        self.assertEqual(self.daemon.get(session, 'Session', 'State'), 'active')
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE', skip=('ACK',)), 200)
        self.check_end(session, 200)
        self.peer.send(late, to=invite.source)
        self.peer.expect_nothing(0.3, skip=('ACK',))

    def test_malformed(self):
        """AUTH-23: challenges that are none end the request with 401, and harm nothing"""
        for value in ('Digest', 'Digest realm="x"', 'Digest nonce="x"', 'Basic realm="home"',
                      'Digest realm="x, nonce="y"', 'Digest realm="a", realm="b", nonce="c"',
                      'Digest ' + 'a' * 4000, 'Negotiate oRg=', ',,,,', '\x01\x02',
                      'Digest realm="x", nonce="y", algorithm=ROT13', '"', 'Digest =,=,='):
            finish = self.request('OPTIONS')
            self.challenge(self.peer.expect('OPTIONS'), value)
            self.assertEqual(finish()[0], 401, value)
        self.peer.expect_nothing(0.2)
        # Many at once: so many and no more are looked at, and the answer stays small.
        finish = self.request('OPTIONS')
        self.challenge(self.peer.expect('OPTIONS'),
                       *(ask(f'realm-{number}', 'n') for number in range(60)))
        again = self.peer.expect('OPTIONS')
        self.assertLessEqual(len(again.all('Authorization')), 8)
        self.peer.respond(again, 200)
        self.assertEqual(finish()[0], 200)

    def test_quoting(self):
        """AUTH-23: what stands in quotation marks goes back as it came"""
        self.answered(r'Digest realm="a \"b\" \\c, d=e", nonce="n\"1", opaque="o\\", qop=auth')

    def test_trace(self):
        """AUTH-23: credentials are masked wherever a call is shown"""
        capture = self.daemon.directory / 'call.pcap'
        session, invite, _ = self.establish('line', ask(), status=407)
        given = self.credentials(invite, 407)['home']
        self.daemon.call('', 'Trace', 'SavePcap', 'os', session, capture)
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE'), 200)
        self.check_end(session, 200)
        shown = capture.read_bytes()
        self.assertIn(b'Proxy-Authorization: Digest', shown)
        self.assertIn(given['nonce'].encode(), shown)
        self.assertIn(given['cnonce'].encode(), shown)
        shown += self.daemon.call(session, 'Session', 'GetLadder')[0].encode()
        shown += '\n'.join(self.daemon.log.all).encode()
        self.assertNotIn(given['response'].encode(), shown)
        self.assertNotIn(PASSWORD.encode(), shown)
        # What others prove to us: the secret is covered, who it was is told.
        self.peer.target = self.daemon.address()
        proof = sip_digest.authorization(ask(), 'INVITE', 'sip:x', 'eve', 'secret')
        self.peer.send('INVITE', uri=self.peer.target_uri('600'), body=SDP,
                       headers=[f'Authorization: {proof}'])
        self.peer.expect(200)
        session = self.daemon.objects('session')[-1]
        value = self.daemon.call(session, 'Session', 'GetHeader', 'su', 'authorization', 0)[0]
        self.assertIn('username="eve"', value)
        self.assertIn(f'response="{"*" * 32}"', value)
        self.daemon.call(session, 'Session', 'Hangup')
        self.peer.respond(self.peer.expect('BYE'), 200)

    def test_tcp(self):
        """AUTH-23: over TCP, IPv4 and IPv6"""
        for family in ('127.0.0.1', '::1'):
            with Peer('tcp', family) as callee:
                session = self.daemon.dial(callee.uri, 'line')
                first = callee.expect('INVITE')
                callee.respond(first, 407, headers=[('Proxy-Authenticate', ask())])
                again = callee.expect('INVITE', skip=('ACK',))
                self.check_again(first, again)
                self.check(again, ask(), status=407)
                callee.respond(again, 486)
                callee.expect('ACK')
                self.check_end(session, 486)


if __name__ == '__main__':
    agent.main(120)
