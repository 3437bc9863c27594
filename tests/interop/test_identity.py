# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Who talks with whom, with sipp as all phones, over four transports.

A caller says who it is, and four phones are called at once, each of which is told what its endpoint
says: P-Asserted-Identity, Remote-Party-ID, nothing, or both and what others must not see. What each
of them received is in the trace of its sipp. A caller with the header X-Trusted is believed.
"""

import itertools
import pathlib
import re
import tempfile
import threading
import time

import agent
from daemon import anyone
from matrix import T1, MatrixTestCase, row
from sip_message import Message
from sip_peer import Failure
from test_bridge_matrix import members
from test_sipp import Sipp

NUMBERS = itertools.count(700000)
ALLOW = 'INVITE, ACK, CANCEL, BYE, INFO'
NOTHING = 'Subject: nothing'
ALICE = '"Alice" <sip:alice@example.com>'
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
PAI = 'P-Asserted-Identity: "Real" <sip:+4930@example.com>'
RPID = 'Remote-Party-ID: "Real" <sip:+4930@example.com>;party=calling;screen=yes;privacy=off'
UUIDS = 'ab30317f1a784dc48ff824d0d3715d86', '47755a9de7794ba387653f2099600ef2'
CALLEES = {'pai': ('send-identity', 'pai'), 'rpid': ('send-identity', 'rpid'), 'none': (),
           'trusted': ('send-identity', 'both', 'send-private-identity', 'yes')}


class Phone:
    """A sipp, and what it received."""

    def __init__(self, run, scenario, target=None, number='bob', **keys):
        folder = run.stack.enter_context(tempfile.TemporaryDirectory())
        self.run, self.trace = run, pathlib.Path(folder, 'messages')
        values = {'says': NOTHING, 'later': NOTHING, 'why': NOTHING, 'allow': ALLOW, **keys}
        self.call_id = f'{threading.get_native_id()}-{time.monotonic_ns()}'
        options = ['-l', '10', '-trace_msg', '-message_file', str(self.trace)]
        if target is not None:
            options += ['-cid_str', f'{self.call_id}-%u']
        for name, value in values.items():
            options += ['-key', name, value if isinstance(value, str) else '\r\n'.join(value)]
        self.sipp = Sipp(scenario, run.transport, run.family, target, number, options=options,
                         t1=T1)
        run.sipps.append(self.sipp)
        self.name = None

    def received(self):
        if not self.trace.exists():
            return []
        blocks = re.split(rb'(?m)^-{40,} .*\n', self.trace.read_bytes())
        found = [re.match(rb'\w+ message received [^\n]*\n\n(.*)', block, re.DOTALL)
                 for block in blocks]
        return [Message.parse(match[1]) for match in found if match and b'\r\n\r\n' in match[1]]

    def told(self, what, timeout=15):
        """Waits for a request, by its method, or a response, by its status."""
        end = time.monotonic() + timeout
        while True:
            for message in self.received():
                if what == (message.method if message.is_request else message.status):
                    return message
            if time.monotonic() > end:
                raise Failure(f'sipp received no {what}')
            time.sleep(0.05)  # between two looks

    def do(self, session, what):
        """An INFO says what to do."""
        data = what.encode()
        status = self.run.daemon.call(session, 'Session', 'SendInfo', 'say', 'text/plain',
                                      len(data), *data)[0]
        if status != 200:
            raise Failure(f'the INFO was answered with {status}')


def put(run, kind, name, *values):
    run.daemon.call('', 'Config', 'Put', 'ssa{ss}', kind, name, len(values) // 2, *values)


def callee(run, *settings, scenario='uas_identity', **keys):
    """A phone that waits for a call, and its endpoint."""
    for _ in range(5):
        phone = Phone(run, scenario, **keys)
        phone.sipp.listening(run.transport)
        if phone.sipp.process.poll() is None:
            phone.name = f'phone{next(NUMBERS)}'
            put(run, 'endpoint', phone.name, 'auth', 'none', 'identify', 'username', 'contact',
                f'<{phone.sipp.uri}>', *settings)
            return phone
    raise Failure('sipp does not listen')


def calls(run, phones, who=ALICE, trusted=True, says=(), **keys):
    """A phone that calls those."""
    number = f'{next(NUMBERS)}'
    put(run, 'route', f'r{number}', 'context', 'demo', 'match', number, 'do',
        f'dial({", ".join(phone.name for phone in phones)})')
    lines = [f'X-Trusted: {"yes" if trusted else "no"}', *says]
    return Phone(run, 'uac_identity', run.address(), number, says=lines, **{'from': who}, **keys)


def expect(what, message, **wanted):
    """Each header matches, or is not there; None has to be None."""
    for name, pattern in wanted.items():
        value = message[name.replace('_', '-')]
        if (value is None) != (pattern is None) or value and not re.search(pattern, value):
            raise Failure(f'{what}: {name} is {value}, not {pattern}\n{message.headers}')


def words(message):
    """What somebody wrote, without what is drawn by lot: a port may have the digits of a number."""
    return '\n'.join(re.sub(r';tag=[^;,>]*|:\d+(?=[;>]|$)', '', value)
                     for name, value in message.headers
                     if name.lower() not in ('via', 'call-id'))


def hidden(what, message):
    """Neither what the caller asserts nor its From is in what was sent."""
    expect(what, message, From='^"Anonymous" <sip:anonymous@anonymous.invalid>;tag=',
           P_Asserted_Identity=None, Remote_Party_ID=None)
    for word in 'real', '4930', 'alice':
        if word in words(message).lower():
            raise Failure(f'{what} was told of {word}: {message.headers}')


def check_open(invites, name, user, screen):
    """each phone is told who calls, by the headers of its endpoint"""
    identity = f'^"{name}" <sip:{user}@[^>]+>'
    rpid = f'{identity};party=calling;screen={screen};privacy=off$'
    for what, pai, said in (('pai', identity + '$', None), ('rpid', None, rpid),
                            ('none', None, None), ('trusted', identity + '$', rpid)):
        expect(what, invites[what], From=f'{identity};tag=', P_Asserted_Identity=pai,
               Remote_Party_ID=said, Privacy=None)
        if name != 'Real' and 'Real' in words(invites[what]):
            raise Failure(f'{what} was told what nobody believes: {invites[what].headers}')


def check_private(invites, name, user, screen):
    """one phone is told who calls, and to keep it; the others are not"""
    for what in 'pai', 'rpid', 'none':
        hidden(what, invites[what])
    identity = f'^"{name}" <sip:{user}@[^>]+>'
    expect('trusted', invites['trusted'], From='^"Anonymous" <sip:anonymous@anonymous.invalid>;',
           P_Asserted_Identity=identity + '$', Privacy='^id$',
           Remote_Party_ID=f'{identity};party=calling;screen={screen};privacy=full$')


def check_unknown(invites):
    """nobody is told anything"""
    for what, invite in invites.items():
        hidden(what, invite)


def said(who, says, trusted, check, *arguments):
    """A caller calls all phones, which are busy."""
    def test(run):
        phones = {what: callee(run, *settings, scenario='uas_486')
                  for what, settings in CALLEES.items()}
        caller = calls(run, phones.values(), who, trusted, says)
        for phone in (*phones.values(), caller):
            if phone.sipp.process.wait(25) != 0:
                run.succeed(phone.sipp)
        check({what: phone.told('INVITE') for what, phone in phones.items()}, *arguments)
        caller.told(486)
        return 'pai, rpid, none, trusted'
    return test


REAL, FROM = ('Real', r'\+4930', 'yes'), ('Alice', 'alice', 'no')
CALLERS = (
    ('IDEN-02', 'asserted', ALICE, [PAI], check_open, REAL, FROM),
    ('IDEN-03', 'remote_party', ALICE, [RPID], check_open, REAL, FROM),
    ('IDEN-04', 'private', ALICE, [PAI, 'Privacy: id'], check_private, REAL, FROM),
    ('IDEN-04', 'anonymous', ANONYMOUS, [], check_unknown, (), ()),
    ('IDEN-01', 'from', ALICE, [], check_open, FROM, FROM),
)


class Told(MatrixTestCase):
    config = anyone(endpoint='send-identity=pai').replace('t1=50ms', '') + '''
[endpoint believed]
auth=none
context=demo
identify=header
trust-identity=yes
send-identity=pai

[identify believed]
endpoint=believed
header=X-Trusted: yes
'''

    @row('IDEN-05')
    def test_connected(run):
        """IDEN-05: 180 and 200 say who answers, by what a trusted callee asserts"""
        return connected(run, 'yes', '^"Bobby" <sip:\\+49200@')

    @row('IDEN-05')
    def test_connected_not_believed(run):
        """IDEN-05: what a callee asserts that is not trusted goes nowhere"""
        return connected(run, 'no', '^<sip:[^>]*>$')

    @row('BRDG-23')
    def test_update(run):
        """BRDG-23: UPDATE with P-Asserted-Identity passes over the bridge, both ways"""
        return changes(run, ALLOW + ', UPDATE', 'UPDATE')

    @row('BRDG-23')
    def test_reinvite(run):
        """BRDG-23: who does not know UPDATE gets a re-INVITE"""
        return changes(run, ALLOW, 'INVITE')

    @row('IDEN-06')
    def test_diversion(run):
        """IDEN-06: Diversion of a trusted caller, and of a 302, goes to whom is called"""
        return diverted(run, True)

    @row('IDEN-06')
    def test_diversion_not_believed(run):
        """IDEN-06: Diversion of anybody else goes no further"""
        return diverted(run, False)

    @row('IDEN-07')
    def test_reason_of_caller(run):
        """IDEN-07: the Reason in the caller's BYE comes to the callee"""
        return ended(run, True)

    @row('IDEN-07')
    def test_reason_of_callee(run):
        """IDEN-07: the Reason in the callee's BYE comes to the caller"""
        return ended(run, False)

    @row('IDEN-13')
    def test_session_id(run):
        """IDEN-13: each end sees the UUID of the other one (RFC 7989)"""
        nobody = '0' * 32
        bob = callee(run, says=f'Session-ID: {UUIDS[1]};remote={UUIDS[0]}')
        alice = calls(run, [bob], says=[f'Session-ID: {UUIDS[0]};remote={nobody}'])
        session, _ = members(run, run.session(alice.call_id))
        expect('callee', bob.told('INVITE'), Session_ID=f'^{UUIDS[0]};remote={nobody}$')
        expect('caller', alice.told(200), Session_ID=f'^{UUIDS[1]};remote={UUIDS[0]}$')
        finish(run, alice, bob, session)
        expect('callee', bob.told('BYE'), Session_ID=f'^{UUIDS[0]};remote={UUIDS[1]}$')
        return 'INVITE, 200, BYE'


