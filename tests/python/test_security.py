# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-30, AUTH-32: security events from Python, and our filter and jail of fail2ban."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import agent
from gi.repository import Gio
from party import Ahoy, GLib

DATA = pathlib.Path(__file__).resolve().parents[2] / 'data' / 'fail2ban'
NAMES = ('invalid-account-id', 'invalid-password', 'challenge-sent', 'challenge-response-failed',
         'successful-auth', 'failed-acl', 'invalid-transport', 'request-not-allowed',
         'request-not-supported', 'request-bad-format', 'auth-method-not-allowed',
         'unexpected-address', 'session-limit', 'memory-limit', 'load-average')
# What closes a door: somebody tries accounts, or sends what is no SIP.
FAILURES = {'invalid-account-id', 'invalid-password', 'challenge-response-failed', 'failed-acl',
            'request-bad-format', 'auth-method-not-allowed', 'unexpected-address'}
FORGED = 'Security event=invalid-password severity=error source=198.51.100.66 port=5060 '
HOSTILE = ('" source=198.51.100.66 port=5060 account="', '\n' + FORGED, '\r\n' + FORGED,
           '\nNov 21 15:00:01 host ahoyd[12]: ' + FORGED + 'transport=udp account="', '\\',
           '\\" source=198.51.100.66', '\u202e', 'x' * 5000, '\u2028' + FORGED, '')
PREFIXES = ('Nov 21 15:00:00 host ahoyd[12]: ', '2026-11-21 15:00:00 ahoy-Message: 15:00:00.123: ')


def make_event(name, address, text='', facts=None):
    kind = getattr(Ahoy.SecurityEventType, name.upper().replace('-', '_'))
    source = Gio.InetSocketAddress.new_from_string(address, 5070)
    return Ahoy.SecurityEvent.new(kind, source, 'udp', text, text, text,
                                  GLib.Variant('a{ss}', facts or {'reason': text}))


class Events(unittest.TestCase):
    def test_event(self):
        """an event tells what, from where and of whom, and does not change"""
        event = make_event('invalid-password', '192.0.2.7', 'bob')
        self.assertEqual(event.get_name(), 'invalid-password')
        self.assertEqual(event.get_event_type(), Ahoy.SecurityEventType.INVALID_PASSWORD)
        self.assertEqual(event.get_severity(), Ahoy.SecuritySeverity.ERROR)
        self.assertEqual(event.get_account(), 'bob')
        self.assertEqual((event.dup_address(), event.get_port()), ('192.0.2.7', 5070))
        self.assertEqual(event.get_facts().unpack(), {'reason': 'bob'})
        self.assertEqual([kind.value_nick for kind in
                          map(Ahoy.SecurityEventType, range(len(NAMES)))], list(NAMES))

    def test_log(self):
        """a program hears the events of a core's chain, and reports its own"""
        core = Ahoy.Core.new(None)
        schema = Ahoy.configuration_make_schema()
        with tempfile.TemporaryDirectory() as folder:
            configuration, _problems = Ahoy.configuration_read_folder(schema, folder)
            core.configure(configuration)
        log = core.get_interception().get_security_log()
        heard, passwords = [], []
        log.connect('event', lambda _log, event: heard.append(event.get_name()))
        log.connect('event::invalid-password', lambda _log, event: passwords.append(event))
        source = Gio.InetSocketAddress.new_from_string('192.0.2.7', 5060)
        for kind in (Ahoy.SecurityEventType.INVALID_PASSWORD, Ahoy.SecurityEventType.FAILED_ACL):
            log.report_source(kind, source, 'tcp', 'bob', GLib.Variant('a{ss}', {'why': 'test'}))
        self.assertEqual(heard, ['invalid-password', 'failed-acl'])
        self.assertEqual(passwords[0].get_facts().unpack(), {'why': 'test'})
        guard = core.get_guard()
        self.assertFalse(guard.is_banned(source.get_address()))
        guard.ban('192.0.2.7', 60, 'a test')
        self.assertTrue(guard.is_banned(source.get_address()))
        self.assertEqual(guard.list_bans().unpack()[0][2], 'a test')


