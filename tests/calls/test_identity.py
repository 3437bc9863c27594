# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Who talks with whom: what ahoyd tells its peers of each other, and what it believes of them."""

import json

import agent
from daemon import BusError
from test_dial import SDP, DialTestCase
from test_history import wait_for

PAI, RPID = 'p-asserted-identity', 'remote-party-id'


class Identity(DialTestCase):
    """Alice calls 1, and reaches Bob."""

    def begin(self, bob='', alice='', do='dial(bob)'):
        """@bob and @alice are keys of the endpoints, with | between them."""
        self.start(do, f'\n[endpoint bob]\nauth=none\nidentify=ip\ncontact=<{self.bob.uri}>\n'
                   + bob.replace('|', '\n') + '\n', endpoint=alice.replace('|', '\n'))
        self.alice = self.caller()
        self.host = '127.0.0.1:%d' % self.daemon.ports['udp']

    def invite(self, headers=()):
        self.alice.invite('1', headers=headers)
        return self.bob.called()

    def refuse(self, invite):
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        self.alice.expect(486)
        self.done()

    def answer(self, invite, headers=(), early=()):
        self.bob.respond(invite, 180, headers=early)
        ringing = self.alice.expect(180)
        self.bob.respond(invite, 200, body=SDP, headers=('Allow: INVITE, ACK, BYE, UPDATE',
                                                         *headers))
        self.bob.expect('ACK', skip=('INVITE',))
        return ringing, self.alice.answered()

    def end(self):
        self.alice.bye()
        self.bob.take('BYE')
        self.done()

    def session(self, direction, state='active'):
        """Path and properties of the only session of that kind."""
        for path in self.daemon.objects('session'):
            values = self.daemon.get_all(path, 'Session')
            if values['Direction'] == direction and values['State'] == state:
                return path, values
        raise AssertionError(f'no {direction} session is {state}')


class Told(Identity):
    """What INVITE says of the caller."""

    def test_no_header(self):
        """without send-identity there is From alone"""
        self.begin()
        invite = self.invite()
        self.assertIsNone(invite[PAI])
        self.assertIsNone(invite[RPID])
        self.refuse(invite)

    def test_asserted(self):
        """send-identity=pai: From of the caller, at our address"""
        self.begin('send-identity=pai')
        invite = self.invite()
        self.assertRegex(invite[PAI], r'^"Peer" <sip:peer@127\.0\.0\.1:\d+>$')
        self.assertIsNone(invite[RPID])
        self.refuse(invite)

    def test_remote_party(self):
        """send-identity=rpid: what an unknown caller says is not screened"""
        self.begin('send-identity=rpid')
        invite = self.invite()
        self.assertRegex(invite[RPID], r'^"Peer" <sip:peer@[^>]*>;party=calling;screen=no;'
                                       r'privacy=off$')
        self.assertIsNone(invite[PAI])
        self.refuse(invite)

    def test_both(self):
        """send-identity=both; the configuration of the caller says who it is"""
        self.begin('send-identity=both|from-domain=example.org', 'caller-id="Alice" <4711>')
        invite = self.invite()
        self.assertEqual(invite[PAI], '"Alice" <sip:4711@example.org>')
        self.assertEqual(invite[RPID], '"Alice" <sip:4711@example.org>;party=calling;screen=yes;'
                                       'privacy=off')
        self.refuse(invite)

    def test_preferred(self):
        """send-identity=ppi: a provider is told whom we would like to be"""
        self.begin('send-identity=ppi', 'caller-id=Alice <4711>')
        invite = self.invite()
        self.assertRegex(invite['p-preferred-identity'], '^"?Alice"? <sip:4711@')
        self.assertIsNone(invite[PAI])
        self.refuse(invite)

    def test_trusted_caller(self):
        """what a trusted caller asserts goes before its From"""
        self.begin('send-identity=both', 'trust-identity=yes')
        invite = self.invite(('P-Asserted-Identity: "Real" <sip:+4930@example.com>',))
        self.assertRegex(invite[PAI], r'^"Real" <sip:\+4930@127\.0\.0\.1:\d+>$')
        self.assertIn(';screen=yes', invite[RPID])
        self.assertIn('"Real" <sip:+4930@', invite['from'])
        self.refuse(invite)

    def test_untrusted_caller(self):
        """what anybody else asserts does not"""
        self.begin('send-identity=pai')
        invite = self.invite(('P-Asserted-Identity: "Fake" <sip:+4930@example.com>',
                              'Remote-Party-ID: <sip:fake@example.com>'))
        self.assertIn('<sip:peer@', invite[PAI])
        self.assertNotRegex(str(invite.headers), r'(?i)fake')
        self.refuse(invite)


