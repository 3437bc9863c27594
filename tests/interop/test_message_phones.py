# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""MESG-05, MESG-06, MESG-09: baresip and linphone register with us and write to one another."""

import json
import os
import subprocess
import time
import unittest

import agent
import baresip
import linphone
from daemon import TRANSPORTS, Daemon, Lines
from sip_ladder import format_address
from sip_peer import Failure

CONFIG = '[core]\nrealm=ahoy.example\n[domain ahoy.example]\n' + TRANSPORTS + ''.join(
    f'[endpoint {name}]\npassword=secret\nmax-contacts=4\nstore-messages=yes\n'
    for name in ('alice', 'bob', 'carol'))


class Phones(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(CONFIG)
        self.addCleanup(self.daemon.stop)

    def start(self, kind, name, transport='udp', family='ipv4', **keys):
        address = self.daemon.address(transport, family)
        if kind is baresip.Baresip:
            # What it writes goes over its transport only with a proxy.
            keys.update(trace=True, more=f';outbound="sip:{format_address(address)};'
                                         f'transport={transport}"')
        one = kind(transport, family, account=(name, 'secret', 'ahoy.example'),
                   registrar=address, **keys)
        self.addCleanup(one.stop)
        one.wait_for_registration()
        return one

    def uri(self, name, transport='udp', family='ipv4'):
        tail = ';transport=tcp' if transport == 'tcp' else ''
        return f'sip:{name}@{format_address(self.daemon.address(transport, family))}{tail}'

    @staticmethod
    def wait_for_text(phone, text):
        """Waits until a phone shows a text."""
        def shown():
            if isinstance(phone, baresip.Baresip):
                return phone.log.all
            return phone.seen
        end = time.monotonic() + 30
        while not any(text in line for line in list(shown())):
            if time.monotonic() > end:
                raise Failure(f'“{text}” is not shown\n' + phone.report())
            time.sleep(0.05)  # between two questions

    def test_baresip(self):
        """two baresips write to one another through us, over UDP and TCP, IPv4 and IPv6"""
        for transport, family in (('udp', 'ipv4'), ('tcp', 'ipv4'), ('udp', 'ipv6'),
                                  ('tcp', 'ipv6')):
            phones = [self.start(baresip.Baresip, name, transport, family,
                                 contact=self.uri(other, transport, family))
                      for name, other in (('alice', 'bob'), ('bob', 'alice'))]
            for number, phone in enumerate(phones):
                text = f'{transport} {family} {number}'
                phone.command('message', text)
                self.wait_for_text(phones[1 - number], text)
            for phone in phones:
                phone.stop()
            print(f'# baresip  {transport} {family}  both ways')

    def test_linphone(self):
        """linphone and baresip write to one another, and the answer goes to who wrote"""
        alice = self.start(linphone.Linphone, 'alice', domain='ahoy.example')
        bob = self.start(baresip.Baresip, 'bob', contact=self.uri('alice'))
        alice.command('message sip:bob@ahoy.example hello from linphone')
        self.wait_for_text(bob, 'hello from linphone')
        bob.command('message', 'hello from baresip')
        self.wait_for_text(alice, 'hello from baresip')
        self.wait_for_text(alice, 'message-received')

    def test_origination(self):
        """the server writes to a phone that is there, and to one that comes later"""
        bob = self.start(baresip.Baresip, 'bob')
        done = self.daemon.ctl('message', '--from', 'alice', 'bob', 'You have 1 new voicemail')
        self.assertIn('200', done.stdout)
        self.wait_for_text(bob, 'You have 1 new voicemail')
        alice = self.start(baresip.Baresip, 'alice', contact=self.uri('carol'))
        for text in ('are you there?', 'then later'):
            alice.command('message', text)
        end = time.monotonic() + 30
        while len(self.daemon.call('', 'Messages', 'ListStored', 's', 'carol')[0]) < 2:
            self.assertLess(time.monotonic(), end, 'nothing is kept')
            time.sleep(0.05)  # between two questions
        carol = self.start(baresip.Baresip, 'carol')
        self.wait_for_text(carol, 'then later')
        lines = '\n'.join(carol.log.all)
        self.assertLess(lines.index('are you there?'), lines.index('then later'))

    def test_to_programs(self):
        """a phone writes to somebody who listens on the bus"""
        listener = subprocess.Popen([os.environ['AHOY_CTL'], '-j', 'messages'],
                                    stdout=subprocess.PIPE, text=True,
                                    env=self.daemon.environment)
        lines = Lines(listener.stdout)
        self.addCleanup(listener.stdout.close)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)
        alice = self.start(linphone.Linphone, 'alice', domain='ahoy.example')
        end = time.monotonic() + 30
        # It is told of what comes after it has asked.
        while not lines.all:
            self.assertLess(time.monotonic(), end, alice.report())
            alice.command('message sip:desk@ahoy.example is anybody there')
            time.sleep(0.2)  # between two questions
        got = json.loads(lines.all[0])
        self.assertEqual((got['endpoint'], got['body']), ('alice', 'is anybody there'))
        self.assertIn('text/plain', got['content-type'])


if __name__ == '__main__':
    agent.main(200)
