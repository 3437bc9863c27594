# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A scripted SIP peer: it sends exactly what a test says, and shows exactly what came back.

No threads, no timers, no hidden retransmissions: a peer reads its sockets only inside of expect()
and its relatives, so the same script gives the same messages each time. By itself it sends only the
ACK that is due to a refusal.
"""

import itertools
import random
import re
import time

import sip_digest
from sip_ladder import Ladder, format_address
from sip_message import Message, ParseError, Uri
from sip_sockets import Endpoint

# For what comes at once, on a machine where several tests wait for their turn.
TIMEOUT = 15.0
SDP = ('v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
       'm=audio 61500 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n')
G729 = (SDP.split('m=')[0] + 'm=audio 61500 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n')


REASONS = {
    100: 'Trying', 180: 'Ringing', 181: 'Call Is Being Forwarded', 182: 'Queued',
    183: 'Session Progress', 200: 'OK', 202: 'Accepted', 300: 'Multiple Choices',
    301: 'Moved Permanently', 302: 'Moved Temporarily', 400: 'Bad Request', 401: 'Unauthorized',
    403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed',
    407: 'Proxy Authentication Required', 408: 'Request Timeout',
    415: 'Unsupported Media Type', 416: 'Unsupported URI Scheme',
    420: 'Bad Extension', 422: 'Session Interval Too Small', 480: 'Temporarily Unavailable',
    481: 'Call/Transaction Does Not Exist', 482: 'Loop Detected', 483: 'Too Many Hops',
    486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here', 489: 'Bad Event',
    491: 'Request Pending', 500: 'Server Internal Error', 501: 'Not Implemented',
    503: 'Service Unavailable', 504: 'Server Time-out', 600: 'Busy Everywhere', 603: 'Decline',
}

DIALOG_METHODS = {'INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE', 'NOTIFY'}

_serial = itertools.count(1)


class Failure(AssertionError):
    """What came was not what the test expected; the text holds the ladder."""


def put(message, headers):
    """Adds headers, tuples or whole lines; they replace what the message has by itself."""
    usual = {name.lower() for name, _ in message.headers}
    for header in headers:
        name, value = header.split(':', 1) if isinstance(header, str) else header
        if name.lower() in usual:
            usual.remove(name.lower())
            message.set(name, str(value).strip())
        else:
            message.add(name, str(value).strip())
    return message


class Peer:
    """One SIP element on one transport and address.

    target is where requests go (host, port); several dialogs, forks (To tags) and transactions can
    be played from one peer. Over TCP a peer with a target has one connection, made at once; with
    listen it waits for connections as well, and its own are made when something is sent.
    Byte-identical repeats, which a busy machine causes at any time, are kept apart in
    self.retransmissions, unless absorb_retransmissions is False: that is for tests of repeats.
    """

    numbers = itertools.count(1)
    absorb_retransmissions = True

    def __init__(self, transport='udp', host='127.0.0.1', target=None, name=None, port=0,
                 ladder=None, listen=None):
        self.listens = transport == 'udp' or target is None if listen is None else listen
        self.number = next(Peer.numbers)
        self.transport = transport
        self.name = name or f'peer-{self.number}'
        self.user = name or 'peer'
        self.target = target
        self.ladder = ladder or Ladder()
        self.endpoint = Endpoint(transport, host, port, self.listens)
        self.host, self.port = self.endpoint.host, self.endpoint.port
        self.last = (None, None)  # the connection and address of what came last
        self.inbox, self.invites = [], {}
        self.history, self.retransmissions, self.malformed = set(), [], []
        if not self.listens:
            self.port = self.connect().local[1]
        self.ladder.name((self.host, self.port), self.name, local=True)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        self.endpoint.close()

    # -- names -------------------------------------------------------------------------------------

    @property
    def address(self):
        """host:port as it stands in Via and URIs."""
        return format_address((self.host, self.port))

    @property
    def uri(self):
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        return f'sip:{self.user}@{self.address}{tail}'

    @property
    def contact(self):
        return f'<{self.uri}>'

    def target_uri(self, user='agent'):
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        return f'sip:{user}@{format_address(self.target)}{tail}'

    def unique(self, prefix):
        """A string which no other message of this test program carries."""
        return f'{prefix}-{self.name}-{self.port}-{next(_serial)}'

    def via(self, branch=None):
        branch = branch or f'z9hG4bK-{random.getrandbits(48):x}'
        return f'SIP/2.0/{self.transport.upper()} {self.address};branch={branch};rport'

    # -- building ----------------------------------------------------------------------------------

    def request(self, method, uri=None, to_tag=None, headers=(), body='', call=None, **over):
        """The text of a request; `call` is a Call that keeps Call-ID, tags and CSeq."""
        call = call or Call(self, uri)
        cseq = over.get('cseq') or call.next_cseq(method)
        to_tag = to_tag or call.remote_tag
        target = over.get('ruri') or call.remote_target or uri or self.target_uri()
        lines = [f'{method} {target} SIP/2.0',
                 f'Via: {over.get("via") or self.via(over.get("branch"))}',
                 f'From: {call.local};tag={call.local_tag}',
                 f'To: {call.remote}' + (f';tag={to_tag}' if to_tag else ''),
                 f'Call-ID: {call.call_id}', f'CSeq: {cseq} {method}', 'Max-Forwards: 70']
        if method not in ('ACK', 'BYE', 'CANCEL', 'PRACK') and not over.get('no_contact'):
            lines.append(f'Contact: <{self.uri}>')
        lines += [f'Route: {route}' for route in call.routes]
        lines += list(headers)
        if body and not any(h.lower().startswith('content-type') for h in headers):
            lines.append('Content-Type: application/sdp')
        lines.append(f'Content-Length: {len(body)}')
        return '\r\n'.join(lines) + '\r\n\r\n' + body

    def build(self, method, uri=None, to=None, from_=None, call_id=None, cseq=1, headers=(),
              body=b'', content_type='application/sdp', contact=None, via=None):
        """A request outside of a dialog, to be changed; headers named here replace the usual."""
        uri = uri or self.target_uri()
        message = Message(method=method, uri=uri)
        message.add('Via', via or self.via())
        message.add('Max-Forwards', 70)
        message.add('From', from_ or f'<{self.uri}>;tag={self.unique("f")}')
        message.add('To', to or f'<{uri}>')
        message.add('Call-ID', call_id or self.unique('c'))
        message.add('CSeq', f'{cseq} {method}')
        if contact or method in DIALOG_METHODS or method == 'REGISTER':
            message.add('Contact', contact or self.contact)
        put(message, headers)
        if body:
            message.set_body(body, content_type)
        return message

    def build_invite(self, uri=None, body=b'', **kw):
        """An INVITE which starts a call; without a body it asks for a late offer."""
        return self.build('INVITE', uri, body=body, **kw)

    def register(self, aor, expires=3600, contact=None, **kw):
        """A REGISTER for an address of record at the target."""
        headers = [('Expires', expires)] + list(kw.pop('headers', ()))
        return self.build('REGISTER', to=f'<{aor}>', contact=contact, headers=headers,
                          from_=f'<{aor}>;tag={self.unique("f")}', **kw)

    def cancel_of(self, invite, headers=()):
        """The CANCEL of an INVITE which was sent (RFC 3261 section 9.1)."""
        message = Message(method='CANCEL', uri=invite.uri)
        message.add('Via', invite.get('Via'))
        message.add('Max-Forwards', 70)
        for name in ('Route', 'From', 'To', 'Call-ID'):
            for value in invite.all(name):
                message.add(name, value)
        message.add('CSeq', '%d CANCEL' % invite.cseq)
        for name, value in headers:
            message.set(name, value)
        return message

    def ack_failure(self, invite, response):
        """The ACK to a 3xx-6xx (RFC 3261 section 17.1.1.3): same branch, To of the response."""
        message = self.cancel_of(invite)
        message.method = 'ACK'
        message.set('To', response.get('To'))
        message.set('CSeq', '%d ACK' % invite.cseq)
        return message

    def response(self, request, status, reason=None, tag='peer-tag', headers=(), body=b'',
                 contact=True):
        """A response to a received request; contact may be False, or another value."""
        message = Message(status=status, reason=reason or REASONS.get(status, 'Reason'))
        for value in request.all('Via'):
            message.add('Via', value)
        if 101 <= status < 300:
            for value in request.all('Record-Route'):
                message.add('Record-Route', value)
        message.add('From', request['From'])
        to = request['To']
        if status > 100 and tag and request.to.tag is None:
            to += f';tag={tag}'
        message.add('To', to)
        message.add('Call-ID', request.call_id)
        message.add('CSeq', request['CSeq'])
        if contact and request.method != 'BYE':
            message.add('Contact', self.contact if contact is True else contact)
        put(message, headers)
        if body:
            message.set_body(body, message['Content-Type'] or 'application/sdp')
        return message

    def authorize(self, request, challenge, username, password, **changes):
        """The request once more with credentials for a 401 or 407: CSeq + 1 and a new branch."""
        name, credentials = 'WWW-Authenticate', 'Authorization'
        if challenge.status == 407:
            name, credentials = 'Proxy-Authenticate', 'Proxy-Authorization'
        again = request.copy()
        again.set('Via', self.via())
        again.set('CSeq', '%d %s' % (request.cseq + 1, request.method))
        again.set(credentials, sip_digest.authorization(
            challenge.all(name)[0], request.method, request.uri, username, password,
            body=request.body, **changes))
        return again

    # -- sending -----------------------------------------------------------------------------------

    def connect(self, to=None):
        """Open a new TCP connection (to the target by default) and return it."""
        connection = self.endpoint.connect(to or self.target)
        self.ladder.name(connection.local, self.name, local=True)
        return connection

    def _route(self, to, connection):
        """Where bytes go: (connection or None, address)."""
        if connection is not None and not connection.closed:
            return connection, connection.remote
        address = to or self.target or self.last[1]
        if self.transport == 'udp':
            return None, address
        if to is None and self.target is None and self.last[0] is not None:
            return self.last[0], self.last[0].remote
        found = self.endpoint.find(address)
        if found is None and not self.listens:
            raise ConnectionResetError(f'{self.name}: the connection to {address} is closed')
        return found or self.connect(address), address

    def send_raw(self, data, to=None, connection=None, label=None, timeout=TIMEOUT):
        """Send bytes or text as they are; returns how many bytes went out."""
        if isinstance(data, str):
            data = data.encode()
        connection, address = self._route(to, connection)
        local = connection.local if connection else (self.host, self.port)
        if data.strip() or label:
            text = label or data.split(b'\r\n', 1)[0][:90].decode('utf-8', 'backslashreplace')
            self.ladder.message(local, address, text, 'sent')
        if connection is None:
            return self.endpoint.sock.sendto(data, address)
        return connection.send(data, timeout)

    def send(self, what, uri=None, to=None, connection=None, **keys):
        """Send a message and return it; or, by its method, a request of which the text comes back.

        The refusal of such an INVITE gets its ACK.
        """
        if isinstance(what, Message):
            self.send_raw(what.to_bytes(), to, connection, label=what.summary())
            return what
        text = self.request(what, uri, **keys)
        if what == 'INVITE':
            message = Message.parse(text.encode())
            self.invites[message.call_id, message.cseq] = message
        self.send_raw(text, to, connection)
        return text

    def send_chunks(self, chunks, connection, pause=0.0005):
        """Send each chunk as a TCP segment of its own, with a pause (seconds) between them."""
        self.ladder.message(connection.local, connection.remote,
                            'raw, %d bytes in %d segments' % (sum(map(len, chunks)), len(chunks)),
                            'sent')
        for chunk in chunks:
            connection.send(chunk)
            time.sleep(pause)

    def respond(self, request, status, reason=None, **keys):
        """Answer a received request: to where it came from; returns the response."""
        response = self.response(request, status, reason, **keys)
        connection, address = request.connection, request.source
        if address is None:
            connection, address = self.last
        self.send(response, to=address, connection=connection)
        return response

    def _acknowledge(self, response):
        """The ACK that a transaction owes to a refusal (RFC 3261 17.1.1.3)."""
        invite = self.invites.get((response.call_id, response.cseq))
        if invite is not None:
            self.send(self.ack_failure(invite, response))

    # -- receiving ---------------------------------------------------------------------------------

    def pump(self, timeout=0.0):
        """Read what arrives within the time; returns at the first input: whether there was any."""
        events = self.endpoint.poll(timeout)
        for kind, connection, address, data in events:
            if kind == 'accepted':
                self.ladder.name(connection.local, self.name, local=True)
            elif kind == 'closed':
                self.ladder.note('%s: connection to %s closed' % (self.name,
                                                                  format_address(address)))
            elif kind == 'message':
                self._take(data, connection, address)
        return bool(events)

    def _take(self, data, connection, address):
        local = connection.local if connection else (self.host, self.port)
        self.last = (connection, address)
        if connection is None and not data.strip(b'\r\n\0'):
            self.ladder.message(address, local, 'keep-alive', 'received')
            return
        if connection is None and data[0] >> 6 == 2:
            # RTP or RTCP (RFC 5764 section 5.1.2), for the port next to that of somebody's sound
            self.ladder.message(address, local, 'RTP that went astray', 'received')
            return
        try:
            message = Message.parse(data)
        except ParseError as error:
            self.ladder.message(address, local, f'MALFORMED: {error}', 'received')
            self.malformed.append((data, error))
            return
        message.source, message.destination = address, local
        message.connection, message.transport = connection, self.transport
        message.time = time.monotonic()
        self.ladder.message(address, local, message.summary(), 'received')
        if message.status and message.status >= 300 and message.method == 'INVITE':
            self._acknowledge(message)
        if self.absorb_retransmissions:
            if (bytes(data), address) in self.history:
                self.retransmissions.append(message)
                return
            self.history.add((bytes(data), address))
        self.inbox.append(message)

    def _fail(self, text):
        raise Failure(f'{self.name}: {text}\n{self.ladder}')

    def receive(self, timeout=TIMEOUT):
        """The next message, or None."""
        deadline = time.monotonic() + timeout
        while not self.inbox:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            self.pump(remaining)
        return self.inbox.pop(0)

    def expect(self, what, timeout=TIMEOUT, skip=(100,), where=None, call_id=None, dialog=None):
        """The next message, which must be `what`; anything else fails with the ladder.

        what: 'INVITE', 200, '2xx', 'final', '200 BYE', 'request', 'response', or a tuple of those.
        skip: what may come before and is passed over. where, call_id and dialog pick the messages
        this expectation is about; all others stay in the inbox for later.
        """
        deadline = time.monotonic() + timeout
        choices = what if isinstance(what, (tuple, list)) else (what,)
        wanted = ' or '.join(str(item) for item in choices)
        while True:
            for message in list(self.inbox):
                if not self._concerns(message, where, call_id, dialog):
                    continue
                self.inbox.remove(message)
                if any(matches(message, item) for item in choices):
                    return message
                if any(matches(message, item) for item in skip):
                    continue
                self._fail(f'expected {wanted}, but got {message.summary()}')
            if self.malformed:
                data, error = self.malformed.pop(0)
                self._fail(f'expected {wanted}, but got bytes which are no SIP: {error}: '
                           f'{data[:200]!r}')
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                self._fail(f'expected {wanted}, but nothing came within {timeout:.1f} s')
            self.pump(remaining)

    @staticmethod
    def _concerns(message, where, call_id, dialog):
        if call_id is not None and message.call_id != call_id:
            return False
        if dialog is not None and not dialog.owns(message):
            return False
        return where is None or bool(where(message))

    def expect_nothing(self, seconds, skip=(), where=None, call_id=None, dialog=None):
        """Fail if a message comes within the time."""
        deadline = time.monotonic() + seconds
        while True:
            for message in list(self.inbox):
                if self._concerns(message, where, call_id, dialog):
                    self.inbox.remove(message)
                    if not any(matches(message, item) for item in skip):
                        self._fail(f'expected silence, but got {message.summary()}')
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return
            self.pump(remaining)

    def expect_retransmission(self, message, timeout=TIMEOUT):
        """Wait for a byte-identical repeat of a message which was received before."""
        deadline = time.monotonic() + timeout
        while True:
            for repeat in self.retransmissions:
                if repeat.raw == message.raw:
                    self.retransmissions.remove(repeat)
                    return repeat
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                self._fail('expected %s again, but nothing came within %.1f s'
                           % (message.summary(), timeout))
            self.pump(remaining)

    def expect_pong(self, connection, timeout=TIMEOUT):
        """Wait for the CRLF which answers a CRLFCRLF (RFC 5626 section 4.4.1)."""
        self._wait(lambda: connection.framer.pongs > 0, timeout, 'a CRLF pong')
        connection.framer.pongs -= 1

    def expect_closed(self, connection, timeout=TIMEOUT):
        """Wait until the other side closes the connection."""
        self._wait(lambda: connection.closed, timeout, 'the connection to be closed')

    def _wait(self, condition, timeout, what):
        deadline = time.monotonic() + timeout
        while not condition():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                self._fail('expected %s within %.1f s' % (what, timeout))
            self.pump(remaining)

    def transact(self, request, *what, timeout=TIMEOUT, to=None, connection=None, **kw):
        """Send a request and return the response to exactly this transaction."""
        branch, method = request.via.branch, request.method
        self.send(request, to, connection)
        return self.expect(what or 'final', timeout=timeout, where=lambda message: (
            not message.is_request and message.via.branch == branch
            and message.cseq_method == method), **kw)


def matches(message, what):
    """Whether a message is what a script calls 'INVITE', 200, '2xx', 'final' or '200 BYE'."""
    if isinstance(what, int):
        return not message.is_request and message.status == what
    if what in ('request', 'response'):
        return message.is_request == (what == 'request')
    if what == 'final':
        return not message.is_request and message.status >= 200
    status = re.match(r'^([1-6])(\d\d|xx)(?: (\S+))?$', what)
    if status is None:
        return message.is_request and message.method == what
    if message.is_request or not str(message.status).startswith(status.group(1)):
        return False
    if status.group(2) != 'xx' and str(message.status) != status.group(1) + status.group(2):
        return False
    return status.group(3) is None or message.cseq_method == status.group(3)


def numeric_next_hop(uri_text):
    """(host, port) of a URI whose host is an address, else None."""
    uri = Uri(uri_text)
    host, port = uri.host.strip('[]'), uri.port or 5060
    if ':' in host or re.match(r'^[\d.]+$', host):
        return host, port
    return None


class Call:
    """What a dialog needs to remember on the peer's side."""

    def __init__(self, peer, uri=None):
        self.call_id = f'{random.getrandbits(64):x}@peer{peer.number}'
        self.local_tag = f'{random.getrandbits(32):x}'
        self.remote_tag = None
        self.local = f'"Peer" <{peer.uri}>'
        self.remote = f'<{uri or (peer.target_uri() if peer.target else "sip:unknown")}>'
        self.remote_target = uri
        self.routes = []
        self.cseq = random.randrange(1, 1000)

    def next_cseq(self, method):
        if method not in ('ACK', 'CANCEL'):
            self.cseq += 1
        return self.cseq

    def established(self, response):
        self.remote_tag = response.tag('to')
        if response['contact']:
            self.remote_target = response.contact.uri
        return self

    @classmethod
    def from_request(cls, peer, request, tag='peer-tag'):
        call = cls(peer, request.contact.uri)
        call.call_id = request['call-id']
        call.local, call.local_tag = request['to'].split(';tag=')[0], tag
        call.remote, _, call.remote_tag = request['from'].partition(';tag=')
        call.routes = request.all('record-route')
        return call
