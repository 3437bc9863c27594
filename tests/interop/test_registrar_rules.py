# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-04, REGI-26, REGI-32, REGI-34, AUTH-26: who may register what, over which way, and how it is
answered: by scripted phones on ahoyd.
"""

import re
import time

import agent
from daemon import DaemonTestCase, HOSTS, TRANSPORTS
from registering import contacts_of, Phone
from sip_peer import Peer

INSTANCE = ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"'
FLOW = [('Supported', 'path, outbound')]
PATH = '<sip:edge.example.com;lr>'
NAMES = ('alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mike',
         'nina')
CONFIG = '''
[core]
overload-delay=0
security-log=errors
''' + TRANSPORTS + '''
[endpoint phone](!)
password=secret
allow=register
''' + ''.join(f'[endpoint {name}](phone)\n' for name in NAMES) + '''
[endpoint mute](phone)
allow=call
[endpoint none](phone)
max-contacts=0
[endpoint close](phone)
contact-permit=192.0.2.0/24
[endpoint nat](phone)
rewrite-contact=yes
[endpoint tidy](phone)
remove-on-close=yes
[endpoint quiet](phone)
max-contacts=1
remove-unavailable=yes
qualify-frequency=60
qualify-timeout=100ms
[endpoint path](phone)
support-path=yes
service-route=<sip:proxy.example.com;lr>, <sip:core.example.com;lr>
[endpoint team](phone)
aors=sales;support@example.org
[aor sales]
max-contacts=2
[aor support@example.org]
max-contacts=1
'''


class Rules(DaemonTestCase):
    config = CONFIG

    def peer(self, transport='udp', family='ipv4'):
        peer = Peer(transport, HOSTS[family], self.daemon.address(transport, family))
        self.addCleanup(peer.close)
        return peer

    def phone(self, name, transport='udp', **keys):
        return Phone(self.peer(transport), name, **keys)

    def wait_for(self, phone, count):
        """Waits until so many contacts are registered."""
        end = time.monotonic() + 20
        while len(found := phone.contacts()) != count:
            self.assertLess(time.monotonic(), end, f'{found}')
            time.sleep(0.02)  # between two questions
        return found

    # -- what is answered

    def test_answer(self):
        """the 200 has the date, and each contact as it was registered, with what it said of itself
        """
        phone = self.phone('alice')
        answer = phone.register(
            f'"Alice" <sip:a@192.0.2.1:5070;transport=udp>;q=0.25;methods="INVITE,BYE";audio'
            f'{INSTANCE};reg-id=1', 'sip:b@192.0.2.2', expires=500)
        self.assertRegex(answer['Date'],
                         r'^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$')
        found = contacts_of(answer)
        first = found['sip:a@192.0.2.1:5070;transport=udp'].params
        self.assertEqual(first['expires'], '500')
        self.assertEqual(float(first['q']), 0.25)
        self.assertEqual(first['methods'], '"INVITE,BYE"')
        self.assertIn('audio', first)
        self.assertEqual(';+sip.instance=' + first['+sip.instance'], INSTANCE)
        self.assertNotIn('reg-id', first)  # it did not say that it knows what that means
        self.assertEqual(found['sip:b@192.0.2.2'].params, {'expires': '500'})
        self.assertTrue(answer.to.tag)

    def test_repeated(self):
        """a request that comes twice is done once, and gets the same answer twice"""
        phone = self.phone('bob')
        first = phone.register('<sip:a@192.0.2.1>')
        phone.peer.send(phone.last)
        phone.peer.expect_retransmission(first)

    def test_bad_contacts(self):
        """what is no address, or none that can be called: 400, and nothing is taken"""
        phone = self.phone('carol')
        phone.register('<sip:a@192.0.2.1>')
        for value in ('<mailto:a@example.com>', '<tel:+4930123>', '<sip:>', '<sip:a@>', '<sip:a@b',
                      '"a <sip:a@b>', '<http://example.com/>', '<sip:a@b>;expires=1;expires=2'):
            with self.subTest(value=value):
                phone.peer.send(phone.build('<sip:c@192.0.2.3>', value))
                answer = phone.peer.expect((400, 401))
                if answer.status == 401:  # it is an address, but not of SIP
                    answer = phone.register('<sip:c@192.0.2.3>', value, status=400)
                self.assertFalse(answer.all('Contact'))
        self.assertEqual(list(phone.contacts()), ['sip:a@192.0.2.1'])

    def test_many_in_one(self):
        """a request with very many contacts is refused before they are looked at"""
        phone = self.phone('dave', transport='tcp')
        phone.register(*(f'<sip:a{number}@192.0.2.1>' for number in range(200)), status=403)

    def test_dangerous_uri(self):
        """headers and a method in a contact's URI are not kept for who calls it"""
        phone = self.phone('erin')
        found = contacts_of(phone.register('<sip:a@192.0.2.1;method=BYE?Route=%3Csip:x%3E>'))
        self.assertEqual(list(found), ['sip:a@192.0.2.1'])

    def test_wildcard_of_others(self):
        """several contacts in one header line; * takes all of them back"""
        phone = self.phone('frank')
        found = contacts_of(phone.register('<sip:a@192.0.2.1>, <sip:b@192.0.2.2>;expires=70'))
        self.assertEqual(len(found), 2)
        self.assertFalse(contacts_of(phone.register('*', expires=0)))

    def test_unknown_extension(self):
        """an extension that nobody knows: 420"""
        phone = self.phone('grace')
        request = phone.build('<sip:a@192.0.2.1>', headers=[('Require', 'magic')])
        phone.peer.send(request)
        self.assertEqual(phone.peer.expect(420)['Unsupported'], 'magic')

    # -- who may

    def test_not_its_own(self):
        """an address of somebody else, and one of nobody: 403, the same for both"""
        seen = set()
        for name in ('alice', 'nobody', 'mute'):
            phone = self.phone('heidi', aor=f'<sip:{name}@127.0.0.1>')
            answer = phone.register('<sip:a@192.0.2.1>', status=403)
            seen.add((answer.reason, tuple(name for name, _ in answer.headers)))
        self.assertEqual(len(seen), 1, seen)

    def test_not_allowed(self):
        """who may not register at all, by allow or max-contacts: 403; it is a security event"""
        self.phone('mute').register('<sip:a@192.0.2.1>', status=403)
        self.phone('none').register('<sip:a@192.0.2.1>', status=403)
        self.daemon.log.wait_for(lambda line: 'request-not-allowed' in line and 'mute' in line)

    def test_contact_acl(self):
        """AUTH-26: a contact has to be where contact-permit says; it is a security event"""
        phone = self.phone('close')
        phone.register('<sip:a@198.51.100.1>', status=403)
        phone.register('<sip:a@192.0.2.1>', '<sip:a@host.example.com>', status=403)
        self.assertEqual(len(contacts_of(phone.register('<sip:a@192.0.2.1>'))), 1)
        self.daemon.log.wait_for(lambda line: 'failed-acl' in line and '198.51.100.1' in line)

    def test_more_addresses(self):
        """an endpoint registers each of its addresses of record, with a domain or without"""
        for aor, uri in (('sales@127.0.0.1', 'sip:a@192.0.2.1'),
                         ('support@example.org', 'sip:b@192.0.2.2'),
                         ('team@127.0.0.1', 'sip:c@192.0.2.3')):
            phone = self.phone('team', aor=f'<sip:{aor}>')
            phone.register(f'<{uri}>')
            self.assertEqual(list(phone.contacts()), [uri])
        self.phone('team', aor='<sip:support@127.0.0.1>').register('<sip:a@192.0.2.1>',
                                                                   status=403)

    # -- the way to it

    def test_nat(self):
        """REGI-32: with rewrite-contact a phone is where it registered from"""
        phone = self.phone('nat')
        said = '<sip:a@10.0.0.7:5060>'
        found = contacts_of(phone.register(said, expires=100))
        self.assertEqual(list(found), ['sip:a@10.0.0.7:5060'])
        moved = Phone(self.peer(), 'nat')  # another port of the NAT
        self.assertEqual(len(contacts_of(moved.register(said))), 1)
        self.assertFalse(contacts_of(moved.register(said, expires=0)))

    def test_closed(self):
        """REGI-32: what only a connection leads to goes with it; others stay, unless they are to go
        """
        asking = {name: self.phone(name) for name in ('nat', 'tidy', 'ivan')}
        for name, left in (('nat', 0), ('tidy', 0), ('ivan', 1)):
            with self.subTest(name=name):
                phone = self.phone(name, transport='tcp')
                phone.register('<sip:a@10.0.0.7:5060;transport=tcp>')
                self.assertEqual(len(asking[name].contacts()), 1)
                phone.peer.close()
                self.wait_for(asking[name], left)

    def test_closes_at_once(self):
        """connections that are closed before the answer: nothing stays, and nothing is harmed"""
        asking = self.phone('tidy')
        for number in range(30):
            phone = self.phone('tidy', transport='tcp')
            request = phone.build(f'<sip:a{number % 4}@10.0.0.7;transport=tcp>')
            phone.peer.send(request)
            challenge = phone.peer.expect(401)
            phone.peer.send(phone.peer.authorize(request, challenge, 'tidy', 'secret'))
            phone.peer.close()
        self.wait_for(asking, 0)

    def test_remove_unavailable(self):
        """REGI-04: with remove-unavailable who does not answer makes room, and who does not"""
        first, second = self.phone('quiet'), self.phone('quiet')
        silent = '<sip:a@127.0.0.1:9>'
        there = Peer('udp', '127.0.0.1')
        self.addCleanup(there.close)
        first.register(silent)
        self.until_status('quiet', 'unreachable')
        second.register(f'<{there.uri}>')
        self.assertEqual(list(first.contacts()), [there.uri])
        there.send(there.response(there.expect('OPTIONS'), 200))
        self.until_status('quiet', 'available')
        first.register('<sip:c@127.0.0.1:9>', status=403)
        self.assertEqual(list(first.contacts()), [there.uri])

    def until_status(self, endpoint, status):
        end = time.monotonic() + 20
        while status not in (told := self.daemon.ctl('contacts').stdout):
            self.assertLess(time.monotonic(), end, told)
            time.sleep(0.05)  # between two questions

    def test_path(self):
        """REGI-26: Path and Service-Route where both sides know them (RFC 3327, RFC 3608)"""
        phone = self.phone('path')
        answer = phone.register('<sip:a@10.0.0.7>', headers=[
            ('Path', PATH), ('Path', '<sip:inner.example.com;lr>'), ('Supported', 'path')])
        self.assertEqual(answer.get_all('Path'), [PATH, '<sip:inner.example.com;lr>'])
        self.assertEqual(answer.get_all('Service-Route'),
                         ['<sip:proxy.example.com;lr>', '<sip:core.example.com;lr>'])
        answer = phone.register('<sip:a@10.0.0.7>', headers=[('Path', PATH)], status=420)
        self.assertEqual(answer['Unsupported'], 'path')
        answer = phone.register('<sip:b@10.0.0.7>', status=400, headers=[
            ('Path', '<tel:+49>'), ('Supported', 'path')])
        phone.register('<sip:b@10.0.0.7>', status=400,
                       headers=[('Supported', 'path')] + [('Path', PATH)] * 17)
        answer = self.phone('judy').register('<sip:a@10.0.0.7>', status=420, headers=[
            ('Path', PATH), ('Supported', 'path')])
        self.assertEqual(answer['Unsupported'], 'path')

    def test_outbound(self):
        """REGI-26: a device is the same with another URI, flow by flow (RFC 5626)"""
        phone = self.phone('mike')
        answer = phone.register(f'<sip:a@10.0.0.7>{INSTANCE};reg-id=1', headers=FLOW)
        self.assertEqual(answer['Require'], 'outbound')
        phone.register(f'<sip:a@10.0.0.7:999>{INSTANCE};reg-id=2', headers=FLOW)
        again = Phone(self.peer(), 'mike')  # it started anew, and has another address
        found = contacts_of(again.register(f'<sip:a@10.0.0.8>{INSTANCE};reg-id=1', headers=FLOW))
        self.assertEqual({uri: address.params['reg-id'] for uri, address in found.items()},
                         {'sip:a@10.0.0.7:999': '2', 'sip:a@10.0.0.8': '1'})
        again.register(f'<sip:a@10.0.0.8>{INSTANCE};reg-id=1', f'<sip:b@10.0.0.9>{INSTANCE}',
                       headers=FLOW, status=400)
        self.assertEqual(
            again.register(f'<sip:a@10.0.0.8>{INSTANCE};reg-id=1', status=439,
                           headers=FLOW, vias=['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKinner'])
            .reason, 'First Hop Lacks Outbound Support')


