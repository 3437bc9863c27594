# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Who owns what: derived classes, lists, threads, a thousand calls, and what is left of them."""

import asyncio
import ctypes
import gc
import socket
import threading
import time
import weakref

import agent
from party import (CONTEXT, Ahoy, Audio, GLib, GObject, PartyCase, census, iterate_until,
                   run_beside)
from sip_peer import SDP, Call, Peer


class Counting(GObject.Object, Ahoy.SessionSupplement):
    """Touches all that it gets, and keeps nothing."""

    def __init__(self):
        super().__init__()
        self.begun = self.ended = self.messages = 0

    def do_session_begin(self, session):
        self.begun += 1
        session.set_variable('python', 'ahoj')

    def do_session_end(self, session):
        self.ended += 1
        assert session.get_variable('python') == 'ahoj'

    def touch(self, session, message):
        self.messages += 1
        message.to_string()
        message.get_body()
        message.get_headers('Via')
        for stream in session.get_streams():
            stream.get_local()

    def do_incoming_request(self, session, request):
        self.touch(session, request)
        return Ahoy.SupplementVerdict.CONTINUE

    def do_incoming_response(self, session, response):
        self.touch(session, response)

    def do_outgoing_request(self, session, request):
        self.touch(session, request)
        request['X-Python'] = 'ahoj'

    def do_outgoing_response(self, session, response):
        self.touch(session, response)


def resident():
    """Resident memory in KiB."""
    with open('/proc/self/status', encoding='ascii') as status:
        for line in status:
            if line.startswith('VmRSS:'):
                return int(line.split()[1])
    return 0


class Derived(PartyCase):
    def test_override(self):
        """What a derived class overrides is not changed in its parent class"""
        seen = []

        class Parent(GObject.Object, Ahoy.SessionSupplement):
            def do_session_begin(self, session):
                seen.append('parent')

            def do_incoming_request(self, session, request):
                seen.append('request')
                return Ahoy.SupplementVerdict.CONTINUE

        class Child(Parent):
            def do_session_begin(self, session):
                seen.append('child')
                Parent.do_session_begin(self, session)

        class Listed(Parent, Ahoy.SessionSupplement):
            """Names the interface again, as one does without the overrides."""

        self.start(answer=False)
        for kind in (Parent, Child, Listed):
            self.party.sessions.add_supplement(kind(), kind.__name__, methods=['INVITE'])
        peer = self.peer()

        def refused():
            peer.send('INVITE', body=SDP)
            peer.expect(404)

        run_beside(refused)
        self.assertEqual(seen, ['parent', 'child', 'parent', 'parent'] + ['request'] * 3)
        self.assertEqual(Child.__mro__.index(Parent), 1)

    def test_two_interfaces(self):
        """One object may be a supplement and an SDP handler"""
        class Both(Audio, Ahoy.SessionSupplement):
            begun = 0

            def do_session_begin(self, session):
                self.begun += 1

        self.start(audio=False)
        both = Both('both')
        self.party.sessions.add_supplement(both, 'both')
        self.party.sessions.add_sdp_handler(both, 'both', 'audio')
        run_beside(Calls.whole_call, self.peer())
        self.assertEqual((both.begun, both.calls[-1]), (1, 'end'))


