# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""SIP messages as the tests see them: permissive to read, exact to write.

Bytes that are no UTF-8 survive a round trip (surrogateescape), header order and spelling are kept.
Nothing here is shared with the library under test, so that one mistake cannot hide in both.
"""

import re

COMPACT = {
    'a': 'Accept-Contact', 'b': 'Referred-By', 'c': 'Content-Type', 'd': 'Request-Disposition',
    'e': 'Content-Encoding', 'f': 'From', 'i': 'Call-ID', 'j': 'Reject-Contact',
    'k': 'Supported', 'l': 'Content-Length', 'm': 'Contact', 'n': 'Identity-Info',
    'o': 'Event', 'r': 'Refer-To', 's': 'Subject', 't': 'To', 'u': 'Allow-Events', 'v': 'Via',
    'x': 'Session-Expires', 'y': 'Identity',
}
LONG_TO_COMPACT = {name.lower(): letter for letter, name in COMPACT.items()}

# Headers whose value is a comma separated list (RFC 3261 section 7.3.1 and later RFCs).
LIST_HEADERS = {
    'accept', 'accept-encoding', 'accept-language', 'alert-info', 'allow', 'allow-events',
    'call-info', 'contact', 'content-encoding', 'content-language', 'diversion', 'error-info',
    'history-info', 'in-reply-to', 'p-asserted-identity', 'path', 'proxy-require', 'reason',
    'record-route', 'require', 'route', 'security-client', 'security-server', 'security-verify',
    'service-route', 'supported', 'unsupported', 'via', 'warning',
}

ENCODING = {'encoding': 'utf-8', 'errors': 'surrogateescape'}


class ParseError(ValueError):
    """The bytes are no SIP message; the text says where."""


def split_list(value):
    """Split a header value at the commas which stand outside of quotes and angle brackets."""
    items, start, quoted, angled, i = [], 0, False, False, 0
    while i < len(value):
        char = value[i]
        if quoted:
            if char == '\\':
                i += 1
            elif char == '"':
                quoted = False
        elif char == '"' and not angled:
            quoted = True
        elif char == '<':
            angled = True
        elif char == '>':
            angled = False
        elif char == ',' and not angled:
            items.append(value[start:i].strip())
            start = i + 1
        i += 1
    items.append(value[start:].strip())
    return [item for item in items if item]


def split_params(value):
    """Split 'head;a=1;b' into (head, {a: 1, b: None}); quotes and angle brackets are respected."""
    parts, start, quoted, angled, i = [], 0, False, False, 0
    while i < len(value):
        char = value[i]
        if quoted:
            if char == '\\':
                i += 1
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char == '<':
            angled = True
        elif char == '>':
            angled = False
        elif char == ';' and not angled:
            parts.append(value[start:i])
            start = i + 1
        i += 1
    parts.append(value[start:])
    params = {}
    for part in parts[1:]:
        name, equals, content = part.partition('=')
        if name.strip():
            params[name.strip().lower()] = content.strip() if equals else None
    return parts[0].strip(), params


class NameAddr:
    """`"Alice" <sip:alice@example.org>;tag=1` taken apart."""

    def __init__(self, value):
        self.value = value
        head, self.params = split_params(value)
        match = re.match(r'^(?P<name>.*?)<(?P<uri>[^>]*)>$', head, re.S)
        if match:
            self.display_name = match.group('name').strip().strip('"')
            self.uri = match.group('uri').strip()
        else:
            self.display_name = ''
            self.uri = head

    @property
    def tag(self):
        return self.params.get('tag')


class Via:
    """One Via value: protocol, transport, sent-by and parameters."""

    def __init__(self, value):
        self.value = value
        head, self.params = split_params(value)
        match = re.match(r'^SIP\s*/\s*2\.0\s*/\s*(\S+)\s+(\S.*)$', head, re.S)
        if not match:
            raise ParseError('Via value "%s" is no SIP/2.0/TRANSPORT sent-by' % value)
        self.transport = match.group(1).upper()
        self.sent_by = match.group(2).strip()
        self.host, self.port = split_host_port(self.sent_by)

    @property
    def branch(self):
        return self.params.get('branch')


def split_host_port(text):
    match = re.match(r'^(\[[^\]]*\]|[^:\[\]]*)(?:\s*:\s*(\d+))?$', text.strip())
    if not match:
        return text, None
    return match.group(1).strip(), int(match.group(2)) if match.group(2) else None


class Uri:
    """scheme:user@host:port;params?headers, enough of it for tests."""

    def __init__(self, text):
        self.text = text
        self.scheme, _, rest = text.partition(':')
        self.scheme = self.scheme.lower()
        rest, _, self.headers = rest.partition('?')
        user, at, hostpart = rest.rpartition('@')
        self.user = user if at else None
        hostpart, self.params = split_params(hostpart)
        self.host, self.port = split_host_port(hostpart)


class Message:
    """A request (method, uri) or a response (status, reason), its headers in order, its body."""

    def __init__(self, method=None, uri=None, status=None, reason=None, headers=(), body=b''):
        self._method = method
        self.uri = uri
        self.status = status
        self.reason = reason
        self.headers = [(name, str(value)) for name, value in headers]
        self.body = body if isinstance(body, bytes) else body.encode(**ENCODING)
        self.raw = None
        self.source = None
        self.destination = None
        self.transport = None
        self.connection = None
        self.time = None

    @property
    def is_request(self):
        return self.status is None

    @property
    def method(self):
        """That of the request, or which a response answers."""
        return self._method if self.is_request else self.cseq_method

    @method.setter
    def method(self, method):
        self._method = method

    @staticmethod
    def _canonical(name):
        name = name.strip().lower()
        return COMPACT[name].lower() if name in COMPACT else name

    def all(self, name):
        """The values as they stand, one for each header line."""
        wanted = self._canonical(name)
        return [value for line, value in self.headers if self._canonical(line) == wanted]

    def get_all(self, name):
        """Every value, with comma separated lists taken apart where the header is a list."""
        wanted = self._canonical(name)
        values = self.all(name)
        if wanted not in LIST_HEADERS:
            return values
        return [item for value in values for item in split_list(value)]

    def __getitem__(self, name):
        """The first value as it stands, or None."""
        values = self.all(name)
        return values[0] if values else None

    def get(self, name, default=None):
        values = self.get_all(name)
        return values[0] if values else default

    def tokens(self, name):
        """All list items in lower case, without parameters: {'invite', 'ack'}."""
        return {split_params(value)[0].lower() for value in self.get_all(name)}

    def add(self, name, value):
        self.headers.append((name, str(value)))
        return self

    def prepend(self, name, value):
        self.headers.insert(0, (name, str(value)))
        return self

    def set(self, name, value):
        """Replace all lines of this header by one, at the place of the first."""
        wanted = self._canonical(name)
        lines, done = [], False
        for line in self.headers:
            if self._canonical(line[0]) != wanted:
                lines.append(line)
            elif not done:
                lines.append((name, str(value)))
                done = True
        if not done:
            lines.append((name, str(value)))
        self.headers = lines
        return self

    def remove(self, name):
        wanted = self._canonical(name)
        self.headers = [line for line in self.headers if self._canonical(line[0]) != wanted]
        return self

    def set_body(self, body, content_type='application/sdp'):
        self.body = body if isinstance(body, bytes) else body.encode(**ENCODING)
        self.remove('Content-Length')
        return self.set('Content-Type', content_type)

    def compact(self):
        """The same message with the compact form of each header that has one."""
        self.headers = [(LONG_TO_COMPACT.get(name.lower(), name), value)
                        for name, value in self.headers]
        return self

    @property
    def call_id(self):
        return self.get('Call-ID')

    @property
    def cseq(self):
        return int(self['CSeq'].split()[0])

    @property
    def cseq_method(self):
        parts = (self['CSeq'] or '').split()
        return parts[1] if len(parts) > 1 else None

    def tag(self, name):
        """The tag of From or To."""
        return NameAddr(self.get(name, '')).tag

    @property
    def from_(self):
        return NameAddr(self.get('From', ''))

    @property
    def to(self):
        return NameAddr(self.get('To', ''))

    @property
    def contact(self):
        return NameAddr(self.get('Contact')) if self.get('Contact') else None

    @property
    def vias(self):
        return [Via(value) for value in self.get_all('Via')]

    @property
    def via(self):
        return Via(self.get('Via'))

    @property
    def line(self):
        """The request or status line."""
        if self.is_request:
            return '%s %s SIP/2.0' % (self.method, self.uri)
        return 'SIP/2.0 %d %s' % (self.status, self.reason or '')

    def to_bytes(self):
        """Serialise; Content-Length is added where the message has none."""
        lines = [self.line]
        lines += ['%s: %s' % line for line in self.headers]
        if not self.all('Content-Length'):
            lines.append('Content-Length: %d' % len(self.body))
        return '\r\n'.join(lines).encode(**ENCODING) + b'\r\n\r\n' + self.body

    def copy(self):
        return Message(self._method, self.uri, self.status, self.reason, self.headers, self.body)

    def summary(self):
        """One short line for ladders and error messages."""
        if self.is_request:
            text = '%s %s' % (self.method, self.uri)
        else:
            text = '%d %s' % (self.status, self.reason)
        if self.get('CSeq'):
            text += ' [%s]' % self.get('CSeq')
        if self.body:
            text += ' +%s' % (self.get('Content-Type') or 'body').split(';')[0]
        return text

    def __repr__(self):
        return '<%s>' % self.summary()

    @classmethod
    def parse(cls, data):
        """Read one whole message; what follows the head is the body, cut at Content-Length."""
        head, separator, body = data.partition(b'\r\n\r\n')
        if not separator:
            raise ParseError('no empty line ends the headers of %r' % data[:80])
        lines = re.sub(rb'\r\n[ \t]+', b' ', head).split(b'\r\n')
        start = lines[0].decode(**ENCODING)
        message = cls()
        if start.startswith('SIP/2.0 '):
            match = re.match(r'^SIP/2\.0 (\d{3}) (.*)$', start)
            if not match:
                raise ParseError('status line "%s" has no three digit status' % start)
            message.status, message.reason = int(match.group(1)), match.group(2)
        else:
            match = re.match(r'^(\S+) (.+) SIP/2\.0$', start)
            if not match:
                raise ParseError('"%s" is no request line' % start)
            message._method, message.uri = match.groups()
        for line in lines[1:]:
            name, colon, value = line.decode(**ENCODING).partition(':')
            if not colon:
                raise ParseError('header line "%s" has no colon' % name)
            message.headers.append((name.rstrip(), value.strip()))
        lengths = message.all('Content-Length')
        if lengths:
            length = int(lengths[0])
            if length > len(body):
                raise ParseError('Content-Length %d, but only %d bytes of body follow'
                                 % (length, len(body)))
            body = body[:length]
        message.body = body
        message.raw = data
        return message


class StreamFramer:
    """Cut a TCP byte stream into messages and keep-alive bytes (RFC 3261 18.3, RFC 5626 4.4.1)."""

    def __init__(self):
        self.buffer = b''
        self.pongs = 0

    def feed(self, data):
        """Return the complete messages as byte strings; CRLF between messages counts as pong."""
        self.buffer += data
        messages = []
        while True:
            while self.buffer.startswith(b'\r\n'):
                self.buffer = self.buffer[2:]
                self.pongs += 1
            head, separator, body = self.buffer.partition(b'\r\n\r\n')
            if not separator:
                return messages
            match = re.search(rb"\r\n(?:content-length|l)[ \t]*:\s*(\d+)", head, re.I)
            length = int(match.group(1)) if match else 0
            if len(body) < length:
                return messages
            end = len(head) + 4 + length
            messages.append(self.buffer[:end])
            self.buffer = self.buffer[end:]
