# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs kamailio as a registrar that asks for a password, or as an edge proxy in front of one."""

import kamailio

MODULES = '''loadmodule "path.so"
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


class Server(kamailio.Server):
    """kamailio that takes commands."""

    modules = MODULES


class Registrar(Server):
    def __init__(self, password, realm='home', algorithm='MD5', shortest=1, port=None):
        super().__init__(REGISTRAR.format(password=password, realm=realm, algorithm=algorithm,
                                          shortest=shortest), port)


class Edge(Server):
    def __init__(self):
        super().__init__(EDGE.format())
