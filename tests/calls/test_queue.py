# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Queues: callers wait with music, the first who came first, until a member is free and answers."""

import json
import math
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import unittest
import wave

import agent
import tone
from bus_monitor import plain
from daemon import Daemon, Lines
from rtp_phone import RtpPhone, amplitude
from sip_peer import Failure
from transfer_phone import ENDPOINT, Leg, Phone

HOST = '127.0.0.1'
PATIENCE = 60  # seconds: of a machine that does much else
MUSIC, ANNOUNCEMENT = 1700, 600
PAI = 'p-asserted-identity'
CONFIG = '''
[core]
overload-delay=0
sounds-directory={sounds}

[transport udp]
protocol=udp
bind=127.0.0.1:0

[moh high]
tone=1700
'''


class QueueLeg(Leg):
    def hung_up(self, timeout=PATIENCE):
        return super().hung_up(timeout)


class QueuePhone(Phone):
    """A phone that waits as long as a slow machine needs, and may be in several calls."""

    def expect(self, what, timeout=PATIENCE, **keys):
        return super().expect(what, max(timeout, PATIENCE), **keys)

    def _leg(self, leg):
        return QueueLeg(leg.phone, leg.call, leg.invite, leg.outgoing)

    def call(self, number, body=None, headers=()):
        return self._leg(super().call(number, body, headers))

    def called(self, timeout=PATIENCE):
        return self._leg(super().called(timeout))


