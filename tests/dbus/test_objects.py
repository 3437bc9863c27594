# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The objects on the bus: their tree, their interfaces as the XML has them, and their number."""

import json
import os
import pathlib
import re
import time
import xml.etree.ElementTree

import agent
from bus_client import Client
from bus_monitor import Monitor
from daemon import NAME, ROOT, DaemonTestCase, anyone
from sip_peer import SDP, Peer

INTERFACES = pathlib.Path(os.environ['AHOY_SOURCE'], 'dbus', 'interfaces')


def members(interface):
    """{(kind, name): signature} of an interface."""
    found = {}
    for member in interface:
        if member.tag == 'property':
            changes = [note.get('value') for note in member if note.tag == 'annotation'
                       and note.get('name').endswith('EmitsChangedSignal')]
            found['property', member.get('name')] = (member.get('type'), member.get('access'),
                                                     changes)
        elif member.tag in ('method', 'signal'):
            found[member.tag, member.get('name')] = [
                (arg.get('direction', 'out' if member.tag == 'signal' else 'in'), arg.get('type'))
                for arg in member if arg.tag == 'arg']
    return found


class Objects(DaemonTestCase):
    config = anyone(('600', 'answer, echo'), core='session-linger=0')

    def setUp(self):
        self.client = Client(self.daemon.bus)
        self.addCleanup(self.client.close)

    def introspect(self, path):
        text = self.client.call(path, 'org.freedesktop.DBus.Introspectable', 'Introspect')[0]
        return {node.get('name'): node
                for node in xml.etree.ElementTree.fromstring(text).iter('interface')}

    def test_interfaces(self):
        """each object has its interface, with each member that the XML has, and no other"""
        session = self.daemon.dial('sip:600@127.0.0.1:%d' % self.daemon.ports['udp'])
        self.daemon.wait(session, 'active')
        objects = {'Manager': ROOT, 'Trace': ROOT, 'Config': ROOT, 'Session': session,
                   'Stream': f'{session}/stream/0', 'Transport': f'{ROOT}/transport/udp',
                   'Endpoint': f'{ROOT}/endpoint/anonymous'}
        files = {path.name.split('.')[-2]: path for path in INTERFACES.glob('*.xml')}
        for name, path in objects.items():
            with self.subTest(name=name):
                wanted = xml.etree.ElementTree.parse(files[name]).getroot().find('interface')
                there = self.introspect(path)
                self.assertIn('org.freedesktop.DBus.Properties', there)
                self.assertEqual(members(there[f'{NAME}.{name}']), members(wanted))
                # each property can be read, all at once too, and has its type
                values = self.daemon.get_all(path, name)
                properties = [key[1] for key in members(wanted) if key[0] == 'property']
                self.assertEqual(sorted(values), sorted(properties))
                for prop in properties:
                    self.daemon.get(path, name, prop)
        self.assertIn('org.freedesktop.DBus.ObjectManager', self.introspect(ROOT))
        self.daemon.call(session, 'Session', 'Hangup')
        self.daemon.wait_for_sessions(0)

    def test_documented(self):
        """each member is described in its XML, with the version since when it is there"""
        for path in INTERFACES.glob('*.xml'):
            text = path.read_text('utf-8')
            for kind, name in re.findall(r'<(method|property|signal|interface) name="([\w.]+)"',
                                         text):
                with self.subTest(member=name):
                    self.assertRegex(text, rf'(?s)<!--\s+{re.escape(name)}: (?:(?!-->).)*'
                                     rf'Since:\s+0\.1\s+-->\s+<{kind} name="{re.escape(name)}"')

    def test_tree(self):
        """busctl tree shows the objects, and names are escaped"""
        shown = self.daemon.busctl('tree', '--list', NAME).split()
        for path in ('', '/endpoint/anonymous', '/transport/udp', '/transport/tcp6'):
            self.assertIn(ROOT + path, shown)
        managed = self.client.call('', 'org.freedesktop.DBus.ObjectManager',
                                   'GetManagedObjects')[0]
        self.assertLessEqual(set(managed), set(shown))
        self.assertEqual(managed[f'{ROOT}/transport/udp'][f'{NAME}.Transport']['Port'],
                         self.daemon.ports['udp'])

    def census(self):
        return self.client.call('', 'Manager', 'ListObjects')[0]

    def test_census(self):
        """after fifty calls there are as many objects as before (CORE-35)"""
        def call():
            session = self.daemon.dial('sip:600@127.0.0.1:%d' % self.daemon.ports['udp'])
            self.daemon.wait(session, 'active')
            self.client.call(session, 'Session', 'Hangup')
        call()
        self.daemon.wait_for_sessions(0)
        names = ('AhoySession', 'AhoyBusSession', 'AhoyBusObject', 'AhoySessionStream',
                 'AhoyEndpoint')
        end = time.monotonic() + 60
        before = None
        while before is None or before.get('AhoySession', 0) > 0:
            self.assertLess(time.monotonic(), end, before)
            before = self.census()
        for _ in range(50):
            call()
        self.daemon.wait_for_sessions(0)
        while {name: self.census().get(name, 0) for name in names} != \
                {name: before.get(name, 0) for name in names}:
            self.assertLess(time.monotonic(), end + 60, (before, self.census()))
        self.assertGreater(before['AhoyBusObject'], 0)

    def test_jobs(self):
        """what the scheduler will do can be seen (CORE-34)"""
        quiet = Peer('udp', '127.0.0.1')
        self.addCleanup(quiet.close)
        session = self.daemon.dial(f'sip:x@127.0.0.1:{quiet.port}')
        self.client.start(session, 'Session', 'Wait', 'su', 'active', 20000)
        jobs = self.client.call('', 'Manager', 'ListJobs')[0]
        self.assertTrue(jobs)
        for name, due, kind in jobs:
            self.assertTrue(name)
            self.assertLess(due, 24 * 3600 * 1000000)
            self.assertIn(kind, ('once', 'repeating'))
        self.assertEqual(len(json.loads(self.daemon.ctl('-j', 'jobs').stdout)[0]), 3)


