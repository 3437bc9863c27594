# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The test plan of bridges: sipp as Alice and as Bob, joined by ahoyd, over four transports.

Where both speak, each of them hears the tone of the other, and nothing else.
"""

import itertools

import agent
from daemon import anyone
from matrix import MatrixTestCase, row
from sip_peer import Failure

HEARD = 0.4  # s
NUMBERS = itertools.count(700000)


def route(run, bob, do='dial(<{bob}>)'):
    """A number that leads to Bob."""
    uri = bob if isinstance(bob, str) else bob.uri
    number = f'{next(NUMBERS)}'
    run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'route', f'r{number}', 3, 'context', 'demo',
                    'match', number, 'do', do.format(bob=uri))
    return number


def members(run, session):
    """The two sessions of a call that goes through: that of the one who was there first."""
    run.daemon.wait(session, 'active')
    for _ in range(200):
        bridge = run.daemon.get(session, 'Session', 'Bridge')
        found = run.daemon.get(bridge, 'Bridge', 'Members') if bridge != '/' else []
        if len(found) == 2:
            run.daemon.wait([path for path in found if path != session][0], 'active')
            return session, [path for path in found if path != session][0]
    raise Failure(f'{session} was joined with nobody')


def converse(run, parties, sessions):
    """Each hears the tone of the other one."""
    for number, (party, session) in enumerate(zip(parties, sessions)):
        party.send_tone(run.media_address(session), run.frequency + 300 * number)
    heard = [parties[0].hear(run.frequency + 300, HEARD), parties[1].hear(run.frequency, HEARD)]
    return ' and '.join(f'{each.frequency:.0f}' for each in heard) + ' Hz'


def call(run, alice, bob):
    """Alice calls Bob; both sipps, and both sessions, when they have heard each other."""
    parties = run.rtp(), run.rtp()
    callee = run.sipp_answers(bob, parties[1])
    caller = run.sipp_calls(alice, route(run, callee), parties[0])
    sessions = members(run, run.session())
    return (caller, callee), sessions, converse(run, parties, sessions)


def originate(run, first, second, **options):
    """The path of the session of the first, which may have ended by now."""
    types = {'timeout': 'u', 'late-offer': 'b'}
    values = [value for name, text in options.items() for value in (name, types[name], text)]
    run.daemon.call('', 'Manager', 'Originate', 'ssa{sv}', first, second, len(options), *values)
    return next(path for path, interfaces in run.daemon.everything().items()
                if interfaces.get('org.ahoy.Ahoy1.Session', {}).get('Target', {}).get('data')
                == first)


def joined(run, alice, bob, late):
    """We call Alice and then Bob."""
    parties = run.rtp(), run.rtp()
    sipps = run.sipp_answers(alice, parties[0]), run.sipp_answers(bob, parties[1])
    options = {'late-offer': 'true'} if late else {}
    sessions = members(run, originate(run, sipps[0].uri, sipps[1].uri, **options))
    return sipps, sessions, converse(run, parties, sessions)


def finish(run, sipps, sessions, *ends):
    """Both came to the end of their scenarios, and the sessions ended so."""
    for sipp in sipps:
        run.succeed(sipp)
    for session, by in zip(sessions, ends):
        run.ended(session, EndedBy=by, EndStatus=200)


class Nominal(MatrixTestCase):
    config = anyone().replace('t1=50ms', '')

    @row('BRDG-09')
    def test_alice_hangs_up(run):
        """BRDG-09: Alice calls Bob, and hangs up"""
        sipps, sessions, heard = call(run, 'uac_told', 'uas_heard')
        run.tell_to_hang_up(sessions[0])
        finish(run, sipps, sessions, 'remote', 'local')
        return heard

    @row('BRDG-10')
    def test_bob_hangs_up(run):
        """BRDG-10: Alice calls Bob, who hangs up"""
        sipps, sessions, heard = call(run, 'uac_heard', 'uas_told')
        run.tell_to_hang_up(sessions[1])
        finish(run, sipps, sessions, 'local', 'remote')
        return heard

    @row('BRDG-11')
    def test_first_hangs_up(run):
        """BRDG-11: we call both, and Alice hangs up; with our offer"""
        sipps, sessions, heard = joined(run, 'uas_told', 'uas_heard', False)
        run.tell_to_hang_up(sessions[0])
        finish(run, sipps, sessions, 'remote', 'local')
        return heard

    @row('BRDG-11')
    def test_first_hangs_up_late(run):
        """BRDG-11: we call both, and Alice hangs up; without an offer of ours"""
        sipps, sessions, heard = joined(run, 'uas_told_late', 'uas_late_offer', True)
        run.tell_to_hang_up(sessions[0])
        finish(run, sipps, sessions, 'remote', 'local')
        return heard

    @row('BRDG-12')
    def test_second_hangs_up(run):
        """BRDG-12: we call both, and Bob hangs up; with our offer"""
        sipps, sessions, heard = joined(run, 'uas_heard', 'uas_told', False)
        run.tell_to_hang_up(sessions[1])
        finish(run, sipps, sessions, 'local', 'remote')
        return heard

    @row('BRDG-12')
    def test_second_hangs_up_late(run):
        """BRDG-12: we call both, and Bob hangs up; without an offer of ours"""
        sipps, sessions, heard = joined(run, 'uas_late_offer', 'uas_told_late', True)
        run.tell_to_hang_up(sessions[1])
        finish(run, sipps, sessions, 'local', 'remote')
        return heard


class Forward(MatrixTestCase):
    """Who is called names somebody else; the caller is shown who that is."""

    config = anyone(endpoint='send-identity=pai').replace('t1=50ms', '')

    @row('BRDG-08')
    def test_forwarded(run):
        """BRDG-08, XFER-25: Bob sends Alice to Carol (302), and she is shown that"""
        parties = run.rtp(), run.rtp()
        carol = run.sipp_answers('uas_heard', parties[1], 'carol')
        bob = run.sipp_answers('uas_302', keys={'elsewhere': carol.uri})
        alice = run.sipp_calls('uac_told_identity', route(run, bob), parties[0])
        sessions = members(run, run.session())
        heard = converse(run, parties, sessions)
        run.succeed(bob)
        run.tell_to_hang_up(sessions[0])
        finish(run, (alice, carol), sessions, 'remote', 'local')
        return heard


class Pickup(MatrixTestCase):
    """It rings at Bob's, and Carol takes the call."""

    config = anyone().replace('t1=50ms', '')

    @row('XFER-27')
    def test_picked_up(run):
        """XFER-27: it rings at Bob's, and Carol takes the call; both hear each other"""
        parties = run.rtp(), run.rtp()
        bob = run.sipp_answers('uas_cancelled')
        name = f'bob{bob.port}'
        run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', name, 3, 'auth', 'none',
                        'identify', 'username', 'contact', f'<{bob.uri}>')
        alice = run.sipp_calls('uac_told', route(run, name, 'dial({bob})'), parties[0])
        session = run.session()
        run.daemon.wait(session, 'ringing')
        carol = run.sipp_calls('uac_heard', route(run, name, 'pickup({bob})'), parties[1])
        run.succeed(bob)
        sessions = members(run, session)
        heard = converse(run, parties, sessions)
        run.tell_to_hang_up(sessions[0])
        finish(run, (alice, carol), sessions, 'remote', 'local')
        return heard


