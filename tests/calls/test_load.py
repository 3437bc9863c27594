# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""sipp calls sipp through ahoyd, many times: nothing is left of a call that is over."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest

import agent
from daemon import Daemon, anyone
from sip_peer import Failure

HOST = '127.0.0.1'
CALLS = int(os.environ.get('AHOY_TEST_CALLS', '300'))
GONE = ('AhoySession', 'AhoyDialog', 'AhoyBridge', 'AhoyCallRun', 'AhoyGstStream')


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Load(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def callee(self):
        port = free_port()
        process = subprocess.Popen(
            ['sipp', '-sn', 'uas', '-i', HOST, '-p', str(port), '-mp', str(free_port()),
             '-nostdin'], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.kill)
        return port

    def call(self, daemon, number):
        done = subprocess.run(
            ['sipp', '-sn', 'uac', '-i', HOST, '-p', str(free_port()), '-mp', str(free_port()),
             '-m', str(number), '-r', '25', '-l', '50', '-d', '100', '-s', '1', '-nostdin',
             '-timeout', '200', '-timeout_error', '{}:{}'.format(*daemon.address())],
            cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        # On a machine that is busy some calls are refused or time out; they leave nothing, too.
        good = re.findall(r'Successful call +\| +\d+ +\| +(\d+)', done.stdout)
        self.assertGreaterEqual(int(good[-1]) if good else 0, number / 2,
                                done.stdout[-3000:] + daemon.report())

    @staticmethod
    def count(daemon):
        objects = daemon.call('', 'Manager', 'ListObjects')[0]
        descriptors = len(os.listdir(f'/proc/{daemon.process.pid}/fd'))
        return {'descriptors': descriptors,
                **{name: objects.get(name, 0) for name in (*GONE, 'AhoyMessage')}}

    def test_nothing_is_left(self):
        """objects and descriptors are as many as before"""
        daemon = Daemon(anyone(('1', f'dial(<sip:bob@{HOST}:{self.callee()}>)'),
                               core='session-linger=0'))
        self.addCleanup(daemon.stop)
        self.call(daemon, 2)
        daemon.wait_for_sessions(0)
        self.call(daemon, CALLS)
        daemon.wait_for_sessions(0)
        end = time.monotonic() + 60  # transactions go when their timers end
        while any((left := self.count(daemon))[name] for name in GONE) \
                or left['AhoyMessage'] > CALLS / 10:
            if time.monotonic() > end:
                raise Failure(f'{left} after {CALLS} calls')
            time.sleep(0.1)  # between two questions, not for anything to happen
        print(f'# {CALLS} calls: {left}', flush=True)
        self.assertLess(left['descriptors'], 60)


if __name__ == '__main__':
    agent.main(400)
