# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""NOVA-10, CTRL-21, 25, 32, 33: what crosses the network is seen, drawn and captured."""

import base64
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import agent
from sip_message import Message
from sip_peer import SDP, Call

CRYPTO = SDP.replace('RTP/AVP', 'RTP/SAVP') + (
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0|2^20\r\n')


class Trace(agent.SipTestCase):
    agent_arguments = ('--t1', '500', '--wire-trace', '64')

    def ask(self, what, **arguments):
        self.agent.command(f'trace-{what}', **arguments)
        return self.agent.expect(f'trace-{what}')

    def call(self, call_id):
        """What the trace remembers of a call; each message with its bytes."""
        answer = self.ask('call', call=call_id)
        for message in answer['messages']:
            message['raw'] = base64.b64decode(message['bytes'])
        return answer

    def short(self, call_id):
        return [f'{"<" if m["direction"] == "in" else ">"} {self.name(m)}'
                for m in self.call(call_id)['messages']]

    @staticmethod
    def name(message):
        first = message['summary'].split()[0]
        return first + (' again' if message['again'] else '')

    def wait_for(self, call_id, wanted):
        """Asks until the call's messages are those; each question is a turn of the agent's loop."""
        for _ in range(400):
            if (found := self.short(call_id)) == wanted:
                return
        self.assertEqual(found, wanted)

    def talk(self, peer):
        call = Call(peer, peer.target_uri('ring-answer'))
        sent = [peer.send('INVITE', call=call, body=SDP).encode()]
        # RFC 3261 §17.2.1: no 100 where a better response leaves at once.
        received = [peer.expect(180, skip=()), peer.expect(200)]
        call.established(received[1])
        sent.append(peer.send('ACK', call=call, cseq=call.cseq).encode())
        sent.append(peer.send('BYE', call=call).encode())
        received.append(peer.expect(200))
        self.wait_for(call.call_id, ['< INVITE', '> 180', '> 200', '< ACK', '< BYE', '> 200'])
        return call.call_id, sent, received

    def test_exact_bytes(self):
        """a call is remembered with the very bytes and addresses of both directions"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                with self.subTest(transport=transport, family=family):
                    self.check_call(self.peer(transport, family), transport, family)

    def check_call(self, peer, transport, family):
        call_id, sent, received = self.talk(peer)
        messages = self.call(call_id)['messages']
        self.assertEqual([m['raw'] for m in messages if m['direction'] == 'in'], sent)
        self.assertEqual([m['raw'] for m in messages if m['direction'] == 'out'],
                         [m.raw for m in received])
        ours = '[{}]:{}' if family == 'ipv6' else '{}:{}'
        theirs = ours.format(peer.host, peer.port)
        ours = ours.format(*self.agent.address(transport, family))
        for message in messages:
            ends = [theirs, ours] if message['direction'] == 'in' else [ours, theirs]
            self.assertEqual([message['source'], message['destination']], ends)
            self.assertEqual(message['transport'], transport)
            self.assertEqual(message['kind'],
                             'response' if message['summary'][0].isdigit() else 'request')
        times = [m['time'] for m in messages]
        self.assertEqual(times, sorted(times))

    def test_what_the_stack_sends_alone(self):
        """the 200 to CANCEL, repeated answers and the ACK of a refusal are seen"""
        peer = self.peer()
        call = Call(peer, peer.target_uri('manual'))
        invite = Message.parse(peer.send('INVITE', call=call, body=SDP).encode())
        peer.expect(100, skip=())
        peer.invites.clear()  # so that the 487 is not acknowledged at once
        peer.send('CANCEL', call=call, cseq=invite.cseq,
                  via=invite['via'])
        found = {(m := peer.receive()).status: m for _ in range(2)}
        self.assertEqual(set(found), {200, 487})
        peer.expect_retransmission(found[487])
        peer.invites[invite['call-id'], invite.cseq] = invite
        peer.expect_retransmission(found[487])
        trace = [line for line in self.short(call.call_id)]
        self.assertEqual(sorted(trace[:4]), sorted(['< INVITE', '> 100', '< CANCEL', '> 200']))
        self.assertIn('> 487', trace)
        self.assertIn('> 487 again', trace)
        self.assertIn('200 OK (CANCEL)', self.call(call.call_id)['history'])

    def test_ack_of_a_refusal(self):
        """our INVITE, its retransmission, the refusal and its ACK are seen"""
        peer = self.peer(connect=False)
        self.agent.command('call', target=f'sip:bob@127.0.0.1:{peer.port}',
                           **{'from': 'sip:us@127.0.0.1'})
        invite = peer.expect('INVITE')
        peer.expect_retransmission(invite)
        peer.respond(invite, 486)
        ack = peer.expect('ACK', skip=('INVITE',))
        trace = self.short(invite['call-id'])
        self.assertEqual(trace[:2], ['> INVITE', '> INVITE again'])
        self.assertEqual(trace[-2:], ['< 486', '> ACK'])
        messages = self.call(invite['call-id'])['messages']
        self.assertEqual(messages[0]['raw'], invite.raw)
        self.assertEqual(messages[-1]['raw'], ack.raw)

    def test_ladder(self):
        """a call is drawn as a ladder"""
        peer = self.peer()
        call_id, *_ = self.talk(peer)
        lines = self.call(call_id)['ladder'].splitlines()
        self.assertRegex(lines[0], rf'^ +ms  127\.0\.0\.1:{peer.port} +127\.0\.0\.1:\d+ \(us\)$')
        arrows = [r'\|-+ INVITE \+SDP -+>\|', r'\|<-+ 180 Ringing -+\|',
                  r'\|<-+ 200 OK \+SDP -+\|', r'\|-+ ACK -+>\|', r'\|-+ BYE -+>\|',
                  r'\|<-+ 200 OK \(BYE\) -+\|']
        self.assertEqual(len(lines), 1 + len(arrows))
        for line, arrow in zip(lines[1:], arrows):
            self.assertRegex(line, rf'^ +\d+\.\d  {arrow}$')
        self.assertTrue(lines[1].startswith('       0.0  '))

    def test_history(self):
        """the history is a list of time, direction, summary and peer"""
        peer = self.peer()
        call_id, *_ = self.talk(peer)
        history = self.call(call_id)['history']
        entry = rf"\((?:uint64 )?\d+, 'in', 'INVITE sip:\S+ \+SDP', '127\.0\.0\.1:{peer.port}'\)"
        self.assertRegex(history, r'^\[' + entry)
        self.assertIn(", 'out', '200 OK (BYE)', ", history)

    def test_secrets_are_masked(self):
        """digest responses, tokens and media keys do not show, and nothing moves"""
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            call = Call(peer, peer.target_uri('busy'))
            sent = peer.send('INVITE', call=call, body=CRYPTO, headers=[
                'Authorization: Digest username="bob, response=no", realm="r", nonce="n",\r\n'
                ' response="0123456789abcdef", uri="sip:x"',
                'proxy-authorization : Bearer abc.def'])
            self.agent.expect_any()
            for _ in range(400):
                if messages := self.call(call.call_id)['messages']:
                    break
            raw = messages[0]['raw'].decode()
            self.assertEqual(len(raw), len(sent))
            for secret in ('0123456789abcdef', 'abc.def', 'c2VjcmV0'):
                self.assertIn(secret, sent)
                self.assertNotIn(secret, raw)
            self.assertIn('response="****************"', raw)
            self.assertIn('username="bob, response=no"', raw)
            self.assertIn('inline:' + 40 * '*' + '|2^20', raw)
            self.assertEqual(re.sub(r'[^*]', '', raw), 16 * '*' + 7 * '*' + 40 * '*')

    def test_subscriptions(self):
        """a subscription gets what fits its filter, and nothing when it is over"""
        first, second = self.peer(), self.peer(family='ipv6')
        ids = {name: self.ask('subscribe', filter=text)['id'] for name, text in {
            'options': "{'method': <'OPTIONS'>, 'direction': <'out'>}"}.items()}
        for peer in (first, second):
            peer.send('OPTIONS')
            peer.expect(200)
        caught = self.ask('caught')['messages']
        self.assertEqual([m['summary'] for m in caught], 2 * ['200 OK (OPTIONS)'])
        self.ask('unsubscribe', id=ids['options'])
        self.ask('subscribe', filter="{'peer': <'::1'>}")
        for peer in (first, second):
            peer.send('OPTIONS')
            peer.expect(200)
        caught = self.ask('caught')['messages']
        self.assertEqual({m['source'] for m in caught if m['direction'] == 'in'},
                         {f'[::1]:{second.port}'})
        self.assertEqual(len(caught), 2)

    def test_filter_by_session_and_call(self):
        """messages are found by the session that they belong to"""
        peer = self.peer()
        call = Call(peer)
        self.ask('session', call=call.call_id, session='7')
        self.ask('subscribe', filter="{'session-id': <'7'>}")
        peer.send('OPTIONS', call=call)
        peer.expect(200)
        peer.send('OPTIONS')
        peer.expect(200)
        caught = self.ask('caught')['messages']
        self.assertEqual([(m['call-id'], m['session-id']) for m in caught],
                         2 * [(call.call_id, '7')])

    def test_bad_filters(self):
        """a filter that means nothing is refused with a sentence"""
        for text in ("{'metod': <'OPTIONS'>}", "{'peer': <'nobody'>}", "{'method': <1>}",
                     "{'direction': <'up'>}"):
            answer = self.ask('subscribe', filter=text)
            self.assertEqual(answer['id'], 0)
            self.assertRegex(answer['error'], 'trace')

    def test_what_is_no_sip(self):
        """junk and keep-alives are told apart from messages"""
        peer = self.peer()
        self.ask('subscribe', filter="{'keep-alives': <true>}")
        for data in (b'\r\n\r\n', b'\xff\x00 junk', b'INVITE\r\n\r\n'):
            peer.send_raw(data)
        peer.send('OPTIONS')
        peer.expect(200)
        caught = self.ask('caught')['messages']
        kinds = [m['kind'] for m in caught if m['direction'] == 'in']
        self.assertEqual(kinds, ['keep-alive', 'malformed', 'malformed', 'request'])
        self.assertEqual(base64.b64decode(caught[1]['bytes']), b'\xff\x00 junk')

    def test_memory_is_bounded(self):
        """the calls that were silent for longest are forgotten"""
        peer = self.peer()
        names = []
        for _ in range(70):
            call = Call(peer)
            names.append(call.call_id)
            peer.send('OPTIONS', call=call)
            peer.expect(200)
        self.assertEqual(self.ask('calls')['calls'], names[-64:])
        self.assertEqual(self.call(names[0])['messages'], [])
        self.assertEqual(self.call(names[0])['ladder'], '')


@unittest.skipUnless(shutil.which('tshark'), 'tshark is not installed')
class Capture(Trace):
    """A packet capture is read by somebody else."""

    def run(self, result=None):
        # Only the tests of this class: those that it inherits ran already.
        if self._testMethodName in vars(Capture):
            return super().run(result)
        return result

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, 'call.pcap')

    def read(self, *fields):
        checks = [f'{name}.check_checksum:TRUE' for name in ('ip', 'udp', 'tcp')]
        command = ['tshark', '-n', '-r', self.path, '-T', 'fields']
        command += [part for check in checks for part in ('-o', check)]
        command += [part for field in fields for part in ('-e', field)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return [line.split('\t') for line in ran.stdout.splitlines()]

    def assert_sound(self):
        for expert in self.read('_ws.expert.message'):
            self.assertNotRegex(expert[0], '(?i)checksum|malformed|retransmission|previous segment')

    def test_tshark_reads_a_call(self):
        """tshark decodes a saved call as SIP, on every transport, with nothing to complain of"""
        for transport in ('udp', 'tcp'):
            for family in ('ipv4', 'ipv6'):
                with self.subTest(transport=transport, family=family):
                    peer = self.peer(transport, family)
                    call_id, *_ = self.talk(peer)
                    self.assertIsNone(self.ask('save', call=call_id, path=self.path)['error'])
                    rows = self.read('sip.Method', 'sip.Status-Code', 'sip.Call-ID',
                                     f'{transport}.srcport', f'{transport}.dstport',
                                     'frame.protocols')
                    self.assertEqual([row[0] or row[1] for row in rows],
                                     ['INVITE', '180', '200', 'ACK', 'BYE', '200'])
                    self.assertEqual({row[2] for row in rows}, {call_id})
                    port = str(self.agent.address(transport, family)[1])
                    self.assertEqual(rows[0][3:5], [str(peer.port), port])
                    self.assertEqual(rows[1][3:5], [port, str(peer.port)])
                    self.assertRegex(rows[0][5], r'sip:sdp')
                    self.assert_sound()

    def test_tshark_reads_a_running_capture(self):
        """a capture of a filter can be read while it is written"""
        self.ask('subscribe', filter="{'method': <'OPTIONS'>}", path=self.path)
        peer = self.peer()
        for _ in range(3):
            peer.send('OPTIONS')
            peer.expect(200)
        self.talk(peer)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
        rows = self.read('sip.Method', 'sip.Status-Code')
        self.assertEqual([row[0] or row[1] for row in rows], 3 * ['OPTIONS', '200'])

    def test_bad_place(self):
        """a capture that cannot be written is a sentence"""
        peer = self.peer()
        call_id, *_ = self.talk(peer)
        self.assertRegex(self.ask('save', call=call_id, path='/nowhere/x.pcap')['error'],
                         'cannot be opened')
        self.assertRegex(self.ask('save', call='nobody', path=self.path)['error'], 'nobody')
        os.symlink('/dev/null', self.path)
        self.assertRegex(self.ask('save', call=call_id, path=self.path)['error'],
                         'cannot be opened')


class Off(agent.SipTestCase):
    agent_arguments = ('--t1', '100', '--wire-trace', '0')

    def test_nothing_is_seen_unasked(self):
        """without history and subscription nothing is even looked at, and both can begin later"""
        peer = self.peer('tcp')
        for _ in range(2):
            peer.send('OPTIONS')
            peer.expect(200)
        self.agent.command('trace-calls')
        self.assertIn("'messages': 0", self.agent.expect('trace-calls')['statistics'])
        self.agent.command('trace-subscribe', filter='{}')
        number = self.agent.expect('trace-subscribe')['id']
        peer.send('OPTIONS')
        peer.expect(200)
        self.agent.command('trace-unsubscribe', id=number)
        self.agent.expect('trace-unsubscribe')
        peer.send('OPTIONS')
        peer.expect(200)
        self.agent.command('trace-calls')
        self.assertIn("'messages': 2", self.agent.expect('trace-calls')['statistics'])


if __name__ == '__main__':
    agent.main(150)
