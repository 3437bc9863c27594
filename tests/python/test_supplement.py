# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Session supplements in Python: what they add, read and refuse, and how they may fail."""

import agent
from party import Ahoy, GLib, GObject, PartyCase, iterate_until, run_beside
from sip_message import Message
from sip_peer import SDP, Call, Peer


class Signing(GObject.Object, Ahoy.SessionSupplement):
    """Adds a header to what leaves, reads one of what comes, refuses calls that ask for it."""

    def __init__(self):
        super().__init__()
        self.subjects, self.begun, self.ended = [], 0, 0

    def do_session_begin(self, session):
        self.begun += 1

    def do_session_end(self, session):
        self.ended += 1

    def do_incoming_request(self, session, request):
        self.subjects.append((request.get_method(), request.get_header('Subject')))
        refuse = request.get_header('X-Refuse')
        if refuse is not None:
            session.respond(request, int(refuse), 'Not today')
            return Ahoy.SupplementVerdict.ANSWERED
        return Ahoy.SupplementVerdict.CONTINUE

    def do_outgoing_response(self, session, response):
        response.add_header('X-Python', 'Ahoj')


def call(peer, headers=(), status=200):
    """A whole call; gives the final response."""
    dialog = Call(peer)
    peer.send('INVITE', call=dialog, headers=headers, body=SDP)
    final = peer.expect(status, skip=(100, 180))
    if status == 200:
        dialog.established(final)
        peer.send('ACK', call=dialog)
        peer.send('BYE', call=dialog)
        peer.expect(200)
    return final