class OffNominal(MatrixTestCase):
    config = anyone().replace('t1=50ms', '')

    @row('BRDG-14')
    def test_no_answer(run):
        """BRDG-14: Bob does not answer: CANCEL to him, 408 to Alice"""
        callee = run.sipp_answers('uas_cancelled')
        caller = run.sipp_calls('uac_failed', route(run, callee, 'dial(<{bob}>, timeout=2)'))
        session = run.session()
        for sipp in (callee, caller):
            run.succeed(sipp)
        run.ended(session, EndedBy='local', EndStatus=408)
        return '408'

    @row('BRDG-15')
    def test_busy(run):
        """BRDG-15: Bob is busy: his 486 is acknowledged, and Alice gets it"""
        callee = run.sipp_answers('uas_486')
        caller = run.sipp_calls('uac_486', route(run, callee))
        for sipp in (callee, caller):
            run.succeed(sipp)
        return '486'

    @row('BRDG-16')
    def test_abandoned(run):
        """BRDG-16: Alice gives up: CANCEL to Bob; 200 to her CANCEL, 487 to her INVITE"""
        callee = run.sipp_answers('uas_cancelled')
        caller = run.sipp_calls('uac_cancel', route(run, callee))
        session = run.session()
        for sipp in (caller, callee):
            run.succeed(sipp)
        run.ended(session, EndedBy='remote', EndStatus=487)

    @row('BRDG-17')
    def test_incompatible(run):
        """BRDG-17: Bob answers with what was not offered: ACK and BYE to him, 488 to Alice"""
        callee = run.sipp_answers('uas_g729')
        caller = run.sipp_calls('uac_failed', route(run, callee))
        session = run.session()
        for sipp in (callee, caller):
            run.succeed(sipp)
        run.ended(session, EndedBy='local', EndStatus=488)
        return '488'

    @row('BRDG-17')
    def test_incompatible_later(run):
        """BRDG-17: the same when Alice was answered before: BYE to her, too"""
        callee = run.sipp_answers('uas_g729')
        caller = run.sipp_calls('uac_heard', route(run, callee, 'answer, dial(<{bob}>)'), run.rtp())
        session = run.session()
        for sipp in (callee, caller):
            run.succeed(sipp)
        run.ended(session, EndedBy='local')
        return 'BYE'

    @row('BRDG-19')
    def test_second_does_not_answer(run):
        """BRDG-19: we call both, and Bob does not answer: CANCEL to him, BYE to Alice"""
        sipps = run.sipp_answers('uas_heard', run.rtp()), run.sipp_answers('uas_cancelled')
        session = originate(run, sipps[0].uri, sipps[1].uri, timeout=3)
        finish(run, sipps, [session], 'local')

    @row('BRDG-20')
    def test_second_is_busy(run):
        """BRDG-20: we call both, and Bob is busy: ACK to him, BYE to Alice"""
        sipps = run.sipp_answers('uas_heard', run.rtp()), run.sipp_answers('uas_486')
        session = originate(run, sipps[0].uri, sipps[1].uri)
        finish(run, sipps, [session], 'local')

    @row('BRDG-21')
    def test_first_gives_up(run):
        """BRDG-21: we call both, and Alice hangs up while it rings at Bob's: CANCEL to him"""
        sipps = run.sipp_answers('uas_told', run.rtp()), run.sipp_answers('uas_cancelled')
        session = originate(run, sipps[0].uri, sipps[1].uri)
        run.daemon.wait(session, 'active')
        run.tell_to_hang_up(session)
        finish(run, sipps, [session], 'remote')

    @row('BRDG-22')
    def test_second_is_incompatible(run):
        """BRDG-22: we call both, and what Bob answers does not fit: ACK and BYE to both"""
        sipps = run.sipp_answers('uas_heard', run.rtp()), run.sipp_answers('uas_g729')
        session = originate(run, sipps[0].uri, sipps[1].uri)
        finish(run, sipps, [session], 'local')


