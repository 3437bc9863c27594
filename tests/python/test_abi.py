# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Interface structs keep their size: a new virtual function takes its room from the padding, so
that what was built against an older header still fits.
"""

import re
import unittest

import agent
from party import Ahoy

POINTER = 8
# The number of pointers in each struct, its parent and padding counted. A new interface stands here
# from its first release on; a number here never changes.
POINTERS = {
    'AuthenticatorInterface': 13,
    'EndpointIdentifierInterface': 11,
    'InterceptorInterface': 14,
    'MediaEngineInterface': None,
    'MediaStreamInterface': None,
    'SdpHandlerInterface': 19,
    'ServiceInterface': 11,
    'SessionSupplementInterface': 20,
}


class Abi(unittest.TestCase):
    def test_sizes(self):
        """Each interface struct has the size that it had"""
        for name, pointers in POINTERS.items():
            size = getattr(Ahoy, name).__info__.get_size()
            print(f'# {name} {size // POINTER} pointers')
            self.assertEqual(size, pointers * POINTER, name)

    def test_padding(self):
        """Each interface struct ends in padding"""
        found = [name for name in dir(Ahoy) if re.fullmatch(r'\w+Interface', name)]
        self.assertGreaterEqual(set(found), set(POINTERS))
        for name in found:
            fields = getattr(Ahoy, name).__info__.get_fields()
            self.assertEqual(fields[-1].get_name(), 'padding', name)

    def test_version(self):
        """The version that Python sees is that of the library"""
        self.assertEqual(f'{Ahoy.MAJOR_VERSION}.{Ahoy.MINOR_VERSION}.{Ahoy.MICRO_VERSION}',
                         Ahoy.VERSION_STRING)


if __name__ == '__main__':
    agent.main()
