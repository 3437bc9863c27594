# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-01, 06, 13, 15, 18: [store NAME] of a daemon: where objects are kept, and their caches."""

import contextlib
import json
import pathlib
import sqlite3
import tempfile
import unittest

import agent
from bus_client import Client, Refused
from daemon import Daemon, anyone
from sip_peer import SDP, Call, Peer

STORES = '''
[store phones]
path=phones.db
types=endpoint
cache=yes
expire-on-reload=yes

[store routes]
backend=file
path=routes
types=route

[store scratch]
backend=memory
types=aor;auth
'''
COUNTERS = ['objects', 'hits', 'misses', 'stale', 'refreshed', 'expired']


class StoreTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name)

    def start(self, text):
        self.daemon = Daemon(anyone(('600', 'answer, wait(20)')) + text, '--state', str(self.state))
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.client = Client(self.daemon.bus)

    def restart(self, text):
        self.client.close()
        self.daemon.stop()
        self.start(text)

    def call(self, method, signature='', *arguments):
        return self.client.call('', 'Config', method, signature, *arguments)

    def put(self, kind, name, **keys):
        self.call('Put', 'ssa{ss}', kind, name, keys)

    def rows(self, database):
        """What another program reads in a database of the daemon."""
        with contextlib.closing(sqlite3.connect(self.state / database)) as connection:
            return connection.execute('SELECT type, name FROM object ORDER BY id').fetchall()


class Backup(StoreTestCase):
    def test_backup_while_it_runs(self):
        """a copy that sqlite3 makes while the daemon writes is whole, and can be put back"""
        self.start('')
        for number in range(20):
            self.put('endpoint', f'e{number}', username=f'e{number}')
            if number == 9:
                with contextlib.closing(sqlite3.connect(self.state / 'ahoy.db')) as source, \
                        contextlib.closing(sqlite3.connect(self.state / 'copy.db')) as copy:
                    source.backup(copy)
        self.assertEqual(len(self.rows('ahoy.db')), 20)
        self.client.close()
        self.daemon.stop()
        (self.state / 'copy.db').replace(self.state / 'ahoy.db')
        self.start('')
        names = self.call('List', 's', 'endpoint')[0]
        self.assertEqual([name for name in names if name != 'anonymous'],
                         [f'e{number}' for number in range(10)])


