# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs the tests of a program and reports them in TAP, each subtest on a line of its own."""

import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
import unittest

PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


class WatchdogError(Exception):
    """A test took longer than its watchdog allows."""


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
        limit = getattr(test, 'watchdog', None)
        if limit is not None:
            signal.signal(signal.SIGALRM, self._alarm)
            signal.setitimer(signal.ITIMER_REAL, limit, 5)
            faulthandler.dump_traceback_later(limit + 30, exit=True)
        self._started = time.monotonic()

    def _alarm(self, _number, _frame):
        raise WatchdogError('the test took longer than %d s' % self._current.watchdog)

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
        title = ' '.join(title.splitlines())  # a value that is tried may have lines
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
        words = [subtest._message] if isinstance(subtest._message, str) else []
        words += [str(value) for value in subtest.params.values()]
        title = '%s: %s' % (self._title(test), ' '.join(words))
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


def end_all():
    """Ends this test at once, with everything that it started, when that is its own group."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main(seconds=120):
    """Runs the tests of the calling file and reports in TAP; a watchdog ends what hangs, which on a
    quiet machine takes less than these seconds, and on a busy one three times as long at most.
    """
    def on_timeout():
        print('Bail out! the watchdog rang', flush=True)
        faulthandler.dump_traceback()  # where each thread hangs
        end_all()
    # Who runs the tests may be killed: nothing stays behind.
    signal.signal(signal.SIGTERM, lambda *_: end_all())
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    watchdog = threading.Timer(3 * seconds, on_timeout)
    watchdog.daemon = True
    watchdog.start()
    stream = os.fdopen(os.dup(1), 'w', encoding='utf-8', errors='backslashreplace')
    tests = list(_flatten(unittest.TestLoader().loadTestsFromModule(sys.modules['__main__'])))
    tests = [test for test in tests if all(word in f'{test} {test.shortDescription()}'
                                           for word in sys.argv[1:])]
    result = TapResult(stream)
    unittest.TestSuite(tests).run(result)
    print(f'1..{result.count}', file=stream, flush=True)
    sys.exit(1 if result.failed else 0)
