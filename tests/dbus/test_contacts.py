# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-27, REGI-28, REGI-29, REGI-33: contacts on the bus, and whether they can be reached."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import agent
from bus_monitor import Monitor
from daemon import ROOT, BusError, Daemon, Lines, anyone
from sip_peer import Failure, Peer

EXAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples', 'python', 'contacts.py')
PHONES = '''
[endpoint alice]
auth=none
max-contacts=3
minimum-expiration=1
qualify-frequency={frequency}
qualify-timeout={timeout}
qualify-2xx-only={strict}
qualify-authenticate={authenticate}
outbound-username=ahoy
outbound-password=secret

[endpoint bob]
auth=none
max-contacts=2
minimum-expiration=1

[endpoint door]
auth=none
allow=call
match=192.0.2.1
contact=<sip:door@{door}>
aors=gate

[aor gate]
contact=<sip:gate@{door}>

[endpoint trunk]
auth=none
allow=call
match=192.0.2.2
'''


def configuration(door='192.0.2.1', frequency='0', timeout='2s', strict='no', authenticate='no'):
    return anyone(('600', 'answer')) + PHONES.format(
        door=door, frequency=frequency, timeout=timeout, strict=strict, authenticate=authenticate)


class Contacts(unittest.TestCase):
    def start(self, *arguments, **keys):
        self.daemon = Daemon(configuration(**keys), *arguments)
        self.addCleanup(lambda daemon: daemon.process.poll() is None and daemon.stop(),
                        self.daemon)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def phone(self, transport='udp'):
        host, port = self.daemon.address(transport)
        peer = Peer(transport, target=(host, port))
        self.addCleanup(peer.close)
        return peer

    def register(self, peer, user='alice', expires=3600, uri=None):
        """Registers the peer; the URI of its contact."""
        uri = uri or f'sip:{user}@{peer.address}'
        request = peer.register(f'sip:{user}@{peer.target_uri().split("@")[1]}', expires,
                                contact=f'<{uri}>', headers=[('User-Agent', 'Peer/1')])
        request.set('From', f'<sip:{user}@ahoy.example>;tag={peer.unique("f")}')
        peer.send(request)
        peer.expect(200)
        return uri

    def contacts(self, name='alice'):
        return self.daemon.get(f'endpoint/{name}', 'Endpoint', 'Contacts')

    def heard(self, name='alice', member='Contact'):
        self.monitor.catch_up()
        return [(signal.member, *signal.arguments) for signal in self.monitor.signals
                if signal.path.endswith(f'/endpoint/{name}')
                and signal.member.startswith(member)]

    def wait_for(self, what, wanted, timeout=15):
        """Waits until a question has an answer: what is seen on the bus comes by itself."""
        end = time.monotonic() + timeout
        while (now := what()) != wanted:
            if time.monotonic() > end:
                raise Failure(f'{now}, not {wanted}\n' + self.daemon.report())
            time.sleep(0.02)  # between two questions, not for anything to happen

    def state(self, name='alice'):
        return self.daemon.get(f'endpoint/{name}', 'Endpoint', 'State')

    def status(self, name='alice'):
        return [contact[4] for contact in self.contacts(name)]

    def answer(self, peer, *statuses):
        """Answers so many questions; the URIs that were asked."""
        uris = set()
        for status in statuses:
            options = peer.expect('OPTIONS')
            uris.add(options.uri)
            peer.respond(options, status)
        return uris

    @contextlib.contextmanager
    def answering(self, peer):
        """Meanwhile a phone answers whatever it is asked."""
        enough = threading.Event()

        def run():
            while not enough.is_set():
                try:
                    peer.respond(peer.expect('OPTIONS', timeout=0.2), 200)
                except Failure:
                    pass  # it was not asked
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            enough.set()
            thread.join()

    def test_two_contacts(self):
        """two phones of one account: each is told once when it comes, and once when it goes"""
        self.start()
        one, two = self.phone(), self.phone('tcp')
        first = self.register(one)
        second = self.register(two, uri=f'sip:alice@{two.address};transport=tcp')
        self.register(one)  # refreshed: nobody is told
        contacts = self.contacts()
        self.assertEqual({contact[0] for contact in contacts}, {first, second})
        self.assertEqual({contact[1] for contact in contacts}, {'Peer/1'})
        for contact in contacts:
            self.assertAlmostEqual(contact[2] / 1e6, time.time() + 3600, delta=30)
            self.assertEqual(contact[3:], [-1, 'non-qualified'])
        self.register(one, expires=0)
        self.register(two, uri=second, expires=0)
        gone = [('ContactRemoved', first, 'unregistered'),
                ('ContactRemoved', second, 'unregistered')]
        self.wait_for(self.heard, [('ContactAdded', first), ('ContactAdded', second)] + gone)
        self.assertEqual(self.contacts(), [])
        self.assertEqual(self.heard('bob'), [])

    def test_expiry_and_drop(self):
        """a contact that is not refreshed goes, and one that somebody drops"""
        self.start()
        one, two = self.phone(), self.phone()
        first, second = self.register(one, 'bob', expires=1), self.register(two, 'bob')
        self.wait_for(lambda: self.heard('bob', 'ContactRemoved'),
                      [('ContactRemoved', first, 'expired')])
        self.daemon.call('endpoint/bob', 'Endpoint', 'DropContact', 's', second)
        self.wait_for(lambda: self.heard('bob', 'ContactRemoved')[1:],
                      [('ContactRemoved', second, 'dropped')])
        self.assertEqual(self.contacts('bob'), [])
        for name, uri, error in (('bob', second, 'has no contact'),
                                 ('door', 'sip:door@192.0.2.1', 'stands in the configuration')):
            with self.assertRaisesRegex(BusError, error):
                self.daemon.call(f'endpoint/{name}', 'Endpoint', 'DropContact', 's', uri)

    def test_states(self):
        """the state of an endpoint follows its contacts, and the state of its device that"""
        self.start()
        self.assertEqual([self.state(name) for name in ('alice', 'door', 'trunk')],
                         ['unreachable', 'unknown', 'unknown'])
        phone = self.phone()
        self.register(phone)
        self.wait_for(self.state, 'available')
        shown = json.loads(self.daemon.ctl('-j', 'states', 'device-state').stdout)
        self.assertIn('not-in-use', str([row for row in shown if 'alice' in str(row)]))
        self.assertIn('unavailable', str([row for row in shown if 'bob' in str(row)]))
        self.register(phone, expires=0)
        self.wait_for(self.state, 'unreachable')
        changes = [signal.arguments[1]['State']
                   for signal in self.monitor.of(f'{ROOT}/endpoint/alice')
                   if signal.member == 'PropertiesChanged' and 'State' in signal.arguments[1]]
        self.assertEqual(changes, ['available', 'unreachable'])

    def test_qualify(self):
        """a phone that answers is available, one that stops is unreachable; told when it changes"""
        self.start(frequency='1s', timeout='300ms')
        phone = self.phone()
        uri = self.register(phone)
        for _ in range(3):
            options = phone.expect('OPTIONS')
            self.assertEqual(options.uri, uri)
            phone.respond(options, 486)  # busy, and there
            self.wait_for(self.status, ['available'])
        round_trip = self.contacts()[0][3]
        self.assertTrue(0 <= round_trip < 1000000, round_trip)
        self.assertEqual(self.state(), 'available')
        self.wait_for(self.status, ['unreachable'])
        self.assertEqual(self.contacts()[0][3], -1)
        self.wait_for(self.state, 'unreachable')
        self.assertEqual(self.heard(member='ContactStatus'),
                         [('ContactStatusChanged', uri, 'available'),
                          ('ContactStatusChanged', uri, 'unreachable')])

    def test_strict(self):
        """qualify-2xx-only: any other answer counts as none"""
        self.start(frequency='1s', strict='yes')
        phone = self.phone()
        self.register(phone)
        phone.respond(phone.expect('OPTIONS'), 404)
        self.wait_for(self.status, ['unreachable'])
        phone.respond(phone.expect('OPTIONS'), 200)
        self.wait_for(self.status, ['available'])

    def test_authenticate(self):
        """qualify-authenticate: a challenge is met with the account of the endpoint"""
        self.start(frequency='1s', strict='yes', authenticate='yes')
        phone = self.phone()
        self.register(phone)
        challenge = [('WWW-Authenticate', 'Digest realm="phone", nonce="abc", algorithm=MD5')]
        first = phone.expect('OPTIONS')
        phone.respond(first, 401, headers=challenge)
        second = phone.expect('OPTIONS')
        self.assertRegex(second['Authorization'], 'username="ahoy".*nonce="abc"')
        self.assertEqual(second.call_id, first.call_id)
        phone.respond(second, 200)
        self.wait_for(self.status, ['available'])

    def test_no_credentials(self):
        """without it the challenge is the answer, and no password leaves"""
        self.start(frequency='1s')
        phone = self.phone()
        self.register(phone)
        challenge = [('WWW-Authenticate', 'Digest realm="phone", nonce="abc", algorithm=MD5')]
        first = phone.expect('OPTIONS')
        phone.respond(first, 401, headers=challenge)
        self.wait_for(self.status, ['available'])
        again = phone.expect('OPTIONS')
        self.assertNotEqual(again.call_id, first.call_id)
        self.assertIsNone(again.get('Authorization'))
        phone.respond(again, 200)

    def test_on_demand(self):
        """Qualify and ahoyctl qualify ask now, also those that nobody asks by itself"""
        door = Peer()
        self.addCleanup(door.close)
        self.start(door=door.address)
        self.assertEqual(self.status('door'), ['non-qualified'] * 2)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            asked = pool.submit(self.daemon.call, 'endpoint/door', 'Endpoint', 'Qualify')
            uris = self.answer(door, 200, 486)
            status, reason, round_trip = asked.result()
        self.assertEqual((status, reason), (200, 'OK'))
        self.assertTrue(0 <= round_trip < 5000000)
        self.assertEqual(uris, {f'sip:door@{door.address}', f'sip:gate@{door.address}'})
        self.assertEqual(self.status('door'), ['non-qualified'] * 2)
        self.assertTrue(all(contact[3] >= 0 for contact in self.contacts('door')))
        with self.assertRaisesRegex(BusError, 'no contact'):
            self.daemon.call('endpoint/trunk', 'Endpoint', 'Qualify')

    def test_restart(self):
        """after a restart the contacts are there, nobody is told anew, and they are asked again"""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        keys = {'frequency': '1s', 'timeout': '900ms'}
        self.start('--state', folder.name, **keys)
        there, gone = self.phone(), self.phone()
        uris = {self.register(there), self.register(gone)}
        with self.answering(there), self.answering(gone):
            self.wait_for(self.status, ['available'] * 2)
        gone.close()
        self.daemon.stop()
        self.monitor.close()
        with self.answering(there):
            self.start('--state', folder.name, **keys)
            self.assertEqual({contact[0] for contact in self.contacts()}, uris)
            self.assertEqual(self.state(), 'available')
            self.wait_for(lambda: sorted(self.status()), ['available', 'unreachable'])
            self.assertEqual(self.state(), 'available')
        self.assertEqual([event for event in self.heard() if 'Status' not in event[0]], [])

    def test_end(self):
        """a daemon that ends, or loses the module, while it waits for answers"""
        self.start(frequency='1s', timeout='20s')
        phones = [self.phone() for _ in range(3)]
        for phone in phones:
            self.register(phone)
        for phone in phones:
            phone.expect('OPTIONS')
        self.daemon.ctl('modules', 'unload', 'qualify')
        self.daemon.ctl('modules', 'load', 'qualify')
        for phone in phones:
            phone.expect('OPTIONS')
        self.daemon.stop()  # fails on any complaint

    def test_ctl(self):
        """ahoyctl contacts, qualify and drop-contact"""
        self.start()
        phone = self.phone()
        self.assertIn('sip:door@192.0.2.1', self.daemon.ctl('contacts').stdout)
        self.assertIn('There is no contact', self.daemon.ctl('contacts', 'alice').stdout)
        uri = self.register(phone)
        shown = self.daemon.ctl('contacts', 'alice').stdout
        self.assertRegex(shown, f'alice +{uri} +non-qualified +– +20.*Peer/1')
        self.assertNotIn('door', shown)
        contact, = json.loads(self.daemon.ctl('-j', 'contacts', 'alice').stdout)
        self.assertEqual((contact['Endpoint'], contact['Uri'], contact['Status']),
                         ('alice', uri, 'non-qualified'))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            asked = pool.submit(self.daemon.ctl, 'qualify', 'alice')
            self.answer(phone, 200)
            self.assertRegex(asked.result().stdout, r'^200 OK, [0-9.]+ ms\n$')
        self.daemon.ctl('drop-contact', 'alice', uri)
        self.assertEqual(self.contacts(), [])
        for words, code in ((('contacts', 'nobody'), 1), (('qualify', 'nobody'), 1),
                            (('qualify', 'alice'), 1), (('contacts', '--wrong'), 2)):
            self.assertEqual(self.daemon.ctl(*words, check=False).returncode, code, words)

    def test_follow(self):
        """ahoyctl contacts --follow and the example in Python tell what happens"""
        self.start()
        followers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                             env=self.daemon.environment)
            for command in ([os.environ['AHOY_CTL'], 'contacts', '--follow', 'alice'],
                            ['/usr/bin/python3', EXAMPLE, '2'])]
        lines = [Lines(follower.stdout) for follower in followers]
        for output in lines:
            output.wait_for(lambda line: 'Watching' in line)
        phone = self.phone()
        uri = self.register(phone)
        self.register(phone, 'bob', expires=1)
        self.assertRegex(lines[0].wait_for(lambda line: 'Added' in line),
                         f'^ +alice +Added +{uri}')
        lines[1].wait_for(lambda line: line == f'alice ContactAdded {uri}')
        lines[1].wait_for(lambda line: line.startswith('bob ContactAdded sip:bob@'))
        self.assertEqual(followers[1].wait(20), 0)
        followers[0].send_signal(signal.SIGINT)
        self.assertEqual(followers[0].wait(20), 0)
        for follower in followers:
            follower.stdout.close()
        self.assertFalse([line for line in lines[0].all if 'bob' in line])

    def test_silence(self):
        """Qualify of a phone that says nothing: 408 after its patience; of one that is gone: 503"""
        self.start(timeout='400ms')
        phone = self.phone()
        self.register(phone)
        begin = time.monotonic()
        self.assertEqual(self.daemon.call('endpoint/alice', 'Endpoint', 'Qualify')[0], 408)
        self.assertLess(time.monotonic() - begin, 10)
        phone.close()
        status, _reason, round_trip = self.daemon.call('endpoint/alice', 'Endpoint', 'Qualify')
        self.assertIn(status, (408, 503))
        self.assertEqual(round_trip, -1)

    def test_module(self):
        """without the module nobody is asked, and Qualify says so"""
        self.start(frequency='1s')
        self.daemon.ctl('modules', 'unload', 'qualify')
        phone = self.phone()
        self.register(phone)
        self.assertEqual(self.status(), ['created'])
        with self.assertRaisesRegex(BusError, 'qualify'):
            self.daemon.call('endpoint/alice', 'Endpoint', 'Qualify')
        self.daemon.ctl('modules', 'load', 'qualify')
        phone.respond(phone.expect('OPTIONS'), 200)
        self.wait_for(self.status, ['available'])

    def test_reload(self):
        """a reload begins and ends to ask, and the status says so"""
        self.start()
        phone = self.phone()
        self.register(phone)
        self.assertEqual(self.status(), ['non-qualified'])
        path = self.daemon.config / 'ahoy.conf'
        path.write_text(configuration(frequency='1s'), 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        phone.respond(phone.expect('OPTIONS'), 200)
        self.wait_for(self.status, ['available'])
        path.write_text(configuration(), 'utf-8')
        self.daemon.call('', 'Manager', 'Reload')
        self.wait_for(self.status, ['non-qualified'])


if __name__ == '__main__':
    agent.main(160)
