# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Checks what a compiler does not: layers, sizes, words that are not used here.

Usage: source_check.py ROOT [--report]
"""

import ast
import pathlib
import re
import statistics
import sys

# Each folder of src/ may include itself and what stands in its set.
BASE = {'base'}
STORAGE = BASE | {'storage'}
MEDIA = BASE | {'media'}
PROTOCOL = STORAGE | {'protocol'}
TRANSPORT = PROTOCOL | {'transport'}
ENDPOINT = TRANSPORT | {'endpoint', 'media'}
INTERCEPTION = ENDPOINT | {'interception'}
APPLICATIONS = {'session', 'registrar', 'registration', 'qualify', 'messaging', 'subscription',
                'publication'}
LAYERS = {'base': set(), 'storage': BASE, 'media': BASE, 'protocol': STORAGE,
          'transport': PROTOCOL, 'endpoint': TRANSPORT | {'media'}, 'interception': ENDPOINT,
          **{name: INTERCEPTION for name in APPLICATIONS},
          'supplements': INTERCEPTION | {'session'},
          'calls': INTERCEPTION | APPLICATIONS | {'supplements'},
          'core': INTERCEPTION | APPLICATIONS | {'supplements', 'calls'}}

MAX_COLUMNS = 100
MAX_FILE = 1000
MAX_FUNCTION = 100
BANNED = {
    r'\bstrcpy\s*\(': 'use g_strdup or g_strlcpy', r'\bstrcat\s*\(': 'use GString',
    r'\bsprintf\s*\(': 'use g_strdup_printf', r'\bgets\s*\(': 'read with GIO',
    r'\bstrtok\s*\(': 'use g_strsplit', r'\bg_error\s*\(': 'input never ends the process',
    r'\bg_assert\w*\s*\(': 'input never ends the process', r'\bsystem\s*\(': 'use GSubprocess',
    r'\bpopen\s*\(': 'use GSubprocess', r'\bgoto\b': 'use g_autoptr and return early',
    r'\bgint\b': 'write int', r'\bgchar\b': 'write char',
    r'\bg_timeout_\w+\s*\(': 'use AhoyScheduler',
    r'\b(u|nano)?sleep\s*\(': 'nothing sleeps', r'(?<![\w"])printf\s*\(': 'use the log',
    r'\b(TODO|FIXME|XXX)\b': 'finish it, or say so in docs/features.md',
}
# Words that are banned in the library only.
LIBRARY_ONLY = (r'\bg_assert\w*\s*\(', r'(?<![\w"])printf\s*\(')
# (file, rule) pairs that may be, and why.
EXCEPTIONS = {
    ('tests/check/source_check.py', 'banned'): 'it names them',
    ('tests/check/test_source_check.py', 'banned'): 'it plants them',
}


def strip_c(text):
    """The code with comments and strings blanked, line by line as before."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text,
                  flags=re.S)


