#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Two SDP handlers for audio: one that knows Opus only, and one that echoes any audio.

Usage: sdp_handler.py [PORT]: answers calls on 127.0.0.1 and says which handler took the stream.
The first is asked first; when it declines, the second one takes the stream.
"""

import socket
import sys

import gi

gi.require_version('Ahoy', '1.0')
from gi.repository import Ahoy, GLib, GObject  # noqa: E402


class Echo(GObject.Object, Ahoy.SdpHandler):
    """Sends back each RTP packet of the formats that it knows; with none, of any format."""

    encodings = ()

    def __init__(self):
        super().__init__()
        self.sockets = {}

    def formats(self, media):
        return [each for each in media.get_rtp_formats()
                if not self.encodings or each.get_encoding().upper() in self.encodings]

    def open(self, stream):
        """Binds a port, once for each stream, and says so in the local description."""
        if stream not in self.sockets:
            port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            port.bind(('127.0.0.1', 0))
            port.setblocking(False)
            watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, port.fileno(), GLib.IOCondition.IN,
                                          self.on_packet, port)
            self.sockets[stream] = (port, watch)
        address, number = self.sockets[stream][0].getsockname()
        stream.get_local().set_address(address)
        stream.get_local().set_port(number)

    @staticmethod
    def on_packet(descriptor, condition, port):
        try:
            packet, source = port.recvfrom(2048)
            port.sendto(packet, source)
        except OSError:
            pass  # a packet is lost, as packets are
        return GLib.SOURCE_CONTINUE

    def do_handle_offer(self, session, stream):
        known = self.formats(stream.get_remote())
        return Ahoy.SdpVerdict.HANDLED if known else Ahoy.SdpVerdict.NOT_MINE

    def do_create_stream(self, session, stream):
        self.open(stream)
        if not stream.get_local().get_formats():
            stream.get_local().add_rtp_format(Ahoy.SdpFormat.new_static(0))
        return Ahoy.SdpVerdict.HANDLED

    def do_negotiate(self, session, stream):
        if not stream.is_offerer():
            self.open(stream)
            local = stream.get_local()
            for old in local.get_formats():
                local.remove_format(old)
            for known in self.formats(stream.get_remote()):
                local.add_rtp_format(known)
        return Ahoy.SdpVerdict.HANDLED

    def do_end(self, session, stream):
        if stream in self.sockets:
            port, watch = self.sockets.pop(stream)
            GLib.source_remove(watch)
            port.close()


class OpusOnly(Echo, Ahoy.SdpHandler):
    """Declines what is not Opus. The interface stands here again: see docs/python.md."""

    encodings = ('OPUS',)


def on_incoming(sessions, session):
    session.answer()
    for stream in session.get_streams():
        print('stream', stream.get_index(), 'is taken by', stream.get_handler_name(), flush=True)
    return True


def main():
    core = Ahoy.Core()
    sessions = core.get_sessions()
    sessions.add_sdp_handler(OpusOnly(), 'opus', 'audio')
    sessions.add_sdp_handler(Echo(), 'echo', 'audio')
    sessions.connect('incoming', on_incoming)
    transport = core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1',
                                   int(sys.argv[1]) if len(sys.argv) > 1 else 5060)
    core.start()
    print('listening on port', transport.get_port(), flush=True)
    GLib.MainLoop().run()


if __name__ == '__main__':
    main()
