# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What a registration costs (REGISTER, 401, REGISTER with credentials, 200, over UDP): ahoyd, which
has it on disk before it says 200, beside Kamailio, which has it in memory.

Usage: register.py [--only SIDE] [PART …]; parts: cost, rate, idle, sustained, bindings.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time

import daemon
import measure
from sip_peer import Failure

HERE = pathlib.Path(__file__).resolve().parent
USERS = 5000
RATE = 1000        # a second, where the cost is measured
FULL = 3000        # a second, where the rate is
ROUNDS = 3
BINDINGS = 100_000
DOMAIN = 'ahoy.test'
CONFIG = '''
[core]
modules={modules}
max-sessions=0
overload-queue=0
overload-delay=0
realm=ahoy
{core}

[domain {domain}]

[transport udp]
protocol=udp
bind=127.0.0.1:0

[transport tcp]
protocol=tcp
bind=127.0.0.1:0

[endpoint account](!)
password=secret
identify=username
allow=register
'''


class Family:
    """A process and those that it made, as /proc sees them."""

    def __init__(self, pid):
        self.pid = pid

    def members(self):
        pids = [self.pid]
        for pid in pids:
            try:
                for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
                    pids += map(int, (task / 'children').read_text('utf-8').split())
            except FileNotFoundError:
                pass
        return [measure.Watched(pid) for pid in pids]

    def cpu(self):
        return sum(member.cpu() for member in self.members())

    def memory(self):
        """The proportional share of memory of all of them, in KiB: what they share counts once."""
        total = 0
        for member in self.members():
            text = (member.proc / 'smaps_rollup').read_text('utf-8')
            total += next(int(line.split()[1]) for line in text.splitlines()
                          if line.startswith('Pss:'))
        return total


