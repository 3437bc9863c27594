# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A formatter of numbers in Python: what it writes, and that nonsense of it is no number."""

import unittest

import agent
from party import Ahoy, GLib, GObject


class Spaces(GObject.Object, Ahoy.NumberFormatter):
    """Writes digits in pairs; what it was told to say goes before."""

    def __init__(self):
        super().__init__()
        self.answer, self.asked = None, []

    def do_format(self, number, country):
        self.asked.append((number, country))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        return ' '.join(number[at:at + 2] for at in range(0, len(number), 2))


class NumberFormatter(unittest.TestCase):
    def setUp(self):
        self.core = Ahoy.Core.new(None)
        self.formatter = Spaces()
        self.core.add_extension(Ahoy.NumberFormatter, self.formatter, 'spaces', None, None, None)

    def test_writes(self):
        """it is asked by the core, and by whoever has it"""
        self.assertEqual(self.core.format_number(None, '03012'), '03 01 2')
        self.assertEqual(self.formatter.format('0301', 'fr'), '03 01')
        self.assertEqual(self.formatter.asked, [('03012', None), ('0301', 'FR')])

    def test_nonsense(self):
        """what is no number it does not see; what it says wrong nobody sees"""
        for number in 'anna', '', '1\n2', '1' * 300:
            with self.assertRaises(GLib.Error):
                self.core.format_number(None, number)
        self.assertEqual(self.formatter.asked, [])
        for answer in '', '1\n', '1' * 300, GLib.Error.new_literal(
                Ahoy.error_quark(), 'no', Ahoy.Error.FAILED):
            self.formatter.answer = answer
            with self.assertRaises(GLib.Error):
                self.core.format_number(None, '0301')
        self.assertEqual(len(self.formatter.asked), 4)

    def test_removed(self):
        """who is removed is not asked any more"""
        self.assertTrue(self.core.remove_extension(Ahoy.NumberFormatter, self.formatter))
        with self.assertRaises(GLib.Error):
            self.core.format_number(None, '0301')
        self.assertEqual(self.formatter.asked, [])


if __name__ == '__main__':
    agent.main(60)
