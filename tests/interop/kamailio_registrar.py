# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs kamailio as a registrar that asks for a password, or as an edge proxy in front of one."""

import shutil
import socket
import subprocess
import tempfile
import pathlib

import kamailio
import phone
from daemon import HOSTS, Lines
from sip_peer import Failure

HEAD = '''#!KAMAILIO
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
loadmodule "path.so"
loadmodule "ctl.so"
modparam("ctl", "binrpc", "unix:{folder}/ctl")
loadmodule "kex.so"
'''
IN_DIALOG = '''
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
  if (has_totag()) {{
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
'''
REGISTRAR = '''
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "use_path", 1)
modparam("registrar", "min_expires", {shortest})
modparam("auth", "algorithm", "{algorithm}")
''' + IN_DIALOG + '''
  if (is_method("REGISTER")) {{
    if (!pv_www_authenticate("{realm}", "{password}", "0") || $au != $tU) {{
      www_challenge("{realm}", "1");
      exit;
    }}
    append_to_reply("Service-Route: <sip:$Ri:$Rp;transport=$proto;lr>\\r\\n");
    save("location");
    exit;
  }}
  if (!pv_proxy_authenticate("{realm}", "{password}", "0")) {{
    proxy_challenge("{realm}", "1");
    exit;
  }}
  consume_credentials();
  loose_route();
  if (is_method("INVITE")) {{
    record_route();
  }}
  if (!lookup("location")) {{
    sl_send_reply("404", "Not registered");
    exit;
  }}
  t_relay();
}}
'''
# It stays in the path of what the registrar sends to those who came by it.
EDGE = IN_DIALOG + '''
  if (is_method("REGISTER")) {{
    add_path();
  }}
  if (loose_route()) {{
    if (is_method("INVITE")) {{
      record_route();
    }}
    t_relay();
    exit;
  }}
  if (is_method("INVITE")) {{
    record_route();
  }}
  t_relay();
}}
'''


class Server:
    """kamailio on one port of UDP and TCP, IPv4 and IPv6."""

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
        config.write_text(HEAD.format(listen=listen, folder=self.folder) + self.text)
        self.process = subprocess.Popen(
            ['kamailio', '-DD', '-E', '-f', str(config), '-m', '16', '-M', '4', '-w',
             str(self.folder), '-Y', str(self.folder), '-P', str(self.folder / 'pid')],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors='replace')
        self.log = Lines(self.process.stdout)
        phone.until(lambda: self.process.poll() is not None or not any(
            kamailio.is_free(host, kind, self.port) for host in HOSTS.values()
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)), self.report)
        if self.process.poll() is None:
            return True
        self.process.stdout.close()
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
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Registrar(Server):
    def __init__(self, password, realm='home', algorithm='MD5', shortest=1, port=None):
        super().__init__(REGISTRAR.format(password=password, realm=realm, algorithm=algorithm,
                                          shortest=shortest), port)


class Edge(Server):
    def __init__(self):
        super().__init__(EDGE.format())