class Absent(MatrixTestCase):
    """Nobody is where Bob should be: timer B is short here."""

    config = anyone(core='timer-b=3s').replace('t1=50ms', '')

    @row('BRDG-13')
    def test_absent(run):
        """BRDG-13: Bob does not exist: timer B, or a refused connection, and an error to Alice"""
        caller = run.sipp_calls('uac_failed', route(run, run.silent_port()))
        session = run.session()
        run.succeed(caller)
        facts = run.ended(session, EndedBy='local')
        if facts['EndStatus'] != (408 if run.transport == 'udp' else 500):
            raise Failure(f'ended with {facts["EndStatus"]}')
        return str(facts['EndStatus'])

    @row('BRDG-18')
    def test_second_is_absent(run):
        """BRDG-18: we call both, and Bob does not exist: BYE to Alice after timer B"""
        sipp = run.sipp_answers('uas_heard', run.rtp())
        session = originate(run, sipp.uri, run.silent_port())
        facts = run.ended(session, EndedBy='local', EndStatus=200)
        seconds = (facts['EndedAt'] - facts['AnsweredAt']) / 1e6
        if run.transport == 'udp' and seconds < 2.9:
            raise Failure(f'ended after {seconds} s')
        run.succeed(sipp)
        return f'after {seconds:.2f} s'


if __name__ == '__main__':
    agent.main(230)
