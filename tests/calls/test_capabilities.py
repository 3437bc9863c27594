# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What OPTIONS outside of a call says of a call (RFC 3261 section 11, RFC 3264 section 9)."""

import re
import unittest

import agent
from daemon import HOSTS, TRANSPORTS, Daemon, anyone
from sip_peer import Peer

PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
BOB = '''
[endpoint bob]
auth=none
identify=username
codecs=pcma;g722
dtmf-mode=info
'''


def codecs(response):
    """The names of the codecs that a description has, in their order."""
    return re.findall(r'a=rtpmap:\d+ ([^/]+)/', response.body.decode())


class Capabilities(unittest.TestCase):
    def start(self, text):
        self.daemon = Daemon(text)
        self.addCleanup(self.daemon.stop)

    def ask(self, path=('udp', 'ipv4'), user='alice', **headers):
        peer = Peer(path[0], HOSTS[path[1]], self.daemon.address(*path))
        self.addCleanup(peer.close)
        return peer.transact(peer.build(
            'OPTIONS', from_=f'<sip:{user}@example.org>;tag={peer.unique("f")}',
            headers=list(headers.items())), 200)

    def test_codecs(self):
        """DLGX-08: who reads SDP hears of the codecs that its endpoint may have, with port 0"""
        self.start(anyone(endpoint='codecs=opus;pcmu') + BOB)
        for path in PATHS:
            with self.subTest(path=path):
                response = self.ask(path, Accept='application/sdp')
                self.assertEqual(response['content-type'], 'application/sdp')
                lines = response.body.decode().split('\r\n')
                self.assertIn('t=0 0', lines)
                self.assertTrue([line for line in lines if line.startswith('m=audio 0 RTP/AVP')])
                self.assertEqual(codecs(response)[:2], ['opus', 'PCMU'])
                self.assertIn('telephone-event', codecs(response))
        bob = self.ask(user='bob', Accept='text/plain, application/*;q=0.5')
        self.assertEqual(codecs(bob), ['PCMA', 'G722'])
        first, second = [re.search(r'o=- (\d+)', response.body.decode())[1]
                         for response in (response, bob)]
        self.assertNotEqual(first, second)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 0)

    def test_who_does_not_ask(self):
        """DLGX-08: without Accept, or when it names no SDP, the answer has no body"""
        self.start(anyone())
        for headers in ({}, {'Accept': 'text/plain'}, {'Accept': ''}):
            with self.subTest(headers=headers):
                response = self.ask(**headers)
                self.assertEqual(response.body, b'')
                self.assertEqual(response['accept'], 'application/sdp')

    def test_nobody(self):
        """DLGX-08: who is no endpoint does not make us send more than it sent"""
        self.start('[core]\nunknown-source=403\n' + TRANSPORTS + BOB)
        peer = Peer('udp', HOSTS['ipv4'], self.daemon.address())
        self.addCleanup(peer.close)
        request = peer.build('OPTIONS', headers=[('Accept', 'application/sdp')])
        peer.send(request)
        response = peer.expect(403, call_id=request.call_id)
        self.assertEqual(response.body, b'')


if __name__ == '__main__':
    agent.main()
