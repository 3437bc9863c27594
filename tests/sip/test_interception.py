# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-01 to 05, 09 to 16, CORE-11, CORE-36: what stands between the wire and the applications."""

import agent
from sip_peer import SDP, Call


class InterceptionTestCase(agent.SipTestCase):
    agent_arguments = ('--t1', '100', '--intercept')

    def ask(self, what, **arguments):
        self.agent.command(f'chain-{what}', **arguments)
        answer = self.agent.expect(f'chain-{what}')
        self.assertEqual(answer['error'], '')
        return answer

    def add(self, role, *names, **more):
        for name in names:
            self.ask('add', role=role, name=name, **more)

    def mood(self, name, mood='', **more):
        self.ask('mood', name=name, mood=mood, **more)

    def endpoint(self, name, **keys):
        self.ask('endpoint', name=name, keys=keys)

    def log(self):
        return self.ask('report')['log'].splitlines()

    def wait_for_log(self, line):
        for _ in range(500):
            if line in (lines := self.log()):
                return lines
        self.fail(f'{line} is not in the log')

    def counter(self, group, name):
        text = self.ask('report')[group]
        return int(text.split(f"'{name}': ")[1].split(',')[0].rstrip('}').removeprefix('uint64 '))

    def options(self, peer, status, **keys):
        peer.send('OPTIONS', **keys)
        return peer.expect(status)

    def invite(self, peer, user='manual', **keys):
        call = Call(peer, peer.target_uri(user))
        call.invite = peer.send('INVITE', call=call, body=SDP, **keys)
        return call

    def establish(self, peer):
        call = self.invite(peer, 'answer')
        number = self.agent.expect('incoming')['id']
        call.established(peer.expect(200, skip=(100, 180, 183)))
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.expect('state', id=number, new='active')
        return call, number


