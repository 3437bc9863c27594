# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-07 to REGI-10: kamailio registers with us for the phones behind it, and calls and messages
flow both ways, over UDP and TCP, IPv4 and IPv6.
"""

import time
import unittest

import agent
import baresip
import phone
from daemon import HOSTS, TRANSPORTS, Daemon
from kamailio_account import Account, Customer
from phone import PATHS, until

PASSWORD = 'sesame'
REALM = 'ahoy'
BRIEF = 6  # seconds


def name(path):
    return f'desk-{"-".join(path)}'


CONFIG = f'[core]\nrealm={REALM}\noverload-delay=0\n' + TRANSPORTS + ''.join(f'''
[endpoint {name(path)}]
password={PASSWORD}
identify=username
context=demo
minimum-expiration=1
''' for path in PATHS) + '''
[endpoint office]
auth=none
context=demo
store-messages=yes
[route echo]
context=demo
match=600
do=answer, echo
'''


class Behind(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(CONFIG)
        self.addCleanup(self.daemon.stop)

    def serve(self, expires=3600, password=PASSWORD):
        server = Customer([Account(name(path), password, REALM, path,
                                   self.daemon.address(*path), expires) for path in PATHS])
        self.addCleanup(server.stop)
        return server

    def contacts(self, path):
        escaped = name(path).replace('-', '_2d')
        return self.daemon.get(f'/org/ahoy/Ahoy1/endpoint/{escaped}', 'Endpoint', 'Contacts')

    def wait_for_contact(self, server, path):
        return until(lambda: self.contacts(path),
                     lambda: f'{name(path)} is not registered\n' + server.report()
                     + server.command('uac.reg_dump') + self.daemon.report())

    def start_phone(self, server, path):
        """A phone that registers with kamailio and sends all it sends to it."""
        proxy = server.uri('', *path).partition(';')[0]
        one = baresip.Baresip(*path, account=(name(path), 'x', 'x'), trace=True,
                              registrar=(HOSTS[path[1]], server.port),
                              more=f';outbound="{proxy};transport={path[0]}"',
                              contact=server.uri('office', *path))
        self.addCleanup(one.stop)
        one.wait_for_registration()
        return one

    def is_called(self, one, path):
        session = self.daemon.dial(self.contacts(path)[0][0], name(path))
        one.wait_for_call()
        one.answer()
        self.assertEqual(self.daemon.wait(session, 'active')[:2], ['active', 200])
        self.daemon.call(session, 'Session', 'PlayTone', 's', phone.OF_AHOY)
        until(lambda: one.heard(phone.OF_AHOY) > phone.ENOUGH, one.report)
        self.daemon.call(session, 'Session', 'Hangup')
        one.wait_for_end()

    def calls(self, one, server, path):
        one.dial(server.uri('600', *path))
        one.wait_for_talking()
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 1)
        one.hang_up()
        one.wait_for_end()
        self.daemon.wait_for_sessions(0)

    def gets_message(self, one, path):
        text = f'to {name(path)}'
        done = self.daemon.ctl('message', '--from', 'office', name(path), text)
        self.assertIn('200', done.stdout)
        until(lambda: any(text in line for line in list(one.log.all)), one.report)

    def stored(self):
        return self.daemon.call('', 'Messages', 'ListStored', 's', 'office')[0]

    def writes(self, one, path):
        before = len(self.stored())
        one.command('message', f'from {name(path)}')
        until(lambda: len(self.stored()) > before, lambda: one.report() + self.daemon.report())

    def test_both_ways(self):
        """REGI-07: kamailio proves who it is and registers; phones behind it call and are called"""
        server = self.serve()
        for path in PATHS:
            begin = time.monotonic()
            self.wait_for_contact(server, path)
            one = self.start_phone(server, path)
            self.is_called(one, path)
            self.gets_message(one, path)
            self.calls(one, server, path)
            self.writes(one, path)
            one.stop()
            print(f'# kamailio registers: {"/".join(path)} ok {time.monotonic() - begin:.1f} s',
                  flush=True)

    def test_refresh(self):
        """REGI-08, REGI-09, REGI-10: kamailio registers again, takes back, and is forgotten"""
        server = self.serve(BRIEF)
        for path in PATHS:
            self.wait_for_contact(server, path)
        # It may be away for a moment on a machine that is slow, but it comes again.
        first = {path: self.wait_for_contact(server, path)[0][2] for path in PATHS}
        for path in PATHS:
            until(lambda: self.wait_for_contact(server, path)[0][2] > first[path] + 1000000,
                  lambda: f'{name(path)} is not refreshed\n' + server.report())
            self.assertEqual(len(self.contacts(path)), 1)
        for path in PATHS[:2]:
            server.command('uac.reg_unregister', 'l_uuid', name(path))
            until(lambda: not self.contacts(path),
                  lambda: f'{name(path)} is still there\n' + server.report())
        server.stop()
        for path in PATHS[2:]:
            until(lambda: not self.contacts(path),
                  lambda: f'{name(path)} did not expire\n' + self.daemon.report())
        self.assertEqual(self.daemon.wait(self.daemon.dial(name(PATHS[0])), 'ended')[1], 480)
        print('# kamailio registers again, takes back, expires: ok', flush=True)


if __name__ == '__main__':
    agent.main(300)