class Mapping(StoreTestCase):
    def answer(self, user):
        """The status of a call to a route."""
        peer = Peer('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        call = Call(peer, peer.target_uri(user))
        peer.send('INVITE', call=call, body=SDP)
        response = peer.expect((200, 404))
        if response.status == 200:
            call.established(response)
            peer.send('ACK', call=call)
            peer.send('BYE', call=call)
            peer.expect('200 BYE', skip=('200 INVITE',))  # sent again by a slow daemon
        return response.status

    def test_each_type_has_its_place(self):
        """endpoints in one database, routes in files, the rest in another database, and all of it
        there after a restart, but what was in memory"""
        self.start(STORES)
        self.put('endpoint', 'bob', username='bob')
        self.put('route', 'echo', context='demo', match='601', do='answer, echo')
        self.put('auth', 'x', username='x')
        self.put('transport', 'more', protocol='udp', bind='127.0.0.1:0')
        self.assertEqual(self.rows('phones.db'), [('endpoint', 'bob')])
        self.assertEqual(self.rows('ahoy.db'), [('transport', 'more')])
        text = (self.state / 'routes/conf.d/90-ahoyd.conf').read_text('utf-8')
        self.assertIn('[route echo]\ncontext=demo\nmatch=601\n', text)
        self.assertEqual(self.answer('601'), 200)
        self.restart(STORES)
        self.assertIn('bob', self.call('List', 's', 'endpoint')[0])
        self.assertIn('more', self.daemon.ports)
        self.assertNotIn('x', self.call('List', 's', 'auth')[0])
        self.assertEqual(self.answer('601'), 200)

    def test_sip_does_not_know_the_place(self):
        """a route is taken alike from a file of people, files, a database, memory, and a cache"""
        self.start('')
        self.assertEqual((self.answer('600'), self.answer('601')), (200, 404))
        for keys in ('backend=file\npath=routes', 'backend=sqlite\npath=routes.db',
                     'backend=memory', 'backend=sqlite\npath=other.db\ncache=yes',
                     'backend=sqlite\npath=full.db\ncache=yes\nfull-backend-cache=yes'):
            with self.subTest(keys=keys):
                self.restart(f'[store routes]\ntypes=route\n{keys}\n')
                self.put('route', 'put', context='demo', match='601', do='answer, wait(20)')
                self.assertEqual(self.answer('601'), 200)
                self.call('Delete', 'ss', 'route', 'put')
                self.assertEqual(self.answer('601'), 404)

    def test_bad_store(self):
        """a store that cannot be used is told with its place, and the daemon starts"""
        daemon = Daemon(anyone(('600', 'answer')) + '[store a]\npath=a.db\ntypes=endpont\n')
        daemon.warnings_expected = True
        self.addCleanup(daemon.stop)
        self.assertEqual(daemon.report().count('there is no type “endpont” of objects'), 1)

    def test_new_store_waits_for_restart(self):
        """a store that comes with a reload is used after a restart, and that is said"""
        self.start('')
        (self.daemon.config / 'conf.d').mkdir()
        (self.daemon.config / 'conf.d' / 's.conf').write_text('[store a]\npath=a.db\n', 'utf-8')
        said = self.daemon.ctl('reload', check=False)
        self.assertIn('it is used after a restart of the daemon', said.stdout + said.stderr)
        self.daemon.warnings_expected = True


class Cache(StoreTestCase):
    def ctl(self, *arguments, check=True):
        return self.daemon.ctl('cache', *arguments, check=check)

    def names(self):
        return [row[2] for row in self.call('CacheList')[0]]

    def counters(self):
        return self.call('CacheStatistics')[0]['phones']

    def test_cache(self):
        """what is put is kept; list, prune, stale, populate and reload do what they say"""
        self.start(STORES)
        for name in ('bob', 'carol'):
            self.put('endpoint', name, username=name)
        self.assertEqual(self.names(), ['bob', 'carol'])
        self.assertEqual(self.call('Expire', 'ss', 'endpoint', 'bob')[0], 1)
        self.assertEqual(self.names(), ['carol'])
        self.call('CachePopulate', 's', 'endpoint')
        self.assertEqual(sorted(self.names()), ['bob', 'carol'])
        self.assertEqual(self.call('CacheStale', 'ss', 'endpoint', '')[0], 2)
        self.assertEqual([row[4] for row in self.call('CacheList')[0]], [True, True])
        self.put('endpoint', 'bob', username='b')  # asks for bob, which is refreshed by the change
        self.assertEqual({row[2]: row[4] for row in self.call('CacheList')[0]},
                         {'bob': False, 'carol': True})
        counters = self.counters()
        self.assertEqual(sorted(counters), sorted(COUNTERS))
        self.assertEqual((counters['objects'], counters['expired']), (2, 1))
        self.assertEqual(self.rows('phones.db'), [('endpoint', 'bob'), ('endpoint', 'carol')])
        self.call('CachePopulate', 's', 'aor')  # no cache keeps it
        self.client.call('', 'Manager', 'Reload', '')
        self.assertEqual(self.names(), [])
        self.assertEqual(self.call('Expire', 'ss', '', '')[0], 0)

    def test_ctl(self):
        """ahoyctl cache says it to people, and as JSON to programs"""
        self.start(STORES)
        self.put('endpoint', 'bob', username='bob')
        self.put('endpoint', 'carol', username='carol')
        rows = [line.split() for line in self.ctl().stdout.splitlines() if line.strip()]
        self.assertEqual(rows[0], ['Store', 'Type', 'Name', 'Age', 'Stale'])
        self.assertEqual([row[:3] for row in rows[1:]],
                         [['phones', 'endpoint', 'bob'], ['phones', 'endpoint', 'carol']])
        listed = json.loads(self.daemon.ctl('-j', 'cache', 'list').stdout)
        self.assertEqual(listed[0][:3], ['phones', 'endpoint', 'bob'])
        self.assertEqual(self.ctl('stale', 'endpoint', 'bob').stdout, '1 object stale\n')
        self.assertEqual(self.ctl('prune', 'endpoint', 'bob').stdout, '1 object forgotten\n')
        self.assertEqual(self.ctl('prune', 'endpoint').stdout, '1 object forgotten\n')
        self.assertIn('No cache keeps an object', self.ctl('list').stdout)
        self.assertEqual(self.ctl('populate', 'endpoint').stdout, '')
        self.assertEqual(self.ctl('prune', 'all').stdout, '2 objects forgotten\n')
        self.assertRegex(self.ctl('statistics').stdout, r'  phones\n(.*\n)*    expired +4\n')
        statistics = json.loads(self.daemon.ctl('-j', 'cache', 'statistics').stdout)
        self.assertEqual(statistics['phones']['expired'], 4)

    def test_refusals(self):
        """unknown types, a name without a type, and commands that are none"""
        self.start('')
        for method, arguments, error in (
                ('Expire', ('fly', ''), 'NotFound'), ('CacheStale', ('fly', 'x'), 'NotFound'),
                ('Expire', ('', 'bob'), 'InvalidArguments')):
            with self.subTest(method=method), self.assertRaises(Refused) as refused:
                self.call(method, 'ss', *arguments)
            self.assertIn(error, str(refused.exception.name))
        with self.assertRaises(Refused):
            self.call('CachePopulate', 's', 'fly')
        done = self.ctl('fly', check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('Write: ahoyctl cache [list]', done.stderr)
        self.assertIn('No store has a cache', self.ctl('statistics').stdout)


if __name__ == '__main__':
    agent.main()
