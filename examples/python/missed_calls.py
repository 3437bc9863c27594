#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Who called in vain during the last day: the history of calls on the bus."""

import time

from gi.repository import Gio, GLib

BUS = Gio.bus_get_sync(Gio.BusType.SESSION)
SINCE = int((time.time() - 86400) * 1e6)
FILTER = {'missed': GLib.Variant('b', True), 'since': GLib.Variant('t', SINCE)}
for call in BUS.call_sync('org.ahoy.Ahoy1', '/org/ahoy/Ahoy1', 'org.ahoy.Ahoy1.History', 'Query',
                          GLib.Variant('(a{sv})', (FILTER,)), None, 0, -1, None).unpack()[0]:
    print(time.strftime('%H:%M', time.localtime(call['created-at'] / 1e6)), call['caller'],
          call['remote-name'], f"wanted {call['callee']}: {call['status']}")
