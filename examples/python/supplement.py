#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A supplement: reads a header of each call, refuses the calls of scanners, adds a header, and
forbids calls to expensive numbers.

Usage: supplement.py [PORT [TARGET]]: speaks SIP on 127.0.0.1; whoever is no scanner hears that it
is busy, and TARGET is called. docs/supplements.md tells it step by step.
"""

import sys

import gi

gi.require_version('Ahoy', '1.0')
from gi.repository import Ahoy, GLib, GObject  # noqa: E402


class Doorman(GObject.Object, Ahoy.SessionSupplement):
    def do_incoming_request(self, session, request):
        if 'Subject' in request:
            print('a call about', request['Subject'], flush=True)
        if request.get_header('User-Agent') == 'friendly-scanner':
            session.respond(request, 403, 'Not Here')
            return Ahoy.SupplementVerdict.ANSWERED
        return Ahoy.SupplementVerdict.CONTINUE

    def do_outgoing_response(self, session, response):
        response['X-Doorman'] = 'Ahoj'

    def do_session_create(self, session):
        if session.get_target().startswith('sip:0900'):
            raise GLib.Error('Too expensive', 'ahoy-error-quark', Ahoy.Error.NOT_AUTHORIZED)
        return True


core = Ahoy.Core()
sessions = core.get_sessions()
sessions.add_supplement(Doorman(), 'doorman', methods=['INVITE'])
sessions.connect('incoming', lambda sessions, session: session.reject(486, 'Busy Here'))
transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1',
                               int(sys.argv[1]) if len(sys.argv) > 1 else 5060)
core.start()
print('listening on port', transport.get_port(), flush=True)
if len(sys.argv) > 2:  # without media of its own, it leaves the offer to who is called
    try:
        sessions.dial('sip:doorman@127.0.0.1', sys.argv[2], late_offer=True)
    except GLib.Error as error:
        print(error.message, flush=True)
GLib.MainLoop().run()
