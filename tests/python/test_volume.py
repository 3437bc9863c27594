# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""The volume of a stream, as programs in Python set it."""

import math
import unittest

import agent
import gi

gi.require_version('Ahoy', '1.0')
gi.require_version('AhoyGst', '1.0')
from gi.repository import Ahoy, AhoyGst, GLib  # noqa: E402

SENT, RECEIVED = Ahoy.MediaSound.SENT, Ahoy.MediaSound.RECEIVED


class Volume(unittest.TestCase):
    def test_volume(self):
        """each way has its volume; what is none raises an error and changes nothing"""
        engine = AhoyGst.Engine.new(1)
        engine.set_port_range(0, 0)
        stream = engine.create_stream('127.0.0.1', True)
        self.assertEqual([stream.get_volume(SENT), stream.get_volume(RECEIVED)], [1, 1])
        self.assertTrue(stream.set_volume(SENT, 0.5))
        self.assertTrue(stream.set_volume(RECEIVED, Ahoy.MEDIA_STREAM_MAX_VOLUME))
        for volume in (math.nan, math.inf, -math.inf, -0.001, 16.001):
            with self.subTest(volume=volume), self.assertRaises(GLib.Error) as caught:
                stream.set_volume(SENT, volume)
            self.assertTrue(caught.exception.matches(Ahoy.error_quark(),
                                                     Ahoy.Error.INVALID_ARGUMENTS))
        self.assertEqual([stream.get_volume(SENT), stream.get_volume(RECEIVED)], [0.5, 16])
        stream.close()
        with self.assertRaises(GLib.Error) as caught:
            stream.set_volume(SENT, 1)
        self.assertTrue(caught.exception.matches(Ahoy.error_quark(), Ahoy.Error.INVALID_STATE))


if __name__ == '__main__':
    agent.main()
