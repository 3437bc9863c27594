# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Listens to a private bus with busctl monitor: what is on the wire, in its order."""

import json
import subprocess
import threading

import late
from daemon import NAME, ROOT
from sip_peer import Failure

MANAGER = 'org.freedesktop.DBus.ObjectManager'
PROPERTIES = 'org.freedesktop.DBus.Properties'


def plain(value):
    """A value of busctl's JSON without its types."""
    if isinstance(value, dict) and set(value) == {'type', 'data'}:
        return plain(value['data'])
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


class Signal:
    def __init__(self, message):
        self.path = message['path']
        self.interface = message['interface']
        self.member = message['member']
        self.arguments = plain(message['payload']['data'])
        self.sender = message['sender']
        self.destination = message.get('destination')
        self.time = message['timestamp-realtime'] / 1e6  # when busctl read it

    @property
    def object(self):
        """The path of the object that it tells of."""
        return self.arguments[0] if self.interface == MANAGER else self.path

    def __repr__(self):
        return f'{self.path[len(ROOT):]} {self.member} {self.arguments}'


class Monitor:
    """All signals that Ahoy sends, from now on."""

    def __init__(self, bus):
        self.signals = []
        self.process = subprocess.Popen(
            ['busctl', f'--address={bus.address}', 'monitor', '--json=short'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._address = bus.address
        self._changed = threading.Condition()
        self._marks = 0
        self._asked = None   # what asked for the newest mark: who, and the cookie of the question
        self._caught_up = 0
        self._ended = False
        self._gone = False
        if 'Monitoring' not in self.process.stderr.readline():
            raise Failure('busctl monitor does not start')
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in late.lines(self.process.stdout):
            if not line.endswith('\n'):
                break  # it was ended in the midst of a line
            message = json.loads(line)
            if message.get('member') == 'NameOwnerChanged':
                name, _old, new = plain(message['payload']['data'])
                if name == NAME and not new:
                    with self._changed:
                        self._gone = True
                        self._changed.notify_all()
                continue
            if message['type'] != 'signal' or not message['path'].startswith(ROOT):
                self._look_for_mark(message)
                continue
            with self._changed:
                self.signals.append(Signal(message))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _look_for_mark(self, message):
        """A question that has the newest mark as its argument, and the answer to it."""
        if message['type'] == 'method_call':
            if plain(message['payload'].get('data')) == [f'mark-{self._marks}.invalid']:
                self._asked = (message['sender'], message['cookie'])
        elif (message.get('destination'), message.get('reply_cookie')) == self._asked:
            with self._changed:
                self._caught_up = self._marks
                self._changed.notify_all()

    def catch_up(self, timeout=30):
        """Until everything has been read that the daemon had said when this is called: it answers
        a question behind it, and that answer is waited for on the wire."""
        self._marks += 1
        subprocess.run(['busctl', f'--address={self._address}', 'call', NAME, ROOT,
                        f'{NAME}.Manager', 'CheckDomain', 's', f'mark-{self._marks}.invalid'],
                       capture_output=True, timeout=timeout, check=False)  # it may be gone
        with self._changed:
            if not self._changed.wait_for(lambda: self._caught_up == self._marks or self._gone
                                          or self._ended, timeout):
                raise Failure('the monitor does not see what the daemon says')

    def of(self, path):
        """The signals about an object and those below it, all that there are by now."""
        self.catch_up()
        return [signal for signal in list(self.signals)
                if signal.object == path or signal.object.startswith(path + '/')]

    def wait(self, accept, timeout=30, what='such a signal'):
        """The first signal that is accepted, be it there already or to come."""
        seen = 0

        def look():
            nonlocal seen
            for signal in self.signals[seen:]:
                seen += 1
                if accept(signal):
                    return signal
            return None
        with self._changed:
            found = self._changed.wait_for(look, timeout)
            if not found:
                raise Failure(f'there is no {what}:\n'
                              + '\n'.join(map(repr, self.signals[-40:])))
            return found

    def wait_for(self, path, member, timeout=30):
        return self.wait(lambda signal: signal.object == path and signal.member == member, timeout,
                         f'{member} of {path}')

    def wait_until_gone(self, timeout=30):
        """Until the daemon has left the bus: then all that it said has been read."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._gone or self._ended, timeout):
                raise Failure('ahoyd does not leave the bus')

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self._reader.join(10)
        self.process.stdout.close()
        self.process.stderr.close()

