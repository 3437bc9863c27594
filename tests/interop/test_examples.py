# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The examples do what the README says."""

import os
import pathlib
import re
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

    def supplement(self, *arguments):
        """The C example, and what it says; its first line names its port."""
        process = subprocess.Popen([os.environ['AHOY_EXAMPLE_SUPPLEMENT'], '0', *arguments],
                                   text=True, stdout=subprocess.PIPE,
                                   encoding='utf-8', env={
                                       **os.environ, 'G_MESSAGES_DEBUG': '', 'LC_ALL': 'C.UTF-8'})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        line = process.stdout.readline()
        self.assertIn('listening on port', line)
        return process, int(line.split()[-1])

    def test_supplement(self):
        """examples/supplement.c reads a header, adds one, and refuses a scanner (CALL-13)"""
        process, port = self.supplement()
        peer = Peer('udp', '127.0.0.1', ('127.0.0.1', port))
        self.addCleanup(peer.close)
        for agent_name, line in (('friend', 'SIP/2.0 486 Busy Here'),
                                 ('friendly-scanner', 'SIP/2.0 403 Not Here')):
            peer.send('INVITE', headers=['Subject: lunch', f'User-Agent: {agent_name}'], body=SDP)
            answer = peer.expect(int(line.split()[1]))
            self.assertEqual((answer.line, answer['X-Doorman']), (line, 'Ahoj'))
            self.assertEqual(process.stdout.readline(), 'a call about lunch\n')

    def test_supplement_forbids(self):
        """examples/supplement.c lets nobody call an expensive number, and others (CALL-11)"""
        process, _port = self.supplement('sip:0900@127.0.0.1:9')
        self.assertEqual(process.stdout.readline(), 'The supplement “doorman” forbids the call to '
                         'sip:0900@127.0.0.1:9: Too expensive\n')
        peer = Peer('udp', '127.0.0.1')
        self.addCleanup(peer.close)
        self.supplement(peer.uri)
        invite = peer.expect('INVITE')
        self.assertEqual(invite.uri, peer.uri)
        peer.respond(invite, 486)
        peer.expect('ACK')

    def test_tutorial(self):
        """each piece of code of docs/supplements.md stands in the examples that run (CALL-13)"""
        source = pathlib.Path(os.environ['AHOY_SOURCE'])
        text = (source / 'docs' / 'supplements.md').read_text('utf-8')
        whole = 'src/supplements/ahoy-auto-answer-supplement.c'
        for language, examples, least in (('c', ('examples/supplement.c', whole), 7),
                                          ('python', ('examples/python/supplement.py',), 3)):
            code = '\n'.join((source / example).read_text('utf-8') for example in examples)
            pieces = re.findall(rf'```{language}\n(.*?)```', text, re.S)
            self.assertGreaterEqual(len(pieces), least)
            for piece in pieces:
                self.assertIn(piece, code)

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