def finish(run, one, other, session):
    """One hangs up; both come to the end of their scenarios."""
    one.do(session, 'bye')
    for phone in one, other:
        if phone.sipp.process.wait(25) != 0:
            run.succeed(phone.sipp)


def connected(run, trust, pattern):
    bob = callee(run, 'trust-identity', trust,
                 says='P-Asserted-Identity: "Bobby" <sip:+49200@example.com>')
    alice = calls(run, [bob])
    session, _ = members(run, run.session(alice.call_id))
    for status in 180, 200:
        message = alice.told(status)
        expect(status, message, P_Asserted_Identity=pattern)
        if trust == 'no' and 'Bobby' in words(message):
            raise Failure(f'told what nobody believes: {message.headers}')
    finish(run, alice, bob, session)
    return '180, 200'


def changes(run, allow, method):
    """Somebody else is there at each end, one after the other."""
    bob = callee(run, 'trust-identity', 'yes', 'send-identity', 'pai', allow=allow,
                 later='P-Asserted-Identity: "Carol" <sip:300@example.com>')
    alice = calls(run, [bob], allow=allow,
                  later='P-Asserted-Identity: "Dave" <sip:400@example.com>')
    sessions = members(run, run.session(alice.call_id))
    for one, session, other, who in ((bob, sessions[1], alice, '"Carol" <sip:300@'),
                                     (alice, sessions[0], bob, '"Dave" <sip:400@')):
        one.do(session, 'update')
        expect_change(other, method, '^' + who)
    finish(run, alice, bob, sessions[0])
    return method + ' both ways'


