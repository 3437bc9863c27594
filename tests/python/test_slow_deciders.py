# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Authenticators and identifiers in Python that take their time in a configured core: what answers
late, raises, says nonsense or nothing, and what happens to the request that waits meanwhile.
"""

import time

import agent
from party import Ahoy, Audio, GLib, GObject, PartyCase, iterate_until, run_beside
from sip_message import Message
from sip_peer import SDP, Call, Peer
from test_sipp import Sipp

CONFIG = b'''[core]
t1=100ms
overload-delay=0
headers=X-Signed: first
[transport udp]
protocol=udp
bind=127.0.0.1:0
[transport tcp]
protocol=tcp
bind=127.0.0.1:0
[endpoint peer]
auth=none
context=office
match=127.0.0.1
allow=call;message
headers=X-Line: 7
[route all]
context=office
match=agent
do=answer, wait(20)
[route sipp]
context=office
match=python
do=ring, answer, wait(20)
'''
PATHS = ('udp', 'tcp')
LATE = 200  # ms, as somebody needs who asks a data base


class Slow(GObject.Object):
    """Asks for time, and answers later; `how` says what it does wrong."""

    right = wrong = None  # what it answers

    def __init__(self, defer, how='', deadline=0, wait=LATE):
        super().__init__()
        self.defer, self.how, self.deadline, self.wait = defer, how, deadline, wait
        self.asked, self.states, self.worked, self.waiting, self.timers = [], [], [], [], []

    def take_time(self, request, method, value=None):
        self.asked.append(method)
        if self.how == 'raise at once':
            raise KeyError('a bug')
        deferral = self.defer(request, self.deadline)
        deferral.connect('over', lambda _, state: self.states.append(state))
        self.waiting.append(deferral)
        if self.how == 'raise':
            raise KeyError('a bug after it asked for time')
        if self.how != 'never':
            self.timers.append(GLib.timeout_add(self.wait, self.answer, deferral))
        return value

    def answer(self, deferral):
        for word in {'nonsense': ('yes', object(), 77), 'no': (self.wrong,)}.get(self.how, ()):
            try:
                self.worked.append(deferral.resolve(word))
            except TypeError:
                self.worked.append(TypeError)
        if self.how != 'nonsense':
            self.worked.append(deferral.resolve(self.right))
        self.timers.pop(0)
        return GLib.SOURCE_REMOVE

    def forget(self):
        for timer in self.timers:
            GLib.source_remove(timer)
        self.__dict__.clear()


class Authenticator(Slow, Ahoy.Authenticator):
    right, wrong = Ahoy.AuthResult.SUCCESS, Ahoy.AuthResult.FAILED

    def do_requires_authentication(self, request, endpoint):
        return Ahoy.AuthRequirement.REQUIRED

    def do_authenticate_request(self, transaction, endpoint):
        return self.take_time(transaction, transaction.get_request().get_method(),
                              Ahoy.AuthResult.FAILED)


class Identifier(Slow, Ahoy.EndpointIdentifier):
    def do_identify(self, request):
        return self.take_time(request, request.get_method())


class SlowCase(PartyCase):
    """A core with a configuration, and one slow decider in its chain."""

    def setUp(self):
        super().setUp()
        self.cores = []

    def begin(self, kind, how='', **keys):
        """A core that runs, and the decider."""
        reader = Ahoy.ConfigReader.new(Ahoy.configuration_make_schema())
        reader.add_text('test.conf', CONFIG)
        core = Ahoy.Core.new(None)
        objects = reader.read()
        self.assertEqual([problem.to_string() for problem in reader.list_problems()], [])
        self.assertTrue(core.configure(objects)[0])
        core.start()
        core.add_extension(Ahoy.SdpHandler, Audio(), 'python', None, None, ['audio'])
        self.ports = {t.get_name(): t.get_port() for t in core.list_transports()}
        self.cores.append(core)
        if kind is Authenticator:
            decider = kind(core.get_authentication().defer, how, **keys)
            core.add_extension(Ahoy.Authenticator, decider, 'slow', None, None, None)
        else:
            decider = kind(core.get_identification().defer, how, **keys)
            decider.right = core.get_endpoints().lookup('peer')
            core.add_extension(Ahoy.EndpointIdentifier, decider, 'slow', ['username'], None, None)
        self.addCleanup(decider.forget)
        return decider

    def leave(self):
        for core in self.cores:
            done = []
            core.stop_async(None, lambda core, result, done=done: done.append(result))
            iterate_until(lambda done=done: done, 'the core stops')
            core.stop_finish(done.pop())
        self.cores.clear()
        core = None
        self.doCleanups()
        super().leave()

    def peer_over(self, transport):
        peer = Peer(transport, '127.0.0.1', ('127.0.0.1', self.ports[transport]))
        self.addCleanup(peer.close)
        return peer

    def each_path(self, function, seconds=30):
        for transport in PATHS:
            with self.subTest(transport=transport):
                run_beside(function, self.peer_over(transport), seconds=seconds)


def invite(peer, status=200):
    """A call, up to its end or refusal; the seconds until the final answer."""
    call = Call(peer)
    begin = time.monotonic()
    peer.send('INVITE', call=call, body=SDP)
    if status is not None:
        peer.expect(100, skip=())
        final = peer.expect(status)
        took = time.monotonic() - begin
        if status == 200:
            hang_up(peer, accept(peer, call, final))
        return took
    return call


def accept(peer, call, final):
    call.established(final)
    peer.send('ACK', call=call)
    return call


def hang_up(peer, call):
    peer.send('BYE', call=call)
    peer.expect('200 BYE')


class Contract:
    """What holds for each kind of decider."""

    kind = None
    refused = 403

    def test_answers_late(self):
        """One that answers after 200 ms: the caller gets 100 at once, then the call"""
        decider = self.begin(self.kind)

        def run(peer):
            took = invite(peer)
            self.assertGreaterEqual(took, LATE / 1000)
            self.assertLess(took, 20)
        self.each_path(run)
        self.assertEqual(decider.asked, ['INVITE'] * 2)
        self.assertEqual(decider.states, [Ahoy.DeferralState.RESOLVED] * 2)
        self.assertEqual(decider.worked, [True] * 2)

    def test_says_no_late(self):
        """One that says no after 200 ms: the caller is refused, a second answer changes nothing"""
        decider = self.begin(self.kind, 'no')
        self.says_no(decider)
        self.assertEqual(decider.worked, [True, False] * 2)

    def says_no(self, decider):
        self.each_path(lambda peer: invite(peer, self.refused))

    def test_repeated_invite(self):
        """An INVITE that comes again while it waits gets 100 again, and nobody is asked again"""
        decider = self.begin(self.kind, wait=600)

        def run(peer):
            call = Call(peer)
            text = peer.send('INVITE', call=call, body=SDP)
            first = peer.expect(100, skip=())
            for _ in range(2):
                peer.send_raw(text)
                peer.expect_retransmission(first)
            hang_up(peer, accept(peer, call, peer.expect(200)))
        run_beside(run, self.peer_over('udp'))
        self.assertEqual(decider.asked, ['INVITE'])

    def test_repeated_message(self):
        """A request that is no INVITE and comes again while it waits is answered once, and later
        again with the same bytes"""
        decider = self.begin(self.kind)

        def run(peer):
            text = peer.send('OPTIONS')
            for _ in range(3):
                peer.send_raw(text)
            final = peer.expect(200, skip=())
            peer.expect_nothing(0.2)
            self.assertEqual(peer.retransmissions, [])
            peer.send_raw(text)
            peer.expect_retransmission(final)
        run_beside(run, self.peer_over('udp'))
        self.assertEqual(decider.asked, ['OPTIONS'])

    def test_cancel(self):
        """A caller gives up while it waits: 487, and the decider is told; its answer is nothing"""
        decider = self.begin(self.kind)

        def run(peer):
            call = Call(peer)
            text = peer.send('INVITE', call=call, body=SDP)
            peer.expect(100, skip=())
            peer.send(peer.cancel_of(Message.parse(text.encode())))
            peer.expect('200 CANCEL', where=lambda m: m.cseq_method == 'CANCEL')
            peer.expect('487 INVITE')
        self.each_path(run)
        self.assertEqual(decider.states, [Ahoy.DeferralState.CANCELLED] * 2)
        iterate_until(lambda: len(decider.worked) == 2, 'the late answers')
        self.assertEqual(decider.worked, [False, False])

    def test_raises(self):
        """One that raises lets nothing pass"""
        decider = self.begin(self.kind, 'raise at once')
        self.each_path(lambda peer: self.assertEqual(refusal(peer), self.refused))
        self.assertEqual(self.raised, [KeyError] * 2)
        self.assertEqual(decider.states, [])

    def test_raises_after_asking_for_time(self):
        """One that raises after it asked for time: 500 at the deadline, which it is told of"""
        decider = self.begin(self.kind, 'raise', deadline=300)
        self.each_path(lambda peer: invite(peer, 500))
        self.assertEqual(self.raised, [KeyError] * 2)
        self.assertEqual(decider.states, [Ahoy.DeferralState.TIMED_OUT] * 2)

    def test_nonsense(self):
        """One that answers nonsense is told so, and lets nothing pass: 500 at the deadline"""
        decider = self.begin(self.kind, 'nonsense', deadline=400)
        self.each_path(lambda peer: invite(peer, 500))
        self.assertEqual(decider.worked, [TypeError] * 6)

    def test_never_answers(self):
        """One that never answers: 500 at the deadline, and what it says then is nothing"""
        decider = self.begin(self.kind, 'never', deadline=400)

        def run(peer):
            took = invite(peer, 500)
            self.assertGreaterEqual(took, 0.4)
            self.assertLess(took, 20)
            peer.send('OPTIONS')
            peer.expect(500, skip=())
            peer.expect_nothing(0.1)
        self.each_path(run)
        self.assertEqual(decider.states, [Ahoy.DeferralState.TIMED_OUT] * 4)
        for deferral in decider.waiting:
            self.assertFalse(deferral.resolve(decider.right))
            self.assertEqual(deferral.get_state(), Ahoy.DeferralState.TIMED_OUT)

    def test_usual_deadline(self):
        """One that never answers and says no deadline: 500 after 5 s"""
        decider = self.begin(self.kind, 'never')
        took = run_beside(lambda: invite_slowly(self.peer_over('udp')))
        self.assertGreaterEqual(took, 5)
        self.assertLess(took, 20)
        self.assertEqual(decider.states, [Ahoy.DeferralState.TIMED_OUT])

    def test_sipp(self):
        """sipp calls over UDP and TCP, each time waiting for the decider"""
        decider = self.begin(self.kind)
        for transport in PATHS:
            with self.subTest(transport=transport):
                code, output = run_beside(Sipp('uac_call', transport, 'ipv4',
                                               ('127.0.0.1', self.ports[transport]), 'python',
                                               calls=3).finish)
                self.assertEqual(code, 0, output)
        self.assertEqual(decider.asked, ['INVITE'] * 6)


def refusal(peer):
    peer.send('INVITE', body=SDP)
    return peer.expect('final').status


def invite_slowly(peer):
    begin = time.monotonic()
    peer.send('INVITE', body=SDP)
    peer.expect(500, timeout=12)
    return time.monotonic() - begin


class SlowAuthenticator(Contract, SlowCase):
    kind = Authenticator

    def test_headers(self):
        """Headers of an endpoint are for who has proved to be it"""
        decider = self.begin(self.kind, 'no')
        for how, status, line in (('no', 403, None), ('', 200, '7')):
            decider.how = how
            peer = self.peer_over('udp')

            def ask(peer=peer, status=status):
                peer.send('OPTIONS')
                return peer.expect(status)['x-line']
            self.assertEqual(run_beside(ask), line)

    def test_dialog(self):
        """In a dialog later requests wait behind one that waits, in order; BYE ends the wait"""
        decider = self.begin(self.kind)

        def run(peer):
            call = Call(peer)
            peer.send('INVITE', call=call, body=SDP)
            accept(peer, call, peer.expect(200))
            for method in ('OPTIONS', 'INFO', 'OPTIONS'):
                peer.send(method, call=call)
            answers = [peer.expect('final') for _ in range(3)]
            self.assertEqual([answer.cseq for answer in answers],
                             [call.cseq - 2, call.cseq - 1, call.cseq])
            peer.send('INVITE', call=call, body=SDP)
            peer.expect(100, skip=())
            peer.send('OPTIONS', call=call)
            peer.send('BYE', call=call)
            finals = sorted((peer.expect('final') for _ in range(3)), key=lambda m: m.cseq)
            self.assertEqual([(m.cseq_method, m.status) for m in finals],
                             [('INVITE', 487), ('OPTIONS', 500), ('BYE', 200)])
        self.each_path(run)
        self.assertEqual(decider.asked, ['INVITE', 'OPTIONS', 'INFO', 'OPTIONS', 'INVITE'] * 2)


class SlowIdentifier(Contract, SlowCase):
    kind = Identifier
    refused = 200  # the address is known, too

    def test_says_no_late(self):
        """One that does not know the caller after 200 ms: the next one is asked"""
        decider = self.begin(self.kind, 'no')
        self.each_path(invite)
        self.assertEqual(decider.worked, [True, False] * 2)

    def test_raises(self):
        """One that raises knows nobody: the next one is asked"""
        decider = self.begin(self.kind, 'raise at once')
        self.each_path(lambda peer: self.assertEqual(refusal(peer), 200))
        self.assertEqual(self.raised, [KeyError] * 2)
        self.assertEqual(decider.states, [])


if __name__ == '__main__':
    agent.main(150)
