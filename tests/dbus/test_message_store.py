# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""MESG-09: messages wait for who is not there, over restarts and kill -9, and come in order."""

import pathlib
import shutil
import signal
import tempfile
import time

import agent
from daemon import BusError, Daemon
from sip_peer import Failure, Peer
from test_messages import CORE, endpoint
from test_message_routes import RoutesTestCase, route

BOB = '[endpoint bob]\nauth=none\nidentify=username\nmax-contacts=2\n'


class StoreTestCase(RoutesTestCase):
    def alice(self, daemon):
        peer = Peer('udp', target=daemon.address(), name='alice')
        self.addCleanup(peer.close)
        return peer

    def kept(self, daemon, user=''):
        return daemon.call('', 'Messages', 'ListStored', 's', user)[0]

    def register(self, daemon, name='bob', expires=600):
        peer = Peer('udp', target=daemon.address(), name=name)
        self.addCleanup(peer.close)
        uri = f'sip:127.0.0.1:{daemon.ports["udp"]}'
        text = peer.request('REGISTER', f'sip:{name}@127.0.0.1', ruri=uri,
                            headers=[f'Expires: {expires}'])
        peer.send_raw(text)
        return peer

    def take(self, peer, status=200, timeout=10):
        """The next message that a phone gets, which it answers."""
        message = peer.expect('MESSAGE', timeout=timeout)
        peer.respond(message, status)
        return message

    def wait_for_kept(self, daemon, count):
        end = time.monotonic() + 20
        while len(kept := self.kept(daemon)) != count:
            if time.monotonic() > end:
                raise Failure(f'{kept} are kept, wanted {count}')
            time.sleep(0.05)  # between two questions


class Keeping(StoreTestCase):
    def test_registers_later(self):
        """202, and in order when the phone registers, with the time they were written"""
        daemon = self.start(endpoint('alice', 9) + BOB + 'store-messages=yes\n')
        alice = self.alice(daemon)
        for number in range(5):
            self.refused(alice, 'bob', 202, body=f'text {number}')
        kept = self.kept(daemon, 'bob')
        self.assertEqual([row[1] for row in kept], ['bob'] * 5)
        self.assertIn('sip:alice@', kept[0][2])
        self.assertEqual(kept[0][4], 6)
        shown = daemon.ctl('messages', 'list').stdout
        self.assertIn(kept[4][0], shown)
        self.assertNotIn('text 0', shown)
        bob = self.register(daemon)
        bob.expect(200, where=lambda message: not message.is_request)
        got = [self.take(bob) for _ in range(5)]
        self.assertEqual([message.body for message in got],
                         [f'text {number}'.encode() for number in range(5)])
        self.assertRegex(got[0].get('Date'), r'^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$')
        self.assertIn('sip:alice@', got[0].get('From'))
        self.wait_for_kept(daemon, 0)
        self.pass_on(alice, 'bob', bob)
        self.assertEqual(self.kept(daemon), [])

    def test_not_taken(self):
        """who cannot take it now is asked again; what is refused for good is gone"""
        daemon = self.start(endpoint('alice', 9) + BOB + 'store-messages=yes\n'
                            '[messaging]\nstore-retry=1s\n')
        alice = self.alice(daemon)
        for number in range(3):
            self.refused(alice, 'bob', 202, body=f'text {number}')
        bob = self.register(daemon)
        bob.expect(200, where=lambda message: not message.is_request)
        self.assertEqual(self.take(bob, 480).body, b'text 0')
        self.assertEqual(self.take(bob, 415).body, b'text 0')
        self.assertEqual(self.take(bob, 503).body, b'text 1')
        self.assertEqual(self.take(bob, 200).body, b'text 1')
        self.assertEqual(self.take(bob, 202).body, b'text 2')
        self.wait_for_kept(daemon, 0)

    def test_limits(self):
        """store-limit for one and store-total for all, store-expiry, Expires, and drop"""
        daemon = self.start(
            endpoint('alice', 9) + BOB + '[endpoint carol]\nauth=none\n'
            + '[messaging]\nstore-limit=2\nstore-total=3\nstore-retry=1s\n'
            + route('all', 're:.*', 'store(${to-user})'))
        alice = self.alice(daemon)
        self.refused(alice, 'nobody', 404)
        self.refused(alice, 'bob', 202)
        self.refused(alice, 'bob', 202, headers=['Expires: 1'])
        self.refused(alice, 'bob', 480)
        self.refused(alice, 'carol', 202)
        self.refused(alice, 'carol', 480)
        self.wait_for_kept(daemon, 2)
        first, second = self.kept(daemon)
        with self.assertRaises(BusError):
            daemon.call('', 'Messages', 'DropStored', 's', 'nonsense')
        daemon.ctl('messages', 'drop', first[0])
        self.assertEqual(self.kept(daemon), [second])
        self.refused(alice, 'carol', 202)
        # That somebody writes is of no use tomorrow.
        alice.send('MESSAGE', alice.target_uri('bob'), body='<x/>',
                   headers=['Content-Type: application/im-iscomposing+xml'])
        alice.expect(480)


class Restarts(StoreTestCase):
    """A daemon that is killed and started again on the same state and bus."""

    def boot(self, text, state):
        daemon = Daemon(CORE + text, '--state', str(state))
        self.addCleanup(self.end, daemon)
        self.daemon = daemon
        return daemon

    @staticmethod
    def end(daemon):
        if daemon.process.poll() is None:
            daemon.stop()

    @staticmethod
    def kill(daemon):
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait(20)
        daemon.log.wait_for(lambda line: False)
        daemon.clean_up()

    def test_kill(self):
        """kill -9 loses nothing that got its 202, and brings back nothing that was delivered"""
        state = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-messages-'))
        self.addCleanup(shutil.rmtree, state, True)
        text = endpoint('alice', 9) + BOB + 'store-messages=yes\n[messaging]\nrate=0\n'
        sent = []
        for turn in range(4):
            daemon = self.boot(text, state)
            self.assertEqual(len(self.kept(daemon)), len(sent), turn)
            alice = self.alice(daemon)
            for number in range(10):
                body = f'turn {turn} text {number}'
                self.refused(alice, 'bob', 202, body=body)
                sent.append(body.encode())
            self.kill(daemon)
        daemon = self.boot(text, state)
        bob = self.register(daemon)
        bob.expect(200, where=lambda message: not message.is_request)
        got = [self.take(bob).body for _ in range(25)]
        self.wait_for_kept(daemon, 15)
        self.kill(daemon)
        # The binding is known after the restart; so the rest comes by itself, from another port.
        daemon = self.boot(text, state)
        bob.target = daemon.address()
        repeated = 0
        while len(got) < 40:
            body = self.take(bob).body
            # What was answered when its removal was not written yet comes once more.
            if body in got:
                repeated += 1
            else:
                got.append(body)
        self.assertEqual(got, sent)
        self.assertLess(repeated, 4)
        self.wait_for_kept(daemon, 0)

    def test_damaged(self):
        """a file that is none is told, and messages are kept in memory"""
        state = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-messages-'))
        self.addCleanup(shutil.rmtree, state, True)
        (state / 'messages.db').write_bytes(b'no database at all' * 1000)
        daemon = self.boot(endpoint('alice', 9) + BOB + 'store-messages=yes\n', state)
        daemon.warnings_expected = True
        self.assertTrue(any('messages.db' in line for line in daemon.log.all), daemon.report())
        self.refused(self.alice(daemon), 'bob', 202)
        self.assertEqual(len(self.kept(daemon)), 1)


if __name__ == '__main__':
    agent.main()
