/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction-private.h"
#include "ahoy-datastore.h"
#include "ahoy-dialog-private.h"
#include "ahoy-extension-registry.h"
#include "ahoy-server-transaction-private.h"
#include "ahoy-session-service.h"
#include "ahoy-session-stream-private.h"
#include "ahoy-session.h"

G_BEGIN_DECLS

/* A request of the peer passed the supplements, or (!@go_on) was answered on the way. */
typedef void (*AhoySessionPassed) (AhoySession *self, AhoyServerTransaction *transaction,
                                   gboolean go_on);

typedef enum {
  AHOY_OFFER_NONE,   /* nothing is being negotiated */
  AHOY_OFFER_LOCAL,  /* our offer waits for an answer */
  AHOY_OFFER_REMOTE, /* the peer's offer waits for ours */
} AhoyOfferState;

/* One early or confirmed dialog of an outgoing attempt: a To tag. */
typedef struct {
  AhoyDialog *dialog; /* NULL when it is over */
  char *tag;
  char *target; /* who answers: the remote target */
  guint status; /* the last one */
  guint rseq;
  AhoySdpSession *answer; /* what it said so far, in a provisional response */
} AhoySessionFork;

/* One INVITE transaction of an outgoing session: a contact, or a target of a redirect. */
typedef struct {
  AhoySession *session; /* not a reference */
  AhoyClientTransaction *transaction;
  char *target;
  GPtrArray *forks; /* AhoySessionFork */
  guint status;
  gboolean done;
} AhoySessionBranch;

struct _AhoySession {
  GObject parent_instance;

  AhoySessionService *service; /* not a reference; NULL when the session is over */
  AhoyStack *stack;
  guint64 id;
  AhoySessionDirection direction;
  AhoySessionState state;
  gboolean early_media;
  char *call_id;
  char *from; /* what stands in From of an outgoing call: a URI or name-addr */
  char *local_uri;
  char *remote_uri;
  char *remote_name;
  char *target;
  AhoyMessage *invite;
  GHashTable *variables;
  AhoyDatastore *datastore;
  AhoyEndpoint *endpoint;
  gboolean endpoint_counted; /* among its active sessions */

  /* when, in µs since 1970 */
  gint64 created_at;
  gint64 answered_at;
  gint64 ended_at;

  /* what was answered to the INVITE last */
  guint answer_status;
  char *answer_reason;
  GPtrArray *added; /* alternating names and values for what we send */

  /* how it ended */
  guint end_status;
  char *end_reason;
  AhoySessionParty ended_by;

  AhoyDialog *dialog;
  GPtrArray *begun; /* AhoyExtension: the supplements that saw the session begin */

  /* callee */
  AhoyServerTransaction *invite_transaction; /* of an INVITE that has no ACK yet, re-INVITEs too */
  gboolean wants_bye;        /* hung up between 200 and ACK */
  GQueue provisionals;       /* AhoyMessage: reliable responses that wait for a PRACK before them */
  gboolean prack_pending;
  gboolean answer_pending;   /* answered while a PRACK was outstanding */
  gboolean reliable;         /* the caller requires 100rel */
  gboolean offer_unread;     /* what the INVITE offers was not looked at yet */

  /* caller */
  GPtrArray *branches; /* AhoySessionBranch */
  GPtrArray *headers;  /* alternating names and values for the INVITE */
  GVariant *last_branches; /* what became of them, when they are gone */
  char *listener;      /* the transport that the INVITE leaves by; NULL: any */
  char **route;        /* the proxies that the INVITE passes first */
  GPtrArray *contacts; /* AhoyContact: those that are called; NULL: the target is */
  gboolean branching;  /* more branches follow, whatever becomes of the first ones */
  gboolean late_offer;
  gboolean hanging_up;
  char *hangup_reason; /* Reason of the CANCEL or BYE */
  int max_forwards;    /* of the INVITE; -1 for that of the stack */
  guint redirects;
  guint best_status;
  char *best_reason;
  char *early_tag; /* the To tag of the fork whose early media is heard */
  guint64 answer_timer;
  guint64 silence_timer; /* until anything answers the INVITE */
  guint64 cancel_timer;

  /* offer and answer */
  AhoyOfferState offer_state;
  AhoySdpSession *local_sdp;
  AhoySdpSession *remote_sdp;
  AhoySdpSession *pending_local;
  AhoySdpSession *pending_remote;
  GPtrArray *streams; /* AhoySessionStream */
  guint agreed_streams;
  gboolean applied; /* handlers were told of something that is not agreed on yet */
  gboolean local_hold;
  gboolean agreed_hold;
  gboolean remote_hold;

  /* modification */
  AhoyClientTransaction *modify; /* a re-INVITE or UPDATE of ours */
  GQueue modifications;          /* Modification: waiting for their turn */
  GTask *modifying;
  guint64 retry_timer;
  GQueue pending;      /* of the peer, on their way through the supplements */
  GPtrArray *requests; /* AhoyServerTransaction: shown to the supplements right now */
  GPtrArray *sent;     /* AhoyClientTransaction: in-dialog requests of ours without an answer */

  /* digits by INFO */
  GQueue digits;       /* that wait */
  gboolean digit_sent; /* and has no answer yet */
};

