# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-06: calls to phones that registered, over UDP and TCP, IPv4 and IPv6: all ring, one answers,
and the others are told that it was answered elsewhere.
"""

import agent
import baresip
from daemon import TRANSPORTS, DaemonTestCase
from matrix import MatrixTestCase, PATHS, row
from registering import Phone
from sip_peer import SDP, Call, Peer

PASSWORD = 'sesame'


def name(path):
    return '-'.join(path)


CONFIG = '''
[core]
overload-delay=0
''' + TRANSPORTS + f'''
[endpoint phone](!)
password={PASSWORD}
identify=username
[endpoint anonymous]
auth=none
context=demo
''' + ''.join(f'''
[endpoint {name(path)}](phone)
[route {name(path)}]
context=demo
match={name(path)}
do=dial({name(path)}, timeout=20)
''' for path in PATHS)


class Caller:
    """Somebody who calls, and hangs up."""

    def __init__(self, peer, user):
        self.peer = peer
        self.call = Call(peer, peer.target_uri(user))
        peer.send('INVITE', call=self.call, body=SDP.replace('IP4 127.0.0.1', f'IP6 {peer.host}')
                  if ':' in peer.host else SDP)

    def talk(self):
        response = self.peer.expect(200, timeout=20, skip=(100, 180))
        self.call.established(response)
        self.peer.send('ACK', call=self.call, cseq=response.cseq)

    def hang_up(self):
        self.peer.send('BYE', call=self.call)
        while self.peer.expect(200, timeout=20).method != 'BYE':
            pass  # the answer to the INVITE, once more


class Sipp(MatrixTestCase):
    config = CONFIG

    @row('REGI-06')
    def test_three(run):
        """REGI-06: three sipp ring; one answers, the others see Reason: SIP;cause=200"""
        user = name((run.transport, run.family))
        sipps = [run.sipp_answers(scenario)
                 for scenario in ('uas_elsewhere', 'uas_first', 'uas_elsewhere')]
        # Over UDP: a connection would be where the contacts are called.
        with Peer('udp', run.host, run.daemon.address('udp', run.family)) as other:
            Phone(other, user, PASSWORD).register(*(f'<{sipp.uri}>' for sipp in sipps))
        caller = Caller(run.peer(), user)
        caller.talk()
        caller.hang_up()
        for sipp in sipps:
            run.succeed(sipp)
        return 'one answered, two cancelled'


class Baresip(DaemonTestCase):
    config = CONFIG

    def test_two(self):
        """REGI-06: two baresip register as one; both ring, one answers, the other stops"""
        for path in PATHS:
            user = name(path)
            with self.subTest(path=user):
                address = self.daemon.address(*path)
                phones = [baresip.Baresip(*path, account=(user, PASSWORD, 'ahoy'),
                                          registrar=address) for _ in range(2)]
                try:
                    self.ring(phones, user, path)
                finally:
                    for one in phones:
                        one.stop()
                print(f'# REGI-06 two baresip, {"/".join(path)}: ok', flush=True)

    def ring(self, phones, user, path):
        first, second = phones
        for one in phones:
            one.wait_for_registration()
        peer = Peer(path[0], first.host, self.daemon.address(*path))
        self.addCleanup(peer.close)
        caller = Caller(peer, user)
        for one in phones:
            one.wait_for_call()
        second.answer()
        caller.talk()
        first.wait_for_end()
        second.wait_for_talking()
        caller.hang_up()
        second.wait_for_end()


if __name__ == '__main__':
    agent.main(240)
