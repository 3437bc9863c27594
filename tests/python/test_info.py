# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""DLGX-04 to DLGX-07: INFO requests, of old and of packages, with a party in Python."""

import agent
from party import Ahoy, Audio, GLib, PartyCase, iterate_until, run_beside
from sip_peer import SDP, Call

VIDEO = SDP + 'm=video 61510 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n'
CONTROL = 'application/media_control+xml'


def control(inside):
    return ('<?xml version="1.0" encoding="utf-8"?>\r\n<media_control><vc_primitive>'
            f'{inside}</vc_primitive></media_control>\r\n')


def label(text):
    return f'<stream_id>{text}</stream_id>'


UPDATE = '<to_encoder><picture_fast_update/></to_encoder>'


class Info(PartyCase):
    def start(self, **options):
        party = super().start(**options)
        self.told = []
        party.sessions.connect('session-added', self.on_added)
        return party

    def on_added(self, _sessions, session):
        session.connect('flash-received', lambda _session: self.told.append('flash'))
        session.connect('request-received', lambda _session, request: self.told.append(
            (request.get_method(), request.dup_content_type())))

    def call(self, body=SDP, headers=()):
        """A call of a peer that stands: peer, call, the 200."""
        peer = self.peer()
        call = Call(peer)

        def begin():
            peer.send('INVITE', call=call, body=body, headers=headers)
            response = peer.expect(200, skip=(100, 180))
            peer.send('ACK', call=call.established(response), cseq=call.cseq)
            return response

        return peer, call, run_beside(begin)

    def info(self, peer, call, status, *headers, body='', kind=None):
        """Sends an INFO; its answer."""
        headers = list(headers) + ([f'Content-Type: {kind}'] if kind else [])
        peer.send('INFO', call=call, headers=headers, body=body)
        return run_beside(peer.expect, status)

    def bye(self, peer, call):
        peer.send('BYE', call=call)
        run_beside(peer.expect, 200)

    def session(self):
        return self.party.sessions.list_sessions()[0]

    def test_of_old(self):
        """DLGX-05: an empty INFO gets 200; what nobody knows 415, and is told to nobody"""
        self.start()
        peer, call, _ = self.call()
        self.info(peer, call, 200)
        refusal = self.info(peer, call, 415, body='hello', kind='text/plain')
        self.assertEqual(refusal['accept'], 'application/dtmf, application/dtmf-relay, '
                         'application/hook-flash, application/media_control+xml, multipart/mixed')
        refusal = self.info(peer, call, 415, 'Content-Encoding: gzip', body='x',
                            kind='application/dtmf')
        self.assertEqual(refusal['accept-encoding'], 'identity')
        self.info(peer, call, 200, 'Content-Disposition: render;handling=optional', body='x',
                  kind='text/plain')
        self.info(peer, call, 400, body='--x', kind='multipart/mixed;boundary=b')
        self.assertEqual(self.told, [('INFO', None), ('INFO', 'text/plain')])
        self.bye(peer, call)

    def test_content_type(self):
        """somebody who understands a type says so: 200, and it is told; taken back it is refused"""
        self.start()
        sessions = self.party.sessions
        sessions.add_content_type('INFO', 'Text/Plain')
        with self.assertRaises(GLib.Error) as raised:
            sessions.add_content_type('INFO', 'text/plain')
        self.assertTrue(raised.exception.matches(Ahoy.error_quark(), Ahoy.Error.EXISTS))
        for method, kind in (('INFO', 'plain'), ('INFO', 'a/b;c=d'), ('INFO', 'a/'),
                             ('BYE', 'a/b')):
            with self.assertRaises(GLib.Error):
                sessions.add_content_type(method, kind)
        peer, call, _ = self.call()
        self.info(peer, call, 200, body='hello', kind='text/plain;charset=utf-8')
        self.assertTrue(sessions.remove_content_type('INFO', 'text/plain'))
        self.assertFalse(sessions.remove_content_type('INFO', 'text/plain'))
        self.info(peer, call, 415, body='hello', kind='text/plain')
        self.bye(peer, call)
        self.assertEqual(self.told, [('INFO', 'text/plain;charset=utf-8')])

    def test_offered(self):
        """whoever takes an INFO that is offered spares its sender the 415"""
        self.start()
        peer, call, _ = self.call()
        offered = []

        def on_offered(_session, request):
            offered.append(request.dup_content_type())
            return offered[-1] == 'text/html'

        self.session().connect('info-offered', on_offered)
        self.info(peer, call, 415, body='x', kind='text/plain')
        self.info(peer, call, 200, body='x', kind='text/html')
        self.info(peer, call, 200, body='5', kind='application/dtmf')
        self.assertEqual(offered, ['text/plain', 'text/html'])
        self.bye(peer, call)

    def test_flash(self):
        """DLGX-04: the flash of a hook, in each of its forms; digits are none"""
        self.start()
        peer, call, _ = self.call()
        relay = 'application/dtmf-relay'
        for kind, body in (('application/hook-flash', ''), ('application/hook-flash', 'x'),
                           (relay, 'Signal=!\r\nDuration=250\r\n'), (relay, 'Signal= 16\r\n'),
                           ('application/dtmf', '!'), ('application/dtmf', '16'),
                           ('application/dtmf', '1'), (relay, 'Signal=17\r\n'), (relay, 'Signal=')):
            self.info(peer, call, 200, body=body, kind=kind)
        self.assertEqual(self.told.count('flash'), 6)
        self.bye(peer, call)

    def test_send_flash(self):
        """DLGX-04: a flash of ours, in order; without a call there is an error"""
        self.start()
        peer, call, _ = self.call()
        session = self.session()
        session.send_flash()
        session.send_flash()
        for _ in range(2):
            info = run_beside(peer.expect, 'INFO')
            self.assertEqual((info['content-type'], info.body),
                             ('application/dtmf-relay', b'Signal=!\r\nDuration=250\r\n'))
            peer.respond(info, 200)
        self.bye(peer, call)
        with self.assertRaises(GLib.Error) as raised:
            session.send_flash()
        self.assertTrue(raised.exception.matches(Ahoy.error_quark(), Ahoy.Error.INVALID_STATE))

    def test_keyframe(self):
        """DLGX-06: a whole picture is wanted (RFC 5168): of all streams of video, or of some"""
        self.start()
        video = Audio('screen')
        self.party.sessions.add_sdp_handler(video, 'video', 'video', None, None)
        peer, call, _ = self.call(VIDEO)
        wanted = []
        for stream in self.session().get_streams():
            stream.connect('keyframe-requested',
                           lambda stream: wanted.append(stream.get_media_type()))
        for body, status, pictures in (
                (control(UPDATE), 200, 1), (control('<!-- x -->' + UPDATE), 200, 1),
                (control(UPDATE + label('screen')), 200, 1),
                (control(UPDATE + label('other')), 200, 0),
                (control(UPDATE + label('a') + label(' screen ')), 200, 1),
                (control('<to_encoder><freeze/></to_encoder>'), 200, 0),
                (control('<picture_fast_update/>'), 200, 0),
                ('<media_control><x>' + control(UPDATE)[40:] + '</x></media_control>', 200, 0),
                ('<media_control/>', 200, 0), ('<media_control>', 400, 0), ('<other/>', 400, 0),
                ('picture', 400, 0), (control(UPDATE) * 2, 400, 0),
                ('<!DOCTYPE media_control [<!ENTITY a "b">]>' + control(UPDATE)[40:], 400, 0),
                (control(UPDATE + label('x') * 17), 400, 0),
                (control(UPDATE) + ' ' * 9000, 400, 0)):
            with self.subTest(body=body[:120]):
                del wanted[:]
                answer = self.info(peer, call, status, body=body, kind=CONTROL)
                self.assertEqual(wanted, ['video'] * pictures)
                if status == 400:
                    self.assertTrue(answer['warning'].startswith('399 ahoy "'), answer['warning'])
        self.bye(peer, call)

    def test_send_keyframe(self):
        """DLGX-06: a picture that we want; without video there is an error"""
        self.start()
        self.party.sessions.add_sdp_handler(Audio('screen'), 'video', 'video', None, None)
        peer, call, _ = self.call()
        with self.assertRaises(GLib.Error):
            self.session().request_keyframe()
        self.bye(peer, call)
        peer, call, _ = self.call(VIDEO)
        self.session().request_keyframe()
        info = run_beside(peer.expect, 'INFO')
        self.assertEqual(info['content-type'], CONTROL)
        self.assertIn(b'<picture_fast_update/>', info.body)
        peer.respond(info, 200)
        self.bye(peer, call)

    def test_packages(self):
        """DLGX-07: Recv-Info, a package that is taken, 415 for its wrong body, 469 for another"""
        self.start()
        sessions = self.party.sessions
        package = Ahoy.InfoPackage.new('X-Light', ['text/x-light', 'text/x-lamp'])
        received = []
        package.connect('received', lambda _package, session, request: received.append(
            (session.get_id(), request.get_body().get_data())))
        sessions.add_info_package(package)
        sessions.add_info_package(Ahoy.InfoPackage.new('x-bell', None))
        with self.assertRaises(GLib.Error):
            sessions.add_info_package(Ahoy.InfoPackage.new('X-LIGHT', None))
        for name in ('', 'a b', 'a,b', 'a;b'):
            with self.assertRaises(GLib.Error):
                Ahoy.InfoPackage.new(name, None)
        peer, call, response = self.call()
        self.assertEqual(response['recv-info'], 'x-bell, x-light')
        peer.send('OPTIONS', call=call)
        self.assertEqual(run_beside(peer.expect, 200)['recv-info'], 'x-bell, x-light')
        number = self.session().get_id()
        light = 'Info-Package: x-light'
        disposed = 'Content-Disposition: Info-Package'
        self.info(peer, call, 200, light + ';room=1', disposed, body='on', kind='text/x-light')
        self.info(peer, call, 200, 'Info-Package: X-LIGHT', disposed, body='off',
                  kind='text/x-lamp')
        self.info(peer, call, 200, 'Info-Package: x-bell')
        refusal = self.info(peer, call, 415, light, disposed, body='on', kind='text/plain')
        self.assertEqual(refusal['accept'], 'text/x-light, text/x-lamp')
        self.info(peer, call, 415, 'Info-Package: x-bell', disposed, body='on', kind='text/plain')
        parts = ('--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: text/x-lamp'
                 '\r\nContent-Disposition: info-package\r\n\r\ndim\r\n--b--\r\n')
        self.info(peer, call, 200, light, body=parts, kind='multipart/mixed;boundary=b')
        self.info(peer, call, 400, light, body='--b', kind='multipart/mixed;boundary=b')
        refusal = self.info(peer, call, 469, 'Info-Package: x-other')
        self.assertEqual(refusal['recv-info'], 'x-bell, x-light')
        self.assertEqual(refusal.reason, 'Bad Info Package')
        self.assertTrue(sessions.remove_info_package(package))
        self.assertFalse(sessions.remove_info_package(package))
        refusal = self.info(peer, call, 469, light)
        self.assertEqual(refusal['recv-info'], 'x-bell')
        self.assertEqual(received, [(number, b'on'), (number, b'off'), (number, parts.encode())])
        self.bye(peer, call)

    def test_recv_info_of_ours(self):
        """DLGX-07: our INVITE and re-INVITE say what we take"""
        self.start()
        self.party.sessions.add_info_package(Ahoy.InfoPackage.new('x-light', ['text/x-light']))
        peer = self.peer()
        self.party.sessions.dial('sip:a@127.0.0.1', peer.uri, None)
        invite = run_beside(peer.expect, 'INVITE')
        self.assertEqual(invite['recv-info'], 'x-light')
        peer.respond(invite, 200, body=SDP.encode(), headers=['Recv-Info: x-door;a=b, X-Lamp'])
        run_beside(peer.expect, 'ACK')
        session = self.session()
        iterate_until(lambda: session.get_state() == Ahoy.SessionState.ACTIVE, 'the call')
        body = GLib.Bytes.new(b'open')
        with self.assertRaises(GLib.Error) as raised:
            session.create_info('x-light', 'text/x-light', body)
        self.assertTrue(raised.exception.matches(Ahoy.error_quark(), Ahoy.Error.NOT_SUPPORTED))
        for name in ('X-Door;b=c', 'x-lamp', None):
            done = []
            session.send_request_async(session.create_info(name, 'text/x-door', body), None,
                                       lambda source, result: done.append(
                                           source.send_request_finish(result).get_status()))
            info = run_beside(peer.expect, 'INFO')
            self.assertEqual(info['info-package'], name)
            self.assertEqual(info['content-disposition'], 'Info-Package' if name else None)
            self.assertEqual((info['content-type'], info.body), ('text/x-door', b'open'))
            peer.respond(info, 200)
            iterate_until(lambda: done, 'the answer')
            self.assertEqual(done, [200])
        session.hangup()
        peer.respond(run_beside(peer.expect, 'BYE'), 200)


if __name__ == '__main__':
    agent.main()
