# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Direct media between real peers: sipp streams to sipp past this host, and so does baresip.

The wire is watched by tshark, where it may: whose packets go where, from the first offer on.
"""

import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import agent
import late
import tone
from baresip import HEARD, Baresip
from daemon import Daemon, anyone
from sip_peer import Failure
from test_sipp import Sipp, free_port

HOST = '127.0.0.1'
HEAD = '''SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Allow: {allow}
'''
SDP = '''Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio {port} RTP/AVP 0
a=rtpmap:0 PCMU/8000
'''
INVITE = '''INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Allow: {allow}
'''
ACK = '''ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0
'''


def send(text, retrans=True):
    how = ' retrans="500"' if retrans else ''
    return f'<send{how}><![CDATA[\n\n{text}\n]]></send>\n'


def take(method, port, peer, version, stream):
    """An offer in the dialog that names the peer's port, and nothing of ours; then sound."""
    check = (f'<ereg regexp="c=IN IP4 {HOST}.*m=audio {peer} RTP/AVP 0" search_in="body"'
             ' check_it="true" assign_to="1"/>')
    text = (f'<recv request="{method}"><action>{check}</action></recv>\n'
            + send(HEAD.format(tag='', allow='INVITE, ACK, BYE, UPDATE')
                   + SDP.format(version=version, port=port), retrans=method == 'INVITE'))
    if method == 'INVITE':
        text += '<recv request="ACK"/>\n'
    if stream:
        text += f'<nop><action><exec rtp_stream="{stream},-1,0"/></action></nop>\n'
    return text


END = ('<recv request="BYE"/>\n' + send('''SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0
''', False) + '<timewait milliseconds="100"/>\n')


def scenario(name, *parts):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n' + ''.join(parts)
            + '<Reference variables="1"/>\n</scenario>\n')


class Wire:
    """What goes over the loopback, watched by tshark; .available tells whether that is allowed."""

    def __init__(self, ports):
        self.process = None
        self.available = shutil.which('tshark') is not None
        if not self.available:
            return
        self.lines, self.times = [], []
        expression = ' or '.join(f'port {port}' for port in ports)
        self.process = subprocess.Popen(
            ['tshark', '-i', 'lo', '-l', '-n', '-f', f'udp and ({expression})', '-T', 'fields',
             '-e', 'udp.srcport', '-e', 'udp.dstport',
             '-e', 'frame.time_epoch'], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.ready = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()
        self.available = self.ready.wait(30) and self.process.poll() is None

    def _wait(self):
        for line in self.process.stderr:
            if 'Capturing on' in line:
                self.ready.set()
        self.ready.set()

    def _read(self):
        for line in late.lines(self.process.stdout):
            source, target, when = line.split()
            self.lines.append((int(source), int(target)))
            self.times.append(float(when))

    def since(self, when):
        """The ways that packets went from a time of time.time() on."""
        return {way for way, time_ in zip(self.lines, self.times) if time_ >= when}

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)


