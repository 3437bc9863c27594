#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A telephone over D-Bus alone: calls TARGET, sends DIGITS, and hangs up when they came back.

Usage: dbus_call.py TARGET [DIGITS]; ahoyd has to be on the session bus.
"""

import sys

from gi.repository import Gio, GLib

NAME, ROOT = 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1'
target, digits = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ''
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
loop = GLib.MainLoop()
heard = []


def call(path, interface, method, arguments=None):
    return bus.call_sync(NAME, path, f'{NAME}.{interface}', method, arguments, None,
                         Gio.DBusCallFlags.NONE, -1, None).unpack()


def on_signal(bus, sender, path, interface, signal, arguments):
    global result
    if path != session:
        return
    print(signal, *arguments.unpack(), flush=True)
    if signal == 'StateChanged' and arguments[1] == 'active' and digits:
        call(session, 'Session', 'SendDtmf', GLib.Variant('(su)', (digits, 0)))
    elif signal == 'DtmfReceived':
        heard.append(arguments[0])
        if ''.join(heard) == digits:
            call(session, 'Session', 'Hangup')
    elif signal == 'Ended':
        result = arguments[0]
        loop.quit()


# Before the call, so that no signal of it is missed.
bus.signal_subscribe(NAME, f'{NAME}.Session', None, None, None, Gio.DBusSignalFlags.NONE, on_signal)
try:
    session, = call(ROOT, 'Manager', 'Dial', GLib.Variant('(ss)', ('', target)))
except GLib.Error as error:
    sys.exit(error.message)
print('Calling', target, 'as', session, flush=True)
loop.run()
sys.exit(0 if result == 200 else f'The call failed: {result}')
