# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CALL-58, CALL-59: calls that are answered without a hand, ours and those of others (RFC 5373)."""

import time

import agent
from daemon import anyone
from matrix import MatrixTestCase, PATHS, row
from sip_peer import SDP, Call, Failure

UDP = [path for path in PATHS if path[0] == 'udp']
AUTO, MANUAL = 'Answer-Mode: Auto', 'Answer-Mode: Manual'
REQUIRE = 'Require: answermode'

# What is asked for: name, headers; answered by itself, or the refusal, when auto-answer=asked
ASKED = (
    ('nothing', [], False),
    ('Answer-Mode', [AUTO], True),
    ('Answer-Mode, required', [AUTO + ';require', REQUIRE], True),
    ('in small letters', ['answer-mode: auto ; require'], True),
    ('Priv-Answer-Mode', ['Priv-Answer-Mode: Auto'], True),
    ('by hand', [MANUAL], False),
    ('by hand, required', [MANUAL + ';require', REQUIRE], False),
    ('Priv wins', ['Priv-Answer-Mode: Manual', AUTO], False),
    ('nonsense', ['Answer-Mode: Sometimes'], False),
    ('answer-after', ['Call-Info: <sip:x@h>;answer-after=0'], True),
    ('answer-after, second one', ['Call-Info: <http://h/p>;purpose=icon',
                                  'Call-Info: <sip:h>;answer-after=0'], True),
    ('answer-after in the URI', ['Call-Info: <sip:h;answer-after=0>'], False),
    ('answer-after nonsense', ['Call-Info: <sip:h>;answer-after=-1'], False),
    ('answer-after too long', ['Call-Info: <sip:h>;answer-after=99999'], False),
    ('alert-autoanswer', ['Alert-Info: <http://h>;info=alert-autoanswer;delay=0'], True),
    ('Auto Answer', ['Alert-Info: Auto Answer'], True),
    ('Ring Answer', ['Alert-Info: info="Ring Answer";delay=0'], True),
    ('another bell', ['Alert-Info: <http://h/autoanswer>;info=alert-group'], False),
)


def endpoint(policy, number):
    return f'''
[endpoint {policy}{number}]
auth=none
identify=username
auto-answer={policy}
context=demo
'''


