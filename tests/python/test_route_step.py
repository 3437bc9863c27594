# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A step of a route in Python: examples/python/route_step.py, called by a phone that types."""

import time
import unittest

import agent
from rtp_phone import RtpPhone, has_tone
from sip_peer import Call, Peer
from test_examples import Example

HOST = '127.0.0.1'
SDP = ''.join(line + '\r\n' for line in (
    'v=0', f'o=peer 1 1 IN IP4 {HOST}', 's=-', f'c=IN IP4 {HOST}', 't=0 0',
    'm=audio {port} RTP/AVP 0 101', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000'))


class RouteStep(unittest.TestCase):
    def start(self, *route):
        self.example = Example('route_step.py', *route)
        self.addCleanup(self.example.stop)

    def call(self):
        self.peer = Peer('udp', HOST, (HOST, self.example.port))
        self.addCleanup(self.peer.close)
        self.phone = RtpPhone(HOST, 1000)
        self.addCleanup(self.phone.close)
        self.dialog = Call(self.peer, self.peer.target_uri('door'))
        self.peer.send('INVITE', call=self.dialog, body=SDP.format(port=self.phone.port))
        response = self.peer.expect(200, timeout=20)
        self.dialog.established(response)
        self.peer.send('ACK', call=self.dialog, cseq=response.cseq)
        self.phone.start(response.body)

    def hang_up(self):
        self.peer.send('BYE', call=self.dialog)
        self.peer.expect(200)

    def wait_for_tone(self, frequency):
        end = time.monotonic() + 60
        while not has_tone(self.phone.samples[-8000:], frequency):
            self.assertLess(time.monotonic(), end, f'{frequency} Hz is not heard')
            time.sleep(0.05)  # between two looks, not for anything to happen

    def test_right(self):
        """who types the code is let on to the next step"""
        self.start()
        self.call()
        self.wait_for_tone(425)
        for digit in '1234':
            self.phone.send_digit(digit)
        self.example.expect('the code is right')
        self.wait_for_tone(1000)  # the echo
        self.hang_up()

    def test_wrong(self):
        """who types another one is hung up"""
        self.start('pin(99), echo')
        self.call()
        for digit in '98':
            self.phone.send_digit(digit)
        self.example.expect('the code is wrong')
        self.peer.respond(self.peer.expect('BYE', timeout=20, skip=(200,)), 200)

    def test_gives_up(self):
        """who hangs up is forgotten"""
        self.start()
        self.call()
        self.hang_up()
        self.example.expect('the caller did not type the code')


if __name__ == '__main__':
    agent.main()
