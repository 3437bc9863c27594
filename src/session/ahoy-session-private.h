/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-registry.h"
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
  gboolean settled;       /* offer and answer went by a reliable response and its PRACK */
} AhoySessionFork;

/* One INVITE transaction of an outgoing session: a contact, or a target of a redirect. */
typedef struct {
  AhoySession *session; /* not a reference */
  AhoyClientTransaction *transaction;
  char *target;
  AhoyContact *contact; /* whose way it goes; NULL: that of the target */
  char *proxy;          /* that a redirection wants to be passed; NULL: none */
  gboolean redirected;  /* a redirection led here */
  GPtrArray *forks; /* AhoySessionFork */
  guint status;
  gboolean done;
} AhoySessionBranch;

#define AHOY_SESSION_MAX_BRANCHES 16

#define AHOY_SESSION_KEEP_HOLD (-1)

/* A re-INVITE or UPDATE of ours, waiting for its turn or under way. */
typedef struct {
  GTask *task;
  char *method;   /* NULL: UPDATE where the peer can, else INVITE */
  char **headers; /* alternating names and values; NULL for none */
  gboolean keeps; /* nothing new is offered */
  gboolean offered; /* the request that is under way has an offer */
  int hold;       /* TRUE, FALSE, or AHOY_SESSION_KEEP_HOLD */
  guint retries;
} AhoySessionModification;

/* The session timer (RFC 4028). */
typedef struct {
  guint interval;     /* s; 0: there is none */
  guint minimum;      /* s; what others said is the shortest; 0: nothing */
  gboolean refresher; /* it is us who refresh */
  gint64 expiry;      /* when we hang up, by the scheduler's clock */
  guint64 expiry_job;
  guint64 refresh_job;
} AhoySessionTimer;

/* Media that a peer owes us. */
typedef struct {
  guint64 job;
  guint64 packets;   /* that came until it was looked last */
  gint64 since;      /* when some had come last, by the scheduler's clock */
  gboolean expected; /* some have to come: nobody is held */
} AhoySessionQuiet;

struct _AhoySession {
  GObject parent_instance;

  AhoySessionService *service; /* not a reference; NULL when the session is over */
  AhoyStack *stack;
  guint64 id;
  guint64 parent_id; /* on whose behalf it was made; 0 for none */
  AhoySessionDirection direction;
  AhoySessionState state;
  gboolean early_media;
  char *call_id;
  char *peer_address; /* where the peer speaks SIP, numeric; NULL when that is a proxy */
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

  /* who is where */
  AhoyIdentity *remote_identity;    /* at the beginning; NULL: not read yet */
  AhoyIdentity *connected_identity; /* what the peer told since; NULL: nothing else */
  AhoyIdentity *local_identity;     /* what the peer is told */
  gboolean identity_untold;         /* it changed since */
  gint64 identity_told_at;          /* monotonic */
  guint64 identity_timer;

  /* the end-to-end identifier (RFC 7989) */
  char *own_uuid;
  char *peer_uuid;
  gboolean peer_said_uuid; /* it is the peer's own */

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
  AhoyCause end_cause; /* that was said; else it is that of the status */
  AhoySessionParty ended_by;

  AhoyDialog *dialog;
  GPtrArray *begun; /* AhoyExtension: the supplements that saw the session begin */

  /* callee */
  AhoyServerTransaction *invite_transaction; /* of an INVITE that has no ACK yet, re-INVITEs too */
  gboolean wants_bye;        /* hung up between 200 and ACK */
  GQueue provisionals;       /* AhoyMessage: reliable responses that wait for a PRACK before them */
  gboolean prack_pending;
  gboolean answer_pending;   /* answered while a PRACK was outstanding */
  gboolean reliable;         /* our provisional responses are */
  gboolean early_sdp;        /* a provisional response has what we say of media */
  gboolean prack_settles;    /* the response that waits for its PRACK says something of media */
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
  GPtrArray *diverted; /* alternating URIs of who sent the call elsewhere, and why */
  guint longer; /* INVITEs that were sent again after 422 */
  GPtrArray *redirected; /* those whom redirections named and who wait for their turn */
  guint best_status;
  char *best_reason;
  char *early_tag; /* the To tag of the fork whose early media is heard */
  guint64 answer_timer;
  guint64 auto_answer_timer;
  guint64 silence_timer; /* until anything answers the INVITE */
  guint64 cancel_timer;

