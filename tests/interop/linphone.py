# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Drives linphone-daemon without a sound card, by commands on its standard input.

What the phone says is the tone of a file; what it hears goes through ALSA into another file.
"""

import os
import pathlib
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time

import late
import phone
import tone
from daemon import HOSTS
from sip_ladder import format_address
from sip_peer import Failure

RATE = 48000
# The card plays into a file, through all openings, at one rate; it has no microphone, because a
# source that never waits would be read without end.
ALSA = '''
pcm.!default {{ type asym playback.pcm "loudspeaker" capture.pcm "microphone" }}
pcm.microphone {{ type hw card 31 }}
pcm.loudspeaker {{
  type plug
  slave {{ pcm "tape" rate {rate} channels 1 format S16_LE }}
}}
pcm.tape {{ type file slave.pcm null file "|cat >> {folder}/heard.raw" format raw }}
'''
CONFIG = '''
[sip]
bind_address={host}
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port=0
{asserted}{identity}use_rfc2833={rfc4733}
use_info={info}
media_encryption=none
[rtp]
audio_rtp_port=-1
bind_address={host}
[net]
firewall_policy=0
[sound]
echocancellation=0
remote_ring=
local_ring=
hold_music=
[video]
automatically_initiate=0
automatically_accept=0
[misc]
max_calls={calls}
{account}'''
# Who it says it is, and what it proves it with.
ACCOUNT = '''
[auth_info_0]
username={user}
passwd={password}
realm={realm}
'''
# By its configuration: only then its messages go to the proxy, too.
PROXY = '''
[proxy_0]
reg_proxy=<sip:{server}>
reg_route=<sip:{server};lr>
reg_identity=sip:{user}@{domain}
reg_expires=3600
reg_sendregister=1
'''
CODECS = {'opus': 'opus/48000/2', 'g722': 'G722/8000/1', 'pcmu': 'PCMU/8000/1',
          'pcma': 'PCMA/8000/1'}


class Linphone:
    """A linphone-daemon on one host, that listens on one transport and takes some calls."""

    refusal = 603  # what it answers when its user does not want a call
    words = {486: 'SIP/2.0 486', 603: 'SIP/2.0 603'}  # how it tells of answers

    def __init__(self, transport='udp', family='ipv4', frequency=440, codec='pcmu', calls=4,
                 digits='rfc4733', account=None, registrar=None, domain=None, asserted=False):
        """account is what it proves who it is with: (user, password, realm).

        With the address of a registrar it registers there; with a domain as a user of that, and
        sends all else there, too. asserted: it shows P-Asserted-Identity in place of From.
        """
        self.host = HOSTS[family]
        self.transport, self.family = transport, family
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-linphone-'))
        # Without the folder of its database the phone never begins to listen.
        (self.folder / '.local/share/linphone').mkdir(parents=True)
        self.tone = self.folder / 'tone.wav'
        tone.write(self.tone, frequency)
        (self.folder / '.asoundrc').write_text(ALSA.format(folder=self.folder, rate=RATE))
        shown = f'[{self.host}]' if ':' in self.host else self.host
        user, password, realm = account or ('', '', '')
        server = f'{format_address(registrar)};transport={transport}' if registrar else ''
        (self.folder / 'config').write_text(CONFIG.format(
            asserted='call_logs_use_asserted_id_instead_of_from=1\n' if asserted else '',
            identity=(f'contact=sip:{user}@{shown}\n' if account else '')
            + ('default_proxy=0\n' if domain else ''),
            account=(ACCOUNT.format(user=user, password=password, realm=realm) if account else '')
            + (PROXY.format(server=server, user=user, domain=domain) if domain else ''),
            host=self.host, calls=calls, info=int(digits == 'info'),
            rfc4733=int(digits == 'rfc4733'), udp=-1 if transport == 'udp' else 0,
            tcp=-1 if transport == 'tcp' else 0))
        environment = dict(os.environ, HOME=str(self.folder), TERM='dumb')
        for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'DISPLAY', 'PULSE_SERVER'):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            ['linphone-daemon', '--config', str(self.folder / 'config'), '--log',
             str(self.folder / 'log'), '--disable-stats-events'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
            env=environment, cwd=self.folder)
        self.seen = []
        self.answered = 0  # where in .seen the answer to the last command begins
        self.responses, self.states, self.tones = queue.Queue(), queue.Queue(), queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.command('audio-codec-disable ALL')
            self.command(f'audio-codec-enable {CODECS[codec]}')
            self.port = phone.sockets(self.process, transport, self.host, self.report)[0]
        except BaseException:
            self.kill()
            raise
        self.uri = f'sip:phone@{shown}:{self.port};transport={transport}'
        if registrar is not None and domain is None:
            self.command(f'register sip:{user}@{format_address(registrar)} sip:{server}')

    def wait_for_registration(self):
        """Waits until the registrar has said 200."""
        end = time.monotonic() + 30
        while 'LinphoneRegistrationOk' not in '\n'.join(self.seen[-20:]):
            if time.monotonic() > end:
                raise Failure('linphone does not register\n' + self.report())
            self.command('register-status ALL')
            time.sleep(0.05)  # between two questions

    def _read(self):
        """Lines “Status: Ok” answer a command; “Event: State” and “Tone: digit” are events."""
        for line in late.lines(self.process.stdout):
            self.seen.append(line.rstrip('\n'))
            line = re.sub('^(daemon-linphone>)+', '', line).strip()
            name, _, value = line.partition(': ')
            if name == 'Status':
                self.answered = len(self.seen)
                self.responses.put(value)
            elif name == 'Event':
                self.states.put(value)
            elif name == 'Tone':
                self.tones.put(value)

    def command(self, text):
        try:
            self.process.stdin.write(text + '\n')
            self.process.stdin.flush()
            answer = self.responses.get(timeout=30)
        except (BrokenPipeError, queue.Empty):
            raise Failure(f'linphone-daemon does not answer {text}\n' + self.report()) from None
        if answer != 'Ok':
            raise Failure(f'linphone-daemon refuses {text}\n' + self.report())

    def expect(self, *states, timeout=30):
        """The next of these states of a call; others are passed over."""
        end = time.monotonic() + timeout
        while True:
            try:
                state = self.states.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Failure(f'linphone: no {states}\n' + self.report()) from None
            if state in states:
                return state

    # The same names as the other phone's.

    def dial(self, target):
        suffix = ';transport=tcp' if self.transport == 'tcp' else ''
        self.command(f'call {target}{suffix}')

    def wait_for_ringing(self):
        self.expect('LinphoneCallOutgoingRinging')

    def wait_for_early_media(self):
        self.expect('LinphoneCallOutgoingEarlyMedia')

    def wait_for_call(self):
        self.expect('LinphoneCallIncomingReceived')

    def answer(self):
        self.command('answer')

    def wait_for_talking(self):
        self.expect('LinphoneCallStreamsRunning')
        self.speak()

    def speak(self):
        self.command(f'incall-player-start {self.tone}')

    def hang_up(self):
        self.command('terminate')

    def refuse(self):
        self.command('terminate')

    def wait_for_end(self):
        """Waits for the end of a call; the status lines that came since the beginning."""
        self.expect('LinphoneCallReleased')
        return '\n'.join(re.findall(r'SIP/2\.0 [4-6]\d\d', (self.folder / 'log').read_text()))

    def hold(self):
        self.command('call-pause')
        self.expect('LinphoneCallPaused')

    def resume(self):
        """Takes its first call back: one that it holds is not the current one."""
        self.command('call-resume 1')
        self.expect('LinphoneCallStreamsRunning')

    def press(self, digit):
        self.command(f'dtmf {digit}')

    def wait_for_digits(self, digits):
        got = ''
        while len(got) < len(digits):
            try:
                got += self.tones.get(timeout=30)
            except queue.Empty:
                break
        if got != digits:
            raise Failure(f'linphone: digits “{got}”, not “{digits}”\n' + self.report())

    def heard(self, frequency):
        """For how many seconds the calls heard that frequency."""
        file = self.folder / 'heard.raw'
        return tone.seconds_of_raw(file, RATE, frequency) if file.exists() else 0

    def report(self):
        log = self.folder / 'log'
        lines = log.read_text(errors='replace').splitlines()[-60:] if log.exists() else []
        return '\n'.join(self.seen[-60:] + lines)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            try:
                self.command('quit')
                self.process.wait(20)
            except (Failure, subprocess.TimeoutExpired):
                pass
        self.kill()
