# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Requests that wait for a supplement, and what overtakes them."""

import random

import agent
from sip_peer import SDP, Call

FAILED, CONTINUE, ANSWERED = range(3)


class Storm:
    """A call in which all sorts of requests wait."""

    def __init__(self, test, seed):
        self.choice = random.Random(seed)
        self.agent = test.agent
        self.peer = test.peer(self.choice.choice(('udp', 'tcp')))
        self.call = test.establish(self.peer)
        self.number = test.number()
        self.sent, self.finals, self.invites = [], {}, []

    def take(self, timeout=0.0):
        """Takes what came; gives whether there was anything."""
        message = self.peer.receive(timeout)
        if message is None:
            return False
        if message.status is None and message.method == 'BYE':
            self.peer.respond(message, 200)
        elif message.status is not None and message.status >= 200:
            self.finals.setdefault((message.method, message.cseq), set()).add(message.status)
            if message.method == 'INVITE' and message.status < 300:
                self.peer.send('ACK', call=self.call, cseq=message.cseq)
        return True

    def send(self, method=None):
        method = method or self.choice.choice(('INFO', 'INFO', 'MESSAGE', 'UPDATE', 'INVITE'))
        headers, body = [], ''
        if method != 'BYE' and self.choice.random() < 0.6:
            name = self.choice.choice(('first', 'second'))
            how = self.choice.choice(('', '', '', 'now', 'ignore', 'lie'))
            headers = [f'X-Defer: {name} {self.choice.choice((1, 30, 20000))} {how}']
        if method == 'INVITE':
            body = SDP
        text = self.peer.send(method, call=self.call, headers=headers, body=body)
        self.sent.append((method, self.call.cseq))
        if method == 'INVITE':
            self.invites.append((text, self.call.cseq))

    def resolve(self):
        self.agent.command('resolve', handler=self.choice.randrange(2),
                           which=-self.choice.randrange(1, 5), verdict=self.choice.randrange(5),
                           status=self.choice.choice((0, 0, 180, 486)))

    def cancel(self):
        if self.invites:
            text, cseq = self.choice.choice(self.invites)
            branch = text.split('branch=')[1].split(';')[0]
            self.peer.send('CANCEL', call=self.call, branch=branch, cseq=cseq, no_contact=True)

    def end(self):
        if self.choice.random() < 0.5:
            self.send('BYE')
        else:
            self.agent.command('hangup', id=self.number)

    def run(self):
        for _ in range(self.choice.randrange(5, 30)):
            self.choice.choices((self.send, self.resolve, self.cancel), (6, 4, 1))[0]()
            while self.choice.random() < 0.5 and self.take():
                pass
        self.end()
        while set(self.sent) - set(self.finals):
            if not self.take(5):
                raise AssertionError(f'no answer to {set(self.sent) - set(self.finals)}')
        several = {key: statuses for key, statuses in self.finals.items()
                   if key[0] != 'CANCEL' and len(statuses) > 1}
        if several:
            raise AssertionError(f'more than one final answer: {several}')
        while self.take(0.02):
            pass


