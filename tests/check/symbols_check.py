# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Checks what a library exports: its own names only, all that its headers declare, and all that it
exported before.

Usage: symbols_check.py LIBRARY SYMBOLS PREFIX HEADER... [--update]

SYMBOLS is the list of what was exported once. A name that is gone breaks programs: raise the
soversion, or, as long as nothing was released, write the list anew with --update.
"""

import pathlib
import re
import subprocess
import sys

# What else is exported, and why.
EXCEPTIONS = {
    'su_getaddrinfo': 'keeps names out of Sofia-SIP (docs/decisions/005-no-names-in-sofia.md)',
    'tport_dump_iovec': 'shows each message to the trace (docs/decisions/010-wire-tap.md)',
    'tport_log_msg': 'shows each message to the trace (docs/decisions/010-wire-tap.md)',
    'stun_message_length': 'parts libnice from libsofia-sip-ua, which both export it',
}


def exported(library):
    output = subprocess.run(['nm', '-D', '--defined-only', library], capture_output=True,
                            text=True, check=True).stdout
    return {line.split()[-1].split('@')[0] for line in output.splitlines() if line.strip()}


def declared(headers, prefix):
    """The functions that headers declare with AHOY_API, those of G_DECLARE_… among them."""
    names = set()
    for header in headers:
        text = re.sub(r'/\*.*?\*/', '', pathlib.Path(header).read_text('utf-8'), flags=re.S)
        for match in re.finditer(r'^(?:AHOY\w*_API)\s+(.*?);?$(?=\s*(?:\n|\Z))', text, re.M):
            rest = text[match.start(1):].split(';')[0]
            if found := re.match(r'G_DECLARE_\w+\s*\(\s*\w+\s*,\s*(\w+)', rest):
                names.add(f'{found.group(1)}_get_type')
            elif found := re.search(rf'\b({prefix}\w+)\s*\(', rest):
                names.add(found.group(1))
    return names


def check(library, listed, prefix, headers):
    there, said = exported(library), declared(headers, prefix)
    for name in sorted(there):
        if not name.startswith(prefix) and name not in EXCEPTIONS:
            yield f'{name}: it is exported, and is no {prefix} name; make it static or hidden'
    for name in sorted(said - there):
        yield f'{name}: a public header declares it, and the library does not export it'
    for name in sorted(there - said - set(EXCEPTIONS)):
        if name.startswith(prefix):
            yield f'{name}: it is exported, and no public header declares it'
    for name in sorted(listed - there):
        yield f'{name}: it was exported once, and is gone; programs that use it do not start'
    if not said:
        yield 'the headers declare nothing'


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != '--update']
    library, symbols, prefix, headers = arguments[0], arguments[1], arguments[2], arguments[3:]
    path = pathlib.Path(symbols)
    if '--update' in sys.argv:
        names = sorted(name for name in exported(library) if name.startswith(prefix))
        path.write_text('\n'.join(names) + '\n', 'utf-8')
    faults = list(check(library, set(path.read_text('utf-8').split()), prefix, headers))
    print('\n'.join(faults) if faults else f'{len(exported(library))} symbols')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
