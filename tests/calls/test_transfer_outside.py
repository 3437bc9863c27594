# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""XFER-24: who has a GRUU and knows Target-Dialog is asked outside of the call (RFC 5589)."""

import concurrent.futures
import re
import socket
import threading
import unittest
import urllib.parse

import agent
from bus_monitor import Monitor
from daemon import Daemon
from gruu_phone import GR, PATIENCE, GruuPhone, start
from transfer_phone import CONFIG, ENDPOINT

CAROL = 'sip:carol@example.org'


class OutsideTestCase(unittest.TestCase):
    transport = 'udp'

    def setUp(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)

    def phone(self, name='alice', **keys):
        phone = GruuPhone(name, self.transport, **keys)
        self.addCleanup(phone.close)
        return phone

    def start(self, *phones, **keys):
        self.daemon = start(self, phones, **keys)

    def dial(self, phone, *headers):
        """We call the phone."""
        session = self.daemon.dial(phone.uri, phone.name)
        leg = phone.called().ring().answer(*headers)
        self.daemon.wait(session, 'active', PATIENCE)
        return session, leg

    def begin(self, **keys):
        """Alice, who is called by us, and has answered."""
        self.alice = self.phone()
        self.start(self.alice, **keys)
        return self.dial(self.alice)

    def transfer(self, session, method='Transfer', signature='s', argument=CAROL):
        return self.pool.submit(self.daemon.call, session, 'Session', method, signature, argument,
                                timeout=2 * PATIENCE)

    def referred(self, leg, status=202, **keys):
        """The REFER outside of the call, behind the hold, answered."""
        refer, own = leg.held().phone.referred()
        leg.phone.respond(refer, status, tag=own.call.local_tag, **keys)
        return refer, own

    def state(self, session):
        return self.daemon.get(session, 'Session', 'TransferState')

    def accepted(self, answer):
        self.assertEqual(answer.result(PATIENCE), [202, 'Accepted'])

    def over(self, session, leg, state='done'):
        """We hang up in the dialog of the call."""
        leg.hung_up()
        self.ended(session, state)

    def ended(self, session, state='done'):
        self.daemon.wait(session, 'ended', PATIENCE)
        self.assertEqual(self.state(session), state)
        self.daemon.wait_for_sessions(0, PATIENCE)


