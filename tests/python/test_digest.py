# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""AUTH-13, AUTH-17, AUTH-20: the digest authenticator from Python: alone, wrapped, in pieces."""

import hashlib

import agent
from party import Ahoy, GLib, GObject, PartyCase, run_beside


class Wrapper(GObject.Object, Ahoy.Authenticator):
    """Lets the digest authenticator decide, except about those who are locked out."""

    def __init__(self, digest):
        super().__init__()
        self.digest, self.locked, self.results = digest, set(), []

    def do_requires_authentication(self, request, endpoint):
        return self.digest.requires_authentication(request, endpoint)

    def do_authenticate_request(self, transaction, endpoint):
        if endpoint is not None and endpoint.get_name() in self.locked:
            return Ahoy.AuthResult.FAILED
        self.results.append(self.digest.authenticate_request(transaction, endpoint))
        return self.results[-1]

    def do_get_credentials(self, request, endpoint):
        return self.digest.get_credentials(request, endpoint)


class Own(GObject.Object, Ahoy.Authenticator):
    """Stands before others: asks with 407, and checks with its own words."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def do_requires_authentication(self, request, endpoint):
        return Ahoy.AuthRequirement.REQUIRED

    def do_authenticate_request(self, transaction, endpoint):
        request = transaction.get_request()
        for credentials in request.list_credentials(True):
            self.seen.append((credentials.get_username(), credentials.get_realm(),
                              credentials.get_nonce_count(), credentials.get_qop()))
            ha1 = Ahoy.digest_hash_account(credentials.get_algorithm(), 'alice', 'own', 'pw')
            if credentials.get_nonce() == 'mine' and credentials.check(
                    ha1, request.get_method(), request.get_body()):
                return Ahoy.AuthResult.SUCCESS
        challenges = [Ahoy.Challenge.new(realm, Ahoy.DigestAlgorithm.SHA_512_256,
                                         Ahoy.DigestQop.AUTH, 'mine', None, 'sip:a', False)
                      for realm in ('own', 'other')]
        transaction.challenge(407, challenges)
        return Ahoy.AuthResult.CHALLENGE_SENT


class Digest(PartyCase):
    def chain(self, authenticator, **keys):
        """A party with an endpoint bob, and an authenticator before its OPTIONS service."""
        party = self.start()
        service = Ahoy.OptionsService.new(party.stack)
        party.stack.add_service(service, 'options', None, None, ['OPTIONS'])
        chain = Ahoy.Interception.new(party.stack)
        endpoints = Ahoy.EndpointRegistry.new()
        config = Ahoy.EndpointConfig.new('bob')
        for key, value in keys.items():
            config.set_text(key.replace('_', '-'), value)
        endpoints.add(Ahoy.Endpoint.new(config))
        identification = Ahoy.Identification.new(chain)
        identification.add_identifier(Ahoy.UsernameIdentifier.new(endpoints), 'username', None,
                                      None)
        chain.add(identification, 'identify', None, None, None)
        authentication = Ahoy.Authentication.new(chain)
        authentication.add_authenticator(authenticator, 'python', None, None)
        chain.add(authentication, 'authenticate', None, ['identify'], None)
        return chain, authentication

    def ask(self, peer, password='secret', user='bob'):
        """The status of the first answer, and of that to the proof."""
        def run():
            request = peer.build('OPTIONS', from_=f'<sip:bob@example.org>;tag={peer.unique("f")}')
            peer.send(request)
            first = peer.receive()
            if first.status not in (401, 407):
                return first.status, None
            peer.send(peer.authorize(request, first, user, password))
            return first.status, peer.receive().status
        return run_beside(run)

    def test_alone(self):
        """A digest authenticator needs accounts and nothing else"""
        digest = Ahoy.DigestAuthenticator.new(Ahoy.AuthRegistry.new(), None)
        digest.set_secret(GLib.Bytes.new(b'0123456789abcdef'))
        digest.props.realm = 'Python'
        digest.props.algorithms = ['SHA-512-256', 'nonsense', 'MD5-sess', 'MD5']
        self.assertEqual(digest.props.algorithms, ['SHA-512-256', 'MD5'])
        self.assertEqual(digest.props.qop, Ahoy.DigestQop.AUTH)
        self.keep = self.chain(digest, password='secret')
        peer = self.peer()
        self.assertEqual(self.ask(peer), (401, 200))
        self.assertEqual(self.ask(peer, 'wrong'), (401, 401))
        self.assertEqual(self.ask(peer, user='eve'), (401, 401))
        digest.props.proxy = True
        self.assertEqual(self.ask(peer), (407, 200))
        self.assertEqual(self.keep[1].get_statistics().unpack()['succeeded'], 2)
        del self.keep

    def test_hashed(self):
        """An account from a hash, as a data base may have it"""
        accounts = Ahoy.AuthRegistry.new()
        account = Ahoy.AuthConfig.new('bob')
        account.set_text('password-sha256',
                         hashlib.sha256(b'bob:ahoy:secret').hexdigest())
        accounts.add(account)
        with self.assertRaisesRegex(GLib.Error, 'already'):
            accounts.add(account)
        self.assertEqual(accounts.lookup('bob'), account)
        self.keep = self.chain(Ahoy.DigestAuthenticator.new(accounts, None))
        peer = self.peer()
        self.assertEqual(self.ask(peer), (401, 200))
        self.assertTrue(accounts.remove('bob'))
        self.assertEqual(self.ask(peer), (401, 401))
        del self.keep

    def test_wrapped(self):
        """A Python authenticator asks the digest one, and says no where it likes to"""
        wrapper = Wrapper(Ahoy.DigestAuthenticator.new(Ahoy.AuthRegistry.new(), None))
        self.keep = self.chain(wrapper, password='secret')
        peer = self.peer()
        self.assertEqual(self.ask(peer), (401, 200))
        self.assertEqual(wrapper.results,
                         [Ahoy.AuthResult.CHALLENGE_SENT, Ahoy.AuthResult.SUCCESS])
        wrapper.locked.add('bob')
        self.assertEqual(self.ask(peer), (403, None))
        wrapper.locked.clear()
        self.assertEqual(self.ask(peer), (401, 200))
        del self.keep

    def test_own(self):
        """Challenges, credentials and arithmetic from Python: 407 with two realms"""
        own = Own()
        self.keep = self.chain(own)
        peer = self.peer()
        self.assertEqual(self.ask(peer, 'pw', 'alice'), (407, 200))
        self.assertEqual(self.ask(peer, 'pW', 'alice'), (407, 407))
        self.assertEqual(own.seen, [('alice', 'own', 1, Ahoy.DigestQop.AUTH)] * 2)
        del self.keep

    def test_events(self):
        """What becomes of each proof is told to the security log"""
        party_log = Ahoy.SecurityLog.new(Ahoy.Scheduler.new(None))
        told = []
        party_log.connect('event', lambda _, event: told.append(event.get_name()))
        digest = Ahoy.DigestAuthenticator.new(Ahoy.AuthRegistry.new(), party_log)
        self.keep = self.chain(digest, password='secret')
        peer = self.peer()
        self.ask(peer)
        self.ask(peer, 'wrong')
        self.ask(peer, user='eve')

        def basic():
            peer.send(peer.build('OPTIONS', from_='<sip:bob@example.org>;tag=1',
                                 headers=[('Authorization', 'Basic Ym9iOnNlY3JldA==')]))
            return peer.receive().status
        self.assertEqual(run_beside(basic), 401)
        self.assertEqual(told, ['challenge-sent', 'successful-auth', 'challenge-sent',
                                'invalid-password', 'challenge-sent',
                                'challenge-response-failed', 'auth-method-not-allowed'])
        del self.keep


if __name__ == '__main__':
    agent.main(100)
