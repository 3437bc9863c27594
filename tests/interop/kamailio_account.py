# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Runs kamailio as a customer: phones register with it, and it registers with us for them.

Its module uac makes the registrations, and proves with digest who calls and writes.
"""

import os
import pathlib
import subprocess
import tempfile

from kamailio_registrar import IN_DIALOG, Server
from sip_ladder import format_address

MODULES = '''
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "db_text.so"
loadmodule "uac.so"
modparam("usrloc", "db_mode", 0)
modparam("uac", "reg_db_url", "text://{database}")
modparam("uac", "reg_contact_addr", "127.0.0.1:5060")
modparam("uac", "reg_timer_interval", 1)
modparam("uac", "reg_retry_interval", 2)
modparam("uac", "auth_username_avp", "$avp(name)")
modparam("uac", "auth_password_avp", "$avp(password)")
modparam("uac", "auth_realm_avp", "$avp(realm)")
'''
# What comes for an account goes to the phone of its name; what phones send goes to us, with the
# account's password when that is asked for.
RELAY = '''
  if (is_method("REGISTER")) {{
    save("location");
    exit;
  }}
  remove_hf("Route");
  if (is_method("INVITE")) {{
    record_route();
  }}
  if (uac_reg_lookup("$rU", "$ru")) {{
    if (!lookup("location")) {{
      sl_send_reply("480", "No phone");
      exit;
    }}
    t_relay();
    exit;
  }}
{ways}
  sl_send_reply("404", "No account");
}}
failure_route[PROVE] {{
  if (t_is_canceled()) {{
    exit;
  }}
  if (t_check_status("401|407") && uac_auth()) {{
    t_relay();
  }}
}}
'''
WAY = '''
  if ($fU == "{user}") {{
    $rd = "{host}";
    $rp = "{port}";
    $du = "sip:{address};transport={transport}";
    $avp(name) = "{user}";
    $avp(password) = "{password}";
    $avp(realm) = "{realm}";
    t_on_failure("PROVE");
    t_relay();
    exit;
  }}
'''
# The module wants a database, though its table stays empty: accounts are added by command.
VERSION = 'table_name(string) table_version(int)\nuacreg:5\n'
COLUMNS = ('id(int,auto) l_uuid(string) l_username(string) l_domain(string) r_username(string) '
           'r_domain(string) realm(string) auth_username(string) auth_password(string) '
           'auth_ha1(string) auth_proxy(string) expires(int) flags(int) reg_delay(int) '
           'contact_addr(string) socket(string)\n')


class Account:
    """What kamailio registers: a user of ours at an address (host, port), by a transport."""

    def __init__(self, user, password, realm, path, address, expires):
        self.user, self.password, self.realm = user, password, realm
        self.transport, self.family = path
        self.address, self.expires = address, expires

    def way(self):
        host = f'[{self.address[0]}]' if ':' in self.address[0] else self.address[0]
        return WAY.format(user=self.user, password=self.password, realm=self.realm, host=host,
                          port=self.address[1], address=format_address(self.address),
                          transport=self.transport)

    def fields(self, server):
        """What the command uac.reg_add takes; the contact is at kamailio itself."""
        tail = ';transport=tcp' if self.transport == 'tcp' else ''
        own = server.uri('', self.transport, self.family).removeprefix('sip:')
        host = own.partition(';')[0]
        return [self.user, self.user, host, self.user, format_address(self.address), self.realm,
                self.user, self.password, '.', f'sip:{format_address(self.address)}{tail}',
                str(self.expires), '0', '0', f'{self.transport}:{host}', own]


class Customer(Server):
    """kamailio with accounts, which it registers."""

    def __init__(self, accounts):
        self.accounts = accounts
        self.database = tempfile.TemporaryDirectory(prefix='ahoy-uacreg-')
        folder = pathlib.Path(self.database.name)
        (folder / 'version').write_text(VERSION)
        (folder / 'uacreg').write_text(COLUMNS)
        super().__init__(MODULES.format(database=folder) + IN_DIALOG.format()
                         + RELAY.format(ways=''.join(one.way() for one in accounts)))
        for one in accounts:  # only now its port is known
            self.command('uac.reg_add', *one.fields(self))

    def command(self, name, *arguments):
        """Runs a command of kamailio; what it prints."""
        done = subprocess.run(['/usr/sbin/kamcmd', '-s', f'unix:{self.folder}/ctl', name,
                               *arguments], capture_output=True, text=True, timeout=30,
                              check=False, env=dict(os.environ))
        return done.stdout + done.stderr

    def stop(self):
        super().stop()
        self.database.cleanup()