class Udp(OutsideTestCase):
    """What has to do with the way that messages take."""

    def check(self, refer, leg, target=f'<{CAROL}>'):
        self.assertEqual(refer.uri, leg.phone.gruu)
        self.assertEqual(refer['to'], f'<{leg.phone.gruu}>'.replace(';transport=tcp', ''))
        self.assertNotEqual(refer['call-id'], leg.call.call_id)
        self.assertEqual(refer['require'], 'tdialog')
        self.assertEqual(refer['target-dialog'], leg.names())
        self.assertEqual(refer['refer-to'], target)
        self.assertRegex(refer['contact'], r'^<sip:.*127\.0\.0\.1:\d+')
        self.assertIn('tdialog', refer['supported'])
        self.assertEqual(refer['referred-by'],
                         '<' + re.search('<(.*)>', leg.invite['from'])[1] + '>')

    def test_blind(self):
        """asked outside, told in the dialog that this makes, hung up in that of the call"""
        session, leg = self.begin()
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        answer = self.transfer(session)
        refer, own = self.referred(leg)
        self.check(refer, leg)
        self.accepted(answer)
        own.notify(100)
        own.notify(180)
        self.assertEqual(self.state(session), 'accepted')
        headers = dict(self.daemon.get(session, 'Session', 'TransferHeaders'))
        self.assertEqual(headers['Target-Dialog'], leg.names())
        own.tell(200)
        self.over(session, leg)
        monitor.wait(lambda signal: signal.member == 'TransferProgress'
                     and signal.arguments[0] == 200)
        self.assertEqual([list(signal.arguments) for signal in monitor.of(session)
                          if signal.member == 'TransferProgress'],
                         [[status, f'<{CAROL}>'] for status in (100, 180, 200)])
        [ladder] = self.daemon.call(session, 'Session', 'GetLadder')
        self.assertRegex(ladder, r'(?s)INVITE.*REFER.*202 Accepted.*NOTIFY.*NOTIFY.*BYE')

    def test_incoming(self):
        """the same for a call that the phone began"""
        phone = self.phone()
        self.start(phone)
        leg = phone.call('9').answered()
        [session] = self.daemon.objects('session')
        self.daemon.wait(session, 'active', PATIENCE)
        answer = self.transfer(session)
        refer, own = self.referred(leg)
        self.assertEqual(refer.uri, phone.gruu)
        self.assertEqual(refer['target-dialog'], leg.names())
        self.accepted(answer)
        own.tell(200)
        self.over(session, leg)

    def test_attended(self):
        """the other call of ours is named in Refer-To; `ahoyctl attended-transfer` asks for it"""
        alice, carol = self.phone(), self.phone('carol')
        self.start(alice, carol)
        first, leg = self.dial(alice)
        second, other = self.dial(carol)
        done = self.pool.submit(self.daemon.ctl, 'attended-transfer', first.rpartition('/')[2],
                                second.rpartition('/')[2])
        refer, own = self.referred(leg)
        replaces = urllib.parse.quote(
            f'{other.call.call_id};to-tag={other.call.local_tag}'
            f';from-tag={other.call.remote_tag}', safe='')
        self.check(refer, leg, f'<{carol.gruu}?Replaces={replaces}>')
        own.notify(100)
        own.tell(200)
        leg.hung_up()
        other.bye()
        self.assertEqual(done.result(PATIENCE).returncode, 0)
        self.ended(first)

    def test_told_before_the_answer(self):
        """a NOTIFY that is faster than the 202 makes the dialog, also when it is the last one"""
        session, leg = self.begin()
        answer = self.transfer(session)
        refer, own = leg.held().phone.referred()
        own.notify(180)
        self.assertEqual(self.state(session), 'accepted')
        leg.phone.respond(refer, 202, tag=own.call.local_tag)
        self.accepted(answer)
        own.tell(486)
        leg.held('sendrecv')
        self.assertEqual(self.state(session), 'failed')

        answer = self.transfer(session)
        refer, own = leg.held().phone.referred()
        own.tell(200)
        self.accepted(answer)
        leg.phone.respond(refer, 202, tag=own.call.local_tag)
        self.over(session, leg)

    def test_hung_up_first(self):
        """the call ends before anything is told: the outcome counts all the same"""
        session, leg = self.begin()
        answer = self.transfer(session)
        _refer, own = self.referred(leg)
        self.accepted(answer)
        leg.bye()
        self.daemon.wait(session, 'ended', PATIENCE)
        own.notify(100)
        self.assertEqual(self.state(session), 'accepted')
        own.tell(200)
        self.ended(session)

    def test_hung_up_before_the_answer(self):
        """the same when the REFER has no answer yet"""
        session, leg = self.begin()
        answer = self.transfer(session)
        refer, own = leg.held().phone.referred()
        leg.bye()
        self.daemon.wait(session, 'ended', PATIENCE)
        leg.phone.respond(refer, 202, tag=own.call.local_tag)
        self.accepted(answer)
        own.tell(486)
        self.ended(session, 'failed')


class Tcp(Udp):
    transport = 'tcp'


