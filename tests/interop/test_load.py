# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-10: nothing keeps the main loop busy for long while sipp makes 200 calls a second."""

import agent
from test_sipp import Sipp

CALLS = 1000
RATE = 200
LONGEST = 20000  # microseconds of processor time


class Load(agent.SipTestCase):
    agent_arguments = ()  # T1 as in real life

    def run_calls(self, transport):
        target = self.agent.address(transport)
        self.agent.stats()  # what the start took does not count
        before = self.waited()
        code, output = Sipp('uac_call', transport, 'ipv4', target, 'ring-answer', CALLS,
                            ('-r', str(RATE), '-l', str(CALLS))).finish()
        self.assertEqual(code, 0, output)
        stats = self.agent.stats()
        print(f'# {transport}: {CALLS} calls, {RATE} a second, longest turn '
              f'{stats["longest-turn"] / 1000:.1f} ms, slow extensions '
              f'{stats["slow-extension-calls"]}', flush=True)
        self.agent.seen.clear()
        return stats['longest-turn'], self.waited() - before

    def waited(self):
        """For how many seconds the agent could have run and was not let to (proc(5), schedstat)."""
        with open(f'/proc/{self.agent.process.pid}/schedstat', encoding='ascii') as file:
            return int(file.read().split()[1]) / 1e9

    def test_turns(self):
        """no turn of the main loop takes 20 ms at 200 calls a second, over UDP and TCP"""
        for transport in ('udp', 'tcp'):
            longest, waited = self.run_calls(transport)
            for _ in range(4):
                if longest < LONGEST or waited < 0.2:
                    break  # what comes while it has to wait is a longer turn afterwards
                longest, waited = self.run_calls(transport)
            self.assertLess(longest, LONGEST)

    def test_the_probe(self):
        """the probe sees a supplement that keeps the main loop busy for 60 ms"""
        self.agent.warnings_expected = True
        peer = self.peer()
        self.agent.stats()
        peer.send('INVITE', peer.target_uri('nobody'), headers=['X-Slow: first'])
        peer.expect(404)
        self.assertGreater(self.agent.stats()['longest-turn'], 2 * LONGEST)


if __name__ == '__main__':
    agent.main()
