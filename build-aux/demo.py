# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The demonstration behind `make demo`. Everything printed is what the programs said."""

import cmath
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import wave

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT / 'tests' / 'common'))
os.environ['AHOY_DAEMON'] = str(BUILD / 'dbus' / 'daemon' / 'ahoyd')
os.environ['AHOY_CTL'] = str(BUILD / 'dbus' / 'ctl' / 'ahoyctl')
os.environ['AHOY_SOUNDS_DIRECTORY'] = str(BUILD / 'data' / 'sounds')
os.environ['LD_LIBRARY_PATH'] = f'{BUILD / "src"}:{BUILD / "gst"}'

from daemon import NAME, ROOT as BUS_ROOT, Daemon, Lines  # noqa: E402
from sip_peer import Failure  # noqa: E402

HERTZ = 440


def section(title):
    print(f'\n== {title}', flush=True)


def show(text):
    for line in text.rstrip('\n').split('\n'):
        print(f'   {line}'.rstrip(), flush=True)


def start():
    """ahoyd with its built-in default; elsewhere than on port 5060 when that is taken."""
    try:
        return Daemon()
    except Failure as failure:
        if 'in use' not in str(failure):
            raise
    text = (ROOT / 'src' / 'core' / 'default.conf').read_text('utf-8')
    show('Port 5060 is taken: the built-in configuration, on other ports.')
    return Daemon(text.replace(':5060', ':0'))


def ctl(daemon, *arguments):
    """Runs ahoyctl like a user would, and shows both."""
    show('$ ahoyctl ' + shlex.join(map(str, arguments)))
    output = daemon.ctl(*arguments).stdout.strip('\n')
    if output:
        show(output)


def power(samples, rate, hertz):
    turn = cmath.exp(-2j * cmath.pi * hertz / rate)
    total, phase = 0, 1
    for sample in samples:
        total += sample * phase
        phase *= turn
    return abs(total)


def measure(path):
    """The strongest frequency of a recording, in Hz: first roughly, then to a tenth."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        samples = memoryview(file.readframes(file.getnframes())).cast('h').tolist()
    samples = samples[len(samples) // 2:]
    best = max(range(100, 3400, 20), key=lambda hz: power(samples[:rate // 20], rate, hz))
    for step in (5, 1, 0.1):
        around = [best + step * i for i in range(-5, 6)]
        best = max(around, key=lambda hz: power(samples[:rate // 2], rate, hz))
    return best


def wait_for_packets(daemon, session, count):
    """Lets a call go on until so many packets came back."""
    end = time.monotonic() + 20
    while daemon.get(f'{session}/stream/0', 'Stream', 'PacketsReceived') < count:
        if time.monotonic() > end:
            sys.exit('No audio comes back.\n' + daemon.report())
        time.sleep(0.05)  # between two questions


def echo_call(daemon, target):
    """Calls the echo route with a tone, and measures what comes back."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, 'echo.wav')
        ctl(daemon, 'call', '--detach', target)
        session = daemon.objects('session')[0]
        daemon.wait(session, 'active')
        number = session.rsplit('/', 1)[1]
        ctl(daemon, 'tone', number, HERTZ)
        ctl(daemon, 'record', number, path)
        wait_for_packets(daemon, session, 100)
        ctl(daemon, 'stop', number)

        stream = daemon.get_all(f'{session}/stream/0', 'Stream')
        got, lost = stream['PacketsReceived'], stream['PacketsLost']
        show(f'codec   {stream["Codec"]}, {stream["ClockRate"]} Hz')
        show(f'packets {stream["PacketsSent"]} sent, {got} received, '
             f'{lost} lost ({100 * lost / max(got + lost, 1):.1f} %)')
        show(f'quality jitter {stream["JitterUs"] / 1000:.2f} ms, MOS {stream["Mos"]:.2f}')
        show(f'the echo of {HERTZ} Hz has {measure(path):.1f} Hz')
        daemon.call(session, 'Session', 'Hangup')
        daemon.wait(session, 'ended')
    ctl(daemon, 'ladder', number)


def busctl_call(daemon, target):
    """The same bus, without any program of ours."""
    def busctl(*arguments):
        show('$ busctl --user ' + shlex.join(arguments))
        out = subprocess.run(['busctl', f'--address={daemon.bus.address}', *arguments],
                             capture_output=True, text=True, timeout=40, check=True).stdout
        show(out)
        return out

    out = busctl('call', NAME, BUS_ROOT, f'{NAME}.Manager', 'Dial', 'ss', '', target)
    session = out.split('"')[1]
    busctl('call', NAME, session, f'{NAME}.Session', 'Wait', 'su', 'ended', '20000')
    busctl('get-property', NAME, f'{session}/stream/0', f'{NAME}.Stream', 'Codec',
           'PacketsReceived', 'PacketsLost', 'Mos')


