# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls between ahoyd and baresip."""

import agent
import baresip
import phone


class Baresip(phone.PhoneTestCase):
    phone = baresip.Baresip

    def test_repeats_itself(self):
        """baresip adds the transport of its account to a URI that has it: the call is taken"""
        def run(transport, family):
            phone = self.start(transport, family)
            self.call(phone, '600', f';transport={transport}')
            phone.wait_for_talking()
            session = self.find('600', f';transport={transport};transport={transport}')
            phone.hang_up()
            self.check_end(session, 200, 'remote')
        self.row('says its transport twice', run)


if __name__ == '__main__':
    agent.main(340)