class Private(Identity):
    """What is kept from the callee (RFC 3323, RFC 3325 §7)."""

    def check_hidden(self, invite):
        self.assertRegex(invite['from'], '^"Anonymous" <sip:anonymous@anonymous.invalid>;tag=')
        self.assertNotIn('alice', str(invite.headers).lower())
        self.assertNotRegex(str(invite.headers), r'\b4711\b')  # UUIDs may have it, too

    def test_untrusted_callee(self):
        """who is not trusted with it sees nothing"""
        self.begin('send-identity=both', 'trust-identity=yes')
        invite = self.invite(('P-Asserted-Identity: "Alice" <sip:4711@example.com>',
                              'Privacy: id;critical'))
        self.check_hidden(invite)
        self.assertIsNone(invite[PAI])
        self.assertIsNone(invite[RPID])
        self.refuse(invite)

    def test_trusted_callee(self):
        """who is trusted gets it, and is asked to keep it"""
        self.begin('send-identity=both|send-private-identity=yes', 'trust-identity=yes')
        invite = self.invite(('P-Asserted-Identity: "Alice" <sip:4711@example.com>',
                              'Privacy: id'))
        self.assertIn('anonymous@anonymous.invalid', invite['from'])
        self.assertIn('"Alice" <sip:4711@', invite[PAI])
        self.assertEqual(invite['privacy'], 'id')
        self.assertIn(';privacy=full', invite[RPID])
        self.refuse(invite)

    def test_configured(self):
        """caller-id-privacy keeps the number of an endpoint from all"""
        self.begin('send-identity=pai', 'caller-id=Alice <4711>|caller-id-privacy=name;number')
        invite = self.invite()
        self.check_hidden(invite)
        self.assertIsNone(invite[PAI])
        self.refuse(invite)

    def test_name_only(self):
        """a name alone can be kept"""
        self.begin('send-identity=both', 'caller-id=Alice <4711>|caller-id-privacy=name')
        invite = self.invite()
        self.assertRegex(invite['from'], '^<sip:4711@')
        self.assertRegex(invite[PAI], '^<sip:4711@')
        self.assertRegex(invite[RPID], '^<sip:4711@.*;privacy=name$')
        self.refuse(invite)

    def test_privacy_of_a_caller_with_a_name(self):
        """a caller that asks for privacy gets it, whatever name the configuration gives it"""
        self.begin('send-identity=pai', 'caller-id=Alice <4711>')
        invite = self.invite(('Privacy: user;id',))
        self.check_hidden(invite)
        self.refuse(invite)


