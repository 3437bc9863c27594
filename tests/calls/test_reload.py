# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-32, DATA-33: another configuration while calls run: what differs changes, nothing else."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import agent
from bus_client import Client, Refused
from bus_monitor import Monitor
from daemon import NAME, Daemon, anyone
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure
from test_dial import Caller
from test_sipp import Sipp

SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'

CALLS = 1000
ROUTES = (('600', 'answer, echo'),)
# The ports of RTP, two for each call, and more.
CORE = 'max-sessions=2000\nrtp-port-min=16384\nrtp-port-max=32766'


def sdp(port):
    return ('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
            f'm=audio {port} RTP/AVP 0\r\n')


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Reload(unittest.TestCase):
    def start(self, config, **more):
        self.daemon = Daemon(config, **more)
        self.addCleanup(self.daemon.stop)
        return self.daemon

    def write(self, text, name='ahoy.conf'):
        path = self.daemon.config / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, 'utf-8')

    def reload(self, text=None):
        if text is not None:
            self.write(text)
        return self.daemon.call('', 'Manager', 'Reload')

    def caller(self, port=None):
        peer = Caller('udp', '127.0.0.1', ('127.0.0.1', port or self.daemon.ports['udp']))
        self.addCleanup(peer.close)
        return peer

    def is_served(self, port):
        """Whether OPTIONS over UDP are answered there."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(('127.0.0.1', port))
            probe.settimeout(10)
            own = probe.getsockname()[1]
            probe.send(f'OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};'
                       f'branch=z9hG4bK{time.monotonic_ns()}\r\nFrom: <sip:a@b>;tag=1\r\n'
                       f'To: <sip:c@d>\r\nCall-ID: {time.monotonic_ns()}\r\nCSeq: 1 OPTIONS\r\n'
                       'Max-Forwards: 1\r\nContent-Length: 0\r\n\r\n'.encode())
            try:
                return probe.recv(4000).startswith(b'SIP/2.0 ')
            except ConnectionRefusedError:
                return False


class Objects(Reload):
    config = anyone(*ROUTES)

    def setUp(self):
        self.start(self.config)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def told(self, kind, name, what):
        self.monitor.wait(lambda found: found.member == 'Changed'
                          and found.arguments == [kind, name, what], what=f'{kind} {name} {what}')

    def test_endpoints(self):
        """endpoints come, change and go, on the bus too; the same file again changes nothing"""
        self.assertEqual(self.reload(), [[], []])
        bob = self.config + '[endpoint bob]\ncodecs=pcma\ncaller-id="Bob" <100>\n'
        self.assertEqual(self.reload(bob), [['endpoint bob: added'], []])
        found = self.monitor.wait(lambda seen: seen.member == 'InterfacesAdded'
                                  and seen.object.endswith('/endpoint/bob'))
        self.assertEqual(found.arguments[1][f'{NAME}.Endpoint']['DisplayName'], 'Bob')
        self.told('endpoint', 'bob', 'added')
        self.daemon.call('endpoint/bob', 'Endpoint', 'SetMaintenance', 'b', 'true')

        changed = bob.replace('pcma', 'pcmu;pcma').replace('"Bob"', '"Robert"')
        self.assertEqual(self.reload(changed), [['endpoint bob: changed (caller-id, codecs)'], []])
        self.told('endpoint', 'bob', 'changed')
        properties = self.monitor.wait(
            lambda seen: seen.member == 'PropertiesChanged'
            and seen.object.endswith('/endpoint/bob') and 'DisplayName' in seen.arguments[1])
        self.assertEqual(properties.arguments[1]['DisplayName'], 'Robert')
        self.assertTrue(self.daemon.get('/org/ahoy/Ahoy1/endpoint/bob', 'Endpoint', 'Maintenance'))
        self.assertEqual(self.daemon.call('', 'Config', 'Get', 'ss', 'endpoint', 'bob'),
                         [{'codecs': 'pcmu;pcma', 'caller-id': '"Robert" <100>'}])

        self.assertEqual(self.reload(self.config), [['endpoint bob: removed'], []])
        self.monitor.wait(lambda seen: seen.member == 'InterfacesRemoved'
                          and seen.object.endswith('/endpoint/bob'))
        self.told('endpoint', 'bob', 'removed')
        self.assertEqual(len(self.daemon.objects('endpoint')), 1)

    def test_routes(self):
        """a new call uses the new routes; the call that runs keeps its own"""
        peer = self.caller()
        peer.invite('600', sdp(9))
        peer.answered()
        self.assertEqual(self.reload(self.config.replace('answer, echo', 'reject(433)')),
                         [['route r0: changed (do)'], []])
        other = self.caller()
        other.invite('600')
        other.expect(433)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 1)
        peer.bye()

    def test_transports(self):
        """a transport comes, moves and goes: with its object on the bus, and on the wire"""
        ports = [free_port(), free_port()]
        texts = [self.config + f'[transport more]\nbind=127.0.0.1:{port}\n' for port in ports]
        self.assertEqual(self.reload(texts[0]), [['transport more: added'], []])
        path = '/org/ahoy/Ahoy1/transport/more'
        self.monitor.wait(lambda seen: seen.member == 'InterfacesAdded' and seen.object == path)
        self.assertTrue(self.is_served(ports[0]))
        self.monitor.catch_up()
        before = len(self.monitor.signals)
        self.assertEqual(self.reload(texts[1]), [['transport more: made anew (bind)'], []])
        self.assertEqual(self.daemon.get(path, 'Transport', 'Port'), ports[1])
        self.assertTrue(self.is_served(ports[1]))
        self.assertFalse(self.is_served(ports[0]))
        self.told('transport', 'more', 'changed')
        self.monitor.catch_up()
        self.assertEqual([seen.member for seen in self.monitor.signals[before:]
                          if seen.object == path], ['InterfacesRemoved', 'InterfacesAdded'])
        self.assertEqual(self.reload(self.config), [['transport more: removed'], []])
        self.assertFalse(self.is_served(ports[1]))
        self.assertNotIn(path, self.daemon.objects('transport'))

    def test_settings(self):
        """keys of core hold at once, or say that they wait for a restart"""
        changed, errors = self.reload(self.config.replace('t1=50ms', 't1=80ms\nuser-agent=Boat'))
        self.assertEqual(changed, ['core: changed (user-agent, t1)'])
        self.assertEqual(len(errors), 1)
        self.assertRegex(errors[0], r'ahoy\.conf:4: warning: core: t1: takes effect after a')

    def test_signal(self):
        """SIGHUP reloads, and the log says what changed"""
        self.write(self.config + '[endpoint bob]\n')
        self.daemon.process.send_signal(signal.SIGHUP)
        self.told('endpoint', 'bob', 'added')
        self.daemon.log.wait_for(lambda line: 'endpoint bob: added' in line)
        self.daemon.log.wait_for(lambda line: 'Reloaded: 1 changes, 0 problems' in line)

    def test_command(self):
        """ahoyctl reload says what changed and what is wrong, and ends with 1 for an error"""
        self.assertEqual(self.daemon.ctl('reload').stdout, 'Nothing changed\n')
        self.write(self.config + '[endpoint bob]\ntransport=nowhere\n')
        done = self.daemon.ctl('reload')
        self.assertEqual(done.stdout, 'endpoint bob: added\n')
        self.assertIn(': warning: endpoint bob: transport: ', done.stderr)
        self.write(self.config + '[endpoint bob]\nptime=9\n[endpoint carol]\n')
        done = self.daemon.ctl('reload', check=False)
        self.assertEqual((done.returncode, done.stdout), (1, 'endpoint carol: added\n'))
        self.assertIn(': endpoint bob: ptime: ', done.stderr)
        done = self.daemon.ctl('--json', 'reload', check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(json.loads(done.stdout)[1]), 1)

    def test_faults(self):
        """an object with a fault stays as it was; others change; one that is gone goes"""
        good = self.config + '[endpoint bob]\nptime=30\n[endpoint dave]\n'
        self.reload(good)
        changed, errors = self.reload(self.config + '[endpoint bob]\nptime=9\n[endpoint eve]\n')
        self.assertEqual(changed, ['endpoint eve: added', 'endpoint dave: removed'])
        self.assertEqual(len(errors), 1)
        self.assertEqual(self.daemon.call('', 'Config', 'Get', 'ss', 'endpoint', 'bob'),
                         [{'ptime': '30'}])
        # A template with a fault keeps who uses it.
        changed, errors = self.reload(
            self.config + '[endpoint t](!)\nptime=9\n[endpoint bob](t)\n[endpoint eve](t)\n')
        self.assertEqual(changed, [])
        self.assertEqual(len(errors), 3)

    def test_unreadable(self):
        """while a file cannot be read, nothing is removed"""
        self.reload(self.config + '[endpoint bob]\n')
        changed, errors = self.reload('include=missing.conf\n' + self.config)
        self.assertEqual(changed, [])
        self.assertEqual(len(errors), 1)
        self.assertEqual(len(self.daemon.objects('endpoint')), 2)
        self.assertEqual(self.reload(self.config)[0], ['endpoint bob: removed'])

    def test_secrets(self):
        """secrets come from files and credentials; a new one is taken, one for everybody refused"""
        folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-credentials-'))
        self.addCleanup(shutil.rmtree, folder)
        (folder / 'bob').write_text('first-secret\n', 'utf-8')
        self.start(self.config, environment={'CREDENTIALS_DIRECTORY': str(folder)})
        own = folder / 'carol'
        own.write_text('first-secret\n', 'utf-8')
        own.chmod(0o640)
        config = self.config + ('[endpoint bob]\npassword-credential=bob\n'
                                f'[endpoint carol]\npassword-file={own}\n')
        self.assertEqual(self.reload(config)[0], ['endpoint bob: added', 'endpoint carol: added'])
        self.assertEqual(self.reload(config)[0], [])
        (folder / 'bob').write_text('second-secret\n', 'utf-8')
        own.write_text('second-secret\n', 'utf-8')
        self.assertEqual(self.reload(config)[0], ['endpoint bob: changed (password)',
                                                  'endpoint carol: changed (password)'])
        own.chmod(0o644)
        changed, errors = self.reload(config)
        self.assertEqual(changed, [])
        self.assertRegex(errors[0], 'endpoint carol: password-file: .*everybody may read or change')
        self.assertEqual(len(self.daemon.objects('endpoint')), 3)
        for text in ('first-secret', 'second-secret'):
            self.assertNotIn(text, '\n'.join(self.daemon.log.all))
            self.assertNotIn(text, repr(self.daemon.call('', 'Config', 'Get', 'ss', 'endpoint',
                                                         'bob')))

    def test_often(self):
        """a hundred reloads at once are done one after the other"""
        clients = [Client(self.daemon.bus) for _ in range(10)]
        for client in clients:
            self.addCleanup(client.close)
            for _ in range(10):
                client.start('/org/ahoy/Ahoy1', 'Manager', 'Reload')
        self.assertEqual(self.reload(), [[], []])
        with self.assertRaises(Refused):
            clients[0].call('', 'Manager', 'Reload', 's', 'force')


class Calls(Reload):
    def wait_for(self, what, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within {seconds} s\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def ring(self, frequency, port=None):
        peer = self.caller(port)
        phone = RtpPhone('127.0.0.1', frequency)
        self.addCleanup(phone.close)
        peer.invite('600', sdp(phone.port))
        phone.start(peer.answered().body)
        return peer, phone

    def test_live_calls(self):
        """a thousand calls live through reloads: none is lost, sound goes on, all end well"""
        # An ACK that a full socket loses comes again upon the next 200; those come for 64 T1.
        config = anyone(*ROUTES, core=CORE).replace('t1=50ms', 't1=500ms')
        self.start(config)
        peer, phone = self.ring(440)
        target = f'127.0.0.1:{self.daemon.ports["udp"]}'
        rate = 30 if self.daemon.is_sanitized() else 200
        uac = subprocess.Popen([os.environ['AHOY_UAC'], '--target', target, '--user', '600',
                                '--rate', str(rate), '--calls', str(CALLS), '--wait'],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: uac.poll() is None and uac.kill())
        self.assertEqual(uac.stdout.readline(), 'held\n')
        self.daemon.wait_for_sessions(CALLS + 1)

        port = free_port()
        text = config.replace('answer, echo', 'answer, tone(440)') \
            .replace('context=demo\n', 'context=demo\nptime=30\n', 1) \
            .replace('max-sessions=2000', 'max-sessions=1500') \
            + f'[transport more]\nbind=127.0.0.1:{port}\n[endpoint bob]\n'
        changed, errors = self.reload(text)
        self.assertEqual(errors, [])
        self.assertEqual(changed, ['core: changed (max-sessions)', 'transport more: added',
                                   'endpoint anonymous: changed (ptime)', 'endpoint bob: added',
                                   'route r0: changed (do)'])
        for number in range(10):
            moved = text.replace(f':{port}', f':{free_port()}').replace('ptime=30',
                                                                       f'ptime={20 + number}')
            self.reload(moved)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), CALLS + 1)
        phone.samples.clear()
        self.wait_for('the echo', lambda: has_tone(phone.samples[-8000:], 440))

        uac.stdin.write('\n')
        uac.stdin.flush()
        result = json.loads(uac.stdout.readline())
        self.assertEqual(uac.wait(60), 0, result)
        uac.stdin.close()
        uac.stdout.close()
        self.assertEqual((result['answered'], result['completed'], result['lost']),
                         (CALLS, CALLS, 0), result)
        peer.bye()
        self.daemon.wait_for_sessions(0)

    def test_other_transport(self):
        """sipp makes 400 calls over TCP, while the transport over UDP moves all the time"""
        self.start(anyone(*ROUTES))
        config = (self.daemon.config / 'ahoy.conf').read_text('utf-8')
        tcp = self.daemon.ports['tcp']
        sipp = Sipp(SCENARIOS / 'uac_short', 'tcp', 'ipv4',
                    ('127.0.0.1', tcp), user='600', calls=400,
                    options=('-r', '100', '-l', '50'))
        moves = 0
        while sipp.process.poll() is None:
            text = config.replace('protocol=udp\nbind=127.0.0.1:0',
                                  f'protocol=udp\nbind=127.0.0.1:{free_port()}')
            changed, errors = self.reload(text)
            self.assertEqual((changed, errors), (['transport udp: made anew (bind)'], []))
            moves += 1
        code, output = sipp.finish()
        self.assertEqual(code, 0, output)
        self.assertGreater(moves, 3)
        self.assertEqual(self.daemon.get('/org/ahoy/Ahoy1/transport/tcp', 'Transport', 'Port'), tcp)

    def test_transport_goes(self):
        """a call over a transport that goes keeps its sound, and its end leaves by another one"""
        config = anyone(*ROUTES)
        self.start(config)
        more = config + f'[transport more]\nbind=127.0.0.1:{free_port()}\n'
        self.reload(more)
        first = self.daemon.get('/org/ahoy/Ahoy1/transport/more', 'Transport', 'Port')
        peer, phone = self.ring(440, first)
        session = self.daemon.objects('session')[0]
        self.assertEqual(self.reload(config), [['transport more: removed'], []])
        phone.samples.clear()
        self.wait_for('the echo', lambda: has_tone(phone.samples[-8000:], 440))
        self.daemon.call(session, 'Session', 'Hangup')
        bye = peer.expect('BYE')
        self.assertIn(f':{self.daemon.ports["udp"]}', bye['via'])
        peer.respond(bye, 200)
        self.daemon.wait_for_sessions(0)


if __name__ == '__main__':
    agent.main()
