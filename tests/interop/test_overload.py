# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-36: more calls than there is room for, from sipp."""

import pathlib
import subprocess
import tempfile

import agent

HERE = pathlib.Path(__file__).resolve().parent
CALLS = 900
ROOM = 10


class Overload(agent.SipTestCase):
    agent_arguments = ('--t1', '500', '--intercept')

    def ask(self, what, **arguments):
        self.agent.command(f'chain-{what}', **arguments)
        return self.agent.expect(f'chain-{what}')

    def counters(self):
        text = self.ask('report')['guard'].strip('{}')
        return {key.strip("' "): int(value.removeprefix(' uint64'))
                for key, value in (pair.split(':') for pair in text.split(','))}

    def storm(self, transport):
        """Calls of 0.2 s at 150 a second: 30 at once, when all are accepted."""
        host, port = self.agent.address(transport)
        with tempfile.TemporaryDirectory() as folder:
            ran = subprocess.run(
                ['sipp', '-sf', str(HERE / 'scenarios' / 'uac_overload.xml'), '-i', host,
                 '-t', 'u1' if transport == 'udp' else 't1', '-m', str(CALLS), '-r', '150',
                 '-l', '300', '-s', 'answer', '-nostdin', '-timeout', '40', '-timeout_error',
                 f'{host}:{port}'],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=60, check=False)
        self.assertEqual(ran.returncode, 0, '\n'.join(ran.stdout.splitlines()[-40:]))

    def check_room(self, transport):
        """Those that fit are served to their end, the others get 503, and nobody is forgotten."""
        before = self.counters()
        self.storm(transport)
        after = self.counters()
        gained = {name: after[name] - before[name] for name in after}
        print(f'# {transport}: {gained}', flush=True)
        self.assertEqual(gained['passed'] + gained['refused-sessions'] + gained['refused'], CALLS)
        self.assertGreater(gained['refused-sessions'], CALLS // 4)
        self.assertGreater(gained['passed'], 3 * ROOM)
        self.agent.wait_for_census('AhoySession', 0, timeout=10)
        self.agent.wait_for_census('AhoyServerTransaction', 0, timeout=40)

    def test_more_calls_than_room(self):
        """with room for ten calls, thirty at once are refused with 503 or served to their end"""
        self.ask('stage', name='overload')
        self.ask('guard', name='max-sessions', value=ROOM)
        for transport in ('udp', 'tcp'):
            self.check_room(transport)
        peer = self.peer()
        peer.send('OPTIONS')
        peer.expect(200)


if __name__ == '__main__':
    agent.main(150)