class Strangers(DaemonTestCase):
    config = anyone(core='overload-queue=2').replace('[endpoint anonymous]', '[endpoint bob]') \
        .replace('auth=none', 'auth=none\nidentify=ip\nmatch=127.0.0.1') \
        .replace('default-endpoint=anonymous', 'default-endpoint=bob')

    def test_unidentified(self):
        """who is no endpoint can be seen"""
        self.assertEqual(self.daemon.ctl('unidentified').stdout,
                         '\n  Every request was of an endpoint\n\n')
        peer = Peer('udp', '::1', self.daemon.address('udp', 'ipv6'))
        self.addCleanup(peer.close)
        for _ in range(3):
            peer.send('OPTIONS')
            self.assertIn(peer.receive(20).status, (401, 403))
        listed, = self.daemon.call('', 'Manager', 'ListUnidentified')
        self.assertEqual([row[:2] for row in listed], [['::1', 3]])
        shown = self.daemon.ctl('unidentified').stdout
        self.assertRegex(shown, r'\A\n  Source  Requests  Last\n  ::1     3         20.*\n\n\Z')
        self.assertEqual(json.loads(self.daemon.ctl('-j', 'unidentified').stdout), listed)

    def test_overloaded(self):
        """Overloaded is told when new requests are refused, and when no longer"""
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)

        def told(value):
            return monitor.wait(lambda signal: signal.member == 'PropertiesChanged'
                                and signal.arguments[1].get('Overloaded') is value,
                                what=f'Overloaded {value}')
        peers = []
        status = 0
        while status != 503:
            self.assertLess(len(peers), 10)
            peer = Peer('udp', '127.0.0.1', self.daemon.address())
            self.addCleanup(peer.close)
            peers.append(peer)
            peer.send('INVITE', body=SDP)
            status = peer.receive(20).status
        told(True)
        for session in self.daemon.objects('session'):
            self.daemon.call(session, 'Session', 'Reject', 'qs', 486, '')
        for peer in peers[:-1]:
            self.assertEqual(peer.expect(486, 20).status, 486)  # the peer sends ACK
        told(False)
        self.assertFalse(self.daemon.get('', 'Manager', 'Overloaded'))


if __name__ == '__main__':
    agent.main(220)
