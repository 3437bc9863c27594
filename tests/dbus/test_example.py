# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The example of a telephone over D-Bus alone does what it says."""

import os
import pathlib
import subprocess

import agent
from daemon import DaemonTestCase, anyone
from test_sipp import Sipp

EXAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples', 'python', 'dbus_call.py')
SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'


class Example(DaemonTestCase):
    config = anyone(endpoint='codecs=pcmu').replace('t1=50ms', 't1=500ms')

    def run_example(self, *arguments):
        return subprocess.run(['/usr/bin/python3', EXAMPLE, *arguments], text=True,
                              capture_output=True, timeout=60, check=False,
                              env=self.daemon.environment)

    def test_call(self):
        """it calls, sends digits, gets them back, and hangs up"""
        sipp = Sipp(SCENARIOS / 'uas_answers', 'udp', 'ipv4',
                    options=('-rtp_echo',)).listening('udp')
        done = self.run_example(sipp.uri, '42')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], '^Calling sip:.* as /org/ahoy/Ahoy1/session/[0-9]+$')
        for line in ('StateChanged ringing active 200 ', 'StateChanged active ending 200 '):
            self.assertIn(line, lines)
        self.assertEqual([line[:14] for line in lines if line.startswith('DtmfReceived')],
                         ['DtmfReceived 4', 'DtmfReceived 2'])
        self.assertEqual(lines[-1], 'Ended 200  local')
        self.assertEqual(sipp.finish()[0], 0)

    def test_busy(self):
        """it says that a call failed"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        done = self.run_example(sipp.uri)
        self.assertEqual([done.returncode, done.stderr], [1, 'The call failed: 486\n'])
        self.assertEqual(sipp.finish()[0], 0)
        done = self.run_example('nobody:')
        self.assertEqual(done.returncode, 1)
        self.assertIn('InvalidArguments', done.stderr)


if __name__ == '__main__':
    agent.main()
