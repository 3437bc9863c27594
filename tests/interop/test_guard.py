# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-11, AUTH-34, AUTH-35: scanners of sipvicious find nothing, are banned, and cost little."""

import os
import pathlib
import socket
import subprocess
import time

import agent
from bus_monitor import Monitor
from daemon import Daemon, anyone
from sip_peer import SDP, Call, Failure, Peer

ACCOUNTS = '''
[endpoint 600]
password=4711-not-a-guess
allow=call;register
context=demo

[endpoint 601]
password=another-one
allow=call;register
context=demo
'''
# The tools send from 127.0.0.1, whatever they are told; only 127.0.0.9 is exempt. They know MD5
# alone, and svwar gives up when it sees that nobody is told apart from anybody.
SCANNER = '127.0.0.1'
EXEMPT = '127.0.0.9'
CORE = f'guard-exempt={EXEMPT}\nauth-algorithms=MD5\n'
# So that they are found by what they do.
SECRETIVE = CORE + 'blocked-user-agents=nobody\nban-threshold=2\n'


def strip_anonymous(config):
    """A configuration of anyone() without the endpoint anonymous, for whom nothing is secret."""
    head, _, tail = config.partition('[endpoint anonymous]')
    return head.replace('default-endpoint=anonymous', '') + tail[tail.index('[route'):]


