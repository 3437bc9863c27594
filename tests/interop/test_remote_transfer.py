# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Attended transfers to a call of another system, with sipp as all phones, over four transports.

Alice and Bob are at one daemon, Carol is at another one, with a bus of its own. Alice calls Bob,
Bob calls Carol at her daemon, and refers Alice to that call: his daemon knows no such call, and
sends INVITE with Replaces to hers, which may pass a proxy (kamailio). What each phone is told is in
the log of its sipp; who talks in the end hears the tone of the other, through both daemons.
"""

import copy
import urllib.parse

import agent
from daemon import anyone
from kamailio import Kamailio
from matrix import Iteration, MatrixTestCase, PATHS, row
from sip_peer import Failure
from test_transfer import Scene, converse, expect_outcome, partner, told

TELL = ('send-identity', 'pai', 'trust-identity', 'yes')


class Elsewhere(Scene):
    """Carol is a phone of another daemon, which the transferor calls there."""

    settings = TELL

    def __init__(self, run, mirrored):
        super().__init__(run, mirrored)
        self.there = Iteration(run.daemon.other, run.transport, run.family)
        self.there.stack, self.there.sipps = run.stack, run.sipps
        self.carol.run = self.there
        self.away = copy.copy(self.who)  # the same phone, as it is known there
        self.away.run, self.away.session = self.there, None

    def consult(self, number, word='answered'):
        self.who.tell(self.who.session, 'hold')
        for _ in range(400):
            if self.run.daemon.get(self.who.session, 'Session', 'Hold') == 'remote':
                break
        else:
            raise Failure('the call is not held')
        sipp, self.away.session = self.away.calls(number)
        tag = told(sipp, word + r' .*;tag=([^\s;]+)')[1]
        return sipp, f'{sipp.call_id}-1;to-tag={tag};from-tag={self.who.name}1'

    def refer_there(self, replaces):
        """Refers to the call at the other daemon, which is where its Contact says."""
        host, port = self.there.address()
        target = (f'sip:{self.carol.name}@{f"[{host}]" if ":" in host else host}:{port}'
                  + (';transport=tcp' if self.run.transport == 'tcp' else ''))
        self.who.tell(self.who.session,
                      f'refer {target}?Replaces={urllib.parse.quote(replaces, safe="")}')

    def displays(self, carol):
        """Carol is told of the transferee, and he of her."""
        told(carol, rf'asserted .*sip:{self.whom.name}@')
        told(self.other, rf'asserted .*sip:{self.carol.name}@')
        return f'{self.carol.name} sees {self.whom.name}, and the other way round'

    def join(self, sipp):
        """The transferee and Carol have each other, through both daemons; she hangs up last."""
        partner(self.run, self.whom.session)
        leg = partner(self.there, self.carol.session)
        self.heard += ', ' + converse(self.run, self.whom, self.carol, True)
        shown = self.displays(sipp)
        self.whom.tell(self.whom.session, 'bye')
        self.there.daemon.wait(leg, 'ended')
        self.end(self.own, self.other, sipp)
        return shown

    def end(self, *sipps):
        for sipp in sipps:
            self.run.succeed(sipp)
        for party in (self.who, self.whom, self.carol, self.away):
            if party.session is not None:
                party.run.daemon.wait(party.session, 'ended')

    def part(self, second, carol):
        """The transfer failed: the transferor goes on with Carol, hangs up, and resumes."""
        self.carol.session = partner(self.there, self.away.session)
        self.heard += ', ' + converse(self.there, self.away, self.carol, True)
        self.away.tell(self.away.session, 'bye')
        for sipp in (second, carol):
            self.run.succeed(sipp)
        self.resume()
        self.who.tell(self.who.session, 'bye')
        self.end(self.own, self.other)


def attended(run, mirrored):
    """XFER-18: Carol answers, and then talks with the transferee"""
    scene = Elsewhere(run, mirrored)
    carol = scene.carol.waits()
    second, replaces = scene.consult(scene.carol.leads_to())
    scene.carol.session = partner(scene.there, scene.away.session)
    scene.refer_there(replaces)
    statuses = expect_outcome(scene.own, 200)
    run.succeed(second)
    scene.who.tell(scene.who.session, 'bye')
    shown = scene.join(carol)
    return f'{statuses}; {scene.heard}; {shown}'


def early(run, mirrored):
    """XFER-04: it only rings at Carol's: that call cannot be replaced, and she answers it"""
    scene = Elsewhere(run, mirrored)
    carol = scene.carol.waits(pause=9000)
    second, replaces = scene.consult(scene.carol.leads_to(), 'ringing')
    scene.refer_there(replaces)
    statuses = expect_outcome(scene.own, 480)
    scene.part(second, carol)
    return f'{statuses}; {scene.heard}'


