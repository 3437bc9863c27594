# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls and OPTIONS from and to sipp and sipsak, as a matrix over UDP and TCP, IPv4 and IPv6."""

import fcntl
import itertools
import os
import pathlib
import random
import socket
import subprocess
import tempfile
import threading
import time

import agent
from sip_peer import Failure

HERE = pathlib.Path(__file__).resolve().parent
PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
PATIENCE = 60  # seconds


# sipp cannot choose a port by itself. Those which the kernel chooses are given to others before
# sipp takes them, when much goes on: these are below them, and below the ports of the media.
# sipp takes the port after next, too, when it is for media.
_PORTS = itertools.cycle(random.sample(range(10000, 16384, 4), 1596))


# One byte for each port, locked by the test that uses it for as long as the test runs.
_RESERVED = open(pathlib.Path(tempfile.gettempdir(), f'ahoy-test-ports-{os.getuid()}'), 'ab')


def reserve(port):
    """Whether the port is ours: no other test that runs now takes it."""
    try:
        fcntl.lockf(_RESERVED, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def free_port(host, transport='udp'):
    """A port, and an even one, that nobody has and that nobody is given."""
    kind = socket.SOCK_DGRAM if transport == 'udp' else socket.SOCK_STREAM
    while True:
        with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, kind) as probe:
            port = next(_PORTS)
            if not reserve(port):
                continue
            try:
                probe.bind((host, port))
                return port
            except OSError:
                pass


