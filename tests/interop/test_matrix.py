# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The test plan: calls between sipp and ahoyd with sound that is measured, over four transports."""

import pathlib
import sys
import tempfile
import threading
import time
import unittest

import agent
import tone
from daemon import anyone
from matrix import Iteration, MatrixDaemon, MatrixTestCase, PATHS, row
from sip_peer import Failure

SOUNDS = tempfile.TemporaryDirectory()
PLAYED = 1000  # Hz
UDP = [path for path in PATHS if path[0] == 'udp']
tone.write(pathlib.Path(SOUNDS.name, 'tone.wav'), PLAYED, 1)
CORE = f'sounds-directory={SOUNDS.name}'


def single(run):
    """There was one session, which the caller cancelled."""
    sessions = run.sessions()
    if len(sessions) != 1:
        raise Failure(f'{len(sessions)} sessions of one INVITE')
    run.ended(sessions[0], EndedBy='remote', EndStatus=487)


class Incoming(MatrixTestCase):
    config = anyone(('600', 'answer, echo'),
                    ('601', 'answer, play(tone.wav), hangup'),
                    ('602', 'answer, play(tone.wav), wait(5min)'),
                    ('603', 'ring, wait(5min)'),
                    core=CORE).replace('t1=50ms', '')

    @row('CALL-40')
    def test_prompt(run):
        """CALL-40: a caller hears a prompt and hangs up"""
        party = run.rtp()
        sipp = run.sipp_calls('uac_told', 602, party)
        heard = party.hear(PLAYED, 0.7)
        session = run.session()
        run.tell_to_hang_up(session)
        run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=200)
        return heard

    @row('CALL-42')
    def test_cancelled(run):
        """CALL-42: the caller cancels"""
        sipp = run.sipp_calls('uac_cancel', 603)
        session = run.session()
        run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=487)

    @row('CALL-45')
    def test_playback(run):
        """CALL-45: a sound is played to the caller, then we hang up"""
        party = run.rtp()
        sipp = run.sipp_calls('uac_heard', 601, party)
        heard = party.hear(PLAYED, 0.8)
        run.ended(run.session(), EndedBy='local', EndStatus=200)
        run.succeed(sipp)
        return heard

    @row('CALL-46')
    def test_echo(run):
        """CALL-46: the caller hears what it said, then hangs up"""
        party = run.rtp()
        sipp = run.sipp_calls('uac_told', 600, party)
        session = run.session()
        run.daemon.wait(session, 'active')
        party.send_tone(run.media_address(session), run.frequency)
        heard = party.hear(run.frequency, 0.5)
        run.tell_to_hang_up(session)
        run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=200)
        return heard

    @row('CALL-49')
    def test_unknown(run):
        """CALL-49: a destination that no route knows: 404"""
        sipp = run.sipp_calls('uac_404', 999)
        run.succeed(sipp)

    @row('CALL-50')
    def test_incompatible(run):
        """CALL-50: G.729 only: 488"""
        run.succeed(run.sipp_calls('uac_488', 600))

    @row('CALL-60')
    def test_three_at_once(run):
        """CALL-60: three callers at once, and each hears only itself"""
        calls = []
        for _ in range(3):
            party = run.rtp()
            sipp = run.sipp_calls('uac_told', 600, party)
            calls.append((sipp, party, run.session()))
        for number, (_, party, session) in enumerate(calls):
            run.daemon.wait(session, 'active')
            party.send_tone(run.media_address(session), run.frequency + 150 * number)
        heard = [party.hear(run.frequency + 150 * number, 0.4)
                 for number, (_, party, _) in enumerate(calls)]
        for sipp, _, session in calls:
            run.tell_to_hang_up(session)
            run.succeed(sipp)
            run.ended(session, EndedBy='remote', EndStatus=200)
        return ', '.join(f'{each.frequency:.1f}' for each in heard) + ' Hz'

    @row('CORE-33')
    def test_merged(run):
        """CORE-33: an INVITE that comes by two ways: 482"""
        run.succeed(run.sipp_calls('uac_merged', 603))
        single(run)

    @row('CORE-33', UDP)
    def test_repeated(run):
        """CORE-33: an INVITE that is repeated makes one session"""
        run.succeed(run.sipp_calls('uac_repeated', 603))
        single(run)


