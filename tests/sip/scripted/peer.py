# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A scripted SIP peer for tests: it says what the test tells it, and nothing by itself.

No threads, no timers, no hidden retransmissions: a peer reads its sockets only inside of expect()
and its relatives, so the same script gives the same messages each time.
"""

import itertools
import re
import time

from . import digest
from .ladder import Ladder, format_address
from .message import Message, ParseError, Uri
from .sockets import LOOPBACK, Endpoint

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


class PeerError(AssertionError):
    """A test's expectation was not met; the text ends with the ladder."""


class Peer:
    """One SIP element on one transport and address.

    target is where requests go (host, port); several dialogs, forks (To tags) and transactions can
    be played from one peer. Byte-identical repeats are kept apart in self.retransmissions.
    """

    def __init__(self, transport='udp', family='ipv4', name='peer', host=None, port=0,
                 target=None, ladder=None):
        self.endpoint = Endpoint(transport, host or LOOPBACK[family], port)
        self.transport = transport
        self.name = name
        self.host, self.port = self.endpoint.host, self.endpoint.port
        self.target = target
        self.ladder = ladder or Ladder()
        self.ladder.name((self.host, self.port), name, local=True)
        self.user = name
        self.inbox = []
        self.history = []
        self.retransmissions = []
        self.malformed = []
        self.absorb_retransmissions = True
        self._tags = {}

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
        return 'sip:%s@%s' % (self.user, self.address)

    @property
    def contact(self):
        suffix = ';transport=tcp' if self.transport == 'tcp' else ''
        return '<%s%s>' % (self.uri, suffix)

    @property
    def target_uri(self):
        if self.target is None:
            raise ValueError('peer %s has no target to send to' % self.name)
        return 'sip:%s' % format_address(self.target)

    def unique(self, prefix):
        """A string which no other message of this test program carries."""
        return '%s-%s-%d-%d' % (prefix, self.name, self.port, next(_serial))

    def via(self, branch=None):
        return 'SIP/2.0/%s %s;branch=%s;rport' % (
            self.transport.upper(), self.address, branch or 'z9hG4bK' + self.unique('b'))

    # -- building ----------------------------------------------------------------------------------

    def request(self, method, uri=None, to=None, from_=None, call_id=None, cseq=1, headers=(),
                body=b'', content_type='application/sdp', contact=None, via=None):
        """A complete request outside of a dialog; headers named here replace the usual ones."""
        uri = uri or self.target_uri
        message = Message(method=method, uri=uri)
        message.add('Via', via or self.via())
        message.add('Max-Forwards', 70)
        message.add('From', from_ or '<%s>;tag=%s' % (self.uri, self.unique('f')))
        message.add('To', to or '<%s>' % uri)
        message.add('Call-ID', call_id or self.unique('c'))
        message.add('CSeq', '%d %s' % (cseq, method))
        if contact or method in DIALOG_METHODS or method == 'REGISTER':
            message.add('Contact', contact or self.contact)
        for name, value in headers:
            message.set(name, value)
        if body:
            message.set_body(body, content_type)
        return message

    def invite(self, uri=None, body=b'', **kw):
        """An INVITE which starts a call; without a body it asks for a late offer."""
        return self.request('INVITE', uri, body=body, **kw)

    def register(self, aor, expires=3600, contact=None, **kw):
        """A REGISTER for an address of record at the target."""
        headers = [('Expires', expires)] + list(kw.pop('headers', ()))
        return self.request('REGISTER', to='<%s>' % aor, contact=contact, headers=headers,
                            from_='<%s>;tag=%s' % (aor, self.unique('f')), **kw)

    def cancel(self, invite, headers=()):
        """The CANCEL of an INVITE which was sent (RFC 3261 section 9.1)."""
        message = Message(method='CANCEL', uri=invite.uri)
        message.add('Via', invite.get('Via'))
        message.add('Max-Forwards', 70)
        for name in ('Route', 'From', 'To', 'Call-ID'):
            for value in invite.raw_values(name):
                message.add(name, value)
        message.add('CSeq', '%d CANCEL' % invite.cseq[0])
        for name, value in headers:
            message.set(name, value)
        return message

    def ack_failure(self, invite, response):
        """The ACK to a 3xx-6xx (RFC 3261 section 17.1.1.3): same branch, To of the response."""
        message = self.cancel(invite)
        message.method = 'ACK'
        message.set('To', response.get('To'))
        message.set('CSeq', '%d ACK' % invite.cseq[0])
        return message

    def response(self, request, status, reason=None, to_tag=None, headers=(), body=b'',
                 content_type='application/sdp', contact=None):
        """A response to a received request; the same Call-ID gets the same To tag each time."""
        message = Message(status=status, reason=reason or REASONS.get(status, 'Unknown'))
        for value in request.raw_values('Via'):
            message.add('Via', value)
        if 101 <= status < 300:
            for value in request.raw_values('Record-Route'):
                message.add('Record-Route', value)
        message.add('From', request.get('From'))
        to = request.get('To')
        if request.to.tag is None and status != 100:
            to += ';tag=' + (to_tag or self._tags.setdefault(request.call_id, self.unique('t')))
        message.add('To', to)
        message.add('Call-ID', request.call_id)
        message.add('CSeq', request.get('CSeq'))
        if contact or (request.method in DIALOG_METHODS and 101 <= status < 300):
            message.add('Contact', contact or self.contact)
        for name, value in headers:
            message.set(name, value)
        if body:
            message.set_body(body, content_type)
        return message

    def authorize(self, request, challenge, username, password, **changes):
        """The request once more with credentials for a 401 or 407: CSeq + 1 and a new branch."""
        name, credentials = 'WWW-Authenticate', 'Authorization'
        if challenge.status == 407:
            name, credentials = 'Proxy-Authenticate', 'Proxy-Authorization'
        again = request.copy()
        number, method = request.cseq
        again.set('Via', self.via())
        again.set('CSeq', '%d %s' % (number + 1, method))
        again.set(credentials, digest.authorization(
            challenge.raw_values(name)[0], request.method, request.uri, username, password,
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
        address = (to or self.target)[:2]
        if self.transport == 'udp':
            return None, address
        return self.endpoint.find(address) or self.connect(address), address

    def send_raw(self, data, to=None, connection=None, label=None, timeout=5.0):
        """Send bytes as they are; returns how many went out."""
        connection, address = self._route(to, connection)
        local = connection.local if connection else (self.host, self.port)
        self.ladder.message(local, address, label or 'raw, %d bytes' % len(data), 'sent')
        if connection is None:
            return self.endpoint.sock.sendto(data, address)
        return connection.send(data, timeout)

    def send(self, message, to=None, connection=None):
        """Send a message; a response goes back to where its request came from by reply()."""
        self.send_raw(message.to_bytes(), to, connection, label=message.summary())
        return message

    def send_chunks(self, chunks, connection, pause=0.0005):
        """Send each chunk as a TCP segment of its own, with a pause (seconds) between them."""
        self.ladder.message(connection.local, connection.remote,
                            'raw, %d bytes in %d segments' % (sum(map(len, chunks)), len(chunks)),
                            'sent')
        for chunk in chunks:
            connection.send(chunk)
            time.sleep(pause)

    def reply(self, request, status, reason=None, **kw):
        """Answer a received request and return the response."""
        response = self.response(request, status, reason, **kw)
        self.send(response, request.source, request.connection)
        return response

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
        if connection is None and not data.strip(b'\r\n\0'):
            self.ladder.message(address, local, 'keep-alive', 'received')
            return
        try:
            message = Message.parse(data)
        except ParseError as error:
            self.ladder.message(address, local, 'MALFORMED: %s' % error, 'received')
            self.malformed.append((data, error))
            return
        message.source, message.destination = address, local
        message.connection, message.transport = connection, self.transport
        message.time = time.monotonic()
        repeated = any(data == other.raw and address == other.source for other in self.history)
        self.ladder.message(address, local, message.summary(), 'received')
        if repeated and self.absorb_retransmissions:
            self.retransmissions.append(message)
            return
        self.history.append(message)
        self.inbox.append(message)

    def _fail(self, text):
        raise PeerError('%s: %s\n%s' % (self.name, text, self.ladder))

    def expect(self, *what, timeout=5.0, where=None, call_id=None, dialog=None, optional=(100,)):
        """The next message, which must be one of `what`; anything else fails with the ladder.

        what: 'INVITE', 200, '2xx', 'final', '200 BYE', 'request', 'response'. where, call_id and
        dialog pick the messages this expectation is about; all others stay in the inbox for later.
        optional: what may come before and is skipped.
        """
        deadline = time.monotonic() + timeout
        wanted = ' or '.join(str(item) for item in what)
        while True:
            for message in list(self.inbox):
                if not self._concerns(message, where, call_id, dialog):
                    continue
                self.inbox.remove(message)
                if any(matches(message, item) for item in what):
                    return message
                if any(matches(message, item) for item in optional):
                    continue
                self._fail('expected %s, but got %s' % (wanted, message.summary()))
            if self.malformed:
                data, error = self.malformed.pop(0)
                self._fail('expected %s, but got bytes which are no SIP: %s: %r'
                           % (wanted, error, data[:200]))
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                self._fail('expected %s, but nothing came within %.1f s' % (wanted, timeout))
            self.pump(remaining)

    @staticmethod
    def _concerns(message, where, call_id, dialog):
        if call_id is not None and message.call_id != call_id:
            return False
        if dialog is not None and not dialog.owns(message):
            return False
        return where is None or bool(where(message))

    def expect_nothing(self, seconds, where=None, call_id=None, dialog=None, optional=()):
        """Fail if a message comes within the time (repeats of earlier messages do not count)."""
        deadline = time.monotonic() + seconds
        while True:
            for message in list(self.inbox):
                if self._concerns(message, where, call_id, dialog):
                    self.inbox.remove(message)
                    if not any(matches(message, item) for item in optional):
                        self._fail('expected silence, but got %s' % message.summary())
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return
            self.pump(remaining)

    def expect_retransmission(self, message, timeout=5.0):
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

    def expect_pong(self, connection, timeout=5.0):
        """Wait for the CRLF which answers a CRLFCRLF (RFC 5626 section 4.4.1)."""
        self._wait(lambda: connection.framer.pongs > 0, timeout, 'a CRLF pong')
        connection.framer.pongs -= 1

    def expect_closed(self, connection, timeout=5.0):
        """Wait until the other side closes the connection."""
        self._wait(lambda: connection.closed, timeout, 'the connection to be closed')

    def _wait(self, condition, timeout, what):
        deadline = time.monotonic() + timeout
        while not condition():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                self._fail('expected %s within %.1f s' % (what, timeout))
            self.pump(remaining)

    def transact(self, request, *what, timeout=5.0, to=None, connection=None, **kw):
        """Send a request and return the response to exactly this transaction."""
        branch, method = request.via.branch, request.method
        self.send(request, to, connection)
        return self.expect(*(what or ('final',)), timeout=timeout, where=lambda message: (
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

