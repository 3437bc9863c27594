# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-32: the scanners of sipvicious, and svcrash, at ahoyd: it answers them and lives on."""

import socket
import subprocess
import time

import agent
from daemon import DaemonTestCase, anyone
from sip_peer import Failure, Peer


class ScannerTestCase(DaemonTestCase):
    config = anyone(('600', 'answer, echo'))

    def run_tool(self, tool, *arguments):
        """Runs a tool against the daemon, and then asks for a sign of life."""
        host, port = self.daemon.address('udp')
        # By itself it takes 5060 of all addresses, which other tests need.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(('', 0))
            local = probe.getsockname()[1]
        done = subprocess.run([tool, '-p', str(port), '-P', str(local), *arguments, host],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check_alive()
        return done.stdout + done.stderr

    def check_alive(self):
        peer = Peer('udp', target=self.daemon.address('udp'))
        self.addCleanup(peer.close)
        begin = time.monotonic()
        peer.send('OPTIONS')
        peer.expect(200)
        self.assertLess(time.monotonic() - begin, 10)


class Sipvicious(ScannerTestCase):
    def test_svcrash(self):
        """svcrash: a response whose headers end in the middle is dropped"""
        host, port = self.daemon.address('udp')
        end = time.monotonic() + 40
        # It sends from port 5060 and no other, which somebody else may have for a moment.
        while (done := subprocess.run(
                ['svcrash', '-d', host, '-p', str(port)], capture_output=True, text=True,
                timeout=60, check=False)).returncode != 0:
            if '5060' not in done.stderr or time.monotonic() > end:
                raise Failure(done.stdout + done.stderr)
            time.sleep(0.1)  # between two attempts
        self.assertIn(f'Attacking back {host}:{port}', done.stdout)
        self.check_alive()
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 0)

    def test_svmap(self):
        """svmap: our address and name are found, by OPTIONS, INVITE and REGISTER"""
        for method in ('OPTIONS', 'INVITE', 'REGISTER'):
            with self.subTest(method=method):
                self.assertIn('Ahoy/', self.run_tool('svmap', '-m', method))

    def test_svwar(self):
        """svwar: INVITE finds the route that there is, and no other; REGISTER finds nothing"""
        found = self.run_tool('svwar', '-e', '598-602', '-m', 'INVITE')
        self.assertIn('| 600 ', found)
        for user in (598, 599, 601, 602):
            self.assertNotIn(f'| {user} ', found)
        self.assertNotIn('| 600 ', self.run_tool('svwar', '-e', '598-602'))
        self.daemon.wait_for_sessions(0)


class Passwords(ScannerTestCase):
    config = anyone() + """
[endpoint 700]
password=not a number
[endpoint 701]
password=4242
"""

    def test_svcrack(self):
        """svcrack: a hundred passwords, and none is right"""
        self.assertIn('found nothing', self.run_tool('svcrack', '-u', '700', '-r', '1-100'))

    def test_svcrack_finds(self):
        """svcrack: a password that is among those it tries is found, so it does ask our registrar
        """
        self.assertRegex(self.run_tool('svcrack', '-u', '701', '-r', '4240-4245'),
                         r'701\s*\|\s*4242')


if __name__ == '__main__':
    agent.main(340)
