#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Joins two others over D-Bus alone: calls FIRST, then SECOND, and tells how it goes.

Usage: dbus_originate.py FIRST SECOND; ahoyd has to be on the session bus. Ends with the call.
"""

import sys

from gi.repository import Gio, GLib

NAME, ROOT = 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1'
first, second = sys.argv[1:]
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
loop = GLib.MainLoop()
members, ended = {}, {}


def call(path, interface, method, arguments=None):
    return bus.call_sync(NAME, path, interface, method, arguments, None,
                         Gio.DBusCallFlags.NONE, -1, None).unpack()


def on_added(bus, sender, path, interface, signal, arguments):
    added, interfaces = arguments.unpack()
    if f'{NAME}.Bridge' in interfaces:
        members[added] = interfaces[f'{NAME}.Bridge']['Members']


def on_changed(bus, sender, path, interface, signal, arguments):
    changed = arguments[1]
    if path == bridge and changed.get('Mode', 'none') != 'none':
        print('They hear each other:', changed['Mode'], flush=True)


def on_ended(bus, sender, path, interface, signal, arguments):
    ended[path] = arguments.unpack()
    loop.quit()


# Before the calls, so that nothing of them is missed: the bridge is told of with the first in it.
bus.signal_subscribe(NAME, 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded', None, None,
                     Gio.DBusSignalFlags.NONE, on_added)
bus.signal_subscribe(NAME, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', None, None,
                     Gio.DBusSignalFlags.NONE, on_changed)
bus.signal_subscribe(NAME, f'{NAME}.Session', 'Ended', None, None, Gio.DBusSignalFlags.NONE,
                     on_ended)
try:
    bridge, = call(ROOT, f'{NAME}.Manager', 'Originate',
                   GLib.Variant('(ssa{sv})', (first, second, {})))
except GLib.Error as error:
    sys.exit(error.message)
while bridge not in members:
    loop.get_context().iteration()
session, = members[bridge]
print('Calling', first, 'as', session, flush=True)
while session not in ended:
    loop.run()
status, reason, by = ended[session]
print('Ended:', status, reason, by, flush=True)
sys.exit(0 if status == 200 else f'The call failed: {status}')
