# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Programs on the bus that decide who callers are and whether they may call: quick and slow ones,
ones that crash, and ones that talk nonsense.
"""

import hashlib
import os
import pathlib
import re
import subprocess
import threading
import time

from gi.repository import Gio, GLib

import agent
from bus_client import Client, Refused
from daemon import TRANSPORTS, BusError, Daemon, Lines
from registering import Phone
from sip_message import Message
from sip_peer import SDP, Call, Peer

SOURCE = pathlib.Path(os.environ['AHOY_SOURCE'])
EXAMPLE = SOURCE / 'examples' / 'python' / 'dbus_agent.py'
XML = (SOURCE / 'dbus' / 'interfaces' / 'org.ahoy.Ahoy1.Agent.xml').read_text('utf-8')
INTERFACE = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
CONFIG = '''
[core]
t1=500ms
overload-delay=0
{core}
''' + TRANSPORTS + '''
[endpoint phone]
auth=none
match=127.0.0.1
allow=call;message
context=office
[endpoint door]
auth=none
identify=username
allow=call
context=door
[endpoint mobile]
password=secret
allow=register
[endpoint desk]
auth=digest
allow=call
context=office
[route office]
context=office
match=agent
do=answer, wait(20)
[route told]
context=office
match=told
do=redirect("sip:${{said}}@127.0.0.9")
[route door]
context=door
match=agent
do=reject(486)
'''
NEVER = object()


class Agent:
    """A program on the bus; `answer` is a verdict, or what makes one of kind, object and facts."""

    def __init__(self, daemon, answer, *kinds, path='/agent', delay=0):
        self.answer, self.delay, self.asked, self.released = answer, delay, [], threading.Event()
        self.seen = threading.Semaphore(0)
        self.path, self.context = path, GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.client = None
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(daemon.bus,), daemon=True)
        self.thread.start()
        self.ready.wait(10)
        if kinds:
            self.register(*kinds)

    def _run(self, bus):
        self.context.push_thread_default()
        self.client = Client(bus)
        self.client.connection.register_object(self.path, INTERFACE, self._on_call, None, None)
        self.ready.set()
        self.loop.run()
        self.context.pop_thread_default()

    def register(self, *kinds, path=None):
        self.client.call('', 'Manager', 'RegisterAgent', 'oas', path or self.path, list(kinds))

    def unregister(self):
        self.client.call('', 'Manager', 'UnregisterAgent', 'o', self.path)

    def _on_call(self, connection, sender, path, interface, method, arguments, invocation):
        if method == 'Release':
            self.released.set()
            return
        kind, what, facts = arguments.unpack()
        self.asked.append((kind, what, facts))
        self.seen.release()
        answer = self.answer(kind, what, facts) if callable(self.answer) else self.answer
        if answer is NEVER:
            return
        timer = GLib.timeout_source_new(self.delay)
        timer.set_callback(lambda _: self._reply(invocation, answer))
        timer.attach(self.context)

    @staticmethod
    def _reply(invocation, answer):
        if isinstance(answer, Exception):
            invocation.return_dbus_error('org.example.Broken', str(answer))
        elif isinstance(answer, GLib.Variant):
            # Gio would not let a wrong answer pass.
            message = Gio.DBusMessage.new_method_reply(invocation.get_message())
            message.set_body(answer)
            invocation.get_connection().send_message(message, Gio.DBusSendMessageFlags.NONE)
        else:
            verdict, changes = answer if isinstance(answer, tuple) else (answer, {})
            invocation.return_value(GLib.Variant('(sa{ss})', (verdict, changes)))
        return GLib.SOURCE_REMOVE

    def wait_asked(self):
        if not self.seen.acquire(timeout=10):
            raise AssertionError('the agent is not asked')

    def crash(self):
        """Its connection ends, as when the program does."""
        if not self.client.connection.is_closed():
            self.client.close()

    def close(self):
        """It leaves as one should; afterwards nobody asks it."""
        if not self.client.connection.is_closed():
            try:
                self.unregister()
            except Refused:
                pass  # it was not registered, or the daemon is gone
        self.crash()
        self.loop.quit()
        self.thread.join(10)


class AgentsCase(agent.unittest.TestCase):
    def start(self, core='', warnings=False, stops=True):
        self.daemon = Daemon(CONFIG.format(core=core))
        self.daemon.warnings_expected = warnings
        if stops:
            self.addCleanup(self.daemon.stop)
        return self.daemon

    def agent(self, answer, *kinds, **keys):
        made = Agent(self.daemon, answer, *kinds, **keys)
        self.addCleanup(made.close)
        return made

    def peer(self, transport='udp'):
        peer = Peer(transport, '127.0.0.1', self.daemon.address(transport))
        self.addCleanup(peer.close)
        return peer

    def invite(self, status, transport='udp', peer=None, timeout=8):
        peer = peer or self.peer(transport)
        call = Call(peer)
        peer.send('INVITE', call=call, body=SDP)
        final = peer.expect('final', timeout=timeout)
        self.assertEqual(final.status, status, self.daemon.report())
        if status == 200:
            call.established(final)
            peer.send('ACK', call=call)
            peer.send('BYE', call=call)
            peer.expect('200 BYE')
        return final

    def invite_refused(self):
        peer = self.peer()
        peer.send('INVITE', body=SDP)
        return peer.expect('final').status

    def logged(self, *words):
        self.daemon.log.having(*words)


class Deciding(AgentsCase):
    def test_authenticates(self):
        """An agent accepts and rejects callers, and is told who calls from where"""
        self.start()
        doorman = self.agent('accept', 'authenticate')
        for transport in ('udp', 'tcp'):
            peer = self.peer(transport)
            self.invite(200, peer=peer)
            kind, what, facts = doorman.asked[0]
            self.assertEqual((kind, what), ('authenticate', '/org/ahoy/Ahoy1/endpoint/phone'))
            self.assertEqual(facts.pop('source-port'), str(peer.port))
            self.assertTrue(facts.pop('call-id'))
            self.assertEqual(facts, {
                'method': 'INVITE', 'request-uri': peer.target_uri(), 'from': peer.uri,
                'to': peer.target_uri(), 'contact': peer.uri, 'transport': transport,
                'source-address': '127.0.0.1', 'endpoint': 'phone'})
            self.assertEqual([each[2]['method'] for each in doorman.asked], ['INVITE'])
            doorman.asked.clear()
        doorman.answer = 'reject'
        self.invite(403)
        doorman.unregister()
        self.invite(200)
        self.assertEqual(len(doorman.asked), 1)

    def test_identifies(self):
        """An agent names the endpoint of a caller, or says that it is nobody"""
        self.start()
        register = self.agent(('accept', {'endpoint': 'door'}), 'identify')
        self.invite(486)
        kind, what, facts = register.asked[0]
        self.assertEqual((kind, what), ('identify', '/org/ahoy/Ahoy1'))
        self.assertNotIn('endpoint', facts)
        register.answer = 'pass'
        self.invite(200)
        register.answer = 'reject'
        self.assertIn(self.invite_refused(), (401, 403))

    def register(self, status, expires=60):
        """Registers mobile, with its password; the answer."""
        phone = Phone(self.peer(), 'mobile')
        answer = phone.register('<sip:a@192.0.2.1>', expires=expires, status=status)
        self.assertEqual(len(answer.all('Contact')), int(status == 200 and expires > 0))
        return answer

    def test_registers(self):
        """REGI-33: an agent says whether an endpoint may register, once it has proved who it is"""
        self.start()
        registrar = self.agent('accept', 'registration')
        self.register(200)
        kind, what, facts = registrar.asked.pop()
        self.assertEqual((kind, what), ('registration', '/org/ahoy/Ahoy1/endpoint/mobile'))
        self.assertEqual((facts['method'], facts['endpoint'], facts['contact']),
                         ('REGISTER', 'mobile', 'sip:a@192.0.2.1'))
        self.assertEqual(registrar.asked, [])  # not before the password
        registrar.answer = ('reject', {'status': '480', 'reason': 'Closed'})
        self.assertEqual(self.register(480).reason, 'Closed')
        registrar.answer = 'reject'
        self.register(403)
        registrar.answer = 'pass'
        self.register(200)
        self.daemon.warnings_expected = True
        registrar.answer = 'perhaps'
        self.register(500)
        self.logged('perhaps', 'no verdict')
        registrar.unregister()
        self.register(200, expires=0)

    def test_registers_slowly(self):
        """REGI-33: a slow agent: a repetition waits with the first one, and is not asked about"""
        self.start()
        slow = self.agent('accept', 'registration', delay=300)
        phone = Phone(self.peer(), 'mobile')
        request = phone.build('<sip:a@192.0.2.1>')
        phone.peer.send(request)
        again = phone.peer.authorize(request, phone.peer.expect(401), 'mobile', 'secret')
        phone.peer.send(again)
        slow.wait_asked()
        phone.peer.send(again)
        phone.peer.expect(200)
        phone.peer.expect_nothing(0.2)
        self.assertEqual(phone.peer.retransmissions, [])
        self.assertEqual(len(slow.asked), 1)

    def test_registers_with_crash(self):
        """REGI-33: an agent crashes meanwhile: 500, or 200 with agent-fallback=pass"""
        for core, status in (('', 500), ('agent-fallback=pass', 200)):
            self.start(core, warnings=True)
            broken = self.agent(NEVER, 'registration')
            phone = Phone(self.peer(), 'mobile')
            request = phone.build('<sip:a@192.0.2.1>')
            phone.peer.send(request)
            phone.peer.send(phone.peer.authorize(request, phone.peer.expect(401), 'mobile',
                                                 'secret'))
            broken.wait_asked()
            broken.crash()
            phone.peer.expect(status)

    def test_several(self):
        """Agents are asked in their order, until one does not pass"""
        self.start()
        first = self.agent('pass', 'authenticate')
        second = self.agent('reject', 'identify', 'authenticate')
        second.answer = lambda kind, what, facts: 'pass' if kind == 'identify' else 'reject'
        third = self.agent('accept', 'authenticate')
        self.invite(403)
        self.assertEqual([len(each.asked) for each in (first, second, third)], [1, 2, 0])
        second.close()
        self.invite(200)
        self.assertEqual([len(each.asked) for each in (first, third)], [2, 1])

    def test_slow(self):
        """A slow agent: 100 at once, 100 again to a repetition, which it is not asked about"""
        self.start()
        for kind, answer in (('authenticate', 'accept'),
                             ('identify', ('accept', {'endpoint': 'phone'}))):
            slow = self.agent(answer, kind, delay=500)
            peer = self.peer()
            call = Call(peer)
            begin = time.monotonic()
            text = peer.send('INVITE', call=call, body=SDP)
            trying = peer.expect(100, skip=())
            peer.send_raw(text)
            peer.expect_retransmission(trying)
            call.established(peer.expect(200))
            self.assertGreaterEqual(time.monotonic() - begin, 0.5)
            peer.send('ACK', call=call)
            peer.send('BYE', call=call)
            peer.expect('200 BYE')
            self.assertEqual(len(slow.asked), 1)
            slow.close()

    def test_cancel(self):
        """A caller gives up while an agent thinks: 487, and its answer is nothing"""
        self.start()
        slow = self.agent('accept', 'authenticate', 'identify', delay=400)
        slow.answer = lambda kind, what, facts: ('accept', {'endpoint': 'phone'})
        for kind in ('identify', 'authenticate'):
            peer = self.peer()
            invite = Message.parse(peer.send('INVITE', body=SDP).encode())
            slow.wait_asked()
            if kind == 'authenticate':
                slow.wait_asked()
            self.assertEqual(slow.asked[-1][0], kind)
            peer.expect(100, skip=())
            peer.send(peer.cancel_of(invite))
            peer.expect('200 CANCEL', where=lambda m: m.cseq_method == 'CANCEL')
            peer.expect('487 INVITE')
            peer.expect_nothing(0.6)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 0)

    def test_example(self):
        """The example decides by its table; killed while it is asked it costs the caller 500"""
        daemon = self.start('agent-deadline=1min', warnings=True)
        bad = subprocess.run(['/usr/bin/python3', EXAMPLE], capture_output=True, text=True,
                             env=dict(daemon.environment, DBUS_SESSION_BUS_ADDRESS='unix:path=/x'),
                             timeout=30, check=False)
        self.assertNotEqual(bad.returncode, 0)
        for arguments, status in ((['peer=door'], 486), (['else=door'], 200)):
            with self.example('--allow', '127.0.0.1', *arguments) as (process, lines):
                peer = Peer('udp', '127.0.0.1', daemon.address(), name='peer')
                self.addCleanup(peer.close)
                self.invite(status, peer=peer)
                lines.wait_for(lambda line: line.startswith('authenticate INVITE sip:peer@'))
        with self.example('--delay', '5000') as (process, lines):
            peer = self.peer()
            peer.send('INVITE', body=SDP)
            lines.wait_for(lambda line: line.startswith('identify INVITE'))
            process.kill()
            self.assertIn(peer.expect('final', timeout=15).status, (401, 403, 500))
        self.invite(200)

    def example(self, *arguments):
        return Example(self.daemon, arguments)


class Calls(AgentsCase):
    def call(self, user='agent'):
        peer = self.peer()
        call = Call(peer, peer.target_uri(user))
        peer.send('INVITE', call=call, body=SDP)
        final = peer.expect('final')
        if final.status == 200:
            call.established(final)
            peer.send('ACK', call=call)
            peer.send('INVITE', call=call, body=SDP)
            peer.expect(200)
            peer.send('ACK', call=call, cseq=call.cseq)
            peer.send('BYE', call=call)
            peer.expect('200 BYE')
        return final

    def test_decides(self):
        """An agent accepts, refuses and redirects calls, and is asked about each call once"""
        self.start()
        doorman = self.agent('accept', 'incoming-call')
        self.assertEqual(self.call().status, 200)
        (kind, what, facts), = doorman.asked
        self.assertEqual((kind, facts['endpoint'], facts['method']),
                         ('incoming-call', 'phone', 'INVITE'))
        self.assertRegex(what, '/org/ahoy/Ahoy1/session/[0-9]+')
        doorman.answer = 'pass'
        self.assertEqual(self.call().status, 200)
        doorman.answer = 'reject'
        self.assertEqual(self.call().status, 403)
        doorman.answer = ('reject', {'status': '486', 'reason': 'At Lunch'})
        self.assertEqual(self.call().line, 'SIP/2.0 486 At Lunch')
        doorman.answer = ('redirect', {'target': 'sip:else@127.0.0.9'})
        final = self.call()
        self.assertEqual((final.status, final.contact.uri), (302, 'sip:else@127.0.0.9'))
        doorman.answer = ('accept', {'said': 'lunch'})
        doorman.delay = 300
        self.assertEqual(self.call('told').contact.uri, 'sip:lunch@127.0.0.9')
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 0)

    def test_cancel(self):
        """A caller gives up while an agent thinks about his call: 487"""
        self.start()
        slow = self.agent('accept', 'incoming-call', delay=300)
        peer = self.peer()
        invite = Message.parse(peer.send('INVITE', body=SDP).encode())
        slow.wait_asked()
        peer.expect(100, skip=())
        peer.send(peer.cancel_of(invite))
        peer.expect('200 CANCEL', where=lambda m: m.cseq_method == 'CANCEL')
        peer.expect('487 INVITE')
        peer.expect_nothing(0.5)
        self.assertEqual(self.daemon.get('', 'Manager', 'SessionCount'), 0)

    def test_fails(self):
        """An agent that fails, talks nonsense, leaves or is silent: the call is refused with 500"""
        self.start('agent-deadline=300ms', warnings=True)
        broken = self.agent(None, 'incoming-call')
        for answer in (RuntimeError('a bug'), 'answer', NEVER, 'redirect',
                       ('redirect', {'target': 'sip:a@b\r\nX: y'}), ('reject', {'status': '200'}),
                       ('reject', {'status': 'no'}), ('reject', {'reason': 'a\r\nX: y'}),
                       ('accept', {'': 'x'})):
            with self.subTest(answer=str(answer)):
                broken.answer = answer
                final = self.call()
                self.assertEqual(final.status, 500, self.daemon.report())
                self.assertNotIn('x', {name.lower() for name, _ in final.headers})
        broken.answer = NEVER
        peer = self.peer()
        peer.send('INVITE', body=SDP)
        broken.seen = type(broken.seen)(0)
        broken.wait_asked()
        broken.crash()
        peer.expect(500)
        self.assertEqual(self.call().status, 200)


class Example:
    """The example, while it runs."""

    def __init__(self, daemon, arguments):
        self.process = subprocess.Popen(['/usr/bin/python3', EXAMPLE, *arguments], text=True,
                                        stdout=subprocess.PIPE, env=daemon.environment)

    def __enter__(self):
        lines = Lines(self.process.stdout)
        lines.wait_for(lambda line: line == 'Deciding')
        return self.process, lines

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait(10)


class Accounts(AgentsCase):
    """Agents that know accounts; the daemon checks the proofs."""

    def ask(self, password=None, username='desk', realm=None, algorithm=None):
        """The answer to a call of the endpoint desk, with credentials when there is a password."""
        peer = Peer('udp', '127.0.0.1', self.daemon.address(), name='desk')
        self.addCleanup(peer.close)
        call = Call(peer)
        first = Message.parse(peer.send('INVITE', call=call, body=SDP).encode())
        final = peer.expect('final')
        if password is None or final.status != 401:
            return final
        challenges = [each for each in final.all('WWW-Authenticate')
                      if algorithm is None or f'algorithm={algorithm},' in each + ',']
        if realm is not None:
            self.assertIn(f'realm="{realm}"', challenges[0])
        final.headers = [each for each in final.headers if each[0] != 'WWW-Authenticate']
        final.add('WWW-Authenticate', challenges[0])
        again = peer.authorize(first, final, username, password)
        peer.invites[again.call_id, again.cseq] = again
        peer.send(again)
        final = peer.expect('final')
        if final.status == 200:
            call.established(final)
            peer.send('ACK', call=call, cseq=again.cseq)
            call.cseq = again.cseq
            peer.send('BYE', call=call)
            peer.expect('200 BYE')
        return final

    def test_account(self):
        """An agent tells a password or a hash, and only who has it gets in"""
        self.start(warnings=True)
        clerk = self.agent(('account', {'password': 'ahoj'}), 'authenticate')
        self.assertEqual(self.ask().status, 401)
        self.assertNotIn('auth-username', clerk.asked[0][2])
        self.assertEqual(self.ask('ahoj').status, 200)
        facts = clerk.asked[-1][2]
        self.assertEqual((facts['endpoint'], facts['auth-username'], facts['auth-realm']),
                         ('desk', 'desk', 'ahoy'))
        self.assertNotIn('ahoj', str(facts))
        self.assertNotIn('response', str(facts))
        self.assertEqual(self.ask('wrong').status, 401)
        self.assertEqual(self.ask('ahoj', username='peer').status, 401)
        digest = hashlib.sha256(b'lisa:lunch:ahoj').hexdigest()
        clerk.answer = ('account', {'username': 'lisa', 'realm': 'lunch',
                                    'password-sha256': digest})
        self.assertEqual(self.ask('ahoj', 'lisa', 'lunch', 'SHA-256').status, 200)
        self.assertEqual(self.ask('ahoy', 'lisa', 'lunch', 'SHA-256').status, 401)

    def test_bad_account(self):
        """An account that cannot be one lets nobody in, and its secrets are not on the log"""
        self.start(warnings=True)
        for changes in ({'password': 'ahoj', 'passport': 'secret-1'},
                        {'password-md5': 'secret-1'}, {}):
            clerk = self.agent(('account', changes), 'authenticate')
            self.assertIn(self.ask('ahoj').status, (401, 403))
            clerk.close()
        self.assertNotIn('secret-1', self.daemon.report())

    def test_challenge(self):
        """An agent that wants a proof sends the challenge that everybody unknown gets"""
        self.start()
        clerk = self.agent('challenge', 'authenticate')
        known = self.ask()
        self.assertEqual(known.status, 401)
        peer = Peer('udp', '127.0.0.2', self.daemon.address(), name='nobody')
        self.addCleanup(peer.close)
        peer.send('INVITE', body=SDP)
        unknown = peer.expect('final')
        shapes = [[re.sub('nonce="[^"]*"', 'nonce', each)
                   for each in answer.all('WWW-Authenticate')] for answer in (known, unknown)]
        self.assertEqual(shapes[0], shapes[1])
        self.assertEqual(len(clerk.asked), 1)

    def test_passes(self):
        """What an agent passes on is decided by what the configuration says"""
        self.start()
        self.agent('pass', 'authenticate')
        self.assertEqual(self.ask('anything').status, 401)
        self.invite(200)


class Failing(AgentsCase):
    def test_never(self):
        """An agent that never answers: 500 at the deadline, and it is named on the log"""
        self.start('agent-deadline=400ms', warnings=True)
        silent = self.agent(NEVER, 'authenticate')
        for transport in ('udp', 'tcp'):
            begin = time.monotonic()
            self.invite(500, transport)
            self.assertGreaterEqual(time.monotonic() - begin, 0.4)
            self.assertLess(time.monotonic() - begin, 20)
        self.logged('WARNING', f'{silent.client.connection.get_unique_name()}/agent',
                    'the request is refused')

    def test_falls_back(self):
        """agent-fallback=pass: a request whose agent says nothing is decided without it"""
        self.start('agent-deadline=300ms\nagent-fallback=pass', warnings=True)
        self.agent(NEVER, 'identify')
        begin = time.monotonic()
        self.invite(200)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        self.logged('WARNING', 'it is decided without it')

    def test_usual_deadline(self):
        """Without a key an agent has 5 s"""
        self.start(warnings=True)
        self.agent(NEVER, 'authenticate')
        begin = time.monotonic()
        self.invite(500, timeout=20)
        self.assertGreaterEqual(time.monotonic() - begin, 5)
        self.assertLess(time.monotonic() - begin, 20)

    def test_nonsense(self):
        """An agent that fails or talks nonsense lets nobody in, and is named on the log"""
        self.start(warnings=True)
        for answer, status, told in (
                (RuntimeError('a bug'), 500, 'org.example.Broken'),
                ('perhaps', 403, 'perhaps'), ('', 403, '“”'), ('ACCEPT', 403, 'ACCEPT'),
                (GLib.Variant('(s)', ('accept',)), 500, 'no verdict'),
                (GLib.Variant('(ba{ss})', (True, {})), 500, ''),
                (GLib.Variant('(sa{sv})', ('accept', {})), 500, '')):
            with self.subTest(answer=str(answer)):
                # Each one is the first failure of its program.
                broken = self.agent(answer, 'authenticate')
                self.invite(status)
                self.logged('WARNING', broken.client.connection.get_unique_name(), told)
                broken.close()

    def test_wrong_identity(self):
        """An agent that names no endpoint, or one that there is not, lets nobody in"""
        self.start(warnings=True)
        for answer, told in ((('accept', {'endpoint': 'nobody'}), '“nobody”'),
                             ('accept', 'accept with one that exists'),
                             (('phone', {'endpoint': 'phone'}), '“phone”')):
            with self.subTest(answer=str(answer)):
                broken = self.agent(answer, 'identify')
                self.assertIn(self.invite_refused(), (401, 403))
                self.logged('WARNING', broken.client.connection.get_unique_name(), told)
                broken.close()

    def test_log(self):
        """An agent that fails again and again is told of at its 1st, 2nd, 4th, 8th… failure"""
        self.start(warnings=True)
        for answer in ('perhaps', RuntimeError('a bug')):
            broken = self.agent(answer, 'authenticate')
            for _ in range(9):
                self.invite(403 if answer == 'perhaps' else 500)
            name = broken.client.connection.get_unique_name()
            broken.close()
            self.invite(200)
            told = self.daemon.log.having('WARNING', name, count=4)
            self.assertEqual(len(told), 4, told)

    def test_crash(self):
        """An agent that crashes while it is asked: 500 at once; the next one is not asked"""
        self.start('agent-deadline=1min', warnings=True)
        for kind in ('authenticate', 'identify'):
            doomed = self.agent(NEVER, kind)
            other = self.agent('accept', 'authenticate')
            peer = self.peer()
            peer.send('INVITE', body=SDP)
            doomed.wait_asked()
            doomed.crash()
            self.assertIn(peer.expect('final', timeout=15).status,
                          (500,) if kind == 'authenticate' else (401, 403))
            self.assertEqual(other.asked, [])
            self.invite(200)
            other.close()

    def test_unregisters_meanwhile(self):
        """An agent that unregisters while it is asked: 500 at once"""
        self.start('agent-deadline=1min', warnings=True)
        fickle = self.agent(NEVER, 'authenticate')
        peer = self.peer()
        peer.send('INVITE', body=SDP)
        fickle.wait_asked()
        fickle.unregister()
        self.assertEqual(peer.expect('final', timeout=15).status, 500)

    def test_many_questions(self):
        """A silent agent and a flood: what is too much is refused at once, the rest at the deadline
        """
        self.start('agent-deadline=2s', warnings=True)
        self.agent(NEVER, 'authenticate')
        peer = self.peer()
        for _ in range(150):
            peer.send('OPTIONS')
            peer.pump(0)
        statuses = [peer.expect('final', timeout=8).status for _ in range(150)]
        self.assertEqual(set(statuses), {500})
        self.logged('WARNING', '100 questions to agents')


class Registering(AgentsCase):
    def refused(self, name, made, *kinds, **keys):
        with self.assertRaises(Refused) as caught:
            made.register(*kinds, **keys)
        self.assertEqual(caught.exception.name, name, caught.exception.message)
        return caught.exception.message

    def test_errors(self):
        """What cannot be registered is refused with a reason"""
        self.start()
        made = self.agent('accept', 'authenticate')
        self.refused('Exists', made, 'authenticate', path='/other')
        self.refused('Exists', made, 'identify')
        self.assertIn('subscription', self.refused('NotSupported', made, 'identify', 'subscription',
                                                   path='/b'))
        self.refused('InvalidArguments', made, 'everything', path='/b')
        self.refused('InvalidArguments', made, path='/b')
        made.register('identify', path='/b')
        made.unregister()
        with self.assertRaises(Refused) as caught:
            made.unregister()
        self.assertEqual(caught.exception.name, 'NotFound')
        stranger = self.agent('accept')
        with self.assertRaises(Refused) as caught:
            stranger.client.call('', 'Manager', 'UnregisterAgent', 'o', '/b')
        self.assertEqual(caught.exception.name, 'NotFound')

    def test_limit(self):
        """There are not more than 32 agents"""
        self.start()
        made = [self.agent('pass', 'authenticate') for _ in range(32)]
        self.refused('LimitExceeded', self.agent('pass'), 'authenticate')
        made.pop().unregister()
        self.agent('pass', 'authenticate').close()

    def test_busctl(self):
        """busctl registers, and is forgotten when it leaves"""
        daemon = self.start(warnings=True)
        daemon.call('', 'Manager', 'RegisterAgent', 'oas', '/x', 1, 'authenticate')
        peer = self.peer()
        end = time.monotonic() + 20
        status = None
        while status != 200:
            # Until the bus has told the daemon that busctl left.
            self.assertLess(time.monotonic(), end, daemon.report())
            peer.send('OPTIONS')
            status = peer.expect('final').status
        with self.assertRaises(BusError):
            daemon.call('', 'Manager', 'RegisterAgent', 'oas', '/x', 1, 'subscription')

    def test_release(self):
        """An agent is told when the daemon ends, and whoever waits is refused"""
        daemon = self.start(stops=False)
        made = self.agent(NEVER, 'authenticate')
        peer = self.peer()
        peer.send('INVITE', body=SDP)
        made.wait_asked()
        try:
            daemon.call('', 'Manager', 'Quit')
            self.assertTrue(made.released.wait(10))
            self.assertEqual(peer.expect('final').status, 500)
        finally:
            daemon.stop()


if __name__ == '__main__':
    agent.main(200)
