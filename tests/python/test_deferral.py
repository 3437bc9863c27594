# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Python supplements that wait, and the base types as Python sees them."""

import threading
import unittest

import agent
from party import Ahoy, GLib, GObject, PartyCase, iterate_until, run_beside
from sip_peer import SDP, Call


class Asking(GObject.Object, Ahoy.SessionSupplement):
    """Asks a thread what becomes of an INVITE; `how` says what it does wrong."""

    def __init__(self, how='', deadline=0):
        super().__init__()
        self.how, self.deadline, self.states, self.worked = how, deadline, [], []

    def do_incoming_request(self, session, request):
        if request.get_method() != 'INVITE':
            return Ahoy.SupplementVerdict.CONTINUE
        deferral = session.defer(request, self.deadline)
        deferral.connect('over', lambda _, state: self.states.append(state))
        if self.how == 'raise':
            raise ValueError('asked for time, and then broke')
        if self.how != 'forget':
            threading.Thread(target=self.look_up, args=(deferral, request)).start()
        return Ahoy.SupplementVerdict.DEFERRED

    def look_up(self, deferral, request):
        """In a thread: only the answer goes back to the main loop."""
        GLib.idle_add(self.on_answer, deferral, request.get_header('X-Verdict'))

    def on_answer(self, deferral, verdict):
        word = verdict or 'CONTINUE'
        self.worked.append(deferral.resolve(getattr(Ahoy.SupplementVerdict, word)))
        self.worked.append(deferral.resolve(Ahoy.SupplementVerdict.CONTINUE))
        return GLib.SOURCE_REMOVE


def call(peer, headers=(), status=200):
    dialog = Call(peer)
    peer.send('INVITE', call=dialog, headers=headers, body=SDP)
    final = peer.expect(status, skip=(100, 180))
    if status == 200:
        dialog.established(final)
        peer.send('ACK', call=dialog)
        peer.send('BYE', call=dialog)
        peer.expect(200)


class Deferral(PartyCase):
    def add(self, supplement):
        self.start()
        self.party.sessions.add_supplement(supplement, 'asking', None, None, None)
        return supplement

    def test_asks_a_thread(self):
        """A supplement asks a thread, and the call goes on when the answer is there"""
        asking = self.add(Asking())
        run_beside(call, self.peer())
        self.assertEqual(asking.worked, [True, False])
        self.assertEqual(asking.states, [Ahoy.DeferralState.RESOLVED])

    def test_refuses_late(self):
        """A supplement refuses after the wait"""
        self.add(Asking())
        run_beside(call, self.peer(), ['X-Verdict: FAILED'], 500)

    def test_forgets(self):
        """A supplement that forgets its deferral: 500 at the deadline"""
        asking = self.add(Asking('forget', 50))
        run_beside(call, self.peer(), [], 500)
        self.assertEqual(asking.states, [Ahoy.DeferralState.TIMED_OUT])

    def test_raises(self):
        """A supplement that raises after it asked for time: 500 at once, and nobody waits"""
        asking = self.add(Asking('raise'))
        run_beside(call, self.peer(), [], 500)
        self.assertEqual(self.raised, [ValueError])
        self.assertEqual(asking.states, [Ahoy.DeferralState.CANCELLED])


class Base(unittest.TestCase):
    def test_task_queue(self):
        """Tasks run in order in the main loop; one is cancelled, and others wait"""
        dispatcher = Ahoy.Dispatcher.new(None)
        queue = Ahoy.TaskQueue.new(dispatcher, 'python')
        ran = []
        queue.push(lambda: ran.append(1))
        cancelled = queue.push(lambda: ran.append(2))
        threading.Thread(target=lambda: queue.push(lambda: ran.append(3))).start()
        self.assertTrue(queue.cancel(cancelled))
        iterate_until(lambda: len(ran) == 2, 'the tasks')
        self.assertEqual(ran, [1, 3])
        with self.assertRaises(GLib.Error) as caught:
            queue.push_and_wait(lambda: ran.append(4))
        self.assertTrue(caught.exception.matches(Ahoy.error_quark(), Ahoy.Error.INVALID_STATE))

    def test_event_bus(self):
        """States go from who publishes to who subscribes"""
        bus = Ahoy.EventBus.new()
        heard = []
        bus.publish('presence', 'alice', GLib.Variant('s', 'away'))
        number = bus.subscribe('presence', None, True, lambda bus, topic, key, state:
                               heard.append((key, state and state.unpack())))
        bus.publish('presence', 'bob', GLib.Variant('u', 7))
        bus.publish('presence', 'alice', None)
        self.assertEqual(heard, [('alice', 'away'), ('bob', 7), ('alice', None)])
        self.assertTrue(bus.unsubscribe(number))
        self.assertEqual(bus.list_keys('presence'), ['bob'])
        with self.assertRaises(GLib.Error):
            bus.publish('Presence!', 'bob', None)

    def test_datastore(self):
        """Objects are kept by name, and let go of"""
        store = Ahoy.Datastore.new()
        kept = Ahoy.EventBus.new()
        store.set_object('plugin/bus', kept)
        self.assertEqual(store.get_object('plugin/bus'), kept)
        name = store.add_object(kept)
        self.assertEqual(sorted(store.list_names()), sorted(['plugin/bus', name]))
        self.assertTrue(store.remove('plugin/bus'))
        self.assertIsNone(store.get_object('plugin/bus'))


if __name__ == '__main__':
    agent.main()
