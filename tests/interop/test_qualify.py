# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-27: sipp is asked whether it is there, and says so at once, slowly, not at all, or after a
password; over UDP and TCP, IPv4 and IPv6.
"""

import time
import unittest

import agent
from daemon import Daemon, HOSTS, TRANSPORTS
from matrix import PATHS
from sip_peer import Failure
from test_sipp import Sipp, free_port

PATIENCE = 3.0  # seconds, of qualify-timeout


def endpoint(name, uri, timeout=PATIENCE, frequency=1, **keys):
    more = ''.join(f'{key.replace("_", "-")}={value}\n' for key, value in keys.items())
    return (f'\n[endpoint {name}]\nauth=none\nallow=call\nidentify=auth\ncontact=<{uri}>\n'
            f'qualify-frequency={frequency}\nqualify-timeout={int(timeout * 1000)}ms\n{more}')


class Qualify(unittest.TestCase):
    def sipp(self, scenario, transport, family, *options, calls=1):
        sipp = Sipp(scenario, transport, family, calls=calls,
                    options=('-l', '10', *options)).listening(transport)
        self.addCleanup(self.end, sipp)
        return sipp

    @staticmethod
    def end(sipp):
        if sipp.process.poll() is None:
            sipp.process.kill()
            sipp.finish()

    def start(self, *endpoints):
        self.daemon = Daemon('[core]\noverload-delay=0\n' + TRANSPORTS + ''.join(endpoints))
        self.addCleanup(self.daemon.stop)

    def contact(self, name):
        return self.daemon.get(f'endpoint/{name}', 'Endpoint', 'Contacts')[0]

    def wait_for(self, name, status, timeout=15):
        end = time.monotonic() + timeout
        while (now := self.contact(name))[4] != status:
            if time.monotonic() > end:
                raise Failure(f'{name}: {now}, not {status}\n' + self.daemon.report())
            time.sleep(0.02)  # between two questions, not for anything to happen
        return now

    def run_all(self, title, make, check):
        """One endpoint for each of the four ways, all asked by one daemon."""
        texts, sipps = [], {}
        for transport, family in PATHS:
            name = f'{transport}{family}'
            text, sipps[name] = make(name, transport, family)
            texts.append(text)
        self.start(*texts)
        for transport, family in PATHS:
            name = f'{transport}{family}'
            with self.subTest(title, transport=transport, family=family):
                print(f'# {title:24} {name}: {check(name)}', flush=True)
                if sipps[name] is not None:
                    code, output = sipps[name].finish()
                    self.assertEqual(code, 0, output)

    def test_fast(self):
        """one that answers is available, with the time that it took"""
        def make(name, transport, family):
            sipp = self.sipp('uas_asked', transport, family, '-d', '0')
            return endpoint(name, sipp.uri, frequency=3600), sipp

        def check(name):
            self.daemon.call(f'endpoint/{name}', 'Endpoint', 'Qualify')
            contact = self.wait_for(name, 'available')
            self.assertTrue(0 <= contact[3] < 1000000)
            return f'{contact[3]} µs'
        self.run_all('answers at once', make, check)

    def test_slow(self):
        """one that takes 600 ms is available, and its round trip is that"""
        def make(name, transport, family):
            sipp = self.sipp('uas_asked', transport, family, '-d', '600')
            return endpoint(name, sipp.uri, frequency=3600), sipp

        def check(name):
            status, _reason, round_trip = self.daemon.call(f'endpoint/{name}', 'Endpoint',
                                                           'Qualify')
            self.assertEqual(status, 200)
            self.assertGreaterEqual(round_trip, 600000)
            self.assertLess(round_trip, PATIENCE * 1e6)
            self.wait_for(name, 'available')
            return f'{round_trip} µs'
        self.run_all('answers after 600 ms', make, check)

    def test_too_slow(self):
        """one that takes longer than qualify-timeout is unreachable, and its late answer is lost"""
        def make(name, transport, family):
            sipp = self.sipp('uas_asked', transport, family, '-d', '1500')
            return endpoint(name, sipp.uri, timeout=0.5, frequency=3600), sipp

        def check(name):
            status, _reason, round_trip = self.daemon.call(f'endpoint/{name}', 'Endpoint',
                                                           'Qualify')
            self.assertEqual((status, round_trip), (408, -1))
            return self.wait_for(name, 'unreachable')[4]
        self.run_all('answers too late', make, check)

    def test_absent(self):
        """where nobody listens it is unreachable, and so is the endpoint"""
        def make(name, transport, family):
            host = HOSTS[family]
            shown = f'[{host}]' if ':' in host else host
            uri = f'sip:x@{shown}:{free_port(host, transport)};transport={transport}'
            return endpoint(name, uri), None

        def check(name):
            begin = time.monotonic()
            self.wait_for(name, 'unreachable')
            self.assertEqual(self.daemon.get(f'endpoint/{name}', 'Endpoint', 'State'),
                             'unreachable')
            return f'after {time.monotonic() - begin:.1f} s'
        self.run_all('is not there', make, check)

    def test_digest(self):
        """one that wants a password gets it, where qualify-authenticate says so"""
        def make(name, transport, family):
            sipp = self.sipp('uas_asked_digest', transport, family)
            return endpoint(name, sipp.uri, frequency=3600, qualify_authenticate='yes',
                            qualify_2xx_only='yes', outbound_username='ahoy',
                            outbound_password='sesame'), sipp

        def check(name):
            status = self.daemon.call(f'endpoint/{name}', 'Endpoint', 'Qualify')[0]
            self.assertEqual(status, 200)
            return self.wait_for(name, 'available')[4]
        self.run_all('asks for a password', make, check)

    def test_comes_back(self):
        """one that was away is found again"""
        host = HOSTS['ipv4']
        port = free_port(host, 'udp')
        self.start(endpoint('phone', f'sip:x@{host}:{port}', timeout=0.5))
        self.wait_for('phone', 'unreachable')
        sipp = Sipp('uas_asked', 'udp', 'ipv4', calls=3, options=('-d', '0', '-p', str(port)))
        self.addCleanup(self.end, sipp)
        self.wait_for('phone', 'available')
        self.assertEqual(self.daemon.get('endpoint/phone', 'Endpoint', 'State'), 'available')
        self.assertEqual(sipp.finish()[0], 0)
        self.wait_for('phone', 'unreachable')


if __name__ == '__main__':
    agent.main(200)
