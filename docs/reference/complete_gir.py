# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Makes the GIR that the reference is written from.

Usage: complete_gir.py INPUT.gir OUTPUT.gir [OTHER.gir...]

A function whose “Returns” says all gets that for its description, a configuration key what its
schema says, and names of symbols, plain in the sources, become links.
"""

import importlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import gi

CORE = 'http://www.gtk.org/introspection/core/1.0'
C = 'http://www.gtk.org/introspection/c/1.0'
GLIB = 'http://www.gtk.org/introspection/glib/1.0'
KINDS = {'class': 'class', 'interface': 'iface', 'record': 'struct', 'enumeration': 'enum',
         'bitfield': 'flags', 'callback': 'callback'}
CALLABLES = {'method': 'method', 'constructor': 'ctor', 'function': 'func'}


def tag(element):
    return element.tag.split('}')[1]


class Names:
    """What a C name is called in a link."""

    def __init__(self):
        self.links = {}

    def read(self, root):
        namespace = root.find(f'{{{CORE}}}namespace')
        space = namespace.get('name')
        for element in namespace:
            kind = KINDS.get(tag(element))
            if element.get(f'{{{GLIB}}}error-domain'):
                kind = 'error'
            name = element.get('name')
            if kind and element.get(f'{{{C}}}type'):
                self.links[element.get(f'{{{C}}}type')] = f'{kind}@{space}.{name}'
            for child in [element, *element]:
                self.read_callable(space, name, element, child)

    def read_callable(self, space, name, owner, child):
        kind, symbol = CALLABLES.get(tag(child)), child.get(f'{{{C}}}identifier')
        if kind and symbol and not child.get('moved-to'):
            middle = '' if child is owner else f'{name}.'
            self.links[symbol] = f'{kind}@{space}.{middle}{child.get("name")}'

    def link(self, text):
        text = re.sub(r'#(\w+)(::?)([\w-]+)', self.member, text)
        text = re.sub(r'\b(\w+)\s?\(\)', lambda match: self.to(match.group(1), match), text)
        text = re.sub(r'#(\w+)', lambda match: self.to(match.group(1), match), text)
        return re.sub(r'(?<![\w`])[%@](\w+)', r'`\1`', text)

    def to(self, name, match):
        return f'[{self.links[name]}]' if name in self.links else match.group(0)

    def member(self, match):
        owner = self.links.get(match.group(1), '')
        kind = 'signal' if match.group(2) == '::' else 'property'
        return (f'[{kind}@{owner.split("@")[1]}{match.group(2)}{match.group(3)}]' if owner
                else match.group(0))


def schema_text(library, kind, key):
    """What the schema says of a key of a configuration object."""
    for spec in getattr(library, kind).list_properties():
        if spec.name == key and spec.blurb:
            return f'{spec.blurb[0].upper()}{spec.blurb[1:]}.'
    return None


def describe_keys(namespace):
    owners = [element for element in namespace if element.get('parent') == 'ConfigObject']
    if not owners:
        return
    gi.require_version(namespace.get('name'), namespace.get('version'))
    library = importlib.import_module(f'gi.repository.{namespace.get("name")}')
    for owner in owners:
        for key in owner.iterfind(f'{{{CORE}}}property'):
            text = schema_text(library, owner.get('name'), key.get('name'))
            if text is not None and key.find(f'{{{CORE}}}doc') is None:
                doc = ElementTree.Element(f'{{{CORE}}}doc', filename='schema', line='1')
                doc.text = text
                key.insert(0, doc)


def complete(root, names):
    doc_tag = f'{{{CORE}}}doc'
    describe_keys(root.find(f'{{{CORE}}}namespace'))
    for element in root.iter():
        if tag(element) in CALLABLES and element.find(doc_tag) is None:
            said = element.find(f'{{{CORE}}}return-value/{doc_tag}')
            if said is not None:
                doc = ElementTree.Element(doc_tag, said.attrib)
                doc.text = f'Returns {said.text}.'
                element.insert(0, doc)
    for doc in root.iter(doc_tag):
        # What stands in ```, as it is.
        parts = (doc.text or '').split('```')
        parts[::2] = [names.link(part) for part in parts[::2]]
        doc.text = '```'.join(parts)


def main():
    for prefix, name in (('', CORE), ('c', C), ('glib', GLIB)):
        ElementTree.register_namespace(prefix, name)
    tree = ElementTree.parse(sys.argv[1])
    names = Names()
    for path in (sys.argv[1], *sys.argv[3:]):
        names.read(ElementTree.parse(path).getroot())
    complete(tree.getroot(), names)
    tree.write(sys.argv[2], encoding='utf-8', xml_declaration=True)


if __name__ == '__main__':
    main()
