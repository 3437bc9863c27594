# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The examples in Python do what they say, called by sipp and calling it."""

import pathlib
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import unittest

import agent
from sip_peer import SDP, Call, Peer
from test_sipp import Sipp

HERE = pathlib.Path(__file__).resolve().parent
# One packet of PCMU: 20 ms of a square wave, not loud.
SOUND = (b'\x9a' * 10 + b'\x1a' * 10) * 8
FORBIDDEN = 'The supplement “doorman” forbids the call to sip:0900@127.0.0.1:9: Too expensive'
EXAMPLES = HERE.parents[1] / 'examples' / 'python'


class Example:
    """A running example; its first line names its port."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen([sys.executable, str(EXAMPLES / name), '0', *arguments],
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.port = int(self.expect('listening on port').split()[-1])

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put('(closed)')

    def expect(self, words):
        seen = []
        while not seen or words not in seen[-1]:
            if seen and seen[-1] == '(closed)':
                raise AssertionError(f'expected “{words}”, the example said {seen}')
            seen.append(self.lines.get(timeout=20))
        return seen[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


def scenario(name):
    return str(HERE / 'scenarios' / name)


class Examples(unittest.TestCase):
    def start(self, name, *arguments):
        example = Example(name, *arguments)
        self.addCleanup(example.stop)
        return example

    def call(self, example, name, user='phone', calls=1):
        code, output = Sipp(scenario(name), 'udp', 'ipv4', ('127.0.0.1', example.port), user,
                            calls).finish()
        self.assertEqual(code, 0, output)

    def test_phone(self):
        """phone.py answers five calls of sipp"""
        phone = self.start('phone.py')
        self.call(phone, 'uac_audio', calls=5)
        for _ in range(5):
            phone.expect('is gone: 200')

    def test_phone_calls(self):
        """phone.py calls sipp, and hangs up when it is told to stop"""
        sipp = Sipp(scenario('uas_audio'), 'udp', 'ipv4').listening('udp')
        phone = self.start('phone.py', sipp.uri)
        phone.expect('is on the line')
        phone.process.send_signal(signal.SIGINT)
        phone.expect('is gone: 200')
        self.assertEqual(phone.process.wait(20), 0)
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)

    def test_phone_echo(self):
        """phone.py sends back the audio that it hears"""
        phone = self.start('phone.py')
        peer = Peer('udp', '127.0.0.1', ('127.0.0.1', phone.port))
        self.addCleanup(peer.close)
        call = Call(peer)
        peer.send('INVITE', call=call, body=SDP)
        answer = peer.expect(200, skip=(100, 180))
        call.established(answer)
        peer.send('ACK', call=call)
        port = int(answer.body.split(b'm=audio ')[1].split()[0])
        self.assertIn(SOUND, self.heard(port))
        peer.send('BYE', call=call)
        peer.expect(200)

    @staticmethod
    def heard(port):
        """What comes back: a packet is sent for each one that comes."""
        heard = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.settimeout(5)
            for number in range(100):
                head = struct.pack('!BBHII', 0x80, 0, number, number * 160, 4711)
                media.sendto(head + SOUND, ('127.0.0.1', port))
                heard.append(media.recv(2048)[12:])
                if heard[-1] == SOUND:
                    break
        return heard

    def test_account(self):
        """account.py registers with a password, is called, and unregisters when it is to stop"""
        server = Peer('udp')
        self.addCleanup(server.close)
        example = Example('account.py', f'sip:{server.address}', 'sip:alice@example.org', 'secret')
        self.addCleanup(example.stop)
        first = server.expect('REGISTER')
        self.assertEqual(first['To'], '<sip:alice@example.org>')
        server.respond(first, 401, contact=False, headers=[
            ('WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"')])
        again = server.expect('REGISTER')
        self.assertIn('username="alice"', again['Authorization'])
        server.respond(again, 200, contact=again['Contact'] + ';expires=60')
        example.expect(f'registered: Registered with sip:{server.address}')
        server.target = ('127.0.0.1', example.port)
        invite = server.build_invite(str(again.contact.uri), SDP)
        server.send(invite)
        self.assertEqual(server.expect('final').status, 486)
        example.expect('calls')
        example.process.send_signal(signal.SIGINT)
        farewell = server.expect('REGISTER')
        self.assertEqual(farewell['Expires'], '0')
        server.respond(farewell, 200, contact=False)
        example.expect('unregistered: Not registered')
        self.assertEqual(example.process.wait(20), 0)

    def test_supplement(self):
        """supplement.py adds a header that sipp sees, reads one, and refuses a scanner: 403"""
        doorman = self.start('supplement.py')
        for user in ('friend', 'friendly-scanner'):
            self.call(doorman, 'uac_doorman', user)
            doorman.expect('a call about lunch')

    def test_supplement_forbids(self):
        """supplement.py lets nobody call an expensive number, and others"""
        doorman = self.start('supplement.py', 'sip:0900@127.0.0.1:9')
        self.assertEqual(doorman.expect('forbids'), FORBIDDEN)
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        self.start('supplement.py', sipp.uri)
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)

    def test_sdp_handler(self):
        """sdp_handler.py: the second handler takes the audio of sipp, the first one is asked"""
        example = self.start('sdp_handler.py')
        self.call(example, 'uac_audio')
        self.assertEqual(example.expect('is taken by'), 'stream 0 is taken by echo')


if __name__ == '__main__':
    agent.main()