class Connected(Identity):
    """What the caller is told of who answers."""

    def test_answer(self):
        """180 and 200 say who the callee is by its configuration, to who wants to know"""
        self.begin('caller-id=Bob <200>', 'send-identity=pai')
        ringing, answer = self.answer(self.invite())
        for response in ringing, answer:
            self.assertRegex(response[PAI], r'^"?Bob"? <sip:200@127\.0\.0\.1')
        path, values = self.session('incoming')
        self.assertEqual(values['LocalIdentity']['name']['data'], 'Bob')
        self.end()

    def test_asserted_by_callee(self):
        """who answers says it, and is believed; programs and the caller see it"""
        self.begin('trust-identity=yes', 'send-identity=rpid')
        bob = 'P-Asserted-Identity: "Bobby" <sip:+49200@example.com>'
        ringing, answer = self.answer(self.invite(), (bob,), (bob,))
        for response in ringing, answer:
            self.assertRegex(response[RPID], r'^"Bobby" <sip:\+49200@127.0.0.1[^>]*>;party=called;'
                                             r'screen=yes;privacy=off$')
        path, values = self.session('outgoing')
        identity = {key: value['data'] for key, value in values['ConnectedIdentity'].items()}
        self.assertEqual(identity, {
            'uri': 'sip:+49200@example.com', 'name': 'Bobby', 'number': '+49200',
            'header': 'P-Asserted-Identity', 'privacy': []})
        self.assertEqual(values['RemoteIdentity']['uri']['data'], self.bob.uri)
        shown = self.daemon.ctl('session', path.rsplit('/', 1)[1]).stdout
        self.assertIn('Bobby', shown)
        self.end()

    def test_not_believed(self):
        """who is not trusted can say what it wants"""
        self.begin('', 'send-identity=pai')
        ringing, answer = self.answer(self.invite(),
                                      ('P-Asserted-Identity: "Fake" <sip:fake@example.com>',))
        self.assertRegex(answer[PAI], '^<sip:peer@')
        self.end()

    def test_update(self):
        """in the middle of the call, somebody else is there: UPDATE"""
        self.begin('trust-identity=yes', 'send-identity=pai')
        self.answer(self.invite(('Allow: INVITE, ACK, BYE, UPDATE',)))
        self.bob.send('UPDATE', call=self.bob.call, headers=(
            'P-Asserted-Identity: "Carol" <sip:300@example.com>',))
        update = self.alice.expect('UPDATE')
        self.assertRegex(update[PAI], '^"Carol" <sip:300@127.0.0.1')
        self.assertEqual(update.body, b'')
        self.alice.respond(update, 200)
        self.bob.expect(200, skip=('ACK',))
        self.end()

    def test_reinvite(self):
        """a peer that does not know UPDATE gets a re-INVITE; the same again is not said twice"""
        self.begin('trust-identity=yes', 'send-identity=rpid')
        self.answer(self.invite())
        for _ in range(2):
            self.bob.send('UPDATE', call=self.bob.call, headers=(
                'Remote-Party-ID: "Carol" <sip:300@example.com>;party=called',))
            self.bob.expect(200, skip=('ACK',))
        again = self.alice.expect('INVITE')
        self.assertRegex(again[RPID], '^"Carol" <sip:300@')
        self.alice.respond(again, 200, body=SDP)
        self.alice.expect('ACK')
        self.end()

    def test_not_sent(self):
        """send-connected-line=no: what is told is told at the beginning"""
        self.begin('trust-identity=yes', 'send-identity=pai|send-connected-line=no')
        self.answer(self.invite(('Allow: INVITE, ACK, BYE, UPDATE',)))
        self.bob.send('UPDATE', call=self.bob.call, headers=(
            'P-Asserted-Identity: "Carol" <sip:300@example.com>',))
        self.bob.expect(200, skip=('ACK',))
        self.end()

    def test_not_trusted(self):
        """trust-connected-line=no: who answers stays who was called"""
        self.begin('trust-identity=yes|trust-connected-line=no', 'send-identity=pai')
        self.answer(self.invite(('Allow: INVITE, ACK, BYE, UPDATE',)))
        self.bob.send('UPDATE', call=self.bob.call, headers=(
            'P-Asserted-Identity: "Carol" <sip:300@example.com>',))
        self.bob.expect(200, skip=('ACK',))
        self.end()

    def test_by_program(self):
        """a program says who is there"""
        self.begin('', 'send-identity=pai')
        self.answer(self.invite(('Allow: INVITE, ACK, BYE, UPDATE',)))
        self.alice.expect_nothing(0)
        path, _ = self.session('incoming')
        self.daemon.call(path, 'Session', 'SetLocalIdentity', 'a{sv}', '2',
                         'uri', 's', 'sip:desk@example.org', 'name', 's', 'The desk')
        update = self.alice.expect('UPDATE')
        self.assertEqual(update[PAI], '"The desk" <sip:desk@example.org>')
        self.alice.respond(update, 200)
        self.end()


class Commanded(Identity):
    """ahoyctl identity: who is there, in the middle of a call."""

    def begin_call(self, alice='send-identity=pai', allow='INVITE, ACK, BYE, UPDATE'):
        self.begin('', alice)
        self.answer(self.invite((f'Allow: {allow}',)))
        path, _ = self.session('incoming')
        self.number = path.rpartition('/')[2]

    def tell(self, *arguments):
        self.assertEqual(self.daemon.ctl('identity', *arguments).stdout, '')

    def take(self, method, body=''):
        """What the caller is told: the request, which is answered."""
        request = self.alice.expect(method, skip=('UPDATE',) if method == 'INVITE' else ())
        self.alice.respond(request, 200, body=body)
        return request

    def test_update(self):
        """a URI and a name: UPDATE says so, and the property, too"""
        self.begin_call()
        self.tell('--name', 'The desk', self.number, 'sip:desk@example.org')
        self.assertEqual(self.take('UPDATE')[PAI], '"The desk" <sip:desk@example.org>')
        shown = json.loads(self.daemon.ctl('--json', 'session', self.number).stdout)
        self.assertEqual((shown['LocalIdentity']['uri'], shown['LocalIdentity']['name']),
                         ('sip:desk@example.org', 'The desk'))
        self.end()

    def test_reinvite(self):
        """a peer that takes no UPDATE is told by INVITE"""
        self.begin_call(allow='INVITE, ACK, BYE')
        self.tell(self.number, 'sip:desk@example.org')
        request = self.take('INVITE', SDP)
        self.assertEqual(request[PAI], '<sip:desk@example.org>')
        self.alice.expect('ACK')
        self.end()

    def test_privacy(self):
        """parts that users must not see, and a word that is not sent"""
        self.begin_call('send-identity=pai|send-private-identity=yes')
        self.tell('-n', 'The desk', '--privacy', 'name;number', '--tag', 'inner',
                  self.number, 'sip:desk@example.org')
        update = self.take('UPDATE')
        self.assertEqual((update[PAI], update['privacy']),
                         ('"The desk" <sip:desk@example.org>', 'id'))
        self.assertNotIn('inner', str(update))
        shown = json.loads(self.daemon.ctl('--json', 'session', self.number).stdout)
        self.assertEqual((shown['LocalIdentity']['privacy'], shown['LocalIdentity']['tag']),
                         (['name', 'number'], 'inner'))
        self.end()

    def test_mistakes(self):
        """what is not understood (2), and what is refused (1); nothing is told then"""
        self.begin_call()
        for code, arguments in ((2, ()), (2, ('1', '2', 'sip:desk@example.org')),
                                (2, ('--nme', 'x', 'sip:desk@example.org')),
                                (2, ('first', 'sip:desk@example.org')),
                                (1, (self.number, 'http://example.org/')),
                                (1, ('--privacy', 'all', self.number, 'sip:desk@example.org')),
                                (1, ('--name', 'a\nb', self.number, 'sip:desk@example.org')),
                                (1, ('999', 'sip:desk@example.org')),
                                (1, ('sip:desk@example.org',))):  # two sessions are there
            with self.subTest(arguments=arguments):
                done = self.daemon.ctl('identity', *arguments, check=False)
                self.assertEqual((done.returncode, done.stdout), (code, ''), done.stderr)
                self.assertRegex(done.stderr, '^ahoyctl: .')
        self.assertNotIn('desk', json.dumps(self.session('incoming')[1]['LocalIdentity']))
        self.end()
        self.assertEqual(self.daemon.ctl('identity', self.number, 'sip:desk@example.org',
                                         check=False).returncode, 1)


