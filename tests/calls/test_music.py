# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Music: for who is on hold, and as a step of a route."""

import math
import struct
import tempfile
import time
import unittest
import wave

import agent
from rtp_phone import RtpPhone, amplitude, has_tone
from sip_peer import Failure
from test_dial import DialTestCase, sdp

HOST = '127.0.0.1'
CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
CLASSES = '\n[moh high]\ntone=1700\n\n[moh low]\ntone=600\n'


class Music(DialTestCase):
    def wait_for(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within a minute\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def hears(self, phone, tone, others=(440, 600, 1000, 1700)):
        samples = phone.samples[-2000:]
        return len(samples) == 2000 and all(
            (amplitude(samples, other) > 1000) == (other == tone) for other in others)

    def connect_phones(self, user='1'):
        """Alice, who says 440 Hz, and Bob, who says 1000; both hear each other."""
        alice = self.caller()
        self.phones = [RtpPhone(HOST, 440), RtpPhone(HOST, 1000)]
        for phone in self.phones:
            self.addCleanup(phone.close)
        alice.invite(user, sdp(port=self.phones[0].port, codecs=CODECS))
        invite = self.bob.called()
        self.bob.respond(invite, 200, body=sdp(port=self.phones[1].port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        self.phones[0].start(alice.answered().body)
        self.phones[1].start(invite.body)
        self.wait_for('both', lambda: self.hears(self.phones[0], 1000) and
                      self.hears(self.phones[1], 440))
        return alice

    def hold(self, peer, phone, direction, origin, body=None):
        peer.send('INVITE', call=peer.call, body=body or sdp(
            port=phone.port, codecs=CODECS, direction=direction, origin=origin))
        response = peer.expect(200, skip=('INVITE', 'ACK', 100))
        peer.send('ACK', call=peer.call, cseq=response.cseq)

    def test_held(self):
        """who is held hears the music he likes, however he is held, and is told nothing"""
        self.start('dial(bob)', endpoints=CLASSES + '\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>\nmoh=high\n')
        alice = self.connect_phones()
        old = sdp(port=self.phones[0].port, codecs=CODECS, origin=6)
        for origin, direction, body in ((2, 'sendonly', None), (4, 'inactive', None),
                                        (6, '', old.replace(f'c=IN IP4 {HOST}',
                                                            'c=IN IP4 0.0.0.0'))):
            self.hold(alice, self.phones[0], direction, origin, body)
            self.wait_for('music', lambda: self.hears(self.phones[1], 1700))
            self.hold(alice, self.phones[0], 'sendrecv', origin + 1)
            self.wait_for('Alice', lambda: self.hears(self.phones[1], 440))
        self.assertEqual(len(self.phones[1].sources), 1)
        # He goes while music plays, and was never told of any hold: BYE is the next thing he hears.
        self.hold(alice, self.phones[0], 'inactive', 8)
        self.wait_for('music', lambda: self.hears(self.phones[1], 1700))
        alice.bye()
        self.bob.take('BYE', skip=('ACK',))
        self.done()

    def test_suggested(self):
        """who holds suggests other music, or has the hold passed on"""
        self.start('dial(bob)', endpoint='moh=high', endpoints=CLASSES +
                   '\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>\nmoh-suggest=low\n')
        alice = self.connect_phones()
        self.hold(self.bob, self.phones[1], 'sendonly', 2)
        self.wait_for('what Bob suggests', lambda: self.hears(self.phones[0], 600))
        self.hold(self.bob, self.phones[1], 'sendrecv', 3)
        self.wait_for('Bob', lambda: self.hears(self.phones[0], 1000))
        alice.bye()
        self.bob.take('BYE', skip=('ACK',))
        self.done()

    def test_passed_on(self):
        """moh-passthrough: the other side is told of the hold, and hears nothing from here"""
        self.start('dial(bob)', endpoint='moh-passthrough=yes', endpoints=CLASSES +
                   '\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>\nmoh=high\n')
        alice = self.connect_phones()
        self.hold(alice, self.phones[0], 'sendonly', 2)
        again = self.bob.expect('INVITE', skip=('ACK',))
        self.assertIn(b'a=sendonly', again.body)
        self.bob.respond(again, 200, body=sdp(port=self.phones[1].port, codecs=CODECS, origin=2,
                                              direction='recvonly'))
        self.bob.expect('ACK', skip=('INVITE',))
        alice.bye()
        self.bob.take('BYE', skip=('ACK',))
        self.done()

    def write_tone(self, folder, name, frequency):
        with wave.open(f'{folder}/{name}', 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(b''.join(struct.pack(
                '<h', int(8000 * math.sin(2 * math.pi * frequency * i / 8000)))
                for i in range(4800)))

    def test_step(self):
        """moh(class, 2s): a folder plays file by file and again, then the route goes on"""
        with tempfile.TemporaryDirectory() as folder:
            for name, frequency in (('a.wav', 600), ('b.wav', 1000), ('c.txt', 1700)):
                self.write_tone(folder, name, frequency)
            self.start('moh(list, 3s), moh', endpoints=f'\n[moh list]\ndirectory={folder}\n')
            alice = self.caller()
            phone = RtpPhone(HOST, 440)
            self.addCleanup(phone.close)
            alice.invite('1', sdp(port=phone.port, codecs=CODECS))
            phone.start(alice.answered().body)
            heard = []

            def listen():
                for tone in (600, 1000):
                    if self.hears(phone, tone) and heard[-1:] != [tone]:
                        heard.append(tone)
                return len(heard) >= 3
            self.wait_for('both files and the first again', listen)
            self.assertIn(heard[:3], ([600, 1000, 600], [1000, 600, 1000]))
            self.wait_for('our own notes', lambda: has_tone(phone.samples[-3000:], 523) or
                          has_tone(phone.samples[-3000:], 262))
            alice.bye()
            self.done()

    def test_unknown(self):
        """music that is not there ends the call and is told of; a folder that is not, too"""
        self.start('answer, moh(jazz)', endpoints='\n[moh gone]\ndirectory=/nowhere\n')
        self.daemon.warnings_expected = True
        alice = self.caller()
        alice.invite('1', sdp(codecs=CODECS))
        alice.answered()
        alice.expect('BYE')
        self.daemon.log.having('There is no music “jazz”')
        self.daemon.log.having('its folder cannot be read')


if __name__ == '__main__':
    agent.main(300)
