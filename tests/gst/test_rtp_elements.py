# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""gst-launch-1.0 sends a tone from ahoyrtpsink to ahoyrtpsrc, and to and from stock elements."""

import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import unittest

import agent
from test_sipp_media import amplitude, clearest, free_port, read_wav

WATCHDOG = 60


class Launch:
    """A pipeline of gst-launch-1.0; it has begun when this returns."""

    def __init__(self, *description):
        self.process = subprocess.Popen(['gst-launch-1.0', '-e', *description], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = []
        self.watchdog = threading.Timer(WATCHDOG, self.process.kill)
        self.watchdog.start()
        for line in self.process.stdout:
            self.lines.append(line)
            if 'Setting pipeline to PLAYING' in line or 'New clock' in line:
                break

    def end(self):
        self.watchdog.cancel()
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()

    def finish(self, interrupt):
        if interrupt:
            self.process.send_signal(signal.SIGINT)
        self.lines += self.process.stdout.readlines()
        code = self.process.wait()
        if code != 0 or any('ERROR' in line for line in self.lines):
            raise agent.Failure(f'gst-launch-1.0 ended with {code}\n' + ''.join(self.lines))


class RtpElements(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, 'heard.wav')

    def run_pipelines(self, sender, receiver, rate, frequency):
        receiving = Launch(*receiver.split(), '!', 'wavenc', '!', 'filesink',
                           f'location={self.path}')
        self.addCleanup(receiving.end)
        sending = Launch(*sender.split())
        self.addCleanup(sending.end)
        sending.finish(False)
        receiving.finish(True)
        found, samples = read_wav(self.path)
        self.assertEqual(found, rate)
        part = clearest(samples, rate, frequency)
        strength = amplitude(part, rate, frequency)
        beside = max(amplitude(part, rate, frequency + offset) for offset in (-300, -100, 100, 300))
        print(f'# {frequency} Hz with {strength:.0f}, beside it {beside:.0f}')
        self.assertGreater(strength, 4000)
        self.assertLess(beside, strength / 20)

    def run_codec(self, codec, rate, host='127.0.0.1'):
        port = free_port(host)
        self.run_pipelines(
            f'ahoytonesrc tone=440=-10@2000 ! audio/x-raw,rate={rate} ! '
            f'ahoyrtpsink address={host} port={port} codec={codec}',
            f'ahoyrtpsrc address={host} port={port} codec={codec}', rate, 440)

    def test_narrow(self):
        """G.711 goes from ahoyrtpsink to ahoyrtpsrc"""
        self.run_codec('PCMA', 8000)

    def test_narrow_ipv6(self):
        """G.711 goes over IPv6"""
        self.run_codec('PCMU', 8000, '::1')

    def test_wide(self):
        """G.722 and Opus go from ahoyrtpsink to ahoyrtpsrc"""
        self.run_codec('G722', 16000)
        self.run_codec('opus', 48000)

    def test_to_stock(self):
        """stock elements hear what ahoyrtpsink sends"""
        port = free_port('127.0.0.1')
        self.run_pipelines(
            f'ahoytonesrc tone=1000=-10@2000 ! ahoyrtpsink port={port} codec=PCMU',
            f'udpsrc address=127.0.0.1 port={port} caps=application/x-rtp,media=audio,'
            'clock-rate=8000,encoding-name=PCMU,payload=0 ! rtppcmudepay ! mulawdec', 8000, 1000)

    def test_from_stock(self):
        """ahoyrtpsrc hears what stock elements send"""
        port = free_port('127.0.0.1')
        self.run_pipelines(
            'ahoytonesrc tone=1000=-10@2000 ! mulawenc ! rtppcmupay ! '
            f'udpsink host=127.0.0.1 port={port} sync=true',
            f'ahoyrtpsrc address=127.0.0.1 port={port} codec=PCMU', 8000, 1000)

    def test_wrong_codec(self):
        """a codec that is not known is an error"""
        done = subprocess.run(['gst-launch-1.0', 'ahoyrtpsrc', 'codec=nonsense', '!', 'fakesink'],
                              capture_output=True, text=True, timeout=WATCHDOG, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('There is no codec “nonsense” here', done.stdout + done.stderr)


if __name__ == '__main__':
    os.environ['LC_ALL'] = 'C.UTF-8'
    agent.main()
