# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs kamailio: as a plain proxy that records its route, forks, and has a table of users."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import phone
from daemon import HOSTS, Lines
from sip_peer import Failure

# Once in some hundred times its end hangs: then it ends by its own clock.
HEAD = '''#!KAMAILIO
debug=2
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
exit_timeout=5
{listen}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "corex.so"
'''
CONFIG = '''{modules}
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


def children_of(pid):
    """The processes that a process has started itself."""
    found = []
    for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text('utf-8', 'replace').rpartition(')')[2].split()
        except OSError:
            continue  # it ended just now
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


class Server:
    """kamailio on one port of UDP and TCP, IPv4 and IPv6; text is what follows HEAD."""

    modules = ''  # more of them, which may keep something in its folder

    def __init__(self, text, port=None):
        self.text, self.folder = text, pathlib.Path(tempfile.mkdtemp(prefix='ahoy-kamailio-'))
        for _ in range(5):  # it cannot ask the kernel for a port; another process may be faster
            if self._start(port):
                return
        self.stop()
        raise Failure('kamailio does not start:\n' + self.report())

    def _start(self, port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(('127.0.0.1', port or 0))
            self.port = probe.getsockname()[1]
        listen = '\n'.join(f'listen={kind}:{host}:{self.port}' for kind in ('udp', 'tcp')
                           for host in ('127.0.0.1', '[::1]'))
        config = self.folder / 'kamailio.cfg'
        config.write_text(HEAD.format(listen=listen) + self.modules.format(folder=self.folder)
                          + self.text)
        self.process = subprocess.Popen(
            ['kamailio', '-DD', '-E', '-f', str(config), '-m', '16', '-M', '4', '-w',
             str(self.folder), '-Y', str(self.folder), '-P', str(self.folder / 'pid')],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors='replace')
        self.log = Lines(self.process.stdout)
        try:
            phone.until(lambda: self.process.poll() is not None or not any(
                is_free(host, kind, self.port) for host in HOSTS.values()
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)), self.report)
        except Failure:
            self.stop()
            raise
        if self.process.poll() is None:
            return True
        self.log.close()
        return False

    def uri(self, user, transport='udp', family='ipv4'):
        host = HOSTS[family]
        return (f'sip:{user + "@" if user else ""}{f"[{host}]" if ":" in host else host}:'
                f'{self.port}' + (';transport=tcp' if transport == 'tcp' else ''))

    def report(self):
        return '\n'.join(self.log.all[-60:])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                for child in children_of(self.process.pid):
                    os.kill(child, signal.SIGKILL)
                self.process.kill()
                self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Kamailio(Server):
    """A proxy with a table {user: [URI, …]}.

    With a realm it challenges, as `kind` says: "proxy" with 407, "www" with 401. One that is in
    a chain sends on along the route that a request brings. With edge it stands between phones and
    their registrar, in the path of what they register.
    """

    def __init__(self, table, realm=None, user='', password='', algorithm='MD5', kind='proxy',
                 qop='auth', chain=False, edge=False):
        more, guard, entries = EDGE_MODULES if edge else '', '', ''
        if realm is not None:
            more += MODULES.format(algorithm=algorithm, qop=qop)
            guard = GUARD.format(realm=realm, user=user, password=password, kind=kind)
        for name, uris in table.items():
            branches = ''.join(f'    append_branch("{uri}");\n' for uri in uris[1:])
            entries += ENTRY.format(user=name, first=uris[0], branches=branches)
        super().__init__(CONFIG.format(modules=more, guard=guard, table=entries,
                                       preloaded=PRELOADED if chain else '',
                                       edge=EDGE if edge else ''))

    def uri(self, user, family):
        return super().uri(user, family=family)