class Answers(OutsideTestCase):
    """What the phone may answer to the REFER, and to whom it is not sent."""

    def test_challenged(self):
        """a challenge is answered; the id of the NOTIFYs is the CSeq of the last REFER"""
        session, leg = self.begin(more='outbound-username=office\noutbound-password=secret')
        answer = self.transfer(session)
        refer, _own = self.referred(leg, 407, headers=(
            'Proxy-Authenticate: Digest realm="ahoy", nonce="1234", algorithm=MD5, qop="auth"',))
        self.assertIsNone(refer['proxy-authorization'])
        again, own = leg.phone.referred()
        self.assertIn('username="office"', again['proxy-authorization'])
        self.assertEqual((again['call-id'], again['from']), (refer['call-id'], refer['from']))
        self.assertEqual(again['target-dialog'], leg.names())
        self.assertEqual(again.cseq, refer.cseq + 1)
        leg.phone.respond(again, 202, tag=own.call.local_tag)
        self.accepted(answer)
        own.notify(200, 'terminated;reason=noresource', f'refer;id={again.cseq}')
        self.over(session, leg)

    def test_refused(self):
        """who refuses is heard again, and can be asked once more"""
        session, leg = self.begin()
        answer = self.transfer(session)
        self.referred(leg, 603)
        self.assertEqual(answer.result(PATIENCE), [603, 'Decline'])
        leg.held('sendrecv')
        self.assertEqual(self.state(session), 'refused')
        answer = self.transfer(session)
        _refer, own = self.referred(leg)
        self.accepted(answer)
        own.tell(200)
        self.over(session, leg)

    def test_unanswered(self):
        """no answer: 408, and the call goes on"""
        session, leg = self.begin(t1='100ms')
        answer = self.transfer(session)
        leg.held().phone.referred()
        self.assertEqual(answer.result(PATIENCE)[0], 408)
        leg.held('sendrecv')
        self.assertEqual(self.state(session), 'refused')
        leg.bye()
        self.ended(session, 'refused')

    def inside(self, session, leg, answer):
        """The REFER comes in the call, and is told of there."""
        refer = leg.expect('REFER')
        self.assertEqual(refer.to.tag, leg.call.local_tag)
        self.assertEqual((refer['target-dialog'], refer['require']), (None, None))
        self.assertEqual(refer['refer-to'], f'<{CAROL}>')
        leg.phone.respond(refer, 202, tag=leg.call.local_tag)
        self.accepted(answer)
        leg.notify(100)
        leg.tell(200)
        self.over(session, leg)

    def test_not_understood(self):
        """420: it does not know Target-Dialog after all, and is asked in the call"""
        session, leg = self.begin()
        answer = self.transfer(session)
        self.referred(leg, 420, headers=('Unsupported: tdialog',))
        self.inside(session, leg, answer)

    def test_another_extension(self):
        """420 for something else is a refusal"""
        session, leg = self.begin()
        answer = self.transfer(session)
        self.referred(leg, 420, headers=('Unsupported: something',))
        self.assertEqual(answer.result(PATIENCE)[0], 420)
        leg.held('sendrecv')
        leg.bye()
        self.ended(session, 'refused')

    def test_leads_nowhere(self):
        """nobody can be reached at the GRUU: the way of the call is left"""
        nowhere = socket.socket()  # bound, so that nobody else listens there
        self.addCleanup(nowhere.close)
        nowhere.bind(('127.0.0.1', 0))
        alice = self.phone()
        alice.gruu = f'sip:alice@127.0.0.1:{nowhere.getsockname()[1]};transport=tcp;{GR}'
        self.start(alice)
        session, leg = self.dial(alice, f'Record-Route: <sip:{alice.address};lr>')
        answer = self.transfer(session)
        self.inside(session, leg.held(), answer)

    def test_behind_nat(self):
        """rewrite-contact: the phone is reached where its call came from, whatever the GRUU says"""
        alice = self.phone()
        alice.gruu = f'sip:alice@192.0.2.1;{GR}'
        self.start(alice, more='rewrite-contact=yes')
        leg = alice.call('9').answered()
        [session] = self.daemon.objects('session')
        answer = self.transfer(session)
        refer, own = self.referred(leg)
        self.assertEqual(refer.uri, alice.gruu)
        self.accepted(answer)
        own.tell(200)
        self.over(session, leg)

    def test_others(self):
        """who has no GRUU, or does not know Target-Dialog, is asked in the call"""
        alice = self.phone(gr=None)
        bob = self.phone('bob', supported='Supported: gruu')
        self.start(alice, bob)
        for phone in (alice, bob):
            session, leg = self.dial(phone)
            answer = self.transfer(session)
            self.inside(session, leg.held(), answer)

    def test_no_news(self):
        """refer-subscription=no: Refer-Sub: false, and it is over with the answer"""
        session, leg = self.begin(more='refer-subscription=no')
        answer = self.transfer(session)
        refer, _own = self.referred(leg, 200, headers=('Refer-Sub: false',))
        self.assertEqual(refer['refer-sub'], 'false')
        self.accepted(answer)
        self.over(session, leg)

    def test_strangers(self):
        """in the dialog of the REFER there is nothing but its subscription, of one phone"""
        session, leg = self.begin()
        answer = self.transfer(session)
        refer, own = leg.held().phone.referred()
        self.assertEqual(own.final(own.request('INFO')).status, 481)
        own.notify(100)
        leg.phone.respond(refer, 202, tag=own.call.local_tag)
        self.accepted(answer)
        self.assertEqual(own.final(own.request('BYE')).status, 481)
        own.notify(200, event='presence', expected=481)
        leg.notify(200, event='presence')
        self.assertEqual(self.state(session), 'accepted')
        self.tell_as_another(session, own)
        own.tell(200)
        self.over(session, leg)

    def tell_as_another(self, session, own):
        """A NOTIFY with another From tag is about nothing, whichever came first."""
        tag, own.call.local_tag = own.call.local_tag, 'another'
        own.notify(200, expected=481)
        own.call.local_tag = tag
        self.assertEqual(self.state(session), 'accepted')

    def test_another_phone(self):
        """who has answered the REFER is the only one who tells of it"""
        session, leg = self.begin()
        answer = self.transfer(session)
        _refer, own = self.referred(leg)
        self.accepted(answer)
        self.tell_as_another(session, own)
        own.tell(200)
        self.over(session, leg)


