# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""MESG-04, MESG-05, MESG-07, MESG-13: what routes do with messages, and whom receivers see."""

import os
import pathlib
import socketserver
import tempfile
import threading

import agent
from sip_peer import Call
from test_messages import PROBE, MessagesTestCase, endpoint


def route(name, match, do, keys=''):
    return f'[message-route {name}]\nmatch={match}\ndo={do}\n{keys}\n'


class RoutesTestCase(MessagesTestCase):
    def write(self, peer, user, body='hello', headers=(), uri=None):
        """A message to a user; .expect() tells what became of it."""
        target = uri or peer.target_uri(user)
        peer.send('MESSAGE', target, ruri=target, body=body,
                  headers=['Content-Type: text/plain', *headers])

    def refused(self, peer, user, status, **keys):
        self.write(peer, user, **keys)
        return peer.expect(status, timeout=10)

    def pass_on(self, sender, user, receiver, status=200, **keys):
        """A message that gets to a phone, which answers; the request that the phone got."""
        self.write(sender, user, **keys)
        message = receiver.expect('MESSAGE')
        receiver.respond(message, status)
        sender.expect(status)
        return message


class Passing(RoutesTestCase):
    def test_both_ways(self):
        """two phones write to one another through us, and see whom they can answer"""
        alice, bob = self.phone('alice'), self.phone('bob')
        daemon = self.start(endpoint('alice', alice.port) + endpoint('bob', bob.port))
        alice.target = bob.target = daemon.address()
        got = self.pass_on(alice, 'bob', bob, headers=[
            'Subject: lunch', 'X-Color: blue', 'P-Secret: x',
            'Date: Sat, 21 Nov 2026 12:00:00 GMT'])
        self.assertEqual(got.body, b'hello')
        self.assertEqual((got.get('Subject'), got.get('X-Color')), ('lunch', 'blue'))
        self.assertEqual(got.get('Date'), 'Sat, 21 Nov 2026 12:00:00 GMT')
        self.assertIsNone(got.get('P-Secret'))
        self.assertEqual(got.get('Max-Forwards'), '69')
        self.assertEqual(got.get_all('Contact'), [])
        sender = got.get('From').split(';tag')[0]
        self.assertIn(f'sip:alice@127.0.0.1:{daemon.ports["udp"]}', sender)
        # The answer goes to what stood in From.
        uri = sender[sender.index('<') + 1:-1]
        got = self.pass_on(bob, 'alice', alice, uri=uri, status=202)
        self.assertIn('sip:bob@', got.get('From'))
        self.write(alice, 'bob')
        bob.respond(bob.expect('MESSAGE'), 486, 'Reading A Book')
        self.assertEqual(alice.expect(486).reason, 'Reading A Book')

    def test_who_is_shown(self):
        """caller-id of who writes; from-user, from-domain and headers of who gets it"""
        alice, bob = self.phone('alice'), self.phone('bob')
        daemon = self.start(
            endpoint('alice', alice.port, 'caller-id="Alice, A." <100>')
            + endpoint('bob', bob.port, 'headers=X-Line: 2')
            + '[endpoint carol]\nauth=none\nfrom-user=gate\nfrom-domain=carol.example\n'
            f'contact=<sip:carol@127.0.0.1:{bob.port}>\n')
        alice.target = daemon.address()
        got = self.pass_on(alice, 'bob', bob)
        self.assertIn('"Alice, A." <sip:100@127.0.0.1', got.get('From'))
        self.assertEqual(got.get('X-Line'), '2')
        got = self.pass_on(alice, 'carol', bob)
        self.assertIn('<sip:gate@carol.example>', got.get('From'))

    def test_line_of_a_provider(self):
        """what a provider brings for us is for who listens here, and is not sent back"""
        provider = self.phone('provider')
        daemon = self.start(PROBE + '[endpoint line]\nauth=none\nidentify=ip\nmatch=127.0.0.1\n'
                            'username=me\n'
                            f'contact=<sip:127.0.0.1:{provider.port}>\n')
        provider.target = daemon.address()
        self.refused(provider, 'me', 480)
        listener = self.listen()
        self.write(provider, 'me', body='your parcel is here')
        provider.expect(200)
        self.assertEqual(listener.next()['body'], 'your parcel is here')
        provider.expect_nothing(0.2)

    def test_no_relay(self):
        """what is for another domain is not sent there, and hops are counted"""
        alice, stranger = self.phone('alice'), self.phone('bob')
        daemon = self.start(endpoint('alice', alice.port) + '[endpoint bob]\nauth=none\n'
                            f'contact=<sip:bob@127.0.0.1:{stranger.port}>\n')
        alice.target = daemon.address()
        self.refused(alice, 'bob', 404, uri='sip:bob@example.org')
        self.refused(alice, 'x', 404, uri=f'sip:127.0.0.9:{stranger.port}')
        text = alice.request('MESSAGE', alice.target_uri('bob'), body='x',
                             headers=['Content-Type: text/plain'])
        alice.send_raw(text.replace('Max-Forwards: 70', 'Max-Forwards: 0'))
        alice.expect(483)
        self.refused(alice, 'nobody', 404)
        stranger.expect_nothing(0.2)

    def test_duplicate_while_waiting(self):
        """the same message by another branch waits for the answer of the first, and is sent once"""
        alice, bob = self.phone('alice'), self.phone('bob')
        daemon = self.start(endpoint('alice', alice.port) + endpoint('bob', bob.port))
        alice.target = daemon.address()
        call = Call(alice, alice.target_uri('bob'))
        for _ in range(3):
            alice.send('MESSAGE', call=call, cseq=7, body='once',
                       headers=['Content-Type: text/plain'])
        message = bob.expect('MESSAGE')
        bob.respond(message, 200)
        for _ in range(3):
            alice.expect(200)
        bob.expect_nothing(0.2)


