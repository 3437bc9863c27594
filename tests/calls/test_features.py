# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Digits that do something in a call that is joined: hang up, record, transfer, park."""

import os
import pathlib
import tempfile
import time
import unittest

import agent
import tone
from baresip import Baresip
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, amplitude, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp
from test_menu import EVENT, PCAPS, SCENARIO
from test_sipp import Sipp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
ROUTES = (
    ('1', 'dial(bob)'),
    ('2', 'dial(bob, caller-features=none, callee-features=disconnect)'),
    ('3', 'dial(bob, callee-features=park)'),
    ('4', 'park(timeout=1h)'),
    ('20', 'dial(carol)'),
    ('22', 'dial("carol/<sip:${number}@CAROL>")'),
    ('21', 'answer, say(701, as=digits), hangup'),
    ('re:(7[0-9][0-9])', 'parked(${number})'),
)
FEATURES = '''
[features]
feature-timeout=2s
record-layout=stereo
transfer-digit-timeout=1s
transfer-timeout=3s
'''
RECORD = '''<send retrans="500"><![CDATA[

INFO [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: {number} INFO
Max-Forwards: 70
Record: {value}
Content-Length: 0

]]></send>
  <recv response="{status}"/>'''
PLAYED = '<nop><action><exec command="touch {folder}/played"/></action></nop>'
MUSIC = '''
[moh default]
tone=1900
'''
WHO = '''
[endpoint {name}]
auth=none
identify=ip
contact=<{uri}>
'''
ALICE, BOB, CAROL = 700, 1100, 1600
HELD = 1900
DIAL, BEEP = 425, 1000


