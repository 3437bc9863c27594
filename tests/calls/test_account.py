# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-35, DATA-36: what calls of an endpoint begin with: variables, account, tenant, language."""

import math
import pathlib
import struct
import tempfile
import time
import unittest
import wave

import agent
from bus_client import Client
from bus_monitor import Monitor
from daemon import Daemon, anyone
from gi.repository import GLib
from rtp_phone import RtpPhone, has_tone
from sip_peer import Failure, Peer
from test_dial import Caller

ENDPOINT = ('description=The desk at the door\naccount-code=4711\ntenant=north\nlanguage=de\n'
            'variables=COLOUR=red;SIZE=a\\;b;EMPTY=')


def write_tone(path, frequency):
    path.parent.mkdir(exist_ok=True)
    samples = [int(9000 * math.sin(2 * math.pi * frequency * at / 8000)) for at in range(24000)]
    with wave.open(str(path), 'wb') as file:
        file.setparams((1, 2, 8000, len(samples), 'NONE', ''))
        file.writeframes(struct.pack(f'<{len(samples)}h', *samples))


class Account(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        sounds = pathlib.Path(folder.name)
        write_tone(sounds / 'hello.wav', 1000)
        write_tone(sounds / 'de' / 'hello.wav', 440)
        write_tone(sounds / 'other.wav', 1000)
        self.daemon = Daemon(anyone(('1', 'answer, play(hello.wav), hangup'),
                                    ('2', 'answer, play(other.wav), hangup'),
                                    core=f'sounds-directory={sounds}', endpoint=ENDPOINT))
        self.addCleanup(self.daemon.stop)

    def call(self, user):
        peer = Caller('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        phone = RtpPhone('127.0.0.1', 300)
        self.addCleanup(phone.close)
        peer.invite(user, 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n'
                    f't=0 0\r\nm=audio {phone.port} RTP/AVP 0\r\n')
        phone.start(peer.answered().body)
        return phone, self.daemon.objects('session')[-1]

    def hear(self, phone, frequency):
        end = time.monotonic() + 30
        while not has_tone(phone.samples[-8000:], frequency):
            if time.monotonic() > end:
                raise Failure(f'no tone of {frequency} Hz\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def labels(self, path, interface):
        return [self.daemon.get(path, interface, name)
                for name in ('AccountCode', 'Tenant', 'Language')]

    def variable(self, session, name):
        return self.daemon.call(session, 'Session', 'GetVariable', 's', name)[0]

    def test_incoming(self):
        """a call of an endpoint has its account, tenant, language and variables"""
        path = '/org/ahoy/Ahoy1/endpoint/anonymous'
        self.assertEqual(self.labels(path, 'Endpoint'), ['4711', 'north', 'de'])
        self.assertEqual(self.daemon.get(path, 'Endpoint', 'Description'), 'The desk at the door')
        _phone, session = self.call('1')
        self.assertEqual(self.labels(session, 'Session'), ['4711', 'north', 'de'])
        self.assertEqual([self.variable(session, name) for name in ('COLOUR', 'SIZE', 'EMPTY')],
                         ['red', 'a;b', ''])
        self.assertEqual(self.variable(session, 'account-code'), '4711')

    def test_outgoing(self):
        """so has a call that it makes, where who dials may say something else"""
        peer = Peer('udp', '127.0.0.1')
        self.addCleanup(peer.close)
        client = Client(self.daemon.bus)
        self.addCleanup(client.close)
        session = self.daemon.dial(f'sip:x@127.0.0.1:{peer.port}')
        self.assertEqual(self.labels(session, 'Session'), ['4711', 'north', 'de'])
        self.assertEqual(self.variable(session, 'COLOUR'), 'red')
        variables = GLib.Variant('a{ss}', {'COLOUR': 'blue', 'account-code': '0815'})
        session = client.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '',
                              f'sip:x@127.0.0.1:{peer.port}', {'variables': variables})[0]
        self.assertEqual(self.labels(session, 'Session'), ['0815', 'north', 'de'])
        self.assertEqual(self.variable(session, 'COLOUR'), 'blue')
        self.daemon.call(session, 'Session', 'SetVariable', 'ss', 'account-code', '1')
        self.assertEqual(self.labels(session, 'Session')[0], '1')

    def test_language(self):
        """a sound is played in the language of the call, where there is one, else the plain one"""
        phone, _session = self.call('1')
        self.hear(phone, 440)
        phone, _session = self.call('2')
        self.hear(phone, 1000)

    def test_reload(self):
        """new calls have what was changed, and the endpoint tells of it"""
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(path.read_text('utf-8').replace('4711', '4712'), 'utf-8')
        self.assertEqual(self.daemon.call('', 'Manager', 'Reload'),
                         [['endpoint anonymous: changed (account-code)'], []])
        told = monitor.wait(lambda seen: seen.member == 'PropertiesChanged'
                            and seen.object.endswith('/endpoint/anonymous')
                            and 'AccountCode' in seen.arguments[1])
        self.assertEqual(told.arguments[1]['AccountCode'], '4712')
        _phone, session = self.call('1')
        self.assertEqual(self.labels(session, 'Session')[0], '4712')


if __name__ == '__main__':
    agent.main()
