# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-16, DATA-19: objects put at run time: judged, kept, used, and there after a restart."""

import json
import pathlib
import signal
import socket
import tempfile
import unittest

import agent
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import NAME, Daemon, anyone
from sip_peer import Peer

CONFIG = anyone(('600', 'answer, echo'))
LONG = 'x' * (1 << 20)


def busy_port():
    """A socket, and the port that nobody else can have."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.bind(('127.0.0.1', 0))
    return probe, probe.getsockname()[1]


class Put(unittest.TestCase):
    config = CONFIG

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name)
        self.start()

    def start(self, config=None):
        self.daemon = Daemon(config if config is not None else self.config,
                             '--state', str(self.state))
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.client = Client(self.daemon.bus)

    def restart(self, config=None):
        self.client.close()
        self.daemon.stop()
        self.start(config)

    def put(self, kind, name='', **keys):
        keys = {key.replace('_', '-'): value for key, value in keys.items()}
        self.client.call('', 'Config', 'Put', 'ssa{ss}', kind, name, keys)

    def delete(self, kind, name=''):
        self.client.call('', 'Config', 'Delete', 'ss', kind, name)

    def get(self, kind, name=''):
        return self.client.call('', 'Config', 'Get', 'ss', kind, name)[0]

    def names(self, kind):
        return self.client.call('', 'Config', 'List', 's', kind)[0]

    def refused(self, name, pattern, call, *arguments, **keys):
        with self.assertRaises(Refused) as caught:
            call(*arguments, **keys)
        self.assertEqual(caught.exception.name, name, caught.exception.message)
        self.assertRegex(caught.exception.message, pattern)
        self.assertLess(len(caught.exception.message.encode()), 700)
        self.assertNotRegex(caught.exception.message, r'[\x00-\x1f\x7f]')


class Objects(Put):
    def test_life(self):
        """an endpoint is put, changed, there after a restart, and deleted; each is told"""
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        self.put('endpoint', 'bob', caller_id='"Bob" <100>', password='secret', codecs='pcma')
        self.assertEqual(self.get('endpoint', 'bob'),
                         {'caller-id': '"Bob" <100>', 'codecs': 'pcma'})
        monitor.wait(lambda seen: seen.member == 'InterfacesAdded'
                     and seen.object.endswith('/endpoint/bob'))
        monitor.wait(lambda seen: seen.member == 'Changed'
                     and seen.arguments == ['endpoint', 'bob', 'added'])
        self.put('endpoint', 'bob', caller_id='"Robert" <100>')
        self.assertEqual(self.daemon.get('/org/ahoy/Ahoy1/endpoint/bob', 'Endpoint',
                                         'DisplayName'), 'Robert')
        monitor.wait(lambda seen: seen.member == 'Changed'
                     and seen.arguments == ['endpoint', 'bob', 'changed'])
        before = (self.daemon.config / 'ahoy.conf').read_text('utf-8')
        monitor.close()
        self.restart()
        self.assertEqual(before, self.config)
        self.assertEqual(self.get('endpoint', 'bob'), {'caller-id': '"Robert" <100>'})
        self.assertEqual(len(self.daemon.objects('endpoint')), 2)
        self.delete('endpoint', 'bob')
        self.assertEqual(self.names('endpoint'), ['anonymous'])
        self.restart()
        self.assertEqual(self.names('endpoint'), ['anonymous'])

    def test_route(self):
        """a route that was put is used by the next call, and a reload keeps it"""
        self.put('route', 'busy', context='demo', match='700', do='reject(433)')
        for _ in range(2):
            peer = Peer('udp', '127.0.0.1', self.daemon.address())
            self.addCleanup(peer.close)
            peer.send('INVITE', peer.target_uri('700'))
            peer.expect(433)
            self.assertEqual(self.client.call('', 'Manager', 'Reload'), ([], []))

    def test_transport(self):
        """a transport that was put is bound; one that cannot be bound is not kept"""
        probe, port = busy_port()
        with probe:
            self.refused('ConfigurationInvalid', 'transport more: bind: .*Address already in use',
                         self.put, 'transport', 'more', bind=f'127.0.0.1:{port}')
            self.assertNotIn('more', self.names('transport'))
        self.restart()
        self.assertNotIn('more', self.names('transport'))
        self.put('transport', 'more', bind='127.0.0.1:0')
        first = self.daemon.get('/org/ahoy/Ahoy1/transport/more', 'Transport', 'Port')
        probe, port = busy_port()
        with probe:
            self.refused('ConfigurationInvalid', 'Address already in use',
                         self.put, 'transport', 'more', bind=f'127.0.0.1:{port}')
        self.assertEqual(self.get('transport', 'more'), {'bind': '127.0.0.1:0'})
        self.assertNotEqual(first, 0)

    def test_killed(self):
        """what was answered is there after the daemon was killed"""
        for number in range(50):
            self.put('endpoint', f'e{number}', password='secret')
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait()
        self.daemon.clean_up()
        self.start()
        self.assertEqual(len(self.names('endpoint')), 51)

    def test_core(self):
        """the one object of a type has no name, and a file may have it"""
        self.refused('Exists', r'core stands in \S+/ahoy\.conf:2, which holds; change it there',
                     self.put, 'core', max_sessions='5')
        self.restart(CONFIG.replace('[core]', '[endpoint other]').replace(
            'default-endpoint=anonymous\nt1=50ms\noverload-delay=0\n', ''))
        self.put('core', user_agent='Boat', overload_delay='0')
        peer = Peer('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        peer.send('OPTIONS', peer.target_uri())
        self.assertEqual(peer.expect(200)['server'], 'Boat')
        self.delete('core')

    def test_files_hold(self):
        """what stands in a file is not changed, and hides what was put before"""
        place = r' stands in \S+/ahoy\.conf:\d+, which holds; change it there and reload'
        self.refused('Exists', 'endpoint anonymous' + place, self.put, 'endpoint', 'anonymous')
        self.refused('Exists', 'endpoint anonymous' + place, self.delete, 'endpoint', 'anonymous')
        self.put('endpoint', 'bob', ptime='30')
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(self.config + '[endpoint bob]\nptime=40\n', 'utf-8')
        changed, errors = self.client.call('', 'Manager', 'Reload')
        self.assertEqual(changed, ['endpoint bob: changed (ptime)'])
        self.assertRegex(errors[0], r'ahoy\.conf:\d+: warning: endpoint bob: one that was put at '
                                    'run time is hidden by it; delete that one by ahoyctl config')
        self.assertEqual(self.get('endpoint', 'bob'), {'ptime': '40'})
        self.delete('endpoint', 'bob')
        self.assertEqual(self.get('endpoint', 'bob'), {'ptime': '40'})

    def test_refused(self):
        """what cannot be is refused with type, name, key and remedy, and changes nothing"""
        before = self.client.call('', 'Config', 'List', 's', 'endpoint')
        for name, pattern, kind, object_name, keys in (
                ('NotFound', 'no type of object; the types are core', 'fly', 'x', {}),
                ('NotFound', 'endpoint x: codec: .*codecs', 'endpoint', 'x', {'codec': 'pcma'}),
                ('InvalidArguments', 'endpoint x: ptime: ', 'endpoint', 'x', {'ptime': '9'}),
                ('InvalidArguments', 'endpoint x: ptime: ', 'endpoint', 'x', {'ptime': LONG[:99]}),
                ('InvalidArguments', r'endpoint x: context: .*byte 0x0d', 'endpoint', 'x',
                 {'context': 'a\r\nX-Evil: 1'}),
                ('InvalidArguments', r'endpoint x: context: .*byte 0x0a', 'endpoint', 'x',
                 {'context': 'a\nb'}),
                ('LimitExceeded', 'endpoint x: context: .*1048576 bytes', 'endpoint', 'x',
                 {'context': LONG}),
                ('NotFound', 'endpoint x: x{100}: ', 'endpoint', 'x', {LONG: 'y'}),
                ('InvalidArguments', 'The name of the endpoint', 'endpoint', 'a b', {}),
                ('InvalidArguments', 'The name of the endpoint', 'endpoint', 'a\nb', {}),
                ('InvalidArguments', 'The name of the endpoint', 'endpoint', LONG, {}),
                ('InvalidArguments', 'needs a name', 'endpoint', '', {}),
                ('InvalidArguments', 'has no name', 'core', 'x', {}),
                ('ConfigurationInvalid', 'transport x: .*tls needs certificate', 'transport', 'x',
                 {'protocol': 'tls'}),
                ('ConfigurationInvalid', 'endpoint x: headers: ', 'endpoint', 'x',
                 {'headers': 'Date: never'}),
                ('InvalidArguments', 'route x: do: ', 'route', 'x',
                 {'match': '1', 'do': 'jump(1)'}),
                ('ConfigurationInvalid', 'route x: do: .*is done by no application', 'route', 'x',
                 {'match': '1', 'do': 'voicemail(x)'}),
                ('InvalidArguments', 'endpoint x: .*given twice', 'endpoint', 'x',
                 {'password': 'a', 'password-file': '/dev/null'}),
                ('NotSupported', 'A store cannot be put into a store', 'store', 'x', {})):
            with self.subTest(name=object_name[:20], keys=repr(keys)[:60]):
                self.refused(name, pattern, self.client.call, '', 'Config', 'Put', 'ssa{ss}', kind,
                             object_name, keys)
        self.refused('NotFound', 'There is no endpoint “x” that was put', self.delete, 'endpoint',
                     'x')
        self.refused('NotFound', 'no type', self.delete, 'fly', 'x')
        self.assertEqual(self.client.call('', 'Config', 'List', 's', 'endpoint'), before)

    def test_secret(self):
        """a secret can be put and is never shown, and its file is the daemon's alone"""
        secret = 'very-secret-indeed'
        self.put('endpoint', 'bob', password=secret)
        self.assertNotIn('password', self.get('endpoint', 'bob'))
        self.refused('NotAuthorized', 'is a secret and is never shown', self.client.call,
                     'endpoint/bob', 'Endpoint', 'Get', 's', 'password')
        self.refused('InvalidArguments', 'password', self.put, 'endpoint', 'eve',
                     password_md5=secret)
        self.restart()
        self.assertNotIn(secret, '\n'.join(self.daemon.log.all))
        database = self.state / 'ahoy.db'
        self.assertEqual(database.stat().st_mode & 0o077, 0)

    def test_many_at_once(self):
        """changes that come at once are all answered, and the last one holds"""
        clients = [Client(self.daemon.bus) for _ in range(4)]
        for number in range(25):
            for who, client in enumerate(clients):
                client.start('/org/ahoy/Ahoy1', 'Config', 'Put', 'ssa{ss}', 'endpoint',
                             f'e{who}-{number}', {'ptime': '30'})
                client.start('/org/ahoy/Ahoy1', 'Config', 'Put', 'ssa{ss}', 'endpoint', 'all',
                             {'ptime': str(20 + who)})
        self.put('endpoint', 'last')
        for client in clients:
            client.call('', 'Config', 'Get', 'ss', 'endpoint', 'last')
            client.close()
        self.assertEqual(len(self.names('endpoint')), 1 + 100 + 1 + 1)
        shown = self.get('endpoint', 'all')
        self.restart()
        self.assertEqual(self.get('endpoint', 'all'), shown)
        self.assertEqual(len(self.names('endpoint')), 103)


