# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""BRDG-02: each step of a route, called by sipp over UDP and TCP, IPv4 and IPv6, as a matrix."""

import concurrent.futures
import os
import pathlib
import tempfile
import time
import unittest

import agent
from daemon import BusError, Daemon, anyone
from test_menu import INFO, SCENARIO
from test_sipp import PATHS, Sipp

HEAD, TAIL = SCENARIO.read_text('utf-8').split('  <recv response="100" optional="true"/>')
ACK = TAIL.split('  <recv response="200" rrs="true"/>')[1].split('  <!-- digit -->')[0]
BYE = ACK.replace('ACK', 'BYE').replace('CSeq: 1', 'CSeq: 3').replace('<send>',
                                                                     '<send retrans="500">')
PROVISIONAL = '''
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
'''
ANSWERED = PROVISIONAL + '  <recv response="200" rrs="true"/>' + ACK
OURS = ANSWERED + '  <pause milliseconds="200"/>' + BYE + '  <recv response="200"/>\n</scenario>\n'
THEIRS = ANSWERED + '  <!-- digit -->' + TAIL.split('  <!-- digit -->')[1]


def refused(status, first=''):
    """A refusal, after the provisional response that has to come before it."""
    given = f'  <recv response="{first}"/>' if first else ''
    return ('  <recv response="100" optional="true"/>\n' + given + PROVISIONAL.replace(
        f'  <recv response="{first}" optional="true"/>\n', '').replace(
            '  <recv response="100" optional="true"/>\n', '')
        + f'  <recv response="{status}"/>' + ACK.replace('[next_url]', 'sip:[service]@[remote_ip]')
        + '</scenario>\n')


# What the route does, and what sipp sees of it.
STEPS = {
    'answer': ('answer, wait(1h)', OURS),
    'ring': ('ring, reject(486)', refused(486, 180)),
    'progress': ('progress, wait(50ms), reject(486)', refused(486, 183)),
    'echo': ('echo', OURS),
    'play': ('play(demo.wav), hangup', THEIRS),
    'say': ('say(One), hangup', THEIRS),
    'tone': ('tone(dial, duration=100ms), hangup', THEIRS),
    'record': ('record({name}.wav, limit=1s), hangup', THEIRS),
    'redirect': ('redirect(<sip:elsewhere@example.org>)', refused(302)),
    'reject': ('reject(603)', refused(603)),
    'busy': ('busy(tone, duration=100ms)', refused(486, 183)),
    'congestion': ('congestion', refused(503)),
    'read': ('read(pin, digits=1), hangup', THEIRS.replace(
        '<!-- digit -->', INFO.replace('{digit}', '1'))),
    'menu': ('menu(2=hangup, timeout=1h)', THEIRS.replace(
        '<!-- digit -->', INFO.replace('{digit}', '2'))),
    'goto': ('goto(reject)', refused(603)),
    'limit': ('limit(300ms), answer, wait(1h)', THEIRS),
    'exec': ('exec(/bin/false), answer', refused(500)),
    'wait': ('wait(50ms), reject(486)', refused(486)),
    'hangup': ('hangup(17)', refused(486)),
    'dial': ('dial(echo)', OURS),
    'conference': ('conference({name})', OURS),
    'agent': ('limit(1h), agent', None),
}
AGENT = '[endpoint echo]\nauth=none\nidentify=ip\ncontact=<sip:echo@127.0.0.1:{port}>\n'


class Matrix(unittest.TestCase):
    def run_one(self, name, path):
        """One call; what went wrong."""
        transport, family = path
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, name)
            file.with_suffix('.xml').write_text(HEAD + STEPS[name][1])
            sipp = Sipp(file, transport, family, self.daemon.address(transport, family), user=name)
            code, output = sipp.finish()
            return None if code == 0 else output

    def answer_waiting(self):
        """Answers all calls that wait; others can go meanwhile."""
        for session in self.daemon.objects('session'):
            try:
                seen = self.daemon.get_all(session, 'Session')
                if seen['State'] == 'trying' and ':agent@' in seen['Target']:
                    self.daemon.call(session, 'Session', 'Answer')
            except BusError:
                pass  # it is not there any more, or over

    def run_agent(self, path):
        """The step agent leaves the call to whoever is on the bus, who answers it here."""
        transport, family = path
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, 'agent')
            file.with_suffix('.xml').write_text(HEAD + OURS)
            sipp = Sipp(file, transport, family, self.daemon.address(transport, family),
                        user='agent')
            end = time.monotonic() + 15
            while sipp.process.poll() is None and time.monotonic() < end:
                self.answer_waiting()
                time.sleep(0.02)  # between two looks
            code, output = sipp.finish()
            return None if code == 0 else output

    def test_all(self):
        """BRDG-02: each step, over all transports"""
        routes = [(name, do.replace('{name}', name)) for name, (do, _) in STEPS.items()]
        other = Daemon(anyone(('echo', 'answer, echo')))
        self.addCleanup(other.stop)
        self.daemon = Daemon(anyone(*routes) + AGENT.format(port=other.ports['udp']))
        self.addCleanup(self.daemon.stop)
        (self.daemon.state / 'recordings').mkdir(parents=True, exist_ok=True)
        failures = []
        with concurrent.futures.ThreadPoolExecutor(min(8, 2 * (os.cpu_count() or 1))) as pool:
            jobs = {(name, path): pool.submit(self.run_one, name, path)
                    for name in STEPS if name != 'agent' for path in PATHS}
            for name in STEPS:
                cells = []
                for path in PATHS:
                    wrong = self.run_agent(path) if name == 'agent' else jobs[name, path].result()
                    cells.append(f'{"/".join(path)} {"ok" if wrong is None else "FAILED"}')
                    if wrong is not None:
                        failures.append(f'{name} {path}: {wrong}')
                print(f'# {name:12} ' + ' | '.join(cells), flush=True)
        self.assertEqual(failures, [], '\n'.join(failures) + self.daemon.report())
        self.daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main(300)
