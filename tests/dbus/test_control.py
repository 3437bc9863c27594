# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A telephone that consists of busctl alone; on the other side is sipp."""

import pathlib
import tempfile
import time
import unittest
import wave

import agent
from bus_monitor import Monitor
from daemon import BusError, Daemon, DaemonTestCase, anyone
from sip_peer import SDP, Peer
from test_sipp import Sipp

SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'


def loudest(path):
    """The greatest sample of a file of a fifth of a second or more."""
    with wave.open(path, 'rb') as file:
        rate, frames = file.getframerate(), file.readframes(file.getnframes())
    if rate != 8000 or len(frames) < 3200:
        raise AssertionError(f'{path}: {len(frames)} bytes at {rate} Hz')
    return max(abs(int.from_bytes(frames[at:at + 2], 'little', signed=True))
               for at in range(0, len(frames), 2))


class Phone(DaemonTestCase):
    """No route takes the calls: whoever is on the bus does."""

    config = anyone(endpoint='codecs=pcmu').replace('t1=50ms', 't1=500ms')

    def setUp(self):
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)
        self.session = None

    def sipp(self, scenario, *options, transport='udp', family='ipv4', calls=False):
        """sipp, which waits for a call, or calls us."""
        target = self.daemon.address(transport, family) if calls else None
        sipp = Sipp(SCENARIOS / scenario, transport, family, target, user='me',
                    options=options)
        self.addCleanup(lambda: sipp.process.poll() is None and sipp.process.kill())
        return sipp if calls else sipp.listening(transport)

    def method(self, name, *arguments):
        return self.daemon.call(self.session, 'Session', name, *arguments)

    def get(self, name):
        return self.daemon.get(self.session, 'Session', name)

    def stream(self, name):
        return self.daemon.get(f'{self.session}/stream/0', 'Stream', name)

    def wait(self, state):
        result = self.daemon.wait(self.session, state)
        self.assertEqual(result[0], state, self.daemon.report())
        return result

    def incoming(self):
        """Waits for a call; the session."""
        found = self.monitor.wait(
            lambda signal: signal.member == 'InterfacesAdded'
            and 'org.ahoy.Ahoy1.Session' in signal.arguments[1], what='call that comes in')
        self.session = found.object
        return found.arguments[1]['org.ahoy.Ahoy1.Session']

    def finished(self, sipp):
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)

    def wait_for_packets(self, name, count):
        end = time.monotonic() + 30
        while (packets := self.stream(name)) < count:
            self.assertLess(time.monotonic(), end,
                            self.daemon.get_all(f'{self.session}/stream/0', 'Stream'))
        return packets

    def ended(self, **wanted):
        """The end as its signal and its properties tell it."""
        signal = self.monitor.wait_for(self.session, 'Ended')
        told = dict(zip(('EndStatus', 'EndReason', 'EndedBy'), signal.arguments))
        for name, value in wanted.items():
            if name in told:
                self.assertEqual(told[name], value, name)
            self.assertEqual(self.get(name), value, name)
        self.assertEqual(self.get('State'), 'ended')
        self.assertGreater(self.get('EndedAt'), 0)


