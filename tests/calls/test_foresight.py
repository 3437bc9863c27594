# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""OPTIONS about somebody is answered as a call would be (RFC 3261 section 11.2), without one."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import agent
from bus_monitor import Monitor
from daemon import HOSTS, ROOT, TRANSPORTS, Daemon, anyone
from registering import Phone
from sip_peer import SDP, Peer

PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
PATIENCE = 30  # seconds, for a machine that has much to do

# What a route does, and what both OPTIONS and INVITE get: the status, and parts of the answer.
REFUSED = {
    'reject(486)': (486,),
    'reject': (603,),
    'reject(410, "Moved to Bergen")': (410, 'SIP/2.0 410 Moved to Bergen'),
    'redirect(<sip:carol@example.org;transport=tcp>)':
        (302, 'Contact: <sip:carol@example.org;transport=tcp>'),
    'redirect(<sip:carol@example.org>, <sip:dave@example.org>)':
        (300, '<sip:carol@example.org>;q=0.9', '<sip:dave@example.org>;q=0.8'),
    'redirect(<sip:${number}@example.org>)': (302, 'Contact: <sip:1005@example.org>'),
    'redirect(carol)': (500,),
    'busy': (486,),
    'congestion': (503,),
    'hangup': (480,),
    'hangup(17)': (486,),
    'hangup(1)': (404,),
    'ring, limit(1h), wait(10ms), reject(480, "Ashore")': (480, 'SIP/2.0 480 Ashore'),
    'limit(1h)': (480,),
    'goto(1000)': (486,),
    'limit(1h), goto(1014)': (486,),
    'goto(1016)': (500,),
    'goto(nowhere)': (500,),
    'goto(7, context=cellar)': (604,),
    'dial(nobody)': (404,),
    'dial(bob)': (480,),
    'dial(bob, nobody)': (480,),
    'dial(bob/other)': (404,),
    'dial(${friend})': (480,),
    'dial(bob), reject(606)': (606,),
    'dial(bob), dial(nobody)': (404,),
    'pickup': (480,),
    'pickup(bob), busy': (486,),
}
# Nobody can tell, or the call would be taken: 200.
TAKEN = ('answer, echo', 'echo', 'dial(there)', 'dial(bob, there)', 'dial(sleeper)',
         'dial(<sip:x@192.0.2.1>)', 'play(x.wav), reject', 'menu(x.wav, 1=reject)', 'agent',
         'read(pin), reject', 'redirect(<sip:${pin}@example.org>)', 'conference(room)',
         'exec(/bin/false), reject', 'limit(1h), ring, answer', 'dial(bob), dial(there)',
         'moh', 'park')
ENDPOINTS = '''
[endpoint phone](!)
auth=none
identify=username
allow=call
context=office
variables=friend=bob
[endpoint alice](phone)
{alice}
[endpoint digits](phone)
allow-overlap=yes
[endpoint bob]
password=secret
[endpoint there]
auth=none
identify=ip
contact=<sip:there@127.0.0.1:9>
[endpoint sleeper]
password=secret
wake=yes
'''
CORE = '[core]\nt1=500ms\noverload-delay=0\nban-threshold=0\n{core}\n' + TRANSPORTS


def routes(*steps, first=1000):
    """A route for each, the number of which tells its place."""
    return ''.join(f'[route r{number}]\ncontext=office\nmatch={number}\ndo={do}\n'
                   for number, do in enumerate(steps, first))


class ForesightTestCase(unittest.TestCase):
    def start(self, more='', alice='', core=''):
        self.daemon = Daemon(CORE.format(core=core) + ENDPOINTS.format(alice=alice) + more)
        self.addCleanup(self.daemon.stop)

    def peer(self, path=('udp', 'ipv4')):
        peer = Peer(path[0], HOSTS[path[1]], self.daemon.address(*path))
        self.addCleanup(peer.close)
        return peer

    def build(self, peer, number, user='alice', method='OPTIONS', **keys):
        uri = peer.target_uri(number) if number else peer.target_uri('').replace('sip:@', 'sip:')
        return peer.build(method, uri, from_=f'<sip:{user}@example.org>;tag={peer.unique("f")}',
                          **keys)

    def ask(self, peer, number, user='alice', **keys):
        """The answer to OPTIONS."""
        return peer.transact(self.build(peer, number, user, **keys), timeout=PATIENCE)

    def call(self, peer, number, user='alice'):
        """The final answer to INVITE, which is acknowledged."""
        invite = self.build(peer, number, user, 'INVITE', body=SDP)
        answer = peer.transact(invite, timeout=PATIENCE, skip=(100, 180, 183))
        if answer.status >= 300:
            peer.send(peer.ack_failure(invite, answer))
        return answer


