# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Tones as they go over the wire: coded as G.711, and measured to less than a Hz."""

import math
import operator

RATE = 8000
WINDOW = 0.05   # seconds that are looked at together: 20 Hz between two tones
PURITY = 0.85   # what part of the power must be the tone's
QUIET = 60      # up to this root mean square a window is silent; G.711 zeros are 0 to 8
LOUD = 500      # from this on it is a tone


def sine(frequency, seconds, amplitude=8000, rate=RATE):
    """Samples of 16 bits."""
    step = 2 * math.pi * frequency / rate
    return [round(amplitude * math.sin(step * i)) for i in range(int(seconds * rate))]


def _ulaw_value(code):
    code = ~code & 0xff
    value = (((code & 0x0f) << 3) + 0x84) << (code >> 4 & 7)
    return 0x84 - value if code & 0x80 else value - 0x84


def _alaw_value(code):
    code ^= 0x55
    segment = code >> 4 & 7
    value = ((code & 0x0f) << 4) + (8 if segment == 0 else 0x108)
    value <<= max(segment - 1, 0)
    return value if code & 0x80 else -value


VALUES = {'PCMU': [_ulaw_value(code) for code in range(256)],
          'PCMA': [_alaw_value(code) for code in range(256)]}
_CODES = {}


def decode(codec, payload):
    """The samples of a G.711 payload."""
    values = VALUES[codec]
    return [values[code] for code in payload]


def encode(codec, samples):
    """Samples as G.711: each the nearest value that the codec has."""
    if codec not in _CODES:
        # By steps of 8, finer than the smallest step of what is loud enough to be measured.
        nearest = sorted((value, code) for code, value in enumerate(VALUES[codec]))
        codes, at = bytearray(), 0
        for sample in range(-32768, 32768, 8):
            while (at + 1 < len(nearest)
                   and abs(nearest[at + 1][0] - sample) <= abs(nearest[at][0] - sample)):
                at += 1
            codes.append(nearest[at][1])
        _CODES[codec] = bytes(codes)
    codes = _CODES[codec]
    return bytes(codes[(max(-32768, min(32767, s)) + 32768) >> 3] for s in samples)


class Tone:
    """What was measured: .frequency in Hz, .seconds of it, and .level (root mean square)."""

    def __init__(self, frequency=0.0, seconds=0.0, level=0.0):
        self.frequency, self.seconds, self.level = frequency, seconds, level

    def __str__(self):
        return f'{self.frequency:.1f} Hz for {self.seconds:.2f} s'


def _windows(samples, rate):
    size = int(rate * WINDOW)
    for at in range(0, len(samples) - size + 1, size):
        yield samples[at:at + size]


def level(samples):
    return math.sqrt(sum(map(operator.mul, samples, samples)) / max(len(samples), 1))


def _correlate(window, cosine, sine_):
    return (sum(map(operator.mul, window, cosine)), -sum(map(operator.mul, window, sine_)))


def measure(samples, frequency, rate=RATE):
    """How long there is one clear tone near a frequency, and which frequency it has really.

    From the first half of a window to the second the phase moves on as far as the tone is off the
    frequency looked for (by less than 20 Hz). What lies between two windows does not count: there
    packets may have been lost, or played twice.
    """
    size = int(rate * WINDOW)
    half = size // 2
    step = 2 * math.pi * frequency / rate
    cosine = [math.cos(step * i) for i in range(size)]
    sine_ = [math.sin(step * i) for i in range(size)]
    levels, moves = [], []
    for window in _windows(samples, rate):
        energy = sum(map(operator.mul, window, window))
        first = _correlate(window[:half], cosine, sine_)
        second = _correlate(window[half:], cosine[half:], sine_[half:])
        real, imaginary = first[0] + second[0], first[1] + second[1]
        root = math.sqrt(energy / size)
        if root < LOUD or 2 * (real * real + imaginary * imaginary) / (size * energy) < PURITY:
            continue
        levels.append(root)
        move = math.atan2(second[1], second[0]) - math.atan2(first[1], first[0])
        moves.append((move + math.pi) % (2 * math.pi) - math.pi)
    if not moves:
        return Tone()
    middle = sorted(moves)[len(moves) // 2]
    return Tone(frequency + middle * rate / (2 * math.pi * half), len(levels) * WINDOW,
                sorted(levels)[len(levels) // 2])


def silence(samples, rate=RATE):
    """How many seconds at the end are silent without a break."""
    seconds = 0.0
    for window in reversed(list(_windows(samples, rate))):
        if level(window) > QUIET:
            break
        seconds += WINDOW
    return seconds
