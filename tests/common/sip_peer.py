# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A scripted SIP peer: it sends exactly what a test says, and shows exactly what came back."""

import itertools
import random
import select
import socket
import time

COMPACT = {'v': 'via', 'f': 'from', 't': 'to', 'i': 'call-id', 'm': 'contact',
           'l': 'content-length', 'c': 'content-type', 'k': 'supported',
           's': 'subject', 'e': 'content-encoding'}
SDP = ('v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
       'm=audio 61500 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n')
G729 = (SDP.split('m=')[0] + 'm=audio 61500 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n')


class Failure(AssertionError):
    """What came was not what the test expected; the text holds the ladder."""


class Message:
    def __init__(self, raw):
        self.raw = raw
        head, _, body = raw.partition(b'\r\n\r\n')
        lines = head.decode('utf-8', 'replace').replace('\r\n ', ' ').split('\r\n')
        self.body = body
        self.line = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(':')
            name = name.strip().lower()
            self.headers.append((COMPACT.get(name, name), value.strip()))
        if self.line.startswith('SIP/2.0 '):
            self.status = int(self.line.split()[1])
            self.method = self['cseq'].split()[-1] if self['cseq'] else ''
            self.uri = None
        else:
            self.status = None
            self.method, self.uri = (self.line.split() + ['', ''])[:2]

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def __getitem__(self, name):
        values = self.all(name)
        return values[0] if values else None

    def tag(self, name):
        for part in (self[name] or '').split(';')[1:]:
            key, _, value = part.partition('=')
            if key.strip() == 'tag':
                return value.strip()
        return None

    def contact_uri(self):
        value = self['contact']
        return value[value.index('<') + 1:value.index('>')] if '<' in value else value

    @property
    def cseq(self):
        return int(self['cseq'].split()[0])

    def __str__(self):
        return f'{self.status} for {self.method}' if self.status else f'{self.method} {self.uri}'


