# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What tests share that hurt the agent: after each blow it answers a normal OPTIONS in time."""

import os
import time

import agent


class HostileTestCase(agent.SipTestCase):
    agent_arguments = ('--t1', '50')
    peers_listen = True
    shared_agent = True
    watchdog = 120

    def check_alive(self, within=8.0):
        probe = self.peer(name='probe')
        started = time.monotonic()
        probe.transact(probe.build('OPTIONS'), 200, timeout=10)
        probe.close()
        self.assertLess(time.monotonic() - started, within, 'the agent stood still')

    def peer_on_port(self, port):
        """A UDP peer on a free address of 127/8 with this port."""
        for _ in range(50):
            digits = [10 + byte % 240 for byte in os.urandom(3)]
            try:
                return self.peer(host='127.%d.%d.%d' % tuple(digits), port=port)
            except OSError:
                time.sleep(0.02)  # between two attempts: somebody may have it on all addresses
        raise AssertionError('no address in 127/8 has port %d free' % port)
