# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs dnsmasq as the name server of a zone that a test makes."""

import os
import socket
import struct
import subprocess

from daemon import Lines
from sip_peer import Failure

TYPES = {'A': 1, 'SRV': 33, 'NAPTR': 35}
TRUNCATED = 0x0200


def free_port(host):
    """A port that is free for UDP and TCP; dnsmasq cannot ask the kernel for one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        udp.bind((host, 0))
        tcp.bind((host, udp.getsockname()[1]))
        return udp.getsockname()[1]


class NameServer:
    """Answers for everything below .test; records are options of dnsmasq: 'srv-host=…'."""

    def __init__(self, records):
        # Another process may be faster, on this address of our own it hardly is.
        for _ in range(5):
            self.host = '127.' + '.'.join(str(1 + byte % 250) for byte in os.urandom(3))
            self.port = free_port(self.host)
            if self._start(records):
                return
        raise Failure('dnsmasq does not start:\n' + '\n'.join(self.log.all))

    def _start(self, records):
        self.process = subprocess.Popen(
            ['dnsmasq', '--conf-file=/dev/null', f'--port={self.port}',
             f'--listen-address={self.host}', '--bind-interfaces', '--no-resolv', '--no-hosts',
             '--keep-in-foreground', '--log-facility=-', '--log-queries', '--pid-file=',
             '--local=/test/', '--edns-packet-max=512',
             *(['--user=root', '--group=root'] if os.geteuid() == 0 else []),
             *(f'--{record}' for record in records)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.log = Lines(self.process.stderr)
        try:
            self.log.wait_for(lambda line: 'cleared cache' in line, 10)
        except Failure:
            self.stop()
            return False
        return True

    @property
    def address(self):
        return f'{self.host}:{self.port}'

    def asked(self, kind, name, least=0):
        """How often it was asked for records of a name; waits until it was so often at least."""
        text = f'query[{kind}] {name} from'
        if least > 0:
            return len(self.log.having(text, count=least))
        return sum(text in line for line in self.log.all)

    def ask_by_udp(self, kind, name):
        """The flags and the bytes of an answer, asked for without the resolver under test."""
        labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.sendto(struct.pack('!6H', 7, 0x0100, 1, 0, 0, 0) + labels + b'\0'
                        + struct.pack('!2H', TYPES[kind], 1), (self.host, self.port))
            answer = sock.recv(65535)
        return struct.unpack('!H', answer[2:4])[0], answer

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
        self.log.close()
