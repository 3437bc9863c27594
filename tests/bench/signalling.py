# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What a call costs ahoyd, beside what it costs the bare UAS on nta.

Usage: signalling.py [cost] [rates] [held] [idle] [sustained]
[bridged]; all of them when none is named.
"""

import socket
import sys
import time

import measure

RATE = 1000
ROUNDS = 5
MAX_DISTURBED = 5
CALLS = 5000
RATES = (1000, 1500, 2000, 2500, 3000)
HELD = 2000
# T1 of a tenth: transactions end within 3.2 s instead of 32 s, and with them what they keep.
SETTLING = {'core': measure.SHORT, 'linger': '1s'}
IDLE = 1000
BRIDGED_RATE, BRIDGED_CALLS = 300, 1500
FILLING = 33  # seconds; a finished transaction is kept for 32
SUSTAINED = 10


def rounds_of(side_class, rate=RATE, calls=CALLS):
    """One run on a fresh process, after a few calls that warm it up."""
    side = side_class()
    try:
        measure.run_calls(side, 200, 200)
        result = measure.run_calls(side, rate, calls)
        if side.bus:
            result['signals'] = side.signals()
        return result
    finally:
        side.close()


def cost():
    """Processor time per call at 1000 calls a second, back to back, as medians.

    What the machine disturbed is done again: who has to send again makes more work.
    """
    sides = measure.Yardstick, measure.Ahoy
    used, bus = {side.name: [] for side in sides}, []
    disturbed = 0
    while len(bus) < ROUNDS:
        results = {side.name: rounds_of(side) for side in sides}
        signals = results['ahoyd']['signals']
        resent = sum(result['resent'] for result in results.values())
        print('# ' + ', '.join(f'{name} {result["cpu_us"]:.0f} µs, lost {result["lost"]}, sent '
                               f'again {result["resent"]}' for name, result in results.items())
              + f'; signals per call {sum(signals.values()) / (CALLS + 200):.1f}', flush=True)
        if resent > 0 and disturbed < MAX_DISTURBED:
            disturbed += 1
            continue
        for name, result in results.items():
            used[name].append(result['cpu_us'])
        bus.append(results['ahoyd']['bus_us'])
    print(f'cost of a call at {RATE} calls/s: '
          + ', '.join(f'{name} {measure.median(times):.0f} µs' for name, times in used.items())
          + f'; {ratios_to(used)} (aim: at most 3.5); dbus-daemon beside it '
          f'{measure.median(bus):.0f} µs; {disturbed} rounds were disturbed', flush=True)


def bridged():
    """What a call through two legs costs beside one that ends here, by turns at 300 a second."""
    sides = measure.Ahoy, measure.Bridged
    ratios, used = [], {side.name: [] for side in sides}
    disturbed = 0
    while len(ratios) < ROUNDS:
        results = {side.name: rounds_of(side, BRIDGED_RATE, BRIDGED_CALLS) for side in sides}
        one, two = results.values()
        print('# ' + ', '.join(f'{name} {result["cpu_us"]:.0f} µs, lost {result["lost"]}, sent '
                               f'again {result["resent"]}' for name, result in results.items()),
              flush=True)
        if one['lost'] + two['lost'] > 0:
            raise measure.Failure('calls were lost')
        if one['resent'] + two['resent'] > 0 and disturbed < MAX_DISTURBED:
            disturbed += 1
            continue
        for name, result in results.items():
            used[name].append(result['cpu_us'])
        ratios.append(two['cpu_us'] / one['cpu_us'])
    print(f'cost of a call at {BRIDGED_RATE} calls/s: '
          + ', '.join(f'{name} {measure.median(times):.0f} µs' for name, times in used.items())
          + f'; ratio {measure.median(ratios):.2f} (aim: at most 3.0); {disturbed} rounds were '
          'disturbed', flush=True)


def ratios_to(used):
    """The median of ahoyd to each yardstick, round by round."""
    return ', '.join(
        f'ratio to {name} {measure.median([a / b for a, b in zip(used["ahoyd"], times)]):.2f}'
        for name, times in used.items() if name != 'ahoyd')


def is_held(result):
    return result['good'] and result['seconds'] < 1.2 * result['calls'] / result['rate'] + 1


def rates():
    """The highest rate without a lost call, five seconds long."""
    for side_class in (measure.Yardstick, measure.Ahoy):
        best = 0
        for rate in RATES:
            result = rounds_of(side_class, rate, 5 * rate)
            print(f'# {side_class.name} at {rate} calls/s: completed {result["completed"]} of '
                  f'{result["calls"]} in {result["seconds"]:.1f} s, sent again '
                  f'{result["resent"]}, p50 {result["p50_us"] / 1000:.1f} ms, p99 '
                  f'{result["p99_us"] / 1000:.1f} ms', flush=True)
            if not is_held(result):
                break
            best = rate
        print(f'highest rate held by {side_class.name}: {best} calls/s', flush=True)


def settle(side):
    """The memory when the daemon has given back what the calls needed to begin; None for nta."""
    if not side.bus:
        return None
    measure.wait_for_trim(side)
    return side.watched.rss()


def held():
    """Memory, descriptors and threads while many calls are up."""
    for side_class in (measure.Yardstick, measure.Ahoy):
        side = side_class(**SETTLING) if side_class is measure.Ahoy else side_class()
        try:
            measure.run_calls(side, 200, 200)
            watched = side.watched
            before = watched.rss(), watched.descriptors(), watched.threads()
            calls = measure.start_calls(side, 500, HELD, '--wait')
            if calls.line() != 'held':
                raise measure.Failure('the calls did not come up')
            after = watched.rss(), watched.descriptors(), watched.threads()
            settled = settle(side)
            calls.press()
            result = measure.finish_calls(calls)
            print(f'{HELD} held calls, {side_class.name}: {(after[0] - before[0]) / HELD:.1f} KiB '
                  f'and {(after[1] - before[1]) / HELD:.2f} descriptors each, threads '
                  f'{before[2]} → {after[2]}; completed {result["completed"]}', flush=True)
            if settled is not None:
                print(f'{(settled - before[0]) / HELD:.1f} KiB each when the transactions that '
                      'began them are over', flush=True)
        finally:
            side.close()


def open_connections(side, count, patience=30):
    """Idle TCP connections, all of which the other side has taken."""
    port = side.daemon.ports['tcp'] if side.bus else side.port
    before = side.watched.descriptors()
    connections = [socket.create_connection(('127.0.0.1', port), patience) for _ in range(count)]
    for connection in connections:
        connection.setblocking(False)
    end = time.monotonic() + patience
    while side.watched.descriptors() < before + count:
        if time.monotonic() > end:
            raise measure.Failure(f'not all of {count} connections are taken')
        time.sleep(0.02)  # between two questions
    return connections


def check_open(connections):
    """They stood all the time, and nothing came on them."""
    for connection in connections:
        try:
            raise measure.Failure(f'an idle connection got {connection.recv(64)!r}')
        except BlockingIOError:
            pass


def idle_run(side_class, count):
    """What a call costs a fresh process that has so many connections all the time."""
    side = side_class()
    connections = []
    try:
        connections = open_connections(side, count)
        measure.run_calls(side, 200, 200)
        side.watched.settle()
        result = measure.run_calls(side, 500, 2000)
        check_open(connections)
        return result
    finally:
        side.close()
        for connection in connections:
            connection.close()


def idle():
    """What 1000 idle TCP connections change, by turns with none."""
    for side_class in (measure.Yardstick, measure.Ahoy):
        used = {0: [], IDLE: []}
        for turn in range(ROUNDS):
            for count in sorted(used, reverse=turn % 2 == 1):
                used[count].append(idle_run(side_class, count)['cpu_us'])
        without, with_them = measure.median(used[0]), measure.median(used[IDLE])
        print(f'# without {min(used[0]):.0f} to {max(used[0]):.0f} µs, with {min(used[IDLE]):.0f} '
              f'to {max(used[IDLE]):.0f} µs', flush=True)
        print(f'{IDLE} idle TCP connections, {side_class.name}: {without:.0f} µs a call without, '
              f'{with_them:.0f} µs with, {100 * (with_them / without - 1):+.1f} % '
              f'(aim: less than 10 %)', flush=True)


def sustained():
    """What a call costs when as many finished transactions are forgotten as new ones come.

    Both sides keep a finished transaction for 32 s (64 times T1).
    """
    used, resent = {}, 0
    for side_class in (measure.Yardstick, measure.Ahoy):
        side = side_class()
        try:
            first = measure.run_calls(side, RATE, RATE)
            filling = measure.run_calls(side, RATE, FILLING * RATE)
            result = measure.run_calls(side, RATE, SUSTAINED * RATE)
        finally:
            side.close()
        used[side_class.name] = [result['cpu_us']]
        resent += filling['resent'] + result['resent']
        print(f'sustained {RATE} calls/s, {side_class.name}: {first["cpu_us"]:.0f} µs for the '
              f'first {RATE} calls, {filling["cpu_us"]:.0f} µs until {FILLING} s, '
              f'{result["cpu_us"]:.0f} µs after that; completed {result["completed"]} of '
              f'{result["calls"]} in {result["seconds"]:.1f} s, sent again {result["resent"]}',
              flush=True)
    ratio = f'sustained: {ratios_to(used)}'
    if resent > 0:
        ratio += f'; {resent} messages were sent again, which is work of its own: no ratio to keep'
    print(ratio, flush=True)


def main():
    measure.raise_limits()
    parts = {'cost': cost, 'rates': rates, 'held': held, 'idle': idle,
             'sustained': sustained, 'bridged': bridged}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == '__main__':
    main()