class Chain(InterceptionTestCase):
    def test_order(self):
        """interceptors are asked in order on the way in, and the other way round on the way out"""
        self.add('interceptor', 'alpha', 'beta')
        self.add('interceptor', 'gamma', before='alpha')
        peer = self.peer()
        answer = self.options(peer, 200)
        names = ['beta', 'gamma', 'alpha']
        self.assertEqual(self.log(), [f'{name} request OPTIONS' for name in names]
                         + [f'{name} sent-response OPTIONS' for name in reversed(names)])
        self.assertEqual(answer.all('x-passed'), list(reversed(names)))

    def test_verdicts(self):
        """a failure is a 500, an answer stands, and what is dropped is never answered"""
        self.agent.warnings_expected = True
        self.add('interceptor', 'alpha', 'beta')
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            for mood, status in (('fail', 500), ('lie', 500), ('answer', 486)):
                self.mood('alpha', mood)
                self.log()
                self.options(peer, status)
                self.assertNotIn('beta request OPTIONS', self.log())
            self.mood('alpha', 'drop')
            peer.send('OPTIONS')
            self.wait_for_log('alpha request OPTIONS')
            self.mood('alpha')
            self.options(peer, 200)  # and not the answer of the one before
        self.assertEqual(self.counter('chain', 'dropped'), 2)
        self.assertEqual(self.counter('chain', 'failed'), 4)
        self.assertEqual(self.counter('chain', 'answered'), 2)
        self.agent.expect_stderr('interceptor .alpha. failed with a OPTIONS')

    def test_dropped_retransmission(self):
        """a dropped request stays dropped when it is repeated, outside of dialogs and inside"""
        self.add('interceptor', 'alpha')
        peer = self.peer()
        call, number = self.establish(peer)
        self.mood('alpha', 'drop')
        for text in (peer.send('OPTIONS'), peer.send('INFO', call=call)):
            peer.send_raw(text)
        self.wait_for_log('alpha request INFO')
        peer.expect_nothing(0.5)
        self.mood('alpha')
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', id=number)

    def test_in_dialog(self):
        """requests of a call pass the same chain; ACK is only shown"""
        self.agent.warnings_expected = True
        self.add('interceptor', 'alpha')
        peer = self.peer()
        call, number = self.establish(peer)
        lines = self.log()
        self.assertEqual([line for line in lines if ' request ' in line],
                         ['alpha request INVITE', 'alpha request ACK'])
        self.mood('alpha', 'fail')
        peer.send('INFO', call=call)
        peer.expect(500)
        self.mood('alpha', 'answer')
        peer.send('INFO', call=call)
        peer.expect(486)
        self.mood('alpha')
        peer.send('INFO', call=call)
        peer.expect(200)
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', id=number, by='remote')

    def test_bye_always_ends(self):
        """whatever an interceptor says to BYE, the call ends"""
        self.agent.warnings_expected = True
        self.add('interceptor', 'alpha')
        for mood, status in (('fail', 200), ('lie', 200), ('drop', 200), ('answer', 486)):
            peer = self.peer()
            call, number = self.establish(peer)
            self.mood('alpha', mood)
            peer.send('BYE', call=call)
            peer.expect(status)
            self.agent.expect('ended', id=number, by='remote')
            self.mood('alpha')
        self.agent.wait_for_census('AhoySession', 0)

    def test_ack_and_cancel_cannot_be_stopped(self):
        """verdicts on ACK and CANCEL are ignored"""
        self.add('interceptor', 'alpha')
        peer = self.peer()
        call = self.invite(peer, 'answer')
        call.established(peer.expect(200, skip=(100, 180, 183)))
        self.mood('alpha', 'fail')
        peer.send('ACK', call=call, cseq=call.cseq)
        self.wait_for_log('alpha request ACK')
        while peer.receive(0.3) is not None:  # a 200 that crossed with the ACK, and no more
            pass
        self.mood('alpha')
        peer.send('BYE', call=call)
        peer.expect(200)
        call = self.invite(peer)
        peer.expect(100, skip=())
        self.mood('alpha', 'drop')
        peer.send('CANCEL', call=call, cseq=call.cseq,
                  via=call.invite.split('Via: ')[1].split('\r\n')[0])
        self.assertEqual({peer.receive().status, peer.receive().status}, {200, 487})

    def test_responses(self):
        """a provisional response can be hidden, a final one cannot; our request is shown too"""
        self.add('interceptor', 'alpha')
        self.mood('alpha', 'drop-seeing')
        peer = self.peer(connect=False)
        self.agent.command('call', target=f'sip:bob@127.0.0.1:{peer.port}',
                           **{'from': 'sip:us@127.0.0.1'})
        invite = peer.expect('INVITE')
        self.assertEqual(invite.all('x-passed'), ['alpha'])
        peer.respond(invite, 180)
        peer.respond(invite, 486)
        peer.expect('ACK', skip=('INVITE',))
        self.agent.expect('ended', status=486)
        self.assertFalse([e for e in self.agent.seen if e.get('new') == 'ringing'])
        lines = self.log()
        self.assertEqual(lines.count('alpha response INVITE'), 2)
        self.assertIn('alpha sent-request INVITE', lines)

    def test_slow_extension(self):
        """an interceptor that holds up everything is counted"""
        self.add('interceptor', 'alpha')
        self.mood('alpha', 'slow')
        self.agent.warnings_expected = True
        self.options(self.peer(), 200)
        self.assertEqual(self.ask('report')['slow'], 1)
        self.agent.expect_stderr('extension .alpha. kept everything waiting')

    def test_come_and_go(self):
        """interceptors come and go while a call runs"""
        peer = self.peer()
        call, _ = self.establish(peer)
        self.add('interceptor', 'alpha')
        peer.send('INFO', call=call)
        peer.expect(200)
        self.assertIn('alpha request INFO', self.log())
        self.ask('remove', name='alpha')
        peer.send('INFO', call=call)
        peer.expect(200)
        self.assertEqual(self.log(), [])
        peer.send('BYE', call=call)
        peer.expect(200)


