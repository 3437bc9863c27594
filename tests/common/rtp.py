# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A small RTP party: it sends tones and digits, keeps what comes, and measures it."""

import collections
import random
import select
import socket
import struct
import threading
import time

import sound
from sip_peer import Failure

FRAME = 0.02
DIGITS = '0123456789*#ABCD'
Packet = collections.namedtuple(
    'Packet', 'payload_type marker sequence timestamp ssrc payload')
Digit = collections.namedtuple('Digit', 'digit duration marker ends timestamp')


def parse(data):
    """The RTP packet in a datagram; None when it is none (RFC 3550 §5.1)."""
    if len(data) < 12 or data[0] >> 6 != 2:
        return None
    sequence, timestamp, ssrc = struct.unpack('!HII', data[2:12])
    start = 12 + 4 * (data[0] & 15)
    if data[0] & 16:
        start += 4 + 4 * struct.unpack('!H', data[start + 2:start + 4])[0]
    end = len(data) - (data[-1] if data[0] & 32 else 0)
    return Packet(data[1] & 127, data[1] >> 7, sequence, timestamp, ssrc, data[start:end])


def build(packet):
    return struct.pack('!BBHII', 128, packet.marker << 7 | packet.payload_type,
                       packet.sequence & 0xffff, packet.timestamp & 0xffffffff,
                       packet.ssrc) + packet.payload


def read_digits(packets, payload_type=101):
    """The digits among packets, checked as RFC 4733 §2.5.1 wants them; duration in its units."""
    events = {}
    for packet in packets:
        if packet.payload_type == payload_type:
            events.setdefault(packet.timestamp, []).append(packet)
    found = []
    for timestamp, group in events.items():
        codes = {packet.payload[0] for packet in group}
        durations = [struct.unpack('!H', packet.payload[2:4])[0] for packet in group]
        ends = [packet for packet in group if packet.payload[1] & 128]
        if len(codes) != 1 or durations != sorted(durations):
            raise Failure(f'a digit changes while it sounds: {codes} {durations}')
        if [packet.marker for packet in group[1:]].count(1):
            raise Failure('a digit has its marker more than once')
        if ends and ends != group[-len(ends):]:
            raise Failure('a digit goes on after its end')
        found.append(Digit(DIGITS[codes.pop()], durations[-1], group[0].marker, len(ends),
                           timestamp))
    return found


