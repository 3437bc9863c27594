# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The command line: what it prints, its JSON, its errors and exit codes, and its completion."""

import hashlib
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import tempfile
import termios
import time
import unittest

import agent
from bus_monitor import Monitor
from daemon import Bus, Daemon, DaemonTestCase, Lines, anyone
from test_sipp import Sipp

CTL = os.environ['AHOY_CTL']
SOURCE = pathlib.Path(os.environ['AHOY_SOURCE'])
SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'


def normal(text):
    """Output with what differs from run to run taken out: ports, times, Call-IDs."""
    text = re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'DATE', text)
    text = re.sub(r'\d\d:\d\d:\d\d\.\d{3}', 'TIME', text)
    text = re.sub(r'[0-9a-f]{8}-[0-9a-f]{4}-\S+', 'CALL-ID', text)
    text = re.sub(r'(127\.0\.0\.1:|\[::1\]:)\d+', r'\1PORT', text)
    text = re.sub(r'(?m)^(  (?:tcp|udp)6? .*?)\d{4,5} +(\d+)$', r'\1PORT \2', text)
    return re.sub(r' +', ' ', text)


class CtlTestCase(unittest.TestCase):
    maxDiff = None

    def assertGolden(self, done, expected, code=0, stderr=''):
        self.assertEqual(normal(done.stdout), normal(expected))
        self.assertEqual(done.stderr, stderr)
        self.assertEqual(done.returncode, code)

    def assertWellShown(self, text):
        """An empty line before and after, two spaces at the margin, no spaces at the end."""
        lines = text.split('\n')
        self.assertEqual([lines[0], lines[-2], lines[-1]], ['', '', ''], text)
        self.assertNotEqual(lines[1], '', text)
        for line in lines:
            self.assertRegex(line, r'^(  .*[^ ])?$')


