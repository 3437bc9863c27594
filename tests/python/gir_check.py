# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Checks that each public symbol in a GIR file is documented, and usable from a language binding.

Usage: gir_check.py FILE.gir...

A type, signal, property, constant and enum member needs a text; a function needs a text or says
all in its “Returns”; each argument and each returned value is described; each symbol says since
when it is there.
"""

import sys
import xml.etree.ElementTree as ElementTree

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'

TYPES = {CORE + name for name in ('class', 'interface', 'record', 'enumeration', 'bitfield')}
CALLABLES = {CORE + name for name in ('function', 'method', 'constructor', 'callback')}
TEXTS = {CORE + 'property', GLIB + 'signal', CORE + 'constant', CORE + 'member'}


def has_text(element):
    doc = element.find(CORE + 'doc')
    return doc is not None and bool((doc.text or '').strip())


def is_void(value):
    kind = value.find(CORE + 'type')
    return kind is not None and kind.get('name') == 'none'


class Gir:
    def __init__(self, path):
        self.namespace = ElementTree.parse(path).getroot().find(CORE + 'namespace')
        self.symbols = 0
        self.faults = []

    def fault(self, name, message):
        self.faults.append(f'{name}: {message}')

    def check(self):
        for element in self.namespace:
            if element.get(GLIB + 'is-gtype-struct-for') and element.tag == CORE + 'record':
                if element.get(C + 'type', '').endswith('Class'):
                    continue
            self.symbol(element, self.namespace.get('name'))
        return self.faults

    def symbol(self, element, owner):
        name = (element.get(C + 'identifier') or element.get(C + 'type')
                or f'{owner}.{element.get("name")}')
        if element.tag in TYPES:
            self.symbols += 1
            if not has_text(element) and not element.get(GLIB + 'is-gtype-struct-for'):
                self.fault(name, 'the type has no description')
            self.since(element, name)
            # The keys of a configuration object are its properties; the schema describes them, and
            # everything that shows it fails without: see tests/unit/test-storage-object.c.
            keys = element.get('parent') == 'ConfigObject'
            for child in element:
                if not keys or child.tag != CORE + 'property':
                    self.symbol(child, name)
        elif element.tag in CALLABLES:
            if element.get('name') != 'get_type' and not element.get('moved-to'):
                self.callable(element, name)
        elif element.tag in TEXTS:
            self.symbols += 1
            if not has_text(element):
                self.fault(name, 'it has no description')
            if element.tag == GLIB + 'signal':
                self.arguments(element, name)
            if element.tag != CORE + 'member':
                self.since(element, name)

    def since(self, element, name):
        if not element.get('version'):
            self.fault(name, 'it does not say since when it is there; add “Since: 0.1”')

    def callable(self, element, name):
        self.symbols += 1
        value = element.find(CORE + 'return-value')
        if not has_text(element) and not (value is not None and has_text(value)):
            self.fault(name, 'it has no description')
        if value is not None and not is_void(value) and not has_text(value):
            self.fault(name, 'what it returns is not described')
        self.since(element, name)
        self.arguments(element, name)

    def arguments(self, element, name):
        for argument in element.iterfind(f'{CORE}parameters/{CORE}parameter'):
            if not has_text(argument):
                self.fault(name, f'its argument {argument.get("name")} is not described')


def main():
    failed = False
    for path in sys.argv[1:]:
        gir = Gir(path)
        for fault in gir.check():
            print(fault)
            failed = True
        print(f'{gir.namespace.get("name")}: {gir.symbols} symbols, {len(gir.faults)} faults')
        failed = failed or gir.symbols == 0
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