class Case(unittest.TestCase):
    features = FEATURES

    def setUp(self):
        self.bob, self.carol = Callee('udp', HOSTS['ipv4']), Callee('udp', HOSTS['ipv4'])
        self.addCleanup(self.bob.close)
        self.addCleanup(self.carol.close)
        place = self.carol.uri.split('@')[1].split(';')[0]
        routes = [(match, do.replace('CAROL', place)) for match, do in ROUTES]
        self.daemon = Daemon(anyone(*routes, endpoint='features=all\noverlap-digits=yes')
                             + self.features + MUSIC
                             + WHO.format(name='bob', uri=self.bob.uri)
                             + WHO.format(name='carol', uri=self.carol.uri))
        self.addCleanup(self.daemon.stop)

    def phone(self, frequency):
        phone = RtpPhone(HOSTS['ipv4'], frequency)
        self.addCleanup(phone.close)
        return phone

    def answer(self, peer, phone):
        invite = peer.called(timeout=30)
        peer.respond(invite, 200, body=sdp(port=phone.port, codecs=CODECS))
        peer.expect('ACK', skip=('INVITE',))
        phone.start(invite.body)
        return invite

    def joined(self, user='1'):
        """Alice talks with Bob."""
        self.alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(self.alice.close)
        self.phones = [self.phone(ALICE), self.phone(BOB)]
        self.alice.invite(user, sdp(port=self.phones[0].port, codecs=CODECS))
        self.answer(self.bob, self.phones[1])
        self.phones[0].start(self.alice.answered().body)
        self.hears(self.phones[0], BOB)
        self.hears(self.phones[1], ALICE)
        return self.phones

    def hears(self, phone, frequency):
        mark = len(phone.samples)
        end = time.monotonic() + 60
        while not has_tone(phone.samples[mark:][-16000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def recorded(self):
        """The recording that is whole, when there is one."""
        end = time.monotonic() + 30
        while not (files := list((self.daemon.state / 'recordings').glob('call-*.wav'))):
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.05)  # between two looks
        return files[0]

    @staticmethod
    def dial(phone, digits):
        for digit in digits:
            phone.send_digit(digit)

    def wait_for_digits(self, phone, digits):
        end = time.monotonic() + 30
        while phone.digits != digits and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        self.assertEqual(phone.digits, digits, self.daemon.report())

    def hung_up(self, *peers):
        for peer in peers:
            peer.respond(peer.expect('BYE', timeout=30, skip=(200, 'INVITE', 'ACK')), 200)

    def bye(self, peer):
        peer.send('BYE', call=peer.call)
        peer.expect('200 BYE', skip=('INVITE', 'ACK', 'BYE', 200))

    def done(self):
        self.daemon.wait_for_sessions(0)


class Features(Case):
    # -- hang up

    def test_disconnect(self):
        """*0 as events ends the call for both, and the other one hears no digit"""
        alice, bob = self.joined()
        self.dial(alice, '*0')
        self.hung_up(self.alice, self.bob)
        self.assertEqual(bob.digits, '')
        self.done()

    def test_disconnect_by_info(self):
        """*0 by INFO does the same, and is not passed on"""
        self.joined()
        for digit in '*0':
            self.alice.send('INFO', call=self.alice.call,
                            body=f'Signal={digit}\r\nDuration=160\r\n',
                            headers=('Content-Type: application/dtmf-relay',))
            self.alice.success('INFO', skip=('BYE',))
        self.hung_up(self.bob)
        self.done()

    def test_of_a_step(self):
        """callee-features and caller-features of dial go before those of endpoints"""
        alice, bob = self.joined('2')
        self.dial(alice, '*0')
        self.wait_for_digits(bob, '*0')
        self.dial(bob, '*0')
        self.hung_up(self.alice, self.bob)
        self.done()

    # -- what is no code

    def test_passed_on(self):
        """digits that are none go to the other one, also one that could become some, later"""
        alice, bob = self.joined()
        self.dial(alice, '7')
        self.wait_for_digits(bob, '7')
        self.dial(alice, '**5')
        self.wait_for_digits(bob, '7**5')
        self.dial(alice, '#')
        self.wait_for_digits(bob, '7**5#')
        self.dial(bob, '3')
        self.wait_for_digits(alice, '3')
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    # -- recording

    def test_record(self):
        """*1 records what both say, until it is dialled again; a beep tells it"""
        alice, _ = self.joined()
        self.dial(alice, '*1')
        self.hears(alice, BEEP)
        self.hears(alice, BOB)
        self.hears(self.phones[1], ALICE)
        self.dial(alice, '*1')
        path = self.recorded()
        self.assertGreater(tone.seconds_of(path, ALICE), 0.3)
        self.assertGreater(tone.seconds_of(path, BOB, 1), 0.3)
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    # -- transfers

    def test_blind(self):
        """blind transfer: the other one is called through, and the first is hung up"""
        alice, bob = self.joined()
        self.dial(alice, '#1')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        carol = self.phone(CAROL)
        self.answer(self.carol, carol)
        self.hung_up(self.alice)
        self.hears(bob, CAROL)
        self.hears(carol, BOB)
        self.assertEqual(bob.digits, '')
        self.bye(self.carol)
        self.hung_up(self.bob)
        self.done()

    def test_attended(self):
        """attended transfer: who is asked talks with the first, and then with the other one"""
        alice, bob = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        carol = self.phone(CAROL)
        self.answer(self.carol, carol)
        self.hears(alice, CAROL)
        self.hears(carol, ALICE)
        self.bye(self.alice)
        self.hears(bob, CAROL)
        self.hears(carol, BOB)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()

    def test_attended_while_it_rings(self):
        """who hangs up while it rings hands over, too"""
        alice, bob = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        invite = self.carol.called(timeout=30)
        self.carol.respond(invite, 180)
        self.hears(alice, DIAL)  # it rings
        self.bye(self.alice)
        carol = self.phone(CAROL)
        self.carol.respond(invite, 200, body=sdp(port=carol.port, codecs=CODECS))
        self.carol.expect('ACK', skip=('INVITE',))
        carol.start(invite.body)
        self.hears(bob, CAROL)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()

    def ask_more(self):
        """Carol, who is asked first, wants more digits, and Alice hears that."""
        alice, bob = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '22#')
        self.more_digits('22')
        self.hears(alice, DIAL)
        return alice, bob

    def more_digits(self, number):
        invite = self.carol.called(timeout=30)
        self.assertIn(f'sip:{number}@', invite.uri)
        self.carol.respond(invite, 484)
        self.carol.expect('ACK', skip=('INVITE',))

    def test_attended_overlap(self):
        """who is asked first wants more digits than were dialled (overlap-digits)"""
        alice, bob = self.ask_more()
        self.dial(alice, '3')
        carol = self.phone(CAROL)
        self.assertIn('sip:223@', self.answer(self.carol, carol).uri)
        self.hears(alice, CAROL)
        self.bye(self.alice)
        self.hears(bob, CAROL)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()

    def test_overlap_given_up(self):
        """who hangs up while digits are missing: nobody else can dial them; the call is over"""
        self.ask_more()
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    def test_nobody_answers(self):
        """who does not answer within transfer-timeout: both hear each other again"""
        alice, bob = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        invite = self.carol.called(timeout=30)
        self.carol.respond(invite, 180)
        self.carol.cancelled(invite)
        self.hears(alice, BOB)
        self.hears(bob, ALICE)
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    def test_busy(self):
        """who is busy: the same"""
        alice, bob = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        self.carol.respond(self.carol.called(timeout=30), 486)
        self.hears(alice, BOB)
        self.hears(bob, ALICE)
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    def test_wrong_number(self):
        """a number of no route, or none: a beep, and both hear each other again"""
        alice, bob = self.joined()
        self.dial(alice, '#1')
        self.hears(alice, DIAL)
        self.dial(alice, '99#')
        self.hears(alice, BEEP)
        self.hears(alice, BOB)
        self.hears(bob, ALICE)
        self.dial(alice, '*0')
        self.hung_up(self.alice, self.bob)
        self.done()

    def test_given_up(self):
        """who hangs up instead of dialling: the call is over"""
        alice, _ = self.joined()
        self.dial(alice, '#1')
        self.hears(alice, DIAL)
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()

    def test_other_hangs_up(self):
        """the other one hangs up while somebody is asked: that call goes on"""
        alice, _ = self.joined()
        self.dial(alice, '#2')
        self.hears(alice, DIAL)
        self.dial(alice, '20#')
        carol = self.phone(CAROL)
        self.answer(self.carol, carol)
        self.hears(alice, CAROL)
        self.bye(self.bob)
        self.hears(carol, ALICE)
        self.bye(self.alice)
        self.hung_up(self.carol)
        self.done()


