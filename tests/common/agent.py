# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Starts the test agent, and runs test cases against it, reporting in TAP."""

import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
import unittest

from sip_peer import Failure, Peer

LISTENERS = ('udp:127.0.0.1:0', 'tcp:127.0.0.1:0', 'udp:[::1]:0', 'tcp:[::1]:0', 'udp:127.0.0.2:0')
PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
HOSTS = {'ipv4': '127.0.0.1', 'ipv6': '::1'}


class Agent:
    def __init__(self, *arguments, listeners=LISTENERS):
        command = [os.environ['AHOY_TEST_AGENT']]
        for listener in listeners:
            command += ['--listen', listener]
        self.process = subprocess.Popen(command + list(arguments), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.events = queue.Queue()
        self.seen = []
        self.stderr = []
        self.ports = {}
        for stream, take in ((self.process.stdout, self._on_line),
                             (self.process.stderr, self.stderr.append)):
            threading.Thread(target=self._read, args=(stream, take), daemon=True).start()
        while (event := self.expect_any())['event'] != 'ready':
            if event['event'] == 'error':
                raise Failure(event['message'])
            self.ports[event['name']] = event['port']

    @staticmethod
    def _read(stream, take):
        for line in stream:
            take(line)

    def _on_line(self, line):
        event = json.loads(line)
        self.seen.append(event)
        self.events.put(event)

    def expect_any(self, timeout=10):
        try:
            return self.events.get(timeout=timeout)
        except queue.Empty:
            raise Failure('the agent says nothing\n' + self.report()) from None

    def expect(self, name, timeout=10, **wanted):
        """The next event of that name with those members; others are passed over."""
        end = time.monotonic() + timeout
        while True:
            try:
                event = self.events.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Failure(f'no event {name} {wanted}\n' + self.report()) from None
            if event['event'] == name and all(event.get(k) == v for k, v in wanted.items()):
                return event

    def report(self):
        events = [json.dumps(e) for e in self.seen if e['event'] != 'stats']
        return '\n'.join(events[-30:] + ['stderr:'] + self.stderr)

    def command(self, cmd, **arguments):
        self.process.stdin.write(json.dumps({'cmd': cmd, **arguments}) + '\n')
        self.process.stdin.flush()

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

    def address(self, transport, family='ipv4'):
        host = HOSTS[family]
        shown = f'[{host}]' if ':' in host else host
        return (host, self.ports[f'{transport}:{shown}:0'])

    def stop(self):
        if self.process.poll() is None:
            try:
                self.command('quit')
                self.process.wait(30)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()
        if self.process.returncode != 0:
            raise Failure(f'the agent ended with {self.process.returncode}\n' + self.report())
        # How long something took depends on what else this machine does.
        left = [line for line in self.stderr if 'CRITICAL' in line
                or 'WARNING' in line and 'kept everything waiting' not in line]
        if left and not getattr(self, 'warnings_expected', False):
            raise Failure('the agent warned:\n' + ''.join(left))


class SipTestCase(unittest.TestCase):
    """A fresh agent for each test, and as many peers as it wants."""

    agent_arguments = ('--t1', '100')

    def setUp(self):
        self.agent = Agent(*self.agent_arguments)
        self.addCleanup(self.agent.stop)

    def peer(self, transport='udp', family='ipv4', connect=True):
        target = self.agent.address(transport, family) if connect else None
        peer = Peer(transport, HOSTS[family], target)
        self.addCleanup(peer.close)
        return peer


class TapResult(unittest.TestResult):
    def _say(self, good, test, detail=''):
        name = test.id().replace('__main__.', '')
        text = test.shortDescription()
        print(f'{"ok" if good else "not ok"} {self.testsRun} - {text or name}', flush=True)
        for line in detail.splitlines():
            print(f'# {line}', flush=True)

    def addSuccess(self, test):
        self._say(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say(False, test, ''.join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.testsRun += 1
            self._say(False, subtest, ''.join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        if not isinstance(test, unittest.TestCase):
            self.testsRun += 1
        self._say(False, test, ''.join(traceback.format_exception(*err)))


def end_all():
    """Ends this test at once, with everything that it started, when that is its own group."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main(seconds=120):
    """Runs the tests of the calling file and reports in TAP; a watchdog ends what hangs."""
    def on_timeout():
        print('Bail out! the watchdog rang', flush=True)
        end_all()
    # Who runs the tests may be killed: nothing stays behind.
    signal.signal(signal.SIGTERM, lambda *_: end_all())
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    watchdog = threading.Timer(seconds, on_timeout)
    watchdog.daemon = True
    watchdog.start()
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f'*{name}*' for name in sys.argv[1:]] or None
    suite = loader.loadTestsFromModule(sys.modules['__main__'])
    result = TapResult()
    suite.run(result)
    print(f'1..{result.testsRun}', flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
