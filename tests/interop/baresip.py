# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Drives baresip without a sound card: commands and events through its module ctrl_tcp.

What the phone says is the tone of a file; what it hears is dumped by its module sndfile.
"""

import json
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import phone
import tone
from daemon import Lines
from sip_ladder import format_address
from sip_peer import Failure

CONTROL = '127.0.0.2'  # so that its port is told from those of SIP
CONFIG = '''
poll_method epoll
sip_listen {shown}:0
net_interface {host}
ctrl_tcp_listen {control}:0
call_max_calls {calls}
audio_source aufile,{folder}/tone.wav
audio_player aubridge,nobody
audio_alert aubridge,silent
ringback_disabled yes
rtp_timeout 0
snd_path {folder}/heard
module_path /usr/lib/baresip/modules
module opus.so
module g722.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
{named}module_app account.so
module_app menu.so
module_app ctrl_tcp.so
'''
# What the file of the microphone has to be: the name in SDP, rate and channels.
CODECS = {'opus': ('opus/48000/2', 48000, 2), 'g722': ('G722/16000/1', 16000, 1),
          'pcmu': ('PCMU/8000/1', 8000, 1), 'pcma': ('PCMA/8000/1', 8000, 1)}
# The dump of what was heard, not of what was said.
HEARD = 'dump-*-dec.wav'


class Baresip:
    """A baresip on one host, that speaks of itself with one transport, and takes some calls."""

    refusal = 486  # what it answers when its user does not want a call
    words = {486: '486 Busy Here', 603: '603 Decline'}  # how it tells of answers

    def __init__(self, transport='udp', family='ipv4', frequency=440, codec='pcmu', calls=4,
                 account=None, registrar=None, interval=3600, more='', contact=None,
                 trace=False):
        """account is what it proves who it is with: (user, password, realm).

        With the address of a registrar it registers there, for so many seconds; more are further
        parameters of its account; contact is the URI of somebody whom it writes to. With a
        trace its log has all of SIP: it shows messages to a terminal only.
        """
        self.host = phone.HOSTS[family]
        self.transport, self.family = transport, family
        shown = f'[{self.host}]' if ':' in self.host else self.host
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-baresip-'))
        self.dumps = self.folder / 'heard'
        self.dumps.mkdir()
        name, rate, channels = CODECS[codec]
        tone.write(self.folder / 'tone.wav', frequency, rate=rate, channels=channels)
        (self.folder / 'config').write_text(CONFIG.format(
            shown=shown, host=self.host, control=CONTROL, folder=self.folder, calls=calls,
            named='module_tmp uuid.so\n' if 'outbound' in more else '')
            + ('module_app contact.so\n' if contact else ''))
        user, password, _ = account or ('phone', '', '')
        proof = f';auth_user={user};auth_pass={password}' if account else ''
        domain = format_address(registrar) if registrar else shown
        (self.folder / 'accounts').write_text(
            f'<sip:{user}@{domain};transport={transport}>;regint={interval if registrar else 0}'
            f';answermode=manual;audio_codecs={name}{proof}{more}\n')
        (self.folder / 'contacts').write_text(f'"friend" <{contact}>\n' if contact else '')
        self.process = subprocess.Popen(
            ['baresip', '-f', str(self.folder), '-v', *(['-s'] if trace else [])],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors='replace')
        self.log = Lines(self.process.stdout)
        self.events = queue.Queue()
        self.responses = queue.Queue()
        self.seen = []
        self.control = None
        try:
            self._connect(shown)
        except BaseException:
            self.kill()
            raise

    def _connect(self, shown):
        if self.log.wait_for(lambda line: 'baresip is ready' in line, 40) is None:
            raise Failure('baresip does not start:\n' + self.report())
        # It listens for TCP first, then for TLS.
        self.port = phone.sockets(self.process, self.transport, self.host, self.report,
                                  1 if self.transport == 'udp' else 2)[0]
        self.uri = f'sip:phone@{shown}:{self.port};transport={self.transport}'
        port = phone.sockets(self.process, 'tcp', CONTROL, self.report)[0]
        self.control = socket.create_connection((CONTROL, port), timeout=20)
        self.control.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        """Netstrings of JSON: length, colon, text, comma."""
        stream = self.control.makefile('rb')
        while True:
            digits = b''
            while (byte := stream.read(1)) not in (b':', b''):
                digits += byte
            if byte == b'':
                return
            message = json.loads(stream.read(int(digits)).decode('utf-8', 'replace'))
            stream.read(1)
            self.seen.append(message)
            (self.events if message.get('event') else self.responses).put(message)

    def command(self, name, parameters=''):
        """Runs a command of baresip; what it prints."""
        text = json.dumps({'command': name, 'params': parameters, 'token': name}).encode()
        self.control.sendall(b'%d:%s,' % (len(text), text))
        try:
            answer = self.responses.get(timeout=20)
        except queue.Empty:
            raise Failure(f'baresip does not answer {name}\n' + self.report()) from None
        if not answer['ok']:
            raise Failure(f'baresip refuses {name}: {answer["data"]}\n' + self.report())
        return answer['data']

    def expect(self, kind, timeout=30, **wanted):
        """The next event of a type (“CALL_ESTABLISHED”) with those members."""
        end = time.monotonic() + timeout
        while True:
            try:
                event = self.events.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Failure(f'baresip: no {kind} {wanted}\n' + self.report()) from None
            if event['type'] == kind and all(event.get(k) == v for k, v in wanted.items()):
                return event

    def wait_for_registration(self):
        if self.log.wait_for(lambda line: ' binding' in line, 40) is None:
            raise Failure('baresip does not register:\n' + self.report())

    # The same names as the other phone's.

    def dial(self, target):
        self.command('dial', target)

    def wait_for_ringing(self):
        self.expect('CALL_RINGING')

    def wait_for_early_media(self):
        self.expect('CALL_PROGRESS')

    def wait_for_call(self):
        self.expect('CALL_INCOMING')

    def answer(self):
        self.command('accept')

    def wait_for_talking(self):
        self.expect('CALL_ESTABLISHED')

    def speak(self):
        """Nothing to do: it speaks whenever it talks."""

    def hang_up(self):
        self.command('hangup')

    def refuse(self):
        self.command('hangup')

    def wait_for_end(self):
        """Waits for the end of a call; why it ended, in the words of baresip."""
        return self.expect('CALL_CLOSED').get('param', '')

    def hold(self):
        self.command('hold')

    def resume(self):
        self.command('resume')

    def press(self, digit):
        self.command('sndcode', digit)

    def wait_for_digits(self, digits):
        for digit in digits:
            self.expect('CALL_DTMF_START', param=digit)

    def heard(self, frequency):
        """For how many seconds the last call heard that frequency."""
        found = sorted(self.dumps.glob(HEARD))
        if not found or found[-1].stat().st_size < 44:  # its head comes with the first block
            return 0
        return tone.seconds_of(found[-1], frequency)

    def report(self):
        return '\n'.join(self.log.all[-60:] + [json.dumps(m) for m in self.seen[-20:]])

    def kill(self):
        if self.control is not None:
            self.control.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
