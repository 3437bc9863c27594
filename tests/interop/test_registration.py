# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-01, TRNK-06, TRNK-08, TRNK-16: ahoyd registers with kamailio, and is called by it."""

import json
import os
import subprocess
import time
import unittest

import agent
from daemon import TRANSPORTS, Daemon, Lines
from kamailio_registrar import Edge, Registrar
from phone import PATHS, until

PASSWORD = 'sesame, open'
CORE = '[core]\noverload-delay=0\n' + TRANSPORTS
ROUTES = '''
[route all]
context=demo
match=*
do=answer, echo

[message-route all]
context=demo
match=*
do=receive
'''


def account(user, path, server, more='', proxy=''):
    """An endpoint and its registration with a server over a transport."""
    name = f'{user}-{"-".join(path)}'
    return f'''
[endpoint {name}]
auth=none
identify=line
context=demo
from-user={name}
outbound-username={name}
outbound-password={PASSWORD}
{proxy}

[registration {name}]
endpoint={name}
server=<{server.uri("", *path)}>
client=<{server.uri(name, *path).split(";")[0]}>
transport={path[0]}{"6" if path[1] == "ipv6" else ""}
line=yes
{more}
'''


class Registered(unittest.TestCase):
    def serve(self, kind=Registrar, *arguments, **keys):
        server = kind(*arguments, **keys)
        self.addCleanup(server.stop)
        return server

    def run_daemon(self, text):
        daemon = Daemon(CORE + text + ROUTES)
        self.addCleanup(daemon.stop)
        return daemon

    def known(self, daemon, name):
        return daemon.get_all(f'/org/ahoy/Ahoy1/registration/{name.replace("-", "_2d")}',
                              'Registration')

    def wait(self, daemon, name, state='registered'):
        def is_so():
            return self.known(daemon, name)['State'] == state
        until(is_so, lambda: f'{name} is {self.known(daemon, name)}\n' + daemon.report())
        return self.known(daemon, name)

    def start(self, server, more='', proxies=None):
        """alice and bob, each on a daemon of its own, registered on all paths."""
        self.daemons = {}
        for user in ('alice', 'bob'):
            text = ''.join(account(user, path, server, more, (proxies or {}).get(path, ''))
                           for path in PATHS)
            self.daemons[user] = self.run_daemon(text)
        for user, daemon in self.daemons.items():
            for path in PATHS:
                self.wait(daemon, f'{user}-{"-".join(path)}')

    def call(self, caller, callee, path, server, last=None):
        """A call from one daemon to the other by the server; what both say of it."""
        names = [f'{user}-{"-".join(path)}' for user in (caller, callee)]
        ours, theirs = self.daemons[caller], self.daemons[callee]
        before = set(theirs.objects('session'))
        session = ours.dial(server.uri(names[1], *path), names[0])
        result = ours.wait(session, 'active')
        self.assertEqual(result[:2], ['active', 200], result)
        other = next(iter(set(theirs.objects('session')) - before))
        self.assertEqual(theirs.get(other, 'Session', 'Endpoint').rsplit('/', 1)[1],
                         names[1].replace('-', '_2d'))
        history = theirs.call(other, 'Session', 'GetHistory')[0]
        if path[0] == 'udp':  # connections have other ports
            self.assertEqual({peer.rpartition(':')[2] for _, _, _, peer in history},
                             {str((last or server).port)}, names)
        ours.call(session, 'Session', 'Hangup')
        theirs.wait(other, 'ended')

    def message(self, caller, callee, path, server, listener):
        """A message from one to the other; it was taken."""
        names = [f'{user}-{"-".join(path)}' for user in (caller, callee)]
        body = f'from {names[0]}'

        def is_taken():
            status = self.daemons[caller].call(
                '', 'Manager', 'SendMessage', 'sssaya{sv}', names[0],
                server.uri(names[1], *path), 'text/plain', len(body), *body.encode(), 0)
            seen.append(status)
            return status[0] in (200, 202)
        seen = []
        until(is_taken, lambda: f'{seen[:3]}\n' + self.daemons[callee].report())
        line = listener.wait_for(lambda line: line.startswith('{') and body in line)
        self.assertEqual(json.loads(line)['endpoint'], names[1])

    def listen(self, daemon):
        process = subprocess.Popen([os.environ['AHOY_CTL'], '-j', 'messages'], text=True,
                                   stdout=subprocess.PIPE, env=daemon.environment)

        def stop():
            process.terminate()
            process.wait(20)
            process.stdout.close()
        self.addCleanup(stop)
        return Lines(process.stdout)

    def all_paths(self, server, name):
        listeners = {user: self.listen(daemon) for user, daemon in self.daemons.items()}
        for path in PATHS:
            begin = time.monotonic()
            for caller, callee in (('alice', 'bob'), ('bob', 'alice')):
                self.call(caller, callee, path, server)
                self.message(caller, callee, path, server, listeners[callee])
            print(f'# {name}: {"/".join(path)} ok {time.monotonic() - begin:.1f} s', flush=True)

    def test_calls(self):
        """TRNK-01, TRNK-06, TRNK-08: registered with digest, calls and messages both ways"""
        server = self.serve(Registrar, PASSWORD)
        self.start(server)
        known = self.known(self.daemons['bob'], 'bob-udp-ipv4')
        self.assertEqual(known['ServiceRoute'],
                         [f'<sip:127.0.0.1:{server.port};transport=udp;lr>'])
        self.assertGreater(known['ExpiresAt'] / 1e6, time.time() + 3000)
        self.all_paths(server, 'kamailio')
        daemon = self.daemons['bob']
        done = daemon.ctl('unregister', 'bob-udp-ipv4')
        self.assertEqual(done.stdout, '200 OK\n')
        session = self.daemons['alice'].dial(server.uri('bob-udp-ipv4'), 'alice-udp-ipv4')
        self.assertEqual(self.daemons['alice'].wait(session, 'ended')[1], 404)
        self.assertEqual(daemon.ctl('register', 'bob-udp-ipv4').stdout, '200 OK\n')
        self.call('alice', 'bob', ('udp', 'ipv4'), server)

    def test_sha256(self):
        """TRNK-01: kamailio asks for SHA-256"""
        server = self.serve(Registrar, PASSWORD, algorithm='SHA-256')
        path = ('udp', 'ipv4')
        daemon = self.run_daemon(account('alice', path, server))
        self.wait(daemon, 'alice-udp-ipv4')

    def test_path(self):
        """TRNK-02 support-path: behind an edge that stays in the path (RFC 3327)"""
        server, edge = self.serve(Registrar, PASSWORD), self.serve(Edge)
        proxies = {path: f'outbound-proxy=<{edge.uri("", *path)}>' for path in PATHS}
        self.start(server, 'support-path=yes', proxies)
        for path in PATHS:
            self.call('alice', 'bob', path, server, edge)

    def test_wrong_password(self):
        """TRNK-02: kamailio refuses the password, and is asked once only"""
        server = self.serve(Registrar, 'another')
        daemon = self.run_daemon(account('alice', ('udp', 'ipv4'), server))
        known = self.wait(daemon, 'alice-udp-ipv4', 'rejected')
        self.assertEqual((known['Status'], known['NextAttemptAt']), (401, 0))

    def test_two_servers(self):
        """TRNK-16: the second kamailio takes over while the first is gone, and gives it back"""
        first, second = self.serve(Registrar, PASSWORD), self.serve(Registrar, PASSWORD)
        path = ('tcp', 'ipv4')
        name = 'alice-tcp-ipv4'
        text = account('alice', path, first, '''return-interval=500ms
retry-interval=500ms
timeout=2s
expiration=10s''').replace(f'server=<{first.uri("", *path)}>',
                           f'server=<{first.uri("", *path)}>, <{second.uri("", *path)}>')
        daemon = self.run_daemon(text)
        self.assertEqual(self.wait(daemon, name)['Server'], first.uri('', *path))
        port = first.port
        first.stop()  # which closes the connection
        until(lambda: self.known(daemon, name)['Server'] == second.uri('', *path) and
              self.known(daemon, name)['State'] == 'registered', daemon.report)
        back = self.serve(Registrar, PASSWORD, port=port)
        self.assertEqual(back.port, port)
        until(lambda: self.known(daemon, name)['Server'] == back.uri('', *path), daemon.report)
        self.assertEqual(self.known(daemon, name)['State'], 'registered')


if __name__ == '__main__':
    agent.main(300)
