# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Phones that can be reached outside of their calls: Contact is a GRUU, and they know tdialog."""

from daemon import Daemon
from sip_peer import Call, matches
from transfer_phone import CONFIG, ENDPOINT, Leg, Phone

PATIENCE = 30  # seconds, for what is sure to come
GR = 'gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'
SUPPORTED = 'Supported: gruu, tdialog'


class GruuLeg(Leg):
    def expect(self, *what, **keys):
        return super().expect(*what, **{'timeout': PATIENCE, **keys})

    def final(self, request, **keys):
        return super().final(request, **{'timeout': PATIENCE, **keys})

    def hung_up(self, timeout=PATIENCE):
        return super().hung_up(timeout)

    def answer(self, *headers):
        self.phone.respond(self.invite, 200, tag=self.call.local_tag, body=self.phone.sdp(),
                           headers=headers)
        self.expect('ACK', skip=('INVITE',))
        return self

    def held(self, direction='sendonly'):
        """The re-INVITE before a REFER of ours, or (sendrecv) after it has failed."""
        self.take_reinvite(direction, 'recvonly' if direction == 'sendonly' else 'sendrecv')
        return self

    def names(self):
        """What Target-Dialog says of this call: the tags as the phone sees them."""
        return (f'{self.call.call_id};local-tag={self.call.local_tag}'
                f';remote-tag={self.call.remote_tag}')

    def notify(self, status, state='active;expires=60', event='refer', expected=200, **keys):
        """Tells how the transfer goes, in the dialog of this leg."""
        request = self.request('NOTIFY', body=f'SIP/2.0 {status} Something\r\n', headers=(
            f'Event: {event}', f'Subscription-State: {state}',
            'Content-Type: message/sipfrag'), **keys)
        status = self.final(request, skip=('BYE', 'INVITE')).status
        if status != expected:
            raise AssertionError(f'the NOTIFY got {status}, not {expected}')

    def tell(self, status):
        """The final outcome."""
        self.notify(status, 'terminated;reason=noresource')


class GruuPhone(Phone):
    """One that says what `gr` is, and what it supports."""

    def __init__(self, name, transport='udp', gr=GR, supported=SUPPORTED):
        super().__init__(name, transport)
        self.supported = supported
        self.gruu = f'{self.uri};{gr}' if gr else self.uri

    @property
    def contact(self):
        return f'<{self.gruu}>'

    def request(self, *arguments, **keys):
        text = super().request(*arguments, **keys)
        return text.replace(f'Contact: <{self.uri}>\r\n', f'Contact: {self.contact}\r\n')

    def response(self, request, status, *arguments, headers=(), **keys):
        if self.supported and request.method == 'INVITE' and 100 < status < 300:
            headers = (*headers, self.supported)
        return super().response(request, status, *arguments, headers=headers, **keys)

    def call(self, number, body=None, headers=()):
        leg = super().call(number, body, (*headers, *((self.supported,) if self.supported else ())))
        return GruuLeg(self, leg.call, leg.invite, True)

    def called(self, timeout=PATIENCE):
        leg = super().called(timeout)
        return GruuLeg(self, leg.call, leg.invite, False)

    def referred(self):
        """The next REFER outside of all dialogs, and the leg of the dialog that it makes."""
        refer = self.expect('REFER', timeout=PATIENCE, where=lambda message: matches(
            message, 'REFER') and not message.to.tag)
        call = Call.from_request(self, refer, self.unique('tag'))
        call.cseq = 100
        return refer, GruuLeg(self, call, refer, False)


def start(case, phones, t1='500ms', more=''):
    """A daemon with an endpoint for each phone; 9 is a number where somebody answers."""
    config = CONFIG.format(core='').replace('t1=50ms', f't1={t1}')
    for phone in phones:
        config += ENDPOINT.format(name=phone.name, uri=phone.uri, more=more)
    daemon = Daemon(config + '\n[route nine]\ncontext=office\nmatch=9\ndo=answer, echo\n')
    case.addCleanup(daemon.stop)
    for phone in phones:
        phone.target = daemon.address(phone.transport, phone.family)
    return daemon
