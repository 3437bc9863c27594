# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The source checker finds each fault that is planted, and nothing in code that is clean."""

import pathlib
import tempfile
import unittest

import source_check

HEAD = ('/* SPDX-License-Identifier: LGPL-2.1-or-later\n'
        ' * Copyright (C) 2026 The Ahoy authors\n */\n')


class Planted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for layer in ('base', 'protocol', 'session', 'media'):
            self.write(f'src/{layer}/ahoy-{layer}.h', HEAD + '#pragma once\n')

    def write(self, name, text):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, 'utf-8')

    def rules(self):
        return {fault.split(': ')[1] for fault in source_check.Checker(self.folder.name).run()}

    def planted(self, rule, name, text):
        self.write(name, text)
        self.assertEqual(self.rules(), {rule})

    def test_clean(self):
        self.write('src/session/a.c', HEAD + '#include "ahoy-protocol.h"\n\nint\nx (void)\n{\n'
                   '  return 0; /* goto gint "printf (" */\n}\n')
        self.assertEqual(self.rules(), set())

    def test_layer(self):
        self.planted('layer', 'src/protocol/a.c', HEAD + '#include "ahoy-session.h"\n')

    def test_application_knows_another(self):
        self.write('src/registrar/ahoy-registrar.h', HEAD + '#pragma once\n')
        self.planted('layer', 'src/session/a.c', HEAD + '#include "ahoy-registrar.h"\n')

    def test_private_header_outside(self):
        self.write('src/base/ahoy-x-private.h', HEAD + '#pragma once\n')
        self.planted('layer', 'dbus/a.c', HEAD + '#include "ahoy-x-private.h"\n')

    def test_sofia(self):
        self.planted('sofia', 'src/session/a.c', HEAD + '#include <sofia-sip/nta.h>\n')

    def test_gstreamer(self):
        self.planted('gstreamer', 'src/media/a.c', HEAD + '#include <gst/gst.h>\n')

    def test_spdx(self):
        self.planted('spdx', 'tests/a.py', 'print(1)\n')

    def test_python(self):
        self.planted('python', 'tests/a.py', '# SPDX-License-Identifier: LGPL-2.1-or-later\n'
                     "print('a\n')\n")

    def test_copyright(self):
        self.planted('copyright', 'src/base/a.c',
                     '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n')

    def test_pragma(self):
        self.planted('pragma', 'src/base/a.h', HEAD)

    def test_columns(self):
        self.planted('columns', 'src/base/a.c', HEAD + '/* ' + 'x' * 100 + ' */\n')

    def test_space(self):
        self.planted('space', 'src/base/a.c', HEAD + 'int x; \n')

    def test_tab(self):
        self.planted('tab', 'src/base/a.c', HEAD + 'int\tx;\n')

    def test_file_size(self):
        self.planted('file-size', 'src/base/a.c', HEAD + '\n' * 1000)

    def test_function_size(self):
        self.planted('function-size', 'src/base/a.c', HEAD + 'int\nx (void)\n{\n' + '  ;\n' * 100
                     + '}\n')

    def test_banned(self):
        for word in ('goto out;', 'gint x;', 'g_assert (x);', 'strcpy (a, b);', 'printf (a);',
                     'g_timeout_add (1, f, p);', 'usleep (1);', 'g_error ("x");'):
            with self.subTest(word):
                self.planted('banned', 'src/base/a.c', HEAD + f'  {word}\n')

    def test_name_twice(self):
        self.planted('name', 'src/media/ahoy-base.h', HEAD + '#pragma once\n')


if __name__ == '__main__':
    unittest.main()
