/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"
#include "ahoy-uri.h"

G_BEGIN_DECLS

#define AHOY_REGISTER_MAX_CONTACTS 100 /* in one request */

/* No expiration was asked for, or one that is no number of 32 bits. */
#define AHOY_REGISTER_UNSAID (-1)

/* One value of Contact in a REGISTER. */
typedef struct {
  AhoyUri *uri; /* sip or sips, without headers */
  char *text;   /* the same */
  gint64 expires; /* seconds, AHOY_REGISTER_UNSAID for that of the whole request */
  guint q;        /* 0 to 1000 */
  char *instance; /* NULL, or +sip.instance as it was written, without its quotes */
  guint reg_id;   /* 0 for none */
  char *params;   /* the other parameters, as in ;methods="INVITE"; NULL for none */
} AhoyRegisterContact;

/* What a REGISTER asks for (RFC 3261 §10.3), checked. */
typedef struct {
  char *aor; /* the user of To, and its host */
  char *domain;
  char *call_id;
  guint cseq;
  gint64 expires; /* seconds, AHOY_REGISTER_UNSAID for the default */
  gboolean all;   /* Contact: *, with an expiration of 0 */
  GPtrArray *contacts; /* AhoyRegisterContact; empty for a question */
  char **path;         /* in the order of Route; NULL for none */
  char *user_agent;
  gboolean knows_path;     /* Supported: path */
  gboolean knows_outbound; /* Supported: outbound */
  gboolean has_flow;       /* some contact has a reg-id */
  gboolean first_hop;      /* where it matters: nobody is between it and us */
} AhoyRegisterRequest;

/* Why a REGISTER is refused. */
typedef struct {
  guint status; /* 0: it is not */
  const char *reason;
  const char *header; /* NULL, or the header that says more */
  char *value;
} AhoyRegisterRefusal;

void ahoy_register_refusal_clear (AhoyRegisterRefusal *self);
void ahoy_register_refuse (AhoyRegisterRefusal *self, guint status, const char *reason);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyRegisterRefusal, ahoy_register_refusal_clear)

AhoyRegisterRequest *ahoy_register_request_parse (AhoyMessage *message,
                                                  AhoyRegisterRefusal *refusal);
void ahoy_register_request_free (AhoyRegisterRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRegisterRequest, ahoy_register_request_free)

G_END_DECLS