def essence(answer):
    """What must be the same for INVITE and OPTIONS."""
    return (answer.raw.split(b'\r\n')[0], answer.get_all('Contact'))


class Answers(ForesightTestCase):
    def test_refused(self):
        """DLGX-08: each refusal over each path, and INVITE gets the same"""
        self.start(routes(*REFUSED) + '[route c]\ncontext=cellar\nmatch=7\ndo=reject(604)\n')
        self.daemon.warnings_expected = True  # of steps that dial nobody
        for path in PATHS:
            peer = self.peer(path)
            for number, (do, expected) in enumerate(REFUSED.items(), 1000):
                with self.subTest(path=path, do=do):
                    answer = self.ask(peer, number)
                    status, *texts = expected
                    self.assertEqual(answer.status, status)
                    for text in texts:
                        self.assertIn(text, answer.raw.decode())
                    if path == ('udp', 'ipv4'):
                        self.assertEqual(essence(self.call(peer, number)), essence(answer))
        self.daemon.wait_for_sessions(0)

    def test_nobody(self):
        """DLGX-08: no route is for the number, or none for who calls: 404; more digits may: 484"""
        self.start(routes('answer') + '[route o]\ncontext=office\nmatch=2000\nfrom=bob\ndo=answer\n'
                   '[route w]\ncontext=office\nmatch=3000\nonly-when=registered:bob\ndo=answer\n')
        for path in PATHS:
            peer = self.peer(path)
            for user, number, status in (('alice', '999', 404), ('alice', '2000', 404),
                                         ('alice', '3000', 404), ('alice', '10', 404),
                                         ('digits', '10', 484), ('digits', '99', 404),
                                         ('alice', '1000', 200)):
                with self.subTest(path=path, user=user, number=number):
                    answer = self.ask(peer, number, user)
                    self.assertEqual(answer.status, status)
                    if status != 200 and path == ('udp', 'ipv4'):
                        self.assertEqual(essence(self.call(peer, number, user)), essence(answer))

    def test_registered(self):
        """DLGX-08: who registers can be called from then on, and a condition holds"""
        self.start(routes('dial(bob)') +
                   '[route w]\ncontext=office\nmatch=3000\nonly-when=registered:bob\ndo=answer\n')
        peer = self.peer()
        self.assertEqual([self.ask(peer, n).status for n in (1000, 3000)], [480, 404])
        there = self.peer()
        Phone(there, 'bob').register(there.contact)
        self.assertEqual([self.ask(peer, n).status for n in (1000, 3000)], [200, 200])

    def test_taken(self):
        """DLGX-08: what would be answered, or cannot be told, gets 200 with what we can do"""
        self.start(routes(*TAKEN))
        for path in PATHS:
            peer = self.peer(path)
            for number, do in enumerate(TAKEN, 1000):
                with self.subTest(path=path, do=do):
                    answer = self.ask(peer, number)
                    self.assertEqual(answer.status, 200)
                    self.assertIn('INVITE', answer['allow'])
                    self.assertEqual(answer['accept'], 'application/sdp')
        self.daemon.wait_for_sessions(0)

    def test_no_routes(self):
        """DLGX-08: where there are no routes somebody on the bus may take the call: 200"""
        self.start()
        self.assertEqual(self.ask(self.peer(), '999').status, 200)

    def test_reload(self):
        """DLGX-08: after a reload the new routes count, and the new key"""
        self.start(routes('reject(486)'))
        peer = self.peer()
        self.assertEqual(self.ask(peer, 1000).status, 486)
        config = self.daemon.config / 'ahoy.conf'
        text = config.read_text('utf-8')
        for old, new, status in (('reject(486)', 'reject(600)', 600),
                                 ('[endpoint alice](phone)\n', '[endpoint alice](phone)\n'
                                  'options-answer=always-200\n', 200)):
            text = text.replace(old, new)
            config.write_text(text, 'utf-8')
            self.daemon.ctl('reload')
            self.assertEqual(self.ask(peer, 1000).status, status)
            self.assertEqual(self.call(peer, 1000).status, 600)


