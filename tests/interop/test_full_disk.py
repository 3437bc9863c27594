# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-03, MESG-09: what cannot be stored is refused, nothing of it is seen, and there is no need
to start again when there is room.

The state is on a file system that is full (for root), or in files that may not grow.
"""

import contextlib
import ctypes
import errno
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import unittest

import agent
from bus_monitor import Monitor
from daemon import Daemon
from phone import until
from registering import Phone
from sip_peer import Peer

NEW_NAMESPACE = 0x20000  # CLONE_NEWNS
BODY = 'x' * 8000        # more than what is free at the end of a page
CONFIG = '''
[core]
realm=ahoy
overload-delay=0
[transport udp]
protocol=udp
bind=127.0.0.1:0
[transport tcp]
protocol=tcp
bind=127.0.0.1:0
[endpoint alice]
password=secret
identify=username
max-contacts=20
[endpoint bob]
auth=none
identify=username
store-messages=yes
[endpoint carol]
auth=none
identify=username
'''


def mount_tmpfs(folder):
    """A small file system that only this process and its children see; False where none can be had,
    as below a changed root, whose mounts cannot be kept to oneself."""
    libc = ctypes.CDLL(None, use_errno=True)
    mounts = pathlib.Path('/proc/self/mountinfo').read_text('utf-8').splitlines()
    if os.geteuid() != 0 or not any(line.split()[4] == '/' for line in mounts):
        return False
    if libc.unshare(NEW_NAMESPACE) != 0:  # a container may forbid it
        return False
    for arguments in (['--make-rprivate', '/'],
                      ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', str(folder)]):
        subprocess.run(['mount', *arguments], check=True)
    return True


class Limited:
    """No file of the daemon may grow."""

    def __init__(self, state):
        self.state = state

    @contextlib.contextmanager
    def full(self, daemon):
        pid = daemon.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, before[1]))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


class Filled:
    """There is not a byte left where the state is."""

    def __init__(self, state):
        self.filler = pathlib.Path(state, 'filler')

    @contextlib.contextmanager
    def full(self, _daemon):
        try:
            with self.filler.open('wb', buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        try:
            yield
        finally:
            self.filler.unlink()


class Full(unittest.TestCase):
    def start(self, unprivileged=False):
        """Starts the daemon, as one to whom the modes of files mean something."""
        program = os.environ['AHOY_DAEMON']
        if unprivileged and os.geteuid() == 0:
            wrapper = pathlib.Path(self.state, 'unprivileged')
            wrapper.write_text('#!/bin/sh\nexec setpriv --bounding-set=-all --inh-caps=-all '
                               f'"{program}" "$@"\n')
            wrapper.chmod(0o755)
            os.environ['AHOY_DAEMON'] = str(wrapper)
        try:
            self.daemon = Daemon(CONFIG, '--state', self.state)
        finally:
            os.environ['AHOY_DAEMON'] = program
        self.addCleanup(self.stop)

    def stop(self):
        if self.daemon is not None:
            self.daemon.stop()
            self.daemon = None

    def phone(self, name='alice', transport='udp'):
        peer = Peer(transport, '127.0.0.1', self.daemon.address(transport))
        self.addCleanup(peer.close)
        return Phone(peer, name, 'secret')

    def contacts(self):
        return set(self.phone().contacts())

    def stored(self):
        return [entry[0] for entry in self.daemon.call('', 'Messages', 'ListStored', 's', 'bob')[0]]

    def write(self, peer):
        """The status of the answer to a message for bob, who is not there."""
        request = peer.build('MESSAGE', f'sip:bob@127.0.0.1:{self.daemon.ports["tcp"]}',
                             from_='<sip:carol@127.0.0.1>;tag=1', body=BODY,
                             content_type='text/plain')
        peer.send(request)
        return peer.expect('final', call_id=request.call_id).status

    def run_full(self, way):
        self.start()
        self.daemon.warnings_expected = True  # that nothing is stored
        phone = self.phone()
        phone.register('<sip:a@127.0.0.1:5999>', expires=3600)
        writer = Peer('tcp', '127.0.0.1', self.daemon.address('tcp'))
        self.addCleanup(writer.close)
        self.assertEqual(self.write(writer), 202)
        kept = self.stored()
        self.assertEqual(len(kept), 1)
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        with way.full(self.daemon):
            long = 'u' * 3000  # needs pages of its own
            for transport in ('udp', 'tcp'):
                other = self.phone(transport=transport)
                answer = other.register(f'<sip:b@127.0.0.1:5999;x={long[:900]}>', expires=3600,
                                        status=500)
                self.assertTrue(10 <= int(answer.get('Retry-After')) <= 60)
                self.assertEqual(self.contacts(), {'sip:a@127.0.0.1:5999'})
            # To take it back has to be stored as well.
            phone.register('<sip:a@127.0.0.1:5999>', expires=0, status=500)
            phone.register('*', expires=0, status=500)
            self.assertEqual(self.contacts(), {'sip:a@127.0.0.1:5999'})
            self.assertIn(self.write(writer), (480, 500))
            self.assertEqual(self.stored(), kept)
            self.assertEqual([signal.member for signal in monitor.signals
                              if signal.member.startswith('Contact')], [])
        # There is room again.
        phone.register('<sip:c@127.0.0.1:5999>', expires=3600)
        self.assertEqual(self.write(writer), 202)
        self.assertEqual(self.contacts(), {'sip:a@127.0.0.1:5999', 'sip:c@127.0.0.1:5999'})
        kept = self.stored()
        self.assertEqual(len(kept), 2)
        # And it is in the files as it was in memory.
        self.stop()
        self.start()
        self.assertEqual(self.contacts(), {'sip:a@127.0.0.1:5999', 'sip:c@127.0.0.1:5999'})
        self.assertEqual(self.stored(), kept)
        phone = self.phone()
        phone.register('*', expires=0)
        self.assertEqual(self.contacts(), set())

    def make_state(self):
        self.daemon = None
        self.state = tempfile.mkdtemp(prefix='ahoy-state-')
        self.addCleanup(shutil.rmtree, self.state, ignore_errors=True)

    def test_limit(self):
        """files may not grow: 500, and later 200 again"""
        self.make_state()
        self.run_full(Limited(self.state))
        print('# files that may not grow: ok', flush=True)

    def test_read_only(self):
        """files that may only be read when it begins: 500, and nothing of them is lost later"""
        self.make_state()
        self.start()
        self.phone().register('<sip:a@127.0.0.1:5999>', expires=3600)
        self.stop()
        database = pathlib.Path(self.state, 'location.db')
        database.chmod(0o444)
        self.start(unprivileged=True)
        self.daemon.warnings_expected = True
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        phone = self.phone()
        for expires in (3600, 0):
            answer = phone.register('<sip:b@127.0.0.1:5999>', expires=expires, status=500)
            self.assertTrue(10 <= int(answer.get('Retry-After')) <= 60)
        database.chmod(0o600)
        until(lambda: phone.register('<sip:b@127.0.0.1:5999>', expires=3600,
                                     status='final').status == 200, self.daemon.report)
        both = {'sip:a@127.0.0.1:5999', 'sip:b@127.0.0.1:5999'}
        self.assertEqual(self.contacts(), both)
        until(lambda: [signal.member for signal in monitor.signals
                       if signal.member.startswith('Contact')] == ['ContactAdded'] * 2,
              lambda: str(monitor.signals))
        self.stop()
        self.start()
        self.assertEqual(self.contacts(), both)
        print('# files that may only be read: ok', flush=True)

    def test_z_tmpfs(self):
        """the file system is full: 500, and later 200 again"""
        self.make_state()
        if mount_tmpfs(self.state):
            self.addCleanup(subprocess.run, ['umount', '-l', self.state], check=True)
            self.run_full(Filled(self.state))
            print('# a full tmpfs: ok', flush=True)
        else:  # the same by a limit that comes and goes
            self.run_full(Limited(self.state))
            print('# no tmpfs of its own: files that may not grow: ok', flush=True)


if __name__ == '__main__':
    agent.main(100)
