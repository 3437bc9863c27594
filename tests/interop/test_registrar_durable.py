# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Registrations stream in, and ahoyd is killed in the middle, again and again: what got its 200 is
there afterwards, and what was taken back with a 200 stays away."""

import random
import selectors
import shutil
import socket
import tempfile
import time
import unittest

from bus_monitor import Monitor
from daemon import Bus, Daemon
from sip_message import Message, NameAddr
from sip_peer import Failure

USERS = 8
ROOM = 4          # contacts of one
LIFES = 12
SHORT, LONG = 2, 3600
CONFIG = '''
[core]
modules=registrar

[transport udp]
protocol=udp
bind=127.0.0.1:0
''' + ''.join(f'''
[endpoint user{number}]
auth=none
identify=username
allow=register
max-contacts={ROOM}
minimum-expiration=1
''' for number in range(USERS))
# The clock of the registrar has seconds, and timers come late on a busy machine.
SLACK = 1.5
# What the daemon said in its last moment may not have left it.
TAIL = 0.2


class Change:
    """What one REGISTER asks for: contacts that come, stay longer, or go."""

    def __init__(self, uris, expires):
        self.uris, self.expires, self.done = uris, expires, None

    def contacts(self):
        return [f'<{uri}>;expires={self.expires}' for uri in self.uris]

    def applied(self, bindings, now):
        """The bindings afterwards: {URI: when they end}."""
        after = dict(bindings)
        for uri in self.uris:
            if self.expires:
                after[uri] = now + self.expires
            else:
                after.pop(uri, None)
        return after


class User:
    """One who registers, one request after the other, and knows what has to be kept."""

    def __init__(self, number, chance):
        self.name, self.chance = f'user{number}', chance
        self.bindings = {}    # those that got their 200, and when they end
        self.gone = {}        # when those got their 200 that were taken back
        self.added = {}       # and those that came
        self.ends = {}        # when those end that were there in this life
        self.brief = set()    # those that may have been there when it began
        self.change = None    # what was asked for, and not answered yet
        self.serial = self.cseq = 0
        self.sock = None

    def connect(self, port):
        self.close()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.connect(('127.0.0.1', port))
        self.sock.setblocking(False)

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def fileno(self):
        return self.sock.fileno()

    def send(self, contacts=()):
        self.cseq += 1
        host, port = self.sock.getsockname()
        target = '127.0.0.1:%d' % self.sock.getpeername()[1]
        lines = [f'REGISTER sip:{target} SIP/2.0',
                 f'Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self.name}-{self.cseq};rport',
                 'Max-Forwards: 70', f'From: <sip:{self.name}@{target}>;tag=f',
                 f'To: <sip:{self.name}@{target}>', f'Call-ID: {self.name}@durable',
                 f'CSeq: {self.cseq} REGISTER', *(f'Contact: {value}' for value in contacts),
                 'Content-Length: 0', '', '']
        self.sock.send('\r\n'.join(lines).encode())

    def choose(self):
        """Something to ask for: contacts that come, one that stays, or some that go."""
        kinds = ['come'] * (len(self.bindings) < ROOM) + ['stay', 'go'] * bool(self.bindings)
        kind = self.chance.choice(kinds)
        if kind == 'come':
            count = self.chance.randint(1, ROOM - len(self.bindings))
            first, self.serial = self.serial, self.serial + count
            uris = [f'sip:{self.name}-{serial}@127.0.0.1:5999'
                    for serial in range(first, first + count)]
            return Change(uris, self.chance.choice((SHORT, LONG, LONG, LONG, LONG, LONG)))
        # One that is about to end by itself may be gone already.
        stable = [uri for uri, end in self.bindings.items() if end > time.time() + 60]
        if not stable:
            return None
        if kind == 'stay':
            return Change([self.chance.choice(stable)], LONG)
        return Change(self.chance.sample(stable, self.chance.randint(1, len(stable))), 0)

    def forget_ended(self):
        """Those that have surely ended leave room for others."""
        self.bindings = {uri: end for uri, end in self.bindings.items()
                         if end > time.time() - SLACK}

    def ask(self):
        self.forget_ended()
        self.change = self.choose()
        if self.change is not None:
            self.send(self.change.contacts())

    def answered(self, response):
        """Takes the answer to what was asked for."""
        if response.cseq != self.cseq:
            return
        if response.status != 200:
            raise Failure(f'{self.name}: {self.change.contacts()} got {response.summary()}')
        now = time.time()
        for uri in self.change.uris:
            if self.change.expires and uri not in self.bindings:
                self.added[uri] = now
            elif not self.change.expires:
                self.gone[uri] = now
        self.bindings = self.change.applied(self.bindings, now)
        self.ends.update(self.bindings)
        self.change = None

    def recall(self):
        """What the registrar says now: {URI: seconds that are left}."""
        self.send()
        self.sock.setblocking(True)
        self.sock.settimeout(10)
        response = Message.parse(self.sock.recv(65536))
        self.sock.setblocking(False)
        if response.status != 200:
            raise Failure(f'{self.name}: {response.summary()}')
        listed = [NameAddr(value) for value in response.all('Contact')]
        return {item.uri: int(item.params['expires']) for item in listed}


class Durable(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(self.id())
        self.state = tempfile.mkdtemp(prefix='ahoy-state-')
        self.addCleanup(shutil.rmtree, self.state, ignore_errors=True)
        self.bus = Bus()
        self.addCleanup(self.bus.close)
        self.daemon = None
        self.users = [User(number, self.chance) for number in range(USERS)]
        self.addCleanup(lambda: [user.close() for user in self.users])

    def start(self):
        self.daemon = Daemon(CONFIG, '--state', self.state, bus=self.bus)
        self.addCleanup(self.kill)
        for user in self.users:
            user.connect(self.daemon.ports['udp'])

    def kill(self):
        """Ends it as a power cut would, as far as the process is concerned."""
        if self.daemon is None:
            return
        self.daemon.process.kill()
        self.daemon.process.wait()
        self.daemon.log.wait_for(lambda line: False)
        bad = [line for line in self.daemon.log.all if 'WARNING' in line or 'CRITICAL' in line]
        self.daemon.clean_up()
        self.daemon = None
        self.assertEqual([line for line in bad if 'kept everything waiting' not in line], [])

    def take(self, selector, timeout):
        """Takes the answers that are there; how many."""
        count = 0
        for key, _events in selector.select(timeout):
            user = key.fileobj
            try:
                while data := user.sock.recv(65536):
                    user.answered(Message.parse(data))
                    count += 1
            except (BlockingIOError, ConnectionRefusedError):
                continue
        return count

    def stream(self, answers):
        """All register at once, until so many answers came and a random moment has passed; the
        time when the daemon was killed, which can take long to go on a machine with much to do."""
        with selectors.DefaultSelector() as selector:
            for user in self.users:
                selector.register(user, selectors.EVENT_READ)
            end = time.monotonic() + 60
            count = 0
            while count < answers:
                self.assertLess(time.monotonic(), end, f'only {count} answers')
                for user in self.users:
                    if user.change is None:
                        user.ask()
                count += self.take(selector, 0.05)
            last = time.monotonic() + self.chance.uniform(0, 0.01)
            while time.monotonic() < last:
                self.take(selector, 0.0005)
            killed = time.time()
            self.daemon.process.kill()
            # Answers that had left it before are promises as well.
            self.daemon.process.wait()
            self.take(selector, 0)
            return killed

    def check(self, user):
        """What a user finds is what got its 200, with or without what was under way."""
        found = user.recall()
        now = time.time()
        possible = [user.bindings]
        if user.change is not None:
            possible.append(user.change.applied(user.bindings, now))
        sure = set.intersection(*({uri for uri, end in bindings.items() if end > now + SLACK}
                                  for bindings in possible))
        allowed = set.union(*({uri for uri, end in bindings.items() if end > now - SLACK}
                              for bindings in possible))
        self.assertLessEqual(sure, set(found), f'{user.name} lost what got its 200')
        self.assertLessEqual(set(found), allowed, f'{user.name} has what is gone')
        if user.change is not None:  # all of it, or nothing
            asked = set(user.change.uris)
            there = asked & set(found)
            if user.change.expires == LONG and not asked & set(user.bindings):
                self.assertIn(there, (set(), asked), 'half of a request was kept')
        for uri, left in found.items():
            self.assertLessEqual(left, LONG)
        user.bindings = {uri: now + left for uri, left in found.items()}
        user.ends = dict(user.bindings)
        # One that ended just before it was asked for may have been told.
        user.brief = set.union(*map(set, possible)) - set(found)
        user.change = None

    def check_signals(self, monitor, end):
        """What came and went in this life was told once, and nothing else; the last words of a
        process that is killed may be lost."""
        told = {'ContactAdded': {}, 'ContactRemoved': {}}
        for signal in list(monitor.signals):
            if signal.member in told:
                uri, path = signal.arguments[0], signal.path
                self.assertNotIn(uri, told[signal.member], f'{signal} was told twice')
                self.assertEqual(path.rpartition('/')[2], uri[4:].partition('-')[0])
                told[signal.member][uri] = signal.arguments[1:]
        for user in self.users:
            asked = set(user.change.uris) if user.change else set()
            name = f'sip:{user.name}-'
            added = {uri for uri in told['ContactAdded'] if uri.startswith(name)}
            removed = {uri for uri in told['ContactRemoved'] if uri.startswith(name)}
            sure = {uri for uri, when in user.added.items() if when < end - TAIL}
            self.assertLessEqual(sure - added, set(), 'nobody was told of it')
            self.assertLessEqual(added - set(user.added) - asked, set(), 'it did not come')
            sure = {uri for uri, when in user.gone.items() if when < end - TAIL}
            self.assertLessEqual(sure - removed, set(), 'nobody was told that it went')
            ended = {uri for uri, when in user.ends.items() if when < end + SLACK}
            self.assertLessEqual(removed - set(user.gone) - ended - asked - user.brief, set(),
                                 'it did not go')
            for uri in removed & set(user.gone):
                self.assertEqual(told['ContactRemoved'][uri], ['unregistered'])
            for uri in removed & (ended - set(user.gone) - asked):
                self.assertEqual(told['ContactRemoved'][uri], ['expired'])
            sure = {uri for uri in ended if user.ends[uri] < end - SLACK - TAIL}
            self.assertLessEqual(sure - set(user.gone) - removed, set(),
                                 'nobody was told that it ended')
            user.added, user.gone = {}, {}
        return len(told['ContactAdded']), len(told['ContactRemoved'])

    def test_killed(self):
        """after kill -9 at a random moment, many times: nothing lost, nothing back, nothing half"""
        answers = added = removed = 0
        for _life in range(LIFES):
            self.start()
            monitor = Monitor(self.bus)
            for user in self.users:
                self.check(user)
            wanted = self.chance.randint(30, 120 if self.daemon.is_sanitized() else 400)
            end = self.stream(wanted)
            answers += wanted
            self.kill()
            monitor.wait_until_gone()
            monitor.close()
            counts = self.check_signals(monitor, end)
            added, removed = added + counts[0], removed + counts[1]
        self.start()
        for user in self.users:
            self.check(user)
        left = sum(len(user.bindings) for user in self.users)
        print(f'# {LIFES} times killed, {answers} answers; {added} ContactAdded and {removed} '
              f'ContactRemoved, each once; {left} contacts at the end')

    def test_expired_meanwhile(self):
        """what ends while nobody is there is gone at once when there is somebody again"""
        self.start()
        user, other = self.users[:2]
        user.send([f'<sip:short@127.0.0.1:5999>;expires={SHORT}',
                   f'<sip:long@127.0.0.1:5999>;expires={LONG}'])
        user.sock.settimeout(10)
        self.assertEqual(Message.parse(user.sock.recv(65536)).status, 200)
        end = time.time() + SHORT
        self.kill()
        time.sleep(max(end + 1 - time.time(), 0))  # a binding ends by the clock on the wall
        self.start()
        found = user.recall()
        self.assertEqual(set(found), {'sip:long@127.0.0.1:5999'})
        self.assertLessEqual(found['sip:long@127.0.0.1:5999'], LONG - SHORT)
        self.assertEqual(other.recall(), {})


if __name__ == '__main__':
    import agent
    agent.main(230)