class Rtp:
    """One party. A thread receives all that comes and sends a frame every 20 ms."""

    def __init__(self, host='127.0.0.1'):
        self.host = host
        self._family = socket.AF_INET6 if ':' in host else socket.AF_INET
        self.socket, self.rtcp = self._bind_pair()
        self.port = self.socket.getsockname()[1]
        self.packets, self.reports, self.strange = [], [], []
        self._changed = threading.Condition()
        self.target = None
        self.ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self._timestamp = random.getrandbits(32)
        self._frames, self._at, self.payload_type, self.step = [], 0, 0, 160
        self._events = collections.deque()
        self.lose_every = 0  # so many packets of sound are sent for each that is lost
        self._due = None
        self._open = True
        self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _bind_pair(self):
        """A port of the kernel's choice that is even, with the next one for RTCP."""
        while True:
            rtp = socket.socket(self._family, socket.SOCK_DGRAM)
            rtp.bind((self.host, 0))
            rtcp = socket.socket(self._family, socket.SOCK_DGRAM)
            try:
                port = rtp.getsockname()[1]
                if port % 2 == 0:
                    rtcp.bind((self.host, port + 1))
                    rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
                    return rtp, rtcp
            except OSError:
                pass
            rtp.close()
            rtcp.close()

    def close(self):
        self._open = False
        self._wake[1].send(b'x')
        self._thread.join(10)
        for each in (self.socket, self.rtcp, *self._wake):
            each.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- the thread

    def _run(self):
        sockets = (self.socket, self.rtcp, self._wake[0])
        while self._open:
            wait = None if self._due is None else max(self._due - time.monotonic(), 0)
            for each in select.select(sockets, [], [], wait)[0]:
                data, source = each.recvfrom(65536) if each is not self._wake[0] else \
                    (each.recv(64), None)
                if source is not None:
                    self._take(each, data, source)
            with self._changed:
                if self._due is not None and time.monotonic() >= self._due:
                    self._due += FRAME
                    self._send_frame()

    def _take(self, where, data, source):
        with self._changed:
            packet = parse(data) if where is self.socket else None
            if packet is not None:
                self.packets.append(packet)
            else:
                (self.reports if where is self.rtcp else self.strange).append((data, source))
            self._changed.notify_all()

    def _send_frame(self):
        if self._events:
            for packet in self._events.popleft():
                self._send(*packet)
            if not self._events:
                self._changed.notify_all()
        elif self._frames:
            payload = self._frames[self._at % len(self._frames)]
            self._at += 1
            lost = self.lose_every and self._at % (self.lose_every + 1) == 0
            self._send(self.payload_type, payload, self._timestamp, 0, lost)
        self._timestamp += self.step

    def _send(self, payload_type, payload, timestamp, marker, lost=False):
        packet = Packet(payload_type, marker, self._sequence, timestamp, self.ssrc, payload)
        self._sequence += 1
        if not lost:
            try:
                self.socket.sendto(build(packet), self.target)
            except ConnectionRefusedError:
                pass  # the other side has closed its port already

    # -- sending

    def send(self, target, frames, payload_type=0, step=160):
        """Sends these payloads to (host, port), one every 20 ms, again and again."""
        with self._changed:
            self.target = target
            self._frames, self._at, self.payload_type, self.step = frames, 0, payload_type, step
            if self._due is None:
                self._due = time.monotonic()
        self._wake[1].send(b'x')

    def send_tone(self, target, frequency, codec='PCMU', amplitude=8000):
        """Sends a tone without end: in a second each whole frequency comes full circle."""
        coded = sound.encode(codec, sound.sine(frequency, 1, amplitude))
        self.send(target, [coded[at:at + 160] for at in range(0, len(coded), 160)],
                  {'PCMU': 0, 'PCMA': 8}[codec])

    def stop(self):
        """Sends no more sound, and returns how many packets it has made of it, also the lost."""
        with self._changed:
            self._frames = []
            return self._at

    def restart(self):
        """Goes on as another source: SSRC, sequence and time stamp are new."""
        with self._changed:
            self.ssrc = random.getrandbits(32)
            self._sequence = random.getrandbits(16)
            self._timestamp = random.getrandbits(32)

    def press(self, digits, duration=100, ends=3, payload_type=101, lost=(), timeout=30):
        """Sends digits so long (ms), each with so many end packets, and waits until it is done.

        Packets whose number within their digit is in `lost` are left out on the way.
        """
        with self._changed:
            timestamp = self._timestamp + len(self._events) * self.step
            for digit in digits:
                frames = max(duration // 20, 1)
                for number in range(frames):
                    last = number == frames - 1
                    body = struct.pack('!BBH', DIGITS.index(digit), 10 | (128 if last else 0),
                                       min(duration * 8, (number + 1) * 160))
                    count = ends if last else 1
                    self._events.append([(payload_type, body, timestamp, int(number == 0),
                                          number in lost) for _ in range(count)])
                self._events.extend([[]] * 3)
                timestamp += (frames + 3) * self.step
            if not self._changed.wait_for(lambda: not self._events, timeout):
                raise Failure('the digits are not sent')

    # -- what came

    def mark(self):
        """How many packets came until now: where to listen from."""
        with self._changed:
            return len(self.packets)

    def since(self, mark=0):
        with self._changed:
            return self.packets[mark:]

    def wait_for(self, accept, what, mark=0, timeout=20):
        """Waits until accept() takes the packets since a mark, and returns what it says."""
        end = time.monotonic() + timeout
        count = -1
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self.packets) != count,
                                       max(end - time.monotonic(), 0))
                count = len(self.packets)
                packets = self.packets[mark:]
            result = accept(packets)
            if result:
                return result
            if time.monotonic() >= end:
                raise Failure(f'no {what} among {len(packets)} packets')

    def samples(self, mark=0, codec='PCMU', payload_type=None):
        number = {'PCMU': 0, 'PCMA': 8}[codec] if payload_type is None else payload_type
        return sound.decode(codec, b''.join(packet.payload for packet in self.since(mark)
                                           if packet.payload_type == number))

    def hear(self, frequency, seconds=0.3, codec='PCMU', mark=0, timeout=20):
        """Waits until a tone was heard so long; returns the measurement."""
        enough = int(seconds / FRAME) + 5
        heard = sound.Tone()

        def accept(packets):
            nonlocal enough, heard
            if len(packets) < enough:
                return None
            enough = len(packets) + 10
            heard = sound.measure(self.samples(mark, codec), frequency)
            return heard if heard.seconds >= seconds else None
        result = self.wait_for(accept, f'tone of {frequency} Hz', mark, timeout)
        if abs(result.frequency - frequency) > 3:
            raise Failure(f'a tone of {result}, not {frequency} Hz')
        return result

    def hear_silence(self, seconds=0.3, codec='PCMU', mark=0, timeout=20):
        """Waits until the end of what came is silent so long."""
        enough = int(seconds / FRAME) + 5

        def accept(packets):
            nonlocal enough
            if len(packets) < enough:
                return None
            enough = len(packets) + 5
            quiet = sound.silence(self.samples(mark, codec)[-int(4 * seconds * sound.RATE):])
            return quiet if quiet >= seconds else None
        return self.wait_for(accept, 'silence', mark, timeout)
