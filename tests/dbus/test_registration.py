# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-01 to TRNK-16: ahoyd registers with a scripted server, and does what its answers say."""

import re
import time

import agent
import sip_digest
from daemon import Daemon, DaemonTestCase, anyone
from sip_peer import SDP, Peer

PASSWORD = 'open, sesame'
QUICK = 'retry-interval=200ms\nmax-retry-interval=400ms\ntimeout=2s\n'


def until(accept, what, timeout=20):
    """Asks again and again until the answer is good; returns it."""
    end = time.monotonic() + timeout
    while not (answer := accept()):
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.02)  # between two questions, not for anything to happen
    return answer


class Case(DaemonTestCase):

    def setUp(self):
        self.peer = self.open_peer()
        self.names = []

    def open_peer(self, transport='udp', host='127.0.0.1'):
        peer = Peer(transport, host)
        self.addCleanup(peer.close)
        return peer

    def put(self, name, text='', kind='registration', **keys):
        """Puts an object at run time; it goes with the test."""
        values = dict(line.split('=', 1) for line in text.splitlines() if line)
        values.update({key.replace('_', '-'): value for key, value in keys.items()})
        pairs = [word for pair in values.items() for word in pair]
        self.daemon.call('', 'Config', 'Put', 'ssa{ss}', kind, name, len(values), *pairs)
        if (kind, name) not in self.names:
            self.names.append((kind, name))
            self.addCleanup(self.delete, kind, name)

    def delete(self, kind, name):
        if (kind, name) in self.names:
            self.daemon.call('', 'Config', 'Delete', 'ss', kind, name)

    def register(self, name='home', text='', **keys):
        """A registration of alice with the peer; its first REGISTER."""
        values = {'server': f'<{self.peer.uri}>', 'client': '<sip:alice@example.org>', **keys}
        self.put(name, text, **values)
        return self.peer.expect('REGISTER')

    def answer(self, request, status=200, peer=None, expires=3600, headers=(), **more):
        """A binding with its time, as a server shows it."""
        contact = f'{request["Contact"].split(";expires")[0]};expires={expires}'
        (peer or self.peer).respond(request, status, headers=headers, contact=contact
                                    if status < 300 else False, **more)

    def state(self, name='home'):
        return self.daemon.get(f'registration/{name}', 'Registration', 'State')

    def wait(self, state, name='home'):
        until(lambda: self.state(name) == state,
              f'{name} does not become {state}\n' + self.daemon.report())
        return self.daemon.get_all(f'/org/ahoy/Ahoy1/registration/{name}', 'Registration')

    def finish(self, peer=None, name='home'):
        """Takes the registration away, and answers the farewell."""
        self.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'registration', name, 3,
                         'server', f'<{self.peer.uri}>', 'client', '<sip:alice@example.org>',
                         'enabled', 'no')
        farewell = (peer or self.peer).expect('REGISTER')
        (peer or self.peer).respond(farewell, 200, contact=False)
        return farewell


