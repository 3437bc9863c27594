# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGI-03, REGI-28, REGI-33: who is where, from Python: contacts are listed, heard of and changed,
while phones register with a core in this process, and outlive it.
"""

import tempfile
import time

import agent
from party import Ahoy, GLib, PartyCase, iterate_until, run_beside
from registering import Phone
from sip_peer import Peer

TEXT = '''[transport udp]
protocol=udp
bind=127.0.0.1:0
[endpoint alice]
password=secret
[endpoint trunk]
auth=none
allow=call
contact=<sip:gw.example>
'''


class Heard:
    """What a location service tells, as words."""

    def __init__(self, location):
        self.words = []
        location.connect('contact-added', self.on, '+')
        location.connect('contact-refreshed', self.on, '~')
        location.connect('contact-status', self.on, '?')
        location.connect('contact-removed', self.on_removed)

    def on(self, location, aor, contact, mark):
        self.words.append(f'{mark}{aor} {contact.get_uri()}')

    def on_removed(self, location, aor, contact, reason):
        self.words.append(f'-{aor} {contact.get_uri()} {reason.value_nick}')


class Location(PartyCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self):
        """A core as of a program that begins."""
        reader = Ahoy.ConfigReader.new(Ahoy.configuration_make_schema())
        reader.add_text('test.conf', TEXT.encode())
        core = Ahoy.Core.new(None)
        core.set_state_folder(self.folder)
        good, problems = core.configure(reader.read())
        self.assertEqual([problem.to_string() for problem in problems], [])
        core.start()
        return core

    @staticmethod
    def stop(core):
        results = []
        core.stop_async(None, lambda source, result: results.append(result))
        iterate_until(lambda: results, 'the core stops')
        core.stop_finish(results[0])

    def phone(self, core):
        port = core.lookup_transport('udp').get_port()
        peer = Peer('udp', '127.0.0.1', ('127.0.0.1', port))
        self.addCleanup(peer.close)
        return Phone(peer, 'alice')

    def change(self, location, aor, edit):
        results = []
        location.update_async(aor, edit, (), None,
                              lambda source, result: results.append(result))
        iterate_until(lambda: results, 'the location service answers')
        return location.update_finish(results[0])

    def test_phone(self):
        """A phone that registers is heard of once, listed with what is known of it, and there
        again in the next program"""
        core = self.start()
        heard = Heard(core.get_location())
        phone = self.phone(core)
        run_beside(phone.register, '<sip:a@127.0.0.1:5071>;q=0.5')
        contact, = core.get_location().list_contacts('alice')
        self.assertEqual((contact.get_uri(), contact.get_q()), ('sip:a@127.0.0.1:5071', 500))
        self.assertEqual(contact.get_protocol(), Ahoy.TransportProtocol.UDP)
        self.assertEqual((contact.get_transport(), contact.get_path()), ('udp', []))
        self.assertEqual(contact.get_received().rsplit(':', 1)[0], '127.0.0.1')
        self.assertAlmostEqual(contact.get_expires() / 1e6, time.time() + 3600, delta=30)
        run_beside(phone.register, '<sip:a@127.0.0.1:5071>;q=0.7')
        self.assertEqual(core.get_location().list_names(), ['alice', 'trunk'])
        self.assertEqual(heard.words, ['+alice sip:a@127.0.0.1:5071',
                                       '~alice sip:a@127.0.0.1:5071'])
        self.stop(core)
        del core
        core = self.start()
        heard = Heard(core.get_location())
        contact, = core.get_location().list_contacts('alice')
        self.assertEqual((contact.get_uri(), contact.get_q()), ('sip:a@127.0.0.1:5071', 700))
        phone = self.phone(core)
        run_beside(phone.register, '<sip:a@127.0.0.1:5071>;expires=0')
        self.assertEqual(heard.words, ['-alice sip:a@127.0.0.1:5071 unregistered'])
        self.assertEqual(core.get_location().list_contacts('alice'), [])
        self.stop(core)

    def test_edit(self):
        """A program changes contacts itself, all of an edit or nothing, and drops them"""
        core = self.start()
        location = core.get_location()
        heard = Heard(location)
        builder = Ahoy.ContactBuilder.new('sip:a@10.0.0.1')
        builder.set_expires(int((time.time() + 60) * 1e6))
        builder.set_path(['<sip:edge.example;lr>'])

        def add(edit):
            self.assertEqual(edit.get_aor(), 'alice')
            return edit.put(builder.end())

        def add_and_fail(edit):
            edit.put(Ahoy.ContactBuilder.new('sip:a@10.0.0.2').end())
            raise GLib.Error.new_literal(Ahoy.Error.quark(), 'no room', Ahoy.Error.LIMIT_EXCEEDED)

        self.assertTrue(self.change(location, 'alice', add))
        with self.assertRaisesRegex(GLib.Error, 'no room'):
            self.change(location, 'alice', add_and_fail)
        with self.assertRaisesRegex(GLib.Error, 'there is no address of record “nobody”'):
            self.change(location, 'nobody', add)
        contact = location.lookup_contact('alice', 'sip:a@10.0.0.1')
        self.assertEqual(contact.get_path(), ['<sip:edge.example;lr>'])
        self.assertEqual(contact.get_status(), Ahoy.ContactStatus.NON_QUALIFIED)
        results = []
        location.remove_contact_async('alice', 'sip:a@10.0.0.1', Ahoy.ContactRemoval.DROPPED, None,
                                      lambda source, result: results.append(result))
        iterate_until(lambda: results, 'the contact is dropped')
        self.assertTrue(location.remove_contact_finish(results[0]))
        self.assertEqual(heard.words, ['+alice sip:a@10.0.0.1', '-alice sip:a@10.0.0.1 dropped'])
        self.stop(core)

    def test_static(self):
        """What the configuration says is listed, keeps its status, and is nobody's to drop"""
        core = self.start()
        location = core.get_location()
        heard = Heard(location)
        contact, = location.list_contacts('trunk')
        self.assertTrue(contact.is_static())
        self.assertTrue(location.set_status('trunk', 'sip:gw.example',
                                            Ahoy.ContactStatus.AVAILABLE, 1200))
        contact, = location.list_contacts('trunk')
        self.assertEqual((contact.get_status(), contact.get_round_trip()),
                         (Ahoy.ContactStatus.AVAILABLE, 1200))
        with self.assertRaisesRegex(GLib.Error, 'nobody registered the contact'):
            self.change(location, 'trunk', lambda edit: edit.remove(
                'sip:gw.example', Ahoy.ContactRemoval.DROPPED) or self.refuse())
        self.assertEqual(heard.words, ['?trunk sip:gw.example'])
        self.stop(core)

    @staticmethod
    def refuse():
        raise GLib.Error.new_literal(Ahoy.Error.quark(), 'nobody registered the contact',
                                     Ahoy.Error.NOT_FOUND)

    def test_expiry(self):
        """Time passes by the clock of the scheduler, and each contact goes at its moment"""
        scheduler = Ahoy.Scheduler.new_virtual()
        endpoints = Ahoy.EndpointRegistry.new()
        endpoints.add(Ahoy.Endpoint.new(Ahoy.EndpointConfig.new('alice')))
        location = Ahoy.Location.new(endpoints, scheduler)
        heard = Heard(location)
        for seconds in (30, 60):
            builder = Ahoy.ContactBuilder.new(f'sip:a@h{seconds}')
            builder.set_expires(int((time.time() + seconds) * 1e6))
            self.change(location, 'alice', lambda edit, made=builder: edit.put(made.end()))
        scheduler.advance(31 * 1000000)
        self.assertEqual(heard.words[2:], ['-alice sip:a@h30 expired'])
        scheduler.advance(30 * 1000000)
        self.assertEqual(heard.words[3:], ['-alice sip:a@h60 expired'])
        self.assertEqual(location.list_names(), [])


if __name__ == '__main__':
    agent.main()