class Calls(PartyCase):
    @staticmethod
    def whole_call(peer):
        dialog = Call(peer)
        peer.send('INVITE', call=dialog, body=SDP)
        dialog.established(peer.expect(200, skip=(100, 180)))
        peer.send('ACK', call=dialog)
        peer.send('BYE', call=dialog)
        peer.expect(200)

    def pair(self):
        """Two parties: one calls the other, both with extensions in Python."""
        callee, caller = self.start(), self.join(answer=False)
        for party in (callee, caller):
            party.supplement = Counting()
            party.sessions.add_supplement(party.supplement, 'counting')

        def hang_up(session, old, new, status, reason):
            if new == Ahoy.SessionState.ACTIVE:
                session.hangup()

        caller.sessions.connect('session-added', lambda sessions, session:
                                session.connect('state-changed', hang_up))
        return caller, callee

    def make_calls(self, caller, callee, count):
        done = len(callee.ended) + count
        for _ in range(count // 10):
            for _ in range(10):
                caller.sessions.dial(caller.uri(), callee.uri(), headers={'Subject': 'x'})
            goal = len(caller.ended) + 10 - len(caller.sessions.list_sessions())
            iterate_until(lambda: not caller.sessions.list_sessions(), 'ten calls are over')
            self.assertGreaterEqual(len(caller.ended), goal)
        iterate_until(lambda: len(callee.ended) == done, 'the callee is done')

    def test_thousand(self):
        """After a thousand calls with extensions in Python no object and no memory is left"""
        memory = []
        for _ in range(5):
            caller, callee = self.pair()
            self.make_calls(caller, callee, 250)
            for party in (caller, callee):
                self.assertEqual((party.supplement.begun, party.supplement.ended), (250, 250))
                self.assertEqual(set(party.ended), {200})
            del caller, callee, party
            self.leave()  # transactions that are over linger in a stack that runs
            ctypes.CDLL(None).malloc_trim(0)
            memory.append(resident())
        print(f'# resident after each 250 calls: {memory} KiB')
        self.assertLess(memory[-1] - memory[1], 1024)
        self.assertEqual(self.raised, [])

    def test_idle(self):
        """Two stacks in one main loop stand still when nothing comes, also after one was woken"""
        caller, callee = self.pair()
        turns = []
        for party in (caller, callee):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
                knock.sendto(b'\r\n\r\n', party.address())
            count, end = 0, time.monotonic() + 0.3
            while time.monotonic() < end:
                GLib.timeout_add(20, lambda: GLib.SOURCE_REMOVE)
                CONTEXT.iteration(True)
                count += 1
            turns.append(count)
        self.assertLess(max(turns), 500, turns)

    def test_dropped_elsewhere(self):
        """Messages, sessions and streams may be dropped by another thread"""
        caller, callee = self.pair()
        kept = []

        class Keeping(GObject.Object, Ahoy.SessionSupplement):
            def do_incoming_request(self, session, request):
                kept.append((session, request, session.get_dialog()))
                return Ahoy.SupplementVerdict.CONTINUE

            def do_outgoing_response(self, session, response):
                kept.append((session, response, list(session.get_streams())))

        callee.sessions.add_supplement(Keeping(), 'keeping')
        self.make_calls(caller, callee, 10)
        self.assertGreater(len(kept), 30)

        def drop():
            while kept:
                kept.pop()

        run_beside(drop)
        self.assertEqual(kept, [])

    def test_kept(self):
        """What is kept after the end of a call still answers, and says that it is over"""
        caller, callee = self.pair()
        kept = []
        callee.sessions.connect('session-added', lambda sessions, session: kept.append(session))
        self.make_calls(caller, callee, 10)
        session = kept[0]
        kept.clear()
        self.assertEqual(session.get_state(), Ahoy.SessionState.ENDED)
        self.assertEqual([s.get_media_type() for s in session.get_streams()], ['audio'])
        self.assertIn('Subject: x', str(session.get_invite()))
        session.hangup()
        with self.assertRaises(GLib.Error) as caught:
            session.answer()
        self.assertTrue(caught.exception.matches(Ahoy.error_quark(), Ahoy.Error.INVALID_STATE))


class Lists(PartyCase):
    def test_sessions(self):
        """A list of sessions stays what it was when the sessions are gone"""
        party = self.start(answer=False)
        for number in range(5):
            party.sessions.dial(party.uri(), f'sip:x{number}@127.0.0.1:9')
        sessions = party.sessions.list_sessions()
        for session in sessions:
            session.hangup()
        party.stop()
        self.party = None
        del party, self.parties[:]
        gc.collect()
        self.assertEqual({session.get_target() for session in sessions},
                         {f'sip:x{number}@127.0.0.1:9' for number in range(5)})

    def test_values(self):
        """Lists of values, and values of lists, live as long as Python has them"""
        for _ in range(1000):
            names = Ahoy.NameAddr.parse_list('"Ü" <sip:a@b;x=1>;q=0.5, <sip:c@d>')
        uris = [name.get_uri() for name in names]
        del names
        gc.collect()
        self.assertEqual([str(uri) for uri in uris], ['sip:a@b;x=1', 'sip:c@d'])
        session = Ahoy.SdpSession.parse(SDP, -1)
        media = session.get_media(0)
        formats = media.get_rtp_formats()
        del session, media
        gc.collect()
        self.assertEqual([f.get_encoding() for f in formats], ['PCMU', 'PCMA'])

    def test_next_hops(self):
        """The next hops of a resolver, asked a thousand times"""
        resolver = Ahoy.Resolver.new(None)
        for _ in range(1000):
            hops = resolver.try_numeric('127.0.0.1', 5060, Ahoy.TransportProtocol.UDP, False)
        del resolver
        self.assertEqual([str(hop) for hop in hops], ['udp:127.0.0.1:5060'])
        self.assertEqual(hops[0], Ahoy.NextHop.new(Ahoy.TransportProtocol.UDP, '127.0.0.1', 5060,
                                                   None, hops[0].get_expires()))

    def test_parts(self):
        """The parts of a body go in and come out"""
        party = self.start()
        message = party.stack.create_request('MESSAGE', 'sip:x@127.0.0.1', 'sip:y@127.0.0.1')
        parts = [Ahoy.BodyPart.new('text/plain', GLib.Bytes.new(text)) for text in (b'one', b'two')]
        message.set_parts('mixed', parts)
        del parts
        gc.collect()
        self.assertEqual([part.get_body().get_data() for part in message.get_parts()],
                         [b'one', b'two'])

    def test_extensions(self):
        """A snapshot of extensions keeps what was removed"""
        registry = Ahoy.ExtensionRegistry.new()
        registry.add(Ahoy.SessionSupplement, Counting(), 'counting', methods=['INVITE'])
        snapshot = registry.snapshot(Ahoy.SessionSupplement)
        registry.remove(Ahoy.SessionSupplement, snapshot[0].get_object())
        gc.collect()
        self.assertEqual([each.get_name() for each in snapshot], ['counting'])
        self.assertEqual(snapshot[-1].get_methods(), ['INVITE'])
        self.assertEqual(len(registry.snapshot(Ahoy.SessionSupplement)), 0)

    def test_scheduler(self):
        """A job runs once, and what it holds is dropped with it"""
        scheduler = Ahoy.Scheduler.new_virtual()
        holder = Counting()
        gone = weakref.ref(holder)
        ran = []
        scheduler.add('job', 1000, lambda holder: ran.append(holder.begun), holder)
        del holder
        scheduler.advance(2000)
        gc.collect()
        self.assertEqual(ran, [0])
        self.assertIsNone(gone())


class Awaiting(PartyCase):
    def options(self, port):
        return self.party.stack.create_request('OPTIONS', f'sip:x@127.0.0.1:{port}',
                                               self.party.uri())

    def test_spawn(self):
        """A coroutine in the main loop awaits an answer"""
        party = self.start()
        party.stack.add_service(Ahoy.OptionsService.new(party.stack), 'options')

        async def ask():
            answers = [await party.stack.send_request(self.options(party.port)) for _ in range(3)]
            return [answer.get_status() for answer in answers]

        task = Ahoy.spawn(ask())
        iterate_until(lambda: task.done, 'the coroutine is done')
        self.assertEqual((task.result, task.error), ([200, 200, 200], None))

    def test_errors(self):
        """What an operation fails with is raised where it is awaited"""
        party = self.start()
        caught = []

        async def ask():
            request = self.options(party.port)
            await party.stack.send_request(request)
            try:
                await party.stack.send_request(request)
            except GLib.Error as error:
                caught.append(error.domain)
            raise KeyError('mine')

        task = Ahoy.spawn(ask())
        iterate_until(lambda: task.done, 'the coroutine is done')
        self.assertEqual((caught, self.raised), (['ahoy-error-quark'], [KeyError]))

    def test_cancel(self):
        """A task that is cancelled hears so where it awaits"""
        party = self.start()
        peer = Peer('udp')
        self.addCleanup(peer.close)
        heard = []

        async def ask():
            try:
                await party.stack.send_request(self.options(peer.port))
            except GLib.Error as error:
                heard.append(error.domain)

        task = Ahoy.spawn(ask())
        task.cancel()
        iterate_until(lambda: task.done, 'the coroutine is done')
        self.assertEqual(heard, ['g-io-error-quark'])

    def test_asyncio(self):
        """The same in asyncio, with the main loop turned from there"""
        party = self.start()
        party.stack.add_service(Ahoy.OptionsService.new(party.stack), 'options')

        async def turn():
            while True:
                CONTEXT.iteration(False)
                await asyncio.sleep(0)

        async def ask():
            turning = asyncio.ensure_future(turn())
            answer = await party.stack.send_request(self.options(party.port))
            turning.cancel()
            return answer.get_status()

        self.assertEqual(asyncio.run(asyncio.wait_for(ask(), 10)), 200)

    def test_threads(self):
        """Values are read by many threads at once"""
        uri = Ahoy.Uri.parse('sip:a@b;x=1')
        wrong = []

        def read():
            for _ in range(2000):
                if str(uri.with_param('y', '2')) != 'sip:a@b;x=1;y=2':
                    wrong.append(1)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    agent.main()
