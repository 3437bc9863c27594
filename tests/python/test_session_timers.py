# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-01: a core tells of calls that expire; its clock is set forward."""

import pathlib
import tempfile

import agent
from party import Ahoy, Audio, GLib, PartyCase, iterate_until, run_beside
from sip_peer import SDP, Peer


class SessionTimers(PartyCase):
    def test_event(self):
        """the endpoint's peer does not refresh: the call ends, and the topic session-timeout says
        which one, until it has ended"""
        core = Ahoy.Core.new(None)
        schema = Ahoy.configuration_make_schema()
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, 'ahoy.conf').write_text(
                '[endpoint bob]\nauth=none\nsession-timers=always\nsession-refresher=remote\n'
                'session-expires=90\n', 'utf-8')
            configuration, problems = Ahoy.configuration_read_folder(schema, folder)
            self.assertEqual(list(problems), [])
            core.configure(configuration)
        core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', 0, None)
        core.start()
        sessions, audio, told = core.get_sessions(), Audio(), []
        sessions.add_sdp_handler(audio, 'python', 'audio', None, None)
        core.get_event_bus().subscribe(
            'session-timeout', None, True,
            lambda _bus, topic, key, state: told.append((key, state and state.unpack())))
        bob = core.get_endpoints().lookup('bob')
        peer = Peer('udp', '127.0.0.1')
        session = sessions.dial_as(bob, 'sip:ahoy@127.0.0.1', f'sip:bob@127.0.0.1:{peer.port}',
                                   None)

        def answer():
            invite = peer.expect('INVITE')
            self.assertEqual(invite['session-expires'], '90;refresher=uas')
            peer.respond(invite, 200, body=SDP, headers=['Session-Expires: 90;refresher=uas'])
            peer.expect('ACK')

        run_beside(answer)
        iterate_until(lambda: session.props.state == Ahoy.SessionState.ACTIVE, 'the answer')
        core.get_scheduler().advance(60 * GLib.USEC_PER_SEC)
        run_beside(lambda: peer.respond(peer.expect('BYE'), 200))
        iterate_until(lambda: session.props.state == Ahoy.SessionState.ENDED, 'the end')
        self.assertEqual((session.get_end_status(), session.get_end_reason(),
                          session.get_ended_by()),
                         (408, 'Session expired', Ahoy.SessionParty.NETWORK))
        self.assertEqual(told, [
            ('1', {'call-id': session.get_call_id(), 'endpoint': 'bob',
                   'reason': 'Session expired',
                   'remote': f'sip:bob@127.0.0.1:{peer.port}'}),
            ('1', None)])
        peer.close()
        stopped = []
        core.stop_async(None, lambda _core, result: stopped.append(result))
        iterate_until(lambda: stopped, 'the stop')
        core.stop_finish(stopped.pop())
        del session, bob, sessions, configuration, schema, core


if __name__ == '__main__':
    agent.main()
