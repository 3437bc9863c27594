# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-30 to 35: what matters for security is told, and who does not belong here is kept out."""

import json
import os
import re
import signal
import subprocess
import time

import agent
from bus_monitor import Monitor
from daemon import ROOT, BusError, Daemon, Lines, anyone
from sip_peer import SDP, Call, Peer

SECURITY = 'org.ahoy.Ahoy1.Security'
# Nobody on loopback is exempt, so that the tests can be banned.
STRICT = 'guard-exempt=127.0.0.1;::1\n'


class SecurityTestCase(agent.unittest.TestCase):
    def start(self, config, warnings=False):
        daemon = Daemon(config)
        daemon.warnings_expected = warnings
        self.addCleanup(daemon.stop)
        return daemon

    def peer(self, daemon, host='127.0.0.1', transport='udp'):
        peer = Peer(transport, host, daemon.address(transport))
        self.addCleanup(peer.close)
        return peer

    def monitor(self, daemon):
        monitor = Monitor(daemon.bus)
        self.addCleanup(monitor.close)
        return monitor

    def event(self, monitor, kind, **wanted):
        """The first event of a kind on the bus; its arguments."""
        def accept(signal_):
            return (signal_.interface == SECURITY and signal_.member == 'Event'
                    and signal_.arguments[0] == kind
                    and all(signal_.arguments[4].get(key) == value
                            for key, value in wanted.items()))
        return monitor.wait(accept, what=f'event {kind} {wanted}').arguments

    def statistics(self, daemon):
        return daemon.call('', 'Security', 'GetStatistics')[0]

    def bans(self, daemon):
        return {address: (until, why) for address, until, why in
                daemon.call('', 'Security', 'ListBans')[0]}


class Events(SecurityTestCase):
    def test_bus_log_and_ctl(self):
        """an event is on the bus, in the log, and in ahoyctl security, without forged lines"""
        daemon = self.start(anyone(('600', 'answer'), endpoint='disallowed-methods=OPTIONS'))
        monitor = self.monitor(daemon)
        watchers = [subprocess.Popen([os.environ['AHOY_CTL'], *options, 'security'], text=True,
                                     stdout=subprocess.PIPE, env=daemon.environment)
                    for options in ([], ['--json'])]
        text, lines = (Lines(watcher.stdout) for watcher in watchers)
        text.wait_for(lambda line: 'Watching' in line)
        peer = self.peer(daemon)
        begin = time.monotonic()
        while not lines.all:
            # The one that prints JSON says nothing before the first event.
            peer.send('OPTIONS', headers=['User-Agent: x" source=198.51.100.9 y="'])
            self.assertEqual(peer.expect(405)['allow'].count('OPTIONS'), 0)
            self.assertLess(time.monotonic() - begin, 20)
        kind, severity, source, account, facts = self.event(monitor, 'request-not-allowed')
        self.assertEqual((severity, source, account), ('error', f'127.0.0.1:{peer.port}',
                                                       'anonymous'))
        self.assertEqual((facts['method'], facts['transport']), ('OPTIONS', 'udp'))
        line = text.wait_for(lambda line: kind in line)
        self.assertIn(f'127.0.0.1:{peer.port}', line)
        told = json.loads(lines.wait_for(lambda line: kind in line))
        self.assertEqual(told['facts']['method'], 'OPTIONS')
        logged = daemon.log.wait_for(lambda line: 'Security event=' in line)
        self.assertIn('Security event=request-not-allowed severity=error source=127.0.0.1 '
                      f'port={peer.port} transport=udp account="anonymous" method="OPTIONS" ',
                      logged)
        for watcher in watchers:
            watcher.send_signal(signal.SIGINT)
            self.assertEqual(watcher.wait(20), 0)
            watcher.stdout.close()

    def test_flood(self):
        """a flood is bounded in the log and on the bus, and told as a sum"""
        daemon = self.start(anyone(('600', 'answer'), endpoint='disallowed-methods=OPTIONS'))
        monitor = self.monitor(daemon)
        peer = self.peer(daemon)
        count = 1000
        for _ in range(count // 20):
            for _ in range(20):
                peer.send('OPTIONS')
            for _ in range(20):
                peer.expect(405)
        self.assertEqual(self.statistics(daemon)['event-request-not-allowed'], count)
        told = monitor.wait(lambda signal_: signal_.member == 'EventsLeftOut',
                            what='EventsLeftOut').arguments[0]
        monitor.catch_up()
        events = [signal_ for signal_ in monitor.signals if signal_.member == 'Event']
        self.assertGreater(told, 0)
        self.assertGreaterEqual(len(events), 50)
        self.assertLessEqual(len(events) + told, count)
        daemon.log.wait_for(lambda line: 'Security event=request-not-allowed' in line
                            and 'repeated=' in line, 30)
        self.assertLess(sum('Security event=' in line for line in daemon.log.all), 20)


class Policy(SecurityTestCase):
    def test_methods(self):
        """disallowed-methods and allowed-methods: 405 with Allow; what ends a call always may"""
        daemon = self.start(anyone(('600', 'answer, wait(20)'),
                                   endpoint='allowed-methods=INVITE;OPTIONS\n'
                                            'disallowed-methods=OPTIONS'))
        monitor = self.monitor(daemon)
        peer = self.peer(daemon)
        for method in ('OPTIONS', 'INFO', 'MESSAGE'):
            if method != 'INFO':
                peer.send(method)
                allow = [item.strip() for item in peer.expect(405)['allow'].split(',')]
                self.assertIn('INVITE', allow)
                self.assertNotIn(method, allow)
        call = Call(peer, peer.target_uri('600'))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200, skip=(100, 180, 183)))
        peer.send('ACK', call=call, cseq=call.cseq)
        peer.send('INFO', call=call)
        peer.expect(405)
        peer.send('BYE', call=call)
        peer.expect(200)
        self.event(monitor, 'request-not-allowed', method='INFO', reason='method')

    def test_transports(self):
        """allowed-transports: what comes over another one gets 403"""
        daemon = self.start(anyone(('600', 'answer'), endpoint='allowed-transports=tcp'))
        monitor = self.monitor(daemon)
        udp, tcp = self.peer(daemon), self.peer(daemon, transport='tcp')
        udp.send('OPTIONS')
        udp.expect(403)
        tcp.send('OPTIONS')
        tcp.expect(200)
        self.assertEqual(self.event(monitor, 'invalid-transport')[2], f'127.0.0.1:{udp.port}')


