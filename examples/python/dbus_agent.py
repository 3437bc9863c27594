#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Decides over D-Bus who callers are and whether they may call, for ahoyd on the session bus.

Usage: dbus_agent.py [--delay MS] [--allow ADDRESS]... [USER=ENDPOINT]...

A request whose From has the user USER comes from ENDPOINT; the daemon finds out about all others.
Requests from each ADDRESS are believed; from elsewhere the daemon wants its usual proof. Nothing
here blocks: an agent that takes its time, such as one that asks a data base, answers later.
"""

import argparse
import pathlib
import sys

from gi.repository import Gio, GLib

NAME, ROOT, PATH = 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1', '/org/example/Agent'
XML = '''<node><interface name="org.ahoy.Ahoy1.Agent">
  <method name="Decide">
    <arg name="kind" type="s" direction="in"/>
    <arg name="object" type="o" direction="in"/>
    <arg name="facts" type="a{ss}" direction="in"/>
    <arg name="verdict" type="s" direction="out"/>
    <arg name="changes" type="a{ss}" direction="out"/>
  </method>
  <method name="Release"/>
</interface></node>'''

parser = argparse.ArgumentParser(prog=pathlib.Path(sys.argv[0]).name)
parser.add_argument('--delay', type=int, default=0, help='answer so many milliseconds late')
parser.add_argument('--allow', action='append', default=[], help='an address that is believed')
parser.add_argument('users', nargs='*', metavar='USER=ENDPOINT')
options = parser.parse_args()
endpoints = dict(each.split('=', 1) for each in options.users)
loop = GLib.MainLoop()


def decide(kind, facts):
    """A verdict, and what comes with it."""
    if kind == 'identify':
        user = facts['from'].removeprefix('sip:').partition('@')[0]
        if user in endpoints:
            return 'accept', {'endpoint': endpoints[user]}
    elif facts['source-address'] in options.allow:
        return 'accept', {}
    return 'pass', {}


def on_call(bus, sender, path, interface, method, arguments, invocation):
    if method == 'Release':
        loop.quit()
        return
    kind, _, facts = arguments.unpack()
    verdict = decide(kind, facts)
    print(kind, facts['method'], facts['from'], verdict[0], flush=True)
    answer = GLib.Variant('(sa{ss})', verdict)
    GLib.timeout_add(options.delay, lambda: invocation.return_value(answer))


bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], on_call, None, None)
try:
    bus.call_sync(NAME, ROOT, f'{NAME}.Manager', 'RegisterAgent',
                  GLib.Variant('(oas)', (PATH, ['identify', 'authenticate'])), None,
                  Gio.DBusCallFlags.NONE, -1, None)
except GLib.Error as error:
    sys.exit(error.message)
print('Deciding', flush=True)
loop.run()
