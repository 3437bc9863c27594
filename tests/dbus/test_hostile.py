# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Whatever comes over the bus is refused with the right name and a sentence, and the daemon stays
well: it answers calls after each of it, and ends without a warning."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import agent
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import ROOT, Bus, Daemon, DaemonTestCase, anyone
from gi.repository import GLib
from sip_peer import Peer

LONG = 'x' * (1 << 20)
EVIL = ('sip:a@b\r\nX-Evil: 1', 'sip:a@b\nX: 1', 'a\rb', 'a\x01', '\x7f', '\x1b[31m')


def variants(**options):
    return {name.replace('_', '-'): GLib.Variant(kind, value)
            for name, (kind, value) in options.items()}


class Hostile(DaemonTestCase):
    config = anyone().replace('t1=50ms', 't1=200ms')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = Client(cls.daemon.bus)
        cls.addClassCleanup(cls.client.close)
        # a call that nobody answers: the other end takes it, and says nothing
        cls.peer = Peer('udp', '127.0.0.1')
        cls.addClassCleanup(cls.peer.close)
        cls.target = 'sip:quiet@127.0.0.1:%d' % cls.peer.port

    def setUp(self):
        self.session = self.client.call('', 'Manager', 'Dial', 'ss', '', self.target)[0]

    def tearDown(self):
        self.client.call(self.session, 'Session', 'Hangup')
        # the daemon is well
        self.assertEqual(self.client.call('', 'org.freedesktop.DBus.Properties', 'Get', 'ss',
                                          'org.ahoy.Ahoy1.Manager', 'State'), ('running',))

    def refused(self, name, pattern, *call):
        with self.subTest(name=name, call=repr(call)[:80]):
            with self.assertRaises(Refused, msg=repr(call)[:200]) as caught:
                self.client.call(*call)
            self.assertEqual(caught.exception.name, name, caught.exception.message)
            self.assertRegex(caught.exception.message, pattern)
            # a sentence that stands alone, and is no longer than people read
            self.assertLess(len(caught.exception.message.encode()), 700)
            self.assertRegex(caught.exception.message[0], r'[A-Z“0-9]')
            self.assertNotRegex(caught.exception.message, r'[\x00-\x1f\x7f]')

    def invalid(self, pattern, *call):
        self.refused('InvalidArguments', pattern, *call)

    def test_targets(self):
        """targets: empty, too long, with line ends, no URI"""
        for evil in EVIL:
            self.invalid('The target has the control character', '', 'Manager', 'Dial', 'ss', '',
                         evil)
            self.invalid('The target has the control character', 'endpoint/anonymous', 'Endpoint',
                         'Dial', 's', evil)
            self.invalid('The target has the control character', '', 'Manager', 'SendRequest',
                         'sssa(ss)saya{sv}', '', 'OPTIONS', evil, [], '', b'', {})
            self.invalid('The target has the control character', self.session, 'Session',
                         'Redirect', 's', evil)
        for method, signature, arguments in (
                ('Dial', 'ss', ('', '')), ('DialWithOptions', 'ssa{sv}', ('', '', {})),
                ('SendRequest', 'sssa(ss)saya{sv}', ('', 'OPTIONS', '', [], '', b'', {}))):
            self.invalid('The target is empty; write', '', 'Manager', method, signature,
                         *arguments)
        self.invalid('The target is longer than 8192 bytes; shorten it', '', 'Manager', 'Dial',
                     'ss', '', 'sip:' + LONG + '@b')
        for target in ('sip:', 'sip:@', 'sip:a@', 'http://a/', 'sip:a@b:99999', 'sip:a@[::1',
                       'a b', '<sip:a@b>', 'mailto:a@b', 'sips:', '@', ':'):
            self.invalid('.', '', 'Manager', 'Dial', 'ss', '', target)

    def test_endpoints(self):
        """endpoints that are not there"""
        for name in ('nobody', '../x', LONG, 'a\r\nb'):
            self.refused('NotFound', 'There is no endpoint', '', 'Manager', 'Dial', 'ss',
                         name, 'sip:a@127.0.0.1')
            self.refused('NotFound', 'There is no endpoint', '', 'Manager', 'SendRequest',
                         'sssa(ss)saya{sv}', name, 'OPTIONS', 'sip:a@127.0.0.1', [], '', b'', {})
        self.refused('NotFound', 'An endpoint has no key “fly”', 'endpoint/anonymous', 'Endpoint',
                     'Get', 's', 'fly')
        self.refused('NotAuthorized', 'is a secret', 'endpoint/anonymous', 'Endpoint', 'Get', 's',
                     'password')

    def dial(self, **options):
        return ('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', self.target, variants(**options))

    def test_dial_options(self):
        """options: unknown, of a wrong type, with line ends"""
        self.invalid('There is no option “fly”; the options are timeout, headers, codecs',
                     *self.dial(fly=('b', True)))
        self.invalid('The option timeout has the type s; it must have u',
                     *self.dial(timeout=('s', '1')))
        self.invalid('The option headers has the type as; it must have a',
                     *self.dial(headers=('as', ['x'])))
        self.invalid('The option caller-id has the control', *self.dial(caller_id=('s', EVIL[0])))
        self.invalid('The option caller-id is longer', *self.dial(caller_id=('s', LONG)))
        self.invalid('.', *self.dial(caller_id=('s', '<sip:a@b')))
        self.invalid("A variable's name may not have", *self.dial(variables=('a{ss}', {'a b': ''})))
        self.invalid('The variable a has the control', *self.dial(variables=('a{ss}', {'a': '\n'})))
        for address in ('localhost', 'media.example.com', '192.0.2.7:1', '[::1]'):
            self.invalid('The variable media-address cannot be', *self.dial(
                variables=('a{ss}', {'media-address': address})))
        self.invalid("A codec's name", *self.dial(codecs=('as', ['PCMU\r\na=x'])))
        self.invalid('.', *self.dial(application=('s', 'fly(1)')))
        self.invalid('.', *self.dial(application=('s', LONG)))

    def test_headers(self):
        """headers: structural ones, no tokens, with line ends, too many"""
        def calls(headers):
            yield self.dial(headers=('a(ss)', headers))
            yield ('', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS', self.target,
                   headers, '', b'', {})
            yield (self.session, 'Session', 'SendRequest', 'sa(ss)say', 'INFO', headers, '', b'')
        for name in ('Via', 'v', 'FROM', 'to', 't', 'Call-ID', 'i', 'CSeq', 'Contact', 'm',
                     'Content-Length', 'l', 'Content-Type', 'Route', 'Record-Route',
                     'Max-Forwards'):
            for call in calls([(name, 'x')]):
                self.invalid('is written by the stack and cannot be set', *call)
        for headers, pattern in (
                ([('X', 'a\r\nVia: x')], 'The header X has the control character 0x0d as char'),
                ([('X', LONG)], 'The header X is longer than 8192 bytes; shorten it'),
                ([('', 'x')], 'A header name is empty'), ([(LONG, 'x')], 'longer than 128'),
                ([('X:Y', 'x')], 'A header name may not have the character 0x3a'),
                ([('X Y', 'x')], 'may not have'), ([('Ä', 'x')], 'may not have'),
                ([('X', 'y')] * 65, 'There are more than 64 headers')):
            for call in calls(headers):
                self.invalid(pattern, *call)

    def test_requests(self):
        """methods and bodies"""
        for method in ('INVITE', 'ACK', 'CANCEL', 'BYE', 'PRACK', 'UPDATE'):
            self.invalid(f'{method} belongs to a session', '', 'Manager', 'SendRequest',
                         'sssa(ss)saya{sv}', '', method, self.target, [], '', b'', {})
        for method in ('', 'A B', 'OPTIONS\r\nX: 1', LONG):
            self.invalid('The method', '', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '',
                         method, self.target, [], '', b'', {})
            self.invalid('The method', self.session, 'Session', 'SendRequest', 'sa(ss)say',
                         method, [], '', b'')
        for kind, body, pattern in (('none', b'x', 'The content type “none” is none; write'),
                                    ('', b'x', 'The content type'),
                                    ('text/plain\r\nX: 1', b'x', 'The content type has the cont'),
                                    ('text/' + LONG, b'x', 'The content type is longer'),
                                    ('text/plain', bytes(60001), 'The body has 60001 bytes')):
            self.invalid(pattern, '', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS',
                         self.target, [], kind, body, {})
            for method in ('SendInfo', 'SendMessage'):
                self.invalid(pattern, self.session, 'Session', method, 'say', kind, body)
        self.invalid('There is no option “fly”; the options are timeout', '', 'Manager',
                     'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS', self.target, [], '', b'',
                     variants(fly=('u', 1)))
        self.refused('InvalidState', 'Session [0-9]+', self.session, 'Session', 'SendInfo', 'say',
                     'text/plain', b'x')

    def test_session_methods(self):
        """what a session can be asked for"""
        session = (self.session, 'Session')
        for state in ('Ring', 'Progress', 'Answer', 'HoldAndAnswer'):
            self.refused('InvalidState', 'Session [0-9]+ ', *session, state)
        self.refused('InvalidState', 'Session [0-9]+ ', *session, 'Reject', 'qs', 486, '')
        for status in (0, 100, 200, 302, 399, 700, 65535):
            self.invalid('cannot be refused with', *session, 'Reject', 'qs', status, '')
        self.invalid('The reason has the control', *session, 'Reject', 'qs', 486, 'x\r\nVia: y')
        self.invalid('The reason is longer', *session, 'Reject', 'qs', 486, LONG)
        for digits in ('', 'x', '1\r\n', '1' * 65, LONG, '１'):
            self.invalid('cannot be sent; write 1 to 64', *session, 'SendDtmf', 'su', digits,
                         0)
        for duration in (1, 39, 10001, 0xffffffff):
            self.invalid('A digit of .* cannot be sent', *session, 'SendDtmf', 'su', '1',
                         duration)
        for method in ('', 'BYE', 'invite', LONG):
            self.invalid('is refreshed with INVITE or UPDATE', *session, 'Refresh', 's',
                         method)
        for state in ('', 'gone', 'ACTIVE', LONG):
            self.invalid('is no state of a session', *session, 'Wait', 'su', state, 1)
        self.invalid('The header name', *session, 'GetHeader', 'su', 'X\r\n', 0)
        self.refused('NotFound', 'has no header X-None', *session, 'GetHeader', 'su', 'X-None', 0)
        self.refused('NotFound', 'number 4294967295', *session, 'GetHeader', 'su', 'Via',
                     0xffffffff)
        self.invalid("A variable's name", *session, 'SetVariable', 'ss', 'a b', 'x')
        self.invalid('The variable a ', *session, 'SetVariable', 'ss', 'a', 'x\n')
        self.invalid('write a numeric address', *session, 'SetVariable', 'ss', 'media-address',
                     'localhost')
        self.refused('NotFound', 'keeps nothing under', *session, 'GetVariable', 's', 'never')
        self.client.call(self.session, 'Session', 'Hangup')
        self.assertEqual(self.client.call(self.session, 'Session', 'Wait', 'su', 'ended', 20000)[0],
                         'ended')
        for method, signature, arguments in (
                ('Play', 's', ('x.wav',)), ('PlayTone', 's', ('440',)), ('StopPlaying', None, ()),
                ('Record', 'sa{sv}', ('x.wav', {})), ('SetEcho', 'b', (True,)),
                ('StartRecording', 'sa{sv}', ('x.wav', {})), ('PauseRecording', None, ()),
                ('StopRecording', None, ()), ('SendDtmf', 'su', ('1', 0))):
            self.refused('InvalidState', 'Session [0-9]+ has no sound: it is ended', *session,
                         method, signature, *arguments)

    def test_config(self):
        """types and objects that are not there"""
        for method, signature, arguments in (('List', 's', ('fly',)), ('Schema', 's', (LONG,)),
                                             ('Get', 'ss', ('a\r\n', 'x'))):
            self.refused('NotFound', 'is no type of object', '', 'Config', method,
                         signature, *arguments)
        self.refused('NotFound', 'There is no endpoint “x”', '', 'Config', 'Get', 'ss', 'endpoint',
                     'x')
        self.assertEqual(self.client.call('', 'Config', 'List', 's', 'endpoint'),
                         (['anonymous'],))
        self.assertIn('endpoint', self.client.call('', 'Config', 'List', 's', '')[0])
        self.assertEqual(self.client.call('', 'Config', 'Get', 'ss', 'endpoint',
                                          'anonymous')[0]['context'], 'demo')
        self.assertEqual(self.client.call('', 'Config', 'Check'), ([],))

    def test_trace(self):
        """filters and traces that are not there"""
        for name, kind, value in (('fly', 's', 'x'), ('method', 'u', 1), ('direction', 's', 'up'),
                                  ('peer', 's', 'nowhere')):
            for method in ('Start', 'OpenPcap'):
                self.invalid('.', '', 'Trace', method, 'a{sv}', variants(**{name: (kind, value)}))
        self.refused('NotFound', 'The caller has no trace 99', '', 'Trace', 'Stop', 't', 99)
        ours = self.client.call('', 'Trace', 'Start', 'a{sv}', {})[0]
        other = Client(self.daemon.bus)
        with self.assertRaisesRegex(Refused, 'NotFound: The caller has no trace'):
            other.call('', 'Trace', 'Stop', 't', ours)
        other.close()
        traces = [ours] + [self.client.call('', 'Trace', 'Start', 'a{sv}', {})[0]
                           for _ in range(15)]
        self.refused('LimitExceeded', 'There are 16 traces already; stop one', '', 'Trace',
                     'Start', 'a{sv}', {})
        for trace in traces:
            self.client.call('', 'Trace', 'Stop', 't', trace)
        self.invalid('is no absolute path', '', 'Trace', 'SavePcap', 'os', self.session, 'x.pcap')
        self.refused('NotFound', 'There is no session', '', 'Trace', 'SavePcap', 'os', '/x',
                     '/nowhere/x.pcap')
        with self.assertRaisesRegex(Refused, '/nowhere/x/y'):
            self.client.call('', 'Trace', 'SavePcap', 'os', self.session, '/nowhere/x/y')

    def test_trace_is_for_its_owner(self):
        """what passes is told to the one who asked, and credentials are masked"""
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        trace, = self.client.call('', 'Trace', 'Start', 'a{sv}',
                                  variants(method=('s', 'OPTIONS')))
        self.client.call('', 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS',
                         'sip:x@127.0.0.1:%d' % self.daemon.ports['udp'],
                         [('Authorization', 'Digest username="u", response="0123456789abcdef"')],
                         '', b'', {})
        told = monitor.wait(lambda signal: signal.member == 'Message'
                            and signal.arguments[2] == 'in', what='message')
        self.client.call('', 'Trace', 'Stop', 't', trace)
        self.assertEqual(told.destination, self.client.connection.get_unique_name())
        raw = bytes(told.arguments[6]).decode()
        self.assertIn('username="u"', raw)
        self.assertNotIn('0123456789abcdef', raw)
        for signal in monitor.signals:
            if signal.member == 'Message':
                self.assertEqual(signal.destination, told.destination)

    def test_manager(self):
        """log levels"""
        self.invalid('is no log level; write error', '', 'Manager', 'SetLogLevel', 'ss', '', 'loud')

    def test_not_there(self):
        """objects, interfaces, members and signatures that do not exist"""
        for path, interface, *call in (('session/999999', 'Session', 'Hangup'),
                                       ('session/x', 'Session', 'Wait', 'su', 'ended', 1),
                                       ('endpoint/nobody', 'Endpoint', 'Dial', 's', 'x')):
            self.refused('NotFound', f'There is no object {ROOT}/{path} on the bus any more',
                         path, interface, *call)
        gone = 'org.freedesktop.DBus.Error.'
        for name, call in (('UnknownMethod', ('', 'Manager', 'Fly')),
                           ('UnknownMethod', ('', 'Fly', 'Fly')),
                           ('UnknownMethod', ('/org/elsewhere', 'Manager', 'Quit')),
                           ('InvalidArgs', ('', 'Manager', 'Dial')),
                           ('InvalidArgs', ('', 'Manager', 'Dial', 'u', 1)),
                           ('InvalidArgs', ('', 'Manager', 'Dial', 'sss', '', '', '')),
                           ('InvalidArgs', (self.session, 'Session', 'Reject', 'us', 486, '')),
                           ('InvalidArgs', (self.session, 'Session', 'SetMuted', 's', 'yes'))):
            with self.subTest(call=call), self.assertRaises(Refused) as caught:
                self.client.call(*call)
            self.assertIn(caught.exception.name, (gone + name, gone + 'UnknownInterface',
                                                  gone + 'UnknownObject'))
        for interface, member in (('Session', 'State'), ('Manager', 'Version')):
            with self.assertRaises(Refused):
                self.client.call(self.session if interface == 'Session' else '',
                                 'org.freedesktop.DBus.Properties', 'Set', 'ssv',
                                 f'org.ahoy.Ahoy1.{interface}', member, GLib.Variant('s', 'x'))