class Supplement(PartyCase):
    def add(self, supplement, methods=None):
        self.party.sessions.add_supplement(supplement, type(supplement).__name__, None, None,
                                           methods)
        return supplement

    def test_header(self):
        """A supplement adds a header that the peer sees, and reads one that it sent"""
        self.start()
        signing = self.add(Signing())
        final = run_beside(call, self.peer(), ['Subject: Dobrý den'])
        self.assertEqual(final['X-Python'], 'Ahoj')
        self.assertEqual(signing.subjects[0], ('INVITE', 'Dobrý den'))
        self.assertEqual((signing.begun, signing.ended), (1, 1))
        self.assertEqual(self.party.audio.calls, ['handle_offer', 'negotiate', 'apply', 'end'])

    def test_run_time(self):
        """Supplements come and go while calls run: a call keeps those it began with (CALL-12)"""
        class Noting(GObject.Object, Ahoy.SessionSupplement):
            def __init__(self):
                super().__init__()
                self.seen = []

            def do_session_begin(self, session):
                self.seen.append('begin')

            def do_session_end(self, session):
                self.seen.append('end')

            def do_incoming_request(self, session, request):
                self.seen.append(request.get_method())
                return Ahoy.SupplementVerdict.CONTINUE

        def begin(peer):
            dialog = Call(peer)
            peer.send('INVITE', call=dialog, body=SDP)
            dialog.established(peer.expect(200, skip=(100, 180)))
            peer.send('ACK', call=dialog)
            return dialog

        def end(peer, dialog):
            peer.send('BYE', call=dialog)
            peer.expect(200)

        self.start()
        sessions = self.party.sessions
        peers = [self.peer() for _ in range(3)]
        early, late, again = Noting(), Noting(), Noting()
        sessions.add_supplement(early, 'noting', None, None, ['INVITE', 'BYE'])
        first = run_beside(begin, peers[0])
        self.assertTrue(sessions.remove_supplement(early))
        self.assertFalse(sessions.remove_supplement(early))
        sessions.add_supplement(late, 'noting', None, None, ['INVITE', 'BYE'])
        second = run_beside(begin, peers[1])
        self.assertTrue(sessions.remove_supplement(late))
        third = run_beside(begin, peers[2])
        sessions.add_supplement(again, 'noting', None, None, None)
        for peer, dialog in zip(peers, (first, second, third)):
            run_beside(end, peer, dialog)
        iterate_until(lambda: self.party.ended == [200] * 3, 'the calls end')
        self.assertEqual(early.seen, ['begin', 'INVITE', 'BYE', 'end'])
        self.assertEqual(late.seen, ['begin', 'INVITE', 'BYE', 'end'])
        self.assertEqual(again.seen, [])

    def test_refuse(self):
        """A supplement refuses a call by a header: 480 with its reason"""
        self.start()
        signing = self.add(Signing())
        final = run_beside(call, self.peer(), ['X-Refuse: 480'], 480)
        self.assertEqual(final.line, 'SIP/2.0 480 Not today')
        self.assertEqual(final['X-Python'], 'Ahoj')
        self.assertEqual((signing.begun, signing.ended), (1, 1))

    def test_outgoing_request(self):
        """A supplement adds a header to the INVITE that leaves, and reads the answers"""
        self.start()
        peer = Peer('udp')
        self.addCleanup(peer.close)
        seen = []

        class Asking(GObject.Object, Ahoy.SessionSupplement):
            def do_outgoing_request(self, session, request):
                request.set_header('Subject', 'Ahoj, světe')

            def do_incoming_response(self, session, response):
                seen.append((response.get_status(), response.get_header('X-Mood')))

        self.add(Asking())

        def answer():
            invite = peer.expect('INVITE')
            peer.respond(invite, 486, 'Busy', headers=['X-Mood: bad'])
            peer.expect('ACK')
            return invite['Subject']

        session = self.party.sessions.dial(self.party.uri(), peer.uri, None)
        self.assertEqual(run_beside(answer), 'Ahoj, světe')
        iterate_until(lambda: self.party.ended == [486], 'the call ends')
        self.assertEqual(seen, [(486, 'bad')])
        self.assertEqual(session.get_ended_by(), Ahoy.SessionParty.REMOTE)

    def forbidden(self, supplement, raised=()):
        """The message of the call that the supplement forbids, and of which nothing is left."""
        self.start()
        self.add(supplement)
        added = []
        self.party.sessions.connect('session-added', lambda _, session: added.append(session))
        peer = Peer('udp')
        self.addCleanup(peer.close)
        with self.assertRaises(GLib.Error) as caught:
            self.party.sessions.dial(self.party.uri(), peer.uri, None)
        self.assertEqual(added + self.party.sessions.list_sessions(), [])
        self.assertIsNone(run_beside(peer.receive, 0.2))
        self.assertEqual(self.raised, list(raised))
        text = f'The supplement “{type(supplement).__name__}” forbids the call to {peer.uri}: '
        self.assertTrue(caught.exception.message.startswith(text), caught.exception.message)
        return caught.exception, caught.exception.message[len(text):]

    def test_forbid(self):
        """A supplement forbids a call before anything leaves, and says why: GLib.Error (CALL-11)"""
        seen = []

        class Curfew(GObject.Object, Ahoy.SessionSupplement):
            def do_session_begin(self, session):
                seen.append('begin')

            def do_session_end(self, session):
                seen.append('end')

            def do_session_create(self, session):
                seen.append((session.get_target()[:4], session.get_state()))
                session.connect('ended', lambda over: seen.append(over.get_end_status()))
                raise GLib.Error('It is late', 'ahoy-error-quark', Ahoy.Error.NOT_AUTHORIZED)

        error, text = self.forbidden(Curfew())
        self.assertEqual(text, 'It is late')
        self.assertTrue(error.matches(Ahoy.error_quark(), Ahoy.Error.NOT_AUTHORIZED))
        self.assertEqual(seen, [('sip:', Ahoy.SessionState.NEW), 403])

    def test_allow(self):
        """A supplement that is asked and says yes sees the call begin and end"""
        seen = []

        class Asked(GObject.Object, Ahoy.SessionSupplement):
            def do_session_create(self, session):
                seen.append('create')
                return True

            def do_session_begin(self, session):
                seen.append('begin')

            def do_session_end(self, session):
                seen.append('end')

        self.start()
        self.add(Asked())
        peer = Peer('udp')
        self.addCleanup(peer.close)
        self.party.sessions.dial(self.party.uri(), peer.uri, None)

        def refuse():
            peer.respond(peer.expect('INVITE'), 486)
            peer.expect('ACK')

        run_beside(refuse)
        iterate_until(lambda: self.party.ended == [486], 'the call ends')
        self.assertEqual(seen, ['create', 'begin', 'end'])

    def test_bytes(self):
        """A header that is not UTF-8 comes as valid text, and as it was in its bytes"""
        self.start()
        seen = []

        class Reading(GObject.Object, Ahoy.SessionSupplement):
            def do_incoming_request(self, session, request):
                seen.append((request.get_header('Subject'),
                             request.get_header_bytes('Subject').get_data(),
                             request.dup_from_display(), request.to_string()))
                return Ahoy.SupplementVerdict.CONTINUE

        self.add(Reading(), ['INVITE'])
        peer = self.peer()
        text = peer.request('INVITE', headers=['Subject: Dvo@k'], body=SDP)
        text = text.replace('"Peer"', '"J@rgen"').encode().replace(b'Dvo@k', b'Dvo\xf8\xe1k')
        text = text.replace(b'J@rgen', b'J\xf8rgen')

        def send():
            invite = Message.parse(text)
            peer.invites[invite.call_id, invite.cseq] = invite
            peer.send_raw(text)
            peer.expect(200, skip=(100, 180))

        run_beside(send)
        subject, raw, display, whole = seen[0]
        self.assertEqual((subject, raw, display),
                         ('Dvo\ufffd\ufffdk', b'Dvo\xf8\xe1k', 'J\ufffdrgen'))
        self.assertIn('Dvo\ufffd\ufffdk', whole)
        for session in self.party.sessions.list_sessions():
            session.hangup()


class Failing(GObject.Object, Ahoy.SessionSupplement):
    """Says something else than a verdict."""

    def __init__(self, verdict):
        super().__init__()
        self.verdict = verdict

    def do_incoming_request(self, session, request):
        if isinstance(self.verdict, type):
            raise self.verdict('on purpose')
        return self.verdict


