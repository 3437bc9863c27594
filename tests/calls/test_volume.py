# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""How loud a call is: measured where it is heard, in both directions, alone and in a bridge."""

import array
import json
import math
import time
import unittest
import wave

import agent
from bus_client import Client, Refused
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, amplitude
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
SPOKEN = 8000  # the amplitude of an RtpPhone's tone
PIECE = 4000   # samples that are measured: half a second, a whole number of periods


class Phone(RtpPhone):
    def measure(self, frequency):
        return amplitude(self.samples[-PIECE:], frequency)


class Volume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.callee = Callee('udp', HOSTS['ipv4'], None)
        cls.addClassCleanup(cls.callee.close)
        cls.daemon = Daemon(anyone(('1', 'answer, wait(1h)'), ('2', 'answer, echo'),
                                   ('3', 'dial(bob)'))
                            + f'\n[endpoint bob]\nauth=none\nidentify=ip\n'
                              f'contact=<{cls.callee.uri}>\n')
        cls.addClassCleanup(cls.daemon.stop)
        cls.folder = cls.daemon.state / 'recordings'
        cls.folder.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def phone(self, frequency):
        phone = Phone(HOSTS['ipv4'], frequency)
        self.addCleanup(phone.close)
        return phone

    def invite(self, user, phone):
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite(user, sdp(port=phone.port, codecs=CODECS))
        return alice

    def call(self, user, frequency=1000):
        """A call that speaks: its phone, its peer; and its session."""
        known = self.daemon.objects('session')
        phone = self.phone(frequency)
        alice = self.invite(user, phone)
        phone.start(alice.answered().body)
        self.session = next(path for path in self.daemon.objects('session') if path not in known)
        return phone, alice

    def method(self, name, *arguments):
        return self.daemon.call(self.session, 'Session', name, *arguments)

    def set_volume(self, sound, volume):
        self.method('SetVolume', 'sd', sound, volume)

    def wait_for(self, phone, frequency, expected):
        """Waits until half a second is as loud as expected, to 4 %: a busy machine tears sound."""
        end = time.monotonic() + 60
        while True:
            heard = phone.measure(frequency) if len(phone.samples) >= PIECE else -1
            if abs(heard - expected) <= max(0.04 * expected, 4):
                return heard
            if time.monotonic() > end:
                raise Failure(f'{heard} of {frequency} Hz, not {expected}\n'
                              + self.daemon.report())
            time.sleep(0.05)  # between two looks

    def test_sent(self):
        """what the peer hears: half, a quarter, silence, as it is, and too loud"""
        phone, alice = self.call('1')
        self.method('PlayTone', 's', '440')
        end = time.monotonic() + 60
        while len(phone.samples) < 3 * PIECE and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        whole = phone.measure(440)
        self.assertGreater(whole, 3000)
        self.wait_for(phone, 440, whole)
        for volume in (0.5, 0.25, 0, 2, 1):
            self.set_volume('sent', volume)
            self.assertEqual(self.daemon.get(self.session, 'Session', 'VolumeSent'), volume)
            self.wait_for(phone, 440, whole * volume)
        # a sine that is cut off at the loudest sample tends to a square, whose first harmonic is
        # 4/π of its height; nothing turns over
        self.set_volume('sent', 16)
        top, loudness = 32124, 16 * whole
        corner = math.asin(top / loudness)
        clipped = (2 / math.pi) * (loudness * (corner - math.sin(2 * corner) / 2)
                                   + 2 * top * math.cos(corner))
        self.wait_for(phone, 440, clipped)
        self.assertLessEqual(max(map(abs, phone.samples[-PIECE:])), top)
        self.assertGreater(max(phone.samples[-PIECE:]), top - 1100)
        alice.bye()

    def test_received(self):
        """what comes from the peer: half as loud in the recording"""
        _phone, alice = self.call('1')
        for volume in (1, 0.5):
            self.set_volume('received', volume)
            path = self.folder / f'heard-{volume}.wav'
            loud = self.record(path, SPOKEN * volume)
            self.assertAlmostEqual(loud, SPOKEN * volume, delta=0.05 * SPOKEN * volume)
        self.assertEqual(self.daemon.get(self.session, 'Session', 'VolumeReceived'), 0.5)
        self.assertEqual(self.daemon.get(self.session, 'Session', 'VolumeSent'), 1)
        alice.bye()

    def record(self, path, expected):
        """The loudest that half a second of a recording is, again when the machine was busy."""
        loud = 0
        for _try in range(10):
            before = self.daemon.get(f'{self.session}/stream/0', 'Stream', 'PacketsReceived')
            self.method('Record', 'sa{sv}', path, 0)
            end = time.monotonic() + 30
            while self.daemon.get(f'{self.session}/stream/0', 'Stream', 'PacketsReceived') \
                    < before + 60 and time.monotonic() < end:
                time.sleep(0.05)  # between two looks
            self.method('StopRecording')
            with wave.open(str(path)) as file:
                samples = array.array('h', file.readframes(file.getnframes()))
            loud = max((amplitude(samples[at:at + PIECE], 1000)
                        for at in range(0, len(samples) - PIECE, 400)), default=0)
            if abs(loud - expected) < 0.05 * expected:
                break
        return loud

    def test_echo(self):
        """an echo is as loud as it is told, and digits come back through it"""
        phone, alice = self.call('2', 500)
        self.wait_for(phone, 500, SPOKEN)
        self.set_volume('received', 0.5)
        self.wait_for(phone, 500, SPOKEN / 2)
        self.set_volume('sent', 0.5)
        self.wait_for(phone, 500, SPOKEN / 4)
        phone.send_digit('8')
        end = time.monotonic() + 60
        while phone.digits != '8' and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        self.assertEqual(phone.digits, '8')
        self.set_volume('sent', 1)
        self.set_volume('received', 1)
        self.wait_for(phone, 500, SPOKEN)
        self.assertEqual(len(phone.sources), 1)
        alice.bye()

    def test_bridge(self):
        """in a bridge: who is made softer is softer for the other, and packets pass again"""
        phone, far = self.phone(500), self.phone(1000)
        alice = self.invite('3', phone)
        offer = self.callee.called()
        self.callee.respond(offer, 200, body=sdp(port=far.port, codecs=CODECS))
        self.callee.expect('ACK', skip=('INVITE',))
        phone.start(alice.answered().body)
        far.start(offer.body)
        near, other = (path for path in self.daemon.objects('session')
                       if self.daemon.get(path, 'Session', 'State') == 'active')
        self.session = near
        self.wait_for(phone, 1000, SPOKEN)
        self.wait_for(far, 500, SPOKEN)
        self.set_volume('received', 0.5)       # what Alice says
        self.wait_for(far, 500, SPOKEN / 2)
        self.wait_for(phone, 1000, SPOKEN)
        self.session = other
        self.set_volume('sent', 0.5)           # what Bob hears
        self.wait_for(far, 500, SPOKEN / 4)
        self.session = near
        self.set_volume('received', 1)
        self.session = other
        self.set_volume('sent', 1)
        self.wait_for(far, 500, SPOKEN)
        self.assertEqual(len(far.sources), 1)
        alice.send('BYE', call=alice.call)
        self.callee.take('BYE')
        alice.success('BYE')

    def test_nonsense(self):
        """volumes that are none, and sounds that are none, are refused and change nothing"""
        _phone, alice = self.call('1')
        client = Client(self.daemon.bus)
        self.addCleanup(client.close)
        for sound, volume in (('sent', math.nan), ('sent', math.inf), ('received', -math.inf),
                              ('sent', -0.1), ('received', 16.01), ('sent', 1e300),
                              ('heard', 1), ('', 1), ('SENT', 1)):
            with self.subTest(sound=sound, volume=volume):
                with self.assertRaises(Refused) as caught:
                    client.call(self.session, 'Session', 'SetVolume', 'sd', sound, volume)
                self.assertEqual(caught.exception.name, 'InvalidArguments')
        for name in ('VolumeSent', 'VolumeReceived'):
            self.assertEqual(self.daemon.get(self.session, 'Session', name), 1)
        self.set_volume('sent', 16)
        self.set_volume('sent', 0)
        alice.bye()

    def test_ctl(self):
        """ahoyctl volume sets and shows it"""
        _phone, alice = self.call('1')
        number = self.session.rsplit('/', 1)[1]
        self.daemon.ctl('volume', number, 'sent', '0.5')
        self.daemon.ctl('volume', 'received', '2')
        shown = json.loads(self.daemon.ctl('--json', 'session', number).stdout)
        self.assertEqual((shown['VolumeSent'], shown['VolumeReceived']), (0.5, 2))
        for words in (('sent', 'loud'), ('sent', '0,5'), ('sent', ''), ('sent', 'nan'),
                      ('heard', '1'), ('sent',)):
            done = self.daemon.ctl('volume', number, *words, check=False)
            self.assertNotEqual(done.returncode, 0, done)
        alice.bye()


if __name__ == '__main__':
    agent.main(280)
