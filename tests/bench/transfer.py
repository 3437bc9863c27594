# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A hundred live calls are transferred at once: Bob talks with each Alice and with a Carol for her,
and refers each Alice to his call with her Carol (REFER with Replaces).

All send sound all the time, and each packet says in its sound who sent it and which one it is: of
what an Alice or a Carol sends, each packet has to come to Bob before the transfer, or to the other
one after it.
"""

import struct
import time
import urllib.parse

import agent
from codec_change import Crowd, Line
from test_transfer import TransferTestCase

SPAN = 1.0  # s of sound before the transfers, and behind them
MAY_BE_LOST = 1  # of each call and direction
MARK = struct.Struct('!HI')  # who sent it, and which one it is


class NumberedLine(Line):
    """One end of one call, whose packets say who they are."""

    def __init__(self, number):
        super().__init__(number)
        self.number, self.rest = number, bytes(160 - MARK.size)

    def speak(self):
        if self.target is not None:
            head = struct.pack('!BBHI', 0x80, 0, self.sent & 0xffff, self.sent * 160)
            self.socket.sendto(head + self.source + MARK.pack(self.number, self.sent) + self.rest,
                               self.target)
            self.sent += 1

    def listen(self):
        try:
            while True:
                data = self.socket.recv(2048)
                if data[1] & 0x7f == 0 and len(data) == 172:
                    self.heard.append((struct.unpack('!H', data[2:4])[0],
                                       *MARK.unpack_from(data, 12)))
        except BlockingIOError:
            pass

    def heard_of(self, other):
        """The numbers of the packets that came from another one."""
        return {count for _, number, count in list(self.heard) if number == other.number}


class Call:
    """An Alice, a Carol, and both calls of Bob with them."""

    def __init__(self, case, lines):
        self.alice, self.near, self.far, self.carol = lines
        self.first, self.joined = self.dial(case, case.alice, '2', case.bob, self.alice, self.near)
        self.second, self.other = self.dial(case, case.bob, '3', case.carol, self.far, self.carol)
        self.refer = None

    @staticmethod
    def dial(case, caller, number, callee, own, other):
        """A call that is answered: the legs of both, with sound."""
        caller.rtp_port = own.port
        leg = caller.call(number)
        callee.rtp_port = other.port
        called = callee.called().answer()
        other.aim(called.invite.body)
        response = leg.expect(200, skip=(100, 180, 183))
        leg.call.established(response)
        caller.send_raw(caller.request('ACK', call=leg.call, cseq=response.cseq),
                        to=caller.target)
        own.aim(response.body)
        return leg, called

    def ask(self, target):
        """Bob refers Alice to his call with Carol."""
        replaces = urllib.parse.quote(self.second.replaces(), safe='')
        self.refer = self.joined.request('REFER', headers=(
            f'Refer-To: <{target}?Replaces={replaces}>',))

    def done(self, case):
        """Bob is told that it is done, and is out of both calls."""
        case.assertEqual(self.joined.final(self.refer, skip=('NOTIFY',)).status, 202)
        case.assertEqual(self.joined.outcome()[-1], 200)
        self.second.hung_up()
        self.joined.bye()

    def lost(self, speaker, before, after):
        """How many packets of one came to nobody, of those between the first and the last."""
        came = before.heard_of(speaker) | after.heard_of(speaker)
        return max(came) - min(came) + 1 - len(came)

    def hang_up(self):
        self.first.bye()
        self.other.hung_up()


class Transfer(TransferTestCase):
    def test_attended(self):
        """REFER with Replaces for all of them at once, while everybody speaks"""
        self.start('dial(carol)')
        count = 10 if self.daemon.is_sanitized() else 100
        crowd = Crowd(4 * count, NumberedLine)
        self.addCleanup(crowd.stop)
        calls = [Call(self, crowd.lines[index:index + 4]) for index in range(0, 4 * count, 4)]
        for line in crowd.lines:
            line.heard = []  # what was before the last one was joined
        time.sleep(SPAN)  # calls go on
        begin = time.monotonic()
        for call in calls:
            call.ask(self.carol.uri)
        for call in calls:
            call.done(self)
        seconds = time.monotonic() - begin
        time.sleep(SPAN)  # calls go on
        crowd.stop()
        lost, told = [], 0
        for call in calls:
            # Each hears the other one in the end, and did not before.
            self.assertTrue(call.carol.heard_of(call.alice) and call.alice.heard_of(call.carol))
            lost.append(call.lost(call.alice, call.near, call.carol))
            lost.append(call.lost(call.carol, call.far, call.alice))
            told += sum((after[0] - before[0]) & 0xffff != 1 for line in (call.alice, call.carol)
                        for before, after in zip(line.heard, line.heard[1:]))
        heard = sum(len(line.heard) for line in crowd.lines)
        print(f'# {count} calls were transferred in {seconds:.2f} s: {heard} packets heard, '
              f'{sum(lost)} lost, at most {max(lost)} of one party; {told} gaps in numbers',
              flush=True)
        for call in calls:
            call.hang_up()
        self.over()
        # A machine that has other work may hold up the daemon between two steps of one transfer.
        self.assertLessEqual(sum(each > MAY_BE_LOST for each in lost), len(lost) // 100)
        self.assertEqual(told, 0)


if __name__ == '__main__':
    agent.main(110)
