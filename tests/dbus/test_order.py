# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What is on the wire at the end of a session, in its order, in each way that a session ends:
the last PropertiesChanged, then Ended, then (after a while) InterfacesRemoved."""

import pathlib
import unittest

import agent
from bus_monitor import Monitor
from daemon import BusError, Daemon, anyone
from test_sipp import Sipp

SCENARIOS = pathlib.Path(__file__).resolve().parent / 'scenarios'
SESSION = 'org.ahoy.Ahoy1.Session'
STREAM = 'org.ahoy.Ahoy1.Stream'


class OrderTestCase(unittest.TestCase):
    routes = ()
    linger = '0'

    def setUp(self):
        self.daemon = Daemon(anyone(*self.routes, core=f'session-linger={self.linger}'))
        self.addCleanup(self.daemon.stop)
        self.monitor = Monitor(self.daemon.bus)
        self.addCleanup(self.monitor.close)

    def sipp(self, scenario, calls=False, user='me'):
        target = self.daemon.address() if calls else None
        sipp = Sipp(SCENARIOS / scenario, 'udp', 'ipv4', target, user=user)
        self.addCleanup(lambda: sipp.process.poll() is None and sipp.process.kill())
        return sipp if calls else sipp.listening('udp')

    def incoming(self):
        return self.monitor.wait(lambda signal: signal.member == 'InterfacesAdded'
                                 and SESSION in signal.arguments[1], what='call').object

    def wait_for_state(self, path, state):
        self.monitor.wait(lambda signal: signal.path == path and signal.member == 'StateChanged'
                          and signal.arguments[1] == state, what=f'{state} of {path}')

    def check(self, path, status, by, streams=0):
        """Waits until a session is gone, and checks what was said of it."""
        self.monitor.wait_for(path, 'InterfacesRemoved')
        told = self.monitor.of(path)
        own = [signal for signal in told if signal.object == path]
        shown = '\n'.join(map(repr, told))
        self.assertEqual(own[0].member, 'InterfacesAdded', shown)
        self.assertEqual(own[-1].member, 'InterfacesRemoved', shown)
        self.assertEqual(own[-1].arguments[1], [SESSION], shown)
        self.assertEqual(own[-2].member, 'Ended', shown)
        self.assertEqual([own[-2].arguments[0], own[-2].arguments[2]], [status, by], shown)
        for member in ('InterfacesAdded', 'Ended', 'InterfacesRemoved'):
            self.assertEqual(sum(signal.member == member for signal in own), 1, shown)

        # nothing of the session or its streams changes after Ended
        end = told.index(own[-2])
        self.assertEqual({signal.member for signal in told[end + 1:]}, {'InterfacesRemoved'}, shown)

        # who only listens knows in the end what a reader would have read
        known = dict(own[0].arguments[1][SESSION])
        for signal in own:
            if signal.member == 'PropertiesChanged':
                known.update(signal.arguments[1])
        self.assertEqual([known['State'], known['EndStatus'], known['EndedBy']],
                         ['ended', status, by], shown)
        self.assertEqual(known['EndReason'], own[-2].arguments[1], shown)
        self.assertGreater(known['EndedAt'], 0)

        # each state is told after the property has it, and never backwards
        order = ['new', 'trying', 'ringing', 'active', 'ending', 'ended']
        steps = [signal.arguments[:2] for signal in own if signal.member == 'StateChanged']
        self.assertEqual([old for old, _new in steps[1:]], [new for _old, new in steps[:-1]])
        self.assertEqual(sorted(steps, key=lambda step: order.index(step[1])), steps)
        self.assertEqual(steps[-1][1], 'ended')

        removed = [signal for signal in told
                   if signal.member == 'InterfacesRemoved' and signal.object != path]
        self.assertEqual([signal.arguments[1] for signal in removed], [[STREAM]] * streams, shown)
        self.assertLess(max((told.index(signal) for signal in removed), default=0),
                        told.index(own[-1]), shown)

    def gone(self, path):
        with self.assertRaisesRegex(BusError, 'no object .* on the bus any more|Unknown object'):
            self.daemon.call(path, 'Session', 'Hangup')
        self.assertNotIn(path, self.daemon.objects('session'))


class Order(OrderTestCase):
    def test_local(self):
        """we hang up"""
        sipp = self.sipp('uac_answered', calls=True)
        path = self.incoming()
        self.daemon.call(path, 'Session', 'Answer')
        self.wait_for_state(path, 'active')
        self.daemon.call(path, 'Session', 'Hangup')
        self.check(path, 200, 'local', streams=1)
        self.gone(path)
        self.assertEqual(sipp.finish()[0], 0)

    def test_remote(self):
        """the peer hangs up"""
        sipp = Sipp('uas_bye', 'udp', 'ipv4').listening('udp')
        path = self.daemon.dial(sipp.uri)
        self.check(path, 200, 'remote', streams=1)
        self.gone(path)
        self.assertEqual(sipp.finish()[0], 0)

    def test_we_cancel(self):
        """we give up a call that rings"""
        sipp = self.sipp('uas_ringing')
        path = self.daemon.dial(sipp.uri)
        self.wait_for_state(path, 'ringing')
        self.daemon.call(path, 'Session', 'Hangup')
        self.check(path, 487, 'local')
        self.assertEqual(sipp.finish()[0], 0)

    def test_peer_cancels(self):
        """the caller gives up"""
        sipp = Sipp('uac_cancel', 'udp', 'ipv4', self.daemon.address(), user='me')
        path = self.incoming()
        self.daemon.call(path, 'Session', 'Ring')
        self.check(path, 487, 'remote')
        self.assertEqual(sipp.finish()[0], 0)

    def test_we_reject(self):
        """we refuse a call"""
        sipp = self.sipp('uac_603', calls=True)
        path = self.incoming()
        self.daemon.call(path, 'Session', 'Reject', 'qs', 603, '')
        self.check(path, 603, 'local')
        self.assertEqual(sipp.finish()[0], 0)

    def test_peer_rejects(self):
        """the callee is busy"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        path = self.daemon.dial(sipp.uri)
        self.check(path, 486, 'remote')
        self.assertEqual(sipp.finish()[0], 0)

    def test_timeout(self):
        """nobody answers within the time"""
        sipp = self.sipp('uas_ringing')
        path = self.daemon.call('', 'Manager', 'DialWithOptions', 'ssa{sv}', '', sipp.uri,
                                1, 'timeout', 'u', 1)[0]
        self.check(path, 408, 'local')
        self.assertEqual(sipp.finish()[0], 0)

    def test_nobody_there(self):
        """the peer does not exist: timer B, with t1=50ms"""
        # a port that is taken, and where nobody speaks SIP
        path = self.daemon.dial('sip:nobody@127.0.0.1:1')
        self.monitor.wait_for(path, 'InterfacesRemoved')
        ended = self.monitor.wait_for(path, 'Ended')
        self.assertIn(ended.arguments[0], (408, 503))
        self.assertEqual(ended.arguments[2], 'network')
        self.check(path, ended.arguments[0], 'network')

    def test_daemon_quits(self):
        """the daemon ends while calls go on"""
        sipps = [self.sipp('uac_answered', calls=True) for _ in range(3)]
        self.monitor.wait(lambda signal: signal.object.endswith('/session/3'), what='third call')
        paths = self.daemon.objects('session')
        for path in paths:
            self.daemon.call(path, 'Session', 'Answer')
            self.wait_for_state(path, 'active')
        self.daemon.call('', 'Manager', 'Quit')
        for path in paths:
            self.check(path, 200, 'local', streams=1)
        for sipp in sipps:
            self.assertEqual(sipp.finish()[0], 0)
        self.assertEqual(self.daemon.process.wait(30), 0)
        self.assertTrue(any(signal.member == 'PropertiesChanged'
                            and signal.arguments[1].get('State') == 'stopping'
                            for signal in self.monitor.signals))


