# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-11: nobody learns from answers which accounts there are: for names that exist and names that
do not, 1000 probes of each kind get the same bytes in the same time.
"""

import random
import re
import socket
import statistics
import time

import agent
import sip_digest
from daemon import Daemon, SANITIZED
from sip_message import Message

PROBES = 1000  # of each kind, of known and of unknown names
NAMES = 20
LIMIT = 0.002  # seconds between the medians
KNOWN = [f'alice{number:02}' for number in range(NAMES)]
UNKNOWN = [f'mallo{number:02}' for number in range(NAMES)]
CONFIG = '''
[core]
{core}
t1=500ms
overload-delay=0
overload-queue=0
[transport udp]
protocol=udp
bind=127.0.0.1:0
[transport tcp]
protocol=tcp
bind=127.0.0.1:0
[endpoint phone](!)
context=office
allow=call;register;message
{endpoint}
''' + ''.join(f'[endpoint {name}](phone)\npassword=secret-of-{name}\n{{more}}\n'
              for name in KNOWN) + '''
[route all]
context=office
match=*
do=answer
'''


def credentials(how, challenge, method, uri, name):
    """The value of Authorization; None for none."""
    if how == 'none':
        return None
    wrong = 'wrong'
    value = sip_digest.authorization(challenge, method, uri, name, wrong)
    if how == 'wrong realm':
        return sip_digest.authorization(re.sub(r'realm="[^"]*"', 'realm="elsewhere"', challenge),
                                        method, uri, name, wrong)
    if how == 'old nonce':
        return sip_digest.authorization(
            re.sub(r'nonce="([^"]*)"', lambda m: f'nonce="{"0" * len(m[1])}"', challenge), method,
            uri, name, wrong)
    if how == 'other user':
        return sip_digest.authorization(challenge, method, uri, 'nobody', wrong)
    if how == 'Basic':
        return 'Basic YWxpY2U6c2VjcmV0'
    if how == 'garbage':
        return 'Digest username="' + name + '", realm=, =,'
    return value


HOW = ('none', 'wrong password', 'wrong realm', 'old nonce', 'other user', 'Basic', 'garbage')
METHODS = ('REGISTER', 'INVITE', 'OPTIONS', 'MESSAGE')

# What has to differ from answer to answer, by its length alone; and the name that was asked about.
VARIES = [(re.compile(pattern), what) for pattern, what in (
    (rb'(branch=)([^;\s]+)', 'branch'), (rb'(;tag=)([^;\s]+)', 'tag'),
    (rb'(nonce=")([^"]*)', 'nonce'), (rb'(\r\nCall-ID: )([^\r]*)', 'call'),
    (rb'(\r\nCSeq: )(\d+)', 'number'), (rb'(\r\nDate: )([^\r]*)', 'date'))]


def normalise(data, name):
    """An answer without what has to differ."""
    for pattern, what in VARIES:
        data = pattern.sub(lambda m: m[1] + b'<%d>' % (1 if what == 'number' else len(m[2])), data)
    return data.replace(name.encode(), b'NAME')


class Prober:
    """One socket that asks and waits, one request after the other."""

    def __init__(self, transport, target, host='127.0.0.1'):
        self.transport, self.target, self.host = transport, target, host
        kind = socket.SOCK_DGRAM if transport == 'udp' else socket.SOCK_STREAM
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.settimeout(10)
        if transport == 'tcp':
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.bind((host, 0))
        self.socket.connect(target)
        self.port = self.socket.getsockname()[1]
        self.number = 0
        self.rest = b''

    def close(self):
        self.socket.close()

    def request(self, method, name, authorization, branch, to_tag=''):
        host, port = self.target
        uri = f'sip:{host}:{port}' if method == 'REGISTER' else f'sip:600@{host}:{port}'
        to = f'<sip:{name}@{host}:{port}>' if method == 'REGISTER' else f'<{uri}>'
        lines = [f'{method} {uri} SIP/2.0',
                 f'Via: SIP/2.0/{self.transport.upper()} {self.host}:{self.port};branch={branch}',
                 'Max-Forwards: 70', f'From: <sip:{name}@{host}:{port}>;tag=t{self.number:08}',
                 f'To: {to}{to_tag}', f'Call-ID: c{self.number:08}@127.0.0.1',
                 f'CSeq: {self.number % 1000 + 1000} {method}']
        if method not in ('MESSAGE', 'ACK'):
            lines.append(f'Contact: <sip:{name}@127.0.0.1:{self.port}>')
        if authorization is not None:
            lines.append(f'Authorization: {authorization}')
        return uri, ('\r\n'.join(lines + ['Content-Length: 0']) + '\r\n\r\n').encode()

    def receive(self):
        if self.transport == 'udp':
            return self.socket.recv(65536)
        while b'\r\n\r\n' not in self.rest:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionResetError('the connection was closed')
            self.rest += data
        message, _, self.rest = self.rest.partition(b'\r\n\r\n')
        return message + b'\r\n\r\n'  # no answer here has a body

    def ask(self, method, name, authorization=None):
        """The final answer, and the seconds that the first one took."""
        self.number += 1
        branch = f'z9hG4bK{random.getrandbits(60):016x}'
        _, request = self.request(method, name, authorization, branch)
        begin = time.perf_counter()
        self.socket.send(request)
        answer = self.receive()
        took = time.perf_counter() - begin
        while answer.startswith(b'SIP/2.0 1'):
            answer = self.receive()
        if method == 'INVITE':
            tag = re.search(rb'\r\nTo: [^\r]*(;tag=[^\r;]+)', answer)
            _, ack = self.request('ACK', name, None, branch, tag[1].decode() if tag else '')
            self.socket.send(ack)
        return answer, took

    def probe(self, how, method, name, challenge):
        uri, _ = self.request(method, name, None, 'x')
        return self.ask(method, name, credentials(how, challenge, method, uri, name))


class Oracle(agent.unittest.TestCase):
    def start(self, endpoint='', more='', core=''):
        daemon = Daemon(CONFIG.format(endpoint=endpoint, more=more, core=core))
        self.addCleanup(daemon.stop)
        return daemon

    def prober(self, daemon, transport):
        prober = Prober(transport, daemon.address(transport))
        self.addCleanup(prober.close)
        return prober

    def challenge(self, prober):
        """The first challenge, as everybody unknown gets it."""
        answer = Message.parse(prober.ask('OPTIONS', UNKNOWN[0])[0])
        self.assertEqual(answer.status, 401)
        return answer.all('WWW-Authenticate')[0]

    def compare(self, prober, kinds, probes):
        """All kinds, known and unknown names, in an order that nobody knows before."""
        challenge = self.challenge(prober)
        jobs = [(how, method, known) for how, method in kinds for known in (True, False)] * probes
        random.shuffle(jobs)
        seen, times = {}, {}
        for how, method, known in jobs:
            name = random.choice(KNOWN if known else UNKNOWN)
            answer, took = prober.probe(how, method, name, challenge)
            seen.setdefault((how, method), {}).setdefault(known, set()).add(
                normalise(answer, name))
            times.setdefault((how, method), {}).setdefault(known, []).append(took)
        for kind, answers in sorted(seen.items()):
            with self.subTest(kind=kind):
                self.judge(kind, answers, times[kind])

    def judge(self, kind, answers, times):
        for known in (True, False):
            self.assertEqual(len(answers[known]), 1,
                             f'known {known}: several answers {answers[known]}')
        yes, no = answers[True].pop(), answers[False].pop()
        self.assertEqual(yes.decode(), no.decode(), kind)
        self.assertNotRegex(yes, rb'\ASIP/2.0 [12]')
        medians = {known: statistics.median(each) for known, each in times.items()}
        print(f'# {kind[1]:9} {kind[0]:15} {len(times[True])} + {len(times[False])}: '
              f'{yes.split(b" ", 2)[1].decode()}, known {medians[True] * 1e6:.0f} µs, '
              f'unknown {medians[False] * 1e6:.0f} µs', flush=True)
        if SANITIZED:
            return  # it is slow, and the time that counts is measured without it
        # On a machine with much to do the answers spread, and a median is as sure as they let it.
        low, _, high = statistics.quantiles(times[True] + times[False])
        self.assertLess(abs(medians[True] - medians[False]), max(LIMIT, (high - low) / 4))

    def test_oracle(self):
        """AUTH-11: 1000 probes of each kind: known and unknown names get the same bytes in the same
        time
        """
        daemon = self.start()
        kinds = [(how, method) for method in METHODS for how in HOW]
        self.compare(self.prober(daemon, 'udp'), kinds,
                     PROBES // 10 if SANITIZED else PROBES)

    def test_over_tcp(self):
        """The same over one connection"""
        kinds = [(how, method) for method in METHODS for how in HOW[:3]]
        self.compare(self.prober(self.start(), 'tcp'), kinds, 100)

    def test_restricted(self):
        """What an endpoint may not do, and headers of its own, are told to nobody without a proof
        """
        daemon = self.start('headers=X-Line: 7\ncall-limit=1', 'allow=message')
        kinds = [(how, method) for method in METHODS for how in HOW[:3]]
        self.compare(self.prober(daemon, 'udp'), kinds, 100)

    def test_maintenance(self):
        """Neither is who is in maintenance"""
        daemon = self.start()
        for name in KNOWN:
            daemon.call(f'endpoint/{name}', 'Endpoint', 'SetMaintenance', 'b', 'true')
        kinds = [(how, method) for method in METHODS for how in HOW[:2]]
        self.compare(self.prober(daemon, 'udp'), kinds, 100)

    def test_bans(self):
        """A guesser is banned as soon for names that exist as for names that do not"""
        daemon = self.start(core='guard-exempt=192.0.2.1\nban-threshold=8')
        challenge = self.challenge(self.prober(daemon, 'udp'))
        answered, source = {}, 2
        for how in ('none', 'wrong password', 'wrong realm', 'garbage'):
            for known, names in ((True, KNOWN), (False, UNKNOWN)):
                prober = Prober('udp', daemon.address('udp'), f'127.0.0.{source}')
                self.addCleanup(prober.close)
                prober.socket.settimeout(1)
                answered[how, known] = self.count_answers(prober, how, names[0], challenge)
                source += 1
            self.assertEqual(answered[how, True], answered[how, False], how)
        print(f'# answers before a ban: {answered}', flush=True)

    def count_answers(self, prober, how, name, challenge):
        for count in range(50):
            try:
                prober.probe(how, 'REGISTER', name, challenge)
            except TimeoutError:
                return count
        raise AssertionError(f'{how}: {name} is not banned')

    def test_right_password(self):
        """With the right password the answer is another one: the harness sees a difference"""
        prober = self.prober(self.start(), 'udp')
        challenge = self.challenge(prober)
        value = sip_digest.authorization(challenge, 'OPTIONS', 'sip:600@%s:%d' % prober.target,
                                         KNOWN[0], f'secret-of-{KNOWN[0]}')
        self.assertTrue(prober.ask('OPTIONS', KNOWN[0], value)[0].startswith(b'SIP/2.0 200'))


if __name__ == '__main__':
    agent.main(340)
