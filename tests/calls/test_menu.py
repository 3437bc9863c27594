# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A caller chooses by digits: the steps menu and goto, by sipp, baresip and a scripted phone."""

import os
import pathlib
import tempfile
import time
import unittest

import agent
import tone
from baresip import Baresip
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import SDP, Callee, Caller, sdp
from test_sipp import Sipp

CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
SCENARIO = pathlib.Path(__file__).parent / 'scenarios' / 'uac_digit.xml'
PCAPS = pathlib.Path('/usr/share/sip-tester')
EVENT = '''<nop><action>
    <exec play_pcap_audio="{folder}/dtmf_2833_{name}.pcap"/>
  </action></nop>'''
INFO = '''<send retrans="500"><![CDATA[

INFO [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={digit}
Duration=160
]]></send>
  <recv response="200" crlf="true"/>'''
WRONG, PROMPT = 1200, 650
ROUTES = (
    # The navigation of a menu: 1 leads elsewhere, 2 hangs up.
    ('1', 'menu(1=dial(bob), 2=hangup, star=goto(2), timeout=20s), tone(300, duration=1h)'),
    ('2', 'menu({folder}/prompt.wav, wrong={folder}/wrong.wav, 5="tone(880, duration=100ms), '
          'tone(990, duration=1h)", timeout=20s)'),
    ('3', 'menu(say=five, 5=wait(10ms), variable=chosen), tone(${chosen}00, duration=1h)'),
    ('4', 'menu(5=hangup, timeout=100ms, tries=2, otherwise="tone(770, duration=1h)")'),
    ('5', 'menu(5=hangup, timeout=100ms, tries=1)'),
    ('6', 'answer, goto(6)'),
    ('7', 'goto(9, context=inner)'),
    ('8', 'goto(77)'),
    ('10', 'menu(1=menu(2=menu(3=tone(550, duration=1h))))'),
    ('11', 'menu({folder}/missing.wav, 1=hangup)'),
    ('12', 'answer, goto(1?)'),
)
INNER = '''
[route inner]
context=inner
match=9
do=answer, tone(${{number}}00, duration=50ms), goto(8)

[route inner8]
context=inner
match=8
do=tone(1150, duration=1h)

[endpoint bob]
auth=none
identify=ip
contact=<{uri}>
'''