class Beside(Put):
    config = '[transport udp]\nbind=127.0.0.1:0\n'

    def test_beside_files(self):
        """objects can be put beside files that hold none of their type"""
        self.put('endpoint', 'bob')
        self.put('route', 'r', match='1', do='hangup')
        self.restart()
        self.assertEqual(self.names('endpoint'), ['bob'])
        self.assertEqual(self.names('route'), ['r'])

    def test_named_by_files(self):
        """files may name what was put: a check, a reload and a start do not miss it"""
        self.put('endpoint', 'bob')
        named = self.config + '[endpoint carol]\nauths=bob;eve\n'
        (self.daemon.config / 'ahoy.conf').write_text(named, 'utf-8')
        checked = self.client.call('', 'Config', 'Check')[0]
        self.assertEqual(len(checked), 1, checked)
        self.assertIn('there is no auth “eve”', repr(checked))
        errors = self.client.call('', 'Manager', 'Reload')[1]
        self.assertEqual(len(errors), 1, errors)
        self.assertIn('there is no auth “eve”', errors[0])
        self.restart(named.replace(';eve', ''))
        self.assertNotIn('there is no', self.daemon.report())
        self.delete('endpoint', 'bob')
        errors = self.client.call('', 'Manager', 'Reload')[1]
        self.assertEqual(len(errors), 1, errors)
        self.assertIn('there is no auth “bob”', errors[0])


