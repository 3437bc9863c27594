# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls between ahoyd and a real phone, as a matrix over UDP and TCP, IPv4 and IPv6.

The phone says a tone and ahoyd another one; what each of them hears is recorded and measured.
"""

import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import tone
from daemon import HOSTS, BusError, DaemonTestCase, Lines, anyone
from sip_peer import Failure

PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
OF_PHONE, OF_AHOY = 440, 1000  # Hz
ENOUGH = 0.8                   # seconds of a tone that have to be heard
PACKETS = 80                   # of 20 ms each: what is recorded to hear it


def _shown(host):
    """An address as /proc/net writes it: words of 32 bits in the order of the machine."""
    packed = socket.inet_pton(socket.AF_INET6 if ':' in host else socket.AF_INET, host)
    words = [packed[at:at + 4] for at in range(0, len(packed), 4)]
    return ''.join(f'{int.from_bytes(word, sys.byteorder):08X}' for word in words)


def sockets(process, kind, host, report, count=1):
    """The ports on which a process listens at an address, in the order in which it opened them."""
    def look():
        if process.poll() is not None:
            raise Failure(f'it ended with {process.returncode}\n' + report())
        # The kernel's table is read in pieces: what others open and close moves its lines about.
        ports = _look_for_sockets(process.pid, kind, host)
        return ports if len(ports) >= count else None
    return until(look, lambda: f'it does not listen on {kind} at {host}\n' + report())


def _look_for_sockets(pid, kind, host):
    inodes = {}
    for name in os.listdir(f'/proc/{pid}/fd'):
        try:
            inodes[os.readlink(f'/proc/{pid}/fd/{name}')] = int(name)
        except OSError:
            continue  # it closed it just now
    listening = '0A' if kind == 'tcp' else '07'
    ports = []
    with open(f'/proc/net/{kind}{"6" if ":" in host else ""}', encoding='ascii') as table:
        for line in table.readlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(':')
            descriptor = inodes.get(f'socket:[{fields[9]}]')
            if address == _shown(host) and fields[3] == listening and descriptor is not None:
                ports.append((descriptor, int(port, 16)))
    return [port for _, port in sorted(ports)]


def until(accept, what, timeout=30):
    """Asks again and again until the answer is good; returns it."""
    end = time.monotonic() + timeout
    while not (answer := accept()):
        if time.monotonic() > end:
            raise Failure(what() if callable(what) else what)
        time.sleep(0.05)  # between two questions, not for anything to happen
    return answer


class Signals:
    """The signals of ahoyd, as busctl monitor prints them."""

    def __init__(self, daemon):
        self.process = subprocess.Popen(
            ['busctl', f'--address={daemon.bus.address}', '--json=short', 'monitor',
             '--match', "type='signal',sender='org.ahoy.Ahoy1',member='DtmfReceived'"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = Lines(self.process.stdout)
        if self.lines.wait_for(lambda line: line.startswith('Monitoring')) is None:
            raise Failure('busctl does not monitor:\n' + '\n'.join(self.lines.all))

    def digits(self, path):
        """The digits that a session received up to now."""
        messages = [json.loads(line) for line in list(self.lines.all) if line.startswith('{')]
        return ''.join(m['payload']['data'][0] for m in messages if m.get('path') == path)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.lines.close()


class PhoneCalls(DaemonTestCase):
    """What happens in a call between ahoyd and a phone; `phone` is the class of the phones."""

    phone = None
    endpoint = ''  # more keys of the endpoint that phones belong to

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix='ahoy-heard-')
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prompt = cls.folder / 'prompt.wav'
        tone.write(cls.prompt, OF_AHOY)
        cls.config = anyone(('600', 'answer, echo'), ('602', f'answer, play({cls.prompt})'),
                            ('183', f'progress, play({cls.prompt})'), ('486', 'reject(486)'),
                            ('603', 'reject(603)'), ('desk-*', 'ring, agent'),
                            endpoint=cls.endpoint).replace('t1=50ms', 't1=500ms')
        super().setUpClass()
        cls.signals = Signals(cls.daemon)
        cls.addClassCleanup(cls.signals.stop)

    def setUp(self):
        self.addCleanup(self.hang_up_all)  # after the phones stopped: for a test that failed

    def hang_up_all(self):
        if self.daemon.get('', 'Manager', 'SessionCount') > 0:
            for path in self.daemon.objects('session'):
                self.daemon.call(path, 'Session', 'Hangup')
            self.daemon.wait_for_sessions(0)

    def row(self, name, run, paths=None):
        """Runs a line of the matrix, all paths at once, and prints it."""
        def cell(path):
            begin = time.monotonic()
            run(*path)
            return f'{"/".join(path)} ok {time.monotonic() - begin:.1f} s'
        paths = paths or PATHS
        with concurrent.futures.ThreadPoolExecutor(len(paths)) as pool:
            waiting = [pool.submit(cell, path) for path in paths]
        cells = [f'{"/".join(path)} FAILED' if future.exception() else future.result()
                 for path, future in zip(paths, waiting)]
        print(f'# {self.phone.__name__.lower()}: {name:32} ' + ' | '.join(cells), flush=True)
        for path, future in zip(paths, waiting):
            if future.exception():
                raise Failure(f'{name}, {path}') from future.exception()
        self.daemon.wait_for_sessions(0)

    def start(self, transport='udp', family='ipv4', **options):
        phone = self.phone(transport, family, frequency=OF_PHONE, **options)
        self.addCleanup(phone.stop)
        return phone

    def call(self, phone, user, parameters=''):
        host, port = self.daemon.address(phone.transport, phone.family)
        phone.dial(f'sip:{user}@{f"[{host}]" if ":" in host else host}:{port}'
                   + parameters)

    def find(self, user, suffix=''):
        """The session of a call to that user, as soon as there is one."""
        def look():
            for path in self.daemon.objects('session'):
                try:
                    target = self.daemon.get(path, 'Session', 'Target')
                    if f'sip:{user}@' in target and target.endswith(suffix):
                        return path
                except BusError:
                    continue  # one that ended long ago is gone between two questions
            return None
        return until(look, lambda: f'no call to {user}\n' + self.daemon.report())

    def counter(self, session, name):
        return self.daemon.get(f'{session}/stream/0', 'Stream', name)

    def wait_for_packets(self, session, name, phone):
        begin = self.counter(session, name)
        until(lambda: self.counter(session, name) >= begin + PACKETS,
              lambda: f'{name} stays {self.counter(session, name)}\n' + phone.report())

    def wait_for_silence(self, session, name, phone):
        """Waits until no packet is counted any more between two looks."""
        def look():
            before = self.counter(session, name)
            time.sleep(0.3)  # ten packets would have come, if any
            return self.counter(session, name) == before
        until(look, lambda: f'{name} grows on\n' + phone.report())

    def check_what_we_hear(self, session, phone, name):
        """Records the phone's tone as ahoyd hears it, again when a busy machine has torn it."""
        files = (self.folder / f'{name}-{number}.wav' for number in itertools.count(1))

        def record():
            file = next(files)
            phone.speak()
            self.daemon.call(session, 'Session', 'Record', 'sa{sv}', file, 0)
            self.wait_for_packets(session, 'PacketsReceived', phone)
            self.daemon.call(session, 'Session', 'StopRecording')
            until(file.exists, lambda: f'{file} is not there\n' + self.daemon.report())
            self.assertEqual(tone.seconds_of(file, OF_AHOY), 0)
            return tone.seconds_of(file, OF_PHONE) >= ENOUGH
        until(record, lambda: f'ahoyd does not hear {OF_PHONE} Hz\n' + phone.report())

    def check_what_phone_hears(self, phone, frequency, seconds=ENOUGH):
        """Waits until the phone has heard a tone long enough; for how long."""
        return until(lambda: (heard := phone.heard(frequency)) >= seconds and heard,
                     lambda: f'{phone.heard(frequency)} s of {frequency} Hz\n' + phone.report())

    def talk(self, session, phone, name):
        """Sound, digits and hold, both ways, in a call that is answered."""
        call = self.daemon.call
        call(session, 'Session', 'PlayTone', 's', OF_AHOY)
        self.check_what_we_hear(session, phone, f'{name}-before')
        before = self.check_what_phone_hears(phone, OF_AHOY)

        self.press(session, phone, '155#')
        call(session, 'Session', 'SendDtmf', 'su', '26*', 100)
        phone.wait_for_digits('26*')

        self.assertEqual(call(session, 'Session', 'Hold')[0], 200, self.tell(session, phone))
        self.assertEqual(self.daemon.get(session, 'Session', 'Hold'), 'local')
        self.wait_for_silence(session, 'PacketsReceived', phone)
        self.assertEqual(call(session, 'Session', 'Resume')[0], 200,
                         self.tell(session, phone))
        self.assertEqual(self.daemon.get(session, 'Session', 'Hold'), 'none')

        phone.hold()
        self.wait_for_hold(session, 'remote', phone)
        self.wait_for_silence(session, 'PacketsSent', phone)
        phone.resume()
        self.wait_for_hold(session, 'none', phone)
        self.check_what_we_hear(session, phone, f'{name}-after')
        self.check_what_phone_hears(phone, OF_AHOY, before + ENOUGH)

    def tell(self, session, phone):
        return (self.daemon.call(session, 'Session', 'GetLadder')[0] + phone.report()
                + self.daemon.report())

    def press(self, session, phone, digits):
        """The phone sends digits, one after the other; each comes once."""
        for number, digit in enumerate(digits, 1):
            phone.press(digit)
            until(lambda: self.signals.digits(session) == digits[:number],
                  lambda: f'digits: “{self.signals.digits(session)}”\n' + phone.report())

    def wait_for_hold(self, session, hold, phone):
        until(lambda: self.daemon.get(session, 'Session', 'Hold') == hold,
              lambda: f'Hold: not {hold}\n' + phone.report())

    def check_path(self, session, transport, family):
        """The call came or went by that transport, and its media by that family."""
        via = self.daemon.call(session, 'Session', 'GetHeader', 'su', 'Via', 0)[0]
        host = f'[{HOSTS[family]}]' if family == 'ipv6' else HOSTS[family]
        self.assertRegex(via, f'^SIP/2.0/{transport.upper()} {re.escape(host)}')
        remote = self.daemon.get(f'{session}/stream/0', 'Stream', 'RemoteAddress')
        self.assertTrue(remote.startswith(f'{host}:'), remote)

    def check_end(self, session, status, by):
        self.assertEqual(self.daemon.wait(session, 'ended')[1], status)
        self.assertEqual(self.daemon.get(session, 'Session', 'EndedBy'), by)


