# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Writes WAV files with a tone, and measures for how long one is heard in a recording."""

import array
import math
import struct
import sys

WINDOW = 0.1  # seconds that are looked at together
QUIET = 300   # what is softer is silence: of 32767


def write(path, frequency, seconds=60, rate=8000, channels=1, amplitude=8000):
    """Writes a WAV file (16 bits) with one sine; the frequency in whole Hz."""
    second = array.array('h', (round(amplitude * math.sin(2 * math.pi * frequency * n / rate))
                               for n in range(rate) for _ in range(channels)))
    if sys.byteorder == 'big':
        second.byteswap()
    data = second.tobytes() * seconds
    with open(path, 'wb') as file:
        file.write(struct.pack('<4sI4s4sIHHIIHH4sI', b'RIFF', 36 + len(data), b'WAVE', b'fmt ', 16,
                               1, channels, rate, rate * channels * 2, channels * 2, 16, b'data',
                               len(data)) + data)


def read(path, channel=0):
    """The rate and the samples (of one channel) of a WAV file with 16 bits; also of one that is
    still being written, whose lengths are not true yet."""
    with open(path, 'rb') as file:
        raw = file.read()
    if len(raw) < 12 or raw[:4] != b'RIFF' or raw[8:12] != b'WAVE':
        raise ValueError(f'{path} is no WAV file')
    position, rate, channels = 12, 0, 0
    while position + 8 <= len(raw):
        name, length = struct.unpack_from('<4sI', raw, position)
        position += 8
        if name == b'fmt ':
            _, channels, rate, _, _, bits = struct.unpack_from('<HHIIHH', raw, position)
            if bits != 16 or channels == 0:
                raise ValueError(f'{path} has {bits} bits and {channels} channels')
        if name == b'data':
            if rate == 0:
                raise ValueError(f'{path} does not say its rate')
            data = raw[position:position + length] if length else raw[position:]
            samples = array.array('h', data[:len(data) // 2 * 2])
            if sys.byteorder == 'big':
                samples.byteswap()
            return rate, samples[channel::channels]
        position += length + length % 2
    return rate, array.array('h')


def purity(samples, rate, frequency):
    """The share that a frequency has of the power, 0 to 1 (Goertzel); 0 for silence."""
    factor = 2 * math.cos(2 * math.pi * frequency / rate)
    before, last, power = 0.0, 0.0, 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
        power += sample * sample
    if not samples or power / len(samples) < QUIET * QUIET / 2:
        return 0.0
    found = last * last + before * before - factor * last * before
    return min(2 * found / (len(samples) * power), 1.0)


def _windows(rate, samples):
    size = round(WINDOW * rate)
    return [samples[at:at + size] for at in range(0, len(samples) - size + 1, size)]


def _seconds(rate, samples, frequency, share=0.9):
    return WINDOW * sum(purity(window, rate, frequency) >= share
                        for window in _windows(rate, samples))


def seconds_of(path, frequency, channel=0):
    """For how many seconds of a recording that frequency is (nearly) all that is heard."""
    return _seconds(*read(path, channel), frequency)


def times_of(rate, samples, frequency, least):
    """When a tone of at least that amplitude begins, in seconds, whatever else is heard; what
    comes within 0.4 s of the begin belongs to it."""
    size, times = rate // 50, []
    for at in range(0, len(samples) - size + 1, size):
        window = samples[at:at + size]
        power = sum(sample * sample for sample in window) / size
        now = purity(window, rate, frequency) * power * 2 >= least * least
        if now and (not times or at / rate - times[-1] > 0.4):
            times.append(at / rate)
    return times


def seconds_of_raw(path, rate, frequency):
    """The same for a file of samples only: 16 bits, one channel, as the machine has them."""
    with open(path, 'rb') as file:
        raw = file.read()
    return _seconds(rate, array.array('h', raw[:len(raw) // 2 * 2]), frequency)


def seconds_of_sound(path):
    """For how many seconds of a recording there is anything to be heard."""
    rate, samples = read(path)
    return WINDOW * sum(sum(s * s for s in window) / len(window) >= QUIET * QUIET / 2
                        for window in _windows(rate, samples))
