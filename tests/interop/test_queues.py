# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Queues with sipp as the caller and as two members, over four transports.

The caller and the member who answers hear each other's tones.
"""

import agent
from daemon import anyone
from matrix import MatrixTestCase, row
from test_bridge_matrix import converse, finish, members, route


def put(run, kind, name, **values):
    """Adds an object of the configuration."""
    texts = [text for pair in values.items() for text in pair]
    run.daemon.call('', 'Config', 'Put', 'ssa{ss}', kind, name, len(values),
                    *(text.replace('_', '-') for text in texts))


def endpoint(run, sipp):
    """A sipp as an endpoint, by its name."""
    name = f'member{sipp.port}'
    put(run, 'endpoint', name, auth='none', identify='username', contact=f'<{sipp.uri}>')
    return name


def answered(run, strategy, other):
    """A caller waits until the second of two members answers; what both of them hear."""
    parties = run.rtp(), run.rtp()
    sipps = run.sipp_answers(other), run.sipp_answers('uas_heard', parties[1])
    names = [endpoint(run, sipp) for sipp in sipps]
    queue = f'q{sipps[0].port}'
    put(run, 'queue', queue, members=';'.join(names), strategy=strategy, retry='1h')
    caller = run.sipp_calls('uac_told', route(run, queue, 'queue({bob})'), parties[0])
    sessions = members(run, run.session())
    heard = converse(run, parties, sessions)
    run.succeed(sipps[0])
    run.tell_to_hang_up(sessions[0])
    finish(run, (caller, sipps[1]), sessions, 'remote', 'local')
    return heard


class Queues(MatrixTestCase):
    config = anyone().replace('t1=50ms', '')

    @row('BRDG-30')
    def test_parallel(run):
        """BRDG-30: two members ring at once, one answers, and the other hears that he did"""
        return answered(run, 'all', 'uas_elsewhere')

    @row('BRDG-30')
    def test_serial(run):
        """BRDG-30: the first member is busy, and then the second one rings and answers"""
        return answered(run, 'order', 'uas_486')


if __name__ == '__main__':
    agent.main(240)