def sipp_call(daemon):
    host, port = daemon.address('tcp', 'ipv6')
    command = ['sipp', '-sn', 'uac', '-s', '600', '-t', 't1', '-i', host, '-m', '1', '-d', '200',
               '-timeout', '20s', '-nostdin', f'[{host}]:{port}']
    show('$ ' + shlex.join(command))
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    if done.returncode != 0:
        sys.exit(f'sipp failed:\n{done.stdout}{done.stderr}')
    session = daemon.objects('session')[-1]
    daemon.wait(session, 'ended')
    ctl(daemon, 'ladder', session.rsplit('/', 1)[1])


def sipp_with_password(daemon, password):
    """bob calls 600; whether the call came to be."""
    before = daemon.objects('session')
    host, port = daemon.address('udp')
    command = ['sipp', '-sf', 'build-aux/demo-digest.xml', '-s', '600',
               '-au', 'bob', '-ap', password, '-i', host, '-m', '1', '-timeout', '20s',
               '-nostdin', f'{host}:{port}']
    show('$ ' + shlex.join(command))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=40,
                          check=False)
    if done.returncode != 0:
        sys.exit(f'sipp failed:\n{done.stdout}{done.stderr}')
    return daemon.objects('session') != before


def account_calls(daemon):
    """An account that is made at run time; whoever has another password gets no call."""
    ctl(daemon, 'config', 'put', 'endpoint', 'bob', 'password=sesame', 'context=demo')
    watch = subprocess.Popen([os.environ['AHOY_CTL'], 'security'], stdout=subprocess.PIPE,
                             text=True, env=daemon.environment)
    try:
        events = Lines(watch.stdout)
        events.wait_for(lambda line: 'Watching' in line)
        if sipp_with_password(daemon, 'guessed') or not sipp_with_password(daemon, 'sesame'):
            sys.exit('A password did what it should not.\n' + daemon.report())
        events.wait_for(lambda line: 'successful-auth' in line)
    finally:
        watch.terminate()
        watch.wait(20)
    show('$ ahoyctl security')
    show('\n'.join(re.sub(r'  (call-id|username)=\S+', '', line) for line in events.all
                   if 'Watching' not in line and line))
    session = daemon.objects('session')[-1]
    daemon.wait(session, 'ended')
    ctl(daemon, 'ladder', session.rsplit('/', 1)[1])


def free_port(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def register_phone(daemon, number):
    """A phone of carol registers; its port."""
    host, port = daemon.address('udp')
    own = free_port(host)
    command = ['sipp', '-sf', 'build-aux/demo-register.xml', '-s', 'carol', '-au', 'carol', '-ap',
               'ahoy', '-i', host, '-p', str(own), '-m', '1', '-timeout', '20s', '-nostdin',
               f'{host}:{port}']
    if number == 0:
        show('$ ' + shlex.join(command))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=40,
                          check=False)
    if done.returncode != 0:
        sys.exit(f'sipp failed:\n{done.stdout}{done.stderr}')
    return host, own


