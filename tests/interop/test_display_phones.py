# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What real phones show of whom they talk with: when they are called, when they call, and when the
other one becomes somebody else in the middle of the call.

baresip 1.0 shows From of who calls it, and what it dialled; linphone 5.1 the same, or
P-Asserted-Identity of who calls it. Neither of them changes that later: there it is shown that they
are told, say 200, and talk on.
"""

import unittest

import agent
import phone
from baresip import Baresip
from daemon import TRANSPORTS, Daemon
from linphone import Linphone
from sip_ladder import format_address

CONFIG = '''
[core]
overload-delay=0
''' + TRANSPORTS + '''
[endpoint anonymous]
auth=none
context=office
send-identity=pai
caller-id="Alice Adams" <4711>

[route bob]
context=office
match=100
do=dial(bob, timeout=30s)

[endpoint bob]
auth=none
identify=username
context=office
send-identity=pai
trust-identity=yes
caller-id="Bob Brown" <100>
contact=<{uri}>
{keys}
'''
ALICE, BOB = 440, 1000


def shown(one):
    """Whom a phone shows in its first call: “Name <URI>”, or what there is of it."""
    if isinstance(one, Baresip):
        event = next(event for event in reversed(one.seen) if 'peeruri' in event)
        name, uri = event.get('peerdisplayname'), event['peeruri']
        return f'"{name}" <{uri}>' if name else uri
    one.command('call-status 1')
    return phone.until(lambda: next((line for line in one.seen[one.answered:]
                                     if line.startswith('From: ')), None), one.report)[6:]


class Display(unittest.TestCase):
    """Alice calls Bob by his number."""

    def start(self, caller, callee, transport='udp', keys='', **options):
        bob = callee(transport, frequency=BOB, **options)
        self.addCleanup(bob.stop)
        self.daemon = Daemon(CONFIG.format(uri=bob.uri, keys=keys))
        self.addCleanup(self.daemon.stop)
        alice = caller(transport, frequency=ALICE)
        self.addCleanup(alice.stop)
        self.address = format_address(self.daemon.address(transport))
        alice.dial(f'sip:100@{self.address}')
        bob.wait_for_call()
        bob.answer()
        bob.wait_for_talking()
        alice.wait_for_talking()
        self.talk(alice, bob)
        return alice, bob

    def talk(self, alice, bob):
        """Each hears the other one."""
        for listener, speaker, frequency in ((alice, bob, BOB), (bob, alice, ALICE)):
            enough = listener.heard(frequency) + phone.ENOUGH
            speaker.speak()
            phone.until(lambda: listener.heard(frequency) >= enough, listener.report)

    def end(self, alice, bob):
        alice.hang_up()
        bob.wait_for_end()
        self.daemon.wait_for_sessions(0)

    def ladder(self, direction):
        return next(self.daemon.call(path, 'Session', 'GetLadder')[0]
                    for path in self.daemon.objects('session')
                    if self.daemon.get(path, 'Session', 'Direction') == direction)

    def become(self, direction, request, answer):
        """A peer talks with Carol from now on, and is told so: what it answers."""
        path = next(path for path in self.daemon.objects('session')
                    if self.daemon.get(path, 'Session', 'Direction') == direction)
        before = self.ladder(direction).count(answer)
        self.daemon.call(path, 'Session', 'SetLocalIdentity', 'a{sv}', '2', 'uri', 's',
                         'sip:300@example.org', 'name', 's', 'Carol')
        phone.until(lambda: self.ladder(direction).count(answer) > before
                    and self.ladder(direction).count(request) > (request == 'INVITE'),
                    lambda: self.ladder(direction))

    def check_shown(self, alice, bob, name='"Alice Adams"', number='4711'):
        own = format_address(self.daemon.address())
        self.assertEqual(shown(bob), f'{name} <sip:{number}@{own}>')
        self.assertRegex(shown(alice), f'^sip:100@{self.address}(;transport=(udp|tcp))?$')

    def test_baresip(self):
        """BRDG-04: two baresip: the callee shows name and number, the caller whom it called"""
        for transport in 'udp', 'tcp':
            alice, bob = self.start(Baresip, Baresip, transport)
            self.check_shown(alice, bob)
            self.end(alice, bob)
            print(f'# baresip, {transport}: {shown(bob)} | {shown(alice)}', flush=True)

    def test_linphone_calls(self):
        """BRDG-04: linphone calls baresip: the same"""
        alice, bob = self.start(Linphone, Baresip)
        self.check_shown(alice, bob)
        self.end(alice, bob)

    def test_linphone_is_called(self):
        """BRDG-04: baresip calls linphone, which shows P-Asserted-Identity, not From"""
        alice, bob = self.start(Baresip, Linphone, keys='from-user=shared', asserted=True)
        self.check_shown(alice, bob)
        self.end(alice, bob)

    def test_from(self):
        """BRDG-04: without P-Asserted-Identity there is From: what is configured for the callee"""
        alice, bob = self.start(Linphone, Baresip, keys='from-user=shared')
        self.check_shown(alice, bob, number='shared')
        self.end(alice, bob)

    def test_changes(self):
        """IDEN-05: both are told of somebody else by what they know, take it, and talk on"""
        alice, bob = self.start(Linphone, Baresip)
        self.become('incoming', 'UPDATE', '200 Ok (UPDATE)')
        self.become('outgoing', 'INVITE', '200 OK')
        self.talk(alice, bob)
        self.check_shown(alice, bob)  # neither of them knows how to show that
        self.end(alice, bob)


if __name__ == '__main__':
    agent.main(200)