class Guard(agent.unittest.TestCase):
    def start(self, core, endpoint=''):
        daemon = Daemon(strip_anonymous(anyone(('600', 'answer, wait(20)'), core=core)) + ACCOUNTS
                        + endpoint)
        self.addCleanup(daemon.stop)
        return daemon

    def bans(self, daemon):
        return {address: why for address, _until, why in
                daemon.call('', 'Security', 'ListBans')[0]}

    def run_tool(self, daemon, tool, *arguments):
        """Begins a scan of the daemon."""
        _host, port = daemon.address('udp')
        # By itself it takes 5060 of all addresses, which other tests need.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(('', 0))
            local = probe.getsockname()[1]
        return subprocess.Popen([tool, '-p', str(port), '-P', str(local), *arguments, '127.0.0.1'],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def attack(self, daemon, *command):
        """Runs a tool until the daemon bans it; what it printed, why it was, and how long it took
        from its first event."""
        monitor = Monitor(daemon.bus)
        self.addCleanup(monitor.close)
        process = self.run_tool(daemon, *command)
        monitor.wait(lambda signal: signal.member == 'Event', what=f'event of {command}')
        begin = time.monotonic()
        end = begin + 30
        while SCANNER not in self.bans(daemon):
            self.assertLess(time.monotonic(), end, f'{command} is not banned')
        taken = time.monotonic() - begin
        why = self.bans(daemon)[SCANNER]
        try:
            output = process.communicate(timeout=3)[0]
        except subprocess.TimeoutExpired:
            process.kill()  # it waits for answers that do not come
            output = process.communicate()[0]
        daemon.call('', 'Security', 'Unban', 's', SCANNER)
        return output, why, taken

    def test_user_agent(self):
        """svmap, svwar and svcrack as they are: banned with their first packet, never answered"""
        daemon = self.start(CORE)
        for command in (('svmap',), ('svwar', '-e', '598-610'),
                        ('svwar', '-m', 'INVITE', '-e', '598-610'),
                        ('svcrack', '-u', '600', '-r', '4000-4999')):
            with self.subTest(command=command):
                output, why, _taken = self.attack(daemon, *command)
                self.assertNotIn('Ahoy', output)
                self.assertNotIn('| 600', output)
                self.assertEqual(why, 'blocked user agent')
        self.assertGreaterEqual(daemon.call('', 'Security', 'GetStatistics')[0]['scanners'], 4)

    def test_behaviour(self):
        """the same with another User-Agent: no account found, banned within a second"""
        daemon = self.start(SECRETIVE)
        for command in (('svwar', '--force', '-e', '590-610'),
                        ('svwar', '--force', '-m', 'INVITE', '-e', '590-610'),
                        ('svcrack', '-u', '600', '-r', '1000-4999'),
                        ('svcrack', '-u', '999', '-r', '1000-4999')):
            with self.subTest(command=command):
                output, why, taken = self.attack(daemon, *command)
                print(f'# {" ".join(command)}: banned after {taken:.2f} s: {why}')
                self.assertNotIn('| 600', output)
                self.assertNotIn('| 601', output)
                self.assertLess(taken, 1.0)
                self.assertIn('failures', why)

    def count_answers(self, daemon, address, user, password):
        """How many requests as a user are answered until the source is banned."""
        peer = Peer('udp', address, daemon.address('udp'))
        self.addCleanup(peer.close)
        answers = 0
        uri = f'sip:{user}@127.0.0.1'
        while True:
            request = peer.register(uri)
            peer.send(request)
            challenge = self.answer_until_banned(daemon, peer)
            answers += challenge is not None
            if challenge is not None and password:
                peer.send(peer.authorize(request, challenge, user, password))
                challenge = self.answer_until_banned(daemon, peer)
                answers += challenge is not None
            if challenge is None:
                return answers

    def answer_until_banned(self, daemon, peer):
        """The 401 to what was sent; None when the ban keeps it back."""
        end = time.monotonic() + 30
        banned = False
        while not banned:
            self.assertLess(time.monotonic(), end, 'neither an answer nor a ban')
            banned = peer.host in self.bans(daemon)  # an answer that went out before it may come
            try:
                return peer.expect(401, timeout=0.7)
            except Failure:
                pass
        return None

    def test_nothing_to_learn(self):
        """how long it takes to be banned does not tell whether an account exists"""
        daemon = self.start(CORE)
        for number, password in enumerate(('', 'a-guess')):
            counts = [self.count_answers(daemon, f'127.0.0.{60 + 10 * number + account}', user,
                                         password) for account, user in enumerate(('600', '999'))]
            print(f'# answers until the ban, account 600 and 999: {counts}')
            self.assertEqual(counts[0], counts[1])
            self.assertLess(counts[0], 12)

    def test_trust(self):
        """a password that is right is trusted; a name, or what needs no proof, is not"""
        daemon = self.start(SECRETIVE, '[endpoint open]\nauth=none\nallow=call\ncontext=demo\n'
                            '[endpoint half]\npassword=secret\nauth-except=OPTIONS\n')
        for number, (user, password, trusted) in enumerate((('600', '4711-not-a-guess', True),
                                                            ('open', None, False),
                                                            ('half', None, False))):
            peer = Peer('udp', f'127.0.0.{80 + number}', daemon.address('udp'))
            self.addCleanup(peer.close)
            request = peer.build('OPTIONS', peer.target_uri('600'),
                                 from_=f'<sip:{user}@127.0.0.1>;tag=1')
            peer.send(request)
            if password is not None:
                peer.send(peer.authorize(request, peer.expect(401), user, password))
            peer.expect(200)
            for _ in range(6):
                peer.send('OPTIONS')
            end = time.monotonic() + (0.5 if trusted else 10)
            while time.monotonic() < end and peer.host not in self.bans(daemon):
                peer.pump(0.02)
            with self.subTest(user=user):
                self.assertEqual(peer.host in self.bans(daemon), not trusted)

    def test_call_in_between(self):
        """while svcrack floods, somebody else's call is answered and ended at once"""
        daemon = self.start(SECRETIVE, f'[endpoint phone]\nauth=none\nidentify=ip\n'
                            f'match={EXEMPT}\nallow=call\ncontext=demo\n')
        floods = [self.run_tool(daemon, 'svcrack', '-u', '600', '-t', '0.0005', '-r',
                                '100000-999999') for _ in range(2)]
        try:
            end = time.monotonic() + 30
            while not self.bans(daemon):
                self.assertLess(time.monotonic(), end)
            peer = Peer('udp', EXEMPT, daemon.address('udp'))
            self.addCleanup(peer.close)
            slowest = 0
            for _ in range(5):
                begin = time.monotonic()
                call = Call(peer, peer.target_uri('600'))
                peer.send('INVITE', call=call, body=SDP)
                call.established(peer.expect(200, skip=(100, 180, 183)))
                peer.send('ACK', call=call, cseq=call.cseq)
                peer.send('BYE', call=call)
                peer.expect(200)
                slowest = max(slowest, time.monotonic() - begin)
            print(f'# the slowest call took {slowest * 1000:.0f} ms from INVITE to the end')
            self.assertLess(slowest, 2)
        finally:
            for flood in floods:
                flood.kill()
                flood.communicate()

    @staticmethod
    def dropped(daemon):
        return daemon.call('', 'Security', 'GetStatistics')[0]['dropped']

    def flood(self, daemon, address, count, answered):
        """Sends REGISTERs from an address; the processor time of the daemon for each, in µs."""
        ticks = os.sysconf('SC_CLK_TCK')

        def used():
            fields = pathlib.Path(f'/proc/{daemon.process.pid}/stat').read_text('ascii')
            fields = fields.rsplit(')', 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / ticks
        peer = Peer('udp', address, daemon.address('udp'))
        texts = [peer.request('REGISTER', 'sip:127.0.0.1').encode() for _ in range(200)]
        before = self.dropped(daemon)
        begin = used()
        for number in range(count):
            peer.send_raw(texts[number % 200].replace(b'z9hG4bK-', b'z9hG4bK-%d-' % number))
            if number % 100 == 99:
                if answered:
                    peer.pump(0.001)
                peer.inbox.clear()
                # Who is exempt asks when all of this was seen, as the socket holds some 160.
                end = time.monotonic() + 5
                while (self.dropped(daemon) < before + number + 1 and not answered
                       and time.monotonic() < end):
                    time.sleep(0.002)  # between two questions
        daemon.call('', 'Security', 'ListBans')
        spent = (used() - begin) / count * 1e6
        peer.close()
        return spent

    def test_cost(self):
        """a packet of somebody banned costs the daemon a part of what a refusal costs"""
        daemon = self.start(SECRETIVE)
        if daemon.is_sanitized():
            self.skipTest('the time of a sanitizer is no measure')
        count = 10000
        refused = self.flood(daemon, EXEMPT, count, True)
        daemon.call('', 'Security', 'Ban', 'su', '127.0.0.50', 0)
        before = self.dropped(daemon)
        dropped = self.flood(daemon, '127.0.0.50', count, False)
        after = self.dropped(daemon)
        print(f'# refused: {refused:.0f} µs of processor time each; banned: {dropped:.0f} µs')
        self.assertGreater(after - before, count * 0.9)
        self.assertLess(dropped, refused * 0.6)


if __name__ == '__main__':
    agent.main(300)
