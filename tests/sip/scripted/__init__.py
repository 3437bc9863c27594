# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Scripted SIP peers, the agent process, and the harness which runs tests with both."""
