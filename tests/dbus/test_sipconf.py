# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-08: ahoyd runs from a sip.conf of chan_sip: endpoints, secrets, addresses, and reload."""

import hashlib
import json
import os
import pathlib
import re

import agent
import sip_digest
from bus_client import Client, Refused
from daemon import HOSTS, TRANSPORTS, Daemon
from sip_peer import SDP, Call, Peer

AHOY = '''
[core]
t1=50ms
overload-delay=0
''' + TRANSPORTS + '''
[store old]
backend=sipconf
path=sip.conf
types=core;endpoint;domain

[route all]
context=office
match=6*
do=answer, wait(20)
'''
SIPCONF = '''[general]
context=nowhere
realm=office.example
#include "phones.conf"
'''
PHONES = '''[phone](!)
type=friend
host=dynamic
context=office

[bob](phone)
secret=s3cret

[carol](phone)
md5secret={hash}

[gateway]
type=peer
host=127.0.0.9
context=office
'''.format(hash=hashlib.md5(b'carol:office.example:hashed').hexdigest())


class Sipconf(agent.unittest.TestCase):
    def start(self, warnings=True, **files):
        files = {'ahoy.conf': AHOY, 'sip.conf': SIPCONF, 'phones.conf': PHONES,
                 **{name.replace('_', '.'): text for name, text in files.items()}}
        self.daemon = Daemon(files)
        self.daemon.warnings_expected = warnings
        self.addCleanup(self.daemon.stop)
        return self.daemon

    def peer(self, host=HOSTS['ipv4']):
        peer = Peer('udp', host, self.daemon.address())
        self.addCleanup(peer.close)
        return peer

    def call(self, user, password, status, host=HOSTS['ipv4']):
        """Calls 600 with a proof; the realm of the challenge."""
        peer = self.peer(host)
        request = peer.build('INVITE', peer.target_uri('600'), body=SDP,
                             from_=f'<sip:{user}@office.example>;tag={peer.unique("f")}')
        peer.send(request)
        challenge = peer.expect(401, call_id=request.call_id)
        peer.send(peer.ack_failure(request, challenge))
        again = request.copy()
        again.set('Via', peer.via())
        again.set('CSeq', f'{request.cseq + 1} INVITE')
        value = challenge.get('www-authenticate')
        again.set('Authorization', sip_digest.authorization(
            value, 'INVITE', again.uri, user, password, body=again.body))
        peer.send(again)
        response = peer.expect(status, call_id=request.call_id)
        if status >= 300:
            peer.send(peer.ack_failure(again, response))
        return sip_digest.parse_challenge(value)[1]['realm']

    def test_calls(self):
        """phones of a sip.conf call with their secrets and hashes; a wrong secret gets 401"""
        self.start()
        self.assertEqual(self.call('bob', 's3cret', 200), 'office.example')
        self.call('carol', 'hashed', 200)
        self.call('bob', 'wrong', 401)
        self.call('carol', 's3cret', 401)
        self.call('nobody', 's3cret', 401)

    def test_address(self):
        """a peer with an address and no secret calls from there without a proof, from elsewhere
        not"""
        self.start()
        peer = self.peer('127.0.0.9')
        call = Call(peer, peer.target_uri('600'))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200))
        peer.send('ACK', call=call, cseq=call.cseq)
        self.call('gateway', '', 401)

    def test_reload(self):
        """a reload takes what changed in the file and in one that it includes; an error in a
        section leaves its phone as it was, and a file that is gone all of them"""
        daemon = self.start()
        phones = daemon.config / 'phones.conf'
        phones.write_text(PHONES.replace('s3cret', 'changed') + '[dave](phone)\nsecret=new\n')
        changed, problems = daemon.call('', 'Manager', 'Reload')
        self.assertNotIn('restart', json.dumps(problems))
        self.call('bob', 's3cret', 401)
        self.call('bob', 'changed', 200)
        self.call('dave', 'new', 200)
        phones.write_text(PHONES.replace('secret=s3cret', 'secret=other\npermit=nothing'))
        daemon.call('', 'Manager', 'Reload')
        self.call('bob', 'changed', 200)
        self.call('dave', 'new', 401)
        phones.unlink()
        daemon.call('', 'Manager', 'Reload')
        self.call('bob', 'changed', 200)
        (daemon.config / 'sip.conf').write_text('[general]\nrealm=office.example\n')
        daemon.call('', 'Manager', 'Reload')
        self.call('bob', 'changed', 401)

    def test_what_holds(self):
        """ahoy.conf holds before sip.conf, and Put changes neither"""
        old = SIPCONF.replace('realm=', 'timert1=400\nuseragent=Old\nrealm=')
        daemon = self.start(sip_conf=old,
                            ahoy_conf=AHOY + '[endpoint carol]\npassword=mine\ncontext=office\n')
        self.call('carol', 'mine', 200)
        self.call('carol', 'hashed', 401)
        peer = self.peer()
        peer.send('OPTIONS', peer.target_uri('600'))
        self.assertEqual(peer.receive().get('server'), 'Old')
        client = Client(daemon.bus)
        self.addCleanup(client.close)
        with self.assertRaises(Refused) as caught:
            client.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', 'bob', {'auth': 'none'})
        self.assertIn('phones.conf', str(caught.exception))

    def test_references(self):
        """objects of either file may name those of the other; what is in none is told"""
        sip = SIPCONF + '[guarded]\ntype=friend\nsecret=x\nacl=office\nhost=127.0.0.8\n'
        text = AHOY.replace('[core]\n', '[core]\ndefault-endpoint=bob\n')
        daemon = self.start(sip_conf=sip, ahoy_conf=text + '[acl office]\npermit=127.0.0.8\n')
        self.assertNotIn('there is no', daemon.report())
        (daemon.config / 'ahoy.conf').write_text(text)
        done = daemon.ctl('config', 'check', str(daemon.config))
        self.assertRegex(done.stdout, r'sip\.conf:\d+: warning: .*acl: there is no acl “office”')
        self.assertEqual(done.stdout.count('there is no'), 1, done.stdout)

    def test_check(self):
        """ahoyctl config check says what is not taken over, with file and line"""
        daemon = self.start(sip_conf=SIPCONF.replace('realm=', 'srvlookup=yes\nrealm='),
                            phones_conf=PHONES.replace('host=dynamic', 'host=dynamic\nhassip=yes'))
        done = daemon.ctl('config', 'check', str(daemon.config))
        self.assertRegex(done.stdout, r'sip\.conf:3: warning: .*srvlookup: it has no counterpart')
        self.assertRegex(done.stdout, r'phones\.conf:4: warning: .*hassip: .* is not taken over')
        self.assertRegex(done.stdout, r' 0 errors, 2 warnings')
        (daemon.config / 'phones.conf').write_text('[bob]\ntype=friend\ndeny=x\n')
        done = daemon.ctl('config', 'check', str(daemon.config), check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(re.search(r'phones\.conf:3: endpoint bob: deny: “x” is no network',
                                  done.stdout), done.stdout)

    def test_documentation(self):
        """docs/sipconf.md names each key that is taken over or refused with a reason"""
        source = pathlib.Path(os.environ['AHOY_SOURCE'])
        text = (source / 'src/storage/ahoy-sipconf-rules.c').read_text('utf-8')
        keys = re.findall(r'^  \{ "([a-z0-9_-]+)", ', text, re.M)
        self.assertGreater(len(keys), 70)
        documented = set(re.findall(r'`([a-z0-9_-]+)`', (source / 'docs/sipconf.md').read_text()))
        self.assertEqual([key for key in keys if key not in documented], [])


if __name__ == '__main__':
    agent.main()