class Limits(ForesightTestCase):
    """Too many calls, or none wanted."""

    def answer(self, number):
        """A call that is there, from bob."""
        peer = self.peer()
        answer = self.call(peer, number)
        self.assertEqual(answer.status, 200)
        self.daemon.wait_for_sessions(1)

    def compare(self, number, status, header=None):
        """OPTIONS gets what INVITE gets, over each path; without a user it gets 200."""
        for path in PATHS:
            with self.subTest(path=path):
                peer = self.peer(path)
                answer = self.ask(peer, number)
                self.assertEqual(answer.status, status)
                if header is not None:
                    self.assertRegex(answer[header], r'\A\d+\Z')
                self.assertEqual(self.ask(peer, '').status, 200)
        self.assertEqual(essence(self.call(self.peer(), number)), essence(answer))

    def test_call_limit(self):
        """DLGX-08: who has as many calls as he may gets 486"""
        self.start(routes('answer, wait(1h)'), alice='call-limit=1')
        self.assertEqual(self.ask(self.peer(), 1000).status, 200)
        self.answer(1000)
        self.compare(1000, 486)

    def test_max_sessions(self):
        """DLGX-08: with as many calls as there may be it is 503, and Retry-After says when"""
        self.start(routes('answer, wait(1h)'), core='max-sessions=1')
        self.assertEqual(self.ask(self.peer(), 1000).status, 200)
        self.answer(1000)
        self.compare(1000, 503, 'retry-after')

    def test_busy(self):
        """DLGX-08: who has so many calls that he is busy"""
        self.start(routes('answer, wait(1h)', 'dial(alice)'),
                   alice='busy-level=1\ncontact=<sip:alice@127.0.0.1:9>')
        self.assertEqual(self.ask(self.peer(), 1001).status, 200)
        self.answer(1000)
        self.compare(1001, 486)

    def test_maintenance(self):
        """DLGX-08: who calls, or who is called, is in maintenance"""
        self.start(routes('answer', 'dial(there)'))
        peer = self.peer()
        self.assertEqual([self.ask(peer, n).status for n in (1000, 1001)], [200, 200])
        self.daemon.call('endpoint/there', 'Endpoint', 'SetMaintenance', 'b', 'true')
        self.assertEqual([self.ask(peer, n).status for n in (1000, 1001)], [200, 480])
        self.compare(1001, 480)
        self.daemon.call('endpoint/alice', 'Endpoint', 'SetMaintenance', 'b', 'true')
        self.compare(1000, 480)


VARIES = [(re.compile(pattern), what) for pattern, what in (
    (rb'(branch=)[^;\r]+', rb'\1B'), (rb'(;tag=)[^\r;]+', rb'\1T'), (rb'(;rport=)\d+', rb'\1P'),
    (rb'(nonce=")[^"]*', rb'\1N'), (rb'(\r\nCall-ID: )[^\r]*', rb'\1C'),
    (rb'(\r\nDate: )[^\r]*', rb'\1D'))]


def normalise(answer, number):
    """An answer without what has to differ."""
    data = answer.raw.replace(str(number).encode() + b'@', b'NUMBER@')
    for pattern, what in VARIES:
        data = pattern.sub(what, data)
    return data


