# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Rows of a test plan, each run over UDP and TCP, IPv4 and IPv6, all at once on one daemon."""

import concurrent.futures
import contextlib
import functools
import itertools
import json
import socket
import sys
import threading
import time
import traceback

import rtp
from daemon import Daemon, DaemonTestCase, HOSTS, SANITIZED
from sip_peer import Failure, Peer
from test_sipp import Sipp

PATHS = [(transport, family) for transport in ('udp', 'tcp') for family in ('ipv4', 'ipv6')]
AT_ONCE = 4 if SANITIZED else 8
# In ms; sipp gives up when something comes twice, which happens on a busy machine with 500.
T1 = 2000
WORDS = ('cannot bind', 'unable to bind', "can't bind", 'address already in use')


class Iteration:
    """One run of one row: what it makes is closed at its end; .frequency is only its own."""

    _numbers = itertools.count()

    def __init__(self, daemon, transport='udp', family='ipv4'):
        self.daemon, self.transport, self.family = daemon, transport, family
        self.host = HOSTS[family]
        self.frequency = 430 + 60 * (next(self._numbers) % 30)  # never one that is played
        self.stack = contextlib.ExitStack()
        self.call_id = None
        self.sipps = []

    # -- parties

    def rtp(self):
        return self.stack.enter_context(rtp.Rtp(self.host))

    def peer(self, target=True):
        """A scripted SIP party; it calls the daemon, or is called."""
        peer = Peer(self.transport, self.host, target=self.address() if target else None)
        self.stack.callback(peer.close)
        return peer

    def address(self):
        return self.daemon.address(self.transport, self.family)

    def _sipp(self, scenario, target, user, party, keys=None):
        self.call_id = f'{threading.get_native_id()}-{time.monotonic_ns()}'
        options = ['-l', '10']
        if target is not None:
            options += ['-cid_str', f'{self.call_id}-%u']
        if party is not None:
            options += ['-key', 'own_rtp', str(party.port)]
        for name, value in (keys or {}).items():
            options += ['-key', name, value]
        self.sipps.append(Sipp(scenario, self.transport, self.family, target, user,
                               options=options, t1=T1))
        return self.sipps[-1]

    def complaints(self):
        """What those sipps say that failed."""
        return '\n'.join(sipp.finish()[1] for sipp in self.sipps
                         if sipp.process.poll() and not sipp.process.stdout.closed)

    def sipp_calls(self, scenario, user, party=None):
        """sipp calls a route."""
        return self._sipp(scenario, self.address(), str(user), party)

    def sipp_answers(self, scenario, party=None, user='bob', keys=None):
        """sipp waits for a call; another program may take its port before it does."""
        for _ in range(5):
            sipp = self._sipp(scenario, None, user, party, keys).listening(self.transport)
            if sipp.process.poll() is None:
                return sipp
            output = sipp.finish()[1]
        raise Failure(f'sipp does not listen: {output}')

    def dial(self, sipp, **options):
        """Calls sipp by Manager.DialWithOptions; the path of the session."""
        return self.dial_uri(sipp.uri, **options)

    def dial_uri(self, uri, **options):
        types = {'timeout': 'u', 'application': 's', 'late-offer': 'b'}
        values = []
        for name, value in options.items():
            name = name.replace('_', '-')
            values += [name, 'as', len(value), *value] if name == 'codecs' \
                else [name, types[name], value]
        return self.daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', uri,
                                len(options), *values)[0]

    # -- what the bus knows

    def sessions(self, call_id=None):
        """The paths of the sessions with the Call-ID, which sipp has chosen."""
        prefix = call_id or f'{self.call_id}-'
        return [path for path, interfaces in self.daemon.everything().items()
                if interfaces.get('org.ahoy.Ahoy1.Session', {}).get('CallId', {'data': ''})
                ['data'].startswith(prefix)]

    def session(self, call_id=None, timeout=20):
        """Waits for the session with the Call-ID."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = self.sessions(call_id)
            if found:
                return found[0]
            if any(sipp.process.poll() for sipp in self.sipps):
                break
            time.sleep(0.05)  # between two questions
        raise Failure(f'no session with Call-ID {call_id or self.call_id}')

    def media_address(self, session):
        """Where the daemon receives the sound of a session, as (host, port)."""
        text = self.daemon.get(f'{session}/stream/0', 'Stream', 'LocalAddress')
        return self.host, int(text.rpartition(':')[2])

    def ended(self, session, **wanted):
        """Waits until a session has ended, and compares how."""
        self.daemon.wait(session, 'ended')
        facts = self.daemon.get_all(session, 'Session')
        found = {name: facts[name] for name in wanted}
        if facts['State'] != 'ended' or found != wanted:
            raise Failure(f'{session} is {facts["State"]}, {found}, not {wanted}')
        return facts

    def tell_to_hang_up(self, session):
        """Sends the INFO on which the scenarios *_told hang up."""
        status = self.daemon.call(session, 'Session', 'SendInfo', 'say', 'text/plain', 1, 32)[0]
        if status != 200:
            raise Failure(f'the INFO was answered with {status}')

    @staticmethod
    def succeed(sipp):
        code, output = sipp.finish()
        if code != 0:
            raise Failure(f'sipp: {code}\n{output}')

    def silent_port(self):
        """Somewhere where packets vanish (UDP), or nobody takes a connection (TCP)."""
        kind = socket.SOCK_DGRAM if self.transport == 'udp' else socket.SOCK_STREAM
        nobody = self.stack.enter_context(
            socket.socket(socket.AF_INET6 if ':' in self.host else socket.AF_INET, kind))
        nobody.bind((self.host, 0))
        shown = f'[{self.host}]' if ':' in self.host else self.host
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        return f'sip:bob@{shown}:{nobody.getsockname()[1]}{tail}'


class MatrixDaemon(Daemon):
    def everything(self):
        """All objects with all that they tell."""
        out = self.busctl('call', 'org.ahoy.Ahoy1', '/org/ahoy/Ahoy1',
                          'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')
        return json.loads(out)['data'][0]


def row(name, paths=PATHS):
    """Makes a test of a function that gets an Iteration and returns what it measured."""
    def decorate(function):
        @functools.wraps(function)
        def test(self):
            self.collect(name, function, paths)
        test.row = (name, function, paths)
        return test
    return decorate


class MatrixTestCase(DaemonTestCase):
    """Starts all iterations of all rows at once; each test waits for its own."""

    @classmethod
    def start_daemon(cls):
        """A daemon with the configuration of the class, until the end of the class."""
        config = cls.config
        if 't1=' not in config:
            config = config.replace('[core]\n', f'[core]\nt1={T1}ms\n')
        daemon = MatrixDaemon(config, *cls.arguments)
        cls.addClassCleanup(daemon.stop)
        return daemon

    @classmethod
    def prepare(cls):
        """What has to be there before the first row is run, besides the daemon."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.start_daemon()
        cls.prepare()
        cls.pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(cls.pool.shutdown, cancel_futures=True)
        cls.futures = {}
        for name in sorted(dir(cls)):
            method = getattr(cls, name)
            full = f'{cls.__name__}.{name}'
            if not hasattr(method, 'row') or \
                    sys.argv[1:] and not any(word in full for word in sys.argv[1:]):
                continue
            _, function, paths = method.row
            for path in paths:
                cls.futures[function, path] = cls.pool.submit(cls._iterate, function, path)

    @classmethod
    def _iterate(cls, function, path):
        begin = time.monotonic()
        for attempt in range(3):
            try:
                iteration = Iteration(cls.daemon, *path)
                with iteration.stack:
                    result = function(iteration)
                return True, result or '', time.monotonic() - begin
            except Exception as error:  # pylint: disable=broad-except
                text = ''.join(traceback.format_exception(error)) + iteration.complaints()
                # sipp cannot choose a port: what was free a moment ago was taken.
                if attempt == 2 or not any(word in text.lower() for word in WORDS):
                    return False, text, time.monotonic() - begin
        return None

    def collect(self, name, function, paths):
        faults = []
        for path in paths:
            good, text, seconds = self.futures[function, path].result()
            summary = text if good else text.strip().splitlines()[-1][:60]
            print(f'# {name:8} {function.__name__[5:]:24} {path[0]} {path[1]} '
                  f'{"ok" if good else "FAILED":6} {seconds:5.1f} s  {summary}', flush=True)
            if not good:
                faults.append(f'{name} over {"/".join(path)}:\n{text}')
        if faults:
            self.fail('\n'.join(faults))
