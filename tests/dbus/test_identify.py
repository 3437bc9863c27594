# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-01, AUTH-04 to 09: which endpoint of the configuration a request is found to be of.

Each endpoint has a context of its own, whose only route refuses calls with a status that no other
endpoint has: by the answer peers see who they are.
"""

import time

import agent
from daemon import TRANSPORTS, Daemon
from nameserver import NameServer
from sip_peer import SDP, Call, Peer
from test_sipp import Sipp

STATUSES = (480, 486, 488, 410, 413, 414, 420, 423, 484, 485)


def endpoints(**named):
    """Groups [endpoint NAME] and their routes; values are further keys."""
    text = ''
    for status, (name, keys) in zip(STATUSES, named.items()):
        text += (f'[endpoint {name}]\nauth=none\ncontext={name}\n{keys}\n'
                 f'[route {name}]\ncontext={name}\nmatch=re:.*\ndo=reject({status})\n')
    return text


def core(**keys):
    """The group [core]; names have _ for -."""
    return '[core]\noverload-delay=0\nt1=100ms\n' + ''.join(
        f'{name.replace("_", "-")}={value}\n' for name, value in keys.items()) + TRANSPORTS


class IdentifyTestCase(agent.unittest.TestCase):
    def start(self, config, warnings=False):
        self.daemon = Daemon(config)
        self.daemon.warnings_expected = warnings
        self.addCleanup(self.daemon.stop)
        self.names = {}
        for group in config.split('[route ')[1:]:
            name, _, rest = group.partition(']')
            if 'reject(' in rest:
                self.names[int(rest.partition('reject(')[2][:3])] = name
        return self.daemon

    def peer(self, host='127.0.0.1', transport='udp'):
        family = 'ipv6' if ':' in host else 'ipv4'
        peer = Peer(transport, host, self.daemon.address(transport, family))
        self.addCleanup(peer.close)
        return peer

    def who(self, host='127.0.0.1', user='somebody', transport='udp', **keys):
        """The endpoint that a call is found to be of; None when nobody is known."""
        peer = self.peer(host, transport)
        call = Call(peer, keys.pop('uri', None) or peer.target_uri('100'))
        call.local = f'<sip:{user}@example.org>'
        if 'to' in keys:
            call.remote = keys.pop('to')
        peer.send('INVITE', call=call, body=SDP, **keys)
        status = 100
        while status < 200:
            status = peer.receive().status
        self.assertTrue(status in self.names or status in (400, 401, 403), status)
        return self.names.get(status)

    def wait_for(self, name, **keys):
        """Asks until the answer is NAME, as what has to happen first takes its time."""
        end = time.monotonic() + 15
        while (found := self.who(**keys)) != name:
            self.assertLess(time.monotonic(), end, f'it is {found}, not {name}')
            time.sleep(0.05)  # between two questions


class Order(IdentifyTestCase):
    def test_two_orders(self):
        """identify-order: the same sipp is one endpoint in one order, and another in the other"""
        for order, status in (('username;ip', 480), ('ip;username', 486)):
            daemon = self.start(core(identify_order=order)
                                + endpoints(sipp='', host='match=127.0.0.1'))
            for transport in ('udp', 'tcp'):
                sipp = Sipp(f'uac_{status}', transport, 'ipv4', daemon.address(transport), '100')
                code, output = sipp.finish()
                self.assertEqual(code, 0, output)

    def test_reload_order(self):
        """a new identify-order holds for the next request"""
        text = endpoints(bob='', host='match=127.0.0.1')
        daemon = self.start(core(identify_order='username;ip') + text)
        self.assertEqual(self.who(user='bob'), 'bob')
        (daemon.config / 'ahoy.conf').write_text(core(identify_order='ip;username') + text)
        daemon.call('', 'Manager', 'Reload')
        self.assertEqual(self.who(user='bob'), 'host')

    def test_unknown_identifier(self):
        """a name that is none is an error which lists those that there are"""
        daemon = self.start(core(identify_order='username;usrname') + endpoints(bob=''), True)
        line = next(line for line in daemon.log.all if 'identify-order' in line)
        self.assertRegex(line, r'ahoy\.conf:\d+: .*usrname.*username, ip, header, request-uri')
        self.assertEqual(self.who(user='bob'), 'bob')

    def test_not_asked(self):
        """an identifier that the order leaves out is not asked"""
        self.start(core(identify_order='ip') + endpoints(bob=''))
        self.assertIsNone(self.who(user='bob'))

    def test_anonymous_in_the_order(self):
        """anonymous is asked last, or where the order names it"""
        text = endpoints(bob='', anonymous='')
        self.start(core() + text)
        self.assertEqual(self.who(user='bob'), 'bob')
        self.assertEqual(self.who(user='mallory'), 'anonymous')
        self.start(core(identify_order='anonymous;username') + text)
        self.assertEqual(self.who(user='bob'), 'anonymous')

    def test_identify_of_the_endpoint(self):
        """identify: an endpoint is found by nothing else"""
        self.start(core() + endpoints(bob='identify=ip\nmatch=127.0.0.7', carol=''))
        self.assertIsNone(self.who(user='bob'))
        self.assertEqual(self.who('127.0.0.7', 'carol'), 'carol')
        self.assertEqual(self.who('127.0.0.7'), 'bob')


RULES = '''
[identify h1]
endpoint=seven
header=X-Trunk: 7

[identify h2]
endpoint=many
header=x-trunk: re:[0-9]{2,}

[identify h3]
endpoint=guarded
header=X-Secret: yes
match=127.0.0.9;127.0.0.32/27

[identify u1]
endpoint=sales
request-uri=sip:sales@example.org

[identify u2]
endpoint=range
request-uri=re:sips?:49[0-9]+@.*

[identify t1]
endpoint=lan
transport=inside

[identify n1]
endpoint=net
match=127.1.0.0/16;127.1.2.3;::ffff:127.2.0.0/112

[transport inside]
protocol=udp
bind=127.0.0.1:0
'''


class Rules(IdentifyTestCase):
    def setUp(self):
        self.start(core() + RULES + endpoints(seven='', many='', guarded='', sales='', range='',
                                              lan='', net='', host='match=127.1.2.0/24'))

    def test_header(self):
        """header: by a value as it is, or by an expression for the whole of it"""
        for value, name in (('7', 'seven'), ('8', None), ('77', 'many'), ('1234', 'many'),
                            ('77x', None), (' 7 ', 'seven'), ('', None)):
            self.assertEqual(self.who(headers=[f'X-Trunk: {value}']), name, value)
        self.assertEqual(self.who(headers=['X-Trunk: 8', 'x-trunk: 7'], transport='tcp'), 'seven')
        self.assertIsNone(self.who())

    def test_all_has_to_hold(self):
        """an object with header and match wants both, whichever is looked at first"""
        for host, secret, name in (('127.0.0.9', 'yes', 'guarded'), ('127.0.0.9', 'no', None),
                                   ('127.0.0.40', 'yes', 'guarded'), ('127.0.0.8', 'yes', None),
                                   ('::1', 'yes', None)):
            self.assertEqual(self.who(host, headers=[f'X-Secret: {secret}']), name, (host, secret))

    def test_request_uri(self):
        """request-uri: user, host and port count, or an expression holds of all of it"""
        for uri, name in (('sip:sales@example.org', 'sales'),
                          ('sip:sales@EXAMPLE.org;transport=udp', 'sales'),
                          ('sip:s%61les@example.org', 'sales'),
                          ('sip:sales@example.org:5070', None), ('sip:sale@example.org', None),
                          ('sip:4930@example.net', 'range'), ('sip:x4930@example.net', None)):
            self.assertEqual(self.who(uri=uri), name, uri)

    def test_transport(self):
        """transport: by the transport of ours that a request came by"""
        self.assertIsNone(self.who())
        peer = Peer('udp', '127.0.0.1', ('127.0.0.1', self.daemon.ports['inside']))
        self.addCleanup(peer.close)
        peer.send('INVITE', peer.target_uri('100'), body=SDP)
        status = 100
        while status < 200:
            status = peer.receive().status
        self.assertEqual(self.names.get(status), 'lan')

    def test_networks(self):
        """match: the narrowest network counts, be it of an object or of an endpoint"""
        for host, name in (('127.1.9.9', 'net'), ('127.1.2.9', 'host'), ('127.1.2.3', 'net'),
                           ('127.2.0.5', 'net'), ('127.3.0.1', None)):
            self.assertEqual(self.who(host), name, host)

    def test_reload(self):
        """objects come, change and go while the daemon runs"""
        config = self.daemon.config / 'ahoy.conf'
        text = config.read_text()
        config.write_text(text.replace('X-Trunk: 7', 'X-Trunk: 6').replace('[identify n1]',
                                                                           '[identify n2]'))
        changed = self.daemon.call('', 'Manager', 'Reload')[0]
        self.assertIn('identify h1: changed (header)', changed)
        self.assertEqual(self.who(headers=['X-Trunk: 6']), 'seven')
        self.assertIsNone(self.who(headers=['X-Trunk: 7']))
        self.assertEqual(self.who('127.1.9.9'), 'net')
        config.write_text(text.replace(RULES, '\n[transport inside]\nprotocol=udp\n'
                                       'bind=127.0.0.1:0\n'))
        self.daemon.call('', 'Manager', 'Reload')
        self.assertIsNone(self.who(headers=['X-Trunk: 6']))
        self.assertIsNone(self.who('127.1.9.9'))


class Auth(IdentifyTestCase):
    def test_auth_username(self):
        """auth: by the user name of the credentials, whatever From says"""
        self.start(core(identify_order='username;auth')
                   + endpoints(bob='', carol='username=4711', dave='identify=username'))
        for header in ('Authorization', 'Proxy-Authorization'):
            for username, name in (('bob', 'bob'), ('4711', 'carol'), ('dave', None),
                                   ('mallory', None)):
                value = (f'{header}: Digest username="{username}", realm="ahoy", nonce="n", '
                         'uri="sip:x", response="00000000000000000000000000000000"')
                self.assertEqual(self.who(headers=[value]), name, value)
        self.assertIsNone(self.who(headers=['Authorization: Basic Ym9iOng=']))
        self.assertIsNone(self.who(headers=['Authorization: Digest username=']))


class Hosts(IdentifyTestCase):
    def test_hosts(self):
        """match: host names, by SRV and without; they are asked again when they are too old"""
        server = NameServer(['host-record=trunk.test,127.0.0.11,1', 'local-ttl=1',
                             'srv-host=_sip._udp.srv.test,a.srv.test,5060,0,0',
                             'host-record=a.srv.test,127.0.0.12,1',
                             'host-record=srv.test,127.0.0.13,1'])
        self.addCleanup(server.stop)
        rule = '[identify r]\nendpoint=plain\nmatch=srv.test\nsrv-lookups=no\n'
        daemon = self.start(
            core(nameservers=server.address.replace(';', '\\;')) + rule
            + endpoints(trunk='match=trunk.test', srv='match=srv.test', plain='',
                        literal='match=127.0.0.14'))
        self.wait_for('trunk', host='127.0.0.11')
        self.wait_for('srv', host='127.0.0.12')
        self.wait_for('plain', host='127.0.0.13')
        self.assertEqual(self.who('127.0.0.14'), 'literal')
        asked = server.asked('A', 'trunk.test')
        end = time.monotonic() + 15
        while server.asked('A', 'trunk.test') < asked + 2:
            self.assertLess(time.monotonic(), end, 'it is not asked again')
            time.sleep(0.05)
        self.assertEqual(self.who('127.0.0.11'), 'trunk')
        text = (daemon.config / 'ahoy.conf').read_text()
        (daemon.config / 'ahoy.conf').write_text(text.replace('match=trunk.test\n', ''))
        daemon.call('', 'Manager', 'Reload')
        self.assertIsNone(self.who('127.0.0.11'))

    def test_no_such_host(self):
        """a host that cannot be resolved is a warning; all else works, and so does the end"""
        server = NameServer([])
        self.addCleanup(server.stop)
        daemon = self.start(core(nameservers=server.address)
                            + endpoints(bob='match=nowhere.test;127.0.0.15'), True)
        end = time.monotonic() + 15
        while not any('“nowhere.test” in match of [endpoint bob]' in line
                      for line in daemon.log.all):
            self.assertLess(time.monotonic(), end, 'there is no warning')
            self.assertEqual(self.who('127.0.0.15'), 'bob')

    def test_mistyped(self):
        """what is neither a network nor a name is an error with its place"""
        for text in ('192.0.2.300', '192.0.2.1/24', 'a b', '10.0.0.'):
            daemon = self.start(core() + endpoints(bob=f'match={text}', carol=''), True)
            line = next(line for line in daemon.log.all if ' match: ' in line)
            self.assertRegex(line, r'ahoy\.conf:\d+: ')


class Mistakes(IdentifyTestCase):
    def test_incomplete(self):
        """an object without an endpoint, without a condition, or with a bad one is refused"""
        for text, told in (('header=X: 1', 'key endpoint'), ('endpoint=bob', 'every request'),
                           ('endpoint=bob\nheader=nothing', 'is no header'),
                           ('endpoint=bob\nheader=X: re:(', 'no regular expression'),
                           ('endpoint=bob\nrequest-uri=bob', 'is no URI')):
            daemon = self.start(core() + f'[identify i]\n{text}\n' + endpoints(bob=''), True)
            self.assertTrue(any('identify i: ' in line and told in line
                                for line in daemon.log.all), told)

    def test_never_looked_at(self):
        """an object that nobody looks at is a warning"""
        for order, keys in (('ip', ''), ('ip;header', 'identify=ip')):
            daemon = self.start(core(identify_order=order)
                                + '[identify i]\nendpoint=bob\nheader=X: 1\n'
                                + endpoints(bob=keys), True)
            self.assertTrue(any('never looked at' in line for line in daemon.log.all))


if __name__ == '__main__':
    agent.main()
