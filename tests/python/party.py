# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A party that runs on libahoy in this very process, and the tools to wait for it."""

import faulthandler
import gc
import sys
import threading
import time
import unittest

import gi

gi.require_version('Ahoy', '1.0')
from gi.repository import Ahoy, GLib, GObject  # noqa: E402

from sip_peer import Peer  # noqa: E402

faulthandler.enable()
CONTEXT = GLib.MainContext.default()


def iterate_until(condition, what, seconds=15):
    """Runs the main loop until the condition holds."""
    end = time.monotonic() + seconds
    tick = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
    try:
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f'{what}: not within {seconds} s')
            CONTEXT.iteration(True)
    finally:
        GLib.source_remove(tick)


def run_beside(function, *arguments, seconds=30):
    """Runs a blocking function in a thread while the main loop goes on; gives what it gives."""
    result, error = [], []

    def body():
        try:
            result.append(function(*arguments))
        except BaseException as fault:  # it belongs to the test that waits
            error.append(fault)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    iterate_until(lambda: not thread.is_alive(), getattr(function, '__name__', 'the peer'), seconds)
    if error:
        raise error[0]
    return result[0]


def census():
    return Ahoy.census_snapshot().unpack()


class Audio(GObject.Object, Ahoy.SdpHandler):
    """Takes audio in PCMU."""

    def __init__(self, label='python', take=True):
        super().__init__()
        self.label, self.take, self.calls = label, take, []

    def verdict(self, name, stream):
        self.calls.append(name)
        if not self.take:
            return Ahoy.SdpVerdict.NOT_MINE
        remote = stream.get_remote()
        if remote is not None and not any(f.get_encoding().upper() == 'PCMU'
                                          for f in remote.get_rtp_formats()):
            return Ahoy.SdpVerdict.NOT_MINE
        return Ahoy.SdpVerdict.HANDLED

    def describe(self, stream):
        local = stream.get_local()
        local.set_port(61500)
        local.set_address('127.0.0.1')
        local.set_attribute('label', self.label)
        for known in local.get_formats():
            local.remove_format(known)
        local.add_rtp_format(Ahoy.SdpFormat.new_static(0))

    def do_handle_offer(self, session, stream):
        return self.verdict('handle_offer', stream)

    def do_create_stream(self, session, stream):
        verdict = self.verdict('create_stream', stream)
        if verdict == Ahoy.SdpVerdict.HANDLED:
            self.describe(stream)
        return verdict

    def do_negotiate(self, session, stream):
        self.calls.append('negotiate')
        if not stream.is_offerer():
            self.describe(stream)
        return Ahoy.SdpVerdict.HANDLED

    def do_apply(self, session, stream):
        self.calls.append('apply')
        return Ahoy.SdpVerdict.HANDLED

    def do_end(self, session, stream):
        self.calls.append('end')


class Party:
    """A stack on 127.0.0.1 with sessions, which answers each call that comes."""

    def __init__(self, answer=True, audio=True, t1=100):
        self.stack = Ahoy.Stack.new(None, None)
        self.stack.props.t1 = t1
        self.stack.start()
        self.stack.listen('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', 0, None)
        self.port = self.stack.get_listener_port('udp')
        self.sessions = Ahoy.SessionService.new(self.stack)
        self.sessions.register()
        self.ended = []
        self.audio = Audio() if audio else None
        if audio:
            self.sessions.add_sdp_handler(self.audio, 'python', 'audio', None, None)
        if answer:
            self.sessions.connect('incoming', self.on_incoming)
        self.sessions.connect('session-removed', self.on_removed)

    @staticmethod
    def on_incoming(sessions, session):
        try:
            session.ring()
            session.answer()
        except GLib.Error:  # the offer was refused
            pass
        return True

    def on_removed(self, sessions, session):
        self.ended.append(session.get_end_status())

    def address(self):
        return ('127.0.0.1', self.port)

    def uri(self, user='python'):
        return f'sip:{user}@127.0.0.1:{self.port}'

    def stop(self):
        if self.stack.is_running():
            self.sessions.unregister()
            self.stack.stop()


class PartyCase(unittest.TestCase):
    """Counts objects before and after each test, and what Python raised in callbacks."""

    def setUp(self):
        self.raised = []
        self.before = census()
        self.excepthook, sys.excepthook = sys.excepthook, self.on_raised
        self.party = None
        self.parties = []
        self.addCleanup(self.leave)

    def on_raised(self, kind, value, trace):
        self.raised.append(kind)

    def start(self, **options):
        self.party = self.join(**options)
        return self.party

    def join(self, **options):
        """One more party."""
        self.parties.append(Party(**options))
        return self.parties[-1]

    def peer(self):
        peer = Peer('udp', '127.0.0.1', self.party.address())
        self.addCleanup(peer.close)
        return peer

    def leave(self):
        """Ends all parties, and looks that nothing of them is left."""
        sys.excepthook = self.excepthook
        self.party = None
        while self.parties:
            self.parties.pop().stop()
        # The last exception keeps the frames that it passed, and all that stands in them.
        sys.last_type = sys.last_value = sys.last_traceback = None
        iterate_until(self.nothing_left, f'objects are left: {census()}, were {self.before}')

    def nothing_left(self):
        gc.collect()
        return census() == self.before