class Register(Case):
    def test_request(self):
        """TRNK-01: REGISTER says who asks whom, and where we are (RFC 3261 section 10.2)"""
        first = self.register()
        self.assertEqual(first.uri, f'sip:{self.peer.address}')
        self.assertIn('<sip:alice@example.org>', first['From'])
        self.assertEqual(first['To'], '<sip:alice@example.org>')
        self.assertEqual(first['Expires'], '3600')
        self.assertEqual(first['Contact'],
                         f'<sip:alice@127.0.0.1:{self.daemon.ports["udp"]}>')
        self.assertEqual(self.state(), 'registering')
        before = time.time()
        self.answer(first, expires=100)
        known = self.wait('registered')
        self.assertEqual((known['Status'], known['Reason']), (200, 'OK'))
        self.assertEqual(known['Server'], self.peer.uri)
        self.assertAlmostEqual(known['ExpiresAt'] / 1e6, before + 100, delta=3)
        until_next = known['NextAttemptAt'] / 1e6 - before
        self.assertTrue(74 < until_next < 94, until_next)
        self.assertEqual(known['StatusText'], f'Registered with {self.peer.uri}')
        farewell = self.finish()
        self.assertEqual(farewell['Expires'], '0')
        self.assertEqual(farewell['Contact'], first['Contact'])
        self.assertEqual(farewell.call_id, first.call_id)
        self.assertEqual(farewell.cseq, first.cseq + 1)
        known = self.wait('unregistered')
        self.assertEqual((known['ExpiresAt'], known['NextAttemptAt']), (0, 0))
        self.assertEqual(known['StatusText'], 'Not enabled')

    def test_refresh(self):
        """TRNK-01: it registers again before the time is over, with the same Call-ID"""
        request = self.register(expiration='10s')
        for number in range(3):
            self.answer(request, expires=1)
            begin = time.monotonic()
            again = self.peer.expect('REGISTER', timeout=20)
            self.assertLess(time.monotonic() - begin, 10)
            self.assertEqual(again.call_id, request.call_id)
            self.assertEqual(again.cseq, request.cseq + 1)
            self.assertEqual(self.state(), 'registered')
            request = again
        self.answer(request)
        self.finish()

    def test_digest(self):
        """TRNK-02 outbound-username: 401 is answered, and counts as the same registration"""
        first = self.register(outbound_username='alice', outbound_password=PASSWORD)
        self.peer.respond(first, 401, contact=False, headers=[
            ('WWW-Authenticate', 'Digest realm="home", nonce="n1", qop="auth"')])
        again = self.peer.expect('REGISTER')
        given = sip_digest.parse_challenge(again['Authorization'])[1]
        self.assertEqual(given['response'], sip_digest.digest_response(
            'REGISTER', again.uri, 'alice', PASSWORD, 'home', 'n1', 'MD5', 'auth',
            given['cnonce'], given['nc'], b''))
        self.assertEqual((again.call_id, again.cseq), (first.call_id, first.cseq + 1))
        self.answer(again)
        self.wait('registered')
        farewell = self.finish()
        self.assertEqual(farewell.cseq, again.cseq + 1)

    def test_endpoint(self):
        """TRNK-02 endpoint: its account, its proxy and its name are used"""
        proxy = self.open_peer()
        self.put('line', kind='endpoint', auth='none', from_user='carol', from_domain='example.net',
                 outbound_username='carol', outbound_password=PASSWORD,
                 outbound_proxy=f'<{proxy.uri}>')
        self.put('home', server='<sip:registrar.invalid>', endpoint='line')
        first = proxy.expect('REGISTER')
        self.assertEqual(first.uri, 'sip:registrar.invalid')
        self.assertEqual(first['To'], '<sip:carol@example.net>')
        self.assertEqual(first['Route'], f'<{proxy.uri};lr>')
        proxy.respond(first, 407, contact=False, headers=[
            ('Proxy-Authenticate', 'Digest realm="x", nonce="n1", qop="auth"')])
        again = proxy.expect('REGISTER')
        self.assertIn('username="carol"', again['Proxy-Authorization'])
        self.answer(again, peer=proxy)
        known = self.wait('registered')
        self.assertEqual(known['Endpoint'], '/org/ahoy/Ahoy1/endpoint/line')
        self.daemon.call('', 'Config', 'Delete', 'ss', 'registration', 'home')
        proxy.respond(proxy.expect('REGISTER'), 200, contact=False)
        self.put('home', server='<sip:registrar.invalid>', enabled='no', client='<sip:a@b.c>')

    def test_contact(self):
        """TRNK-02: contact-user, contact-params, transport, user-agent, support-path, outbound"""
        tcp = self.open_peer('tcp')
        self.put('home', server=f'<{tcp.uri}>', client='<sip:alice@example.org>',
                 contact_user='17', contact_params='q=0.5;+x.note="a b"', transport='tcp',
                 user_agent='Desk 1', support_outbound='yes')
        first = tcp.expect('REGISTER')
        self.assertEqual(first['User-Agent'], 'Desk 1')
        self.assertEqual(first.tokens('Supported'), {'path', 'outbound'})
        found = re.fullmatch(
            r'<sip:17@127\.0\.0\.1:(\d+);transport=tcp;ob>;q=0\.5;\+x\.note="a b";'
            r'\+sip\.instance="<urn:uuid:([0-9a-f-]{36})>";reg-id=1', first['Contact'])
        self.assertIsNotNone(found, first['Contact'])
        self.assertEqual(int(found.group(1)), self.daemon.ports['tcp'])
        self.answer(first, peer=tcp)
        self.wait('registered')
        self.put('home', server=f'<{tcp.uri}>', client='<sip:alice@example.org>', enabled='no')
        farewell = tcp.expect('REGISTER')
        self.assertEqual(farewell['Contact'], first['Contact'])
        tcp.respond(farewell, 200, contact=False)
        self.wait('unregistered')

    def test_matching(self):
        """TRNK-01: of several contacts ours counts, however it is written"""
        first = self.register()
        port = self.daemon.ports['udp']
        self.peer.respond(first, 200, contact=False, headers=[
            ('Expires', '7'),
            ('Contact', f'<sip:bob@192.0.2.1>;expires=5, <SIP:%61lice@127.0.0.1:{port}>'
                        ';q=1;expires=77')])
        known = self.wait('registered')
        self.assertAlmostEqual(known['ExpiresAt'] / 1e6, time.time() + 77, delta=3)
        self.finish()

    def test_too_brief(self):
        """TRNK-02: 423 with Min-Expires is followed"""
        first = self.register(expiration='60s')
        self.peer.respond(first, 423, 'Interval Too Brief', contact=False,
                          headers=[('Min-Expires', '600')])
        again = self.peer.expect('REGISTER')
        self.assertEqual(again['Expires'], '600')
        self.assertEqual((again.call_id, again.cseq), (first.call_id, first.cseq + 1))
        self.answer(again, expires=600)
        self.wait('registered')
        self.finish()

    def test_moved(self):
        """TRNK-02: 302 is followed, and not for ever"""
        other = self.open_peer()
        first = self.register()
        self.peer.respond(first, 302, contact=f'<{other.uri}>')
        again = other.expect('REGISTER')
        self.assertEqual(again['To'], first['To'])
        self.assertEqual(again.cseq, first.cseq + 1)
        self.answer(again, peer=other)
        known = self.wait('registered')
        self.assertEqual(known['Server'], other.uri)
        self.finish(other)

    def test_circle(self):
        """TRNK-02: a server that sends us round in a circle is left alone"""
        request = self.register()
        for _ in range(6):
            self.peer.respond(request, 302, contact=f'<{self.peer.uri}>')
            if _ < 5:
                request = self.peer.expect('REGISTER')
        self.assertEqual(self.wait('rejected')['Status'], 302)
        self.peer.expect_nothing(1)

    def test_by_hand(self):
        """TRNK-01: Unregister and Register on the bus, and by ahoyctl"""
        self.answer(self.register())
        self.wait('registered')
        for command, expires in (('unregister', '0'), ('register', '3600')):
            with self.start(command) as finish:
                request = self.peer.expect('REGISTER')
                self.assertEqual(request['Expires'], expires)
                self.answer(request)
                done = finish()
            self.assertEqual((done.returncode, done.stdout), (0, '200 OK\n'), done.stderr)
            self.wait('unregistered' if expires == '0' else 'registered')
        shown = self.daemon.ctl('registrations').stdout
        self.assertIn('home', shown)
        self.assertIn('registered', shown)
        done = self.daemon.ctl('register', 'nobody', check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('There is no registration “nobody”', done.stderr)
        self.finish()

    def start(self, *arguments):
        """Runs ahoyctl beside the test."""
        import concurrent.futures
        import contextlib

        @contextlib.contextmanager
        def run():
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                future = pool.submit(self.daemon.ctl, *arguments, 'home', check=False)
                yield lambda: future.result(30)
        return run()

    def test_service_route(self):
        """TRNK-08: Service-Route and P-Associated-URI are known"""
        first = self.register()
        self.answer(first, headers=[('Service-Route', '<sip:p1.example.org;lr>'),
                                    ('Service-Route', '<sip:p2.example.org;lr>'),
                                    ('P-Associated-URI', '<sip:alice@example.org>'),
                                    ('P-Associated-URI', '<tel:+4912345>')])
        known = self.wait('registered')
        self.assertEqual(known['ServiceRoute'],
                         ['<sip:p1.example.org;lr>', '<sip:p2.example.org;lr>'])
        self.assertEqual(known['AssociatedUris'], ['<sip:alice@example.org>', '<tel:+4912345>'])
        self.finish()
        self.assertEqual(self.wait('unregistered')['ServiceRoute'], [])

    def test_learn(self):
        """TRNK-02 learn-address: Contact shows where the server sees us"""
        first = self.register(learn_address='yes')
        first.set('Via', first['Via'].replace('rport', 'rport=4321') + ';received=192.0.2.9')
        self.answer(first)
        again = self.peer.expect('REGISTER')
        self.assertEqual(again['Contact'], '<sip:alice@192.0.2.9:4321>')
        again.set('Via', again['Via'].replace('rport', 'rport=4321') + ';received=192.0.2.9')
        self.answer(again)
        self.wait('registered')
        self.peer.expect_nothing(0.5)
        self.assertEqual(self.finish()['Contact'], again['Contact'])


    def test_change(self):
        """TRNK-02: another configuration takes the binding back first, and then makes its own"""
        keys = {'server': f'<{self.peer.uri}>', 'client': '<sip:alice@example.org>'}
        first = self.register()
        self.answer(first)
        self.wait('registered')
        self.put('home', expiration='600s', **keys)  # the binding is the same
        again = self.peer.expect('REGISTER')
        self.assertEqual((again['Expires'], again['Contact']), ('600', first['Contact']))
        self.put('home', contact_user='17', **keys)  # while one is on its way
        self.put('home', contact_user='18', **keys)
        self.answer(again)
        farewell = self.peer.expect('REGISTER')
        self.assertEqual((farewell['Expires'], farewell['Contact']), ('0', first['Contact']))
        self.peer.respond(farewell, 200, contact=False)
        other = self.peer.expect('REGISTER')
        self.assertTrue(other['Contact'].startswith('<sip:18@'), other['Contact'])
        self.assertEqual((other['Expires'], other.call_id), ('3600', first.call_id))
        self.assertEqual([message.cseq for message in (again, farewell, other)],
                         [first.cseq + 1, first.cseq + 2, first.cseq + 3])
        self.answer(other)
        self.wait('registered')
        self.peer.expect_nothing(0.3)
        self.put('home', enabled='no', contact_user='18', **keys)
        self.answer(self.peer.expect('REGISTER'))
        self.wait('unregistered')

    def test_module(self):
        """TRNK-01: without the module nothing is registered; others are told of the state"""
        self.answer(self.register())
        self.wait('registered')
        self.assertIn('registered', self.daemon.ctl('states', 'registration').stdout)
        self.daemon.call('', 'Manager', 'UnloadModule', 's', 'registration')
        farewell = self.peer.expect('REGISTER')
        self.assertEqual(farewell['Expires'], '0')
        self.answer(farewell)
        self.wait('unregistered')
        done = self.daemon.ctl('register', 'home', check=False)
        self.assertIn('is not running', done.stderr)
        self.daemon.call('', 'Manager', 'LoadModule', 's', 'registration')
        self.answer(self.peer.expect('REGISTER'))
        self.wait('registered')
        self.finish()

    def test_closed(self):
        """TRNK-07: when the connection is closed, it registers again over a new one"""
        tcp = self.open_peer('tcp')
        keys = {'server': f'<{tcp.uri}>', 'client': '<sip:alice@example.org>'}
        self.put('home', QUICK, **keys)
        first = tcp.expect('REGISTER')
        self.answer(first, peer=tcp)
        self.wait('registered')
        connection = first.connection
        for _ in range(2):
            begin = time.monotonic()
            connection.close()
            again = tcp.expect('REGISTER')
            self.assertLess(time.monotonic() - begin, 10)
            self.assertIsNot(again.connection, connection)
            self.assertEqual(again.call_id, first.call_id)
            self.answer(again, peer=tcp)
            connection = again.connection
        self.put('home', enabled='no', **keys)
        tcp.respond(tcp.expect('REGISTER'), 200, contact=False)
        self.wait('unregistered')

    def test_keep_alive_tcp(self):
        """TRNK-07: a connection is asked by double CRLF, as often as Flow-Timer wants (RFC 5626)"""
        tcp = self.open_peer('tcp')
        keys = {'server': f'<{tcp.uri}>', 'client': '<sip:alice@example.org>',
                'support_outbound': 'yes'}
        self.put('home', **keys)
        first = tcp.expect('REGISTER')
        self.answer(first, peer=tcp, headers=[('Flow-Timer', '2'), ('Require', 'outbound')])
        self.wait('registered')
        for _ in range(2):
            tcp.expect_pong(first.connection)  # a double CRLF looks like two of them
            tcp.expect_pong(first.connection)
            first.connection.send(b'\r\n')
        self.put('home', enabled='no', **keys)
        tcp.respond(tcp.expect('REGISTER'), 200, contact=False)
        self.wait('unregistered')

    def test_keep_alive_udp(self):
        """TRNK-07: over UDP the server is asked with OPTIONS; when it is silent, we register"""
        first = self.register(keep_alive='1s')
        self.answer(first)
        ping = self.peer.expect('OPTIONS', timeout=10)
        self.assertEqual(ping['To'], '<sip:alice@example.org>')
        self.peer.respond(ping, 404, contact=False)  # it is there
        ping = self.peer.expect('OPTIONS', timeout=10)
        self.assertEqual(self.state(), 'registered')
        again = self.peer.expect('REGISTER', skip=('OPTIONS',), timeout=15)  # 64 * t1
        self.assertEqual((again.call_id, again.cseq), (first.call_id, first.cseq + 1))
        self.answer(again)
        self.finish()

    def test_service_route_of_calls(self):
        """TRNK-08: calls and requests of the endpoint take the Service-Route (RFC 3608)"""
        proxy = self.open_peer()
        self.put('line', kind='endpoint', auth='none', outbound_proxy='<sip:nowhere.invalid>')
        first = self.register(endpoint='line', outbound_proxy=f'<{self.peer.uri}>')
        self.answer(first, headers=[('Service-Route', f'<{proxy.uri};lr>'),
                                    ('Service-Route', '<sip:next.example.org;lr>')])
        self.wait('registered')
        session = self.daemon.dial('sip:bob@example.org', 'line')
        invite = proxy.expect('INVITE')
        self.assertEqual(invite.uri, 'sip:bob@example.org')
        self.assertEqual(invite.all('Route'), [f'<{proxy.uri};lr>', '<sip:next.example.org;lr>'])
        proxy.respond(invite, 486, contact=False)
        proxy.expect('ACK')
        self.assertEqual(self.daemon.wait(session, 'ended')[1], 486)
        self.put('home', server=f'<{self.peer.uri}>', client='<sip:alice@example.org>',
                 endpoint='line', outbound_proxy=f'<{self.peer.uri}>', enabled='no')
        self.peer.respond(self.peer.expect('REGISTER'), 200, contact=False)
        self.wait('unregistered')

    def test_trunk(self):
        """DATA-30, TRNK-01: a trunk with register=yes registers, and gets its calls by the line"""
        trunk = {'server': f'<{self.peer.uri}>', 'username': '4912345', 'password': PASSWORD,
                 'domain': 'provider.example', 'context': 'demo'}
        self.put('echo', kind='route', context='demo', match='4912345', do='answer')
        self.put('provider', kind='trunk', register='yes', **trunk)
        first = self.peer.expect('REGISTER')
        self.assertEqual(first['To'], '<sip:4912345@provider.example>')
        self.peer.respond(first, 401, contact=False, headers=[
            ('WWW-Authenticate', 'Digest realm="p", nonce="n1", qop="auth"')])
        again = self.peer.expect('REGISTER')
        self.assertIn('username="4912345"', again['Authorization'])
        self.answer(again)
        self.wait('registered', 'provider')
        caller = Peer('udp', '127.0.0.1', target=('127.0.0.1', self.daemon.ports['udp']))
        self.addCleanup(caller.close)
        invite = caller.build_invite(str(again.contact.uri), SDP)
        caller.send(invite)
        self.assertEqual(caller.expect('final').status, 200)
        session = self.daemon.objects('session')[-1]
        self.assertEqual(self.daemon.get(session, 'Session', 'Endpoint'),
                         '/org/ahoy/Ahoy1/endpoint/provider')
        self.daemon.call(session, 'Session', 'Hangup')
        self.names.remove(('trunk', 'provider'))
        self.daemon.call('', 'Config', 'Delete', 'ss', 'trunk', 'provider')
        farewell = self.peer.expect('REGISTER')
        self.assertEqual(farewell['Expires'], '0')
        self.peer.respond(farewell, 401, contact=False, headers=[
            ('WWW-Authenticate', 'Digest realm="p", nonce="n2", qop="auth"')])
        farewell = self.peer.expect('REGISTER')
        self.assertEqual(farewell['Expires'], '0')
        self.assertIn('username="4912345"', farewell['Authorization'])
        self.peer.respond(farewell, 200, contact=False)


class Refused(Case):
    def test_forbidden(self):
        """TRNK-02: 403 is final, and with forbidden-retry-interval it is tried again"""
        self.peer.respond(self.register(), 403, contact=False)
        known = self.wait('rejected')
        self.assertEqual((known['Status'], known['NextAttemptAt']), (403, 0))
        self.assertIn('403 Forbidden; it is not tried again by itself', known['StatusText'])
        self.peer.expect_nothing(0.6)
        self.put('home', server=f'<{self.peer.uri}>', client='<sip:alice@example.org>',
                 forbidden_retry_interval='300ms')
        second = self.peer.expect('REGISTER')
        begin = time.monotonic()
        self.peer.respond(second, 403, contact=False)
        again = self.peer.expect('REGISTER')
        self.assertGreater(time.monotonic() - begin, 0.25)
        self.answer(again)
        self.wait('registered')
        self.finish()

    def test_fatal(self):
        """TRNK-02: 404 is final, and with fatal-retry-interval it is tried again"""
        self.peer.respond(self.register(), 404, contact=False)
        self.assertIn('check client', self.wait('rejected')['StatusText'])
        self.peer.expect_nothing(0.6)
        self.put('home', server=f'<{self.peer.uri}>', client='<sip:alice@example.org>',
                 fatal_retry_interval='300ms')
        self.peer.respond(self.peer.expect('REGISTER'), 404, contact=False)
        self.answer(self.peer.expect('REGISTER'))
        self.wait('registered')
        self.finish()

    def challenge(self, request):
        self.peer.respond(request, 401, contact=False, headers=[
            ('WWW-Authenticate', 'Digest realm="home", nonce="n1", qop="auth"')])

    def test_wrong_password(self):
        """TRNK-02: a refused account is final, but not with auth-rejection-permanent=no"""
        keys = {'outbound_username': 'alice', 'outbound_password': 'wrong'}
        self.challenge(self.register(**keys))
        self.challenge(self.peer.expect('REGISTER'))
        known = self.wait('rejected')
        self.assertIn('check the user name and the password', known['StatusText'])
        self.peer.expect_nothing(0.6)
        self.put('home', QUICK, server=f'<{self.peer.uri}>', client='<sip:alice@example.org>',
                 auth_rejection_permanent='no', **keys)
        self.challenge(self.peer.expect('REGISTER'))
        self.challenge(self.peer.expect('REGISTER'))
        self.wait('rejected')
        self.answer(self.peer.expect('REGISTER'))
        self.wait('registered')
        self.finish()

    def test_retries(self):
        """TRNK-02: 503 is tried again after retry-interval, and max-retries ends that"""
        request = self.register(text=QUICK + 'max-retries=2')
        for number in range(3):
            begin = time.monotonic()
            self.peer.respond(request, 503, contact=False)
            if number < 2:
                request = self.peer.expect('REGISTER')
                # RFC 5626 section 4.5: half of the time is left to chance; it doubles
                self.assertTrue(0.09 * (number + 1) < time.monotonic() - begin < 10)
        known = self.wait('failed')
        self.assertEqual((known['Status'], known['NextAttemptAt']), (503, 0))
        self.peer.expect_nothing(0.7)

    def test_retry_after(self):
        """TRNK-13: Retry-After is honoured, and never too soon"""
        request = self.register(text=QUICK)
        begin = time.monotonic()
        self.peer.respond(request, 503, contact=False, headers=[('Retry-After', '2')])
        self.assertEqual(self.wait('failed')['Status'], 503)
        again = self.peer.expect('REGISTER')
        self.assertGreater(time.monotonic() - begin, 1.95)
        self.answer(again)
        self.wait('registered')
        self.finish()

    def test_silence(self):
        """TRNK-04 registertimeout: a server that says nothing is given up after timeout"""
        request = self.register(text='timeout=300ms\nretry-interval=200ms')
        known = self.wait('failed')
        self.assertEqual((known['Status'], known['Reason']), (408, 'The server does not answer'))
        again = self.peer.expect('REGISTER')
        while again.cseq == request.cseq:
            again = self.peer.expect('REGISTER')  # it was repeated
        self.assertEqual(again.call_id, request.call_id)
        self.answer(again)
        self.wait('registered')
        self.finish()

    def test_fail_over(self):
        """TRNK-16: the next server of the list is used, and the first one again when it can"""
        other = self.open_peer()
        servers = f'<{self.peer.uri}>, <{other.uri}>'
        first = self.register(text=QUICK + 'return-interval=500ms', server=servers)
        self.peer.respond(first, 503, contact=False)
        second = other.expect('REGISTER')
        self.assertEqual(second['To'], first['To'])
        self.assertEqual((second.call_id, second.cseq), (first.call_id, first.cseq + 1))
        self.answer(second, peer=other)
        self.assertEqual(self.wait('registered')['Server'], other.uri)
        self.peer.respond(self.peer.expect('REGISTER'), 503, contact=False)  # not yet
        self.assertEqual(self.state(), 'registered')
        back = self.peer.expect('REGISTER')
        self.assertEqual(self.daemon.get('registration/home', 'Registration', 'Server'), other.uri)
        self.answer(back)
        until(lambda: self.daemon.get('registration/home', 'Registration', 'Server') ==
              self.peer.uri, 'it does not go back')
        self.assertEqual(self.state(), 'registered')
        self.put('home', server=servers, client='<sip:alice@example.org>', enabled='no')
        self.peer.respond(self.peer.expect('REGISTER'), 200, contact=False)
        self.wait('unregistered')
        other.expect_nothing(0.2)

    def test_garbage(self):
        """TRNK-01: what a server says is not believed blindly"""
        # What became of an attempt is looked at before the next one.
        first = self.register(text='retry-interval=3s\nmax-retry-interval=3s\ntimeout=20s\n')
        self.peer.respond(first, 200, contact=False, headers=[
            ('Expires', '99999999999999999999'), ('Service-Route', '<sip:x;lr'),
            ('Flow-Timer', '-1'), ('P-Associated-URI', ',,,')])
        self.wait('registered')
        self.daemon.call('registration/home', 'Registration', 'SetEnabled', 'b', 'false')
        self.peer.respond(self.peer.expect('REGISTER'), 200, contact=False)
        self.wait('unregistered')
        self.daemon.call('registration/home', 'Registration', 'SetEnabled', 'b', 'true')
        self.answer(self.peer.expect('REGISTER'), expires=0)
        self.assertIn('keeps nothing', self.wait('failed')['StatusText'])
        self.answer(self.peer.expect('REGISTER'))
        self.wait('registered')
        self.finish()


class Line(Case):
    def test_line(self):
        """TRNK-06: a call by the line finds the endpoint, wherever it comes from; others do not"""
        self.put('trunk', kind='endpoint', auth='none', identify='line', context='demo')
        self.put('echo', kind='route', context='demo', match='alice', do='answer')
        first = self.register(endpoint='trunk', line='yes')
        self.answer(first)
        self.wait('registered')
        uri = first.contact.uri
        self.assertRegex(str(uri), r';line=[0-9a-f]{32}$')
        stranger = Peer('udp', '127.0.0.1', target=('127.0.0.1', self.daemon.ports['udp']))
        self.addCleanup(stranger.close)
        stranger.send(stranger.build('OPTIONS', str(uri)))
        self.assertEqual(stranger.expect(200).status, 200)
        self.finish()


class Restart(Case):
    def test_restart(self):
        """TRNK-06, TRNK-11: the line, the device and the switch are the same after a restart"""
        peer = self.peer
        config = anyone() + f'''
[endpoint trunk]
auth=none
identify=line

[registration home]
server=<{peer.uri}>
client=<sip:alice@example.org>
endpoint=trunk
line=yes
support-outbound=yes
'''
        daemon = Daemon(config)
        first = peer.expect('REGISTER')
        self.answer(first)
        daemon.process.terminate()
        farewell = peer.expect('REGISTER')
        self.assertEqual(farewell['Expires'], '0')
        self.answer(farewell)
        self.assertEqual(daemon.process.wait(20), 0)
        state = (daemon.state / 'registrations').read_text('utf-8')
        found = re.search(r';line=([0-9a-f]{32})', first['Contact'])
        self.assertIn(f'line={found.group(1)}', state)
        self.assertIn(re.search(r'urn:uuid:[0-9a-f-]+', first['Contact']).group(), state)
        self.assertEqual((daemon.state / 'registrations').stat().st_mode & 0o777, 0o600)
        again = Daemon(config, '--state', str(daemon.state))
        second = peer.expect('REGISTER')
        self.assertEqual(second['Contact'].replace(str(again.ports['udp']), ''),
                         first['Contact'].replace(str(daemon.ports['udp']), ''))
        self.assertNotEqual(second.call_id, first.call_id)
        self.answer(second)
        again.ctl('disable', 'home', check=False)
        self.answer(peer.expect('REGISTER'))
        until(lambda: again.get('registration/home', 'Registration', 'State') == 'unregistered',
              'it does not unregister')
        again.stop()
        third = Daemon(config, '--state', str(daemon.state))
        self.assertFalse(third.get('registration/home', 'Registration', 'Enabled'))
        peer.expect_nothing(0.3)
        third.ctl('enable', 'home')
        self.answer(peer.expect('REGISTER'))
        third.process.terminate()
        self.answer(peer.expect('REGISTER'))
        third.stop()
        daemon.stop()


if __name__ == '__main__':
    agent.main(240)
