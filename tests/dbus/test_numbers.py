# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-17: numbers are rewritten before they are called."""

import json
import unittest

import agent
from daemon import BusError, Daemon, anyone
from sip_peer import Peer

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


def gateway(name, peer):
    return f'\n[endpoint {name}]\nauth=none\nidentify=auth\nfrom-domain={peer.address}\n'


class Numbers(unittest.TestCase):
    def setUp(self):
        self.peer = Peer()
        self.addCleanup(self.peer.close)
        self.daemon = Daemon(anyone(('600', 'answer')) + RULES + gateway('work', self.peer)
                             + gateway('home', self.peer))
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


if __name__ == '__main__':
    agent.main(160)
