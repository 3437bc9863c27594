# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A fault that is planted ends the program, and the report of the sanitizers names it.

Usage: test_planted_fault.py PROGRAM SUPPRESSIONS KIND TEXT...
"""

import os
import subprocess
import sys

program, suppressions, kind, *wanted = sys.argv[1:]
# As build-aux/check sets them.
env = dict(os.environ,
           ASAN_OPTIONS='detect_leaks=1:abort_on_error=0:strict_string_checks=0',
           UBSAN_OPTIONS='print_stacktrace=1:halt_on_error=1',
           LSAN_OPTIONS=f'suppressions={suppressions}:print_suppressions=0')
result = subprocess.run([program, kind], env=env, capture_output=True, text=True, timeout=60,
                        check=False)
missing = [text for text in wanted if text not in result.stderr]
if result.returncode in (0, 2) or missing:
    print(f'exit status {result.returncode}, not reported: {missing}\n{result.stderr}')
    sys.exit(1)
print(f'found: {kind}')
