#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The closing line of make check: what it counts, and what it must not take for good."""

import json
import pathlib
import subprocess
import sys
import tempfile

COUNT = pathlib.Path(__file__).resolve().parents[2] / 'build-aux' / 'count-tests'


def program(name, stdout, result='OK', code=0, stderr=''):
    return {'name': name, 'stdout': stdout, 'result': result, 'returncode': code, 'stderr': stderr}


def check(title, programs, closing, status, *words, wrong=''):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / 'report.json'
        report.write_text(''.join(json.dumps(one) + '\n' for one in programs), 'utf-8')
        done = subprocess.run([sys.executable, COUNT, wrong, report], text=True,
                              capture_output=True, check=False, timeout=30)
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[-1]) == (status, closing), (title, done)
    for word in words:
        assert word in done.stdout, (title, word, done.stdout)


GOOD = program('good', 'ok 1 - a\n# told\nok 2 - b # SKIP no reason\n1..2\n')
check('good', [GOOD, program('no TAP', 'fine\n')], '3 passed, 0 failed', 0)
check('failed', [GOOD, program('bad', 'ok 1 - a\nnot ok 2 - b\n# why\n1..2\n', 'FAIL', 1)],
      '3 passed, 1 failed', 1, ': bad: 2 - b', '# why')
check('killed', [GOOD, program('hung', 'ok 1 - a\n', 'ERROR', -9, 'the last word\n')],
      '3 passed, 1 failed', 1, 'hung: ended badly (ERROR, -9)', 'the last word')
check('killed before all', [program('hung', '', 'TIMEOUT', -15)], '0 passed, 1 failed', 1)
check('no program', [], '0 passed, 0 failed', 1)
check('no build', [GOOD], '2 passed, 1 failed', 1, 'the build failed', wrong='the build failed')