class Nobody(ForesightTestCase):
    """Who could not call learns nothing."""

    def same(self, status, user='alice', **keys):
        """Numbers that are there, that would be refused, and that are not there: no difference."""
        for path in PATHS:
            peer = self.peer(path)
            answers = [normalise(self.ask(peer, number, user, **keys), number)
                       for number in (1000, 1001, 9999)]
            with self.subTest(path=path, user=user):
                self.assertTrue(answers[0].startswith(b'SIP/2.0 %d ' % status), answers[0])
                self.assertEqual(answers[0], answers[1])
                self.assertEqual(answers[0], answers[2])

    def test_guest(self):
        """DLGX-08: guests get 200, unless it is written down that they hear more"""
        self.daemon = Daemon(anyone(('1000', 'answer'), ('1001', 'reject(600)')))
        self.addCleanup(self.daemon.stop)
        self.same(200)

    def test_guest_who_may(self):
        """DLGX-08: options-answer of the guests lets them hear it"""
        self.daemon = Daemon(anyone(('1000', 'answer'), ('1001', 'reject(600)'),
                                    endpoint='options-answer=route'))
        self.addCleanup(self.daemon.stop)
        peer = self.peer()
        self.assertEqual([self.ask(peer, n).status for n in (1000, 1001, 9999)], [200, 600, 404])

    def test_who_may_not_call(self):
        """DLGX-08: neither who may do something else, nor with a method that is forbidden"""
        for keys in ('allow=message', 'disallowed-methods=INVITE',
                     'allowed-methods=OPTIONS;MESSAGE'):
            with self.subTest(keys=keys):
                self.start(routes('answer', 'reject(600)'), alice=keys)
                self.same(200)

    def test_always(self):
        """DLGX-08: options-answer=always-200, for what watches whether we are there"""
        self.start(routes('answer', 'reject(600)'), alice='options-answer=always-200')
        self.same(200)
        self.assertEqual(self.call(self.peer(), 1001).status, 600)

    def test_unproved(self):
        """DLGX-08: without the proof that a call needs: a challenge, or 200 by auth-except"""
        self.start(routes('answer', 'reject(600)') + '[endpoint secret](phone)\nauth=digest\n'
                   'password=4711\n[endpoint open](phone)\nauth=digest\npassword=4711\n'
                   'auth-except=OPTIONS\n')
        for user, status in (('secret', 401), ('stranger', 401), ('open', 200)):
            self.same(status, user)
        peer = self.peer()
        for number, status in ((1000, 200), (1001, 600), (9999, 404)):
            request = self.build(peer, number, 'secret')
            challenge = peer.transact(request, 401, timeout=PATIENCE)
            again = peer.authorize(request, challenge, 'secret', '4711')
            self.assertEqual(peer.transact(again, timeout=PATIENCE).status, status)

    def test_without_user(self):
        """DLGX-08: the question whether we are there at all is answered with 200"""
        self.start(routes('reject(600)'))
        for path in PATHS:
            answer = self.ask(self.peer(path), '')
            self.assertEqual(answer.status, 200)
            self.assertIn('INVITE', answer['allow'])

    def test_sipsak(self):
        """DLGX-08: sipsak is told, over UDP and TCP"""
        self.start(routes('answer', 'reject(486)') +
                   '[endpoint sipsak](phone)\nidentify=ip\nmatch=127.0.0.1\n')
        for transport in ('udp', 'tcp'):
            port = self.daemon.address(transport)[1]
            for uri, line in (('sip:1000@', '200 OK'), ('sip:1001@', '486 Busy Here'),
                              ('sip:9999@', '404 Not Found'), ('sip:', '200 OK')):
                with self.subTest(transport=transport, uri=uri):
                    done = subprocess.run(
                        ['sipsak', '-vvv', '-H', '127.0.0.1', '-E', transport, '-s',
                         f'{uri}127.0.0.1:{port}'], capture_output=True, text=True,
                        timeout=60, check=False)
                    self.assertIn(f'SIP/2.0 {line}', done.stdout + done.stderr)


class Nothing(ForesightTestCase):
    """What OPTIONS begins: nothing."""

    def test_nothing_begins(self):
        """DLGX-08: no session, no program, no ringing, no event, no record"""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        trace = pathlib.Path(folder.name, 'ran')
        bob = Peer('udp', HOSTS['ipv4'])
        self.addCleanup(bob.close)
        hook = f'on-dial=/usr/bin/touch {trace}\n'
        self.start(routes(f'exec(/usr/bin/touch, {trace}), reject', 'dial(called)', 'reject',
                          'pickup', 'dial(sleeper)', 'answer, echo').replace('do=', hook + 'do=') +
                   f'[endpoint called]\nauth=none\nidentify=ip\ncontact=<{bob.uri}>\n{hook}')
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        peer = self.peer()
        for number in (*range(1000, 1006), 9999):
            self.ask(peer, number)
        self.assertEqual(self.daemon.call('', 'History', 'Query', 'a{sv}', 0), [[]])
        # What is told next is the first session that there ever was.
        self.assertEqual(self.call(peer, 1005).status, 200)
        monitor.wait_for(f'{ROOT}/session/1', 'InterfacesAdded')
        self.assertEqual(self.daemon.objects('session'), [f'{ROOT}/session/1'])
        told = [signal for signal in monitor.signals if not signal.interface.endswith('Properties')]
        self.assertEqual((told[0].member, told[0].object),
                         ('InterfacesAdded', f'{ROOT}/session/1'), told)
        bob.expect_nothing(0.2)
        self.assertFalse(trace.exists())


if __name__ == '__main__':
    agent.main()
