# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""ThreadSanitizer, with our suppressions, still finds a race that is planted, and nothing else.

Usage: test_planted_race.py PROGRAM SUPPRESSIONS FUNCTION [ARGUMENT]
"""

import os
import subprocess
import sys

program, suppressions, function, *arguments = sys.argv[1:]
env = dict(os.environ, TSAN_OPTIONS='halt_on_error=0:exitcode=66:report_mutex_bugs=0:'
                                    f'suppressions={suppressions}')
result = subprocess.run([program, *arguments], env=env, capture_output=True, text=True, timeout=60,
                        check=False)
reports = result.stderr.split('WARNING: ThreadSanitizer: ')[1:]
if result.returncode != 66 or not reports:
    print(f'exit status {result.returncode}, {len(reports)} reports\n{result.stderr}')
    sys.exit(1)
others = [report for report in reports
          if not report.startswith('data race') or function not in report]
if others:
    print('more was reported than what was planted:\n' + '\n'.join(others))
    sys.exit(1)
print(f'the planted race was found in {function}, and nothing else')