class Parking(Case):
    def fetch(self):
        """Somebody fetches who is in the first slot, who hears him."""
        self.carol = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(self.carol.close)
        phone = self.phone(CAROL)
        self.carol.invite('701', sdp(port=phone.port, codecs=CODECS))
        phone.start(self.carol.answered().body)
        return phone

    @staticmethod
    def spoken(phone):
        """How many hundredths of a second something was heard that is no tone of the others."""
        loud = 0
        for at in range(0, len(phone.samples) - 2000, 80):
            part = phone.samples[at:at + 2000]
            loud += max(part[:80]) > 300 and not any(
                amplitude(part, tone_) > 500 for tone_ in (BOB, HELD))
        return loud

    def check_said(self, phone):
        """A phone heard as much as a route says of the number of the first slot."""
        peer, other = Caller('udp', HOSTS['ipv4'], self.daemon.address()), self.phone(CAROL)
        self.addCleanup(peer.close)
        peer.invite('21', sdp(port=other.port, codecs=CODECS))
        other.start(peer.answered().body)
        self.hung_up(peer)
        heard, wanted = self.spoken(phone), self.spoken(other)
        self.assertGreater(wanted, 30)
        self.assertAlmostEqual(heard, wanted, delta=wanted / 5)

    def waiter(self):
        peer = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(peer.close)
        peer.invite('4', sdp(codecs=CODECS))
        peer.answered()
        return peer

    def test_park(self):
        """#7: the other one hears music in a slot, whose number is said; somebody fetches him"""
        alice, bob = self.joined()
        self.dial(alice, '#7')
        self.hears(bob, HELD)
        self.assertRegex(self.daemon.ctl('parked').stdout, r'parking +701 .*anonymous')
        self.hung_up(self.alice)
        self.check_said(alice)
        self.assertEqual(bob.digits, '')
        carol = self.fetch()
        self.hears(bob, CAROL)
        self.hears(carol, BOB)
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        self.bye(self.carol)
        self.hung_up(self.bob)
        self.done()

    def test_park_again(self):
        """who was parked and fetched can be parked once more, by whom it talks with"""
        alice, bob = self.joined()
        self.dial(alice, '#7')
        self.hears(bob, HELD)
        self.hung_up(self.alice)
        carol = self.fetch()
        self.hears(bob, CAROL)
        self.dial(carol, '#7')
        self.hears(bob, HELD)
        self.assertRegex(self.daemon.ctl('parked').stdout, r'parking +701 ')
        self.hung_up(self.carol)
        self.bye(self.bob)
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        self.done()

    def test_hangs_up(self):
        """who parks need not wait for the number; who is parked and hangs up leaves the slot"""
        alice, bob = self.joined()
        self.dial(alice, '#7')
        self.hears(bob, HELD)
        self.bye(self.alice)
        self.assertIn('701', self.daemon.ctl('parked').stdout)
        self.bye(self.bob)
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        self.done()

    def test_all_taken(self):
        """without a free slot: a beep, and both hear each other again"""
        alice, bob = self.joined()
        waiting = [self.waiter() for _ in range(701, 800)]
        self.dial(alice, '#7')
        self.hears(alice, BEEP)
        self.hears(alice, BOB)
        self.hears(bob, ALICE)
        self.bye(waiting[0])
        self.dial(alice, '#7')
        self.hears(bob, HELD)
        self.hung_up(self.alice)
        self.bye(self.bob)
        for peer in waiting[1:]:
            self.bye(peer)
        self.done()

    def test_baresip(self):
        """the keys of baresip park whom it talks with"""
        phone = Baresip()
        self.addCleanup(phone.stop)
        host, port = self.daemon.address()
        phone.dial(f'sip:1@{host}:{port}')
        bob = self.phone(BOB)
        self.answer(self.bob, bob)
        phone.wait_for_talking()
        self.hears(bob, 440)  # it says that by itself
        for digit in '#7':
            phone.press(digit)
        self.hears(bob, HELD)
        phone.wait_for_end()
        carol = self.fetch()
        self.hears(bob, CAROL)
        self.hears(carol, BOB)
        self.bye(self.carol)
        self.hung_up(self.bob)
        self.done()


