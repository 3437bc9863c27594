# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REFER inside a call: what the transferor is told is what truly happens, and where all end up."""

import pathlib
import tempfile
import time
import unittest

import agent
from daemon import BusError
from sip_peer import Call
from transfer_phone import Leg, Phone, start


class TransferTestCase(unittest.TestCase):
    """Alice calls Bob, and one of them transfers the other to Carol."""

    def setUp(self):
        self.phones = {name: Phone(name) for name in ('alice', 'bob', 'carol')}
        for phone in self.phones.values():
            self.addCleanup(phone.close)
        self.alice, self.bob, self.carol = self.phones.values()

    def start(self, do='dial(carol, timeout=20s)', routes=(), **keys):
        self.daemon = start(self, self.phones, (('1', 'dial(alice)'), ('2', 'dial(bob)'),
                                                ('3', do), *routes), **keys)

    def connect(self, caller, callee, number):
        """A call that is answered: the legs of both."""
        leg = caller.call(number)
        other = callee.called().ring()
        leg.ringing()
        other.answer()
        return leg.answered(), other

    def target(self, number):
        return self.bob.target_uri(number)

    def over(self):
        self.daemon.wait_for_sessions(0)


class Blind(TransferTestCase):
    def run_success(self, transferor, number):
        """The transferor hears 100, 180 and 200, and hangs up; the two others have each other."""
        self.start()
        legs = self.connect(self.alice, self.bob, '2')
        ours, other = legs if transferor is self.alice else legs[::-1]
        ours.refer(self.target('3'))
        target = self.carol.called()
        self.assertEqual(target.invite['referred-by'], f'<{transferor.uri}>')
        target.ring()
        self.assertEqual([ours.notified(), ours.notified()], [100, 180])
        self.assertEqual(ours.last_notify['event'], 'refer')
        self.assertRegex(ours.last_notify['subscription-state'], r'^active;expires=\d+$')
        target.answer()
        self.assertEqual(ours.notified(), 200)
        self.assertEqual(ours.last_notify['subscription-state'], 'terminated;reason=noresource')
        self.assertEqual(ours.last_notify['content-type'], 'message/sipfrag;version=2.0')
        ours.bye()
        self.daemon.wait_for_sessions(2)
        other.bye()
        target.hung_up()
        self.over()

    def test_callee(self):
        """the callee transfers the caller: ringing and answer are told"""
        self.run_success(self.bob, '3')

    def test_caller(self):
        """the caller transfers the callee"""
        self.run_success(self.alice, '3')

    def test_headers(self):
        """refer-add-headers: what a REFER says goes to the target, and nothing else of it"""
        self.start(more={'bob': 'refer-add-headers=X-Ticket;X-Absent;X-Long'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'), headers=('X-Ticket: 4711; of=today', 'X-Other: 1',
                                             'X-Long: ' + 'x' * 3000))
        target = self.carol.called()
        self.assertEqual(target.invite['x-ticket'], '4711; of=today')
        self.assertEqual(target.invite['referred-by'], f'<{self.bob.uri}>')
        for name in ('x-other', 'x-absent', 'x-long'):
            self.assertIsNone(target.invite[name])
        target.ring().answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        alice.bye()
        target.hung_up()
        self.over()

    def test_passed_headers(self):
        """what goes from leg to leg goes to the target of a transfer as well"""
        self.start()
        alice = self.alice.call('2', headers=('User-to-User: 56a3;encoding=hex',))
        bob = self.bob.called().ring().answer()
        alice.answered()
        bob.refer(self.target('3'))
        target = self.carol.called()
        self.assertEqual(target.invite['user-to-user'], '56a3;encoding=hex')
        self.assertEqual(target.invite['referred-by'], f'<{self.bob.uri}>')
        target.ring().answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        alice.bye()
        target.hung_up()
        self.over()

    def reason(self, bob, *headers):
        """The variable of Alice's call after a REFER of Bob with such headers."""
        bob.refer(self.target('4'), headers=headers)
        self.assertEqual(bob.outcome()[-1], 200)
        [path] = [path for path in self.daemon.objects('session')
                  if self.daemon.get(path, 'Session', 'RemoteUri') == self.alice.uri]
        try:
            return self.daemon.call(path, 'Session', 'GetVariable', 's', 'transfer-reason')[0]
        except BusError:
            return None

    def test_to_voicemail(self):
        """Diversion of a REFER says why: a route for that reason records the caller"""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.start('goto(${transfer-reason}-${number})',
                   (('send_to_vm-3', 'answer, record(box-${transferred-by}.wav)'),),
                   core=f'recordings-directory={folder.name}')
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'), headers=(f'Diversion: <{self.bob.uri}>;reason="send_to_vm"',))
        self.assertEqual(bob.outcome()[-1], 200, self.daemon.report())
        bob.bye()
        self.daemon.wait_for_sessions(1)
        alice.bye()
        self.over()
        end = time.monotonic() + 20
        while not pathlib.Path(folder.name, 'box-bob.wav').exists():
            self.assertLess(time.monotonic(), end, list(pathlib.Path(folder.name).iterdir()))
            time.sleep(0.02)  # between two looks: a thread writes it

    def test_reasons(self):
        """only a plain word is a reason, which is that of this transfer alone"""
        for header, reason in (('<sip:b@h>;reason=No-Answer', 'no-answer'),
                               ('<sip:b@h>;reason="x,hangup"', None),
                               ('<sip:b@h>;reason=' + 'a' * 40, None), ('nonsense', None),
                               ('<sip:b@h>', None)):
            with self.subTest(header):
                self.start(routes=(('4', 'answer, echo'),))
                alice, bob = self.connect(self.alice, self.bob, '2')
                self.assertEqual(self.reason(bob, f'Diversion: {header}'), reason)
                bob.bye()
                alice.bye()
                self.over()

    def run_failure(self, status, told, do='dial(carol, timeout=20s)', number='3'):
        self.start(do)
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target(number))
        if status is not None:
            self.carol.called().reject(status)
        self.assertEqual(bob.outcome(), [100, told])
        self.daemon.wait_for_sessions(2)
        [bridge] = self.daemon.objects('bridge')
        self.assertEqual(len(self.daemon.get(bridge, 'Bridge', 'Members')), 2)
        alice.bye()
        bob.hung_up()
        self.over()

    def test_busy(self):
        """the other one is busy: both have each other again"""
        self.run_failure(486, 486)

    def test_declined(self):
        """the other one declines"""
        self.run_failure(603, 603)

    def test_nonexistent(self):
        """no route leads there"""
        self.run_failure(None, 404, number='999')

    def test_busy_step(self):
        """the route says busy"""
        self.run_failure(None, 486, 'busy')

    def test_no_answer(self):
        """the other one rings for too long"""
        self.start('dial(carol, timeout=1s)')
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        target = self.carol.called().ring()
        self.assertEqual([bob.notified(), bob.notified()], [100, 180])
        target.cancelled()
        self.assertEqual(bob.outcome(), [408])
        alice.bye()
        bob.hung_up()
        self.over()

    def test_step_of_our_own(self):
        """the route answers by itself"""
        self.start('answer, echo')
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        self.assertEqual(bob.outcome()[-1], 200)
        bob.hung_up()  # who does not hang up itself
        self.daemon.wait_for_sessions(1)
        alice.bye()
        self.over()

    def test_hung_up_early(self):
        """the transferor hangs up at once, and is told all the same (RFC 5057)"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        bob.bye()
        target = self.carol.called().ring()
        self.daemon.wait_for_sessions(2)
        target.answer()
        self.assertEqual(bob.outcome()[-1], 200)
        target.phone.send_raw(target.phone.request('BYE', call=target.call), to=target.phone.target)
        alice.hung_up()
        self.over()

    def test_recall(self):
        """the transferor hung up, and the other one is busy: it is called back"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        bob.bye()
        self.carol.called().reject(486)
        self.assertEqual(bob.outcome()[-1], 486)
        back = self.bob.called().ring().answer()
        self.daemon.wait_for_sessions(2)
        back.bye()
        alice.hung_up()
        self.over()

    def run_crossing(self, do, number, status):
        """Bob's BYE comes behind a transfer that failed at once: he is called back all the same."""
        self.start(do)
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target(number))
        bob.bye()
        back = self.bob.called().ring()
        self.assertEqual(bob.outcome()[-1], status)
        back.answer()
        self.daemon.wait_for_sessions(2)
        [bridge] = self.daemon.objects('bridge')
        self.assertEqual(len(self.daemon.get(bridge, 'Bridge', 'Members')), 2)
        back.bye()
        alice.hung_up()
        self.over()

    def test_recall_from_nowhere(self):
        """no route leads there, and the transferor hangs up when its REFER is accepted"""
        self.run_crossing('busy', '999', 404)

    def test_recall_from_busy_step(self):
        """the route says busy, and the transferor hangs up when its REFER is accepted"""
        self.run_crossing('busy', '3', 486)

    def test_recall_given_up(self):
        """the transferee hangs up while the transferor is called back"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('999'))
        bob.bye()
        back = self.bob.called().ring()
        alice.bye()
        back.cancelled()
        self.over()

    def test_second_after_failure(self):
        """a number that nobody has, then the right one: it is not called back after that"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('999'))
        self.assertEqual(bob.outcome(), [100, 404])
        bob.refer(self.target('3'))
        target = self.carol.called().ring().answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        self.daemon.wait_for_sessions(2)
        alice.bye()
        target.hung_up()
        self.over()

    def test_hung_up_here_after_failure(self):
        """the transferor's call is ended here right after the failure: nobody is called back"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('999'))
        self.assertEqual(bob.outcome(), [100, 404])
        [session] = [path for path in self.daemon.objects('session')
                     if self.daemon.get(path, 'Session', 'TransferState') == 'failed']
        self.daemon.call(session, 'Session', 'Hangup')
        bob.hung_up()
        alice.hung_up()
        self.over()

    def test_taken_back_after_failure(self):
        """the transferor holds and resumes the call after the failure: it knows, and hangs up"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('999'))
        self.assertEqual(bob.outcome(), [100, 404])
        bob.reinvite('sendonly')
        alice.take_reinvite('sendonly', 'recvonly')
        bob.reinvite('sendrecv')
        alice.take_reinvite('sendrecv', 'sendrecv')
        bob.bye()
        alice.hung_up()
        self.over()

    def test_no_recall(self):
        """refer-recall=no: the transferee hears why instead"""
        self.start(more={'bob': 'refer-recall=no'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        bob.bye()
        self.carol.called().reject(486)
        self.assertEqual(alice.hung_up()['reason'], 'SIP;cause=486')
        self.assertEqual(bob.outcome()[-1], 486)
        self.over()

    def test_transferee_hangs_up(self):
        """the transferee hangs up: the other one stops ringing, and the transferor hears it"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        target = self.carol.called().ring()
        self.assertEqual([bob.notified(), bob.notified()], [100, 180])
        alice.bye()
        target.cancelled()
        self.assertEqual(bob.outcome(), [487])
        bob.hung_up()
        self.over()


class Refused(TransferTestCase):
    def test_what_is_wrong(self):
        """what no REFER may say, and who may not send one: the call goes on"""
        self.start(more={'bob': 'allow-transfer=no'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'), status=603)
        alice.refer('https://example.org/', status=416)
        alice.refer('sip:3@x;method=BYE', status=603)
        alice.refer(self.target('3'), replaces='nonsense', status=400)
        alice.refer(self.target('3'), replaces='a@b;to-tag=1;from-tag=2', status=481)
        for headers in ((), ('Refer-To: <sip:1@x>', 'Refer-To: <sip:2@x>')):
            request = alice.request('REFER', headers=headers)
            self.assertEqual(alice.final(request).status, 400)
        alice.bye()
        bob.hung_up()
        self.over()

    def test_nobody_to_transfer(self):
        """a call that is joined with nobody"""
        self.start('answer, echo')
        alice = self.alice.call('3').answered()
        alice.refer(self.target('2'), status=603)
        alice.bye()
        self.over()


class Outside(TransferTestCase):
    """REFER outside of a dialog, with Target-Dialog (RFC 4538)."""

    def refer(self, phone, target, status, *headers):
        """A REFER that makes a dialog of its own; the leg of that dialog."""
        call = Call(phone, self.target('2'))
        call.local = f'<{phone.uri}>'
        leg = Leg(phone, call, None, True)
        request = leg.request('REFER', headers=(f'Refer-To: <{target}>', *headers))
        response = leg.final(request, skip=('NOTIFY',))
        self.assertEqual(response.status, status)
        if status == 202:
            call.established(response)
        return leg

    def names(self, leg, turned=False):
        tags = [leg.call.remote_tag, leg.call.local_tag]
        local, remote = tags[::-1] if turned else tags
        return (f'Target-Dialog: {leg.call.call_id};local-tag={local};remote-tag={remote}',
                'Require: tdialog')

    def run_success(self, turned):
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        refer = self.refer(self.bob, self.target('3'), 202, *self.names(bob, turned))
        target = self.carol.called().ring()
        self.assertEqual([refer.notified(), refer.notified()], [100, 180])
        self.assertEqual(refer.last_notify['event'], 'refer')
        request = refer.request('SUBSCRIBE', headers=('Event: refer', 'Expires: 300'))
        self.assertEqual(refer.final(request, skip=('NOTIFY',))['expires'], '300')
        self.assertEqual(refer.notified(), 180)
        request = refer.request('INFO')
        self.assertEqual(refer.final(request).status, 481)
        target.answer()
        self.assertEqual(refer.notified(), 200)
        self.assertEqual(refer.last_notify['subscription-state'], 'terminated;reason=noresource')
        bob.bye()
        self.daemon.wait_for_sessions(2)
        alice.bye()
        target.hung_up()
        self.over()

    def test_done(self):
        """it is done as if it had come in the dialog that it names; NOTIFYs come in its own"""
        self.run_success(False)

    def test_other_point_of_view(self):
        """the tags as the sender sees them"""
        self.run_success(True)

    def test_hung_up_early(self):
        """the transferor hangs up at once: its own dialog goes on"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        refer = self.refer(self.bob, self.target('3'), 202, *self.names(bob))
        bob.bye()
        target = self.carol.called().ring().answer()
        self.assertEqual(refer.outcome()[-1], 200)
        alice.bye()
        target.hung_up()
        self.over()

    def test_refused(self):
        """who names no call, none that there is, none of his own, or what cannot be read; the call
        goes on"""
        self.start(more={'alice': 'allow-transfer=no'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        [named, require] = self.names(bob)
        self.refer(self.bob, self.target('3'), 403)
        self.refer(self.carol, self.target('3'), 403, named)
        self.refer(self.bob, self.target('3'), 403, named, named)
        self.refer(self.bob, self.target('3'), 403, f'{named}x', require)
        for value in ('', ';', 'a@b', ';local-tag=1;remote-tag=2', 'x' * 3000,
                      'a@b;local-tag=1;local-tag=2', 'a@b;local-tag="1";remote-tag=<'):
            self.refer(self.bob, self.target('3'), 403, f'Target-Dialog: {value}')
        self.refer(self.alice, self.target('3'), 603, *self.names(alice))
        self.refer(self.bob, 'https://example.org/', 416, named)
        alice.bye()
        bob.hung_up()
        self.over()


class Subscription(TransferTestCase):
    def test_silent(self):
        """Refer-Sub: false and nosub: no NOTIFY (RFC 4488, RFC 7614)"""
        for headers, status in ((('Refer-Sub: false', 'Supported: norefersub'), 200),
                                (('Require: nosub',), 200)):
            with self.subTest(headers):
                self.setUp()
                self.start()
                alice, bob = self.connect(self.alice, self.bob, '2')
                response = bob.refer(self.target('3'), headers=headers, status=status)
                self.assertEqual(response['refer-sub'], 'false')
                self.carol.called().ring().answer()
                bye = bob.expect('BYE')
                self.bob.respond(bye, 200)
                alice.bye()
                self.over()

    def test_refreshed_and_ended(self):
        """SUBSCRIBE inside the dialog: a longer time, the end, and what is not there"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        target = self.carol.called().ring()
        self.assertEqual([bob.notified(), bob.notified()], [100, 180])
        for headers, status in ((('Event: presence', 'Expires: 60'), 489),
                                (('Event: refer;id=7', 'Expires: 60'), 481)):
            request = bob.request('SUBSCRIBE', headers=headers)
            self.assertEqual(bob.final(request).status, status)
        request = bob.request('SUBSCRIBE', headers=('Event: refer', 'Expires: 1000'))
        self.assertEqual(bob.final(request, skip=('NOTIFY',))['expires'], '1000')
        self.assertEqual(bob.notified(), 180)
        self.assertRegex(bob.last_notify['subscription-state'], r'^active;expires=(1000|999)$')
        request = bob.request('SUBSCRIBE', headers=('Event: refer', 'Expires: 0'))
        self.assertEqual(bob.final(request, skip=('NOTIFY',)).status, 200)
        self.assertEqual(bob.notified(), 180)
        self.assertEqual(bob.last_notify['subscription-state'], 'terminated;reason=timeout')
        target.answer()
        bob.hung_up()
        alice.bye()
        target.hung_up()
        self.over()

    def test_second(self):
        """the second REFER of a call has an id (RFC 3515)"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        self.carol.called().reject(486)
        self.assertEqual(bob.outcome(), [100, 486])
        bob.refer(self.target('3'))
        self.carol.called().reject(486)
        self.assertEqual(bob.outcome(), [100, 486])
        self.assertEqual(bob.last_notify['event'], f'refer;id={bob.call.cseq}')
        alice.bye()
        bob.hung_up()
        self.over()


class Attended(TransferTestCase):
    def consult(self, answered=True):
        """Alice talks to Bob, who calls Carol."""
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('3')
        carol = self.carol.called().ring()
        second.ringing()
        if answered:
            carol.answer()
            second.answered()
        return alice, bob, second, carol

    def test_joined(self):
        """both calls were answered: the partners have each other"""
        self.start()
        alice, bob, second, carol = self.consult()
        bob.refer(self.target('3'), replaces=second.replaces())
        second.hung_up()
        self.assertEqual(bob.outcome(), [100, 200])
        bob.bye()
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()

    def run_held(self, replaces):
        """The transferee was held: it is heard again when the other one has it."""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.reinvite('sendonly')
        alice.take_reinvite('sendonly', 'recvonly')
        second = carol = None
        if replaces:
            second = self.bob.call('3')
            carol = self.carol.called().ring().answer()
            second.answered()
        bob.refer(self.target('3'), replaces=second and second.replaces())
        if replaces:
            second.hung_up()
        alice.take_reinvite('sendrecv', 'sendrecv')
        carol = carol or self.carol.called().answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        for path in self.daemon.objects('session'):
            if self.daemon.get(path, 'Session', 'State') == 'active':
                self.assertEqual(self.daemon.get(path, 'Session', 'Hold'), 'none')
                self.assertEqual(self.daemon.get(f'{path}/stream/0', 'Stream', 'Direction'),
                                 'sendrecv')
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()

    def test_held(self):
        """the transferee was held before, and is heard again: attended"""
        self.run_held(True)

    def test_held_blind(self):
        """the transferee was held before, and is heard again: blind"""
        self.run_held(False)

    def test_ringing(self):
        """the other one rings still (blond): the transferee waits for it"""
        self.start()
        alice, bob, second, carol = self.consult(answered=False)
        bob.refer(self.target('3'), replaces=second.replaces())
        second.refused(480)
        self.assertEqual([bob.notified(), bob.notified()], [100, 180])
        carol.answer()
        self.assertEqual(bob.notified(), 200)
        bob.bye()
        self.daemon.wait_for_sessions(2)
        carol.bye()
        alice.hung_up()
        self.over()

    def test_ringing_transferee_hangs_up(self):
        """blond, and the transferee hangs up: the other one stops ringing"""
        self.start()
        alice, bob, second, carol = self.consult(answered=False)
        bob.refer(self.target('3'), replaces=second.replaces())
        second.refused(480)
        alice.bye()
        carol.cancelled()
        self.assertEqual(bob.outcome()[-1], 487)
        bob.hung_up()
        self.over()

    def test_to_a_route(self):
        """the other call hears what a route plays: the transferee takes its place there"""
        self.start('answer, echo')
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('3').answered()
        bob.refer(self.target('3'), replaces=second.replaces())
        second.hung_up()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        [session] = [path for path in self.daemon.objects('session')
                     if self.daemon.get(path, 'Session', 'State') == 'active']
        self.assertEqual(self.daemon.get(session, 'Session', 'Application'), 'echo')
        alice.bye()
        self.over()

    def test_somebody_elses(self):
        """a call of somebody else cannot be given away"""
        self.start()
        alice, bob, second, carol = self.consult()
        alice.refer(self.target('3'), replaces=second.replaces(), status=603)
        bob.bye()
        alice.hung_up()
        second.bye()
        carol.hung_up()
        self.over()


if __name__ == '__main__':
    agent.main(300)
