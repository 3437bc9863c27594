#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A telephone: answers each call, and whoever calls hears himself.

Usage: phone.py [PORT [TARGET]]: speaks SIP on 127.0.0.1, and calls TARGET if there is one.
"""

import signal
import sys

import gi

gi.require_version('Ahoy', '1.0')
gi.require_version('AhoyGst', '1.0')
from gi.repository import Ahoy, AhoyGst, GLib  # noqa: E402


def on_incoming(sessions, session):
    print(session.get_remote_uri(), 'calls', flush=True)
    return session.ring() and session.answer()


def on_state(session, old, new, status, reason):
    if new == Ahoy.SessionState.ACTIVE:
        print(session.get_remote_uri(), 'is on the line', flush=True)
        for stream in session.get_streams():
            stream.get_media().set_echo(True)


def on_ended(session):
    print(session.get_remote_uri(), 'is gone:', session.get_end_status(), flush=True)


def on_added(sessions, session):
    session.connect('state-changed', on_state)
    session.connect('ended', on_ended)


async def hang_up():
    await core.stop()
    loop.quit()


def on_interrupt():
    Ahoy.spawn(hang_up())
    return GLib.SOURCE_REMOVE


loop = GLib.MainLoop()
core = Ahoy.Core()
sessions = core.get_sessions()
sessions.add_sdp_handler(AhoyGst.AudioHandler.new(AhoyGst.Engine.new(1)), 'audio', 'audio')
sessions.connect('incoming', on_incoming)
sessions.connect('session-added', on_added)
port = int(sys.argv[1]) if len(sys.argv) > 1 else 5060
transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', port)
core.start()
print('listening on port', transport.get_port(), flush=True)
if len(sys.argv) > 2:
    sessions.dial(f'sip:phone@127.0.0.1:{transport.get_port()}', sys.argv[2], timeout=30)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, on_interrupt)
loop.run()