class Idle(CtlTestCase, DaemonTestCase):
    config = anyone(('600', 'answer, echo'), endpoint='caller-id="Ann Onymous" <anon>\ncodecs=pcmu')

    def ctl(self, *arguments):
        return self.daemon.ctl(*arguments, check=False)

    def test_tables(self):
        """status, transports, endpoints, sessions"""
        transports = '''
  Name Protocol Address Port Connections
  tcp tcp 127.0.0.1 PORT 0
  tcp6 tcp ::1 PORT 0
  udp udp 127.0.0.1 PORT 0
  udp6 udp ::1 PORT 0

'''
        self.assertGolden(self.ctl('transports'), transports)
        status = self.ctl('status')
        self.assertEqual(status.returncode, 0)
        self.assertRegex(status.stdout, r'\A\n  Ahoy\n    Version +0\.1\.0\n    State +running\n'
                         r'    SessionCount +0\n')
        self.assertGolden(self.ctl('endpoints'), '''
  Name DisplayName State ActiveSessions Maintenance Codecs
  anonymous Ann Onymous unknown 0 no pcmu

''')
        self.assertGolden(self.ctl('sessions'), '\n  There is no session\n\n')
        for command in ('transports', 'status', 'endpoints', 'sessions', 'statistics', 'objects',
                        'jobs', 'unidentified'):
            with self.subTest(command=command):
                self.assertWellShown(self.ctl(command).stdout)

    def test_json(self):
        """--json is JSON, with the names that the bus has"""
        status = json.loads(self.ctl('--json', 'status').stdout)
        self.assertEqual([status['State'], status['SessionCount']], ['running', 0])
        transports = json.loads(self.ctl('--json', 'transports').stdout)
        self.assertEqual([(t['Name'], t['Port']) for t in transports],
                         sorted(self.daemon.ports.items()))
        self.assertEqual(json.loads(self.ctl('-j', 'endpoints').stdout)[0]['DisplayName'],
                         'Ann Onymous')
        self.assertEqual(json.loads(self.ctl('-j', 'sessions').stdout), [])
        for command in ('statistics', 'objects'):
            self.assertGreater(len(json.loads(self.ctl('-j', command).stdout)), 3)
        self.assertIsInstance(json.loads(self.ctl('-j', 'jobs').stdout), list)
        self.assertEqual(json.loads(self.ctl('-j', 'log', 'ahoy', 'message').stdout), {})
        self.assertEqual(json.loads(self.ctl('-j', 'config', 'show').stdout)[0], 'core')
        self.assertEqual(json.loads(self.ctl('-j', 'config', 'show', 'endpoint').stdout),
                         ['anonymous'])
        self.assertEqual(json.loads(self.ctl('-j', 'config', 'show', 'route', 'r0').stdout)['do'],
                         'answer, echo')

    def test_errors(self):
        """what is not understood (2), and what is refused (1)"""
        types = self.daemon.call('', 'Config', 'List', 's', '')[0]
        self.assertEqual(types[:3], ['core', 'transport', 'endpoint'])
        for arguments, code, sentence in (
                (('fly',), 2, 'There is no command “fly”; see ahoyctl --help'),
                (('status', 'x'), 2, 'Write: ahoyctl status'),
                (('dtmf',), 2, 'Write: ahoyctl dtmf [N] DIGITS'),
                (('redirect', '1'), 2, 'Write: ahoyctl redirect N TARGET'),
                (('--fly',), 2, 'Unknown option --fly'),
                (('call',), 2, 'Write whom to call: ahoyctl call sip:bob@example.org'),
                (('call', '--header', 'x', 'sip:a@b'), 2, '“x” is no header; write NAME:VALUE'),
                (('call', '--fly', 'sip:a@b'), 2, 'Unknown option --fly'),
                (('session', 'x'), 2, '“x” is no number of a session; see ahoyctl sessions'),
                (('echo', '1', 'maybe'), 2, 'The echo is on or off, not “maybe”'),
                (('reject', '1', '200'), 2,
                 'A call cannot be refused with “200”; write a status of 400 to 699'),
                (('config', 'fly'), 2, 'Write: ahoyctl config check [FOLDER], config expand '
                                       '[FOLDER], config schema [TYPE], config show [TYPE [NAME]], '
                                       'config list [TYPE], config get TYPE [NAME], config put '
                                       'TYPE [NAME] [KEY=VALUE…], config delete TYPE [NAME], or '
                                       'config hash USERNAME REALM'),
                (('trace', 'fly'), 2, '“fly” is not understood; see ahoyctl trace --help'),
                (('hangup', '99'), 1,
                 'There is no object /org/ahoy/Ahoy1/session/99 on the bus any more'),
                (('answer',), 1, 'No session waits for an answer'),
                (('hold',), 1, 'No session is there'),
                (('call', 'http://x/'), 1,
                 '“http://x/” cannot be called; write a sip, sips or tel URI'),
                (('call', '--from', 'bob', 'sip:a@b'), 1, 'There is no endpoint “bob”'),
                (('send', 'BYE', 'sip:a@b'), 1,
                 'BYE belongs to a session; see Dial and the methods of Session'),
                (('log', 'loud'), 1, '“loud” is no log level; write error, critical, warning, '
                                     'message, info or debug'),
                (('config', 'show', 'fly'), 1, '“fly” is no type of object; the types are '
                                               f'{", ".join(types)}'),
                (('trace', '--peer', 'nowhere'), 1, None)):
            with self.subTest(arguments=arguments):
                done = self.ctl(*arguments)
                self.assertEqual(done.stdout, '')
                self.assertEqual(done.returncode, code, done.stderr)
                if sentence is not None:
                    self.assertEqual(done.stderr, f'ahoyctl: {sentence}\n')

    def test_help(self):
        """help, and no command at all"""
        done = self.ctl('help')
        self.assertEqual([done.returncode, done.stderr], [0, ''])
        self.assertIn('  dtmf [N] DIGITS                  send digits\n', done.stdout)
        self.assertIn('  call [OPTION…] TARGET            call somebody', done.stdout)
        done = self.ctl()
        self.assertEqual([done.returncode, done.stdout], [2, ''])
        self.assertIn('dtmf [N] DIGITS', done.stderr)

    def test_send(self):
        """send shows the answer"""
        host, port = self.daemon.address()
        done = self.ctl('send', 'OPTIONS', f'sip:x@{host}:{port}')
        self.assertEqual([done.returncode, done.stderr], [0, ''])
        self.assertTrue(done.stdout.startswith('\n  200 OK\n\n    '), done.stdout)
        self.assertRegex(done.stdout, r'    Allow: .*OPTIONS')
        self.assertRegex(done.stdout, r'    From: "?Ann Onymous"? <sip:anon@127\.0\.0\.1')
        answer = json.loads(self.ctl('-j', 'send', 'OPTIONS', f'sip:x@{host}:{port}').stdout)
        self.assertEqual(answer[:2], [200, 'OK'])
        done = self.ctl('send', 'FLY', f'sip:x@{host}:{port}', 'anonymous')
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'ahoyctl: The answer is [45]\d\d ')


