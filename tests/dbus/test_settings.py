# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What the keys of the configuration do, seen from the network: each key changes what peers see."""

import time

import agent
from daemon import HOSTS, TRANSPORTS, BusError, Daemon, anyone
from sip_peer import SDP, Call, Peer


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
        """unknown-source: what comes from nobody gets a challenge, or 403"""
        nobody = TRANSPORTS + '[endpoint bob]\nauth=digest\nmatch=127.9.9.9\n'
        for status in (401, 403):
            daemon = self.start(f'[core]\nunknown-source={status}\n' + nobody)
            self.invite(self.peer(daemon), '600', status)

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

    def test_headers(self):
        """headers: in what begins a dialog or belongs to none, and its answers, and in no other"""
        daemon = self.start(anyone(
            ('600', 'answer, wait(20)'), endpoint='headers=X-Line: 7',
            core='headers=X-Site: north\\;1; X-Line: 0; X-Two: a; X-Two: b'))
        peer = self.peer(daemon)
        call = Call(peer, peer.target_uri('600'))
        peer.send('INVITE', call=call, body=SDP)
        response = peer.expect(200)
        self.assertEqual([response[name] for name in ('x-site', 'x-line')], ['north;1', '7'])
        self.assertEqual((response.all('x-line'), response.all('x-two')), (['7'], ['a', 'b']))
        call.established(response)
        peer.send('ACK', call=call)
        peer.send('BYE', call=call)
        self.assertIsNone(peer.expect(200)['x-site'])
        peer.send('OPTIONS')
        self.assertEqual(peer.expect(200)['x-line'], '7')
        daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', peer.uri, 1,
                    'headers', 'a(ss)', 1, 'X-Mine', 'me')
        invite = peer.expect('INVITE')
        self.assertEqual([invite[name] for name in ('x-site', 'x-line', 'x-mine')],
                         ['north;1', '7', 'me'])
        peer.respond(invite, 486)

    def test_bad_headers(self):
        """headers: what Ahoy writes itself, and what is no header, is reported with its line"""
        for text, told in (('Call-ID: 1', 'writes by itself'), ('no colon', 'is no header'),
                           ('Date: yesterday', 'Date')):
            daemon = self.start(anyone(('600', 'answer'), core=f'headers={text}'), warnings=True)
            line = next(line for line in daemon.log.all if ' headers: ' in line)
            self.assertRegex(line, rf'ahoy\.conf:\d+: .*{told}')
            self.invite(self.peer(daemon), '600', 200)

    def test_compact_headers(self):
        """compact-headers: requests, answers and CANCEL have the short names (RFC 3261 7.3.3)"""
        daemon = self.start(anyone(('600', 'answer'), core='compact-headers=yes'))
        _, response = self.invite(self.peer(daemon), '600', 200)
        callee = self.peer()
        session = daemon.dial(callee.uri)
        invite = callee.expect('INVITE')
        callee.respond(invite, 180)
        daemon.wait(session, 'ringing')
        daemon.call(session, 'Session', 'Hangup')
        cancel = callee.expect('CANCEL')
        callee.respond(cancel, 200)
        callee.respond(invite, 487)
        for message in (response, invite, cancel, callee.expect('ACK')):
            head = message.raw.partition(b'\r\n\r\n')[0].decode()
            names = [line.partition(':')[0] for line in head.split('\r\n')[1:]]
            for short, name in (('v', 'Via'), ('f', 'From'), ('t', 'To'), ('i', 'Call-ID')):
                self.assertIn(short, names)
                self.assertNotIn(name, names)
        self.assertRegex(response.raw, rb'\r\nm: *<sip:')
        self.assertRegex(invite.raw, rb'\r\nc: *application/sdp\r\n')
        self.assertRegex(invite.raw, rb'\r\nl: *[1-9]')

    def test_tcp_switch_size(self):
        """tcp-switch-size: a big INVITE leaves over TCP, or with 0 over UDP all the same"""
        for size, transport in ((700, 'tcp'), (0, 'udp'), (65000, 'udp')):
            daemon = self.start(anyone(core=f'tcp-switch-size={size}'))
            callee = self.peer(transport=transport)
            daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '',
                        f'sip:x@127.0.0.1:{callee.port}', 1, 'headers', 'a(ss)', 1, 'X-Long',
                        'y' * 4000)
            invite = callee.expect('INVITE')
            self.assertIn(f'/{transport.upper()} ', invite['via'])
            self.assertGreater(len(invite.raw), 4000)
            callee.respond(invite, 486)
            callee.expect('ACK')

    def test_keep_alive(self):
        """keep-alive: a silent connection is asked with a double CRLF, a dead one is closed"""
        config = anyone(('600', 'answer')).replace('protocol=tcp', 'protocol=tcp\nkeep-alive=1')
        daemon = self.start(config)
        alive, dead = self.peer(daemon, 'tcp'), self.peer(daemon, 'tcp')
        callee = self.peer(transport='tcp')
        for peer in (alive, dead):
            peer.send('OPTIONS')
            peer.expect(200)
        daemon.dial(callee.uri)
        callee.respond(callee.expect('INVITE'), 486)
        callee.expect('ACK')
        links = {peer: peer.endpoint.connections[0] for peer in (alive, dead, callee)}
        begin = time.monotonic()
        seen = {link: link.received for link in links.values()}
        asked = dict.fromkeys(links.values(), 0)
        while not links[dead].closed:
            for peer, link in links.items():
                peer.pump(0.1)
                news, seen[link] = link.received - seen[link], link.received
                asked[link] += news >= 4
                if news >= 4 and peer is not dead:
                    peer.send_raw('\r\n', connection=link)
            self.assertLess(time.monotonic(), begin + 20)
        self.assertGreater(time.monotonic(), begin + 9)
        self.assertTrue(all(5 < count < 20 for count in asked.values()), asked)
        self.assertFalse(links[alive].closed or links[callee].closed)
        self.invite(alive, '600', 200)

    def test_keep_alive_of_datagrams(self):
        """keep-alive of a transport over UDP is refused with its line"""
        daemon = self.start(anyone(('600', 'answer')) + '\n[transport more]\nprotocol=udp\n'
                            'bind=127.0.0.1:0\nkeep-alive=30s\n', warnings=True)
        line = next(line for line in daemon.log.all if 'keep-alive' in line)
        self.assertRegex(line, r'ahoy\.conf:\d+: .*transport more.*UDP has none')
        self.invite(self.peer(daemon), '600', 200)

    def test_number(self):
        """a tel URI is called at the contact of the endpoint, its proxy, or its domain"""
        gateway = self.peer()
        host = f'127.0.0.1:{gateway.port}'
        for keys, uri, route in (
                (f'contact=<sip:gw@{host};transport=udp>\nfrom-domain=example.org',
                 f'{host};transport=udp;user=phone', None),
                (f'outbound-proxy=<sip:{host};lr>\nfrom-domain=example.org',
                 f'{host};user=phone', f'<sip:{host};lr>'),
                (f'from-domain={host}', f'{host};user=phone', None)):
            daemon = self.start(anyone(endpoint=keys))
            daemon.dial('tel:+49-30-1234;ext=5')
            invite = gateway.expect('INVITE')
            self.assertEqual(invite.uri, f'sip:+49301234;ext=5@{uri}')
            self.assertEqual(invite['route'], route)
            self.assertEqual(invite['to'], f'<sip:+49301234;ext=5@{host};user=phone>')
            gateway.respond(invite, 486)
            gateway.expect('ACK')
        daemon = self.start(anyone(('600', 'dial(<tel:112>)')))
        with self.assertRaisesRegex(BusError, 'add contact, outbound-proxy or from-domain'):
            daemon.dial('tel:112')
        self.invite(self.peer(daemon), '600', 404)

    def test_user_options(self):
        """ignore-uri-user-options: what follows the number in a user is left out, or is not"""
        for value, bare, whole in (('yes', 200, 404), ('no', 404, 200)):
            daemon = self.start(anyone(('600', 'answer'), ('700;x=1', 'answer'),
                                       core=f'ignore-uri-user-options={value}'))
            for user, status in (('600', 200), ('600;isub=4', bare), ('700;x=1', whole)):
                self.invite(self.peer(daemon), user, status)
        daemon = self.start(anyone(('+49301*', 'answer')))
        peer = self.peer(daemon)
        peer.send('INVITE', peer.target_uri('+49-30-1234;ext=5') + ';user=phone', body=SDP)
        peer.expect(200)

    def test_user_options_of_callers(self):
        """ignore-uri-user-options: an endpoint is known by the user of From without options"""
        for value, status in (('yes', 200), ('no', 401)):
            daemon = self.start(anyone(('600', 'answer'), core=f'ignore-uri-user-options={value}')
                                .replace('[endpoint anonymous]', '[endpoint bob]')
                                .replace('default-endpoint=anonymous', 'default-endpoint=bob'))
            peer = self.peer(daemon)
            call = Call(peer, peer.target_uri('600'))
            call.local = f'<sip:bob;cpc=ordinary@127.0.0.1:{peer.port}>'
            peer.send('INVITE', call=call, body=SDP)
            peer.expect(status)

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

    def test_proxies(self):
        """outbound-proxy: a chain of them, of the endpoint or of core; contact-user"""
        proxy = self.peer()
        chain = f'<sip:127.0.0.1:{proxy.port}>, <sip:second.invalid;transport=tcp;lr>'
        shown = [f'<sip:127.0.0.1:{proxy.port};lr>', '<sip:second.invalid;transport=tcp;lr>']
        daemon = self.start(anyone(
            core=f'outbound-proxy={chain}', endpoint='contact-user=line7') + f"""
[endpoint own]
auth=none
outbound-proxy=<sip:127.0.0.1:{proxy.port};x=own>
""")
        for endpoint, routes, user in (('', shown, 'line7'),
                                       ('own', [f'<sip:127.0.0.1:{proxy.port};x=own;lr>'], 'own')):
            daemon.dial('sip:bob@203.0.113.7', endpoint)
            invite = proxy.expect('INVITE', skip=('ACK',))
            self.assertEqual(invite.get_all('route'), routes)
            self.assertIn(f'<sip:{user}@127.0.0.1:', invite['contact'])
            self.assertEqual(invite.uri, 'sip:bob@203.0.113.7')
            proxy.respond(invite, 486)

    def test_bad_proxy(self):
        """outbound-proxy of core that is no list of addresses is told with its place"""
        daemon = self.start(anyone(core='outbound-proxy=<tel:+1>'), warnings=True)
        line = next(line for line in daemon.log.all if 'outbound-proxy' in line)
        self.assertRegex(line, r'ahoy\.conf:\d+: .*outbound-proxy: .*not sip: or sips:')

    def test_sips_contact(self):
        """who is called by a SIPS URI sees a SIPS Contact, and others do not"""
        proxy = self.peer()
        daemon = self.start(anyone(core=f'outbound-proxy=<sip:127.0.0.1:{proxy.port}>'))
        for target, contact in (('sips:bob@example.org', '<sips:'),
                                ('sip:bob@example.org', '<sip:')):
            daemon.dial(target)
            invite = proxy.expect('INVITE', skip=('ACK',))
            self.assertTrue(invite['contact'].startswith(contact), invite['contact'])
            self.assertEqual(invite.uri, target)
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