class Route(OrderTestCase):
    routes = (('600', 'answer, echo'), ('601', 'ring, wait(60)'), ('602', 'answer, hangup'))

    def test_route(self):
        """a call that a route has: Application is told, and nothing after Ended"""
        host, port = self.daemon.address()
        for user, status, by in ((600, 200, 'local'), (601, 487, 'local'),
                                 (602, 200, 'remote')):
            with self.subTest(user=user):
                self.monitor.signals.clear()
                path = self.daemon.dial(f'sip:{user}@{host}:{port}')
                called = path[:-1] + str(int(path[-1]) + 1)
                self.wait_for_state(path, 'ringing' if user == 601 else 'active')
                if by == 'local':
                    self.daemon.call(path, 'Session', 'Hangup')
                streams = int(user != 601)
                self.check(path, status, by, streams)
                self.check(called, status, 'remote' if by == 'local' else 'local', streams)
                steps = [told.get(SESSION, told).get('Application')
                         for signal in self.monitor.of(called)
                         if signal.member in ('InterfacesAdded', 'PropertiesChanged')
                         for told in signal.arguments[1:2]]
                steps = [step for step in steps if step is not None]
                # a route that is over at once may be over before anything is told
                self.assertEqual(steps[-1:] or [''], [''])
                if user != 602:
                    self.assertIn('echo' if user == 600 else 'wait', steps)


class Linger(OrderTestCase):
    linger = '1s'

    def test_linger(self):
        """an ended session stays for session-linger, and then goes"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        path = self.daemon.dial(sipp.uri)
        ended = self.monitor.wait_for(path, 'Ended')
        gone = self.monitor.wait_for(path, 'InterfacesRemoved')
        self.assertGreater(gone.time - ended.time, 0.5)
        self.check(path, 486, 'remote')
        self.gone(path)
        self.assertEqual(sipp.finish()[0], 0)


class Long(OrderTestCase):
    linger = '1h'

    def test_readable(self):
        """an ended session can be read, and is gone when the daemon ends"""
        sipp = Sipp('uas_486', 'udp', 'ipv4').listening('udp')
        path = self.daemon.dial(sipp.uri)
        self.monitor.wait_for(path, 'Ended')
        self.assertEqual(self.daemon.get(path, 'Session', 'EndStatus'), 486)
        self.assertEqual(sipp.finish()[0], 0)
        self.daemon.call('', 'Manager', 'Quit')
        self.check(path, 486, 'remote')


if __name__ == '__main__':
    agent.main(220)
