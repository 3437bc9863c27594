# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls with sound between ahoyd and phones through a proxy that records its route and forks."""

import unittest

import agent
import baresip
import phone
from daemon import Daemon, anyone
from kamailio import Kamailio
from sip_peer import SDP, Call, Peer


class Proxy(phone.PhoneCalls):
    phone = baresip.Baresip

    def start_all(self, number=1):
        """Phones for each path, and the proxy that knows ahoyd and them."""
        phones = {path: [self.start(*path) for _ in range(number)] for path in phone.PATHS}
        table = {}
        for transport, family in phone.PATHS:
            host, port = self.daemon.address(transport, family)
            host = f'[{host}]' if ':' in host else host
            name = f'desk-{transport}-{family}'
            table[name] = [f'sip:{name}@{host}:{port};transport={transport}']
            table[f'phone-{transport}-{family}'] = [
                one.uri for one in phones[transport, family]]
        self.proxy = Kamailio(table)
        self.addCleanup(self.proxy.stop)
        return phones

    def dial_through_proxy(self, transport, family):
        suffix = ';transport=tcp' if transport == 'tcp' else ''
        return self.daemon.dial(self.proxy.uri(f'phone-{transport}-{family}', family) + suffix)

    def check_peers(self, session, transport, family, messages):
        """These messages were there, and all went to the proxy or came from it."""
        history = self.daemon.call(session, 'Session', 'GetHistory')[0]
        seen = [(direction, line.split()[0]) for _, direction, line, _ in history]
        for message in messages:
            self.assertIn(message, seen)
        if transport == 'udp':  # its connections have other ports
            host = self.proxy.uri('x', family).split('@')[1]
            self.assertEqual([entry for entry in history if entry[3] != host], [])

    def test_from_phone(self):
        """CALL-34: a phone calls through kamailio; tones, digits and hold; ahoyd hangs up"""
        phones = self.start_all()

        def run(transport, family):
            one = phones[transport, family][0]
            name = f'desk-{transport}-{family}'
            one.dial(self.proxy.uri(name, family))
            one.wait_for_ringing()
            session = self.find(name)
            self.assertIn(str(self.proxy.port), self.daemon.call(
                session, 'Session', 'GetHeader', 'su', 'Record-Route', 0)[0])
            self.daemon.call(session, 'Session', 'Answer')
            one.wait_for_talking()
            self.talk(session, one, name)
            self.daemon.call(session, 'Session', 'Hangup')
            one.wait_for_end()
            self.check_end(session, 200, 'local')
            self.check_peers(session, transport, family,
                             [('in', 'INVITE'), ('out', 'INVITE'), ('out', 'BYE')])
        self.row('calls through kamailio', run)

    def test_to_phone(self):
        """CALL-34: ahoyd calls a phone through kamailio; the phone hangs up"""
        phones = self.start_all()

        def run(transport, family):
            one = phones[transport, family][0]
            session = self.dial_through_proxy(transport, family)
            one.wait_for_call()
            one.answer()
            self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
            one.wait_for_talking()
            self.talk(session, one, f'to-{transport}-{family}')
            one.hang_up()
            self.check_end(session, 200, 'remote')
            self.check_peers(session, transport, family,
                             [('out', 'INVITE'), ('out', 'ACK'), ('in', 'BYE')])
        self.row('is called through kamailio', run)

    def branches(self, session):
        return self.daemon.get(session, 'Session', 'Branches')

    def test_forks(self):
        """CALL-34: kamailio rings at two phones; one answers and talks, the other is canceled"""
        phones = self.start_all(2)

        def run(transport, family):
            first, second = phones[transport, family]
            session = self.dial_through_proxy(transport, family)
            first.wait_for_call()
            second.wait_for_call()
            phone.until(lambda: [entry[1:] for entry in self.branches(session)]
                        == [['ringing', 180]] * 2, lambda: f'{self.branches(session)}')
            second.answer()
            self.assertEqual(self.daemon.wait(session, 'active')[:2], ['active', 200])
            states = {target: state for target, state, _ in self.branches(session)}
            self.assertEqual(sorted(states.values()), ['active', 'ended'], states)
            port = second.uri.split(';')[0].rpartition(':')[2]
            self.assertIn(f':{port}', next(target for target, state in states.items()
                                           if state == 'active'))
            first.wait_for_end()
            second.wait_for_talking()
            self.talk(session, second, f'fork-{transport}-{family}')
            self.daemon.call(session, 'Session', 'Hangup')
            second.wait_for_end()
            self.check_end(session, 200, 'local')
        self.row('two ring, one answers', run)

    def test_forks_canceled(self):
        """CALL-34: kamailio rings at two phones; ahoyd thinks better of it, both stop"""
        phones = self.start_all(2)

        def run(transport, family):
            session = self.dial_through_proxy(transport, family)
            for one in phones[transport, family]:
                one.wait_for_call()
            self.daemon.wait(session, 'ringing')
            self.daemon.call(session, 'Session', 'Hangup')
            for one in phones[transport, family]:
                one.wait_for_end()
            self.check_end(session, 487, 'local')
        self.row('two ring, both are canceled', run)

    def test_forks_refused(self):
        """CALL-34: kamailio rings at two phones; both refuse, and the call is over: 486"""
        phones = self.start_all(2)

        def run(transport, family):
            session = self.dial_through_proxy(transport, family)
            for one in phones[transport, family]:
                one.wait_for_call()
                one.refuse()
            self.check_end(session, 486, 'remote')
        self.row('two ring, both refuse', run)


class Chain(unittest.TestCase):
    """ahoyd and two proxies that it is told of."""

    def proxy(self, table, **options):
        proxy = Kamailio(table, **options)
        self.addCleanup(proxy.stop)
        return proxy

    def test_chain(self):
        """TRNK-10: a call passes the first proxy, then the second, and both stay in the way"""
        callee = Peer()
        self.addCleanup(callee.close)
        second = self.proxy({'bob': [callee.uri]})
        first = self.proxy({}, chain=True)
        hosts = [proxy.uri('x', 'ipv4').split('@')[1] for proxy in (first, second)]
        chain = ', '.join(f'<sip:{host}>' for host in hosts)
        daemon = Daemon(anyone(('1', 'dial(bob, timeout=20)'), core=f'outbound-proxy={chain}')
                        + '\n[endpoint bob]\nauth=none\ncontact=<sip:bob@nowhere.invalid>\n'
                        'contact-user=ours\n')
        self.addCleanup(daemon.stop)
        caller = Peer(target=daemon.address())
        self.addCleanup(caller.close)
        call = Call(caller, caller.target_uri('1'))
        caller.send('INVITE', call=call, body=SDP)
        invite = callee.expect('INVITE')
        self.assertEqual([f'{via.host}:{via.port}' for via in invite.vias[:2]], hosts[::-1])
        self.assertEqual(len(invite.vias), 3)
        self.assertEqual([value.split(';')[0] for value in invite.get_all('record-route')],
                         [f'<sip:{host}' for host in hosts[::-1]])
        self.assertIn('<sip:ours@', invite['contact'])
        callee.respond(invite, 200, body=SDP)
        callee.expect('ACK', skip=('INVITE',))
        call.established(caller.expect(200, skip=(100,)))
        caller.send('ACK', call=call)
        caller.send('BYE', call=call)
        bye = callee.expect('BYE', skip=('ACK', 'INVITE'))
        self.assertEqual(len(bye.vias), 3)
        callee.respond(bye, 200)
        daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(340)
