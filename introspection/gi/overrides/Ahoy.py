# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What Python adds to libahoy: objects made by their name, str(), ==, in and [] where a Python
programmer expects them, keyword options, await, and classes that may be derived from.

Nothing here is needed: without this file everything is there under its plain name.
"""

import asyncio
import sys

from gi.repository import Gio, GLib, GObject

from ..module import get_introspection_module

Ahoy = get_introspection_module('Ahoy')

__all__ = []


def _types(kind):
    found = (getattr(Ahoy, name) for name in dir(Ahoy))
    return [each for each in found if isinstance(each, type) and issubclass(each, kind)]


# -- classes that implement an interface, and classes derived from them

def _derive_well(interface):
    """Gives a class that inherits an interface from another class in Python a table of its own.

    Else PyGObject 3.42 writes what the class overrides into the table of its parent, too.
    """
    def init_subclass(cls, **keywords):
        super(interface, cls).__init_subclass__(**keywords)
        if interface not in cls.__bases__:
            cls.__bases__ += (interface,)

    interface.__init_subclass__ = classmethod(init_subclass)


for _interface in _types(GObject.GInterface):
    _derive_well(_interface)


# -- making objects: Ahoy.Core() is Ahoy.Core.new()

def _construct(kind, constructor):
    def new(cls, *arguments, **keywords):
        if constructor is None:
            raise TypeError(f'Ahoy.{cls.__name__} is made by the library, not by those who use it')
        return constructor(*arguments, **keywords)

    kind.__new__ = new
    kind.__init__ = lambda self, *arguments, **keywords: None


for _type in _types(GObject.Object):
    if not _type.__gtype__.is_abstract():
        _construct(_type, getattr(_type, 'new', None))


# -- messages: headers by name

def _get_header(message, name):
    value = message.get_header(name)
    if value is None:
        raise KeyError(name)
    return value


Ahoy.Message.__contains__ = lambda message, name: message.has_header(name)
Ahoy.Message.__getitem__ = _get_header
Ahoy.Message.__setitem__ = lambda message, name, value: message.set_header(name, value)
Ahoy.Message.__delitem__ = lambda message, name: message.remove_header(name)
Ahoy.Message.__iter__ = lambda message: iter(message.list_headers())


# -- values: what they say, and whether they are the same

for _name in ('Message', 'NameAddr', 'NextHop', 'SdpMedia', 'SdpSession', 'Uri'):
    getattr(Ahoy, _name).__str__ = lambda value: value.to_string()
for _name in ('NextHop', 'Uri'):
    _type = getattr(Ahoy, _name)
    _type.__repr__ = lambda value: f'<{type(value).__name__} {value.to_string()}>'
    _type.__eq__ = lambda value, other: (value.equal(other) if isinstance(other, type(value))
                                         else NotImplemented)
    _type.__hash__ = lambda value: value.hash()


def _get_extension(snapshot, index):
    length = snapshot.get_length()
    if not -length <= index < length:
        raise IndexError(index)
    return snapshot.get(index % length)


Ahoy.ExtensionSnapshot.__len__ = lambda snapshot: snapshot.get_length()
Ahoy.ExtensionSnapshot.__getitem__ = _get_extension


# -- calls: options as keywords

_OPTIONS = {'headers': 'a(ss)', 'late_offer': 'b', 'timeout': 'u', 'variables': 'a{ss}'}


def _dial(service, caller, target, options=None, **keywords):
    """Calls somebody: dial('sip:me@here', 'sip:you@there', timeout=30, headers={'Subject': 'Hi'})

    The keywords are `headers` (a dictionary, or pairs of name and value), `late_offer`, `timeout`
    (in seconds) and `variables`. `options` is what C programs give: a GLib.Variant of type a{sv}.
    """
    if keywords:
        entries = {name: options.lookup_value(name, None) for name in options or ()}
        for name, value in keywords.items():
            if name not in _OPTIONS:
                raise TypeError(f'dial() knows no option {name}')
            if name == 'headers':
                value = list(value.items() if isinstance(value, dict) else value)
            entries[name.replace('_', '-')] = GLib.Variant(_OPTIONS[name], value)
        options = GLib.Variant('a{sv}', entries)
    return _plain_dial(service, caller, target, options)


_plain_dial = Ahoy.SessionService.dial
Ahoy.SessionService.dial = _dial


# -- await

class Operation:
    """Something that takes time: `await` gives its result or raises its error.

    It begins when it is awaited, in a coroutine that runs in Ahoy.spawn() or in asyncio with the
    loop of GLib.
    """

    def __init__(self, begin, finish, arguments, position):
        self._begin, self._finish = begin, finish
        self._arguments, self._position = arguments, position
        self.cancellable = Gio.Cancellable()

    def _start(self, done):
        def on_ready(source, result):
            done(result)
        arguments = list(self._arguments)
        arguments += [None] * (self._position - len(arguments))
        self._begin(*arguments[:self._position], self.cancellable, on_ready)

    def __await__(self):
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            result = yield self
        else:
            future = loop.create_future()
            self._start(lambda result: future.cancelled() or future.set_result(result))
            try:
                result = yield from future
            except asyncio.CancelledError:
                self.cancellable.cancel()
                raise
        return self._finish(result)


class Task:
    """A coroutine that runs in the main loop; made by Ahoy.spawn()."""

    def __init__(self, coroutine):
        self._coroutine = coroutine
        self._operation = None
        self.done = False
        self.result = None
        self.error = None

    def cancel(self):
        """Cancels what the coroutine waits for: there a GLib.Error says so."""
        if self._operation is not None:
            self._operation.cancellable.cancel()

    def _step(self, value):
        self._operation = None
        try:
            self._operation = self._coroutine.send(value)
            if not isinstance(self._operation, Operation):
                raise TypeError('Ahoy.spawn() runs what awaits operations of Ahoy only')
            self._operation._start(self._step)
        except StopIteration as stop:
            self.done, self.result = True, stop.value
        except BaseException as error:
            self._coroutine.close()
            self.done, self.error = True, error
            sys.excepthook(type(error), error, error.__traceback__)


def spawn(coroutine):
    """Runs a coroutine in the main loop, up to its first `await` at once; gives a Task.

    What it raises is shown as any error that nobody catches, and stands in the task.
    """
    task = Task(coroutine)
    task._step(None)
    return task


__all__ += ['Operation', 'Task', 'spawn']


def _make_awaitable(cls, name, position):
    begin, finish = f'{name}_async', f'{name}_finish'

    def method(self, *arguments):
        if len(arguments) > position:
            raise TypeError(f'{name}() takes {position} arguments')
        return Operation(getattr(self, begin), getattr(self, finish), arguments, position)

    method.__name__ = name
    method.__doc__ = f'{begin}() and {finish}() in one, to be awaited.'
    setattr(cls, name, method)


for _class in _types(GObject.Object):
    for _info in _class.__info__.get_methods():
        _name = _info.get_name()
        _names = [argument.get_name() for argument in _info.get_arguments()]
        if not _name.endswith('_async') or 'cancellable' not in _names:
            continue
        if not hasattr(_class, _name[:-6]) and hasattr(_class, f'{_name[:-6]}_finish'):
            _make_awaitable(_class, _name[:-6], _names.index('cancellable'))
