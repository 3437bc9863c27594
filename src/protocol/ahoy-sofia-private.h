/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

/* The one place that pulls in Sofia-SIP: every file agrees on what its handles carry as magic. */

#define SU_ROOT_MAGIC_T void
#define NTA_AGENT_MAGIC_T struct _AhoyStack
#define NTA_LEG_MAGIC_T struct _AhoyDialog
#define NTA_INCOMING_MAGIC_T struct _AhoyServerTransaction
#define NTA_OUTGOING_MAGIC_T struct _AhoyClientTransaction
#define NTA_RELIABLE_MAGIC_T struct _AhoyServerTransaction

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
