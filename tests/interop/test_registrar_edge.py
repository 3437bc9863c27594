# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-26: phones that register through kamailio are called through it, and call through it."""

import agent
import baresip
import phone
from kamailio import Kamailio
from registering import Phone
from sip_peer import Peer

PASSWORD = 'sesame'
ENDPOINTS = ''.join(f'''
[endpoint edge-{"-".join(path)}]
password={PASSWORD}
identify=username
allow=register;call
context=demo
support-path=yes
[route edge-{"-".join(path)}]
context=demo
match=edge-{"-".join(path)}
do=dial(edge-{"-".join(path)})
''' for path in phone.PATHS)


class Edge(phone.PhoneCalls):
    phone = baresip.Baresip
    endpoint = ENDPOINTS

    def start_behind(self, path):
        """A phone that registers through the proxy."""
        transport, family = path
        proxy = self.proxy.uri('', family).replace('@', '')
        one = self.start(transport, family, account=(f'edge-{"-".join(path)}', PASSWORD, 'ahoy'),
                         registrar=self.daemon.address(*path),
                         more=f';sipnat=outbound;outbound="{proxy};transport={transport}"')
        one.wait_for_registration()
        return one

    def setUp(self):
        super().setUp()
        self.proxy = Kamailio({}, edge=True)
        self.addCleanup(self.proxy.stop)

    def hops(self, session):
        """Where the messages of a session went to and came from."""
        return {entry[3] for entry in self.daemon.call(session, 'Session', 'GetHistory')[0]}

    def test_is_called(self):
        """REGI-26: a call to a phone behind kamailio passes it (Path), and both hear each other"""
        def run(transport, family):
            callee = self.start_behind((transport, family))
            caller = baresip.Baresip(transport, family, frequency=phone.OF_AHOY)
            self.addCleanup(caller.stop)
            self.call(caller, f'edge-{transport}-{family}')
            callee.wait_for_call()
            callee.answer()
            caller.wait_for_talking()
            callee.wait_for_talking()
            self.check_what_phone_hears(callee, phone.OF_AHOY)
            self.check_what_phone_hears(caller, phone.OF_PHONE)
            session = self.find(f'edge-{transport}-{family}')
            sessions = [path for path in self.daemon.objects('session')
                        if self.daemon.get(path, 'Session', 'Direction') == 'outgoing'
                        and f'edge-{transport}-{family}' in
                        self.daemon.get(path, 'Session', 'RemoteUri')]
            if transport == 'udp':  # its connections have other ports
                host = self.proxy.uri('x', family).split('@')[1]
                self.assertTrue(any(self.hops(path) == {host} for path in sessions),
                                [self.hops(path) for path in sessions + [session]])
            callee.hang_up()
            caller.wait_for_end()
        self.row('is called over the path', run)

    def test_calls(self):
        """REGI-26: a phone behind kamailio calls the echo through it"""
        def run(transport, family):
            one = self.start_behind((transport, family))
            self.call(one, '600')
            one.wait_for_talking()
            self.check_what_phone_hears(one, phone.OF_PHONE)
            one.hang_up()
            one.wait_for_end()
        self.row('calls through the edge', run)

    def test_flow(self):
        """REGI-26: kamailio keeps the flow (RFC 5626): the contact has its instance and reg-id"""
        self.start_behind(('udp', 'ipv4'))
        peer = Peer('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        contacts = list(Phone(peer, 'edge-udp-ipv4', PASSWORD).contacts().values())
        self.assertEqual(len(contacts), 1)
        self.assertEqual(contacts[0].params['reg-id'], '1')
        self.assertIn('urn:uuid:', contacts[0].params['+sip.instance'])


if __name__ == '__main__':
    agent.main(240)
