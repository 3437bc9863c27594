# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-03, REGI-05: where contacts are kept, and what becomes of them when the daemon begins anew
or its configuration is another one.
"""

import pathlib
import tempfile
import time
import unittest

import agent
from bus_monitor import Monitor
from daemon import Daemon, anyone
from sip_peer import Failure, Peer

BOB = '''
[endpoint bob]
auth=none
aors=sales
'''
SALES = '''
[aor sales]
max-contacts=3
contact=<sip:desk@192.0.2.7>;q=0.3
'''


class Location(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name)

    def start(self, text=BOB + SALES):
        self.daemon = Daemon(anyone(('600', 'answer')) + text, '--state', str(self.state))
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def restart(self, text=BOB + SALES):
        self.monitor.close()
        self.daemon.stop()
        self.start(text)

    def reload(self, text):
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(anyone(('600', 'answer')) + text, 'utf-8')
        return self.daemon.call('', 'Manager', 'Reload')[0]

    def register(self, aor='bob', uri='sip:b@192.0.2.1'):
        peer = Peer('udp', target=self.daemon.address())
        self.addCleanup(peer.close)
        request = peer.register(f'sip:{aor}@{peer.target_uri().split("@")[1]}', 3600,
                                contact=f'<{uri}>')
        request.set('From', f'<sip:bob@ahoy.example>;tag={peer.unique("f")}')
        peer.send(request)
        peer.expect(200)

    def contacts(self):
        return [contact[0] for contact in self.daemon.get('endpoint/bob', 'Endpoint', 'Contacts')]

    def wait_for_signals(self, *wanted):
        end = time.monotonic() + 15
        while (now := [(signal.member, *signal.arguments) for signal in self.monitor.signals
                       if signal.member in ('ContactAdded', 'ContactRemoved')]) != list(wanted):
            if time.monotonic() > end:
                raise Failure(f'{now}, not {wanted}\n' + self.daemon.report())
            time.sleep(0.02)  # between two looks at what was heard

    def test_restart(self):
        """who registered is there in the next daemon, which tells nobody"""
        self.start()
        self.register()
        self.register('sales', 'sip:s@192.0.2.2')
        self.assertTrue((self.state / 'location.db').exists())
        self.assertEqual((self.state / 'location.db').stat().st_mode & 0o777, 0o600)
        self.restart()
        self.assertEqual(set(self.contacts()),
                         {'sip:b@192.0.2.1', 'sip:s@192.0.2.2', 'sip:desk@192.0.2.7'})
        self.register(uri='sip:b@192.0.2.3')
        self.wait_for_signals(('ContactAdded', 'sip:b@192.0.2.3'))

    def test_own_database(self):
        """[store NAME] puts contacts elsewhere"""
        store = '\n[store contacts]\nbackend=sqlite\npath=who/is/where.db\ntypes=location\n'
        self.start(BOB + SALES + store)
        self.register()
        self.assertTrue((self.state / 'who/is/where.db').exists())
        self.assertFalse((self.state / 'location.db').exists())
        self.restart(BOB + SALES + store)
        self.assertIn('sip:b@192.0.2.1', self.contacts())

    def test_memory(self):
        """contacts may be kept from the disk; what the configuration says stays"""
        store = '\n[store contacts]\nbackend=memory\ntypes=location\n'
        self.start(BOB + SALES + store)
        self.register()
        self.assertIn('sip:b@192.0.2.1', self.contacts())
        self.restart(BOB + SALES + store)
        self.assertEqual(self.contacts(), ['sip:desk@192.0.2.7'])
        self.assertEqual([path.name for path in self.state.glob('*.db')
                          if path.name == 'location.db'], [])

    def test_key_files(self):
        """key files are no place for contacts, and a store of something else neither"""
        self.start()
        for text, reason in (
                ('backend=file\npath=who\ntypes=location\n', 'contacts change too often'),
                ('backend=sqlite\npath=who.db\ntypes=location;aor\n', 'a store of its own')):
            (self.daemon.config / 'ahoy.conf').write_text(f'[store contacts]\n{text}', 'utf-8')
            done = self.daemon.ctl('config', 'check', self.daemon.config, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(reason, done.stdout + done.stderr)

    def test_aor_goes_and_comes_back(self):
        """contacts of an address of record that a reload takes away come back with it"""
        self.start()
        self.register('sales', 'sip:s@192.0.2.2')
        self.assertEqual(self.contacts(), ['sip:s@192.0.2.2', 'sip:desk@192.0.2.7'])
        self.daemon.warnings_expected = True  # bob's aors names nothing
        self.reload(BOB)
        self.assertEqual(self.contacts(), [])
        self.wait_for_signals(('ContactAdded', 'sip:s@192.0.2.2'),
                              ('ContactRemoved', 'sip:s@192.0.2.2', 'reconfigured'))
        self.reload(BOB + SALES)
        self.assertEqual(self.contacts(), ['sip:s@192.0.2.2', 'sip:desk@192.0.2.7'])
        self.wait_for_signals(('ContactAdded', 'sip:s@192.0.2.2'),
                              ('ContactRemoved', 'sip:s@192.0.2.2', 'reconfigured'),
                              ('ContactAdded', 'sip:s@192.0.2.2'))

    def test_endpoint_goes_and_comes_back(self):
        """and so do those of an endpoint, also over a restart between"""
        self.start()
        self.register()
        self.reload(SALES)
        self.assertNotIn('/org/ahoy/Ahoy1/endpoint/bob', self.daemon.objects('endpoint'))
        self.restart(SALES)
        self.reload(BOB + SALES)
        self.assertIn('sip:b@192.0.2.1', self.contacts())

    def test_other_keys(self):
        """another configuration of an address of record leaves its contacts"""
        self.start()
        for number in range(3):
            self.register('sales', f'sip:s{number}@192.0.2.2')
        self.reload(BOB + SALES.replace('max-contacts=3', 'max-contacts=1')
                    .replace('192.0.2.7', '192.0.2.8'))
        self.assertEqual(self.contacts(), ['sip:s2@192.0.2.2', 'sip:s1@192.0.2.2',
                                           'sip:s0@192.0.2.2', 'sip:desk@192.0.2.8'])


if __name__ == '__main__':
    agent.main()
