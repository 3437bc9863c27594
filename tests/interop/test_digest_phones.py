# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-20, AUTH-36: phones prove to ahoyd who they are, and talk; what they prove with is seen."""

import re

import agent
import baresip
import linphone
import phone

PASSWORD = 'sesame'
ENDPOINTS = '''
[endpoint alice]
auth-algorithms=SHA-256;MD5
password=sesame
identify=username
allow=call
context=demo

[endpoint oldie]
password=sesame
identify=username
allow=call
context=demo
'''


class Phones(phone.PhoneCalls):
    endpoint = ENDPOINTS

    def talks(self, user, algorithm):
        """The phone calls and talks; hold is asked for by both sides, and we hang up."""
        def run(transport, family):
            one = self.start(transport, family, account=(user, PASSWORD, 'ahoy'))
            name = f'desk-{user}-{transport}-{family}'
            self.call(one, name)
            one.wait_for_ringing()
            session = self.find(name)
            self.assertTrue(self.daemon.get(session, 'Session', 'Endpoint').endswith(user))
            value = self.daemon.call(session, 'Session', 'GetHeader', 'su', 'Authorization', 0)[0]
            said = re.search(r'algorithm="?([^",]+)', value)
            self.assertEqual(said.group(1) if said else 'MD5', algorithm, value)
            self.daemon.call(session, 'Session', 'Answer')
            one.wait_for_talking()
            self.talk(session, one, name)
            self.daemon.call(session, 'Session', 'Hangup')
            one.wait_for_end()
            self.check_end(session, 200, 'local')
        self.row(f'proves and talks: {algorithm}', run)

    def refused(self, user='alice'):
        """With another password the phone hears 401, and no call comes to be."""
        def run(transport, family):
            one = self.start(transport, family, account=(user, 'guessed', 'ahoy'))
            self.call(one, f'desk-none-{transport}-{family}')
            one.wait_for_end()
            for path in self.daemon.objects('session'):
                target = self.daemon.get(path, 'Session', 'Target')
                self.assertNotIn(f'desk-none-{transport}-{family}', target)
        self.row('is refused: 401', run)


class Baresip(Phones):
    phone = baresip.Baresip

    def test_md5(self):
        """AUTH-20: baresip proves who it is with MD5

        Version 1.0 gives up a call when any other algorithm is offered as well.
        """
        self.talks('oldie', 'MD5')

    def test_refused(self):
        """AUTH-22: baresip has another password"""
        self.refused('oldie')


class Linphone(Phones):
    phone = linphone.Linphone

    def test_sha256(self):
        """AUTH-20, AUTH-36: linphone proves who it is with SHA-256"""
        self.talks('alice', 'SHA-256')

    def test_md5(self):
        """AUTH-20: linphone proves who it is with MD5, where nothing else is offered"""
        self.talks('oldie', 'MD5')

    def test_refused(self):
        """AUTH-22: linphone has another password"""
        self.refused()


if __name__ == '__main__':
    agent.main(340)
