# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Interceptors, identifiers, authenticators and traces in Python, asked by a real peer."""

import agent
from gi.repository import Gio
from party import Ahoy, GLib, GObject, PartyCase, iterate_until, run_beside


class Interceptor(GObject.Object, Ahoy.Interceptor):
    """Does what its `answer` does, which may be anything."""

    def __init__(self, answer=lambda request, transaction: Ahoy.InterceptorVerdict.CONTINUE):
        super().__init__()
        self.answer, self.asked = answer, []

    def do_incoming_request(self, request, transaction):
        self.asked.append(request.get_method())
        return self.answer(request, transaction)

    def do_outgoing_response(self, response):
        response['X-Python'] = 'ahoj'
        return Ahoy.InterceptorVerdict.CONTINUE


class Identifier(GObject.Object, Ahoy.EndpointIdentifier):
    def __init__(self, find):
        super().__init__()
        self.find = find

    def do_identify(self, request):
        return self.find(request)


class Authenticator(GObject.Object, Ahoy.Authenticator):
    def __init__(self, check):
        super().__init__()
        self.check = check

    def do_requires_authentication(self, request, endpoint):
        return Ahoy.AuthRequirement.REQUIRED

    def do_authenticate_request(self, transaction, endpoint):
        return self.check(transaction, endpoint)


def fail(*arguments):
    raise RuntimeError('a bug')


