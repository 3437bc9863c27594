# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Dialog state for a scripted peer (RFC 3261 section 12): tags, CSeq, route set, remote target.

One INVITE may have many dialogs (forks): make one Dialog for each To tag.
"""

from sip_message import NameAddr, Uri
from sip_peer import numeric_next_hop

SDP = ('v=0\r\no=- {version} {version} IN {ip} {host}\r\ns=-\r\nc=IN {ip} {host}\r\nt=0 0\r\n'
       'm=audio {port} RTP/AVP {formats}\r\n{attributes}')


def sdp(host='127.0.0.1', port=61500, formats='0 8 101', version=1, direction='sendrecv', extra=()):
    """A plain audio description; formats are payload types, extra are further whole lines."""
    lines = ['a=rtpmap:0 PCMU/8000'] if '0' in formats.split() else []
    if '8' in formats.split():
        lines.append('a=rtpmap:8 PCMA/8000')
    if '101' in formats.split():
        lines += ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16']
    lines += ['a=' + direction] + list(extra)
    return SDP.format(version=version, ip='IP6' if ':' in host else 'IP4', host=host, port=port,
                      formats=formats, attributes=''.join(line + '\r\n' for line in lines))


class Dialog:
    """One dialog as its local side sees it."""

    def __init__(self, peer, invite, response, caller):
        self.peer = peer
        self.invite = invite
        self.caller = caller
        self.call_id = invite.call_id
        self.connection = (response if caller else invite).connection
        local, remote = ('From', 'To') if caller else ('To', 'From')
        self.local = response.get(local)
        self.remote = response.get(remote)
        self.local_tag = NameAddr(self.local).tag
        self.remote_tag = NameAddr(self.remote).tag
        self.local_seq = invite.cseq if caller else 0
        self.remote_seq = None if caller else invite.cseq
        routes = (response if caller else invite).get_all('Record-Route')
        self.route_set = list(reversed(routes)) if caller else routes
        self.remote_target = None
        self.refresh(response if caller else invite)

    @classmethod
    def from_response(cls, peer, invite, response):
        """The caller's view, from a 1xx or 2xx with a To tag."""
        if NameAddr(response.get('To')).tag is None:
            raise ValueError('%r makes no dialog: it has no To tag' % response)
        return cls(peer, invite, response, caller=True)

    @classmethod
    def from_request(cls, peer, invite, response):
        """The callee's view, from a received INVITE and our 1xx or 2xx to it."""
        return cls(peer, invite, response, caller=False)

    def owns(self, message):
        """Whether a received message belongs to this dialog."""
        if message.call_id != self.call_id:
            return False
        sender, receiver = message.from_.tag, message.to.tag
        if message.is_request:
            return sender == self.remote_tag and receiver == self.local_tag
        return sender == self.local_tag and receiver in (self.remote_tag, None)

    def refresh(self, message):
        """Take the Contact of a target refresh request or its 2xx as the new remote target."""
        if message.contact is not None:
            self.remote_target = message.contact.uri

    def request(self, method, headers=(), body=b'', content_type='application/sdp', cseq=None):
        """The next request of this dialog; not sent yet."""
        if cseq is None:
            self.local_seq += 1
            cseq = self.local_seq
        uri, routes = self.remote_target or self.peer.target_uri(), list(self.route_set)
        if routes and 'lr' not in Uri(NameAddr(routes[0]).uri).params:
            routes.append('<%s>' % uri)
            uri = NameAddr(routes.pop(0)).uri
        message = self.peer.build(method, uri=uri, to=self.remote, from_=self.local,
                                    call_id=self.call_id, cseq=cseq)
        if routes:
            message.add('Route', ', '.join(routes))
        for name, value in headers:
            message.set(name, value)
        if body:
            message.set_body(body, content_type)
        return message

    def send(self, message):
        """Send into the dialog: over its connection, or to the first numeric next hop."""
        routes = message.get_all('Route')
        hop = numeric_next_hop(NameAddr(routes[0]).uri if routes else message.uri)
        return self.peer.send(message, to=hop or self.peer.target, connection=self.connection)

    def transact(self, message, *what, **kw):
        """Send a request of this dialog and return the response to it."""
        self.send(message)
        branch = message.via.branch
        return self.peer.expect(what or 'final', where=lambda answer: (
            not answer.is_request and answer.via.branch == branch), **kw)

    def ack(self, invite=None, body=b'', headers=()):
        """The ACK to a 2xx: the INVITE's CSeq number and credentials, a branch of its own."""
        invite = invite or self.invite
        message = self.request('ACK', headers=headers, body=body, cseq=invite.cseq)
        for name in ('Authorization', 'Proxy-Authorization'):
            for value in invite.all(name):
                message.add(name, value)
        return message

    def prack(self, response, body=b'', headers=()):
        """The PRACK to a reliable provisional response (RFC 3262 section 7.2)."""
        rack = '%s %s' % (response.get('RSeq'), response.get('CSeq'))
        return self.request('PRACK', headers=[('RAck', rack)] + list(headers), body=body)

    def bye(self, headers=()):
        return self.request('BYE', headers=headers)

    def reinvite(self, body=b'', headers=()):
        return self.request('INVITE', headers=headers, body=body)

    def update(self, body=b'', headers=()):
        return self.request('UPDATE', headers=headers, body=body)

    def info(self, body=b'', content_type='application/dtmf-relay', headers=()):
        return self.request('INFO', headers=headers, body=body, content_type=content_type)

    def options(self, headers=()):
        return self.request('OPTIONS', headers=headers)

    def notify(self, event, state='active', body=b'', content_type='message/sipfrag', headers=()):
        """A NOTIFY with Event and Subscription-State (RFC 6665)."""
        base = [('Event', event), ('Subscription-State', state)]
        return self.request('NOTIFY', headers=base + list(headers), body=body,
                            content_type=content_type)

    def refer(self, refer_to, headers=()):
        """A REFER (RFC 3515); refer_to is the whole header value, Replaces and all."""
        return self.request('REFER', headers=[('Refer-To', refer_to)] + list(headers))
