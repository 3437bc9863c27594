# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A scripted SIP party with sound, for what sipp cannot do: it calls ahoyd, or is called by it."""

import threading
import time

from sip_peer import Call, Failure

CODECS = {0: 'PCMU/8000', 8: 'PCMA/8000', 9: 'G722/8000', 96: 'opus/48000/2',
          97: 'telephone-event/8000', 101: 'telephone-event/8000',
          102: 'telephone-event/48000'}
STEPS = {0: 160, 8: 160, 9: 160, 96: 960}
PATIENCE = 30  # seconds; a loaded machine may need many


def describe(party, formats=(0, 101), direction='sendrecv', version=1, **more):
    """A session description: streams of audio, one for each of the RTP parties."""
    parties = party if isinstance(party, (list, tuple)) else [party]
    kind = 'IP6' if ':' in parties[0].host else 'IP4'
    lines = ['v=0', f'o=peer 1 {version} IN {kind} {parties[0].host}', 's=-',
             f'c=IN {kind} {more.get("connection", parties[0].host)}', 't=0 0']
    for each in parties:
        lines.append(f'm=audio {each.port} RTP/AVP {" ".join(map(str, formats))}')
        lines += [f'a=rtpmap:{number} {CODECS[number]}' for number in formats]
        lines.append(f'a={direction}')
        if 'ptime' in more:
            lines.append(f'a=ptime:{more["ptime"]}')
    return '\r\n'.join(lines) + '\r\n'


class Description:
    """What a session description says, as far as a test asks."""

    def __init__(self, body):
        self.text = body.decode()
        self.streams = []
        direction, host = 'sendrecv', None
        for line in self.text.splitlines():
            if line.startswith('m='):
                media, port, _, *formats = line[2:].split()
                self.streams.append({'media': media, 'port': int(port), 'host': host,
                                     'formats': [int(each) for each in formats],
                                     'direction': direction})
            elif line.startswith('c='):
                host = line.split()[-1]
                if self.streams:
                    self.streams[-1]['host'] = host
            elif line[2:] in ('sendrecv', 'sendonly', 'recvonly', 'inactive'):
                direction = line[2:]
                if self.streams:
                    self.streams[-1]['direction'] = direction
        self.version = self.text.split('o=')[1].split()[2] if 'o=' in self.text else None

    @property
    def address(self):
        return self.streams[0]['host'], self.streams[0]['port']

    @property
    def direction(self):
        return self.streams[0]['direction']

    @property
    def formats(self):
        return self.streams[0]['formats']