class Identify(InterceptionTestCase):
    def setUp(self):
        super().setUp()
        self.ask('stage', name='identify')
        self.add('interceptor', 'probe')

    def who(self, peer, user='peer', status=200):
        """OPTIONS of a user; the endpoint that was found."""
        self.log()
        call = Call(peer)
        call.local = f'<sip:{user}@example.org>'
        self.options(peer, status, call=call)
        for line in self.log():
            if line.startswith('probe request of '):
                return line.split()[3]
        return None

    def test_nobody_without_identifiers(self):
        """without an identifier nothing is accepted"""
        self.endpoint('peer')
        self.assertIsNone(self.who(self.peer(), status=403))

    def test_by_username(self):
        """an endpoint is known by the user in From, by its name or its key username"""
        self.endpoint('bob')
        self.endpoint('carol', username='4711')
        self.endpoint('dave', identify='ip')
        self.add('identifier', 'username', kind='username')
        peer = self.peer()
        self.assertEqual(self.who(peer, 'bob'), 'bob')
        self.assertEqual(self.who(peer, '4711'), 'carol')
        self.assertEqual(self.who(peer, 'b%6Fb'), 'bob')
        for user in ('dave', 'mallory', 'anonymous'):
            self.assertIsNone(self.who(peer, user, 403))
        listed = self.ask('report')['unidentified']
        self.assertRegex(listed, r"^\[\('127\.0\.0\.1', (uint32 )?3, (uint64 )?\d+\)\]$")

    def test_by_address(self):
        """an endpoint is known by where its requests come from; the narrowest network counts"""
        self.endpoint('net', match='127.0.0.0/8;::/0')
        self.endpoint('host', match='127.0.0.1')
        self.endpoint('names', match='127.0.0.1/32', identify='username')
        self.add('identifier', 'ip', kind='ip')
        self.assertEqual(self.who(self.peer()), 'host')
        self.assertEqual(self.who(self.peer(family='ipv6')), 'net')

    def test_order_of_identifiers(self):
        """the first identifier that knows an endpoint wins"""
        self.endpoint('host', match='127.0.0.1')
        self.endpoint('bob')
        self.add('identifier', 'ip', kind='ip')
        self.add('identifier', 'username', kind='username', before='ip')
        peer = self.peer()
        self.assertEqual(self.who(peer, 'bob'), 'bob')
        self.assertEqual(self.who(peer, 'else'), 'host')
        self.ask('remove', name='username')
        self.assertEqual(self.who(peer, 'bob'), 'host')

    def test_anonymous(self):
        """who is unknown is the endpoint anonymous, where it lets them come from"""
        self.add('identifier', 'username', kind='username')
        self.add('identifier', 'anonymous', kind='anonymous')
        peer = self.peer()
        self.assertIsNone(self.who(peer, 'mallory', 403))
        self.endpoint('anonymous', match='127.0.0.0/8')
        self.assertEqual(self.who(peer, 'mallory'), 'anonymous')
        self.assertEqual(self.who(peer, 'anonymous'), 'anonymous')
        self.assertIsNone(self.who(self.peer(family='ipv6'), 'anonymous', 403))

    def test_dialog_keeps_its_endpoint(self):
        """requests of a call come from the endpoint that began it; nobody is asked again"""
        self.endpoint('peer')
        self.add('identifier', 'test')
        self.mood('test', endpoint='peer')
        peer = self.peer()
        call, number = self.establish(peer)
        self.log()
        self.mood('test')
        self.assertEqual(self.ask('endpoint-state', name='peer')['sessions'], 1)
        peer.send('INFO', call=call)
        peer.expect(200)
        lines = self.log()
        self.assertIn('probe request of peer INFO', lines)
        self.assertNotIn('test identify INFO', lines)
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', id=number)
        self.assertEqual(self.ask('endpoint-state', name='peer')['sessions'], 0)

    def test_whom_we_call_may_answer(self):
        """the peer of a call of ours may send requests in it though it is no endpoint"""
        peer = self.peer(connect=False)
        self.agent.command('call', target=f'sip:bob@127.0.0.1:{peer.port}',
                           **{'from': 'sip:us@127.0.0.1'})
        invite = peer.expect('INVITE')
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK', skip=('INVITE',))
        call = Call.from_request(peer, invite)
        peer.send('INFO', call=call)
        peer.expect(200)
        peer.send('BYE', call=call)
        peer.expect(200)

    def test_deferred(self):
        """an identifier may take its time; the INVITE gets 100 and goes on when it knows"""
        self.endpoint('bob')
        self.add('identifier', 'test')
        self.mood('test', 'defer')
        peer = self.peer()
        self.invite(peer, 'busy')
        peer.expect(100, skip=())
        self.assertTrue(self.ask('resolve', name='test', endpoint='bob')['waited'])
        self.assertFalse(self.ask('resolve', name='test', endpoint='bob')['waited'])
        peer.expect(486)
        self.assertIn('probe request of bob INVITE', self.log())

    def test_deferred_to_nobody(self):
        """an identifier that took its time and does not know leaves it to the next one"""
        self.endpoint('bob')
        self.add('identifier', 'first', 'second')
        self.mood('first', 'defer')
        self.mood('second', endpoint='bob')
        peer = self.peer()
        text = peer.send('OPTIONS')
        self.wait_for_log('first identify OPTIONS')
        peer.send_raw(text)  # a retransmission asks nobody
        self.ask('resolve', name='first')
        peer.expect(200)
        self.mood('second')
        peer.send('OPTIONS')
        lines = self.wait_for_log('first identify OPTIONS')
        self.assertEqual(lines.count('first identify OPTIONS'), 1)
        self.ask('resolve', name='first')
        peer.expect(403)

    def test_deferred_too_long(self):
        """an identifier that says nothing is an error of ours"""
        self.agent.warnings_expected = True
        self.add('identifier', 'test')
        self.mood('test', 'defer')
        peer = self.peer()
        self.options(peer, 500)
        self.assertFalse(self.ask('resolve', name='test')['waited'])

    def test_cancelled_while_deferred(self):
        """a CANCEL ends the wait"""
        self.add('identifier', 'test')
        self.mood('test', 'defer')
        peer = self.peer()
        call = self.invite(peer)
        peer.expect(100, skip=())
        peer.send('CANCEL', call=call, cseq=call.cseq,
                  via=call.invite.split('Via: ')[1].split('\r\n')[0])
        self.assertEqual({peer.receive().status, peer.receive().status}, {200, 487})
        self.assertFalse(self.ask('resolve', name='test')['waited'])
        self.assertEqual(self.counter('chain', 'waiting'), 0)

    def test_quit_while_deferred(self):
        """the end of the program while requests wait harms nobody"""
        self.add('identifier', 'test')
        self.mood('test', 'defer')
        peer = self.peer()
        self.invite(peer)
        peer.expect(100, skip=())
        peer.send('OPTIONS')
        self.wait_for_log('test identify OPTIONS')