  /* offer and answer */
  AhoyOfferState offer_state;
  gboolean settled;      /* offer and answer of the INVITE are through, and it is not answered */
  gboolean early_dialog; /* both know the dialog for sure */
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
  GQueue modifications;          /* AhoySessionModification: waiting for their turn */
  AhoySessionModification *modifying;
  guint64 retry_timer;
  char *remote_allow;     /* what the peer said last that it can */
  char *remote_supported;
  char *remote_recv_info;
  AhoySessionTimer timer;
  AhoySessionQuiet quiet;
  GQueue pending;      /* of the peer, on their way through the supplements */
  GPtrArray *requests; /* AhoyServerTransaction: shown to the supplements right now */
  GPtrArray *sent;     /* AhoyClientTransaction: in-dialog requests of ours without an answer */

  /* transfers */
  GPtrArray *transfers;   /* AhoyTransfer, not references: the service holds them */
  AhoyDialog *last_dialog; /* which their subscriptions still need when the session is over */
  guint refers;           /* that came and were accepted */
  guint sent_refers;
  guint transfer_state;   /* AhoyTransferState of the last one */
  AhoyMessage *refer;     /* the last one */
  gboolean held_for_transfer;
  AhoySession *replaced; /* whose place an incoming call takes */

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
void ahoy_session_emit_expired (AhoySession *self);
void ahoy_session_emit_request (AhoySession *self, AhoyMessage *request);
gboolean ahoy_session_emit_transfer_requested (AhoySession *self, gpointer transfer);
void ahoy_session_emit_transfer_progress (AhoySession *self, guint status, const char *reason);

/* endpoint */
void ahoy_session_mark_dialog (AhoySession *self, AhoyDialog *dialog);
void ahoy_session_leave_endpoint (AhoySession *self);
gboolean ahoy_session_follows_forks (AhoySession *self);
gboolean ahoy_session_follows_source (AhoySession *self, AhoyMessage *invite);
const char *ahoy_session_get_contact_user (AhoySession *self);

/* identities */
void ahoy_session_read_identity (AhoySession *self, GVariant *options);
void ahoy_session_read_session_id (AhoySession *self, GVariant *options);
void ahoy_session_note_redirect (AhoySession *self, const char *target, AhoyMessage *response,
                                 const char *contact);
void ahoy_session_learn_address (AhoySession *self, const char *text);
void ahoy_session_tell_identity (AhoySession *self);
void ahoy_session_drop_identities (AhoySession *self);
void ahoy_session_free_identities (AhoySession *self);
/* transfers */
void ahoy_session_service_take_refer (AhoySessionService *self,
                                      AhoyServerTransaction *transaction);
void ahoy_session_take_refer (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_take_subscribe (AhoySession *self, AhoyServerTransaction *transaction);
gboolean ahoy_session_take_notify (AhoySession *self, AhoyServerTransaction *transaction);
gboolean ahoy_session_has_dialog (AhoySession *self, AhoyReplaces *replaces);
gboolean ahoy_session_read_replaces (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_take_back (AhoySession *self);
void ahoy_session_leave_dialog (AhoySession *self);
void ahoy_session_refuse_for_now (AhoySession *self, AhoyServerTransaction *transaction);

/* why it ends */
AhoyCause ahoy_session_find_cause (const char *reason);
char *ahoy_session_take_reason (AhoySession *self, AhoyMessage *message);

/* digits */
void ahoy_session_drop_digits (AhoySession *self);

/* INFO */
void ahoy_session_install_info_signals (GType type);
void ahoy_session_receive_info (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_add_recv_info (AhoySession *self, AhoyMessage *message);

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
AhoySdpSession *ahoy_session_repeat_offer (AhoySession *self, GError **error);
gboolean ahoy_session_take_offer (AhoySession *self, AhoySdpSession *offer, GError **error);
AhoySdpSession *ahoy_session_make_answer (AhoySession *self, GError **error);
gboolean ahoy_session_take_answer (AhoySession *self, AhoySdpSession *answer, gboolean final,
                                   GError **error);
void ahoy_session_drop_offer (AhoySession *self);
void ahoy_session_end_streams (AhoySession *self);
gboolean ahoy_session_reads_sdp (AhoyMessage *request);
gboolean ahoy_session_set_sdp (AhoyMessage *message, AhoySdpSession *sdp, GError **error);

/* callee, caller, in the dialog */
gboolean ahoy_session_read_offer (AhoySession *self, GError **error);
void ahoy_session_receive_invite (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_call (AhoySession *self);
void ahoy_session_add_branch (AhoySession *self, const char *target, AhoyContact *contact,
                              const char *proxy);
gboolean ahoy_session_follow_redirect (AhoySession *self, AhoySessionBranch *branch,
                                       AhoyMessage *response);
gboolean ahoy_session_try_redirected (AhoySession *self);
void ahoy_session_learn_redirected (AhoySession *self, AhoySessionBranch *branch);
void ahoy_session_emit_redirected (AhoySession *self, char **users);
void ahoy_session_cancel_branches (AhoySession *self, const char *reason);
void ahoy_session_drop_branches (AhoySession *self);
void ahoy_session_adopt_dialog (AhoySession *self, AhoyDialog *dialog);
void ahoy_session_send_bye (AhoySession *self);
void ahoy_session_accept_invite (AhoySession *self, AhoyServerTransaction *transaction,
                                 gboolean invite);
void ahoy_session_send_shown (AhoySession *self, AhoyDialog *dialog, AhoyMessage *request);

/* reliable provisional responses */
AhoyReliableProvisionals ahoy_session_get_reliability (AhoySession *self);
gboolean ahoy_session_reliable_check (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_reliable_ask (AhoySession *self, AhoyMessage *invite);
void ahoy_session_take_prack (AhoySession *self, AhoyServerTransaction *prack);
gboolean ahoy_session_take_reliable (AhoySession *self, AhoySessionFork *fork,
                                     AhoyMessage *response);
void ahoy_session_leave_early_dialogs (AhoySession *self, AhoySessionBranch *branch);

/* session timer */
char *ahoy_session_dup_supported (AhoySession *self);
void ahoy_session_timers_ask (AhoySession *self, AhoyMessage *request);
gboolean ahoy_session_timers_raise (AhoySession *self, AhoyMessage *response);
void ahoy_session_timers_take (AhoySession *self, AhoyMessage *response);
gboolean ahoy_session_timers_check (AhoySession *self, AhoyServerTransaction *transaction);
void ahoy_session_timers_answer (AhoySession *self, AhoyMessage *request, AhoyMessage *response);
void ahoy_session_timers_stop (AhoySession *self);

/* media that do not come */
void ahoy_session_quiet_start (AhoySession *self);
void ahoy_session_quiet_stop (AhoySession *self);

/* changes of what stands */
void ahoy_session_modification_free (AhoySessionModification *modification);
void ahoy_session_queue_modification (AhoySession *self, AhoySessionModification *modification);
void ahoy_session_next_modification (AhoySession *self);
void ahoy_session_drop_modifications (AhoySession *self);
void ahoy_session_note_peer (AhoySession *self, AhoyMessage *message);
void ahoy_session_note_source (AhoySession *self, AhoyMessage *message);
gboolean ahoy_session_peer_allows (AhoySession *self, const char *method);
gboolean ahoy_session_peer_supports (AhoySession *self, const char *tag);

/* service */
void ahoy_session_service_announce (AhoySessionService *self, AhoySession *session);
AhoyExtensionSnapshot *ahoy_session_service_get_sdp_handlers (AhoySessionService *self);
AhoyExtensionSnapshot *ahoy_session_service_get_supplements (AhoySessionService *self);
guint64 ahoy_session_service_take_id (AhoySessionService *self);
void ahoy_session_service_hold_transfer (AhoySessionService *self, gpointer transfer);
void ahoy_session_service_drop_transfer (AhoySessionService *self, gpointer transfer);
void ahoy_session_service_add (AhoySessionService *self, AhoySession *session);
void ahoy_session_service_remove (AhoySessionService *self, AhoySession *session);
const char *const *ahoy_session_service_get_offered_media (AhoySessionService *self);
GPtrArray *ahoy_session_service_get_content_types (AhoySessionService *self);
GHashTable *ahoy_session_service_get_info_packages (AhoySessionService *self);
AhoyInfoPackage *ahoy_session_service_find_info_package (AhoySessionService *self,
                                                         const char *name);
char *ahoy_session_service_dup_recv_info (AhoySessionService *self);
char *ahoy_session_service_rewrite_number (AhoySessionService *self, AhoySession *session,
                                           const char *number);
AhoyAclRegistry *ahoy_session_service_get_acls (AhoySessionService *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySessionModification, ahoy_session_modification_free)

G_END_DECLS
