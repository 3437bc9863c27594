# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What is heard in calls that ahoyd joins: a tone each way, in one codec and through another."""

import array
import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import time
import unittest
import wave

import agent
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))


class MediaAgent:
    """A user agent that answers, plays a tone and records; in a codec of its own."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([os.environ['AHOY_MEDIA_AGENT'], *arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.port = int(self.expect('ready').split()[1])

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip('\n'))

    def expect(self, name):
        while not (line := self.lines.get(timeout=60)).startswith(name):
            if line.startswith('error'):
                raise Failure(line)
        return line

    def send_digits(self, digits):
        self.process.stdin.write(digits)
        self.process.stdin.flush()

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(60)
        if code != 0:
            raise Failure(f'the media agent ended with {code}')


class Audio(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def phone(self, host, frequency):
        phone = RtpPhone(host, frequency)
        self.addCleanup(phone.close)
        return phone

    def start(self, do):
        self.daemon = Daemon(anyone(('1', do)))
        self.addCleanup(self.daemon.stop)

    def caller(self, transport, host):
        family = 'ipv6' if ':' in host else 'ipv4'
        peer = Caller(transport, host, self.daemon.address(transport, family))
        self.addCleanup(peer.close)
        return peer

    def wait_for(self, what, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within {seconds} s\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def wait_for_tone(self, phone, frequency):
        self.wait_for(f'{frequency} Hz', lambda: has_tone(phone.samples[-8000:], frequency))

    def run_phones(self, transport, family):
        host = HOSTS[family]
        bob = Callee(transport, host)
        self.addCleanup(bob.close)
        self.start(f'dial(<{bob.uri}>)')
        alice = self.caller(transport, host)
        phones = [self.phone(host, 440), self.phone(host, 1000)]
        alice.invite('1', sdp(host, phones[0].port, CODECS))
        invite = bob.called()
        bob.respond(invite, 200, body=sdp(host, phones[1].port, CODECS))
        bob.expect('ACK', skip=('INVITE',))
        phones[0].start(alice.answered().body)
        phones[1].start(invite.body)
        self.wait_for_tone(phones[0], 1000)
        self.wait_for_tone(phones[1], 440)
        for digit in '15#':
            phones[0].send_digit(digit)
        for digit in '90*':
            phones[1].send_digit(digit)
        self.wait_for('digits', lambda: phones[0].digits == '90*' and phones[1].digits == '15#')
        self.assertEqual([len(phone.sources) for phone in phones], [1, 1])
        return alice, bob, phones

    def test_relay(self):
        """tones and digits both ways, over UDP and IPv4"""
        alice, bob, _ = self.run_phones('udp', 'ipv4')
        alice.bye()
        bob.take('BYE')
        self.daemon.wait_for_sessions(0)

    def test_relay_ipv6(self):
        """tones and digits both ways, over TCP and IPv6"""
        alice, bob, _ = self.run_phones('tcp', 'ipv6')
        bob.send('BYE', call=bob.call)
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.daemon.wait_for_sessions(0)

    def test_hold(self):
        """on hold the other side is not heard; when the call is resumed it is"""
        alice, bob, phones = self.run_phones('udp', 'ipv4')
        for origin, direction in ((2, 'inactive'), (3, 'sendrecv')):
            alice.send('INVITE', call=alice.call, body=sdp(
                port=phones[0].port, codecs=CODECS, direction=direction, origin=origin))
            alice.answered()
            again = bob.expect('INVITE', skip=('ACK',))
            bob.respond(again, 200, body=sdp(
                port=phones[1].port, codecs=CODECS, origin=origin,
                direction='recvonly' if direction == 'inactive' else 'sendrecv'))
            bob.expect('ACK', skip=('INVITE',))
            if direction == 'inactive':
                self.wait_for('silence', lambda: not has_tone(phones[1].samples[-4000:], 440))
        phones[0].samples.clear()
        phones[1].samples.clear()
        self.wait_for_tone(phones[1], 440)
        self.wait_for_tone(phones[0], 1000)
        self.assertEqual([len(phone.sources) for phone in phones], [1, 1])
        alice.bye()
        bob.take('BYE')
        self.daemon.wait_for_sessions(0)

    def run_transcode(self, codec, host='127.0.0.1'):
        recording = self.folder / 'heard.wav'
        bob = MediaAgent('--host', host, '--tone', '1000', '--record', str(recording),
                         '--codec', codec)
        self.addCleanup(bob.stop)
        shown = f'[{host}]' if ':' in host else host
        self.start(f'dial(<sip:bob@{shown}:{bob.port}>)')
        alice = self.caller('udp', host)
        phone = self.phone(host, 440)
        alice.invite('1', sdp(host, phone.port, CODECS))
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 1000)
        bob.send_digits('7#')
        self.wait_for('digits', lambda: phone.digits == '7#')
        phone.send_digit('4')
        self.assertEqual(bob.expect('digit').split()[1], '4')
        self.wait_for('a second of sound', lambda: phone.packets > 100)
        alice.bye()
        counted = dict(pair.split('=', 1) for pair in bob.expect('ended').split()[1:])
        bob.expect('recorded')
        with wave.open(str(recording)) as file:
            rate = file.getframerate()
            samples = array.array('h', file.readframes(file.getnframes()))
        self.assertEqual(counted['codec'], codec)
        self.assertTrue(has_tone(samples, 440, rate), f'no 440 Hz in {len(samples)} samples')
        self.assertEqual(len(phone.sources), 1)
        self.daemon.wait_for_sessions(0)

    def test_pcma(self):
        """PCMU through PCMA: tones and digits both ways"""
        self.run_transcode('PCMA')

    def test_g722(self):
        """PCMU through G.722, over IPv6: tones and digits both ways"""
        self.run_transcode('G722', '::1')

    def test_opus(self):
        """PCMU through Opus: tones and digits both ways"""
        self.run_transcode('opus')

    def test_early(self):
        """what the callee plays before it answers is heard, and the caller is heard afterwards"""
        bob = Callee('udp', '127.0.0.1')
        self.addCleanup(bob.close)
        self.start(f'dial(<{bob.uri}>)')
        alice = self.caller('udp', '127.0.0.1')
        phones = [self.phone('127.0.0.1', 440), self.phone('127.0.0.1', 1000)]
        alice.invite('1', sdp(port=phones[0].port, codecs=CODECS))
        invite = bob.called()
        body = sdp(port=phones[1].port, codecs=CODECS)
        bob.respond(invite, 183, body=body)
        phones[1].start(invite.body)
        phones[0].start(alice.expect(183).body)
        self.wait_for_tone(phones[0], 1000)
        bob.respond(invite, 200, body=body)
        bob.expect('ACK', skip=('INVITE',))
        alice.answered()
        self.wait_for_tone(phones[1], 440)
        alice.bye()
        bob.take('BYE')
        self.daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(400)