class Calls(CtlTestCase, DaemonTestCase):
    config = anyone(endpoint='codecs=pcmu').replace('t1=50ms', 't1=500ms')

    def ctl(self, *arguments, **options):
        return self.daemon.ctl(*arguments, **options)

    def sipp(self, scenario, *options, calls=False):
        sipp = Sipp(SCENARIOS / scenario, 'udp', 'ipv4',
                    self.daemon.address() if calls else None, user='me', options=options)
        self.addCleanup(lambda: sipp.process.poll() is None and sipp.process.kill())
        return sipp if calls else sipp.listening('udp')

    def test_call(self):
        """call, session, dtmf, hold, resume, mute, tone, echo, stop, ladder, hangup"""
        sipp = self.sipp('uas_hold', '-rtp_echo')
        number = self.ctl('call', '--detach', '--caller-id', '"Zoe" <sip:zoe@example.org>',
                          '--header', 'X-Colour: red', sipp.uri).stdout.strip()
        path = f'session/{number}'
        self.assertEqual(self.daemon.wait(path, 'active')[0], 'active')
        shown = self.ctl('session', number).stdout
        self.assertRegex(shown, r'(?m)^    State +active$')
        self.assertRegex(shown, r'(?m)^    LocalUri +sip:zoe@example\.org$')
        self.assertRegex(shown, r'(?m)^    Codec +PCMU$')
        self.assertRegex(shown, fr'(?m)^    RemoteIdentity +.*uri sip:me@127\.0\.0\.1:{sipp.port}')
        self.assertNotIn('<', shown)  # as GVariant writes what it holds
        self.assertWellShown(shown)
        shown = json.loads(self.ctl('-j', 'session').stdout)
        self.assertEqual([shown['Id'], shown['State'], shown['Streams'][0]['Codec']],
                         [number, 'active', 'PCMU'])
        for command in (('dtmf', '12'), ('mute',), ('unmute',), ('volume', 'sent', '0.5'),
                        ('tone', '440'), ('echo', 'off'), ('stop',), ('hold',), ('resume',)):
            with self.subTest(command=command):
                done = self.ctl('-j', command[0], number, *command[1:])
                answer = json.loads(done.stdout)
                self.assertEqual(answer['session'], number)
                if command[0] in ('hold', 'resume'):
                    self.assertEqual([answer['status'], answer['reason']], [200, 'OK'])
        self.assertEqual(self.daemon.get(path, 'Session', 'Hold'), 'none')
        with self.assertRaisesRegex(Exception, 'cannot be sent; write 1 to 64 of'):
            self.ctl('dtmf', number, 'x')
        self.assertGolden(self.ctl('hangup', number), '')
        self.daemon.wait(path, 'ended')
        ladder = self.ctl('ladder', number)
        self.assertEqual(ladder.stdout.count('INVITE +SDP'), 3)
        self.assertEqual(ladder.stdout.count('BYE'), 2)
        self.assertIn(ladder.stdout.strip('\n'), self.ctl('trace', '--ladder', '--session',
                                                          number).stdout)
        self.assertEqual(len(json.loads(self.ctl('-j', 'ladder', number).stdout)), 1)
        self.assertRegex(normal(self.ctl('sessions').stdout),
                         rf'(?m)^ {number} outgoing ended sip:me@127\.0\.0\.1:PORT none 200$')
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)

    def test_follow(self):
        """call stays until the end; Ctrl-C hangs up; a call that fails is an error"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        done = self.ctl('call', sipp.uri, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, 'ahoyctl: The call failed with 486\n')
        self.assertRegex(normal(done.stdout),
                         r'\A\n Calling sip:x@127\.0\.0\.1:PORT as session \d+; Ctrl-C hangs up\n'
                         r'\n TIME session \d+ trying\n(.*\n)*'
                         r' TIME session \d+ ended by remote: 486.*\n\n?\Z')
        self.assertEqual(sipp.finish()[0], 0)

        sipp = self.sipp('uas_ringing')
        process = subprocess.Popen([CTL, '--json', 'call', sipp.uri], stdout=subprocess.PIPE,
                                   text=True, env=self.daemon.environment)
        lines = Lines(process.stdout)
        lines.wait_for(lambda line: json.loads(line)['signal'] == 'StateChanged'
                       and json.loads(line)['arguments'][1] == 'ringing')
        process.send_signal(signal.SIGINT)
        last = lines.wait_for(lambda line: json.loads(line)['signal'] == 'Ended')
        self.assertEqual(json.loads(last)['arguments'][2], 'local')
        self.assertEqual(process.wait(20), 0)
        process.stdout.close()
        self.assertEqual(sipp.finish()[0], 0)

    def test_interrupted_at_once(self):
        """Ctrl-C counts from the first word on: the call is hung up, and monitor ends well"""
        sipp = self.sipp('uas_ringing')
        for command, word in (('monitor',), 'Watching'), (('call', sipp.uri), 'Calling'):
            process = subprocess.Popen([CTL, *command], stdout=subprocess.PIPE, text=True,
                                       env=self.daemon.environment)
            lines = Lines(process.stdout)
            lines.wait_for(lambda line, word=word: word in line)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(20), 0)
            lines.close()
        self.assertIn('ended by local', '\n'.join(lines.all))
        self.assertEqual(sipp.finish()[0], 0)

    def test_incoming(self):
        """monitor shows a call; ring, answer, hangup all without its number"""
        monitor = subprocess.Popen([CTL, 'monitor'], stdout=subprocess.PIPE, text=True,
                                   env=self.daemon.environment)
        lines = Lines(monitor.stdout)
        lines.wait_for(lambda line: 'Watching all sessions' in line)
        sipp = self.sipp('uac_answered', calls=True)
        lines.wait_for(lambda line: line.endswith('trying  (100)'))
        self.assertGolden(self.ctl('ring'), '')
        lines.wait_for(lambda line: 'ringing' in line)
        self.assertEqual(set(json.loads(self.ctl('-j', 'answer').stdout)), {'session'})
        lines.wait_for(lambda line: 'active' in line)
        self.assertEqual(json.loads(self.ctl('-j', 'hangup').stdout).keys(), {'session'})
        ended = lines.wait_for(lambda line: 'ended by' in line)
        self.assertRegex(normal(ended), r'^ TIME session \d+ ended by local: 200$')
        monitor.send_signal(signal.SIGINT)
        self.assertEqual(monitor.wait(20), 0)
        monitor.stdout.close()
        self.assertEqual(sipp.finish()[0], 0)

    def test_refuse(self):
        """reject with status and reason, redirect, hangup all"""
        for scenario, command in (('uac_603', ('reject', '603', 'Not today')),
                                  ('uac_302', ('redirect', 'sip:elsewhere@192.0.2.7'))):
            monitor = Monitor(self.daemon.bus)
            self.addCleanup(monitor.close)
            sipp = self.sipp(scenario, calls=True)
            number = monitor.wait(
                lambda told: told.member == 'InterfacesAdded').object.rsplit('/', 1)[1]
            self.assertGolden(self.ctl(command[0], number, *command[1:]), '')
            self.assertEqual(sipp.finish()[0], 0)
        self.assertRegex(json.dumps(json.loads(self.ctl('-j', 'hangup', 'all').stdout)),
                         r'^\{"sessions": \d+\}$')

    def test_trace(self):
        """trace shows messages as they pass, in text and in JSON"""
        sipp = self.sipp('uas_ringing')
        processes = []
        for options in ([], ['--json']):
            process = subprocess.Popen([CTL, *options, 'trace', '--method', 'INVITE'], text=True,
                                       stdout=subprocess.PIPE, env=self.daemon.environment)
            processes.append((process, Lines(process.stdout)))
        processes[0][1].wait_for(lambda line: 'Watching SIP messages' in line)
        end = time.monotonic() + 30
        while not processes[1][1].all:  # it does not say when it begins
            self.assertLess(time.monotonic(), end)
            self.daemon.wait(self.daemon.dial('sip:me@127.0.0.1:9'), 'ended')
        session = self.daemon.dial(sipp.uri)
        self.daemon.wait(session, 'ringing')
        line = processes[0][1].wait_for(lambda line: 'INVITE sip:' in line)
        self.assertTrue(line.startswith('    INVITE sip:me@127.0.0.1:'), line)
        self.daemon.call(session, 'Session', 'Hangup')
        self.daemon.wait(session, 'ended')
        for process, _lines in processes:
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(20), 0)
        processes[1][1].wait_for(lambda line: False)
        for line in processes[1][1].all:
            told = json.loads(line)
            self.assertEqual(set(told), {'trace', 'time', 'direction', 'transport', 'source',
                                         'destination', 'message', 'session'})
        for process, _lines in processes:
            process.stdout.close()
        self.assertEqual(sipp.finish()[0], 0)


class NoDaemon(CtlTestCase):
    def setUp(self):
        self.bus = Bus()
        self.addCleanup(self.bus.close)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ctl(self, *arguments, address=None):
        return subprocess.run([CTL, *arguments], capture_output=True, text=True, check=False,
                              timeout=60, env=dict(os.environ, DBUS_SESSION_BUS_ADDRESS=address or
                                                   self.bus.address))

    def test_no_daemon(self):
        """nobody has the name: a sentence and 3, whatever the command"""
        for command in (['status'], ['sessions'], ['hangup'], ['call', 'sip:a@b'], ['quit'],
                        ['trace'], ['config', 'show'], ['answer', '1'], ['send', 'OPTIONS', 'x']):
            with self.subTest(command=command):
                self.assertGolden(self.ctl(*command), '', 3,
                                  'ahoyctl: No daemon is on this bus; start ahoyd, or write '
                                  '--system for the one on the system bus\n')

    def test_no_bus(self):
        """there is no bus"""
        done = self.ctl('status', address='unix:path=/none')
        self.assertEqual([done.returncode, done.stdout], [3, ''])
        self.assertRegex(done.stderr, r'^ahoyctl: The session bus cannot be reached: .*; write '
                         '--system for the daemon on the other one\n$')

    def check(self, text):
        path = pathlib.Path(self.folder.name, 'ahoy.conf')
        path.write_text(text, 'utf-8')
        done = self.ctl('config', 'check', self.folder.name, address='unix:path=/none')
        return done, done.stdout.replace(self.folder.name, 'DIR')

    def test_config_check(self):
        """config check needs neither daemon nor bus: file, line, object, key, remedy"""
        done, shown = self.check(anyone(('600', 'answer, echo')))
        self.assertEqual([done.returncode, done.stderr], [0, ''], shown)
        self.assertEqual(shown, 'DIR: 7 objects, 0 errors, 0 warnings\n')
        done, shown = self.check('[endpoint x]\nptime=banana\n[transport t]\nbind=somewhere:1\n'
                                 '[route r]\nmatch=1\ndo=fly(1)\n[fly x]\n')
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr,
                         'ahoyctl: The configuration is not as it should be; see above\n')
        for line in ('DIR/ahoy.conf:2: endpoint x: ptime: “banana” is no number that fits; write '
                     '10 to 200',
                     'DIR/ahoy.conf:4: transport t: bind: “somewhere:1” is no numeric address',
                     'DIR/ahoy.conf:7: route r: do: 1:1: “fly” is no step; did you mean “play”?',
                     'DIR/ahoy.conf:8: '):
            self.assertIn('\n' + line, '\n' + shown)
        self.assertIn(' 4 errors, 0 warnings\n', shown)

    def test_config_check_json(self):
        """config check as JSON has the same problems, member by member"""
        path = pathlib.Path(self.folder.name, 'ahoy.conf')
        for text, count in (('[route r]\nmatch=1\ndo=fly(1)\n[fly x]\n', 2),
                            (anyone(('600', 'answer, echo')), 0)):
            path.write_text(text, 'utf-8')
            done = self.ctl('-j', 'config', 'check', self.folder.name, address='unix:path=/none')
            self.assertEqual(done.returncode, 1 if count else 0, done.stderr)
            found = json.loads(done.stdout)
            self.assertEqual([found['folder'], found['errors'], found['warnings']],
                             [self.folder.name, count, 0])
            self.assertEqual(len(found['problems']), count)
            shown = self.ctl('config', 'check', self.folder.name).stdout
            for problem in found['problems']:
                self.assertEqual(problem['severity'], 'error')
                self.assertIn(f'{problem["file"]}:{problem["line"]}: ', shown)
                self.assertIn(problem['message'], shown)
        path.unlink()
        done = self.ctl('-j', 'config', 'check', self.folder.name + '/none')
        self.assertEqual([done.returncode, json.loads(done.stdout)['problems']], [0, []])

    def test_config_hash(self):
        """config hash reads a password from a pipe, or unseen from a terminal, and hashes it"""
        text = 'bob:Büro:geheim'
        wanted = {f'password-{key}': hashlib.new(name, text.encode()).hexdigest()
                  for key, name in (('md5', 'md5'), ('sha256', 'sha256'),
                                    ('sha512-256', 'sha512_256'))}
        lines = ''.join(f'{key}={digits}\n' for key, digits in wanted.items())

        def run(*arguments, **options):
            return subprocess.run([CTL, *arguments], capture_output=True, text=True, timeout=60,
                                  check=False, **options)
        done = run('config', 'hash', 'bob', 'Büro', input='geheim\n')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, lines, ''))
        done = run('-j', 'config', 'hash', 'bob', 'Büro', input='geheim')
        self.assertEqual(json.loads(done.stdout), wanted)
        for arguments, given in ((('bob', 'r'), ''), (('bob', 'r'), '\n'),
                                 (('bob', 'r'), 'x' * 2000), (('a:b', 'r'), 'x'), (('bob',), 'x')):
            done = run('config', 'hash', *arguments, input=given)
            self.assertEqual((done.returncode != 0, done.stdout), (True, ''), arguments)
            self.assertTrue(done.stderr)

        master, slave = pty.openpty()
        process = subprocess.Popen([CTL, 'config', 'hash', 'bob', 'Büro'], stdin=slave,
                                   stdout=subprocess.PIPE, stderr=slave, text=True)
        os.close(slave)
        seen = b''
        while b': ' not in seen:
            seen += os.read(master, 1000)
        os.write(master, b'geheim\n')
        self.assertEqual(process.communicate(timeout=30)[0], lines)
        while (rest := select.select([master], [], [], 0)[0]):
            try:
                seen += (more := os.read(rest[0], 1000))
            except OSError:
                break  # nobody has its other end any more
            if not more:
                break
        os.close(master)
        self.assertIn('Password of bob in the realm Büro: ', seen.decode())
        self.assertNotIn('geheim', seen.decode())

    def test_config_hash_interrupted(self):
        """who gives up at the question for a password sees again what is typed"""
        master, slave = pty.openpty()
        process = subprocess.Popen([CTL, 'config', 'hash', 'bob', 'Büro'], stdin=slave,
                                   stdout=subprocess.DEVNULL, stderr=slave, text=True,
                                   start_new_session=True)
        seen = b''
        while b': ' not in seen:
            seen += os.read(master, 1000)
        self.assertFalse(termios.tcgetattr(slave)[3] & termios.ECHO)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
        end = time.monotonic() + 20  # its own end is not that of who asks
        while not termios.tcgetattr(slave)[3] & termios.ECHO:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        os.close(master)
        os.close(slave)

    def test_config_schema_json(self):
        """config schema as JSON has all types with all keys, or one type"""
        everything = json.loads(self.ctl('-j', 'config', 'schema').stdout)
        self.assertFalse(everything['core']['named'])
        keys = {key['name']: key for key in everything['core']['keys']}
        self.assertEqual(keys['session-linger'], {
            'name': 'session-linger', 'default': '30s', 'values': 'duration, 0s to 1h',
            'purpose': 'how long an ended session stays visible'})
        route = json.loads(self.ctl('-j', 'config', 'schema', 'route').stdout)
        self.assertEqual(route, {'route': everything['route']})
        done = self.ctl('-j', 'config', 'schema', 'fly')
        self.assertEqual([done.returncode, done.stdout], [1, ''])
        self.assertIn('“fly” is no type of object; the types are core, ', done.stderr)

    def test_config_schema(self):
        """config schema explains each key, of all types or of one"""
        everything = self.ctl('config', 'schema')
        self.assertEqual(everything.returncode, 0, everything.stderr)
        self.assertWellShown(everything.stdout)
        self.assertIn('\n  session-linger=30s\n      how long an ended session stays visible '
                      '(duration, 0s to 1h)\n', everything.stdout)
        route = self.ctl('config', 'schema', 'route').stdout
        self.assertIn(route.strip('\n'), everything.stdout)
        self.assertNotIn('session-linger', route)
        done = self.ctl('config', 'schema', 'fly')
        self.assertEqual(done.returncode, 1)
        self.assertIn('“fly” is no type of object; the types are core, ', done.stderr)


# In a terminal of its own: compadd notes what it offers, and Tab ends the shell when all is said.
ZSH = r'''
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u"
zpty -w shell 'compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd "$@"; return; fi
  local -a __offers
  builtin compadd -A __offers "$@"
  builtin compadd "$@"
  print -rl -- offer:${^__offers} >> '"$2"'
}'
zpty -w shell 'tell () { _main_complete; print done >> '"$2"'; exit }'
zpty -w shell 'zle -C tell list-choices tell; bindkey "^I" tell'
zpty -n -w shell "$3"$'\t'
zpty -r shell line '*never*'
'''


class Completion(DaemonTestCase):
    config = anyone(('600', 'answer, echo')) + '\n[endpoint bob]\nauth=none\n'

    def complete(self, *words):
        """What bash offers for the last of the words."""
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(CTL, pathlib.Path(folder, 'ahoyctl'))
            script = (f'source {SOURCE}/data/completions/ahoyctl\n'
                      'complete -p ahoyctl >&2\n'
                      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ahoyctl\n'
                      'printf "%s\\n" "${COMPREPLY[@]}"')
            done = subprocess.run(
                ['bash', '--norc', '-c', script, 'bash', 'ahoyctl', *words], text=True,
                capture_output=True, timeout=60, check=True, cwd=folder,
                env=dict(self.daemon.environment, PATH=f'{folder}:{os.environ["PATH"]}'))
        self.assertIn('complete -F _ahoyctl ahoyctl', done.stderr)
        return done.stdout.split()

    def complete_in_zsh(self, *words):
        """What zsh offers for the last of the words, typed into a zsh of its own."""
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(CTL, pathlib.Path(folder, 'ahoyctl'))
            offers = pathlib.Path(folder, 'offers')
            offers.touch()
            subprocess.run(
                ['zsh', '-f', '-c', ZSH, 'zsh', f'{SOURCE}/data/completions', str(offers),
                 ' '.join(('ahoyctl', *words))], capture_output=True, timeout=60, check=False,
                cwd=folder, env=dict(self.daemon.environment, TERM='dumb',
                                     PATH=f'{folder}:{os.environ["PATH"]}'))
            lines = offers.read_text('utf-8').splitlines()
        self.assertEqual(lines[-1:], ['done'], lines)
        return sorted({line[6:] for line in lines if line.startswith('offer:') and line[6:]})

    def test_commands_in_zsh(self):
        """commands and options in zsh"""
        for words, offers in ((['an'], ['answer']), (['tr'], ['trace', 'transfer', 'transports']),
                              (['--js'], ['--json']), (['call', '--f'], ['--from']),
                              (['--json', 'sess'], ['session', 'sessions']),
                              (['config', ''],
                               ['check', 'delete', 'expand', 'get', 'hash', 'list', 'put',
                                'schema', 'show']),
                              (['trace', '--l'], ['--ladder']), (['log', 'wa'], ['warning']),
                              (['identity', '--n'], ['--name']),
                              (['identity', '--privacy', 'nu'], ['number']),
                              (['status', ''], [])):
            with self.subTest(words=words):
                self.assertEqual(self.complete_in_zsh(*words), offers)
        self.assertGreater(len(self.complete_in_zsh('')), 30)

    def test_commands(self):
        """commands and options"""
        self.assertEqual(self.complete('an'), ['answer'])
        self.assertEqual(sorted(self.complete('tr')), ['trace', 'transfer', 'transports'])
        self.assertEqual(self.complete('--js'), ['--json'])
        self.assertGreater(len(self.complete('')), 30)
        self.assertEqual(self.complete('--json', 'sess'), ['sessions', 'session'])
        self.assertEqual(self.complete('config', ''),
                         ['check', 'expand', 'schema', 'show', 'list', 'get', 'put', 'delete',
                          'hash'])
        self.assertEqual(self.complete('call', '--f'), ['--from'])
        self.assertEqual(self.complete('trace', '--l'), ['--ladder'])
        self.assertEqual(self.complete('log', 'wa'), ['warning'])
        self.assertEqual(self.complete('identity', '--n'), ['--name'])
        self.assertEqual(self.complete('identity', '--privacy', ''), ['name', 'number'])
        self.assertEqual(self.complete('identity', '--name', ''), [])
        self.assertEqual(self.complete('status', ''), [])

    def test_objects(self):
        """endpoints, and numbers of sessions"""
        self.assertEqual(self.complete('call', '--from', 'b'), ['bob'])
        self.assertEqual(self.complete('call', '--from', ''), ['anonymous', 'bob'])
        self.assertEqual(self.complete('hangup', ''), [])
        session = self.daemon.dial('sip:600@127.0.0.1:%d' % self.daemon.ports['udp'])
        self.daemon.wait(session, 'active')
        self.assertEqual(self.complete('hangup', ''), ['1', '2'])
        self.assertEqual(self.complete('dtmf', '2'), ['2'])
        self.assertEqual(self.complete('--json', 'session', ''), ['1', '2'])
        self.assertEqual(self.complete_in_zsh('hangup', ''), ['1', '2'])
        self.assertEqual(self.complete_in_zsh('call', '--from', 'b'), ['bob'])


class Ending(CtlTestCase):
    def test_quit(self):
        """quit ends the daemon; who watches is told"""
        daemon = Daemon(anyone())
        self.addCleanup(daemon.stop)
        watching = [subprocess.Popen([CTL, what], stdout=subprocess.PIPE, text=True,
                                     stderr=subprocess.PIPE, env=daemon.environment)
                    for what in ('monitor', 'trace', 'events', 'security')]
        for process in watching:
            Lines(process.stdout).wait_for(lambda line: 'Watching ' in line)
        self.assertGolden(daemon.ctl('quit'), '')
        for process in watching:
            self.assertEqual(process.wait(40), 3, process.args)
            self.assertEqual(process.stderr.read(), 'ahoyctl: The daemon is gone\n')
            process.stderr.close()
            process.stdout.close()


if __name__ == '__main__':
    agent.main(220)
