# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A script joins two baresips: they hear each other, and are shown whom they talk with."""

import os
import pathlib
import subprocess

import agent
from baresip import Baresip
from daemon import DaemonTestCase, anyone
from phone import until

EXAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples', 'python', 'dbus_originate.py')


class Phones(DaemonTestCase):
    config = anyone(endpoint='send-identity=pai\ncodecs=pcmu').replace('t1=50ms', '')

    def start(self, user, frequency):
        phone = Baresip(frequency=frequency, account=(user, 'secret', 'nowhere'), trace=True)
        self.addCleanup(phone.stop)
        phone.uri = phone.uri.replace('phone@', f'{user}@')
        return phone

    def test_joined(self):
        """BRDG-05: Bob is called, then Carol; both hear and are shown the other"""
        bob, carol = self.start('bob', 440), self.start('carol', 1000)
        with subprocess.Popen(['/usr/bin/python3', EXAMPLE, bob.uri, carol.uri], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=self.daemon.environment) as script:
            for phone in (bob, carol):
                phone.wait_for_call()
                phone.answer()
                phone.wait_for_talking()
            # Carol is told in the INVITE, and Bob when she has answered.
            for phone, shown in ((carol, 'From: <sip:bob@'),
                                 (bob, 'P-Asserted-Identity: <sip:carol@')):
                until(lambda phone=phone, shown=shown: any(
                    line.startswith(shown) for line in phone.log.all), f'no {shown}')
            until(lambda: 'They hear each other' in script.stdout.readline(), 'no bridge')
            packets = self.daemon.objects('session')
            for path in packets:
                until(lambda path=path: self.daemon.get(
                    f'{path}/stream/0', 'Stream', 'PacketsReceived') > 100, 'no sound')
            bob.hang_up()
            carol.wait_for_end()
            script.communicate(timeout=60)
        self.assertEqual(script.returncode, 0)
        for phone, frequency in ((bob, 1000), (carol, 440)):
            self.assertGreater(phone.heard(frequency), 0.5)


if __name__ == '__main__':
    agent.main(200)
