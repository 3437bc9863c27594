# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Media from peer to peer: who is told what when, and when media come back."""

import pathlib
import re
import tempfile
import time
import unittest
import wave

import agent
from daemon import Daemon, anyone
from rtp_phone import RtpPhone, amplitude, has_tone
from sip_peer import Failure
from test_dial import Callee, Caller, sdp

HOST = '127.0.0.1'
ALICE_CODECS = ((0, 'PCMU/8000'), (8, 'PCMA/8000'), (101, 'telephone-event/8000'))
BOB_CODECS = ((0, 'PCMU/8000'), (96, 'telephone-event/8000'))


class Description:
    """What a message says of media."""

    def __init__(self, message):
        text = message.body.decode()
        self.host = re.search(r'^c=IN IP[46] (\S+)', text, re.M)[1]
        self.port = int(re.search(r'^m=audio (\d+)', text, re.M)[1])
        self.formats = re.search(r'^m=audio \d+ \S+ (.*?)\r?$', text, re.M)[1].split()
        self.origin = re.search(r'^o=(\S+ \S+) (\d+) IN (\S+ \S+?)\r?$', text, re.M).groups()
        self.direction = re.search(r'^a=(sendrecv|sendonly|recvonly|inactive)', text, re.M)[1]


class Leg:
    """A peer in a call, and its phone."""

    def __init__(self, peer, phone, codecs):
        self.peer, self.phone, self.codecs, self.version = peer, phone, codecs, 1
        self.told = None

    def sdp(self, **more):
        return sdp(**{'port': self.phone.port, 'codecs': self.codecs, 'origin': self.version,
                      **more})

    def take(self, method='INVITE', **more):
        """Takes an offer in the dialog; what it said."""
        request = self.peer.expect(method, skip=('ACK', 'OPTIONS'))
        self.told = Description(request)
        self.version += 1
        self.peer.respond(request, 200, body=self.sdp(**more))
        if method == 'INVITE':
            self.peer.expect('ACK', skip=('INVITE',))
        self.phone.aim(request.body)
        return self.told

    def offer(self, **more):
        """Offers something new; the answer."""
        self.version += 1
        self.peer.send('INVITE', call=self.peer.call, body=self.sdp(**more))
        response = self.peer.expect(200, skip=(100,))
        self.peer.send('ACK', call=self.peer.call, cseq=response.cseq)
        self.told = Description(response)
        return self.told


