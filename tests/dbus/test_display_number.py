# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""IDEN-09: DisplayNumber, the number of who calls as people write it, by the plugin or without."""

import os
import pathlib
import unittest

import agent
from daemon import Daemon, anyone
from sip_peer import SDP, Call, Peer

PLUGINS = os.environ['AHOY_PLUGIN_DIRECTORY']
TRUSTED = 'trust-identity=yes'


class DisplayNumber(unittest.TestCase):
    def start(self, core='', endpoint='', **environment):
        self.daemon = Daemon(anyone(('600', 'answer, wait(60)'), core=core,
                                    endpoint=f'{TRUSTED}\n{endpoint}'), environment=environment)
        self.addCleanup(self.daemon.stop)
        self.peer = Peer('udp', target=self.daemon.address())
        self.addCleanup(self.peer.close)

    def shown(self, number, *headers):
        """DisplayNumber of a call of that number, as the bus and ahoyctl have it."""
        call = Call(self.peer, self.peer.target_uri('600'))
        self.peer.send('INVITE', call=call, body=SDP, headers=(
            f'P-Asserted-Identity: <sip:{number}@trunk>', *headers))
        call.established(self.peer.expect(200, skip=(100, 180, 183)))
        self.peer.send('ACK', call=call)
        self.daemon.wait_for_sessions(1)
        [path] = [path for path in self.daemon.objects('session')
                  if self.daemon.get(path, 'Session', 'State') == 'active']
        text = self.daemon.get(path, 'Session', 'DisplayNumber')
        listed = self.daemon.ctl('session', path.rsplit('/', 1)[1]).stdout
        self.assertEqual('DisplayNumber' in listed, bool(text))
        for output in listed, self.daemon.ctl('sessions').stdout if text else text:
            self.assertIn(text, output)
        self.peer.send('BYE', call=call)
        self.peer.expect(200)
        self.daemon.wait_for_sessions(0)
        return text

    def is_loaded(self):
        maps = pathlib.Path(f'/proc/{self.daemon.process.pid}/maps').read_text('utf-8')
        return 'libphonenumber.so' in maps

    @unittest.skipUnless(list(pathlib.Path(PLUGINS).glob('libahoy-phonenumber.so')),
                         'the plugin was not built')
    def test_countries(self):
        """for who is in Germany; of an endpoint in another country; what is no number is not"""
        self.start('country=DE')
        self.assertTrue(self.is_loaded())
        for number, text in (('+4930123456', '030 123456'), ('030123456', '030 123456'),
                             ('+442079460958', '+44 20 7946 0958'), ('200', '200'),
                             ('anna', ''), ('anonymous', '')):
            with self.subTest(number=number):
                self.assertEqual(self.shown(number), text)
        self.assertEqual(self.shown('+4930123456', 'Privacy: id'), '')
        path = self.daemon.config / 'ahoy.conf'
        text = path.read_text('utf-8')
        path.write_text(text.replace(TRUSTED, TRUSTED + '\ncountry=GB'), 'utf-8')
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])
        self.assertEqual(self.shown('02079460958'), '020 7946 0958')
        path.write_text(text.replace('country=DE', ''), 'utf-8')
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload')[1], [])
        self.assertEqual(self.shown('+4930123456'), '')

    def test_without_country(self):
        """who names no country has no plugin in memory, and no text"""
        self.start()
        self.assertFalse(self.is_loaded())
        self.assertEqual(self.shown('+4930123456'), '')

    def test_without_plugin(self):
        """where the plugin is not installed the log says so, and all else works"""
        self.start('country=DE', AHOY_PLUGIN_DIRECTORY='/nonexistent')
        self.assertIn('Numbers are not written as people in DE do', '\n'.join(self.daemon.log.all))
        self.assertFalse(self.is_loaded())
        self.assertEqual(self.shown('+4930123456'), '')

    def test_mistake(self):
        """a country that is none is told with its line"""
        self.start()
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8').replace(TRUSTED, 'country=Germany'), 'utf-8')
        self.assertRegex(self.daemon.call('', 'Manager', 'Reload')[1][0],
                         r'ahoy.conf:\d+: .*Germany.*ISO 3166')


if __name__ == '__main__':
    agent.main(180)
