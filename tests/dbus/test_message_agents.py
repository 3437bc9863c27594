# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""MESG-07, MESG-08: programs on the bus decide about messages; envelopes, receipts, composing."""

import os
import pathlib
import subprocess
import sys

import agent
from daemon import Lines
from test_agents import NEVER, Agent
from test_messages import PROBE, endpoint
from test_message_routes import RoutesTestCase, route

CPIM = ('From: <sip:alice@example.org>\r\nTo: <sip:desk@example.org>\r\n'
        'NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m42\r\n'
        'DateTime: 2026-11-21T12:00:00Z\r\nimdn.Disposition-Notification: {wanted}\r\n\r\n'
        'Content-Type: text/plain;charset=utf-8\r\n\r\nwrapped')
COMPOSING = ('<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">'
             '<state>{state}</state><refresh>60</refresh></isComposing>')


class AgentsTestCase(RoutesTestCase):
    def agent(self, answer, *kinds, **keys):
        one = Agent(self.daemon, answer, *(kinds or ('message',)), **keys)
        self.addCleanup(one.close)
        return one

    def alice(self, text='', more=''):
        alice = self.phone('alice')
        daemon = self.start(endpoint('alice', alice.port) + text, *more)
        alice.target = daemon.address()
        return alice


class Deciding(AgentsTestCase):
    def test_verdicts(self):
        """take, reject, redirect, accept and pass; facts are what the message says"""
        alice = self.alice(route('all', 're:.*', 'reject(488)'))
        answers = iter(('take', ('reject', {'status': '606', 'reason': 'Not Me'}),
                        ('redirect', {'target': 'sip:x@example.org'}), 'accept', 'pass'))
        one = self.agent(lambda *_: next(answers))
        self.refused(alice, 'desk', 200, body='hello', headers=['Subject: s'])
        kind, _, facts = one.asked[0]
        self.assertEqual((kind, facts['text'], facts['to-user'], facts['endpoint'],
                          facts['subject']), ('message', 'hello', 'desk', 'alice', 's'))
        self.assertEqual(self.refused(alice, 'desk', 606).reason, 'Not Me')
        self.assertIn('x@example.org', self.refused(alice, 'desk', 302).get('Contact'))
        self.refused(alice, 'desk', 488)
        self.refused(alice, 'desk', 488)
        one.close()
        self.refused(alice, 'desk', 488)

    def test_failures(self):
        """nonsense and silence refuse the message; with agent-fallback=pass routes decide"""
        text = route('all', 're:.*', 'reject(488)')
        alice = self.alice(text)
        self.daemon.warnings_expected = True
        config = self.daemon.config / 'ahoy.conf'
        config.write_text(config.read_text().replace('[core]', '[core]\nagent-deadline=1s'))
        self.daemon.call('', 'Manager', 'Reload')
        for answer in (('sing', {}), ('reject', {'status': '1000'}), ('redirect', {'target': '<'}),
                       ValueError('broken'), NEVER):
            one = self.agent(answer)
            self.refused(alice, 'desk', 500)
            one.close()
        config.write_text(config.read_text().replace('[core]', '[core]\nagent-fallback=pass'))
        self.daemon.call('', 'Manager', 'Reload')
        self.agent(NEVER)
        self.refused(alice, 'desk', 488)


class Bodies(AgentsTestCase):
    def send(self, alice, body, content_type, status=200, user='desk'):
        alice.send('MESSAGE', alice.target_uri(user), body=body,
                   headers=[f'Content-Type: {content_type}'])
        return alice.expect(status)

    def test_cpim(self):
        """an envelope is opened, and its sender gets the notification that he asked for"""
        alice = self.alice(PROBE)
        listener = self.listen()
        self.send(alice, CPIM.format(wanted='display'), 'message/cpim')
        got = listener.next()
        self.assertEqual((got['body'], got['content-type']),
                         ('wrapped', 'text/plain;charset=utf-8'))
        alice.expect_nothing(0.2)
        self.send(alice, CPIM.format(wanted='positive-delivery, display'), 'message/cpim')
        self.assertEqual(listener.next()['body'], 'wrapped')
        told = alice.expect('MESSAGE')
        alice.respond(told, 200)
        self.assertEqual(told.get('Content-Type'), 'message/cpim')
        text = told.body.decode()
        self.assertIn('<message-id>m42</message-id>', text)
        self.assertIn('<delivered/>', text)
        self.assertIn('To: <sip:alice@example.org>', text)
        self.assertIn('sip:desk@', told.get('From'))
        # What cannot be opened is shown as it is.
        self.send(alice, 'no envelope', 'message/cpim')
        self.assertEqual(listener.next()['body'], 'no envelope')

    def test_composing(self):
        """that somebody writes is a signal of its own, and no message"""
        alice, bob = self.phone('alice'), self.phone('bob')
        self.start(PROBE + endpoint('alice', alice.port) + endpoint('bob', bob.port))
        alice.target = self.daemon.address()
        composing = 'application/im-iscomposing+xml'
        self.send(alice, COMPOSING.format(state='active'), composing, 404)
        listener = self.listen()
        for state in ('active', 'idle'):
            self.send(alice, COMPOSING.format(state=state), composing)
            got = listener.next('composing')
            self.assertEqual((got['composing'], got['endpoint'], got['refresh']),
                             (state == 'active', 'alice', 60))
        self.send(alice, '<broken', composing, 400)
        # Between phones it goes on as it is.
        alice.send('MESSAGE', alice.target_uri('bob'), body=COMPOSING.format(state='active'),
                   headers=[f'Content-Type: {composing}'])
        message = bob.expect('MESSAGE')
        self.assertEqual(message.get('Content-Type'), composing)
        bob.respond(message, 200)
        alice.expect(200)


class Example(AgentsTestCase):
    def test_echo(self):
        """examples/python/message_echo.py answers what comes"""
        alice = self.alice()
        path = pathlib.Path(os.environ['AHOY_SOURCE']) / 'examples' / 'python' / 'message_echo.py'
        process = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True,
                                   env=self.daemon.environment)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lines = Lines(process.stdout)
        self.assertIsNotNone(lines.wait_for(lambda line: 'Echo is there' in line))
        self.write(alice, 'echo', 'who is there?')
        echo = [alice.expect(('MESSAGE', 200)) for _ in range(2)]
        message = next(one for one in echo if one.is_request)
        alice.respond(message, 200)
        self.assertEqual(message.body, b'who is there?')
        self.assertIsNotNone(lines.wait_for(lambda line: '200' in line))


if __name__ == '__main__':
    agent.main()
