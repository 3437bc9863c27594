#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Prints who is where, then how contacts come, go, answer and fall silent.

Usage: contacts.py [NUMBER]; ahoyd has to be on the session bus. Ends after NUMBER changes.
"""

import sys

from gi.repository import Gio, GLib

NAME, ROOT = 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1'
ENDPOINT = f'{NAME}.Endpoint'
left = int(sys.argv[1]) if len(sys.argv) > 1 else -1
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
loop = GLib.MainLoop()
names = {}  # path of an endpoint: its name


def on_signal(bus, sender, path, interface, signal, arguments):
    global left
    if not signal.startswith('Contact'):
        return
    print(names.get(path, path), signal, *arguments.unpack(), flush=True)
    left -= 1
    if left == 0:
        loop.quit()


# Before the question, so that no change is missed.
bus.signal_subscribe(NAME, ENDPOINT, None, None, None, Gio.DBusSignalFlags.NONE, on_signal)
after = ''
while True:  # in pages: there may be more endpoints than a message has room for
    try:
        endpoints, after = bus.call_sync(
            NAME, ROOT, f'{NAME}.Manager', 'ListManagedObjects',
            GLib.Variant('(ssu)', (ENDPOINT, after, 0)), None, Gio.DBusCallFlags.NONE, -1,
            None).unpack()
    except GLib.Error as error:
        sys.exit(error.message)
    for path, properties in endpoints:
        names[path] = properties['Name']
        for uri, agent, expires, round_trip, status in properties['Contacts']:
            print(names[path], uri, status, flush=True)
    if not after:
        break
print('Watching', flush=True)
loop.run()
