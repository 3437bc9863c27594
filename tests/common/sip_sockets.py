# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The sockets below a scripted SIP peer: one for UDP, or a TCP listener and its connections."""

import errno
import select
import socket
import time

from sip_message import StreamFramer

LOOPBACK = {'ipv4': '127.0.0.1', 'ipv6': '::1'}


def family_of(host):
    return socket.AF_INET6 if ':' in host else socket.AF_INET


def have_ipv6():
    """Whether this machine has an IPv6 loopback at all."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(('::1', 0))
        return True
    except OSError:
        return False


class Connection:
    """One TCP connection, ours or accepted."""

    def __init__(self, sock, outgoing):
        self.sock = sock
        self.outgoing = outgoing
        self.local = sock.getsockname()[:2]
        self.remote = sock.getpeername()[:2]
        self.framer = StreamFramer()
        self.closed = False
        self.received = 0
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)

    def receive(self):
        """Read what is there; an empty list and self.closed when the other side is gone."""
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            data = b''
        if not data:
            self.close()
            return []
        self.received += len(data)
        return self.framer.feed(data)

    def send(self, data, timeout=5.0):
        """Send all; returns how many bytes went out before the other side closed or stalled."""
        view, sent = memoryview(data), 0
        deadline = time.monotonic() + timeout
        while sent < len(view):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([], [self.sock], [], remaining)[1]:
                break
            try:
                sent += self.sock.send(view[sent:])
            except BlockingIOError:
                continue
            except OSError as error:
                if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                    raise
                self.close()
                break
        return sent

    def shutdown(self):
        """Say that nothing more will come, but go on reading."""
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.closed = True
        self.sock.close()


class Endpoint:
    """Owns the sockets; the port is chosen by the kernel unless one is asked for.

    With listen=False there is no socket but those of its own TCP connections.
    """

    def __init__(self, transport, host, port=0, listen=True):
        self.transport = transport
        self.connections = []
        self.sock, self.host, self.port = None, host, port
        if listen:
            self._open(transport, host, port)

    def _open(self, transport, host, port):
        kind = socket.SOCK_DGRAM if transport == 'udp' else socket.SOCK_STREAM
        self.sock = socket.socket(family_of(host), kind)
        try:
            if transport == 'tcp':
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            else:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self.sock.bind((host, port))
            if transport == 'tcp':
                self.sock.listen(128)
        except OSError:
            self.sock.close()
            raise
        self.sock.setblocking(False)
        self.host, self.port = self.sock.getsockname()[:2]

    def connect(self, address, timeout=5.0):
        """A new TCP connection from our own address (its port is the kernel's choice)."""
        sock = socket.socket(family_of(self.host), socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.bind((self.host, 0))
            sock.connect(address)
        except OSError:
            sock.close()
            raise
        connection = Connection(sock, outgoing=True)
        self.connections.append(connection)
        return connection

    def find(self, address):
        """The open connection to this address, or None."""
        for connection in self.connections:
            if not connection.closed and connection.remote == address:
                return connection
        return None

    def poll(self, timeout):
        """Wait for input; yields (kind, connection, address, bytes) for everything which is there.

        Kinds: 'message', 'accepted', 'closed', 'bytes' (input which completed no message).
        """
        open_ones = {connection.sock: connection for connection in self.connections
                     if not connection.closed}
        sockets = list(open_ones) + ([self.sock] if self.sock else [])
        ready = select.select(sockets, [], [], max(0.0, timeout))[0]
        events = []
        for sock in ready:
            if sock is self.sock:
                events += self._poll_own()
                continue
            connection = open_ones[sock]
            messages = connection.receive()
            events += [('message', connection, connection.remote, data) for data in messages]
            if connection.closed:
                events.append(('closed', connection, connection.remote, b''))
            elif not messages:
                events.append(('bytes', connection, connection.remote, b''))
        return events

    def _poll_own(self):
        events = []
        while True:
            try:
                if self.transport == 'tcp':
                    sock, address = self.sock.accept()
                    connection = Connection(sock, outgoing=False)
                    self.connections.append(connection)
                    events.append(('accepted', connection, address[:2], b''))
                else:
                    data, address = self.sock.recvfrom(65536)
                    events.append(('message', None, address[:2], data))
            except BlockingIOError:
                return events

    def close(self):
        for connection in self.connections:
            if not connection.closed:
                connection.close()
        if self.sock:
            self.sock.close()
