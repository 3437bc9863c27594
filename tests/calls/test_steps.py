# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Each built-in step of a route, as a caller sees and hears it."""

import array
import time
import unittest
import wave

import agent
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import SDP, Caller, sdp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
ROUTES = (
    ('10', 'ring, wait(20ms), answer, wait(1h)'),
    ('11', 'ring, answer, echo'),
    ('12', 'progress, tone(425, duration=1h)'),
    ('13', 'answer, tone(440, duration=2s), tone(880, duration=1h)'),
    ('14', 'play(demo.wav), hangup'),
    ('15', 'play(missing.wav), echo'),
    ('16', 'answer, record(calls/heard.wav, limit=1s), tone(440, duration=1h)'),
    ('17', 'redirect(<sip:elsewhere@example.org;transport=tcp>)'),
    ('18', 'reject(486)'),
    ('19', 'reject(480, Come back tomorrow)'),
    ('20', 'reject'),
    ('21', 'hangup(17)'),
    ('22', 'answer, hangup'),
    ('23', 'answer'),
    ('24', 'agent'),
    ('25', 'play(demo.wav, demo.wav), tone(440, duration=1h)'),
    ('26', 'record(../heard.wav), echo'),
    ('27', 'busy'),
    ('28', 'congestion(status)'),
    ('29', 'busy(tone, zone=uk, duration=1s)'),
    ('30', 'congestion(tone, duration=1s)'),
    ('31', 'answer, busy(duration=1s)'),
    ('32', 'busy(tone, zone=nowhere)'),
    ('34', 'read(pin, demo.wav, demo.wav, timeout=1h), tone(440, duration=1h)'),
    ('35', 'read(pin, between=2s, end=*), tone(${pin}, duration=1h)'),
    ('36', 'read(pin, timeout=100ms, tries=2, otherwise=continue), tone(440, duration=1h)'),
    ('37', 'read(pin, timeout=100ms), echo'),
    ('38', 'read(pin, timeout=100ms, otherwise=continue), play(${pin}.wav)'),
    ('40', 'say(one), tone(440, duration=1h)'),
    ('41', 'say("1234567890", as=digits), tone(440, duration=1h)'),
    ('42', 'say(eins, voice=../de)'),
    ('39', 'read(pin, digits=2, end=none), tone(${pin}0, duration=1h)'),
)


