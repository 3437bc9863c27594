# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-30: security events in a journal, as journalctl reads their fields.

A journald of its own runs in a mount namespace of its own, so the journal of the machine sees
nothing of it. Where namespaces are forbidden the test is skipped.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import agent
from daemon import NAME, ROOT, TRANSPORTS, Bus
from sip_peer import Peer

INSIDE = 'AHOY_TEST_JOURNAL'
JOURNALD = '/lib/systemd/systemd-journald'
CONFIG = TRANSPORTS + '[endpoint bob]\nauth=none\nmatch=192.0.2.7\n'


def can_unshare():
    return os.path.exists(JOURNALD) and subprocess.run(
        ['unshare', '--mount', '--map-root-user', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'],
        capture_output=True, check=False).returncode == 0


def wait_until(look, what, seconds=30):
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f'{what}: not within {seconds} s')
        time.sleep(0.05)  # between two questions, not for anything to happen
    return found


@unittest.skipUnless(INSIDE in os.environ or can_unshare(), 'no mount namespaces, or no journald')
class Journal(unittest.TestCase):
    def setUp(self):
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run'], check=True)
        pathlib.Path('/run/systemd/journal').mkdir(parents=True)
        pathlib.Path('/run/log/journal').mkdir(parents=True)
        self.start([JOURNALD], stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists('/run/systemd/journal/stdout'), 'journald')
        self.bus = Bus()
        self.addCleanup(self.bus.close)
        folder = tempfile.TemporaryDirectory(prefix='ahoy-journal-')
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / 'ahoy.conf').write_text(CONFIG, 'utf-8')
        environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.bus.address)
        self.start(['systemd-cat', '-t', 'ahoyd', os.environ['AHOY_DAEMON'], '--session',
                    '--config', folder.name, '--state', folder.name], env=environment)
        wait_until(lambda: self.get('', 'Manager', 'State') == 'running', 'ahoyd')
        self.port = self.get('/transport/udp', 'Transport', 'Port')

    def start(self, command, **keys):
        process = subprocess.Popen(command, **keys)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)

    def get(self, path, interface, name):
        done = subprocess.run(['busctl', f'--address={self.bus.address}', '--json=short',
                               'get-property', NAME, ROOT + path, f'{NAME}.{interface}', name],
                              capture_output=True, text=True, timeout=30, check=False)
        return json.loads(done.stdout)['data'] if done.returncode == 0 else None

    def journal(self, *matches):
        done = subprocess.run(['journalctl', '-D', '/run/log/journal', '-o', 'json', '--no-pager',
                               *matches], capture_output=True, text=True, timeout=30, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    @unittest.skipUnless(INSIDE in os.environ, 'inside of the namespace only')
    def test_fields(self):
        """journalctl finds an event by its fields, and no field is forged"""
        peer = Peer('udp', target=('127.0.0.1', self.port))
        self.addCleanup(peer.close)
        request = peer.build('OPTIONS', from_='<sip:x%0AAHOY_SECURITY_EVENT=y@127.0.0.1>;tag=1')
        peer.send(request)
        self.assertGreaterEqual(peer.receive().status, 401)
        event = wait_until(lambda: self.journal('AHOY_SECURITY_EVENT=invalid-account-id'),
                           'the event')[0]
        self.assertEqual(event['AHOY_SECURITY_SOURCE_ADDRESS'], '127.0.0.1')
        self.assertEqual(event['AHOY_SECURITY_SOURCE_PORT'], str(peer.port))
        self.assertEqual(event['AHOY_SECURITY_TRANSPORT'], 'udp')
        self.assertEqual(event['AHOY_SECURITY_SEVERITY'], 'error')
        self.assertEqual(event['AHOY_SECURITY_METHOD'], 'OPTIONS')
        self.assertEqual(event['AHOY_SECURITY_CALL_ID'], request.call_id)
        self.assertIn('x%0AAHOY_SECURITY_EVENT=y', event['AHOY_SECURITY_ACCOUNT'])
        self.assertTrue(event['MESSAGE'].startswith('Security event=invalid-account-id '))
        self.assertEqual(len(self.journal('MESSAGE_ID=e05a690290114e0fb42eb4e05da8e6d4')), 1)
        self.assertEqual(self.journal('AHOY_SECURITY_EVENT=y'), [])


if __name__ == '__main__':
    if INSIDE not in os.environ and can_unshare():
        os.environ[INSIDE] = '1'
        sys.exit(subprocess.run(['unshare', '--mount', '--map-root-user', sys.executable,
                                 *sys.argv], check=False).returncode)
    agent.main(100)