class Menu(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        for name, frequency in (('prompt', PROMPT), ('wrong', WRONG)):
            tone.write(pathlib.Path(cls.folder.name, f'{name}.wav'), frequency, seconds=1)
        cls.bob = Callee('udp', HOSTS['ipv4'])
        cls.addClassCleanup(cls.bob.close)
        routes = [(match, do.replace('{folder}', cls.folder.name)) for match, do in ROUTES]
        cls.daemon = Daemon(anyone(*routes) + INNER.format(uri=cls.bob.uri))
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def listener(self, user):
        """A phone that called, was answered, and hears."""
        phone = RtpPhone(HOSTS['ipv4'], 2500)
        self.addCleanup(phone.close)
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite(user, sdp(port=phone.port, codecs=CODECS))
        phone.start(alice.answered().body)
        return alice, phone

    def wait_for_tone(self, phone, frequency):
        end = time.monotonic() + 60
        while not has_tone(phone.samples[-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def bob_answers(self):
        self.bob.respond(self.bob.called(timeout=30), 200, body=SDP)
        self.bob.expect('ACK', skip=('INVITE',))
        self.bob.send('BYE', call=self.bob.call)
        self.bob.expect(200, skip=('INVITE', 'ACK'))

    # -- the use case, with all kinds of digits

    def navigate(self, what, digit):
        """sipp dials a digit, and is hung up."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'digit')
            path.with_suffix('.xml').write_text(
                SCENARIO.read_text().replace('<!-- digit -->', what.replace(
                    '{digit}', digit).replace('{name}', digit).replace('{folder}', str(PCAPS))))
            sipp = Sipp(path, 'udp', 'ipv4', self.daemon.address(), user='1')
            if digit == '1':
                self.bob_answers()
            code, output = sipp.finish()
            self.assertEqual(code, 0, output + self.daemon.report())

    @unittest.skipUnless(os.geteuid() == 0, 'sipp plays packets on a raw socket')
    def test_events_of_sipp(self):
        """BRDG-06: 1 leads to Bob, 2 hangs up: RFC 4733 events of sipp"""
        for digit in '12':
            self.navigate(EVENT, digit)
            print(f'# sipp, events: {digit} ok', flush=True)

    def test_info_of_sipp(self):
        """BRDG-06: 1 leads to Bob, 2 hangs up: INFO of sipp"""
        for digit in '12':
            self.navigate(INFO, digit)
            print(f'# sipp, INFO: {digit} ok', flush=True)

    def test_baresip(self):
        """BRDG-06: 1 leads to Bob, 2 hangs up: the keys of baresip"""
        phone = Baresip()
        self.addCleanup(phone.stop)
        for digit in '12':
            host, port = self.daemon.address()
            phone.dial(f'sip:1@{host}:{port}')
            phone.wait_for_talking()
            phone.press(digit)
            if digit == '1':
                self.bob_answers()
            phone.wait_for_end()
            print(f'# baresip: {digit} ok', flush=True)

    # -- menus

    def test_wrong(self):
        """a digit that is no choice: its sound, the choices once more, and the steps of the right
        one, all of them"""
        alice, phone = self.listener('2')
        self.wait_for_tone(phone, PROMPT)
        phone.send_digit('1')
        self.wait_for_tone(phone, WRONG)
        self.wait_for_tone(phone, PROMPT)
        phone.send_digit('5')
        self.wait_for_tone(phone, 990)
        alice.bye()

    def test_continues(self):
        """the choices are said, the digit is in a variable, and the next step of the route
        follows those of the choice"""
        alice, phone = self.listener('3')
        end = time.monotonic() + 60
        while max(phone.samples[-2000:], default=0) < 300 and time.monotonic() < end:
            time.sleep(0.05)  # between two looks
        phone.send_digit('5')
        self.wait_for_tone(phone, 500)
        alice.bye()

    def test_nothing_chosen(self):
        """who chooses nothing gets what is there for that, or is hung up"""
        alice, phone = self.listener('4')
        self.wait_for_tone(phone, 770)
        alice.bye()
        alice, phone = self.listener('5')
        alice.respond(alice.expect('BYE', skip=(200,)), 200)

    def test_menus_in_menus(self):
        """choices that are menus again"""
        alice, phone = self.listener('10')
        for digit in '123':
            phone.send_digit(digit)
        self.wait_for_tone(phone, 550)
        alice.bye()

    def test_missing_sound(self):
        """a menu whose sound is not there ends the call, and the log says which"""
        alice, _ = self.listener('11')
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'missing.wav' in line))

    def test_hang_up(self):
        """who hangs up before choosing is gone"""
        alice, phone = self.listener('2')
        self.wait_for_tone(phone, PROMPT)
        alice.bye()

    # -- goto

    def test_goto(self):
        """goto leads to the route of a number, also in another context, and on from there"""
        alice, phone = self.listener('7')
        self.wait_for_tone(phone, 1150)
        alice.bye()
        alice, phone = self.listener('1')
        phone.send_digit('*')
        self.wait_for_tone(phone, PROMPT)
        alice.bye()

    def test_circle(self):
        """a goto to itself ends the call, and the log says why"""
        alice, _ = self.listener('6')
        alice.respond(alice.expect('BYE', skip=(200,)), 200)
        self.assertIsNotNone(self.daemon.log.wait_for(lambda line: 'without an end' in line))

    def test_goto_nowhere(self):
        """a goto to a number without a route: 500, and the log says which"""
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite('8')
        alice.expect(500)
        self.assertIsNotNone(self.daemon.log.wait_for(
            lambda line: 'no route for “77”' in line))


class BadMenus(unittest.TestCase):
    def test_places(self):
        """a mistake in the steps of a choice is told when the configuration is read"""
        daemon = Daemon(anyone(('1', 'menu(1=diall(bob))'), ('2', 'menu(1="ring, dial(nobody)")'),
                               ('3', 'menu(x=hangup)'), ('4', 'menu(1=conference(a))'),
                               ('5', 'reject(486)')))
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        log = '\n'.join(daemon.log.all)
        for words in ('1:8: “diall(bob)” are no steps: 1:1: “diall” is no step',
                      '1:7: There is no endpoint “nobody”', 'menu has no argument “x”'):
            self.assertIn(words, log)


if __name__ == '__main__':
    agent.main(300)
