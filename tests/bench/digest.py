# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What a proof costs ahoyd (a request, 401, the request with credentials, 200), beside bare nta.

Usage: digest.py [cost] [memory]; both when none is named.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import daemon
import measure

RATE = 1000
ROUNDS = 5
MAX_DISTURBED = 5
PAIRS = 5000
ASKED = 200_000
ASKED_RATE = 5000
# T1 of a tenth, so that what is kept for retransmissions is forgotten while the test goes on.
CONFIG = '''
[core]
max-sessions=0
overload-queue=0
overload-delay=0
auth-algorithms={algorithms}
{core}

[transport udp]
protocol=udp
bind=127.0.0.1:0

[endpoint bench]
password=secret
identify=username
allow=call
'''


class Yardstick(measure.Yardstick):
    """Bare nta with Sofia-SIP's module for digest authentication, which knows MD5 only."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-bench-'))
        accounts = self.folder / 'accounts'
        accounts.write_text('bench:secret:\n', 'utf-8')
        super().__init__('sip:127.0.0.1:*', accounts)

    def close(self):
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Ahoy:
    """ahoyd; nobody watches, as there are no calls to be seen."""

    name = 'ahoyd'

    def __init__(self, algorithms='MD5', core=''):
        self.daemon = daemon.Daemon(CONFIG.format(algorithms=algorithms, core=core))
        self.daemon.warnings_expected = True
        self.port = self.daemon.ports['udp']
        self.watched = measure.Watched(self.daemon.process.pid)
        self.bus = None

    def close(self):
        self.daemon.stop()


def run_pairs(side, rate, pairs, *arguments):
    """Makes pairs, and measures the processor time of the side that is asked."""
    before = side.watched.cpu()
    program = measure.Program('AHOY_UAC_DIGEST', '--target', f'127.0.0.1:{side.port}', '--rate',
                              rate, '--pairs', pairs, *arguments)
    result = json.loads(program.line())
    result['good'] = program.process.wait() == 0
    program.close()
    result['cpu_us'] = (side.watched.cpu() - before) / pairs * 1e6
    if not result['good']:
        raise measure.Failure(f'{side.name}: {result}')
    return result


def fresh_run(make, *arguments):
    """A fresh process, after a few pairs that warm it up."""
    side = make()
    try:
        run_pairs(side, 200, 200, *arguments)
        return run_pairs(side, RATE, PAIRS, *arguments)
    finally:
        side.close()


def cost():
    """Processor time per pair at 1000 a second, by turns; what was disturbed is done again."""
    kinds = {'nta': (Yardstick, ()), 'ahoyd': (Ahoy, ()),
             'ahoyd, SHA-256': (lambda: Ahoy('SHA-256;MD5'), ('--algorithm', 'SHA-256'))}
    used = {name: [] for name in kinds}
    disturbed = 0
    while len(used['nta']) < ROUNDS:
        results = {name: fresh_run(make, *arguments) for name, (make, arguments) in kinds.items()}
        print('# ' + ', '.join(
            f'{name} {result["cpu_us"]:.0f} µs (p50 {result["p50_us"]} µs, p99 '
            f'{result["p99_us"]} µs, sent again {result["resent"]})'
            for name, result in results.items()), flush=True)
        if sum(result['resent'] for result in results.values()) > 0 \
                and disturbed < MAX_DISTURBED:
            disturbed += 1
            continue
        for name, result in results.items():
            used[name].append(result['cpu_us'])
    ratio = measure.median([a / b for a, b in zip(used['ahoyd'], used['nta'])])
    print(f'a proof at {RATE} a second: '
          + ', '.join(f'{name} {measure.median(times):.0f} µs' for name, times in used.items())
          + f'; ratio with MD5 {ratio:.2f} (aim: at most 3.5); {disturbed} rounds were disturbed',
          flush=True)


def memory(asked=ASKED, rate=ASKED_RATE):
    """What challenges leave behind that nobody answers: nothing."""
    side = Ahoy(core=measure.SHORT)
    try:
        run_pairs(side, rate, 4 * rate, '--only-ask')
        measure.wait_for_trim(side)
        base, before = measure.census(side), side.watched.rss()
        result = run_pairs(side, rate, asked, '--only-ask')
        measure.wait_for_trim(side)
        after = side.watched.rss()
        measure.wait_for_census(side, base)
        print(f'{asked} challenges without an answer: {before} → {after} KiB, '
              f'{(after - before) * 1024 / asked:.1f} bytes each; {result["cpu_us"]:.0f} µs each',
              flush=True)
        return before, after
    finally:
        side.close()


def main():
    parts = {'cost': cost, 'memory': memory}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == '__main__':
    main()