class Broken(PartyCase):
    def refused(self, supplement, status, raised):
        """The call is refused with that status, and no session is left or was ever active."""
        states = []
        self.party.sessions.connect('session-added', lambda sessions, session: session.connect(
            'state-changed', lambda session, old, new, code, reason: states.append(new)))
        if supplement is not None:
            self.party.sessions.add_supplement(supplement, 'broken', None, None, None)
        run_beside(call, self.peer(), (), status)
        iterate_until(lambda: self.party.ended != [], 'the session ends')
        self.assertNotIn(Ahoy.SessionState.ACTIVE, states)
        self.assertEqual(self.raised, raised)

    def test_other_callbacks(self):
        """What raises in the other callbacks ends no call, and no object stays"""
        class Raising(GObject.Object, Ahoy.SessionSupplement):
            def do_session_begin(self, session):
                raise KeyError('begin')

            def do_session_end(self, session):
                raise LookupError('end')

            def do_outgoing_response(self, session, response):
                raise ValueError('outgoing')

        self.start()
        self.party.sessions.add_supplement(Raising(), 'broken', None, None, None)
        run_beside(call, self.peer())
        iterate_until(lambda: self.party.ended == [200], 'the session ends')
        # 180, 200 to INVITE, 200 to BYE
        self.assertEqual(self.raised, [KeyError] + [ValueError] * 3 + [LookupError])

    def test_incoming_response(self):
        """What raises on an INVITE that leaves and its answers does not keep the call"""
        class Raising(GObject.Object, Ahoy.SessionSupplement):
            def do_outgoing_request(self, session, request):
                raise KeyError(request.get_method())

            def do_incoming_response(self, session, response):
                raise ValueError(response.get_status())

        self.start()
        self.party.sessions.add_supplement(Raising(), 'broken', None, None, None)
        peer = Peer('udp')
        self.addCleanup(peer.close)

        def answer():
            invite = peer.expect('INVITE')
            peer.respond(invite, 486, 'Busy')
            peer.expect('ACK')

        self.party.sessions.dial(self.party.uri(), peer.uri, None)
        run_beside(answer)
        iterate_until(lambda: self.party.ended == [486], 'the call ends')
        self.assertEqual(self.raised, [KeyError, ValueError])

    def test_incoming_signal(self):
        """What raises where calls are taken takes none: 404"""
        def on_incoming(sessions, session):
            raise RuntimeError('on purpose')

        self.start(answer=False)
        self.party.sessions.connect('incoming', on_incoming)
        self.refused(None, 404, [RuntimeError])

    def test_glib_error(self):
        """A GLib.Error raised in incoming_request is answered with 500 too"""
        class Failed(GLib.Error):
            def __init__(self, text):
                super().__init__(text, 'ahoy-error-quark', Ahoy.Error.FAILED)

        self.start()
        self.refused(Failing(Failed), 500, [Failed])


def add_test(name, text, verdict, raised):
    def test(self):
        self.start()
        self.refused(Failing(verdict), 500, raised)

    test.__doc__ = text
    setattr(Broken, f'test_{name}', test)


class Unclear(GObject.Object, Ahoy.SessionSupplement):
    """Does not say clearly whether a call may be."""

    def __init__(self, verdict):
        super().__init__()
        self.verdict = verdict

    def do_session_create(self, session):
        if isinstance(self.verdict, type):
            raise self.verdict('on purpose')
        return self.verdict


def add_unclear(name, text, verdict, raised):
    def test(self):
        error, said = self.forbidden(Unclear(verdict), raised)
        self.assertEqual(said, 'it failed, or does not say why')
        self.assertTrue(error.matches(Ahoy.error_quark(), Ahoy.Error.FAILED))

    test.__doc__ = text
    setattr(Supplement, f'test_unclear_{name}', test)


for kind in (RuntimeError, KeyError, StopIteration, MemoryError, SystemError):
    add_unclear(kind.__name__, f'session_create raises {kind.__name__}: the call is forbidden',
                kind, [kind])
for wrong in (None, False, 0):
    add_unclear(str(wrong), f'session_create says {wrong}: the call is forbidden', wrong, [])
for kind in (RuntimeError, KeyError, StopIteration, MemoryError, SystemError):
    add_test(kind.__name__, f'A supplement that raises {kind.__name__} accepts no call: 500',
             kind, [kind])
for number, wrong in enumerate([None, 'continue', object(), 99, -1, 1 << 40]):
    add_test(f'wrong_{number}', f'A supplement that says {str(wrong)[:16]} accepts no call: 500',
             wrong, [TypeError])
for wrong in (Ahoy.SupplementVerdict.FAILED, Ahoy.SupplementVerdict.ANSWERED):
    add_test(wrong.value_nick, f'A supplement that says “{wrong.value_nick}” and does not answer '
             'accepts no call: 500', wrong, [])


if __name__ == '__main__':
    agent.main()