class Command(Put):
    def test_config(self):
        """ahoyctl config put, get, list, delete"""
        ctl = self.daemon.ctl
        self.assertEqual(ctl('config', 'put', 'endpoint', 'bob', 'caller-id="Bob" <1>',
                             'ptime=30').stdout, '')
        self.assertIn('ptime', ctl('config', 'get', 'endpoint', 'bob').stdout)
        self.assertEqual(json.loads(ctl('-j', 'config', 'get', 'endpoint', 'bob').stdout),
                         {'ptime': '30', 'caller-id': '"Bob" <1>'})
        self.assertEqual(ctl('config', 'list', 'endpoint').stdout, '\n  anonymous\n  bob\n\n')
        self.assertIn('endpoint', ctl('config', 'list').stdout)
        self.assertEqual(ctl('-j', 'config', 'put', 'endpoint', 'eve').stdout, '{}\n')
        self.assertEqual(ctl('-j', 'config', 'delete', 'endpoint', 'eve').stdout, '{}\n')
        done = ctl('config', 'put', 'endpoint', 'bob', 'ptime', check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (2, 'ahoyctl: “ptime” is no key; write KEY=VALUE\n'))
        done = ctl('config', 'put', 'endpoint', 'bob', 'ptime=9', check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('endpoint bob: ptime: ', done.stderr)
        done = ctl('config', 'delete', 'endpoint', 'nobody', check=False)
        self.assertEqual(done.returncode, 1)
        ctl('config', 'delete', 'endpoint', 'bob')
        self.assertEqual(ctl('config', 'list', 'endpoint').stdout, '\n  anonymous\n\n')
        self.assertEqual(self.daemon.objects('endpoint'),
                         [f'/{NAME.replace(".", "/")}/endpoint/anonymous'])


if __name__ == '__main__':
    agent.main()
