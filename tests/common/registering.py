# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""REGISTER as phones send it, by a scripted party, with a password."""

from sip_ladder import format_address
from sip_message import NameAddr


class Phone:
    """Registers, and keeps Call-ID and CSeq; what it says is up to the test."""

    def __init__(self, peer, name, password='secret', aor=None):
        self.peer, self.name, self.password = peer, name, password
        self.aor = aor or f'<sip:{name}@{format_address(peer.target)}>'
        self.call_id, self.cseq = peer.unique('r'), 0
        self.tag = peer.unique('f')
        self.from_user = name

    def build(self, *contacts, headers=()):
        self.cseq += 1
        request = self.peer.build(
            'REGISTER', f'sip:{format_address(self.peer.target)}', to=self.aor,
            from_=f'<sip:{self.from_user}@{format_address(self.peer.target)}>;tag={self.tag}',
            call_id=self.call_id, cseq=self.cseq).remove('Contact')
        for value in contacts:
            request.add('Contact', value)
        for name, value in headers:
            request.add(name, value)
        return request

    def register(self, *contacts, expires=None, headers=(), vias=(), status=200):
        """The answer to the request with credentials; vias are those of the hops before."""
        headers = list(headers) + ([] if expires is None else [('Expires', expires)])
        request = self.build(*contacts, headers=headers)
        self.peer.send(request)
        challenge = self.peer.expect(401, call_id=self.call_id)
        again = self.peer.authorize(request, challenge, self.name, self.password)
        self.cseq += 1
        for value in vias:
            again.add('Via', value)
        self.last = again
        self.peer.send(again)
        return self.peer.expect(status, call_id=self.call_id)

    def contacts(self):
        """What is registered: {URI: NameAddr with its parameters}."""
        return contacts_of(self.register())


def contacts_of(answer):
    return {address.uri: address for address in map(NameAddr, answer.get_all('Contact'))}