def expect_change(phone, method, pattern, timeout=15):
    """A request within the call that says so."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        for message in phone.received():
            if (message.is_request and message.method == method and
                    re.search(pattern, message['p-asserted-identity'] or '')):
                if 'tag=' not in message['to']:
                    raise Failure(f'not within a call: {message.headers}')
                return
        time.sleep(0.05)  # between two looks
    raise Failure(f'no {method} said {pattern}: '
                  f'{[(m.method, m.status) for m in phone.received()]}')


def diverted(run, trusted):
    carol = callee(run)
    bob = callee(run, scenario='uas_302', elsewhere=carol.sipp.uri)
    alice = calls(run, [bob], trusted=trusted, says=[
        'Diversion: "Dave" <sip:dave@example.com>;reason=no-answer;counter=2'])
    session, _ = members(run, run.session(alice.call_id))
    before = '"Dave" <sip:dave@example.com>;reason=no-answer;counter=2'
    own = f'<{bob.sipp.uri}>;reason=unconditional;counter=1'
    for phone, wanted in (bob, []), (carol, [own]):
        found = phone.told('INVITE').all('diversion')
        if found != wanted + [before] * trusted:
            raise Failure(f'Diversion is {found}')
    alice.told(181)
    finish(run, alice, carol, session)
    run.succeed(bob.sipp)
    return 'passed on, and ours' if trusted else 'ours alone'


def ended(run, by_caller):
    why = 'Reason: Q.850;cause=31;text="Bored"'
    bob = callee(run, why=why)
    alice = calls(run, [bob], why=why)
    sessions = members(run, run.session(alice.call_id))
    one, other = (alice, bob) if by_caller else (bob, alice)
    finish(run, one, other, sessions[0 if by_caller else 1])
    found = other.told('BYE').all('reason')
    if found != ['Q.850;cause=31;text="Bored"']:
        raise Failure(f'Reason is {found}')
    for session in sessions:
        if run.daemon.get_all(session, 'Session')['EndCause'] != 31:
            raise Failure(f'{session} ended by something else')
    return '31'


def add(case, trusted):
    number, name, who, says, check, believed, not_believed = case
    test = said(who, says, trusted, check, *(believed if trusted else not_believed))
    words = 'trusted' if trusted else 'not_trusted'
    test.__name__ = f'test_{name}_{words}'
    test.__doc__ = f'{number}: {name.replace("_", " ")}, {words.replace("_", " ")}: ' + \
        check.__doc__
    setattr(Told, test.__name__, row(number)(test))


for case_, trusted_ in itertools.product(CALLERS, (True, False)):
    add(case_, trusted_)

if __name__ == '__main__':
    agent.main(230)
