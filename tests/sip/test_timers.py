# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-01: session timers (RFC 4028), on a clock that the tests set forward."""

import agent
from sip_peer import SDP, Call

TIMER = 'Supported: timer'
UPDATES = 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE'


def seconds(message):
    return message['session-expires']


class TimersTestCase(agent.SipTestCase):
    shared_agent = True
    keys = ()

    def setUp(self):
        # One agent for the tests of a class, with the keys of that class.
        type(self).agent_arguments = ['--t1', '100'] + [
            word for key in self.keys for word in ('--endpoint', key)]
        super().setUp()

    def advance(self, span):
        self.agent.command('advance', seconds=span)
        self.agent.expect('advanced')

    def dial(self):
        peer = self.peer(connect=False)
        self.agent.command('call', target=peer.uri)
        number = self.agent.expect('dialing')['id']
        return peer, number, peer.expect('INVITE')

    def called(self, headers=(UPDATES,)):
        """The agent calls a peer that answers with these headers: (peer, number, INVITE)."""
        peer, number, invite = self.dial()
        peer.respond(invite, 200, body=SDP, headers=list(headers))
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        return peer, number, invite

    def calls(self, *headers):
        """A peer calls the agent: (peer, number, call, 200)."""
        peer = self.peer()
        call = Call(peer, peer.target_uri('answer'))
        peer.send('INVITE', call=call, body=SDP, headers=[UPDATES, *headers])
        number = self.agent.expect('incoming')['id']
        response = peer.expect(200, skip=(100,))
        call.established(response)
        peer.send('ACK', call=call, cseq=call.cseq)
        return peer, number, call, response

    def refused(self, status, *headers):
        peer = self.peer()
        call = Call(peer, peer.target_uri('answer'))
        peer.send('INVITE', call=call, body=SDP, headers=headers)
        response = peer.expect(status, skip=(100,))
        self.agent.expect('ended')
        return response

    def hangup(self, peer, number):
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE', skip=('ACK',)), 200)
        self.agent.expect('ended', id=number, by='local')

    def expires(self, peer, number):
        """The call ends because nothing is heard."""
        bye = peer.expect('BYE', skip=('UPDATE', 'INVITE', 'ACK'))
        self.assertIn('Session expired', bye['reason'])
        peer.respond(bye, 200)
        self.agent.expect('expired', id=number)
        ended = self.agent.expect('ended', id=number)
        self.assertEqual((ended['by'], ended['status'], ended['reason']),
                         ('network', 408, 'Session expired'))

    def nothing_left(self):
        self.agent.wait_for_census('AhoySession', 0)


