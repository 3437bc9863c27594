# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Services, interceptors, identifiers and authenticators in Python: what they decide, and that one
which raises or talks nonsense lets nothing pass.
"""

import agent
from party import Ahoy, GObject, PartyCase, run_beside
from sip_peer import SDP, Call


class Saying(GObject.Object):
    """Says what it was told to say; an exception it raises."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.asked = answer, []

    def say(self, name):
        self.asked.append(name)
        if isinstance(self.answer, type):
            raise self.answer(name)
        return self.answer


class Service(Saying, Ahoy.Service):
    def do_handle_request(self, transaction):
        request = transaction.get_request()
        if 'X-Answer' in request:
            response = transaction.create_response(202, 'Dobrá')
            response['X-Body'] = request.get_body().get_data().decode()
            transaction.respond(response)
        return self.say(request.get_method())


class Competitor(GObject.Object, Ahoy.Service):
    """A service that writes its name into a list, and takes what it is to take."""

    def __init__(self, name, log, takes):
        super().__init__()
        self.name, self.log, self.takes = name, log, takes

    def do_handle_request(self, transaction):
        method = transaction.get_request().get_method()
        self.log.append(f'{self.name} {method}')
        if method not in self.takes:
            return Ahoy.ServiceVerdict.NOT_MINE
        response = transaction.create_response(202, self.name)
        transaction.respond(response)
        return Ahoy.ServiceVerdict.TAKEN


class Interceptor(Saying, Ahoy.Interceptor):
    def do_incoming_request(self, request, transaction):
        if 'X-Answer' in request and transaction is not None:
            transaction.reject(603, None)
        return self.say(request.get_method())


class Identifier(Saying, Ahoy.EndpointIdentifier):
    def do_identify(self, request):
        return self.say(request.dup_from_uri())


class Authenticator(Saying, Ahoy.Authenticator):
    needed = Ahoy.AuthRequirement.REQUIRED

    def do_requires_authentication(self, request, endpoint):
        return self.say('requires') if self.needed is None else self.needed

    def do_authenticate_request(self, transaction, endpoint):
        return self.say('authenticate')


