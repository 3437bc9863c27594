# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-29, DATA-40: the sample, the manual and the bus tell of the same keys, and the daemon takes
each of them as it stands in the sample."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import agent
from daemon import Daemon

SAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'data', 'ahoy.conf.sample')
MANUAL = pathlib.Path(os.environ['AHOY_BUILD'], 'docs', 'man', 'ahoy.conf.5')
# What an object cannot do without, where its key has no default.
NEEDED = {
    'acl': {'deny': '192.0.2.7'},
    'identify': {'endpoint': 'anonymous', 'match': '192.0.2.7'},
    'phone': {'password': 'a-secret'},
    'queue': {'members': 'anonymous'},
    'registration': {'server': '<sip:192.0.2.7>', 'client': '<sip:a@192.0.2.7>'},
    'rewrite': {'prefix': '9'},
    'route': {'match': '1', 'do': 'hangup'},
    'out-route': {'match': '1', 'endpoints': 'anonymous'},
    'message-route': {'match': '1', 'do': 'receive'},
    'store': {'path': 'more.db'},
    'trunk': {'server': '<sip:192.0.2.7>'},
}
SOURCES = ('file', 'credential', 'secret')  # of a secret, beside its key
# What cannot be empty, and what has to stand beside a key.
HASHES = {'md': 32, 'sha': 64}  # hexadecimal digits
BESIDE = {'outbound-password': {'outbound-username': 'x'}, 'password': {'username': 'x'}}


def plain(key, keys):
    """The key that a source of its secret belongs to, such as password-file."""
    found = re.sub(f'-({"|".join(SOURCES)})$', '', key)
    return found if found in keys else key


def sample_keys():
    """{type: {key: value}}, in the order of the sample."""
    found, current = {}, None
    for line in SAMPLE.read_text('utf-8').splitlines():
        if head := re.fullmatch(r'#?\[([a-z-]+)(?: \S+)?\]', line):
            current = found.setdefault(head[1], {})
        elif entry := re.fullmatch(r'#([a-z0-9-]+)=(.*)', line):
            current[entry[1]] = entry[2]
    return found


def manual_keys():
    found, current, wanted = {}, None, False
    for line in MANUAL.read_text('utf-8').replace('\\-', '-').splitlines():
        if head := re.fullmatch(r'\.SH "\[([a-z-]+)(?: \S+)?\]"', line):
            current = found.setdefault(head[1], [])
        elif line.startswith('.SH'):
            current = None
        elif wanted and current is not None and (key := re.fullmatch(r'\.B (\S+)', line)):
            current.append(key[1])
        wanted = line == '.TP'
    return found


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = sample_keys()
        done = subprocess.run([os.environ['AHOY_CTL'], '--json', 'config', 'schema'],
                              capture_output=True, text=True, timeout=60, check=True)
        cls.schema = json.loads(done.stdout)

    def group(self, kind, **keys):
        named = self.schema[kind]['named']
        needed = {key: value for key, value in NEEDED.get(kind, {}).items()
                  if not {f'{key}-{source}' for source in SOURCES} & set(keys)}
        lines = {**needed, **keys}
        return f'\n[{kind}{" anonymous" if named else ""}]\n' + ''.join(
            f'{key}={value}\n' for key, value in lines.items())

    def test_same_keys(self):
        """sample, manual, command and bus tell of the same types and keys"""
        daemon = Daemon('[transport udp]\nbind=127.0.0.1:0\n')
        self.addCleanup(daemon.stop)
        types = daemon.call('', 'Config', 'List', 's', '')[0]
        self.assertEqual(sorted(types), sorted(self.schema))
        self.assertEqual(sorted(types), sorted(self.sample))
        manual = manual_keys()
        self.assertGreater(sum(len(keys) for keys in self.sample.values()), 120)
        for kind in types:
            keys = [entry[0] for entry in daemon.call('', 'Config', 'Schema', 's', kind)[0]]
            self.assertEqual(keys, [entry['name'] for entry in self.schema[kind]['keys']])
            self.assertEqual(keys, [key for key in self.sample[kind]
                                    if plain(key, keys) == key], kind)
            self.assertEqual(keys, [key for key in manual[kind] if key in keys], kind)

    def test_defaults(self):
        """the sample says the defaults that the bus says"""
        for kind, description in self.schema.items():
            for entry in description['keys']:
                self.assertEqual(self.sample[kind][entry['name']], entry['default'],
                                 f'{kind} {entry["name"]}')

    @staticmethod
    def value_of(keys, key, value, folder):
        """What to write: a secret is not empty, be it there or in a file or a credential."""
        secret_key = plain(key, keys)
        if secret_key + '-credential' not in keys:
            return value
        kind = re.match('password-([a-z]+)', secret_key)
        secret = '0' * HASHES[kind[1]] if kind else 'a-secret-of-these-tests'
        if secret_key == key:
            return secret
        path = pathlib.Path(folder, 'secret')
        path.write_text(secret + '\n', 'utf-8')
        path.chmod(0o600)
        return str(path) if key.endswith('-file') else path.name

    def test_each_key(self):
        """each key is accepted as it stands in the sample"""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'ahoy.conf')
            environment = dict(os.environ, CREDENTIALS_DIRECTORY=folder,
                               DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent')
            for kind, keys in self.sample.items():
                for key, value in keys.items():
                    if value == '' and key in NEEDED.get(kind, {}):
                        continue  # it has no default, and is needed
                    with self.subTest(type=kind, key=key):
                        other = '' if kind == 'endpoint' else self.group('endpoint')
                        said = {**BESIDE.get(plain(key, keys), {}),
                                key: self.value_of(keys, key, value, folder)}
                        if kind == 'endpoint' and not plain(key, keys).startswith('password'):
                            said['password'] = 'x'  # else it could not call
                        path.write_text(self.group(kind, **said) + other, 'utf-8')
                        done = subprocess.run(
                            [os.environ['AHOY_DAEMON'], '--check', '--config', folder],
                            capture_output=True, text=True, timeout=60, check=False,
                            env=environment)
                        told = [line for line in done.stdout.splitlines()[:-1]
                                if 'nothing reads it yet' not in line]
                        if plain(key, keys) != key and key.endswith('-secret'):
                            # It was understood; test_secret_service.py has such a service.
                            self.assertEqual(len(told), 1, told)
                            self.assertRegex(told[0], 'the Secret Service .*cannot be asked for')
                            continue
                        self.assertEqual(told, [])
                        self.assertEqual(done.returncode, 0, done.stdout)

    def test_daemon(self):
        """the daemon starts with the sample as it is installed, and with all of it said"""
        text = SAMPLE.read_text('utf-8')
        port = '[transport udp]\nbind=127.0.0.1:0\n'
        for config in (text + port,
                       port + ''.join(self.group(kind, **{
                           key: value for key, value in keys.items()
                           if value and not (kind == 'transport' and key in ('bind', 'path'))
                       } | ({'bind': '127.0.0.1:0'} if kind == 'transport' else {}))
                                      for kind, keys in self.sample.items())):
            daemon = Daemon(config)
            try:
                daemon.warnings_expected = True  # keys that only hold with others
                self.assertEqual(daemon.get('', 'Manager', 'State'), 'running')
                self.assertEqual([problem for problem in daemon.call('', 'Config', 'Check')[0]
                                  if 'error' in problem[4]], [])
            finally:
                daemon.stop()


if __name__ == '__main__':
    agent.main()