class Numbers(Identity):
    """How a number is told."""

    def check(self, user, shown, alice=''):
        self.begin('send-identity=pai', alice or 'trust-identity=yes')
        invite = self.invite((f'P-Asserted-Identity: <{user}>',))
        self.assertRegex(invite[PAI], f'^<sip:{shown}@127')
        self.refuse(invite)

    def test_shrunk(self):
        """brackets, dots and dashes go"""
        self.check('sip:(030)-123.45-6@h', '0301234' + '56')

    def test_not_shrunk(self):
        """not where the endpoint wants to keep them"""
        self.check('sip:(030)-123.45-6@h', r'\(030\)-123.45-6',
                   'trust-identity=yes|shrink-caller-id=no')

    def test_name_with_a_dash(self):
        """a user that is no number stays as it is"""
        self.check('sip:anna-lena.2@h', 'anna-lena.2')

    def test_tel(self):
        """a tel URI has the number of its user"""
        self.check('tel:+49-30-123456', r'\+4930123456')

    def test_user_phone(self):
        """user=phone and phone-context are no part of the number"""
        self.check('sip:030.55;phone-context=+49@h;user=phone', '03055')


TRUNK = """
[rewrite code]
for=caller
endpoints=anonymous;bob
match=re:49\\\\d{6,}
prefix=+
continue=yes

[rewrite germany]
for=caller
endpoints=anonymous;bob
format=e164
country-code=49
area-code=30
"""
ONE = '+4930123456'