class Accepting(TimersTestCase):
    """session-timers=yes, as it is when nothing is said"""

    keys = ('session-expires=1800',)

    def test_nothing_asked(self):
        """by itself nothing is asked for: Supported, and no timer runs"""
        peer, number, invite = self.called([UPDATES])
        self.assertIn('timer', invite['supported'])
        self.assertIsNone(seconds(invite))
        self.advance(86400)
        peer.expect_nothing(0.05)
        self.hangup(peer, number)
        peer, number, _, response = self.calls(TIMER)
        self.assertIsNone(seconds(response))
        self.hangup(peer, number)

    def test_four_hours_as_callee(self):
        """the caller refreshes a call of four hours each 15 minutes; then it is silent"""
        peer, number, call, response = self.calls(TIMER, 'Session-Expires: 1800;refresher=uac')
        self.assertEqual(seconds(response), '1800;refresher=uac')
        self.assertIn('timer', response['require'])
        for refresh in range(16):
            self.advance(900)
            method = 'UPDATE' if refresh % 2 else 'INVITE'
            peer.send(method, call=call, body=SDP if method == 'INVITE' else '',
                      headers=[TIMER, 'Session-Expires: 1800;refresher=uac'])
            response = peer.expect(200)
            self.assertEqual(seconds(response), '1800;refresher=uac')
            if method == 'INVITE':
                peer.send('ACK', call=call, cseq=call.cseq)
        self.advance(1800 - 32 - 1)
        peer.expect_nothing(0.05)
        self.advance(1)
        self.expires(peer, number)
        self.nothing_left()

    def test_four_hours_as_caller(self):
        """the callee wants it, and we refresh each 15 minutes for four hours: 16 times"""
        peer, number, _ = self.called([UPDATES, TIMER, 'Require: timer',
                                       'Session-Expires: 1800;refresher=uac'])
        for _ in range(16):
            self.advance(899)
            self.advance(1)
            update = peer.expect('UPDATE')
            self.assertEqual((seconds(update), update.body), ('1800;refresher=uac', b''))
            peer.respond(update, 200, headers=['Session-Expires: 1800;refresher=uac',
                                               'Require: timer'])
            self.agent.stats()  # the answer was read before the clock goes on
        peer.expect_nothing(0.05)
        self.hangup(peer, number)

    def test_callee_refreshes(self):
        """the peer refreshes, as it says; when it does not, the call ends"""
        peer, number, invite = self.called([UPDATES, 'Session-Expires: 90;refresher=uas'])
        call = Call.from_request(peer, invite)
        self.advance(45)
        peer.expect_nothing(0.02)
        peer.send('UPDATE', call=call, headers=[TIMER, 'Session-Expires: 90;refresher=uac'])
        self.assertEqual(seconds(peer.expect(200)), '90;refresher=uac')
        self.advance(59)
        peer.expect_nothing(0.02)
        self.advance(1)  # a third of the interval before it is over
        self.expires(peer, number)
        self.nothing_left()

    def test_dead_peer(self):
        """we refresh, and nobody answers: 408 ends the call"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        peer.expect('UPDATE')
        peer.expect('BYE', timeout=20, skip=('UPDATE',))
        ended = self.agent.expect('ended', id=number, timeout=20)
        self.assertEqual((ended['by'], ended['status']), ('network', 408))
        self.nothing_left()

    def test_refused_refresh(self):
        """a refresh that is refused is tried again before the time is up; then the call ends"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 1800;refresher=uac'])
        self.advance(900)
        peer.respond(peer.expect('UPDATE'), 503)
        self.agent.stats()
        self.advance((1800 - 32 - 900) // 2 + 1)
        peer.respond(peer.expect('UPDATE'), 500)
        self.agent.stats()
        self.advance(1800)
        self.expires(peer, number)
        self.nothing_left()

    def test_dialog_unknown(self):
        """481 to a refresh ends the call"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        peer.respond(peer.expect('UPDATE'), 481)
        peer.respond(peer.expect('BYE'), 200)
        self.assertEqual(self.agent.expect('ended', id=number)['status'], 481)

    def test_update_not_allowed(self):
        """without UPDATE in Allow, or with a 405, a re-INVITE refreshes with the same offer"""
        peer, number, invite = self.called(['Allow: INVITE, ACK, BYE',
                                            'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        again = peer.expect('INVITE')
        self.assertEqual((again.body, seconds(again)), (invite.body, '90;refresher=uac'))
        peer.respond(again, 200, body=SDP, headers=['Session-Expires: 90;refresher=uac'])
        peer.expect('ACK')
        self.hangup(peer, number)
        peer, number, invite = self.called([UPDATES, 'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        peer.respond(peer.expect('UPDATE'), 405)
        self.assertEqual(peer.expect('INVITE').body, invite.body)
        self.hangup(peer, number)

    def test_glare(self):
        """491 to a refresh: it is asked again, in time"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        peer.respond(peer.expect('UPDATE'), 491)
        self.agent.stats()
        self.advance(5)
        peer.respond(peer.expect('UPDATE'), 200,
                     headers=['Session-Expires: 90;refresher=uac'])
        self.agent.stats()
        self.advance(44)
        peer.expect_nothing(0.02)
        self.advance(1)
        peer.expect('UPDATE')
        self.hangup(peer, number)

    def test_too_small(self):
        """an interval below the shortest gets 422 with Min-SE; one of a proxy is made longer"""
        response = self.refused(422, TIMER, 'Session-Expires: 30')
        self.assertEqual(response['min-se'], '90')
        peer, number, _, response = self.calls('Session-Expires: 30')
        self.assertEqual(seconds(response), '90;refresher=uas')
        self.assertIsNone(response['require'])
        self.advance(45)
        peer.expect('UPDATE')
        self.hangup(peer, number)

    def test_too_small_refresh(self):
        """422 to a refresh leaves the call as it is"""
        peer, number, call, _ = self.calls(TIMER, 'Session-Expires: 1800')
        peer.send('UPDATE', call=call, headers=[TIMER, 'Session-Expires: 10'])
        self.assertEqual(peer.expect(422)['min-se'], '90')
        self.hangup(peer, number)

    def test_refresher(self):
        """who asks says who refreshes; whoever says nothing refreshes itself"""
        for said, wanted in (('', 'uac'), (';refresher=uac', 'uac'), (';refresher=uas', 'uas')):
            peer, number, _, response = self.calls(TIMER, 'Session-Expires: 600' + said)
            self.assertEqual(seconds(response), '600;refresher=' + wanted)
            self.assertEqual(response['require'], 'timer' if wanted == 'uac' else None)
            self.advance(300)
            if wanted == 'uas':
                peer.expect('UPDATE')
            else:
                peer.expect_nothing(0.02)
            self.hangup(peer, number)

    def test_shortened(self):
        """an interval that is longer than ours is made shorter, never below what the peer can"""
        for headers, wanted in ((['Session-Expires: 7200'], '1800'),
                                (['Session-Expires: 7200', 'Min-SE: 3600'], '3600'),
                                (['x: 4294967295'], '1800')):
            peer, number, _, response = self.calls(TIMER, *headers)
            self.assertEqual(seconds(response), wanted + ';refresher=uac')
            self.hangup(peer, number)

    def test_turned_off(self):
        """RFC 4028 7.2: an answer without Session-Expires turns the timer off"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 90;refresher=uac'])
        self.advance(45)
        peer.respond(peer.expect('UPDATE'), 200)
        self.agent.stats()
        self.advance(3600)
        peer.expect_nothing(0.05)
        self.hangup(peer, number)

    def test_nonsense(self):
        """what is no interval is passed over"""
        for value in ('soon', '', '-5', '12x', ';refresher=uac'):
            peer = self.peer()
            call = Call(peer, peer.target_uri('answer'))
            peer.send('INVITE', call=call, body=SDP, headers=[TIMER, f'Session-Expires: {value}'])
            self.assertIn(peer.receive().status, (100, 200, 400, 422))
            self.agent.stats()
        peer.close()


class Refusing(TimersTestCase):
    keys = ('session-timers=no',)

    def test_no(self):
        """session-timers=no: nothing is said of it, and Require: timer gets 420"""
        peer, number, invite = self.called([UPDATES, 'Session-Expires: 90;refresher=uas'])
        self.assertNotIn('timer', invite['supported'] or '')
        self.advance(3600)
        peer.expect_nothing(0.02)
        self.hangup(peer, number)
        peer, number, _, response = self.calls(TIMER, 'Session-Expires: 90')
        self.assertIsNone(seconds(response))
        self.assertNotIn('timer', response['supported'] or '')
        self.hangup(peer, number)
        self.assertEqual(self.refused(420, 'Require: timer')['unsupported'], 'timer')


class Always(TimersTestCase):
    keys = ('session-timers=always', 'session-expires=600', 'session-minimum=300')

    def test_asks(self):
        """session-timers=always: the INVITE asks; a peer that knows no timers is asked all the
        same whether it is there"""
        peer, number, invite = self.called([UPDATES])
        self.assertEqual((seconds(invite), invite['min-se']), ('600', '300'))
        self.assertIsNone(invite['require'])
        self.advance(300)
        peer.respond(peer.expect('UPDATE'), 200)
        self.agent.stats()
        self.advance(300)
        peer.respond(peer.expect('UPDATE'), 200)
        self.agent.stats()
        self.hangup(peer, number)

    def test_answers(self):
        """a caller that does not ask gets a timer where it can, and we refresh where it cannot"""
        peer, number, _, response = self.calls(TIMER)
        self.assertEqual(seconds(response), '600;refresher=uac')
        self.hangup(peer, number)
        peer, number, _, response = self.calls()
        self.assertEqual(seconds(response), '600;refresher=uas')
        self.hangup(peer, number)
        self.assertEqual(self.refused(422, TIMER, 'Session-Expires: 200')['min-se'], '300')

    def test_longer(self):
        """422: the INVITE is sent again with the interval that was wanted, by several on the way"""
        peer, number, invite = self.dial()
        for wanted in (1200, 3600):
            peer.respond(invite, 422, headers=[f'Min-SE: {wanted}'])
            peer.expect('ACK')
            last, invite = invite, peer.expect('INVITE')
            self.assertEqual((seconds(invite), invite['min-se']), (str(wanted), str(wanted)))
            self.assertEqual((invite['call-id'], invite['from'], invite.cseq),
                             (last['call-id'], last['from'], last.cseq + 1))
        peer.respond(invite, 200, body=SDP, headers=['Session-Expires: 3600;refresher=uac'])
        peer.expect('ACK')
        self.agent.expect('state', id=number, new='active')
        self.hangup(peer, number)

    def test_not_longer(self):
        """a 422 that asks for nothing more, or again and again, ends the call"""
        peer, number, invite = self.dial()
        peer.respond(invite, 422, headers=['Min-SE: 300'])
        peer.expect('ACK')
        self.assertEqual(self.agent.expect('ended', id=number)['status'], 422)
        peer, number, invite = self.dial()
        for wanted in range(1000, 7000, 1000):
            peer.respond(invite, 422, headers=[f'Min-SE: {wanted}'])
            peer.expect('ACK')
            if wanted < 6000:
                invite = peer.expect('INVITE')
        self.assertEqual(self.agent.expect('ended', id=number)['status'], 422)

    def test_longer_refresh(self):
        """422 to a refresh: it is sent again at once with the longer interval"""
        peer, number, _ = self.called([UPDATES, 'Session-Expires: 600;refresher=uac'])
        self.advance(300)
        peer.respond(peer.expect('UPDATE'), 422, headers=['Min-SE: 900'])
        again = peer.expect('UPDATE')
        self.assertEqual(seconds(again), '900;refresher=uac')
        peer.respond(again, 200, headers=['Session-Expires: 900;refresher=uac'])
        self.hangup(peer, number)


class Required(TimersTestCase):
    keys = ('session-timers=required', 'session-refresher=local')

    def test_required(self):
        """session-timers=required: Require in the INVITE, and 421 for who cannot"""
        peer, number, invite = self.called([UPDATES, 'Session-Expires: 1800;refresher=uac'])
        self.assertEqual((seconds(invite), invite['require']), ('1800;refresher=uac', 'timer'))
        self.hangup(peer, number)
        self.assertEqual(self.refused(421)['require'], 'timer')
        peer, number, _, response = self.calls(TIMER)
        self.assertEqual(seconds(response), '1800;refresher=uas')
        self.hangup(peer, number)


class Remote(TimersTestCase):
    keys = ('session-timers=always', 'session-refresher=remote')

    def test_remote(self):
        """session-refresher=remote: the endpoint is asked to refresh, in both roles"""
        peer, number, invite = self.called([UPDATES, 'Session-Expires: 1800;refresher=uas'])
        self.assertEqual(seconds(invite), '1800;refresher=uas')
        self.hangup(peer, number)
        peer, number, _, response = self.calls(TIMER)
        self.assertEqual(seconds(response), '1800;refresher=uac')
        self.hangup(peer, number)


if __name__ == '__main__':
    agent.main()
