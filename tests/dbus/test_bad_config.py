# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-34: what is wrong in a configuration is told with file, line, object, key and remedy, and
leaves what runs as it was. The faults are in tests/data/bad-config."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import agent
from daemon import TRANSPORTS, Daemon

CORPUS = sorted(pathlib.Path(os.environ['AHOY_TEST_DATA'], 'bad-config').glob('*.conf'))
BASE = TRANSPORTS + '''
[endpoint anonymous]
auth=none
context=demo

[route r0]
context=demo
match=600
do=answer, echo
'''
# What runs when a file of the corpus comes into its place.
GOOD = '''
[core]
overload-delay=0
max-sessions=77

[transport more]
bind=127.0.0.1:0

[endpoint bob]
ptime=30

[aor bob]

[identify i]
endpoint=bob
match=127.0.0.9

[route r]
match=9
do=hangup
'''


class Case:
    def __init__(self, path):
        self.name = path.stem
        self.bytes = path.read_bytes()
        self.wanted = [(int(line), text) for line, text
                       in re.findall(r'(?m)^# (\d+): (.*)$', self.bytes.decode(errors='replace'))]

    def is_fatal(self):
        return any(not text.startswith('warning: ') for _line, text in self.wanted)

    def objects(self):
        """Type and name of the objects that are to stay as they were."""
        found = set()
        for _line, text in self.wanted:
            match = re.match(r'(core|(transport|endpoint|aor|identify|route) ([\w-]+)): ', text)
            if match:
                found.add((match[2] or 'core', match[3] or ''))
        return found


def fits(wanted, line, text, path):
    number, message = wanted
    message = message.replace('FILE', str(path)).replace('FOLDER', str(path.parent))
    return number == line and (text.startswith(message[:-1]) if message.endswith('…')
                               else text == message)


class BadConfig(unittest.TestCase):
    def assert_told(self, case, lines, path):
        """Exactly what the file says of itself is reported of it."""
        told = [(int(line), text) for line, text in
                re.findall(rf'(?m)^{re.escape(str(path))}:(\d+): (.*)$', '\n'.join(lines))]
        self.assertEqual(len(told), len(case.wanted), told)
        for wanted in case.wanted:
            self.assertTrue(any(fits(wanted, line, text, path) for line, text in told),
                            f'{wanted}\nis not in\n{told}')

    def test_corpus(self):
        """there are at least forty kinds of faults, and each says what it wants"""
        self.assertGreaterEqual(len(CORPUS), 40)
        for path in CORPUS:
            self.assertTrue(Case(path).wanted, path)

    def test_check(self):
        """ahoyctl config check tells place and remedy of each fault, and ends with 1"""
        for path in CORPUS:
            case = Case(path)
            with self.subTest(case.name), tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, 'ahoy.conf').write_text(BASE, 'utf-8')
                placed = pathlib.Path(folder, 'conf.d', path.name)
                placed.parent.mkdir()
                placed.write_bytes(case.bytes)
                done = subprocess.run([os.environ['AHOY_CTL'], 'config', 'check', folder],
                                      capture_output=True, text=True, timeout=60, check=False)
                self.assert_told(case, done.stdout.splitlines(), placed)
                self.assertEqual(done.returncode, int(case.is_fatal()), done.stdout)

    def test_reload(self):
        """a daemon that is given it says the same, keeps what it had, and takes the good one"""
        daemon = Daemon({'ahoy.conf': BASE, 'conf.d/0.conf': GOOD})
        self.addCleanup(daemon.stop)
        good = daemon.config / 'conf.d' / '0.conf'
        had = {kind: self.get(daemon, *kind) for case in map(Case, CORPUS)
               for kind in case.objects() if self.is_there(daemon, *kind)}
        self.assertEqual(len(had), 6, had)
        for path in CORPUS:
            case = Case(path)
            with self.subTest(case.name):
                placed = good.with_name(path.name)
                good.unlink()
                placed.write_bytes(case.bytes)
                _changed, errors = daemon.call('', 'Manager', 'Reload')
                self.assert_told(case, errors, placed)
                for kind in case.objects() & set(had):
                    if case.is_fatal():
                        self.assertEqual(self.get(daemon, *kind), had[kind])
                placed.unlink()
                good.write_text(GOOD, 'utf-8')
                self.assertEqual(daemon.call('', 'Manager', 'Reload')[1], [])
                self.assertEqual({kind: self.get(daemon, *kind) for kind in had}, had)

    @staticmethod
    def get(daemon, kind, name):
        return daemon.call('', 'Config', 'Get', 'ss', kind, name)[0]

    @staticmethod
    def is_there(daemon, kind, name):
        return name in daemon.call('', 'Config', 'List', 's', kind)[0]


if __name__ == '__main__':
    agent.main()
