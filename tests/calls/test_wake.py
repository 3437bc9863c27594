# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-36: calls to phones that sleep, and to phones that register while others ring."""

import os
import sys
import time

import agent
from test_contacts import ContactsTestCase


sys.path.append(os.path.join(os.environ['AHOY_SOURCE'], 'tests', 'dbus'))
from test_agents import NEVER, Agent  # noqa: E402

PUSH = ';pn-provider=fcm;pn-param=project;pn-prid=device-7'


class WakeTestCase(ContactsTestCase):
    def waker(self, answer='accept'):
        made = Agent(self.daemon, answer, 'wake')
        self.addCleanup(made.close)
        return made

    def ring(self, user='1'):
        caller = self.caller()
        caller.invite(user)
        return caller

    def connect(self, caller, phone):
        """The phone rings, answers, and the caller hangs up."""
        invite = phone.called()
        phone.respond(invite, 180)
        caller.expect(180)
        self.answer(phone, invite)
        phone.expect('ACK', skip=('INVITE',))
        caller.answered()
        caller.bye()
        phone.take('BYE')
        self.done()

    def uri(self, phone):
        return phone.uri.replace('sip:peer', 'sip:alice') + PUSH

    def quickly_refused(self, caller):
        begin = time.monotonic()
        caller.expect(480)
        self.assertLess(time.monotonic(), begin + 12)
        self.done()


class Late(WakeTestCase):
    """late=yes: who comes while others ring."""

    def test_late(self):
        """a phone that registers while another one rings gets the call too, and may answer it"""
        self.start('dial(alice, late=yes)')
        first, late = self.phone(), self.phone(at_once=False)
        caller = self.ring()
        invite = first.called()
        first.respond(invite, 180)
        caller.expect(180)
        late.register()
        second = late.called()
        self.answer(late, second)
        self.assertIn('SIP;cause=200', first.cancelled(invite)['reason'])
        late.expect('ACK', skip=('INVITE',))
        caller.answered()
        caller.bye()
        late.take('BYE')
        self.done()

    def test_not_late(self):
        """without late=yes it does not; nor does one that comes when the call is answered"""
        self.start('dial(alice)', more='\n[route x]\ncontext=demo\nmatch=2\n'
                   'do=dial(alice, late=yes)\n')
        first, late = self.phone(), self.phone(at_once=False)
        caller = self.ring()
        invite, = self.rings(first)
        late.register()
        late.expect_nothing(0.2)
        first.respond(invite, 486)
        caller.expect(486, skip=(180,))
        late.register(expires=0, number=5)
        first.expect('ACK', skip=('INVITE',))
        caller = self.ring('2')
        self.answer(first, first.called())
        caller.answered()
        late.register(number=9)
        late.expect_nothing(0.2)
        caller.bye()
        first.take('BYE', skip=('ACK',))
        self.done()

    def test_refreshed(self):
        """one that rings and registers again does not ring twice"""
        self.start('dial(alice, late=yes)')
        phone = self.phone()
        caller = self.ring()
        invite, = self.rings(phone)
        phone.register(number=5)
        phone.expect_nothing(0.2)
        phone.respond(invite, 486)
        caller.expect(486, skip=(180,))
        self.done()

    def test_nobody(self):
        """with nobody there it is refused at once"""
        self.start('dial(alice, late=yes)')
        self.quickly_refused(self.ring())


