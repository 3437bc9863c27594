# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-37: secrets in the Secret Service of the session, which is a real gnome-keyring-daemon."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import agent
import sip_digest
from daemon import TRANSPORTS, Bus, BusError, Daemon
from sip_peer import Failure, Peer

BASE = '''
[core]
t1=50ms
overload-delay=0
''' + TRANSPORTS
SERVICE = 'org.freedesktop.secrets'
PATH = '/org/freedesktop/secrets'
LOCKED = 'its keyring is locked; unlock it'


class Keyring:
    """gnome-keyring-daemon on a private bus, open, with nothing in it."""

    def __init__(self, bus):
        self.folder = tempfile.TemporaryDirectory(prefix='ahoy-keyring-')
        place = self.folder.name
        self.environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=bus.address, HOME=place,
                                XDG_DATA_HOME=place, XDG_RUNTIME_DIR=place)
        self.bus = bus
        self.log = open(pathlib.Path(place, 'log'), 'w+', encoding='utf-8')
        self.process = subprocess.Popen(
            ['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets',
             f'--control-directory={place}/control'],
            stdin=subprocess.PIPE, stdout=self.log, stderr=self.log, env=self.environment)
        self.process.stdin.write(b'the password of the keyring')
        self.process.stdin.close()
        end = time.monotonic() + 20
        while not self.is_open():
            if self.process.poll() is not None or time.monotonic() > end:
                self.close()
                raise Failure('gnome-keyring-daemon does not start')
            time.sleep(0.02)  # between two looks, not for anything to happen

    def busctl(self, *arguments):
        done = subprocess.run(['busctl', f'--address={self.bus.address}', *arguments],
                              capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise BusError(done.stderr)
        return done.stdout

    def is_open(self):
        try:
            return self.busctl('get-property', SERVICE, PATH + '/collection/login',
                               'org.freedesktop.Secret.Collection', 'Locked').strip() == 'b false'
        except BusError:
            return False

    def tool(self, command, *arguments, secret=''):
        subprocess.run(['secret-tool', command, *arguments], input=secret, text=True,
                       timeout=30, check=True, env=self.environment)

    def store(self, name, secret, *more):
        """As the manual says it."""
        self.tool('store', '--label=Ahoy', 'application', 'ahoy', 'name', name, *more,
                  secret=secret)

    def lock(self):
        self.busctl('call', SERVICE, PATH, 'org.freedesktop.Secret.Service', 'Lock', 'ao', '1',
                    PATH + '/collection/login')

    def close(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        self.folder.cleanup()


class SecretService(unittest.TestCase):
    def setUp(self):
        self.bus = Bus()
        self.addCleanup(self.bus.close)
        self.daemon = None

    def keyring(self):
        keyring = Keyring(self.bus)
        self.addCleanup(keyring.close)
        return keyring

    def start(self, text='', *arguments):
        self.daemon = Daemon(BASE + text, *arguments, bus=self.bus)
        self.daemon.warnings_expected = True
        self.addCleanup(self.stop)
        return self.daemon

    def stop(self):
        if self.daemon is not None:
            daemon, self.daemon = self.daemon, None
            daemon.stop()

    def reload(self, text):
        (self.daemon.config / 'ahoy.conf').write_text(BASE + text, 'utf-8')
        return self.daemon.call('', 'Manager', 'Reload')

    def told(self, text):
        """What one error says of a group that begins behind the base, without its place."""
        _changed, errors = self.reload(text)
        self.assertEqual(len(errors), 1, errors)
        place = f'{self.daemon.config}/ahoy.conf:{(BASE + text).count(chr(10))}: '
        self.assertTrue(errors[0].startswith(place), errors)
        return errors[0][len(place):]

    def proves(self, password, user='bob'):
        """The status of a request of bob's with this password."""
        peer = Peer('udp', '127.0.0.1', self.daemon.address())
        try:
            request = peer.build('OPTIONS',
                                 from_=f'<sip:{user}@example.org>;tag={peer.unique("f")}')
            peer.send(request)
            challenge = peer.expect(401, call_id=request.call_id)
            again = request.copy()
            again.set('Via', peer.via())
            again.set('CSeq', f'{request.cseq + 1} OPTIONS')
            again.set('Authorization', sip_digest.authorization(
                challenge.get('www-authenticate'), 'OPTIONS', request.uri, user, password))
            peer.send(again)
            return peer.expect((200, 401), call_id=request.call_id).status
        finally:
            peer.close()

    def test_use(self):
        """a phone proves itself with the secret of the keyring; a reload takes a new one"""
        keyring = self.keyring()
        keyring.store('bob', 'first-secret')
        self.start('[endpoint bob]\npassword-secret=bob\n')
        self.assertEqual(self.proves('first-secret'), 200)
        self.assertEqual(self.proves('wrong'), 401)
        text = '[endpoint bob]\npassword-secret=bob\n'
        self.assertEqual(self.reload(text), [[], []])
        keyring.store('bob', 'second-secret\n')  # as from echo: its end does not count
        self.assertEqual(self.reload(text), [['endpoint bob: changed (password)'], []])
        self.assertEqual(self.proves('second-secret'), 200)
        self.assertEqual(self.proves('first-secret'), 401)
        shown = repr(self.daemon.call('', 'Config', 'Get', 'ss', 'endpoint', 'bob'))
        for secret in ('first-secret', 'second-secret'):
            self.assertNotIn(secret, shown + '\n'.join(self.daemon.log.all))

    def test_phone(self):
        """a group that stands for others has it too, and config expand prints where it is"""
        self.keyring().store('bob', 'geheim')
        self.start('[phone bob]\npassword-secret=bob\n')
        self.assertEqual(self.proves('geheim'), 200)
        out = self.daemon.ctl('config', 'expand', str(self.daemon.config)).stdout
        self.assertIn('password-secret=bob\n', out)
        self.assertNotIn('geheim', out)

    def test_put(self):
        """an object that is put keeps where its secret is, and reads it after a restart"""
        keyring = self.keyring()
        keyring.store('bob', 'geheim')
        with tempfile.TemporaryDirectory() as state:
            daemon = self.start('', '--state', state)
            with self.assertRaisesRegex(BusError, 'name=eve; store it: secret-tool store'):
                daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', 'bob', 1,
                            'password-secret', 'eve')
            daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', 'bob', 1, 'password-secret',
                        'bob')
            self.assertEqual(self.proves('geheim'), 200)
            self.stop()
            self.assertFalse([file for file in pathlib.Path(state).rglob('*')
                              if file.is_file() and b'geheim' in file.read_bytes()])
            keyring.store('bob', 'anders')
            self.start('', '--state', state)
            self.assertEqual(self.proves('anders'), 200)

    def test_errors(self):
        """an error names the object, the line, the name and the remedy; what was there stays"""
        keyring = self.keyring()
        keyring.store('bob', 'geheim')
        self.start('[endpoint bob]\npassword-secret=bob\n')
        self.assertEqual(
            self.told('[endpoint bob]\npassword-secret=eve\n'),
            'endpoint bob: password-secret: the Secret Service has no secret with '
            "application=ahoy and name=eve; store it: secret-tool store --label=Ahoy application "
            "ahoy name 'eve'")
        self.assertIn('is no name of a secret', self.told("[endpoint bob]\npassword-secret=e'e\n"))
        self.assertIn('is no name of a secret', self.told('[endpoint bob]\npassword-secret=\n'))
        keyring.store('lines', 'one\ntwo\n')
        self.assertIn('name=lines” cannot be used: it has more than one line',
                      self.told('[endpoint bob]\npassword-secret=lines\n'))
        keyring.store('bob', 'other', 'more', 'x')
        self.assertIn('name=bob cannot be used: there are several',
                      self.told('[endpoint bob]\npassword-secret=bob\n'))
        keyring.tool('clear', 'application', 'ahoy', 'name', 'bob', 'more', 'x')
        self.assertEqual(self.reload('[endpoint bob]\npassword-secret=bob\n'), [[], []])
        self.assertEqual(self.proves('geheim'), 200)

    def test_locked(self):
        """a locked keyring is an error, without a window, and what runs goes on"""
        keyring = self.keyring()
        keyring.store('bob', 'geheim')
        text = '[endpoint bob]\npassword-secret=bob\n'
        self.start(text)
        keyring.lock()
        self.assertIn(f'endpoint bob: password-secret: the secret with application=ahoy and '
                      f'name=bob cannot be used: {LOCKED}', self.told(text))
        self.assertEqual(self.proves('geheim'), 200)

    def test_nobody(self):
        """without a Secret Service the daemon starts, and says what is missing"""
        daemon = self.start('[endpoint bob]\npassword-secret=bob\n')
        self.assertRegex('\n'.join(daemon.log.all),
                         r'ahoy\.conf:\d+: endpoint bob: password-secret: the Secret Service of '
                         'the session cannot be asked for name=bob: .*; start one, such as')
        self.assertEqual(daemon.objects('endpoint'), [])

    def test_silent(self):
        """one that hangs is waited for once, in a thread, while calls go on"""
        keyring = self.keyring()
        daemon = self.start()
        keyring.process.send_signal(signal.SIGSTOP)
        text = ''.join(f'[endpoint e{i}]\npassword-secret=bob\n' for i in range(50))
        (daemon.config / 'ahoy.conf').write_text(BASE + text, 'utf-8')
        reload = subprocess.Popen([os.environ['AHOY_CTL'], 'reload'], env=daemon.environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(reload.stdout.close)
        answers = 0
        while reload.poll() is None:
            before = time.monotonic()
            daemon.get('', 'Manager', 'SessionCount')
            self.assertLess(time.monotonic() - before, 15)
            answers += 1
        self.assertGreater(answers, 5)
        out = reload.stdout.read()
        self.assertEqual(out.count('it does not answer;'), 1, out)
        self.assertEqual(out.count('was not asked for name=bob'), 49, out)


if __name__ == '__main__':
    agent.main()
