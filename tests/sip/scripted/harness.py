# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""unittest with TAP output, a watchdog for each test, and a base class with an agent and peers."""

import faulthandler
import os
import signal
import sys
import time
import traceback
import unittest

from .agent import LISTEN, Agent, agent_command
from .ladder import Ladder
from .peer import Peer
from .sockets import LOOPBACK, have_ipv6

ALL_PATHS = (('udp', 'ipv4'), ('tcp', 'ipv4'), ('udp', 'ipv6'), ('tcp', 'ipv6'))


class WatchdogError(Exception):
    """A test took longer than its watchdog allows."""


class SipTestCase(unittest.TestCase):
    """A test with a running agent (self.agent) and any number of peers (self.peer()).

    A class may set: agent_args, listen, t1, watchdog (seconds), needs_agent, shared_agent (one
    agent for all tests of the class, started anew after a crash).
    """

    agent_args = ()
    listen = LISTEN
    t1 = 50
    watchdog = 30
    needs_agent = True
    shared_agent = False
    _shared = None

    def setUp(self):
        self.ladder = Ladder()
        self.agent = None
        if self.needs_agent:
            self._start_agent()

    def _start_agent(self):
        cls = type(self)
        listen = [item for item in self.listen if have_ipv6() or '[' not in item]
        if not self.shared_agent:
            self.agent = Agent(listen, self.agent_args, self.t1, self.ladder)
            self.addCleanup(self._check_agent, self.agent)
            self.agent.start()
            return
        if cls._shared is None or not cls._shared.running:
            cls._shared = Agent(listen, self.agent_args, self.t1, self.ladder)
            cls._shared.start()
        self.agent = cls._shared
        self.agent.ladder = self.ladder
        for (_transport, host), port in self.agent.listeners.items():
            self.ladder.name((host, port), 'agent')
        self.addCleanup(self._check_shared)

    def _check_agent(self, agent):
        complaints = agent.stop()
        if complaints:
            self.fail('the agent %s\n%s' % (' and '.join(complaints), agent.describe()))

    def _check_shared(self):
        if not self.agent.running:
            type(self)._shared = None
            self._check_agent(self.agent)

    @classmethod
    def tearDownClass(cls):
        agent, cls._shared = cls._shared, None
        complaints = agent.stop() if agent is not None else []
        if complaints:
            raise AssertionError('the agent %s\n%s' % (' and '.join(complaints), agent.describe()))

    def peer(self, transport='udp', family='ipv4', name=None, host=None, port=0, to=None):
        """A peer whose target is the agent's listener of this transport and family.

        host: the peer's own address; to: the agent's address where it is not the usual loopback.
        """
        if family == 'ipv6' and not have_ipv6():
            self.skipTest('this machine has no IPv6 loopback')
        target = None
        if self.agent is not None:
            target = self.agent.address(transport, to or LOOPBACK[family])
        peer = Peer(transport, family, name or '%s-%s' % (transport, family), host, port, target,
                    self.ladder)
        self.addCleanup(peer.close)
        return peer

    def diagnostics(self):
        """What the report of a failure adds to the traceback."""
        lines = ['ladder:', str(self.ladder)]
        if self.agent is not None:
            lines.append(self.agent.describe())
        return '\n'.join(lines)


class TapResult(unittest.TestResult):
    """Prints each test and subtest as one TAP line, failures with traceback and ladder."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.count = 0
        self.failed = 0
        self._current = None
        self._points = []

    def startTest(self, test):
        super().startTest(test)
        self._current = test
        self._points = []
        limit = getattr(test, 'watchdog', 30)
        signal.signal(signal.SIGALRM, self._alarm)
        signal.setitimer(signal.ITIMER_REAL, limit, 5)
        faulthandler.dump_traceback_later(limit + 30, exit=True)
        self._started = time.monotonic()

    def _alarm(self, _number, _frame):
        limit = getattr(self._current, 'watchdog', 30)
        raise WatchdogError('the test took longer than %d s' % limit)

    def stopTest(self, test):
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        if not self._points:
            self._points.append((True, self._title(test), '', ''))
        elapsed = time.monotonic() - self._started
        for ok, title, directive, text in self._points:
            self._print(ok, title, directive, text)
        if elapsed > 1:
            self._comment('%.1f s' % elapsed)
        self._current = None  # errors of a whole class come while no test is current
        super().stopTest(test)

    @staticmethod
    def _title(test):
        text = test.shortDescription() if hasattr(test, 'shortDescription') else None
        return (text or str(test)).replace('#', '').replace('\\', '')

    def _print(self, ok, title, directive, text):
        self.count += 1
        self.failed += 0 if ok else 1
        print('%s %d - %s%s' % ('ok' if ok else 'not ok', self.count, title, directive),
              file=self.stream)
        if text:
            self._comment(text)
        self.stream.flush()

    def _comment(self, text):
        for line in text.rstrip('\n').split('\n'):
            print('# ' + line.encode('utf-8', 'backslashreplace').decode(), file=self.stream)

    def _explain(self, test, err):
        text = ''.join(traceback.format_exception(*err, limit=-6))
        if self._current is not None and hasattr(test, 'diagnostics'):
            try:
                more = test.diagnostics()
            except Exception as error:  # a broken report must not hide the failure itself
                more = 'no diagnostics: %r' % error
            text += more
        return text

    def _problem(self, test, err, title=None):
        text = self._explain(test, err)
        if self._current is None:
            self._print(False, title or self._title(test), '', text)
        else:
            self._points.append((False, title or self._title(test), '', text))

    def addError(self, test, err):
        super().addError(test, err)
        self._problem(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._problem(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        title = '%s: %s' % (self._title(test), ' '.join(str(value)
                                                        for value in subtest.params.values()))
        if err is None:
            self._points.append((True, title, '', ''))
        else:
            self._points.append((False, title, '', self._explain(test, err)))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._points.append((True, self._title(test), ' # SKIP ' + reason, ''))


def _flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flatten(item)
        else:
            yield item


def main(module='__main__', needs_agent=True):
    """Run the tests of the calling program. Arguments: --list, or words which a title must have."""
    words = [word for word in sys.argv[1:] if not word.startswith('-')]
    stream = os.fdopen(os.dup(1), 'w', encoding='utf-8', errors='backslashreplace')
    if needs_agent and agent_command() is None:
        print('1..0 # SKIP AHOY_TEST_AGENT does not name the program to test', file=stream)
        return
    tests = list(_flatten(unittest.defaultTestLoader.loadTestsFromName(module)))
    if words:
        tests = [test for test in tests
                 if all(word in '%s %s' % (test, test.shortDescription()) for word in words)]
    if '--list' in sys.argv:
        for test in tests:
            print(test, '-', test.shortDescription(), file=stream)
        return
    result = TapResult(stream)
    unittest.TestSuite(tests).run(result)
    print('1..%d' % result.count, file=stream)
    stream.flush()
    sys.exit(1 if result.failed else 0)
