# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Phones that transfer calls: they call, are called, refer, and keep what they are told of it."""

import re
import urllib.parse

from daemon import HOSTS, Daemon
from sip_message import Message
from sip_peer import Call, Peer
from test_dial import sdp

CONFIG = '''
[core]
t1=50ms
overload-delay=0
{core}

[transport udp]
protocol=udp
bind=127.0.0.1:0

[transport tcp]
protocol=tcp
bind=127.0.0.1:0

[transport udp6]
protocol=udp
bind=[::1]:0

[transport tcp6]
protocol=tcp
bind=[::1]:0
'''
ENDPOINT = '''
[endpoint {name}]
auth=none
identify=username
context=office
contact=<{uri}>
{more}
'''


class Leg:
    """One call of a phone: its dialog, and the INVITE that it began with."""

    def __init__(self, phone, call, invite, outgoing):
        self.phone, self.call, self.invite, self.outgoing = phone, call, invite, outgoing

    def request(self, method, headers=(), body='', **keys):
        text = self.phone.request(method, call=self.call, headers=headers, body=body, **keys)
        self.phone.send_raw(text, to=self.phone.target)
        return Message.parse(text.encode())

    def expect(self, *what, **keys):
        return self.phone.expect(what, call_id=self.call.call_id, **keys)

    def final(self, request, **keys):
        """The final response to a request of this leg."""
        return self.phone.expect('final', call_id=self.call.call_id, where=lambda message: (
            not message.is_request and message['cseq'] == request['cseq']
            and message.status >= 200), **keys)

    # -- as the callee

    def ring(self):
        self.phone.respond(self.invite, 180, tag=self.call.local_tag)
        return self

    def answer(self):
        self.phone.respond(self.invite, 200, tag=self.call.local_tag, body=self.phone.sdp())
        self.expect('ACK', skip=('INVITE',))
        return self

    def reject(self, status):
        self.phone.respond(self.invite, status, tag=self.call.local_tag)
        self.expect('ACK', skip=('INVITE',))

    def cancelled(self):
        """It does not ring any more: CANCEL, 487, ACK."""
        cancel = self.expect('CANCEL', skip=('INVITE',))
        self.phone.respond(cancel, 200, tag=self.call.local_tag)
        self.reject(487)
        return cancel

    # -- as the caller

    def ringing(self):
        response = self.expect(180)
        self.call.established(response)
        return self

    def answered(self):
        response = self.expect(200, skip=(100, 180, 183))
        self.call.established(response)
        self.phone.send_raw(self.phone.request('ACK', call=self.call, cseq=response.cseq),
                            to=self.phone.target)
        return self

    def cancel(self):
        lines = [f'CANCEL {self.invite.uri} SIP/2.0', f'Via: {self.invite["via"]}',
                 f'From: {self.invite["from"]}', f'To: {self.invite["to"]}',
                 f'Call-ID: {self.invite["call-id"]}', f'CSeq: {self.invite.cseq} CANCEL',
                 'Max-Forwards: 70', 'Content-Length: 0', '', '']
        self.phone.send_raw('\r\n'.join(lines), to=self.phone.target)
        self.refused(487)

    def refused(self, status):
        """The INVITE was refused; the peer has sent the ACK by itself."""
        return self.expect(status, skip=(100, 180, 183, '200 CANCEL'))

    # -- as either

    def reinvite(self, direction):
        """Offers the sound in another direction, and takes the answer."""
        request = self.request('INVITE', body=self.phone.sdp().replace('sendrecv', direction))
        response = self.final(request, skip=(100,))
        assert response.status == 200, response
        self.phone.send_raw(self.phone.request('ACK', call=self.call, cseq=response.cseq),
                            to=self.phone.target)

    def take_reinvite(self, direction, answer):
        """A re-INVITE that offers the sound in a direction; it gets an answer."""
        invite = self.expect('INVITE', skip=('ACK',))
        if f'a={direction}'.encode() not in invite.body:
            raise AssertionError(f'{direction} is not what is offered:\n{invite.body.decode()}')
        self.phone.respond(invite, 200, tag=self.call.local_tag,
                           body=self.phone.sdp().replace('sendrecv', answer))
        self.expect('ACK', skip=('INVITE',))

    def bye(self):
        request = self.request('BYE')
        assert self.final(request).status == 200

    def hung_up(self, timeout=10):
        """The BYE of the other side, which is answered."""
        bye = self.expect('BYE', skip=('NOTIFY', 'INVITE', 'ACK', 'CANCEL'), timeout=timeout)
        self.phone.respond(bye, 200)
        return bye

    def replaces(self):
        """What names this call in a Replaces header, as the other side of it wants to see it."""
        return f'{self.call.call_id};to-tag={self.call.remote_tag};from-tag={self.call.local_tag}'

    def refer(self, target, replaces=None, headers=(), status=202):
        """Asks for a transfer; returns the answer."""
        if replaces is not None:
            target += '?Replaces=' + urllib.parse.quote(replaces, safe='')
        request = self.request('REFER', headers=(f'Refer-To: <{target}>',
                                                 f'Referred-By: <{self.phone.uri}>', *headers))
        response = self.final(request, skip=('NOTIFY',))
        if response.status != status:
            raise AssertionError(f'the REFER got {response.status}, not {status}')
        return response

    def notified(self):
        """The next NOTIFY of a transfer, answered: the status in it."""
        notify = self.expect('NOTIFY', skip=('BYE', 'INVITE', 'ACK'))
        self.phone.respond(notify, 200)
        self.last_notify = notify
        return int(re.match(rb'SIP/2.0 (\d+) ', notify.body)[1])

    def outcome(self):
        """All that is told of a transfer: the statuses up to the final one."""
        statuses = []
        while not statuses or statuses[-1] < 200:
            statuses.append(self.notified())
        return statuses


class Phone(Peer):
    """A phone that is an endpoint of the daemon, by its name."""

    def __init__(self, name, transport='udp', family='ipv4'):
        super().__init__(transport, HOSTS[family], None, name)
        self.family = family
        self.rtp_port = None

    def sdp(self):
        return sdp(HOSTS[self.family], **({'port': self.rtp_port} if self.rtp_port else {}))

    def call(self, number, body=None, headers=()):
        call = Call(self, self.target_uri(number))
        call.local = f'<{self.uri}>'
        text = self.request('INVITE', call=call, body=body or self.sdp(), headers=headers)
        invite = Message.parse(text.encode())
        self.invites[invite['call-id'], invite.cseq] = invite
        self.send_raw(text, to=self.target)
        return Leg(self, call, invite, True)

    def called(self, timeout=10):
        invite = self.expect('INVITE', timeout=timeout, skip=(),
                             where=lambda message: not message.to.tag)
        call = Call.from_request(self, invite, self.unique('tag'))
        call.cseq = 100
        return Leg(self, call, invite, False)


def start(case, phones, routes, core='', more=None, extra='', environment=None):
    """A daemon with an endpoint for each phone: {name: phone}; more: {name: lines of the endpoint}.

    Each is called by its number: 1 for the first, 2 for the second.
    """
    config = CONFIG.format(core=core)
    for name, phone in phones.items():
        config += ENDPOINT.format(name=name, uri=phone.uri, more=(more or {}).get(name, ''))
    for number, (match, do) in enumerate(routes):
        config += f'\n[route r{number}]\ncontext=office\nmatch={match}\ndo={do}\n'
    daemon = Daemon(config + extra, environment=environment)
    case.addCleanup(daemon.stop)
    for phone in phones.values():
        phone.target = daemon.address(phone.transport, phone.family)
    return daemon