def answer_at(address, *scenario):
    """A phone that waits for one call."""
    host, port = address
    return subprocess.Popen(['sipp', *scenario, '-i', host, '-p', str(port), '-m', '1', '-timeout',
                             '30s', '-nostdin'], cwd=ROOT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def wait_until_taken(address):
    """Until a program has the port."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(address)
            except OSError:
                return
        time.sleep(0.01)
    sys.exit(f'Nobody listens at {address}')


def registered_call(daemon):
    """Two phones of one account register and ring; one answers, and the other hears of it."""
    ctl(daemon, 'config', 'put', 'endpoint', 'carol', 'password=ahoy', 'context=demo')
    addresses = [register_phone(daemon, number) for number in range(2)]
    ctl(daemon, 'contacts')
    phones = [answer_at(addresses[0], '-sf', 'build-aux/demo-ring.xml'),
              answer_at(addresses[1], '-sn', 'uas')]
    for address in addresses:
        wait_until_taken(address)
    before = daemon.objects('session')
    ctl(daemon, 'call', '--detach', 'carol')
    session = next(path for path in daemon.objects('session') if path not in before)
    daemon.wait(session, 'active')
    ctl(daemon, 'hangup', session.rsplit('/', 1)[1])
    daemon.wait(session, 'ended')
    if [phone.wait(30) for phone in phones] != [0, 0]:
        sys.exit('A phone did not see what it should.\n' + daemon.report())
    ctl(daemon, 'ladder', session.rsplit('/', 1)[1])


def outgoing(daemon, target):
    """Calls somebody; the number of the session that called."""
    before = daemon.objects('session')
    ctl(daemon, 'call', '--detach', target)
    session = next(path for path in daemon.objects('session') if path not in before)
    daemon.wait(session, 'active')
    return session.rsplit('/', 1)[1]


def heard(path, frequencies):
    """How loud each of the tones is in a recording, as parts of the loudest."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        samples = memoryview(file.readframes(file.getnframes())).cast('h').tolist()
    samples = samples[len(samples) // 2:]
    powers = {hertz: power(samples, rate, hertz) for hertz in frequencies}
    return {hertz: value / max(powers.values()) for hertz, value in powers.items()}


def conference(daemon, target):
    """Three talk, each with a tone of its own, and one of them records what it hears."""
    ctl(daemon, 'config', 'put', 'route', 'room', 'context=demo', 'match=8000',
        'do=answer, conference(room)')
    tones = (440, 700, 1100)
    numbers = [outgoing(daemon, target) for _ in tones]
    for number, hertz in zip(numbers, tones):
        ctl(daemon, 'tone', number, hertz)
    ctl(daemon, 'conference', 'room')
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, 'room.wav')
        ctl(daemon, 'record', numbers[0], path)
        stream = f'/org/ahoy/Ahoy1/session/{numbers[0]}'
        wait_for_packets(daemon, stream,
                         daemon.get(f'{stream}/stream/0', 'Stream', 'PacketsReceived') + 100)
        ctl(daemon, 'stop', numbers[0])
        levels = heard(path, tones)
    show(f'{numbers[0]} hears ' + ', '.join(f'{hertz} Hz at {100 * level:.0f} %'
                                            for hertz, level in levels.items()))
    if levels[440] > 0.1 or min(levels[700], levels[1100]) < 0.5:
        sys.exit('Somebody hears what it should not, or not what it should.\n' + daemon.report())
    return numbers


def transfer(daemon, host_part):
    """Who is called is passed on to the conference, by a REFER."""
    ctl(daemon, 'config', 'put', 'route', 'desk', 'context=demo', 'match=7000', 'do=dial(carol)')
    address = register_phone(daemon, 1)
    phone = answer_at(address, '-sf', 'build-aux/demo-answer.xml')
    wait_until_taken(address)
    number = outgoing(daemon, f'sip:7000@{host_part}')
    ctl(daemon, 'bridges')
    ctl(daemon, 'transfer', number, f'sip:8000@{host_part}')
    daemon.wait(f'/org/ahoy/Ahoy1/session/{number}', 'ended')
    ctl(daemon, 'conference', 'room')


    ctl(daemon, 'conference', 'room', 'end')
    if phone.wait(30) != 0:
        sys.exit('The phone did not see what it should.\n' + daemon.report())
    ctl(daemon, 'ladder', number)


def stay(daemon):
    host, port = daemon.address('udp')
    section('now you')
    show(f'From a softphone on this machine: call sip:600@{host}:{port} (echo), 601 (a dial tone), '
         '602 (a sound).')
    show('From another terminal:')
    show(f'  export DBUS_SESSION_BUS_ADDRESS={daemon.bus.address}')
    show(f'  {os.path.relpath(os.environ["AHOY_CTL"])} call 600')
    show('What happens is shown here; Ctrl+C ends it.')
    print(flush=True)
    try:
        subprocess.run([os.environ['AHOY_CTL'], 'monitor'], env=daemon.environment, check=False)
    except KeyboardInterrupt:
        daemon.process.wait(20)  # it had the Ctrl+C, too
        daemon.clean_up()


def run(daemon):
    section(f'a call to its echo route, with a tone of {HERTZ} Hz')
    host, port = daemon.address('udp')
    echo_call(daemon, '600' if port == 5060 else f'sip:600@{host}:{port}')
    section('sipp calls the echo route over TCP and IPv6')
    sipp_call(daemon)
    section('a call by busctl alone: 602 plays a sound and hangs up')
    busctl_call(daemon, '602' if port == 5060 else f'sip:602@{host}:{port}')
    section('an account with a password')
    account_calls(daemon)
    section('two phones of one account register and ring; one answers')
    registered_call(daemon)
    section('three in a conference, each with a tone of its own')
    conference(daemon, f'sip:8000@{host}:{port}')
    section('a phone is passed on to the conference')
    transfer(daemon, f'{host}:{port}')
    section('what is left')
    daemon.wait_for_sessions(0)
    show('0 sessions')


def main():
    section('ahoyd with its built-in configuration, on a bus of its own')
    daemon = start()
    ctl(daemon, 'status')
    try:
        run(daemon)
    except BaseException:
        daemon.process.terminate()
        daemon.process.wait(20)
        daemon.clean_up()
        raise
    if os.environ.get('ONCE'):
        daemon.stop()
    else:
        stay(daemon)


if __name__ == '__main__':
    main()
