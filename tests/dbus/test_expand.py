# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DATA-30: a phone or a trunk in one group is the same as the objects that it stands for."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import agent
from daemon import TRANSPORTS, Daemon

SHORT = '''
[phone bob]
password-file={secret}
caller-id="Bob" <100>
codecs=pcma;pcmu
language=de

[phone carol]
username=c
password=sesame
context=inner

[trunk provider]
server=<sip:192.0.2.7:5070;transport=tcp>
match=192.0.2.0/24
username=me
password-file={secret}
domain=example.org
context=incoming
call-limit=5

[trunk plain]
server=<sip:192.0.2.8>

[endpoint override]
context=mine

[phone override]
password=sesame
context=other
'''
LONG = '''[endpoint override]
context=mine

[endpoint bob]
auth=digest
caller-id="Bob" <100>
codecs=pcma;pcmu
language=de

[aor bob]

[auth bob]
username=bob
password-file={secret}

[endpoint carol]
username=c
auth=digest
context=inner

[aor carol]

[auth carol]
username=c
# password is set, and is not shown.

[aor override]

[auth override]
username=override
# password is set, and is not shown.

[endpoint provider]
auth=none
identify=ip
contact=<sip:192.0.2.7:5070;transport=tcp>
from-user=me
from-domain=example.org
call-limit=5
context=incoming
outbound-auths=provider

[auth provider]
username=me
password-file={secret}

[identify provider]
endpoint=provider
match=192.0.2.0/24

[endpoint plain]
auth=none
identify=ip
contact=<sip:192.0.2.8>
'''


class Expand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.secret = self.folder / 'secret'
        self.secret.write_text('sesame\n', 'utf-8')
        self.secret.chmod(0o600)

    def expand(self, text, code=0):
        config = self.folder / 'config'
        config.mkdir(exist_ok=True)
        (config / 'ahoy.conf').write_text(text, 'utf-8')
        done = subprocess.run([os.environ['AHOY_CTL'], 'config', 'expand', str(config)],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def sorted_groups(self, text):
        """Groups with their lines, both in the order of the alphabet."""
        return sorted((head, *sorted(lines)) for head, *lines in
                      (group.strip().splitlines() for group in text.split('\n\n')))

    def test_equal(self):
        """config expand prints the objects, and expanding those changes nothing"""
        text = self.expand(SHORT.format(secret=self.secret)).stdout
        self.assertEqual(self.sorted_groups(text),
                         self.sorted_groups(LONG.format(secret=self.secret)))
        self.assertNotIn('sesame', text)
        self.assertEqual(self.expand(text.replace('# password is set, and is not shown.',
                                                  'password=x')).stdout, text)

    def test_daemon(self):
        """the daemon has the objects, and a reload from one form to the other changes nothing"""
        short = TRANSPORTS + SHORT.format(secret=self.secret)
        daemon = Daemon(short)
        self.addCleanup(daemon.stop)
        get = {name: daemon.call('', 'Config', 'Get', 'ss', 'endpoint', name)[0]
               for name in daemon.call('', 'Config', 'List', 's', 'endpoint')[0]}
        self.assertEqual(set(get), {'bob', 'carol', 'override', 'provider', 'plain'})
        self.assertEqual(get['override'], {'context': 'mine'})
        self.assertEqual(len(daemon.objects('endpoint')), 5)
        long = TRANSPORTS + LONG.format(secret=self.secret).replace(
            '# password is set, and is not shown.', 'password=sesame')
        (daemon.config / 'ahoy.conf').write_text(long, 'utf-8')
        changed, errors = daemon.call('', 'Manager', 'Reload')
        self.assertEqual(errors, [])
        self.assertEqual(sorted(changed), sorted(
            f'{kind}: removed' for kind in ('phone bob', 'phone carol', 'phone override',
                                            'trunk provider', 'trunk plain')))
        (daemon.config / 'ahoy.conf').write_text(short.replace('context=inner', 'context=outer'),
                                                 'utf-8')
        changed, errors = daemon.call('', 'Manager', 'Reload')
        self.assertIn('endpoint carol: changed (context)', changed)

    def test_put(self):
        """a phone can be put at run time, and goes with all that it stands for"""
        daemon = Daemon(TRANSPORTS)
        self.addCleanup(daemon.stop)
        daemon.ctl('config', 'put', 'phone', 'eve', 'password=sesame', 'caller-id=Eve <7>')
        self.assertEqual(daemon.get('/org/ahoy/Ahoy1/endpoint/eve', 'Endpoint', 'DisplayName'),
                         'Eve')
        self.assertEqual(daemon.call('', 'Config', 'List', 's', 'auth')[0], ['eve'])
        daemon.ctl('config', 'delete', 'phone', 'eve')
        self.assertEqual(daemon.objects('endpoint'), [])
        self.assertEqual(daemon.call('', 'Config', 'List', 's', 'auth')[0], [])

    def test_faults(self):
        """what a group lacks is told at its place"""
        for text, told in (('[phone bob]\n', ':1: phone bob: a phone needs a password; add'),
                           ('[trunk t]\n', ':1: trunk t: a trunk needs the key server; add'),
                           ('[trunk t]\nserver=<sip:a>\npassword=x\n',
                            ':1: trunk t: password has no use without username; add it')):
            with self.subTest(text):
                self.assertIn(told, self.expand(text, code=1).stderr)


if __name__ == '__main__':
    agent.main()