class Authenticate(InterceptionTestCase):
    def setUp(self):
        super().setUp()
        self.ask('stage', name='identify')
        self.ask('stage', name='authenticate')
        self.endpoint('peer')
        self.add('identifier', 'username', kind='username')

    def test_unguarded(self):
        """without an authenticator everything passes, and is complained of"""
        self.agent.warnings_expected = True
        self.options(self.peer(), 200)
        self.assertTrue(self.ask('report')['unguarded'])
        self.agent.expect_stderr('no authenticator')
        self.add('authenticator', 'test')
        self.options(self.peer(), 403)
        self.assertFalse(self.ask('report')['unguarded'])

    def test_results(self):
        """what the authenticator says is what happens; what it does not say is no"""
        self.agent.warnings_expected = True
        self.add('authenticator', 'test')
        peer = self.peer()
        for mood, status in (('', 403), ('success', 200), ('challenge', 401), ('lie', 403),
                             ('no-need', 403), ('not-required', 200)):
            self.mood('test', mood)
            self.options(peer, status)
        self.assertEqual(self.counter('auth', 'failed'), 3)
        self.assertEqual(self.counter('auth', 'challenged'), 1)

    def test_replaced(self):
        """an authenticator takes the place of another one by standing before it"""
        self.add('authenticator', 'first')
        self.add('authenticator', 'better', before='first')
        self.mood('better', 'success')
        self.options(self.peer(), 200)
        self.ask('remove', name='better')
        self.options(self.peer(), 403)

    def test_unknown_gets_the_same_challenge(self):
        """who is unknown gets the challenge that everybody gets, or 403 where that is wanted"""
        self.add('authenticator', 'test')
        self.mood('test', 'challenge')
        peer = self.peer()
        stranger = Call(peer)
        stranger.local = '<sip:mallory@example.org>'
        known = self.options(peer, 401)
        unknown = self.options(peer, 401, call=stranger)
        self.assertEqual(known['www-authenticate'], unknown['www-authenticate'])
        self.mood('test', 'success')  # believes everybody: still nobody unknown passes
        self.options(peer, 403, call=stranger)
        self.mood('test', 'challenge')
        self.ask('unknown', status=403)
        self.options(peer, 403, call=stranger)

    def test_deferred(self):
        """an authenticator may take its time, and says no by saying nothing"""
        self.agent.warnings_expected = True
        self.add('authenticator', 'test')
        self.mood('test', 'defer')
        peer = self.peer()
        for result, status in ((2, 200), (0, 403), (1, 403), (3, 200)):
            peer.send('OPTIONS')
            self.wait_for_log('test peer OPTIONS')
            self.assertTrue(self.ask('resolve', name='test', result=result)['waited'])
            peer.expect(status)
        self.options(peer, 500)

    def test_order_in_a_dialog(self):
        """requests of a call wait for the one before them; BYE overtakes and ends the wait"""
        self.add('authenticator', 'test')
        self.mood('test', 'success')
        peer = self.peer()
        call, number = self.establish(peer)
        self.mood('test', 'defer')
        self.log()
        peer.send('INFO', call=call)
        self.wait_for_log('test peer INFO')
        self.mood('test', 'success')
        second = peer.send('INFO', call=call)
        peer.expect_nothing(0.15)
        self.assertEqual(self.log(), [])
        self.ask('resolve', name='test', result=2)
        answers = [peer.expect(200), peer.expect(200)]
        self.assertEqual(answers[1]['cseq'], second.split('CSeq: ')[1].split('\r\n')[0])
        self.mood('test', 'defer')
        peer.send('INFO', call=call)
        self.wait_for_log('test peer INFO')
        self.mood('test', 'success')
        peer.send('INFO', call=call)
        peer.send('BYE', call=call)
        found = [peer.receive() for _ in range(3)]
        self.assertEqual([(m.status, m.method) for m in found],
                         [(500, 'INFO'), (500, 'INFO'), (200, 'BYE')])
        self.agent.expect('ended', id=number, by='remote')

    def test_too_many_wait(self):
        """no more than 16 requests wait behind the first one of their dialog"""
        self.add('authenticator', 'test')
        self.mood('test', 'success')
        peer = self.peer()
        call, _ = self.establish(peer)
        self.mood('test', 'defer')
        for _ in range(18):
            peer.send('INFO', call=call)
        refused = peer.expect(500)
        self.assertIsNotNone(refused['retry-after'])
        self.mood('test', 'success')
        self.ask('resolve', name='test', result=2)
        for _ in range(17):
            peer.expect(200)
        peer.send('BYE', call=call)
        peer.expect(200)


