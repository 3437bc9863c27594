# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls between ahoyd and baresip."""

import agent
import baresip
import phone


class Baresip(phone.PhoneTestCase):
    phone = baresip.Baresip


if __name__ == '__main__':
    agent.main(220)
