# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The check of exported symbols finds what it has to find. Usage: test_symbols_check.py LIBRARY"""

import pathlib
import sys
import tempfile
import unittest

import symbols_check

LIBRARY = sys.argv.pop(1)


class Symbols(unittest.TestCase):
    def faults(self, text, listed=(), prefix='ahoy_'):
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder, 'x.h')
            header.write_text(text, 'utf-8')
            return list(symbols_check.check(LIBRARY, set(listed), prefix, [header]))

    def test_gone(self):
        self.assertTrue(any(fault.startswith('ahoy_gone: it was exported once')
                            for fault in self.faults('', ['ahoy_gone'])))

    def test_not_exported(self):
        faults = self.faults('AHOY_API\nchar *ahoy_new_one (int a,\n   int b);\n'
                             'AHOY_API\nG_DECLARE_FINAL_TYPE (AhoyX, ahoy_new_type, A, B,\n C)\n')
        for name in ('ahoy_new_one', 'ahoy_new_type_get_type'):
            self.assertTrue(any(fault.startswith(f'{name}: a public header') for fault in faults))

    def test_not_declared(self):
        self.assertTrue(any(fault.startswith('ahoy_stack_new: it is exported, and no')
                            for fault in self.faults('')))

    def test_foreign(self):
        self.assertTrue(any(fault.startswith('ahoy_stack_new: it is exported, and is no other_')
                            for fault in self.faults('', prefix='other_')))


if __name__ == '__main__':
    unittest.main()