class Routes(RoutesTestCase):
    def test_steps(self):
        """reject, redirect, deliver to several, one after the other, receive"""
        alice, bob, carol = (self.phone(name) for name in ('alice', 'bob', 'carol'))
        daemon = self.start(
            PROBE.replace('[endpoint probe]', '[endpoint probe]\nmessage-context=probes')
            + route('probes', 're:.*', 'receive', 'context=probes')
            + endpoint('alice', alice.port) + endpoint('bob', bob.port)
            + endpoint('carol', carol.port)
            + route('no', '1', 'reject(403, Not Now)') + route('there', '2',
                                                               'redirect(<sip:x@example.org>)')
            + route('both', '3', 'deliver(bob, carol)')
            + route('order', '4', 'deliver(bob), deliver(carol)')
            + route('uri', '5', f'deliver(<sip:${{to-user}}@127.0.0.1:{carol.port}>)')
            + route('here', '6', 'deliver(bob), receive')
            + route('any', '7??', 'deliver(${to-user})'))
        alice.target = daemon.address()
        self.assertEqual(self.refused(alice, '1', 403).reason, 'Not Now')
        self.assertEqual(self.refused(alice, '2', 302).get('Contact'), '<sip:x@example.org>')
        self.refused(alice, '8', 404)
        self.refused(alice, 'bob', 404)
        self.refused(alice, '700', 404)
        self.write(alice, '3')
        for phone, status in ((bob, 486), (carol, 200)):
            phone.respond(phone.expect('MESSAGE'), status)
        alice.expect(200)
        self.write(alice, '4')
        bob.respond(bob.expect('MESSAGE'), 480)
        carol.respond(carol.expect('MESSAGE'), 200)
        alice.expect(200)
        got = self.pass_on(alice, '5', carol)
        self.assertTrue(got.uri.startswith('sip:5@'), got.uri)
        self.write(alice, '6')
        bob.respond(bob.expect('MESSAGE'), 480)
        alice.expect(480)
        listener = self.listen()
        self.write(alice, '6', 'for the desk')
        bob.respond(bob.expect('MESSAGE'), 480)
        alice.expect(200)
        self.assertEqual(listener.next()['body'], 'for the desk')

    def test_contexts(self):
        """message-context, context, from, and the order of routes; a reload changes them"""
        names = ('alice', 'bob', 'carol')
        phones = {name: self.phone(name) for name in names}
        text = (endpoint('alice', phones['alice'].port, 'context=office\nmessage-context=chat')
                + endpoint('bob', phones['bob'].port, 'context=chat')
                + endpoint('carol', phones['carol'].port, 'context=office')
                + route('regex', 're:1.*', 'reject(480)', 'context=chat')
                + route('glob', '1?', 'reject(486)', 'context=chat')
                + route('bob', '10', 'reject(488)', 'context=chat\nfrom=bob')
                + route('plain', '10', 'reject(410)', 'context=chat'))
        daemon = self.start(text)
        for phone in phones.values():
            phone.target = daemon.address()
        for name, user, status in (('alice', '10', 410), ('bob', '10', 488), ('alice', '11', 486),
                                   ('bob', '111', 480), ('alice', '2', 404)):
            self.refused(phones[name], user, status)
        self.pass_on(phones['carol'], 'bob', phones['bob'])
        config = daemon.config / 'ahoy.conf'
        config.write_text(config.read_text().replace('reject(410)', 'reject(603)'))
        daemon.call('', 'Manager', 'Reload')
        self.refused(phones['alice'], '10', 603)

    def test_nonsense(self):
        """what cannot be meant is said with its line"""
        daemon = self.start('')
        for do, word in (('dial(bob)', 'dial'), ('exec(sendmail)', 'absolute path'),
                         ('exec(/bin/${to-user})', 'absolute path'), ('deliver(nobody)', 'nobody'),
                         ('deliver', 'target'), ('reject(200)', '400')):
            config = daemon.config / 'ahoy.conf'
            text = config.read_text()
            config.write_text(text + route('x', '1', do))
            problems = '\n'.join(daemon.call('', 'Manager', 'Reload')[1])
            self.assertIn(word, problems, do)
            self.assertIn('ahoy.conf:', problems, do)
            config.write_text(text)
        daemon.warnings_expected = True


