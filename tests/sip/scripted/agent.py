# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs the program under test: JSON events on its standard output, JSON commands on its input."""

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import threading
import time

LISTEN = ('udp:127.0.0.1:0', 'tcp:127.0.0.1:0', 'udp:[::1]:0', 'tcp:[::1]:0')

# What may never stand in the standard error of a healthy program.
ALARMS = re.compile(r'AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|'
                    r'CRITICAL|[Aa]ssertion .*failed|G_IS_|Bail out!|double free|corrupted|'
                    r'BLOCKING LOOKUP')


class AgentError(AssertionError):
    """The program under test did not do what a test asked for."""


def agent_command():
    """The command line from AHOY_TEST_AGENT, or None where the program is not built."""
    value = os.environ.get('AHOY_TEST_AGENT', '').strip()
    return shlex.split(value) if value else None


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

    def __init__(self, listen=LISTEN, args=(), t1=50, ladder=None, command=None, env=None):
        self.ladder = ladder
        self.argv = list(command or agent_command() or [])
        if not self.argv:
            raise AgentError('AHOY_TEST_AGENT does not name the program to test')
        for item in listen:
            self.argv += ['--listen', item]
        self.argv += ['--t1', str(t1)] + [str(item) for item in args]
        self.expected_listeners = len(listen)
        self.listeners = {}
        self.events = []
        self.stderr_lines = []
        self.garbage = []
        self._queue = queue.Queue()
        self._stopped = False
        self.process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=dict(os.environ, **preload(), **(env or {})))
        self._threads = [threading.Thread(target=self._read_events, daemon=True),
                         threading.Thread(target=self._read_stderr, daemon=True)]
        for thread in self._threads:
            thread.start()

    # -- reading -----------------------------------------------------------------------------------

    def _read_events(self):
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def _read_stderr(self):
        for line in self.process.stderr:
            self.stderr_lines.append(line.decode('utf-8', 'replace').rstrip('\n'))

    @property
    def stderr(self):
        return '\n'.join(self.stderr_lines)

    @property
    def running(self):
        return self.process.poll() is None

    def _take(self, timeout):
        """Read one line of output; False at the end of the output or when the time is over."""
        try:
            line = self._queue.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return False
        if line is None:
            self._queue.put(None)
            return False
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict) or 'event' not in event:
            self.garbage.append(line)
            return True
        self.events.append(event)
        if self.ladder is not None and event['event'] != 'stats':
            self.ladder.note('agent: %s' % line.decode('utf-8', 'replace').strip()[:160])
        if event['event'] == 'listening':
            self._listening(event)
        return True

    def _listening(self, event):
        address = event['address'].strip('[]')
        self.listeners[(event['transport'], address)] = event['port']
        if self.ladder is not None:
            self.ladder.name((address, event['port']), 'agent')

    def start(self, timeout=15.0):
        """Wait until every listener has told its port."""
        deadline = time.monotonic() + timeout
        while len(self.listeners) < self.expected_listeners:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or (not self._take(remaining) and not self.running):
                raise AgentError('only %d of %d listeners are up: %s\n%s' % (
                    len(self.listeners), self.expected_listeners, self.listeners,
                    self.describe()))
        return self

    def address(self, transport='udp', host='127.0.0.1'):
        """(host, port) on which the agent listens."""
        return host, self.listeners[(transport, host)]

    def wait_event(self, name, timeout=5.0, **fields):
        """Take the next event of this name whose fields have these values; others stay."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events:
                if event['event'] == name and all(event.get(key) == value
                                                  for key, value in fields.items()):
                    self.events.remove(event)
                    return event
            remaining = deadline - time.monotonic()
            if remaining <= 0 or (not self._take(remaining) and not self.running
                                  and self._queue.queue and self._queue.queue[0] is None):
                raise AgentError('no event "%s" %s within %.1f s; there are %s\n%s' % (
                    name, fields or '', timeout, self.events, self.describe()))

    # -- writing -----------------------------------------------------------------------------------

    def command(self, **fields):
        """Send one command: command(cmd='call', target='sip:…')."""
        line = json.dumps(fields).encode() + b'\n'
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise AgentError('the agent no longer reads commands\n' + self.describe()) from None
        if self.ladder is not None and fields.get('cmd') not in ('stats', 'quit'):
            self.ladder.note('to agent: %s' % line.decode().strip())

    def stats(self, timeout=5.0):
        """Ask for the census and the number of transactions."""
        self.events = [event for event in self.events if event['event'] != 'stats']
        self.command(cmd='stats')
        return self.wait_event('stats', timeout)

    # -- the end -----------------------------------------------------------------------------------

    def stop(self, timeout=15.0):
        """Ask it to quit, kill it by pid if it does not, and return the list of complaints."""
        if self._stopped:
            return []
        self._stopped = True
        complaints = []
        if self.running:
            try:
                self.command(cmd='quit')
                self.process.stdin.close()
            except (AgentError, OSError):
                pass
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                complaints.append('did not quit within %.0f s and was killed' % timeout)
                os.kill(self.process.pid, signal.SIGKILL)
                self.process.wait()
        for thread in self._threads:
            thread.join(5.0)
        while self._take(0):
            pass
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass
        return complaints + self._examine()

    def _examine(self):
        complaints, code = [], self.process.returncode
        if code < 0:
            complaints.append('died of %s' % signal.Signals(-code).name)
        elif code > 0:
            complaints.append('exited with status %d' % code)
        alarms = [line for line in self.stderr_lines if ALARMS.search(line)]
        if alarms:
            complaints.append('complained on standard error: %s' % alarms[0].strip())
        if self.garbage:
            complaints.append('wrote a line which is no JSON event: %r' % self.garbage[0][:200])
        return complaints

    def describe(self):
        """State and standard error, for failure messages."""
        code = self.process.poll()
        state = 'is running' if code is None else 'has ended with status %d' % code
        text = self.stderr[-12000:] or '(nothing)'
        return 'agent %d %s; its standard error:\n%s' % (self.process.pid, state, text)
