# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Recordings of both ends, as programs in Python make them."""

import os
import pathlib
import tempfile
import unittest
import wave

import agent
import gi

gi.require_version('Ahoy', '1.0')
gi.require_version('AhoyGst', '1.0')
from gi.repository import Ahoy, AhoyGst, GLib  # noqa: E402

State = Ahoy.MediaRecordingState


class Recording(unittest.TestCase):
    def setUp(self):
        self.engine = AhoyGst.Engine.new(1)
        self.engine.set_port_range(0, 0)
        self.stream = self.engine.create_stream('127.0.0.1', True)
        self.addCleanup(self.stream.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ended = []
        self.states = []
        self.stream.connect('recording-ended', lambda _stream, *what: self.ended.append(what))
        self.stream.connect('changed', lambda stream: self.states.append(stream.get_recording()))

    def wait(self):
        """Until one more recording is over: where, and why it is not whole."""
        while not self.ended:
            GLib.MainContext.default().iteration(True)
        return self.ended.pop()

    def refused(self, code, call, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertTrue(caught.exception.matches(Ahoy.error_quark(), code), caught.exception)

    def is_open(self, folder):
        """Whether a descriptor is still that of the folder."""
        try:
            return os.readlink(f'/proc/self/fd/{folder}') == str(self.folder)
        except FileNotFoundError:
            return False

    def test_states(self):
        """a recording runs, pauses, runs and is over; each is told once"""
        how = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.STEREO)
        path = str(self.folder / 'a.wav')
        self.refused(Ahoy.Error.INVALID_STATE, self.stream.pause_recording, True)
        self.assertTrue(self.stream.start_recording(path, -1, how))
        self.refused(Ahoy.Error.EXISTS, self.stream.start_recording, path, -1, how)
        for paused in (True, True, False):
            self.assertTrue(self.stream.pause_recording(paused))
        self.stream.stop_recording()
        self.assertEqual(self.wait(), (path, None))
        told = [state for before, state in zip([None, *self.states], self.states)
                if state != before]
        self.assertEqual(told, [State.RUNNING, State.PAUSED, State.RUNNING, State.NONE])
        with wave.open(path) as file:
            self.assertEqual(file.getnchannels(), 2)

    def test_folder(self):
        """a recording in an open folder stands there, and the folder is closed when it is over"""
        how = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        for append in (False, True, True):
            how.append = append
            folder = os.open(self.folder, os.O_DIRECTORY)
            self.assertTrue(self.stream.start_recording('/elsewhere/b.wav', folder, how))
            self.stream.stop_recording()
            self.assertEqual(self.wait(), ('/elsewhere/b.wav', None))
            while self.is_open(folder):  # the thread of files closes it
                GLib.MainContext.default().iteration(False)
        self.assertEqual(os.listdir(self.folder), ['b.wav'])
        how.beep_interval = Ahoy.MEDIA_RECORDING_MAX_BEEP + 1
        folder = os.open(self.folder, os.O_DIRECTORY)
        self.refused(Ahoy.Error.INVALID_ARGUMENTS, self.stream.start_recording, 'c.wav', folder,
                     how)
        self.assertFalse(self.is_open(folder))

    def test_append_is_one_at_a_time(self):
        """what one stream appends to, another one does not"""
        how = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        how.append = True
        other = self.engine.create_stream('127.0.0.1', True)
        path = str(self.folder / 'one.wav')
        self.assertTrue(self.stream.start_recording(path, -1, how))
        self.refused(Ahoy.Error.EXISTS, other.start_recording, path, -1, how)
        self.stream.stop_recording()
        self.wait()
        self.assertTrue(other.start_recording(path, -1, how))
        other.close()

    def is_taken(self, call, *arguments):
        """How somebody is told that the file is that of another recording."""
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertTrue(caught.exception.matches(Ahoy.error_quark(), Ahoy.Error.EXISTS),
                        caught.exception)
        return caught.exception.message

    def test_one_file_is_one_recording(self):
        """what one stream records to no other one does, whatever path leads there"""
        new = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        append = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        append.append = True
        other = self.engine.create_stream('127.0.0.1', True)
        self.addCleanup(other.close)
        path = str(self.folder / 'one.wav')
        link = self.folder / 'link'
        link.symlink_to(self.folder)
        for first in (new, append):
            self.stream.set_name(None)
            self.assertTrue(self.stream.start_recording(path, -1, first))
            for second in (new, append):
                said = self.is_taken(other.start_recording, path, -1, second)
                self.assertEqual(
                    said, f'The recording {path} is that of the stream on port '
                    f'{self.stream.get_port()}, which goes on; stop that one first, or name '
                    'another file')
                for again in (str(self.folder / '.' / 'one.wav'), str(link / 'one.wav')):
                    self.is_taken(other.start_recording, again, -1, second)
                folder = os.open(self.folder, os.O_DIRECTORY)
                self.is_taken(other.start_recording, '/elsewhere/one.wav', folder, second)
                self.assertFalse(self.is_open(folder))
            self.is_taken(other.record, path)
            self.assertEqual(other.get_recording(), State.NONE)
            self.stream.stop_recording()
            self.assertEqual(self.wait(), (path, None))
        self.stream.set_name('session 7')
        self.assertEqual(self.stream.get_name(), 'session 7')
        self.assertTrue(self.stream.start_recording(path, -1, new))
        self.assertIn('is that of session 7, which goes on',
                      self.is_taken(other.start_recording, path, -1, new))
        self.assertTrue(other.start_recording(str(self.folder / 'two.wav'), -1, new))
        self.stream.close()
        other.close()
        self.assertEqual(self.wait(), (path, None))
        left = [name for name in os.listdir(self.folder) if name.startswith('one.wav')]
        self.assertEqual(left, ['one.wav'])

    def test_the_next_one_follows(self):
        """a recording that was stopped becomes whole before the next one of its name"""
        other = self.engine.create_stream('127.0.0.1', True)
        self.addCleanup(other.close)
        stereo = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.STEREO)
        mixed = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        mixed.append = True
        path = str(self.folder / 'next.wav')
        done = []
        other.connect('recording-ended', lambda _stream, *what: done.append(what))
        for _ in range(20):
            self.assertTrue(self.stream.start_recording(path, -1, stereo))
            self.stream.stop_recording()
            mixed.append = True
            self.assertIn('has just ended and is not whole yet',
                          self.is_taken(other.start_recording, path, -1, mixed))
            mixed.append = False
            self.assertTrue(other.start_recording(path, -1, mixed))
            other.stop_recording()
            while not done:
                GLib.MainContext.default().iteration(True)
            self.assertEqual((done.pop(), self.wait()), ((path, None), (path, None)))
            with wave.open(path) as file:
                self.assertEqual(file.getnchannels(), 1)

    def test_append_after_a_crash(self):
        """what stands behind the end that the header knows is not heard"""
        how = Ahoy.MediaRecording.new(Ahoy.MediaRecordingLayout.MIXED)
        how.append = True
        path = self.folder / 'crash.wav'
        with wave.open(str(path), 'wb') as file:
            file.setparams((1, 2, 16000, 0, 'NONE', ''))
            file.writeframes(bytes(3200))
        with path.open('ab') as file:
            file.write(bytes(1001))
        self.assertTrue(self.stream.start_recording(str(path), -1, how))
        self.stream.stop_recording()
        self.assertEqual(self.wait(), (str(path), None))
        with wave.open(str(path)) as file:
            self.assertEqual(file.getframerate(), 16000)
            self.assertEqual(path.stat().st_size, 44 + 2 * file.getnframes())


if __name__ == '__main__':
    agent.main()
