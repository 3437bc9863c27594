# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""ThreadSanitizer, with our suppressions, still finds a race that is planted.

Usage: test_planted_race.py PROGRAM SUPPRESSIONS
"""

import os
import subprocess
import sys

program, suppressions = sys.argv[1:]
env = dict(os.environ, TSAN_OPTIONS=f'halt_on_error=0:exitcode=66:suppressions={suppressions}')
result = subprocess.run([program], env=env, capture_output=True, text=True, timeout=60, check=False)
wanted = ('WARNING: ThreadSanitizer: data race', 'count_without_lock', 'planted_counter')
missing = [text for text in wanted if text not in result.stderr]
if result.returncode != 66 or missing:
    print(f'exit status {result.returncode}, not reported: {missing}\n{result.stderr}')
    sys.exit(1)
if result.stderr.count('WARNING: ThreadSanitizer') != 1:
    print(f'more was reported than what was planted:\n{result.stderr}')
    sys.exit(1)
print('the planted race was found, and nothing else')
