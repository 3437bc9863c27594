#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A menu as a step of a route: ivr plays a sound, 1 calls somebody, 2 hangs up.

Usage: ivr.py PORT SOUND TARGET: speaks SIP on 127.0.0.1; 1 calls TARGET, such as
'<sip:bob@example.org>'.
"""

import sys

import gi

gi.require_version('Ahoy', '1.0')
gi.require_version('AhoyGst', '1.0')
from gi.repository import Ahoy, AhoyGst, GLib, GObject  # noqa: E402

port, sound, target = sys.argv[1:]


class Ivr(GObject.Object, Ahoy.CallApplication):
    def do_run(self, run):
        run.play(sound)
        return Ahoy.CallVerdict.WAITING

    def do_digit(self, run, digit, duration):
        run.finish_with({'1': f'dial({target})', '2': 'hangup'}.get(digit, 'ivr'))


core = Ahoy.Core()
core.get_sessions().add_sdp_handler(
    AhoyGst.AudioHandler.new(AhoyGst.Engine.new(1)), 'audio', 'audio')
Ahoy.RouteStepRegistry.get_default().add(Ahoy.RouteStepDefinition.new('ivr', 'asks what to do'))
core.get_router().add_application('ivr', Ivr())
route = Ahoy.RouteProgram.parse(Ahoy.RouteStepRegistry.get_default(), 'ivr')
core.get_sessions().connect('incoming', lambda _, call: core.get_router().run(call, route))
transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', int(port))
core.start()
print('listening on port', transport.get_port(), flush=True)
GLib.MainLoop().run()
