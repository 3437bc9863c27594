# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Each codec in a call to ahoyd, and in one from it, with a tone measured at both ends."""

import pathlib
import tempfile

import agent
import gst_codec
import sound
import tone
from daemon import anyone
from matrix import MatrixTestCase, row
from media_call import MediaCall
from sip_peer import Failure

FILES = tempfile.TemporaryDirectory()
PLAYED = 700  # Hz
TWO = [('udp', 'ipv4'), ('tcp', 'ipv6')]
# The payload type and how far a time stamp goes on in 20 ms.
PCMU, PCMA, G722, OPUS = ('PCMU', 0, 160), ('PCMA', 8, 160), ('G722', 9, 160), ('opus', 96, 960)


def check(heard, frequency, seconds, where):
    if heard.seconds < seconds or abs(heard.frequency - frequency) > 3:
        raise Failure(f'{where}: {heard}, not {frequency} Hz')
    return heard


def say(call, codec, payload_type, step):
    if codec in sound.VALUES:
        call.say(codec=codec)
    else:
        call.party.send(call.remote.address, gst_codec.tone(codec, call.run.frequency),
                        payload_type, step)


def hear(call, codec, payload_type, mark):
    """What came to the party since then, decoded by GStreamer where it is no G.711."""
    def accept(packets):
        found = [packet for packet in packets if packet.payload_type == payload_type]
        return found if len(found) >= 60 else None
    packets = call.party.wait_for(accept, codec, mark)
    if codec in sound.VALUES:
        return sound.measure(call.party.samples(mark, codec), PLAYED)
    return sound.measure(gst_codec.decode(codec, packets), PLAYED, gst_codec.RATE)


def both_ways(call, codec, payload_type, step):
    """The daemon plays a tone and records ours, at the same time."""
    run = call.run
    path = pathlib.Path(FILES.name, f'{run.frequency}-{codec}-{call.party.port}.wav')
    run.daemon.wait(call.session, 'active')
    stream = f'{call.session}/stream/0'
    if (found := run.daemon.get(stream, 'Stream', 'Codec')).lower() != codec.lower():
        raise Failure(f'the codec is {found}, not {codec}')
    say(call, codec, payload_type, step)
    run.daemon.call(call.session, 'Session', 'PlayTone', 's', PLAYED)
    run.daemon.call(call.session, 'Session', 'Record', 'sa{sv}', path, 0)
    there = hear(call, codec, payload_type, call.party.mark() + 10)
    run.daemon.call(call.session, 'Session', 'StopRecording')
    call.hang_up()
    rate, samples = tone.read(path)
    check(there, PLAYED, 0.4, 'the party hears')
    # A recording begins with what the jitter buffer waits for.
    here = check(sound.measure(samples, run.frequency, rate), run.frequency, 0.3,
                 'the daemon hears')
    return f'there {there}, here {here}'


def incoming(run, codec, payload_type, step):
    digits = 102 if codec == 'opus' else 101
    call = MediaCall(run, formats=(payload_type, digits)).dial(600)
    return both_ways(call, codec, payload_type, step)


def outgoing(run, codec, payload_type, step):
    call = MediaCall(run, formats=(payload_type,))
    call.be_called(codecs=[codec.lower()])
    return both_ways(call, codec, payload_type, step)


class Codecs(MatrixTestCase):
    config = anyone(('600', 'answer, wait(5min)'))

    @row('MEDI-02', TWO)
    def test_pcmu_in(run):
        """MEDI-02: PCMU in a call to us"""
        return incoming(run, *PCMU)

    @row('MEDI-02', TWO)
    def test_pcmu_out(run):
        """MEDI-02: PCMU in a call of ours"""
        return outgoing(run, *PCMU)

    @row('MEDI-02', TWO)
    def test_pcma_in(run):
        """MEDI-02: PCMA in a call to us"""
        return incoming(run, *PCMA)

    @row('MEDI-02', TWO)
    def test_pcma_out(run):
        """MEDI-02: PCMA in a call of ours"""
        return outgoing(run, *PCMA)

    @row('MEDI-02', TWO)
    def test_g722_in(run):
        """MEDI-02: G.722 in a call to us"""
        return incoming(run, *G722)

    @row('MEDI-02', TWO)
    def test_g722_out(run):
        """MEDI-02: G.722 in a call of ours"""
        return outgoing(run, *G722)

    @row('MEDI-02', TWO)
    def test_opus_in(run):
        """MEDI-02: Opus in a call to us"""
        return incoming(run, *OPUS)

    @row('MEDI-02', TWO)
    def test_opus_out(run):
        """MEDI-02: Opus in a call of ours"""
        return outgoing(run, *OPUS)

    @row('MEDI-19', TWO)
    def test_changed(run):
        """MEDI-19: one call goes through all codecs and clock rates, and the sound goes on"""
        path = pathlib.Path(FILES.name, f'changed-{run.transport}.wav')
        for codec in ('G722', 'opus'):
            gst_codec.tone(codec, run.frequency)  # takes a while, and is kept
        call = MediaCall(run, formats=(0,)).dial(600)
        run.daemon.wait(call.session, 'active')
        run.daemon.call(call.session, 'Session', 'PlayTone', 's', PLAYED)
        run.daemon.call(call.session, 'Session', 'Record', 'sa{sv}', path, 0)
        for codec, payload_type, step in (PCMU, G722, OPUS, PCMA, OPUS, PCMU):
            call.reinvite(formats=(payload_type,))
            say(call, codec, payload_type, step)
            check(hear(call, codec, payload_type, call.party.mark()), PLAYED, 0.4, codec)
        run.daemon.call(call.session, 'Session', 'StopRecording')
        call.hang_up()
        packets = call.party.since()
        if len({packet.ssrc for packet in packets}) != 1 or \
                {(b.sequence - a.sequence) & 0xffff for a, b in zip(packets, packets[1:])} != {1}:
            raise Failure('the source or its numbers do not go on')
        rate, samples = tone.read(path)
        return check(sound.measure(samples, run.frequency, rate), run.frequency, 2, 'recorded')


if __name__ == '__main__':
    agent.main(200)