class Deciding(PartyCase):
    def asked(self, method, status, headers=(), body=''):
        """The answer to a request, which has to have that status; 0: there is none."""
        peer = self.peer()

        def ask():
            call = Call(peer)
            peer.send(method, call=call, headers=headers, body=body)
            if status == 0:
                return peer.expect_nothing(0.3, skip=(method, 100))
            answer = peer.expect(status, skip=(100, 180))
            if method == 'INVITE' and status == 200:
                call.established(answer)
                peer.send('ACK', call=call)
                peer.send('BYE', call=call)
                peer.expect(200)
            return answer

        return run_beside(ask)

    def test_service(self):
        """A service takes MESSAGE, reads its body, and answers"""
        self.start()
        service = Service(Ahoy.ServiceVerdict.TAKEN)
        self.party.stack.add_service(service, 'messages', methods=['MESSAGE'])
        answer = self.asked('MESSAGE', 202, ['X-Answer: yes', 'Content-Type: text/plain'], 'ahoj')
        self.assertEqual((answer.line, answer['X-Body']), ('SIP/2.0 202 Dobrá', 'ahoj'))
        self.assertEqual(service.asked, ['MESSAGE'])

    def test_service_passes_on(self):
        """What no service takes is refused: 405 or 501"""
        self.start()
        self.party.stack.add_service(Service(Ahoy.ServiceVerdict.NOT_MINE), 'messages',
                                     methods=['MESSAGE'])
        peer = self.peer()

        def ask():
            peer.send('MESSAGE', body='x', headers=['Content-Type: text/plain'])
            return peer.receive().status

        self.assertIn(run_beside(ask), (405, 501))

    def test_services_compete(self):
        """Services are asked in their order, for their methods, until one takes the request"""
        self.start()
        log, stack = [], self.party.stack
        last = Competitor('last', log, ('MESSAGE', 'PUBLISH'))
        middle = Competitor('middle', log, ('MESSAGE',))
        first = Competitor('first', log, ())
        stack.add_service(last, 'last', methods=['MESSAGE', 'PUBLISH'])
        stack.add_service(first, 'first', before=['last'], methods=['MESSAGE'])
        stack.add_service(middle, 'middle', before=['last'], after=['first'],
                          methods=['MESSAGE', 'PUBLISH'])
        keys = {'headers': ['Content-Type: text/plain'], 'body': 'x'}
        self.assertEqual(self.asked('MESSAGE', 202, **keys).reason, 'middle')
        self.assertEqual(log, ['first MESSAGE', 'middle MESSAGE'])
        log.clear()
        self.assertEqual(self.asked('PUBLISH', 202, **keys).reason, 'last')
        self.assertEqual(log, ['middle PUBLISH', 'last PUBLISH'])
        log.clear()
        stack.remove_service(middle)
        self.assertEqual(self.asked('MESSAGE', 202, **keys).reason, 'last')
        self.assertEqual(log, ['first MESSAGE', 'last MESSAGE'])
        for service in (first, last):
            stack.remove_service(service)

    def service_fails(self, answer, raised):
        self.start()
        self.party.stack.add_service(Service(answer), 'broken', methods=['MESSAGE'])
        self.asked('MESSAGE', 500, ['Content-Type: text/plain'], 'x')
        self.assertEqual(self.raised, raised)

    def chain(self, *interceptors):
        """What stands in front of a party, and is taken away again: the chain holds it."""
        self.start()
        self.interception = Ahoy.Interception.new(self.party.stack)
        self.chained = []
        for kind in interceptors:
            self.add(kind.new(self.interception) if isinstance(kind, type) else kind)

    def add(self, interceptor):
        self.interception.add(interceptor, f'{len(self.chained)}')
        self.chained.append(interceptor)

    def leave(self):
        chained = self.__dict__.pop('chained', [])
        while chained:
            self.interception.remove(chained.pop())
        self.__dict__.pop('interception', None)
        super().leave()

    def test_interceptor(self):
        """An interceptor sees a call before anybody, and lets it pass"""
        interceptor = Interceptor(Ahoy.InterceptorVerdict.CONTINUE)
        self.chain(interceptor)
        self.asked('INVITE', 200, body=SDP)
        self.assertEqual(interceptor.asked, ['INVITE', 'ACK', 'BYE'])

    def test_interceptor_answers(self):
        """An interceptor refuses a call itself: 603"""
        self.chain(Interceptor(Ahoy.InterceptorVerdict.ANSWERED))
        self.asked('INVITE', 603, ['X-Answer: yes'], SDP)

    def test_interceptor_drops(self):
        """What an interceptor drops is not answered"""
        self.chain(Interceptor(Ahoy.InterceptorVerdict.DROP))
        self.asked('OPTIONS', 0)

    def interceptor_fails(self, answer, raised):
        self.chain(Interceptor(answer))
        self.asked('INVITE', 500, body=SDP)
        self.assertEqual(self.raised, raised)

    def identify(self, identifier):
        self.chain(Ahoy.Identification)
        self.party.stack.get_extensions().add(Ahoy.EndpointIdentifier, identifier, 'python')

    def test_identifier(self):
        """An identifier names the endpoint that a call comes from, made on the spot"""
        class Naming(GObject.Object, Ahoy.EndpointIdentifier):
            def do_identify(self, request):
                return Ahoy.Endpoint.new(Ahoy.EndpointConfig.new('alice'))

        self.identify(Naming())
        names = []
        self.party.sessions.connect('session-added', lambda sessions, session: session.connect(
            'ended', lambda session: names.append(session.get_invite().get_endpoint().get_name())))
        self.asked('INVITE', 200, body=SDP)
        self.assertEqual(names, ['alice'])

    def identifier_fails(self, answer, raised):
        identifier = Identifier(answer)
        self.identify(identifier)
        self.asked('INVITE', 403, body=SDP)
        self.assertEqual((self.raised, len(identifier.asked)), (raised, 1))

    def authenticate(self, authenticator):
        self.chain(Ahoy.Authentication)
        self.party.stack.get_extensions().add(Ahoy.Authenticator, authenticator, 'python')

    def test_authenticator(self):
        """An authenticator is asked whether a proof is needed, and content with it"""
        authenticator = Authenticator(Ahoy.AuthResult.SUCCESS)
        self.authenticate(authenticator)
        self.asked('INVITE', 200, body=SDP)
        self.assertEqual(authenticator.asked[0], 'authenticate')

    def authenticator_fails(self, answer, raised):
        authenticator = Authenticator(answer)
        self.authenticate(authenticator)
        self.asked('INVITE', 403, body=SDP)
        self.assertEqual((self.raised, authenticator.asked), (raised, ['authenticate']))

    def test_requirement_raises(self):
        """When it raises whether a proof is needed, it is needed"""
        authenticator = Authenticator(KeyError)
        authenticator.needed = None
        self.authenticate(authenticator)
        self.asked('INVITE', 403, body=SDP)
        self.assertEqual(self.raised, [KeyError, KeyError])
        self.assertEqual(authenticator.asked, ['requires', 'authenticate'])


def add_test(what, text, answer, raised):
    def test(self):
        getattr(self, f'{what}_fails')(answer, raised)

    test.__doc__ = f'The {what} that {text} lets nothing pass'
    setattr(Deciding, f'test_{what}_{text.replace(" ", "_")}', test)


for role in ('service', 'interceptor', 'identifier', 'authenticator'):
    add_test(role, 'raises', RuntimeError, [RuntimeError])
    add_test(role, 'says nothing', None, [] if role == 'identifier' else [TypeError])
    add_test(role, 'returns a string', 'yes', [TypeError])
    add_test(role, 'returns another object', GObject.Object(), [TypeError])
add_test('service', 'says FAILED', Ahoy.ServiceVerdict.FAILED, [])
add_test('interceptor', 'says FAILED', Ahoy.InterceptorVerdict.FAILED, [])
add_test('interceptor', 'says that it answered', Ahoy.InterceptorVerdict.ANSWERED, [])
add_test('authenticator', 'says FAILED', Ahoy.AuthResult.FAILED, [])


if __name__ == '__main__':
    agent.main()