class AnswerMode(MatrixTestCase):
    config = anyone(('600', 'ring, wait(5min)'), ('602', 'answer, wait(5min)'),
                    endpoint='auto-answer=asked').replace('t1=50ms', '') + '''
[endpoint door]
auth=none
variables=SIP_AUTO_ANSWER=1
'''

    @row('CALL-58')
    def test_we_ask(run):
        """CALL-58: sipp is asked to answer, in the first INVITE and in nothing else"""
        sipp = run.sipp_answers('uas_answer_mode')
        session = run.daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', sipp.uri, 1,
                                  'variables', 'a{ss}', 1, 'SIP_AUTO_ANSWER', '1')[0]
        run.daemon.wait(session, 'active')
        status = run.daemon.call(session, 'Session', 'Refresh', 's', 'INVITE')[0]
        if status != 200:
            raise Failure(f'the re-INVITE was answered with {status}')
        run.daemon.call(session, 'Session', 'Hangup')
        run.ended(session, EndedBy='local', EndStatus=200)
        run.succeed(sipp)

    @row('CALL-58', UDP[:1])
    def test_we_do_not_ask(run):
        """CALL-58: nobody is asked where the variable is not set, or empty"""
        for variables in ([0], [1, 'SIP_AUTO_ANSWER', '']):
            peer = run.peer(target=False)
            session = run.daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', peer.uri, 1,
                                      'variables', 'a{ss}', *variables)[0]
            invite = peer.expect('INVITE')
            if invite['answer-mode'] or 'answermode' in (invite['require'] or ''):
                raise Failure(f'it asks: {invite.to_bytes()}')
            peer.respond(invite, 486)
            run.daemon.wait(session, 'ended')

    @row('CALL-58', UDP[:1])
    def test_endpoint_asks(run):
        """CALL-58: an endpoint whose calls have the variable asks, once, with a password too"""
        peer = run.peer(target=False)
        session = run.daemon.call('', 'Manager', 'Dial', 'ss', 'door', peer.uri)[0]
        invite = peer.expect('INVITE')
        if (invite['answer-mode'], invite.all('require')) != ('Auto', ['answermode']):
            raise Failure(f'it does not ask, or twice: {invite.to_bytes()}')
        peer.respond(invite, 420, headers=['Unsupported: answermode'])
        run.daemon.wait(session, 'ended')

    @staticmethod
    def check(run, user, headers, wanted):
        """Calls a number that rings; whether it is answered by itself."""
        peer = run.peer()
        call = Call(peer, peer.target_uri('600'))
        if user:
            call.local = f'<sip:{user}@127.0.0.1>'
        invite = peer.build_invite(call.remote_target, body=SDP.encode(), headers=headers,
                                   from_=f'{call.local};tag={call.local_tag}')
        peer.send(invite)
        refused = isinstance(wanted, int) and not isinstance(wanted, bool)
        if refused:
            answer = peer.expect(wanted, skip=(100,))
            peer.send(peer.ack_failure(invite, answer))
            if wanted == 420 and answer['unsupported'] != 'answermode':
                raise Failure(f'420 says {answer["unsupported"]}')
            return
        peer.expect(180)
        if wanted:
            answer = peer.expect(200)
            call.call_id, call.cseq = invite.call_id, invite.cseq
            peer.send('ACK', call=call.established(answer), cseq=invite.cseq)
            said = any('nswer-' in header and 'Mode' in header.title() for header in headers)
            if (answer['answer-mode'] or '') != ('Auto' if said else ''):
                raise Failure(f'the 200 says Answer-Mode: {answer["answer-mode"]}')
            peer.send('BYE', call=call)
            peer.expect(200)
            return
        peer.expect_nothing(0.1)
        peer.send(peer.cancel_of(invite))
        peer.expect('200 CANCEL')
        peer.send(peer.ack_failure(invite, peer.expect('487 INVITE')))

    @row('CALL-59', [('udp', 'ipv4'), ('tcp', 'ipv6')])
    def test_they_ask(run):
        """CALL-59: what callers ask for, in all the ways that there are"""
        for name, headers, wanted in ASKED:
            try:
                AnswerMode.check(run, None, headers, wanted)
            except Failure as failure:
                raise Failure(f'{name}: {failure}') from None
        return f'{len(ASKED)} ways to ask'

    @row('CALL-59', UDP[:1])
    def test_they_wait(run):
        """CALL-59: answer-after and Ring Answer let it ring first"""
        begin = time.monotonic()
        AnswerMode.check(run, None, ['Call-Info: <sip:h>;answer-after=1'], True)
        seconds = time.monotonic() - begin
        if not 1 <= seconds < 10:
            raise Failure(f'answered after {seconds:.1f} s')
        AnswerMode.check(run, None, ['Alert-Info: <http://h>;info=ring-answer;delay=1'], True)
        peer = run.peer()
        invite = peer.build_invite(peer.target_uri('600'), body=SDP.encode(),
                                   headers=['Alert-Info: Ring Answer'])
        peer.send(invite)
        peer.expect(180)
        peer.send(peer.cancel_of(invite))  # the time is over before it comes
        peer.expect('200 CANCEL')
        peer.send(peer.ack_failure(invite, peer.expect('487 INVITE')))
        return f'{seconds:.1f} s'

    @row('CALL-59', UDP[:1])
    def test_by_hand(run):
        """CALL-59: a call that is answered by hand, or by its route, says so"""
        peer = run.peer()
        call = Call(peer, peer.target_uri('602'))
        peer.send('INVITE', call=call, body=SDP, headers=[MANUAL])
        answer = peer.expect(200, skip=(100, 180))
        if answer['answer-mode'] != 'Manual':
            raise Failure(f'Answer-Mode: {answer["answer-mode"]}')
        peer.send('ACK', call=call.established(answer), cseq=call.cseq)
        peer.send('BYE', call=call)
        peer.expect(200)


class Policies(MatrixTestCase):
    config = anyone(('600', 'ring, wait(5min)'), endpoint='').replace('t1=50ms', '') + ''.join(
        endpoint(policy, '') for policy in ('no', 'asked', 'yes'))

    @row('CALL-59', UDP)
    def test_policies(run):
        """CALL-59: who may ask: no refuses what requires it, yes answers all but those by hand"""
        rows = ((None, [AUTO], False), (None, [AUTO, REQUIRE], 420), ('no', [AUTO], False),
                ('no', [AUTO, REQUIRE], 420), ('no', [AUTO + ';require'], 403),
                ('no', [MANUAL + ';require', REQUIRE], False), ('no', [], False),
                ('no', ['Alert-Info: Auto Answer'], False), ('asked', [AUTO, REQUIRE], True),
                ('asked', [], False), ('yes', [], True), ('yes', [MANUAL], False),
                ('yes', [AUTO + ';require'], True), ('yes', ['Call-Info: <sip:h>;answer-after=0'],
                                                     True))
        for user, headers, wanted in rows:
            try:
                AnswerMode.check(run, user, headers, wanted)
            except Failure as failure:
                raise Failure(f'{user} {headers}: {failure}') from None
        return f'{len(rows)} rows'


if __name__ == '__main__':
    agent.main()
