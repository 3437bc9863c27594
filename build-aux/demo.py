# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The demonstration behind `make demo`. Everything printed is what really came over the wire."""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / 'tests' / 'common'), str(ROOT / 'tests' / 'interop')]
PROGRAM = pathlib.Path(sys.argv[1], 'tests', 'common', 'ahoy-test-agent')
os.environ['AHOY_TEST_AGENT'] = str(PROGRAM.resolve())

from agent import Agent  # noqa: E402
from test_sipp import Sipp  # noqa: E402

def section(title):
    print(f'\n== {title}')


def ladder(agent, first):
    """The session's events since the first one, as they happened."""
    begin = None
    for event in agent.seen[first:]:
        if event['event'] == 'message':
            begin = begin or event['time']
            arrow = '--->' if event['direction'] == 'sent' else '<---'
            print(f'   {event["time"] - begin:>9.1f} ms  ahoy {arrow} sipp   {event["line"]}')
        elif event['event'] == 'state':
            print(f'   {"":>12}  state {event["old"]} -> {event["new"]}')
        elif event['event'] == 'media':
            print(f'   {"":>12}  media agreed: {event["streams"]} stream')
        elif event['event'] == 'ended':
            print(f'   {"":>12}  ended by {event["by"]}, status {event["status"]}, '
                  f'Q.850 cause {event["cause"]}')


def main():
    agent = Agent('--trace', listeners=('udp:127.0.0.1:0', 'tcp:127.0.0.1:0', 'udp:[::1]:0',
                                        'tcp:[::1]:0'))
    section('a user agent made with libahoy listens')
    for name, port in agent.ports.items():
        print(f'   {name.rsplit(":", 1)[0]}:{port}')

    section('sipsak asks what it can do (OPTIONS)')
    host, port = agent.address('udp')
    out = subprocess.run(['sipsak', '-vv', '-H', host, '-s',
                          f'sip:anybody@{host}:{port}'], timeout=20,
                         capture_output=True, text=True, check=True).stdout
    for line in out.split('\n'):
        if re.match(r'(SIP/2.0|Server|Allow|Supported|Accept)', line):
            print('   ' + line.strip())

    section('sipp calls it over TCP and IPv6, and hangs up')
    first = len(agent.seen)
    code, output = Sipp('uac_call', 'tcp', 'ipv6', agent.address('tcp', 'ipv6'),
                        'ring-answer').finish()
    if code != 0:
        sys.exit(f'sipp failed:\n{output}')
    agent.expect('ended')
    ladder(agent, first)

    section('it calls sipp over UDP and hangs up')
    first = len(agent.seen)
    sipp = Sipp('uas_call', 'udp', 'ipv4').listening('udp')
    agent.command('call', target=sipp.uri)
    number = agent.expect('dialing')['id']
    agent.expect('state', id=number, new='active')
    agent.command('hangup', id=number)
    agent.expect('ended', id=number)
    code, output = sipp.finish()
    if code != 0:
        sys.exit(f'sipp failed:\n{output}')
    ladder(agent, first)

    section('what is left')
    stats = agent.wait_for_census('AhoySession', 0)
    print(f'   {stats["requests-received"]} requests came, {stats["census"].get("AhoySession", 0)} '
          'sessions are left')

    if os.environ.get('ONCE'):
        agent.stop()
        return
    section('now you')
    print(f'   call sip:ring-answer@{host}:{port} from a softphone on this machine;\n'
          '   there is no audio yet. Ctrl+C ends it.')
    try:
        while True:
            event = agent.events.get()
            if event['event'] in ('incoming', 'state', 'ended'):
                print('   ' + json.dumps(event), flush=True)
    except KeyboardInterrupt:
        agent.stop()


if __name__ == '__main__':
    main()
