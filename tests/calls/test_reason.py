# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Why a call ends goes from one of its legs to the other: Reason (RFC 3326) and Q.850."""

import agent
from test_identity import Identity

CLEARING = 'Q.850;cause=16;text="Normal call clearing"'


class Reason(Identity):
    """Alice calls 1, and reaches Bob."""

    def connect(self, alice='', bob=''):
        self.begin(bob, alice)
        self.answer(self.invite())

    def expect_bye(self, peer):
        bye = peer.expect('BYE', skip=(200, 'ACK', 'INVITE'))
        peer.respond(bye, 200)
        return bye.all('reason')

    def ended(self, direction):
        """EndStatus, EndCause and EndReason of the session that ended."""
        values = self.session(direction, 'ended')[1]
        return values['EndStatus'], values['EndCause'], values['EndReason']

    def test_of_the_caller(self):
        """BYE of the caller: what it says is said to the callee, and told on the bus"""
        self.connect()
        self.alice.send('BYE', call=self.alice.call,
                        headers=('Reason: SIP;cause=200;text="Bored, and gone"',
                                 'Reason: Q.850 ; text="a, \\"b" ; cause = 31'))
        self.alice.expect(200)
        said = self.expect_bye(self.bob)
        self.assertEqual(said[0], 'SIP;cause=200;text="Bored, and gone"')
        self.assertRegex(said[1], '^Q.850 ?;')
        self.assertIn('31', said[1])
        self.done()
        for direction in 'incoming', 'outgoing':
            self.assertEqual(self.ended(direction)[1], 31)

    def test_of_the_callee(self):
        """BYE of the callee: what it says is said to the caller"""
        self.connect()
        self.bob.send('BYE', call=self.bob.call, headers=('Reason: Q.850;cause=38;text="Broken"',))
        self.bob.expect(200)
        self.assertEqual(self.expect_bye(self.alice), ['Q.850;cause=38;text="Broken"'])
        self.done()
        self.assertEqual(self.ended('outgoing'), (200, 38, 'Q.850;cause=38;text="Broken"'))

    def test_nothing_said(self):
        """a BYE that says nothing is the end of a good call"""
        self.connect()
        self.alice.send('BYE', call=self.alice.call)
        self.alice.expect(200)
        self.assertEqual(self.expect_bye(self.bob), [CLEARING])
        self.done()

    def test_nonsense(self):
        """what is no cause is none"""
        self.connect()
        self.alice.send('BYE', call=self.alice.call, headers=(
            'Reason: Q.850;cause=128', 'Reason: Q.850;;cause', 'Reason: ",Q.850;cause=3',
            'Reason: Q.8500;cause=3', 'Reason: Q.850;cause=-1', 'Reason: ;;,,"'))
        self.alice.expect(200)
        self.assertEqual(self.expect_bye(self.bob)[-1], CLEARING)
        self.done()

    def test_switched_off(self):
        """q850-reason=no: the endpoint gets what is said by SIP alone"""
        self.connect(bob='q850-reason=no')
        self.alice.send('BYE', call=self.alice.call, headers=(
            'Reason: Q.850;cause=31, SIP;cause=480',))
        self.alice.expect(200)
        self.assertEqual(self.expect_bye(self.bob), ['SIP;cause=480'])
        self.done()

    def test_refused(self):
        """the cause of a refusal comes to the caller, whatever the status stands for"""
        self.begin()
        invite = self.invite()
        self.bob.respond(invite, 480, headers=('Reason: Q.850;cause=20;text="Subscriber absent"',))
        self.bob.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.alice.expect(480).all('reason'),
                         ['Q.850;cause=20;text="Subscriber absent"'])
        self.done()
        self.assertEqual(self.ended('outgoing')[:2], (480, 20))

    def test_refused_by_status(self):
        """a refusal that says no cause has that of its status"""
        self.begin()
        invite = self.invite()
        self.bob.respond(invite, 486)
        self.bob.expect('ACK', skip=('INVITE',))
        self.assertEqual(self.alice.expect(486).all('reason'),
                         ['Q.850;cause=17;text="User busy"'])
        self.done()

    def test_cancelled(self):
        """the CANCEL of the caller says why, and the callee is told"""
        self.begin()
        invite = self.invite()
        self.bob.respond(invite, 180)
        self.alice.expect(180)
        self.alice.cancel(('Reason: Q.850;cause=19',))
        self.alice.expect(487, skip=(200,))
        self.assertEqual(self.bob.cancelled(invite).all('reason'), ['Q.850;cause=19'])
        self.done()

    def test_step(self):
        """hangup(34) of a route: the status that stands for the cause, and the cause"""
        self.begin(do='hangup(34)')
        self.alice.invite('1')
        self.assertEqual(self.alice.expect(503).all('reason'),
                         ['Q.850;cause=34;text="No circuit/channel available"'])
        self.done()

    def test_program(self):
        """a program says why it hangs up"""
        self.connect()
        path, _ = self.session('incoming')
        self.daemon.call(path, 'Session', 'SetEndCause', 'u', '31')
        self.daemon.call(path, 'Session', 'Hangup')
        self.assertEqual(self.expect_bye(self.alice), ['Q.850;cause=31;text="Normal, unspecified"'])
        self.expect_bye(self.bob)
        self.done()


if __name__ == '__main__':
    agent.main(300)
