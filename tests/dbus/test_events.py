# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""States of devices, mailboxes and others on the bus: published, read, and told to who watches."""

import json
import os
import subprocess

from gi.repository import GLib

import agent
from bus_client import Client, Refused
from daemon import DaemonTestCase, Lines, anyone
from sip_peer import SDP, Call, Peer

PHONES = '''
[endpoint desk]
auth=none
match=127.0.0.2
allow=call
context=demo
'''


class Watcher:
    """A program that watches; .next() is what it was told next."""

    def __init__(self, daemon, topic=None):
        self.client, self.heard = Client(daemon.bus), []
        self.client.connection.signal_subscribe(
            None, 'org.ahoy.Ahoy1.Events', None, None, None, 0,
            lambda bus, sender, path, interface, signal, arguments:
            self.heard.append((signal, *arguments.unpack())))
        if topic is not None:
            self.client.call('', 'Events', 'Watch', 's', topic)

    def close(self):
        if not self.client.connection.is_closed():
            self.client.close()

    def next(self):
        if not self.wait(lambda: self.heard):
            raise AssertionError('it is told of nothing')
        return self.heard.pop(0)

    @staticmethod
    def wait(condition):
        timers = []
        timers.append(GLib.timeout_add_seconds(10, timers.clear))
        while timers and not condition():
            GLib.MainContext.default().iteration(True)
        if timers:
            GLib.source_remove(timers.pop())
        return condition()

    def publish(self, topic, key, kind, value):
        self.client.call('', 'Events', 'Publish', 'ssv', topic, key, GLib.Variant(kind, value))


class EventsCase(DaemonTestCase):
    config = anyone(('600', 'answer, wait(20)')) + PHONES

    def watcher(self, topic=None):
        watcher = Watcher(self.daemon, topic)
        self.addCleanup(watcher.close)
        return watcher

    def refused(self, name, watcher, method, signature, *arguments):
        with self.assertRaises(Refused) as caught:
            watcher.client.call('', 'Events', method, signature, *arguments)
        self.assertEqual(caught.exception.name, name, caught.exception.message)


