# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The examples do what the README says."""

import os
import subprocess
import unittest

import agent
from sip_peer import SDP, Peer


class Examples(unittest.TestCase):
    def test_busy(self):
        """examples/busy.c refuses each call with 486 and says who called"""
        with subprocess.Popen([os.environ['AHOY_EXAMPLE_BUSY'], '0'], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, 'G_MESSAGES_DEBUG': ''}) as process:
            try:
                # The program writes to a pipe in blocks; its port is found by asking the kernel.
                port = None
                while port is None:
                    port = self.udp_port(process.pid)
                peer = Peer('udp', '127.0.0.1', ('127.0.0.1', port))
                self.addCleanup(peer.close)
                peer.send('INVITE', body=SDP)
                self.assertEqual(peer.expect(486).line, 'SIP/2.0 486 Busy Here')
            finally:
                process.terminate()

    @staticmethod
    def udp_port(pid):
        inodes = set()
        for name in os.listdir(f'/proc/{pid}/fd'):
            try:
                inodes.add(os.readlink(f'/proc/{pid}/fd/{name}'))
            except OSError:
                continue
        with open('/proc/net/udp', encoding='ascii') as table:
            for line in table.readlines()[1:]:
                words = line.split()
                if f'socket:[{words[9]}]' in inodes:
                    return int(words[1].split(':')[1], 16)
        return None


if __name__ == '__main__':
    agent.main()