class AutoNames(DaemonTestCase):
    """REGI-31: names that nobody wrote down, for who proves to be the model."""

    config = CONFIG + '''
[endpoint soft]
password=secret
allow=register
auto-names=soft-*;guest?
max-contacts=1
[endpoint soft-taken]
password=other
'''

    def setUp(self):
        self.peer = Peer('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(self.peer.close)

    def phone(self, name, account='soft', password='secret'):
        """A phone called so, that proves to be the account."""
        phone = Phone(self.peer, account, password, aor=f'<sip:{name}@127.0.0.1>')
        phone.from_user = name
        return phone

    def endpoints(self):
        return {path.rpartition('/')[2] for path in self.daemon.objects('endpoint')}

    def test_made_and_gone(self):
        """an endpoint is made of the model when it registers, and goes with its last contact"""
        phone = self.phone('soft-1')
        phone.register('<sip:a@192.0.2.1>')
        self.assertIn('soft_2d1', self.endpoints())
        self.assertEqual(len(phone.contacts()), 1)
        phone.register('<sip:b@192.0.2.1>', status=403)  # the model says one contact
        self.phone('guest7').register('<sip:a@192.0.2.1>')
        phone.register('*', expires=0)
        end = time.monotonic() + 10
        while 'soft_2d1' in self.endpoints():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)  # between two questions
        self.assertIn('guest7', self.endpoints())
        phone.register('<sip:a@192.0.2.1>')
        self.assertIn('soft_2d1', self.endpoints())

    def test_refused(self):
        """no endpoint is made for a stranger, another name, or one that is somebody's"""
        request = Phone(self.peer, 'soft-2').build('<sip:a@192.0.2.1>')
        self.peer.send(request)
        self.peer.expect(401)
        wrong = self.phone('soft-3', password='wrong')
        wrong.register('<sip:a@192.0.2.1>', status=401)
        for name in ('hard-1', 'soft-taken', 'soft-%22', 'soft-' + 'x' * 80, 'guest77', 'alice'):
            phone = self.phone(name)
            phone.from_user = 'soft'
            phone.register('<sip:a@192.0.2.1>', status=403)
        self.phone('soft-taken').register('<sip:a@192.0.2.1>', status=401)
        self.phone('soft-4', account='alice').register('<sip:a@192.0.2.1>', status=403)
        for name in self.endpoints():
            self.assertNotRegex(name, 'soft_2d[234%x]')


class Rate(DaemonTestCase):
    config = CONFIG.replace('[core]', '[core]\nmax-registration-rate=5')

    def test_rate(self):
        """REGI-34: more registrations than max-registration-rate get 503 and Retry-After"""
        peer = Peer('udp', '127.0.0.1', self.daemon.address())
        self.addCleanup(peer.close)
        phone = Phone(peer, 'nina')
        seen = []
        for number in range(30):
            answer = phone.register(f'<sip:a@192.0.2.{1 + number % 3}>', status=(200, 503))
            seen.append(answer.status)
            if answer.status == 503:
                self.assertTrue(re.fullmatch(r'[1-9]|10', answer['Retry-After']))
                break
        self.assertEqual(seen[:5], [200] * 5)
        self.assertEqual(seen[-1], 503)
        self.assertEqual(len(phone.contacts()), 3)  # to ask is no registration
        end = time.monotonic() + 10
        while phone.register('<sip:a@192.0.2.1>', status=(200, 503)).status != 200:
            self.assertLess(time.monotonic(), end)


if __name__ == '__main__':
    agent.main(100)