class Steps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(anyone(*ROUTES))
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def caller(self, user, body=SDP):
        peer = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(peer.close)
        peer.invite(user, body)
        return peer

    def listener(self, user, frequency=1000):
        phone = RtpPhone(HOSTS['ipv4'], frequency)
        self.addCleanup(phone.close)
        return self.caller(user, sdp(port=phone.port, codecs=CODECS)), phone

    def wait_for_tone(self, phone, frequency):
        end = time.monotonic() + 60
        while not has_tone(phone.samples[-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def step(self):
        """What has the only call that is there."""
        sessions = [self.daemon.get_all(path, 'Session')
                    for path in self.daemon.objects('session')]
        return [session['Application'] for session in sessions if session['State'] != 'ended']

    def test_ring_wait_answer(self):
        """ring, wait, answer: 180, then 200"""
        alice = self.caller('10')
        alice.expect(180)
        alice.answered(skip=())
        self.assertEqual(self.step(), ['wait'])
        alice.bye()

    def test_echo(self):
        """echo: the caller hears itself, and its digits come back"""
        alice, phone = self.listener('11')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 1000)
        phone.send_digit('8')
        end = time.monotonic() + 60
        while phone.digits != '8' and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        self.assertEqual(phone.digits, '8')
        self.assertEqual(self.step(), ['echo'])
        alice.bye()

    def test_progress_and_tone(self):
        """progress, tone: a tone is heard, and the call is not answered"""
        alice, phone = self.listener('12')
        phone.start(alice.expect(183).body)
        self.wait_for_tone(phone, 425)
        self.assertEqual(self.step(), ['tone'])
        alice.cancel()
        alice.expect(487, skip=(200,))

    def test_tones(self):
        """a tone with a duration is followed by the next step"""
        alice, phone = self.listener('13')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 440)
        self.wait_for_tone(phone, 880)
        alice.bye()

    def test_play(self):
        """play answers the call, and hangup ends it when the sound is over"""
        alice, phone = self.listener('14')
        phone.start(alice.answered().body)
        alice.respond(alice.expect('BYE', timeout=60, skip=(200,)), 200)
        self.assertGreater(max(phone.samples, default=0), 1000)

    def test_play_two(self):
        """play with two sounds plays both"""
        alice, phone = self.listener('25')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 440)
        with wave.open(f'{self.daemon.environment["AHOY_SOUNDS_DIRECTORY"]}/demo.wav') as file:
            seconds = file.getnframes() / file.getframerate()
        self.assertGreater(len(phone.samples), 2 * seconds * 8000 * 0.9)
        alice.bye()

    def heard(self, user):
        """How many hundredths of a second something is said before the tone begins."""
        alice, phone = self.listener(user)
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 440)
        alice.bye()
        loud = [at for at in range(0, len(phone.samples) - 80, 80)
                if max(phone.samples[at:at + 80]) > 300
                and not has_tone(phone.samples[at:at + 2000], 440)]
        return len(loud)

    def test_say(self):
        """say: a voice is heard, ten digits take longer than one, and the next step follows"""
        one, ten = self.heard('40'), self.heard('41')
        self.assertGreater(one, 10)
        self.assertGreater(ten, 4 * one)
        alice = self.caller('42')
        alice.answered()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'no name of a voice' in line))

    def test_play_nothing(self):
        """a sound that is not there ends the call"""
        alice = self.caller('15')
        alice.answered()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'missing.wav' in line))

    def test_record(self):
        """record: what the caller says is in the file, and the next step follows at the limit"""
        (self.daemon.state / 'recordings' / 'calls').mkdir(parents=True, exist_ok=True)
        alice, phone = self.listener('16')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 440)
        with wave.open(str(self.daemon.state / 'recordings/calls/heard.wav')) as file:
            rate = file.getframerate()
            samples = array.array('h', file.readframes(file.getnframes()))
        self.assertTrue(has_tone(samples, 1000, rate))
        alice.bye()

    def test_record_elsewhere(self):
        """a recording does not leave its folder"""
        alice = self.caller('26')
        alice.answered()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)

    def test_redirect(self):
        """redirect: 302 with where to"""
        response = self.caller('17').expect(302)
        self.assertEqual(response['contact'], '<sip:elsewhere@example.org;transport=tcp>')

    def test_reject(self):
        """reject: the status and reason of the route; 603 if it says none"""
        self.caller('18').expect(486)
        self.assertEqual(self.caller('19').expect(480).line,
                         'SIP/2.0 480 Come back tomorrow')
        self.caller('20').expect(603)

    def test_busy_and_congestion(self):
        """busy, congestion: 486 and 503 at once"""
        self.caller('27').expect(486)
        self.caller('28').expect(503)

    def refused_with_tone(self, user, status, frequency):
        alice, phone = self.listener(user)
        phone.start(alice.expect(183).body)
        self.wait_for_tone(phone, frequency)
        alice.expect(status, skip=(183,))

    def test_busy_tone(self):
        """busy, congestion with a tone: heard in early media, and then 486 or 503"""
        self.refused_with_tone('29', 486, 400)
        self.refused_with_tone('30', 503, 425)

    def test_busy_after_answer(self):
        """busy in a call that was answered: the tone, and then BYE"""
        alice, phone = self.listener('31')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 425)
        alice.respond(alice.expect('BYE', skip=(200,)), 200)

    def test_busy_without_sound(self):
        """a tone that there is not ends the call"""
        self.caller('32').expect(500, skip=(183,))
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'nowhere:busy' in line))

    def reader(self, user, digits=''):
        alice, phone = self.listener(user)
        phone.start(alice.answered().body)
        for digit in digits:
            phone.send_digit(digit)
        return alice, phone

    def test_read_events(self):
        """read: as many events as it wants are in the variable"""
        alice, phone = self.reader('39', '44')
        self.wait_for_tone(phone, 440)
        alice.bye()

    def test_read_info(self):
        """read takes digits by INFO, and the one that ends them"""
        alice, phone = self.reader('35')
        for digit in '880*':
            alice.send('INFO', call=alice.call, body=f'Signal={digit}\r\nDuration=160\r\n',
                       headers=('Content-Type: application/dtmf-relay',))
            alice.success('INFO')
        self.wait_for_tone(phone, 880)
        alice.bye()

    def test_read_pause(self):
        """read ends when no more digits come"""
        alice, phone = self.reader('35', '660')
        self.wait_for_tone(phone, 660)
        alice.bye()

    def test_read_prompt(self):
        """a digit ends the sounds that read plays"""
        alice, phone = self.reader('34')
        end = time.monotonic() + 60
        while max(phone.samples, default=0) < 1000 and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        phone.send_digit('1')
        phone.send_digit('#')
        self.wait_for_tone(phone, 440)
        with wave.open(f'{self.daemon.environment["AHOY_SOUNDS_DIRECTORY"]}/demo.wav') as file:
            seconds = file.getnframes() / file.getframerate()
        self.assertLess(len(phone.samples), 2 * seconds * 8000)
        alice.bye()

    def test_read_nothing(self):
        """without digits the call ends, or the next step follows if it is to"""
        alice, phone = self.reader('36')
        self.wait_for_tone(phone, 440)
        alice.bye()
        for user, said in (('37', 'dialled no digits'), ('38', '“pin” has no value')):
            alice = self.caller(user)
            alice.answered()
            alice.respond(alice.expect('BYE', skip=(200,)), 200)
            self.assertIsNotNone(self.daemon.log.wait_for(lambda line: said in line))

    def test_hangup(self):
        """hangup: by its cause before the answer, BYE after it"""
        self.caller('21').expect(486)
        alice = self.caller('22')
        alice.answered()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)

    def test_end(self):
        """a route that is over ends the call"""
        alice = self.caller('23')
        alice.answered()
        alice.respond(alice.expect('BYE', skip=(200,)), 200)

    def test_agent(self):
        """agent: whoever is on the bus has the call"""
        alice = self.caller('24')
        self.daemon.wait_for_sessions(1)  # those of other tests are over, and may still be shown
        path = [path for path in self.daemon.objects('session')
                if self.daemon.get(path, 'Session', 'State') == 'trying'][0]
        self.daemon.call(path, 'Session', 'Answer')
        alice.answered()
        alice.bye()

    def test_unknown(self):
        """a number that no route knows: 404"""
        self.caller('99').expect(404)


class BadRoutes(unittest.TestCase):
    def test_places(self):
        """a mistake in a route is told with file, line and column; the other routes work"""
        daemon = Daemon(anyone(('1', 'ring, dial(bob, mode=al)'), ('2', 'ring,, answer'),
                               ('3', 'voicemail(a)'), ('4', 'reject(486)'),
                               ('5', 'ring, dial(nobody, anonymous)')))
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        log = '\n'.join(daemon.log.all)
        lines = (daemon.config / 'ahoy.conf').read_text('utf-8').split('\n')
        for text, place in (('dial(bob, mode=al)', '1:22'), ('ring,, answer', '1:6'),
                            ('voicemail(a)', ''),
                            ('dial(nobody,', '1:7: There is no endpoint')):
            number = next(i for i, line in enumerate(lines, 1) if text in line)
            told = [line for line in daemon.log.all if f'ahoy.conf:{number}:' in line]
            self.assertEqual(len(told), 1, log)
            self.assertIn(place, told[0])
        alice = Caller('udp', HOSTS['ipv4'], daemon.address())
        self.addCleanup(alice.close)
        alice.invite('4')
        alice.expect(486)
        daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(300)
