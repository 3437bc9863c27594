# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The use cases of transfers, with sipp as Alice, Bob and Carol, over four transports.

Alice calls Bob, and Bob transfers her to Carol; mirrored, Alice transfers Bob. Each phone does what
an INFO tells it (scenarios uac_party and uas_party) and logs what it is told. Who talks in the end
hears the tone of the other, and nothing else.
"""

import itertools
import pathlib
import re
import threading
import time
import urllib.parse

import agent
import tone
from daemon import anyone
from matrix import T1, MatrixTestCase, PATHS, row
from sip_peer import Failure
from test_sipp import Sipp

HEARD = 0.4  # s
NUMBERS = itertools.count(700000)


class Party:
    """A phone: its endpoint, and the sipp that plays it."""

    def __init__(self, run, name, settings=()):
        self.run, self.name = run, f'{name}{next(NUMBERS)}'
        self.rtp, self.session = run.rtp(), None
        self.sipps, self.settings = [], settings
        self.refers_with = ''  # more headers of its REFER

    def _sipp(self, scenario, target=None, number=None, pause=0, times=1):
        call_id = f'{threading.get_native_id()}-{time.monotonic_ns()}'
        options = ['-l', '10', '-d', str(pause), '-key', 'own_rtp', str(self.rtp.port),
                   '-key', 'user', self.name, '-key', 'refers_with', self.refers_with,
                   '-trace_logs', '-log_file', 'told']
        if target is not None:
            options += ['-cid_str', f'{call_id}-%u']
        sipp = Sipp(scenario, self.run.transport, self.run.family, target, number or self.name,
                    calls=times, options=options, t1=T1)
        sipp.call_id = call_id
        self.run.sipps.append(sipp)
        self.sipps.append(sipp)
        return sipp

    def settle(self, contact):
        """Says where the endpoint of the phone is."""
        self.run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', self.name,
                             4 + len(self.settings) // 2, 'auth', 'none', 'identify', 'username',
                             'context', 'demo', 'contact', f'<{contact}>', *self.settings)

    def waits(self, pause=0, scenario='uas_party', times=1):
        """The phone waits for calls, and answers each after so many milliseconds."""
        for _ in range(5):
            sipp = self._sipp(scenario, pause=pause, times=times)
            sipp.listening(self.run.transport)
            if sipp.process.poll() is None:
                self.settle(sipp.uri)
                return sipp
        raise Failure('sipp does not listen')

    def calls(self, number):
        """The phone calls a number; its sipp, and its session."""
        sipp = self._sipp('uac_party', self.run.address(), str(number))
        return sipp, self.run.session(f'{sipp.call_id}-')

    def leads_to(self, do='dial({name})'):
        """A number that leads to the phone."""
        number = f'{next(NUMBERS)}'
        self.run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'route', f'r{number}', 3, 'context',
                             'demo', 'match', number, 'do', do.format(name=self.name))
        return number

    def tell(self, session, what):
        """Sends the INFO that says what to do."""
        data = what.encode()
        status = self.run.daemon.call(session, 'Session', 'SendInfo', 'say', 'text/plain',
                                      len(data), *data)[0]
        if status != 200:
            raise Failure(f'the INFO was answered with {status}')


def told(sipp, pattern, timeout=15):
    """Waits until sipp has logged what matches; the match."""
    path = pathlib.Path(sipp.folder.name, 'told')
    end = time.monotonic() + timeout
    while True:
        text = path.read_text('utf-8', 'replace') if path.exists() else ''
        found = re.search(pattern, text)
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f'sipp was never told {pattern}, but: {text}')
        time.sleep(0.05)  # between two looks


def outcome(sipp):
    """What the NOTIFYs of a transfer said, up to the final one."""
    told(sipp, r'notified [2-6]\d\d')
    text = pathlib.Path(sipp.folder.name, 'told').read_text('utf-8', 'replace')
    return [int(status) for status in re.findall(r'notified (\d+)', text)]


def expect_outcome(sipp, last):
    """100 first, then what is true, and the last word is the outcome."""
    statuses = outcome(sipp)
    if statuses[0] != 100 or statuses[-1] != last or statuses != sorted(statuses):
        raise Failure(f'told {statuses}, not 100 … {last}')
    return ' '.join(map(str, statuses))


def partner(run, session, timeout=15):
    """The other session of the bridge of a session, when there is one that is active."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        bridge = run.daemon.get(session, 'Session', 'Bridge')
        found = run.daemon.get(bridge, 'Bridge', 'Members') if bridge != '/' else []
        others = [path for path in found if path != session]
        if len(found) == 2 and run.daemon.get(others[0], 'Session', 'State') == 'active':
            return others[0]
        time.sleep(0.05)  # between two looks
    raise Failure(f'{session} is joined with nobody')