class Outgoing(Phone):
    def dial(self, sipp, state='active'):
        self.session = self.daemon.dial(sipp.uri)
        self.wait(state)

    def test_whole_call(self):
        """dial, wait, digits both ways, hold, resume, statistics, mute, hang up"""
        sipp = self.sipp('uas_hold', '-rtp_echo')
        self.dial(sipp)
        self.assertEqual(self.get('Direction'), 'outgoing')
        self.assertEqual(self.get('Target'), sipp.uri)
        self.assertEqual(self.get('RemoteUri'), sipp.uri)
        self.assertRegex(self.get('LocalUri'), r'^sip:anonymous@127\.0\.0\.1:\d+$')
        self.assertEqual(self.get('Endpoint'), '/org/ahoy/Ahoy1/endpoint/anonymous')
        self.assertEqual(self.get('Hold'), 'none')
        self.assertGreaterEqual(self.get('AnsweredAt'), self.get('CreatedAt'))
        self.assertEqual(self.get('Branches'), [[sipp.uri, 'active', 200]])
        self.assertEqual([self.stream(name) for name in
                          ('Media', 'Direction', 'Codec', 'ClockRate')],
                         ['audio', 'sendrecv', 'PCMU', 8000])

        self.method('PlayTone', 's', '440')
        self.wait_for_packets('PacketsReceived', 20)
        self.assertGreater(self.stream('PacketsSent'), 0)
        self.assertEqual(self.stream('PacketsLost'), 0)
        self.method('StopPlaying')

        self.method('SendDtmf', 'su', '1#', 80)
        for digit in '1#':
            self.monitor.wait(lambda signal, digit=digit: signal.member == 'DtmfReceived'
                              and signal.path == self.session and signal.arguments[0] == digit,
                              what=f'digit {digit}')

        self.assertEqual(self.method('Hold'), [200, 'OK'])
        self.assertEqual(self.get('Hold'), 'local')
        self.assertEqual(self.stream('Direction'), 'sendonly')
        self.assertEqual(self.method('Resume'), [200, 'OK'])
        self.assertEqual(self.get('Hold'), 'none')
        self.assertEqual(self.stream('Direction'), 'sendrecv')

        self.assertFalse(self.get('Muted'))
        self.method('SetMuted', 'b', 'true')
        self.assertTrue(self.get('Muted'))
        self.method('SetMuted', 'b', 'false')
        self.assertFalse(self.get('Muted'))
        muted = [signal.arguments[1]['Muted'] for signal in self.monitor.of(self.session)
                 if signal.member == 'PropertiesChanged' and 'Muted' in signal.arguments[1]]
        self.assertEqual(muted, [True, False])

        ladder = self.method('GetLadder')[0]
        self.assertIn('INVITE +SDP', ladder)
        self.assertIn('200 OK +SDP', ladder)
        self.assertTrue(any(message[2].startswith('INVITE')
                            for message in self.method('GetHistory')[0]))
        self.method('Hangup')
        self.wait('ended')
        self.ended(EndStatus=200, EndedBy='local', EndCause=16)
        self.method('Hangup')  # once more does nothing
        self.finished(sipp)

    def test_play_and_record(self):
        """a file is played to sipp, which echoes it, and its echo is recorded"""
        sipp = self.sipp('uas_hold', '-rtp_echo')
        with tempfile.TemporaryDirectory() as folder:
            played, recorded, muted, unmuted = (
                f'{folder}/{name}.wav' for name in ('played', 'recorded', 'muted', 'unmuted'))
            with wave.open(played, 'wb') as file:
                file.setparams((1, 2, 8000, 0, 'NONE', ''))
                file.writeframes(b''.join(
                    (8000 if at // 8 % 2 else -8000).to_bytes(2, 'little', signed=True)
                    for at in range(4000)))
            self.dial(sipp)
            self.method('Record', 'sa{sv}', recorded, 0)
            self.method('Play', 's', played)
            ended = self.monitor.wait_for(self.session, 'PlayingEnded')
            self.assertEqual(ended.arguments, [True])
            self.wait_for_packets('PacketsReceived', 25)
            self.method('StopRecording')

            # what is muted comes back as silence (CALL-61)
            self.method('SetMuted', 'b', 'true')
            self.method('PlayTone', 's', '440')
            self.wait_for_packets('PacketsReceived', self.stream('PacketsReceived') + 10)
            self.method('Record', 'sa{sv}', muted, 0)
            self.wait_for_packets('PacketsReceived', self.stream('PacketsReceived') + 15)
            self.method('StopRecording')
            self.method('SetMuted', 'b', 'false')
            self.wait_for_packets('PacketsReceived', self.stream('PacketsReceived') + 10)
            self.method('Record', 'sa{sv}', unmuted, 0)
            self.wait_for_packets('PacketsReceived', self.stream('PacketsReceived') + 15)
            self.method('StopRecording')

            self.assertEqual(self.method('Hold'), [200, 'OK'])
            self.assertEqual(self.method('Resume'), [200, 'OK'])
            self.method('Hangup')
            self.finished(sipp)
            self.assertAlmostEqual(loudest(recorded), 8000, delta=800)
            self.assertLess(loudest(muted), 20)
            self.assertGreater(loudest(unmuted), 1000)

    def test_requests(self):
        """INFO, MESSAGE and a method of one's own inside a call (CORE-12)"""
        sipp = self.sipp('uas_requests')
        self.dial(sipp)
        self.assertEqual(self.method('SendInfo', 'say', 'application/x-test', 2, 65, 66),
                         [200, 'OK'])
        self.assertEqual(self.method('SendMessage', 'say', 'text/plain', 2, 104, 105),
                         [202, 'Accepted'])
        status, reason, headers, kind, body = self.method(
            'SendRequest', 'sa(ss)say', 'FETCH', 1, 'X-Colour', 'red', '', 0)
        self.assertEqual([status, reason, kind], [299, 'Fine', 'text/plain'])
        self.assertIn(['X-Answer', 'first'], headers)
        self.assertEqual(bytes(body), b'hello')
        self.method('Hangup')
        self.finished(sipp)

    def test_request_outside(self):
        """a request outside of a call: the answer with its headers (CORE-12)"""
        sipp = self.sipp('uas_options')
        status, reason, headers, _kind, _body = self.daemon.call(
            '', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', 'anonymous', 'OPTIONS', sipp.uri, 1,
            'X-Colour', 'red', '', 0, 0)
        self.assertEqual([status, reason], [200, 'OK'])
        self.assertIn(['X-Answer', 'first'], headers)
        self.finished(sipp)
        # nobody answers, and the time is up before timer F (64 times 50 ms)
        silent = self.daemon.call(
            '', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS', 'sip:x@127.0.0.1:1',
            0, '', 0, 1, 'timeout', 'u', 1)
        self.assertIn(silent[0], (408, 503))

    def test_cancel(self):
        """a call that rings is given up"""
        sipp = self.sipp('uas_ringing')
        self.dial(sipp, 'ringing')
        self.method('Hangup')
        self.wait('ended')
        self.ended(EndStatus=487, EndedBy='local')
        self.finished(sipp)

    def test_timeout(self):
        """a call that nobody answers ends by itself"""
        sipp = self.sipp('uas_ringing')
        self.session = self.daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', sipp.uri,
                                        1, 'timeout', 'u', 1)[0]
        self.wait('ended')
        self.ended(EndStatus=408, EndedBy='local')
        self.finished(sipp)

    def test_busy(self):
        """sipp is busy"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        self.session = self.daemon.dial(sipp.uri)
        self.assertEqual(self.wait('ended')[:2], ['ended', 486])
        self.ended(EndStatus=486, EndedBy='remote', EndCause=17)
        self.finished(sipp)


class Incoming(Phone):
    def test_answer(self):
        """ring, answer, read what came with the call, hang up"""
        for transport, family in (('udp', 'ipv4'), ('tcp', 'ipv6')):
            with self.subTest(transport=transport, family=family):
                self.monitor.signals.clear()
                sipp = self.sipp('uac_answered', '-rtp_echo', transport=transport, family=family,
                                 calls=True)
                shown = self.incoming()
                self.assertEqual(shown['Direction'], 'incoming')
                self.assertEqual(self.get('RemoteName'), 'Quinn Sipp')
                self.assertRegex(self.get('RemoteUri'), '^sip:quinn@')
                self.assertRegex(self.get('Target'), '^sip:me@')
                self.assertEqual(self.method('GetHeader', 'su', 'X-Colour', 0), ['green'])
                self.assertEqual(self.method('GetHeader', 'su', 'x-colour', 1), ['blue'])
                with self.assertRaisesRegex(BusError, 'no header X-Colour number 2'):
                    self.method('GetHeader', 'su', 'X-Colour', 2)
                self.method('Ring')
                self.assertEqual(self.wait('ringing')[0], 'ringing')
                self.method('Answer')
                self.wait('active')
                self.assertEqual(self.stream('Codec'), 'PCMU')
                with self.assertRaisesRegex(BusError, 'Session [0-9]+ cannot be answered: it is '
                                                      'incoming and active'):
                    self.method('Answer')
                self.method('Hangup')
                self.ended(EndStatus=200, EndedBy='local')
                self.finished(sipp)

    def test_caller_hangs_up(self):
        """sipp calls and hangs up"""
        sipp = Sipp('uac_media', 'udp', 'ipv4', self.daemon.address(), user='me')
        self.incoming()
        self.method('Answer')
        self.ended(EndStatus=200, EndedBy='remote')
        self.finished(sipp)

    def test_caller_cancels(self):
        """sipp gives up"""
        sipp = Sipp('uac_cancel', 'udp', 'ipv4', self.daemon.address(), user='me')
        self.incoming()
        self.method('Ring')
        self.ended(EndStatus=487, EndedBy='remote')
        self.finished(sipp)

    def test_reject(self):
        """a call is refused"""
        sipp = self.sipp('uac_603', calls=True)
        self.incoming()
        self.method('Reject', 'qs', 603, 'Not today')
        self.ended(EndStatus=603, EndedBy='local', EndReason='Not today')
        self.finished(sipp)

    def test_redirect(self):
        """a call is sent elsewhere"""
        sipp = self.sipp('uac_302', calls=True)
        self.incoming()
        self.method('Redirect', 's', 'sip:elsewhere@192.0.2.7')
        self.ended(EndStatus=302, EndedBy='local')
        self.finished(sipp)

    def test_several_calls(self):
        """a second call waits, and is answered while the first one is held (CALL-60)"""
        self.daemon.wait_for_sessions(0)
        first = self.sipp('uac_held', calls=True)
        self.incoming()
        held = self.session
        self.method('Answer')
        self.wait('active')
        self.monitor.signals.clear()
        second = self.sipp('uac_answered', calls=True)
        self.incoming()
        self.assertNotEqual(self.session, held)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 2)
        self.method('HoldAndAnswer')
        self.wait('active')
        self.assertEqual(self.daemon.get(held, 'Session', 'Hold'), 'local')
        self.assertEqual(self.get('Hold'), 'none')
        for self.session in (held, self.session):
            self.method('Hangup')
            self.ended(EndStatus=200, EndedBy='local')
        self.finished(first)
        self.finished(second)


class SlowPeer(unittest.TestCase):
    def test_hold_and_answer(self):
        """a peer that does not say that it is held does not keep the next call waiting"""
        daemon = Daemon(anyone(endpoint='codecs=pcmu').replace('t1=50ms', 't1=500ms'))
        self.addCleanup(daemon.stop)
        peer = Peer('udp', '127.0.0.1', daemon.address())
        self.addCleanup(peer.close)
        peer.send('INVITE', body=SDP)
        invite, = peer.invites.values()
        peer.expect(100, 20, skip=())
        held, = daemon.objects('session')
        daemon.call(held, 'Session', 'Answer')
        answer = peer.expect(200, 20)
        peer.send_raw('\r\n'.join([
            f'ACK {answer.contact.uri} SIP/2.0', f'Via: {peer.via()}',
            f'From: {invite["from"]}', f'To: {answer["to"]}', f'Call-ID: {invite["call-id"]}',
            f'CSeq: {invite.cseq} ACK', 'Max-Forwards: 70', 'Content-Length: 0', '', '']))
        daemon.wait(held, 'active')

        sipp = Sipp(SCENARIOS / 'uac_answered', 'udp', 'ipv4', daemon.address(), user='me')
        daemon.wait_for_sessions(2)
        waiting = daemon.objects('session')[1]
        daemon.call(waiting, 'Session', 'HoldAndAnswer', timeout=60)
        self.assertEqual(daemon.wait(waiting, 'active')[0], 'active')
        self.assertEqual(peer.expect('INVITE', 20, skip=(100, 200)).method, 'INVITE')
        # the peer never answered: it is not held yet, and the other one was not kept waiting
        self.assertEqual(daemon.get(held, 'Session', 'State'), 'active')
        for session in (waiting, held):
            daemon.call(session, 'Session', 'Hangup')
        self.assertEqual(sipp.finish()[0], 0)
        bye = peer.expect('BYE', 40, skip=('INVITE', 'CANCEL', 100, 200))
        peer.respond(bye, 200, 'OK')


if __name__ == '__main__':
    agent.main(220)
