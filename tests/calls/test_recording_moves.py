# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Recordings of calls that do not stay where they are: transferred, parked, fetched, called back,
replaced. Who is recorded goes on to be, whoever talks with him; a recording that ends is a file
that is whole, as long as it took."""

import time
import wave

import agent
import tone
from bus_monitor import Monitor
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_transfer import TransferTestCase

HOST = '127.0.0.1'
TONES = {'alice': 700, 'bob': 1100, 'carol': 1600}
MUSIC = 1900
LONG = 60  # seconds after which something will not happen any more
CONFIG = f'''
[moh default]
tone={MUSIC}

[features]
feature-timeout=2s
record-layout=stereo
'''
CODECS = 'm=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000'


class Voice(RtpPhone):
    """What a phone says and hears; it talks to where the last call of it wants that."""

    def talk(self, body):
        if self.target is None:
            self.start(body)
        else:
            self.aim(body)

    def hush(self):
        """Talks to itself: its port at the daemon may be that of another call soon."""
        self.target = self.socket.getsockname()


class Recording:
    """A recording of a session, from its begin on."""

    def __init__(self, case, session, path):
        self.case, self.session, self.path = case, session, path
        self.before = time.monotonic()
        self.after = None

    def begun(self):
        self.after = time.monotonic()
        return self

    def check(self, latest):
        """The file is whole, and as long as the recording ran: until latest at least."""
        case = self.case
        signal = case.monitor.wait(
            lambda signal: signal.object == self.session and signal.member == 'RecordingEnded'
            and signal.arguments[0] == str(self.path), LONG, f'end of {self.path.name}')
        case.assertEqual(signal.arguments[1], '', case.daemon.report())
        least, most = latest - self.after, time.monotonic() - self.before
        with wave.open(str(self.path)) as file:
            case.assertEqual((file.getnchannels(), file.getframerate()), (2, 8000))
            length = file.getnframes() / 8000
            case.assertEqual(self.path.stat().st_size, 44 + 4 * file.getnframes())
            case.assertEqual(len(file.readframes(file.getnframes())), 4 * file.getnframes())
        print(f'# {self.path.name}: {length:.2f} s of {least:.2f} to {most:.2f} s')
        case.assertGreater(length, 0.7 * least - 0.3)
        case.assertLess(length, most + 0.3)
        return self

    def check_heard(self, *frequencies, own):
        """What was heard, in this order, and who listened, who speaks all the time."""
        rate, samples = tone.read(self.path, 1)
        times = [tone.times_of(rate, samples, frequency, 4000) for frequency in frequencies]
        begins = [found[0] if found else None for found in times]
        print(f'# {frequencies} begin after {begins} s')
        self.case.assertNotIn(None, begins)
        self.case.assertEqual(begins, sorted(begins))
        others = {MUSIC, *TONES.values()} - set(frequencies)
        for frequency in others:
            self.case.assertEqual(tone.times_of(rate, samples, frequency, 4000), [], frequency)
        self.case.assertGreater(tone.seconds_of(self.path, own), len(samples) / rate / 4)


class Moved(TransferTestCase):
    def setUp(self):
        super().setUp()
        self.voices = {}
        for name, phone in self.phones.items():
            voice = self.voices[name] = Voice(HOST, TONES[name])
            self.addCleanup(voice.close)
            phone.rtp_port = voice.port
            phone.sdp = lambda phone=phone, plain=phone.sdp: plain().replace(
                f'm=audio {phone.rtp_port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000',
                CODECS.format(port=phone.rtp_port))
        self.start(routes=(('700', 'park(timeout=1h)'), ('750', 'park(timeout=2s)'),
                           ('701', 'parked(701)'), ('8', 'answer, moh')),
                   extra=CONFIG, more={'bob': 'features=all', 'carol': 'allow-transfer=yes'})
        self.folder = self.daemon.state / 'recordings'
        self.folder.mkdir(parents=True, exist_ok=True)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def wait_for(self, what, look):
        end = time.monotonic() + LONG
        while not (found := look()):
            if time.monotonic() > end:
                raise Failure(f'{what}: not within a minute\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks
        return found

    def hears(self, name, frequency):
        """Until a phone hears somebody, for a while."""
        voice = self.voices[name]
        mark = len(voice.samples)
        self.wait_for(f'{frequency} Hz for {name}',
                      lambda: has_tone(voice.samples[mark:][-16000:], frequency))
        more = len(voice.samples) + 3200
        self.wait_for(f'more for {name}', lambda: len(voice.samples) >= more)

    def answer(self, leg):
        self.voices[leg.phone.name].talk(leg.invite.body)
        return leg.answer()

    def answered(self, leg):
        response = leg.expect(200, skip=(100, 180, 183), timeout=LONG)
        leg.call.established(response)
        leg.phone.send_raw(leg.phone.request('ACK', call=leg.call, cseq=response.cseq),
                           to=leg.phone.target)
        self.voices[leg.phone.name].talk(response.body)
        return leg

    def connect(self, caller, callee, number):
        leg = caller.call(number)
        other = self.answer(callee.called(timeout=LONG))
        self.answered(leg)
        self.hears(caller.name, TONES[callee.name])
        self.hears(callee.name, TONES[caller.name])
        return leg, other

    def session(self, leg):
        """The session of a phone's call."""
        [path] = [path for path in self.daemon.objects('session')
                  if self.daemon.get(path, 'Session', 'CallId') == leg.call.call_id]
        return path

    def record(self, leg, name, *options):
        path = self.folder / name
        recording = Recording(self, self.session(leg), path)
        self.daemon.call(recording.session, 'Session', 'StartRecording', 'sa{sv}', str(path),
                         1 + len(options) // 3, 'layout', 's', 'stereo', *options)
        return recording.begun()

    def goes_on(self, recording):
        self.assertEqual(self.daemon.get(recording.session, 'Session', 'Recording'), 'running')
        return time.monotonic()

    def stop(self, recording):
        latest = self.goes_on(recording)
        self.daemon.call(recording.session, 'Session', 'StopRecording')
        return recording.check(latest)

    def leave(self, leg):
        self.voices[leg.phone.name].hush()
        leg.bye()

    def part(self, leg, *others):
        leg.bye()
        for other in others:
            other.hung_up(timeout=LONG)
        self.over()

    def test_blind(self):
        """who is transferred goes on to be recorded; who transferred him is until he hangs up"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        stays, goes = self.record(alice, 'alice.wav'), self.record(bob, 'bob.wav')
        self.hears('alice', TONES['bob'])
        bob.refer(self.target('3'))
        carol = self.answer(self.carol.called(timeout=LONG))
        self.assertEqual(bob.outcome()[-1], 200)
        latest = self.goes_on(goes)
        self.leave(bob)
        goes.check(latest).check_heard(TONES['alice'], own=TONES['bob'])
        self.hears('alice', TONES['carol'])
        self.hears('carol', TONES['alice'])
        self.stop(stays).check_heard(TONES['bob'], TONES['carol'], own=TONES['alice'])
        self.part(alice, carol)

    def test_attended(self):
        """all four are recorded: the partners go on, both calls of who joins them end"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        first = [self.record(alice, 'alice.wav'), self.record(bob, 'bob.wav')]
        self.hears('alice', TONES['bob'])
        second, carol = self.connect(self.bob, self.carol, '3')
        more = [self.record(carol, 'carol.wav', 'append', 'b', 'true'),
                self.record(second, 'second.wav')]
        self.hears('carol', TONES['bob'])
        latest = [self.goes_on(recording) for recording in (first[1], more[1])]
        bob.refer(self.target('3'), replaces=second.replaces())
        second.hung_up(timeout=LONG)
        self.assertEqual(bob.outcome()[-1], 200)
        self.leave(bob)
        first[1].check(latest[0])
        more[1].check(latest[1])
        self.hears('alice', TONES['carol'])
        self.hears('carol', TONES['alice'])
        latest = [self.goes_on(recording) for recording in (first[0], more[0])]
        self.part(alice, carol)
        first[0].check(latest[0]).check_heard(TONES['bob'], TONES['carol'], own=TONES['alice'])
        more[0].check(latest[1]).check_heard(TONES['bob'], TONES['alice'], own=TONES['carol'])

    def test_in_vain(self):
        """a transfer that fails changes nothing of a recording"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        recording = self.record(alice, 'vain.wav')
        self.hears('alice', TONES['bob'])
        bob.refer(self.target('3'))
        self.carol.called(timeout=LONG).reject(486)
        self.assertEqual(bob.outcome()[-1], 486)
        self.hears('alice', TONES['bob'])
        self.stop(recording).check_heard(TONES['bob'], own=TONES['alice'])
        self.part(alice, bob)

    def test_one_touch(self):
        """what digits began goes on with who dialled them, and ends with his call"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        session = self.session(bob)
        before = time.monotonic()
        for digit in '*1':
            self.voices['bob'].send_digit(digit)
        self.wait_for('recording', lambda: self.daemon.get(session, 'Session', 'Recording')
                      == 'running')
        path = self.wait_for('a file', lambda: [
            name.stem for name in self.folder.glob('call-*.wav.*')])[0]
        recording = Recording(self, session, self.folder / path).begun()
        recording.before = before
        self.hears('bob', TONES['alice'])
        bob.refer(self.target('3'))
        carol = self.answer(self.carol.called(timeout=LONG))
        self.assertEqual(bob.outcome()[-1], 200)
        latest = self.goes_on(recording)
        self.leave(bob)
        recording.check(latest)
        self.assertNotEqual(tone.times_of(*tone.read(recording.path, 1), TONES['alice'], 4000), [])
        self.assertNotEqual(tone.times_of(*tone.read(recording.path), TONES['bob'], 4000), [])
        self.hears('carol', TONES['alice'])
        self.assertEqual(self.daemon.get(self.session(alice), 'Session', 'Recording'), 'none')
        self.part(alice, carol)

    def test_parked(self):
        """who is parked is recorded with his music, and with who fetches him"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        recording = self.record(alice, 'parked.wav')
        self.hears('alice', TONES['bob'])
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        self.leave(bob)
        self.hears('alice', MUSIC)
        self.goes_on(recording)
        carol = self.answered(self.carol.call('701'))
        self.hears('alice', TONES['carol'])
        self.stop(recording).check_heard(TONES['bob'], MUSIC, TONES['carol'], own=TONES['alice'])
        self.part(carol, alice)

    def test_called_back(self):
        """nobody fetches him: who parked him is called, and is in the recording again"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('750'))
        self.assertEqual(bob.outcome()[-1], 200)
        recording = self.record(alice, 'back.wav')
        self.leave(bob)
        back = self.bob.called(timeout=LONG)
        self.answer(back)
        self.hears('alice', TONES['bob'])
        latest = self.goes_on(recording)
        self.part(back, alice)
        recording.check(latest).check_heard(MUSIC, TONES['bob'], own=TONES['alice'])

    def test_parked_hangs_up(self):
        """who hangs up in his slot ends the recording, which is whole"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        recording = self.record(alice, 'slot.wav')
        self.hears('alice', TONES['bob'])
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        self.leave(bob)
        self.hears('alice', MUSIC)
        latest = self.goes_on(recording)
        self.part(alice)
        recording.check(latest).check_heard(TONES['bob'], MUSIC, own=TONES['alice'])

    def test_parked_paused(self):
        """what is said while it pauses is not in it, whatever becomes of the call meanwhile"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        recording = self.record(alice, 'paused.wav', 'silent-pauses', 'b', 'true')
        self.hears('alice', TONES['bob'])
        self.daemon.call(recording.session, 'Session', 'PauseRecording')
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        self.leave(bob)
        self.hears('alice', MUSIC)
        self.assertEqual(self.daemon.get(recording.session, 'Session', 'Recording'), 'paused')
        carol = self.answered(self.carol.call('701'))
        self.hears('alice', TONES['carol'])
        self.daemon.call(recording.session, 'Session', 'ResumeRecording')
        self.hears('alice', TONES['carol'])
        self.stop(recording)
        rate, samples = tone.read(recording.path, 1)
        self.assertEqual(tone.times_of(rate, samples, MUSIC, 4000), [])
        bob_heard, carol_heard = (tone.times_of(rate, samples, TONES[name], 4000)
                                  for name in ('bob', 'carol'))
        self.assertGreater(carol_heard[0], bob_heard[0])
        self.part(carol, alice)

    def test_replaced(self):
        """whose place another call takes is recorded to his end; the partner goes on to be"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        stays, goes = self.record(alice, 'alice.wav'), self.record(bob, 'bob.wav')
        self.hears('alice', TONES['bob'])
        latest = self.goes_on(goes)
        carol = self.answered(self.carol.call('2', headers=(f'Replaces: {bob.replaces()}',)))
        bob.hung_up(timeout=LONG)
        goes.check(latest)
        self.hears('alice', TONES['carol'])
        self.stop(stays).check_heard(TONES['bob'], TONES['carol'], own=TONES['alice'])
        self.part(alice, carol)

    def test_to_a_place(self):
        """who is given a place at a step hears what it plays, and is recorded with it"""
        alice, bob = self.connect(self.alice, self.bob, '2')
        recording = self.record(alice, 'place.wav')
        self.hears('alice', TONES['bob'])
        second = self.answered(self.bob.call('8'))
        bob.refer(self.target('8'), replaces=second.replaces())
        second.hung_up(timeout=LONG)
        self.assertEqual(bob.outcome()[-1], 200)
        self.leave(bob)
        self.hears('alice', MUSIC)
        latest = self.goes_on(recording)
        self.part(alice)
        recording.check(latest).check_heard(TONES['bob'], MUSIC, own=TONES['alice'])


if __name__ == '__main__':
    agent.main(280)