class Relay(threading.Thread):
    """A next hop that gives the daemon behind it a GRUU: its own address, with `gr`."""

    def __init__(self):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(('127.0.0.1', 0))
        self.port = self.sock.getsockname()[1]
        self.inner = self.outer = None  # nobody sends anything before they are there
        self.start()

    def run(self):
        while data := self.sock.recvfrom(65536):
            message, source = data
            if message == b'stop':
                return
            if source == self.inner:
                message = re.sub(rb'\r\nContact: <sip:([^@>]*)@[^>]*>',
                                 rb'\r\nContact: <sip:\1@127.0.0.1:%d;gr>' % self.port, message)
            self.sock.sendto(message, self.outer if source == self.inner else self.inner)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b'stop', ('127.0.0.1', self.port))
        self.join(PATIENCE)
        self.sock.close()


class TwoDaemons(unittest.TestCase):
    """Our own transferee, behind somebody who gives it a GRUU, since it has none by itself."""

    def test_transferred(self):
        """the phone that talks with us through the other daemon goes on with another one there"""
        bob, carol = (GruuPhone(name, gr=None, supported=None) for name in ('bob', 'carol'))
        relay = Relay()
        self.addCleanup(relay.close)
        for phone in (bob, carol):
            self.addCleanup(phone.close)
        core = CONFIG.format(core='').replace('t1=50ms', 't1=500ms')
        away = ENDPOINT.format(name='away', uri=f'sip:2@127.0.0.1:{relay.port}',
                               more='from-user=away')
        there = Daemon(core + away + ''.join(
            ENDPOINT.format(name=phone.name, uri=phone.uri, more='')
            + f'\n[route {phone.name}]\ncontext=office\nmatch={number}\ndo=dial({phone.name})\n'
            for number, phone in ((2, bob), (3, carol))))
        self.addCleanup(there.stop)
        here = Daemon(core + away)
        self.addCleanup(here.stop)
        relay.inner, relay.outer = there.address(), here.address()
        for phone in (bob, carol):
            phone.target = there.address()

        session = here.dial(f'sip:2@127.0.0.1:{relay.port}', 'away')
        first = bob.called().ring().answer()
        here.wait(session, 'active', PATIENCE)
        here.ctl('transfer', session.rpartition('/')[2], 'sip:3@there')
        headers = dict(here.get(session, 'Session', 'TransferHeaders'))
        self.assertEqual(headers['Require'], 'tdialog')
        target = carol.called().ring().answer()
        here.wait(session, 'ended', PATIENCE)
        self.assertEqual(here.get(session, 'Session', 'TransferState'), 'done')
        there.wait_for_sessions(2, PATIENCE)
        first.bye()
        target.hung_up()
        there.wait_for_sessions(0, PATIENCE)


if __name__ == '__main__':
    agent.main(280)
