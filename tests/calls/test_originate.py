# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Two others are joined by a program: what each of them sees and hears, and how it ends."""

import json
import os
import pathlib
import subprocess
import time
import unittest

import agent
from daemon import BusError, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Callee, sdp

HOST = '127.0.0.1'
PCMU = ((0, 'PCMU/8000'), (101, 'telephone-event/8000'))
EXAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples', 'python', 'dbus_originate.py')


class Originate(unittest.TestCase):
    """Bob is the first, Carol the second; each has a phone."""

    def setUp(self):
        self.bob, self.carol = Callee('udp', HOST), Callee('udp', HOST)
        self.phones = [RtpPhone(HOST, 440), RtpPhone(HOST, 1000)]
        for each in (self.bob, self.carol, *self.phones):
            self.addCleanup(each.close)
        self.daemon = Daemon(anyone(('7', f'dial(<{self.carol.uri}>)'), ('8', 'goto(7)'))
                             + f'\n[endpoint bob]\nauth=none\nidentify=ip\n'
                             f'contact=<{self.bob.uri}>\n')
        self.addCleanup(self.daemon.stop)

    def originate(self, first=None, second=None, **options):
        types = {'timeout': 'u', 'late-offer': 'b'}
        values = [value for name, text in options.items()
                  for value in (name.replace('_', '-'),
                                types.get(name.replace('_', '-'), 's'), text)]
        [bridge] = self.daemon.call(
            '', 'Manager', 'Originate', 'ssa{sv}', 'bob' if first is None else first,
            self.carol.uri if second is None else second, len(options), *values)
        return bridge

    def wait_for(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within a minute\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def hears(self, phone, frequency):
        self.wait_for(f'{frequency} Hz', lambda: has_tone(phone.samples[-8000:], frequency))

    def answer(self, peer, phone):
        """Answers a call with the sound of a phone."""
        invite = peer.called()
        peer.respond(invite, 200, body=sdp(port=phone.port, codecs=PCMU))
        ack = peer.expect('ACK', skip=('INVITE',))
        phone.start(invite.body or ack.body)
        return invite

    @staticmethod
    def bye(peer):
        peer.send('BYE', call=peer.call)
        peer.expect(200, skip=('ACK',))

    def done(self):
        self.daemon.wait_for_sessions(0)
        self.assertEqual(self.daemon.objects('bridge'), [])

    def hung_up(self, peer, reason=None):
        bye = peer.take('BYE')
        said = [value for value in bye.all('reason') if value.startswith('SIP;')]
        self.assertEqual(said, [reason] if reason else [])

    def test_joined(self):
        """Bob is called, hears it ring at Carol's, and then both hear each other"""
        bridge = self.originate()
        [session] = self.daemon.get(bridge, 'Bridge', 'Members')
        self.assertEqual(self.daemon.get(session, 'Session', 'Bridge'), bridge)
        self.answer(self.bob, self.phones[0])
        invite = self.carol.called()
        self.carol.respond(invite, 180)
        self.hears(self.phones[0], 425)
        self.carol.respond(invite, 200, body=sdp(port=self.phones[1].port, codecs=PCMU))
        self.phones[1].start(invite.body)
        self.hears(self.phones[0], 1000)
        self.hears(self.phones[1], 440)
        shown = self.daemon.get_all(bridge, 'Bridge')
        self.assertEqual((shown['Members'][0], len(shown['Members']), shown['Mode']),
                         (session, 2, 'relay'))
        self.bye(self.carol)
        self.hung_up(self.bob)
        self.done()

    def test_first_hangs_up(self):
        """who was called first hangs up: the second hears of it, and the bridge is gone"""
        self.originate()
        self.answer(self.bob, self.phones[0])
        self.answer(self.carol, self.phones[1])
        self.hears(self.phones[1], 440)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()

    def test_without_offer(self):
        """both make the offer: our ACKs answer, and they hear each other"""
        self.originate(late_offer='true')
        self.assertEqual(self.answer(self.bob, self.phones[0]).body, b'')
        self.assertEqual(self.answer(self.carol, self.phones[1]).body, b'')
        self.hears(self.phones[0], 1000)
        self.hears(self.phones[1], 440)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()

    def test_second_is_busy(self):
        """Carol is busy: Bob is hung up on, and told why"""
        self.originate()
        self.answer(self.bob, self.phones[0])
        self.carol.respond(self.carol.called(), 486)
        self.hung_up(self.bob, 'SIP;cause=486')
        self.done()

    def test_first_is_busy(self):
        """Bob is busy: nobody else is called, and his session says why"""
        bridge = self.originate()
        [session] = self.daemon.get(bridge, 'Bridge', 'Members')
        self.bob.respond(self.bob.called(), 486)
        self.assertEqual(self.daemon.wait(session, 'ended')[:2], ['ended', 486])
        self.done()
        self.assertIsNone(self.carol.receive(0.3))

    def test_nobody_answers(self):
        """neither answers in time: the one who rings is cancelled"""
        self.originate(timeout=1)
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        self.bob.cancelled(invite)
        self.done()
        self.originate(timeout=1)
        invite = self.bob.called()
        self.bob.respond(invite, 200, body=sdp())
        invite = self.carol.called()
        self.carol.respond(invite, 180)
        self.carol.cancelled(invite)
        self.hung_up(self.bob, 'SIP;cause=408')
        self.done()

    def test_by_a_route(self):
        """the second is a number of a context, or the first goes through steps"""
        self.originate(second='7', context='demo')
        self.answer(self.bob, self.phones[0])
        self.answer(self.carol, self.phones[1])
        self.hears(self.phones[1], 440)
        self.bye(self.bob)
        self.hung_up(self.carol)
        self.done()
        self.originate(second='', application='tone(700)')
        invite = self.bob.called()
        self.bob.respond(invite, 200, body=sdp())
        self.bob.expect('ACK', skip=('INVITE', 200))
        [session] = self.daemon.objects('session')[-1:]
        self.assertEqual(self.daemon.get(session, 'Session', 'Application'), 'tone')
        self.daemon.call(session, 'Session', 'Hangup')
        self.hung_up(self.bob)
        self.done()

    def test_goto(self):
        """a step goto of the second's route looks in the context, too"""
        self.originate(second='8', context='demo')
        self.bob.respond(self.bob.called(), 200, body=sdp())
        self.bob.expect('ACK', skip=('INVITE', 200))
        self.carol.respond(self.carol.called(), 486)
        self.hung_up(self.bob, 'SIP;cause=486')
        self.done()

    def test_destroyed(self):
        """whoever takes the bridge away before anybody answers gives up the call"""
        bridge = self.originate()
        invite = self.bob.called()
        self.bob.respond(invite, 180)
        self.daemon.call(bridge, 'Bridge', 'Destroy')
        self.bob.cancelled(invite)
        self.done()

    def test_errors(self):
        """what cannot be joined is refused at once, and calls nobody"""
        for arguments, options, message in (
                (('bob', ''), {}, 'The first is joined with somebody'),
                (('bob', 'x'), {'application': 'echo'}, 'The first is joined with somebody'),
                (('', 'x'), {}, 'The target is empty'),
                (('bob', 'x), hangup('), {}, 'neither the name of an endpoint nor a URI'),
                (('bob', 'mailto:x@y'), {}, 'cannot be called'),
                (('bob', '9'), {'context': 'demo'}, 'No route of the context “demo” is for “9”'),
                (('bob', ''), {'application': 'dance'}, 'dance'),
                (('bob', 'x'), {'endpoint': 'nobody'}, 'no endpoint “nobody”'),
                (('bob', 'x'), {'colour': 'blue'}, 'colour')):
            with self.assertRaisesRegex(BusError, message):
                self.originate(*arguments, **options)
        self.assertEqual(self.daemon.objects('session'), [])
        self.done()

    def test_ahoyctl(self):
        """ahoyctl originate prints the bridge"""
        out = subprocess.run([os.environ['AHOY_CTL'], '--json', 'originate', '--timeout', '20',
                              'bob', self.carol.uri], env=self.daemon.environment, text=True,
                             capture_output=True, timeout=60, check=True).stdout
        self.answer(self.bob, self.phones[0])
        self.answer(self.carol, self.phones[1])
        self.assertEqual([path.rpartition('/')[2] for path in self.daemon.objects('bridge')],
                         [json.loads(out)['bridge']])
        self.bye(self.bob)
        self.hung_up(self.carol)
        done = subprocess.run([os.environ['AHOY_CTL'], 'originate', 'bob'],
                              env=self.daemon.environment, text=True, capture_output=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, 'Write both' in done.stderr), (2, True))
        self.done()

    def test_example(self):
        """the example joins both, and ends with the call"""
        with subprocess.Popen(['/usr/bin/python3', EXAMPLE, 'bob', self.carol.uri], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=self.daemon.environment) as example:
            self.answer(self.bob, self.phones[0])
            self.answer(self.carol, self.phones[1])
            self.hears(self.phones[0], 1000)
            self.bye(self.carol)
            self.hung_up(self.bob)
            lines = example.communicate(timeout=60)[0].splitlines()
        self.assertEqual((example.returncode, lines[1:]),
                         (0, ['They hear each other: relay', 'Ended: 200  local']))
        self.done()


if __name__ == '__main__':
    agent.main(300)
