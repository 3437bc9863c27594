#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A secretary over D-Bus alone: calls WHO, asks TARGET, and lets the two of them talk.

Usage: attended_transfer.py WHO TARGET; ahoyd has to be on the session bus. WHO is asked to take the
place of the secretary in the call with TARGET (REFER with Replaces), and the secretary hangs up.
"""

import sys

from gi.repository import Gio, GLib

NAME, ROOT = 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1'
who, target = sys.argv[1:]
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
context = GLib.MainContext.default()
states, transfers = {}, {}


def call(path, interface, method, arguments=None):
    return bus.call_sync(NAME, path, f'{NAME}.{interface}', method, arguments, None,
                         Gio.DBusCallFlags.NONE, 30000, None).unpack()


def on_signal(bus, sender, path, interface, signal, arguments):
    if signal == 'StateChanged':
        _, state, status, reason = arguments
        states[path] = state if state != 'ended' else f'ended: {status} {reason}'
    elif signal == 'TransferProgress':
        transfers[path] = arguments[0]
        print('Transfer:', arguments[0], flush=True)


def talk_to(uri):
    """Calls somebody, and waits for the answer."""
    session, = call(ROOT, 'Manager', 'Dial', GLib.Variant('(ss)', ('', uri)))
    print('Calling', uri, 'as', session, flush=True)
    while states.get(session) != 'active':
        if states.get(session, '').startswith('ended'):
            sys.exit(f'{uri} cannot be had, {states[session]}')
        context.iteration()
    return session


# Before the calls, so that no signal of them is missed.
bus.signal_subscribe(NAME, f'{NAME}.Session', None, None, None, Gio.DBusSignalFlags.NONE, on_signal)
try:
    first = talk_to(who)
    call(first, 'Session', 'Hold')
    try:
        second = talk_to(target)
        status, reason = call(first, 'Session', 'AttendedTransfer', GLib.Variant('(o)', (second,)))
    except SystemExit:
        call(first, 'Session', 'Hangup')
        raise
except GLib.Error as error:
    sys.exit(error.message)
if status >= 300:
    sys.exit(f'{who} does not want to: {status} {reason}')
while transfers.get(first, 0) < 200:
    context.iteration()
print('They talk with each other' if transfers[first] < 300 else 'They do not', flush=True)
sys.exit(0 if transfers[first] < 300 else f'The transfer failed: {transfers[first]}')
