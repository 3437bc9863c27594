# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What the keys of the configuration do, seen from the network: each key changes what peers see."""

import agent
from daemon import HOSTS, TRANSPORTS, Daemon, anyone
from sip_peer import SDP, Peer


class Settings(agent.unittest.TestCase):
    def start(self, config, warnings=False):
        daemon = Daemon(config)
        daemon.warnings_expected = warnings
        self.addCleanup(daemon.stop)
        return daemon

    def peer(self, daemon=None, transport='udp', family='ipv4'):
        target = daemon.address(transport, family) if daemon else None
        peer = Peer(transport, HOSTS[family], target)
        self.addCleanup(peer.close)
        return peer

    def invite(self, peer, user, status, **keys):
        """Sends an INVITE, and acknowledges the final response, which has that status."""
        request = peer.send('INVITE', peer.target_uri(user), body=SDP, **keys)
        return request, peer.expect(status)

    def test_call_limit(self):
        """call-limit: one call more is answered with 486, and refused to who dials"""
        daemon = self.start(anyone(('600', 'answer, wait(20)'), endpoint='call-limit=1'))
        first, second = self.peer(daemon), self.peer(daemon)
        self.invite(first, '600', 200)
        self.invite(second, '600', 486)
        done = daemon.ctl('call', '--detach', f'sip:x@127.0.0.1:{second.port}', check=False)
        self.assertIn('call-limit', done.stderr)
        self.assertNotEqual(done.returncode, 0)

    def test_allow(self):
        """allow: an endpoint that may not call gets 403"""
        daemon = self.start(anyone(('600', 'answer'), endpoint='').replace('allow=call',
                                                                           'allow=message'))
        self.invite(self.peer(daemon), '600', 403)

    def test_unknown_source(self):
        """unknown-source: what comes from nobody gets 403; 401 needs an authenticator"""
        nobody = TRANSPORTS + '[endpoint bob]\nmatch=127.9.9.9\n'
        for status in (401, 403):
            daemon = self.start(f'[core]\nunknown-source={status}\n' + nobody)
            self.invite(self.peer(daemon), '600', 403)

    def test_max_sessions(self):
        """max-sessions: one call more is answered with 503 and Retry-After"""
        daemon = self.start(anyone(('600', 'answer, wait(20)'), core='max-sessions=1'))
        self.invite(self.peer(daemon), '600', 200)
        _, response = self.invite(self.peer(daemon), '600', 503)
        self.assertTrue(response['retry-after'])

    def test_user_agent(self):
        """user-agent stands in requests and responses"""
        daemon = self.start(anyone(('600', 'answer'), core='user-agent=Bell/1876'))
        _, response = self.invite(self.peer(daemon), '600', 200)
        self.assertEqual(response['server'], 'Bell/1876')
        callee = self.peer()
        daemon.dial(callee.uri)
        invite = callee.expect('INVITE')
        self.assertEqual(invite['user-agent'], 'Bell/1876')
        callee.respond(invite, 486)

    def test_way_out(self):
        """transport, outbound-proxy, from-user, from-domain, caller-id: how the INVITE leaves"""
        proxy = self.peer()
        config = anyone(endpoint=f'transport=extra\noutbound-proxy=<sip:127.0.0.1:{proxy.port}>\n'
                        'from-user=alice\nfrom-domain=example.org\ncaller-id=Alice A. <100>')
        daemon = self.start(config + '\n[transport extra]\nprotocol=udp\nbind=127.0.0.1:0\n')
        daemon.dial('sip:bob@203.0.113.7')
        invite = proxy.expect('INVITE')
        self.assertEqual(invite['route'], f'<sip:127.0.0.1:{proxy.port};lr>')
        self.assertIn(f'127.0.0.1:{daemon.ports["extra"]};', invite['via'])
        self.assertIn('"Alice A." <sip:alice@example.org>', invite['from'])
        self.assertIn('sip:bob@203.0.113.7', str(invite).split('\n', maxsplit=1)[0])
        proxy.respond(invite, 486)

    def test_timer_b(self):
        """timer-b: a callee that says nothing is given up after that time"""
        daemon = self.start(anyone(core='timer-b=400ms'))
        silent, ringing = self.peer(), self.peer()
        first, second = daemon.dial(silent.uri), daemon.dial(ringing.uri)
        ringing.respond(ringing.expect('INVITE'), 180)
        self.assertEqual(daemon.wait(first, 'ended')[:2], ['ended', 408])
        self.assertEqual(daemon.get(first, 'Session', 'EndedBy'), 'network')
        self.assertEqual(daemon.get(second, 'Session', 'State'), 'ringing')
        daemon.call(second, 'Session', 'Hangup')

    def test_planned(self):
        """a key that nothing reads yet is named with its file and line, and hurts nobody"""
        daemon = self.start(anyone(('600', 'answer'), endpoint='webrtc=yes'), warnings=True)
        self.invite(self.peer(daemon), '600', 200)
        line = next(line for line in daemon.log.all if 'webrtc' in line)
        self.assertRegex(line, r'ahoy\.conf:\d+: warning: endpoint anonymous: webrtc: nothing')


if __name__ == '__main__':
    agent.main()
