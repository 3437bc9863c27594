# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Sounds and recordings as descriptors, which may be anything, and names that links lead away."""

import array
import math
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import wave

import agent
from bus_client import Client, Refused
from daemon import HOSTS, Bus, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))


def write_tone(file, frequency, seconds=3):
    """A WAV file; file is a path or an open file."""
    with wave.open(file, 'wb') as out:
        out.setparams((1, 2, 8000, 0, 'NONE', ''))
        out.writeframes(array.array('h', (
            int(8000 * math.sin(2 * math.pi * frequency * at / 8000))
            for at in range(8000 * seconds))).tobytes())


class CallTestCase(unittest.TestCase):
    def start(self, *arguments, **more):
        self.daemon = Daemon(anyone(('1', 'answer, wait(1h)')), *arguments, **more)
        self.addCleanup(self.daemon.stop)
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)
        self.phone = RtpPhone(HOSTS['ipv4'], 1000)
        self.addCleanup(self.phone.close)
        self.alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(self.alice.close)
        self.alice.invite('1', sdp(port=self.phone.port, codecs=CODECS))
        self.phone.start(self.alice.answered().body)
        manager = self.client.call('', 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')
        self.session = next(path for path in manager[0] if path.count('/') == 5
                            and '/session/' in path.lower())

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def memory(self):
        file = os.fdopen(os.memfd_create('sound', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), 'w+b')
        self.addCleanup(file.close)
        return file

    def open(self, path, flags):
        file = os.open(path, flags | os.O_CLOEXEC)
        self.addCleanup(os.close, file)
        return file

    def wait_for(self, done, what):
        end = time.monotonic() + 60
        while not done():
            if time.monotonic() > end:
                raise Failure(f'no {what}\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks

    def wait_for_tone(self, frequency):
        self.wait_for(lambda: has_tone(self.phone.samples[-8000:], frequency), f'{frequency} Hz')

    def check_recorded(self, file):
        with wave.open(file, 'rb') as recorded:
            samples = array.array('h', recorded.readframes(recorded.getnframes()))
            self.assertTrue(has_tone(samples, 1000, recorded.getframerate()))

    def record_a_second(self):
        count = self.phone.packets + 75
        if not self.phone.packets:
            self.client.call(self.session, 'Session', 'PlayTone', 's', '440')
        self.wait_for(lambda: self.phone.packets > count, 'packets')
        self.client.call(self.session, 'Session', 'StopRecording')

    def refused(self, name, pattern, method, file, *more):
        with self.subTest(method=method, pattern=pattern):
            with self.assertRaises(Refused) as caught:
                self.client.call_with_file(self.session, method, file, *more)
            self.assertEqual(caught.exception.name, name, caught.exception.message)
            self.assertRegex(caught.exception.message, pattern)


class Descriptors(CallTestCase):
    def setUp(self):
        self.start()

    def test_play_and_record(self):
        """a file in memory is heard, and another one holds what the caller says"""
        sound, recording = self.memory(), self.memory()
        write_tone(sound, 700)
        sound.flush()
        self.client.call_with_file(self.session, 'RecordFd', recording.fileno(), 'wav')
        self.client.call_with_file(self.session, 'PlayFd', sound.fileno())
        self.wait_for_tone(700)
        self.record_a_second()
        recording.seek(0)
        self.check_recorded(recording)
        self.alice.bye()

    def test_files(self):
        """on the session bus any file will do"""
        folder = self.folder()
        write_tone(str(folder / 'tone.wav'), 600)
        self.client.call_with_file(self.session, 'PlayFd',
                                   self.open(folder / 'tone.wav', os.O_RDONLY))
        self.wait_for_tone(600)
        self.client.call_with_file(self.session, 'RecordFd', self.open(
            folder / 'heard.wav', os.O_RDWR | os.O_CREAT), 'wav')
        self.record_a_second()
        self.check_recorded(str(folder / 'heard.wav'))
        self.alice.bye()

    def test_hostile(self):
        """what is no file is refused, and the call goes on"""
        folder = self.folder()
        ends = os.pipe()
        os.close(ends[1])
        self.addCleanup(os.close, ends[0])
        empty = self.memory()
        for method, more in (('PlayFd', ()), ('RecordFd', ('wav',))):
            self.refused('InvalidArguments', 'no regular file', method,
                         self.open('/dev/zero', os.O_RDWR), *more)
            self.refused('InvalidArguments', 'cannot be (read|written)', method,
                         self.open('/dev/zero', os.O_PATH), *more)
        self.refused('InvalidArguments', 'no regular file', 'PlayFd', ends[0])
        self.refused('InvalidArguments', 'no regular file', 'PlayFd', self.open(folder,
                                                                              os.O_RDONLY))
        self.refused('InvalidArguments', 'cannot be written', 'RecordFd', self.open(
            folder, os.O_RDONLY), 'wav')
        self.refused('InvalidArguments', 'without O_APPEND', 'RecordFd', self.open(
            folder / 'x', os.O_WRONLY | os.O_CREAT | os.O_APPEND), 'wav')
        self.refused('InvalidArguments', 'write that', 'RecordFd', empty.fileno(), 'mp3')
        with self.assertRaisesRegex(Refused, 'descriptor of :'):
            self.client.call_with_file(self.session, 'PlayFd', empty.fileno())
        with self.assertRaisesRegex(Refused, 'InvalidArg.*cannot be read'):
            self.client.call(self.session, 'Session', 'PlayFd', 'h', 7)
        # who takes the sound away while it plays hears silence, and nothing worse
        sound = self.memory()
        write_tone(sound, 700, seconds=60)
        sound.flush()
        self.client.call_with_file(self.session, 'PlayFd', sound.fileno())
        self.wait_for_tone(700)
        sound.truncate(0)
        self.client.call(self.session, 'Session', 'PlayTone', 's', '440')
        self.wait_for_tone(440)
        self.alice.bye()

    def test_from_standard_input(self):
        """ahoyctl play - takes the sound from a pipe"""
        folder = self.folder()
        write_tone(str(folder / 'tone.wav'), 800)
        done = subprocess.run(
            [os.environ['AHOY_CTL'], 'play', '-'], input=(folder / 'tone.wav').read_bytes(),
            env=self.daemon.environment, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        self.wait_for_tone(800)
        self.alice.bye()


class SystemBus(CallTestCase):
    def setUp(self):
        bus = Bus()
        self.addCleanup(bus.close)
        self.start('--system', bus=bus, session=False,
                   environment={'DBUS_SYSTEM_BUS_ADDRESS': bus.address})

    def test_links(self):
        """a link leads no name out of the folders, neither of sounds nor of recordings"""
        sounds = pathlib.Path(self.daemon.environment['AHOY_SOUNDS_DIRECTORY'])
        self.client.call(self.session, 'Session', 'Play', 's', 'demo.wav')
        folder, recordings = self.folder(), self.daemon.state / 'recordings'
        (recordings / 'own').mkdir(parents=True)
        (recordings / 'away').symlink_to(folder)
        (recordings / 'near').symlink_to('own')
        name = f'link-{os.getpid()}'
        write_tone(str(folder / 'tone.wav'), 500)
        (sounds / name).symlink_to(folder)
        self.addCleanup((sounds / name).unlink)
        with self.assertRaisesRegex(Refused, 'NotAuthorized: .*leads out of the folder'):
            self.client.call(self.session, 'Session', 'Play', 's', f'{name}/tone.wav')
        with self.assertRaisesRegex(Refused, 'NotAuthorized: .*leads out of the folder'):
            self.client.call(self.session, 'Session', 'Record', 'sa{sv}', 'away/x.wav', {})
        with self.assertRaisesRegex(Refused, 'NotFound: '):
            self.client.call(self.session, 'Session', 'Record', 'sa{sv}', 'nowhere/x.wav', {})
        self.assertEqual(os.listdir(folder), ['tone.wav'])
        self.client.call(self.session, 'Session', 'Record', 'sa{sv}', 'near/x.wav', {})
        self.record_a_second()
        self.assertEqual(os.listdir(recordings / 'own'), ['x.wav'])
        self.check_recorded(str(recordings / 'own' / 'x.wav'))
        self.alice.bye()

    def test_descriptors(self):
        """of others, only files in memory are taken: no file system of theirs is asked"""
        folder = self.folder()
        if os.statvfs(folder).f_fsid == os.statvfs('/dev/shm').f_fsid:
            self.skipTest('the temporary folder is in memory')
        write_tone(str(folder / 'tone.wav'), 600)
        self.refused('NotAuthorized', 'files in memory only', 'PlayFd',
                     self.open(folder / 'tone.wav', os.O_RDONLY))
        self.refused('NotAuthorized', 'files in memory only', 'RecordFd',
                     self.open(folder / 'x.wav', os.O_RDWR | os.O_CREAT), 'wav')
        sound = self.memory()
        write_tone(sound, 700)
        sound.flush()
        self.client.call_with_file(self.session, 'PlayFd', sound.fileno())
        self.wait_for_tone(700)
        self.alice.bye()


if __name__ == '__main__':
    agent.main(300)
