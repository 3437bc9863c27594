# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls that busctl makes: the daemon calls itself, over each transport."""

import agent
from daemon import DaemonTestCase, anyone


class Call(DaemonTestCase):
    config = anyone(('600', 'answer, echo'), ('602', 'answer, play(demo.wav), hangup'))

    def call(self, transport, family, user):
        host, port = self.daemon.address(transport, family)
        host = f'[{host}]' if ':' in host else host
        return self.daemon.dial(f'sip:{user}@{host}:{port};transport={transport}')

    def test_each_transport(self):
        """Dial, Wait, Hangup over UDP and TCP, IPv4 and IPv6"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                with self.subTest(transport=transport, family=family):
                    session = self.call(transport, family, 600)
                    self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
                    self.daemon.call(session, 'Session', 'Hangup')
                    self.assertEqual(self.daemon.wait(session, 'ended')[0], 'ended')
                    self.assertEqual(self.daemon.get(session, 'Session', 'EndedBy'), 'local')
        self.daemon.wait_for_sessions(0)

    def test_played_to_the_end(self):
        """a route that plays a sound hangs up by itself"""
        session = self.call('udp', 'ipv4', 602)
        self.assertEqual(self.daemon.wait(session, 'ended')[:2], ['ended', 200])
        self.assertEqual(self.daemon.get(session, 'Session', 'EndedBy'), 'remote')
        self.assertGreater(self.daemon.get(f'{session}/stream/0', 'Stream', 'PacketsReceived'), 50)

    def test_unknown(self):
        """a user that no route knows: 404"""
        session = self.call('udp', 'ipv4', 699)
        self.assertEqual(self.daemon.wait(session, 'active')[:2], ['ended', 404])


if __name__ == '__main__':
    agent.main()
