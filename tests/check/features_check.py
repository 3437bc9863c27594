# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""docs/features.md tells of each row once, with a status, and names proofs that exist; the sum is
printed."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
text = (root / 'docs' / 'features.md').read_text('utf-8')
rows = re.findall(r'^\| ([A-Z]+-\d+) \| .* \| (\w+) \| (.*) \|$', text, re.M)
faults = []
seen = set()
for row, status, proof in rows:
    if row in seen:
        faults.append(f'{row} stands twice')
    seen.add(row)
    if status not in ('works', 'partly', 'missing'):
        faults.append(f'{row}: “{status}” is no status')
    paths = re.findall(r'`([\w./-]+)`', proof)
    if status != 'missing' and not paths:
        faults.append(f'{row} is {status} and names no proof')
    for path in paths:
        if not (root / path).exists():
            faults.append(f'{row}: {path} does not exist')
if len(seen) != 600:
    faults.append(f'{len(seen)} rows; the mission has 600')
counts = {name: sum(1 for row in rows if row[1] == name) for name in ('works', 'partly', 'missing')}
line = (f"{len(rows)} rows: {counts['works']} work, {counts['partly']} partly, "
        f"{counts['missing']} missing.")
print('\n'.join(faults) or line)
sys.exit(1 if faults else 0)