class CalledBack(Case):
    features = FEATURES + 'park-timeout=1s\n'

    def test_called_back(self):
        """nobody fetches who is parked: the callee who parked him is called, and both talk"""
        alice, bob = self.joined('3')
        self.dial(bob, '#7')
        self.hears(alice, HELD)
        self.bye(self.bob)
        again = self.phone(CAROL)
        self.answer(self.bob, again)
        self.hears(alice, CAROL)
        self.hears(again, ALICE)
        self.assertNotIn('701', self.daemon.ctl('parked').stdout)
        self.bye(self.alice)
        self.hung_up(self.bob)
        self.done()


class OfSipp(Case):
    # The captures of sipp follow each other in time in this order.
    features = FEATURES.replace('700ms', '10s') + 'disconnect=12\npark=34\n'

    @unittest.skipUnless(os.geteuid() == 0, 'sipp plays packets on a raw socket')
    def test_park(self):
        """two digits of sipp's captures leave the other one in a slot, and sipp is hung up"""
        bob = self.dials('34')
        self.hears(bob, HELD)
        self.assertRegex(self.daemon.ctl('parked').stdout, r'parking +701 ')
        self.bye(self.bob)
        self.done()

    @unittest.skipUnless(os.geteuid() == 0, 'sipp plays packets on a raw socket')
    def test_disconnect(self):
        """two digits of sipp's captures hang up both"""
        self.dials('12')
        self.hung_up(self.bob)
        self.done()

    def test_record_by_info(self):
        """INFO of sipp with Record: on and off, and with what is neither"""
        def look():
            path = self.recorded()
            seconds = tone.seconds_of(path, BOB, 1)
            print(f'# sipp heard {BOB} Hz for {seconds:.1f} s of its recording')
            self.assertGreater(seconds, 0.3)
            self.bye(self.bob)

        answers = (('on', 200), ('On', 200), ('loud', 400), (None, 1500), ('off', 200),
                   ('off', 200))
        self.plays('1', '\n'.join(
            RECORD.format(number=number, value=value, status=status) if value
            else f'<pause milliseconds="{status}"/>'
            for number, (value, status) in enumerate(answers, 2)), look, PLAYED)
        self.assertEqual(len(list((self.daemon.state / 'recordings').iterdir())), 1)
        self.done()

    def test_record_by_info_is_refused(self):
        """INFO with Record of who may not record is refused with 403"""
        self.plays('2', RECORD.format(number=2, value='on', status=403),
                   lambda: self.bye(self.bob), PLAYED)
        self.assertEqual(list((self.daemon.state / 'recordings').glob('*')), [])
        self.done()

    def dials(self, names):
        """sipp calls Bob, dials, and is hung up; the phone of Bob."""
        return self.plays('1', '\n<pause milliseconds="400"/>'.join(
            EVENT.format(folder=PCAPS, name=name) for name in names))

    def plays(self, user, digits, meanwhile=None, mark=''):
        """sipp calls somebody who ends in Bob, does something, and is hung up; with a mark what
        happens meanwhile begins when all of it is done."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'digit')
            path.with_suffix('.xml').write_text(
                SCENARIO.read_text().replace('<!-- digit -->',
                                             digits + mark.format(folder=folder)))
            sipp = Sipp(path, 'udp', 'ipv4', self.daemon.address(), user=user)
            bob = self.phone(BOB)
            self.answer(self.bob, bob)
            end = time.monotonic() + 30
            while mark and not pathlib.Path(folder, 'played').exists():
                self.assertLess(time.monotonic(), end, self.daemon.report())
                time.sleep(0.05)  # between two looks
            if meanwhile is not None:
                meanwhile()
            code, output = sipp.finish()
            self.assertEqual(code, 0, output + self.daemon.report())
        return bob


class Configuration(unittest.TestCase):
    def test_mistakes(self):
        """codes that cannot be dialled, and features that there are not, are told"""
        daemon = Daemon(anyone(('1', 'dial(bob, caller-features=fly)'), endpoint='features=fly')
                        + '\n[features]\ndisconnect=hello\n')
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        log = '\n'.join(daemon.log.all)
        self.assertIn('“hello” cannot be dialled in a call', log)
        self.assertEqual(log.count('“fly”'), 2, log)


if __name__ == '__main__':
    agent.main(400)
