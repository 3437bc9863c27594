# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Phones that send no media any more: rtp-timeout and rtp-hold-timeout of endpoints."""

import time

import agent
from bus_monitor import plain
from test_queue import PATIENCE, SoundTestCase


class Silence(SoundTestCase):
    def events(self):
        return plain(self.daemon.call('', 'Events', 'List', 's', 'session-timeout')[0])

    def vanish(self, sound):
        """The phone sends something, and then nothing any more."""
        self.wait_for('the echo', lambda: len(sound.samples) > 8000)
        sound.close()

    def ended(self, leg):
        """It was hung up, and by what; the BYE is answered."""
        bye = leg.expect('BYE', skip=('ACK', 'INVITE'))
        [path] = self.daemon.objects('session')
        values = {name: value for name, value in self.daemon.get_all(path, 'Session').items()
                  if name in ('EndStatus', 'EndReason', 'EndedBy')}
        self.assertEqual(values, {'EndStatus': 408, 'EndReason': 'RTP timeout',
                                  'EndedBy': 'network'})
        self.assertEqual(self.events(), {path.rpartition('/')[2]: {
            'call-id': leg.call.call_id, 'remote': self.alice.uri, 'endpoint': 'alice',
            'reason': 'RTP timeout'}})
        leg.phone.respond(bye, 200)
        self.daemon.wait_for_sessions(0, PATIENCE)
        self.assertEqual(self.events(), {})
        return bye

    def test_stops(self):
        """a phone that stops to send is hung up, and the topic session-timeout tells of it"""
        self.start('answer, echo', endpoints={'alice': 'rtp-timeout=8s'})
        alice, sound = self.enter_with_sound()
        self.vanish(sound)
        self.assertRegex(self.ended(alice)['reason'], 'SIP;cause=408;text="RTP timeout"')

    def test_joined(self):
        """calls that are joined: packets that are passed on count; both are hung up in the end"""
        self.start('dial(bob)', endpoints={'alice': 'rtp-timeout=8s', 'bob': 'rtp-timeout=8s'})
        sounds = [self.sound_phone(phone, 440) for phone in (self.alice, self.bob)]
        alice = self.alice.call('1')
        bob = self.ring(self.bob).answer()
        sounds[1].start(bob.invite.body)
        answer = alice.expect(200, skip=(100, 180, 183))
        alice.call.established(answer)
        self.alice.send_raw(self.alice.request('ACK', call=alice.call, cseq=answer.cseq),
                            to=self.alice.target)
        sounds[0].start(answer.body)
        self.wait_for('sound for longer than that',
                      lambda: all(len(sound.samples) > 12 * 8000 for sound in sounds))
        self.daemon.wait_for_sessions(2)
        sounds[0].close()
        self.assertIn('RTP timeout', alice.hung_up()['reason'])
        bob.hung_up()
        self.daemon.wait_for_sessions(0, PATIENCE)

    def test_never_sends(self):
        """one that never sent anything is hung up, too"""
        self.start('answer, echo', endpoints={'alice': 'rtp-timeout=1s'})
        self.ended(self.enter(self.alice))

    def test_holds(self):
        """while it holds nothing is due before rtp-hold-timeout"""
        self.start('answer, echo', endpoints={'alice': 'rtp-timeout=8s\nrtp-hold-timeout=16s'})
        alice, sound = self.enter_with_sound()
        self.wait_for('the echo', lambda: len(sound.samples) > 8000)
        begun = time.monotonic()
        alice.reinvite('sendonly')
        sound.close()
        self.ended(alice)
        self.assertGreater(time.monotonic() - begun, 16)

    def test_holds_for_ever(self):
        """rtp-hold-timeout alone: who talks may be silent, who is held may not"""
        self.start('answer, echo', endpoints={'alice': 'rtp-hold-timeout=3s'})
        alice, sound = self.enter_with_sound()
        self.vanish(sound)
        begun = time.monotonic()
        alice.reinvite('inactive')
        self.ended(alice)
        self.assertGreater(time.monotonic() - begun, 3)


if __name__ == '__main__':
    agent.main(250)