class Vanishing(unittest.TestCase):
    def setUp(self):
        # Nobody answers the call: it lasts for 64 times T1, and that is enough for the tests.
        self.daemon = Daemon(anyone(core='session-linger=0').replace('t1=50ms', 't1=200ms'))
        self.addCleanup(self.daemon.stop)
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)
        self.peer = Peer('udp', '127.0.0.1')
        self.addCleanup(self.peer.close)
        self.target = 'sip:quiet@127.0.0.1:%d' % self.peer.port

    def test_leaves(self):
        """clients leave the bus while their calls wait, and their sessions and traces do no harm"""
        session = self.client.call('', 'Manager', 'Dial', 'ss', '', self.target)[0]
        for _ in range(20):
            client = Client(self.daemon.bus)
            client.call('', 'Trace', 'Start', 'a{sv}', {})
            client.start(session, 'Session', 'Wait', 'su', 'active', 20000)
            client.start(ROOT, 'Manager', 'SendRequest', 'sssa(ss)saya{sv}', '', 'OPTIONS',
                         self.target, [], '', b'', {})
            client.close()
        self.assertEqual(self.client.call(session, 'org.freedesktop.DBus.Properties', 'Get', 'ss',
                                          'org.ahoy.Ahoy1.Session', 'State'), ('trying',))
        # each trace ended with its owner: the limit is not reached
        for _ in range(16):
            self.client.call('', 'Trace', 'Start', 'a{sv}', {})

    def test_ends_meanwhile(self):
        """a session ends and goes while somebody waits for it: the answer tells its end"""
        session = self.client.call('', 'Manager', 'Dial', 'ss', '', self.target)[0]
        other = Client(self.daemon.bus)
        self.addCleanup(other.close)
        other.start(session, 'Session', 'Hangup')
        self.assertEqual(self.client.call(session, 'Session', 'Wait', 'su', 'ended', 20000)[0],
                         'ended')
        with self.assertRaisesRegex(Refused, 'NotFound: There is no object .* any more'):
            self.client.call(session, 'Session', 'Hangup')

    def test_too_many_wait(self):
        """65 callers cannot wait for one session"""
        session = self.client.call('', 'Manager', 'Dial', 'ss', '', self.target)[0]
        for _ in range(64):
            self.client.start(session, 'Session', 'Wait', 'su', 'active', 20000)
        with self.assertRaisesRegex(Refused, 'LimitExceeded: 64 callers wait for session'):
            self.client.call(session, 'Session', 'Wait', 'su', 'active', 20000)


