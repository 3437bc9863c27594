# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The harness proves itself before it judges anybody: two peers talk to each other."""

import os
import subprocess
import sys
import unittest

import agent
import sip_digest
from agent import ALL_PATHS, Agent
from sip_dialog import Dialog, sdp
from sip_ladder import Ladder
from sip_message import Message, NameAddr, ParseError, StreamFramer, Uri, Via
from sip_peer import Failure

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures')


class PeerTestCase(agent.SipTestCase):
    needs_agent = False
    watchdog = 90
    peers_listen = True

    def pair(self, transport='udp', family='ipv4'):
        alice = self.peer(transport, family, name='alice')
        bob = self.peer(transport, family, name='bob')
        alice.target = (bob.host, bob.port)
        bob.target = (alice.host, alice.port)
        return alice, bob


class Messages(unittest.TestCase):
    def test_compact_and_list_headers(self):
        """compact forms, folded lines and comma lists are read as their long, single values"""
        message = Message.parse(
            b'INVITE sip:bob@192.0.2.1 SIP/2.0\r\n'
            b'v: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/TCP b\r\n'
            b'Via: SIP/2.0/UDP [2001:db8::1]:5070;rport\r\nf: "A, B" <sip:a@a>;tag=1\r\n'
            b't: sip:b@b\r\ni: x@y\r\nCSeq: 7\r\n INVITE\r\n'
            b'm: <sip:a@a?x=1,2>, "q\\",<" <sip:b@b>\r\n'
            b'k: 100rel, timer\r\nSupported: replaces\r\nl: 3\r\n\r\nabcdef')
        self.assertEqual([via.sent_by for via in message.vias], ['a', 'b', '[2001:db8::1]:5070'])
        self.assertEqual(message.vias[2].port, 5070)
        self.assertEqual(message.from_.display_name, 'A, B')
        self.assertEqual(message.from_.tag, '1')
        self.assertIsNone(message.to.tag)
        self.assertEqual((message.cseq, message.method), (7, 'INVITE'))
        self.assertEqual(len(message.get_all('Contact')), 2)
        self.assertEqual(message.tokens('Supported'), {'100rel', 'timer', 'replaces'})
        self.assertEqual(message.body, b'abc')

    def test_round_trip_keeps_bytes(self):
        """bytes which are no UTF-8 survive reading and writing"""
        data = (b'OPTIONS sip:b@b SIP/2.0\r\nFrom: "J\xfcrgen" <sip:j@j>;tag=2\r\n'
                b'Content-Length: 2\r\n\r\n\xff\x00')
        self.assertEqual(Message.parse(data).to_bytes(), data)

    def test_malformed_messages(self):
        """what is no SIP is refused with a reason"""
        for data in (b'OPTIONS sip:b SIP/2.0\r\n', b'SIP/2.0 20 OK\r\n\r\n', b'junk\r\n\r\n',
                     b'OPTIONS sip:b SIP/2.0\r\nno colon\r\n\r\n',
                     b'OPTIONS sip:b SIP/2.0\r\nl: 5\r\n\r\nabc'):
            with self.assertRaises(ParseError):
                Message.parse(data)
        with self.assertRaises(ParseError):
            Via('SIP/3.0/UDP a')

    def test_uris_and_name_addrs(self):
        """URIs come apart into user, host, port and parameters"""
        uri = Uri('sip:bob@[2001:db8::1]:5070;transport=tcp;lr?X=1')
        self.assertEqual((uri.user, uri.host, uri.port), ('bob', '[2001:db8::1]', 5070))
        self.assertEqual(uri.params, {'transport': 'tcp', 'lr': None})
        self.assertEqual(NameAddr('sip:a@b;tag=x').uri, 'sip:a@b')

    def test_framer(self):
        """a TCP stream is cut at Content-Length, whatever the segments are"""
        one = b'OPTIONS sip:b SIP/2.0\r\nl: 4\r\n\r\nb\r\n\r'
        two = b'SIP/2.0 200 OK\r\nContent-Length : 0\r\n\r\n'
        framer, seen = StreamFramer(), []
        for byte in one + b'\r\n\r\n' + two:
            seen += framer.feed(bytes([byte]))
        self.assertEqual(seen, [one, two])
        self.assertEqual(framer.pongs, 2)
        self.assertEqual(StreamFramer().feed(one + two), [one, two])


