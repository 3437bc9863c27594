# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What the interface Session tells and changes of a call, against a scripted peer."""

import socket
import time

import agent
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import DaemonTestCase, anyone
from sip_peer import SDP, Call, Peer


# Whoever is called as this endpoint is heard from the phone that had sound first.
STUBBORN = '''
[endpoint stubborn]
auth=none
codecs=pcmu
follow-early-media-fork=no

[endpoint talker]
auth=none
codecs=pcmu
info-types=text/x-news
'''


class Session(DaemonTestCase):
    config = anyone(endpoint='codecs=pcmu').replace('t1=50ms', 't1=500ms') + STUBBORN

    def setUp(self):
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)
        self.peer = Peer('udp', '127.0.0.1')
        self.addCleanup(self.peer.close)
        self.addCleanup(self.daemon.wait_for_sessions, 0)

    def dial(self, endpoint=''):
        """A call that the peer got: its session and its INVITE."""
        session = self.daemon.dial(self.peer.uri, endpoint)
        return session, self.peer.expect('INVITE')

    def get(self, session, name):
        return self.daemon.get(session, 'Session', name)

    def method(self, session, name, *arguments):
        return self.client.call(session, 'Session', name, *arguments)

    def refused(self, session, *arguments):
        with self.assertRaises(Refused) as caught:
            self.method(session, *arguments)
        return caught.exception.name, caught.exception.message

    def hang_up(self, session):
        self.daemon.call(session, 'Session', 'Hangup')
        bye = self.peer.expect('BYE')
        self.peer.respond(bye, 200)
        self.daemon.wait(session, 'ended')
        return bye

    def test_wait(self):
        """Wait tells the last answer: 180, 200, and in the end that of the end"""
        session, invite = self.dial()
        self.assertEqual(self.daemon.wait(session, 'trying'), ['trying', 0, ''])
        self.peer.respond(invite, 180, 'Wait a bit')
        self.assertEqual(self.daemon.wait(session, 'ringing'), ['ringing', 180, 'Wait a bit'])
        self.peer.respond(invite, 200, 'Ahoj', body=SDP)
        self.peer.expect('ACK')
        self.assertEqual(self.daemon.wait(session, 'active'), ['active', 200, 'Ahoj'])
        self.assertEqual(self.method(session, 'Wait', 'su', 'ringing', 100),
                         ('active', 200, 'Ahoj'))
        self.hang_up(session)
        self.assertEqual(self.daemon.wait(session, 'ended'), ['ended', 200, ''])

    def test_linked_id(self):
        """LinkedId: a call of its own has one that no other has, and keeps it after its end"""
        found = []
        for _ in range(2):
            session, invite = self.dial()
            found.append(self.get(session, 'LinkedId'))
            self.peer.respond(invite, 486)
            self.peer.expect('ACK')
            self.daemon.wait(session, 'ended')
            self.assertEqual(self.get(session, 'LinkedId'), found[-1])
        self.assertNotIn('', found)
        self.assertNotEqual(*found)

    def test_wait_refused(self):
        """Wait for a call that is refused tells how"""
        session, invite = self.dial()
        self.peer.respond(invite, 486, 'Having lunch')
        self.peer.expect('ACK')
        self.assertEqual(self.daemon.wait(session, 'active'), ['ended', 486, 'Having lunch'])

    def test_wait_incoming(self):
        """Wait for a call that comes tells our last answer"""
        self.peer.target = self.daemon.address()
        call = Call(self.peer, f'sip:me@127.0.0.1:{self.daemon.ports["udp"]}')
        before = set(self.daemon.objects('session'))
        self.peer.send('INVITE', call=call, body=SDP)
        self.peer.expect(100, skip=())
        session, = set(self.daemon.objects('session')) - before
        self.assertEqual(self.daemon.wait(session, 'trying')[0], 'trying')
        self.daemon.call(session, 'Session', 'AddHeader', 'ss', 'X-Colour', 'red')
        self.daemon.call(session, 'Session', 'Ring')
        self.assertEqual(self.peer.expect(180)['x-colour'], 'red')
        self.assertEqual(self.daemon.wait(session, 'ringing'), ['ringing', 180, 'Ringing'])
        self.daemon.call(session, 'Session', 'Answer')
        answer = self.peer.expect(200, skip=(180,))
        self.assertEqual(answer['x-colour'], 'red')
        call.established(answer)
        self.peer.send('ACK', call=call)
        self.assertEqual(self.daemon.wait(session, 'active'), ['active', 200, 'OK'])
        self.peer.send('BYE', call=call)
        self.assertEqual(self.peer.expect(200, skip=(180,))['x-colour'], 'red')
        self.daemon.wait(session, 'ended')

    def test_headers(self):
        """AddHeader: in each request from now on, until RemoveHeader"""
        session, invite = self.dial()
        self.peer.respond(invite, 180)
        self.method(session, 'AddHeader', 'ss', 'X-Colour', 'red')
        self.method(session, 'AddHeader', 'ss', 'x-colour', 'blue')
        self.method(session, 'AddHeader', 'ss', 'User-to-User', 'a1;encoding=hex')
        self.peer.respond(invite, 200, body=SDP)
        ack = self.peer.expect('ACK')
        self.assertEqual((ack.all('x-colour'), ack.all('user-to-user')), ([], []))
        self.daemon.wait(session, 'active')
        self.client.start(session, 'Session', 'SendInfo', 'say', 'text/plain', b'1')
        info = self.peer.expect('INFO')
        self.assertEqual((info.all('x-colour'), info.all('user-to-user')),
                         (['red', 'blue'], ['a1;encoding=hex']))
        self.peer.respond(info, 200)
        self.method(session, 'RemoveHeader', 's', 'X-COLOUR')
        self.assertEqual(self.refused(session, 'RemoveHeader', 's', 'X-Colour')[0], 'NotFound')
        bye = self.hang_up(session)
        self.assertEqual((bye.all('x-colour'), bye.all('user-to-user')), ([], ['a1;encoding=hex']))
        self.assertEqual(self.refused(session, 'AddHeader', 'ss', 'X-Late', '1')[0],
                         'InvalidState')

    def test_info(self):
        """DLGX-04: a flash both ways; INFO of the types that the endpoint names are told"""
        session, invite = self.dial('talker')
        self.assertEqual(self.refused(session, 'SendFlash')[0], 'InvalidState')
        self.peer.respond(invite, 200, body=SDP)
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.method(session, 'SendFlash')
        info = self.peer.expect('INFO')
        self.assertEqual(info.body, b'Signal=!\r\nDuration=250\r\n')
        self.peer.respond(info, 200)
        self.assertEqual(self.refused(session, 'RequestKeyframe')[0], 'InvalidState')
        call = Call.from_request(self.peer, invite)
        for kind, body, status in (('application/hook-flash', 'x', 200), ('text/x-news', 'n', 200),
                                   ('text/x-olds', 'o', 415)):
            self.peer.send('INFO', call=call, body=body, headers=[f'Content-Type: {kind}'])
            self.peer.expect(status)
        self.monitor.wait_for(session, 'FlashReceived')
        told = self.monitor.wait(lambda signal: signal.member == 'InfoReceived'
                                 and signal.arguments[0] == 'text/x-news')
        self.assertEqual(bytes(told.arguments[1]), b'n')
        self.hang_up(session)
        self.assertFalse([signal for signal in self.monitor.of(session)
                          if signal.member == 'InfoReceived'
                          and signal.arguments[0] == 'text/x-olds'])

    def test_hostile_headers(self):
        """AddHeader refuses what would break a message, and too much"""
        session, invite = self.dial()
        for name, value in (('X-A', 'b\r\nX-Evil: 1'), ('X-A', 'b\nc'), ('X-A', 'b\x01'),
                            ('X-A: 1\r\nX-B', 'c'), ('X A', 'b'), ('', 'b'), ('X-é', 'b'),
                            ('Via', 'SIP/2.0/UDP evil'), ('v', 'SIP/2.0/UDP evil'),
                            ('From', '<sip:a@b>'), ('Contact', '<sip:a@b>'), ('m', '<sip:a@b>'),
                            ('CONTENT-LENGTH', '9'), ('l', '9'), ('Content-Type', 'a/b'),
                            ('Route', '<sip:a@b;lr>'), ('Max-Forwards', '0'), ('CSeq', '1 BYE'),
                            ('RAck', '1 1 INVITE'), ('RSeq', '1'), ('Reason', ';;;'),
                            ('Session-Expires', 'soon')):
            with self.subTest(header=ascii((name, value)).replace('\\', '/')):  # one line
                self.assertEqual(self.refused(session, 'AddHeader', 'ss', name, value)[0],
                                 'InvalidArguments')
        for _ in range(8):
            self.method(session, 'AddHeader', 'ss', 'X-Long', 'x' * 1000)
        self.assertEqual(self.refused(session, 'AddHeader', 'ss', 'X-Long', 'x' * 1000)[0],
                         'LimitExceeded')
        self.method(session, 'RemoveHeader', 's', 'X-Long')
        for number in range(32):
            self.method(session, 'AddHeader', 'ss', 'X-Many', str(number))
        name, message = self.refused(session, 'AddHeader', 'ss', 'X-Many', '32')
        self.assertEqual(name, 'LimitExceeded')
        self.assertIn('32', message)
        self.peer.respond(invite, 200, body=SDP)
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        bye = self.hang_up(session)
        self.assertEqual(bye.all('x-many'), [str(number) for number in range(32)])
        self.assertEqual((bye.all('x-a'), bye.all('x-evil')), ([], []))

    def contact(self, number):
        return f'sip:phone{number}@{self.peer.uri.partition("@")[2]}'

    def fork(self, invite, number, status, **options):
        self.peer.respond(invite, status, tag=f'tag{number}', contact=False,
                          headers=[f'Contact: <{self.contact(number)}>'], **options)

    def test_branches(self):
        """Branches: each phone that rings behind a proxy is one (CALL-34)"""
        session, invite = self.dial()
        self.assertEqual(self.get(session, 'Branches'), [[self.peer.uri, 'trying', 0]])
        self.fork(invite, 1, 180)
        self.daemon.wait(session, 'ringing')
        self.assertEqual(self.get(session, 'Branches'), [[self.peer.uri, 'ringing', 180]])
        self.fork(invite, 2, 183)
        self.fork(invite, 3, 180)
        self.fork(invite, 1, 181)
        self.fork(invite, 2, 200, body=SDP)
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.assertEqual(self.get(session, 'Branches'), [
            [self.contact(1), 'ended', 181], [self.contact(2), 'active', 200],
            [self.contact(3), 'ended', 180]])
        self.hang_up(session)
        self.assertEqual([entry[1] for entry in self.get(session, 'Branches')],
                         ['ended', 'active', 'ended'])

    def test_branches_refused(self):
        """Branches that rang and were refused as one; and too many of them"""
        session, invite = self.dial()
        for number in range(40):
            self.fork(invite, number, 180)
        self.peer.respond(invite, 603, tag='proxy')
        self.peer.expect('ACK')
        self.daemon.wait(session, 'ended')
        self.assertEqual(self.get(session, 'Branches'), [
            [self.contact(number), 'ended', 603] for number in range(32)])

    def phone(self):
        """Where a phone would hear, and what it says of that in SDP."""
        sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(sound.close)
        sound.bind(('127.0.0.1', 0))
        sound.settimeout(10)
        port = sound.getsockname()[1]
        return sound, SDP.replace('m=audio 61500', f'm=audio {port}')

    def assertHears(self, session, sound):
        """A packet of the session arrives there, sent from now on."""
        sound.setblocking(False)
        try:
            while sound.recv(2000):
                pass
        except BlockingIOError:
            sound.settimeout(10)
        self.assertEqual(sound.recv(2000)[1] & 0x7f, 0)  # PCMU
        # The thread of the media tells the address with its next statistics.
        wanted, stream, end = '127.0.0.1:%d' % sound.getsockname()[1], [], time.monotonic() + 10
        while wanted not in stream[-1:]:
            self.assertLess(time.monotonic(), end, stream)
            stream.append(self.daemon.get(f'{session}/stream/0', 'Stream', 'RemoteAddress'))

    def early_media(self, endpoint):
        """A call with early media of one phone, and then of another one, which has a call."""
        session, invite = self.dial(endpoint)
        (first, first_sdp), (second, second_sdp) = self.phone(), self.phone()
        self.fork(invite, 1, 183, body=first_sdp)
        self.monitor.wait(lambda signal: signal.path == session
                          and signal.member == 'PropertiesChanged'
                          and signal.arguments[1].get('EarlyMedia'), what='early media')
        self.daemon.call(session, 'Session', 'PlayTone', 's', '440')
        self.assertHears(session, first)
        self.fork(invite, 2, 180, body=second_sdp)
        self.daemon.wait(session, 'ringing')
        return session, invite, first, second

    def test_follow_early_media(self):
        """the sound of a call that forks is that of the phone that spoke last (CALL-34)"""
        session, invite, _first, second = self.early_media('')
        self.assertHears(session, second)
        self.fork(invite, 2, 200)
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.assertHears(session, second)
        self.hang_up(session)

    def test_keep_early_media(self):
        """follow-early-media-fork=no: the first phone is heard until one answers (CALL-34)"""
        session, invite, first, second = self.early_media('stubborn')
        self.assertHears(session, first)
        self.fork(invite, 1, 183)
        self.assertHears(session, first)
        self.fork(invite, 2, 200)  # what it said before is its answer
        self.peer.expect('ACK')
        self.daemon.wait(session, 'active')
        self.assertHears(session, second)
        self.hang_up(session)


if __name__ == '__main__':
    agent.main()
