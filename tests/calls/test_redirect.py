# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Who is called wants the call elsewhere: what becomes of it, by the key redirect."""

import unittest

import agent
from test_dial import SDP, DialTestCase


class Redirect(DialTestCase):
    """Alice calls Bob, who names others."""

    def call(self, policy=None, more='', **core):
        key = f'redirect={policy}\n' if policy else ''
        self.start('dial(bob)', f'\n[endpoint bob]\nauth=none\nidentify=ip\n'
                   f'contact=<{self.bob.uri}>\n{key}{more}', endpoint='send-identity=pai', **core)
        alice = self.caller()
        alice.invite('1')
        return alice, self.bob.called()

    def redirect(self, invite, *contacts, status=302, peer=None):
        peer = peer or self.bob
        peer.respond(invite, status, contact=False,
                     headers=[f'Contact: {contact}' for contact in contacts])
        peer.expect('ACK', skip=('INVITE',))

    def through(self, alice, peer, invite, identity=None):
        """Somebody answers; Alice learns who it is, and both speak until she hangs up."""
        peer.respond(invite, 180)
        ringing = alice.expect(180)
        peer.respond(invite, 200, body=SDP)
        peer.expect('ACK', skip=('INVITE',))
        answer = alice.answered()
        if identity is not None:
            for response in (ringing, answer):
                self.assertRegex(response['p-asserted-identity'] or '', identity)
        alice.bye()
        peer.take('BYE')
        self.done()

    def nobody_else(self, *peers):
        for peer in peers:
            self.assertIsNone(peer.receive(0.3))

    def test_followed(self):
        """302: the new target rings, and the caller is shown who that is"""
        alice, invite = self.call()
        self.redirect(invite, f'"Carol" <{self.carol.uri};x=1?Subject=evil&Route=%3Csip:evil%3E>')
        again = self.carol.called()
        self.assertEqual(again.uri, self.carol.uri + ';x=1')
        self.assertEqual((again['subject'], again['route']), (None, None))
        self.assertEqual(again['call-id'], invite['call-id'])
        user = self.carol.uri.split(':')[1].split('@')[0]
        self.through(alice, self.carol, again, f'<sip:{user}@')

    def test_in_order(self):
        """300 with three: the best first, the next when that says no, and the worst not at all"""
        alice, invite = self.call()
        self.redirect(invite, f'<{self.dave.uri}>;q=0.1, <{self.carol.uri}>;q=0.9',
                      f'<{self.bob.uri}>;q=0.2', '<mailto:bob@example.org>', status=300)
        first = self.carol.called()
        self.nobody_else(self.dave)
        self.carol.respond(first, 486)
        self.carol.expect('ACK', skip=('INVITE',))
        self.through(alice, self.dave, self.dave.called())

    def test_at_once(self):
        """two of one quality ring at once"""
        alice, invite = self.call()
        self.redirect(invite, f'<{self.dave.uri}>', f'<{self.carol.uri}>', status=301)
        ringing = self.dave.called()
        self.dave.respond(ringing, 180)
        answered = self.carol.called()
        self.carol.respond(answered, 200, body=SDP)
        self.dave.cancelled(ringing)
        self.carol.expect('ACK', skip=('INVITE',))
        alice.answered()
        alice.bye()
        self.carol.take('BYE')
        self.done()

    def test_in_circles(self):
        """each sends to the next, until one was asked before: 480 to the caller"""
        alice, invite = self.call()
        self.redirect(invite, f'<{self.carol.uri}>')
        self.redirect(self.carol.called(), f'<{self.dave.uri}>', peer=self.carol)
        self.redirect(self.dave.called(), f'<{self.bob.uri}>', peer=self.dave)
        alice.expect(480)
        self.nobody_else(self.carol)
        self.done()

    def test_hostile(self):
        """a thousand targets are no thousand calls, and what is no address is left out"""
        alice, invite = self.call()
        self.redirect(invite, '<tel:+49301234>', '<foo:bar>', f'<{self.carol.uri}>;q=nan',
                      ', '.join(f'<sip:x{n}@127.0.0.1:9>;q=0.000' for n in range(200)), status=300)
        again = self.carol.called()
        session = self.daemon.objects('session')[-1]
        self.assertLessEqual(len(self.daemon.get(session, 'Session', 'Branches')), 16)
        self.through(alice, self.carol, again)

    def test_refused(self):
        """redirect=no: the call has failed"""
        alice, invite = self.call('no')
        self.redirect(invite, f'<{self.carol.uri}>')
        alice.expect(480)
        self.nobody_else(self.carol)
        self.done()

    def test_user(self):
        """redirect=user: the user is called where the first one was, whatever the host says"""
        alice, invite = self.call('user')
        self.redirect(invite, '<sip:4711@192.0.2.99:9>')
        again = self.bob.called()
        self.assertEqual(again.uri, self.bob.uri.replace(self.bob.uri.split('@')[0], 'sip:4711'))
        self.through(alice, self.bob, again, '<sip:4711@')

    def test_proxy(self):
        """305: the same call once more, over the proxy"""
        alice, invite = self.call()
        self.redirect(invite, f'<{self.carol.uri}>', status=305)
        again = self.carol.called()
        self.assertEqual((again.uri, again['route']), (self.bob.uri, f'<{self.carol.uri};lr>'))
        self.through(alice, self.carol, again)

    def test_routes(self):
        """redirect=core: the user part goes through our routes, which know Carol"""
        alice, invite = self.call('core', f'\n[route c]\ncontext=demo\nmatch=77\n'
                                  f'do=dial(<{self.carol.uri}>)\n')
        self.redirect(invite, '<sip:78@192.0.2.9>, <sip:77@192.0.2.9>')
        self.through(alice, self.carol, self.carol.called())

    def test_routes_in_circles(self):
        """redirect=core to where the call was before: 482, and nobody rings once more"""
        alice, invite = self.call('core', f'\n[route c]\ncontext=demo\nmatch=2\n'
                                  f'do=dial(carol)\n\n[endpoint carol]\nauth=none\n'
                                  f'identify=ip\ncontact=<{self.carol.uri}>\nredirect=core\n')
        self.redirect(invite, '<sip:2@192.0.2.9>')
        self.redirect(self.carol.called(), '<sip:1@192.0.2.9>', peer=self.carol)
        alice.expect(482)
        self.nobody_else(self.bob)
        self.done()


class Sent(DialTestCase):
    """A route sends the caller elsewhere."""

    def redirected(self, do, status):
        self.start(do)
        alice = self.caller()
        alice.invite('1')
        response = alice.expect(status)
        self.done()
        return ', '.join(response.all('contact'))

    def test_one(self):
        """redirect(one): 302"""
        self.assertEqual(self.redirected('redirect(<sip:a@example.org>)', 302),
                         '<sip:a@example.org>')

    def test_several(self):
        """redirect(several): 300, the first one is the best, unless one says its own quality"""
        self.assertEqual(
            self.redirected('redirect(<sip:a@example.org>, "B" <sip:b@example.org>, '
                            '<sip:c@example.org>;q=0.05)', 300),
            '<sip:a@example.org>;q=0.9, "B" <sip:b@example.org>;q=0.8, '
            '<sip:c@example.org>;q=0.05')


if __name__ == '__main__':
    agent.main(200)
