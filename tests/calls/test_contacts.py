# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A calls ahoyd, whose route dials somebody who is registered, at several places, or not at all."""

import agent
from sip_message import Message
from sip_peer import Call
from test_dial import SDP, Callee, Caller, DialTestCase

ALICE = '''
[endpoint alice]
password=secret
identify=username
{keys}
[endpoint bare]
auth=none
identify=ip
max-contacts=0
'''
AWAY = '192.0.2.77:5999'  # RFC 5737: nobody is there


class Phone(Callee):
    """A callee that registers."""

    def register(self, user='alice', uri=None, params='', headers=(), expires=None, number=1):
        """REGISTER with the password; gives the 200."""
        host = self.target_uri(user).split(';')[0]
        request = self.build('REGISTER', to=f'<{host}>', from_=f'<{host}>;tag=1', cseq=number)
        request.set('Contact', f'<{uri or self.uri}>{params}')
        for name, value in headers:
            request.add(name, value)
        if expires is not None:
            request.add('Expires', str(expires))
        self.send(request)
        self.send(self.authorize(request, self.expect(401), user, 'secret'))
        return self.expect(200)


class ContactsTestCase(DialTestCase):
    """Phones that may register as alice."""

    def setUp(self):
        self.callees = {}

    def start(self, do, keys='', core='', more=''):
        super().start(do, ALICE.format(keys=keys) + more, core=core)

    def phone(self, transport='udp', family='ipv4', **registration):
        phone = self.peer(Phone, transport, family, self.daemon.address(transport, family))
        if registration.pop('at_once', True):
            phone.register(**registration)
        return phone

    def wait_until_gone(self):
        """Until the state of alice is none of somebody who is there."""
        asker = self.phone(at_once=False)
        host = asker.target_uri('alice').split(';')[0]
        for number in range(1, 200):
            request = asker.build('REGISTER', to=f'<{host}>', from_=f'<{host}>;tag=1',
                                  cseq=number)
            request.remove('Contact')
            asker.send(request)
            asker.send(asker.authorize(request, asker.expect(401), 'alice', 'secret'))
            if not asker.expect(200).all('Contact'):
                return
            asker.pump(0.05)
        self.fail('alice stays registered')

    def refused(self, status, user='1'):
        alice = self.caller()
        alice.invite(user)
        alice.expect(status, timeout=15, skip=(180,))
        self.done()

    def answer(self, phone, invite, body=SDP, **keys):
        phone.respond(invite, 200, body=body, **keys)

    def rings(self, *phones):
        """All of them ring: their INVITEs."""
        invites = [phone.called() for phone in phones]
        for phone, invite in zip(phones, invites):
            phone.respond(invite, 180)
        return invites


