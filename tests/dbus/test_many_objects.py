# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""More objects than a message on the bus may have: the daemon stays, and lists come in pages."""

import json
import unittest

from bus_client import Client, Refused
from daemon import NAME, ROOT, Daemon, anyone
from sip_peer import Peer

MANAGER = 'org.freedesktop.DBus.ObjectManager'
ENDPOINT = f'{NAME}.Endpoint'
FILE = 1000  # endpoints in one file


def endpoints(count, more=''):
    """Files with so many endpoints."""
    return {f'conf.d/{first}.conf': ''.join(f'[endpoint e{number}]\nauth=none\n{more}\n'
                                            for number in range(first, min(first + FILE, count)))
            for first in range(0, count, FILE)}


class ManyObjects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        daemon = Daemon(anyone(('600', 'answer')))
        cls.sanitized = daemon.is_sanitized()
        daemon.stop()

    def start(self, count, more='', after=''):
        if self.sanitized and count > 1000:
            self.skipTest('a sanitizer takes too much memory for so many')
        files = {'ahoy.conf': anyone(('600', 'answer')) + after, **endpoints(count, more)}
        self.daemon = Daemon(files)
        self.daemon.warnings_expected = True  # of auth=none, for each
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)

    def list_all(self):
        return self.client.call(ROOT, MANAGER, 'GetManagedObjects', timeout=120000)[0]

    def page(self, after='', count=0, interface=ENDPOINT):
        return self.client.call('', 'Manager', 'ListManagedObjects', 'ssu', interface, after,
                                count)

    def pages(self, count=0, interface=ENDPOINT):
        found, after = [], ''
        while True:
            objects, after = self.page(after, count, interface)
            found += objects
            if not after:
                return found
            self.assertEqual(after, objects[-1][0])

    def assert_too_many(self):
        with self.assertRaises(Refused) as caught:
            self.list_all()
        self.assertEqual(caught.exception.name, 'LimitExceeded')
        self.assertIn('ListManagedObjects', caught.exception.message)
        # It is still there, and hears.
        self.assertEqual(self.daemon.get('', 'Manager', 'State'), 'running')

    def test_pages(self):
        """pages of any size have each object once, with what GetManagedObjects says of it"""
        self.start(60)
        wanted = {path: interfaces[ENDPOINT] for path, interfaces in self.list_all().items()
                  if ENDPOINT in interfaces}
        self.assertEqual(len(wanted), 61)
        for count in (0, 1, 7, 60, 61, 62, 4294967295):
            with self.subTest(count=count):
                found = self.pages(count)
                self.assertEqual(dict(found), wanted)
                self.assertEqual([path for path, _ in found], sorted(wanted))
        self.assertLessEqual(len(self.page(count=7)[0]), 7)
        self.assertEqual(len(self.page(count=1)[0]), 1)
        transports = self.pages(1, f'{NAME}.Transport')
        self.assertEqual({values['Name'] for _, values in transports},
                         {'udp', 'tcp', 'udp6', 'tcp6'})

    def test_odd_questions(self):
        """no such interface; behind the last one; behind one that is not there"""
        self.start(5)
        for interface in ('', 'org.ahoy.Ahoy1.Nothing', f'{NAME}.Manager', '\n'):
            with self.subTest(interface=interface), self.assertRaises(Refused) as caught:
                self.page(interface=interface)
            self.assertEqual(caught.exception.name, 'InvalidArguments')
        self.assertEqual(self.page('~'), ([], ''))
        self.assertEqual(self.page(f'{ROOT}/endpoint/e4'), ([], ''))
        self.assertEqual(self.page(f'{ROOT}/registration', interface=ENDPOINT), ([], ''))
        self.assertEqual([path for path, _ in self.page(f'{ROOT}/endpoint/e2x')[0]],
                         [f'{ROOT}/endpoint/e3', f'{ROOT}/endpoint/e4'])
        self.assertEqual(len(self.page('!')[0]), 6)
        self.assertEqual(self.page(interface=f'{NAME}.Session'), ([], ''))

    def test_sessions(self):
        """sessions and their streams, which lie below them, are told apart"""
        self.start(0)
        target = f'sip:600@127.0.0.1:{self.daemon.ports["udp"]}'
        session = self.daemon.dial(target)
        self.daemon.wait(session, 'active')
        sessions = [path for path, _ in self.pages(1, f'{NAME}.Session')]
        streams = [path for path, _ in self.pages(1, f'{NAME}.Stream')]
        self.assertEqual(len(sessions), 2)  # we called ourselves
        self.assertEqual(sorted(streams), sorted(f'{path}/stream/0' for path in sessions))

    def test_many(self):
        """51 000 endpoints: all at once is refused, and ahoyctl lists them"""
        count = 51000
        self.start(count, after='[endpoint phone.one]\nauth=none\nmax-contacts=1\n')
        self.assert_too_many()
        peer = Peer('udp', target=self.daemon.address())
        self.addCleanup(peer.close)
        request = peer.register(f'sip:phone.one@{peer.target_uri().split("@")[1]}', 600,
                                contact=f'<sip:here@{peer.address}>')
        request.set('From', '<sip:phone.one@ahoy.example>;tag=one')
        peer.send(request)
        peer.expect(200)
        shown = json.loads(self.daemon.ctl('--json', 'endpoints', timeout=200).stdout)
        self.assertEqual({entry['Name'] for entry in shown},
                         {f'e{number}' for number in range(count)} | {'phone.one', 'anonymous'})
        shown = json.loads(self.daemon.ctl('--json', 'contacts', timeout=200).stdout)
        self.assertEqual([(entry['Endpoint'], entry['Uri']) for entry in shown],
                         [('phone.one', f'sip:here@{peer.address}')])
        # One of them is found by its name.
        shown = json.loads(self.daemon.ctl('--json', 'contacts', 'phone.one', timeout=5).stdout)
        self.assertEqual(len(shown), 1)
        done = self.daemon.ctl('contacts', 'e51000', check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('There is no endpoint “e51000”', done.stderr)

    def test_large(self):
        """few large objects that fit into a message come whole"""
        self.start(7000, 'description=' + 'x' * 3000)
        self.assertEqual(len([path for path in self.list_all() if '/endpoint/' in path]), 7001)
        self.assertEqual(len(self.pages()), 7001)

    def test_too_large(self):
        """few large objects that do not fit are refused, and come in pages"""
        self.start(9000, 'description=' + 'x' * 3000)
        self.assert_too_many()
        self.assertEqual(len(self.pages()), 9001)


if __name__ == '__main__':
    import tap
    tap.main(360)