def converse(run, one, other, again=False):
    """Each of two parties hears the tone of the other, from now on; `again`: new ones."""
    tones = [run.frequency + 600 * again, run.frequency + 600 * again + 300]
    for party, tone in zip((one, other), tones):
        party.rtp.send_tone(party.run.media_address(party.session), tone)
    marks = [party.rtp.mark() for party in (one, other)]
    heard = [other.rtp.hear(tones[0], HEARD, mark=marks[1]),
             one.rtp.hear(tones[1], HEARD, mark=marks[0])]
    return '/'.join(f'{each.frequency:.0f}' for each in heard) + ' Hz'


def speak(run, session, seconds):
    """Waits until so much more of a session's sound has come to the daemon."""
    def received():
        return run.daemon.get(f'{session}/stream/0', 'Stream', 'PacketsReceived')
    wanted, end = received() + 50 * seconds, time.monotonic() + 15
    while received() < wanted:
        if time.monotonic() > end:
            raise Failure(f'{received()} packets of {session} have come, not {wanted}')
        time.sleep(0.05)  # between two looks


class Scene:
    """Alice has called Bob; `who` transfers `whom` to Carol."""

    settings = ()  # of all endpoints

    def __init__(self, run, mirrored, recalled=False, refers_with=''):
        self.run = run
        alice, bob, self.carol = (Party(run, name, self.settings)
                                  for name in ('alice', 'bob', 'carol'))
        (alice if mirrored else bob).refers_with = refers_with
        callee = bob.waits(times=2 if recalled and not mirrored else 1)
        self.back = alice.waits() if recalled and mirrored else callee
        if not (recalled and mirrored):
            alice.settle(run.silent_port())
        caller, alice.session = alice.calls(bob.leads_to())
        run.daemon.wait(alice.session, 'active')
        bob.session = partner(run, alice.session)
        self.who, self.whom = (alice, bob) if mirrored else (bob, alice)
        self.own, self.other = (caller, callee) if mirrored else (callee, caller)
        self.heard = converse(run, alice, bob)

    def refer(self, number, replaces=None):
        host, port = self.run.address()
        shown = f'[{host}]' if ':' in host else host
        target = f'sip:{number}@{shown}:{port}'
        if replaces is not None:
            target += '?Replaces=' + urllib.parse.quote(replaces, safe='')
        self.who.tell(self.who.session, f'refer {target}')

    def consult(self, number, word='answered'):
        """The transferor holds, and calls a number: its sipp and session, and Replaces."""
        self.who.tell(self.who.session, 'hold')
        for _ in range(400):
            if self.run.daemon.get(self.who.session, 'Session', 'Hold') == 'remote':
                break
        else:
            raise Failure('the call is not held')
        sipp, session = self.who.calls(number)
        tag = told(sipp, word + r' .*;tag=([^\s;]+)')[1]
        own = f'{self.who.name}1'
        return sipp, session, f'{sipp.call_id}-1;to-tag={tag};from-tag={own}'

    def resume(self):
        self.who.tell(self.who.session, 'resume')
        self.heard += ', ' + converse(self.run, self.who, self.whom, True)

    def join(self, sipp):
        """The transferee and Carol have each other; she hangs up last."""
        self.carol.session = partner(self.run, self.whom.session)
        self.heard += ', ' + converse(self.run, self.whom, self.carol, True)
        self.whom.tell(self.whom.session, 'bye')
        self.end(self.own, self.other, sipp)

    def end(self, *sipps):
        """All came to the end of what they do, and no session is left."""
        for sipp in sipps:
            self.run.succeed(sipp)
        for party in (self.who, self.whom, self.carol):
            if party.session is not None:
                self.run.daemon.wait(party.session, 'ended')


# -- attended: the transferor talks to Carol first


def attended(run, mirrored):
    scene = Scene(run, mirrored)
    carol = scene.carol.waits()
    second, session, replaces = scene.consult(scene.carol.leads_to())
    run.daemon.wait(session, 'active')
    scene.refer(scene.carol.name, replaces)
    statuses = expect_outcome(scene.own, 200)
    run.succeed(second)
    scene.who.tell(scene.who.session, 'bye')
    scene.join(carol)
    return f'{statuses}; {scene.heard}'


def reconnect(run, mirrored, status, scenario=None, do='dial({name})'):
    """Carol cannot be had: the transferor takes the other one back."""
    scene = Scene(run, mirrored)
    sipps = [scene.carol.waits(scenario=scenario)] if scenario else []
    number = scene.carol.leads_to(do) if scenario else '9' + scene.carol.name[5:]
    scene.who.tell(scene.who.session, 'hold')
    second, _ = scene.who.calls(number)
    told(second, f'refused {status}')
    for sipp in [second, *sipps]:
        run.succeed(sipp)
    scene.resume()
    scene.who.tell(scene.who.session, 'bye')
    scene.end(scene.own, scene.other)
    return f'{status}; {scene.heard}'