class PhoneTestCase(PhoneCalls):
    """What each phone has to do."""

    codecs = ('opus', 'g722', 'pcmu', 'pcma')

    def test_echo(self):
        """CALL-46: the phone calls the echo, hears its own tone and hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            self.call(phone, '600')
            phone.wait_for_talking()
            self.check_what_phone_hears(phone, OF_PHONE)
            phone.hang_up()
            phone.wait_for_end()
        self.row('calls the echo', run)

    def test_prompt(self):
        """CALL-40: the phone calls, hears a file and hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            self.call(phone, '602')
            phone.wait_for_talking()
            self.check_what_phone_hears(phone, OF_AHOY)
            phone.hang_up()
            phone.wait_for_end()
        self.row('hears a file, hangs up', run)

    def test_prompted(self):
        """CALL-41: ahoyd calls the phone, plays a file and hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            session = self.daemon.dial(phone.uri)
            phone.wait_for_call()
            phone.answer()
            self.daemon.wait(session, 'active')
            self.daemon.call(session, 'Session', 'Play', 's', self.prompt)
            self.check_what_phone_hears(phone, OF_AHOY)
            self.daemon.call(session, 'Session', 'Hangup')
            phone.wait_for_end()
            self.check_end(session, 200, 'local')
        self.row('is called, hears a file', run)

    def test_early_media(self):
        """CALL-33: the phone hears a file before the answer, and hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            self.call(phone, '183')
            phone.wait_for_early_media()
            self.check_what_phone_hears(phone, OF_AHOY)
            phone.hang_up()
            phone.wait_for_end()
        self.row('hears early media, cancels', run)

    def test_codecs(self):
        """MEDI-02: the tone comes back with each codec of the phone"""
        def run(codec, *_):
            phone = self.start(codec=codec)
            self.call(phone, f'desk-{codec}')
            session = self.find(f'desk-{codec}')
            self.daemon.call(session, 'Session', 'SetEcho', 'b', 'true')
            self.daemon.call(session, 'Session', 'Answer')
            phone.wait_for_talking()
            used = self.daemon.get(f'{session}/stream/0', 'Stream', 'Codec').lower()
            self.assertEqual(used, codec)
            self.check_what_phone_hears(phone, OF_PHONE)
            phone.hang_up()
            self.check_end(session, 200, 'remote')
        self.row('codecs', run, [(codec,) for codec in self.codecs])

    def test_from_phone(self):
        """the phone calls; tones, digits and hold both ways; ahoyd hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            name = f'desk-{transport}-{family}'
            self.call(phone, name)
            phone.wait_for_ringing()
            session = self.find(name)
            self.daemon.call(session, 'Session', 'Answer')
            phone.wait_for_talking()
            self.check_path(session, transport, family)
            self.talk(session, phone, name)
            self.daemon.call(session, 'Session', 'Hangup')
            phone.wait_for_end()
            self.check_end(session, 200, 'local')
        self.row('calls, talks, is hung up', run)

    def test_to_phone(self):
        """ahoyd calls the phone; tones, digits and hold both ways; the phone hangs up"""
        def run(transport, family):
            phone = self.start(transport, family)
            session = self.daemon.dial(phone.uri)
            phone.wait_for_call()
            self.assertEqual(self.daemon.wait(session, 'ringing')[0], 'ringing')
            phone.answer()
            self.assertEqual(self.daemon.wait(session, 'active')[0], 'active')
            phone.wait_for_talking()
            self.check_path(session, transport, family)
            self.talk(session, phone, f'to-{transport}-{family}')
            phone.hang_up()
            self.check_end(session, 200, 'remote')
        self.row('is called, talks, hangs up', run)

    def test_refused(self):
        """CALL-55: the phone is refused with 486 and 603"""
        def run(transport, family):
            phone = self.start(transport, family)
            for status in (486, 603):
                self.call(phone, status)
                self.assertIn(phone.words[status], phone.wait_for_end())
        self.row('is refused: 486, 603', run)

    def test_refuses(self):
        """the phone refuses a call"""
        def run(transport, family):
            phone = self.start(transport, family)
            session = self.daemon.dial(phone.uri)
            phone.wait_for_call()
            phone.refuse()
            self.check_end(session, phone.refusal, 'remote')
        self.row(f'refuses: {self.phone.refusal}', run)

    def test_cancels(self):
        """CALL-42: the phone calls and thinks better of it"""
        def run(transport, family):
            phone = self.start(transport, family)
            self.call(phone, f'desk-cancel-{transport}-{family}')
            phone.wait_for_ringing()
            session = self.find(f'desk-cancel-{transport}-{family}')
            phone.hang_up()
            self.check_end(session, 487, 'remote')
        self.row('calls and cancels', run)

    def test_is_canceled(self):
        """CALL-56: ahoyd calls the phone and thinks better of it"""
        def run(transport, family):
            phone = self.start(transport, family)
            session = self.daemon.dial(phone.uri)
            phone.wait_for_call()
            self.daemon.wait(session, 'ringing')
            self.daemon.call(session, 'Session', 'Hangup')
            phone.wait_for_end()
            self.check_end(session, 487, 'local')
        self.row('is called and canceled', run)

    def test_busy(self):
        """CALL-55: a phone that talks already says 486"""
        def run(transport, family):
            phone = self.start(transport, family, calls=1)
            first = self.daemon.dial(phone.uri)
            phone.wait_for_call()
            phone.answer()
            self.daemon.wait(first, 'active')
            self.check_end(self.daemon.dial(phone.uri), 486, 'remote')
            self.assertEqual(self.daemon.get(first, 'Session', 'State'), 'active')
            phone.hang_up()
            self.check_end(first, 200, 'remote')
        self.row('is busy: 486', run)