class QueueTestCase(unittest.TestCase):
    """Alice, Ann and Amy call; Bob, Carol and Dave are members."""

    def setUp(self):
        self.phones = {name: QueuePhone(name) for name in ('alice', 'ann', 'amy', 'bob', 'carol',
                                                           'dave')}
        for phone in self.phones.values():
            self.addCleanup(phone.close)
        self.alice, self.ann, self.amy, self.bob, self.carol, self.dave = self.phones.values()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sounds = pathlib.Path(folder.name)

    def config(self, do, queue='', members='bob', routes=(), without=(), moh='high',
               more='', endpoints=None):
        text = CONFIG.format(sounds=self.sounds)
        for name, phone in self.phones.items():
            contact = ENDPOINT.format(name=name, uri=phone.uri,
                                      more=(endpoints or {}).get(name, ''))
            text += contact if name not in without else contact.replace('contact=', '#')
        for number, (match, steps) in enumerate((('1', do), ('2', 'dial(bob)'), *routes)):
            text += f'\n[route r{number}]\ncontext=office\nmatch={match}\ndo={steps}\n'
        # Nobody has to answer within a time that a slow machine may not keep.
        ring_time = '' if 'ring-time' in queue else 'ring-time=1h\n'
        return text + more + (f'\n[queue sales]\nmembers={members}\nmoh={moh}\n'
                              f'{ring_time}{queue}\n')

    def start(self, do='queue(sales)', queue='', **keys):
        self.daemon = Daemon(self.config(do, queue, **keys))
        self.addCleanup(self.daemon.stop)
        for phone in self.phones.values():
            phone.target = self.daemon.address()

    def state(self, queue='sales'):
        return plain(self.daemon.call('', 'Events', 'List', 's', 'queue')[0]).get(queue)

    def wait_for(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within {PATIENCE} s: {self.state()}\n'
                              + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def wait_for_count(self, count):
        self.wait_for(f'{count} wait', lambda: self.state()['waiting'] == count)

    def wait_for_member(self, name, state):
        self.wait_for(f'{name} {state}', lambda: [name, state] in self.state()['members'])

    def enter(self, phone, number='1'):
        """Somebody who is answered, and waits."""
        return phone.call(number).answered()

    def ring(self, phone):
        """The call that comes to a member; it rings there."""
        return phone.called().ring()

    def from_whom(self, leg):
        return leg.invite['from'].split('sip:')[1].split('@')[0]

    def end(self, *pairs):
        """Callers hang up, and so do those who they talk with."""
        for caller, member in pairs:
            caller.bye()
            member.hung_up()
        self.daemon.wait_for_sessions(0, PATIENCE)


class Strategies(QueueTestCase):
    def test_first_come(self):
        """one member, three callers: they are answered in the order in which they came"""
        self.start()
        callers = [self.enter(self.alice)]
        member = self.ring(self.bob)
        callers += [self.enter(self.ann), self.enter(self.amy)]
        for caller, name in zip(callers, ('alice', 'ann', 'amy')):
            self.assertEqual(self.from_whom(member), name)
            member.answer()
            self.wait_for_member('bob', 'talking')
            caller.bye()
            member.hung_up()
            if name != 'amy':
                member = self.ring(self.bob)
        self.daemon.wait_for_sessions(0, PATIENCE)
        state = self.state()
        self.assertEqual((state['waiting'], state['answered'], state['abandoned']), (0, 3, 0))

    def test_all(self):
        """all who are free ring, one answers, and the others ring for the next caller"""
        self.start(members='bob;carol')
        alice = self.enter(self.alice)
        bob, carol = self.ring(self.bob), self.ring(self.carol)
        ann = self.enter(self.ann)
        carol.answer()
        cancel = bob.cancelled()
        self.assertEqual(cancel.all('reason')[0],
                         'SIP;cause=200;text="Call completed elsewhere"')
        bob = self.ring(self.bob)
        self.assertEqual((self.from_whom(carol), self.from_whom(bob)), ('alice', 'ann'))
        bob.answer()
        self.end((alice, carol), (ann, bob))

    def test_freed(self):
        """who comes free while another member rings rings as well"""
        self.start(members='bob;carol')
        dave = self.dave.call('2')  # Bob is in another call
        talk = self.ring(self.bob).answer()
        dave.answered()
        alice = self.enter(self.alice)
        carol = self.ring(self.carol)
        self.wait_for_member('bob', 'busy')
        dave.bye()
        talk.hung_up()
        bob = self.ring(self.bob)
        bob.answer()
        carol.cancelled()
        self.end((alice, bob))

    def test_order(self):
        """one after the other, from the first: who declines is passed over"""
        self.start(queue='strategy=order\nretry=1h', members='bob;carol;dave')
        alice = self.enter(self.alice)
        self.ring(self.bob).reject(603)
        self.ring(self.carol).reject(480)
        dave = self.ring(self.dave).answer()
        self.wait_for_member('dave', 'talking')
        self.assertEqual(self.state()['members'][:2], [['bob', 'pause'], ['carol', 'pause']])
        self.end((alice, dave))

    def test_ring_time(self):
        """who lets it ring for too long does not ring any more, and the next one does"""
        self.start(queue='strategy=order\nring-time=1s\nretry=1h', members='bob;carol')
        alice = self.enter(self.alice)
        self.ring(self.bob).cancelled()
        carol = self.ring(self.carol)
        self.assertEqual(self.state()['members'][0], ['bob', 'pause'])
        alice.bye()  # or her time is over, too
        carol.cancelled()
        self.daemon.wait_for_sessions(0, PATIENCE)

    def test_side_by_side(self):
        """the second caller need not wait while the first one's member rings"""
        self.start(queue='strategy=order', members='bob;carol')
        alice = self.enter(self.alice)
        bob = self.ring(self.bob)
        ann = self.enter(self.ann)
        carol = self.ring(self.carol)
        self.assertEqual((self.from_whom(bob), self.from_whom(carol)), ('alice', 'ann'))
        carol.answer()
        bob.answer()
        self.end((alice, bob), (ann, carol))

    def test_again(self):
        """who did not want a call is asked again after a pause, by the same queue"""
        self.start(queue='retry=1s')
        alice = self.enter(self.alice)
        for _ in range(2):
            self.ring(self.bob).reject(486)
        bob = self.ring(self.bob)
        bob.answer()
        self.end((alice, bob))

    def test_least_recent(self):
        """who has been longest without a call rings first"""
        self.start(queue='strategy=least-recent', members='bob;carol')
        for phone in (self.bob, self.carol, self.bob):
            alice = self.enter(self.alice)
            member = self.ring(phone)
            member.answer()
            self.end((alice, member))
        self.assertEqual(self.carol.inbox, [])


class Limits(QueueTestCase):
    def test_wrap_up(self):
        """after a call a member has some rest: the next caller waits that long"""
        self.start(queue='wrap-up=2s')
        alice = self.enter(self.alice)
        ann = self.enter(self.ann)
        bob = self.ring(self.bob).answer()
        self.wait_for_count(1)
        began = time.monotonic()
        alice.bye()
        bob.hung_up()
        bob = self.ring(self.bob)
        self.assertGreater(time.monotonic() - began, 1.9)
        bob.answer()
        self.end((ann, bob))

    def test_full(self):
        """max-length: who is one more goes on with the next step, or hears that it is busy"""
        self.start('queue(sales), redirect(<sip:${queue-result}@example.org>)', 'max-length=1',
                   routes=(('3', 'queue(sales)'),))
        dave = self.enter(self.dave, '1')
        bob = self.ring(self.bob)
        refused = self.ann.call('1').refused(302)
        self.assertEqual(refused['contact'], '<sip:full@example.org>')
        self.amy.call('3').refused(486)
        dave.bye()
        bob.cancelled()
        self.daemon.wait_for_sessions(0, PATIENCE)

    def run_timeout(self, do, queue):
        self.start(f'{do}, dial(<sip:' + '${queue-result}' + f'@{self.dave.address}>)', queue)
        alice = self.enter(self.alice)
        bob = self.ring(self.bob)
        bob.cancelled()
        dave = self.ring(self.dave)
        self.assertEqual(dave.invite.uri.split('@')[0], 'sip:timeout')
        dave.answer()
        state = self.state()
        self.assertEqual((state['waiting'], state['last']['result']), (0, 'timeout'))
        self.end((alice, dave))

    def test_timeout(self):
        """who waited as long as the group allows goes on, and nobody rings any more"""
        self.run_timeout('queue(sales)', 'timeout=1s')

    def test_timeout_of_step(self):
        """what the step says of the time goes before"""
        self.run_timeout('queue(sales, timeout=1s)', 'timeout=1h')

    def test_empty(self):
        """when-empty=leave: nobody is there, and the next step follows; else callers wait"""
        self.start('queue(sales), redirect(<sip:${queue-result}@example.org>)', 'when-empty=leave',
                   without=('bob',))
        refused = self.alice.call('1').refused(302)
        self.assertEqual(refused['contact'], '<sip:empty@example.org>')
        self.assertEqual(self.state()['members'], [['bob', 'unavailable']])

    def test_continues(self):
        """afterwards=continue: the member hangs up, and the caller goes on"""
        self.start('queue(sales, afterwards=continue), dial(<sip:${queue-result}@'
                   + self.dave.address + '>)')
        alice = self.enter(self.alice)
        bob = self.ring(self.bob).answer()
        self.wait_for_member('bob', 'talking')
        bob.bye()
        dave = self.ring(self.dave)
        self.assertEqual(dave.invite.uri.split('@')[0], 'sip:answered')
        dave.answer()
        self.end((alice, dave))

    def test_unknown(self):
        """a queue that is not there ends the call, and is told of"""
        self.start('queue(nowhere)')
        self.daemon.warnings_expected = True
        self.alice.call('1').refused(500)
        self.daemon.log.wait_for(lambda line: 'There is no queue “nowhere”' in line)


class Leaving(QueueTestCase):
    def test_waiting(self):
        """who hangs up while he waits leaves his place to the next one"""
        self.start()
        dave = self.dave.call('2')
        talk = self.ring(self.bob).answer()
        dave.answered()
        alice, ann = self.enter(self.alice), self.enter(self.ann)
        self.wait_for_count(2)
        alice.bye()
        self.wait_for_count(1)
        self.assertEqual(self.state()['abandoned'], 1)
        dave.bye()
        talk.hung_up()
        bob = self.ring(self.bob)
        self.assertEqual(self.from_whom(bob), 'ann')
        bob.answer()
        self.end((ann, bob))

    def test_ringing(self):
        """who hangs up while members ring: they do so no longer"""
        self.start(members='bob;carol')
        alice = self.enter(self.alice)
        legs = [self.ring(self.bob), self.ring(self.carol)]
        alice.bye()
        for leg in legs:
            leg.cancelled()
        self.daemon.wait_for_sessions(0, PATIENCE)
        state = self.state()
        self.assertEqual((state['waiting'], state['answered'], state['abandoned']), (0, 0, 1))
        self.assertEqual(state['members'], [['bob', 'free'], ['carol', 'free']])

    def run_place(self, rings):
        """Ann has called the queue for Alice, and sends her there in her own place."""
        self.start(routes=(('4', 'dial(ann)'),))
        alice = self.alice.call('4')
        ann = self.ring(self.ann).answer()
        alice.answered()
        if not rings:
            dave = self.dave.call('2')
            talk = self.ring(self.bob).answer()
            dave.answered()
        second = self.enter(self.ann)
        amy = self.enter(self.amy)
        if rings:
            bob = self.ring(self.bob)
        ann.refer(f'sip:alice@{self.alice.address}', second.replaces())
        self.assertEqual(ann.outcome()[-1], 200)
        second.hung_up()
        ann.bye()
        self.wait_for_count(2)
        if not rings:
            dave.bye()
            talk.hung_up()
            bob = self.ring(self.bob)
            self.assertEqual(self.from_whom(bob), 'alice')
        bob.answer()
        alice.bye()
        bob.hung_up()
        bob = self.ring(self.bob)
        self.assertEqual(self.from_whom(bob), 'amy')
        bob.answer()
        self.end((amy, bob))

    def test_place(self):
        """attended transfer: who takes the place of one who waits waits in that place"""
        self.run_place(False)

    def test_place_ringing(self):
        """the same while a member rings, who answers the new one"""
        self.run_place(True)


class SoundTestCase(QueueTestCase):
    def sound_phone(self, phone, frequency):
        sound = RtpPhone(HOST, frequency)
        self.addCleanup(sound.close)
        phone.rtp_port = sound.port
        return sound

    def hears(self, phone, frequency):
        samples = phone.samples[-2000:]
        return len(samples) == 2000 and all(
            (amplitude(samples, other) > 1000) == (other == frequency)
            for other in (440, ANNOUNCEMENT, 1000, MUSIC))

    def heard(self, phone):
        """The tones of all that was heard, in their order."""
        tones = []
        for start in range(0, len(phone.samples) - 800, 800):
            part = phone.samples[start:start + 800]
            for frequency in (ANNOUNCEMENT, MUSIC):
                if amplitude(part, frequency) > 1000 and tones[-1:] != [frequency]:
                    tones.append(frequency)
        return tones

    def enter_with_sound(self):
        sound = self.sound_phone(self.alice, 440)
        alice = self.alice.call('1')
        response = self.alice.expect(200, skip=(100, 180, 183))
        alice.call.established(response)
        self.alice.send_raw(self.alice.request('ACK', call=alice.call, cseq=response.cseq),
                            to=self.alice.target)
        sound.start(response.body)
        return alice, sound


class Sound(SoundTestCase):
    def test_music(self):
        """who waits hears music, also while a member rings, and then the member"""
        self.start()
        bob_sound = self.sound_phone(self.bob, 1000)
        alice, sound = self.enter_with_sound()
        bob = self.ring(self.bob)
        self.wait_for('music', lambda: self.hears(sound, MUSIC))
        bob.answer()
        bob_sound.start(bob.invite.body)
        self.wait_for('both', lambda: self.hears(sound, 1000) and self.hears(bob_sound, 440))
        self.end((alice, bob))

    def test_announcement(self):
        """announce is heard first, then music, and the announcement after each while"""
        with wave.open(str(self.sounds / 'wait.wav'), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(b''.join(struct.pack(
                '<h', int(8000 * math.sin(2 * math.pi * ANNOUNCEMENT * i / 8000)))
                for i in range(8000)))
        self.start(queue='announce=wait.wav\nannounce-every=3s')
        alice, sound = self.enter_with_sound()
        self.wait_for('announcement and music in turn', lambda: len(self.heard(sound)) >= 4)
        self.assertEqual(self.heard(sound)[:4], [ANNOUNCEMENT, MUSIC] * 2)
        bob = self.ring(self.bob)
        alice.bye()
        bob.cancelled()
        self.daemon.wait_for_sessions(0, PATIENCE)

    def test_no_music(self):
        """a class of music that is not there is told of, and our own plays"""
        self.start(moh='jazz')
        self.daemon.warnings_expected = True
        alice = self.enter(self.alice)
        self.daemon.log.wait_for(lambda line: 'There is no music “jazz”' in line)
        bob = self.ring(self.bob).answer()
        self.end((alice, bob))


class Vanished(SoundTestCase):
    def test_vanished(self):
        """rtp-timeout: a phone that sends nothing any more loses its place, and no other does"""
        self.start(endpoints={'alice': 'rtp-timeout=10s'})
        dave = self.dave.call('2')
        talk = self.ring(self.bob).answer()
        dave.answered()
        alice, sound = self.enter_with_sound()
        ann = self.enter(self.ann)
        self.wait_for('music for longer than that', lambda: len(sound.samples) > 14 * 8000)
        self.assertEqual(self.state()['waiting'], 2)
        sound.close()
        self.wait_for_count(1)  # and its phone did not answer the BYE yet
        state = self.state()
        last = state['last']
        self.assertEqual((last['what'], last['result'], state['abandoned']),
                         ('left', 'abandoned', 1))
        self.assertIn('alice', last['caller'])
        dave.bye()
        talk.hung_up()
        bob = self.ring(self.bob)
        self.assertEqual(self.from_whom(bob), 'ann')
        bob.answer()
        self.assertIn('RTP timeout', alice.hung_up()['reason'])
        self.end((ann, bob))


class Recorded(SoundTestCase):
    """One-touch recording of calls that came through a queue."""

    def loud(self, phone, frequency):
        samples = phone.samples[-2000:]
        return len(samples) == 2000 and amplitude(samples, frequency) > 1000

    def dial(self, leg, digits):
        for digit in digits:
            info = leg.request('INFO', headers=('Content-Type: application/dtmf-relay',),
                               body=f'Signal={digit}\r\nDuration=100\r\n')
            self.assertEqual(leg.final(info).status, 200)

    def recording(self, leg):
        """What the bus says of the recording of a call."""
        [state] = [self.daemon.get(path, 'Session', 'Recording')
                   for path in self.daemon.objects('session')
                   if self.daemon.get(path, 'Session', 'CallId') == leg.call.call_id]
        return state

    def run_record(self, who):
        """*1 of one of them begins a recording, and ends it; music is not in it."""
        self.start(f'queue(sales, {who}-features=record)',
                   more='\n[features]\nfeature-timeout=10s\nrecord-layout=stereo\n')
        bob_sound = self.sound_phone(self.bob, 800)
        alice, sound = self.enter_with_sound()
        self.wait_for('music', lambda: self.loud(sound, MUSIC))
        bob = self.ring(self.bob)
        bob.answer()
        bob_sound.start(bob.invite.body)
        self.wait_for('both', lambda: self.loud(sound, 800) and self.loud(bob_sound, 440))
        leg, other = (alice, bob) if who == 'caller' else (bob, alice)
        self.dial(other, '*1')  # who may not does not: the digits are passed on
        for digit in '*1':
            info = leg.expect('INFO', skip=('ACK',))
            self.assertIn(f'Signal={digit}', info.body.decode())
            leg.phone.respond(info, 200)
        self.dial(leg, '*1')
        self.wait_for('a recording', lambda: self.recording(leg) == 'running')
        self.assertEqual(self.recording(other), 'none')
        marks = {phone: len(phone.samples) for phone in (sound, bob_sound)}
        self.wait_for('sound', lambda: all(len(phone.samples) > mark + 24000
                                           for phone, mark in marks.items()))
        self.dial(leg, '*1')
        folder = self.daemon.state / 'recordings'
        self.wait_for('the file', lambda: list(folder.glob('call-*.wav')))
        [path] = folder.glob('call-*.wav')
        said = (440, 800) if who == 'caller' else (800, 440)
        for channel in (0, 1):
            self.assertGreater(tone.seconds_of(path, said[channel], channel), 0.3)
            self.assertEqual(tone.seconds_of(path, MUSIC, channel), 0)
        self.end((alice, bob))

    def test_by_member(self):
        """callee-features=record: the member records both"""
        self.run_record('callee')

    def test_by_caller(self):
        """caller-features=record: the caller records both"""
        self.run_record('caller')


class Joined(QueueTestCase):
    """What dial does with calls that are joined works in those of a queue."""

    def join(self, **keys):
        self.start(routes=(('5', 'dial(carol)'), ('6', 'pickup(bob)')), queue='wrap-up=1h', **keys)
        return self.enter(self.alice), self.ring(self.bob)

    def test_transfer(self):
        """the member transfers the caller, and has his rest after his own call"""
        alice, bob = self.join()
        bob.answer()
        bob.refer(self.bob.target_uri('5'))
        carol = self.ring(self.carol)
        carol.answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        self.wait_for_member('bob', 'wrap-up')
        self.end((alice, carol))

    def test_pickup(self):
        """somebody else takes the call that rings at a member's"""
        alice, bob = self.join()
        carol = self.enter(self.carol, '6')
        bob.cancelled()
        self.wait_for_count(0)
        state = self.state()
        self.assertEqual((state['answered'], state['last']['member']), (1, 'carol'))
        self.end((alice, carol))

    def test_early(self):
        """behind progress callers wait before the answer, which is that of the member"""
        self.start('progress, queue(sales)')
        gone = self.ann.call('1')
        gone.call.established(gone.expect(183))
        bob = self.ring(self.bob)
        gone.cancel()
        bob.cancelled()
        alice = self.alice.call('1')
        alice.call.established(alice.expect(183))
        bob = self.ring(self.bob)
        self.assertEqual(self.from_whom(bob), 'alice')
        bob.answer()
        alice.answered()
        self.end((alice, bob))
        state = self.state()
        self.assertEqual((state['answered'], state['abandoned']), (1, 1))

    def told(self, leg):
        """An UPDATE of somebody's call, which is answered: who it says is there."""
        update = leg.expect('UPDATE', skip=('ACK',))
        leg.phone.respond(update, 200)
        return update[PAI]

    def test_identity(self):
        """who waits is told who answers, who that becomes, and who it is transferred to"""
        self.start(routes=(('5', 'dial(carol)'),), endpoints={
            'alice': 'send-identity=pai\ncaller-id=Alice <100>',
            'bob': 'send-identity=pai\ntrust-identity=yes',
            'carol': 'caller-id=Carol <300>'})
        alice = self.alice.call('1', headers=('Allow: INVITE, ACK, BYE, UPDATE',)).answered()
        bob = self.ring(self.bob)
        self.assertRegex(bob.invite[PAI], '^"?Alice"? <sip:100@')
        bob.answer()
        self.assertRegex(self.told(alice), '<sip:bob@')
        update = bob.request('UPDATE', headers=('P-Asserted-Identity: "Desk" <sip:299@localhost>',))
        self.assertEqual(bob.final(update).status, 200)
        self.assertRegex(self.told(alice), '^"Desk" <sip:299@')
        bob.refer(self.bob.target_uri('5'))
        carol = self.ring(self.carol)
        self.assertRegex(carol.invite['from'], '^"?Alice"? <sip:100@')
        carol.answer()
        self.assertRegex(self.told(alice), '^"?Carol"? <sip:300@')
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        self.end((alice, carol))

    def test_identity_early(self):
        """behind progress the answer says who it is"""
        self.start('progress, queue(sales)', endpoints={'alice': 'send-identity=pai',
                                                        'bob': 'caller-id=Bob <200>'})
        alice = self.alice.call('1')
        self.assertIsNone(alice.expect(183)[PAI])
        bob = self.ring(self.bob).answer()
        answer = alice.expect(200, skip=(100, 180, 183))
        self.assertRegex(answer[PAI], '^"?Bob"? <sip:200@')
        alice.call.established(answer)
        self.alice.send_raw(self.alice.request('ACK', call=alice.call, cseq=answer.cseq),
                            to=self.alice.target)
        self.end((alice, bob))

    def test_features(self):
        """callee-features of the step: the member hangs up by digits"""
        alice, bob = self.join(do='queue(sales, callee-features=disconnect)',
                               more='\n[features]\nfeature-timeout=10s\n')
        bob.answer()
        self.wait_for_member('bob', 'talking')
        for digit in '*0':
            info = bob.request('INFO', headers=('Content-Type: application/dtmf-relay',),
                               body=f'Signal={digit}\r\nDuration=100\r\n')
            self.assertEqual(bob.final(info).status, 200)
        bob.hung_up()
        alice.hung_up()
        self.daemon.wait_for_sessions(0, PATIENCE)

    def test_digits(self):
        """attended transfer by digits: who asked waits and hangs up, the other one has his place"""
        self.start(routes=(('5', 'dial(ann, callee-features=attended-transfer)'),),
                   more='\n[features]\nfeature-timeout=10s\ntransfer-digit-timeout=10s\n')
        dave = self.dave.call('2')
        talk = self.ring(self.bob).answer()
        dave.answered()
        alice = self.alice.call('5')
        ann = self.ring(self.ann).answer()
        alice.answered()
        for digit in '#21#':
            info = ann.request('INFO', headers=('Content-Type: application/dtmf-relay',),
                               body=f'Signal={digit}\r\nDuration=100\r\n')
            self.assertEqual(ann.final(info).status, 200)
        self.wait_for_count(1)
        ann.bye()
        dave.bye()
        talk.hung_up()
        bob = self.ring(self.bob)
        self.assertEqual(self.from_whom(bob), 'alice')
        bob.answer()
        self.end((alice, bob))


class Shown(QueueTestCase):
    def reload(self, *arguments, **keys):
        (self.daemon.config / 'ahoy.conf').write_text(self.config(*arguments, **keys), 'utf-8')
        return self.daemon.call('', 'Manager', 'Reload')

    def test_ctl(self):
        """ahoyctl queues: how members are, and who waits at which position and how long"""
        self.start(members='bob;carol', without=('carol',))
        talk = self.enter(self.alice)
        bob = self.ring(self.bob).answer()
        self.wait_for_member('bob', 'talking')
        ann, amy = self.enter(self.ann), self.enter(self.amy)
        self.wait_for_count(2)
        text = self.daemon.ctl('queues').stdout
        for pattern in (r'sales +2 +1 +0\n', r'sales +bob +talking\n',
                        r'sales +carol +unavailable\n',
                        r'sales +1 +\d+ +sip:ann@\S+ +\d+:\d\d\n',
                        r'sales +2 +\d+ +sip:amy@\S+ +\d+:\d\d\n'):
            self.assertRegex(text, pattern)
        shown = json.loads(self.daemon.ctl('--json', 'queues', 'sales').stdout)['sales']
        self.assertEqual([(each['position'], each['caller'].split('@')[0])
                          for each in shown['callers']], [(1, 'sip:ann'), (2, 'sip:amy')])
        self.assertEqual(shown['answered'], 1)
        wrong = self.daemon.ctl('queues', 'nowhere', check=False)
        self.assertEqual((wrong.returncode, 'no queue “nowhere”' in wrong.stderr), (1, True))
        for leg in (ann, amy):
            leg.bye()
        self.end((talk, bob))

    def test_events(self):
        """who watches hears that callers came, were answered after what time, and hung up"""
        self.start()
        watcher = subprocess.Popen(
            [os.environ['AHOY_CTL'], '--json', 'events', 'queue'], text=True,
            stdout=subprocess.PIPE, env=self.daemon.environment)
        self.addCleanup(watcher.stdout.close)
        self.addCleanup(watcher.wait)
        self.addCleanup(watcher.kill)
        lines = Lines(watcher.stdout)

        def happens(**wanted):
            def fits(line):
                last = json.loads(line).get('state', {}).get('last', {})
                return all(last.get(name) == value for name, value in wanted.items())
            return json.loads(lines.wait_for(fits, PATIENCE))['state']['last']
        lines.wait_for(lambda line: '"waiting"' in line, PATIENCE)  # how it is now
        alice = self.enter(self.alice)
        self.assertRegex(happens(what='entered')['caller'], '^sip:alice@')
        bob = self.ring(self.bob).answer()
        self.assertGreaterEqual(happens(what='answered', member='bob')['waited'], 0)
        ann = self.enter(self.ann)
        self.assertRegex(happens(what='entered')['caller'], '^sip:ann@')
        ann.bye()
        self.assertGreaterEqual(happens(what='left', result='abandoned')['waited'], 0)
        self.end((alice, bob))

    def test_history(self):
        """the caller and the member who answered are one call of the history"""
        self.start()
        alice = self.enter(self.alice)
        bob = self.ring(self.bob).answer()
        self.wait_for_member('bob', 'talking')
        self.end((alice, bob))

        def records():
            return json.loads(self.daemon.ctl('--json', 'history').stdout)
        self.wait_for('both records', lambda: len(records()) == 2)
        one, other = records()
        self.assertEqual(one['linked-id'], other['linked-id'])
        self.assertIn('queue', (one['application'], other['application']))

    def test_reload(self):
        """other members, and no queue at all: who waits does so still, and is answered"""
        self.start(without=('bob',))
        alice = self.enter(self.alice)
        self.wait_for_count(1)
        self.assertEqual(self.reload('queue(sales)', without=('bob',), members='carol')[1], [])
        carol = self.ring(self.carol)
        self.assertEqual(self.state()['members'], [['carol', 'ringing']])
        # It is taken out: she rings still, and nobody comes in.
        text = self.config('queue(sales)').split('[queue sales]')[0]
        (self.daemon.config / 'ahoy.conf').write_text(text, 'utf-8')
        self.daemon.warnings_expected = True  # of the route
        self.daemon.call('', 'Manager', 'Reload')
        self.ann.call('1').refused(500)
        self.assertEqual(self.state()['waiting'], 1)
        # It is there again, with what became of it.
        self.assertEqual(self.reload('queue(sales)', members='carol')[1], [])
        ann = self.enter(self.ann)
        self.wait_for_count(2)
        carol.answer()
        self.wait_for_count(1)
        ann.bye()
        self.end((alice, carol))

    def test_removed(self):
        """a queue that is taken out is gone with the last one who waits in it"""
        self.start()
        alice = self.enter(self.alice)
        bob = self.ring(self.bob)
        text = self.config('hangup').split('[queue sales]')[0]
        (self.daemon.config / 'ahoy.conf').write_text(text, 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        self.assertEqual(self.state()['waiting'], 1)
        bob.answer()
        self.wait_for('no queue', lambda: self.state() is None)
        self.end((alice, bob))

    def test_bad_values(self):
        """what is wrong is told with its line, and the queue stays as it was"""
        self.start('queue(sales)', 'strategy=order')
        self.daemon.warnings_expected = True
        changed, errors = self.reload('queue(sales)', 'strategy=fastest')
        self.assertEqual(changed, [])
        self.assertRegex(errors[0], r'ahoy.conf:\d+: queue sales: strategy: “fastest” is none of')
        alice = self.enter(self.alice)
        bob = self.ring(self.bob).answer()
        self.end((alice, bob))

    def test_made_empty(self):
        """when-empty=leave: the last member goes while somebody waits, who goes on"""
        self.start('queue(sales), dial(<sip:${queue-result}@' + self.dave.address + '>)',
                   'when-empty=leave')
        talk = self.dave.call('2')
        bob = self.ring(self.bob).answer()
        talk.answered()
        alice = self.enter(self.alice)
        self.wait_for_count(1)
        self.daemon.call('endpoint/bob', 'Endpoint', 'SetMaintenance', 'b', 'true')
        dave = self.ring(self.dave)
        self.assertEqual(dave.invite.uri.split('@')[0], 'sip:empty')
        dave.answer()
        self.end((alice, dave), (talk, bob))


if __name__ == '__main__':
    agent.main(300)
