# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-05: servers that DNS knows, some of which fail; and networks that come and go.

It runs in a network of its own, where that is allowed: then interfaces can come and go.
"""

import ctypes
import os
import pathlib
import subprocess
import unittest

import agent
from daemon import Daemon, anyone
from nameserver import NameServer
from phone import until
from sip_peer import Peer

CLONE_NEWNET = 0x40000000


def ip(*arguments):
    subprocess.run(['ip', *arguments], check=True, capture_output=True)


def setUpModule():
    global OWN_NETWORK
    OWN_NETWORK = (os.geteuid() == 0
                   and ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0)
    if OWN_NETWORK:
        ip('link', 'set', 'lo', 'up')


def srv(host, port, priority):
    return f'srv-host=_sip._udp.home.test,{host},{port},{priority},0'


class Case(unittest.TestCase):
    def open_peer(self, host='127.0.0.1'):
        peer = Peer('udp', host)
        self.addCleanup(peer.close)
        return peer

    def start(self, text, core=''):
        daemon = Daemon(anyone(core=core) + '\n[registration home]\n' + text)
        self.addCleanup(daemon.stop)
        self.daemon = daemon

    def answer(self, peer, request, status=200):
        peer.respond(request, status, headers=[('Expires', 3600)],
                     contact=request['Contact'] if status == 200 else False)

    def wait(self, state):
        until(lambda: self.daemon.get('registration/home', 'Registration', 'State') == state,
              self.daemon.report)


class Names(Case):
    def serve(self, *records):
        names = NameServer(['host-record=one.test,127.0.0.1', *records])
        self.addCleanup(names.stop)
        return f'nameservers={names.address}'

    def test_503(self):
        """TRNK-05: a host that says 503 is followed by the next one of SRV"""
        first, second = self.open_peer(), self.open_peer()
        self.start('server=<sip:home.test>\nclient=<sip:alice@home.test>', core=self.serve(
            srv('one.test', first.port, 10), srv('one.test', second.port, 20)))
        request = first.expect('REGISTER')
        self.assertEqual(request.uri, 'sip:home.test')
        self.answer(first, request, 503)
        again = second.expect('REGISTER')
        self.assertEqual((again.call_id, again['To']), (request.call_id, request['To']))
        self.assertNotEqual(again.via.branch, request.via.branch)
        self.answer(second, again)
        self.wait('registered')
        self.daemon.call('registration/home', 'Registration', 'SetEnabled', 'b', 'false')
        request = (second.expect('REGISTER', timeout=10))
        self.answer(second, request)
        self.wait('unregistered')

    def test_silence(self):
        """TRNK-05: a host that says nothing is followed by the next one after timeout"""
        first, second = self.open_peer(), self.open_peer()
        self.start('server=<sip:home.test>\nclient=<sip:alice@home.test>\ntimeout=2s\n'
                   'retry-interval=500ms\nmax-retry-interval=500ms',
                   core=self.serve(srv('one.test', first.port, 10),
                                   srv('one.test', second.port, 20)))
        request = first.expect('REGISTER')
        self.answer(second, second.expect('REGISTER'))
        self.wait('registered')
        self.assertEqual(request['To'], '<sip:alice@home.test>')
        self.daemon.call('registration/home', 'Registration', 'SetEnabled', 'b', 'false')
        self.answer(second, second.expect('REGISTER', timeout=10))
        self.wait('unregistered')

    def test_nobody(self):
        """TRNK-05: a name that nobody knows is told, and looked for again"""
        self.start('server=<sip:home.test>\nclient=<sip:alice@home.test>\n'
                   'retry-interval=300ms\nmax-retry-interval=300ms', core=self.serve())
        self.wait('failed')
        known = self.daemon.get_all('/org/ahoy/Ahoy1/registration/home', 'Registration')
        self.assertEqual((known['Status'], known['Reason']), (503, 'Next Hop Not Found'))
        self.assertGreater(known['NextAttemptAt'], 0)


class Network(Case):
    def setUp(self):
        if not OWN_NETWORK:
            self.skipTest('a network of its own is not allowed here')

    def test_change(self):
        """TRNK-01: when the network changes, it registers again, and names are looked up anew"""
        peer = self.open_peer()
        names = NameServer(['host-record=one.test,127.0.0.1', srv('one.test', peer.port, 10)])
        self.addCleanup(names.stop)
        self.start('server=<sip:home.test>\nclient=<sip:alice@home.test>',
                   core=f'nameservers={names.address}')
        first = peer.expect('REGISTER')
        self.answer(peer, first)
        self.wait('registered')
        asked = names.asked('SRV', '_sip._udp.home.test', 1)
        ip('link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'far')
        self.addCleanup(subprocess.run, ['ip', 'link', 'del', 'uplink'], check=False,
                        capture_output=True)
        for name in ('uplink', 'far'):  # or addresses of the link come later, by themselves
            pathlib.Path(f'/proc/sys/net/ipv6/conf/{name}/disable_ipv6').write_text('1', 'ascii')
            ip('link', 'set', name, 'up')
        until(lambda: 'state UP' in subprocess.run(
            ['ip', 'link', 'show', 'uplink'], capture_output=True, text=True, check=True).stdout,
            'the link does not come up')
        ip('address', 'add', '192.0.2.1/24', 'dev', 'uplink')
        ip('route', 'add', 'default', 'via', '192.0.2.254')
        again = peer.expect('REGISTER', timeout=10)
        self.assertEqual((again.call_id, again.cseq), (first.call_id, first.cseq + 1))
        self.answer(peer, again)
        names.asked('SRV', '_sip._udp.home.test', asked + 1)
        peer.expect_nothing(2.5)  # several changes in a row count as one
        ip('link', 'del', 'uplink')
        third = peer.expect('REGISTER', timeout=10)
        self.assertEqual(third.cseq, again.cseq + 1)
        self.answer(peer, third)
        self.daemon.call('registration/home', 'Registration', 'SetEnabled', 'b', 'false')
        self.answer(peer, peer.expect('REGISTER'))
        self.wait('unregistered')


if __name__ == '__main__':
    agent.main(200)
