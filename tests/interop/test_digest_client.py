# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-23: kamailio asks ahoyd who it is, before a call with sound goes through."""

import agent
import baresip
import phone
from kamailio import Kamailio
from test_sipp import Sipp

PASSWORD = 'sesame, open'
ENDPOINTS = f'''
[endpoint line]
from-user=line
outbound-auths=first;second
allow=call

[auth first]
realm=first.example
username=one
password={PASSWORD}

[auth second]
realm=second.example
username=two
password={PASSWORD} twice
'''
FIRST = {'realm': 'first.example', 'password': PASSWORD}
SECOND = {'realm': 'second.example', 'password': PASSWORD + ' twice', 'algorithm': 'SHA-256'}


class Challenged(phone.PhoneCalls):
    phone = baresip.Baresip
    endpoint = ENDPOINTS

    def start_all(self, *proxies):
        """A phone for each path behind proxies, each with what it asks, the nearest to us first."""
        self.phones = {path: self.start(*path) for path in phone.PATHS}
        table = {f'phone-{transport}-{family}': [self.phones[transport, family].uri]
                 for transport, family in phone.PATHS}
        for options in reversed(proxies):
            proxy = Kamailio(table, user='line', **options)
            self.addCleanup(proxy.stop)
            table = {}
            for transport, family in phone.PATHS:
                name = f'phone-{transport}-{family}'
                suffix = ';transport=tcp' if transport == 'tcp' else ''
                table[name] = [proxy.uri(name, family) + suffix]
        self.table = table

    def call(self, transport, family, statuses):
        """A call with sound, held once and ended by us; each request is challenged as often."""
        one = self.phones[transport, family]
        session = self.daemon.dial(self.table[f'phone-{transport}-{family}'][0], 'line')
        one.wait_for_call()
        one.answer()
        self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
        one.wait_for_talking()
        self.talk(session, one, f'digest-{transport}-{family}')
        self.daemon.call(session, 'Session', 'Hangup')
        one.wait_for_end()
        self.check_end(session, 200, 'local')
        history = [(direction, line.split()[0]) for _, direction, line, _ in
                   self.daemon.call(session, 'Session', 'GetHistory')[0]]
        challenges = [line for direction, line in history if line in ('401', '407')]
        self.assertEqual(challenges[:len(statuses)], statuses, history)

    def rows(self, name, statuses, *proxies):
        self.start_all(*proxies)
        self.row(name, lambda *path: self.call(*path, statuses))

    def test_proxy(self):
        """AUTH-23: a call, hold and digits through kamailio, which asks with 407"""
        self.rows('407, MD5', ['407'], FIRST)

    def test_sha256(self):
        """AUTH-20, AUTH-36: kamailio asks for SHA-256"""
        self.rows('407, SHA-256', ['407'], {**FIRST, 'algorithm': 'SHA-256'})

    def test_callee(self):
        """AUTH-23: kamailio asks with 401, and wants the body to be protected"""
        self.rows('401, auth-int', ['401'], {**FIRST, 'kind': 'www', 'qop': 'auth-int'})

    def test_two_proxies(self):
        """AUTH-23: two proxies in a row ask, each for its realm: 407 twice, MD5 and SHA-256"""
        self.rows('407 twice', ['407', '407'], FIRST, SECOND)

    def test_refused(self):
        """AUTH-23: kamailio refuses the password, and is asked once only"""
        self.start_all({**FIRST, 'password': 'another'})

        def run(transport, family):
            session = self.daemon.dial(self.table[f'phone-{transport}-{family}'][0], 'line')
            self.check_end(session, 407, 'remote')
            history = [line.split()[0] for _, _, line, _ in
                       self.daemon.call(session, 'Session', 'GetHistory')[0]]
            self.assertEqual(history.count('INVITE'), 2, history)
        self.row('refused', run)

    def test_sipp(self):
        """AUTH-23: sipp asks with 401 and no qop, and checks the answer"""
        def run(transport, family):
            sipp = Sipp('uas_digest', transport, family).listening(transport)
            session = self.daemon.dial(sipp.uri, 'line')
            self.assertEqual(self.daemon.wait(session, 'active')[:2], ['active', 200])
            self.daemon.call(session, 'Session', 'Hangup')
            self.check_end(session, 200, 'local')
            code, output = sipp.finish()
            self.assertEqual(code, 0, output)
        self.row('sipp, 401', run)


if __name__ == '__main__':
    agent.main(340)