class MediaCall:
    """One call between a scripted party and the daemon; .party is its RTP, .remote the other's."""

    def __init__(self, run, formats=(0, 101), streams=1):
        self.run = run
        self.formats = formats
        self.parties = [run.rtp() for _ in range(streams)]
        self.party = self.parties[0]
        self.peer = None
        self.call = None
        self.remote = None
        self.version = 0
        self.invite = None
        self._seen = set()

    def describe(self, formats=None, direction='sendrecv', **more):
        self.version += 1
        return describe(more.pop('parties', self.parties), formats or self.formats, direction,
                        self.version, **more)

    # -- the party calls

    def dial(self, user, **more):
        """Calls a route, and returns when it is answered."""
        self.begin(user, **more)
        return self.answered()

    def begin(self, user, **more):
        self.peer = self.run.peer()
        self.call = Call(self.peer, self.peer.target_uri(user))
        self.invite = self.peer.send('INVITE', call=self.call, body=self.describe(**more))
        return self

    def expect_response(self, status, method='INVITE'):
        """The answer to the last request; what is repeated of older answers is passed over."""
        return self._next(lambda message: message.status == status and message.method == method
                          and message.cseq == self.call.cseq, f'{status} for {method}')

    def expect_request(self, method):
        """The next request of the daemon; answers, and requests that are repeated, are passed."""
        def accept(message):
            branch = (message.method, message['via'])
            new = message.status is None and branch not in self._seen
            self._seen.add(branch)
            return new and message.method == method
        return self._next(accept, method)

    def _next(self, accept, what):
        end = time.monotonic() + PATIENCE
        while (message := self.peer.receive(end - time.monotonic())) is not None:
            if accept(message):
                return message
            if message.status is not None and message.status >= 300:
                break
        raise Failure(f'no {what}, but {message}\n' + str(self.peer.ladder))

    def answered(self):
        response = self.expect_response(200)
        self.call.established(response)
        self.remote = Description(response.body)
        self.peer.send('ACK', call=self.call)
        return self

    def dial_late(self, user):
        """Calls without an offer: the daemon offers, and the ACK has the answer."""
        self.peer = self.run.peer()
        self.call = Call(self.peer, self.peer.target_uri(user))
        self.invite = self.peer.send('INVITE', call=self.call)
        response = self.expect_response(200)
        self.call.established(response)
        self.remote = Description(response.body)
        self.peer.send('ACK', call=self.call, body=self.describe())
        return self

    # -- the daemon calls

    def be_called(self, **options):
        """Has the daemon call, and answers."""
        self._be_invited(options)
        self.peer.respond(self.invite, 180)
        return self.answer()

    def ring_with_sound(self, **options):
        """Has the daemon call, and opens early media."""
        self._be_invited(options)
        self.peer.respond(self.invite, 183, body=self.describe())
        return self

    def _be_invited(self, options):
        self.peer = self.run.peer(target=False)
        self.session_path = self.run.dial_uri(self.peer.uri, **options)
        self.invite = self.expect_request('INVITE')
        self.remote = Description(self.invite.body)
        self.call = Call.from_request(self.peer, self.invite)

    def answer(self):
        self.version = 0  # the answer is the same as in a 183
        self.peer.respond(self.invite, 200, body=self.describe())
        self.expect_request('ACK')
        return self

    @property
    def session(self):
        if not hasattr(self, 'session_path'):
            self.session_path = self.run.session(self.call.call_id)
        return self.session_path

    # -- within the call

    def reinvite(self, **more):
        """Offers once more, and returns the answer."""
        self.peer.send('INVITE', call=self.call, body=self.describe(**more))
        response = self.expect_response(200)
        self.peer.send('ACK', call=self.call)
        self.remote = Description(response.body)
        return self.remote

    def take_reinvite(self, direction='sendrecv', formats=None, **more):
        """Waits for an offer of the daemon, answers it, and returns it."""
        request = self.expect_request('INVITE')
        offer = self.remote = Description(request.body)
        self.peer.respond(request, 200, body=self.describe(formats, direction, **more))
        self.expect_request('ACK')
        return offer

    def hang_up(self):
        self.peer.send('BYE', call=self.call)
        self.expect_response(200, 'BYE')

    def be_hung_up(self):
        request = self.expect_request('BYE')
        self.peer.respond(request, 200)
        return request

    def say(self, frequency=None, codec='PCMU', amplitude=8000):
        """Sends a tone from now on."""
        self.party.send_tone(self.remote.address, frequency or self.run.frequency, codec,
                             amplitude)

    def hear(self, *arguments, **keys):
        return self.party.hear(*arguments or (self.run.frequency,), **keys)

    def wait_for(self, name, value):
        """Waits until a property of the session has a value."""
        for _ in range(10 * PATIENCE):
            if (found := self.run.daemon.get(self.session, 'Session', name)) == value:
                return
            self.seconds_pass(100)
        raise Failure(f'{name} is {found}, not {value}')

    def seconds_pass(self, milliseconds):
        """Lets the call go on for a while that the daemon measures: it only waits for its end."""
        self.run.daemon.call(self.session, 'Session', 'Wait', 'su', 'ended', milliseconds)

    def hear_packets(self, count):
        """Waits for so many more packets."""
        self.party.wait_for(lambda packets: len(packets) >= count, f'{count} packets',
                            self.party.mark())

    def in_background(self, method, signature='', *arguments):
        """A method of the session, called while the party goes on; .result() has what it said."""
        return Background(self.run.daemon, self.session, method, signature, *arguments)


class Background:
    def __init__(self, daemon, *arguments):
        self._result = None
        session, method, *rest = arguments

        def work():
            try:
                self._result = daemon.call(session, 'Session', method, *rest)
            except Exception as error:  # pylint: disable=broad-except
                self._result = error
        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def result(self, timeout=30):
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise Failure('a method does not return')
        if isinstance(self._result, Exception):
            raise self._result
        return self._result