class Events(EventsCase):

    def test_publish(self):
        """A program publishes, another hears of it, a third hears nothing and can ask"""
        watcher, other = self.watcher('mailbox'), self.watcher('presence')
        publisher = self.watcher()
        publisher.publish('mailbox', 'bob@office', 'a{su}', {'new': 2})
        self.assertEqual(watcher.next(), ('Changed', 'mailbox', 'bob@office', {'new': 2}))
        state = self.daemon.busctl('call', 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1',
                                   'org.ahoy.Ahoy1.Events', 'Get', 'ss', 'mailbox', 'bob@office')
        self.assertEqual(json.loads(state)['data'], [{'type': 'a{su}', 'data': {'new': 2}}])
        late = self.watcher('')
        seen = [late.next() for _ in range(3)]
        self.assertIn(('Changed', 'mailbox', 'bob@office', {'new': 2}), seen)
        publisher.client.call('', 'Events', 'Withdraw', 'ss', 'mailbox', 'bob@office')
        self.assertEqual(watcher.next(), ('Withdrawn', 'mailbox', 'bob@office'))
        self.assertEqual(late.next(), ('Withdrawn', 'mailbox', 'bob@office'))
        publisher.publish('presence', 'bob', 's', 'away')
        self.assertEqual(other.next(), ('Changed', 'presence', 'bob', 'away'))
        self.assertEqual((other.heard, publisher.heard), ([], []))
        self.refused('NotFound', publisher, 'Get', 'ss', 'mailbox', 'bob@office')
        watcher.client.call('', 'Events', 'Unwatch', 's', 'mailbox')
        publisher.publish('mailbox', 'x', 'u', 1)
        self.assertEqual(late.next()[1], 'presence')
        self.assertEqual(late.next(), ('Changed', 'mailbox', 'x', 1))
        self.assertEqual(watcher.heard, [])
        publisher.client.call('', 'Events', 'Withdraw', 'ss', 'mailbox', 'x')
        publisher.client.call('', 'Events', 'Withdraw', 'ss', 'presence', 'bob')

    def test_device_state(self):
        """The state of an endpoint follows its calls, and its maintenance"""
        watcher = self.watcher('device-state')
        first = sorted(watcher.next() for _ in range(2))
        self.assertEqual(first, [('Changed', 'device-state', name, 'not-in-use')
                                 for name in ('anonymous', 'desk')])
        with Peer('udp', '127.0.0.1', self.daemon.address()) as peer:
            call = Call(peer, peer.target_uri('600'))
            peer.send('INVITE', call=call, body=SDP)
            call.established(peer.expect(200))
            peer.send('ACK', call=call)
            self.assertEqual(watcher.next()[2:], ('anonymous', 'in-use'))
            session = self.daemon.dial(peer.uri, 'anonymous')
            invite = peer.expect('INVITE')
            peer.respond(invite, 180)
            self.assertEqual(watcher.next()[2:], ('anonymous', 'ringing-in-use'))
            peer.send('BYE', call=call)
            peer.expect('200 BYE')
            self.assertEqual(watcher.next()[2:], ('anonymous', 'ringing'))
            self.daemon.call(session, 'Session', 'Hangup')
            cancel = peer.expect('CANCEL')
            peer.respond(cancel, 200)
            peer.respond(invite, 487)
            peer.expect('ACK')
        self.assertEqual(watcher.next()[2:], ('anonymous', 'not-in-use'))
        self.daemon.call('endpoint/desk', 'Endpoint', 'SetMaintenance', 'b', 'true')
        self.assertEqual(watcher.next()[2:], ('desk', 'unavailable'))
        self.daemon.call('endpoint/desk', 'Endpoint', 'SetMaintenance', 'b', 'false')
        self.assertEqual(watcher.next()[2:], ('desk', 'not-in-use'))
        self.assertEqual(watcher.heard, [])

    def test_refused(self):
        """What cannot be published or watched is refused with a reason"""
        watcher = self.watcher('presence')
        small = GLib.Variant('s', 'x')
        for topic, key, state in (('Big', 'a', small), ('', 'a', small), ('a', '', small),
                                  ('a', 'b\n', small), ('a', 'k' * 300, small),
                                  ('a', 'b', GLib.Variant('s', 'x' * 8200)),
                                  ('device-state', 'desk', small)):
            with self.subTest(topic=topic, key=key):
                self.refused('InvalidArguments', watcher, 'Publish', 'ssv', topic, key, state)
        self.refused('InvalidArguments', watcher, 'Watch', 's', 'No Topic')
        with self.assertRaisesRegex(Refused, 'InvalidArg'):
            watcher.client.call('', 'Events', 'Publish', 'ssv', 'a', 'b', GLib.Variant('h', 0))
        self.refused('Exists', watcher, 'Watch', 's', 'presence')
        self.refused('NotFound', watcher, 'Unwatch', 's', 'mailbox')
        self.refused('NotFound', watcher, 'Withdraw', 'ss', 'device-state', 'desk')
        self.assertEqual(watcher.heard, [])

    def test_ctl(self):
        """ahoyctl shows states, and how they change"""
        publisher = self.watcher()
        publisher.publish('presence', 'carol', 's', 'away')
        shown = self.daemon.ctl('states').stdout
        self.assertRegex(shown, r'Topic +Key +State')
        self.assertRegex(shown, r'device-state +desk +not-in-use')
        self.assertRegex(shown, r'presence +carol +away')
        states = json.loads(self.daemon.ctl('--json', 'states', 'presence').stdout)
        self.assertEqual(states, [{'carol': 'away'}])
        with subprocess.Popen([os.environ['AHOY_CTL'], '--json', 'events', 'presence'],
                              stdout=subprocess.PIPE, text=True,
                              env=self.daemon.environment) as process:
            lines = Lines(process.stdout)
            self.assertEqual(json.loads(lines.wait_for(lambda line: True)),
                             {'topic': 'presence', 'key': 'carol', 'state': 'away'})
            publisher.client.call('', 'Events', 'Withdraw', 'ss', 'presence', 'carol')
            self.assertEqual(json.loads(lines.wait_for(lambda line: True)),
                             {'topic': 'presence', 'key': 'carol'})
            process.terminate()
            self.assertEqual(process.wait(10), 0)


class Limits(EventsCase):
    def test_limits(self):
        """Programs publish 10000 states and have 64 watches; who leaves watches no more"""
        watcher = self.watcher()
        for number in range(10000):
            watcher.publish('many', f'k{number}', 'u', number)
        watcher.publish('many', 'k9999', 'u', 1)
        self.refused('LimitExceeded', watcher, 'Publish', 'ssv', 'many', 'more',
                     GLib.Variant('u', 1))
        for number in range(64):
            watcher.client.call('', 'Events', 'Watch', 's', f't{number}')
        other = self.watcher()
        self.refused('LimitExceeded', other, 'Watch', 's', 'one-more')
        watcher.close()

        def again():
            try:
                other.client.call('', 'Events', 'Watch', 's', 'one-more')
            except Refused:
                return False
            return True
        self.assertTrue(any(again() for _ in range(100)))
        other.client.call('', 'Events', 'Withdraw', 'ss', 'many', 'k77')
        other.publish('many', 'more', 'u', 1)


if __name__ == '__main__':
    agent.main(160)