class Python(PartyCase):
    def chain(self):
        party = self.start()
        self.options_service = Ahoy.OptionsService.new(party.stack)
        party.stack.add_service(self.options_service, 'options', None, None, ['OPTIONS'])
        self.addCleanup(delattr, self, 'options_service')
        return Ahoy.Interception.new(party.stack)

    def options(self):
        peer = self.peer()

        def run():
            peer.send('OPTIONS')
            return peer.receive()
        return run_beside(run)

    def test_interceptor(self):
        """An interceptor in Python sees, answers and changes what passes"""
        chain = self.chain()
        interceptor = Interceptor()
        chain.add(interceptor, 'python', None, None, None)
        answer = self.options()
        self.assertEqual((answer.status, answer['x-python']), (200, 'ahoj'))
        self.assertEqual(interceptor.asked, ['OPTIONS'])

        def refuse(request, transaction):
            transaction.reject(480, 'Not Now')
            return Ahoy.InterceptorVerdict.ANSWERED
        interceptor.answer = refuse
        self.assertEqual(self.options().status, 480)

    def test_broken_interceptor(self):
        """One that raises, or returns nothing or nonsense, costs a 500, and lets nothing pass"""
        chain = self.chain()
        interceptor = Interceptor()
        chain.add(interceptor, 'python', None, None, None)
        for broken in (fail, lambda *_: None, lambda *_: 'yes'):
            interceptor.answer = broken
            self.assertEqual(self.options().status, 500)

    def make_endpoint(self):
        endpoint = Ahoy.Endpoint.new(Ahoy.EndpointConfig.new('bob'))
        self.assertEqual((endpoint.props.name, endpoint.props.state),
                         ('bob', Ahoy.EndpointState.UNKNOWN))
        return endpoint

    def test_identifier(self):
        """An identifier in Python names an endpoint, at once or later; a broken one nobody"""
        chain = self.chain()
        endpoint = self.make_endpoint()
        identification = Ahoy.Identification.new(chain)
        chain.add(identification, 'identify', None, None, None)
        probe = Interceptor()
        seen = []

        def look(request, transaction):
            seen.append(request.get_endpoint())
            return Ahoy.InterceptorVerdict.CONTINUE
        probe.answer = look
        chain.add(probe, 'probe', None, None, None)
        identifier = Identifier(lambda request: endpoint)
        identification.add_identifier(identifier, 'python', None, None)
        self.assertEqual(self.options().status, 200)
        self.assertEqual(seen, [endpoint])

        def later(request):
            deferral = identification.defer(request, 0)
            GLib.idle_add(deferral.resolve, endpoint)
        identifier.find = later
        self.assertEqual(self.options().status, 200)
        self.assertEqual(seen, [endpoint, endpoint])
        asked = []

        def ask_again(request, transaction):
            asked.append(identification.identify(request))
            return Ahoy.InterceptorVerdict.CONTINUE
        identifier.find = lambda request: endpoint
        probe.answer = ask_again
        self.assertEqual(self.options().status, 200)
        self.assertEqual(asked, [endpoint])
        identifier.find = fail
        self.assertEqual(self.options().status, 403)
        identifier.find = lambda request: None
        self.assertEqual(self.options().status, 403)
        self.assertEqual(identification.list_unidentified().unpack()[0][:2], ('127.0.0.1', 2))

    def test_rules_and_lines(self):
        """Who calls is known by an [identify] object, and by a token that was given away"""
        chain = self.chain()
        endpoints = Ahoy.EndpointRegistry.new()
        endpoints.add(self.make_endpoint())
        rules = Ahoy.IdentifyRules.new(endpoints)
        lines = Ahoy.LineIdentifier.new(endpoints)
        identification = Ahoy.Identification.new(chain)
        identification.add_identifier(
            Ahoy.RuleIdentifier.new(rules, Ahoy.IdentifyMeans.HEADER), 'header', None, None)
        identification.add_identifier(lines, 'line', None, ['header'])
        chain.add(identification, 'identify', None, None, None)
        peer = self.peer()

        def ask(**keys):
            def run():
                peer.send('OPTIONS', **keys)
                return peer.receive().status
            return run_beside(run)

        config = Ahoy.IdentifyConfig.new('trunk')
        config.set_text('endpoint', 'bob')
        config.set_text('header', 'X-Trunk: 7')
        rules.set(config)
        self.assertEqual(rules.lookup('trunk'), config)
        self.assertEqual(rules.list(), [config])
        self.assertEqual(ask(headers=['X-Trunk: 7']), 200)
        self.assertEqual(ask(headers=['X-Trunk: 8']), 403)
        self.assertTrue(rules.remove('trunk'))
        self.assertEqual(ask(headers=['X-Trunk: 7']), 403)

        token = lines.add_line('bob')
        uri = peer.target_uri()
        self.assertEqual(ask(ruri=f'{uri};line={token}'), 200)
        self.assertEqual(ask(ruri=f'{uri};line={token[:-1]}x'), 403)
        self.assertEqual(ask(uri=f'{uri};line={token}', ruri=uri), 200)  # in To alone
        self.assertEqual(ask(ruri=f'{uri};line'), 403)
        with self.assertRaisesRegex(GLib.Error, 'one of endpoint “bob” already'):
            lines.restore_line(token, 'carol')
        with self.assertRaisesRegex(GLib.Error, 'hexadecimal'):
            lines.restore_line('7', 'bob')
        self.assertTrue(lines.remove_line(token))
        self.assertEqual(ask(ruri=f'{uri};line={token}'), 403)
        self.assertTrue(lines.restore_line(token, 'bob'))
        self.assertEqual(ask(ruri=f'{uri};line={token}'), 200)

    def test_acl(self):
        """Who is shut out is refused, and the security log tells of it and why"""
        chain = self.chain()
        acls, endpoints = Ahoy.AclRegistry.new(), Ahoy.EndpointRegistry.new()
        for name, keys in (('bob', {'acl': 'office'}),
                           ('trunk', {'auth': 'none', 'match': '192.0.2.1'})):
            config = Ahoy.EndpointConfig.new(name)
            for key, text in keys.items():
                config.set_text(key, text)
            endpoints.add(Ahoy.Endpoint.new(config))
        office = Ahoy.AclConfig.new('office')
        office.set_text('deny', '127.0.0.0/8')
        acls.set(office)
        gate = Ahoy.AclInterceptor.new(chain, acls)
        chain.add(gate, 'acl', None, None, None)
        identification = Ahoy.Identification.new(chain)
        identification.set_acls(endpoints, acls)
        identification.add_identifier(Ahoy.UsernameIdentifier.new(endpoints), 'username', None,
                                      None)
        chain.add(identification, 'identify', None, None, None)
        events = []
        log = chain.get_security_log()
        handler = log.connect('event', lambda _, event: events.append(
            (event.get_name(), event.get_account(), event.get_facts().unpack())))
        self.addCleanup(log.disconnect, handler)
        peer = self.peer()

        def ask(user):
            def run():
                peer.send(peer.build('OPTIONS', from_=f'<sip:{user}@example.org>;tag=1'))
                return peer.receive().status
            return run_beside(run)

        self.assertEqual(ask('bob'), 403)
        self.assertEqual(events.pop(), ('failed-acl', 'bob', {}))
        self.assertEqual(ask('trunk'), 403)
        self.assertEqual(events.pop(), ('unexpected-address', 'trunk', {}))
        gate.set_names(['office'])
        gate.props.status = 488
        self.assertEqual(ask('bob'), 488)
        self.assertEqual(events.pop(), ('failed-acl', None, {'acl': 'office'}))
        self.assertEqual(gate.get_statistics().unpack(), {'passed': 0, 'refused': 1})
        self.assertEqual(events, [])
        acl = Ahoy.Acl.new(['10.0.0.0/8'], None)
        self.assertTrue(acl.permits(Gio.InetAddress.new_from_string('10.1.2.3')))

    def test_authenticator(self):
        """An authenticator in Python decides; a broken one says no"""
        chain = self.chain()
        authentication = Ahoy.Authentication.new(chain)
        chain.add(authentication, 'authenticate', None, None, None)
        authenticator = Authenticator(lambda *_: Ahoy.AuthResult.SUCCESS)
        authentication.add_authenticator(authenticator, 'python', None, None)
        self.assertEqual(self.options().status, 200)

        def later(transaction, endpoint):
            deferral = authentication.defer(transaction, 0)
            GLib.idle_add(deferral.resolve, Ahoy.AuthResult.SUCCESS)
            return Ahoy.AuthResult.FAILED
        authenticator.check = later
        self.assertEqual(self.options().status, 200)
        results = []

        def check(request, transaction):
            results.append(authentication.check(transaction, None))
            return Ahoy.InterceptorVerdict.CONTINUE
        probe = Interceptor(check)
        chain.add(probe, 'probe', None, None, None)
        authenticator.check = lambda *_: Ahoy.AuthResult.SUCCESS
        self.assertEqual(self.options().status, 200)
        authentication.remove_authenticator(authenticator)
        self.assertEqual(self.options().status, 200)
        authentication.add_authenticator(authenticator, 'python', None, None)
        authenticator.check = lambda *_: Ahoy.AuthResult.CHALLENGE_SENT  # a lie
        chain.remove(authentication)
        self.assertEqual(self.options().status, 200)
        self.assertEqual(results, [Ahoy.AuthResult.SUCCESS, Ahoy.AuthResult.NO_NEED,
                                   Ahoy.AuthResult.FAILED])
        chain.remove(probe)
        chain.add(authentication, 'authenticate', None, None, None)
        for broken in (fail, lambda *_: None):
            authenticator.check = broken
            self.assertEqual(self.options().status, 403)

    def test_trace(self):
        """A program in Python sees what crosses the network"""
        party = self.start()
        trace = Ahoy.Trace.new(party.stack)
        seen = []
        number = trace.subscribe(GLib.Variant('a{sv}', {'direction': GLib.Variant('s', 'in')}),
                                 lambda trace, message: seen.append(message))
        answer = self.options()
        iterate_until(lambda: seen, 'the trace tells')
        self.assertEqual([m.get_summary().split()[0] for m in seen], ['OPTIONS'])
        self.assertTrue(seen[0].get_bytes().get_data().startswith(b'OPTIONS sip:'))
        history = trace.get_history(answer['call-id']).unpack()
        self.assertEqual([entry[1] for entry in history], ['in', 'out'])
        self.assertIn('OPTIONS', trace.get_ladder(answer['call-id']))
        self.assertTrue(trace.unsubscribe(number))
        with self.assertRaises(GLib.Error):
            trace.subscribe(GLib.Variant('a{sv}', {'x': GLib.Variant('s', '')}), fail)


if __name__ == '__main__':
    agent.main(110)
