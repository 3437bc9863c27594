# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What callers hear before the answer, in the tones of their country, and numbers that come
digit by digit."""

import pathlib
import time
import unittest

import agent
from daemon import HOSTS, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp
from test_sipp import Sipp

HERE = pathlib.Path(__file__).parent / 'scenarios'
CODECS = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
ROUTES = (
    ('1', 'dial(bob)'),
    ('2', 'ring, wait(1h)'),
    ('3', 'answer, tone(dial)'),
    ('4', 'busy(tone)'),
    ('5', 'answer, dial(bob)'),
    ('6', 'ring, wait(1s), answer, echo'),
    ('030??', 'reject(486)'),
    ('04*', 'reject(486)'),
    ('re:05[0-9]{3}', 'reject(486)'),
    ('0700', 'reject(486)'),
)
BOB = '''
[endpoint bob]
auth=none
identify=ip
contact=<{uri}>
'''


class Case(unittest.TestCase):
    def start(self, core='', endpoint=''):
        self.bob = Callee('udp', HOSTS['ipv4'])
        self.addCleanup(self.bob.close)
        self.daemon = Daemon(anyone(*ROUTES, core=core, endpoint=endpoint)
                             + BOB.format(uri=self.bob.uri))
        self.addCleanup(self.daemon.stop)

    def caller(self, user):
        phone = RtpPhone(HOSTS['ipv4'], 2500)
        self.addCleanup(phone.close)
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite(user, sdp(port=phone.port, codecs=CODECS))
        return alice, phone

    def wait_for_tone(self, phone, frequency):
        end = time.monotonic() + 60
        while not has_tone(phone.samples[-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def give_up(self, alice):
        alice.cancel()
        alice.expect(487, skip=(200, 180, 183))


class Countries(Case):
    def test_of_the_endpoint(self):
        """tone-zone of an endpoint: dial, busy and ringing tones of its country"""
        self.start(core='tone-zone=fr', endpoint='tone-zone=jp')
        alice, phone = self.caller('3')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 400)
        alice.bye()
        alice, phone = self.caller('4')
        phone.start(alice.expect(183).body)
        self.wait_for_tone(phone, 400)
        self.give_up(alice)

    def test_of_all(self):
        """tone-zone of core holds for endpoints that say nothing; who was answered hears it ring"""
        self.start(core='tone-zone=fr')
        alice, phone = self.caller('5')
        phone.start(alice.answered().body)
        self.bob.respond(self.bob.called(), 180)
        self.wait_for_tone(phone, 440)
        alice.bye()
        self.bob.expect('CANCEL', skip=('INVITE',))

    def test_of_the_call(self):
        """the variable tone-zone of a call goes before both"""
        self.start(core='tone-zone=fr', endpoint='tone-zone=de\nvariables=tone-zone=jp')
        alice, phone = self.caller('3')
        phone.start(alice.answered().body)
        self.wait_for_tone(phone, 400)
        alice.bye()

    def test_unknown(self):
        """a country that is not known is told when the configuration is read"""
        daemon = Daemon(anyone(('1', 'reject'), core='tone-zone=zz', endpoint='tone-zone=yy'))
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        log = '\n'.join(daemon.log.all)
        for zone in 'yy', 'zz':
            self.assertIn(f'“{zone}” is no country whose tones are known; write one of ar, ', log)


class Inband(Case):
    def test_no(self):
        """inband-progress=no: 180"""
        self.start()
        for user in '12':
            alice, _ = self.caller(user)
            invite = self.bob.called() if user == '1' else None
            if invite is not None:
                self.bob.respond(invite, 180)
            alice.expect(180)
            self.give_up(alice)
            if invite is not None:
                self.bob.cancelled(invite)

    def test_yes(self):
        """inband-progress=yes: 183 with the ringing tone in place of 180, until the answer"""
        self.start(endpoint='inband-progress=yes\ntone-zone=us')
        alice, phone = self.caller('1')
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        phone.start(alice.expect(183).body)
        self.wait_for_tone(phone, 480)
        other = RtpPhone(HOSTS['ipv4'], 1000)
        self.addCleanup(other.close)
        self.bob.respond(invite, 200, body=sdp(port=other.port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        other.start(invite.body)
        alice.answered()
        self.wait_for_tone(phone, 1000)
        mark = len(phone.samples)
        self.wait_for_tone(phone, 1000)
        self.assertFalse(has_tone(phone.samples[mark:], 480))
        alice.bye()
        self.bob.take('BYE')

    def test_yes_of_a_step(self):
        """inband-progress=yes: the step ring, too, whose tone ends with the answer"""
        self.start(endpoint='inband-progress=yes')
        alice, phone = self.caller('6')
        phone.start(alice.expect(183).body)
        self.wait_for_tone(phone, 425)
        alice.answered()
        self.wait_for_tone(phone, 2500)  # the echo
        alice.bye()

    def test_yes_without_offer(self):
        """without an offer there is nothing to hear: 180"""
        self.start(endpoint='inband-progress=yes')
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite('2', '')
        alice.expect(180, skip=(183,))
        self.give_up(alice)

    def test_never(self):
        """inband-progress=never: 180 and no tone"""
        self.start(endpoint='inband-progress=never')
        alice, _ = self.caller('1')
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        alice.expect(180)
        self.give_up(alice)
        self.bob.cancelled(invite)


class Overlap(Case):
    def test_digit_by_digit(self):
        """allow-overlap: 484 until the number is one of a route, 404 for what can be none"""
        self.start(endpoint='allow-overlap=yes')
        for number in '03012', '0412', '05123', '0700':
            for length in range(2, 1 if number.startswith('04') else len(number)):
                self.caller(number[:length])[0].expect(484)
            self.caller(number)[0].expect(486)
        self.caller('0')[0].expect(484)
        for number in '0301x2', '030123', '06', '051234', '07001', '05a':
            self.caller(number)[0].expect(404)

    def test_off(self):
        """without it: 404"""
        self.start()
        self.caller('030')[0].expect(404)

    def test_of_a_gateway(self):
        """484 of who is called reaches the caller, who dials more"""
        self.start()
        alice, _ = self.caller('1')
        self.bob.respond(self.bob.called(), 484)
        alice.expect(484)


class Keypad(unittest.TestCase):
    """Bob wants five digits, and says 484 to less: a caller dials them one by one."""

    routes = (('9*', 'dial("bob/<sip:${number}@HERE>")'), ('1', 'dial(bob)'),
              ('8*', 'dial("bob/<sip:${number}@HERE>"), reject(486)'))

    def start(self, endpoint='overlap-digits=yes\noverlap-timeout=20s'):
        self.bob = Callee('udp', HOSTS['ipv4'])
        self.addCleanup(self.bob.close)
        self.run_daemon(self.bob.uri, endpoint)

    def run_daemon(self, uri, endpoint):
        place = uri.split('@')[1].split(';')[0]
        routes = [(match, do.replace('HERE', place)) for match, do in self.routes]
        self.daemon = Daemon(anyone(*routes, endpoint=endpoint) + BOB.format(uri=uri))
        self.addCleanup(self.daemon.stop)
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def caller(self, number, offer=True):
        alice = Caller('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(alice.close)
        phone = RtpPhone(HOSTS['ipv4'], 700)
        self.addCleanup(phone.close)
        alice.invite(number, sdp(port=phone.port, codecs=CODECS) if offer else '')
        return alice, phone

    def hears(self, phone, frequency):
        mark, end = len(phone.samples), time.monotonic() + 60
        while not has_tone(phone.samples[mark:][-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks

    def asked(self, number):
        """The INVITE that asks Bob for a number."""
        invite = self.bob.called(timeout=30)
        self.assertIn(f'sip:{number}@', invite.uri)
        return invite

    def too_short(self, invite):
        self.bob.respond(invite, 484)
        self.bob.expect('ACK', skip=('INVITE',))

    def begin(self, number):
        """Alice calls a number that is too short, and hears the dial tone."""
        alice, phone = self.caller(number)
        self.too_short(self.asked(number))
        early = alice.expect(183)
        alice.call.established(early)
        phone.start(early.body)
        self.hears(phone, 425)
        return alice, phone

    @staticmethod
    def send(alice, digit):
        """A digit by INFO, within the early dialog."""
        alice.send('INFO', call=alice.call, body=f'Signal={digit}\r\nDuration=160\r\n',
                   headers=('Content-Type: application/dtmf-relay',))
        alice.success('INFO', skip=(183,))

    @staticmethod
    def answered(alice):
        """The 200 to the INVITE, also when INFO has followed that."""
        while True:
            response = alice.expect(200, skip=(180, 183))
            if response.method == 'INVITE':
                alice.call.established(response)
                alice.send('ACK', call=alice.call, cseq=response.cseq)
                return response

    def complete(self, alice, phone, invite):
        """Bob has enough digits: he rings, and both talk."""
        self.bob.respond(invite, 180)
        self.hears(phone, 425)  # the ringing tone
        bob = RtpPhone(HOSTS['ipv4'], 1000)
        self.addCleanup(bob.close)
        self.bob.respond(invite, 200, body=sdp(port=bob.port, codecs=CODECS))
        self.bob.expect('ACK', skip=('INVITE',))
        bob.start(invite.body)
        self.answered(alice)
        self.hears(phone, 1000)
        self.hears(bob, 700)
        alice.bye()
        self.bob.take('BYE')
        self.assertEqual(bob.digits, '')

    def test_events(self):
        """each digit calls anew with a longer number; those that come meanwhile are kept"""
        self.start()
        alice, phone = self.begin('91')
        phone.send_digit('2')
        self.too_short(self.asked('912'))
        phone.send_digit('3')
        invite = self.asked('9123')
        for digit in '456':
            self.send(alice, digit)
        self.too_short(invite)
        self.complete(alice, phone, self.asked('9123456'))

    def test_info(self):
        """digits by INFO within the early dialog"""
        self.start()
        alice, phone = self.begin('9123')
        for digit, number in ('4', '91234'), ('*', '91234*'):
            self.send(alice, digit)
            invite = self.asked(number)
            if digit == '4':
                self.too_short(invite)
        self.complete(alice, phone, invite)

    def test_no_digits(self):
        """no digit within overlap-timeout: 484"""
        self.start('overlap-digits=yes\noverlap-timeout=1s')
        alice, phone = self.begin('91')
        phone.send_digit('2')
        self.too_short(self.asked('912'))
        alice.expect(484, skip=(183,))

    def test_end(self):
        """# says that no more digits come: 484; or the next step of the route"""
        self.start()
        for number, status in ('91', 484), ('81', 486):
            alice, phone = self.begin(number)
            phone.send_digit('#')
            alice.expect(status, skip=(183,))

    def test_limit(self):
        """a number of 32 digits gets no longer"""
        self.start()
        alice, phone = self.begin('9' * 31)
        phone.send_digit('1')
        self.too_short(self.asked('9' * 31 + '1'))
        alice.expect(484, skip=(183,))

    def test_cannot(self):
        """who has sent no offer, or calls a step without ${number}, or somebody who is busy"""
        self.start()
        for number, offer, status in ('91', False, 484), ('1', True, 484), ('91', True, 486):
            alice, _ = self.caller(number, offer)
            invite = self.bob.called()
            self.bob.respond(invite, status)
            self.bob.expect('ACK', skip=('INVITE',))
            alice.expect(status)

    def test_given_up(self):
        """who hangs up in place of dialling, and while it calls anew"""
        self.start()
        alice, _ = self.begin('91')
        alice.cancel()
        alice.expect(487, skip=(200, 183))
        alice, phone = self.begin('91')
        phone.send_digit('2')
        invite = self.asked('912')
        self.bob.respond(invite, 100)
        alice.cancel()
        self.bob.cancelled(invite)
        alice.expect(487, skip=(200, 183))

    def test_sipp(self):
        """BRDG-33: sipp answers 484 to less than five digits, and then the call"""
        sipp = Sipp(HERE / 'uas_digits', 'udp', 'ipv4', calls=3)
        sipp.listening('udp')
        self.run_daemon(sipp.uri, 'overlap-digits=yes')
        alice, phone = self.caller('912')
        early = alice.expect(183)
        alice.call.established(early)
        phone.start(early.body)
        for digit in '34':
            phone.send_digit(digit)
        alice.answered()
        alice.bye()
        code, output = sipp.finish()
        self.assertEqual(code, 0, output + self.daemon.report())


if __name__ == '__main__':
    agent.main(300)