class Deferral(agent.SipTestCase):
    def invite(self, peer, user='answer', **keys):
        call = Call(peer, peer.target_uri(user))
        call.text = peer.send('INVITE', call=call, body=SDP, **keys)
        return call

    def defer(self, peer, how='first 20000', user='answer'):
        """An INVITE that waits."""
        call = self.invite(peer, user, headers=[f'X-Defer: {how}'])
        self.agent.expect('deferred', method='INVITE')
        return call

    def establish(self, peer):
        call = self.invite(peer)
        self.accepted(peer, call)
        return call

    def accepted(self, peer, call):
        call.established(peer.expect(200))
        peer.send('ACK', call=call, cseq=call.cseq)

    def send(self, peer, call, method='INFO', wait='first 20000', **keys):
        """A request in the dialog that waits."""
        peer.send(method, call=call, headers=[f'X-Defer: {wait}'], **keys)
        self.agent.expect('deferred', method=method)

    def resolve(self, worked=True, **keys):
        self.agent.command('resolve', **keys)
        self.assertEqual(self.agent.expect('resolved')['worked'], worked)

    def over(self, state):
        self.agent.expect('deferral-over', state=state)

    def number(self):
        """Of the session that was told of last."""
        self.agent.stats()
        return [event['id'] for event in self.agent.seen if event['event'] == 'state'][-1]

    def cancel(self, peer, call, text):
        branch = text.split('branch=')[1].split(';')[0]
        cseq = int(text.split('CSeq: ')[1].split()[0])
        peer.send('CANCEL', call=call, branch=branch, cseq=cseq, no_contact=True)

    def bye(self, peer, call):
        peer.send('BYE', call=call)
        peer.expect(200)
        self.agent.expect('ended', by='remote')
        self.nothing_left()

    def nothing_left(self):
        for name in ('AhoySession', 'AhoyServerTransaction', 'AhoyDialog'):
            stats = self.agent.wait_for_census(name, 0)
        self.assertEqual((stats['begun'], stats['begun-1']), (stats['over'], stats['over-1']))
        self.assertEqual((stats['kept'], stats['kept-1']), (0, 0))

    def warns(self):
        self.agent.warnings_expected = True

    def test_call_waits(self):
        """a call waits for a supplement: 100, nobody sees it; then the next one is asked"""
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            call = self.defer(peer)
            peer.expect(100)
            self.assertEqual(self.agent.stats()['supplement-1'], '')
            self.assertNotIn('incoming', [event['event'] for event in self.agent.seen])
            self.agent.command('resolve', which=0 if transport == 'udp' else 1)
            self.over('resolved')
            self.agent.expect('incoming')
            self.accepted(peer, call)
            self.assertEqual(self.agent.stats()['supplement-1'].split()[0], 'INVITE')
            self.bye(peer, call)
            self.agent.seen.clear()

    def test_both_wait(self):
        """two supplements wait one after the other; each is asked once"""
        peer = self.peer()
        call = self.invite(peer, headers=['X-Defer: second 5000'])
        self.agent.expect('deferred')
        self.assertEqual(self.agent.stats()['supplement-0'], 'INVITE')
        self.resolve(handler=1)
        self.accepted(peer, call)
        self.assertNotIn('INVITE', self.agent.stats()['supplement-0'])
        self.bye(peer, call)

    def test_resolved_at_once(self):
        """a supplement that resolves before it returns waits no longer than a turn"""
        peer = self.peer()
        call = self.defer(peer, 'first 5000 now')
        self.accepted(peer, call)
        self.bye(peer, call)

    def test_refused_late(self):
        """a supplement refuses after the wait: with an answer of its own, or by failing: 500"""
        self.warns()
        for number, (verdict, status, wanted) in enumerate((
                (ANSWERED, 486, 486), (FAILED, 0, 500), (ANSWERED, 0, 500), (3, 0, 500),
                (99, 0, 500), (CONTINUE, 603, 603))):
            peer = self.peer()
            self.defer(peer)
            self.resolve(which=number, verdict=verdict, status=status)
            peer.expect(wanted)
            self.agent.expect('ended', status=wanted, by='local')
            self.nothing_left()
        self.assertNotIn('incoming', [event['event'] for event in self.agent.seen])

    def test_deadline(self):
        """a supplement that says nothing until the deadline, or forgot the deferral: 500"""
        self.warns()
        for how in ('first 50', 'second 50 forget'):
            peer = self.peer()
            self.defer(peer, how)
            peer.expect(500)
            self.over('timed-out')
            self.agent.expect('ended', status=500)
            self.nothing_left()
        self.resolve(worked=False)
        self.agent.expect_stderr('said nothing before the deadline of the INVITE request')

    def test_broken_supplement(self):
        """to wait without a deferral is a failure; a deferral that was not needed does no harm"""
        self.warns()
        peer = self.peer()
        self.invite(peer, headers=['X-Defer: first 5000 lie'])
        peer.expect(500)
        peer = self.peer()
        call = self.defer(peer, 'first 5000 ignore')
        self.accepted(peer, call)
        self.over('cancelled')
        self.resolve(worked=False)
        self.bye(peer, call)

    def test_resolve_twice(self):
        """only the first verdict counts"""
        peer = self.peer()
        call = self.defer(peer)
        self.agent.command('resolve', verdict=CONTINUE)
        self.agent.command('resolve', verdict=FAILED)
        self.assertTrue(self.agent.expect('resolved')['worked'])
        self.assertFalse(self.agent.expect('resolved')['worked'])
        self.accepted(peer, call)
        self.bye(peer, call)
        self.resolve(worked=False)

    def test_cancelled(self):
        """the caller cancels while a supplement looks at the call: 487, and the wait is over"""
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            call = self.defer(peer)
            self.cancel(peer, call, call.text)
            peer.expect(487, skip=(100, 200))
            self.over('cancelled')
            self.agent.expect('ended', by='remote', status=487)
            self.resolve(worked=False, which=0 if transport == 'udp' else 1)
            self.nothing_left()

    def test_cancel_races(self):
        """CANCEL and the verdict cross again and again: one final answer, nothing is left"""
        peer = self.peer()
        for number in range(30):
            call = self.defer(peer, user='ring')
            if number % 2:
                self.agent.command('resolve', which=number)
                self.cancel(peer, call, call.text)
            else:
                self.cancel(peer, call, call.text)
                self.agent.command('resolve', which=number)
            peer.expect(487, skip=(100, 180, 200))
            self.agent.expect('ended', status=487)
        peer.expect_nothing(0.1, skip=(200,))
        self.nothing_left()

    def test_hung_up_while_waiting(self):
        """our side refuses while a supplement looks: at once; to answer has to wait"""
        peer = self.peer()
        self.defer(peer)
        number = self.number()
        for command in ('answer', 'ring', 'progress'):
            self.agent.command(command, id=number)
            self.assertIn('still looks at it', self.agent.expect('error')['message'])
        self.agent.command('reject', id=number, status=486)
        peer.expect(486)
        self.over('cancelled')
        self.agent.expect('ended', id=number, by='local')
        self.resolve(worked=False)
        self.nothing_left()

    def test_order(self):
        """requests behind one that waits pass after it, in their order"""
        peer = self.peer()
        call = self.establish(peer)
        self.agent.stats()
        self.send(peer, call)
        for number in range(5):
            peer.send('INFO', call=call, body=f'number {number}',
                      headers=['Content-Type: text/plain',
                               'Content-Disposition: render;handling=optional'])
        peer.expect_nothing(0.1)
        self.assertEqual(self.agent.stats()['supplement-0'].count('INFO'), 1)
        self.resolve()
        cseqs = [peer.expect(200).cseq for _ in range(6)]
        self.assertEqual(cseqs, sorted(cseqs))
        self.agent.expect('request')
        self.assertEqual([self.agent.expect('request')['body'] for _ in range(5)],
                         [f'number {number}' for number in range(5)])
        self.bye(peer, call)

    def test_waits_in_a_row(self):
        """a request that waited lets the next one wait"""
        peer = self.peer()
        call = self.establish(peer)
        self.send(peer, call)
        peer.send('MESSAGE', call=call, headers=['X-Defer: second 5000'])
        peer.send('OPTIONS', call=call)
        self.resolve()
        self.assertEqual(peer.expect(200).method, 'INFO')
        self.agent.expect('deferred', method='MESSAGE')
        peer.expect_nothing(0.05)
        self.resolve(handler=1)
        self.assertEqual([peer.expect(200).method for _ in range(2)], ['MESSAGE', 'OPTIONS'])
        self.bye(peer, call)

    def test_too_many_wait(self):
        """sixteen wait behind the first; the next gets 500 with Retry-After"""
        peer = self.peer()
        call = self.establish(peer)
        self.send(peer, call)
        for _ in range(16):
            peer.send('INFO', call=call)
        peer.send('INFO', call=call)
        refused = peer.expect(500)
        self.assertEqual(refused.cseq, call.cseq)
        self.assertIsNotNone(refused['retry-after'])
        peer.expect_nothing(0.05)
        self.resolve()
        self.assertEqual({peer.expect(200).cseq for _ in range(17)},
                         set(range(call.cseq - 17, call.cseq)))
        self.bye(peer, call)

    def test_bye_overtakes(self):
        """BYE ends the call whatever waits: 200 to it, 500 to the others, 487 to an INVITE"""
        peer = self.peer()
        call = self.establish(peer)
        self.send(peer, call)
        peer.send('MESSAGE', call=call)
        peer.send('INVITE', call=call, body=SDP)
        self.assertIsNotNone(peer.expect(100)['x-signed'])
        peer.send('BYE', call=call)
        answers = {}
        while len(answers) < 4:
            message = peer.receive()
            if message.status >= 200:
                answers[message.method] = message.status
        self.assertEqual(answers, {'BYE': 200, 'INFO': 500, 'MESSAGE': 500, 'INVITE': 487})
        self.over('cancelled')
        self.agent.expect('ended', by='remote', status=200)
        self.resolve(worked=False)
        self.nothing_left()

    def test_bye_before_call_passed(self):
        """a BYE for a call that no supplement let through: 200 and 487"""
        peer = self.peer()
        call = self.defer(peer, 'first 20000 ring')
        call.established(peer.expect(180))
        peer.send('BYE', call=call)
        peer.expect(200)
        peer.expect(487, skip=(200,))
        self.over('cancelled')
        self.nothing_left()

    def test_hangup_cancels(self):
        """our BYE ends what waits when it is answered; what waits gets 500"""
        peer = self.peer()
        call = self.establish(peer)
        number = self.number()
        self.send(peer, call)
        self.agent.command('hangup', id=number)
        peer.respond(peer.expect('BYE'), 200)
        self.assertEqual(peer.expect(500).method, 'INFO')
        self.over('cancelled')
        self.nothing_left()

    def test_reinvite_waits(self):
        """a re-INVITE that waits gets 100 at once, and 200 afterwards"""
        peer = self.peer()
        call = self.establish(peer)
        self.send(peer, call, 'INVITE', body=SDP + 'a=sendonly\r\n')
        self.assertIsNotNone(peer.expect(100)['x-signed'])  # ours, not what the stack sends late
        self.resolve()
        self.assertIn('a=recvonly', peer.expect(200).body.decode())
        peer.send('ACK', call=call, cseq=call.cseq)
        self.agent.expect('media', hold='remote')
        self.bye(peer, call)

    def test_reinvite_cancelled(self):
        """a CANCEL takes a re-INVITE out of the row, first in it or not; the others go on"""
        peer = self.peer()
        call = self.establish(peer)
        self.number()  # passes over what was seen so far
        text = peer.send('INVITE', call=call, body=SDP, headers=['X-Defer: first 20000'])
        self.agent.expect('deferred', method='INVITE')
        self.cancel(peer, call, text)
        peer.expect(487, skip=(100, 200))
        self.over('cancelled')
        self.resolve(worked=False)
        stats = self.agent.stats()
        self.assertEqual(stats['supplement-0'].split()[-1], 'INVITE')
        self.assertNotIn('INVITE', stats['supplement-1'])

        self.send(peer, call)
        text = peer.send('INVITE', call=call, body=SDP)
        peer.send('MESSAGE', call=call)
        peer.expect(100, skip=(200,))
        self.cancel(peer, call, text)
        peer.expect(487, skip=(200,))
        self.resolve(which=1)
        methods = []
        while len(methods) < 2:
            message = peer.expect(200)
            if message.method != 'CANCEL':
                methods.append(message.method)
        self.assertEqual(methods, ['INFO', 'MESSAGE'])
        self.assertEqual(self.agent.stats()['supplement-0'], 'INFO MESSAGE')
        self.bye(peer, call)

    def test_ack_overtakes(self):
        """an ACK does not wait behind an INFO: the call is established meanwhile"""
        peer = self.peer()
        call = self.invite(peer)
        call.established(peer.expect(200))
        invite = call.cseq
        self.send(peer, call)
        peer.send('ACK', call=call, cseq=invite)
        self.agent.command('hangup', id=self.number())  # waits for the ACK, if that did not come
        bye = peer.expect('BYE', skip=(200,))
        peer.respond(bye, 200)
        peer.expect(500, skip=(200,))
        self.nothing_left()

    def test_acks_and_byes_cannot_wait(self):
        """a supplement gets no deferral for ACK and BYE"""
        peer = self.peer()
        call = self.invite(peer)
        call.established(peer.expect(200))
        self.agent.stats()
        peer.send('ACK', call=call, cseq=call.cseq, headers=['X-Defer: first 5000'])
        peer.send('BYE', call=call, headers=['X-Defer: first 5000'])
        peer.expect(200)
        self.agent.expect('ended')
        self.assertEqual(self.agent.stats()['supplement-0'],
                         'ACK undeferrable BYE undeferrable')
        self.nothing_left()

    def test_prack_waits(self):
        """a PRACK waits; the next reliable response waits for its answer"""
        peer = self.peer()
        call = self.invite(peer, 'manual', headers=['Require: 100rel'])
        number = self.number()
        self.agent.command('ring', id=number)
        first = peer.expect(180)
        call.established(first)
        peer.send('PRACK', call=call, headers=[f'RAck: {first["rseq"]} {first["cseq"]}',
                                               'X-Defer: first 20000'])
        self.agent.expect('deferred', method='PRACK')
        self.agent.command('progress', id=number)
        peer.expect_nothing(0.1, skip=(180,))
        self.resolve()
        self.assertEqual(peer.expect(200, skip=(180,)).method, 'PRACK')
        self.assertIsNotNone(peer.expect(183, skip=(180,))['rseq'])
        self.agent.command('reject', id=number)
        peer.expect(486, skip=(183, 180))
        self.nothing_left()

    def test_retransmissions(self):
        """repeated requests are absorbed while the first one waits"""
        peer = self.peer()
        call = self.defer(peer)
        for _ in range(3):
            peer.send_raw(call.text)
        self.resolve()
        self.accepted(peer, call)
        text = peer.send('INFO', call=call, headers=['X-Defer: first 20000'])
        self.agent.expect('deferred')
        for _ in range(3):
            peer.send_raw(text)
        peer.expect_nothing(0.05, skip=(200,))
        self.resolve(which=1)
        self.assertEqual(peer.expect(200).method, 'INFO')
        self.bye(peer, call)

    def test_outgoing_call(self):
        """requests in the dialog of a call of ours wait as well"""
        peer = self.peer()
        self.agent.command('call', target=peer.uri)
        invite = peer.expect('INVITE')
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK')
        call = Call.from_request(peer, invite)
        self.send(peer, call)
        peer.send('OPTIONS', call=call)
        self.resolve()
        self.assertEqual([peer.expect(200).method for _ in range(2)], ['INFO', 'OPTIONS'])
        self.bye(peer, call)

    def test_storm(self):
        """requests wait, are resolved and cancelled at random: each gets one final answer"""
        self.warns()
        for seed in range(40):
            storm = Storm(self, seed)
            try:
                storm.run()
            except AssertionError as error:
                raise AssertionError(f'seed {seed}: {storm.finals}\n'
                                     + str(storm.peer.ladder)) from error
            self.nothing_left()

    def test_stop(self):
        """the agent stops cleanly while requests wait"""
        peer, other = self.peer(), self.peer('tcp')
        call = self.establish(peer)
        self.send(peer, call)
        peer.send('INFO', call=call)
        self.defer(other)
        self.agent.stop()
        self.assertIn('bye', [event['event'] for event in self.agent.seen])


if __name__ == '__main__':
    agent.main()