def unknown(run, mirrored):
    """XFER-04: no such call there: the transferor takes the transferee back"""
    scene = Elsewhere(run, mirrored)
    carol = scene.carol.waits()
    second, replaces = scene.consult(scene.carol.leads_to())
    scene.refer_there(replaces.replace('to-tag=', 'to-tag=x'))
    statuses = expect_outcome(scene.own, 480)
    scene.part(second, carol)
    return f'{statuses}; {scene.heard}'


def hung_up(run, mirrored):
    """XFER-04: Carol has hung up meanwhile: the transferor takes the transferee back"""
    scene = Elsewhere(run, mirrored)
    carol = scene.carol.waits()
    second, replaces = scene.consult(scene.carol.leads_to())
    scene.carol.session = partner(scene.there, scene.away.session)
    scene.carol.tell(scene.carol.session, 'bye')
    scene.there.daemon.wait(scene.away.session, 'ended')
    scene.refer_there(replaces)
    statuses = expect_outcome(scene.own, 480)
    scene.resume()
    scene.who.tell(scene.who.session, 'bye')
    scene.end(scene.own, scene.other, second, carol)
    return f'{statuses}; {scene.heard}'


def forbidden(run, mirrored):
    """XFER-04: the other system lets nobody replace calls: the transferee is taken back"""
    scene = Elsewhere(run, mirrored)
    carol = scene.carol.waits()
    second, replaces = scene.consult(scene.carol.leads_to())
    scene.refer_there(replaces)
    statuses = expect_outcome(scene.own, 403)
    scene.part(second, carol)
    return f'{statuses}; {scene.heard}'


MIRRORED = [('udp', 'ipv6'), ('tcp', 'ipv4')]


class RemoteTestCase(MatrixTestCase):
    """The daemon of Alice and Bob, which knows another one as the endpoint `there`."""

    config = anyone().replace('t1=50ms', '')
    allow = 'yes'

    @classmethod
    def prepare(cls):
        cls.daemon.other = other = cls.start_daemon()
        other.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', 'neighbour', 6, 'auth', 'none',
                   'identify', 'username', 'context', 'demo', 'allow-transfer', cls.allow, *TELL)
        for transport, family in PATHS:
            host, port = other.address(transport, family)
            shown = f'[{host}]' if ':' in host else host
            way = cls.way(transport, family, f'{shown}:{port}')
            cls.daemon.call('', 'Config', 'Put', 'ssa{ss}', 'endpoint', f'{transport}-{family}',
                            5 + len(way) // 2, 'auth', 'none', 'from-user', 'neighbour', 'contact',
                            f'<sip:{shown}:{port};transport={transport}>', *TELL, *way)

    @classmethod
    def way(cls, _transport, _family, _address):
        """More settings of the endpoint that stands for the other daemon."""
        return ()


class Remote(RemoteTestCase):
    pass


class Proxied(RemoteTestCase):
    """Kamailio stands between both daemons, and stays in the way of what follows the INVITE."""

    @classmethod
    def way(cls, transport, family, address):
        if transport == 'udp' and family == 'ipv4':
            cls.proxy = Kamailio({}, chain=True)
            cls.addClassCleanup(cls.proxy.stop)
        proxy = cls.proxy.uri('', family).replace('sip:@', 'sip:')
        return ('outbound-proxy', f'<{proxy};transport={transport};lr>,'
                f'<sip:{address};transport={transport};lr>')


def proxied(run, mirrored):
    """XFER-18: Carol answers, and then talks with the transferee, over a proxy"""
    return attended(run, mirrored)


class Forbidden(RemoteTestCase):
    allow = 'no'


def add(group, function, mirrored):
    def test(run):
        return function(run, mirrored)

    words = (function.__name__, 'mirrored') if mirrored else (function.__name__,)
    test.__name__ = '_'.join(('test', *words))
    test.__doc__ = function.__doc__ + (', mirrored' if mirrored else '')
    setattr(group, test.__name__, row(function.__doc__[:7], MIRRORED if mirrored else PATHS)(test))


for function_ in attended, early, unknown, hung_up:
    add(Remote, function_, False)
add(Remote, attended, True)
add(Proxied, proxied, False)
add(Forbidden, forbidden, False)

if __name__ == '__main__':
    agent.main(230)
