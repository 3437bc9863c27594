# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""ahoyd with an extension that looks at its calls: what it says reaches who is on the bus."""

import os

import agent
from bus_client import Client, Refused
from daemon import Daemon, DaemonTestCase, anyone
from sip_peer import SDP, Peer
from test_sipp import Sipp


class Supplement(DaemonTestCase):
    """The daemon has the supplement of tests/common/test-supplement.h."""

    config = anyone(('601', 'dial(sip:forbidden@127.0.0.1:9)'),
                    ('602', 'dial(sip:silent@127.0.0.1:9)'))

    @classmethod
    def setUpClass(cls):
        plain = os.environ['AHOY_DAEMON']
        os.environ['AHOY_DAEMON'] = os.environ['AHOY_DAEMON_WITH_SUPPLEMENT']
        try:
            cls.daemon = Daemon(cls.config)
        finally:
            os.environ['AHOY_DAEMON'] = plain
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)

    def census(self):
        return self.daemon.call('', 'Manager', 'ListObjects')[0]

    def refused(self, *arguments):
        """The name and the message of the error of a method."""
        with self.assertRaises(Refused) as caught:
            self.client.call(*arguments)
        return caught.exception.name, caught.exception.message

    def test_forbidden(self):
        """CALL-11: a supplement forbids a call: its error on the bus, and nothing is left"""
        before = (self.census(), self.daemon.objects('session'))
        for user, name, said in (
                ('forbidden', 'NotAuthorized', '“first” says no'),
                ('silent', 'Failed', 'it failed, or does not say why')):
            target = f'sip:{user}@127.0.0.1:9'
            text = f'The supplement “first” forbids the call to {target}: {said}'
            self.assertEqual(self.refused('', 'Manager', 'Dial', 'ss', '', target), (name, text))
            self.assertEqual(self.refused('endpoint/anonymous', 'Endpoint', 'Dial', 's', target),
                             (name, text))
            done = self.daemon.ctl('call', target, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ''))
            self.assertIn(text, done.stderr)
        self.assertEqual(self.daemon.get('endpoint/anonymous', 'Endpoint', 'ActiveSessions'), 0)
        self.assertEqual((self.census(), self.daemon.objects('session')), before)

    def test_route(self):
        """CALL-11: a route that dials who is forbidden: 403; a supplement that fails: 500"""
        for user, status in (('601', 403), ('602', 500)):
            peer = Peer('udp', '127.0.0.1', self.daemon.address())
            self.addCleanup(peer.close)
            peer.send('INVITE', uri=f'sip:{user}@127.0.0.1:{self.daemon.ports["udp"]}', body=SDP)
            peer.expect(status, skip=(100,))
        self.daemon.wait_for_sessions(0)

    def test_allowed(self):
        """the others can be called, and the target is known from the beginning"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        session = self.daemon.dial(sipp.uri)
        self.assertEqual(self.daemon.get(session, 'Session', 'Target'), sipp.uri)
        self.assertEqual(self.daemon.wait(session, 'ended')[:2], ['ended', 486])
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)


if __name__ == '__main__':
    agent.main()