def attended_hangup(run, mirrored):
    """The transferee hangs up while the others talk: all end."""
    scene = Scene(run, mirrored)
    carol = scene.carol.waits()
    second, session, _ = scene.consult(scene.carol.leads_to())
    scene.carol.session = partner(run, session)
    scene.whom.tell(scene.whom.session, 'bye')
    for sipp in (scene.own, scene.other):
        run.succeed(sipp)
    scene.who.tell(session, 'bye')
    scene.end(second, carol)
    return scene.heard


# -- blind: the transferor does not talk to Carol


def blind(run, mirrored):
    scene = Scene(run, mirrored)
    carol = scene.carol.waits(pause=200)
    scene.refer(scene.carol.leads_to())
    statuses = expect_outcome(scene.own, 200)
    told(carol, f'called by .*{scene.who.name}')
    scene.who.tell(scene.who.session, 'bye')
    scene.join(carol)
    return f'{statuses}; {scene.heard}'


def recall(run, mirrored, status, scenario, do='dial({name})'):
    """The transferor hangs up, Carol cannot be had, and the transferor is called back."""
    scene = Scene(run, mirrored, recalled=True)
    carol = scene.carol.waits(pause=3000, scenario=scenario)
    scene.refer(scene.carol.leads_to(do))
    told(scene.own, 'notified 180')
    scene.who.tell(scene.who.session, 'leave')
    statuses = expect_outcome(scene.own, status)
    run.succeed(carol)
    scene.who.session = partner(run, scene.whom.session)
    scene.heard += ', ' + converse(run, scene.whom, scene.who, True)
    scene.whom.tell(scene.whom.session, 'bye')
    scene.end(scene.own, scene.other, scene.back)
    return f'{statuses}, called back; {scene.heard}'


def recall_from_nowhere(run, mirrored):
    """No route leads there; the transferor hangs up all the same, and is called back."""
    scene = Scene(run, mirrored, recalled=True)
    scene.refer('9' + scene.carol.name[5:])
    statuses = expect_outcome(scene.own, 404)
    scene.who.tell(scene.who.session, 'bye')
    run.daemon.wait(scene.who.session, 'ended')
    scene.who.session = partner(run, scene.whom.session)
    scene.heard += ', ' + converse(run, scene.whom, scene.who, True)
    scene.whom.tell(scene.whom.session, 'bye')
    scene.end(scene.own, scene.other, scene.back)
    return f'{statuses}, called back; {scene.heard}'


def blind_hangup(run, mirrored):
    """The transferee hangs up while it rings at Carol's: she hears no more of it."""
    scene = Scene(run, mirrored)
    carol = scene.carol.waits(scenario='uas_cancelled')
    scene.refer(scene.carol.leads_to())
    told(scene.own, 'notified 180')
    scene.whom.tell(scene.whom.session, 'bye')
    statuses = expect_outcome(scene.own, 487)
    scene.end(carol, scene.own, scene.other)
    return statuses


def blind_voicemail(run, mirrored):
    """A key of the phone for voicemail: the same number, and Diversion says why."""
    scene = Scene(run, mirrored,
                  refers_with='\r\nDiversion: <sip:me@example.org>;reason=send_to_vm')
    number = scene.carol.leads_to('goto(${{transfer-reason}}-{name})')
    run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'route', f'box{number}', 3, 'context', 'demo',
                    'match', f'send_to_vm-{scene.carol.name}',
                    'do', f'answer, tone(1000, duration=600ms), record({scene.carol.name}.wav)')
    mark = scene.whom.rtp.mark()
    scene.refer(number)
    statuses = expect_outcome(scene.own, 200)
    scene.who.tell(scene.who.session, 'bye')
    greeting = scene.whom.rtp.hear(1000, HEARD, mark=mark)
    scene.whom.rtp.send_tone(run.media_address(scene.whom.session), 1500)
    speak(run, scene.whom.session, 1.2)
    scene.whom.tell(scene.whom.session, 'bye')
    scene.end(scene.own, scene.other)
    path = run.daemon.state / 'recordings' / f'{scene.carol.name}.wav'
    end = time.monotonic() + 15
    while not path.exists():
        if time.monotonic() > end:
            raise Failure(f'{path} is not there')
        time.sleep(0.05)  # between two looks: a thread writes it
    seconds = tone.seconds_of(path, 1500)
    if seconds < HEARD:
        raise Failure(f'1500 Hz for {seconds} s only in {path}')
    return f'{statuses}; greeted by {greeting.frequency:.0f} Hz, {seconds:.1f} s recorded'


