# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls the bus through Gio, where busctl cannot: names of errors, odd arguments, leaving."""

import re

from gi.repository import Gio, GLib

from daemon import NAME, ROOT


class Refused(Exception):
    """An error of the bus: its name without org.ahoy.Ahoy1.Error., and its message."""

    def __init__(self, error):
        self.name = Gio.DBusError.get_remote_error(error) or error.domain
        self.message = re.sub(r'\AGDBus\.Error:[^:]+: ', '', error.message)
        self.name = self.name.removeprefix(f'{NAME}.Error.')
        super().__init__(f'{self.name}: {self.message}')


class Client:
    """A connection of its own."""

    def __init__(self, bus):
        self.connection = Gio.DBusConnection.new_for_address_sync(
            bus.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.connection.set_exit_on_close(False)

    def call(self, path, interface, method, signature=None, *arguments, timeout=30000):
        """The results; arguments are as GLib.Variant takes them."""
        if not path.startswith('/'):
            path = f'{ROOT}{path and "/" + path}'
        if '.' not in interface:
            interface = f'{NAME}.{interface}'
        variant = GLib.Variant(f'({signature})', arguments) if signature else None
        try:
            result = self.connection.call_sync(NAME, path, interface, method, variant, None,
                                               Gio.DBusCallFlags.NO_AUTO_START, timeout, None)
        except GLib.Error as error:
            raise Refused(error) from None
        return result.unpack()

    def call_with_file(self, path, method, file, *more):
        """A method of a session whose first argument is a descriptor, which stays the caller's."""
        variant = GLib.Variant('(h' + 's' * len(more) + ')', (0, *more))
        files = Gio.UnixFDList.new()
        files.append(file)
        try:
            self.connection.call_with_unix_fd_list_sync(
                NAME, path, f'{NAME}.Session', method, variant, None,
                Gio.DBusCallFlags.NO_AUTO_START, 30000, files, None)
        except GLib.Error as error:
            raise Refused(error) from None

    def start(self, path, interface, method, signature=None, *arguments):
        """Sends a call, and does not wait for its answer."""
        message = Gio.DBusMessage.new_method_call(NAME, path, f'{NAME}.{interface}', method)
        if signature:
            message.set_body(GLib.Variant(f'({signature})', arguments))
        self.connection.send_message(message, Gio.DBusSendMessageFlags.NONE)
        self.connection.flush_sync(None)

    def close(self):
        self.connection.close_sync(None)