class Registered(ContactsTestCase):
    """REGI-06, REGI-09: who is called."""

    def test_two_ring(self):
        """two phones of alice ring, over UDP and TCP; one answers, the other is cancelled"""
        self.start('dial(alice)')
        first, second = self.phone(), self.phone('tcp', 'ipv6')
        caller = self.caller()
        caller.invite('1')
        invites = self.rings(first, second)
        self.answer(second, invites[1])
        self.assertIn('SIP;cause=200', first.cancelled(invites[0])['reason'])
        second.expect('ACK', skip=('INVITE',))
        caller.answered()
        caller.bye()
        second.take('BYE')
        self.done()

    def test_both_answer(self):
        """two phones answer at the same time: the call is with one, the other gets ACK and BYE"""
        self.start('dial(alice)')
        first, second = self.phone(), self.phone()
        caller = self.caller()
        caller.invite('1')
        invites = self.rings(first, second)
        self.answer(first, invites[0])
        self.answer(second, invites[1])
        caller.answered()
        first.expect('ACK', skip=('INVITE',))
        second.expect('ACK', skip=('INVITE', 'CANCEL'))
        second.take('BYE', skip=('INVITE', 'ACK', 'CANCEL'))
        caller.bye()
        first.take('BYE')
        self.done()

    def test_nobody(self):
        """an endpoint that is not registered is 480, one that does not exist 404"""
        self.start('dial(alice)', more='\n[route x]\ncontext=demo\nmatch=2\ndo=dial(nobody)\n')
        self.daemon.warnings_expected = True  # of the name that is none
        self.refused(480)
        self.refused(404, '2')

    def test_expired(self):
        """REGI-09: a registration that was not refreshed is over, and calls are refused at once"""
        self.start('dial(alice)', 'minimum-expiration=1s\ndefault-expiration=1s')
        phone = self.phone(expires=1)
        self.wait_until_gone()
        self.refused(480)
        phone.expect_nothing(0.1)

    def test_order(self):
        """contacts=order: by quality, one after the other; who refuses is followed by the next"""
        self.start('dial(alice, contacts=order)')
        last, first = self.phone(params=';q=0.1'), self.phone(params=';q=0.9')
        caller = self.caller()
        caller.invite('1')
        first.respond(first.called(), 486)
        invite = last.called()
        self.answer(last, invite)
        caller.answered()
        caller.bye()
        last.take('BYE', skip=('ACK', 'INVITE'))
        self.done()

    def test_first(self):
        """contacts=first: only the best one is called"""
        self.start('dial(alice, contacts=first)')
        other, first = self.phone(params=';q=0.5'), self.phone()
        caller = self.caller()
        caller.invite('1')
        first.respond(first.called(), 486)
        caller.expect(486)
        self.done()
        other.expect_nothing(0.1)

    def test_aor(self):
        """alice/office: one address of record of several; alice rings at all of them"""
        routes = ''.join(f'\n[route x{number}]\ncontext=demo\nmatch={number}\ndo={do}\n'
                         for number, do in (('2', 'dial(alice/office)'),
                                            ('3', 'dial(alice/elsewhere)')))
        self.start('dial(alice)', 'aors=office', more=f'\n[aor office]\n{routes}'
                   '\n[aor elsewhere]\n')
        home = self.phone()
        office = self.phone(at_once=False)
        host = office.target_uri('office').split(';')[0]
        request = office.build('REGISTER', to=f'<{host}>',
                               from_=f'<{office.target_uri("alice").split(";")[0]}>;tag=1')
        office.send(request)
        office.send(office.authorize(request, office.expect(401), 'alice', 'secret'))
        office.expect(200)
        caller = self.caller()
        caller.invite('2')
        office.respond(office.called(), 486)
        caller.expect(486)
        home.expect_nothing(0.1)
        caller = self.caller()
        caller.invite('1')
        office.expect('ACK', skip=('INVITE',))
        for phone in (home, office):
            phone.respond(phone.called(), 486)
        caller.expect(486)
        self.refused(404, '3')

    def test_registered_route(self):
        """REGI-30: a route is there as long as somebody is registered, and others take its place"""
        more = ''.join(f'\n[route x{number}]\ncontext=demo\nmatch=5\ndo={do}\n{key}\n'
                       for number, (do, key) in enumerate((
                           ('reject(486)', 'only-when=registered:alice'),
                           ('reject(410)', 'only-when=registered:office'),
                           ('reject(603)', ''))))
        self.start('dial(alice)', more=f'\n[aor office]\nminimum-expiration=1s\n{more}')
        self.refused(603, '5')
        phone = self.phone()
        self.refused(486, '5')
        phone.register(expires=0, number=9)
        self.refused(603, '5')

    def test_registered_route_of_nobody(self):
        """REGI-30: a condition on nobody, or on nothing, is told with its place"""
        self.start('dial(alice)', more='\n[route x]\ncontext=demo\nmatch=5\ndo=echo\n'
                   'only-when=registered:who\n\n[route y]\ncontext=demo\nmatch=5\ndo=echo\n'
                   'only-when=sunday\n')
        self.daemon.warnings_expected = True
        lines = [line for line in self.daemon.log.all if 'only-when' in line]
        self.assertRegex(lines[0], r'ahoy\.conf:\d+:.*“sunday” is no condition')
        self.assertRegex(lines[1], r'ahoy\.conf:\d+:.*There is no endpoint.*“who”')
        self.refused(404, '5')

    def test_uri(self):
        """alice/<sip:…>: a URI, called as alice is"""
        other = self.peer(Callee)
        self.start(f'dial(alice/<{other.uri}>)', 'from-user=we')
        caller = self.caller()
        caller.invite('1')
        invite = other.called()
        self.assertEqual(invite.uri, other.uri)
        self.assertIn('<sip:we@', invite['from'])
        other.respond(invite, 486)
        caller.expect(486)
        self.done()

    def test_default_address(self):
        """TRNK-14: a fixed contact of low quality is called when none that registered answers"""
        gateway = self.peer(Callee)
        self.start('dial(alice, contacts=order)', f'contact=<{gateway.uri}>;q=0.1')
        phone = self.phone()
        caller = self.caller()
        caller.invite('1')
        phone.respond(phone.called(), 480)
        gateway.respond(gateway.called(), 486)
        caller.expect(486)
        self.done()

    def test_proxy_of_aor(self):
        """TRNK-10: contacts of an address of record are called over its proxies"""
        proxy = self.peer(Callee)
        self.start('dial(alice)', 'aors=office', more='\n[aor office]\ncontact=<sip:x@192.0.2.9>\n'
                   f'outbound-proxy=<{proxy.uri}>\n')
        caller = self.caller()
        caller.invite('1')
        invite = proxy.called()
        self.assertEqual(invite['route'], f'<{proxy.uri};lr>')
        proxy.respond(invite, 486)
        caller.expect(486)
        self.done()

    def test_path(self):
        """REGI-26: a phone that registered over proxies is called over them, in their order"""
        edge = self.peer(Callee)
        self.start('dial(alice)', 'support-path=yes')
        path = [f'<{edge.uri};lr>', '<sip:next@192.0.2.8;lr;ob>']
        self.phone(uri='sip:alice@192.0.2.9', headers=[('Supported', 'path'),
                                                       ('Path', ', '.join(path))])
        caller = self.caller()
        caller.invite('1')
        invite = edge.called()
        self.assertEqual((invite.uri, invite.get_all('route')), ('sip:alice@192.0.2.9', path))
        edge.respond(invite, 200, body=SDP, headers=[('Record-Route', path[0]),
                                                     ('Contact', '<sip:alice@192.0.2.9>')])
        edge.expect('ACK', skip=('INVITE',))
        caller.answered()
        caller.bye()
        self.assertEqual(edge.take('BYE').get_all('route'), path[:1])
        self.done()

    def test_static(self):
        """TRNK-14: a trunk with a fixed contact is called without a registration"""
        gateway = self.peer(Callee)
        self.start('dial(alice)', f'contact=<{gateway.uri}>;q=0.3')
        caller = self.caller()
        caller.invite('1')
        gateway.respond(gateway.called(), 486)
        caller.expect(486)
        self.done()


