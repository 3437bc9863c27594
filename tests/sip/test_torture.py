# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-32: the torture tests of RFC 4475, over UDP and TCP; after each one the service goes on."""

import os
import pathlib

import agent

DATA = pathlib.Path(os.environ['AHOY_TEST_DATA']) / 'rfc4475'

# What RFC 4475 asks for, per file: the statuses that are right; None allows silence. Nobody is
# there for any call, so that a sound INVITE gets 404, which is as good as taking it here. Sofia's
# parser drops a request line that it does not understand, which the RFC allows: intmeth, baddn,
# badinv01 and lwsruri get no answer; and it forgives white space around the request line.
TAKEN = {405, 200, 481, 404, 486, 488, 603}
EXPECTED = {
    'wsinv': TAKEN, 'intmeth': {501, None}, 'esc01': TAKEN, 'escnull': {405}, 'esc02': {501, 405},
    'lwsdisp': {200}, 'longreq': TAKEN, 'dblreq': {405}, 'semiuri': {200}, 'transports': {200},
    'mpart01': {405}, 'unreason': {None}, 'noreason': {None}, 'escruri': TAKEN | {400},
    'badinv01': {400, None}, 'clerr': {400, None}, 'ncl': {400},
    'scalar02': {400}, 'scalarlg': {None},
    'quotbal': {400}, 'ltgtruri': {400}, 'lwsruri': {400, None}, 'lwsstart': {400} | TAKEN,
    'trws': {400, 200},
    'badaspec': {400, 405, 200}, 'baddn': {400, 200, None}, 'badvers': {505}, 'mismatch01': {400},
    'mismatch02': {400, 501}, 'bigcode': {None}, 'badbranch': {400, 200}, 'insuf': {400},
    'unkscm': {416, 400}, 'novelsc': {416, 400}, 'unksm2': {416, 405, 400}, 'bext01': {420},
    'invut': TAKEN | {415}, 'regaut01': {405}, 'multi01': {400}, 'mcl01': {400, None},
    'bcast': {None}, 'zeromf': {483, 200}, 'cparam01': {405}, 'cparam02': {405},
    'regescrt': {405}, 'sdp01': TAKEN | {406, 415}, 'inv2543': TAKEN | {400},
    'baddate': TAKEN | {400},
    'regbadct': {400, 405}, 'test': {200, 405, 400, None},
}


class Torture(agent.SipTestCase):
    agent_arguments = ('--t1', '100', '--nobody')

    def check(self, name, transport):
        peer, witness = self.peer(transport), self.peer('udp')
        data = (DATA / f'{name}.dat').read_bytes()
        if transport == 'udp':
            data = data.replace(b'/TCP', b'/UDP').replace(b'/TLS', b'/UDP')
        else:
            data = data.replace(b'/UDP', b'/TCP').replace(b'/TLS', b'/TCP')
        peer.send_raw(data)
        witness.send('OPTIONS')
        witness.expect(200)
        answer = peer.receive(0.1)
        while answer is not None and getattr(answer, 'status', 0) == 100:
            answer = peer.receive(0.1)
        status = getattr(answer, 'status', None)
        # Over UDP the answer goes to the port in Via, not ours; over TCP it comes back here.
        silence = {None} if transport == 'udp' else set()
        self.assertIn(status, EXPECTED[name] | silence,
                      f'{name} over {transport}: {status}\n' + str(peer.ladder))


def add(name):
    def test(self):
        for transport in ('udp', 'tcp'):
            self.check(name, transport)
    test.__doc__ = f'RFC 4475 {name}: an answer of the RFC or silence, and the service goes on'
    setattr(Torture, f'test_{name}', test)


for path in sorted(DATA.glob('*.dat')):
    add(path.stem)

if __name__ == '__main__':
    agent.main()