def functions(code):
    """(first line, number of lines) of each function: a brace in the first column opens one."""
    found, start = [], None
    for number, line in enumerate(code.split('\n'), 1):
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start is not None:
            found.append((start, number - start + 1))
            start = None
    return found


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.faults = []
        self.headers = {}
        self.sizes = {'file': [], 'header': [], 'function': []}
        self.counts = {'lines': 0, 'autos': 0, 'frees': 0, 'long': 0, 'test': 0}

    def fault(self, path, line, rule, message):
        name = path.relative_to(self.root).as_posix()
        if (name, rule) not in EXCEPTIONS:
            self.faults.append(f'{name}:{line}: {rule}: {message}')

    def files(self):
        for folder in ('src', 'gst', 'dbus', 'tests', 'build-aux', 'examples', 'introspection',
                       'plugins'):
            for path in sorted((self.root / folder).rglob('*')):
                if path.is_file() and (path.suffix in {'.c', '.cc', '.h', '.py', '.sh'}
                                       or path.name in {'meson.build', 'Makefile'}):
                    yield path

    def run(self):
        for path in self.files():
            if path.suffix == '.h' and path.relative_to(self.root).parts[0] != 'tests':
                other = self.headers.setdefault(path.name, path)
                if other != path:
                    self.fault(path, 1, 'name', f'{other.relative_to(self.root)} has the same '
                                                'name; a header name stands once')
        for path in self.files():
            self.check(path)
        return self.faults

    def check(self, path):
        text = path.read_text('utf-8')
        lines = text.split('\n')
        if not any('SPDX-License-Identifier: LGPL-2.1-or-later' in line for line in lines[:3]):
            self.fault(path, 1, 'spdx', 'the first lines name no licence; add the SPDX line')
        if len(lines) > MAX_FILE:
            self.fault(path, len(lines), 'file-size', f'{len(lines)} lines; split it by concern')
        code = strip_c(text) if path.suffix in ('.c', '.h') else text
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS:
                self.fault(path, number, 'columns', f'{len(line)} columns; break the line')
                self.counts['long'] += 1
            if line != line.rstrip():
                self.fault(path, number, 'space', 'white space at the end of the line')
        for number, line in enumerate(code.split('\n'), 1):
            self.check_words(path, number, line)
        if path.suffix in ('.c', '.h'):
            self.check_c(path, text, code, lines)
        elif path.suffix == '.py':
            self.check_python(path, text)
            if path.relative_to(self.root).parts[0] == 'tests':
                self.counts['test'] += len(lines)

    def check_python(self, path, text):
        try:
            ast.parse(text)
        except SyntaxError as error:
            self.fault(path, error.lineno or 1, 'python', f'{error.msg}; nobody can run it')

    def check_words(self, path, number, line):
        parts = path.relative_to(self.root).parts
        library = parts[0] in ('src', 'gst', 'dbus')
        for pattern, remedy in BANNED.items():
            if pattern in LIBRARY_ONLY and not library:
                continue
            if path.suffix not in ('.c', '.h') and 'TODO' not in pattern:
                continue
            if match := re.search(pattern, line):
                self.fault(path, number, 'banned', f'“{match.group(0).strip()}”: {remedy}')

    def check_c(self, path, text, code, lines):
        parts = path.relative_to(self.root).parts
        if not re.search(r'Copyright \(C\) \d{4} The Ahoy authors', '\n'.join(lines[:4])):
            self.fault(path, 1, 'copyright', 'the head names no copyright')
        if path.suffix == '.h' and '#pragma once' not in text:
            self.fault(path, 1, 'pragma', 'a header begins with #pragma once')
        if '\t' in text:
            self.fault(path, text[:text.index('\t')].count('\n') + 1, 'tab', 'indent with spaces')
        for first, size in functions(code):
            if size > MAX_FUNCTION:
                self.fault(path, first, 'function-size', f'{size} lines; take it apart')
            if parts[0] in ('src', 'gst', 'dbus'):
                self.sizes['function'].append(size)
        for number, line in enumerate(lines, 1):
            if match := re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', line):
                self.check_include(path, parts, number, match.group(1))
        if parts[0] in ('src', 'gst', 'dbus'):
            self.sizes['header' if path.suffix == '.h' else 'file'].append(len(lines))
            self.counts['lines'] += len(lines)
            self.counts['autos'] += len(re.findall(r'\bg_auto\w*', code))
            self.counts['frees'] += len(re.findall(r'\bg_(free|object_unref|\w+_unref) \(', code))
        elif parts[0] == 'tests':
            self.counts['test'] += len(lines)

    def check_include(self, path, parts, number, name):
        if name.startswith('sofia-sip/') and parts[:2] != ('src', 'protocol') \
                and not (parts[0] == 'tests' and ('bench' in parts or
                                                  path.name.startswith('test-protocol-'))):
            self.fault(path, number, 'sofia', 'only src/protocol includes Sofia headers')
        if name.startswith('gst/') and parts[0] == 'src' \
                and not (parts[1] == 'media' and name.startswith('gst/sdp/')):
            self.fault(path, number, 'gstreamer', 'src/ has no media code; it belongs in gst/')
        header = self.headers.get(name.rsplit('/', 1)[-1])
        if header is None:
            return
        owner = header.relative_to(self.root).parts
        if parts[0] in ('gst', 'dbus') and owner[0] == 'src' and name.endswith('-private.h'):
            self.fault(path, number, 'layer', f'{name} is private to libahoy')
        if parts[0] == 'src' and owner[0] != 'src':
            self.fault(path, number, 'layer', f'src/ may not include {owner[0]}/')
        if parts[0] != 'src' or len(parts) < 3 or owner[1] == parts[1] or owner[0] != 'src':
            return
        if parts[1] not in LAYERS:
            self.fault(path, number, 'layer', f'src/{parts[1]} is no layer; add it to LAYERS')
        elif owner[1] not in LAYERS[parts[1]]:
            self.fault(path, number, 'layer',
                       f'src/{parts[1]} may not know src/{owner[1]} ({name})')

    def report(self):
        def spread(values):
            values = sorted(values) or [0]
            return '/'.join(str(values[min(len(values) - 1, int(len(values) * q))])
                            for q in (0.5, 0.9, 0.99)) + f'/{values[-1]}'
        per = 1000 / max(self.counts['lines'], 1)
        print('file lines      median/p90/p99/max  ', spread(self.sizes['file']))
        print('header lines    median/p90/p99/max  ', spread(self.sizes['header']))
        print('function lines  median/p90/p99/max  ', spread(self.sizes['function']))
        print('lines over 100 columns              ', self.counts['long'])
        print('g_auto… / manual free per 1000 lines',
              f"{self.counts['autos'] * per:.1f}/{self.counts['frees'] * per:.1f}")
        print('test lines per source line          ',
              f"{self.counts['test'] / max(self.counts['lines'], 1):.2f}")
        print('mean function                       ',
              f"{statistics.mean(self.sizes['function'] or [0]):.1f}")


def main():
    checker = Checker(sys.argv[1])
    faults = checker.run()
    print('\n'.join(faults))
    if '--report' in sys.argv:
        checker.report()
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
