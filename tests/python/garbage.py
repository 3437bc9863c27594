# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Calls every method of a type with arguments of the right type and no sense.

Usage: garbage.py TYPE: each call is named on standard output before it is made, so that whoever
reads it knows the last one. `garbage.py --list` names the types, `garbage.py --crash` crashes.
"""

import itertools
import os
import signal
import sys
import warnings

from gi.repository import Gio

from party import CONTEXT, Ahoy, Audio, GLib, GObject
from sip_peer import SDP

# They give away or take a reference, which Python keeps count of by itself.
OUT = 1
SKIPPED = {'ref', 'unref'}
TEXTS = ['', 'x', 'sip:a@b;c=d?e=f', '"ü" <sip:ü@[::1]:5060>;q=2', '\x01\r\n\r\nx: y', 'a' * 70000,
         '127.0.0.1', 'INVITE', 'Via', 'audio']
NUMBERS = {'gboolean': [False, True], 'gint8': [0, -128, 127], 'guint8': [0, 255],
           'gint16': [0, -32768, 32767], 'guint16': [0, 1, 65535],
           'gint32': [0, -1, 2**31 - 1, -2**31], 'guint32': [0, 1, 488, 2**32 - 1],
           'gint64': [0, -1, 2**63 - 1, -2**63], 'guint64': [0, 1, 2**64 - 1],
           'gdouble': [0.0, -1.0, 1e300], 'gunichar': ['x'],
           'GType': [Ahoy.SdpHandler, GObject.Object]}


class Supplement(GObject.Object, Ahoy.SessionSupplement):
    pass


class Service(GObject.Object, Ahoy.Service):
    pass


class Maker:
    """Makes objects of a type, as many as there are ways to get one."""

    def __init__(self):
        self.stack = Ahoy.Stack.new(None, None)
        self.stack.start()
        self.stack.listen('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', 0, None)
        self.sessions = Ahoy.SessionService.new(self.stack)
        self.sessions.register()
        self.sessions.add_sdp_handler(Audio(), 'audio', 'audio')

    def session(self):
        return self.sessions.dial('sip:a@127.0.0.1', 'sip:b@127.0.0.1:9')

    def message(self):
        return self.stack.create_request('OPTIONS', 'sip:a@127.0.0.1:9', '"ü" <sip:b@127.0.0.1>')

    def stream(self):
        return self.session().get_streams()[0]

    def ways(self):
        offer = Ahoy.SdpSession.parse(SDP, -1)
        registry = Ahoy.ExtensionRegistry.new()
        registry.add(Ahoy.SessionSupplement, Supplement(), 'x', methods=['INVITE'])
        snapshot = registry.snapshot(Ahoy.SessionSupplement)
        return {
            'BodyPart': lambda: Ahoy.BodyPart.new('text/plain', GLib.Bytes.new(b'\xff')),
            'Core': lambda: Ahoy.Core.new(None),
            'Extension': lambda: snapshot[0],
            'ExtensionRegistry': lambda: registry,
            'ExtensionSnapshot': lambda: snapshot,
            'Message': self.message,
            'NameAddr': lambda: Ahoy.NameAddr.parse('"a" <sip:b@c;d=e>;f=g'),
            'NextHop': lambda: Ahoy.NextHop.new(Ahoy.TransportProtocol.UDP, '::1', 1, None, 0),
            'OptionsService': lambda: Ahoy.OptionsService.new(self.stack),
            'Resolver': lambda: Ahoy.Resolver.new(None),
            'Scheduler': Ahoy.Scheduler.new_virtual,
            'SdpFormat': lambda: Ahoy.SdpFormat.new_static(0),
            'SdpHandler': Audio,
            'SdpMedia': lambda: offer.get_media(0).copy(),
            'SdpSession': lambda: offer.copy(),
            'Service': Service,
            'Session': self.session,
            'SessionService': lambda: self.sessions,
            'SessionStream': self.stream,
            'SessionSupplement': Supplement,
            'Stack': lambda: self.stack,
            'Uri': lambda: Ahoy.Uri.parse('sip:a@b;c=d'),
        }


def type_names():
    for name in sorted(dir(Ahoy)):
        kind = getattr(Ahoy, name)
        if isinstance(kind, type) and hasattr(kind, '__info__') and not name.endswith(
                ('Class', 'Interface', 'Iface')) and hasattr(kind.__info__, 'get_methods'):
            yield name


class Garbage:
    def __init__(self):
        self.maker = Maker()
        self.ways = self.maker.ways()
        self.calls = 0

    def instances(self, name):
        kind = getattr(Ahoy, name)
        if name in self.ways:
            yield self.ways[name]()
        if isinstance(kind, type) and issubclass(kind, GObject.Object):
            try:
                yield kind()  # what a user tries first
            except TypeError:
                pass  # abstract

    def values(self, info):
        """What may stand for a type."""
        tag = info.get_tag_as_string()
        if tag in NUMBERS:
            return NUMBERS[tag]
        if tag in ('utf8', 'filename'):
            return TEXTS
        if tag == 'array':
            return [[], ['x'], ['', 'ü', 'x' * 1000]]
        if tag == 'interface':
            return self.interface_values(info.get_interface())
        return [None]

    def interface_values(self, info):
        name, space = info.get_name(), info.get_namespace()
        kind = type(info).__name__
        if kind == 'EnumInfo':
            enum = getattr(Ahoy, name) if space == 'Ahoy' else int
            return [enum(value.get_value()) for value in info.get_values()]
        if kind == 'CallbackInfo':
            return [lambda *arguments: None]
        if space == 'Ahoy':
            return list(self.instances(name)) or [None]
        return {'Bytes': [GLib.Bytes.new(b''), GLib.Bytes.new(b'\x00\xff' * 5000)],
                'Variant': [GLib.Variant('a{sv}', {}), GLib.Variant('s', 'x'),
                            GLib.Variant('a{sv}', {'timeout': GLib.Variant('s', 'x')})],
                'MainContext': [None, GLib.MainContext.new()],
                'Cancellable': [Gio.Cancellable(), None],
                'AsyncResult': [Gio.Task.new(None, None, None)],
                'Object': [Supplement(), Service()],
                'PtrArray': [[]]}.get(name, [None])

    def call(self, name, method, function, instance):
        every = method.get_arguments()
        hidden = {a.get_closure() for a in every} | {a.get_destroy() for a in every}
        ins = [a for n, a in enumerate(every) if a.get_direction() != OUT and n not in hidden]
        choices = [self.values(a.get_type()) + ([None] if a.may_be_null() else [])
                   for a in ins]
        rounds = max([len(choice) for choice in choices] + [1]) + 2
        for turn in range(rounds):
            arguments = [choice[(turn + place) % len(choice)]
                         for place, choice in enumerate(choices)]
            print(f'{name}.{method.get_name()}{tuple(str(a)[:30] for a in arguments)}',
                  flush=True)
            self.calls += 1
            try:
                function(*([instance] if instance is not None else []), *arguments)
            except (GLib.Error, TypeError, ValueError, OverflowError, NotImplementedError,
                    UnicodeError):
                pass

    def run(self, name):
        kind = getattr(Ahoy, name)
        for method in kind.__info__.get_methods():
            if method.get_name() in SKIPPED:
                continue
            function = getattr(kind, method.get_name())
            if not method.is_method():
                self.call(name, method, function, None)
                continue
            for instance in self.instances(name):
                self.call(name, method, function, instance)
        for instance in self.instances(name):
            if isinstance(instance, GObject.Object):
                for spec in instance.list_properties():
                    print(f'{name}:{spec.name}', flush=True)
                    instance.get_property(spec.name)
        for _ in itertools.islice(iter(CONTEXT.pending, False), 1000):
            CONTEXT.iteration(False)


def main():
    warnings.simplefilter('ignore')
    if sys.argv[1] == '--list':
        print('\n'.join(type_names()))
        return
    if sys.argv[1] == '--crash':
        print('a call that crashes', flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
    garbage = Garbage()
    garbage.run(sys.argv[1])
    print(f'done: {garbage.calls} calls', flush=True)


if __name__ == '__main__':
    main()
