/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction-private.h"
#include "ahoy-hmac-private.h"
#include "ahoy-listener-private.h"
#include "ahoy-message-private.h"
#include "ahoy-reply-cache-private.h"
#include "ahoy-root-source-private.h"
#include "ahoy-server-transaction-private.h"
#include "ahoy-sofia-private.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-stack-prover-private.h"
#include "ahoy-stack.h"
#include "ahoy-wire-tap-private.h"

G_BEGIN_DECLS

struct _AhoyStack {
  GObject parent_instance;

  AhoyOwner *owner;
  AhoyExtensionRegistry *extensions;
  AhoyScheduler *scheduler;
  AhoyResolver *resolver;

  AhoyRoot root;
  nta_agent_t *agent;
  GPtrArray *listeners; /* AhoyListener */
  GHashTable *tracked;  /* objects that Sofia points to; a reference each */
  AhoyReplyCache *replies;
  guint64 expire_job;
  EVP_MAC_CTX *tag_hmac; /* has its secret */

  const AhoyStackGate *gate;
  gpointer gate_data;
  const AhoyStackProver *prover;
  gpointer prover_data;

  GPtrArray *malformed; /* messages to be told of */
  GPtrArray *closing;   /* peers whose connection is to be closed */
  guint64 admission_job;

  GHashTable *connections; /* tport_t that peers opened and that are still open */
  GPtrArray *closed;       /* those that are not, to be told of */
  guint64 closed_job;

  GPtrArray *wire_taps;
  guint last_wire_tap;
  gboolean wire_tap_on; /* what the agent was told last */
  AhoyWireAddress wire_addresses[64];

  char *user_agent;
  GPtrArray *option_tags;
  guint t1;
  guint t1x64;
  guint max_forwards;
  guint tcp_switch_size;
  gboolean compact_headers;
  char **headers; /* “Name: value”, in messages outside of dialogs */

  guint64 requests_received;
  guint64 requests_refused;
  guint64 not_admitted;
  guint64 replies_repeated;
};

/* stack */
void ahoy_stack_track (AhoyStack *self, GObject *object);
void ahoy_stack_untrack (AhoyStack *self, GObject *object);
char *ahoy_stack_make_tag (AhoyStack *self, const sip_t *request);
void ahoy_stack_outgoing (AhoyStack *self, AhoyMessage *message);
void ahoy_stack_incoming (AhoyStack *self, AhoyServerTransaction *transaction);
void ahoy_stack_notice (AhoyStack *self, AhoyMessage *request);
gboolean ahoy_stack_incoming_response (AhoyStack *self, AhoyMessage *response);
void ahoy_stack_send_reply (AhoyStack *self, AhoyMessage *request, AhoyMessage *response,
                            tport_t *tport);
void ahoy_stack_remember_reply (AhoyStack *self, const char *key, AhoyMessage *response);
void ahoy_stack_forget_reply (AhoyStack *self, const char *key);

gboolean ahoy_stack_can_prove (AhoyStack *self, AhoyMessage *request);
void ahoy_stack_authorize (AhoyStack *self, AhoyMessage *request);
gboolean ahoy_stack_challenged (AhoyStack *self, AhoyMessage *request, AhoyMessage *response,
                                guint round);

void ahoy_stack_response_made (AhoyStack *self, AhoyMessage *request, AhoyMessage *response);

/* wire tap */
void ahoy_wire_tap_apply (AhoyStack *self);
void ahoy_wire_tap_forget (AhoyStack *self);
GSocketAddress *ahoy_wire_tap_find_source (AhoyStack *self, msg_t *msg);

/* receive */
int ahoy_stack_receive (AhoyStack *self, nta_agent_t *agent, msg_t *msg, sip_t *sip);

/* door */
msg_mclass_t const *ahoy_door_get_mclass (void);
typedef struct {
  guint status;
  const char *reason;
  const char *header; /* with status 416 and 420: what to tell the peer */
  char *value;
} AhoyRefusal;
gboolean ahoy_door_check (AhoyStack *self, const sip_t *sip, AhoyRefusal *refusal);
gboolean ahoy_door_check_require (AhoyStack *self, const sip_t *sip, AhoyRefusal *refusal);
gboolean ahoy_door_check_dialog (const sip_t *sip, const char **reason);
void ahoy_stack_refuse (AhoyStack *self, AhoyServerTransaction *transaction, AhoyRefusal *refusal);

/* admission */
void ahoy_admission_init (AhoyStack *self);
void ahoy_admission_clear (AhoyStack *self);
void ahoy_admission_finalize (AhoyStack *self);
gboolean ahoy_admission_check (msg_t *msg, sip_t *sip);

/* connections */
void ahoy_connections_init (AhoyStack *self);
void ahoy_connections_clear (AhoyStack *self);
void ahoy_connections_finalize (AhoyStack *self);
void ahoy_connections_watch (AhoyStack *self, tport_t *tport);
char *ahoy_connections_keep (AhoyStack *self, AhoyNextHop *hop, guint keep_alive);
tport_t *ahoy_stack_find_connection (AhoyStack *self, AhoyNextHop *hop);
void ahoy_stack_emit_connection_closed (AhoyStack *self, const char *address,
                                        const char *transport);

/* transactions */
AhoyServerTransaction *ahoy_server_transaction_new_stateless (AhoyStack *stack, msg_t *msg,
                                                              tport_t *tport, const char *key);
AhoyServerTransaction *ahoy_server_transaction_new_stateful (AhoyStack *stack,
                                                             nta_incoming_t *irq);
void ahoy_server_transaction_abandon (AhoyServerTransaction *self);
void ahoy_server_transaction_set_dialog (AhoyServerTransaction *self, AhoyDialog *dialog);
nta_incoming_t *ahoy_server_transaction_peek_irq (AhoyServerTransaction *self);
void ahoy_dialog_deliver (AhoyDialog *self, AhoyServerTransaction *transaction);
void ahoy_client_transaction_abandon (AhoyClientTransaction *self);
guint32 ahoy_dialog_take_cseq (AhoyDialog *self);
void ahoy_stack_ack_and_bye (AhoyStack *self, const sip_t *response, AhoyMessage *invite);

G_END_DECLS
