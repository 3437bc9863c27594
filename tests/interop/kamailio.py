# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs kamailio as a plain proxy: it records its route, forks, and looks users up in a table."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

import phone
from daemon import HOSTS, Lines
from sip_peer import Failure

CONFIG = '''#!KAMAILIO
debug=2
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
{listen}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "corex.so"
{modules}
request_route {{
  if (!mf_process_maxfwd_header("10")) {{
    sl_send_reply("483", "Too Many Hops");
    exit;
  }}
  if (is_method("CANCEL")) {{
    if (t_check_trans()) {{
      t_relay();
    }}
    exit;
  }}
{edge}{guard}  if (has_totag()) {{
    if (loose_route() || (is_method("ACK") && t_check_trans())) {{
      t_relay();
      exit;
    }}
    if (!is_method("ACK")) {{
      sl_send_reply("481", "Not here");
    }}
    exit;
  }}
  t_check_trans();
{preloaded}  remove_hf("Route");
  if (is_method("INVITE")) {{
    record_route();
  }}
{table}
  sl_send_reply("404", "Not in the table");
}}
'''
# Who sends with this user in From has to prove it, in each request but those that nobody can ask.
MODULES = '''loadmodule "auth.so"
modparam("auth", "algorithm", "{algorithm}")
modparam("auth", "qop", "{qop}")
modparam("auth", "nonce_count", 1)
'''
GUARD = '''  if ($fU == "{user}" && !is_method("ACK|PRACK")) {{
    if (!pv_{kind}_authenticate("{realm}", "{password}", "0")) {{
      {kind}_challenge("{realm}", "1");
      exit;
    }}
    consume_credentials();
  }}
'''
# What comes with a route is sent along it.
PRELOADED = '''  if (is_present_hf("Route") && loose_route() && $du != $null) {
    record_route();
    t_relay();
    exit;
  }
'''
# Between phones and their registrar: it stays in the way of registrations (RFC 3327), and of calls.
EDGE_MODULES = '''loadmodule "path.so"
'''
EDGE = '''  if (is_method("REGISTER")) {
    remove_hf("Route");
    if ($proto == "tcp") {
      $du = $ru + ";transport=tcp";
    }
    add_path("edge", "ob");
    t_relay();
    exit;
  }
  if (!has_totag() && is_method("INVITE") && is_present_hf("Route")) {
    loose_route();
    record_route();
    t_relay();
    exit;
  }
'''
ENTRY = '''  if ($rU == "{user}") {{
    $ru = "{first}";
{branches}    t_relay();
    exit;
  }}
'''


def is_free(host, kind, port):
    with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, kind) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Kamailio:
    """A proxy with a table {user: [URI, …]}, on one port of UDP and TCP, IPv4 and IPv6.

    With a realm it challenges, as `kind` says: "proxy" with 407, "www" with 401. One that is in
    a chain sends on along the route that a request brings. With edge it stands between phones and
    their registrar, in the path of what they register.
    """

    def __init__(self, table, realm=None, user='', password='', algorithm='MD5', kind='proxy',
                 qop='auth', chain=False, edge=False):
        self.preloaded = PRELOADED if chain else ''
        self.edge = EDGE if edge else ''
        self.modules = EDGE_MODULES if edge else ''
        self.guard = ''
        if realm is not None:
            self.modules += MODULES.format(algorithm=algorithm, qop=qop)
            self.guard = GUARD.format(realm=realm, user=user, password=password, kind=kind)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ahoy-kamailio-'))
        text = ''
        for user, uris in table.items():
            branches = ''.join(f'    append_branch("{uri}");\n' for uri in uris[1:])
            text += ENTRY.format(user=user, first=uris[0], branches=branches)
        # It cannot ask the kernel for a port; another process may be faster.
        for _ in range(5):
            if self._start(text):
                return
        shutil.rmtree(self.folder, ignore_errors=True)
        raise Failure('kamailio does not start:\n' + self.report())

    def _start(self, table):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        listen = '\n'.join(f'listen={kind}:{host}:{self.port}' for kind in ('udp', 'tcp')
                           for host in ('127.0.0.1', '[::1]'))
        config = self.folder / 'kamailio.cfg'
        config.write_text(CONFIG.format(listen=listen, table=table, modules=self.modules,
                                        guard=self.guard, preloaded=self.preloaded, edge=self.edge))
        self.process = subprocess.Popen(
            ['kamailio', '-DD', '-E', '-f', str(config), '-m', '16', '-M', '4', '-w',
             str(self.folder), '-Y', str(self.folder), '-P', str(self.folder / 'pid')],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors='replace')
        self.log = Lines(self.process.stdout)

        def is_up():
            return self.process.poll() is not None or not any(
                is_free(host, kind, self.port) for host in HOSTS.values()
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM))
        try:
            phone.until(is_up, self.report)
        except Failure:
            self.stop()
            raise
        if self.process.poll() is None:
            return True
        self.process.stdout.close()
        return False

    def uri(self, user, family):
        host = HOSTS[family]
        return f'sip:{user}@{f"[{host}]" if ":" in host else host}:{self.port}'

    def report(self):
        return '\n'.join(self.log.all[-60:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
