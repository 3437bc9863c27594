# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The check of the GIR finds what is not described."""

import pathlib
import tempfile
import unittest

import gir_check

HEAD = ('<repository xmlns="http://www.gtk.org/introspection/core/1.0" '
        'xmlns:c="http://www.gtk.org/introspection/c/1.0" '
        'xmlns:glib="http://www.gtk.org/introspection/glib/1.0"><namespace name="Ahoy">')
DOC = '<doc>text</doc>'
METHOD = ('<class name="X" c:type="AhoyX" version="0.1">{doc}<method name="do" '
          'c:identifier="ahoy_x_do" {since}>{text}<return-value>{returns}<type name="utf8"/>'
          '</return-value><parameters><parameter name="a">{argument}<type name="utf8"/></parameter>'
          '</parameters></method></class>')
GOOD = {'doc': DOC, 'since': 'version="0.1"', 'text': DOC, 'returns': DOC, 'argument': DOC}


class GirCheck(unittest.TestCase):
    def faults(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'Ahoy-1.0.gir')
            path.write_text(f'{HEAD}{text}</namespace></repository>', 'utf-8')
            return gir_check.Gir(path).check()

    def test_good(self):
        self.assertEqual(self.faults(METHOD.format(**GOOD)), [])

    def test_each_fault(self):
        for missing, words in (('doc', 'the type has no description'), ('since', 'since when'),
                               ('returns', 'what it returns'), ('argument', 'its argument a')):
            faults = self.faults(METHOD.format(**{**GOOD, missing: ''}))
            self.assertTrue(faults and words in faults[0], (missing, faults))

    def test_nothing_said(self):
        faults = self.faults(METHOD.format(**{**GOOD, 'text': '', 'returns': ''}))
        self.assertIn('ahoy_x_do: it has no description', faults)

    def test_property(self):
        self.assertEqual(self.faults('<class name="X" c:type="AhoyX" version="0.1">' + DOC +
                                     '<property name="p" version="0.1"/></class>'),
                         ['AhoyX.p: it has no description'])


if __name__ == '__main__':
    unittest.main()
