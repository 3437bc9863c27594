# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""MESG-01, MESG-03: messages outside of calls, from and to phones, programs on the bus, ahoyctl."""

import json
import os
import subprocess
import threading
import time
import unittest

import agent
from daemon import TRANSPORTS, BusError, Daemon, Lines
from sip_peer import Call, Failure, Peer

CORE = '''
[core]
t1=50ms
overload-delay=0
''' + TRANSPORTS


def endpoint(name, port, keys=''):
    """Somebody who is known by the name in From, and is at a port of this host."""
    return (f'[endpoint {name}]\nauth=none\nidentify=username\nusername={name}\n'
            f'contact=<sip:{name}@127.0.0.1:{port}>\n{keys}\n')


class Listener:
    """ahoyctl -j messages: .next() is the next message, or what became of one."""

    def __init__(self, daemon, *arguments):
        self.process = subprocess.Popen([os.environ['AHOY_CTL'],
                                         *(arguments or ('-j', 'messages'))],
                                        stdout=subprocess.PIPE, text=True, env=daemon.environment)
        self.lines = Lines(self.process.stdout)
        self.daemon = daemon
        if not arguments:
            self.wait_until_heard()

    def wait_until_heard(self):
        """It has asked for messages when it shows one of ours."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with Peer('udp', target=self.daemon.address(), name='probe') as peer:
                peer.send('MESSAGE', peer.target_uri('nobody'), body='are you there?',
                          headers=['Content-Type: text/plain'])
                if peer.expect((200, 404, 403, 480)).status == 200:
                    break
        else:
            raise Failure('nobody receives messages')
        while self.next()['body'] != 'are you there?':
            pass

    def next(self, key='body'):
        line = self.lines.wait_for(lambda line: line.startswith('{') and key in json.loads(line))
        if line is None:
            raise Failure('ahoyctl messages ended')
        return json.loads(line)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class MessagesTestCase(unittest.TestCase):
    def start(self, text, *arguments):
        daemon = Daemon(CORE + text, *arguments)
        self.addCleanup(daemon.stop)
        self.daemon = daemon
        return daemon

    def peer(self, name, transport='udp', family='ipv4', target=True):
        host = '127.0.0.1' if family == 'ipv4' else '::1'
        address = self.daemon.address(transport, family) if target else None
        peer = Peer(transport, host, target=address, name=name)
        self.addCleanup(peer.close)
        return peer

    def phone(self, name):
        """A peer before there is a daemon; .target is set afterwards."""
        peer = Peer('udp', name=name)
        self.addCleanup(peer.close)
        return peer

    def listen(self):
        listener = Listener(self.daemon)
        self.addCleanup(listener.close)
        return listener

    def send(self, endpoint, to, text='hello', type='text/plain', options=('0',)):
        """SendMessage, in a thread: .result() waits for the status and the reason."""
        body = text.encode()
        done = []

        def run():
            try:
                done.append(self.daemon.call('', 'Manager', 'SendMessage', 'sssaya{sv}', endpoint,
                                             to, type, len(body), *body, *options))
            except BusError as error:
                done.append(error)
        thread = threading.Thread(target=run)
        thread.start()

        def result():
            thread.join(40)
            if not done or isinstance(done[0], Exception):
                raise done[0] if done else Failure('SendMessage does not return')
            return done[0]
        return result


PROBE = ('[messaging]\nrate=0\n[endpoint probe]\nauth=none\nidentify=username\n'
         'username=probe\n')


class Sending(MessagesTestCase):
    def test_to_endpoint(self):
        """SendMessage to an endpoint: its contact gets it from the one who writes"""
        bob = self.phone('bob')
        self.start(endpoint('bob', bob.port)
                   + '[endpoint alice]\nauth=none\ncaller-id=Alice <100>\n')
        result = self.send('alice', 'bob', 'hällo', 'text/plain;charset=utf-8',
                           ('1', 'headers', 'a(ss)', '1', 'Subject', 'greeting'))
        message = bob.expect('MESSAGE')
        self.assertEqual(message.body.decode(), 'hällo')
        self.assertEqual(message.get('Content-Type'), 'text/plain;charset=utf-8')
        self.assertEqual(message.get('Subject'), 'greeting')
        self.assertIn('Alice', message.get('From'))
        self.assertIn('sip:100@127.0.0.1', message.get('From'))
        self.assertEqual(message.get_all('Contact'), [])
        self.assertTrue(message.uri.startswith(f'sip:bob@127.0.0.1:{bob.port}'), message.uri)
        bob.respond(message, 200)
        self.assertEqual(result(), [200, 'OK'])

    def test_failures_are_data(self):
        """what the callee says, silence, and nobody there are statuses; nonsense is an error"""
        bob = self.phone('bob')
        self.start(endpoint('bob', bob.port) + '[endpoint carol]\nauth=none\n'
                   '[endpoint alice]\nauth=none\n')
        result = self.send('alice', 'bob')
        bob.respond(bob.expect('MESSAGE'), 480, 'Gone Fishing')
        self.assertEqual(result(), [480, 'Gone Fishing'])
        self.assertEqual(self.send('alice', 'carol')()[0], 480)
        result = self.send('alice', f'sip:x@127.0.0.1:{bob.port}')
        bob.expect('MESSAGE')
        self.assertEqual(result()[0], 408)
        for arguments in (('alice', 'sip:'), ('nobody', 'bob'), ('alice', 'mailto:x@example.org')):
            with self.assertRaises(BusError, msg=arguments):
                self.send(*arguments)()
        with self.assertRaises(BusError):
            self.send('alice', 'bob', options=('1', 'sound', 's', 'loud'))()

    def test_all_contacts(self):
        """all contacts get it; one that takes it is enough, else the best refusal counts"""
        phones = [self.phone('bob') for _ in range(3)]
        contacts = ','.join(f'<sip:bob@127.0.0.1:{phone.port}>' for phone in phones)
        self.start(f'[endpoint bob]\nauth=none\ncontact={contacts}\n'
                   '[endpoint alice]\nauth=none\n')
        for statuses, best in (((486, 200, 404), 200), ((503, 480, 603), 603), ((503,) * 3, 503)):
            result = self.send('alice', 'bob')
            requests = [phone.expect('MESSAGE') for phone in phones]
            for phone, request, status in zip(phones, requests, statuses):
                phone.respond(request, status)
            self.assertEqual(result()[0], best)

    def test_redirected(self):
        """a 302 is followed; a circle of them ends"""
        bob, other = self.phone('bob'), self.phone('other')
        self.start(endpoint('bob', bob.port) + '[endpoint alice]\nauth=none\n')
        result = self.send('alice', 'bob', 'where?')
        bob.respond(bob.expect('MESSAGE'), 302, headers=[f'Contact: {other.contact}'])
        message = other.expect('MESSAGE')
        self.assertEqual(message.body, b'where?')
        other.respond(message, 202)
        self.assertEqual(result()[0], 202)
        result = self.send('alice', 'bob')
        for _ in range(32):
            bob.respond(bob.expect('MESSAGE'), 302, headers=[f'Contact: {bob.contact}'])
        self.assertEqual(result()[0], 302)

    def test_ctl(self):
        """ahoyctl message sends, and fails when nobody takes it"""
        bob = self.phone('bob')
        self.start(endpoint('bob', bob.port) + '[endpoint alice]\nauth=none\n')
        for status, code in ((200, 0), (486, 1)):
            process = subprocess.Popen(
                [os.environ['AHOY_CTL'], 'message', '--from', 'alice', '-H', 'Subject: x', 'bob',
                 'good morning'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                env=self.daemon.environment)
            message = bob.expect('MESSAGE')
            self.assertEqual((message.body, message.get('Subject')), (b'good morning', 'x'))
            bob.respond(message, status)
            output, _ = process.communicate(timeout=30)
            self.assertEqual(process.returncode, code, output)
            self.assertIn(str(status), output)
        self.assertEqual(self.daemon.ctl('message', 'bob', check=False).returncode, 2)


class Receiving(MessagesTestCase):
    def test_received(self):
        """MessageReceived goes to who asked for it; 200 without Contact; on four transports"""
        self.start(PROBE + '[endpoint bob]\nauth=none\nidentify=username\n')
        listener = self.listen()
        for transport, family in (('udp', 'ipv4'), ('tcp', 'ipv4'), ('udp', 'ipv6'),
                                  ('tcp', 'ipv6')):
            peer = self.peer('bob', transport, family)
            peer.send('MESSAGE', peer.target_uri('office'), body='a\r\nb',
                      headers=['Content-Type: text/plain;charset=utf-8'])
            answer = peer.expect(200)
            self.assertEqual(answer.get_all('Contact'), [])
            got = listener.next()
            self.assertEqual((got['endpoint'], got['body']), ('bob', 'a\r\nb'))
            self.assertEqual(got['content-type'], 'text/plain;charset=utf-8')
            self.assertIn('sip:bob@', got['from'])
            self.assertIn('sip:office@', got['to'])

    def test_nobody_listens(self):
        """without anybody who receives it there is no 200, and who leaves the bus is forgotten"""
        self.start(PROBE)
        peer = self.peer('probe')
        peer.send('MESSAGE', peer.target_uri('x'), body='x', headers=['Content-Type: text/plain'])
        peer.expect(404)
        listener = self.listen()
        listener.process.kill()
        listener.process.wait()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            peer.send('MESSAGE', peer.target_uri('x'), body='x',
                      headers=['Content-Type: text/plain'])
            if peer.expect((200, 404)).status == 404:
                return
        self.fail('who is gone still receives')

    def test_duplicates(self):
        """what is sent once more with another branch is answered again, and delivered once"""
        self.start(PROBE)
        listener = self.listen()
        for transport in ('udp', 'tcp'):
            peer = self.peer('probe', transport)
            for text in ('first', 'second'):
                call = Call(peer, peer.target_uri('office'))
                for _ in range(3):
                    peer.send('MESSAGE', call=call, cseq=17, body=text,
                              headers=['Content-Type: text/plain'])
                    peer.expect(200)
            self.assertEqual([listener.next()['body'] for _ in range(2)], ['first', 'second'])

    def test_limits(self):
        """413 for what is too long, 415 with Accept for other types, 480 for too many"""
        text = (PROBE + '[endpoint mute]\nauth=none\nidentify=username\nallow=call\n'
                '[endpoint bob]\nauth=none\nidentify=username\n')
        daemon = self.start(text)
        self.listen()
        (daemon.config / 'ahoy.conf').write_text(
            CORE + text.replace('rate=0', 'rate=1\nburst=4\nmaximum-size=20\n'
                                'content-types=text/plain;message/*'))
        self.assertEqual(daemon.call('', 'Manager', 'Reload')[1], [])
        peer = self.peer('bob')

        def send(body, content_type, status, **over):
            headers = [f'Content-Type: {content_type}'] if content_type else []
            peer.send('MESSAGE', peer.target_uri('x'), body=body,
                      headers=headers + over.get('headers', []))
            return peer.expect(status)
        send('x' * 20, 'text/plain', 200)
        send('x' * 21, 'text/plain', 413)
        answer = send('x', 'text/html', 415)
        self.assertEqual(', '.join(answer.get_all('Accept')), 'text/plain, message/*')
        answer = send('x', 'text/plain', 415, headers=['Content-Encoding: gzip'])
        self.assertEqual(answer.get('Accept-Encoding'), 'identity')
        send('x', 'message/cpim', 200)
        send('x', 'TEXT/Plain; charset=us-ascii', 200)
        send('x', 'text/plain', 200)
        answer = send('x', 'text/plain', 480)
        self.assertGreater(int(answer.get('Retry-After')), 20)
        peer = self.peer('mute')
        send('x', 'text/plain', 403)

    def test_module(self):
        """without the module MESSAGE gets 501, and the bus says how to load it"""
        self.start(PROBE)
        self.daemon.call('', 'Manager', 'UnloadModule', 's', 'messaging')
        peer = self.peer('probe')
        peer.send('MESSAGE', peer.target_uri('x'), body='x', headers=['Content-Type: text/plain'])
        self.assertIn(peer.expect((405, 501)).status, (405, 501))
        with self.assertRaises(BusError) as caught:
            self.daemon.call('', 'Manager', 'SetReceiveMessages', 'b', 'true')
        self.assertIn('ahoyctl modules load messaging', str(caught.exception))
        self.daemon.call('', 'Manager', 'LoadModule', 's', 'messaging')
        self.listen()


if __name__ == '__main__':
    agent.main()
