# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls between ahoyd and linphone."""

import agent
import linphone
import phone


class Linphone(phone.PhoneTestCase):
    phone = linphone.Linphone


class Info(phone.PhoneCalls):
    phone = linphone.Linphone
    endpoint = 'dtmf-mode=info'

    def test_digits(self):
        """MEDI-07: digits in INFO requests, both ways"""
        def run(transport, family):
            one = self.start(transport, family, digits='info')
            session = self.daemon.dial(one.uri)
            one.wait_for_call()
            one.answer()
            self.daemon.wait(session, 'active')
            one.wait_for_talking()
            self.press(session, one, '155#')
            self.daemon.call(session, 'Session', 'SendDtmf', 'su', '26*', 100)
            one.wait_for_digits('26*')
            sent = [direction for _, direction, line, _ in
                    self.daemon.call(session, 'Session', 'GetHistory')[0]
                    if line.startswith('INFO')]
            self.assertGreaterEqual(sent.count('in'), 4)
            self.assertGreaterEqual(sent.count('out'), 3)
            one.hang_up()
            self.check_end(session, 200, 'remote')
        self.row('digits by INFO', run)


if __name__ == '__main__':
    agent.main(340)
