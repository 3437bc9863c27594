# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A hundred live calls change their codec by re-INVITE at once: relay becomes transcoding, and then
relay again. No stream that the peers get may have a gap in its numbers.

Each packet has a level of sound of its own, so that what is not heard is counted even where
something else is sent in its place: to decode takes a jitter buffer, which is filled once, and left
behind once.
"""

import audioop
import selectors
import socket
import struct
import threading
import time
import unittest

import agent
from daemon import HOSTS, Daemon, anyone
from test_dial import Callee, Caller, sdp

HOST = HOSTS['ipv4']
PCMU, PCMA = ((0, 'PCMU/8000'),), ((8, 'PCMA/8000'),)
SPAN = 1.0  # s between two changes
LEVELS = (-24000, -16000, -8000, -2000, 2000, 8000, 16000, 24000)
PACKETS = {kind: [encode(struct.pack('<h', level) * 160, 2) for level in LEVELS]
           for kind, encode in ((0, audioop.lin2ulaw), (8, audioop.lin2alaw))}
DECODE = {0: audioop.ulaw2lin, 8: audioop.alaw2lin}


def level_of(kind, byte):
    """Which of the levels a sample is; None for silence, and for what was made up, which fades."""
    value, = struct.unpack('<h', DECODE[kind](byte, 2))
    return next((index for index, level in enumerate(LEVELS)
                 if abs(value - level) <= abs(level) / 25), None)


def ports():
    """A socket at an even port, and one at the next, which gets RTCP."""
    while True:
        first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        first.bind((HOST, 0))
        port = first.getsockname()[1]
        try:
            if port % 2 == 0:
                second.bind((HOST, port + 1))
                return first, second
        except OSError:
            pass
        first.close()
        second.close()


class Line:
    """One end of one call: it sends a packet each 20 ms, and keeps the heads of what it gets."""

    def __init__(self, number):
        self.socket, self.control = ports()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.source = struct.pack('!I', 0x10000 + number)
        self.payload_type = 0
        self.target = None
        self.sent, self.heard = 0, []

    def aim(self, answer):
        lines = answer.decode().split('\r\n')
        self.target = (HOST, int(next(x for x in lines if x.startswith('m=audio')).split()[1]))

    def speak(self):
        if self.target is not None:
            head = struct.pack('!BBHI', 0x80, self.payload_type, self.sent & 0xffff,
                               self.sent * 160)
            self.socket.sendto(head + self.source
                               + PACKETS[self.payload_type][self.sent % len(LEVELS)], self.target)
            self.sent += 1

    def listen(self):
        try:
            while True:
                data = self.socket.recv(2048)
                if data[1] & 0x7f in PACKETS and len(data) == 172:
                    self.heard.append((data[1] & 0x7f, *struct.unpack('!HII', data[2:12]),
                                       data[92:93]))
        except BlockingIOError:
            pass


class Crowd:
    """All lines, in one thread."""

    def __init__(self, count, kind=Line):
        self.lines = [kind(number) for number in range(count)]
        self.selector = selectors.DefaultSelector()
        for line in self.lines:
            self.selector.register(line.socket, selectors.EVENT_READ, line)
        self.listening = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        due = time.monotonic()
        while self.listening:
            if time.monotonic() >= due:
                due += 0.02
                for line in self.lines:
                    line.speak()
            for key, _ in self.selector.select(max(0, min(due - time.monotonic(), 0.02))):
                key.data.listen()

    def stop(self):
        """Ends it; what is still under way does not count."""
        self.listening = False
        self.thread.join(10)
        for line in self.lines:
            line.socket.close()
            line.control.close()


class CodecChange(unittest.TestCase):
    def setUp(self):
        self.bob = Callee('udp', HOST)
        self.addCleanup(self.bob.close)
        self.daemon = Daemon(anyone(('1', f'dial(<{self.bob.uri}>)')))
        self.addCleanup(self.daemon.stop)
        self.calls = 10 if self.daemon.is_sanitized() else 100
        self.crowd = Crowd(2 * self.calls)
        self.addCleanup(self.crowd.stop)

    def connect(self, near, far):
        alice = Caller('udp', HOST, self.daemon.address())
        self.addCleanup(alice.close)
        alice.invite('1', sdp(port=near.port, codecs=PCMU))
        invite = self.bob.expect('INVITE', skip=('INVITE', 'ACK', 'BYE'))
        self.bob.respond(invite, 200, body=sdp(port=far.port, codecs=PCMU))
        near.aim(alice.answered().body)
        far.aim(invite.body)
        return alice

    def change(self, alices, codecs, origin):
        """All of them ask for another codec, and use it as soon as they may."""
        for alice, line in alices:
            alice.send('INVITE', call=alice.call, body=sdp(port=line.port, codecs=codecs,
                                                           origin=origin))
        for alice, line in alices:
            response = alice.success('INVITE')
            self.assertIn(f'RTP/AVP {codecs[0][0]}', response.body.decode())
            line.payload_type = codecs[0][0]
            alice.send('ACK', call=alice.call, cseq=response.cseq)
        time.sleep(SPAN)  # calls go on

    def check(self, line, types):
        """One stream: its source, its numbers and its sound go on without a gap."""
        kinds, numbers, stamps, sources, bytes_heard = zip(*line.heard)
        levels = [level_of(kind, byte) for kind, byte in zip(kinds, bytes_heard)]
        changes = [kinds[0]] + [after for before, after in zip(kinds, kinds[1:])
                                if before != after]
        self.assertEqual((len(set(sources)), changes), (1, types))
        return (sum((b - a) & 0xffff != 1 for a, b in zip(numbers, numbers[1:])),
                sum((b - a) & 0xffffffff != 160 for a, b in zip(stamps, stamps[1:])),
                *self.compare(levels))

    @staticmethod
    def compare(levels):
        """How many frames of sound were not heard, and how many were made up: silence, and what is
        heard twice."""
        heard = [level for level in levels if level is not None]
        steps = [(b - a) % len(LEVELS) for a, b in zip(heard, heard[1:])]
        return (sum(step - 1 for step in steps if step > 1),
                levels.count(None) + steps.count(0))

    def test_change(self):
        """PCMU to PCMA and back on all callers' legs, while their callees stay with PCMU"""
        lines = self.crowd.lines
        alices = [(self.connect(near, far), near) for near, far in zip(lines[::2], lines[1::2])]
        for line in lines:
            line.heard = []  # what was before the last one was joined
        time.sleep(SPAN)  # calls go on
        self.change(alices, PCMA, 2)
        self.change(alices, PCMU, 3)
        self.crowd.stop()
        heard = sum(len(line.heard) for line in lines)
        results = [self.check(line, [0] if index % 2 else [0, 8, 0])
                   for index, line in enumerate(lines)]
        gaps, jumps, lost, added = (sum(column) for column in zip(*results))
        print(f'# {self.calls} calls changed their codec twice: {heard} packets, {gaps} gaps in '
              f'numbers, {jumps} in time; {lost} frames of sound lost, {added} added', flush=True)
        # Time and sound also suffer when this program itself is late: they are told, not judged.
        self.assertEqual(gaps, 0)


if __name__ == '__main__':
    agent.main()