class Bans(SecurityTestCase):
    def test_by_hand(self):
        """Ban, ListBans and Unban, on the bus and with ahoyctl"""
        daemon = self.start(anyone(('600', 'answer')))
        peer = self.peer(daemon, '127.0.0.5')
        peer.send('OPTIONS')
        peer.expect(200)
        daemon.call('', 'Security', 'Ban', 'su', '127.0.0.5', 3600)
        peer.send('OPTIONS')
        peer.expect_nothing(0.5)
        until, why = self.bans(daemon)['127.0.0.5']
        self.assertAlmostEqual(until, time.time() + 3600, delta=60)
        self.assertTrue(why)
        self.assertIn('127.0.0.5', daemon.ctl('ban').stdout)
        other = self.peer(daemon, '127.0.0.6')
        other.send('OPTIONS')
        other.expect(200)
        daemon.ctl('ban', 'add', '2001:db8::1')
        self.assertEqual(self.bans(daemon)['2001:db8::/64'][0], 0)
        self.assertEqual(json.loads(daemon.ctl('--json', 'ban', 'list').stdout)[0][0],
                         '127.0.0.5')
        self.assertGreater(self.statistics(daemon)['dropped'], 0)
        daemon.ctl('ban', 'del', '127.0.0.5')
        daemon.ctl('ban', 'del', '2001:db8::/64')
        self.assertEqual(self.bans(daemon), {})
        self.assertIn('Nobody', daemon.ctl('ban').stdout)
        peer.send('OPTIONS')
        peer.expect(200, skip=(100, 200))
        for arguments in (('Ban', 'su', 'nobody', 1), ('Ban', 'su', '127.0.0.0/8', 1),
                          ('Ban', 'su', '127.0.0.1/64', 1), ('Unban', 's', '127.0.0.5')):
            with self.assertRaises(BusError):
                daemon.call('', 'Security', *arguments)
        self.assertNotEqual(daemon.ctl('ban', 'add', check=False).returncode, 0)
        self.assertNotEqual(daemon.ctl('ban', 'add', '::1', 'soon', check=False).returncode, 0)

    def test_reload(self):
        """a reload ends no ban, and what it says of the guard holds at once"""
        config = anyone(('600', 'answer'), core=STRICT)
        daemon = self.start(config)
        daemon.call('', 'Security', 'Ban', 'su', '127.0.0.5', 0)
        (daemon.config / 'ahoy.conf').write_text(
            config.replace(STRICT, STRICT + 'blocked-user-agents=other*\n'), 'utf-8')
        daemon.ctl('reload')
        self.assertEqual(list(self.bans(daemon)), ['127.0.0.5'])
        banned, scanner, other = (self.peer(daemon, f'127.0.0.{number}') for number in (5, 6, 7))
        scanner.send('OPTIONS', headers=['User-Agent: friendly-scanner'])
        scanner.expect(200)
        other.send('OPTIONS', headers=['User-Agent: Other 1.0'])
        other.expect_nothing(0.3)
        banned.send('OPTIONS')
        banned.expect_nothing(0.3)

    def test_longer_each_time(self):
        """ban-time: a ban ends, and the next one of the same source is twice as long"""
        daemon = self.start(anyone(('600', 'answer'),
                                   core=STRICT + 'ban-threshold=1\nban-time=2s'))
        peer = self.peer(daemon, '127.0.0.5')
        for seconds in (2, 4):
            peer.send_raw(peer.request('OPTIONS').replace('From:', 'X-From:'))
            self.wait_for_ban(daemon, '127.0.0.5')
            self.assertAlmostEqual(self.bans(daemon)['127.0.0.5'][0], time.time() + seconds,
                                   delta=1.6)
            self.assertIn(f'is banned for {seconds} s', daemon.log.wait_for(
                lambda line: 'is banned for' in line))
            end = time.monotonic() + 20
            while self.bans(daemon):
                self.assertLess(time.monotonic(), end)
            peer.send('OPTIONS')
            peer.expect(200, skip=(100, 400))

    def test_connection(self):
        """a TCP connection of somebody banned is closed at its next message"""
        daemon = self.start(anyone(('600', 'answer')))
        peer = self.peer(daemon, '127.0.0.5', 'tcp')
        peer.send('OPTIONS')
        peer.expect(200)
        daemon.call('', 'Security', 'Ban', 'su', '127.0.0.5', 3600)
        peer.send('OPTIONS')
        peer.expect_closed(peer.last[0])

    def test_malformed(self):
        """who sends what is no SIP is told of, and banned when it goes on"""
        daemon = self.start(anyone(('600', 'answer'), core=STRICT + 'ban-threshold=5'))
        monitor = self.monitor(daemon)
        peer = self.peer(daemon, '127.0.0.5')
        good = peer.request('OPTIONS')
        bad = [re.sub('(CSeq: [0-9]+) OPTIONS', r'\1 INVITE', good),
               '\r\n'.join(line for line in good.split('\r\n') if not line.startswith('From')),
               good.replace('Call-ID', 'X-Call')]
        for number in range(6):
            peer.send_raw(bad[number % len(bad)].encode())
        kind, severity, source, _account, facts = self.event(monitor, 'request-bad-format')
        self.assertEqual((severity, source), ('error', f'127.0.0.5:{peer.port}'))
        self.assertTrue(facts['reason'])
        self.wait_for_ban(daemon, '127.0.0.5')
        self.assertIn(kind, self.bans(daemon)['127.0.0.5'][1])

    def wait_for_ban(self, daemon, address, timeout=10):
        end = time.monotonic() + timeout
        while address not in self.bans(daemon):
            self.assertLess(time.monotonic(), end, f'{address} is not banned')
            time.sleep(0.02)  # between two questions, not for anything to happen

    def test_user_agent(self):
        """a scanner that says so is dropped and banned with its first message"""
        daemon = self.start(anyone(('600', 'answer'), core=STRICT))
        monitor = self.monitor(daemon)
        peer = self.peer(daemon, '127.0.0.5')
        peer.send('OPTIONS', headers=['User-Agent: Friendly-Scanner'])
        peer.expect_nothing(0.3)
        facts = self.event(monitor, 'request-not-allowed')[4]
        self.assertEqual(facts['user-agent'], 'Friendly-Scanner')
        self.wait_for_ban(daemon, '127.0.0.5')
        exempt = self.peer(daemon)
        exempt.send('OPTIONS', headers=['User-Agent: friendly-scanner'])
        exempt.expect(200)

    def test_own_user_agents(self):
        """blocked-user-agents: globs of one's own, instead of those that are known"""
        daemon = self.start(anyone(('600', 'answer'),
                                   core=STRICT + 'blocked-user-agents=evil ?ne*'))
        peer = self.peer(daemon, '127.0.0.5')
        peer.send('OPTIONS', headers=['User-Agent: friendly-scanner'])
        peer.expect(200)
        peer.send('OPTIONS', headers=['User-Agent: Evil One 2'])
        peer.expect_nothing(0.3)

    def test_rate(self):
        """guard-rate and guard-burst: what is more is dropped, of that source alone"""
        daemon = self.start(anyone(('600', 'answer'), core=STRICT + 'guard-rate=1\nguard-burst=20'))
        monitor = self.monitor(daemon)
        peer = self.peer(daemon, '127.0.0.5')
        for _ in range(60):
            peer.send('OPTIONS')
        for _ in range(20):
            peer.expect(200)
        self.event(monitor, 'load-average')
        other = self.peer(daemon, '127.0.0.6')
        other.send('OPTIONS')
        other.expect(200)
        self.assertGreaterEqual(self.statistics(daemon)['limited'], 20)

    def test_trusted(self):
        """who proved to be an endpoint cannot be locked out by what others send in its name"""
        config = anyone(('600', 'answer'), core=STRICT + 'ban-threshold=5')
        daemon = self.start(config + '[endpoint trunk]\nauth=none\nmatch=127.0.0.5\nidentify=ip\n'
                            'allow=call\ncontext=demo\n')
        peer = self.peer(daemon, '127.0.0.5')
        peer.send('OPTIONS', peer.target_uri('600'))
        peer.expect(200)
        bad = re.sub('(CSeq: [0-9]+) OPTIONS', r'\1 INVITE', peer.request('OPTIONS')).encode()
        before = self.statistics(daemon)['event-request-bad-format']
        for _ in range(20):
            peer.send_raw(bad)
        peer.send('OPTIONS', peer.target_uri('600'))
        peer.expect(200, skip=(100, 400))
        end = time.monotonic() + 10
        while self.statistics(daemon)['event-request-bad-format'] < before + 20:
            self.assertLess(time.monotonic(), end)
        self.assertEqual(self.bans(daemon), {})


if __name__ == '__main__':
    agent.main(280)
