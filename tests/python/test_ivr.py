# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A menu in Python, examples/python/ivr.py: phones dial 1 and 2, and something else."""

import ast
import pathlib
import tempfile
import time
import unittest

import agent
import tone
from rtp_phone import RtpPhone, has_tone
from sip_peer import SDP as BOB
from sip_peer import Call, Peer
from test_examples import EXAMPLES, Example
from test_route_step import HOST, SDP

SOUND = 650


class Ivr(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        sound = pathlib.Path(folder.name, 'welcome.wav')
        tone.write(sound, SOUND, seconds=30)
        self.bob = Peer('udp', HOST)
        self.addCleanup(self.bob.close)
        self.example = Example('ivr.py', str(sound), f'<{self.bob.uri}>')
        self.addCleanup(self.example.stop)
        self.peer = Peer('udp', HOST, (HOST, self.example.port))
        self.addCleanup(self.peer.close)

    def call(self):
        self.phone = RtpPhone(HOST, 2500)
        self.addCleanup(self.phone.close)
        self.dialog = Call(self.peer, self.peer.target_uri('menu'))
        self.peer.send('INVITE', call=self.dialog, body=SDP.format(port=self.phone.port))
        response = self.peer.expect(200, timeout=20, skip=(100,))
        self.dialog.established(response)
        self.peer.send('ACK', call=self.dialog, cseq=response.cseq)
        self.phone.start(response.body)
        self.hear()

    def hear(self):
        mark = len(self.phone.samples)
        end = time.monotonic() + 60
        while not has_tone(self.phone.samples[mark:], SOUND):
            self.assertLess(time.monotonic(), end, 'the sound is not heard')
            time.sleep(0.05)  # between two looks, not for anything to happen

    def hung_up(self):
        self.peer.respond(self.peer.expect('BYE', timeout=20, skip=(200,)), 200)

    def test_one_calls(self):
        """1, by an event: the target is called, and joined with the caller"""
        self.call()
        self.phone.send_digit('1')
        invite = self.bob.expect('INVITE', timeout=20)
        self.bob.respond(invite, 200, body=BOB.encode())
        self.bob.expect('ACK', timeout=20, skip=('INVITE',))
        call = Call.from_request(self.bob, invite)
        call.cseq = 100
        self.bob.send('BYE', call=call)
        self.bob.expect(200, timeout=20)
        self.hung_up()

    def test_two_hangs_up(self):
        """another digit plays the sound again; 2, by INFO, hangs up"""
        self.call()
        self.phone.send_digit('7')
        self.hear()
        self.peer.send('INFO', call=self.dialog, body='Signal=2\r\nDuration=160\r\n',
                       headers=('Content-Type: application/dtmf-relay',))
        self.hung_up()

    def test_short(self):
        """what the example does fits into twenty lines"""
        text = (EXAMPLES / 'ivr.py').read_text('utf-8')
        lines = {line for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)
                 and not isinstance(getattr(node, 'value', None), ast.Constant)
                 and not isinstance(node, (ast.Import, ast.ImportFrom))
                 for line in (node.lineno,)}
        self.assertLessEqual(len(lines), 20, sorted(lines))


if __name__ == '__main__':
    agent.main()