class Wake(WakeTestCase):
    """Agents that wake phones."""

    def test_key(self):
        """wake=yes: nobody is registered; an agent is asked, the phone comes and is called"""
        self.start('dial(alice, timeout=20)', 'wake=yes')
        waker = self.waker()
        phone = self.phone(at_once=False)
        caller = self.ring()
        waker.wait_asked()
        kind, what, facts = waker.asked[0]
        self.assertEqual((kind, what), ('wake', '/org/ahoy/Ahoy1/endpoint/alice'))
        self.assertEqual((facts['endpoint'], facts['aor']), ('alice', 'alice'))
        self.assertIn('sip:peer@127.0.0.1', facts['caller'])
        phone.register()
        self.connect(caller, phone)
        self.assertEqual(len(waker.asked), 1)

    def test_push(self):
        """a phone that says how it is woken is woken, and called when it registers again"""
        self.start('dial(alice, timeout=20)')
        waker = self.waker()
        phone = self.phone(at_once=False)
        phone.register(uri=self.uri(phone))
        caller = self.ring()
        waker.wait_asked()
        facts = waker.asked[0][2]
        self.assertEqual({name: facts[name] for name in facts if name.startswith('pn-')},
                         {'pn-provider': 'fcm', 'pn-param': 'project', 'pn-prid': 'device-7'})
        self.assertEqual(facts['contact'], self.uri(phone))
        phone.expect_nothing(0.2)
        phone.register(uri=self.uri(phone), number=5)
        self.connect(caller, phone)

    def test_expired(self):
        """a phone whose registration ended since it slept is woken, too"""
        self.start('dial(alice, timeout=20)', 'minimum-expiration=1s')
        waker = self.waker()
        phone = self.phone(at_once=False)
        phone.register(uri=self.uri(phone), expires=1)
        self.wait_until_gone()
        caller = self.ring()
        waker.wait_asked()
        self.assertEqual(waker.asked[0][2]['pn-prid'], 'device-7')
        phone.register(uri=self.uri(phone), number=5)
        self.connect(caller, phone)

    def test_with_others(self):
        """phones that are there ring meanwhile; two calls to a phone that sleeps wake it once"""
        self.start('dial(alice, timeout=20)')
        waker = self.waker()
        awake, phone = self.phone(), self.phone(at_once=False)
        phone.register(uri=self.uri(phone))
        callers = [self.ring() for _ in range(2)]
        waker.wait_asked()
        invites = [awake.called() for _ in callers]
        phone.register(uri=self.uri(phone), number=5)
        late = [phone.called() for _ in callers]
        for invite in late + invites:
            (phone if invite in late else awake).respond(invite, 486)
        for caller in callers:
            caller.expect(486)
        self.assertEqual(len(waker.asked), 1)
        self.done()

    def test_nobody_wakes(self):
        """without an agent a phone is called where it was, and one that is not there is 480"""
        self.start('dial(alice)', 'wake=yes')
        self.quickly_refused(self.ring())
        phone = self.phone(at_once=False)
        phone.register(uri=self.uri(phone))
        caller = self.ring()
        self.connect(caller, phone)

    def test_refused(self):
        """an agent that cannot, fails, or leaves: nobody waits"""
        self.start('dial(alice, timeout=20)', 'wake=yes')
        self.daemon.warnings_expected = True
        for answer in ('reject', ValueError('broken'), 'whatever'):
            waker = self.waker(answer)
            self.quickly_refused(self.ring())
            self.assertEqual(len(waker.asked), 1, answer)
            waker.close()
        waker = self.waker(NEVER)
        caller = self.ring()
        waker.wait_asked()
        waker.crash()
        self.quickly_refused(caller)

    def test_does_not_come(self):
        """a phone that does not come is 480 when the time is over; the next step may follow"""
        self.start('dial(alice, timeout=1)', 'wake=yes', more='\n[route x]\ncontext=demo\n'
                   'match=2\ndo=dial(alice, timeout=1), reject(410)\n')
        self.waker()
        self.quickly_refused(self.ring())
        self.ring('2').expect(410)
        self.done()

    def test_caller_gives_up(self):
        """a caller that gives up leaves nothing; the phone that comes then does not ring"""
        self.start('dial(alice, timeout=20)', 'wake=yes')
        waker = self.waker()
        phone = self.phone(at_once=False)
        caller = self.ring()
        waker.wait_asked()
        caller.expect(100)
        caller.cancel()
        caller.expect(487, skip=(200,))
        self.done()
        phone.register()
        phone.expect_nothing(0.2)


del ContactsTestCase

if __name__ == '__main__':
    agent.main()
