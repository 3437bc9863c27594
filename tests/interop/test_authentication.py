# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""CALL-44, CALL-47, CALL-48: the test plan's calls of endpoints that prove who they are, by sipp.

Every combination of identification and account has a daemon of its own; its calls run over UDP and
TCP, IPv4 and IPv6, with an offer and without one, played to and echoed, and the sound is measured.
"""

import hashlib
import pathlib
import tempfile

import agent
import sip_digest
import tone
from daemon import TRANSPORTS
from matrix import MatrixTestCase, row
from sip_peer import Failure

FOLDER = tempfile.TemporaryDirectory()
HERE = pathlib.Path(FOLDER.name)
PLAYED = 1000  # Hz
tone.write(HERE / 'tone.wav', PLAYED, 1)
HASH = hashlib.md5(b'bob:ahoy:secret').hexdigest()
KEYS = {'none': 'auth=none', 'userpass': 'password=secret', 'md5': f'password-md5={HASH}'}
# Who says a name that needs no proof has to come from where that endpoint is.
MEANS = {'user': 'identify=username', 'host': 'identify=ip\nmatch=127.0.0.1;::1'}
CONFIG = f'''
[core]
overload-delay=0
sounds-directory={FOLDER.name}
unknown-source={{unknown}}
auth-algorithms=MD5
''' + TRANSPORTS + '''
[endpoint bob]
username=bob
allow=call
context=demo
{keys}
[route echo]
context=demo
match=600
do=answer, echo
[route play]
context=demo
match=601
do=answer, play(tone.wav), hangup
'''

HEADERS = '''Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:{user}@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {cseq}
Max-Forwards: 70
'''
SDP = '''Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [own_rtp] RTP/AVP 0
'''
NOTHING = 'Content-Length: 0\n\n'
OK = '''SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

'''


def send(text, **keys):
    attributes = ''.join(f' {name}="{value}"' for name, value in keys.items())
    return f'  <send{attributes}><![CDATA[\n\n{text}\n]]></send>\n'


def invite(user, cseq, sdp, credentials=''):
    contact = f'Contact: <sip:{user}@[local_ip]:[local_port];transport=[transport]>\n'
    return send('INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n'
                + HEADERS.format(user=user, tag='', cseq=f'{cseq} INVITE') + contact + credentials
                + (SDP if sdp else NOTHING), retrans='500')


def refusal(user, cseq, status, challenge=False):
    """A final response that is no 2xx, and its ACK."""
    auth = ' auth="true"' if challenge else ''
    return ('  <recv response="100" optional="true"/>\n'
            f'  <recv response="{status}"{auth}/>\n'
            + send('ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n'
                   + HEADERS.format(user=user, tag='[peer_tag_param]', cseq=f'{cseq} ACK')
                   + NOTHING))


def established(user, cseq, sdp):
    """A 200 and its ACK, which answers an offer when the INVITE had none."""
    return ('  <recv response="100" optional="true"/>\n  <recv response="200" rrs="true"/>\n'
            + send('ACK [next_url] SIP/2.0\n'
                   + HEADERS.format(user=user, tag='[peer_tag_param]', cseq=f'{cseq} ACK')
                   + (NOTHING if sdp else SDP)))


def ended(user, cseq, by_us):
    """BYE of the daemon, or of sipp when an INFO has told it to hang up."""
    if not by_us:
        return '  <recv request="BYE"/>\n' + send(OK) + '  <timewait milliseconds="200"/>\n'
    return ('  <recv request="INFO"/>\n' + send(OK)
            + send('BYE [next_url] SIP/2.0\n'
                   + HEADERS.format(user=user, tag='[peer_tag_param]', cseq=f'{cseq} BYE')
                   + NOTHING, retrans='500')
            + '  <label id="1"/>\n  <recv request="INFO" optional="true" next="1"/>\n'
              '  <recv response="200"/>\n')


def write(name, *parts):
    """Writes a scenario; its name for sipp, without the suffix."""
    (HERE / f'{name}.xml').write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<scenario name="{name}">\n{"".join(parts)}</scenario>\n', 'utf-8')
    return str(HERE / name)


def credentials(username='bob', password='secret'):
    return f'[authentication username={username} password={password}]\n'


def calling(user, account, sdp, by_us):
    """A scenario of a whole call, with an answer to the challenge when there is one."""
    name = f'{user}-{account}-{sdp}-{by_us}'
    if account == 'none':
        return write(name, invite(user, 1, sdp), established(user, 1, sdp), ended(user, 2, by_us))
    return write(name, invite(user, 1, sdp), refusal(user, 1, 401, True),
                 invite(user, 2, sdp, credentials()), established(user, 2, sdp),
                 ended(user, 3, by_us))


def refused(run, *parts):
    """Runs a scenario in which no call begins."""
    name = f'refused-{run.frequency}-{run.transport}-{run.family}'
    run.succeed(run.sipp_calls(write(name, *parts), 600, run.rtp()))
    if run.sessions():
        raise Failure('there was a session')


def played(scenario, run):
    party = run.rtp()
    sipp = run.sipp_calls(scenario, 601, party)
    heard = party.hear(PLAYED, 0.7)
    run.ended(run.session(), EndedBy='local', EndStatus=200)
    run.succeed(sipp)
    return heard


def echoed(scenario, run):
    party = run.rtp()
    sipp = run.sipp_calls(scenario, 600, party)
    session = run.session()
    run.daemon.wait(session, 'active')
    party.send_tone(run.media_address(session), run.frequency)
    heard = party.hear(run.frequency, 0.5)
    run.tell_to_hang_up(session)
    run.succeed(sipp)
    run.ended(session, EndedBy='remote', EndStatus=200)
    return heard


def make_test(means, account, sdp, what):
    scenario = calling('bob' if means == 'user' else 'somebody', account, sdp, what is echoed)

    def test(run):
        return what(scenario, run)
    test.__name__ = f'test_{what.__name__}_{"offer" if sdp else "late"}_{means}_{account}'
    test.__doc__ = (f'CALL-44: a sound is {what.__name__} {"with" if sdp else "without"} an offer, '
                    f'known by {means}, {account}')
    return row('CALL-44')(test)


def make_case(means, account):
    keys = KEYS[account] + '\n' + MEANS[means]
    if means == 'user' and account == 'none':
        keys += '\nmatch=127.0.0.1;::1'
    body = {'config': CONFIG.format(unknown='403', keys=keys)}
    for sdp in (True, False):
        for what in (played, echoed):
            test = make_test(means, account, sdp, what)
            body[test.__name__] = test
    return type(f'By_{means}_{account}', (MatrixTestCase,), body)


for _means in MEANS:
    for _account in KEYS:
        globals()[f'By_{_means}_{_account}'] = make_case(_means, _account)


class Unknown(MatrixTestCase):
    config = CONFIG.format(unknown='403', keys='password=secret')

    @row('CALL-47')
    def test_unknown(run):
        """CALL-47: who is no endpoint gets 403"""
        refused(run, invite('nobody', 1, True), refusal('nobody', 1, 403))


def foreign_realm(run):
    """Credentials with the right password, and a nonce of the daemon, for another realm."""
    with run.peer() as peer:
        request = peer.build('OPTIONS', from_=f'<sip:bob@{peer.address}>;tag=1')
        peer.send(request)
        value = peer.expect(401).all('www-authenticate')[0]
        uri = 'sip:600@example.org'
        return 'Authorization: ' + sip_digest.authorization(
            value.replace('realm="ahoy"', 'realm="elsewhere"'), 'INVITE', uri, 'bob',
            'secret') + '\n'


def wrong_at_first(run, **wrong):
    """A call with something wrong, and then with nothing wrong, which is taken."""
    name = f'wrong-{run.frequency}-{run.transport}-{run.family}'
    run.succeed(run.sipp_calls(write(
        name, invite('bob', 1, True), refusal('bob', 1, 401, True),
        invite('bob', 2, True, credentials(**wrong)), refusal('bob', 2, 401, True),
        invite('bob', 3, True, credentials()), established('bob', 3, True),
        send('BYE [next_url] SIP/2.0\n'
             + HEADERS.format(user='bob', tag='[peer_tag_param]', cseq='4 BYE') + NOTHING,
             retrans='500'), '  <recv response="200"/>\n'), 600, run.rtp()))


def wrong_password(run):
    wrong_at_first(run, password='wrong')


def wrong_user(run):
    wrong_at_first(run, username='eve')


def wrong_realm(run):
    refused(run, invite('bob', 1, True, foreign_realm(run)), refusal('bob', 1, 401))


def make_failures(account):
    """The three kinds of failures of an account."""
    body = {'config': CONFIG.format(unknown='401', keys=KEYS[account])}
    for what in (wrong_password, wrong_user, wrong_realm):
        def test(run, what=what):
            what(run)
        test.__name__ = f'test_{what.__name__}_{account}'
        test.__doc__ = f'CALL-48: a {what.__name__.replace("_", " ")} with {account}: 401'
        body[test.__name__] = row('CALL-48')(test)
    return type(f'Failures_{account}', (MatrixTestCase,), body)


for _account in ('userpass', 'md5'):
    globals()[f'Failures_{_account}'] = make_failures(_account)


if __name__ == '__main__':
    agent.main(200)
