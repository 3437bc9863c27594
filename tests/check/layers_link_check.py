# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Checks in the compiled code that no layer needs a symbol of a layer above it: the protocol layer
could be linked without sessions, and sessions without routes.

Usage: layers_link_check.py LIBAHOY_STATIC [--drop LAYER]

With --drop a layer is taken for one that nobody may use, to see that the check finds faults.
"""

import re
import subprocess
import sys

from source_check import LAYERS

# The protocol layer and what is below it, which nothing of what Ahoy does with SIP may creep into.
AGNOSTIC = ('base', 'storage', 'protocol')


def read(library):
    """{symbol: layer} of what is defined, {layer: symbols} of what is missing in it."""
    defined, needed = {}, {layer: {} for layer in LAYERS}
    output = subprocess.run(['nm', '-A', library], capture_output=True, text=True, check=True)
    for line in output.stdout.splitlines():
        found = re.search(r'([a-z]+)_([^/:]+\.o):\s*(?:[0-9a-f]+)? +(\w) (\S+)$', line)
        if not found or found.group(1) not in LAYERS:
            continue
        layer, member, kind, name = found.groups()
        if kind == 'U':
            needed[layer].setdefault(name, member)
        elif kind in 'TDBRVW':
            defined[name] = layer
    return defined, needed


def check(defined, needed, dropped=None):
    for layer, allowed in LAYERS.items():
        for name, member in sorted(needed[layer].items()):
            owner = defined.get(name, layer)
            if owner != layer and (owner not in allowed or owner == dropped):
                yield f'{member}: {layer} needs {name} of {owner}, a layer that it must not know'
    for layer in AGNOSTIC:
        if not any(owner == layer for owner in defined.values()):
            yield f'{layer}: nothing of it was found in the library'
        for name in needed[layer]:
            if name.startswith(('ahoy_session', 'ahoy_registr', 'ahoy_call', 'ahoy_publication',
                                'ahoy_subscription')):
                yield f'{needed[layer][name]}: {layer} needs {name}, and is to know SIP only'


def main(arguments):
    library, *rest = arguments
    faults = list(check(*read(library), dropped=rest[1] if rest else None))
    print('\n'.join(faults))
    return bool(faults) != bool(rest)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
