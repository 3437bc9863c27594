# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""sipp that lives with a request that was sent twice, because the machine had much to do."""

from test_sipp import Sipp as StrictSipp


class Sipp(StrictSipp):
    def __init__(self, *arguments, options=('-l', '10'), **more):
        super().__init__(*arguments, options=(*options, '-default_behaviors', 'all,-abortunexp'),
                         **more)