class Kamailio:
    """Kamailio as a registrar, in as many processes as it is told."""

    def __init__(self, children=1):
        self.name = f'kamailio with {children} worker{"s" if children > 1 else ""}'
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-bench-'))
        for _ in range(5):
            if self._start(children):
                return
        raise Failure('kamailio does not start')

    def _start(self, children):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = self.tcp_port = probe.getsockname()[1]
        text = (HERE / 'kamailio.cfg').read_text('utf-8')
        config = self.folder / 'kamailio.cfg'
        config.write_text(text.replace('CHILDREN', str(children)).replace('PORT', str(self.port)),
                          'utf-8')
        with open(self.folder / 'log', 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                ['kamailio', '-DD', '-E', '-f', str(config), '-m', '512', '-M', '16', '-w',
                 str(self.folder), '-Y', str(self.folder), '-P', str(self.folder / 'pid')],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(('127.0.0.1', self.tcp_port), 1).close()
            except OSError:
                time.sleep(0.05)  # between two attempts
                continue
            self.watched = Family(self.process.pid)
            return True
        self.process.kill()
        self.process.wait()
        return False

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def accounts(count):
    """The objects of so many accounts."""
    return ''.join(f'[endpoint bench{number}](account)\n' for number in range(count))


class Ahoy:
    """ahoyd as a registrar only, with its bindings on disk."""

    name = 'ahoyd'

    def __init__(self, users=USERS, core='', modules='registrar'):
        text = CONFIG.format(domain=DOMAIN, core=core, modules=modules) + accounts(users)
        self.daemon = daemon.Daemon(text)
        self.daemon.warnings_expected = True
        self.port, self.tcp_port = self.daemon.ports['udp'], self.daemon.ports['tcp']
        self.watched = Family(self.daemon.process.pid)

    def close(self):
        self.daemon.stop()


def start(side, rate, pairs, users=USERS, offset=0, *arguments):
    return measure.Program('AHOY_UAC_DIGEST', '--target', f'127.0.0.1:{side.port}', '--method',
                           'REGISTER', '--domain', DOMAIN, '--rate', rate, '--pairs', pairs,
                           '--users', users, '--offset', offset, *arguments)


def finish(program):
    result = json.loads(program.line())
    result['good'] = program.process.wait() == 0
    program.close()
    return result


def register(side, rate, pairs, users=USERS, offset=0, *arguments):
    """Makes registrations, and measures the processor time of the registrar."""
    before = side.watched.cpu()
    result = finish(start(side, rate, pairs, users, offset, *arguments))
    result['cpu_us'] = (side.watched.cpu() - before) / pairs * 1e6
    if not result['good']:
        raise Failure(f'{side.name}: {result}')
    return result


def told(result):
    return (f'{result["cpu_us"]:.0f} µs (p50 {result["p50_us"] / 1000:.1f} ms, p99 '
            f'{result["p99_us"] / 1000:.1f} ms, sent again {result["resent"]})')


def fresh(make, rate, pairs):
    """A fresh registrar, after each user has registered once."""
    side = make()
    try:
        register(side, 1500, USERS)
        return register(side, rate, pairs)
    finally:
        side.close()


def cost(sides):
    """Processor time of a registration at 1000 a second, by turns."""
    used = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, make in sides.items():
            result = fresh(make, RATE, 5 * RATE)
            used[name].append(result['cpu_us'])
            print(f'# {name}: {told(result)}', flush=True)
    medians = {name: measure.median(times) for name, times in used.items()}
    text = ', '.join(f'{name} {time_:.0f} µs' for name, time_ in medians.items())
    if 'ahoyd' in medians and len(medians) > 1:
        least = min(time_ for name, time_ in medians.items() if name != 'ahoyd')
        text += f'; ratio {medians["ahoyd"] / least:.2f} (aim: at most 2)'
    print(f'a registration at {RATE} a second: {text}', flush=True)


def rate(sides, seconds=20):
    """3000 a second for 20 seconds: none fails."""
    for name, make in sides.items():
        result = fresh(make, FULL, FULL * seconds)
        print(f'{FULL} registrations a second for {seconds} s: {name}: {result["completed"]} of '
              f'{result["pairs"]} in {result["seconds"]:.1f} s, {told(result)}', flush=True)


def idle(sides, connections=1000):
    """What connections cost that are only there."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, limit), limit))
    for name, make in sides.items():
        used = {0: [], connections: []}
        side = make()
        try:
            register(side, 1500, USERS)
            for _ in range(ROUNDS):
                for count, times in used.items():
                    sockets = [socket.create_connection(('127.0.0.1', side.tcp_port))
                               for _ in range(count)]
                    times.append(register(side, RATE, 5 * RATE)['cpu_us'])
                    for connection in sockets:
                        connection.close()
        finally:
            side.close()
        without, beside = (measure.median(times) for times in used.values())
        print(f'{connections} idle TCP connections: {name}: {without:.0f} µs without, {beside:.0f} '
              f'µs with: {100 * (beside / without - 1):+.1f} % (aim: less than 10 %)', flush=True)


def sustained(sides, seconds=40):
    """Memory, each 5 seconds, while registrations go on at the full rate."""
    for name, make in sides.items():
        side = make()
        try:
            register(side, 1500, USERS)
            series = [side.watched.memory()]
            program = start(side, FULL, FULL * seconds)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(5)  # the spans of the series
                series.append(side.watched.memory())
            result = finish(program)
        finally:
            side.close()
        print(f'{seconds} s at {FULL} a second: {name}: memory in MiB each 5 s: '
              + ' '.join(f'{kib / 1024:.0f}' for kib in series)
              + f'; {result["completed"]} of {result["pairs"]}, sent again {result["resent"]}',
              flush=True)


class Restarted:
    """ahoyd with a state that outlives it, on a port of its own, killed in the end.

    It has an account for each binding, so its objects on the bus are not asked for.
    """

    name = 'ahoyd'

    def __init__(self, folder, bus, users, port):
        self.folder, self.bus = folder, bus
        self.port = self.tcp_port = port
        config = folder / 'config'
        if not config.exists():
            config.mkdir()
            text = CONFIG.format(domain=DOMAIN, core='', modules='registrar') + accounts(users)
            (config / 'ahoy.conf').write_text(text.replace(':0', f':{port}'), 'utf-8')
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [os.environ['AHOY_DAEMON'], '--session', '--config', str(config), '--state',
             str(folder / 'state')], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=dict(os.environ, DBUS_SESSION_BUS_ADDRESS=bus.address))
        log = daemon.Lines(self.process.stdout)
        if log.wait_for(lambda line: 'Ready: ' in line, 60) is None:
            raise Failure('\n'.join(log.all))
        self.ready = time.monotonic() - begin
        self.watched = Family(self.process.pid)
        # The last of all has to be found.
        result = register(self, 1, 1, 1, users - 1)
        self.answered = time.monotonic() - begin
        self.used = self.watched.cpu()
        self.good = result['good']

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def bindings(_sides, count=BINDINGS):
    """What so many bindings need, and how long they keep a restart waiting."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-bench-'))
    bus = daemon.Bus()
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    try:
        side = Restarted(folder, bus, count, port)
        empty, without = side.watched.memory(), side.ready
        register(side, FULL, count, count)
        full = side.watched.memory()
        side.close()
        side = Restarted(folder, bus, count, port)
        print(f'{count} bindings, each of an account of its own: {empty / 1024:.0f} MiB without '
              f'them, {side.watched.memory() / 1024:.0f} MiB with them after a restart (aim: 120 '
              f'MiB more), {full / 1024:.0f} MiB when they had just come; ready in '
              f'{without:.2f} s without them, in {side.ready:.2f} s after kill -9 with them (aim: '
              f'less than 3 s), {side.answered:.2f} s until one had registered anew with a '
              f'password; {side.used:.2f} s of processor time', flush=True)
        side.close()
    finally:
        bus.close()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parts = {'cost': cost, 'rate': rate, 'idle': idle, 'sustained': sustained,
             'bindings': bindings}
    parser = argparse.ArgumentParser()
    parser.add_argument('--only', choices=('ahoyd', 'kamailio'))
    parser.add_argument('parts', nargs='*', choices=[[], *parts])
    arguments = parser.parse_args()
    os.environ.setdefault('LC_ALL', 'C.UTF-8')
    sides = {'ahoyd': Ahoy, 'kamailio, 1 worker': Kamailio,
             'kamailio, 8 workers': lambda: Kamailio(8)}
    sides = {name: make for name, make in sides.items()
             if arguments.only is None or name.startswith(arguments.only)}
    for name in arguments.parts or parts:
        parts[name](sides)


if __name__ == '__main__':
    main()