class Files(unittest.TestCase):
    def test_paths(self):
        """sounds and recordings: relative, absolute, away from their folders, not there"""
        daemon = Daemon(anyone(('600', 'answer, echo')))
        self.addCleanup(daemon.stop)
        client = Client(daemon.bus)
        self.addCleanup(client.close)
        session = client.call('', 'Manager', 'Dial', 'ss', '', 'sip:600@127.0.0.1:%d'
                              % daemon.ports['udp'])[0]
        self.assertEqual(client.call(session, 'Session', 'Wait', 'su', 'active', 20000)[0],
                         'active')
        for method, more in (('Play', ('s',)), ('Record', ('sa{sv}',)),
                             ('StartRecording', ('sa{sv}',))):
            options = () if method == 'Play' else ({},)
            for path, name, pattern in (
                    ('../x.wav', 'InvalidArguments', 'write a name without .. in the folder'),
                    ('a/../../x.wav', 'InvalidArguments', 'without ..'),
                    ('', 'InvalidArguments', 'names no'),
                    ('a\nb', 'InvalidArguments', 'The path has the control'),
                    (LONG, 'InvalidArguments', 'The path is longer'),
                    ('/nowhere/x.wav', ('NotFound', 'Failed'), '/nowhere/x.wav'),
                    ('/', ('NotFound', 'Failed', 'InvalidArguments'), '.')):
                with self.subTest(method=method, path=path[:40]):
                    with self.assertRaises(Refused) as caught:
                        client.call(session, 'Session', method, *more, path, *options)
                    self.assertIn(caught.exception.name, [name] if isinstance(name, str) else name,
                                  caught.exception.message)
                    self.assertRegex(caught.exception.message, pattern)
        with self.assertRaisesRegex(Refused, 'InvalidArguments: There is no option “x”; this'):
            client.call(session, 'Session', 'Record', 'sa{sv}', 'x.wav', variants(x=('b', True)))
        with self.assertRaisesRegex(Refused, 'InvalidArguments'):
            client.call(session, 'Session', 'PlayTone', 's', 'loud\r\n')
        client.call(session, 'Session', 'Play', 's', 'demo.wav')
        client.call(session, 'Session', 'Record', 'sa{sv}', 'kept.wav', {})
        client.call(session, 'Session', 'StopRecording')
        self.assertTrue((daemon.state / 'recordings' / 'kept.wav').is_file())

    @staticmethod
    def check_links(client, session, recordings, folder):
        """No link leads a recording of both ends out of its folder, whether it appends or not."""
        recordings.mkdir(parents=True, exist_ok=True)
        (recordings / 'out').symlink_to(folder)
        (recordings / 'out.wav').symlink_to(pathlib.Path(folder, 'out.wav'))
        for path, append in (('out/x.wav', False), ('out/x.wav', True), ('out.wav', True)):
            try:
                client.call(session, 'Session', 'StartRecording', 'sa{sv}', path,
                            variants(append=('b', append)))
            except Refused as refused:
                assert refused.name == 'NotAuthorized', refused
            else:
                raise AssertionError(f'{path} was recorded')
        for append in (False, True):
            client.call(session, 'Session', 'StartRecording', 'sa{sv}', 'out.wav' if not append
                        else 'kept.wav', variants(append=('b', append)))
            client.call(session, 'Session', 'StopRecording')
        assert not (recordings / 'out.wav').is_symlink()  # it was replaced, not followed
        assert (recordings / 'kept.wav').is_file()

    def test_system_bus(self):
        """the daemon of the system bus opens nothing outside of its folders for others"""
        bus = Bus()
        self.addCleanup(bus.close)
        daemon = Daemon(anyone(('600', 'answer, echo')), '--system', bus=bus, session=False,
                        environment={'DBUS_SYSTEM_BUS_ADDRESS': bus.address})
        self.addCleanup(daemon.stop)
        client = Client(bus)
        self.addCleanup(client.close)
        session = client.call('', 'Manager', 'Dial', 'ss', '', 'sip:600@127.0.0.1:%d'
                              % daemon.ports['udp'])[0]
        self.assertEqual(client.call(session, 'Session', 'Wait', 'su', 'active', 20000)[0],
                         'active')
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder, 'x.wav'))
            for method, signature, arguments in (('Play', 's', ()), ('Record', 'sa{sv}', ({},)),
                                                 ('StartRecording', 'sa{sv}', ({},))):
                with self.assertRaisesRegex(Refused, 'NotAuthorized: The daemon of the system'):
                    client.call(session, 'Session', method, signature, path, *arguments)
            with self.assertRaisesRegex(Refused, 'NotAuthorized: The daemon of the system bus wr'):
                client.call('', 'Trace', 'SavePcap', 'os', session, path)
            self.check_links(client, session, daemon.state / 'recordings', folder)
            self.assertEqual(os.listdir(folder), [])
        client.call(session, 'Session', 'Play', 's', 'demo.wav')


