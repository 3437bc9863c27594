# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Real phones transfer calls over ahoyd: baresip blind, linphone both ways; who ends up with whom
is heard by the tones that they say."""

import concurrent.futures
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
'''
ENDPOINT = '''
[endpoint {name}]
auth=none
identify=username
context=office
contact=<{uri}>

[route {name}]
context=office
match={name}
do=dial({name}, timeout=30s)
'''
TONES = {'alice': 440, 'bob': 1000, 'carol': 700}


class TransferPhones(unittest.TestCase):
    """Alice calls Bob, who transfers her to Carol."""

    def start(self, kind, transport, account=None, caller=Baresip):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            waiting = {
                'alice': pool.submit(caller, transport, frequency=TONES['alice']),
                'bob': pool.submit(kind, transport, frequency=TONES['bob'],
                                   **({'account': account} if account else {})),
                'carol': pool.submit(Baresip, transport, frequency=TONES['carol'])}
        phones = []
        for future in waiting.values():
            phones.append(future.result())
            self.addCleanup(phones[-1].stop)
        self.daemon = Daemon(CONFIG + ''.join(
            ENDPOINT.format(name=name, uri=one.uri)
            for name, one in zip(waiting, phones) if name != 'alice'))
        self.addCleanup(self.daemon.stop)
        self.transport = transport
        return phones

    def uri(self, user):
        host = format_address(self.daemon.address(self.transport))
        return f'sip:{user}@{host}' + (';transport=tcp' if self.transport == 'tcp' else '')

    def connect(self, alice, bob):
        alice.dial(self.uri('bob'))
        bob.wait_for_call()
        bob.answer()
        bob.wait_for_talking()
        alice.wait_for_talking()
        phone.until(lambda: alice.heard(TONES['bob']) > phone.ENOUGH, 'Alice does not hear Bob')

    def check_joined(self, alice, carol):
        """Alice and Carol hear each other, and are the only ones that are left."""
        self.daemon.wait_for_sessions(2, 30)
        phone.until(lambda: alice.heard(TONES['carol']) > phone.ENOUGH,
                    lambda: 'Alice does not hear Carol\n' + self.daemon.report())
        phone.until(lambda: carol.heard(TONES['alice']) > phone.ENOUGH,
                    lambda: 'Carol does not hear Alice\n' + self.daemon.report())
        carol.hang_up()
        alice.wait_for_end()
        self.daemon.wait_for_sessions(0)

    def run_blind(self, kind, transfer, transport):
        alice, bob, carol = self.start(kind, transport)
        self.connect(alice, bob)
        transfer(bob, self.uri('carol'))
        carol.wait_for_call()
        carol.answer()
        carol.wait_for_talking()
        bob.wait_for_end()
        self.check_joined(alice, carol)

    def test_baresip_blind(self):
        """baresip, blind, over UDP"""
        self.run_blind(Baresip, lambda bob, uri: bob.command('transfer', uri), 'udp')

    def test_baresip_blind_tcp(self):
        """baresip, blind, over TCP"""
        self.run_blind(Baresip, lambda bob, uri: bob.command('transfer', uri), 'tcp')

    def test_linphone_blind(self):
        """linphone, blind"""
        self.run_blind(Linphone, lambda bob, uri: bob.command(f'call-transfer 1 {uri}'), 'udp')

    def test_linphone_attended(self):
        """linphone, which calls Carol before, and joins both (Replaces)"""
        # What baresip writes of what it hears ends when it is held for the first time.
        alice, bob, carol = self.start(Linphone, 'udp', ('bob', 'secret', 'nowhere'), Linphone)
        self.connect(alice, bob)
        bob.hold()
        bob.dial(self.uri('carol'))
        carol.wait_for_call()
        carol.answer()
        carol.wait_for_talking()
        bob.expect('LinphoneCallStreamsRunning')
        bob.command('call-transfer 1 2')
        bob.wait_for_end()
        alice.wait_for_talking()  # once more, as she is not held any longer
        self.check_joined(alice, carol)


if __name__ == '__main__':
    agent.main(200)