class Sipp:
    def __init__(self, scenario, transport, family, target=None, user='x', calls=1,
                 options=('-l', '10'), t1=500):
        host = agent.HOSTS[family]
        self.port = free_port(host, transport)
        self.folder = tempfile.TemporaryDirectory()
        shown = f'[{host}]' if ':' in host else host
        path = HERE / 'scenarios' / f'{scenario}.xml'
        if t1 != 500:
            slow = pathlib.Path(self.folder.name, path.name)
            slow.write_text(path.read_text().replace('retrans="500"', f'retrans="{t1}"'))
            path = slow
        command = ['sipp', '-sf', str(path), '-i', host,
                   '-p', str(self.port), '-mp', str(free_port(host)),
                   '-cp', str(free_port(host)),
                   '-t', 'u1' if transport == 'udp' else 't1', '-m', str(calls), *options,
                   # What comes twice is passed over, and what never comes ends it as well.
                   '-default_behaviors', 'all,-abortunexp',
                   '-s', user, '-nostdin', '-timeout', '40', '-timeout_error', '-trace_err',
                   '-error_file', f'{self.folder.name}/errors']
        if target is not None:
            command.append(f'{shown}:{target[1]}')
        self.process = subprocess.Popen(command, cwd=self.folder.name, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.uri = (f'sip:{user}@{shown}:{self.port}'
                    + (';transport=tcp' if transport == 'tcp' else ''))

    def listening(self, transport):
        """Waits until sipp has its port; looking does not take the port from it."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and not self._has_port(transport):
            if time.monotonic() > end:
                raise Failure(f'sipp does not listen on port {self.port}')
            threading.Event().wait(0.01)
        return self

    def _has_port(self, transport):
        own = set()
        for link in pathlib.Path(f'/proc/{self.process.pid}/fd').iterdir():
            try:
                own.add(os.readlink(link))
            except OSError:
                pass  # closed meanwhile
        for table in (transport, transport + '6'):
            for line in pathlib.Path('/proc/net', table).read_text().splitlines()[1:]:
                fields = line.split()
                if (int(fields[1].rsplit(':', 1)[1], 16) == self.port
                        and f'socket:[{fields[9]}]' in own):
                    return True
        return False

    def finish(self):
        try:
            output, _ = self.process.communicate(timeout=45)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, _ = self.process.communicate()
        errors = pathlib.Path(self.folder.name, 'errors')
        text = errors.read_text() if errors.exists() else ''
        self.folder.cleanup()
        return self.process.returncode, text[-2000:] + '\n'.join(output.splitlines()[-30:])


class SippTestCase(agent.SipTestCase):
    def advance(self, seconds):
        self.agent.command('advance', seconds=seconds)
        self.agent.expect('advanced')


class Matrix(SippTestCase):
    agent_arguments = ('--t1', '200')

    def row(self, name, run):
        cells = []
        for transport, family in PATHS:
            begin = time.monotonic()
            code, output = run(transport, family)
            cells.append(f'{transport}/{family} {"ok" if code == 0 else "FAILED"} '
                         f'{time.monotonic() - begin:.2f} s')
            if code != 0:
                print('# ' + ' | '.join(cells))
                self.fail(f'{name} over {transport}/{family}: {code}\n{output}')
        print(f'# {name:34} ' + ' | '.join(cells), flush=True)
        self.agent.wait_for_census('AhoySession', 0, timeout=20)

    def from_sipp(self, scenario, user, calls=1):
        def run(transport, family):
            return Sipp(scenario, transport, family, self.agent.address(transport, family), user,
                        calls).finish()
        self.row(f'{scenario} (sipp calls {user})', run)

    def to_sipp(self, scenario, hangup=False, **ended):
        def run(transport, family):
            sipp = Sipp(scenario, transport, family).listening(transport)
            self.agent.command('call', target=sipp.uri)
            number = self.agent.expect('dialing')['id']
            if hangup:
                self.agent.expect('state', id=number, new='active')
                self.agent.command('hangup', id=number)
            event = self.agent.expect('ended', id=number)
            self.assertEqual({name: event[name] for name in ended}, ended)
            return sipp.finish()
        self.row(f'{scenario} (we call sipp)', run)

    def wait_until_seen(self, word):
        """Until the agent got this method or status: the clock does not run ahead of sipp."""
        seen, end = '', time.monotonic() + PATIENCE
        while word not in seen.split():
            self.assertLess(time.monotonic(), end, f'no {word}, but {seen}')
            seen += ' ' + self.agent.stats()['supplement-0']
            threading.Event().wait(0.01)

    def expect_expiry(self, number):
        event = self.agent.expect('ended', id=number)
        self.assertEqual((event['by'], event['status'], event['reason']),
                         ('network', 408, 'Session expired'))

    def test_timer_of_caller(self):
        """DLGX-01: sipp calls with a session timer, refreshes once, and is dead then"""
        def run(transport, family):
            self.agent.stats()
            sipp = Sipp('uac_timer', transport, family, self.agent.address(transport, family),
                        'answer')
            number = self.agent.expect('incoming')['id']
            self.wait_until_seen('UPDATE')
            self.advance(60)
            self.expect_expiry(number)
            return sipp.finish()
        self.row('uac_timer (sipp calls answer)', run)

    def test_timer_of_callee(self):
        """DLGX-01: we call sipp with a session timer and refresh once; then sipp is dead"""
        def run(transport, family):
            sipp = Sipp('uas_timer', transport, family).listening(transport)
            self.agent.command('call', target=sipp.uri)
            number = self.agent.expect('dialing')['id']
            self.agent.expect('state', id=number, new='active')
            self.agent.stats()
            self.advance(45)
            self.wait_until_seen('200')  # the answer to the UPDATE
            self.advance(60)
            self.expect_expiry(number)
            return sipp.finish()
        self.row('uas_timer (we call sipp)', run)

    def test_reliable_caller(self):
        """DLGX-02: sipp calls without an offer, and answers ours of a reliable 183 in its PRACK"""
        self.from_sipp('uac_prack', 'progress-answer')

    def test_reliable_callee(self):
        """DLGX-02, 03: sipp answers in a reliable 183, and changes media by UPDATE before 200"""
        self.to_sipp('uas_prack', hangup=True, by='local', status=200)

    def test_options(self):
        """CORE-20 to CORE-22: OPTIONS of sipp"""
        self.from_sipp('options', 'anybody', calls=10)

    def test_sipsak(self):
        """CORE-20 to CORE-22: OPTIONS of sipsak"""
        def run(transport, family):
            host, port = self.agent.address(transport, family)
            shown = f'[{host}]' if ':' in host else host
            done = subprocess.run(['sipsak', '-H', host, '-E', transport, '-s',
                                   f'sip:x@{shown}:{port}'],
                                  capture_output=True, text=True, timeout=20, check=False)
            return done.returncode, done.stdout + done.stderr

        global PATHS
        every, PATHS = PATHS, [p for p in PATHS if p[1] == 'ipv4']  # sipsak knows no IPv6
        try:
            self.row('sipsak', run)
        finally:
            PATHS = every

    def test_call(self):
        """sipp calls and hangs up, ten times; it sees what supplements add (CALL-09)"""
        self.from_sipp('uac_call', 'ring-answer', calls=10)

    def test_early_media(self):
        """sipp calls, hears early media and hangs up"""
        self.from_sipp('uac_call', 'progress-answer')

    def test_late_offer(self):
        """sipp calls without an offer"""
        self.from_sipp('uac_late_offer', 'answer')

    def test_cancel(self):
        """CALL-42: sipp cancels"""
        self.from_sipp('uac_cancel', 'ring')

    def test_not_found(self):
        """sipp calls somebody who is not there: 404"""
        self.from_sipp('uac_404', 'nobody')

    def test_busy(self):
        """sipp calls somebody who is busy: 486"""
        self.from_sipp('uac_486', 'busy')

    def test_supplement_refuses(self):
        """CALL-06, CALL-16: a supplement refuses a call of sipp by a header: 480"""
        self.from_sipp('uac_480', 'answer')

    def test_incompatible(self):
        """sipp offers G.729 only: 488"""
        self.from_sipp('uac_488', 'answer')

    def test_to_sipp(self):
        """we call sipp and hang up; it sees what supplements add (CALL-08)"""
        self.to_sipp('uas_call', hangup=True, by='local', status=200)

    def test_sipp_hangs_up(self):
        """we call sipp, and it hangs up"""
        self.to_sipp('uas_bye', by='remote', status=200)

    def test_sipp_is_busy(self):
        """CALL-55: we call sipp, which is busy"""
        self.to_sipp('uas_486', by='remote', status=486)


class Timers(SippTestCase):
    """Session timers, with the four transports at once: one clock is set forward for all."""

    agent_arguments = ('--t1', '200', '--endpoint', 'session-minimum=120')

    def together(self, name, start, *steps):
        """Starts a call on each path, and takes each step for all of them; who ended how."""
        begin = time.monotonic()
        self.agent.stats()
        sipps = {path: start(*path) for path in PATHS}
        for step in steps:
            step(len(sipps))
        faults = []
        for path, sipp in sipps.items():
            code, output = sipp.finish()
            if code != 0:
                faults.append(f'{path}: {code}\n{output}')
        print(f'# {name:34} ' + ' | '.join('/'.join(path) + (' ok' if not faults else ' FAILED')
                                           for path in sipps)
              + f' | {time.monotonic() - begin:.2f} s', flush=True)
        self.assertEqual(faults, [])
        self.agent.wait_for_census('AhoySession', 0, timeout=20)

    def calls(self, scenario):
        return lambda transport, family: Sipp(
            scenario, transport, family, self.agent.address(transport, family), 'answer')

    def is_called(self, scenario):
        def start(transport, family):
            sipp = Sipp(scenario, transport, family).listening(transport)
            self.agent.command('call', target=sipp.uri)
            return sipp
        return start

    def seen(self, word):
        """A step: the agent got this method or status once for each call."""
        def step(count):
            words, end = [], time.monotonic() + PATIENCE
            while words.count(word) < count:
                self.assertLess(time.monotonic(), end, f'not {count} {word}, but {words}')
                words += self.agent.stats()['supplement-0'].split()
                threading.Event().wait(0.01)
        return step

    def later(self, seconds):
        return lambda _count: self.advance(seconds)

    def ended(self, reason):
        """A step: all calls end since nothing is heard."""
        def step(count):
            for _ in range(count):
                event = self.agent.expect('ended', timeout=20)
                self.assertEqual((event['by'], event['status'], event['reason']),
                                 ('network', 408, reason))
        return step

    def test_dead_caller(self):
        """DLGX-01: sipp calls and lets us refresh, answers that once, and is dead then"""
        self.together('uac_timer_dead (sipp calls answer)', self.calls('uac_timer_dead'),
                      self.seen('ACK'), self.later(60), self.seen('200'), self.later(60),
                      self.ended(None))

    def test_dead_callee(self):
        """DLGX-01: we call sipp, which refreshes by itself once, and is dead then"""
        self.together('uas_timer_refreshes (we call sipp)', self.is_called('uas_timer_refreshes'),
                      self.seen('UPDATE'), self.later(88), self.ended('Session expired'))

    def test_too_short(self):
        """DLGX-01: sipp asks for less than session-minimum, hears 422 with Min-SE, and asks anew"""
        self.together('uac_timer_short (sipp calls answer)', self.calls('uac_timer_short'))


if __name__ == '__main__':
    agent.main()