class DirectTestCase(unittest.TestCase):
    def leg(self, kind, frequency, codecs, host=HOST):
        target = self.daemon.address() if kind is Caller else None
        peer = kind('udp', host, target)
        self.addCleanup(peer.close)
        phone = RtpPhone(HOST, frequency)
        self.addCleanup(phone.close)
        return Leg(peer, phone, codecs)

    def connect(self, alice='direct-media=yes', bob='direct-media=yes', codecs=BOB_CODECS,
                allow=(), other='', offered=ALICE_CODECS):
        """Alice calls Bob, who answers."""
        self.bob = self.leg(Callee, 1000, codecs)
        self.daemon = Daemon(anyone(('1', 'dial(bob)'), ('2', 'answer, wait(1h)'),
                                    endpoint=alice) +
                             f'\n[endpoint bob]\nauth=none\ncontact=<{self.bob.peer.uri}>\n'
                             f'{bob}\n' + other)
        self.addCleanup(self.daemon.stop)
        self.alice = self.leg(Caller, 440, offered)
        self.alice.peer.invite('1', self.alice.sdp(), headers=allow)
        invite = self.bob.peer.called()
        self.bob.first = Description(invite)
        self.bob.peer.respond(invite, 200, body=self.bob.sdp())
        self.bob.peer.expect('ACK', skip=('INVITE',))
        self.bob.phone.start(invite.body)
        answer = self.alice.peer.answered()
        self.alice.first = Description(answer)
        self.alice.phone.start(answer.body)
        self.both = (self.alice, self.bob)
        [self.bridge] = self.daemon.objects('bridge')

    def wait_for(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within {seconds} s\n' + self.daemon.report())
            time.sleep(0.02)  # between two looks, not for anything to happen

    def mode(self):
        return self.daemon.get(self.bridge, 'Bridge', 'Mode')

    def wait_for_mode(self, mode):
        self.wait_for(f'mode {mode}', lambda: self.mode() == mode)

    def go_direct(self):
        for leg in self.both:
            leg.take()
        self.wait_for_mode('direct')

    def come_back(self):
        for leg in self.both:
            leg.take()
            self.assertEqual(leg.told.port, leg.first.port)
        self.wait_for_mode('relay')

    def check_direct(self, one=None, other=None):
        """Each sends to the other, and is heard."""
        one, other = one or self.alice, other or self.bob
        for leg, peer in ((one, other), (other, one)):
            self.wait_for('packets of the peer', lambda leg=leg, peer=peer:
                          set(leg.phone.senders) == {peer.phone.port})
            self.wait_for_tone(leg.phone, peer.phone.frequency)

    def check_relay(self, ports=None):
        ports = ports or [leg.first.port for leg in self.both]
        for leg, peer, port in zip(self.both, reversed(self.both), ports):
            self.wait_for('packets of ours', lambda leg=leg, port=port:
                          set(leg.phone.senders) == {port})
            self.wait_for_tone(leg.phone, peer.phone.frequency)

    def wait_for_tone(self, phone, frequency):
        start = len(phone.samples)
        self.wait_for(f'{frequency} Hz', lambda: has_tone(phone.samples[start:], frequency))

    def missing(self):
        """How many packets each said that the other one did not hear, or not yet."""
        time.sleep(0.005)  # between two looks, not for anything to happen
        return [leg.phone.spoken - other.phone.sounds
                for leg, other in zip(self.both, reversed(self.both))]

    def counters(self):
        return [self.daemon.get(f'{session}/stream/0', 'Stream', f'Packets{way}')
                for session in self.daemon.objects('session') for way in ('Sent', 'Received')]

    def end(self):
        for leg in self.both:
            leg.peer.inbox.clear()
        self.alice.peer.bye()
        self.bob.peer.take('BYE')
        self.daemon.wait_for_sessions(0)


class Direct(DirectTestCase):
    def test_direct(self):
        """both peers are told where the other one is, in its numbers; no packet comes here"""
        self.connect()
        self.assertEqual(self.mode(), 'relay')
        self.go_direct()
        self.assertEqual((self.alice.told.host, self.alice.told.port),
                         (HOST, self.bob.phone.port))
        self.assertEqual((self.bob.told.host, self.bob.told.port), (HOST, self.alice.phone.port))
        self.assertEqual(self.alice.told.formats, ['0', '96'])
        self.assertEqual(self.bob.told.formats, ['0', '101'])
        for leg in self.both:
            self.assertEqual(leg.told.origin[0], leg.first.origin[0])
            self.assertEqual(leg.told.origin[2], leg.first.origin[2])
            self.assertEqual(int(leg.told.origin[1]), int(leg.first.origin[1]) + 1)
        self.check_direct()
        # What was counted before is published within 100 ms; from then on nothing comes.
        self.wait_for('statistics', lambda: self.counters() == self.counters())
        before = self.counters()
        self.wait_for_tone(self.alice.phone, 1000)
        packets = self.alice.phone.packets
        self.wait_for('a second of sound', lambda: self.alice.phone.packets > packets + 50)
        self.assertEqual(self.counters(), before)
        self.alice.phone.send_digit('5')
        self.wait_for('silence here', lambda: self.counters() == before)
        self.end()

    def test_silence(self):
        """rtp-timeout means media that come here: it does not count while they go elsewhere"""
        self.connect(*['direct-media=yes\nrtp-timeout=6s'] * 2)
        self.go_direct()
        self.check_direct()
        before = [len(leg.phone.samples) for leg in self.both]
        self.wait_for('sound for longer than that', lambda: all(
            len(leg.phone.samples) > mark + 10 * 8000 for leg, mark in zip(self.both, before)), 90)
        self.assertEqual(self.mode(), 'direct')
        self.end()

    def test_bye(self):
        """who is left by a call that ends is not told anything else first"""
        self.connect()
        self.go_direct()
        self.alice.peer.bye()
        self.bob.peer.take('BYE', skip=())
        self.daemon.wait_for_sessions(0)

    def test_recording(self):
        """media come back while one is recorded, without a gap, and go direct again after"""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / 'alice.wav'
        self.connect()
        self.go_direct()
        self.check_direct()
        session = self.daemon.objects('session')[0]
        missing = [min(self.missing()[way] for _ in range(50)) for way in (0, 1)]
        self.daemon.call(session, 'Session', 'Record', 'sa{sv}', str(path), 0)
        self.come_back()
        self.check_relay()
        self.daemon.call(session, 'Session', 'StopRecording')
        self.go_direct()
        self.check_direct()
        for way in (0, 1):
            self.wait_for('all that was said', lambda way=way:
                          self.missing()[way] <= missing[way] + 1)
        with wave.open(str(path)) as sound:
            frames = sound.readframes(sound.getnframes())
        samples = [int.from_bytes(frames[i:i + 2], 'little', signed=True)
                   for i in range(0, len(frames), 2)]
        self.assertTrue(has_tone(samples, 440))
        self.end()

    def test_hold(self):
        """a peer that holds is passed on, with its address, and its resumption too"""
        self.connect()
        self.go_direct()
        answer = self.alice.offer(direction='sendonly')
        self.assertEqual((answer.port, answer.direction), (self.bob.phone.port, 'recvonly'))
        told = self.bob.take(direction='recvonly')
        self.assertEqual((told.port, told.direction), (self.alice.phone.port, 'sendonly'))
        self.alice.offer()
        told = self.bob.take()
        self.assertEqual((told.port, told.direction), (self.alice.phone.port, 'sendrecv'))
        self.assertEqual(self.mode(), 'direct')
        self.end()

    def test_moved(self):
        """a peer that listens elsewhere from now on: the other one is told"""
        self.connect()
        self.go_direct()
        phone = RtpPhone(HOST, 440)
        self.addCleanup(phone.close)
        old, self.alice.phone = self.alice.phone, phone
        answer = self.alice.offer()
        self.assertEqual(answer.port, self.bob.phone.port)
        phone.target = (HOST, answer.port)
        for thread in phone._threads:
            thread.start()
        old.close()
        self.assertEqual(self.bob.take().port, phone.port)
        self.check_direct()
        self.assertEqual(self.mode(), 'direct')
        self.end()

    def test_replaced(self):
        """who takes a place is told where the other is; who leaves gets our address again"""
        self.connect()
        self.go_direct()
        before = self.daemon.objects('session')
        carol = self.leg(Caller, 700, ALICE_CODECS)
        carol.peer.invite('2', carol.sdp())
        answer = carol.peer.answered()
        carol.first = Description(answer)
        carol.phone.start(answer.body)
        [session] = [path for path in self.daemon.objects('session') if path not in before]
        gone = self.daemon.get(self.bridge, 'Bridge', 'Members')[0]
        self.daemon.call(self.bridge, 'Bridge', 'Replace', 'oo', gone, session)
        self.assertEqual(self.bob.take().port, carol.phone.port)
        self.assertEqual(carol.take().port, self.bob.phone.port)
        self.assertEqual(self.alice.take().port, self.alice.first.port)
        self.check_direct(carol, self.bob)
        self.wait_for_mode('direct')
        carol.peer.bye()
        self.alice.peer.bye()

    def test_third(self):
        """a third one comes: media come back and are mixed; it goes, and they go direct again"""
        self.connect()
        self.go_direct()
        before = self.daemon.objects('session')
        carol = self.leg(Caller, 700, ALICE_CODECS)
        carol.peer.invite('2', carol.sdp())
        carol.phone.start(carol.peer.answered().body)
        [session] = [path for path in self.daemon.objects('session') if path not in before]
        self.daemon.call(self.bridge, 'Bridge', 'Add', 'o', session)
        for leg in self.both:
            self.assertEqual(leg.take().port, leg.first.port)
        self.wait_for_mode('mix')
        everybody = (*self.both, carol)
        for leg in everybody:
            start = len(leg.phone.samples)
            others = [other.phone.frequency for other in everybody if other is not leg]
            self.wait_for(f'{others}', lambda leg=leg, start=start, others=others: all(
                amplitude(leg.phone.samples[-4000:], frequency) > 1500 for frequency in others)
                and len(leg.phone.samples) > start + 4000)
            self.assertLess(amplitude(leg.phone.samples[-4000:], leg.phone.frequency), 500)
        self.daemon.call(self.bridge, 'Bridge', 'Remove', 'o', session)
        self.go_direct()
        self.check_direct()
        carol.peer.bye()
        self.end()

    def test_glare(self):
        """both ask at once: each says 491, and it comes to an end"""
        self.connect()
        ours = self.bob.peer.expect('INVITE')
        self.bob.version += 1
        self.bob.peer.send('INVITE', call=self.bob.peer.call, body=self.bob.sdp())
        self.bob.peer.expect(491)
        self.bob.peer.respond(ours, 491)
        self.bob.peer.expect('ACK', skip=('INVITE',))
        self.alice.take()
        told = self.bob.take()
        self.assertEqual(told.port, self.alice.phone.port)
        self.wait_for_mode('direct')
        self.check_direct()
        self.end()

    def test_update(self):
        """who takes UPDATE is told by it; who does not, by INVITE"""
        self.connect('direct-media=update', 'direct-media=update',
                     allow=('Allow: INVITE, ACK, BYE, UPDATE',))
        self.assertEqual(self.alice.take('UPDATE').port, self.bob.phone.port)
        self.assertEqual(self.bob.take('INVITE').port, self.alice.phone.port)
        self.wait_for_mode('direct')
        self.check_direct()
        self.end()

    def test_outgoing(self):
        """who called is told after who was called"""
        self.connect('direct-media=yes;outgoing')
        request = self.bob.peer.expect('INVITE')
        self.alice.peer.expect_nothing(0.4)
        self.bob.version += 1
        self.bob.peer.respond(request, 200, body=self.bob.sdp())
        self.bob.phone.aim(request.body)
        self.bob.peer.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.alice.take().port, self.bob.phone.port)
        self.wait_for_mode('direct')
        self.check_direct()
        self.end()

    def test_cannot_come_back(self):
        """a peer that cannot come back at once is asked again"""
        self.connect()
        self.go_direct()
        session = self.daemon.objects('session')[0]
        self.daemon.call(session, 'Session', 'SetVolume', 'sd', 'sent', 0.5)
        request = self.bob.peer.expect('INVITE')
        self.bob.peer.respond(request, 500, headers=('Retry-After: 1',))
        self.bob.peer.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.alice.take().port, self.alice.first.port)
        self.assertEqual(self.bob.take().port, self.bob.first.port)
        self.wait_for_mode('relay')
        self.daemon.call(session, 'Session', 'SetVolume', 'sd', 'sent', 1)
        self.go_direct()
        self.end()

    def test_refused(self):
        """a peer that does not want to is left alone, and the other one comes back"""
        self.connect()
        request = self.bob.peer.expect('INVITE')
        self.bob.peer.respond(request, 488)
        self.bob.peer.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.alice.take().port, self.bob.phone.port)
        self.assertEqual(self.alice.take().port, self.alice.first.port)
        self.wait_for_mode('relay')
        self.check_relay()
        self.bob.peer.expect_nothing(0.4)
        self.end()


