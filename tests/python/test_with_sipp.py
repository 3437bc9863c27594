# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Supplements and SDP handlers in Python, with sipp as the peer."""

import pathlib

import agent
from party import Ahoy, Audio, GObject, PartyCase, iterate_until, run_beside
from test_sipp import Sipp

SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'


class Signing(GObject.Object, Ahoy.SessionSupplement):
    """Adds a header to what leaves, and reads one of what comes."""

    def __init__(self):
        super().__init__()
        self.read = []

    def do_incoming_request(self, session, request):
        self.read.append((request.get_method(), request.get_header('Subject')))
        return Ahoy.SupplementVerdict.CONTINUE

    def do_outgoing_request(self, session, request):
        request.set_header('Subject', 'Ahoj')

    def do_incoming_response(self, session, response):
        self.read.append((response.get_status(), response.get_header('X-Mood')))

    def do_outgoing_response(self, session, response):
        response.add_header('X-Python', 'Ahoj')


class Raising(GObject.Object, Ahoy.SessionSupplement):
    def do_incoming_request(self, session, request):
        raise RuntimeError('on purpose')


class WithSipp(PartyCase):
    def call(self, name):
        """sipp calls the party; its scenario fails unless the answers are as it wants them."""
        code, output = run_beside(Sipp(str(SCENARIOS / name), 'udp', 'ipv4',
                                       self.party.address(), 'python').finish)
        self.assertEqual(code, 0, output)

    def test_accepted(self):
        """sipp sees a supplement's header and the second handler's media; its Subject is read"""
        self.start(audio=False)
        signing = Signing()
        first, second = Audio('first', take=False), Audio('second')
        self.party.sessions.add_supplement(signing, 'signing', None, None, ['INVITE'])
        self.party.sessions.add_sdp_handler(first, 'first', 'audio', None, None)
        self.party.sessions.add_sdp_handler(second, 'second', 'audio', None, None)
        self.call('uac_python')
        iterate_until(lambda: self.party.ended == [200], 'the call ends')
        self.assertEqual(signing.read, [('INVITE', 'lunch')])
        self.assertEqual(first.calls, ['handle_offer'])
        self.assertEqual(second.calls, ['handle_offer', 'negotiate', 'apply', 'end'])

    def test_exception(self):
        """What raises in a supplement accepts no call of sipp: 500"""
        self.start()
        states = []
        self.party.sessions.connect('session-added', lambda sessions, session: session.connect(
            'state-changed', lambda session, old, new, code, reason: states.append(new)))
        self.party.sessions.add_supplement(Raising(), 'raising', None, None, None)
        self.call('uac_500')
        iterate_until(lambda: self.party.ended == [500], 'the call ends')
        self.assertEqual(self.raised, [RuntimeError])
        self.assertNotIn(Ahoy.SessionState.ACTIVE, states)

    def test_outgoing(self):
        """sipp sees a supplement's header in an INVITE, and the supplement reads its answer's"""
        self.start()
        signing = Signing()
        self.party.sessions.add_supplement(signing, 'signing', None, None, ['INVITE'])
        sipp = Sipp(str(SCENARIOS / 'uas_python'), 'udp', 'ipv4').listening('udp')
        session = self.party.sessions.dial(self.party.uri(), sipp.uri, None)
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ACTIVE, 'the answer')
        session.hangup()
        code, output = run_beside(sipp.finish)
        self.assertEqual(code, 0, output)
        iterate_until(lambda: self.party.ended == [200], 'the call ends')
        self.assertIn((200, 'good'), signing.read)


if __name__ == '__main__':
    agent.main()
