# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-17: numbers are rewritten before they are called."""

import json
import unittest

import agent
from daemon import BusError, Daemon, anyone
from sip_peer import SDP, Peer

RULES = '''
[rewrite outside-line]
match=9*
strip=1
continue=yes

[rewrite work]
endpoints=work
match=re:(\\\\d{3})
replace=77\\\\1

[rewrite germany]
format=e164
country-code=49
area-code=30
'''


def patient(text):
    """A slow machine answers an INVITE before it comes again."""
    return text.replace('t1=50ms', 't1=500ms')


def gateway(name, peer):
    return f'\n[endpoint {name}]\nauth=none\nidentify=auth\nfrom-domain={peer.address}\n'


class Numbers(unittest.TestCase):
    def setUp(self):
        self.peer = Peer()
        self.addCleanup(self.peer.close)
        self.daemon = Daemon(patient(anyone(('600', 'answer'))) + RULES
                             + gateway('work', self.peer) + gateway('home', self.peer))
        self.addCleanup(self.daemon.stop)

    def called(self, endpoint, target):
        """The user part of the INVITE that leaves."""
        session = self.daemon.dial(target, endpoint)
        invite = self.peer.expect('INVITE')
        self.peer.respond(invite, 486)
        self.peer.expect('ACK')
        self.daemon.wait(session, 'ended')
        return invite.uri.split(':', 1)[1].split('@')[0]

    def test_dial(self):
        """what leaves is the number that the rules made"""
        for endpoint, target, user in (('home', '9 (030) 123-456', '+4930123456'),
                                       ('home', '0049 30 123456', '+4930123456'),
                                       ('home', '600', '600'),
                                       ('work', '600', '77600'),
                                       ('home', 'alice', 'alice'),
                                       ('home', 'tel:030123456', '+4930123456')):
            with self.subTest(endpoint=endpoint, target=target):
                self.assertEqual(self.called(endpoint, target), user)
        self.assertEqual(self.called('home', f'sip:9123@{self.peer.address}'), '9123')

    def test_ask(self):
        """RewriteNumber and ahoyctl rewrite test say what would be called, and why"""
        daemon = self.daemon
        self.assertEqual(daemon.call('', 'Manager', 'RewriteNumber', 'ss', 'home', '9030 1234'),
                         ['+49301234', ['outside-line', 'germany']])
        self.assertEqual(daemon.call('', 'Manager', 'RewriteNumber', 'ss', 'work', '123'),
                         ['77123', ['work']])
        with self.assertRaisesRegex(BusError, 'There is no endpoint “nobody”'):
            daemon.call('', 'Manager', 'RewriteNumber', 'ss', 'nobody', '123')
        with self.assertRaises(BusError):
            daemon.call('', 'Manager', 'RewriteNumber', 'ss', '', '1\r\n2')
        done = daemon.ctl('rewrite', 'test', '9 (030) 123-456', '--endpoint', 'home')
        self.assertEqual(done.stdout, '+4930123456\n')
        self.assertEqual(done.stderr, 'rewritten by outside-line, germany\n')
        self.assertEqual(daemon.ctl('rewrite', 'test', '600').stdout, '600\n')
        done = daemon.ctl('-j', 'rewrite', 'test', '123', '-e', 'work')
        self.assertEqual(json.loads(done.stdout), ['77123', ['work']])
        self.assertEqual(daemon.ctl('rewrite', 'show', '600', check=False).returncode, 2)

    def test_ask_caller(self):
        """RewriteCaller and ahoyctl rewrite test --caller say what a caller is shown as"""
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8') + """
[rewrite trunk]
for=both
endpoints=work
match=1234*
prefix=0
""", 'utf-8')
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])

        def ask(endpoint, number):
            return self.daemon.call('', 'Manager', 'RewriteCaller', 'ss', endpoint, number)
        self.assertEqual(ask('work', '12-34'), ['01234', ['trunk']])
        self.assertEqual(ask('work', '030123456'), ['030123456', []])
        self.assertEqual(ask('home', '12-34'), ['12-34', []])
        self.assertEqual(ask('', 'alice'), ['alice', []])
        with self.assertRaisesRegex(BusError, 'There is no endpoint “nobody”'):
            ask('nobody', '123')
        with self.assertRaises(BusError):
            ask('', '1\r\n2')
        done = self.daemon.ctl('rewrite', 'test', '--caller', '1234', '-e', 'work')
        self.assertEqual((done.stdout, done.stderr), ('01234\n', 'rewritten by trunk\n'))
        self.assertEqual(self.daemon.ctl('rewrite', 'test', '-c', '1234').stdout, '1234\n')
        path.write_text(path.read_text('utf-8').replace('for=both', 'for=all'), 'utf-8')
        self.assertRegex(self.daemon.call('', 'Manager', 'Reload')[1][0], 'for.*called')

    def test_reload(self):
        """rules come, change and go with the configuration; one that cannot work is refused"""
        path = self.daemon.config / 'ahoy.conf'
        text = path.read_text('utf-8')
        path.write_text(text.replace('country-code=49\n', 'country-code=43\n'), 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        self.assertEqual(self.daemon.ctl('rewrite', 'test', '0301234').stdout, '+43301234\n')
        path.write_text(text.replace('country-code=49\n', ''), 'utf-8')
        errors = self.daemon.call('', 'Manager', 'Reload')[1]
        self.assertRegex(errors[0], r'ahoy.conf:\d+: .*rewrite germany.*country-code')
        path.write_text(text.replace(RULES, ''), 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        self.assertEqual(self.daemon.ctl('rewrite', 'test', '0301234').stdout, '0301234\n')


ROUTES = '''
[out-route three]
match=7??
endpoints=cheap;home

[out-route never]
match=7*
endpoints=home
times=mon 00:00-00:01;tue 00:00-00:01

[out-route only]
match=8*
endpoints=cheap
'''


class OutRoutes(unittest.TestCase):
    def setUp(self):
        self.peers = {name: Peer() for name in ('anonymous', 'cheap', 'home')}
        for peer in self.peers.values():
            self.addCleanup(peer.close)
        self.daemon = Daemon(
            patient(anyone(('600', 'answer'),
                           endpoint=f'from-domain={self.peers["anonymous"].address}'))
            + ROUTES + gateway('home', self.peers['home'])
            + gateway('cheap', self.peers['cheap']) + 'call-limit=1\n')
        self.addCleanup(self.daemon.stop)

    def called(self, target, name):
        """Calls a number as nobody; the session, and the INVITE at the endpoint's peer."""
        session = self.daemon.dial(target)
        return session, self.peers[name].expect('INVITE')

    def end(self, session, invite, name):
        self.peers[name].respond(invite, 486)
        self.peers[name].expect('ACK')
        self.daemon.wait(session, 'ended')

    def test_choice(self):
        """the number says as whom it is called, and the first of them that can does"""
        first, to_cheap = self.called('700', 'cheap')
        second, to_home = self.called('7 01', 'home')  # the first one has its only call
        for session, invite, name in ((first, to_cheap, 'cheap'), (second, to_home, 'home')):
            self.end(session, invite, name)
        third, invite = self.called('600', 'anonymous')  # default-endpoint
        self.end(third, invite, 'anonymous')
        fourth, invite = self.called('700', 'cheap')
        self.end(fourth, invite, 'cheap')

    def test_maintenance(self):
        """one in maintenance is passed over; where nobody is left the call fails at once"""
        self.daemon.call('endpoint/cheap', 'Endpoint', 'SetMaintenance', 'b', 'true')
        session, invite = self.called('700', 'home')
        self.end(session, invite, 'home')
        with self.assertRaisesRegex(BusError, 'no endpoint of the out-route “only” can call'):
            self.daemon.dial('800')

    def test_step(self):
        """a step of a route calls the number as whom the out-route says: dial(${number})"""
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8') + '''
[route out]
context=demo
match=7??
do=dial(${number}, timeout=10)
[route nobody]
context=demo
match=5??
do=dial(${number})
''', 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        caller = Peer('udp', target=self.daemon.address())
        self.addCleanup(caller.close)
        caller.send(caller.build_invite(uri=caller.target_uri('712'), body=SDP))
        invite = self.peers['cheap'].expect('INVITE')
        self.assertEqual(invite.uri, f'sip:712@{self.peers["cheap"].address}')
        self.peers['cheap'].respond(invite, 486)
        caller.expect(486)
        caller.send(caller.build_invite(uri=caller.target_uri('512'), body=SDP))
        caller.expect(404)

    def test_ask(self):
        """ChooseEndpoint and ahoyctl out-route test"""
        def choose(number):
            return self.daemon.call('', 'Manager', 'ChooseEndpoint', 's', number)
        self.assertEqual(choose('700'), ['cheap', 'three'])
        self.assertEqual(choose('7 00'), ['cheap', 'three'])
        self.assertEqual(choose('tel:800'), ['cheap', 'only'])
        self.assertEqual(choose('sip:700@example.org'), ['anonymous', ''])
        done = self.daemon.ctl('out-route', 'test', '700')
        self.assertEqual((done.stdout, done.stderr), ('cheap\n', 'by the out-route three\n'))
        self.assertEqual(self.daemon.ctl('out-route', 'test', '600').stderr,
                         'by default-endpoint\n')

    def test_mistakes(self):
        """an out-route without an endpoint, or with times that are none, is told with its line"""
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8').replace('endpoints=cheap;home', 'endpoints=bob')
                        .replace('mon 00:00', 'moon 00:00'), 'utf-8')
        errors = self.daemon.call('', 'Manager', 'Reload')[1]
        self.assertRegex(str(errors), 'bob')
        self.assertRegex(str(errors), 'moon 00:00-00:01.*is no time of the week')


if __name__ == '__main__':
    agent.main(160)
