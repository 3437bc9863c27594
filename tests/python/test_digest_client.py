# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-23: programs in Python answer challenges themselves, and look at challenges."""

import agent
import sip_digest
from party import Ahoy, PartyCase, iterate_until, run_beside

ASKED = 'Digest realm="keyring", nonce="n1", algorithm=SHA-256, qop="auth", opaque="o"'


def account(name='alice', password='secret', realm=None):
    made = Ahoy.AuthConfig.new('from-keyring')
    made.props.username, made.props.password, made.props.realm = name, password, realm
    return made


class Python(PartyCase):
    def client(self):
        party = self.start()
        client = Ahoy.DigestClient.new(party.stack, Ahoy.AuthRegistry.new())
        self.addCleanup(client.run_dispose)
        return party, client

    def ask(self, party, asked=ASKED, status=401, headers=()):
        """Sends an OPTIONS that is challenged; the status, and the requests that came."""
        peer = self.peer()
        request = party.stack.create_request('OPTIONS', peer.uri, 'sip:me@example.org', None)
        for name, value in headers:
            request.add_header(name, value)
        answers = []
        party.stack.send_request_async(request, None, None, lambda stack, result: answers.append(
            stack.send_request_finish(result)))

        def run():
            first = peer.expect('OPTIONS')
            peer.respond(first, status, headers=[('WWW-Authenticate', asked)], contact=False)
            again = None
            while again is None and not answers:
                again = peer.receive(0.05)
            if again is not None:
                peer.respond(again, 200)
            return first, again
        requests = run_beside(run)
        iterate_until(lambda: answers, 'the answer')
        return answers.pop().get_status(), *requests

    def test_credentials(self):
        """An account of the program's own answers; it is told the request and the realm"""
        party, client = self.client()
        seen = []

        def give(_client, request, realm):
            seen.append((request.get_method(), request.get_header('X-Colour'), realm))
            return account()
        client.connect('get-credentials', give)
        status, first, again = self.ask(party, headers=[('X-Colour', 'red')])
        self.assertEqual((status, first['Authorization']), (200, None))
        self.assertEqual(seen, [('OPTIONS', 'red', 'keyring')])
        given = sip_digest.parse_challenge(again['Authorization'])[1]
        self.assertEqual(given['response'], sip_digest.digest_response(
            'OPTIONS', again.uri, 'alice', 'secret', 'keyring', 'n1', 'SHA-256', 'auth',
            given['cnonce'], '00000001'))
        counted = client.get_statistics().unpack()
        self.assertEqual((counted['challenged'], counted['answered'], counted['dialogs']),
                         (1, 1, 1))

    def test_first_gives(self):
        """Of several programs the first that knows an account is believed"""
        party, client = self.client()
        client.connect('get-credentials', lambda *_: None)
        client.connect('get-credentials', lambda *_: account('second'))
        client.connect('get-credentials', lambda *_: account('third'))
        _status, _first, again = self.ask(party)
        self.assertIn('username="second"', again['Authorization'])

    def test_no_credentials(self):
        """None, an exception and an account of another realm: the answer is 401"""
        def fail(*_arguments):
            raise RuntimeError('a bug')
        for give in (lambda *_: None, fail, lambda *_: account(realm='other'),
                     lambda *_: account(password=None)):
            party, client = self.client()
            client.connect('get-credentials', give)
            status, _first, again = self.ask(party)
            self.assertEqual((status, again), (401, None))
            self.assertEqual(client.get_statistics().unpack()['unknown'], 1)
            client.run_dispose()
        self.assertEqual(self.raised, [RuntimeError])

    def test_own_header(self):
        """Credentials that a program wrote itself stay alone, and it hears what comes of them"""
        party, client = self.client()
        client.connect('get-credentials', lambda *_: account())
        own = 'Digest username="me", realm="keyring", nonce="old", uri="sip:x", response="1"'
        status, first, again = self.ask(party, headers=[('Authorization', own)])
        self.assertEqual((status, again), (401, None))
        self.assertEqual(len(first.all('Authorization')), 1)

    def test_challenges(self):
        """A challenge is read, and answered by hand"""
        challenge, = Ahoy.Challenge.parse_list(ASKED)
        self.assertEqual((challenge.get_realm(), challenge.get_algorithm()),
                         ('keyring', Ahoy.DigestAlgorithm.SHA_256))
        hashed = Ahoy.digest_hash_account(Ahoy.DigestAlgorithm.SHA_256, 'alice', 'keyring',
                                          'secret')
        proof = Ahoy.Credentials.new(challenge, 'alice', hashed, 'OPTIONS', 'sip:x', None, None, 1)
        self.assertTrue(proof.check(hashed, 'OPTIONS', None))
        self.assertFalse(proof.check(hashed, 'INVITE', None))


if __name__ == '__main__':
    agent.main(60)