class Programs(ContactsTestCase):
    """Manager.Dial: programs call somebody of ours."""

    def ended(self, session, status):
        self.assertEqual(self.daemon.wait(session, 'ended')[:2], ['ended', status])

    def test_all(self):
        """all phones of alice ring; one answers, the other is cancelled; by name and by address"""
        self.start('answer')
        first, second = self.phone('tcp'), self.phone()
        for target in ('alice', second.target_uri('alice')):
            session = self.daemon.dial(target)
            invites = self.rings(first, second)
            self.assertEqual(len(self.daemon.get(session, 'Session', 'Branches')), 2)
            self.answer(second, invites[1])
            self.assertIn('SIP;cause=200', first.cancelled(invites[0])['reason'])
            second.expect('ACK', skip=('INVITE',))
            self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
            self.assertEqual(self.daemon.get(session, 'Session', 'Endpoint'),
                             '/org/ahoy/Ahoy1/endpoint/alice')
            self.daemon.call(session, 'Session', 'Hangup')
            second.take('BYE')
            self.ended(session, 200)

    def test_media_address(self):
        """who is called by name hears us at an address of his own family"""
        self.start('answer')
        phone = self.phone(family='ipv6')
        session = self.daemon.dial('alice')
        invite = phone.called()
        self.assertIn(b'c=IN IP6 ::1', invite.body)
        phone.respond(invite, 486)
        self.ended(session, 486)

    def test_refused(self):
        """when nobody answers the best refusal counts; one that fails at once hides no other"""
        self.start('answer')
        gone = self.phone('tcp', uri=f'sip:alice@{AWAY};transport=tcp')
        second = self.phone()
        gone.close()
        session = self.daemon.dial('alice')
        second.respond(second.called(), 486)
        self.ended(session, 486)

    def test_nobody(self):
        """nobody is registered: the call is over at once, with 480"""
        self.start('answer')
        self.ended(self.daemon.dial('alice'), 480)

    def test_elsewhere(self):
        """the same name somewhere else, or at a server of the caller, is not ours"""
        other, server = self.peer(Callee), self.peer(Callee)
        self.start('answer', more=f'\n[endpoint trunk]\nauth=none\nidentify=ip\n'
                   f'contact=<{server.uri}>\nfrom-domain=127.0.0.1:{server.port}\n')
        for target, endpoint, callee in ((f'sip:alice@127.0.0.1:{other.port}', '', other),
                                         ('alice', 'trunk', server)):
            session = self.daemon.dial(target, endpoint)
            invite = callee.called()
            self.assertTrue(invite.uri.startswith('sip:alice@127.0.0.1:'), invite.uri)
            callee.respond(invite, 486)
            self.ended(session, 486)


