# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CORE-32: the torture tests of RFC 4475, each with the answer, or the silence, that is right.

Over UDP a peer on an address of its own in 127/8 has the very port which the message's Via names,
so that its answer is read and the bytes stay as the RFC has them.
"""

import os
import pathlib
import re

import agent
from hostile import HostileTestCase
from sip_message import NameAddr

DATA = pathlib.Path(os.environ['AHOY_TEST_DATA']) / 'rfc4475'
SILENCE = None
CLOSED = 'closed'  # silence, and the stream is given up

# Per file: the section of the RFC, the answer (over UDP and TCP where they differ), and why. Nobody
# is there for any call, and no service takes REGISTER or MESSAGE.
NOBODY = 'a sound INVITE to somebody who is not there'
NO_SERVICE = 'a sound request with a method that nobody takes here'
DROPPED = 'a response to nothing'
EXPECTED = {
    'wsinv': ('3.1.1.1', 481, 'a sound INVITE with the To tag of a dialog that is not there'),
    'intmeth': ('3.1.1.2', SILENCE, 'sound, so that 501 would be right; Sofia cannot read it'),
    'esc01': ('3.1.1.3', 404, NOBODY),
    'escnull': ('3.1.1.4', 501, NO_SERVICE),
    'esc02': ('3.1.1.5', 501, 'RE%47IST%45R is not REGISTER'),
    'lwsdisp': ('3.1.1.6', 200, 'no space between display name and < is needed'),
    'longreq': ('3.1.1.7', 404, NOBODY),
    'dblreq': ('3.1.1.8', 501, 'a REGISTER; what follows it in the datagram is ignored'),
    'semiuri': ('3.1.1.9', 200, 'the semicolon belongs to the user'),
    'transports': ('3.1.1.10', 200, 'unknown transports further down in Via do not matter'),
    'mpart01': ('3.1.1.11', 405, NO_SERVICE),
    'unreason': ('3.1.1.12', SILENCE, DROPPED),
    'noreason': ('3.1.1.13', SILENCE, DROPPED),
    'badinv01': ('3.1.2.1', (SILENCE, CLOSED), '400 would be kinder; a Via that cannot be read '
                                               'says not where to'),
    'clerr': ('3.1.2.2', (400, SILENCE), 'cut off; over TCP the rest is waited for'),
    'ncl': ('3.1.2.3', 400, 'Content-Length is negative'),
    'scalar02': ('3.1.2.4', 400, 'numbers beyond their range'),
    'scalarlg': ('3.1.2.5', SILENCE, 'a response with numbers beyond their range'),
    'quotbal': ('3.1.2.6', 400, 'a quote that does not end'),
    'ltgtruri': ('3.1.2.7', 400, '<> around the Request-URI'),
    'lwsruri': ('3.1.2.8', SILENCE, '400 would be kinder; it is no request line, and is dropped'),
    'lwsstart': ('3.1.2.9', 404, 'several spaces in the request line are forgiven; ' + NOBODY),
    'trws': ('3.1.2.10', 200, 'space behind the request line is forgiven'),
    'escruri': ('3.1.2.11', 404, 'headers in the Request-URI are ignored; ' + NOBODY),
    'baddate': ('3.1.2.12', 404, 'a Date that nobody needs is ignored; ' + NOBODY),
    'regbadct': ('3.1.2.13', 400, 'a Contact that needs <>'),
    'badaspec': ('3.1.2.14', 200, 'spaces inside < and > are forgiven'),
    'baddn': ('3.1.2.15', (400, SILENCE), 'a comma outside of quotes; the head has no end in the '
                                          'file, and over TCP that is waited for'),
    'badvers': ('3.1.2.16', 505, 'SIP/7.0'),
    'mismatch01': ('3.1.2.17', 400, 'OPTIONS, and INVITE in CSeq'),
    'mismatch02': ('3.1.2.18', 400, 'an unknown method, and INVITE in CSeq'),
    'bigcode': ('3.1.2.19', SILENCE, 'a response with a status beyond all range'),
    'badbranch': ('3.2.1', 200, 'nothing behind z9hG4bK: matched as RFC 2543 had it'),
    'insuf': ('3.3.1', 400, 'To, From and Call-ID are missing'),
    'unkscm': ('3.3.2', 416, 'an unknown scheme'),
    'novelsc': ('3.3.3', 416, 'a scheme that is known, but not for calls'),
    'unksm2': ('3.3.4', 501, NO_SERVICE),
    'bext01': ('3.3.5', 420, 'Require and Proxy-Require of what nobody supports'),
    'invut': ('3.3.6', 415, 'a body of a type that nobody knows'),
    'regaut01': ('3.3.7', 501, NO_SERVICE),
    'multi01': ('3.3.8', 400, 'several Call-ID, To, From and CSeq'),
    'mcl01': ('3.3.9', 400, 'two Content-Length that differ'),
    'bcast': ('3.3.10', SILENCE, DROPPED),
    'zeromf': ('3.3.11', 200, 'Max-Forwards 0 does not matter where the way ends'),
    'cparam01': ('3.3.12', 501, NO_SERVICE),
    'cparam02': ('3.3.13', 501, NO_SERVICE),
    'regescrt': ('3.3.14', 501, NO_SERVICE),
    'sdp01': ('3.3.15', 404, NOBODY),
    'inv2543': ('3.4.1', 400, 'no tag in From, as in RFC 2543, which we do not speak'),
    'test': ('none', SILENCE, 'no version in the request line, and no Via: no way back'),
}


class Torture(HostileTestCase):
    agent_arguments = ('--t1', '100', '--nobody')

    def send(self, name, transport):
        """The peer that has sent a message, and reads what comes back; and the message."""
        data = (DATA / f'{name}.dat').read_bytes()
        if transport == 'tcp':
            peer = self.peer('tcp')
            data = data.replace(b'/UDP', b'/TCP').replace(b'/TLS', b'/TCP')
        else:
            via = re.search(rb'^v(?:ia)?[ \t]*:\s*SIP\s*/\s*\d\.0\s*/\s*(\w+)\s+[^\s;:]+'
                            rb'(?::(\d+))?', data, re.I | re.M)
            peer = self.peer_on_port(int(via.group(2)) if via and via.group(2) else 5060)
            data = data[:via.start(1)] + b'UDP' + data[via.end(1):] if via else data
        peer.send_raw(data, label=f'RFC 4475 {name}')
        return peer, data

    def check(self, name, transport, wanted):
        peer, data = self.send(name, transport)
        if wanted in (SILENCE, CLOSED):
            self.check_alive()
            peer.expect_nothing(0.1)
            if wanted == CLOSED:
                peer.expect_closed(peer.endpoint.connections[0])
        else:
            answer = peer.expect('final')
            self.assertEqual(answer.status, wanted)
            self.check_echo(answer, data)
            if name == 'dblreq' and transport == 'tcp':
                self.assertEqual(peer.expect('final').method, 'INVITE')  # in a stream it is no rest
            peer.expect_nothing(0.02)
            self.check_alive()
        peer.close()

    def check_echo(self, answer, data):
        """Call-ID comes back, and every answer has a To tag."""
        call_id = re.search(rb'^(?:call-id|i)[ \t]*:\s*(.*?)\r$', data, re.I | re.M)
        if call_id:
            self.assertEqual(answer.call_id, call_id.group(1).decode().strip())
        if answer['To']:
            self.assertTrue(NameAddr(answer['To']).tag, answer.raw)

    def test_all_are_there(self):
        """each message of the RFC has its answer in the table, and each answer its message"""
        self.assertEqual(sorted(EXPECTED), sorted(path.stem for path in DATA.glob('*.dat')))


def add(name, section, wanted, why):
    def test(self):
        for number, transport in enumerate(('udp', 'tcp')):
            each = wanted[number] if isinstance(wanted, tuple) else wanted
            with self.subTest(f'{transport}, {each or "silence"}'):
                self.check(name, transport, each)
    test.__doc__ = f'RFC 4475 {section} {name}: {why}'
    setattr(Torture, f'test_{name}', test)


for name_, (section_, wanted_, why_) in EXPECTED.items():
    add(name_, section_, wanted_, why_)

if __name__ == '__main__':
    agent.main(170)
