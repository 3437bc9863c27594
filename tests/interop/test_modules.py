# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-02, REGI-01, REGI-02: what is left of ahoyd when a module is not loaded, and what it does
when one comes and goes."""

import os
import pathlib
import time
import unittest

from bus_monitor import Monitor
from daemon import HOSTS, BusError, Daemon, anyone
from sip_peer import SDP, Call, Peer
from test_sipp import Sipp

PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
ROUTE = ('600', 'answer, echo')
# Whom sipp says it is when it registers.
ACCOUNT = '''
[endpoint 600]
auth=none
identify=username
allow=register
max-contacts=10
'''


def threads(daemon):
    return len(os.listdir(f'/proc/{daemon.process.pid}/task'))


def memory(daemon):
    """The memory that is only the daemon's, in kB."""
    text = pathlib.Path('/proc', str(daemon.process.pid), 'smaps_rollup').read_text('utf-8')
    return sum(int(line.split()[1]) for line in text.splitlines()
               if line.startswith(('Private_Clean', 'Private_Dirty')))


def allowed(response):
    return {method.strip() for method in response['allow'].split(',')}


class Modules(unittest.TestCase):
    def start(self, core='', warnings=False):
        daemon = Daemon(anyone(ROUTE, core=core) + ACCOUNT)
        daemon.warnings_expected = warnings
        self.addCleanup(daemon.stop)
        return daemon

    def peer(self, daemon, transport='udp', family='ipv4'):
        peer = Peer(transport, HOSTS[family], daemon.address(transport, family))
        self.addCleanup(peer.close)
        return peer

    def sipp(self, daemon, scenario, transport='udp', family='ipv4'):
        code, output = Sipp(scenario, transport, family, daemon.address(transport, family),
                            user='600').finish()
        self.assertEqual(code, 0, f'{scenario} over {transport} {family}: {output}\n'
                         + daemon.report())

    def table(self, daemon):
        return {name: loaded for name, loaded, _summary in
                daemon.call('', 'Manager', 'ListModules')[0]}

    def test_without_sessions(self):
        """no calls: INVITE gets 501, OPTIONS 200 without INVITE, what belongs to no call 481"""
        daemon = self.start('disabled-modules=sessions')
        self.assertNotIn('sessions', daemon.get('', 'Manager', 'Modules'))
        for transport, family in PATHS:
            self.sipp(daemon, 'uac_501', transport, family)
            peer = self.peer(daemon, transport, family)
            peer.send('OPTIONS')
            response = peer.expect(200)
            self.assertIn('OPTIONS', allowed(response))
            self.assertFalse(allowed(response) & {'INVITE', 'BYE', 'PRACK', 'UPDATE'})
            self.assertEqual(response['accept'], '')
            for method in ('BYE', 'CANCEL'):
                peer.send(method)
                peer.expect(481)
            peer.send('ACK')
            peer.send('OPTIONS')
            peer.expect(200)  # and nothing before it: an ACK is not answered
        with self.assertRaisesRegex(BusError, 'not loaded'):
            daemon.dial('sip:x@127.0.0.1')
        with self.assertRaisesRegex(BusError, 'not loaded'):
            daemon.call('', 'Manager', 'CreateBridge', 'a{sv}', 0)
        self.assertEqual(daemon.objects('session'), [])

    def test_registrar_alone(self):
        """nothing but a registrar: REGISTER gets 200, INVITE and MESSAGE get 501"""
        daemon = self.start('modules=registrar')
        self.assertEqual(daemon.get('', 'Manager', 'Modules'), ['registrar'])
        for transport, family in PATHS:
            self.sipp(daemon, 'register_200', transport, family)
            self.sipp(daemon, 'uac_501', transport, family)
            peer = self.peer(daemon, transport, family)
            peer.send('MESSAGE')
            self.assertEqual(allowed(peer.expect(501)), {'OPTIONS', 'REGISTER'})
        register = peer.register(peer.target_uri('600')).remove('Contact').remove('Expires')
        peer.send(register)
        self.assertEqual(len(peer.expect(200).all('Contact')), len(PATHS))

    def test_without_registrar(self):
        """all but a registrar: REGISTER gets 501 and is not in Allow, while calls are taken"""
        daemon = self.start('disabled-modules=registrar')
        loaded = self.table(daemon)
        self.assertEqual([name for name in loaded if not loaded[name]], ['registrar'])
        for transport, family in PATHS:
            self.sipp(daemon, 'register_501', transport, family)
            self.sipp(daemon, 'uac_media', transport, family)
        peer = self.peer(daemon)
        peer.send('REGISTER')
        self.assertNotIn('REGISTER', allowed(peer.expect(501)))

    def test_registrar_comes_and_goes(self):
        """a registrar that is unloaded during a call: 501, the call goes on; then it knows all"""
        daemon = self.start()
        self.sipp(daemon, 'register_200')
        peer = self.peer(daemon)
        call = Call(peer, peer.target_uri('600'))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200, skip=(100, 180, 183)))
        peer.send('ACK', call=call, cseq=call.cseq)
        daemon.wait(daemon.objects('session')[0], 'active')
        daemon.ctl('modules', 'unload', 'registrar')
        self.sipp(daemon, 'register_501')
        self.sipp(daemon, 'uac_media')
        peer.send('INFO', call=call)
        peer.expect(200)
        daemon.ctl('modules', 'load', 'registrar')
        self.sipp(daemon, 'register_200')
        other = self.peer(daemon)
        other.send(other.register(other.target_uri('600')).remove('Contact').remove('Expires'))
        self.assertEqual(len(other.expect(200).all('Contact')), 2)
        peer.send('BYE', call=call)
        peer.expect(200)

    def test_footprint(self):
        """without calls there is no thread for their sound, and less memory"""
        with_sound = self.start()
        without = self.start('disabled-modules=sessions')
        print(f'# with sessions: {threads(with_sound)} threads, {memory(with_sound)} kB; without: '
              f'{threads(without)} threads, {memory(without)} kB')
        self.assertLess(threads(without), threads(with_sound))
        if not without.is_sanitized():
            self.assertLess(memory(without), memory(with_sound))

    def test_unload_during_call(self):
        """a module that is unloaded ends no call; it can be loaded again"""
        daemon = self.start()
        monitor = Monitor(daemon.bus)
        self.addCleanup(monitor.close)
        before = threads(daemon)
        peer, other = self.peer(daemon), self.peer(daemon)
        call = Call(peer, peer.target_uri('600'))
        peer.send('INVITE', call=call, body=SDP)
        call.established(peer.expect(200, skip=(100, 180, 183)))
        peer.send('ACK', call=call, cseq=call.cseq)
        session = daemon.objects('session')[0]
        daemon.wait(session, 'active')

        self.assertIn('sessions', daemon.ctl('modules').stdout)
        daemon.ctl('modules', 'unload', 'sessions')
        changed = monitor.wait(lambda signal: signal.member == 'PropertiesChanged'
                               and 'Modules' in signal.arguments[1], what='Modules')
        self.assertNotIn('sessions', changed.arguments[1]['Modules'])
        other.send('INVITE', body=SDP)
        other.expect(501)
        self.assertEqual(daemon.get(session, 'Session', 'State'), 'active')
        self.assertEqual(threads(daemon), before)
        peer.send('INFO', call=call)
        peer.expect(200)
        peer.send('BYE', call=call)
        peer.expect(200)
        end = time.monotonic() + 20
        while threads(daemon) >= before:
            self.assertLess(time.monotonic(), end, 'the media engine stays')
            time.sleep(0.02)  # between two questions, not for anything to happen

        daemon.call('', 'Manager', 'LoadModule', 's', 'sessions')
        self.assertTrue(self.table(daemon)['sessions'])
        self.sipp(daemon, 'uac_media')

    def test_reload(self):
        """a reload loads and unloads what the keys say, and leaves alone what they do not touch"""
        daemon = self.start()
        file = daemon.config / 'ahoy.conf'
        text = file.read_text('utf-8')
        file.write_text(text.replace('[core]', '[core]\ndisabled-modules=sessions'), 'utf-8')
        self.assertEqual(daemon.call('', 'Manager', 'Reload')[1], [])
        self.assertFalse(self.table(daemon)['sessions'])
        self.sipp(daemon, 'uac_501')
        daemon.call('', 'Manager', 'LoadModule', 's', 'sessions')
        file.write_text(text.replace('[core]', '[core]\nmax-forwards=60\n'
                                     'disabled-modules=sessions'), 'utf-8')
        daemon.call('', 'Manager', 'Reload')
        self.assertTrue(self.table(daemon)['sessions'])
        self.sipp(daemon, 'uac_media')
        daemon.call('', 'Manager', 'UnloadModule', 's', 'sessions')
        file.write_text(text, 'utf-8')
        daemon.call('', 'Manager', 'Reload')
        self.assertTrue(self.table(daemon)['sessions'])
        self.sipp(daemon, 'uac_media')

    def test_unknown_names(self):
        """a name that no module has is told with its place, and the others hold"""
        daemon = self.start('modules=sessions;pigeons', warnings=True)
        self.assertEqual(daemon.get('', 'Manager', 'Modules'), ['sessions'])
        line = next(line for line in daemon.log.all if 'pigeons' in line)
        self.assertRegex(line, r'ahoy\.conf:\d+: core: modules: There is no module “pigeons”; the '
                               r'modules are: sessions')
        for method in ('LoadModule', 'UnloadModule'):
            with self.assertRaisesRegex(BusError, 'There is no module “pigeons”'):
                daemon.call('', 'Manager', method, 's', 'pigeons')
        done = daemon.ctl('modules', 'load', 'pigeons', check=False)
        self.assertIn('the modules are: sessions', done.stderr)
        self.assertNotEqual(done.returncode, 0)


if __name__ == '__main__':
    import agent
    agent.main(200)