class Names(unittest.TestCase):
    def run_daemon(self, daemon, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            return subprocess.run([os.environ['AHOY_DAEMON'], f'--config={folder}',
                                   f'--state={folder}', *arguments],
                                  env=daemon.environment, capture_output=True, text=True,
                                  timeout=60, check=False)

    def test_second_daemon(self):
        """a second daemon ends at once, says why, and opens no port"""
        daemon = Daemon(anyone())
        self.addCleanup(daemon.stop)
        done = self.run_daemon(daemon)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, 'ahoyd: The name org.ahoy.Ahoy1 belongs to another daemon; '
                         'end it, or start this one with --replace\n')
        self.assertEqual(daemon.get('', 'Manager', 'State'), 'running')

    def test_replace(self):
        """--replace: the first one hangs up and ends well, then the second one opens the port"""
        first = Daemon(anyone())
        self.addCleanup(first.clean_up)
        config = anyone().replace('bind=127.0.0.1:0', 'bind=127.0.0.1:%d' % first.ports['udp'], 1)
        second = Daemon(config, '--replace', bus=first.bus)
        self.addCleanup(second.stop)
        self.assertEqual(first.process.wait(40), 0)
        self.assertEqual(second.ports['udp'], first.ports['udp'])
        self.assertEqual(second.get('', 'Manager', 'State'), 'running')

    def test_bus_dies(self):
        """the bus dies under two calls: the daemon hangs up, says so and ends with a failure"""
        daemon = Daemon(anyone(('600', 'answer, echo')))
        self.addCleanup(daemon.clean_up)
        session = daemon.dial('sip:600@127.0.0.1:%d' % daemon.ports['udp'])
        self.assertEqual(daemon.wait(session, 'active')[0], 'active')
        daemon.bus.process.kill()
        self.assertEqual(daemon.process.wait(40), 1)
        daemon.log.wait_for(lambda line: False)
        self.assertIn('ahoyd: The bus is gone; the daemon ends', daemon.log.all)
        self.assertEqual([line for line in daemon.log.all if 'CRITICAL' in line], [])

    def test_no_bus(self):
        """without a bus the daemon says so and ends"""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([os.environ['AHOY_DAEMON'], f'--config={folder}',
                                   f'--state={folder}'],
                                  env=dict(os.environ, DBUS_SESSION_BUS_ADDRESS='unix:path=/none'),
                                  capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'^ahoyd: The session bus \(unix:path=/none\) cannot be '
                         'reached: .*; start')


if __name__ == '__main__':
    agent.main(220)
