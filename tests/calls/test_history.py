# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""BRDG-34: records of calls that are over: who, when, how, and which belong together."""

import contextlib
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import agent
from bus_monitor import Monitor
from daemon import BusError, Daemon, anyone
from rtp_phone import RtpPhone
from sip_peer import Failure
from test_dial import Caller, sdp
from test_sipp import Sipp
from test_transfer import TransferTestCase

HISTORY = 'org.ahoy.Ahoy1.History'


def read(daemon, *options):
    """The records that ahoyctl shows, the oldest first."""
    return json.loads(daemon.ctl('--json', 'history', '--all', *options).stdout)[::-1]


def wait_for(daemon, count, *options):
    """Records are written behind the call."""
    end = time.monotonic() + 60
    while len(records := read(daemon, *options)) != count:
        if time.monotonic() > end:
            raise Failure(f'{records}\n{count} were expected\n' + daemon.report())
        time.sleep(0.05)  # between two questions, not for anything to happen
    return records


def rows(path, sql):
    """What a stranger to us reads in the file."""
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
        return database.execute(sql).fetchall()


class Linked(TransferTestCase):
    """Which sessions were one call to people."""

    def test_bridged(self):
        """a call and its callee have a linked id and a bridge; the next call has others"""
        self.start(more={'alice': 'account-code=4711'})
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        for _ in range(2):
            alice, bob = self.connect(self.alice, self.bob, '2')
            bob.bye()
            alice.hung_up()
            self.over()
        first, second, third, fourth = wait_for(self.daemon, 4)
        self.assertEqual(first['linked-id'], second['linked-id'])
        self.assertNotEqual(first['linked-id'], third['linked-id'])
        self.assertEqual(first['bridge'], second['bridge'])
        self.assertGreater(third['bridge'], first['bridge'])
        caller, callee = sorted((first, second), key=lambda record: record['direction'])
        self.assertEqual((caller['direction'], callee['direction']), ('incoming', 'outgoing'))
        self.assertEqual((caller['endpoint'], callee['endpoint']), ('alice', 'bob'))
        self.assertEqual((caller['caller'], caller['callee']), ('alice', '2'))
        self.assertEqual((caller['application'], caller['account']), ('dial', '4711'))
        self.assertEqual((caller['ended-by'], callee['ended-by']), ('local', 'remote'))
        self.assertEqual(callee['cause'], 16)
        self.assertEqual(callee['codec'], 'PCMU')
        for record in (caller, callee, third, fourth):
            self.assertLess(0, record['created-at'])
            self.assertLessEqual(record['created-at'], record['answered-at'])
            self.assertLessEqual(record['answered-at'], record['ended-at'])
            self.assertLess(abs(time.time() - record['ended-at'] / 1e6), 120)
        self.assertEqual(len(read(self.daemon, '--linked-id', first['linked-id'])), 2)
        added = monitor.wait(lambda said: said.interface == HISTORY and said.member == 'Added')
        self.assertIn(added.arguments[0][0], [record['id'] for record in (first, second)])

    def test_session_id(self):
        """the UUIDs of Session-ID are in the records of both legs, and found by one of them"""
        self.start()
        uuid = 'ab30317f1a784dc48ff824d0d3715d86'
        alice = self.alice.call('2', headers=(f'Session-ID: {uuid};remote={"0" * 32}',))
        bob = self.bob.called().ring().answer()
        alice.answered()
        bob.bye()
        alice.hung_up()
        caller, callee = wait_for(self.daemon, 2, '--session-id', uuid)
        self.assertEqual(caller['linked-id'], callee['linked-id'])
        for record in (caller, callee):
            self.assertIn(uuid, record['session-id'])
        self.assertEqual(read(self.daemon, '--session-id', '1' * 32), [])

    def test_attended(self):
        """an attended transfer: all four sessions are one call, whatever was stored before"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('3')
        carol = self.carol.called().ring()
        second.ringing()
        carol.answer()
        second.answered()
        bob.refer(self.target('3'), replaces=second.replaces())
        second.hung_up()
        self.assertEqual(bob.outcome(), [100, 200])
        bob.bye()
        self.daemon.wait_for_sessions(2)
        wait_for(self.daemon, 2)
        alice.bye()
        carol.hung_up()
        records = wait_for(self.daemon, 4)
        self.assertEqual(len({record['linked-id'] for record in records}), 1)
        self.assertEqual({record['endpoint'] for record in records}, {'alice', 'bob', 'carol'})
        path = self.daemon.state / 'history.db'
        self.assertEqual(rows(path, 'SELECT count(DISTINCT linked_id), count(*) FROM call'),
                         [(1, 4)])
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        [row] = [record for record in records if record['endpoint'] == 'alice']
        self.assertIn('bob', row['transferred-by'])

    def live(self):
        """What the bus says of the sessions, also of those that are over: {number: linked id}."""
        return {int(path.rpartition('/')[2]): self.daemon.get(path, 'Session', 'LinkedId')
                for path in self.daemon.objects('session')}

    def test_live(self):
        """the linked id of sessions that go on, and of those that are over, is the recorded one"""
        self.start(core='session-linger=1h')
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        alice, bob = self.connect(self.alice, self.bob, '2')
        first = self.live()
        self.assertEqual((len(first), len(set(first.values()))), (2, 1), first)
        second, carol = self.connect(self.bob, self.carol, '3')
        before = self.live()
        self.assertEqual((len(before), len(set(before.values()))), (4, 2), before)
        self.assertEqual({number: before[number] for number in first}, first)
        self.assertNotIn('', before.values())
        bob.refer(self.target('3'), replaces=second.replaces())
        second.hung_up()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        self.daemon.wait_for_sessions(2)
        linked = first.popitem()[1]
        self.assertEqual(set(self.live().values()), {linked})
        for number in before:
            shown = json.loads(self.daemon.ctl('--json', 'session', number).stdout)
            self.assertEqual(shown['LinkedId'], linked)
        for number in (number for number, link in before.items() if link != linked):
            path = f'/org/ahoy/Ahoy1/session/{number}'
            monitor.wait(lambda said, path=path: said.path == path and linked == (
                said.member == 'PropertiesChanged' and said.arguments[1].get('LinkedId')))
        alice.bye()
        carol.hung_up()
        records = wait_for(self.daemon, 4)
        self.assertEqual({record['session']: record['linked-id'] for record in records},
                         self.live())

    def test_live_without_history(self):
        """where no history is kept sessions have a linked id, too, and it goes with transfers"""
        self.start(core='session-linger=1h', extra='\n[history]\nenabled=no\n')
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        carol = self.carol.called().ring().answer()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        self.hang_up(alice, carol)
        self.hang_up(*self.connect(self.alice, self.bob, '2'))
        ids = [link for _, link in sorted(self.live().items())]
        self.assertEqual((len(ids), len(set(ids[:3])), len(set(ids[3:])), len(set(ids))),
                         (5, 1, 1, 2), ids)
        self.assertEqual(read(self.daemon), [])

    def test_refused_blind(self):
        """who was asked in vain by a blind transfer belongs to the call as well"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('3'))
        self.carol.called().reject(486)
        self.assertEqual(bob.outcome(), [100, 486])
        self.daemon.wait_for_sessions(2)
        alice.bye()
        bob.hung_up()
        records = wait_for(self.daemon, 3)
        self.assertEqual(len({record['linked-id'] for record in records}), 1)
        [carol] = [record for record in records if record['endpoint'] == 'carol']
        self.assertEqual((carol['status'], carol['cause'], carol['answered-at']), (486, 17, 0))

    def one_call(self, count):
        """So many records, which are one call."""
        records = wait_for(self.daemon, count)
        self.assertEqual(len({record['linked-id'] for record in records}), 1,
                         [(record['endpoint'], record['direction'], record['linked-id'])
                          for record in records])
        return records

    def hang_up(self, leg, *others):
        """One party hangs up, and the others are hung up."""
        leg.bye()
        for other in others:
            other.hung_up()
        self.over()

    def test_picked_up(self):
        """who takes a call that rings elsewhere belongs to it, and so do those who rang"""
        self.start(routes=(('4', 'dial(bob)'), ('8', 'pickup(bob)')))
        alice = self.alice.call('4')
        ringing = self.bob.called().ring()
        alice.ringing()
        carol = self.carol.call('8')
        ringing.cancelled()
        alice.answered()
        carol.answered()
        self.hang_up(alice, carol)
        records = self.one_call(3)
        self.assertEqual({(record['endpoint'], record['direction']) for record in records},
                         {('alice', 'incoming'), ('bob', 'outgoing'), ('carol', 'incoming')})
        [bob] = [record for record in records if record['endpoint'] == 'bob']
        self.assertEqual(bob['answered-at'], 0)

    def test_picked_up_by_replaces(self):
        """so does who takes it by INVITE with Replaces (RFC 3891)"""
        self.start(routes=(('4', 'dial(bob)'),), more={'carol': 'allow-transfer=yes'})
        alice = self.alice.call('4')
        ringing = self.bob.called().ring()
        alice.ringing()
        replaces = (f'{ringing.call.call_id};to-tag={ringing.call.remote_tag};'
                    f'from-tag={ringing.call.local_tag};early-only')
        carol = self.carol.call('4', headers=(f'Replaces: {replaces}',))
        ringing.cancelled()
        alice.answered()
        carol.answered()
        self.hang_up(alice, carol)
        self.one_call(3)

    def test_parked(self):
        """who is parked, who parked him and who fetches him are one call; another parked is not"""
        self.start(routes=(('700', 'park(timeout=1h)'), ('701', 'parked(701)')))
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        other = self.bob.call('700').answered()
        wait_for(self.daemon, 1)  # Bob's part is on the disk before somebody fetches Alice
        carol = self.carol.call('701').answered()
        alice.bye()
        carol.hung_up()
        self.assertEqual({record['endpoint'] for record in self.one_call(3)},
                         {'alice', 'bob', 'carol'})
        other.bye()
        self.over()
        records = wait_for(self.daemon, 4)
        self.assertNotEqual(records[3]['linked-id'], records[0]['linked-id'])

    def test_parked_in_vain(self):
        """nobody fetches who is parked: the call back belongs to it as well"""
        self.start(routes=(('700', 'park(timeout=2s)'),))
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('700'))
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        back = self.bob.called().ring().answer()
        self.hang_up(alice, back)
        self.assertEqual([record['endpoint'] for record in self.one_call(3)].count('bob'), 2)

    def test_conference(self):
        """all who were in a room together are one call; the next room of the name is another"""
        self.start(routes=(('8', 'conference(staff)'),))
        for phones in ((self.alice, self.bob, self.carol), (self.carol, self.alice)):
            legs = [phone.call('8').answered() for phone in phones]
            for leg in legs:
                leg.bye()
            self.over()
        records = wait_for(self.daemon, 5)
        ids = [record['linked-id'] for record in records]
        self.assertEqual((len(set(ids[:3])), len(set(ids[3:])), len(set(ids))), (1, 1, 2), ids)
        self.assertEqual(len({record['bridge'] for record in records[:3]}), 1)

    def test_two_rooms(self):
        """who is sent from one room into another makes one call of them from then on"""
        self.start(routes=(('8', 'conference(one), conference(two)'), ('9', 'conference(two)')))
        alice = self.alice.call('8').answered()
        bob = self.bob.call('8').answered()
        carol = self.carol.call('9').answered()
        bob.bye()
        self.assertEqual(len(wait_for(self.daemon, 1)), 1)
        [session] = [path for path in self.daemon.objects('session')
                     if self.daemon.get(path, 'Session', 'RemoteUri') == self.alice.uri]
        self.daemon.ctl('conference', 'one', 'kick', session.rpartition('/')[2])
        end = time.monotonic() + 20
        while sorted(len(self.daemon.get(path, 'Bridge', 'Members'))
                     for path in self.daemon.objects('bridge')) != [2]:
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.05)  # between two looks
        alice.bye()
        carol.bye()
        self.over()
        self.one_call(3)

    def test_into_a_conference(self):
        """who is sent into a room belongs to it, with who sent him"""
        self.start(routes=(('8', 'conference(staff)'),))
        carol = self.carol.call('8').answered()
        alice, bob = self.connect(self.alice, self.bob, '2')
        bob.refer(self.target('8'))
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        wait_for(self.daemon, 1)
        alice.bye()
        carol.bye()
        self.over()
        self.one_call(3)

    def given_away(self, do):
        """Bob calls a route, and gives his place there to Alice."""
        self.start(routes=(('8', do),))
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('8').answered()
        bob.refer(self.target('8'), replaces=second.replaces())
        second.hung_up()
        self.assertEqual(bob.outcome()[-1], 200)
        bob.bye()
        wait_for(self.daemon, 2)
        alice.bye()
        self.over()
        self.assertEqual([record['endpoint'] for record in self.one_call(3)].count('bob'), 2)

    def test_place_in_a_route(self):
        """a place at a step that is given away: the call that had it belongs to who has it"""
        self.given_away('answer, echo')

    def test_place_in_a_slot(self):
        """so it does when the place is one where calls are parked"""
        self.given_away('park(timeout=1h)')

    def test_place_taken(self):
        """who takes a place in a route by INVITE with Replaces belongs to who had it"""
        self.start(routes=(('8', 'answer, echo'),))
        alice = self.alice.call('8').answered()
        carol = self.carol.call('8', headers=(f'Replaces: {alice.replaces()}',)).answered()
        alice.hung_up()
        self.hang_up(carol)
        self.one_call(2)

    def test_place_while_it_rings(self):
        """who rang in vain for a call that was given away belongs to it"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('3')
        carol = self.carol.called().ring()
        second.ringing()
        bob.refer(self.target('3'), replaces=second.replaces())
        second.refused(480)
        bob.bye()
        self.daemon.wait_for_sessions(2)
        wait_for(self.daemon, 2)
        alice.bye()
        carol.cancelled()
        self.over()
        records = self.one_call(4)
        [carol] = [record for record in records if record['endpoint'] == 'carol']
        self.assertEqual(carol['answered-at'], 0)


class Kept(unittest.TestCase):
    """What is in the file, and what becomes of it."""

    def start(self, extra='', core='', state=None):
        arguments = ('--state', str(state)) if state is not None else ()
        self.daemon = Daemon(anyone(('600', 'answer, echo'), ('601', 'busy'),
                                    ('602', 'answer, record(x.wav)'), core=core) + extra,
                             *arguments)
        self.addCleanup(self.end, self.daemon)
        return self.daemon

    @staticmethod
    def end(daemon):
        if daemon.process.poll() is None:
            daemon.stop()

    def call(self, user, name='alice', hang_up=True):
        peer = Caller('udp', '127.0.0.1', self.daemon.address(), name=name)
        self.addCleanup(peer.close)
        peer.invite(user, sdp(codecs=((0, 'PCMU/8000'),)))
        if user == '601':
            peer.expect(486, skip=(100, 180, 183))
        else:
            peer.answered()
            if hang_up:
                peer.bye()
        return peer

    def folder(self):
        folder = tempfile.mkdtemp(prefix='ahoy-history-')
        self.addCleanup(shutil.rmtree, folder, True)
        return pathlib.Path(folder)

    def test_shown(self):
        """ahoyctl shows, filters, exports and deletes; what is wrong is said"""
        self.start()
        self.call('600')
        self.call('601', 'bob')
        first, second = wait_for(self.daemon, 2)
        self.assertEqual((first['callee'], first['ended-by'], first['application']),
                         ('600', 'remote', 'echo'))
        self.assertEqual((second['caller'], second['status'], second['answered-at']),
                         ('bob', 486, 0))
        text = self.daemon.ctl('history').stdout
        self.assertRegex(text, r'(?m)^  Id +CreatedAt +Direction +Endpoint +Caller +Callee +Talked')
        self.assertRegex(text, r'(?m)^  1 .* alice +600 +0:00:0\d +200 remote')
        self.assertRegex(text, r'(?m)^  2 .* bob +601 +- +486 local')
        self.assertEqual([r['id'] for r in read(self.daemon, '--missed')], [2])
        self.assertEqual([r['id'] for r in read(self.daemon, '-n', 'bob')], [2])
        self.assertEqual([r['id'] for r in read(self.daemon, '-n', "bob' OR '1'='1")], [])
        self.assertEqual([r['id'] for r in read(self.daemon, '--since', '1h')], [1, 2])
        self.assertEqual(read(self.daemon, '--until', '1h'), [])
        self.assertEqual(read(self.daemon, '--outgoing'), [])
        page = json.loads(self.daemon.ctl('--json', 'history', '--limit', 1, '--offset', 1).stdout)
        self.assertEqual([r['id'] for r in page], [1])
        table = list(csv.DictReader(io.StringIO(self.daemon.ctl('history', '--csv').stdout)))
        self.assertEqual([row['callee'] for row in table], ['601', '600'])
        self.assertEqual(table[1]['call-id'], first['call-id'])
        self.assertNotEqual(self.daemon.ctl('history', '--since', 'x', check=False).returncode, 0)
        self.assertNotEqual(self.daemon.ctl('history', 'delete', check=False).returncode, 0)
        for filter_ in (('colour', 's', 'red'), ('limit', 's', '1'), ('direction', 's', 'up')):
            with self.assertRaises(BusError) as caught:
                self.daemon.call('', 'History', 'Query', 'a{sv}', 1, *filter_)
            self.assertIn(filter_[0], str(caught.exception))
        example = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples/python/missed_calls.py')
        done = subprocess.run(['/usr/bin/python3', example], text=True, capture_output=True,
                              timeout=60, check=True, env=self.daemon.environment)
        self.assertRegex(done.stdout, r'^\d\d:\d\d bob Peer wanted 601: 486\n$')
        self.assertIn('1 records', self.daemon.ctl('history', 'delete', '-n', 'bob').stdout)
        self.assertEqual([r['id'] for r in read(self.daemon)], [1])
        self.assertIn('1 records', self.daemon.ctl('history', 'delete', '--all').stdout)
        self.assertIn('no such calls', self.daemon.ctl('history').stdout)

    def test_hostile(self):
        """what a stranger writes is bounded, cleaned, and no part of a statement"""
        self.start()
        peer = Caller('udp', '127.0.0.1', self.daemon.address(), name='x')
        self.addCleanup(peer.close)
        evil = '"=cmd\u202e\u2028' + "');DROP TABLE call;--" + 'A' * 2000 + '"'
        invite = peer.request('INVITE', 'sip:600@127.0.0.1',
                              body=sdp(codecs=((0, 'PCMU/8000'),)))
        lines = [f'From: {evil} <sip:eve%0d%0a%1b%5b2J@127.0.0.1>;tag=evil'
                 if line.lower().startswith(('from:', 'f:')) else line
                 for line in invite.split('\r\n')]
        peer.send_raw('\r\n'.join(lines))
        answer = peer.expect(200, skip=(100, 180, 183))
        self.daemon.call(self.daemon.objects('session')[0], 'Session', 'Hangup')
        self.assertIsNotNone(answer)
        [record] = wait_for(self.daemon, 1)
        self.assertLessEqual(len(record['remote-name'].encode()), 255)
        for text in filter(lambda value: isinstance(value, str), record.values()):
            self.assertTrue(text.isprintable(), text)
        self.assertEqual(rows(self.daemon.state / 'history.db', 'SELECT count(*) FROM call'),
                         [(1,)])
        self.daemon.ctl('history', '--csv')

    def test_sipp(self):
        """a call of sipp, as ahoyctl shows it and as sqlite3 reads it"""
        self.start(core='headers=X-Signed: first')  # which the scenario looks for
        sipp = Sipp('uac_call', 'udp', 'ipv4', self.daemon.address(), '600')
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)
        [record] = wait_for(self.daemon, 1)
        self.assertEqual((record['callee'], record['status'], record['ended-by']),
                         ('600', 200, 'remote'))
        self.assertGreater(record['ended-at'], record['answered-at'])
        done = subprocess.run(['sqlite3', '-readonly', self.daemon.state / 'history.db',
                               'SELECT callee, call_id FROM call'], text=True,
                              capture_output=True, check=True, timeout=30)
        self.assertEqual(done.stdout, f'600|{record["call-id"]}\n')

    def test_pages(self):
        """more records than one answer has: all are shown, once each"""
        state = self.folder()
        self.start(state=state)
        self.call('600')
        wait_for(self.daemon, 1)
        self.daemon.stop()
        with contextlib.closing(sqlite3.connect(state / 'history.db')) as database:
            columns = ', '.join(row[1] for row in database.execute('PRAGMA table_info(call)')
                                if row[1] != 'id')
            for _ in range(11):
                database.execute(f'INSERT INTO call ({columns}) SELECT {columns} FROM call')
            database.commit()
        self.start(state=state)
        self.assertEqual([record['id'] for record in read(self.daemon)], list(range(1, 2049)))
        shown = json.loads(self.daemon.ctl('--json', 'history', '--limit', 1500).stdout)
        self.assertEqual([record['id'] for record in shown], list(range(2048, 548, -1)))

    def test_recording(self):
        """the path of a recording, and how it sounded"""
        folder = self.folder()
        self.start(core=f'recordings-directory={folder}')
        peer = Caller('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        phone = RtpPhone('127.0.0.1', 440)
        self.addCleanup(phone.close)
        peer.invite('602', sdp(port=phone.port, codecs=((0, 'PCMU/8000'),)))
        phone.start(peer.answered().body)
        [session] = self.daemon.objects('session')
        end = time.monotonic() + 20
        while self.daemon.get(f'{session}/stream/0', 'Stream', 'PacketsReceived') < 50:
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.02)  # between two questions
        peer.bye()
        [record] = wait_for(self.daemon, 1)
        self.assertEqual(record['recording'], str(folder / 'x.wav'))
        self.assertGreaterEqual(record['packets-received'], 50)
        self.assertEqual(record['packets-lost'], 0)
        self.assertGreater(record['mos'], 3.5)
        self.assertEqual(record['codec'], 'PCMU')

    def test_restart(self):
        """records outlive a restart, and kill -9 a second after the call; their number goes on"""
        state = self.folder()
        self.start(state=state)
        self.call('600')
        wait_for(self.daemon, 1)
        self.daemon.stop()
        self.start(state=state)
        self.call('600')
        end = time.monotonic() + 20
        while rows(state / 'history.db', 'SELECT count(*) FROM call') != [(2,)]:
            self.assertLess(time.monotonic(), end, self.daemon.report())
            time.sleep(0.05)  # between two looks
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait(20)
        self.daemon.log.wait_for(lambda line: False)
        self.daemon.clean_up()
        self.start(state=state)
        self.assertEqual([record['id'] for record in read(self.daemon)], [1, 2])

    def test_last_words(self):
        """a call that the end of the daemon ends is in the history of the next one"""
        state = self.folder()
        self.start(state=state)
        peer = self.call('600', hang_up=False)
        self.daemon.call('', 'Manager', 'Quit')
        peer.respond(peer.expect('BYE'), 200)
        self.daemon.stop()
        self.start(state=state)
        [record] = read(self.daemon)
        self.assertEqual(record['ended-by'], 'local')

    def test_off(self):
        """enabled=no keeps nothing; so does a reload that says so"""
        self.start('\n[history]\nenabled=no\n')
        self.call('600')
        self.daemon.wait_for_sessions(0)
        self.assertEqual(read(self.daemon), [])

    def test_limits(self):
        """max-records and keep: the oldest go"""
        state = self.folder()
        self.start(state=state)
        for _ in range(3):
            self.call('600')
        wait_for(self.daemon, 3)
        self.daemon.stop()
        with contextlib.closing(sqlite3.connect(state / 'history.db')) as database:
            database.execute('UPDATE call SET created_at = 1 WHERE id = 2')
            database.commit()
        self.start('\n[history]\nmax-records=1\nkeep=30\n', state=state)
        self.assertEqual([record['id'] for record in read(self.daemon)], [3])

    def test_no_room(self):
        """where nothing can be written calls go on, one warning says so, and nothing is lost"""
        state = self.folder()
        (state / 'history.db').mkdir()
        self.start(state=state)
        self.daemon.warnings_expected = True
        for _ in range(3):
            self.call('600')
        self.daemon.wait_for_sessions(0)
        with self.assertRaises(BusError):
            self.daemon.call('', 'History', 'Query', 'a{sv}', 0)
        self.assertEqual(len(self.daemon.log.having('The history of calls is not stored')), 1)
        (state / 'history.db').rmdir()
        wait_for(self.daemon, 3)
        self.daemon.log.wait_for(lambda line: 'can be written again; 0 calls are not in it' in line)


if __name__ == '__main__':
    os.environ.setdefault('TZ', 'UTC')
    agent.main(300)
