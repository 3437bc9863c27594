# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A phone that speaks RTP in PCMU: it sends a tone and digits, and keeps what it hears."""

import audioop
import math
import random
import socket
import struct
import threading
import time

RATE = 8000
FRAME = 160


def amplitude(samples, frequency, rate=RATE):
    """Goertzel's filter: the peak of a sine of that frequency."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before = before_that = 0.0
    for sample in samples:
        before, before_that = sample + coefficient * before - before_that, before
    power = before ** 2 + before_that ** 2 - coefficient * before * before_that
    return 2 * math.sqrt(max(power, 0)) / len(samples)


def has_tone(samples, frequency, rate=RATE):
    """Whether some quarter of a second holds this tone, and hardly anything beside it."""
    length = rate // 4
    for start in range(0, len(samples) - length + 1, length // 2):
        part = samples[start:start + length]
        found = amplitude(part, frequency, rate)
        beside = max(amplitude(part, frequency * factor, rate) for factor in (0.8, 1.25, 2))
        if found > 1500 and beside < found / 8:
            return True
    return False


class RtpPhone:
    def __init__(self, host='127.0.0.1', frequency=440):
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.frequency = frequency
        self.target = None
        self.samples = []
        self.digits = ''
        self.sources = set()
        self.senders = []  # addresses of the last packets
        self.packets = 0
        self.sounds = 0  # packets that are no silence
        self.spoken = 0
        self.gaps = 0  # packets that did not come, by their numbers
        self.skips = 0  # packets of sound whose time was not that of the end of the one before
        self._next = None
        self._digit_time = None
        self._wanted = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._listen, daemon=True),
                         threading.Thread(target=self._speak, daemon=True)]

    def aim(self, answer):
        """Sends to where a session description says."""
        lines = answer.decode().split('\r\n')
        host = next(line for line in lines if line.startswith('c=')).split()[-1]
        port = next(line for line in lines if line.startswith('m=audio')).split()[1]
        self.target = (host, int(port))

    def start(self, answer):
        """Begins to send to where a session description says."""
        self.aim(answer)
        for thread in self._threads:
            thread.start()

    def send_digit(self, digit):
        self._wanted.append('0123456789*#'.index(digit))

    def close(self):
        self._ended.set()
        for thread in self._threads:
            if thread.ident:
                thread.join(10)
        self.socket.close()

    def _listen(self):
        self.socket.settimeout(0.1)
        while not self._ended.is_set():
            try:
                data, sender = self.socket.recvfrom(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            kind = data[1] & 0x7f
            if len(data) < 12 or 64 <= kind <= 95:
                continue  # RTCP on the same port (RFC 5761 §4)
            self.packets += 1
            self.sounds += data[12:].strip(b'\xff') != b''
            self.sources.add(data[8:12])
            self.senders = [*self.senders[-4:], sender[1]]
            self._count(data, kind)
            if kind == 0:
                self.samples += struct.unpack('<%dh' % (len(data) - 12),
                                              audioop.ulaw2lin(data[12:], 2))
            elif kind == 101 and data[4:8] != self._digit_time and data[13] & 0x80:
                self._digit_time = data[4:8]
                self.digits += '0123456789*#'[data[12]]

    def _count(self, data, kind):
        sequence, stamp = struct.unpack('!HI', data[2:8])
        if self._next is not None:
            self.gaps += (sequence - self._next[0]) & 0xffff
            self.skips += kind == 0 and self._next[1] is not None and stamp != self._next[1]
        self._next = ((sequence + 1) & 0xffff,
                      (stamp + len(data) - 12) & 0xffffffff if kind == 0 else None)

    def _speak(self):
        sequence, stamp, phase = random.randrange(1 << 15), random.getrandbits(31), 0
        source = random.randbytes(4)
        due = time.monotonic()
        while not self._ended.is_set():
            if self._wanted:
                event = self._wanted.pop(0)
                for number in range(8):
                    length = min(number + 1, 6) * FRAME
                    self._send(101, sequence, stamp, source, struct.pack(
                        '!BBH', event, 10 | (0x80 if number >= 5 else 0), length), number == 0)
                    sequence += 1
                    due = self._pause(due)
                stamp += 6 * FRAME
                continue
            wave = struct.pack('<%dh' % FRAME, *(
                int(8000 * math.sin(2 * math.pi * self.frequency * (phase + i) / RATE))
                for i in range(FRAME)))
            self._send(0, sequence, stamp, source, audioop.lin2ulaw(wave, 2), False)
            sequence, stamp, phase = sequence + 1, stamp + FRAME, phase + FRAME
            due = self._pause(due)

    def _send(self, kind, sequence, stamp, source, payload, marker):
        head = struct.pack('!BBHI', 0x80, kind | (0x80 if marker else 0), sequence & 0xffff,
                           stamp & 0xffffffff) + source
        try:
            self.socket.sendto(head + payload, self.target)
            self.spoken += 1
        except OSError:
            pass  # the other side is gone; the test says what it makes of that

    def _pause(self, due):
        """The pace of a telephone: a packet each 20 ms."""
        due = max(due + 0.02, time.monotonic() - 0.1)
        self._ended.wait(max(due - time.monotonic(), 0))
        return due
