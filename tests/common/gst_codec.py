# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Payloads of Opus and G.722 made and read by gst-launch-1.0, with none of our own code."""

import array
import functools
import pathlib
import subprocess
import sys
import tempfile

import rtp

RATE = 16000  # of what is decoded
FRAME_G722 = 160
CAPS = {'opus': 'application/x-rtp-stream,encoding-name=OPUS,clock-rate=48000',
        'G722': 'application/x-rtp-stream,encoding-name=G722,clock-rate=8000'}
ELEMENTS = {'opus': ('rtpopusdepay', 'opusdec'), 'G722': ('rtpg722depay', 'avdec_g722')}


def _launch(*pipeline):
    done = subprocess.run(['gst-launch-1.0', '-q', *' ! '.join(pipeline).split()],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'gst-launch-1.0 {" ! ".join(pipeline)}: {done.stderr}')


@functools.lru_cache
def tone(codec, frequency, frames=100):
    """Payloads of 20 ms each with a sine."""
    source = f'audiotestsrc freq={frequency} volume=0.25 num-buffers={frames} samplesperbuffer='
    with tempfile.TemporaryDirectory() as folder:
        if codec == 'opus':
            _launch(source + '960', 'audio/x-raw,rate=48000,channels=1', 'opusenc frame-size=20',
                    f'multifilesink location={folder}/%05d')
            return [path.read_bytes() for path in sorted(pathlib.Path(folder).iterdir())]
        _launch(source + '320', 'audio/x-raw,rate=16000,channels=1', 'avenc_g722',
                f'filesink location={folder}/all')
        coded = pathlib.Path(folder, 'all').read_bytes()
        return [coded[at:at + FRAME_G722] for at in range(0, frames * FRAME_G722, FRAME_G722)]


def decode(codec, packets):
    """The samples in RTP packets, at RATE."""
    raw = f'audio/x-raw,format=S16LE,rate={RATE},channels=1'
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/in', 'wb') as file:
            for packet in packets:  # RFC 4571
                data = rtp.build(packet)
                file.write(len(data).to_bytes(2, 'big') + data)
        _launch(f'filesrc location={folder}/in', CAPS[codec] +
                f',media=audio,payload=(int){packets[0].payload_type}', 'rtpstreamdepay',
                *ELEMENTS[codec], 'audioconvert', 'audioresample', raw,
                f'filesink location={folder}/out')
        samples = array.array('h', pathlib.Path(folder, 'out').read_bytes())
        if sys.byteorder == 'big':
            samples.byteswap()
        return list(samples)