class Digest(unittest.TestCase):
    common = {'method': 'GET', 'uri': '/dir/index.html', 'username': 'Mufasa',
              'password': 'Circle of Life', 'realm': 'http-auth@example.org',
              'nonce': '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
              'cnonce': 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', 'qop': 'auth'}

    def test_rfc_7616_vectors(self):
        """the MD5 and SHA-256 examples of RFC 7616 section 3.9.1 come out"""
        self.assertEqual(sip_digest.digest_response(algorithm='MD5', **self.common),
                         '8ca523f5e9506fed4657c9700eebdbec')
        self.assertEqual(sip_digest.digest_response(algorithm='SHA-256', **self.common),
                         '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1')

    def test_rfc_2069_vector(self):
        """a challenge without qop gives the short form (RFC 2617 example with qop left out)"""
        self.assertEqual(
            sip_digest.digest_response('GET', '/dir/index.html', 'Mufasa', 'Circle Of Life',
                                       'testrealm@host.com', 'dcd98b7102dd2f0e8b11d0f600bfb0c093'),
            '670fd8c2df070c60b045671b8b24ff02')

    def test_authorization_value(self):
        """a header answers its challenge, and a single parameter can be forged"""
        challenge = ('Digest realm="a \\"b\\"", nonce="n", qop="auth,auth-int", '
                     'algorithm=SHA-256, opaque="o"')
        scheme, params = sip_digest.parse_challenge(challenge)
        self.assertEqual((scheme, params['realm'], params['algorithm']),
                         ('Digest', 'a "b"', 'SHA-256'))
        value = sip_digest.authorization(challenge, 'INVITE', 'sip:b', 'alice', 'secret')
        _scheme, answer = sip_digest.parse_challenge(value)
        self.assertEqual(answer['response'], sip_digest.digest_response(
            'INVITE', 'sip:b', 'alice', 'secret', 'a "b"', 'n', 'SHA-256', 'auth', '0a4f113b'))
        self.assertEqual((answer['opaque'], answer['nc'], answer['qop']), ('o', '00000001', 'auth'))
        forged = sip_digest.authorization(challenge, 'INVITE', 'sip:b', 'a', 's', response='0',
                                          nc='2')
        self.assertIn('response="0"', forged)
        self.assertIn('nc=2', forged)


class Conversations(PeerTestCase):
    def test_call_on_every_path(self):
        """a whole call with 100rel, INFO, re-INVITE, UPDATE, REFER and BYE on every path"""
        for transport, family in ALL_PATHS:
            with self.subTest(transport=transport, family=family):
                self.call(*self.pair(transport, family))

    def call(self, alice, bob):
        offer = sdp(alice.host)
        invite = alice.send(alice.build_invite(body=offer, headers=[('Supported', '100rel')]))
        received = bob.expect('INVITE')
        self.assertEqual(received.body.decode(), offer)
        bob.respond(received, 100)
        early = bob.respond(received, 183, headers=[('Require', '100rel'), ('RSeq', 17)])
        progress = alice.expect(183)
        caller = Dialog.from_response(alice, invite, progress)
        callee = Dialog.from_request(bob, received, early)
        caller.send(caller.prack(progress))
        prack = bob.expect('PRACK', dialog=callee)
        self.assertEqual(prack.get('RAck'), '17 1 INVITE')
        bob.respond(prack, 200)
        alice.expect('200 PRACK')
        bob.respond(received, 200, body=sdp(bob.host))
        answer = alice.expect('200 INVITE')
        self.assertTrue(caller.owns(answer))
        ack = caller.ack()
        self.assertNotEqual(ack.via.branch, invite.via.branch)
        caller.send(ack)
        received = bob.expect('ACK')
        self.assertEqual((received.cseq, received.cseq_method), (1, 'ACK'))
        self.in_dialog(alice, bob, caller, callee)

    def in_dialog(self, alice, bob, caller, callee):
        for request in (caller.info(b'Signal=1\r\n'), caller.update(), caller.options(),
                        caller.refer('<sip:carol@example.org>')):
            caller.send(request)
            bob.respond(bob.expect(request.method, dialog=callee), 200)
            self.assertEqual(alice.expect(200).cseq_method, request.method)
        callee.send(callee.notify('refer', 'terminated;reason=noresource', b'SIP/2.0 200 OK\r\n'))
        notify = alice.expect('NOTIFY', dialog=caller)
        self.assertEqual(notify.get('o'), 'refer')
        alice.respond(notify, 200)
        bob.expect('200 NOTIFY')
        again = callee.reinvite(sdp(bob.host, direction='sendonly'))
        callee.send(again)
        alice.respond(alice.expect('INVITE', dialog=caller), 200, body=sdp(alice.host))
        bob.expect('200 INVITE')
        callee.send(callee.ack(again))
        self.assertEqual(alice.expect('ACK').cseq, again.cseq)
        callee.send(callee.bye())
        alice.respond(alice.expect('BYE'), 200)
        bob.expect('200 BYE')

    def test_cancel(self):
        """CANCEL, 487 and its ACK carry the INVITE's branch"""
        alice, bob = self.pair()
        invite = alice.send(alice.build_invite())
        received = bob.expect('INVITE')
        bob.respond(received, 180)
        alice.expect(180)
        alice.send(alice.cancel_of(invite))
        cancel = bob.expect('CANCEL')
        self.assertEqual(cancel.via.branch, received.via.branch)
        self.assertIsNone(cancel.to.tag)
        bob.respond(cancel, 200)
        bob.respond(received, 487)
        alice.expect('200 CANCEL')
        refused = alice.expect('487 INVITE')
        alice.send(alice.ack_failure(invite, refused))
        ack = bob.expect('ACK')
        self.assertEqual(ack.via.branch, received.via.branch)
        self.assertEqual(ack.to.tag, refused.to.tag)

    def test_forks(self):
        """one socket plays several branches of a fork, each a dialog of its own"""
        alice, bob = self.pair()
        invite = alice.send(alice.build_invite())
        received = bob.expect('INVITE')
        dialogs = {}
        for tag in ('one', 'two'):
            bob.respond(received, 180, tag=tag, contact='<sip:%s@%s>' % (tag, bob.address))
            dialogs[tag] = Dialog.from_response(alice, invite, alice.expect(180))
        self.assertEqual(dialogs['one'].remote_tag, 'one')
        for tag in ('one', 'two'):
            bob.respond(received, 200, tag=tag)
        second = alice.expect(200, dialog=dialogs['two'])
        self.assertEqual(second.to.tag, 'two')
        dialogs['two'].send(dialogs['two'].bye())
        self.assertEqual(bob.expect('BYE').uri, 'sip:two@' + bob.address)
        alice.expect(200, dialog=dialogs['one'])

    def test_route_sets(self):
        """loose routes go into Route, a strict first route becomes the request URI"""
        alice, bob = self.pair()
        invite = alice.send(alice.build_invite())
        received = bob.expect('INVITE')
        own = '<sip:%s;lr>' % bob.address
        bob.respond(received, 200, headers=[('Record-Route', '<sip:192.0.2.9;lr>, ' + own)])
        dialog = Dialog.from_response(alice, invite, alice.expect(200))
        dialog.send(dialog.ack())
        ack = bob.expect('ACK')
        self.assertEqual(ack.get_all('Route'), [own, '<sip:192.0.2.9;lr>'])
        self.assertEqual(ack.uri, 'sip:bob@' + bob.address)
        dialog.route_set = ['<sip:%s>' % bob.address]
        bye = dialog.bye()
        self.assertEqual(bye.uri, 'sip:' + bob.address)
        self.assertEqual(bye.get_all('Route'), ['<sip:bob@%s>' % bob.address])

    def test_digest_conversation(self):
        """a challenged request comes again with credentials, CSeq + 1 and a new branch"""
        for algorithm in ('MD5', 'SHA-256', 'SHA-512-256'):
            with self.subTest(algorithm=algorithm):
                alice, bob = self.pair()
                register = alice.send(alice.register('sip:alice@example.org'))
                challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=' + algorithm
                bob.respond(bob.expect('REGISTER'), 401, headers=[('WWW-Authenticate', challenge)])
                alice.send(alice.authorize(register, alice.expect(401), 'alice', 'secret'))
                again = bob.expect('REGISTER')
                self.assertEqual(again.cseq, 2)
                self.assertNotEqual(again.via.branch, register.via.branch)
                params = sip_digest.parse_challenge(again.get('Authorization'))[1]
                self.assertEqual(params['response'], sip_digest.digest_response(
                    'REGISTER', register.uri, 'alice', 'secret', 'r', 'n', algorithm, 'auth',
                    params['cnonce']))


class Streams(PeerTestCase):
    def test_fragments(self):
        """a message may come byte by byte, and several in one segment"""
        for family in ('ipv4', 'ipv6'):
            with self.subTest(family=family):
                alice, bob = self.pair('tcp', family)
                connection = alice.connect()
                data = alice.build('OPTIONS', body=b'x\r\n\r\ny', content_type='a/b').to_bytes()
                alice.send_chunks([bytes([byte]) for byte in data], connection)
                received = bob.expect('OPTIONS')
                self.assertEqual(received.raw, data)
                several = [alice.build('OPTIONS') for _ in range(3)]
                alice.send_raw(b''.join(item.to_bytes() for item in several), connection=connection)
                for item in several:
                    self.assertEqual(bob.expect('OPTIONS').call_id, item.call_id)
                bob.respond(received, 200)
                self.assertIs(alice.expect(200).connection, connection)

    def test_keep_alive_and_close(self):
        """CRLF is counted as pong, and a closed connection is noticed"""
        alice, bob = self.pair('tcp')
        connection = alice.connect()
        alice.send(alice.build('OPTIONS'), connection=connection)
        received = bob.expect('OPTIONS')
        bob.send_raw(b'\r\n', connection=received.connection)
        alice.expect_pong(connection)
        received.connection.close()
        alice.expect_closed(connection)


class Failures(PeerTestCase):
    def test_silence_is_reported(self):
        """a missing answer fails with a text which shows the ladder"""
        alice, _bob = self.pair()
        alice.send(alice.build('OPTIONS'))
        with self.assertRaises(Failure) as caught:
            alice.expect(200, timeout=0.05)
        text = str(caught.exception)
        self.assertIn('alice: expected 200, but nothing came within 0.1 s', text)
        self.assertIn('OPTIONS', text)
        self.assertIn('(not received)', text)

    def test_unexpected_message_is_reported(self):
        """a wrong answer fails and names both what was wanted and what came"""
        alice, bob = self.pair()
        alice.send(alice.build('OPTIONS'))
        bob.respond(bob.expect('OPTIONS'), 486)
        with self.assertRaises(Failure) as caught:
            alice.expect(('2xx', 'INVITE'))
        self.assertIn('expected 2xx or INVITE, but got 486 Busy Here', str(caught.exception))

    def test_expect_nothing(self):
        """silence passes, a message in the silence fails"""
        alice, bob = self.pair()
        bob.expect_nothing(0.05)
        alice.send(alice.build('OPTIONS'))
        with self.assertRaises(Failure):
            bob.expect_nothing(2)

    def test_malformed_input_is_reported(self):
        """bytes which are no SIP fail the expectation and are shown"""
        alice, bob = self.pair()
        alice.send_raw(b'complete nonsense\r\n\r\n')
        with self.assertRaises(Failure) as caught:
            bob.expect('OPTIONS')
        self.assertIn('no SIP', str(caught.exception))

    def test_retransmissions_are_kept_apart(self):
        """identical bytes are a retransmission, changed bytes are a new message"""
        alice, bob = self.pair()
        request = alice.build('OPTIONS')
        alice.send(request)
        alice.send(request)
        first = bob.expect('OPTIONS')
        bob.expect_retransmission(first)
        bob.expect_nothing(0.02)
        with self.assertRaises(Failure):
            bob.expect_retransmission(first, timeout=0.02)
        request.set('X-Changed', 'yes')
        alice.send(request)
        bob.expect('OPTIONS')

    def test_filters_leave_other_messages(self):
        """an expectation about one transaction leaves all others in the inbox"""
        alice, bob = self.pair()
        first, second = alice.build('OPTIONS'), alice.build('INFO')
        alice.send(first)
        alice.send(second)
        self.assertEqual(bob.expect('INFO', call_id=second.call_id).method, 'INFO')
        bob.expect('OPTIONS')


class Ladders(unittest.TestCase):
    def test_drawing(self):
        """the ladder shows time, direction, labels, losses and notes"""
        ladder = Ladder()
        ladder.name(('127.0.0.1', 1), 'alice', local=True)
        ladder.name(('127.0.0.1', 2), 'agent')
        ladder.start -= 1000
        ladder.message(('127.0.0.1', 1), ('127.0.0.1', 2), 'OPTIONS', 'sent')
        ladder.note('something')
        ladder.message(('127.0.0.1', 2), ('127.0.0.1', 1), '200 OK', 'received')
        lines = str(ladder).split('\n')
        self.assertEqual(lines[0].split(), ['alice', 'agent'])
        self.assertRegex(lines[1], r'^1000\.\d{3}  \|---OPTIONS-+>\|$')
        self.assertRegex(lines[2], r'^1000\.\d{3}   \* something$')
        self.assertRegex(lines[3], r'^1000\.\d{3}  \|<--200 OK-+\|$')

    def test_empty(self):
        """an empty ladder says so"""
        self.assertEqual(str(Ladder()), '(nothing was sent or received)')


class Agents(unittest.TestCase):
    command = [sys.executable, os.path.join(FIXTURES, 'json_agent.py')]

    def start(self):
        under_test = Agent(listeners=['udp:127.0.0.1:0', 'tcp:127.0.0.1:0'], command=self.command)
        self.addCleanup(under_test.stop)
        return under_test

    def test_protocol(self):
        """listeners, commands and events go through, and a clean end has no complaints"""
        program = self.start()
        self.assertEqual(set(program.ports), {'udp:127.0.0.1:0', 'tcp:127.0.0.1:0'})
        self.assertEqual(program.stats()['transactions'], 0)
        for number in (1, 2, 3):
            program.command('event', event='call', id=number)
        self.assertEqual(program.expect('call')['id'], 1)
        self.assertEqual(program.expect('call', id=3)['id'], 3)
        with self.assertRaises(Failure):
            program.expect('call', timeout=0.05)
        program.stop()

    def test_bad_ends_are_noticed(self):
        """a crash, a bad status, a sanitizer report, junk output and a hang are complaints"""
        for command, complaint in (('crash', 'died of SIGSEGV'), ('status', 'status 3'),
                                   ('sanitizer', 'AddressSanitizer'), ('garbage', 'no JSON event'),
                                   ('hang', 'did not quit')):
            with self.subTest(command=command):
                program = self.start()
                program.command(command)
                if command in ('crash', 'status'):
                    program.process.wait(10)
                with self.assertRaises(Failure) as caught:
                    program.stop(timeout=0.5 if command == 'hang' else 10)
                self.assertIn(complaint, str(caught.exception).split('\n', 1)[0])

    def test_dead_agent_fails_quickly(self):
        """waiting for an event of a dead agent ends at once"""
        program = self.start()
        program.command('crash')
        with self.assertRaises(Failure) as caught:
            program.expect('never', timeout=25)
        self.assertIn('has ended with status -11', str(caught.exception))
        with self.assertRaises(Failure) as caught:
            program.stop()
        self.assertIn('died of SIGSEGV', str(caught.exception))


class Runner(unittest.TestCase):
    def test_tap_output(self):
        """the runner counts tests and subtests, reports failures with a ladder, and breaks hangs"""
        run = subprocess.run([sys.executable, os.path.join(FIXTURES, 'tap_sample.py')],
                             stdout=subprocess.PIPE, timeout=25, check=False)
        text = run.stdout.decode()
        points = [line for line in text.split('\n') if not line.startswith('#') and line]
        self.assertEqual(points, [
            'ok 1 - this passes', 'not ok 2 - this fails  with a hash', 'not ok 3 - this hangs',
            'ok 4 - this is skipped # SKIP no reason', 'ok 5 - this has subtests: 1',
            'not ok 6 - this has subtests: 2', 'ok 7 - this has subtests: 3', '1..7'])
        self.assertIn('# tap.WatchdogError: the test took longer than 1 s', text)
        self.assertIn('expected INVITE, but nothing came', text)
        self.assertEqual(run.returncode, 1)


if __name__ == '__main__':
    agent.main(60)
