# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-12, AUTH-28, AUTH-29, DATA-23: who is nobody, guests, and the domains that are ours."""

import json
import socket
import time

import agent
from daemon import BusError
from sip_peer import SDP
from test_identify import IdentifyTestCase, core, endpoints
from test_sipp import Sipp


def routes(*contexts):
    """Contexts whose only route tells them by its answer."""
    return ''.join(f'[route {name}]\ncontext={name}\nmatch=re:.*\ndo=reject({status})\n'
                   for status, name in zip((480, 486, 488, 410, 413), contexts))


DOMAINS = '''
[domain example.org]
aliases=sip.example.org;192.0.2.7;2001:db8::7
allow-guest=yes
context=visitors

[domain closed.example]

[domain usual.example]
allow-guest=yes
'''
CLOSED = DOMAINS.replace('allow-guest=yes\n', '')


class Guests(IdentifyTestCase):
    def reload(self, text):
        (self.daemon.config / 'ahoy.conf').write_text(text)
        self.daemon.call('', 'Manager', 'Reload')

    def names_of_endpoints(self):
        return [row[0] for row in json.loads(self.daemon.ctl('-j', 'endpoints').stdout)]

    def test_allow_guest(self):
        """allow-guest: who is unknown may call the routes of guest-context, and nothing else"""
        daemon = self.start(core(allow_guest='yes', guest_context='lobby') + routes('lobby')
                            + endpoints(bob='').replace('480', '486'))
        sipp = Sipp('uac_480', 'udp', 'ipv4', daemon.address(), '100')
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)
        self.assertEqual(self.who(user='anonymous'), 'lobby')
        self.assertIn('anonymous', str(daemon.objects('endpoint')))

    def test_no_guests(self):
        """without it nobody unknown is served, and there is no such endpoint"""
        daemon = self.start(core() + routes('guest') + endpoints(bob='').replace('480', '481'))
        self.assertIsNone(self.who())
        self.assertNotIn('anonymous', str(daemon.objects('endpoint')))

    def test_explicit(self):
        """an endpoint anonymous that is written down is the one that counts, whenever it comes"""
        guests = core(allow_guest='yes') + routes('guest', 'mine')
        mine = '[endpoint anonymous]\nauth=none\ncontext=mine\nmatch=127.0.0.8\n'
        self.start(guests + mine)
        self.assertEqual(self.who('127.0.0.8'), 'mine')
        self.assertIsNone(self.who('127.0.0.9'))
        self.reload(guests)
        self.assertEqual(self.who('127.0.0.9'), 'guest')
        self.reload(guests + mine)
        self.assertEqual(self.who('127.0.0.8'), 'mine')
        self.assertIsNone(self.who('127.0.0.9'))
        self.reload((guests + mine).replace('allow-guest=yes', 'allow-guest=no')
                    .replace(mine, ''))
        self.assertIsNone(self.who('127.0.0.8'))

    def test_of_domains(self):
        """[domain]: guests of one domain may call its context; an alias is the domain"""
        self.start(core(guest_context='usual') + DOMAINS + routes('visitors', 'usual'))
        for host, name in (('example.org', 'visitors'), ('EXAMPLE.org.', 'visitors'),
                           ('sip.example.org', 'visitors'), ('192.0.2.7', 'visitors'),
                           ('[2001:db8:0::7]', 'visitors'), ('usual.example', 'usual'),
                           ('closed.example', None), ('example.net', None)):
            self.assertEqual(self.who(uri=f'sip:100@{host}'), name, host)
        # Nobody gets there by saying that he is one.
        self.assertIsNone(self.who(user='anonymous%40example.org', uri='sip:1@closed.example'))
        self.reload(core() + DOMAINS.replace('context=visitors', 'context=other')
                    + routes('visitors', 'usual', 'other'))
        self.names[488] = 'other'
        self.assertEqual(self.who(uri='sip:100@example.org'), 'other')

    def test_domain_and_all(self):
        """guests of a domain, and those of all others; the domain comes first"""
        self.start(core(allow_guest='yes') + DOMAINS + routes('visitors', 'guest'))
        self.assertEqual(self.who(uri='sip:100@example.org'), 'visitors')
        self.assertEqual(self.who(uri='sip:100@closed.example'), 'guest')


