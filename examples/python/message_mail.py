#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Mails the text message that a route hands to it:

    [message-route mail]
    match=office
    do=exec(/usr/share/doc/ahoy/examples/message_mail.py, office@example.org)

Usage: message_mail.py RECIPIENT [HOST:PORT], by default the mail server of this host.
"""

import email.message
import os
import smtplib
import sys

EX_TEMPFAIL = 75  # the sender may try later

mail = email.message.EmailMessage()
mail['To'] = sys.argv[1]
mail['From'] = f'messages@{os.uname().nodename}'
mail['Subject'] = os.environ['AHOY_MESSAGE_SUBJECT'] or 'Message from a phone'
mail.set_content(f'{os.environ["AHOY_MESSAGE_FROM_NAME"]} <{os.environ["AHOY_MESSAGE_FROM"]}> '
                 f'wrote to {os.environ["AHOY_MESSAGE_TO"]}:\n\n'
                 + sys.stdin.buffer.read().decode(errors='replace'))
host, _, port = (sys.argv[2] if len(sys.argv) > 2 else 'localhost:25').rpartition(':')
try:
    with smtplib.SMTP(host, int(port), timeout=5) as server:
        server.send_message(mail)
except OSError as error:
    print(f'message_mail.py: {error}', file=sys.stderr)
    sys.exit(EX_TEMPFAIL)
