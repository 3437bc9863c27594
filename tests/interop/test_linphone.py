# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls between ahoyd and linphone."""

import agent
import linphone
import phone


class Linphone(phone.PhoneTestCase):
    phone = linphone.Linphone


if __name__ == '__main__':
    agent.main(220)
