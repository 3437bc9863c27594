# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""TRNK-01, TRNK-02, TRNK-13: when registrations are made again, by a clock that the test moves."""

import time

import agent
from party import Ahoy, GLib, PartyCase, iterate_until, run_beside

SECOND = 1000000
State = Ahoy.RegistrationState


class Clock(PartyCase):
    def setUp(self):
        super().setUp()
        self.party = self.start()
        self.clock = Ahoy.Scheduler.new_virtual()
        self.service = Ahoy.RegistrationService.new(self.party.stack, Ahoy.EndpointRegistry.new(),
                                                    self.clock)
        self.addCleanup(self.forget)
        self.service.start()
        self.server = self.peer()

    def forget(self):
        self.service.run_dispose()
        del self.service, self.clock, self.party

    def add(self, name='home', **keys):
        config = Ahoy.RegistrationConfig.new(name)
        keys = {'server': f'<{self.server.uri}>', 'client': '<sip:alice@example.org>', **keys}
        for key, value in keys.items():
            config.set_text(key.replace('_', '-'), value)
        return self.service.add(config)

    def advance(self, seconds):
        self.clock.advance(int(seconds * SECOND))

    def answer(self, status=200, expires=3600, headers=()):
        """Answers the REGISTER that comes now, and waits until that was seen."""
        def run():
            request = self.server.expect('REGISTER')
            self.server.respond(request, status, headers=headers, contact=status == 200 and
                                f'{request["Contact"]};expires={expires}')
            return request
        return run_beside(run)

    def until(self, registration, state):
        iterate_until(lambda: registration.get_state() == state, f'{state.value_nick}')

    def delay(self, registration):
        """In how many seconds REGISTER is sent next."""
        return registration.get_next_attempt_at() / 1e6 - time.time()

    def register(self, registration, **keys):
        self.advance(0)
        self.answer(**keys)
        self.until(registration, State.REGISTERED)

    def test_refresh(self):
        """TRNK-01: it is made again after 75 to 90 % of the time, and not before"""
        registration = self.add()
        self.register(registration)
        for _ in range(5):
            self.assertTrue(2699 < self.delay(registration) < 3241, self.delay(registration))
            before = registration.get_next_attempt_at()
            delay = self.delay(registration)
            self.advance(2699)
            self.assertEqual(registration.get_next_attempt_at(), before)
            self.assertEqual(self.clock.get_n_jobs(), 1)
            self.advance(delay - 2698)
            self.answer()
            iterate_until(lambda: registration.get_next_attempt_at() != before, 'the refresh')
            self.assertEqual(registration.get_state(), State.REGISTERED)

    def test_back_off(self):
        """TRNK-02: after failures it waits twice as long each time, up to half an hour"""
        registration = self.add()
        self.advance(0)
        delays = []
        for number in range(9):
            before = registration.get_next_attempt_at()
            self.answer(status=503)
            iterate_until(lambda: registration.get_next_attempt_at() not in (0, before), '503')
            delays.append(self.delay(registration))
            longest = min(30 * 2 ** number, 1800)
            self.assertTrue(longest * 0.49 < delays[-1] <= longest, (number, delays))
            self.advance(delays[-1] + 1)
        self.answer()
        self.until(registration, State.REGISTERED)
        self.advance(self.delay(registration) + 1)
        self.answer(status=503)
        self.until(registration, State.FAILED)
        self.assertLess(self.delay(registration), 30.1)  # it was good in between

    def test_retry_after(self):
        """TRNK-13: what Retry-After says is the least, and is spread"""
        delays = []
        for number in range(6):
            registration = self.add(f'home{number}')
            self.advance(0)
            self.answer(status=503, headers=[('Retry-After', '1000')])
            self.until(registration, State.FAILED)
            delays.append(self.delay(registration))
            self.assertTrue(999.5 < delays[-1] < 1101, delays)
        self.assertGreater(max(delays) - min(delays), 1)

    def test_silence(self):
        """TRNK-04: nobody answers: it is given up after timeout"""
        registration = self.add(timeout='20s', max_retries='1')
        self.advance(0)
        self.advance(19)
        self.assertEqual(registration.get_state(), State.REGISTERING)
        self.advance(1.1)
        self.assertEqual((registration.get_state(), registration.get_status()),
                         (State.FAILED, 408))
        self.advance(31)
        self.advance(21)
        self.assertEqual(registration.get_state(), State.FAILED)
        self.assertEqual(registration.get_next_attempt_at(), 0)
        self.assertEqual(self.clock.get_n_jobs(), 0)
        self.assertIn('not tried again', registration.dup_status_text())

    def test_start(self):
        """TRNK-02: max-random-initial-delay spreads those that begin together"""
        delays = sorted(self.delay(self.add(f'home{number}', max_random_initial_delay='100s'))
                        for number in range(50))
        self.assertTrue(0 <= delays[0] < 30 and 70 < delays[-1] <= 100, delays)

    def test_methods(self):
        """TRNK-01: register() and unregister() tell when it is answered, and what is wrong"""
        registration = self.add()
        self.register(registration)
        done = []
        for call, finish, expires in (
                (registration.register_async, registration.register_finish, '3600'),
                (registration.unregister_async, registration.unregister_finish, '0')):
            call(None, lambda _source, result, finish=finish: done.append(finish(result)))
            request = self.answer()
            self.assertEqual(request['Expires'], expires)
            iterate_until(lambda: done, 'the answer')
            self.assertTrue(done.pop())
        self.assertEqual(registration.get_state(), State.UNREGISTERED)
        registration.set_enabled(False)
        failed = []

        def fail(source, result):
            try:
                source.register_finish(result)
            except GLib.Error as error:
                failed.append(error.message)
        registration.register_async(None, fail)
        iterate_until(lambda: failed, 'the failure')
        self.assertIn('is not enabled; set enabled=yes', failed[0])


if __name__ == '__main__':
    agent.main(60)
