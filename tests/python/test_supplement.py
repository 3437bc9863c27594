# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Session supplements in Python: what they add, read and refuse, and how they may fail."""

import agent
from party import Ahoy, GObject, PartyCase, run_beside
from sip_peer import SDP, Call


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

    def test_refuse(self):
        """A supplement refuses a call by a header: 480 with its reason"""
        self.start()
        signing = self.add(Signing())
        final = run_beside(call, self.peer(), ['X-Refuse: 480'], 480)
        self.assertEqual(final.line, 'SIP/2.0 480 Not today')
        self.assertEqual(final['X-Python'], 'Ahoj')
        self.assertEqual((signing.begun, signing.ended), (1, 1))


if __name__ == '__main__':
    agent.main()
