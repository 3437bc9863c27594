# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Both ends of a call in one recording: what is where in the file, beeps, pauses, and files that
are there already. Each recording is measured, and so is what the phones hear."""

import os
import pathlib
import resource
import shutil
import tempfile
import time
import unittest
import wave

import agent
import tone
from baresip import Baresip
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import HOSTS, Daemon, anyone
from gi.repository import GLib
from rtp_phone import RATE, RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
ALICE, BOB, BEEP, MUSIC = 700, 1100, 1400, 1900
LONG = 60  # seconds after which something will not happen any more
LIMIT = 30000  # bytes: less than two seconds
UNLIMITED = resource.RLIM_INFINITY


def until(look, what, daemon):
    end = time.monotonic() + LONG
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f'{what}\n' + daemon.report())
        time.sleep(0.05)  # between two looks


def both_tones(samples, rate=RATE):
    """Whether some half of a second has both voices, and neither louder than twice the other."""
    size = rate // 2
    for at in range(0, len(samples) - size + 1, size // 2):
        window = samples[at:at + size]
        shares = [tone.purity(window, rate, frequency) for frequency in (ALICE, BOB)]
        if min(shares) > 0.15 and sum(shares) > 0.9:
            return True
    return False


class Recorded(unittest.TestCase):
    """Alice talks with Bob, and her session is recorded."""

    @classmethod
    def setUpClass(cls):
        cls.bob = Callee('udp', HOSTS['ipv4'])
        cls.addClassCleanup(cls.bob.close)
        cls.daemon = Daemon(anyone(('1', 'dial(bob)'), endpoint='moh=default')
                            + f'[endpoint bob]\nauth=none\ncontact=<{cls.bob.uri}>\n'
                            + f'[moh default]\ntone={MUSIC}\n')
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.warnings_expected = True
        cls.folder = cls.daemon.state / 'recordings'
        cls.folder.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)

    def phone(self, frequency):
        phone = RtpPhone(HOSTS['ipv4'], frequency)
        self.addCleanup(phone.close)
        return phone

    def hears(self, phone, frequency):
        mark = len(phone.samples)
        until(lambda: has_tone(phone.samples[mark:][-16000:], frequency), f'no {frequency} Hz',
              self.daemon)

    def join(self):
        known = self.daemon.objects('session')
        self.alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(self.alice.close)
        self.phones = [self.phone(ALICE), self.phone(BOB)]
        self.alice.invite('1', sdp(port=self.phones[0].port, codecs=CODECS))
        invite = self.bob.called(timeout=30)
        self.bob.respond(invite, 200, body=sdp(port=self.phones[1].port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        self.phones[1].start(invite.body)
        self.phones[0].start(self.alice.answered().body)
        self.hears(self.phones[0], BOB)
        self.hears(self.phones[1], ALICE)
        self.session = min((path for path in self.daemon.objects('session') if path not in known),
                           key=lambda path: int(path.rpartition('/')[2]))

    def part(self):
        self.alice.send('BYE', call=self.alice.call)
        self.alice.expect('200 BYE', skip=('INVITE', 'ACK', 'BYE', 200))
        self.bob.respond(self.bob.expect('BYE', timeout=30, skip=(200, 'INVITE', 'ACK')), 200)
        until(lambda: self.daemon.get(self.session, 'Session', 'State') == 'ended', 'no end',
              self.daemon)

    def method(self, name, *arguments):
        return self.daemon.call(self.session, 'Session', name, *arguments)

    def start(self, name, *options):
        """Begins a recording; options as busctl wants them."""
        path = self.folder / name
        self.method('StartRecording', 'sa{sv}', str(path), len(options) // 3, *options)
        self.assertEqual(self.state(), 'running')
        return path

    def state(self):
        return self.daemon.get(self.session, 'Session', 'Recording')

    def stop(self):
        self.method('StopRecording')
        self.assertEqual(self.state(), 'none')

    def listen(self, seconds):
        """Until both said so much more; what counts is in the file afterwards."""
        wanted = [phone.spoken + 50 * seconds for phone in self.phones]
        until(lambda: all(phone.spoken >= count for phone, count in zip(self.phones, wanted)),
              'they do not speak', self.daemon)

    def recording_ended(self, path):
        signal = self.monitor.wait(
            lambda signal: signal.object == self.session and signal.member == 'RecordingEnded'
            and signal.arguments[0] == str(path), LONG, 'end of the recording')
        return signal.arguments[1]

    def refused(self, name, *arguments):
        with self.assertRaises(Refused) as caught:
            self.client.call(self.session, 'Session', name, *arguments)
        return caught.exception

    def start_refused(self, path, **options):
        """How a recording is refused; options by name, with _ for -, each with its type."""
        return self.refused('StartRecording', 'sa{sv}', str(path), {
            name.replace('_', '-'): GLib.Variant(*value) for name, value in options.items()})


class Recordings(Recorded):
    def test_stereo(self):
        """stereo: who is recorded on the left, whom it hears on the right"""
        self.join()
        path = self.start('stereo.wav', 'layout', 's', 'stereo')
        self.listen(1.5)
        self.stop()
        self.assertEqual(self.recording_ended(path), '')
        with wave.open(str(path)) as file:
            self.assertEqual((file.getnchannels(), file.getframerate()), (2, 8000))
        seconds = [[tone.seconds_of(path, frequency, channel) for frequency in (ALICE, BOB)]
                   for channel in (0, 1)]
        print(f'# Alice and Bob on the left {seconds[0]}, on the right {seconds[1]}')
        self.assertGreater(min(seconds[0][0], seconds[1][1]), 0.8)
        self.assertEqual([seconds[0][1], seconds[1][0]], [0, 0])
        self.part()

    def test_mixed(self):
        """mixed: one channel with both, and none of it is heard by the other one's phone"""
        self.join()
        path = self.start('mixed.wav')
        mark = len(self.phones[0].samples)
        self.listen(1.5)
        self.stop()
        with wave.open(str(path)) as file:
            self.assertEqual(file.getnchannels(), 1)
        self.assertTrue(both_tones(tone.read(path)[1]))
        self.assertFalse(both_tones(self.phones[0].samples[mark:]))
        self.assertEqual(tone.times_of(*tone.read(path), BEEP, 1500), [])
        self.part()

    def test_received(self):
        """received: the peer alone"""
        self.join()
        path = self.start('received.wav', 'layout', 's', 'received')
        self.listen(1)
        self.stop()
        self.assertGreater(tone.seconds_of(path, ALICE), 0.5)
        self.assertEqual(tone.seconds_of(path, BOB), 0)
        self.part()

    def test_packets_as_they_are(self):
        """a recording without beeps leaves the packets of both as they are: none is lost"""
        self.join()
        gaps = [phone.gaps + phone.skips for phone in self.phones]
        self.start('gaps.wav', 'layout', 's', 'stereo')
        self.listen(1)
        self.stop()
        self.assertEqual([phone.gaps + phone.skips for phone in self.phones], gaps)
        self.part()

    def test_beep(self):
        """a beep at the begin and each second: both phones and the recording hear it"""
        self.join()
        marks = [len(phone.samples) for phone in self.phones]
        path = self.start('beep.wav', 'layout', 's', 'stereo', 'beep', 'u', '1')
        self.listen(3.5)
        self.stop()
        found = [tone.times_of(RATE, phone.samples[mark:], BEEP, 1500)
                 for phone, mark in zip(self.phones, marks)]
        found.append(tone.times_of(*tone.read(path, 1), BEEP, 1500))
        print('# beeps heard by Alice, Bob and in the recording after',
              ['%.2f' % time for times in found for time in times], 's')
        for times in found:
            self.assertGreaterEqual(len(times), 3)
            for one, other in zip(times, times[1:]):
                self.assertAlmostEqual(other - one, 1, delta=0.25)
        self.assertEqual(tone.times_of(*tone.read(path), BEEP, 1500), [])  # Alice says none
        mark = len(self.phones[0].samples)
        self.hears(self.phones[0], BOB)
        self.listen(1.2)
        self.assertEqual(tone.times_of(RATE, self.phones[0].samples[mark:], BEEP, 1500), [])
        self.part()

    def test_pause(self):
        """a pause takes no time, or is silent as long as it was"""
        lengths = []
        self.join()
        for silent in ('false', 'true'):
            path = self.start(f'pause-{silent}.wav', 'silent-pauses', 'b', silent)
            self.listen(0.6)
            self.method('PauseRecording')
            self.assertEqual(self.state(), 'paused')
            self.method('PauseRecording')
            self.listen(1.5)
            self.method('ResumeRecording')
            self.assertEqual(self.state(), 'running')
            self.listen(0.6)
            self.stop()
            rate, samples = tone.read(path)
            lengths.append((len(samples) / rate, tone.seconds_of_sound(path)))
        print(f'# all, and what is no silence, of a recording that paused 1.5 s: {lengths}')
        (short, sound), (long, louder) = lengths
        self.assertLess(short - sound, 0.5)
        self.assertGreater(long - louder, 1.2)
        self.assertGreater(min(sound, louder), 0.8)
        self.assertEqual(self.refused('PauseRecording').name, 'InvalidState')
        self.part()

    def test_append(self):
        """append goes on with a recording, and with nothing else"""
        self.join()
        lengths = []
        for _ in range(3):
            path = self.start('append.wav', 'layout', 's', 'stereo', 'append', 'b', 'true')
            self.listen(0.5)
            self.stop()
            with wave.open(str(path)) as file:
                lengths.append(file.getnframes())
            self.assertEqual(path.stat().st_size, 44 + lengths[-1] * 4)
        print(f'# frames: {lengths}')
        self.assertGreater(lengths[1], lengths[0] + 2000)
        self.assertGreater(lengths[2], lengths[1] + 2000)
        append = ('b', True)
        other = self.start_refused(path, append=append)  # one channel to a file with two
        self.assertEqual(other.name, 'NotSupported')
        kept = self.folder / 'kept.txt'
        kept.write_text('no sound')
        self.start_refused(kept, append=append)
        self.assertEqual(kept.read_text(), 'no sound')
        link = self.folder / 'link.wav'
        link.symlink_to(kept)
        found = self.start_refused(link, append=append)
        self.assertEqual(found.name, 'NotAuthorized')
        self.assertIn('it is a link', found.message)
        self.assertEqual(self.state(), 'none')
        self.part()

    def test_one_file(self):
        """what one session records to no other one does: the second is told who does, and how"""
        self.join()
        other = max(self.daemon.objects('session'), key=lambda path: int(path.rpartition('/')[2]))
        number = self.session.rpartition('/')[2]
        link = self.folder / 'link'
        link.symlink_to(self.folder)
        path = self.folder / 'one.wav'
        for append in ('false', 'true'):
            self.start('one.wav', 'layout', 's', 'stereo', 'append', 'b', append)
            for again in (path, link / path.name, path.name):
                for option in (False, True):
                    with self.subTest(first=append, again=again, second=option):
                        with self.assertRaises(Refused) as caught:
                            self.client.call(other, 'Session', 'StartRecording', 'sa{sv}',
                                             str(again), {'append': GLib.Variant('b', option)})
                        self.assertEqual(caught.exception.name, 'Exists')
                        self.assertRegex(caught.exception.message,
                                         rf'/one\.wav is that of session {number}, which goes on; '
                                         'stop that one first, or name another file')
            refused = self.daemon.ctl('record', other.rpartition('/')[2], path, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f'is that of session {number}', refused.stderr)
            self.listen(0.6)
            self.stop()
            self.assertEqual(self.recording_ended(path), '')
        self.assertEqual(self.daemon.get(other, 'Session', 'Recording'), 'none')
        with wave.open(str(path)) as file:
            self.assertEqual(file.getnchannels(), 2)
        self.assertGreater(tone.seconds_of(path, ALICE), 0.5)
        self.assertEqual([name.name for name in self.folder.glob('one.wav*')], ['one.wav'])
        self.daemon.call(other, 'Session', 'StartRecording', 'sa{sv}', str(path), 0)
        self.daemon.call(other, 'Session', 'StopRecording')
        with wave.open(str(path)) as file:
            self.assertEqual(file.getnchannels(), 1)
        self.part()

    def hold(self, direction, origin):
        """Bob lets Alice wait, or takes her back."""
        self.bob.send('INVITE', call=self.bob.call, body=sdp(
            port=self.phones[1].port, codecs=CODECS, direction=direction, origin=origin))
        response = self.bob.expect(200, skip=('INVITE', 'ACK', 100))
        self.bob.send('ACK', call=self.bob.call, cseq=response.cseq)

    def test_hold(self):
        """what is heard is recorded whoever says it: Bob, music while he holds, and Bob again"""
        self.join()
        path = self.start('hold.wav', 'layout', 's', 'stereo')
        self.listen(0.6)
        self.hold('sendonly', 2)
        self.hears(self.phones[0], MUSIC)
        self.listen(0.6)
        self.hold('sendrecv', 3)
        self.hears(self.phones[0], BOB)
        self.listen(0.6)
        self.stop()
        rate, samples = tone.read(path, 1)
        times = [min(tone.times_of(rate, samples[:], frequency, 4000) or [-1])
                 for frequency in (BOB, MUSIC)]
        again = max(tone.times_of(rate, samples, BOB, 4000))
        print(f'# Bob after {times[0]:.2f} s, music after {times[1]:.2f} s, Bob until '
              f'{again:.2f} s of {len(samples) / rate:.2f} s')
        self.assertLess(times[0], times[1])
        self.assertLess(times[1] + 0.4, again)
        self.assertGreater(tone.seconds_of(path, ALICE), 1.2)
        self.part()

    def test_hang_up(self):
        """a call that ends makes the recording whole"""
        self.join()
        path = self.start('hang-up.wav', 'layout', 's', 'stereo')
        self.listen(0.6)
        self.part()
        self.assertEqual(self.recording_ended(path), '')
        self.assertGreater(tone.seconds_of(path, BOB, 1), 0.2)

    def test_full_disk(self):
        """a full disk ends the recording, with the reason, and not the call"""
        self.join()
        _soft, hard = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (LIMIT, hard))
        self.addCleanup(resource.prlimit, self.daemon.process.pid, resource.RLIMIT_FSIZE,
                        (UNLIMITED, hard))
        path = self.start('full.wav', 'layout', 's', 'stereo')
        self.assertIn('File too large; make room', self.recording_ended(path))
        self.assertEqual(self.state(), 'none')
        self.assertEqual(self.refused('StopRecording').name, 'LimitExceeded')
        with wave.open(str(path)) as file:
            self.assertGreater(file.getnframes(), (LIMIT - 44) // 4 - 100)
        self.assertEqual(self.daemon.get(self.session, 'Session', 'State'), 'active')
        self.hears(self.phones[0], BOB)
        self.hears(self.phones[1], ALICE)
        self.part()

    def test_hostile(self):
        """names that leave the folder, folders, pipes and wrong options are refused in words"""
        self.join()
        os.mkfifo(self.folder / 'pipe.wav')
        for name, options, word in (
                ('../out.wav', {}, 'without ..'), ('', {}, 'write a name'), ('.', {}, 'a folder'),
                ('no/folder.wav', {}, 'No such file'), ('pipe.wav', {}, 'is no file'),
                ('pipe.wav', {'append': ('b', True)}, 'no regular file'),
                ('.', {'append': ('b', True)}, 'a folder'),
                ('a.wav', {'layout': ('s', 'round')}, 'mixed, stereo or received'),
                ('a.wav', {'layout': ('u', 1)}, 'must have s'),
                ('a.wav', {'beep': ('u', 3601)}, 'at most 3600'),
                ('a.wav', {'volume': ('u', 1)}, 'the options are layout, append')):
            with self.subTest(name=name, options=options):
                self.assertIn(word, self.start_refused(name, **options).message)
        self.assertEqual(self.state(), 'none')
        self.assertFalse((self.folder / 'a.wav').exists())
        self.part()

    def test_ctl(self):
        """ahoyctl record --stereo, pause-recording, resume-recording, stop"""
        self.join()
        number = self.session.rpartition('/')[2]
        path = self.folder / 'ctl.wav'
        self.daemon.ctl('record', '--stereo', '--beep', '60', number, str(path))
        self.listen(0.6)
        self.daemon.ctl('pause-recording', number)
        self.assertIn('paused', self.daemon.ctl('session', number).stdout)
        self.daemon.ctl('resume-recording', number)
        self.listen(0.6)
        self.daemon.ctl('stop', number)
        with wave.open(str(path)) as file:
            self.assertEqual(file.getnchannels(), 2)
        self.assertEqual(len(tone.times_of(*tone.read(path, 1), BEEP, 1500)), 2)  # and after
        done = self.daemon.ctl('record', '--both', '--stereo', number, 'x.wav', check=False)
        self.assertEqual(done.returncode, 2)
        self.part()


@unittest.skipUnless(shutil.which('baresip'), 'baresip is not installed')
class Phones(unittest.TestCase):
    def test_baresip(self):
        """baresip and baresip, whose media pass elsewhere, come here to be recorded, and go back"""
        phones = [Baresip(frequency=frequency) for frequency in (440, 1000)]
        for phone in phones:
            self.addCleanup(phone.kill)
        daemon = Daemon(anyone(('1', 'dial(bob)'), endpoint='direct-media=yes')
                        + f'\n[endpoint bob]\nauth=none\ncontact=<{phones[1].uri}>\n'
                          'direct-media=yes\n')
        self.addCleanup(daemon.stop)
        host, port = daemon.address()
        phones[0].command('dial', f'sip:1@{host}:{port}')
        phones[1].expect('CALL_INCOMING')
        phones[1].command('accept')
        for phone in phones:
            phone.expect('CALL_ESTABLISHED')
        [bridge] = until(lambda: daemon.objects('bridge'), 'no bridge', daemon)

        def wait_for_mode(mode):
            until(lambda: daemon.get(bridge, 'Bridge', 'Mode') == mode, mode, daemon)

        wait_for_mode('direct')
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'both.wav')
            session = min(daemon.objects('session'), key=lambda path: int(path.rpartition('/')[2]))
            daemon.call(session, 'Session', 'StartRecording', 'sa{sv}', str(path), 1, 'layout',
                        's', 'stereo')
            wait_for_mode('relay')
            time.sleep(2)  # they talk
            daemon.call(session, 'Session', 'StopRecording')
            wait_for_mode('direct')
            seconds = [[tone.seconds_of(path, frequency, channel) for frequency in (440, 1000)]
                       for channel in (0, 1)]
        print(f'# 440 and 1000 Hz on the left {seconds[0]}, on the right {seconds[1]}')
        self.assertGreater(min(seconds[0][0], seconds[1][1]), 0.8)
        self.assertEqual([seconds[0][1], seconds[1][0]], [0, 0])
        phones[0].command('hangup')
        daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(180)
