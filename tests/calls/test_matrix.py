# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Two parties through ahoyd, over UDP and TCP, IPv4 and IPv6: all iterations of BRDG-09 to 17."""

import socket
import unittest

import agent
from daemon import HOSTS, Daemon, anyone
from test_dial import Callee, Caller, sdp

WAYS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]


def nobody(transport, host):
    """A port where nobody is, and that stays so: its owner does not listen, or not to SIP."""
    kind = socket.SOCK_DGRAM if transport == 'udp' else socket.SOCK_STREAM
    owner = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, kind)
    owner.bind((host, 0))
    return owner


class Matrix(unittest.TestCase):
    def each(self, run, do='dial(<{bob}>)'):
        for transport, family in WAYS:
            host = HOSTS[family]
            with self.subTest(transport=transport, family=family):
                bob = Callee(transport, host)
                self.addCleanup(bob.close)
                daemon = Daemon(anyone(('1', do.format(bob=bob.uri))))
                self.addCleanup(daemon.stop)
                alice = Caller(transport, host, daemon.address(transport, family))
                self.addCleanup(alice.close)
                alice.invite('1', sdp(host))
                run(alice, bob, host)
                daemon.wait_for_sessions(0)
                print(f'# {self._testMethodName[5:]}: {transport} {family}: done', flush=True)

    @staticmethod
    def answer(alice, bob, host):
        invite = bob.called()
        bob.respond(invite, 180)
        alice.expect(180)
        bob.respond(invite, 200, body=sdp(host))
        bob.expect('ACK', skip=('INVITE',))
        alice.answered()

    def test_alice_hangs_up(self):
        """BRDG-09: Alice calls Bob, and hangs up"""
        def run(alice, bob, host):
            self.answer(alice, bob, host)
            alice.bye()
            bob.take('BYE')
        self.each(run)

    def test_bob_hangs_up(self):
        """BRDG-10: Alice calls Bob, who hangs up"""
        def run(alice, bob, host):
            self.answer(alice, bob, host)
            bob.send('BYE', call=bob.call)
            bob.expect(200, skip=('ACK',))
            alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.each(run)

    def test_bob_does_not_exist(self):
        """BRDG-13: nobody is where Bob should be: after timer B (t1=50), or at once, 408 or 500"""
        for transport, family in WAYS:
            host = HOSTS[family]
            with self.subTest(transport=transport, family=family):
                owner = nobody(transport, host)
                self.addCleanup(owner.close)
                shown = f'[{host}]' if ':' in host else host
                uri = f'sip:bob@{shown}:{owner.getsockname()[1]};transport={transport}'
                daemon = Daemon(anyone(('1', f'dial(<{uri}>)')))
                self.addCleanup(daemon.stop)
                alice = Caller(transport, host, daemon.address(transport, family))
                self.addCleanup(alice.close)
                alice.invite('1', sdp(host))
                while (response := alice.receive(30)).status == 100:
                    pass
                self.assertIn(response.status, (408,) if transport == 'udp' else (408, 500))
                daemon.wait_for_sessions(0)
                print(f'# bob_does_not_exist: {transport} {family}: {response.status}',
                      flush=True)

    def test_bob_does_not_answer(self):
        """BRDG-14: Bob rings and does not answer: CANCEL to him, 408 to Alice"""
        def run(alice, bob, host):
            invite = bob.called()
            bob.respond(invite, 180)
            bob.cancelled(invite)
            alice.expect(408, skip=(100, 180))
        self.each(run, 'dial(<{bob}>, timeout=1)')

    def test_bob_is_busy(self):
        """BRDG-15: Bob is busy: his 486 is acknowledged, and Alice gets it"""
        def run(alice, bob, host):
            bob.respond(bob.called(), 486)
            bob.expect('ACK', skip=('INVITE',))
            alice.expect(486)
        self.each(run)

    def test_alice_gives_up(self):
        """BRDG-16: Alice gives up: CANCEL to Bob, 200 to her CANCEL, 487 to her INVITE"""
        def run(alice, bob, host):
            invite = bob.called()
            bob.respond(invite, 180)
            alice.expect(180)
            alice.cancel()
            statuses = {message.status: message.method
                        for message in (alice.receive(10), alice.receive(10))}
            self.assertEqual(statuses, {200: 'CANCEL', 487: 'INVITE'})
            bob.cancelled(invite)
        self.each(run)

    def test_bob_is_incompatible(self):
        """BRDG-17: what Bob answers cannot be used: ACK and BYE to him, 488 to Alice"""
        def run(alice, bob, host):
            bob.respond(bob.called(), 200, body=sdp(host, codecs=((18, 'G729/8000'),)))
            bob.expect('ACK', skip=('INVITE',))
            bob.take('BYE')
            alice.expect(488)
        self.each(run)


if __name__ == '__main__':
    agent.main(400)
