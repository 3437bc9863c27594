# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What the benchmarks of signalling are made of: the programs, and what /proc tells of them.

The environment names the programs: AHOY_DAEMON, AHOY_UAC, AHOY_NTA_UAS, AHOY_BUS_WATCH.
"""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'common'))
import daemon  # noqa: E402
from sip_peer import Failure  # noqa: E402

TICK = os.sysconf('SC_CLK_TCK')

# Everybody may call, over UDP and TCP; as many calls as there are ports.
CONFIG = '''
[core]
default-endpoint=anonymous
max-sessions=0
overload-queue=0
session-linger={linger}
{core}

[transport udp]
protocol=udp
bind=127.0.0.1:0

[transport tcp]
protocol=tcp
bind=127.0.0.1:0

[endpoint anonymous]
auth=none
allow=call
context=demo

[route echo]
context=demo
match=600
do=answer, wait({wait})
'''


def raise_limits():
    """As many descriptors as 2000 calls and 1000 connections need."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 65536 if limit == resource.RLIM_INFINITY else limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, limit))


def median(values):
    return statistics.median(values)


class Watched:
    """A process, as /proc sees it."""

    def __init__(self, pid):
        self.proc = pathlib.Path('/proc') / str(pid)

    def cpu(self):
        """User and system time of all threads, in seconds."""
        fields = (self.proc / 'stat').read_text('utf-8').rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def settle(self, patience=20):
        """Waits until the process has been idle for a moment, or never seems to be."""
        end = time.monotonic() + patience
        used, now = self.cpu(), None
        while now != used and time.monotonic() < end:
            time.sleep(0.3)  # a span to measure over, not for anything to happen
            used, now = now if now is not None else used, self.cpu()

    def _status(self, name):
        for line in (self.proc / 'status').read_text('utf-8').splitlines():
            if line.startswith(name + ':'):
                return int(line.split()[1])
        raise Failure(f'no {name} in /proc')

    def rss(self):
        """Resident memory in KiB."""
        return self._status('VmRSS')

    def threads(self):
        return self._status('Threads')

    def descriptors(self):
        return len(os.listdir(self.proc / 'fd'))


class Program:
    """A program of the benchmark, which says a line when it is ready."""

    def __init__(self, variable, *arguments, environment=None):
        self.process = subprocess.Popen([os.environ[variable], *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)

    def line(self):
        return self.process.stdout.readline().strip()

    def press(self):
        """The line that it waits for."""
        self.process.stdin.write('\n')
        self.process.stdin.flush()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Yardstick:
    """The bare UAS on nta."""

    name = 'nta'
    user = '600'

    def __init__(self, *arguments):
        self.program = Program('AHOY_NTA_UAS', *arguments)
        self.port = int(self.program.line())
        self.watched = Watched(self.program.process.pid)
        self.bus = None

    def close(self):
        self.program.close()


class Ahoy:
    """ahoyd on a private bus, with one program that watches all of its signals."""

    name = 'ahoyd'
    user = '600'
    route = ''

    def __init__(self, core='', linger='30s', wait='1h'):
        self.daemon = daemon.Daemon(CONFIG.format(core=core, linger=linger, wait=wait)
                                    + self.route)
        # On a busy machine a turn of the main loop may take longer than it likes.
        self.daemon.warnings_expected = True
        self.port = self.daemon.ports['udp']
        self.watched = Watched(self.daemon.process.pid)
        self.bus = Watched(self.daemon.bus.process.pid)
        self.watcher = Program('AHOY_BUS_WATCH', environment=self.daemon.environment)
        if self.watcher.line() != 'watching':
            raise Failure('bus-watch does not start')

    def signals(self):
        """How many signals of each name the watching program got; it ends with that."""
        self.watcher.press()
        line = self.watcher.line()
        if not line:
            raise Failure(f'bus-watch ended with {self.watcher.process.wait()}')
        return json.loads(line)

    def close(self):
        self.watcher.close()
        self.daemon.stop()


class Bridged(Ahoy):
    """ahoyd between two others: each call is answered by the bare UAS on nta, which it dials."""

    name = 'ahoyd with two legs'
    user = '700'

    def __init__(self):
        self.callee = Program('AHOY_NTA_UAS')
        uri = f'sip:bob@127.0.0.1:{self.callee.line()}'
        self.route = f'\n[route bridged]\ncontext=demo\nmatch=700\ndo=dial(<{uri}>)\n'
        super().__init__()

    def close(self):
        super().close()
        self.callee.close()


def start_calls(side, rate, calls, *arguments):
    return Program('AHOY_UAC', '--target', f'127.0.0.1:{side.port}', '--user', side.user, '--rate',
                   rate, '--calls', calls, *arguments)


def finish_calls(program):
    """What came of the calls, and the exit code as “good”."""
    result = json.loads(program.line())
    result['good'] = program.process.wait() == 0
    program.close()
    return result


def run_calls(side, rate, calls, hold=0):
    """Makes calls, and measures the processor time of the side that is called."""
    before = side.watched.cpu()
    bus_before = side.bus.cpu() if side.bus else 0
    result = finish_calls(start_calls(side, rate, calls, '--hold', hold))
    result['cpu_us'] = (side.watched.cpu() - before) / calls * 1e6
    result['bus_us'] = (side.bus.cpu() - bus_before) / calls * 1e6 if side.bus else 0
    return result


# What stays for a while by its nature: the last messages of the last calls.
KEPT = {'AhoyTraceMessage'}
# T1 of 50 ms: a finished transaction is forgotten after 3.2 s.
SHORT = 't1=50ms'


def census(side):
    """How many objects of each type there are."""
    listed = side.daemon.call('', 'Manager', 'ListObjects')[0]
    return {name: count for name, count in listed.items() if name not in KEPT and count > 0}


def wait_for_census(side, base, timeout=120):
    """Waits until there are no more objects than @base, and none of another type."""
    end = time.monotonic() + timeout
    while True:
        now = census(side)
        left = {name: (count, base.get(name, 0)) for name, count in now.items()
                if count > base.get(name, 0)}
        if not left:
            return now
        if time.monotonic() > end:
            raise Failure(f'objects are left (now, before): {left}')
        time.sleep(0.1)  # between two questions, not for anything to happen


def wait_for_trim(side):
    """Waits until the daemon had the time to give memory back (dbus/daemon/ahoy-trim.c)."""
    # 64 times T1 of SHORT, one second of linger, and some: a span, not for anything to happen.
    time.sleep(10)
    side.watched.settle()


def soak(calls, rate, warm_up):
    """Makes calls; what there was and what is left, after everything has timed out."""
    # A call whose BYE got lost on a busy machine ends by itself.
    side = Ahoy(core=SHORT, linger='1s', wait='30s')
    try:
        base = census(side)
        run_calls(side, rate, warm_up)
        wait_for_census(side, base)
        wait_for_trim(side)
        before = side.watched.rss(), side.watched.descriptors()
        result = run_calls(side, rate, calls)
        wait_for_census(side, base)
        wait_for_trim(side)
        after = side.watched.rss(), side.watched.descriptors()
        result.update(rss_before=before[0], rss_after=after[0], descriptors_before=before[1],
                      descriptors_after=after[1], objects=sum(base.values()))
        return result
    finally:
        side.close()
