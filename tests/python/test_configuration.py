# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The configuration from Python: reading, routes, and a store that outlives a killed process."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import agent
from party import Ahoy, GLib, iterate_until

TEXT = b'''[endpoint phone](!)
context=office
[endpoint bob](phone)
codecs=pcmu;pcma
password=secret
[route all]
context=office
match=6??
do=ring, dial(bob, timeout=5min)
'''
OWN_FILE = '90-ahoyd.conf'


def wait(start, finish):
    """Calls an asynchronous method and waits for its result."""
    results = []
    start(lambda source, result: results.append(result))
    iterate_until(lambda: results, 'the store answers')
    return finish(results[0])


def write_for_ever(folder):
    """The process that gets killed: it tells of each object when it cannot be lost any more."""
    backend = Ahoy.StoreKeyfile.new(Ahoy.configuration_make_schema(), folder, OWN_FILE)
    backend.load()
    for number in range(10000):
        batch = Ahoy.StoreBatch.new('writer')
        batch.create(Ahoy.EndpointConfig.new(f'e{number}'))
        wait(lambda done: backend.apply_async(batch, None, done), backend.apply_finish)
        print(f'e{number}', flush=True)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.schema = Ahoy.configuration_make_schema()

    def read(self, text):
        reader = Ahoy.ConfigReader.new(self.schema)
        reader.add_text('test.conf', text)
        return reader.read(), [problem.to_string() for problem in reader.list_problems()]

    def test_objects(self):
        """Keys are properties, lists are lists, secrets are in no list of keys"""
        objects, problems = self.read(TEXT)
        self.assertEqual(problems, [])
        bob = objects.lookup('endpoint', 'bob')
        self.assertEqual((bob.props.context, bob.props.codecs), ('office', ['pcmu', 'pcma']))
        self.assertEqual(bob.props.line, 3)
        self.assertNotIn('password', bob.to_variant().keys())
        changed = bob.copy()
        changed.props.context = 'home'
        self.assertEqual(bob.list_changes(changed), ['context'])
        with self.assertRaisesRegex(GLib.Error, 'endpoint bob: ptime: “x” is no number'):
            changed.set_text('ptime', 'x')

    def test_problems(self):
        """A fault is told with its place and a remedy, and hurts no other object"""
        objects, problems = self.read(b'[endpiont a]\n[endpoint b]\n')
        self.assertEqual(problems, ['test.conf:1: endpiont a: “endpiont” is no type of object; '
                                    'did you mean “endpoint”?'])
        self.assertEqual([o.get_name() for o in objects.list('endpoint')], ['b'])

    def test_route(self):
        """A route that matches gives its steps with typed arguments"""
        objects, problems = self.read(TEXT)
        self.assertEqual(problems, [])
        table = Ahoy.RouteTable.new(Ahoy.RouteStepRegistry.get_default())
        table.add(objects.lookup('route', 'all'))
        route, program = table.find('office', 'bob', '612')
        self.assertEqual(route.get_name(), 'all')
        self.assertEqual(program.to_string(), 'ring, dial(bob, timeout=5min)')
        dial = program.get_step(1)
        self.assertEqual(dial.get_texts('target'), ['bob'])
        self.assertEqual(dial.get_duration('timeout'), 300 * 1000000)
        self.assertIsNone(table.find('office', 'bob', '7')[0])

    def test_killed_writer(self):
        """Of what a store said to have written nothing is lost when the process is killed"""
        for n_objects in (1, 7, 20):
            with tempfile.TemporaryDirectory() as folder, self.subTest(n_objects=n_objects):
                self.check_killed_writer(folder, n_objects)

    def check_killed_writer(self, folder, n_objects):
        with subprocess.Popen([sys.executable, __file__, 'write', folder], text=True,
                              stdout=subprocess.PIPE) as writer:
            names = [writer.stdout.readline().strip() for _ in range(n_objects)]
            writer.send_signal(signal.SIGKILL)
            names += writer.stdout.read().split()
        self.assertEqual(names[n_objects - 1], f'e{n_objects - 1}')
        reader = Ahoy.ConfigReader.new(self.schema)
        self.assertEqual(reader.add_folder(folder), 1)
        objects = reader.read()
        self.assertEqual(reader.list_problems(), [])
        found = [o.get_name() for o in objects.list('endpoint')]
        self.assertEqual(found[:len(names)], names)
        self.assertLessEqual(len(found), len(names) + 1)
        own_file = pathlib.Path(folder, 'conf.d', OWN_FILE)
        self.assertEqual(os.stat(own_file).st_mode & 0o777, 0o600)


if __name__ == '__main__':
    if sys.argv[1:2] == ['write']:
        write_for_ever(sys.argv[2])
    else:
        agent.main()