class Outgoing(MatrixTestCase):
    config = anyone(core=CORE).replace('t1=50ms', '')

    @row('CALL-41')
    def test_prompt(run):
        """CALL-41: Dial plays a prompt to whom it calls"""
        party = run.rtp()
        sipp = run.sipp_answers('uas_heard', party)
        session = run.dial(sipp, application='play(tone.wav), wait(5min)')
        heard = party.hear(PLAYED, 0.7)
        run.daemon.call(session, 'Session', 'Hangup')
        run.succeed(sipp)
        run.ended(session, EndedBy='local', EndStatus=200)
        return heard

    @row('CALL-32')
    def test_late_offer(run):
        """CALL-32: our INVITE has no offer; sipp makes one, our ACK answers it, and it hears us"""
        party = run.rtp()
        sipp = run.sipp_answers('uas_late_offer', party)
        session = run.dial(sipp, application='play(tone.wav), wait(5min)', late_offer='true')
        heard = party.hear(PLAYED, 0.7)
        run.daemon.call(session, 'Session', 'Hangup')
        run.succeed(sipp)
        run.ended(session, EndedBy='local', EndStatus=200)
        return heard

    @row('CALL-31')
    def test_crossing(run):
        """CALL-31: our re-INVITE crosses that of sipp: 491 both ways; ours comes again later"""
        sipp = run.sipp_answers('uas_crossing')
        session = run.dial(sipp)
        run.daemon.wait(session, 'active')
        status = run.daemon.call(session, 'Session', 'Hold')
        if status != [200, 'OK'] or run.daemon.get(session, 'Session', 'Hold') != 'local':
            raise Failure(f'{session} is not held: {status}')
        run.daemon.call(session, 'Session', 'Hangup')
        run.succeed(sipp)
        run.ended(session, EndedBy='local', EndStatus=200)

    @row('CALL-51')
    def test_playback(run):
        """CALL-51: we play a sound to whom we call, then hang up"""
        party = run.rtp()
        sipp = run.sipp_answers('uas_heard', party)
        session = run.dial(sipp, application='play(tone.wav), hangup')
        heard = party.hear(PLAYED, 0.8)
        run.ended(session, EndedBy='local', EndStatus=200)
        run.succeed(sipp)
        return heard

    @row('CALL-52')
    def test_echo(run):
        """CALL-52: whom we call hears what it said, then hangs up"""
        party = run.rtp()
        sipp = run.sipp_answers('uas_told', party)
        session = run.dial(sipp, application='echo')
        run.daemon.wait(session, 'active')
        party.send_tone(run.media_address(session), run.frequency)
        heard = party.hear(run.frequency, 0.5)
        run.tell_to_hang_up(session)
        run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=200)
        return heard

    @row('CALL-54')
    def test_no_answer(run):
        """CALL-54: nobody answers: CANCEL when the time of the call is over"""
        sipp = run.sipp_answers('uas_cancelled')
        session = run.dial(sipp, timeout=1)
        run.succeed(sipp)
        facts = run.ended(session, EndedBy='local')
        return f'{facts["EndStatus"]} {facts["EndReason"]}'

    @row('CALL-55')
    def test_busy(run):
        """CALL-55: busy"""
        sipp = run.sipp_answers('uas_486')
        session = run.dial(sipp)
        run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=486, EndCause=17)

    @row('CALL-56')
    def test_abandoned(run):
        """CALL-56: the caller gives up: CANCEL"""
        sipp = run.sipp_answers('uas_cancelled')
        session = run.dial(sipp)
        run.daemon.wait(session, 'ringing')
        run.daemon.call(session, 'Session', 'Hangup')
        run.succeed(sipp)
        run.ended(session, EndedBy='local')

    @row('CALL-57')
    def test_incompatible(run):
        """CALL-57: an answer that does not fit: ACK, then BYE at once"""
        sipp = run.sipp_answers('uas_g729')
        session = run.dial(sipp)
        run.succeed(sipp)
        facts = run.ended(session, EndedBy='local')
        return f'{facts["EndStatus"]}'


class Absent(MatrixTestCase):
    config = anyone()

    @row('CALL-53')
    def test_absent(run):
        """CALL-53: nobody is there: timer B after 64 times 50 ms; TCP refuses at once"""
        session = run.dial_uri(run.silent_port())
        facts = run.ended(session, EndedBy='network')
        seconds = (facts['EndedAt'] - facts['CreatedAt']) / 1e6
        if run.transport == 'udp':
            if facts['EndStatus'] != 408 or seconds < 3.1:
                raise Failure(f'ended with {facts["EndStatus"]} after {seconds} s')
        elif facts['EndStatus'] != 503:
            raise Failure(f'ended with {facts["EndStatus"]} over TCP')
        return f'{facts["EndStatus"]} after {seconds:.2f} s'


class TimerB(unittest.TestCase):
    """Takes 32 s beside all the others: begun with the first of them, and looked at last."""

    @classmethod
    def begin(cls):
        cls.daemon = MatrixDaemon(anyone().replace('t1=50ms', ''))
        unittest.addModuleCleanup(cls.daemon.stop)
        cls.iteration = Iteration(cls.daemon)
        unittest.addModuleCleanup(cls.iteration.stack.close)
        cls.session = cls.iteration.dial_uri(cls.iteration.silent_port())
        # How late this machine is when it is loaded is nobody's fault.
        begin = time.monotonic()
        cls.late = 0.0

        def on_time():
            cls.late = time.monotonic() - begin - 32
        cls.clock = threading.Timer(32, on_time)
        cls.clock.daemon = True
        cls.clock.start()

    def test_absent_for_long(self):
        """CALL-53: with the T1 of the standard nobody is there for 32 s"""
        self.clock.join()
        facts = self.iteration.ended(self.session, EndedBy='network', EndStatus=408)
        seconds = (facts['EndedAt'] - facts['CreatedAt']) / 1e6
        print(f'# CALL-53  absent_for_long          udp ipv4 ok       {seconds:.3f} s measured')
        self.assertGreaterEqual(seconds, 31)
        self.assertLessEqual(seconds, 33 + self.late)


def setUpModule():  # pylint: disable=invalid-name
    if not sys.argv[1:] or any(word in 'TimerB.test_absent_for_long' for word in sys.argv[1:]):
        TimerB.begin()


if __name__ == '__main__':
    agent.main(200)