class DirectMedia(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / 'tone.ulaw').write_bytes(bytes([0x10, 0x90]) * 80000)

    def start(self, uri, policy):
        self.daemon = Daemon(anyone(('1', 'dial(bob)'), endpoint=f'direct-media={policy}')
                             + f'\n[endpoint bob]\nauth=none\ncontact=<{uri}>\n'
                               f'direct-media={policy}\n')
        self.addCleanup(self.daemon.stop)

    def write(self, name, text):
        path = self.folder / f'{name}.xml'
        path.write_text(text)
        return str(path.with_suffix(''))

    def wait_for(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failure(f'{what}: not within {seconds} s\n' + self.daemon.report())
            time.sleep(0.05)  # between two looks, not for anything to happen

    def ports(self, which):
        return [int(self.daemon.get(f'{session}/stream/0', 'Stream', which).rpartition(':')[2])
                for session in self.daemon.objects('session')]

    def flow(self, wire, ports):
        """Waits until a second of sound went each way between two ports."""
        if not wire.available:
            time.sleep(1.5)  # sound flows meanwhile, which nobody here sees
            return
        before = [wire.lines.count(way) for way in (tuple(ports), tuple(reversed(ports)))]
        self.wait_for('sound between them', lambda: all(
            wire.lines.count(way) > count + 50
            for way, count in zip((tuple(ports), tuple(reversed(ports))), before)))

    def counters(self):
        return [self.daemon.get(f'{session}/stream/0', 'Stream', f'Packets{way}')
                for session in self.daemon.objects('session') for way in ('Sent', 'Received')]

    def wait_for_mode(self, mode):
        self.wait_for('a bridge', lambda: self.daemon.objects('bridge'))
        [bridge] = self.daemon.objects('bridge')
        self.wait_for(mode, lambda: self.daemon.get(bridge, 'Bridge', 'Mode') == mode)

    def run_sipp(self, policy, method):
        """sipp A streams to sipp B, which echoes; both are told of each other by one offer."""
        ports = [free_port(HOST), free_port(HOST)]
        allow = 'INVITE, ACK, BYE' + (', UPDATE' if method == 'UPDATE' else '')
        callee = self.write('callee', scenario(
            'callee', '<recv request="INVITE"/>\n',
            send(HEAD.format(tag=';tag=[pid]sipp[call_number]', allow=allow)
                 + SDP.format(version=1, port=ports[1])), '<recv request="ACK"/>\n',
            take(method, ports[1], ports[0], 2, None), END))
        caller = self.write('caller', scenario(
            'caller', send(INVITE.format(allow=allow) + SDP.format(version=1, port=ports[0])),
            '<recv response="100" optional="true"/>\n<recv response="200" rrs="true"/>\n',
            send(ACK, False), take(method, ports[0], ports[1], 2, self.folder / 'tone.ulaw'),
            END))
        bob = Sipp(callee, 'udp', 'ipv4', None, 'bob', options=(
            '-l', '1', '-mp', str(ports[1]), '-rtp_echo')).listening('udp')
        self.start(bob.uri, policy)
        wire = Wire(ports)
        self.addCleanup(wire.stop)
        alice = Sipp(caller, 'udp', 'ipv4', self.daemon.address(), '1', options=(
            '-l', '1', '-mp', str(ports[0])))
        self.wait_for_mode('direct')
        own = self.ports('LocalAddress')
        self.flow(wire, ports)  # until what was on its way before is counted
        before, begin = self.counters(), time.time()
        self.flow(wire, ports)
        if wire.available:
            there = wire.lines.count((ports[0], ports[1]))
            print(f'# {method}: {there} packets from {ports[0]} to {ports[1]}, '
                  f'{wire.lines.count((ports[1], ports[0]))} back, none at {own}')
            # Until both have agreed, silence may have come from here.
            self.assertEqual(wire.since(begin), {tuple(ports), tuple(reversed(ports))})
        self.assertEqual(self.counters(), before)
        session = self.daemon.objects('session')[0]
        self.daemon.call(session, 'Session', 'Hangup')
        for sipp in (alice, bob):
            code, output = sipp.finish()
            self.assertEqual(code, 0, output)
        self.daemon.wait_for_sessions(0)

    def test_reinvite(self):
        """sipp and sipp, told by re-INVITE"""
        self.run_sipp('yes', 'INVITE')

    def test_update(self):
        """sipp and sipp, told by UPDATE"""
        self.run_sipp('update', 'UPDATE')

    @unittest.skipUnless(shutil.which('baresip'), 'baresip is not installed')
    def test_baresip(self):
        """baresip and baresip hear each other past this host, also while they come back"""
        phones = [Baresip(frequency=frequency) for frequency in (440, 1000)]
        for phone in phones:
            self.addCleanup(phone.kill)
        self.start(phones[1].uri, 'yes')
        host, port = self.daemon.address()
        phones[0].command('dial', f'sip:1@{host}:{port}')
        phones[1].expect('CALL_INCOMING')
        phones[1].command('accept')
        for phone in phones:
            phone.expect('CALL_ESTABLISHED')
        self.wait_for_mode('direct')
        ports = self.ports('RemoteAddress')
        wire = Wire(ports)
        self.addCleanup(wire.stop)
        self.wait_for('what was counted', lambda: self.counters() == self.counters())
        before = self.counters()
        self.flow(wire, ports)
        self.assertEqual(self.counters(), before)
        session = self.daemon.objects('session')[0]
        self.daemon.call(session, 'Session', 'Record', 'sa{sv}', str(self.folder / 'a.wav'), 0)
        self.wait_for_mode('relay')
        self.wait_for('packets here', lambda: min(
            now - then for now, then in zip(self.counters(), before)) > 50)
        self.daemon.call(session, 'Session', 'StopRecording')
        self.wait_for_mode('direct')
        self.flow(wire, ports)
        phones[0].command('hangup')
        self.daemon.wait_for_sessions(0)
        for phone, other in zip(phones, (1000, 440)):
            phone.wait_for_end()
            seconds = sum(tone.seconds_of(path, other) for path in phone.dumps.glob(HEARD))
            print(f'# baresip heard {other} Hz for {seconds:.1f} s')
            self.assertGreater(seconds, 2)


if __name__ == '__main__':
    agent.main(240)
