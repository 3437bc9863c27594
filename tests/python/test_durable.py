# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What a peer was told to be kept is on the disk: under strace, killed in the middle, and on a disk
that is full.
"""

import errno
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import agent
from party import Ahoy, GLib, iterate_until
from sip_peer import Peer

KEEPER = str(pathlib.Path(__file__).parent / 'keeper.py')
DATABASE = 'ahoy.db'
N_WRITES = 1000
WINDOW = 50
NOBODY = 65534


class Durable(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *prefix, **options):
        """The keeper of our folder, and a peer that talks to it."""
        keeper = subprocess.Popen([*prefix, sys.executable, KEEPER, self.folder], text=True,
                                  stdout=subprocess.PIPE, **options)
        self.addCleanup(self.stop, keeper)
        line = keeper.stdout.readline()
        if not line and options:
            self.skipTest('the library cannot be read by nobody')
        port, self.process = map(int, line.split())
        self.peer = Peer('udp', '127.0.0.1', ('127.0.0.1', port))
        self.addCleanup(self.peer.close)
        return keeper

    @staticmethod
    def stop(keeper):
        keeper.kill()
        keeper.wait()
        keeper.stdout.close()

    def say(self, text):
        message = self.peer.build('MESSAGE', body=text.encode(), content_type='text/plain')
        self.peer.send(message)
        return message['Call-ID']

    def ask(self, text, status):
        self.say(text)
        return self.peer.expect(status, timeout=20)

    def read(self):
        """What a program finds that begins again in our folder: names and contexts."""
        dispatcher = Ahoy.Dispatcher.new(None)
        pool = Ahoy.WorkPool.new(dispatcher, 1)
        store = Ahoy.StoreSqlite.new(Ahoy.configuration_make_schema(), pool,
                                     os.path.join(self.folder, DATABASE))
        found = {o.get_name(): o.props.context for o in store.load().list('endpoint')}
        del store
        pool.stop()
        return found

    def test_answer_comes_after_the_disk(self):
        """The answer leaves when the database was synchronized, and not before"""
        log = os.path.join(self.folder, 'strace')
        calls = 'fsync,fdatasync,pwrite64,sendto,sendmsg,sendmmsg,recvfrom,recvmsg,recvmmsg'
        keeper = self.start('strace', '-f', '-y', '-s', '200', '-o', log, '-e', f'trace={calls}')
        for number in range(5):
            self.ask(f'put e{number} x{number}', 200)
        os.kill(self.process, signal.SIGKILL)  # strace ends with it
        keeper.wait()
        events = self.order(pathlib.Path(log).read_text('utf-8', 'replace'))
        text = ''.join(events)
        self.assertEqual(text.count('A'), 5, text)
        for part in text.split('A')[:-1]:
            # What was written last was synchronized before the answer.
            self.assertRegex(part, r'R.*W+S[^W]*\Z', text)

    @staticmethod
    def order(log):
        """R: a MESSAGE came; W, S: the log of the database was written, synchronized; A: answer.

        What another thread interrupts counts when it is over.
        """
        letters, open_calls = [], {}
        for line in log.splitlines():
            thread, _, call = line.partition(' ')
            call = call.strip()
            if call.endswith('<unfinished ...>'):
                open_calls[thread] = call
                # Nothing that was not synchronized may have been sent when sending begins.
                if not (call.startswith('send') and 'SIP/2.0 200' in call):
                    continue
            elif resumed := re.match(r'<\.\.\. \w+ resumed>', call):
                begun = open_calls.pop(thread, '')
                if begun.startswith('send'):
                    continue
                call = begun + call[resumed.end():]
            if call.startswith('send') and 'SIP/2.0 200' in call:
                letters.append('A')
            elif call.startswith('recv') and 'MESSAGE sip' in call:
                letters.append('R')
            elif call.startswith('pwrite') and DATABASE + '-wal' in call:
                letters.append('W')
            elif call.startswith(('fsync', 'fdatasync')) and DATABASE + '-wal' in call:
                letters.append('S')
        return letters

    def test_killed_in_the_middle(self):
        """A process killed among a thousand writes has lost nothing that was answered"""
        for n_answers in (1, 100, 600):
            with self.subTest(n_answers=n_answers):
                self.folder = tempfile.mkdtemp(dir=self.folder)
                self.check_killed(n_answers)

    def check_killed(self, n_answers):
        keeper = self.start()
        waiting, answered, sent = {}, set(), 0
        while len(answered) < n_answers:
            while sent < N_WRITES and len(waiting) < WINDOW:
                waiting[self.say(f'put e{sent} x{sent}')] = sent
                sent += 1
            answer = self.peer.receive(20)
            self.assertIsNotNone(answer, 'no answer')
            if answer.status == 200:
                number = waiting.pop(answer['Call-ID'], None)
                answered.add(number)
        keeper.send_signal(signal.SIGKILL)
        keeper.wait()
        self.peer.pump(0)
        answered |= {waiting[m['Call-ID']] for m in self.peer.inbox
                     if m.status == 200 and m['Call-ID'] in waiting}
        self.assertLess(len(answered), N_WRITES)
        found = self.read()
        for number in answered - {None}:
            self.assertEqual(found.get(f'e{number}'), f'x{number}')
        self.assertTrue(set(found) <= {f'e{number}' for number in range(sent)})

    def check_refused(self, make_room):
        """Nothing can be written: 500 with the reason, and all is as before, until there is room"""
        before = self.read_copy()
        refusal = self.ask('put bob new', 500)
        self.assertIn(os.path.join(self.folder, DATABASE), refusal['X-Reason'])
        self.ask('put carol x', 500)
        self.assertEqual(self.ask('get bob', 200)['X-Context'], 'old')
        self.ask('get carol', 404)
        self.assertEqual(self.read_copy(), before)
        make_room()
        self.ask('put bob new', 200)
        self.ask('put carol x', 200)
        self.assertEqual(self.ask('get bob', 200)['X-Context'], 'new')
        return refusal['X-Reason']

    def read_copy(self):
        """What stands in the file and its log now, looked at in a copy."""
        real, copy = self.folder, tempfile.mkdtemp()
        try:
            for name in (DATABASE, DATABASE + '-wal'):
                shutil.copy(os.path.join(real, name), copy)
            self.folder = copy
            return self.read()
        finally:
            self.folder = real
            shutil.rmtree(copy)

    def test_files_may_not_grow(self):
        """A limit of the size of files answers 500, and changes nothing"""
        keeper = self.start()
        self.ask('put bob old', 200)
        size = os.stat(os.path.join(self.folder, DATABASE + '-wal')).st_size
        resource.prlimit(keeper.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        reason = self.check_refused(lambda: resource.prlimit(
            keeper.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
        self.assertIn(os.strerror(errno.EFBIG), reason)

    def test_full_disk(self):
        """A full disk answers 500, and changes nothing"""
        mount = ['mount', '-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', self.folder]
        if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest('a disk of our own needs the right to mount one')
        self.addCleanup(subprocess.run, ['umount', '-l', self.folder], check=True)
        keeper = self.start()
        self.ask('put bob old', 200)
        filler = pathlib.Path(self.folder, 'filler')
        with self.assertRaises(OSError) as full, filler.open('wb', buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.assertEqual(full.exception.errno, errno.ENOSPC)
        reason = self.check_refused(filler.unlink)
        self.assertIn('database or disk is full; make room', reason)
        self.stop(keeper)

    def test_read_only(self):
        """A database that may not be written answers 500 with the remedy, until it may"""
        if os.getuid() != 0:
            self.skipTest('to be somebody else needs the rights of root')
        path = os.path.join(self.folder, DATABASE)
        self.ask_once('put bob old')
        os.chmod(self.folder, 0o755)
        self.start(user=NOBODY, group=NOBODY, extra_groups=[])
        refusal = self.ask('put bob new', 500)
        self.assertIn(f'“{path}” cannot be used: Permission denied; see to it that the file and '
                      'its folder may be written', refusal['X-Reason'])
        os.chown(path, NOBODY, NOBODY)
        os.chown(self.folder, NOBODY, NOBODY)
        self.ask('put bob new', 200)

    def ask_once(self, text):
        """Has a keeper of its own keep something."""
        keeper = self.start()
        self.ask(text, 200)
        self.stop(keeper)
        for name in ('-wal', '-shm'):
            self.addCleanup(pathlib.Path(self.folder, DATABASE + name).unlink, missing_ok=True)
        self.read()  # closing moves the log into the file

    def test_from_python(self):
        """Objects are made, changed by keys, found and deleted, and a cache says what it did"""
        dispatcher = Ahoy.Dispatcher.new(None)
        pool = Ahoy.WorkPool.new(dispatcher, 1)
        database = Ahoy.StoreSqlite.new(Ahoy.configuration_make_schema(), pool,
                                        os.path.join(self.folder, DATABASE))
        cache = Ahoy.StoreCache.new(database, Ahoy.Scheduler.new_virtual())
        store, seen, results = Ahoy.Store.new(), [], []
        store.add_backend(cache, 'phones', None)
        store.connect('changed', lambda _store, change: seen.append(
            (change.get_operation().value_nick, change.get_name(), change.get_origin())))

        def wait(start, finish):
            results.clear()
            start(lambda _source, result: results.append(result))
            iterate_until(lambda: results, 'the store answers')
            return finish(results[0])

        bob = Ahoy.EndpointConfig.new('bob')
        wait(lambda done: store.create_async(bob, 'test', None, done), store.apply_finish)
        batch = Ahoy.StoreBatch.new('other')
        batch.change('endpoint', 'bob', GLib.Variant('a{ss}', {'context': 'office'}), 0)
        wait(lambda done: store.apply_async(batch, None, done), store.apply_finish)
        found = wait(lambda done: store.get_async('endpoint', 'bob', None, done), store.get_finish)
        self.assertEqual(found.props.context, 'office')
        self.assertEqual(cache.get_statistics()['hits'], 2)  # the change looked for it, too
        self.assertEqual([row[:2] for row in cache.list()], [('endpoint', 'bob')])
        self.assertEqual(cache.expire(None, None), 1)
        wait(lambda done: store.delete_async('endpoint', 'bob', 0, 'test', None, done),
             store.apply_finish)
        self.assertEqual(seen, [('create', 'bob', 'test'), ('update', 'bob', 'other'),
                                ('delete', 'bob', 'test')])
        pool.stop()


if __name__ == '__main__':
    agent.main()
