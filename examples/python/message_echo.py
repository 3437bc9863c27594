#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A bot that answers each text message for this host with the same text."""

from gi.repository import Gio, GLib

ahoy = Gio.DBusProxy.new_for_bus_sync(
    Gio.BusType.SESSION, Gio.DBusProxyFlags.NONE, None,
    'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1', 'org.ahoy.Ahoy1.Manager', None)


def on_signal(_proxy, _sender, signal, arguments):
    if signal == 'MessageReceived':
        _endpoint, sender, _to, content_type, body = arguments.unpack()
        ahoy.SendMessage('(sssaya{sv})', '', sender, content_type, body, {},
                         result_handler=lambda _proxy, result, _data: print(sender, result,
                                                                            flush=True))


ahoy.connect('g-signal', on_signal)
ahoy.SetReceiveMessages('(b)', True)
print('Echo is there', flush=True)
GLib.MainLoop().run()
