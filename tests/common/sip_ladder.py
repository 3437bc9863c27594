# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What happened between the parties of a test, drawn as an ASCII ladder."""

import time

WIDTH = 34


def format_address(address):
    host, port = address[0], address[1]
    return '[%s]:%d' % (host, port) if ':' in host else '%s:%d' % (host, port)


class Ladder:
    """Collects messages and notes of all peers of one test in the order in which they were seen."""

    def __init__(self):
        self.start = time.monotonic()
        self.rows = []
        self.names = {}
        self.columns = []
        self.local = set()

    def name(self, address, name, local=False):
        """Give an address a column title; several addresses may share one.

        A local party reports what it receives, so that a loss on the way to it can be shown.
        """
        self.names[(address[0], address[1])] = name
        if local:
            self.local.add(name)
        if name not in self.columns:
            self.columns.append(name)

    def _column(self, address):
        key = (address[0], address[1])
        name = self.names.get(key)
        if name is None:
            name = 'agent' if 'agent' in self.columns else format_address(key)
        if name not in self.columns:
            self.columns.append(name)
        return name

    def _elapsed(self):
        return time.monotonic() - self.start

    def message(self, source, destination, text, seen_by):
        """An arrow. The receiver's view replaces a sender's row for the same bytes in flight."""
        source, destination = self._column(source), self._column(destination)
        for row in reversed(self.rows):
            if row[0] == 'arrow' and row[2:5] == (source, destination, text) and row[5] == 'sent':
                if seen_by == 'received':
                    self.rows[self.rows.index(row)] = row[:5] + ('received',)
                    return
                break
        self.rows.append(('arrow', self._elapsed(), source, destination, text, seen_by))

    def note(self, text):
        self.rows.append(('note', self._elapsed(), text))

    def __str__(self):
        if not self.rows:
            return '(nothing was sent or received)'
        columns = self.columns or ['-']
        centre = {name: 10 + index * WIDTH for index, name in enumerate(columns)}
        title = [' '] * (10 + len(columns) * WIDTH)
        for name, column in centre.items():
            title[column - 2:column - 2 + len(name)] = name
        lines = [''.join(title).rstrip()]
        lines += [self._draw(row, centre) for row in self.rows]
        return '\n'.join(lines)

    def _draw(self, row, centre):
        stamp = '%8.3f ' % row[1]
        canvas = list(stamp.ljust(10 + max(1, len(centre)) * WIDTH))
        for column in centre.values():
            canvas[column] = '|'
        if row[0] == 'note':
            return (stamp + '  * ' + row[2]).rstrip()
        start, end = centre[row[2]], centre[row[3]]
        left, right = min(start, end), max(start, end)
        if left == right:
            return '%s | self: %s' % (stamp, row[4])
        for column in range(left + 1, right):
            canvas[column] = '-'
        canvas[right - 1 if end == right else left + 1] = '>' if end == right else '<'
        label = row[4]
        room = right - left - 7
        shown = label if len(label) <= room else label[:room - 3] + '...'
        canvas[left + 4:left + 4 + len(shown)] = shown
        tail = '' if shown == label else '   ' + label
        lost = '   (not received)' if row[5] == 'sent' and row[3] in self.local else ''
        return ''.join(canvas).rstrip() + tail + lost