/* session */
AhoySession *ahoy_session_new (AhoySessionService *service, AhoySessionDirection direction);
void ahoy_session_join_service (AhoySession *self, AhoySessionService *service);
void ahoy_session_give_up (AhoySession *self, const char *reason);
void ahoy_session_set_state (AhoySession *self, AhoySessionState state, guint status,
                             const char *reason);
void ahoy_session_set_early_media (AhoySession *self);
void ahoy_session_set_end (AhoySession *self, AhoySessionParty by, guint status,
                           const char *reason);
void ahoy_session_end (AhoySession *self);
void ahoy_session_cancel_silence_timer (AhoySession *self);
void ahoy_session_set_remote (AhoySession *self, AhoyMessage *message);
void ahoy_session_media_changed (AhoySession *self);
void ahoy_session_emit_request (AhoySession *self, AhoyMessage *request);

/* endpoint */
void ahoy_session_mark_dialog (AhoySession *self, AhoyDialog *dialog);
void ahoy_session_leave_endpoint (AhoySession *self);
gboolean ahoy_session_follows_forks (AhoySession *self);
gboolean ahoy_session_follows_source (AhoySession *self, AhoyMessage *invite);
const char *ahoy_session_get_contact_user (AhoySession *self);

/* digits */
void ahoy_session_take_info (AhoySession *self, AhoyMessage *request);
void ahoy_session_drop_digits (AhoySession *self);

/* chain */
gboolean ahoy_session_ask_to_create (AhoySession *self, AhoySessionService *service,
                                     GError **error);
void ahoy_session_begin_supplements (AhoySession *self);
void ahoy_session_end_supplements (AhoySession *self);
GPtrArray *ahoy_session_copy_begun (AhoySession *self);
AhoySupplementVerdict ahoy_session_ask_supplement (AhoySession *self, AhoyExtension *entry,
                                                   AhoyMessage *request);
void ahoy_session_show_request (AhoySession *self, AhoyMessage *request);
void ahoy_session_run_incoming_response (AhoySession *self, AhoyMessage *response);
void ahoy_session_run_outgoing_request (AhoySession *self, AhoyMessage *request);
gboolean ahoy_session_send_response (AhoySession *self, AhoyServerTransaction *transaction,
                                     AhoyMessage *response, GError **error);
gboolean ahoy_session_reply (AhoySession *self, AhoyServerTransaction *transaction, guint status,
                             const char *reason);
void ahoy_session_add_dialog_headers (AhoySession *self, AhoyMessage *message);

void ahoy_session_prepare_response (AhoySession *self, AhoyServerTransaction *transaction,
                                    AhoyMessage *response);

/* headers and answers */
void ahoy_session_apply_headers (AhoySession *self, AhoyMessage *message);
void ahoy_session_note_answer (AhoySession *self, AhoyMessage *response);

/* requests that wait */
void ahoy_session_pass_incoming (AhoySession *self, AhoyServerTransaction *transaction,
                                 AhoySessionPassed passed);
void ahoy_session_drop_pending (AhoySession *self);
gboolean ahoy_session_invite_waits (AhoySession *self);

/* offer and answer */
AhoySdpSession *ahoy_session_find_sdp (AhoyMessage *message, gboolean *present, GError **error);
AhoySdpSession *ahoy_session_make_offer (AhoySession *self, GError **error);
gboolean ahoy_session_take_offer (AhoySession *self, AhoySdpSession *offer, GError **error);
AhoySdpSession *ahoy_session_make_answer (AhoySession *self, GError **error);
gboolean ahoy_session_take_answer (AhoySession *self, AhoySdpSession *answer, gboolean final,
                                   GError **error);
void ahoy_session_drop_offer (AhoySession *self);
void ahoy_session_end_streams (AhoySession *self);
gboolean ahoy_session_set_sdp (AhoyMessage *message, AhoySdpSession *sdp, GError **error);

/* callee, caller, in the dialog */
gboolean ahoy_session_read_offer (AhoySession *self, GError **error);
void ahoy_session_receive_invite (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_call (AhoySession *self);
void ahoy_session_cancel_branches (AhoySession *self, const char *reason);
void ahoy_session_drop_branches (AhoySession *self);
void ahoy_session_adopt_dialog (AhoySession *self, AhoyDialog *dialog);
void ahoy_session_send_bye (AhoySession *self);
void ahoy_session_accept_invite (AhoySession *self, AhoyServerTransaction *transaction,
                                 gboolean invite);
void ahoy_session_send_shown (AhoySession *self, AhoyDialog *dialog, AhoyMessage *request);
void ahoy_session_next_modification (AhoySession *self);
void ahoy_session_drop_modifications (AhoySession *self);

/* service */
void ahoy_session_service_announce (AhoySessionService *self, AhoySession *session);
AhoyExtensionSnapshot *ahoy_session_service_get_sdp_handlers (AhoySessionService *self);
AhoyExtensionSnapshot *ahoy_session_service_get_supplements (AhoySessionService *self);
guint64 ahoy_session_service_take_id (AhoySessionService *self);
void ahoy_session_service_add (AhoySessionService *self, AhoySession *session);
void ahoy_session_service_remove (AhoySessionService *self, AhoySession *session);
const char *const *ahoy_session_service_get_offered_media (AhoySessionService *self);

G_END_DECLS
