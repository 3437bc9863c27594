# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""SDP handlers in Python: who takes a stream, and what happens when one fails."""

import agent
from party import Ahoy, Audio, GObject, PartyCase, iterate_until, run_beside
from sip_peer import G729, SDP, Call


def call(peer, status=200, body=SDP):
    """A whole call; gives the final response."""
    dialog = Call(peer)
    peer.send('INVITE', call=dialog, body=body)
    final = peer.expect(status, skip=(100, 180))
    if status == 200:
        dialog.established(final)
        peer.send('ACK', call=dialog)
        peer.send('BYE', call=dialog)
        peer.expect(200)
    return final


class Raising(Audio):
    """Raises, or says something else than a verdict, in one of its callbacks."""

    def __init__(self, where, verdict=None):
        super().__init__('raising')
        self.where, self.wrong = where, verdict

    def fail(self, name, good):
        if self.where != name:
            return good
        if self.wrong is None:
            raise RuntimeError(name)
        return self.wrong

    def do_handle_offer(self, session, stream):
        return self.fail('handle_offer', Audio.do_handle_offer(self, session, stream))

    def do_negotiate(self, session, stream):
        return self.fail('negotiate', Audio.do_negotiate(self, session, stream))

    def do_apply(self, session, stream):
        return self.fail('apply', Audio.do_apply(self, session, stream))

    def do_end(self, session, stream):
        return self.fail('end', Audio.do_end(self, session, stream))


class SdpHandler(PartyCase):
    def add(self, handler, name, before=None, after=None):
        self.party.sessions.add_sdp_handler(handler, name, 'audio', before, after)
        return handler

    def test_second(self):
        """When the first handler declines the second one takes the stream, and only it sees it"""
        self.start(audio=False)
        first = self.add(Audio('first', take=False), 'first')
        second = self.add(Audio('second'), 'second')
        final = run_beside(call, self.peer())
        self.assertIn(b'a=label:second', final.body)
        self.assertIn(b'm=audio 61500 RTP/AVP 0\r\n', final.body)
        self.assertEqual(first.calls, ['handle_offer'])
        self.assertEqual(second.calls, ['handle_offer', 'negotiate', 'apply', 'end'])

    def test_order(self):
        """A handler that is added later may stand before another"""
        self.start(audio=False)
        self.add(Audio('second'), 'second')
        self.add(Audio('first'), 'first', before=['second'])
        self.assertIn(b'a=label:first', run_beside(call, self.peer()).body)

    def test_nobody(self):
        """An offer that nobody takes is refused: 488"""
        self.start()
        run_beside(call, self.peer(), 488, G729)
        self.assertEqual(self.party.audio.calls, ['handle_offer'])

    def test_modification(self):
        """A handler that cannot apply a change keeps the call as it was, and is told so"""
        class Stubborn(Audio):
            ports = []

            def do_apply(self, session, stream):
                Audio.do_apply(self, session, stream)
                self.ports.append(stream.get_remote().get_port())
                return (Ahoy.SdpVerdict.HANDLED if self.ports[-1] == 61500
                        else Ahoy.SdpVerdict.ERROR)

        self.start(audio=False)
        handler = self.add(Stubborn(), 'stubborn')
        peer = self.peer()

        def modify():
            dialog = Call(peer)
            peer.send('INVITE', call=dialog, body=SDP)
            dialog.established(peer.expect(200, skip=(100, 180)))
            peer.send('ACK', call=dialog)
            peer.send('INVITE', call=dialog, body=SDP.replace('audio 61500', 'audio 40002'))
            peer.expect(488)
            peer.send('BYE', call=dialog)
            peer.expect(200)

        run_beside(modify)
        iterate_until(lambda: self.party.ended == [200], 'the call ends')
        self.assertEqual(handler.ports, [61500, 40002, 61500])

    def test_raises_at_end(self):
        """A handler that raises when a stream is over keeps nothing"""
        self.start(audio=False)
        handler = self.add(Raising('end'), 'raising')
        run_beside(call, self.peer())
        iterate_until(lambda: self.party.ended == [200], 'the call ends')
        self.assertEqual((self.raised, handler.calls[-1]), ([RuntimeError], 'end'))

    def fails(self, where, wrong, raised):
        """The failing handler stands first; the second one would take the stream."""
        self.start(audio=False)
        self.add(Raising(where, wrong), 'raising')
        self.add(Audio('second'), 'second')
        run_beside(call, self.peer(), 488)
        iterate_until(lambda: len(self.party.ended) == 1, 'the call ends')
        self.assertEqual(self.raised, raised)


def add_test(where, wrong, text, raised):
    def test(self):
        self.fails(where, wrong, raised)

    test.__doc__ = f'An SDP handler that {text} in {where} accepts no call: 488'
    setattr(SdpHandler, f'test_{where}_{text.replace(" ", "_")}', test)


for place in ('handle_offer', 'negotiate', 'apply'):
    add_test(place, None, 'raises', [RuntimeError])
    add_test(place, 'handled', 'returns a string', [TypeError])
    add_test(place, Ahoy.SdpVerdict.ERROR, 'says ERROR', [])


if __name__ == '__main__':
    agent.main()