class Overload(InterceptionTestCase):
    def setUp(self):
        super().setUp()
        self.ask('stage', name='overload')

    def guard(self, **limits):
        for name, value in limits.items():
            self.ask('guard', name=name.replace('_', '-'), value=value)

    def test_maximum_of_sessions(self):
        """with so many calls a new one gets 503 and Retry-After, and everything else goes on"""
        self.guard(max_sessions=1, retry_after=7)
        peer = self.peer()
        call, number = self.establish(peer)
        second = self.invite(peer, 'answer')
        refused = peer.expect(503)
        self.assertEqual(refused['call-id'], second.call_id)
        self.assertIn(int(refused['retry-after']), range(7, 11))
        self.options(peer, 200)
        peer.send('INFO', call=call)
        peer.expect(200)
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', id=number)
        call, number = self.establish(peer)
        peer.send('BYE', call=call)
        peer.expect(200)
        self.assertEqual(self.counter('guard', 'refused-sessions'), 1)

    def test_open_transactions(self):
        """with so many open transactions new requests get 503; it ends when they are fewer"""
        self.guard(max_transactions=4)
        peer = self.peer()
        calls = [self.invite(peer) for _ in range(5)]
        numbers = [self.agent.expect('incoming')['id'] for _ in calls]
        refused = self.options(peer, 503)
        self.assertIsNotNone(refused['retry-after'])
        self.assertTrue(self.ask('report')['overloaded'])
        for number in numbers:
            self.agent.command('reject', id=number)
        for _ in numbers:
            peer.expect(486, skip=(100,))
        while self.ask('report')['overloaded']:
            pass
        self.options(peer, 200)
        self.assertEqual(self.counter('guard', 'episodes'), 1)

    def test_late_main_loop(self):
        """a main loop that is late is too much to do"""
        self.guard(max_delay=20)
        self.add('interceptor', 'alpha')
        self.mood('alpha', 'slow')
        self.agent.warnings_expected = True
        peer = self.peer()
        for _ in range(40):
            peer.send('OPTIONS')
        found = [peer.receive().status for _ in range(40)]
        self.assertEqual(set(found), {200, 503})
        self.mood('alpha')
        while self.ask('report')['overloaded']:
            pass
        self.options(peer, 200)


if __name__ == '__main__':
    agent.main(150)
