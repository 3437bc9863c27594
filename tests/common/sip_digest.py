# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""HTTP digest as RFC 7616 and RFC 8760 say it: MD5, SHA-256, SHA-512-256, -sess, auth, auth-int."""

import hashlib
import re

HASHES = {'MD5': 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512_256'}


def _hash(algorithm, data):
    digest = hashlib.new(HASHES[algorithm])
    digest.update(data if isinstance(data, bytes) else data.encode())
    return digest.hexdigest()


def parse_challenge(value):
    """`Digest realm="a", nonce="b"` → ('Digest', {'realm': 'a', 'nonce': 'b'})."""
    scheme, _, rest = value.strip().partition(' ')
    pattern = r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))'
    return scheme, {name.lower(): re.sub(r'\\(.)', r'\1', quoted) if quoted else token
                    for name, quoted, token in re.findall(pattern, rest)}


def digest_response(method, uri, username, password, realm, nonce, algorithm='MD5', qop=None,
                    cnonce=None, nc='00000001', body=b''):
    """The value of `response=`."""
    base = algorithm.upper()
    session = base.endswith('-SESS')
    base = base[:-5] if session else base
    ha1 = _hash(base, '%s:%s:%s' % (username, realm, password))
    if session:
        ha1 = _hash(base, '%s:%s:%s' % (ha1, nonce, cnonce))
    a2 = '%s:%s' % (method, uri)
    if qop == 'auth-int':
        a2 += ':' + _hash(base, body)
    ha2 = _hash(base, a2)
    if qop:
        return _hash(base, ':'.join((ha1, nonce, nc, cnonce, qop, ha2)))
    return _hash(base, ':'.join((ha1, nonce, ha2)))


def authorization(challenge, method, uri, username, password, body=b'', cnonce='0a4f113b',
                  nc='00000001', **changes):
    """The value of (Proxy-)Authorization which answers a (WWW|Proxy)-Authenticate value.

    Keyword arguments replace a parameter after the computation: response='0' * 32 forges one.
    """
    scheme, params = parse_challenge(challenge)
    if scheme.lower() != 'digest':
        raise ValueError('the challenge "%s" is not Digest' % challenge)
    algorithm = params.get('algorithm', 'MD5')
    offered = [item.strip() for item in params.get('qop', '').split(',') if item.strip()]
    qop = 'auth' if 'auth' in offered else (offered[0] if offered else None)
    response = digest_response(method, uri, username, password, params['realm'], params['nonce'],
                               algorithm, qop, cnonce, nc, body)
    quoted = {'username': username, 'realm': params['realm'], 'nonce': params['nonce'],
              'uri': uri, 'response': response}
    plain = {}
    if 'algorithm' in params:
        plain['algorithm'] = algorithm
    if 'opaque' in params:
        quoted['opaque'] = params['opaque']
    if qop:
        plain.update(qop=qop, nc=nc)
        quoted['cnonce'] = cnonce
    for name, value in changes.items():
        (plain if name in plain else quoted)[name] = value
    items = ['%s="%s"' % (name, re.sub(r'(["\\])', r'\\\1', value))
             for name, value in quoted.items()]
    items += ['%s=%s' % item for item in plain.items()]
    return 'Digest ' + ', '.join(items)
