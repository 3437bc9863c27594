#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""An account with a provider: registers, says how it is, and refuses each call as busy.

Usage: account.py PORT SERVER ADDRESS [PASSWORD], such as
account.py 5060 sip:example.org sip:alice@example.org secret
"""

import signal
import sys

import gi

gi.require_version('Ahoy', '1.0')
from gi.repository import Ahoy, GLib  # noqa: E402


def on_state(registration, _):
    print(registration.get_state().value_nick + ':', registration.dup_status_text(), flush=True)


def on_incoming(sessions, session):
    print(session.get_remote_uri(), 'calls', flush=True)
    return session.reject(486, None)


async def leave():
    await core.stop()  # unregisters
    loop.quit()


def on_interrupt():
    Ahoy.spawn(leave())
    return GLib.SOURCE_REMOVE


port, server, address, *password = sys.argv[1:]
loop = GLib.MainLoop()
core = Ahoy.Core()
core.get_sessions().connect('incoming', on_incoming)
transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', int(port))
core.start()
print('listening on port', transport.get_port(), flush=True)

config = Ahoy.RegistrationConfig.new('account')
config.set_text('server', f'<{server}>')
config.set_text('client', f'<{address}>')
if password:
    config.set_text('outbound-username', Ahoy.Uri.parse(address).get_user())
    config.set_text('outbound-password', password[0])
try:
    account = core.get_registrations().add(config)
except GLib.Error as error:
    sys.exit(error.message)
account.connect('notify::state', on_state)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, on_interrupt)
loop.run()