class Peer:
    """One party on one socket."""

    numbers = itertools.count(1)

    def __init__(self, transport='udp', host='127.0.0.1', target=None):
        self.transport = transport
        self.host = host
        self.shown = f'[{host}]' if ':' in host else host
        self.target = target
        self.ladder = []
        self.inbox = []
        self.source = None
        self.streams = {}
        self.invites = {}
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        kind = socket.SOCK_DGRAM if transport == 'udp' else socket.SOCK_STREAM
        self.socket = socket.socket(family, kind)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.listener = None
        self.number = next(Peer.numbers)
        if transport == 'tcp':
            if target is not None:
                self.socket.connect(target)
                self.streams[self.socket] = b''
            else:
                self.socket.listen()
                self.listener = self.socket

    def close(self):
        for stream in list(self.streams):
            stream.close()
        self.socket.close()

    # -- sending

    def send_raw(self, data, target=None):
        if isinstance(data, str):
            data = data.encode()
        if data.strip():
            self.ladder.append(f'{time.monotonic():.3f}  ---> {data.splitlines()[0][:90]!r}')
        if self.transport == 'udp':
            self.socket.sendto(data, target or self.target or self.source)
        else:
            (self.source or self.socket).sendall(data)

    @property
    def uri(self):
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        return f'sip:peer@{self.shown}:{self.port}{tail}'

    def target_uri(self, user='agent'):
        host = f'[{self.target[0]}]' if ':' in self.target[0] else self.target[0]
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        return f'sip:{user}@{host}:{self.target[1]}{tail}'

    def via(self, branch=None):
        branch = branch or f'z9hG4bK-{random.getrandbits(48):x}'
        return f'SIP/2.0/{self.transport.upper()} {self.shown}:{self.port};branch={branch};rport'

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

    def send(self, method, uri=None, **keys):
        text = self.request(method, uri, **keys)
        if method == 'INVITE':
            message = Message(text.encode())
            self.invites[message['call-id'], message.cseq] = message
        self.send_raw(text)
        return text

    def respond(self, request, status, reason='Reason', tag='peer-tag', headers=(), body='',
                contact=True):
        lines = [f'SIP/2.0 {status} {reason}']
        lines += [f'Via: {value}' for value in request.all('via')]
        lines += [f'Record-Route: {value}' for value in request.all('record-route')]
        to = request['to']
        if status > 100 and tag and ';tag=' not in to:
            to += f';tag={tag}'
        lines += [f'From: {request["from"]}', f'To: {to}', f'Call-ID: {request["call-id"]}',
                  f'CSeq: {request["cseq"]}']
        if contact and request.method != 'BYE':
            lines.append(f'Contact: <{self.uri}>')
        lines += list(headers)
        if body:
            lines.append('Content-Type: application/sdp')
        lines.append(f'Content-Length: {len(body)}')
        self.send_raw('\r\n'.join(lines) + '\r\n\r\n' + body, target=self.source)

    # -- receiving

    def _feed(self, stream):
        data = stream.recv(65536)
        if not data:
            del self.streams[stream]
            self.ladder.append(f'{time.monotonic():.3f}  <--- (closed)')
            return
        buffer = self.streams[stream] + data
        while True:
            if buffer.startswith(b'\r\n') and not buffer.lstrip(b'\r\n'):
                self.inbox.append(buffer)
                buffer = b''
            end = buffer.find(b'\r\n\r\n')
            if end < 0:
                break
            length = int(Message(buffer[:end + 4])['content-length'] or 0)
            if len(buffer) < end + 4 + length:
                break
            self._arrived(buffer[:end + 4 + length])
            buffer = buffer[end + 4 + length:]
        self.streams[stream] = buffer

    def _arrived(self, raw):
        message = Message(raw)
        self.ladder.append(f'{time.monotonic():.3f}  <--- {message}')
        if message.status and message.status >= 300 and message.method == 'INVITE':
            self._acknowledge(message)
        self.inbox.append(message)

    def _acknowledge(self, response):
        """The ACK that a transaction owes to a refusal (RFC 3261 17.1.1.3)."""
        invite = self.invites.get((response['call-id'], response.cseq))
        if invite is not None:
            self.send_raw('\r\n'.join([
                f'ACK {invite.uri} SIP/2.0', f'Via: {invite["via"]}', f'From: {invite["from"]}',
                f'To: {response["to"]}', f'Call-ID: {invite["call-id"]}',
                f'CSeq: {invite.cseq} ACK', 'Max-Forwards: 70', 'Content-Length: 0', '', '']))

    def _poll(self, timeout):
        sockets = list(self.streams) + ([self.listener] if self.listener else [])
        if self.transport == 'udp':
            sockets = [self.socket]
        ready, _, _ = select.select(sockets, [], [], max(timeout, 0))
        for sock in ready:
            if self.transport == 'udp':
                raw, self.source = sock.recvfrom(65536)
                self._arrived(raw)
            elif sock is self.listener:
                stream, _ = sock.accept()
                self.streams[stream] = b''
                self.source = stream
            else:
                self.source = sock if self.listener else None
                self._feed(sock)

    def receive(self, timeout=5.0):
        """The next message, or None."""
        end = time.monotonic() + timeout
        while not self.inbox:
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._poll(left)
        return self.inbox.pop(0)

    def expect(self, what, timeout=5.0, skip=(100,)):
        """The next message that is a request of that method, or a response of that status."""
        end = time.monotonic() + timeout
        while True:
            message = self.receive(end - time.monotonic())
            if message is None:
                raise Failure(f'expected {what}, nothing came\n' + '\n'.join(self.ladder))
            found = message.status if message.status else message.method
            if found == what:
                return message
            if found not in skip:
                raise Failure(f'expected {what}, got {message}\n' + '\n'.join(self.ladder))

    def expect_nothing(self, seconds, skip=()):
        end = time.monotonic() + seconds
        while (message := self.receive(end - time.monotonic())) is not None:
            if (message.status or message.method) not in skip:
                raise Failure(f'expected nothing, got {message}\n' + '\n'.join(self.ladder))


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
            self.remote_target = response.contact_uri()
        return self

    @classmethod
    def from_request(cls, peer, request, tag='peer-tag'):
        call = cls(peer, request.contact_uri())
        call.call_id = request['call-id']
        call.local, call.local_tag = request['to'].split(';tag=')[0], tag
        call.remote, _, call.remote_tag = request['from'].partition(';tag=')
        call.routes = request.all('record-route')
        return call