class Domains(IdentifyTestCase):
    def test_external(self):
        """allow-external-domains=no: what is for another domain gets 404, and ours goes on"""
        text = core(allow_external_domains='no') + CLOSED + endpoints(anonymous='')
        daemon = self.start(text)
        port = daemon.ports['udp']
        for host, status in (('example.org', 480), ('sip.example.org:5099', 480),
                             (f'127.0.0.1:{port}', 480), ('[::1]', 480), ('closed.example', 480),
                             (socket.gethostname(), 480), ('example.net', 404),
                             ('192.0.2.8', 404), ('org', 404)):
            peer = self.peer()
            peer.send('INVITE', f'sip:100@{host}', ruri=f'sip:100@{host}', body=SDP)
            peer.expect(status)
        for method in ('OPTIONS', 'REGISTER', 'MESSAGE'):
            peer = self.peer()
            peer.send(method, 'sip:example.net', ruri='sip:example.net')
            peer.expect(404)
        peer.send('INVITE', 'tel:+4930123', ruri='tel:+4930123', body=SDP)
        peer.expect(480)
        sipp = Sipp('uac_480', 'udp', 'ipv4', daemon.address(), '100')
        self.assertEqual(sipp.finish()[0], 0)
        sipp = Sipp('uac_404_external', 'udp', 'ipv4', daemon.address(), '100')
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)

    def test_no_autodomain(self):
        """autodomain=no: our addresses are no domains of ours"""
        self.start(core(allow_external_domains='no', autodomain='no') + CLOSED
                   + endpoints(anonymous=''))
        for host, status in (('example.org', 480), ('127.0.0.1', 404)):
            peer = self.peer()
            peer.send('INVITE', f'sip:100@{host}', ruri=f'sip:100@{host}', body=SDP)
            peer.expect(status)

    def test_strangers_learn_nothing(self):
        """who is unknown hears the same, whichever domain it asks for"""
        self.start(core(allow_external_domains='no') + DOMAINS + endpoints(bob=''))
        for host in ('closed.example', 'example.net'):
            peer = self.peer()
            peer.send('OPTIONS', f'sip:{host}', ruri=f'sip:{host}')
            self.assertIn(peer.receive().status, (401, 403))

    def test_everything_else_as_before(self):
        """by default any host is taken"""
        self.start(core() + CLOSED + endpoints(anonymous=''))
        self.assertEqual(self.who(uri='sip:100@example.net'), 'anonymous')

    def test_bus(self):
        """CheckDomain and ListDomains, and ahoyctl domains"""
        daemon = self.start(core() + DOMAINS)
        for domain, answer in (('EXAMPLE.ORG', [True, 'visitors']),
                               ('192.0.2.7', [True, 'visitors']),
                               ('closed.example', [True, '']), ('usual.example', [True, 'guest']),
                               ('127.0.0.1', [True, '']), ('example.net', [False, ''])):
            self.assertEqual(daemon.call('', 'Manager', 'CheckDomain', 's', domain), answer, domain)
        listed = daemon.call('', 'Manager', 'ListDomains')[0]
        for row in (['example.org', 'domain', 'visitors'], ['192.0.2.7', 'alias', 'example.org'],
                    ['127.0.0.1', 'host', ''], ['::1', 'host', '']):
            self.assertIn(row, listed)
        self.assertEqual(json.loads(daemon.ctl('-j', 'domains').stdout), listed)
        self.assertRegex(daemon.ctl('domains').stdout, 'example.org +domain +guests: visitors')
        self.assertEqual(daemon.ctl('domains', 'example.org').stdout,
                         'example.org is ours; guests may call the routes of visitors\n')
        self.assertEqual(daemon.ctl('domains', 'example.net').stdout, 'example.net is not ours\n')
        with self.assertRaises(BusError):
            daemon.call('', 'Manager', 'CheckDomain')

    def test_mistakes(self):
        """what is no domain is an error with its place"""
        for text in ('[domain a..b]\n', '[domain x.example]\naliases=sip:x\n'):
            daemon = self.start(core() + text, True)
            self.assertTrue(any('is no domain' in line for line in daemon.log.all))


class Strangers(IdentifyTestCase):
    def reports(self):
        return [line for line in self.daemon.log.all if 'event=invalid-account-id' in line]

    def ask(self, count, host='127.0.0.9'):
        peer = self.peer(host)
        for _ in range(count):
            peer.send('OPTIONS')
            self.assertIn(peer.receive().status, (401, 403))

    def wait_for_reports(self, count):
        end = time.monotonic() + 10
        while len(self.reports()) != count:
            self.assertLess(time.monotonic(), end, self.reports())
            time.sleep(0.02)  # between two looks at the log

    def test_count(self):
        """unidentified-count: so many requests within the period are one event"""
        self.start(core(unidentified_count='3', unidentified_period='1h') + endpoints(bob=''))
        self.ask(2)
        self.ask(2, '127.0.0.8')
        self.ask(1)
        self.wait_for_reports(1)
        self.ask(6)
        self.wait_for_reports(3)
        self.assertTrue(all('source=127.0.0.9' in line for line in self.reports()))
        listed = {row[0]: row[1] for row in self.daemon.call('', 'Manager', 'ListUnidentified')[0]}
        self.assertEqual(listed, {'127.0.0.9': 9, '127.0.0.8': 2})

    def test_none(self):
        """unidentified-count=0: the list is all there is"""
        self.start(core(unidentified_count='0') + endpoints(bob=''))
        self.ask(20)
        self.assertEqual(self.reports(), [])
        self.assertIn('127.0.0.9', self.daemon.ctl('unidentified').stdout)

    def test_prune(self):
        """unidentified-prune-interval: a source that says nothing more is forgotten"""
        self.start(core(unidentified_prune_interval='1s') + endpoints(bob=''))
        self.ask(1)
        end = time.monotonic() + 10
        while self.daemon.call('', 'Manager', 'ListUnidentified')[0]:
            self.assertLess(time.monotonic(), end, 'it is still listed')
            time.sleep(0.1)  # between two questions


if __name__ == '__main__':
    agent.main()
