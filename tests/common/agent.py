# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs the test agent (JSON events on its output, commands on its input) and tests against it."""

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
import unittest

import late
from sip_ladder import Ladder
from sip_peer import Failure, Peer
from sip_sockets import LOOPBACK as HOSTS
from sip_sockets import have_ipv6
from tap import main

__all__ = ['ALL_PATHS', 'Agent', 'Failure', 'HOSTS', 'LISTENERS', 'SipTestCase', 'main']

LISTENERS = ('udp:127.0.0.1:0', 'tcp:127.0.0.1:0', 'udp:[::1]:0', 'tcp:[::1]:0', 'udp:127.0.0.2:0')
ALL_PATHS = (('udp', 'ipv4'), ('tcp', 'ipv4'), ('udp', 'ipv6'), ('tcp', 'ipv6'))

# What may never stand in the standard error of a healthy program.
ALARMS = re.compile(r'AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|'
                    r'[Aa]ssertion .*failed|G_IS_|Bail out!|double free|corrupted|'
                    r'BLOCKING LOOKUP')


def preload():
    """AHOY_TEST_NO_DNS names a library that reports blocking look-ups of host names."""
    library = os.environ.get('AHOY_TEST_NO_DNS', '')
    if not library:
        return {}
    options = os.environ.get('ASAN_OPTIONS', '')
    return {'LD_PRELOAD': library,
            'ASAN_OPTIONS': options + (':' if options else '') + 'verify_asan_link_order=0'}


class Agent:
    """One run of the test agent."""

    warnings_expected = False

    def __init__(self, *arguments, listeners=LISTENERS, command=None):
        command = list(command or [os.environ['AHOY_TEST_AGENT']])
        for listener in listeners:
            command += ['--listen', listener]
        self.process = subprocess.Popen(
            command + list(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors='backslashreplace',
            env=dict(os.environ, **preload()))
        self.events = queue.Queue()
        self.seen, self.garbage, self.stderr = [], [], []
        self.complained = threading.Condition()
        self.ladder = None
        self.ports = {}
        self.stopped = False
        self.threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self._on_line, True),
                             daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self._on_complaint),
                             daemon=True)]
        for thread in self.threads:
            thread.start()
        while (event := self.expect_any())['event'] != 'ready':
            if event['event'] == 'error':
                raise Failure(event['message'])
            self.ports[event['name']] = event['port']

    def _read(self, stream, take, tells_end=False):
        for line in stream if tells_end else late.lines(stream):
            take(line)
        if tells_end:
            self.events.put(None)

    def _on_complaint(self, line):
        with self.complained:
            self.stderr.append(line)
            self.complained.notify_all()

    def expect_stderr(self, *patterns, timeout=10):
        """A line of standard error that has all of these, of the past or within the time."""
        def found():
            return [line for line in self.stderr if all(re.search(p, line) for p in patterns)]

        with self.complained:
            if not self.complained.wait_for(found, timeout):
                raise Failure(f'no such line on standard error: {patterns}\n' + self.report())

    def _on_line(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict) or 'event' not in event:
            self.garbage.append(line)
            return
        self.seen.append(event)
        if self.ladder is not None and event['event'] != 'stats':
            self.ladder.note(f'agent: {line.strip()[:160]}')
        self.events.put(event)

    @property
    def running(self):
        return self.process.poll() is None

    def expect_any(self, timeout=10):
        """The next event, whatever it is."""
        try:
            event = self.events.get(timeout=max(timeout, 0.001))
        except queue.Empty:
            raise Failure('the agent says nothing\n' + self.report()) from None
        if event is None:
            self.events.put(None)
            self.process.wait(10)
            raise Failure('the agent says nothing more\n' + self.report())
        return event

    def expect(self, name, timeout=10, **wanted):
        """The next event of that name with those members; others are passed over."""
        end = time.monotonic() + timeout
        while True:
            try:
                event = self.expect_any(end - time.monotonic())
            except Failure as error:
                raise Failure(f'no event {name} {wanted}: {error}') from None
            if event['event'] == name and all(event.get(k) == v for k, v in wanted.items()):
                return event

    def report(self):
        """State, last events and standard error, for messages of failures."""
        code = self.process.poll()
        state = 'is running' if code is None else f'has ended with status {code}'
        events = [json.dumps(e) for e in self.seen if e['event'] != 'stats']
        return '\n'.join([f'agent {self.process.pid} {state}', *events[-30:], 'stderr:',
                          *(line.rstrip('\n') for line in self.stderr[-200:])])

    def command(self, cmd, **arguments):
        try:
            self.process.stdin.write(json.dumps({'cmd': cmd, **arguments}) + '\n')
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise Failure('the agent no longer reads commands\n' + self.report()) from None
        if self.ladder is not None and cmd not in ('stats', 'quit'):
            self.ladder.note(f'to agent: {cmd} {arguments}')

    def stats(self):
        self.command('stats')
        return self.expect('stats')

    def wait_for_census(self, name, count, timeout=8):
        """Waits until so many objects of a type are left."""
        end = time.monotonic() + timeout
        while (stats := self.stats())['census'].get(name, 0) != count:
            if time.monotonic() > end:
                raise Failure(f'{name}: {stats["census"].get(name, 0)}, wanted {count}\n'
                              + json.dumps(stats['census']) + '\n' + self.report())
            time.sleep(0.02)  # between two questions, not for anything to happen
        return stats

    def address(self, transport='udp', family='ipv4'):
        """(host, port) on which it listens; family may be an address as well."""
        host = HOSTS.get(family, family)
        shown = f'[{host}]' if ':' in host else host
        return (host, self.ports[f'{transport}:{shown}:0'])

    def stop(self, timeout=30):
        """Asks it to quit, ends it if it does not; fails when anything was wrong with it."""
        if self.stopped:
            return
        self.stopped = True
        complaints = []
        if self.running:
            try:
                self.command('quit')
                self.process.stdin.close()
                self.process.wait(timeout)
            except Failure:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                complaints.append(f'did not quit within {timeout} s and was killed')
                self.process.kill()
                self.process.wait()
        for thread in self.threads:
            thread.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass
        complaints += self._examine()
        if complaints:
            raise Failure('the agent ' + ' and '.join(complaints) + '\n' + self.report())

    def _examine(self):
        code = self.process.returncode
        if code < 0:
            yield f'died of {signal.Signals(-code).name}'
        elif code > 0:
            yield f'ended with status {code}'
        alarms = [line.strip() for line in self.stderr if ALARMS.search(line)]
        # How long something took depends on what else this machine does.
        alarms += [line.strip() for line in self.stderr if not self.warnings_expected and (
            'CRITICAL' in line or 'WARNING' in line and 'kept everything waiting' not in line)]
        if alarms:
            yield f'complained on standard error: {alarms[0]}'
        if self.garbage:
            yield f'wrote a line which is no JSON event: {self.garbage[0][:200]!r}'