# -- blond: the transferor hangs up while it rings at Carol's


def blond(run, mirrored):
    scene = Scene(run, mirrored)
    carol = scene.carol.waits(pause=9000)
    second, _, replaces = scene.consult(scene.carol.leads_to(), 'ringing')
    scene.refer(scene.carol.name, replaces)
    told(second, 'refused 480')
    scene.who.tell(scene.who.session, 'bye')
    run.daemon.wait(scene.who.session, 'ended')
    scene.join(carol)
    run.succeed(second)
    return scene.heard


def blond_no_answer(run, mirrored):
    """Carol does not answer: the transferee's call ends with the reason."""
    scene = Scene(run, mirrored)
    scene.who.settle(run.silent_port())
    run.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', scene.who.name, 5, 'auth', 'none',
                    'identify', 'username', 'context', 'demo', 'contact',
                    f'<{run.silent_port()}>', 'refer-recall', 'no')
    carol = scene.carol.waits(scenario='uas_cancelled')
    second, _, replaces = scene.consult(scene.carol.leads_to('dial({name}, timeout=9s)'), 'ringing')
    scene.refer(scene.carol.name, replaces)
    told(second, 'refused 480')
    scene.who.tell(scene.who.session, 'bye')
    cause = told(scene.other, r'bye SIP;cause=(\d+)')[1]
    scene.end(carol, second, scene.own, scene.other)
    return f'{cause} to the transferee'


def blond_hangup(run, mirrored):
    """The transferee hangs up while it rings at Carol's: it stops ringing."""
    scene = Scene(run, mirrored)
    carol = scene.carol.waits(scenario='uas_cancelled')
    second, _, replaces = scene.consult(scene.carol.leads_to(), 'ringing')
    scene.refer(scene.carol.name, replaces)
    told(second, 'refused 480')
    scene.whom.tell(scene.whom.session, 'bye')
    statuses = expect_outcome(scene.own, 487)
    scene.end(carol, second, scene.own, scene.other)
    return statuses


CASES = (
    ('XFER-05', 'attended', attended, (), 'Carol answers: she and the transferee have each other'),
    ('XFER-06', 'attended_busy', reconnect, (486, 'uas_486_late'),
     'Carol is busy: reconnected'),
    ('XFER-07', 'attended_no_answer', reconnect,
     (408, 'uas_cancelled', 'dial({name}, timeout=1s)'),
     'Carol does not answer: reconnected'),
    ('XFER-08', 'attended_nonexistent', reconnect, (404,), 'nobody has that number: reconnected'),
    ('XFER-09', 'attended_hangup', attended_hangup, (), 'the transferee hangs up'),
    ('XFER-10', 'blind', blind, (), 'Carol answers'),
    ('XFER-11', 'blind_busy', recall, (486, 'uas_486_late'),
     'Carol is busy: called back'),
    ('XFER-12', 'blind_nonexistent', recall, (404, 'uas_404_late'),
     'nobody has that number: called back'),
    ('XFER-12', 'blind_nowhere', recall_from_nowhere, (),
     'no route leads there: called back'),
    ('XFER-13', 'blind_no_answer', recall, (408, 'uas_cancelled', 'dial({name}, timeout=4s)'),
     'Carol does not answer: called back'),
    ('XFER-14', 'blind_hangup', blind_hangup, (), 'the transferee hangs up'),
    ('XFER-20', 'blind_voicemail', blind_voicemail, (), 'a route for the reason records it'),
    ('XFER-15', 'blond', blond, (), 'Carol answers after the transferor is gone'),
    ('XFER-16', 'blond_no_answer', blond_no_answer, (), 'Carol does not answer'),
    ('XFER-17', 'blond_hangup', blond_hangup, (), 'the transferee hangs up'),
)
MIRRORED = [('udp', 'ipv4'), ('tcp', 'ipv6')]


class Transfers(MatrixTestCase):
    config = anyone().replace('t1=50ms', '')


class Mirrored(MatrixTestCase):
    """XFER-19: Alice, who called, transfers Bob."""

    config = anyone().replace('t1=50ms', '')


def add(case, mirrored):
    number, name, function, arguments, text = case

    def test(run):
        return function(run, mirrored, *arguments)

    test.__name__ = f'test_{name}'
    test.__doc__ = f'{number}: {name.replace("_", ", ", 1)}: {text}'
    setattr(Mirrored if mirrored else Transfers, test.__name__,
            row('XFER-19' if mirrored else number, MIRRORED if mirrored else PATHS)(test))


for case_, mirrored_ in itertools.product(CASES, (False, True)):
    add(case_, mirrored_)

if __name__ == '__main__':
    agent.main(230)
