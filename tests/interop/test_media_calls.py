# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What happens to sound in a call: digits, hold, mute, early media, recordings, new codecs."""

import pathlib
import random
import tempfile

import agent
import rtp
import sound
import tone
from bus_monitor import Monitor
from daemon import anyone
from matrix import MatrixTestCase, row
from media_call import Description, MediaCall
from sip_peer import Failure

FILES = tempfile.TemporaryDirectory()
PLAYED = 1000  # Hz
tone.write(pathlib.Path(FILES.name, 'tone.wav'), PLAYED, 1)
ONE = [('udp', 'ipv4')]
TWO = [('udp', 'ipv4'), ('tcp', 'ipv6')]
ALL_DIGITS = '0123456789*#ABCD'


def expect(found, wanted, what):
    if found != wanted:
        raise Failure(f'{what}: {found}, wanted {wanted}')


class Digits(MatrixTestCase):
    config = anyone(('600', 'answer, echo'), ('601', 'answer, wait(5min)'))

    @staticmethod
    def monitor(run):
        monitor = Monitor(run.daemon.bus)
        run.stack.callback(monitor.close)
        return monitor

    @staticmethod
    def hang_up(call, monitor):
        """Hangs up; all digits that were told until the end, which comes after them."""
        call.hang_up()
        monitor.wait_for(call.session, 'Ended')
        return [signal.arguments for signal in monitor.of(call.session)
                if signal.member == 'DtmfReceived']

    @row('MEDI-07', TWO)
    def test_heard(run):
        """MEDI-07: DtmfReceived tells each digit once, with its duration"""
        monitor = Digits.monitor(run)
        call = MediaCall(run).dial(600)
        call.say()
        for duration in (60, 100, 240):
            call.party.press(ALL_DIGITS, duration)
        call.hear(seconds=0.1, mark=call.party.mark())  # what was sent after the last digit
        found = Digits.hang_up(call, monitor)
        wanted = [[digit, duration] for duration in (60, 100, 240) for digit in ALL_DIGITS]
        expect([digit for digit, _ in found], [digit for digit, _ in wanted], 'digits')
        # A party that the machine lets stand for 250 ms lets go of its key.
        if any(a[1] > b[1] for a, b in zip(found, wanted)) or \
                sum(a == b for a, b in zip(found, wanted)) < len(wanted) / 2:
            raise Failure(f'durations of {found}')
        return f'{len(found)} digits of 60, 100 and 240 ms'

    @row('MEDI-07', TWO)
    def test_info(run):
        """MEDI-07: digits in INFO requests are told; parts that are empty harm nobody"""
        monitor = Digits.monitor(run)
        call = MediaCall(run).dial(601)
        plain, relay = 'application/dtmf', 'application/dtmf-relay'
        empty, two = (''.join(f'--b\r\nContent-Type: {kind}\r\n\r\n{body}\r\n'
                              for kind, body in parts) + '--b--\r\n'
                      for parts in (((plain, ''), (relay, '')),
                                    ((plain, '7'), (relay, 'Signal=8\r\nDuration=160'))))
        for kind, body in (('multipart/mixed;boundary=b', empty), (plain, 'x'), (relay, 'Signal='),
                           (relay, 'Signal=d\r\nDuration=240\r\n'), (plain, '5'), (relay, '\0'),
                           ('multipart/mixed;boundary=b', two)):
            call.peer.send('INFO', call=call.call, body=body, headers=[f'Content-Type: {kind}'])
            call.expect_response(200, 'INFO')
        found = Digits.hang_up(call, monitor)
        expect(found, [['D', 240], ['5', 100], ['7', 100], ['8', 160]], 'digits')
        return f'{len(found)} digits'

    @row('MEDI-07', ONE)
    def test_lost_packets(run):
        """MEDI-07: a digit is told once when its begin, or all of its ends, are lost"""
        monitor = Digits.monitor(run)
        call = MediaCall(run).dial(600)
        call.say()
        call.party.press('1', 100, lost=(0,))
        call.party.press('2', 100, lost=(4,))
        call.party.press('3', 100, lost=(1, 2))
        call.party.press('44', 100, ends=1)
        call.hear(seconds=0.1, mark=call.party.mark())
        found = Digits.hang_up(call, monitor)
        expect([digit for digit, _ in found], list('12344'), 'digits')
        if not all(20 <= duration <= 100 for _, duration in found):
            raise Failure(f'durations of {found}')
        return ' '.join(f'{digit}:{duration}' for digit, duration in found)

    @staticmethod
    def check_sent(packets, digits, milliseconds, ends=3):
        found = rtp.read_digits(packets)
        expect(''.join(each.digit for each in found), digits, 'digits')
        for each in found:
            expect((each.marker, each.ends), (1, ends), f'marker and ends of {each.digit}')
        # The clock goes on when the machine lets the daemon stand: then a digit is longer.
        exact = [each for each in found if milliseconds <= each.duration / 8 < milliseconds + 20]
        if min(each.duration for each in found) < milliseconds * 8 or len(exact) < len(found) / 2:
            raise Failure(f'{[each.duration / 8 for each in found]} ms, not {milliseconds}')
        # One source, and no sequence number left out or used twice.
        numbers = [packet.sequence for packet in packets]
        steps = {(b - a) & 0xffff for a, b in zip(numbers, numbers[1:])}
        expect(steps, {1}, 'steps of the sequence')
        expect(len({packet.ssrc for packet in packets}), 1, 'sources')
        return found

    @staticmethod
    def wait_for_digits(party, count, mark):
        party.wait_for(lambda packets: sum(
            each.ends == 3 for each in rtp.read_digits(packets)) >= count, f'{count} digits', mark)
        return party.since(mark)

    @row('MEDI-07', TWO)
    def test_sent_by_busctl(run):
        """MEDI-07: SendDtmf sends events as RFC 4733 wants them"""
        call = MediaCall(run).be_called()
        run.daemon.wait(call.session, 'active')
        lengths = []
        for duration in (40, 100, 300):
            mark = call.party.mark()
            run.daemon.call(call.session, 'Session', 'SendDtmf', 'su', ALL_DIGITS, duration)
            packets = Digits.wait_for_digits(call.party, len(ALL_DIGITS), mark)
            found = Digits.check_sent(packets, ALL_DIGITS, duration)
            lengths.append(found[0].duration // 8)
        call.hang_up()
        run.ended(call.session, EndedBy='remote')
        return f'{ALL_DIGITS}, {lengths} ms'

    @row('MEDI-07', ONE)
    def test_sent_by_ahoyctl(run):
        """MEDI-07: ahoyctl dtmf"""
        call = MediaCall(run).dial(601)
        mark = call.party.mark()
        run.daemon.ctl('dtmf', call.session.rpartition('/')[2], '159#')
        packets = Digits.wait_for_digits(call.party, 4, mark)
        Digits.check_sent(packets, '159#', 100)
        call.hang_up()

    @row('MEDI-07', ONE)
    def test_echoed(run):
        """MEDI-07: the echo sends digits back, too"""
        call = MediaCall(run).dial(600)
        call.say()
        call.hear(seconds=0.2)
        mark = call.party.mark()
        call.party.press('42', 100)
        packets = Digits.wait_for_digits(call.party, 2, mark)
        expect([each.digit for each in rtp.read_digits(packets)], ['4', '2'], 'digits')
        call.hang_up()


class Media(MatrixTestCase):
    config = anyone(('600', 'answer, echo'),
                    ('601', 'answer, wait(5min)'),
                    ('602', f'answer, record({FILES.name}/route.wav, limit=1s), hangup'),
                    ('604', 'progress, play(tone.wav), answer, wait(5min)'),
                    ('605', 'answer, tone(700)'),
                    core=f'sounds-directory={FILES.name}')

    @staticmethod
    def one_source(packets):
        """All of one SSRC, with sequence numbers that grow by one."""
        expect(len({packet.ssrc for packet in packets}), 1, 'sources')
        numbers = [packet.sequence for packet in packets]
        expect({(b - a) & 0xffff for a, b in zip(numbers, numbers[1:])}, {1}, 'steps')

    @row('MEDI-08', TWO)
    def test_hold_here(run):
        """MEDI-08: Hold and Resume: sendonly, then sendrecv; the same source goes on"""
        call = MediaCall(run).dial(600)
        call.say()
        call.hear(seconds=0.2)
        hold = call.in_background('Hold')
        offer = call.take_reinvite('recvonly')
        expect(hold.result()[0], 200, 'Hold')
        if offer.direction not in ('sendonly', 'inactive'):
            raise Failure(f'held with {offer.direction}')
        expect(run.daemon.get(call.session, 'Session', 'Hold'), 'local', 'Hold')
        call.party.wait_for(lambda packets: not Media.tone_in(packets[-20:], run.frequency)
                            and len(packets) > 25, 'silence', call.party.mark())
        resume = call.in_background('Resume')
        offer = call.take_reinvite('sendrecv')
        expect(resume.result()[0], 200, 'Resume')
        expect(offer.direction, 'sendrecv', 'the offer')
        expect(run.daemon.get(call.session, 'Session', 'Hold'), 'none', 'Hold')
        heard = call.hear(seconds=0.3, mark=call.party.mark())
        Media.one_source(call.party.since())
        call.hang_up()
        return heard

    @staticmethod
    def tone_in(packets, frequency):
        samples = sound.decode('PCMU', b''.join(packet.payload for packet in packets
                                               if packet.payload_type == 0))
        return sound.measure(samples, frequency).seconds > 0.05

    @row('MEDI-08', TWO)
    def test_hold_there(run):
        """MEDI-08: the peer holds (sendonly, inactive, 0.0.0.0): nothing is sent meanwhile"""
        call = MediaCall(run).dial(605)
        ways = [{'direction': 'sendonly'}, {'direction': 'inactive'}]
        if run.family == 'ipv4':
            ways.append({'connection': '0.0.0.0'})
        for way in ways:
            call.hear(700, seconds=0.2, mark=call.party.mark())
            answer = call.reinvite(**way)
            if answer.direction not in ('recvonly', 'inactive'):
                raise Failure(f'{way} is answered with {answer.direction}')
            expect(run.daemon.get(call.session, 'Session', 'Hold'), 'remote', 'Hold')
            sent = run.daemon.get(f'{call.session}/stream/0', 'Stream', 'PacketsSent')
            mark = call.party.mark()
            call.seconds_pass(300)
            expect(run.daemon.get(f'{call.session}/stream/0', 'Stream', 'PacketsSent') - sent
                   < 8, True, 'few packets while held')
            if len(call.party.since(mark)) > 3:
                raise Failure(f'{len(call.party.since(mark))} packets while held by {way}')
            call.reinvite()
            expect(call.remote.direction, 'sendrecv', 'the answer')
            expect(run.daemon.get(call.session, 'Session', 'Hold'), 'none', 'Hold')
        heard = call.hear(700, seconds=0.2, mark=call.party.mark())
        Media.one_source(call.party.since())
        call.hang_up()
        return f'{len(ways)} ways, then {heard}'

    @row('CALL-61', TWO)
    def test_muted(run):
        """CALL-61: muted, the far side hears silence; the same source goes on"""
        call = MediaCall(run).dial(605)
        call.hear(700, seconds=0.3)
        run.daemon.call(call.session, 'Session', 'SetMuted', 'b', 'true')
        expect(run.daemon.get(call.session, 'Session', 'Muted'), True, 'Muted')
        quiet = call.party.hear_silence(0.4)
        run.daemon.call(call.session, 'Session', 'SetMuted', 'b', 'false')
        heard = call.hear(700, seconds=0.3, mark=call.party.mark())
        Media.one_source(call.party.since())
        call.hang_up()
        return f'{quiet:.2f} s silence, then {heard}'

    @row('CALL-33', TWO)
    def test_early_media(run):
        """CALL-33: a sound behind a 183 is heard before the answer"""
        call = MediaCall(run).begin(604)
        response = call.peer.expect(183, 20)
        if b'm=audio' not in response.body:
            raise Failure('the 183 has no description')
        heard = call.party.hear(PLAYED, 0.5)
        answered = [message for message in call.peer.inbox if message.status == 200]
        expect(answered, [], 'answers before the sound')
        call.answered()
        call.hang_up()
        return heard

    @row('CALL-33', TWO)
    def test_early_media_there(run):
        """CALL-33: what whom we call lets us hear before the answer is heard, behind 180 too"""
        path = pathlib.Path(FILES.name, f'early-{run.transport}.wav')
        call = MediaCall(run).ring_with_sound()
        call.wait_for('EarlyMedia', True)
        expect(run.daemon.get(call.session, 'Session', 'State'), 'trying', 'State')
        call.say()
        run.daemon.call(call.session, 'Session', 'Record', 'sa{sv}', str(path), 0)
        Media.wait_until_heard(run, call, 30)
        call.peer.respond(call.invite, 180)
        run.daemon.wait(call.session, 'ringing')
        Media.wait_until_heard(run, call, 30)
        run.daemon.call(call.session, 'Session', 'StopRecording')
        call.answer()
        call.hang_up()
        return Media.read(path, run.frequency, 0.5)

    @staticmethod
    def wait_until_heard(run, call, packets):
        """Waits until so many more packets of ours have come to the daemon."""
        def received():
            return run.daemon.get(f'{call.session}/stream/0', 'Stream', 'PacketsReceived')
        begin = received()
        for _ in range(100):
            if received() >= begin + packets:
                return
            call.seconds_pass(200)
        raise Failure('the packets do not come')

    @row('MEDI-22', ONE)
    def test_recorded(run):
        """MEDI-22: a route records what the caller says"""
        path = pathlib.Path(FILES.name, 'route.wav')
        call = MediaCall(run).dial(602)
        call.say()
        call.be_hung_up()
        heard = Media.read(path, run.frequency, 0.4)
        return heard

    @staticmethod
    def read(path, frequency, seconds):
        rate, samples = tone.read(path)
        heard = sound.measure(samples, frequency, rate)
        if heard.seconds < seconds or abs(heard.frequency - frequency) > 3:
            raise Failure(f'recorded {heard} in {len(samples) / rate:.2f} s, not {frequency} Hz')
        return heard

    @row('MEDI-19', TWO)
    def test_new_codec(run):
        """MEDI-19: a re-INVITE changes the codec, and another the port; the sound goes on"""
        call = MediaCall(run, formats=(0, 101)).dial(605)
        call.hear(700, seconds=0.3)
        call.reinvite(formats=(8, 101))
        expect(call.remote.formats[0], 8, 'codec')
        mark = call.party.mark()
        call.hear(700, seconds=0.3, codec='PCMA', mark=mark)
        Media.one_source(call.party.since())
        expect(run.daemon.get(f'{call.session}/stream/0', 'Stream', 'Codec'), 'PCMA', 'Codec')
        other = run.rtp()
        call.reinvite(formats=(8, 101), parties=[other])
        heard = other.hear(700, 0.3, codec='PCMA')
        Media.one_source(other.since())
        expect(other.since()[0].ssrc, call.party.since()[0].ssrc, 'source')
        call.hang_up()
        return f'PCMU, PCMA, then on another port {heard}'

    @row('MEDI-15', TWO)
    def test_two_streams(run):
        """several streams: each is answered, and those taken carry sound"""
        call = MediaCall(run, streams=2).dial(600)
        expect(len(call.remote.streams), 2, 'streams in the answer')
        call.say()
        heard = call.hear(seconds=0.3)
        call.hang_up()
        return f'ports {[each["port"] for each in call.remote.streams]}, {heard}'

    @row('MEDI-12', TWO)
    def test_garbage(run):
        """garbage on the ports of the media: the tone goes on, nothing dies"""
        call = MediaCall(run).dial(600)
        call.say()
        call.hear(seconds=0.3)
        host, port = call.remote.address
        count = 0
        for data in Media.garbage(call.party):
            for target in ((host, port), (host, port + 1)):
                for sender in (call.party.socket, call.party.rtcp):
                    sender.sendto(data, target)
                    count += 1
        heard = call.hear(seconds=0.5, mark=call.party.mark())
        call.hang_up()
        run.ended(call.session, EndedBy='remote', EndStatus=200)
        return f'{count} packets, then {heard}'

    @staticmethod
    def garbage(party):
        """Broken, cut, wild and forged packets; the same ones in each run."""
        chaos = random.Random(61)
        good = rtp.build(party.since()[0])
        yield from (b'', b'\x80', b'\x80' * 11, good[:13], b'\xff' * 1500, b'\x00' * 65000,
                    b'\x9f' + good[1:], b'\xa0' + good[1:-1] + b'\xff', b'\x90' + good[1:16])
        for kind in range(192, 224):  # RTCP of all kinds, with lengths that lie
            for length in (0, 1, 6, 0xffff):
                yield bytes((0x9f, kind)) + length.to_bytes(2, 'big') + chaos.randbytes(24)
        for _ in range(400):
            yield chaos.randbytes(chaos.randrange(1, 400))
            bad = bytearray(good)
            for _ in range(3):
                bad[chaos.randrange(8)] = chaos.randrange(256)
            yield bytes(bad)


class Streams(MatrixTestCase):
    config = anyone(('600', 'answer, echo'), ('605', 'answer, tone(700)'))

    @row('CALL-32', TWO)
    def test_late_offer(run):
        """CALL-32: an INVITE without an offer; the ACK has the answer"""
        call = MediaCall(run).dial_late(600)
        if 0 not in call.remote.formats:
            raise Failure(f'an offer of {call.remote.formats}')
        call.say()
        heard = call.hear(seconds=0.3)
        call.hang_up()
        return heard

    @row('MEDI-12', TWO)
    def test_stranger(run):
        """MEDI-12: a stranger's sound is not heard, and it hears nothing"""
        call = MediaCall(run).dial(600)
        call.say()
        call.hear(seconds=0.3)
        stranger = run.rtp()
        stranger.ssrc = call.party.ssrc
        stranger.send_tone(call.remote.address, 2500)
        mark = call.party.mark()
        heard = call.hear(seconds=0.6, mark=mark)
        stranger_heard = sound.measure(call.party.samples(mark), 2500)
        expect(stranger_heard.seconds, 0, 'seconds of the stranger')
        expect(len(stranger.since()), 0, 'packets to the stranger')
        call.hang_up()
        return heard

    @row('MEDI-19', TWO)
    def test_new_source(run):
        """MEDI-19: the peer goes on with another SSRC, sequence and clock; we keep ours"""
        call = MediaCall(run).dial(600)
        call.say()
        call.hear(seconds=0.3)
        call.party.restart()
        heard = call.hear(seconds=0.4, mark=call.party.mark())
        Media.one_source(call.party.since())
        call.hang_up()
        return heard

    @row('MEDI-06', ONE)
    def test_packet_time(run):
        """MEDI-06: packets are as long as the peer asks for"""
        lengths = []
        for ptime in (10, 20, 30, 40, 60):
            call = MediaCall(run).begin(605, ptime=ptime).answered()
            packets = call.party.wait_for(lambda packets: packets if len(packets) > 20 else None,
                                          'packets')
            expect({len(packet.payload) for packet in packets if packet.payload_type == 0},
                   {8 * ptime}, f'bytes in {ptime} ms')
            steps = {(b.timestamp - a.timestamp) & 0xffffffff
                     for a, b in zip(packets, packets[1:])}
            # More where the machine let the daemon stand.
            expect(min(steps), 8 * ptime, f'step of the time stamp for {ptime} ms')
            heard = call.hear(700, seconds=0.2)
            call.hang_up()
            lengths.append(ptime)
        return f'{lengths} ms, {heard}'

    @row('MEDI-07', ONE)
    def test_other_payload_type(run):
        """MEDI-07: digits have the payload type of the peer, and of the answer"""
        call = MediaCall(run, formats=(0, 97)).dial(605)
        expect(call.remote.formats, [0, 97], 'formats')
        run.daemon.call(call.session, 'Session', 'SendDtmf', 'su', '8', 100)
        call.party.wait_for(lambda packets: any(
            each.ends == 3 for each in rtp.read_digits(packets, 97)), 'digit')
        found = rtp.read_digits(call.party.since(), 97)
        expect([each.digit for each in found], ['8'], 'digits')
        expect(rtp.read_digits(call.party.since(), 101), [], 'digits of another type')
        call.hang_up()

    @row('MEDI-14', ONE)
    def test_loss(run):
        """MEDI-14: what was lost is counted, and told to the peer by RTCP"""
        call = MediaCall(run).dial(600)
        call.party.lose_every = 9
        call.say()
        call.hear_packets(150)
        stream = f'{call.session}/stream/0'
        sent = call.party.stop()
        for _ in range(100):
            facts = run.daemon.get_all(stream, 'Stream')
            if facts['PacketsReceived'] + facts['PacketsLost'] >= sent - 1 and \
                    any(data[1] in (200, 201) for data, _ in call.party.reports):
                break
            call.seconds_pass(200)
        if not sent // 10 - 2 <= facts['PacketsLost'] <= sent // 10:
            raise Failure(f'{facts["PacketsLost"]} of {sent} packets lost')
        own = call.party.since()[0].ssrc.to_bytes(4, 'big')
        reports = [data for data, _ in call.party.reports if data[1] in (200, 201)]
        expect({data[4:8] for data in reports}, {own}, 'sources of reports')
        call.hang_up()
        return f'{facts["PacketsLost"]} of {sent}, {len(reports)} reports'


class Signalling(MatrixTestCase):
    config = anyone(('600', 'answer, echo'), ('603', 'ring, wait(5min)'))

    @row('CALL-65', TWO)
    def test_both_hang_up(run):
        """both ends hang up at once: both BYEs are answered"""
        call = MediaCall(run).dial(600)
        session = call.session
        run.daemon.call(session, 'Session', 'Hangup')
        bye = call.expect_request('BYE')
        call.hang_up()
        call.peer.respond(bye, 200)
        facts = run.ended(session)
        return f'ended by {facts["EndedBy"]}'

    @row('CORE-33', [('udp', 'ipv4'), ('udp', 'ipv6')])
    def test_lost_bye(run):
        """a BYE that is lost is sent again; one that comes twice is answered twice"""
        call = MediaCall(run).dial(600)
        run.daemon.call(call.session, 'Session', 'Hangup')
        first = call.peer.expect('BYE', 20, skip=(100, 200))
        call.peer.respond(call.peer.expect_retransmission(first, 20), 200)
        run.ended(call.session, EndedBy='local', EndStatus=200)
        other = MediaCall(run).dial(600)
        text = other.peer.send('BYE', call=other.call)
        response = other.expect_response(200, 'BYE')
        other.peer.send_raw(text)
        other.peer.expect_retransmission(response, 20)
        run.ended(other.session, EndedBy='remote', EndStatus=200)

    @row('CORE-33', [('udp', 'ipv4'), ('udp', 'ipv6')])
    def test_repeated_invite(run):
        """an INVITE that comes again after the answer is the same call"""
        call = MediaCall(run).begin(600)
        call.peer.send_raw(call.invite)
        response = call.expect_response(200)
        call.call.established(response)
        call.peer.expect_retransmission(response, 20)
        call.peer.send('ACK', call=call.call)
        expect(len(run.sessions(call.call.call_id)), 1, 'sessions')
        call.hang_up()
        run.ended(call.session, EndedBy='remote', EndStatus=200)

    @row('CALL-42', TWO)
    def test_late_cancel(run):
        """a CANCEL after the 200 changes nothing"""
        call = MediaCall(run).begin(600)
        response = call.expect_response(200)
        invite = [line for line in call.invite.split('\r\n') if line.startswith('Via')][0]
        call.peer.send('CANCEL', call=call.call, via=invite.partition(': ')[2],
                       cseq=call.call.cseq)
        answer = None
        while answer is None or answer.method != 'CANCEL':
            answer = call.peer.receive(20)
        call.call.established(response)
        call.peer.send('ACK', call=call.call)
        run.daemon.wait(call.session, 'active')
        call.remote = Description(response.body)
        call.say()
        heard = call.hear(seconds=0.2)
        call.hang_up()
        run.ended(call.session, EndedBy='remote', EndStatus=200)
        return f'{answer.status} to the CANCEL, {heard}'


class Waiting(MatrixTestCase):
    """Alone on its daemon: HoldAndAnswer holds all the others."""

    config = anyone(('603', 'ring, agent'))

    @row('CALL-60', ONE)
    def test_call_waiting(run):
        """CALL-60: HoldAndAnswer holds the call that is, and answers the one that waits"""
        first = MediaCall(run).begin(603)
        first.peer.expect(180, 20)
        second = MediaCall(run).begin(603)
        second.peer.expect(180, 20)
        run.daemon.call(first.session, 'Session', 'HoldAndAnswer')
        first.answered()
        run.daemon.call(first.session, 'Session', 'PlayTone', 's', '700')
        first.hear(700, seconds=0.2)
        waiting = second.in_background('HoldAndAnswer')
        offer = first.take_reinvite('recvonly')
        second.answered()
        waiting.result()
        expect(offer.direction, 'sendonly', 'the offer to the first')
        run.daemon.call(second.session, 'Session', 'PlayTone', 's', '900')
        heard = second.hear(900, seconds=0.2)
        expect([run.daemon.get(each.session, 'Session', 'Hold') for each in (first, second)],
               ['local', 'none'], 'Hold')
        second.hang_up()
        resume = first.in_background('Resume')
        first.take_reinvite()
        resume.result()
        first.hear(700, seconds=0.2, mark=first.party.mark())
        first.hang_up()
        return heard


if __name__ == '__main__':
    agent.main(200)
