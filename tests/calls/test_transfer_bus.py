# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Transfers on the bus: those that we ask for, what is told of them, and agents that allow them."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import urllib.parse

import agent
from bus_monitor import Monitor
from daemon import BusError
from test_transfer import TransferTestCase

sys.path.insert(0, str(pathlib.Path(os.environ['AHOY_SOURCE'], 'tests', 'dbus')))
from test_agents import Agent  # pylint: disable=wrong-import-position

EXAMPLE = pathlib.Path(os.environ['AHOY_SOURCE'], 'examples', 'python', 'attended_transfer.py')


class Asked(TransferTestCase):
    """We have a call with Alice, and ask her to go on with somebody else."""

    def setUp(self):
        super().setUp()
        self.pool = concurrent.futures.ThreadPoolExecutor(4)
        self.addCleanup(self.pool.shutdown)

    def dial(self, phone):
        session = self.daemon.dial(phone.uri, phone.name)
        leg = phone.called().ring().answer()
        self.daemon.wait(session, 'active')
        return session, leg

    def transfer(self, session, method='Transfer', signature='s', argument='sip:carol@example.org'):
        return self.pool.submit(self.daemon.call, session, 'Session', method, signature, argument)

    def held(self, leg, direction='sendonly'):
        """The re-INVITE that comes before the REFER; nothing else may come before its answer."""
        invite = leg.expect('INVITE')
        self.assertIn(f'a={direction}'.encode(), invite.body)
        leg.phone.expect_nothing(0.3, skip=('INVITE',))
        leg.phone.respond(invite, 200, tag=leg.call.local_tag, body=leg.phone.sdp().replace(
            'sendrecv', 'recvonly' if direction == 'sendonly' else 'sendrecv'))
        leg.expect('ACK', skip=('INVITE',))

    def referred(self, leg, status=202, headers=()):
        refer = leg.expect('REFER')
        leg.phone.respond(refer, status, tag=leg.call.local_tag, headers=headers)
        return refer

    def notify(self, leg, status, state='active;expires=60'):
        body = f'SIP/2.0 {status} Something\r\n'
        request = leg.request('NOTIFY', body=body, headers=(
            'Event: refer', f'Subscription-State: {state}', 'Content-Type: message/sipfrag'))
        self.assertEqual(leg.final(request, skip=('BYE', 'INVITE')).status, 200)

    def test_blind(self):
        """held first, then asked, told how it goes, and over when the other one answers"""
        self.start()
        monitor = Monitor(self.daemon.bus)
        self.addCleanup(monitor.close)
        session, alice = self.dial(self.alice)
        answer = self.transfer(session)
        self.held(alice)
        refer = self.referred(alice)
        self.assertEqual(refer['refer-to'], '<sip:carol@example.org>')
        self.assertIn('Referred-By', [name for name, _ in refer.headers])
        self.assertEqual(answer.result(), [202, 'Accepted'])
        self.notify(alice, 100)
        self.notify(alice, 180)
        self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'accepted')
        headers = dict(self.daemon.get(session, 'Session', 'TransferHeaders'))
        self.assertEqual(headers['Refer-To'], '<sip:carol@example.org>')
        self.notify(alice, 200, 'terminated;reason=noresource')
        alice.hung_up()
        self.daemon.wait(session, 'ended')
        self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'done')
        told = [list(signal.arguments) for signal in monitor.of(session)
                if signal.member == 'TransferProgress']
        self.assertEqual([status for status, _ in told], [100, 180, 200])
        self.assertEqual(told[0][1], '<sip:carol@example.org>')
        self.over()

    def test_no_reports(self):
        """a peer that tells nothing (Refer-Sub: false): the call is over with its 202"""
        self.start()
        session, alice = self.dial(self.alice)
        answer = self.transfer(session)
        self.held(alice)
        self.referred(alice, headers=('Refer-Sub: false',))
        self.assertEqual(answer.result(), [202, 'Accepted'])
        alice.hung_up()
        self.over()

    def test_no_reports_wanted(self):
        """refer-subscription=no: Refer-Sub: false; a peer that knows it not tells all the same"""
        self.start(more={'alice': 'refer-subscription=no'})
        for answer, headers in ((200, ('Refer-Sub: false',)), (202, ())):
            session, alice = self.dial(self.alice)
            status = self.transfer(session)
            self.held(alice)
            refer = self.referred(alice, answer, headers)
            self.assertEqual(refer['refer-sub'], 'false')
            self.assertIn('norefersub', refer['supported'])
            self.assertEqual(status.result(), [202, 'Accepted'])
            if not headers:
                self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'accepted')
                self.notify(alice, 200, 'terminated;reason=noresource')
            alice.hung_up()
            self.daemon.wait(session, 'ended')
            self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'done')
        self.over()

    def test_not_allowed(self):
        """a peer that does not allow REFER: an error at once, and nothing is sent"""
        self.start()
        session = self.daemon.dial(self.alice.uri, 'alice')
        alice = self.alice.called()
        self.alice.respond(alice.invite, 200, tag=alice.call.local_tag, body=self.alice.sdp(),
                           headers=('Allow: INVITE, ACK, CANCEL, BYE, INFO',))
        alice.expect('ACK', skip=('INVITE',))
        self.daemon.wait(session, 'active')
        with self.assertRaisesRegex(BusError, 'does not allow REFER'):
            self.daemon.call(session, 'Session', 'Transfer', 's', 'sip:carol@example.org')
        done = self.daemon.ctl('transfer', session.rpartition('/')[2], 'sip:carol@example.org',
                               check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('does not allow REFER', done.stderr)
        self.assertEqual(self.daemon.get(session, 'Session', 'Hold'), 'none')
        self.alice.expect_nothing(0.3, skip=('INVITE',))
        alice.bye()
        self.over()

    def test_example(self):
        """examples/python/attended_transfer.py: calls Alice, then Carol, and lets them talk"""
        self.start()
        program = subprocess.Popen([sys.executable, EXAMPLE, self.alice.uri, self.carol.uri],
                                   env=self.daemon.environment, text=True, stdout=subprocess.PIPE)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        alice = self.alice.called().answer()
        self.held(alice)
        carol = self.carol.called().ring().answer()
        refer = self.referred(alice)
        self.assertEqual(refer['refer-to'].strip('<>').partition('?')[0], self.carol.uri)
        self.assertIn(urllib.parse.quote(carol.call.call_id, safe=''), refer['refer-to'])
        self.notify(alice, 100)
        self.notify(alice, 200, 'terminated;reason=noresource')
        alice.hung_up()
        carol.bye()
        self.assertEqual(program.wait(20), 0)
        said = program.stdout.read()
        self.assertIn('Transfer: 200\nThey talk with each other\n', said)
        self.over()

    def test_example_fails(self):
        """the same, when Carol is busy: it says so, and Alice's call is over"""
        self.start()
        program = subprocess.Popen([sys.executable, EXAMPLE, self.alice.uri, self.carol.uri],
                                   env=self.daemon.environment, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        for stream in (program.stdout, program.stderr):
            self.addCleanup(stream.close)
        self.addCleanup(program.wait)
        alice = self.alice.called().answer()
        self.held(alice)
        self.carol.called().reject(486)
        alice.hung_up()
        self.assertEqual(program.wait(20), 1)
        self.assertIn('cannot be had, ended: 486', program.stderr.read())
        self.over()

    def test_refused(self):
        """refused, and then failed: the call goes on, and is heard again"""
        self.start()
        session, alice = self.dial(self.alice)
        answer = self.transfer(session)
        self.held(alice)
        self.referred(alice, 603)
        self.assertEqual(answer.result()[0], 603)
        self.held(alice, 'sendrecv')
        self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'refused')
        answer = self.transfer(session)
        self.held(alice)
        refer = self.referred(alice)
        self.assertEqual(answer.result()[0], 202)
        request = alice.request('NOTIFY', body='SIP/2.0 486 Busy\r\n', headers=(
            f'Event: refer;id={refer.cseq}', 'Subscription-State: terminated;reason=noresource',
            'Content-Type: message/sipfrag'))
        self.assertEqual(alice.final(request, skip=('INVITE',)).status, 200)
        self.held(alice, 'sendrecv')
        self.assertEqual(self.daemon.get(session, 'Session', 'TransferState'), 'failed')
        alice.bye()
        self.over()

    def test_attended(self):
        """the peer is told which call it is to take over (Replaces)"""
        self.start()
        first, alice = self.dial(self.alice)
        second, carol = self.dial(self.carol)
        answer = self.transfer(first, 'AttendedTransfer', 'o', second)
        self.held(alice)
        refer = self.referred(alice)
        self.assertEqual(answer.result(), [202, 'Accepted'])
        uri, _, text = refer['refer-to'].strip('<>').partition('?')
        self.assertEqual(uri, self.carol.uri)
        self.assertEqual(urllib.parse.unquote(text), (
            f'Replaces={carol.call.call_id};to-tag={carol.call.local_tag}'
            f';from-tag={carol.call.remote_tag}'))
        self.notify(alice, 200, 'terminated;reason=noresource')
        alice.hung_up()
        carol.bye()
        self.over()

    def test_attended_here(self):
        """both calls are bridged: their partners are joined, and nobody is asked"""
        self.start()
        alice, bob = self.connect(self.alice, self.bob, '2')
        second = self.bob.call('3')
        carol = self.carol.called().answer()
        second.answered()
        sessions = {self.daemon.get(path, 'Session', 'CallId'): path
                    for path in self.daemon.objects('session')}
        self.daemon.ctl('attended-transfer', sessions[bob.call.call_id].rpartition('/')[2],
                        sessions[second.call.call_id].rpartition('/')[2])
        bob.hung_up()
        second.hung_up()
        self.daemon.wait_for_sessions(2)
        alice.bye()
        carol.hung_up()
        self.over()


class Agents(TransferTestCase):
    """An endpoint with allow-transfer=ask."""

    def run_agent(self, answer, status):
        self.start(more={'bob': 'allow-transfer=ask'})
        alice, bob = self.connect(self.alice, self.bob, '2')
        if answer is not None:
            program = Agent(self.daemon, answer, 'transfer')
            self.addCleanup(program.close)
        bob.refer(self.target('3'), status=status)
        if status == 202:
            self.carol.called().answer()
            self.assertEqual(bob.outcome(), [100, 200])
            kind, path, facts = program.asked[0]
            self.assertEqual(kind, 'transfer')
            self.assertEqual(self.daemon.get(path, 'Session', 'CallId'), bob.call.call_id)
            self.assertEqual(facts['target'], self.target('3'))
            self.assertEqual(facts['referred-by'], f'<{self.bob.uri}>')
            self.assertEqual(facts['endpoint'], 'bob')
            bob.hung_up()
            alice.bye()
        else:
            alice.bye()
            bob.hung_up()
        self.over()

    def test_accepted(self):
        """accept: it is done"""
        self.run_agent(('accept', {}), 202)

    def test_rejected(self):
        """reject, with a status"""
        self.run_agent(('reject', {'status': '480', 'reason': 'Not now'}), 480)

    def test_nobody(self):
        """no agent is there: nobody transfers anything"""
        self.run_agent(None, 603)


if __name__ == '__main__':
    agent.main(200)