class Sink(socketserver.ThreadingTCPServer):
    """An SMTP server of this host that keeps what it gets in .mails."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        self.mails = []
        self.arrived = threading.Semaphore(0)
        super().__init__(('127.0.0.1', 0), SinkHandler)


class SinkHandler(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def handle(self):
        self.say('220 sink')
        envelope = []
        while line := self.rfile.readline():
            command = line.decode().strip()
            if command.upper().startswith(('MAIL', 'RCPT')):
                envelope.append(command)
            if command.upper() == 'DATA':
                self.say('354 go on')
                lines = []
                while (line := self.rfile.readline()).rstrip(b'\r\n') != b'.':
                    lines.append(line.decode())
                self.server.mails.append((envelope, ''.join(lines)))
                self.server.arrived.release()
            self.say('221 bye' if command.upper() == 'QUIT' else '250 well')


class Programs(RoutesTestCase):
    def script(self, text):
        handle, path = tempfile.mkstemp(prefix='ahoy-message-', suffix='.sh')
        os.write(handle, ('#!/bin/sh\n' + text).encode())
        os.close(handle)
        os.chmod(path, 0o700)
        self.addCleanup(os.unlink, path)
        return path

    def test_exec(self):
        """a program gets the body, the rest as variables, and no shell reads either"""
        alice = self.phone('alice')
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / 'out'
            path = self.script(f'cat > {out}.body; env > {out}.env; printf "%s|" "$@" > {out}.args')
            daemon = self.start(
                endpoint('alice', alice.port)
                + route('all', 're:.*', f'exec({path}, --to=${{to-user}}, "$(id); x")'))
            alice.target = daemon.address()
            self.refused(alice, '100', 200, body="it's $HOME; `id`\r\n", headers=['Subject: $(id)'])
            self.assertEqual(pathlib.Path(f'{out}.body').read_text(), "it's $HOME; `id`\n")
            self.assertEqual(pathlib.Path(f'{out}.args').read_text(), '--to=100|$(id); x|')
            variables = dict(line.split('=', 1) for line in
                             pathlib.Path(f'{out}.env').read_text().splitlines() if '=' in line)
            self.assertEqual(variables['AHOY_MESSAGE_SUBJECT'], '$(id)')
            self.assertEqual(variables['AHOY_MESSAGE_ENDPOINT'], 'alice')
            self.assertEqual(variables['AHOY_MESSAGE_TO_USER'], '100')
            self.assertTrue(variables['AHOY_MESSAGE_FROM'].startswith('sip:alice@'))
            self.assertNotIn('DBUS_SESSION_BUS_ADDRESS', variables)
            # Nothing of the network gets into arguments that could mean something else.
            self.refused(alice, '%2e%2e%2fx', 404)

    def test_failures(self):
        """exit codes are answers; who takes too long, or cannot be started, is a failure"""
        alice = self.phone('alice')
        exits = ''.join(route(f'e{code}', f'{code}', f'exec({self.script(f"exit {code}")})')
                        for code in (0, 67, 75, 1))
        daemon = self.start(
            endpoint('alice', alice.port) + exits
            + route('slow', 'slow', f'exec({self.script("exec sleep 60")}, timeout=300ms)')
            + route('none', 'none', 'exec(/nonexistent/program)')
            + route('deaf', 'deaf', f'exec({self.script("exec 0<&-; exit 0")})')
            + route('loud', 'loud', f'exec({self.script("yes | head -c 10000000")})')
            + route('then', 'then', 'exec(/nonexistent/program), reject(488)'))
        daemon.warnings_expected = True
        alice.target = daemon.address()
        for user, status in (('0', 200), ('67', 404), ('75', 480), ('1', 500), ('slow', 500),
                             ('none', 500), ('deaf', 200), ('loud', 200), ('then', 488)):
            self.refused(alice, user, status, body='x' * 10000)

    def test_mail(self):
        """the example mails what it gets: to an SMTP server of this host"""
        alice = self.phone('alice')
        sink = Sink()
        thread = threading.Thread(target=sink.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(sink.server_close)
        self.addCleanup(sink.shutdown)
        mailer = pathlib.Path(os.environ['AHOY_SOURCE']) / 'examples' / 'python' / 'message_mail.py'
        daemon = self.start(
            endpoint('alice', alice.port)
            + route('mail', 're:.*', f'exec(/usr/bin/env, python3, {mailer}, office@example.org, '
                                     f'127.0.0.1:{sink.server_address[1]})'))
        alice.target = daemon.address()
        self.refused(alice, 'office', 200, body='The lift is stuck.\r\n.\r\nReally.',
                     headers=['Subject: lift'])
        self.assertTrue(sink.arrived.acquire(timeout=10))
        envelope, mail = sink.mails[0]
        self.assertIn('office@example.org', ' '.join(envelope))
        self.assertIn('Subject: lift', mail)
        self.assertIn('The lift is stuck.', mail)
        self.assertIn('sip:alice@', mail)
        self.assertIn('Really.', mail)


if __name__ == '__main__':
    agent.main()
