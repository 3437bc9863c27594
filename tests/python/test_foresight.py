# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What programs in Python answer to OPTIONS about somebody: by the signal asked, by a step of a
route, and by a service.
"""

import agent
from party import Ahoy, GLib, GObject, PartyCase, iterate_until, run_beside
from sip_peer import SDP, Peer

CONFIG = '''
[core]
t1=500ms
overload-delay=0
[transport udp]
protocol=udp
bind=127.0.0.1:0
[endpoint peer]
auth=none
identify=username
context=office
variables=floor=3
''' + ''.join(f'[route {name}]\ncontext=office\nmatch={name}\ndo={do}\n' for name, do in (
    ('shut', 'door(shut)'), ('ajar', 'door(ajar), reject(606)'), ('open', 'door(open)'),
    ('moved', 'door(moved)'), ('broken', 'door(broken), reject(606)'), ('mute', 'mute, reject'),
    ('floor', 'door(${floor})')))


class Door(GObject.Object, Ahoy.CallApplication):
    """A step that says what it would do."""

    def __init__(self):
        super().__init__()
        self.asked, self.ran = [], []

    def do_run(self, run):
        self.ran.append(run.get_step().get_text('state'))
        run.get_session().reject(433, None)
        return Ahoy.CallVerdict.DETACHED

    def do_foresee(self, query):
        state = query.get_step().get_text('state')
        self.asked.append((state, query.get_variable('number'), query.get_context(),
                           query.get_endpoint().get_name(), query.has_next(),
                           query.get_request().get_method()))
        if state in ('shut', '3'):
            return query.refuse(433, 'Shut') and False
        if state == 'moved':
            return query.redirect(['<sip:gate@example.org>']) and False
        if state == 'broken':
            raise KeyError('a bug in the step')
        return state == 'ajar'


class Mute(GObject.Object, Ahoy.CallApplication):
    """A step that does not know of the question."""

    def do_run(self, run):
        raise AssertionError('no call began')


def define_steps():
    registry = Ahoy.RouteStepRegistry.get_default()
    definition = Ahoy.RouteStepDefinition.new('door', 'is open or shut')
    definition.add_argument('state', Ahoy.RouteArgumentKind.TEXT,
                            Ahoy.RouteArgumentFlags.POSITIONAL, 'open', 'how it is')
    registry.add(definition)
    registry.add(Ahoy.RouteStepDefinition.new('mute', 'says nothing'))


define_steps()


class Sentry(GObject.Object, Ahoy.Service):
    """Answers before anybody else."""

    def do_handle_request(self, transaction):
        transaction.reject(420, 'Sentry')
        return Ahoy.ServiceVerdict.TAKEN


class Programs(PartyCase):
    """A program that takes calls by itself."""

    def start_with(self, answer):
        self.asked = []

        def on_asked(sessions, transaction):
            self.asked.append(transaction.get_request().dup_request_uri())
            return answer(transaction)

        self.start()
        self.party.stack.add_service(Ahoy.OptionsService.new(self.party.stack), 'options',
                                     methods=['OPTIONS'])
        self.party.sessions.connect('asked', on_asked)

    def ask(self, user='bob'):
        peer = self.peer()
        uri = peer.target_uri(user) if user else peer.target_uri('').replace('sip:@', 'sip:')
        return run_beside(lambda: peer.transact(peer.build('OPTIONS', uri), timeout=20))

    def test_refuses(self):
        """DLGX-08: a handler refuses, and the question without a user does not come to it"""
        self.start_with(lambda transaction: transaction.reject(486, 'At sea'))
        answer = self.ask()
        self.assertEqual((answer.status, answer.reason), (486, 'At sea'))
        self.assertEqual(self.ask('').status, 200)
        self.assertEqual(len(self.asked), 1)
        self.assertIn('bob@', self.asked[0])

    def test_takes(self):
        """DLGX-08: one that would take the call leaves the answer to us: 200 with Allow"""
        for handled in (True, False):
            self.start_with(lambda transaction, handled=handled: handled)
            answer = self.ask()
            self.assertEqual(answer.status, 200)
            self.assertIn('INVITE', answer['Allow'])
            self.assertEqual(len(self.asked), 1)

    def test_next_one(self):
        """DLGX-08: where one does not take care, the next one is asked"""
        for handled, status in ((True, 200), (False, 480)):
            self.start_with(lambda transaction, handled=handled: handled)
            self.party.sessions.connect('asked', lambda _, transaction: transaction.reject(480))
            self.assertEqual(self.ask().status, status)

    def test_raises(self):
        """DLGX-08: a handler with a bug refuses nobody"""
        def broken(transaction):
            raise KeyError('a bug in the handler')

        self.start_with(broken)
        self.assertEqual(self.ask().status, 200)
        self.assertEqual(self.raised, [KeyError])
        self.raised.clear()

    def test_service(self):
        """DLGX-08: a service before the sessions answers in place of all"""
        self.start_with(lambda transaction: transaction.reject(486, None))
        self.party.stack.add_service(Sentry(), 'sentry', before=['session'], methods=['OPTIONS'])
        self.assertEqual(self.ask().status, 420)
        self.assertEqual(self.asked, [])


class Steps(PartyCase):
    """A step of a route."""

    def setUp(self):
        super().setUp()
        reader = Ahoy.ConfigReader.new(Ahoy.configuration_make_schema())
        reader.add_text('test.conf', CONFIG.encode())
        self.core = Ahoy.Core.new(None)
        self.door = Door()
        for name, step in (('door', self.door), ('mute', Mute())):
            self.core.get_router().add_application(name, step)
        _, problems = self.core.configure(reader.read())
        self.assertEqual([problem.to_string() for problem in problems], [])
        self.core.start()
        self.port = self.core.lookup_transport('udp').get_port()

    def leave(self):
        done = []
        self.core.stop_async(None, lambda core, result: done.append(result))
        iterate_until(lambda: done, 'the core stops')
        self.core.stop_finish(done.pop())
        self.core = self.door = None
        super().leave()

    def ask(self, user, method='OPTIONS', body=b''):
        with Peer('udp', '127.0.0.1', ('127.0.0.1', self.port)) as peer:
            request = peer.build(method, peer.target_uri(user), body=body)

            def transact():
                answer = peer.transact(request, timeout=20)
                if method == 'INVITE':
                    peer.send(peer.ack_failure(request, answer))
                return answer
            return run_beside(transact)

    def test_foreseen(self):
        """DLGX-08: a step refuses, redirects, leads to the next one, or takes the call"""
        for user, status in (('shut', 433), ('moved', 302), ('ajar', 606), ('open', 200),
                             ('floor', 433), ('mute', 200), ('nobody', 404)):
            with self.subTest(user=user):
                answer = self.ask(user)
                self.assertEqual(answer.status, status)
                if status == 433:
                    self.assertEqual(answer.reason, 'Shut')
                if status == 302:
                    self.assertEqual(answer['Contact'], '<sip:gate@example.org>')
        self.assertEqual(self.door.asked[:1],
                         [('shut', 'shut', 'office', 'peer', False, 'OPTIONS')])
        self.assertEqual([entry[4] for entry in self.door.asked],
                         [False, False, True, False, False])
        self.assertEqual(self.door.ran, [])
        self.assertEqual(self.ask('shut', 'INVITE', SDP.encode()).status, 433)
        self.assertEqual(self.door.ran, ['shut'])

    def test_broken(self):
        """DLGX-08: a step with a bug says nothing: 200"""
        self.assertEqual(self.ask('broken').status, 200)
        self.assertEqual(self.raised, [KeyError])
        self.raised.clear()

    def test_query(self):
        """DLGX-08: a query refuses with what refuses, and redirects to addresses"""
        query = Ahoy.CallQuery.new(self.core.get_stack().create_request(
            'OPTIONS', 'sip:x@127.0.0.1', 'sip:y@127.0.0.1', None))
        for arguments in ((200, None), (700, None), (486, 'Two\r\nlines')):
            with self.assertRaises(GLib.Error) as caught:
                query.refuse(*arguments)
            self.assertTrue(caught.exception.matches(Ahoy.error_quark(),
                                                     Ahoy.Error.INVALID_ARGUMENTS))
        for targets in ([], ['<not an address'], ['<sip:x@example.org>'] * 11):
            with self.assertRaises(GLib.Error):
                query.redirect(targets)
        self.assertEqual(query.get_status(), 0)
        self.assertIsNone(query.get_step())
        self.assertIsNone(query.get_context())
        self.assertIsNone(query.get_variable('number'))
        self.assertIsNone(query.get_endpoint())
        self.assertFalse(query.has_next())
        query.redirect(['<sip:a@example.org>', '<sip:b@example.org>'])
        self.assertEqual((query.get_status(), query.get_contact()),
                         (300, '<sip:a@example.org>;q=0.9, <sip:b@example.org>;q=0.8'))
        query.refuse(486, 'Busy')
        self.assertEqual((query.get_status(), query.get_reason(), query.get_contact()),
                         (486, 'Busy', None))


if __name__ == '__main__':
    agent.main()
