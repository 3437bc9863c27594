# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""From the start of a process to its first answer to OPTIONS.

ahoyd reads 1000 endpoints from key files; the bare UAS on nta reads nothing. The cache of the
file system and GStreamer's registry are warm.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import measure

ENDPOINTS = 1000
RUNS = 10
AIM = 50

HEAD = '''
[core]
default-endpoint=anonymous

[transport udp]
protocol=udp
bind=127.0.0.1:{port}

[endpoint anonymous]
auth=none
allow=call
context=demo

[route echo]
context=demo
match=600
do=answer, echo
'''
ENDPOINT = '''
[endpoint e{number}]
username=e{number}
auth=digest
context=demo
codecs=PCMU;PCMA
'''
OPTIONS = '''OPTIONS sip:anybody@127.0.0.1:{port} SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKstart{number};rport\r
Max-Forwards: 70\r
From: <sip:anybody@127.0.0.1>;tag=start\r
To: <sip:anybody@127.0.0.1:{port}>\r
Call-ID: start-{number}@127.0.0.1\r
CSeq: 1 OPTIONS\r
Content-Length: 0\r
\r
'''


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(('127.0.0.1', 0))
        return found.getsockname()[1]


def write_configuration(folder, port):
    (folder / 'conf.d').mkdir(exist_ok=True)
    (folder / 'ahoy.conf').write_text(HEAD.format(port=port), 'utf-8')
    for part in range(10):
        text = ''.join(ENDPOINT.format(number=number)
                       for number in range(part * ENDPOINTS // 10, (part + 1) * ENDPOINTS // 10))
        (folder / 'conf.d' / f'part{part}.conf').write_text(text, 'utf-8')


def time_start(command, port, environment=None):
    """Milliseconds from the start to the answer, and of processor time till then."""
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.connect(('127.0.0.1', port))
    peer.settimeout(0.001)
    own = peer.getsockname()[1]
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        number = 0
        while True:
            number += 1
            if time.monotonic() - begun > 20:
                raise measure.Failure(f'{command[0]} does not answer')
            try:
                peer.send(OPTIONS.format(port=port, own=own, number=number).encode())
                answer = peer.recv(4096)
            except (ConnectionRefusedError, socket.timeout):
                continue
            taken = time.monotonic() - begun
            used = measure.Watched(process.pid).cpu()
            if not answer.startswith(b'SIP/2.0 200'):
                raise measure.Failure(f'OPTIONS got {answer.splitlines()[0]}')
            return taken * 1000, used * 1000
    finally:
        process.kill()
        process.wait()
        peer.close()


def main():
    bus = measure.daemon.Bus()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-start-'))
    environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=bus.address)
    taken = {'ahoyd': [], 'nta': []}
    used = {'ahoyd': [], 'nta': []}
    try:
        for run in range(RUNS + 1):
            for name in taken:
                port = free_port()
                write_configuration(folder, port)
                command = ([os.environ['AHOY_DAEMON'], '--session', '--config', str(folder),
                            '--state', str(folder / 'state')] if name == 'ahoyd' else
                           [os.environ['AHOY_NTA_UAS'], f'sip:127.0.0.1:{port}'])
                times = time_start(command, port, environment)
                if run > 0:  # the first one warms the caches
                    taken[name].append(times[0])
                    used[name].append(times[1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        bus.close()
    print('# ahoyd: ' + ' '.join(f'{value:.0f}' for value in taken['ahoyd']) + ' ms')
    print(f'start to the first answered OPTIONS with {ENDPOINTS} endpoints: '
          f'{measure.median(taken["ahoyd"]):.0f} ms (aim: at most {AIM} ms), of that '
          f'{measure.median(used["ahoyd"]):.0f} ms of processor time; bare nta '
          f'{measure.median(taken["nta"]):.0f} ms')


if __name__ == '__main__':
    main()
