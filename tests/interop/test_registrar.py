# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-11 to REGI-25: the test plan's registrations, by sipp with a password, over UDP and TCP,
IPv4 and IPv6.

sipp registers and sees the answers; what is registered then is asked for by another party.
"""

import itertools
import pathlib
import tempfile

import agent
from daemon import TRANSPORTS
from matrix import MatrixTestCase, PATHS, row
from sip_ladder import format_address
from sip_message import NameAddr
from sip_peer import Failure

FOLDER = tempfile.TemporaryDirectory()
HERE = pathlib.Path(FOLDER.name)
DEFAULT, SHORTEST, LONGEST = 1000, 60, 1800  # seconds
SLACK = 30  # seconds between a registration and the question, on a busy machine
TOO_MUCH = 4294967296
NUMBERS = itertools.count(1)

# Each row and path has an endpoint of its own; these are their kinds.
KINDS = {
    'plain': '',
    'one': 'max-contacts=1\nremove-existing=yes',
    'two': 'max-contacts=2\nremove-existing=yes',
    'strict': 'max-contacts=2',
    'brief': 'reject-brief=yes',
}
ROWS = ('11a', '11b', '12', '13', '14', '15', '17', '18', '20', '21', '22', '23', '24', 'order',
        'same')
USERS = [(kind, f'{kind}{name}') for kind in KINDS
         for name in (ROWS if kind == 'plain' else ('16', '19', '34'))]


def account(user, transport, family):
    return f'{user}-{transport}-{family}'


CONFIG = '''
[core]
overload-delay=0
''' + TRANSPORTS + f'''
[endpoint phone](!)
password=secret
allow=register
max-contacts=10
default-expiration={DEFAULT}
minimum-expiration={SHORTEST}
maximum-expiration={LONGEST}
''' + ''.join(f'[endpoint {account(user, *path)}](phone)\n{KINDS[kind]}\n'
              for kind, user in USERS for path in PATHS)

REGISTER = '''REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[service]@[remote_ip]:[remote_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: {cseq} REGISTER
Max-Forwards: 70
{lines}Content-Length: 0

'''


def contact(name, params=''):
    """A value of Contact: the same one whichever sipp says it."""
    return f'<sip:{name}@[local_ip]:5070;transport=[transport]>{params}'


def send(cseq, lines):
    text = REGISTER.format(cseq=cseq, lines=''.join(f'{line}\n' for line in lines))
    return f'  <send retrans="500"><![CDATA[\n\n{text}\n]]></send>\n'


class Step:
    """One REGISTER, and how it is answered."""

    def __init__(self, *contacts, expires=None, status=200, password='secret', cseq=None):
        self.lines = [f'Contact: {value}' for value in contacts]
        if expires is not None:
            self.lines.append(f'Expires: {expires}')
        self.status, self.password, self.cseq = status, password, cseq

    def text(self, user, cseq):
        credentials = f'[authentication username={user} password={self.password}]'
        cseq = self.cseq or cseq
        return (send(cseq, self.lines) + '  <recv response="401" auth="true"/>\n'
                + send(cseq + 1, self.lines + [credentials])
                + f'  <recv response="{self.status}"/>\n')


def register(run, user, *steps):
    """sipp sends the REGISTERs, one after the other."""
    name = account(user, run.transport, run.family)
    path = HERE / f'{name}-{next(NUMBERS)}'
    path.with_suffix('.xml').write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="register">\n'
        + ''.join(step.text(name, 10 * (number + 1)) for number, step in enumerate(steps))
        + '</scenario>\n', 'utf-8')
    run.succeed(run.sipp_calls(str(path), name))


def ask(run, user):
    """What is registered: {user part of the URI: seconds}; asked by another, with the password."""
    name = account(user, run.transport, run.family)
    with run.peer() as peer:
        request = peer.build('REGISTER', to=f'<sip:{name}@{format_address(peer.target)}>')
        peer.send(request.remove('Contact'))
        again = peer.authorize(request, peer.expect(401), name, 'secret')
        peer.send(again)
        answer = peer.expect(200)
    found = {}
    for value in answer.get_all('Contact'):
        address = NameAddr(value)
        found[address.uri.split(':')[1].split('@')[0]] = int(address.params['expires'])
    return found


def expect(run, user, **wanted):
    """Compares what is registered, and for how long."""
    found = ask(run, user)
    if found.keys() != wanted.keys() or \
            any(not wanted[name] - SLACK <= found[name] <= wanted[name] for name in wanted):
        raise Failure(f'{user} has the contacts {found}, not {wanted}')
    return ' '.join(f'{name}:{seconds}' for name, seconds in sorted(found.items())) or 'none'


class Registrar(MatrixTestCase):
    config = CONFIG

    @row('REGI-11')
    def test_default_expiration(run):
        """REGI-11: a contact without an expiration gets the default one, also the next time"""
        register(run, 'plain11a', Step(contact('a')))
        once = expect(run, 'plain11a', a=DEFAULT)
        register(run, 'plain11b', Step(contact('a'), expires=100), Step(contact('a')))
        return f'{once} {expect(run, "plain11b", a=DEFAULT)}'

    @row('REGI-12')
    def test_expires(run):
        """REGI-12: several contacts; the parameter wins over the header, contact by contact"""
        said = []
        for steps, wanted in (
                (Step(contact('a'), contact('b'), expires=120), {'a': 120, 'b': 120}),
                (Step(contact('a', ';expires=130'), contact('b', ';expires=140')),
                 {'a': 130, 'b': 140}),
                (Step(contact('a', ';expires=150'), contact('b'), expires=160),
                 {'a': 150, 'b': 160}),
                (Step(contact('a', ';expires=170'), contact('b', ';expires=180'), expires=190),
                 {'a': 170, 'b': 180}),
                (Step(contact('a'), contact('b', ';expires=200')), {'a': DEFAULT, 'b': 200}),
                (Step(f'{contact("a")}, {contact("b", ";q=0.5")}'),
                 {'a': DEFAULT, 'b': DEFAULT})):
            register(run, 'plain12', steps)
            said.append(expect(run, 'plain12', **wanted))
        return '; '.join(said)

    @row('REGI-13')
    def test_both_in_one(run):
        """REGI-13: one request registers a contact and unregisters another"""
        register(run, 'plain13', Step(contact('a')),
                 Step(contact('a', ';expires=0'), contact('b'), expires=300))
        return expect(run, 'plain13', b=300)

    @row('REGI-14')
    def test_longest(run):
        """REGI-14: what is longer than maximum-expiration is cut"""
        register(run, 'plain14', Step(contact('a'), contact('b', ';expires=86400'), expires=7200))
        return expect(run, 'plain14', a=LONGEST, b=LONGEST)

    @row('REGI-15')
    def test_shortest(run):
        """REGI-15: what is shorter than minimum-expiration is raised"""
        register(run, 'plain15', Step(contact('a'), contact('b', ';expires=1'), expires=5))
        return expect(run, 'plain15', a=SHORTEST, b=SHORTEST)

    @row('REGI-16')
    def test_remove_existing(run):
        """REGI-16: with remove-existing new contacts push out the old ones, one or two of them"""
        register(run, 'one16', Step(contact('a')), Step(contact('b'), expires=200))
        first = expect(run, 'one16', b=200)
        register(run, 'two16', Step(contact('a'), contact('b')),
                 Step(contact('c'), contact('d'), expires=200))
        return f'{first}; {expect(run, "two16", c=200, d=200)}'

    @row('REGI-17')
    def test_invalid(run):
        """REGI-17: an expiration of 2^32, in the header or the parameter, counts as not said"""
        register(run, 'plain17', Step(contact('a'), expires=TOO_MUCH))
        first = expect(run, 'plain17', a=DEFAULT)
        register(run, 'plain17', Step(contact('a', f';expires={TOO_MUCH}')))
        return f'{first}; {expect(run, "plain17", a=DEFAULT)}'

    @row('REGI-18')
    def test_question(run):
        """REGI-18: without a Contact nothing is added, and the answer is 200"""
        register(run, 'plain18', Step())
        first = expect(run, 'plain18')
        register(run, 'plain18', Step(contact('a')), Step())
        return f'{first}; {expect(run, "plain18", a=DEFAULT)}'

    @row('REGI-19')
    def test_too_many(run):
        """REGI-19: more contacts than there may be: 403, and none of them is added"""
        register(run, 'strict19', Step(contact('a'), contact('b'), contact('c'), status=403))
        first = expect(run, 'strict19')
        register(run, 'strict19', Step(contact('a')),
                 Step(contact('b'), contact('c'), status=403),
                 Step(contact('a'), expires=200))
        return f'{first}; {expect(run, "strict19", a=200)}'

    @row('REGI-20')
    def test_wrong_password(run):
        """REGI-20: a wrong password: 401, and nothing is told of the contacts or changed"""
        register(run, 'plain20', Step(contact('a')))
        name = account('plain20', run.transport, run.family)
        with run.peer() as peer:
            request = peer.build('REGISTER', to=f'<sip:{name}@{format_address(peer.target)}>')
            peer.send(request)
            peer.send(peer.authorize(request, peer.expect(401), name, 'wrong'))
            answer = peer.expect(401)
        if answer.all('Contact'):
            raise Failure(f'a stranger is told of {answer.all("Contact")}')
        register(run, 'plain20', Step(contact('b'), status=401, password='wrong'))
        return expect(run, 'plain20', a=DEFAULT)

    @row('REGI-21')
    def test_unregister(run):
        """REGI-21: one contact is unregistered"""
        register(run, 'plain21', Step(contact('a'), contact('b')), Step(contact('a'), expires=0))
        return expect(run, 'plain21', b=DEFAULT)

    @row('REGI-22')
    def test_unregister_several(run):
        """REGI-22: several contacts are unregistered, by the header and by each one's parameter"""
        register(run, 'plain22', Step(contact('a'), contact('b'), contact('c')),
                 Step(contact('a'), contact('b'), expires=0))
        first = expect(run, 'plain22', c=DEFAULT)
        register(run, 'plain22', Step(contact('a'), contact('b'), contact('c')),
                 Step(contact('a', ';expires=0'), contact('c', ';expires=0'), expires=300))
        return f'{first}; {expect(run, "plain22", b=DEFAULT)}'

    @row('REGI-23')
    def test_unregister_all(run):
        """REGI-23: Contact: * with Expires: 0 unregisters all"""
        register(run, 'plain23', Step(contact('a'), contact('b')), Step('*', expires=0))
        return expect(run, 'plain23')

    @row('REGI-24')
    def test_wildcard(run):
        """REGI-24: * without Expires: 0, or not alone: 400, and nothing is changed"""
        register(run, 'plain24', Step(contact('a')), Step('*', status=400),
                 Step('*', expires=60, status=400), Step('*', contact('b'), expires=0, status=400))
        return expect(run, 'plain24', a=DEFAULT)

    @row('REGI-34')
    def test_reject_brief(run):
        """REGI-34: with reject-brief what is too short gets 423, and 0 still unregisters"""
        register(run, 'brief34', Step(contact('a')), Step(contact('b'), expires=59, status=423),
                 Step(contact('c'), expires=60))
        first = expect(run, 'brief34', a=DEFAULT, c=60)
        register(run, 'brief34', Step(contact('a'), expires=0))
        return f'{first}; {expect(run, "brief34", c=60)}'

    @row('RFC 3261')
    def test_order(run):
        """RFC 3261 §10.3: what is older than what is registered changes nothing: 500"""
        register(run, 'plainorder', Step(contact('a'), contact('b'), cseq=50),
                 Step(contact('b', ';expires=0'), contact('c'), cseq=30, status=500),
                 Step('*', expires=0, cseq=20, status=500))
        return expect(run, 'plainorder', a=DEFAULT, b=DEFAULT)

    @row('RFC 3261')
    def test_same(run):
        """RFC 3261 §19.1.4: a contact is the same when its URI is, however it is written"""
        again = contact('%61').replace('transport=[transport]', 'Transport=[transport]')
        register(run, 'plainsame', Step(contact('a')), Step(again, expires=200))
        found = ask(run, 'plainsame')
        if len(found) != 1 or not 170 <= list(found.values())[0] <= 200:
            raise Failure(f'the contacts are {found}')
        return str(found)


if __name__ == '__main__':
    agent.main(240)