class Fail2ban(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-fail2ban-'))
        self.addCleanup(shutil.rmtree, self.folder)

    def addresses(self, lines):
        """The addresses that fail2ban finds in the lines of a log, by our filter."""
        log = self.folder / 'log'
        log.write_text('\n'.join(lines) + '\n', 'utf-8')
        shutil.copy(DATA / 'filter.conf', self.folder / 'ahoy.conf')
        done = subprocess.run(['fail2ban-regex', '-o', 'ip', str(log),
                               str(self.folder / 'ahoy.conf')],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout.split()

    def test_types(self):
        """each type: what tries doors is found with its address, IPv4 and IPv6, and no other"""
        for name in NAMES:
            with self.subTest(name=name):
                line = PREFIXES[0] + make_event(name, '192.0.2.7', 'bob').to_string()
                self.assertEqual(self.addresses([line]), ['192.0.2.7'] * (name in FAILURES))
        for address in ('192.0.2.7', '2001:db8::7'):
            lines = [prefix + make_event(name, address, 'bob').to_string()
                     for prefix in PREFIXES for name in NAMES]
            self.assertEqual(self.addresses(lines), [address] * (len(PREFIXES) * len(FAILURES)))

    def test_hostile(self):
        """whatever a peer writes as its name, no other address is found, and none twice"""
        lines = [prefix + make_event(name, '192.0.2.7', text).to_string()
                 for prefix in PREFIXES for text in HOSTILE for name in NAMES]
        self.assertEqual(self.addresses(lines),
                         ['192.0.2.7'] * (len(PREFIXES) * len(HOSTILE) * len(FAILURES)))

    def test_other_messages(self):
        """a message of the daemon that cites a peer is no event"""
        self.assertEqual(self.addresses([prefix + text + FORGED + 'transport=udp account="'
                                         for prefix in PREFIXES
                                         for text in ('A peer says: ', 'x ', '“', 'ahoyd[1]: ')]),
                         [])

    def test_scanner(self):
        """a blocked user agent is found by what the guard tells of it"""
        source = Gio.InetSocketAddress.new_from_string('192.0.2.7', 5070)
        event = Ahoy.SecurityEvent.new(Ahoy.SecurityEventType.REQUEST_NOT_ALLOWED, source, None,
                                       None, None, None,
                                       GLib.Variant('a{ss}', {'reason': 'blocked user agent',
                                                              'user-agent': HOSTILE[0]}))
        self.assertEqual(self.addresses([PREFIXES[0] + event.to_string()]), ['192.0.2.7'])

    def test_jail(self):
        """fail2ban takes our jail and our filter as they are installed"""
        config = self.folder / 'fail2ban'
        shutil.copytree('/etc/fail2ban', config)
        shutil.copy(DATA / 'filter.conf', config / 'filter.d' / 'ahoy.conf')
        text = (DATA / 'jail.conf').read_text('utf-8')
        for name in (config / 'jail.d').iterdir():
            name.unlink()
        self.assertIn('enabled  = false', text)
        (config / 'jail.d' / 'ahoy.conf').write_text(
            text.replace('enabled  = false', 'enabled  = true'), 'utf-8')
        done = subprocess.run(['fail2ban-client', '-c', str(config), '-d'], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("'ahoy', 'addjournalmatch', 'MESSAGE_ID=e05a690290114e0fb42eb4e05da8e6d4'",
                      done.stdout)
        self.assertEqual(done.stdout.count("'addaction'"), 2)
        self.assertIn("'maxretry', 5", done.stdout)


if __name__ == '__main__':
    os.environ['LC_ALL'] = 'C.UTF-8'
    agent.main(100)