class Nat(ContactsTestCase):
    """REGI-32: phones whose Contact leads nowhere."""

    def talk(self, phone):
        """A call to the phone, which says once more that it is elsewhere."""
        caller = self.caller()
        caller.invite('1')
        invite = phone.called()
        phone.respond(invite, 180)
        self.answer(phone, invite, headers=[('Contact', f'<sip:alice@{AWAY}>')])
        phone.expect('ACK', skip=('INVITE',))
        caller.answered()
        caller.bye()
        phone.take('BYE')
        self.done()

    def test_behind_nat(self):
        """rewrite-contact: over UDP and TCP, IPv4 and IPv6, the call goes where they came from"""
        self.start('dial(alice)', 'rewrite-contact=yes\nmax-contacts=1\nremove-existing=yes')
        for transport, family in agent.ALL_PATHS:
            tail = ';transport=tcp' if transport == 'tcp' else ''
            with self.subTest(transport=transport, family=family):
                self.talk(self.phone(transport, family, uri=f'sip:alice@{AWAY}{tail}'))

    def test_connection(self):
        """a phone is called over the connection that it registered by, without any key"""
        self.start('dial(alice)')
        self.talk(self.phone('tcp', uri=f'sip:alice@{AWAY};transport=tcp'))

    def test_calls_from_behind_nat(self):
        """rewrite-contact: what is sent in a call that such a phone makes finds it too"""
        self.start('answer, hangup', 'rewrite-contact=yes\ncontext=demo')
        phone = self.phone(at_once=False)
        call = Call(phone, phone.target_uri('1'))
        call.local = f'<{phone.target_uri("alice").split(";")[0]}>'
        headers = [f'Contact: <sip:alice@{AWAY}>']
        text = phone.request('INVITE', call=call, body=SDP, no_contact=True, headers=headers)
        phone.send_raw(text)
        challenge = phone.expect(401, skip=(100,))
        phone.send(phone.authorize(Message.parse(text.encode()), challenge, 'alice', 'secret'))
        response = phone.expect(200, skip=(100,))
        call.established(response)
        phone.send('ACK', call=call, cseq=response.cseq)
        phone.respond(phone.expect('BYE', skip=(200,)), 200)
        self.done()

    def test_connection_gone(self):
        """when the connection of a phone is closed the call is refused at once"""
        self.start('dial(alice)')
        phone = self.phone('tcp', uri=f'sip:alice@{AWAY};transport=tcp')
        phone.close()
        self.refused(480)


del DialTestCase, Caller

if __name__ == '__main__':
    agent.main()
