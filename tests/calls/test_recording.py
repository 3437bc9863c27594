# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Recordings that cannot be written, and what everybody is told of them.

The disk fills up by a limit of the daemon's: no file of it may grow beyond so many bytes. That
needs no rights, and no file system of its own.
"""

import resource
import time
import unittest
import wave

import agent
import tone
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import HOSTS, BusError, Daemon, anyone
from rtp_phone import RtpPhone
from test_dial import Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
ROUTES = (
    ('1', 'answer, wait(1h)'),
    ('2', 'answer, record(route.wav, limit=1h), wait(1h)'),
    ('3', 'answer, record(box-${time}-${session}.wav)'),
)
LIMIT = 12000  # bytes: less than a second
UNLIMITED = resource.RLIM_INFINITY


class Recording(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(anyone(*ROUTES))
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.warnings_expected = True
        cls.folder = cls.daemon.state / 'recordings'
        cls.folder.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self.addCleanup(self.daemon.wait_for_sessions, 0)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def call(self, user, frequency=1000):
        """A call that speaks; its session."""
        known = self.daemon.objects('session')
        self.alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(self.alice.close)
        phone = RtpPhone(HOSTS['ipv4'], frequency)
        self.addCleanup(phone.close)
        self.alice.invite(user, sdp(port=phone.port, codecs=CODECS))
        phone.start(self.alice.answered().body)
        self.session = next(path for path in self.daemon.objects('session') if path not in known)

    def fill_disk(self, limit=LIMIT):
        _soft, hard = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (limit, hard))
        if limit != UNLIMITED:
            self.addCleanup(self.fill_disk, UNLIMITED)

    def method(self, name, *arguments):
        return self.daemon.call(self.session, 'Session', name, *arguments)

    def record(self, name):
        path = self.folder / name
        self.method('Record', 'sa{sv}', str(path), 0)
        return path

    def recording_ended(self, path):
        """What the signal says about the end of a recording."""
        signal = self.monitor.wait(
            lambda signal: signal.object == self.session and signal.member == 'RecordingEnded'
            and signal.arguments[0] == str(path), 60, 'end of the recording')
        return signal.arguments[1]

    def failure(self, path):
        """The beginning of the sentence about a file that the disk had no room for."""
        return f'The recording {path} cannot be written at byte {LIMIT}: File too large'

    def check_kept(self, path):
        """What had room can be heard."""
        with wave.open(str(path)) as file:
            self.assertEqual(file.getnframes(), (LIMIT - 44) // 2)

    def test_whole(self):
        """a recording that is whole has no error, and can be stopped twice"""
        self.call('1')
        path = self.record('whole.wav')
        self.method('StopRecording')
        self.assertEqual(self.recording_ended(path), '')
        self.method('StopRecording')
        with wave.open(str(path)) as file:
            self.assertEqual(file.getframerate(), 8000)
        self.alice.bye()

    def test_full_disk(self):
        """a full disk: the signal, StopRecording and the log say which file and why"""
        self.fill_disk()
        self.call('1')
        path = self.record('full.wav')
        self.assertTrue(self.recording_ended(path).startswith(self.failure(path)))
        with self.assertRaises(BusError) as caught:
            self.method('StopRecording')
        self.assertIn(self.failure(path), str(caught.exception))
        self.check_kept(path)
        self.assertEqual(self.daemon.get(self.session, 'Session', 'State'), 'active')
        self.method('StopRecording')  # it was said

        self.fill_disk(UNLIMITED)
        again = self.record('full.wav')
        self.method('StopRecording')
        self.monitor.wait(lambda signal: signal.member == 'RecordingEnded'
                          and signal.arguments == [str(again), ''], what='whole recording')
        self.alice.bye()

    def test_full_disk_name(self):
        """a full disk has a name of its own among the errors of the bus"""
        self.fill_disk()
        self.call('1')
        path = self.record('named.wav')
        self.recording_ended(path)
        client = Client(self.daemon.bus)
        self.addCleanup(client.close)
        with self.assertRaises(Refused) as caught:
            client.call(self.session, 'Session', 'StopRecording')
        self.assertEqual(caught.exception.name, 'LimitExceeded')
        self.alice.bye()

    def test_ctl(self):
        """a full disk: ahoyctl stop fails, and prints the sentence"""
        self.fill_disk()
        self.call('1')
        number = self.session.rsplit('/', 1)[1]
        path = self.folder / 'ctl.wav'
        self.daemon.ctl('record', number, path)
        self.recording_ended(path)
        done = self.daemon.ctl('stop', number, check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(self.failure(path), done.stderr)
        self.assertEqual(self.daemon.ctl('stop', number).returncode, 0)
        self.alice.bye()

    def test_stop_finds_out(self):
        """a disk that is full only when the recording is stopped"""
        self.call('1')
        path = self.record('late.wav')
        self.fill_disk(100)
        with self.assertRaisesRegex(BusError, 'late.wav cannot be written at byte 100'):
            while True:  # what is heard first is little: then the stop writes nothing
                self.method('StopRecording')
                path = self.record('late.wav')
        self.assertIn('make room', self.recording_ended_with_error(path))
        self.alice.bye()

    def recording_ended_with_error(self, path):
        return self.monitor.wait(
            lambda signal: signal.member == 'RecordingEnded' and signal.arguments[1]
            and signal.arguments[0] == str(path), what='failure').arguments[1]

    def test_two_clients(self):
        """the second one who records a session is told of the file of the first one"""
        self.call('1')
        first = self.record('first.wav')
        client = Client(self.daemon.bus)
        self.addCleanup(client.close)
        with self.assertRaises(Refused) as caught:
            client.call(self.session, 'Session', 'Record', 'sa{sv}',
                        str(self.folder / 'second.wav'), {})
        self.assertEqual(caught.exception.name, 'Exists')
        self.assertIn(f'is recorded to {first} already; stop that', caught.exception.message)
        self.assertFalse((self.folder / 'second.wav').exists())
        self.method('StopRecording')
        second = self.record('second.wav')
        self.method('StopRecording')
        self.assertTrue(first.exists() and second.exists())
        self.alice.bye()

    def test_end_of_call(self):
        """a call that ends makes the recording whole; StopRecording agrees"""
        self.call('1')
        path = self.record('hung-up.wav')
        self.alice.bye()
        self.assertEqual(self.recording_ended(path), '')
        self.method('StopRecording')
        self.assertTrue(path.exists())

    def test_route(self):
        """a step of a route that cannot record ends the call, and says why"""
        self.fill_disk()
        self.call('2')
        path = self.folder / 'route.wav'
        self.alice.respond(self.alice.expect('BYE', timeout=60, skip=(200,)), 200)
        self.assertTrue(self.recording_ended(path).startswith(self.failure(path)))
        self.assertIsNotNone(self.daemon.log.wait_for(
            lambda line: 'step 2 (record) of its route failed: ' + self.failure(path) in line))
        self.check_kept(path)

    def heard(self, path, count=100):
        """Until so many packets came that the recording has some of them."""
        end = time.monotonic() + 60
        while self.daemon.get(f'{self.session}/stream/0', 'Stream', 'PacketsReceived') < count:
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.02)  # between two questions
        self.assertTrue(list(self.folder.glob(path.name + '.*')), 'no recording')

    def test_route_twice(self):
        """two calls that a route records to one file: the second is ended, and the log says why"""
        path = self.folder / 'route.wav'
        self.call('2')
        first, session = self.alice, self.session
        self.heard(path)
        self.call('2', 440)
        self.alice.respond(self.alice.expect('BYE', timeout=60, skip=(200,)), 200)
        self.assertIsNotNone(self.daemon.log.wait_for(
            lambda line: f'step 2 (record) of its route failed: The recording {path} is that of '
            f'session {session.rpartition("/")[2]}, which goes on; stop that one first' in line))
        self.session = session
        self.assertEqual(self.daemon.get(session, 'Session', 'Recording'), 'running')
        first.bye()
        self.assertEqual(self.recording_ended(path), '')
        self.assertGreater(tone.seconds_of(path, 1000), 0.2)
        self.assertEqual(tone.seconds_of(path, 440), 0)

    def test_route_again(self):
        """the next call may record to the file as soon as the one before is over"""
        path = self.folder / 'route.wav'
        for _ in range(10):
            self.call('2')
            self.assertEqual(self.daemon.get(self.session, 'Session', 'Recording'), 'running')
            self.alice.bye()
        self.call('2', 440)
        self.heard(path)
        self.alice.bye()
        self.assertEqual(self.recording_ended(path), '')
        self.assertGreater(tone.seconds_of(path, 440), 0.2)

    def test_route_names(self):
        """${time} and ${session} give each call that a route records a file of its own"""
        calls = []
        for _ in range(2):
            self.call('3')
            calls.append((self.alice, self.session.rpartition('/')[2]))
        for alice, _number in calls:
            alice.bye()
        self.daemon.wait_for_sessions(0)
        for _, number in calls:
            end = time.monotonic() + 60
            while not (found := list(self.folder.glob(f'box-*-{number}.wav'))):
                self.assertLess(time.monotonic(), end, self.daemon.report())
                time.sleep(0.02)  # between two looks
            self.assertRegex(found[0].name, rf'^box-20\d{{6}}-\d{{6}}-{number}\.wav$')

    def test_route_records(self):
        """what a route records cannot be recorded by somebody else at the same time"""
        self.call('2')
        with self.assertRaisesRegex(BusError, 'is recorded to .*/route.wav already'):
            self.record('other.wav')
        self.alice.bye()


if __name__ == '__main__':
    agent.main(280)