class SipTestCase(unittest.TestCase):
    """An agent, and as many peers as a test wants.

    A class may set: agent_arguments, listeners, shared_agent (one agent for all tests of the class,
    started anew after a crash), needs_agent, watchdog (seconds for each test), peers_listen (over
    TCP, too), absorb_retransmissions (of its peers).
    """

    agent_arguments = ('--t1', '100')
    listeners = LISTENERS
    needs_agent = True
    shared_agent = False
    peers_listen = None
    absorb_retransmissions = True
    _shared = None

    def setUp(self):
        self.ladder = Ladder()
        self.agent = None
        if self.needs_agent:
            self._start_agent()

    def _start_agent(self):
        cls = type(self)
        listeners = [each for each in self.listeners if have_ipv6() or '[' not in each]
        if not self.shared_agent:
            self.agent = Agent(*self.agent_arguments, listeners=listeners)
            self.addCleanup(self.agent.stop)
        else:
            if cls._shared is None:
                cls._shared = Agent(*self.agent_arguments, listeners=listeners)
            self.agent = cls._shared
            self.addCleanup(self._check_shared)
        self.agent.ladder = self.ladder
        for name, port in self.agent.ports.items():
            self.ladder.name((name.split(':', 1)[1].rpartition(':')[0].strip('[]'), port), 'agent')

    def _check_shared(self):
        if not self.agent.running:
            type(self)._shared = None
            self.agent.stop()

    @classmethod
    def tearDownClass(cls):
        shared, cls._shared = cls._shared, None
        if shared is not None:
            shared.stop()

    def peer(self, transport='udp', family='ipv4', connect=True, name=None, host=None, port=0,
             to=None):
        """A peer whose target is the agent's listener of this transport and family.

        host: the peer's own address; to: the agent's address where it is not the usual loopback.
        """
        if family == 'ipv6' and not have_ipv6():
            self.skipTest('this machine has no IPv6 loopback')
        target = None
        if connect and self.agent is not None:
            target = self.agent.address(transport, to or family)
        peer = Peer(transport, host or HOSTS[family], target, name, port, self.ladder,
                    self.peers_listen)
        peer.absorb_retransmissions = self.absorb_retransmissions
        self.addCleanup(peer.close)
        return peer

    def diagnostics(self):
        """What the report of a failure adds to the traceback."""
        return '\n'.join(['ladder:', str(self.ladder)] + ([self.agent.report()] if self.agent
                                                          else []))
