# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""OPTIONS of sipsak to ahoyd, directly and through kamailio."""

import subprocess

import agent
from daemon import DaemonTestCase, anyone
from kamailio import Kamailio


class Sipsak(DaemonTestCase):
    config = anyone(('600', 'answer, echo'))

    def ask(self, user, port, transport):
        """What ahoyd answered, with the headers; sipsak knows no IPv6."""
        done = subprocess.run(
            ['sipsak', '-vvv', '-H', '127.0.0.1', '-E', transport, '-s',
             f'sip:{user}@127.0.0.1:{port}'], capture_output=True, text=True, timeout=60,
            check=False)
        output = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, output)
        self.assertIn('SIP/2.0 200 OK', output)
        self.assertRegex(output, r'(?m)^Server: Ahoy')
        for line in (r'Allow: .*INVITE', r'Accept: application/sdp', r'Accept-Encoding: identity',
                     r'Accept-Language: en', r'Supported: .*timer'):
            self.assertRegex(output, f'(?m)^{line}')
        return output

    def test_direct(self):
        """CORE-20, CORE-22, DLGX-08: ahoyd answers OPTIONS of sipsak over UDP and TCP"""
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                port = self.daemon.address(transport)[1]
                self.ask('600', port, transport)
                print(f'# sipsak: {transport}/ipv4 ok')

    def test_proxy(self):
        """TEST-14: ahoyd answers OPTIONS of sipsak that come through kamailio"""
        table = {transport: [f'sip:600@127.0.0.1:{self.daemon.address(transport)[1]}'
                             f';transport={transport}'] for transport in ('udp', 'tcp')}
        proxy = Kamailio(table)
        self.addCleanup(proxy.stop)
        for transport in ('udp', 'tcp'):
            with self.subTest(transport=transport):
                self.ask(transport, proxy.port, transport)
                print(f'# sipsak: {transport}/ipv4 through kamailio ok')


if __name__ == '__main__':
    agent.main(120)
