# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-07 to REGI-10: real phones register, come again, go, and are forgotten, over UDP and TCP,
IPv4 and IPv6.
"""

import concurrent.futures
import time

import agent
import baresip
import linphone
import phone
from daemon import TRANSPORTS, DaemonTestCase
from registering import Phone
from sip_peer import Failure, Peer

PASSWORD = 'sesame'
BRIEF = 6  # seconds
# A phone registers again after nine tenths of its time, and a busy machine needs a second for it.
KINDS = {'stays': '', 'again': 'maximum-expiration=10', 'goes': '',
         'dies': f'maximum-expiration={BRIEF}'}
PHONES = {'baresip': baresip.Baresip, 'linphone': linphone.Linphone}


def user(maker, kind, path):
    return '-'.join((maker, kind, *path))


CONFIG = '''
[core]
overload-delay=0
''' + TRANSPORTS + f'''
[endpoint phone](!)
password={PASSWORD}
allow=register
minimum-expiration=1
default-expiration={BRIEF}
''' + ''.join(f'[endpoint {user(maker, kind, path)}](phone)\n{keys}\n'
              for maker in PHONES for kind, keys in KINDS.items() for path in phone.PATHS)


class Registrations(DaemonTestCase):
    config = CONFIG

    def start(self, maker, kind, path):
        """A phone that registers, and who asks for what is registered."""
        name = user(maker, kind, path)
        address = self.daemon.address(*path)
        one = PHONES[maker](*path, account=(name, PASSWORD, 'ahoy'), registrar=address)
        self.addCleanup(one.stop)
        peer = Peer(*path[:1], one.host, address)
        self.addCleanup(peer.close)
        one.wait_for_registration()
        return one, Phone(peer, name, PASSWORD)

    def seconds(self, asker):
        """For how long the one contact is still registered; None when there is none."""
        found = asker.contacts()
        if len(found) > 1:
            raise Failure(f'{asker.name} is registered {len(found)} times: {list(found)}')
        return int(list(found.values())[0].params['expires']) if found else None

    def rows(self, row, kind, run):
        """All phones over all paths at once, printed as a matrix."""
        cells = {(maker, path): None for maker in PHONES for path in phone.PATHS}

        def cell(maker, path):
            begin = time.monotonic()
            one, asker = self.start(maker, kind, path)
            run(one, asker)
            return f'{"/".join(path)} ok {time.monotonic() - begin:.1f} s'
        with concurrent.futures.ThreadPoolExecutor(len(cells)) as pool:
            cells = {key: pool.submit(cell, *key) for key in cells}
        for maker in PHONES:
            print(f'# {row} {maker:9}' + ' | '.join(
                'FAILED' if future.exception() else future.result()
                for key, future in cells.items() if key[0] == maker), flush=True)
        for key, future in cells.items():
            if future.exception():
                raise Failure(f'{row}: {key}') from future.exception()

    def test_registers(self):
        """REGI-07: a phone registers, and its contact is where it listens"""
        def run(one, asker):
            contact = list(asker.contacts())[0]
            self.assertIn(one.host, contact)
            self.assertGreater(self.seconds(asker), 60)
            if one.transport == 'udp':
                self.assertIn(f':{one.port}', contact)
        self.rows('REGI-07', 'stays', run)

    def test_again(self):
        """REGI-08: a phone registers again before its time is over, and stays one contact"""
        def run(one, asker):
            before, refreshed, end = self.seconds(asker), 0, time.monotonic() + 60
            while refreshed < 2:
                now = self.seconds(asker)
                if now is None or time.monotonic() > end:
                    raise Failure(f'{asker.name}: {refreshed} times\n' + one.report())
                refreshed += now > before
                before = now
                time.sleep(0.05)  # between two questions
        self.rows('REGI-08', 'again', run)

    def test_goes(self):
        """REGI-10: a phone that ends takes its registration back"""
        def run(one, asker):
            self.assertIsNotNone(self.seconds(asker))
            one.stop()
            phone.until(lambda: self.seconds(asker) is None,
                        lambda: f'{asker.name} is still registered\n' + one.report())
        self.rows('REGI-10', 'goes', run)

    def test_dies(self):
        """REGI-09: a phone that dies is forgotten when its time is over"""
        def run(one, asker):
            one.kill()
            self.assertIsNotNone(self.seconds(asker))
            phone.until(lambda: self.seconds(asker) is None,
                        lambda: f'{asker.name} is still registered')
        self.rows('REGI-09', 'dies', run)


if __name__ == '__main__':
    agent.main(240)
