# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""sipp calls the media agent over SIP and echoes its RTP; what comes back is measured."""

import array
import math
import os
import pathlib
import queue
import random
import re
import socket
import subprocess
import tempfile
import threading
import unittest
import wave

import agent

SCENARIO = pathlib.Path(__file__).resolve().parents[1] / 'interop/scenarios/uac_media.xml'


def amplitude(samples, rate, frequency):
    """Goertzel's filter: the peak of a sine of that frequency."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before = before_that = 0.0
    for sample in samples:
        before, before_that = sample + coefficient * before - before_that, before
    power = before ** 2 + before_that ** 2 - coefficient * before * before_that
    return 2 * math.sqrt(max(power, 0)) / len(samples)


def read_wav(path):
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2, file.getparams()
        return file.getframerate(), array.array('h', file.readframes(file.getnframes()))


class MediaAgent:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([os.environ['AHOY_MEDIA_AGENT'], *arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        self.stderr = []
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True) for pair in (
            (self.process.stdout, self.lines.put), (self.process.stderr, self.stderr.append))]
        for reader in self.readers:
            reader.start()
        self.port = int(self.expect('ready').split()[1])

    @staticmethod
    def _read(stream, take):
        for line in stream:
            take(line.rstrip('\n'))

    def expect(self, name):
        while True:
            line = self.lines.get(timeout=20)
            if line.split()[0] == name:
                return line
            assert not line.startswith('error'), line

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(30)
        for reader in self.readers:
            reader.join(10)
        if code != 0 or any('CRITICAL' in line or 'ERROR' in line for line in self.stderr):
            raise agent.Failure(f'the agent ended with {code}\n' + '\n'.join(self.stderr))


def free_port(host):
    """An even port for sipp, which cannot choose one; below those that the kernel hands out."""
    while True:
        port = random.randrange(20000, 30000, 2)
        with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET,
                           socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, port))
                return port
            except OSError:
                pass


def clearest(samples, rate, frequency):
    """The fifth of a second in which a tone is strongest; a machine that stood still for a moment
    leaves holes in a recording, which say nothing of the tone."""
    window = rate // 5
    return max((samples[at:at + window] for at in range(0, len(samples) - window, window // 2)),
               key=lambda part: amplitude(part, rate, frequency))


class SippMedia(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def call(self, media_agent, host, calls=1):
        shown = f'[{host}]' if ':' in host else host
        for _ in range(5):
            done = self.run_sipp(media_agent, host, shown, calls)
            if 'bind' not in (done.stdout + done.stderr).lower() or done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])

    def run_sipp(self, media_agent, host, shown, calls):
        return subprocess.run(
            ['sipp', '-sf', str(SCENARIO), '-i', host, '-mi', host, '-p', str(free_port(host)),
             '-mp', str(free_port(host)), '-rtp_echo', '-m', str(calls), '-nostdin', '-s', 'x',
             '-timeout', '30', '-timeout_error', f'{shown}:{media_agent.port}'],
            cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)

    def run_tone(self, host, codec, name):
        recording = self.folder / 'back.wav'
        media_agent = MediaAgent('--host', host, '--tone', '440', '--record', str(recording),
                                 '--codec', codec)
        self.addCleanup(media_agent.stop)
        self.call(media_agent, host)
        counted = dict(pair.split('=', 1) for pair in media_agent.expect('ended').split()[1:])
        media_agent.expect('recorded')
        rate, samples = read_wav(recording)
        middle = clearest(samples, rate, 440)
        found = amplitude(middle, rate, 440)
        beside = max(amplitude(middle, rate, f) for f in (300, 380, 500, 880))
        print(f'# {name}: 440 Hz with {found:.0f}, beside it {beside:.0f}; {counted}')
        self.assertEqual(counted['codec'], codec)
        self.assertGreater(int(counted['sent']), 50)
        self.assertGreater(int(counted['received']), 50)
        self.assertLess(int(counted['lost']), 10)  # sipp echoes; what it loses is not ours
        self.assertGreater(float(counted['mos']), 3)
        self.assertGreater(found, 2000)
        self.assertLess(beside, found / 50)

    def test_ulaw(self):
        """sipp calls by IPv4 and echoes a tone in PCMU"""
        self.run_tone('127.0.0.1', 'PCMU', 'IPv4')

    def test_alaw(self):
        """sipp calls by IPv6 and echoes a tone in PCMA"""
        self.run_tone('::1', 'PCMA', 'IPv6')

    def test_digits(self):
        """digits go to sipp and come back"""
        media_agent = MediaAgent('--digits', '159#')
        self.addCleanup(media_agent.stop)
        self.call(media_agent, '127.0.0.1')
        heard = ''
        while not (line := media_agent.lines.get(timeout=20)).startswith('ended'):
            match = re.match(r'digit (\S) (\d+)', line)
            heard += match[1] if match else ''
        self.assertEqual(heard, '159#')


if __name__ == '__main__':
    agent.main()
