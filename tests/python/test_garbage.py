# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""No public function crashes, whatever Python gives it: every method of every type in the
introspection data, called with arguments of the right type and no sense, in a process of its own.
"""

import os
import pathlib
import signal
import subprocess
import sys
import unittest

import agent

PROGRAM = str(pathlib.Path(__file__).with_name('garbage.py'))


def run(*arguments):
    return subprocess.run([sys.executable, PROGRAM, *arguments], capture_output=True, text=True,
                          timeout=60, check=False, env={**os.environ, 'G_DEBUG': ''},
                          errors='replace')


class Garbage(unittest.TestCase):
    calls = 0

    def survives(self, name):
        done = run(name)
        last = done.stdout.splitlines()[-1:] or ['nothing']
        if done.returncode < 0:
            name = signal.Signals(-done.returncode).name
            self.fail(f'{name} in {last[0]}\n{done.stderr[-1500:]}')
        self.assertEqual(done.returncode, 0, f'{last[0]}\n{done.stderr[-1500:]}')
        self.assertRegex(last[0], r'^done: \d+ calls$')
        Garbage.calls += int(last[0].split()[1])

    def test_zz_enough(self):
        """More than a thousand calls were made"""
        self.assertGreater(Garbage.calls, 1000)

    def test_zz_caught(self):
        """A call that crashes is found, and named"""
        done = run('--crash')
        self.assertEqual((done.returncode, done.stdout.splitlines()),
                         (-signal.SIGSEGV, ['a call that crashes']))


def add_test(name):
    def test(self):
        self.survives(name)

    test.__doc__ = f'Garbage for Ahoy.{name}'
    setattr(Garbage, f'test_{name}', test)


for type_name in run('--list').stdout.split():
    add_test(type_name)

if __name__ == '__main__':
    agent.main()