class Rewritten(Identity):
    """The number of a caller, whatever the trunk makes of it, is written in one way here."""

    def begin(self, bob='', alice='', do='dial(bob)'):
        super().begin(bob + TRUNK.replace('\n', '|'), alice, do)

    def shown(self, path, member='RemoteIdentity'):
        values = self.daemon.get_all(path, 'Session')[member]
        return {key: value['data'] for key, value in values.items()}

    def variable(self, path, name):
        return self.daemon.call(path, 'Session', 'GetVariable', 's', name)[0]

    def test_asserted(self):
        """the callee, the bus, the variables and the history have it; RemoteUri is From's"""
        self.begin('send-identity=both', 'trust-identity=yes')
        for user in '030123456', '004930123456', '4930123456', ONE, '(030)-123.456':
            with self.subTest(user=user):
                invite = self.invite((f'P-Asserted-Identity: "Ann 030" <sip:{user}@trunk>',))
                self.assertRegex(invite[PAI], rf'^"Ann 030" <sip:\{ONE}@127\.0\.0\.1:\d+>$')
                self.assertRegex(invite[RPID], rf'^"Ann 030" <sip:\{ONE}@')
                self.assertRegex(invite['from'], rf'^"Ann 030" <sip:\{ONE}@')
                path, values = self.session('incoming', 'trying')
                self.assertEqual(self.shown(path), {
                    'uri': f'sip:{ONE}@trunk', 'name': 'Ann 030', 'number': ONE,
                    'header': 'P-Asserted-Identity', 'privacy': []})
                self.assertEqual(self.variable(path, 'caller-uri'), f'sip:{ONE}@trunk')
                self.assertIn('sip:peer@', values['RemoteUri'])
                self.refuse(invite)
        records = [record for record in wait_for(self.daemon, 10)
                   if record['direction'] == 'incoming']
        self.assertEqual({(record['caller'], record['connected']) for record in records},
                         {(ONE, ONE)})
        self.assertIn('peer@', records[0]['remote-uri'])

    def test_remote_party(self):
        """Remote-Party-ID, and a tel URI with what belongs to a local number"""
        self.begin('send-identity=pai', 'trust-identity=yes')
        for header in ('Remote-Party-ID: <sip:030123456@trunk>;party=calling',
                       'P-Asserted-Identity: <tel:030-123456;phone-context=+49>',
                       f'P-Asserted-Identity: <sip:030123456@trunk>, <tel:{ONE}>'):
            with self.subTest(header=header):
                invite = self.invite((header,))
                self.assertRegex(invite[PAI], rf'^<sip:\{ONE}@127')
                self.refuse(invite)

    def test_from(self):
        """who is not trusted has a From; the history has its number, and its URI as it came"""
        self.begin('send-identity=pai')
        self.alice.user = '030123456'
        invite = self.invite()
        self.assertRegex(invite['from'], rf'<sip:\{ONE}@127')
        self.refuse(invite)
        [caller] = [record for record in wait_for(self.daemon, 2)
                    if record['direction'] == 'incoming']
        self.assertEqual(caller['caller'], ONE)
        self.assertIn('sip:030123456@', caller['remote-uri'])

    def test_names(self):
        """a name stays a name, an extension and an emergency number what they are"""
        self.begin('send-identity=pai', 'trust-identity=yes')
        for user in 'anna-lena.2', 'peer', '200', '110':
            with self.subTest(user=user):
                invite = self.invite((f'P-Asserted-Identity: <sip:{user}@trunk>',))
                self.assertRegex(invite[PAI], rf'^<sip:{user}@127')
                self.refuse(invite)

    def test_anonymous(self):
        """who is anonymous stays so; the number that is asserted is for who is trusted with it"""
        self.begin('send-identity=pai|send-private-identity=yes', 'trust-identity=yes')
        invite = self.invite(('P-Asserted-Identity: <sip:030123456@trunk>', 'Privacy: id'))
        self.assertIn('anonymous@anonymous.invalid', invite['from'])
        self.assertRegex(invite[PAI], rf'^<sip:\{ONE}@127')
        self.assertEqual(invite['privacy'], 'id')
        self.refuse(invite)
        self.alice.user = 'anonymous'
        invite = self.invite()
        self.assertIn('anonymous@anonymous.invalid', invite['from'])
        path, _ = self.session('incoming', 'trying')
        self.assertEqual(self.shown(path)['number'], 'anonymous')
        self.refuse(invite)

    def test_order(self):
        """rules come first; what none is for is shrunk, or stays where shrink-caller-id=no"""
        self.begin('send-identity=pai', 'trust-identity=yes|shrink-caller-id=no')
        path = self.daemon.config / 'ahoy.conf'
        text = path.read_text('utf-8')
        for endpoints, sent in (('anonymous;bob', rf'\{ONE}'), ('bob', r'\(030\)-123\.456')):
            path.write_text(text.replace('endpoints=anonymous;bob', f'endpoints={endpoints}'),
                            'utf-8')
            self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])
            invite = self.invite(('P-Asserted-Identity: <sip:(030)-123.456@trunk>',))
            self.assertRegex(invite[PAI], rf'^<sip:{sent}@127')
            self.refuse(invite)

    def test_connected(self):
        """who answers, and who is there in the middle of the call, is written in the same way"""
        self.begin('trust-identity=yes', 'send-identity=pai')
        _, answer = self.answer(self.invite(('Allow: INVITE, ACK, BYE, UPDATE',)),
                                ('P-Asserted-Identity: "Bob" <sip:030123456@trunk>',))
        self.assertRegex(answer[PAI], rf'^"Bob" <sip:\{ONE}@127')
        path, _ = self.session('outgoing')
        self.assertEqual(self.shown(path, 'ConnectedIdentity')['number'], ONE)
        self.bob.send('UPDATE', call=self.bob.call, headers=(
            'P-Asserted-Identity: "Carol" <sip:0049301234567@trunk>',))
        update = self.alice.expect('UPDATE')
        self.assertRegex(update[PAI], r'^"Carol" <sip:\+49301234567@127')
        self.alice.respond(update, 200)
        self.bob.expect(200, skip=('ACK',))
        self.assertEqual(self.shown(path, 'ConnectedIdentity')['number'], '+49301234567')
        self.end()

    def test_diversion(self):
        """who sent the call here, too: in the variable, and to the callee"""
        self.begin('', 'trust-identity=yes')
        invite = self.invite(('Diversion: "D" <sip:030123456@trunk>;reason=no-answer;counter=1,'
                              ' <sip:dave@trunk>;reason="x y"',))
        self.assertRegex(invite['diversion'],
                         rf'^"D" <sip:\{ONE}@trunk>;reason=no-answer;counter=1, '
                         r'<sip:dave@trunk>;reason="x y"$')
        path, _ = self.session('incoming', 'trying')
        self.assertEqual(self.variable(path, 'redirecting-uri'), f'sip:{ONE}@trunk')
        self.refuse(invite)

    def test_redirected(self):
        """whom a 302 names is shown in this way, and called as the trunk said"""
        self.begin('', 'send-identity=rpid')
        self.bob.respond(self.invite(), 302, contact=f'<sip:030123456@{self.carol.address}>')
        self.bob.expect('ACK', skip=('INVITE',))
        invite = self.carol.called()
        self.assertEqual(invite.uri, f'sip:030123456@{self.carol.address}')
        self.assertRegex(self.alice.expect(181)[RPID], rf'^<sip:\{ONE}@127')
        self.carol.respond(invite, 486)
        self.carol.expect('ACK', skip=('INVITE',))
        self.alice.expect(486, skip=(100, 181))
        self.done()

    def test_call_back(self):
        """the number that is shown can be called: a rule makes of it what the trunk takes"""
        self.begin('from-domain=%s|send-identity=no' % self.bob.address, 'trust-identity=yes')
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8') + """
[rewrite out]
endpoints=bob
format=national
country-code=49
""", 'utf-8')
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])
        invite = self.invite(('P-Asserted-Identity: <sip:030123456@trunk>',))
        number = self.shown(self.session('incoming', 'trying')[0])['number']
        self.assertEqual(number, ONE)
        self.refuse(invite)
        session = self.daemon.dial(number, 'bob')
        invite = self.bob.expect('INVITE')
        self.assertEqual(invite.uri.split('@')[0], 'sip:030123456')
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        self.daemon.wait(session, 'ended')


UUID = 'ab30317f1a784dc48ff824d0d3715d86'
UUID_OF_BOB = '47755a9de7794ba387653f2099600ef2'


class EndToEnd(Identity):
    """What goes from one end to the other."""

    def test_session_id(self):
        """RFC 7989: each end sees the UUID of the other one"""
        self.begin()
        invite = self.invite((f'Session-ID: {UUID};remote={"0" * 32}',))
        self.assertEqual(invite['session-id'], f'{UUID};remote={"0" * 32}')
        _, answer = self.answer(invite, (f'Session-ID: {UUID_OF_BOB};remote={UUID}',))
        self.assertEqual(answer['session-id'], f'{UUID_OF_BOB};remote={UUID}')
        self.assertEqual(self.session('incoming')[1]['SessionId'], f'{UUID_OF_BOB};remote={UUID}')
        self.assertEqual(self.session('outgoing')[1]['SessionId'], f'{UUID};remote={UUID_OF_BOB}')
        self.alice.bye()
        self.assertEqual(self.bob.take('BYE')['session-id'], f'{UUID};remote={UUID_OF_BOB}')
        self.done()

    def test_session_id_made_up(self):
        """who does not know it has one for as long as the call lasts; nonsense is none"""
        self.begin()
        invite = self.invite(('Session-ID: ' + 'X' * 32,))
        self.assertRegex(invite['session-id'], '^[0-9a-f]{32};remote=0{32}$')
        self.answer(invite)
        self.alice.bye()
        self.assertEqual(self.bob.take('BYE')['session-id'], invite['session-id'])
        self.done()

    def test_no_session_id(self):
        """session-id=no"""
        self.begin('session-id=no')
        invite = self.invite()
        self.assertIsNone(invite['session-id'])
        self.refuse(invite)

    def test_user_to_user(self):
        """User-to-User (RFC 7433) goes through; what is not named does not"""
        self.begin()
        invite = self.invite(('User-to-User: 56a390f3;encoding=hex', 'X-Secret: 1',
                              'P-Called-Party-ID: <sip:1@h>'))
        self.assertEqual(invite['user-to-user'], '56a390f3;encoding=hex')
        self.assertIsNone(invite['x-secret'])
        self.assertIsNone(invite['p-called-party-id'])
        self.refuse(invite)

    def test_pass_headers(self):
        """pass-headers of both endpoints"""
        self.begin('pass-headers=P-Called-Party-ID;X-Own', 'pass-headers=p-called-party-id')
        invite = self.invite(('User-to-User: 56', 'X-Own: 1', 'P-Called-Party-ID: <sip:1@h>'))
        self.assertEqual(invite['p-called-party-id'], '<sip:1@h>')
        self.assertIsNone(invite['user-to-user'])
        self.assertIsNone(invite['x-own'])
        self.refuse(invite)

    def test_pass_answers(self):
        """IDEN-08: User-to-User of what answers, and of BYE, goes through as well"""
        self.begin('pass-headers=User-to-User;X-Own')
        invite = self.invite()
        ringing, answer = self.answer(invite, ('User-to-User: aa;encoding=hex', 'X-Own: 1'),
                                      ('User-to-User: 72', 'User-to-User: 73'))
        self.assertEqual(ringing.all('user-to-user'), ['72', '73'])
        self.assertEqual(answer.all('user-to-user'), ['aa;encoding=hex'])
        self.assertIsNone(answer['x-own'])
        self.alice.bye(headers=('User-to-User: 04', 'X-Own: 2'))
        bye = self.bob.take('BYE')
        self.assertEqual(bye.all('user-to-user'), ['04'])
        self.assertIsNone(bye['x-own'])
        self.done()

    def test_pass_once(self):
        """IDEN-08: what was said with the answer is not said again when we hang up"""
        self.begin()
        invite = self.invite()
        self.answer(invite, ('User-to-User: aa',))
        path, _ = self.session('incoming')
        self.daemon.call(path, 'Session', 'Hangup')
        byes = [self.alice.expect('BYE'), self.bob.expect('BYE')]
        self.alice.respond(byes[0], 200)
        self.bob.respond(byes[1], 200)
        self.assertEqual([bye['user-to-user'] for bye in byes], [None, None])
        self.done()

    def test_line(self):
        """the kind of line is a variable of the call"""
        self.begin()
        self.alice.user = 'peer;isup-oli=27'
        call = self.alice.build_invite(self.alice.target_uri('1'), SDP.encode(),
                                       from_=f'<sip:peer@{self.alice.address};isup-oli=27>;tag=1')
        self.alice.send(call)
        invite = self.bob.called()
        path, _ = self.session('incoming', 'trying')
        self.assertEqual(self.daemon.call(path, 'Session', 'GetVariable', 's', 'caller-oli'),
                         ['27'])
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        refusal = self.alice.expect(486)
        self.alice.send(self.alice.ack_failure(call, refusal))
        self.done()


class Early(Identity):
    """What changes while it rings."""

    def ring(self, alice):
        self.begin('trust-identity=yes|send-identity=pai', 'send-identity=rpid' + alice)
        invite = self.invite()
        self.bob.respond(invite, 180)
        self.alice.expect(180)
        self.bob.respond(invite, 180, headers=(
            'P-Asserted-Identity: "Carol" <sip:300@example.com>',))
        return invite

    def answered(self, invite):
        self.bob.respond(invite, 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        answer = self.alice.answered()
        self.assertIn('"Carol" <sip:300@', answer[RPID])
        self.end()

    def test_at_once(self):
        """connected-line-immediate=yes: one more 180"""
        invite = self.ring('|connected-line-immediate=yes')
        self.assertIn('"Carol" <sip:300@', self.alice.expect(180)[RPID])
        self.answered(invite)

    def test_with_the_answer(self):
        """else the answer says it"""
        self.answered(self.ring(''))


class Forwarded(Identity):
    """Bob sends the call to Carol."""

    def forward(self, alice='', bob='', headers=(), sent=()):
        self.begin(bob, 'send-identity=rpid|' + alice)
        invite = self.invite(sent)
        self.bob.respond(invite, 302, headers=headers, contact=f'"Carol" <{self.carol.uri}>')
        self.bob.expect('ACK', skip=('INVITE',))
        return self.carol.called()

    def refused(self, invite):
        self.carol.respond(invite, 486)
        self.carol.expect('ACK', skip=('INVITE',))
        self.alice.expect(486, skip=(100, 181))
        self.done()

    def test_shown(self):
        """181 and the answer show the new target, Carol hears from whom the call comes"""
        invite = self.forward()
        self.assertEqual(invite.all('diversion'),
                         [f'<{self.bob.uri}>;reason=unconditional;counter=1'])
        self.assertIsNone(invite['history-info'])
        forwarded = self.alice.expect(181)
        self.assertRegex(forwarded[RPID], '^"Carol" <sip:peer@127.0.0.1')
        self.assertEqual(self.session('outgoing', 'trying')[1]['Redirects'],
                         [[self.bob.uri, 'unconditional']])
        self.carol.respond(invite, 180)
        self.alice.expect(180)
        self.carol.respond(invite, 200, body=SDP)
        self.carol.expect('ACK', skip=('INVITE',))
        self.assertIn('"Carol"', self.alice.answered()[RPID])
        values = self.session('outgoing')[1]
        self.assertEqual(values['ConnectedIdentity']['name']['data'], 'Carol')
        self.alice.bye()
        self.carol.take('BYE')
        self.done()

    def test_reason(self):
        """the 302 says why; what came with the call of a trusted caller stays"""
        invite = self.forward('trust-identity=yes',
                              headers=('Diversion: <sip:bob@h>;reason=User-Busy',),
                              sent=('Diversion: "Dave" <sip:dave@h>;reason=no-answer;counter=2',))
        self.assertEqual(invite.all('diversion'),
                         [f'<{self.bob.uri}>;reason=user-busy;counter=1',
                          '"Dave" <sip:dave@h>;reason=no-answer;counter=2'])
        self.refused(invite)

    def test_switched_off(self):
        """send-diversion=no"""
        invite = self.forward(bob='send-diversion=no')
        self.assertIsNone(invite['diversion'])
        self.refused(invite)

    def test_history(self):
        """send-history-info=yes: who was called, in order (RFC 7044)"""
        invite = self.forward('trust-identity=yes', 'send-history-info=yes',
                              sent=('History-Info: <sip:first@h>;index=1',))
        entries = invite.all('history-info')
        self.assertEqual(entries[0], '<sip:first@h>;index=1')
        self.assertEqual(entries[1:], [f'<{self.bob.uri}?Reason=SIP%3Bcause%3D302>;index=1.1',
                                       f'<{self.carol.uri}>;index=1.1.1;mp=1'])
        self.refused(invite)

    def received(self, *headers, alice='trust-identity=yes'):
        """The variables of a call that comes with @headers."""
        self.begin(alice=alice)
        invite = self.invite(headers)
        path, _ = self.session('incoming', 'trying')
        found = {}
        for name in 'uri', 'name', 'reason', 'count':
            try:
                [found[name]] = self.daemon.call(path, 'Session', 'GetVariable', 's',
                                                 f'redirecting-{name}')
            except BusError:
                pass
        self.refuse(invite)
        return found

    def test_received(self):
        """what a trusted peer says of who sent the call here are variables, and counted"""
        self.assertEqual(
            self.received('Diversion: "Dave" <sip:dave@h>;reason=no-answer;counter=2',
                          'Diversion: <sip:eve@h>;reason=unconditional'),
            {'uri': 'sip:dave@h', 'name': 'Dave', 'reason': 'no-answer', 'count': '3'})

    def test_received_history(self):
        """of History-Info, the one before the last"""
        self.assertEqual(
            self.received('History-Info: <sip:dave@h>;index=1, <sip:1@h>;index=1.1;mp=1'),
            {'uri': 'sip:dave@h', 'reason': 'unknown', 'count': '1'})

    def test_not_trusted(self):
        """what anybody else says is not believed, and goes no further"""
        self.assertEqual(self.received('Diversion: <sip:dave@h>', alice=''), {})

    def test_in_circles(self):
        """a call that was sent around eleven times goes nowhere (BRDG-35)"""
        self.begin(alice='trust-identity=yes')
        self.alice.invite('1', headers=('Diversion: <sip:dave@h>;counter=11',))
        self.alice.expect(483)
        self.done()


class Transferred(Identity):
    """The one that the caller talks with is somebody else after a transfer."""

    def test_blind(self):
        """Bob refers Alice to Carol: Alice is told of her, and Carol of Alice (BRDG-23)"""
        self.begin('context=demo\n[endpoint carol]|auth=none|identify=ip|send-identity=rpid|'
                   f'contact=<{self.carol.uri}>|caller-id=Carol <300>\n'
                   '[route r3]|context=demo|match=3|do=dial(carol)', 'send-identity=pai')
        allow = 'Allow: INVITE, ACK, BYE, UPDATE, REFER, NOTIFY'
        self.answer(self.invite((allow,)))
        self.bob.send('REFER', call=self.bob.call, headers=(
            f'Refer-To: <sip:3@{self.host}>',))
        invite = self.carol.called()
        self.assertIn('"Peer" <sip:peer@', invite[RPID])
        self.carol.respond(invite, 180)
        self.carol.respond(invite, 200, body=SDP, headers=(allow,))
        self.carol.expect('ACK', skip=('INVITE',))
        update = self.alice.expect('UPDATE', skip=(100, 'INVITE'))
        self.assertRegex(update[PAI], '^"?Carol"? <sip:300@127.0.0.1')
        self.alice.respond(update, 200)
        self.daemon.wait_for_sessions(2, 10)
        self.alice.send('BYE', call=self.alice.call)
        self.carol.take('BYE', skip=('INVITE', 'ACK', 'UPDATE'))


if __name__ == '__main__':
    agent.main(300)
