#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A step of a route: pin(CODE) lets a caller on who types the digits of CODE, and nobody else.

Usage: route_step.py [PORT [ROUTE]]: speaks SIP on 127.0.0.1; ROUTE is 'pin(1234), echo' if it is
left out.
"""

import signal
import sys

import gi

gi.require_version('Ahoy', '1.0')
gi.require_version('AhoyGst', '1.0')
from gi.repository import Ahoy, AhoyGst, GLib, GObject  # noqa: E402


class Pin(GObject.Object, Ahoy.CallApplication):
    def __init__(self):
        super().__init__()
        self.typed = {}  # run: what it was asked for, what came, where from

    def do_run(self, run):
        session = run.get_session()
        if session.get_state() < Ahoy.SessionState.ACTIVE:
            session.answer()
        media = session.find_media('audio')
        handler = media.connect('dtmf-received', self.on_digit, run)
        self.typed[run] = [run.get_step().get_text('code'), '', media, handler]
        media.play_tone('dial')
        return Ahoy.CallVerdict.WAITING

    def on_digit(self, media, digit, duration, run):
        entry = self.typed[run]
        entry[1] += digit
        if entry[0] == entry[1]:
            print('the code is right', flush=True)
            self.forget(run)
            run.finish()
        elif not entry[0].startswith(entry[1]):
            print('the code is wrong', flush=True)
            self.forget(run)
            run.fail(GLib.Error('the caller typed another code'))

    def do_cancel(self, run):
        print('the caller did not type the code', flush=True)
        self.forget(run)

    def forget(self, run):
        _, _, media, handler = self.typed.pop(run)
        media.disconnect(handler)
        media.stop_playing()


def define_step(registry):
    definition = Ahoy.RouteStepDefinition.new('pin', 'asks the caller for a code')
    definition.add_argument('code', Ahoy.RouteArgumentKind.TEXT,
                            Ahoy.RouteArgumentFlags.POSITIONAL | Ahoy.RouteArgumentFlags.REQUIRED,
                            None, 'the digits to type')
    registry.add(definition)


async def hang_up():
    await core.stop()
    loop.quit()


def on_interrupt():
    Ahoy.spawn(hang_up())
    return GLib.SOURCE_REMOVE


loop = GLib.MainLoop()
core = Ahoy.Core()
sessions, router = core.get_sessions(), core.get_router()
sessions.add_sdp_handler(AhoyGst.AudioHandler.new(AhoyGst.Engine.new(1)), 'audio', 'audio')
define_step(Ahoy.RouteStepRegistry.get_default())
router.add_application('pin', Pin())
route = Ahoy.RouteProgram.parse(Ahoy.RouteStepRegistry.get_default(),
                                sys.argv[2] if len(sys.argv) > 2 else 'pin(1234), echo')
sessions.connect('incoming', lambda sessions, session: router.run(session, route))
port = int(sys.argv[1]) if len(sys.argv) > 1 else 5060
transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', port)
core.start()
print('listening on port', transport.get_port(), flush=True)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, on_interrupt)
loop.run()