class NotDirect(DirectTestCase):
    """Calls whose media have to pass here."""

    def check(self, mode='relay', **keys):
        self.connect(**keys)
        for leg in self.both:
            leg.peer.expect_nothing(0.4)
        self.assertEqual(self.mode(), mode)
        self.end()

    def test_one_does_not(self):
        """one endpoint does not want it"""
        self.check(bob='direct-media=no')

    def test_codecs(self):
        """the codecs differ"""
        self.check(mode='transcode', codecs=((8, 'PCMA/8000'), (96, 'telephone-event/8000')),
                   offered=((0, 'PCMU/8000'), (101, 'telephone-event/8000')))

    def test_events(self):
        """only one of them sends digits as events"""
        self.check(codecs=((0, 'PCMU/8000'),))

    def test_dtmf_mode(self):
        """one of them sends digits by INFO"""
        self.check(bob='direct-media=yes\ndtmf-mode=info')

    def test_acl(self):
        """one of them may not see the address of the other"""
        self.check(bob='direct-media=yes\ndirect-media-deny=127.0.0.0/8')

    def test_acl_list(self):
        """a list says who may be seen"""
        self.check(alice='direct-media=yes\ndirect-media-acl=far',
                   other='\n[acl far]\ndeny=127.0.0.0/8\npermit=127.9.0.0/16\n')

    def test_private(self):
        """one is in a private network, the other one is not"""
        original = Leg.sdp
        self.addCleanup(setattr, Leg, 'sdp', original)
        Leg.sdp = lambda leg, **more: original(leg, **{
            'host': '10.1.2.3' if leg.phone.frequency == 440 else HOST, **more})
        self.check()

    def test_conflict(self):
        """a payload type that means something else in the other call"""
        self.check(codecs=((0, 'PCMU/8000'), (8, 'telephone-event/8000')))

    def test_nat(self):
        """a peer whose packets come from elsewhere, where that counts and where it does not"""
        for alice, direct in (('nonat', False), ('yes', True)):
            with self.subTest(alice):
                original = Leg.sdp
                try:
                    Leg.sdp = lambda leg, **more: original(
                        leg, **{'host': '127.0.0.2' if leg.phone.frequency == 440 else HOST,
                                **more})
                    self.connect(f'direct-media={alice}')
                finally:
                    Leg.sdp = original
                if direct:
                    self.assertEqual(self.bob.take().host, '127.0.0.2')
                    self.alice.take(host='127.0.0.2')
                else:
                    for leg in self.both:
                        leg.peer.expect_nothing(0.4)
                    self.assertEqual(self.mode(), 'relay')
                self.end()


if __name__ == '__main__':
    agent.main(300)
