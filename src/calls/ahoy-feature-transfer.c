/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"

#include "ahoy-call-pair-private.h"
#include "ahoy-call-ringback-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-call-transfer-private.h"
#include "ahoy-dial-private.h"
#include "ahoy-digit-collector-private.h"
#include "ahoy-endpoint.h"

/*
 * A transfer by digits. The transferor hears the dial tone, and dials a number; the other one hears
 * nothing meanwhile.
 *
 * Blind, the other one goes through the route of that number, and the transferor is hung up.
 * Attended, the transferor goes through it, and may talk first; when he hangs up, the other one
 * takes his place, also while it still rings. When nobody answers, or who was asked hangs up, both
 * are joined again.
 */

#define FIRST_DIGIT (10 * G_USEC_PER_SEC)
#define MOST_DIGITS 32

struct _AhoyFeatureTransfer {
  AhoyBridgeFeatures *features;
  AhoyScheduler *scheduler;
  AhoySession *transferor;
  AhoySession *partner;
  gboolean attended;
  AhoyDigitCollector *collector; /* while the number is dialled */
  gboolean asking;               /* the transferor calls somebody */
  gboolean answered;             /* who talks with him now */
  guint64 timer;
};

static void
mute_partner (AhoyFeatureTransfer *self, gboolean muted)
{
  AhoyMediaStream *media = ahoy_session_find_media (self->partner, "audio");

  if (media != NULL) {
    ahoy_media_stream_set_muted (media, muted);
  }
}

void
ahoy_feature_transfer_free (AhoyFeatureTransfer *self)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);

  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  g_signal_handlers_disconnect_by_data (router, self);
  g_signal_handlers_disconnect_by_data (self->transferor, self);
  g_signal_handlers_disconnect_by_data (self->partner, self);
  mute_partner (self, FALSE);
  g_object_unref (self->transferor);
  g_object_unref (self->partner);
  g_object_unref (self->scheduler);
  g_free (self);
}

/* The transfer is over: @self is gone. */
static void
end (AhoyFeatureTransfer *self)
{
  ahoy_bridge_features_resume (self->features, self->transferor);
  ahoy_bridge_features_forget_transfer (self->features, self);
}

/* -- both together again -------------------------------------------------------------------- */

static void
play_sorry (AhoySession *session)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");

  if (media != NULL) {
    ahoy_media_stream_play_tone (media, "beep", NULL);
  }
}

/* After the call to somebody else they are in no bridge any more. */
static gboolean
join_again (AhoyFeatureTransfer *self)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);
  g_autoptr (AhoySession) transferor = g_object_ref (self->transferor);
  g_autoptr (AhoySession) partner = g_object_ref (self->partner);
  g_autoptr (AhoyBridge) bridge = NULL;

  end (self);
  if (ahoy_session_get_state (transferor) != AHOY_SESSION_ACTIVE ||
      ahoy_session_get_state (partner) != AHOY_SESSION_ACTIVE) {
    return FALSE;
  }
  bridge = ahoy_bridge_new ();
  ahoy_call_router_announce_bridge (router, bridge);
  if (!ahoy_call_pair_join (bridge, transferor, partner)) {
    return FALSE;
  }
  play_sorry (transferor);
  return TRUE;
}

/* -- while somebody is asked ---------------------------------------------------------------- */

static void
on_call_progress (AhoyCallRouter *router, AhoySession *session, guint status, const char *reason,
                  gpointer user_data)
{
  AhoyFeatureTransfer *self = user_data;

  if (session == self->transferor && self->asking && status >= 200) {
    self->answered = TRUE;
    if (self->timer != 0) {
      ahoy_scheduler_cancel (self->scheduler, self->timer);
      self->timer = 0;
    }
  }
}

/* Who was asked does not answer, or has hung up. */
static gboolean
on_call_returned (AhoyCallRouter *router, AhoySession *session, guint status, const char *reason,
                  gpointer user_data)
{
  AhoyFeatureTransfer *self = user_data;

  return session == self->transferor && self->asking && join_again (self);
}

static void
on_too_late (gpointer user_data)
{
  AhoyFeatureTransfer *self = user_data;
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);

  self->timer = 0;
  ahoy_call_router_release (router, self->transferor);
  join_again (self);
}

/* Who is in a bridge besides the transferor, who may have left it. */
static AhoySession *
find_target (AhoyBridge *bridge, AhoySession *transferor)
{
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (bridge);

  for (guint i = 0; i < members->len; i++) {
    if (members->pdata[i] != (gpointer) transferor && AHOY_IS_SESSION (members->pdata[i])) {
      return g_object_ref (members->pdata[i]);
    }
  }
  return NULL;
}

/* Nobody rings, and nobody is talked with: it is a step that does something else, such as one that
 * lets the caller wait in a queue. */
static gboolean
give_place (AhoyCallRouter *router, AhoySession *transferor, AhoySession *partner)
{
  if (!ahoy_call_router_move (router, transferor, partner)) {
    return FALSE;
  }
  ahoy_call_run_repeat_step (ahoy_call_router_find_run (router, partner));
  return TRUE;
}

/* The transferor has nothing more to say: the other one takes his place. */
static void
complete (AhoyFeatureTransfer *self)
{
  g_autoptr (AhoySession) transferor = g_object_ref (self->transferor);
  g_autoptr (AhoySession) partner = g_object_ref (self->partner);
  g_autoptr (AhoyBridge) bridge = ahoy_call_transfer_take_apart (transferor);
  g_autoptr (AhoySession) target = bridge != NULL ? find_target (bridge, transferor) : NULL;
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);

  end (self);
  if (bridge == NULL && (ahoy_dial_swap_caller (transferor, partner) ||
                         give_place (router, transferor, partner))) {
    return; /* it still rings, or a step goes on with the other one */
  }
  if (target != NULL) {
    ahoy_bridge_remove (bridge, AHOY_BRIDGE_MEMBER (transferor));
  }
  if (target == NULL || !ahoy_call_pair_join (bridge, target, partner)) {
    ahoy_session_hangup (partner);
    if (target != NULL) {
      ahoy_session_hangup (target);
    }
  }
}

static void
on_transferor_state (AhoySession *session, AhoySessionState old, AhoySessionState state,
                     guint status, const char *reason, gpointer user_data)
{
  AhoyFeatureTransfer *self = user_data;

  if (state < AHOY_SESSION_ENDING) {
    return;
  }
  if (self->asking) {
    complete (self);
  } else {
    end (self);
  }
}

static void
on_partner_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
                  const char *reason, gpointer user_data)
{
  if (state >= AHOY_SESSION_ENDING) {
    end (user_data);
  }
}

/* -- the number ----------------------------------------------------------------------------- */

/* Both leave what joined them; nobody is hung up. */
static gboolean
take_apart (AhoyFeatureTransfer *self)
{
  g_autoptr (AhoyBridge) bridge = ahoy_call_transfer_take_apart (self->transferor);

  if (bridge == NULL) {
    return FALSE;
  }
  ahoy_bridge_destroy (bridge);
  return TRUE;
}

static void
send_partner (AhoyFeatureTransfer *self, AhoyRouteProgram *program, const char *number)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);
  g_autoptr (AhoySession) transferor = g_object_ref (self->transferor);
  g_autoptr (AhoySession) partner = g_object_ref (self->partner);
  g_autoptr (GError) error = NULL;

  if (!take_apart (self)) {
    end (self);
    return;
  }
  end (self);
  ahoy_session_set_variable (partner, "number", number);
  ahoy_session_hangup (transferor);
  if (!ahoy_call_router_run_in (router, partner, program,
                                ahoy_bridge_features_find_context (transferor), &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not transferred: %s",
               ahoy_session_get_id (partner), error->message);
    ahoy_session_hangup (partner);
  }
}

static void
ask_first (AhoyFeatureTransfer *self, AhoyRouteProgram *program, const char *number)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);
  AhoyConfigObject *config = ahoy_bridge_features_get_config (self->features);
  g_autoptr (AhoySession) transferor = g_object_ref (self->transferor);
  g_autoptr (GError) error = NULL;

  if (!take_apart (self)) {
    end (self);
    return;
  }
  self->asking = TRUE;
  self->timer = ahoy_scheduler_add (self->scheduler, "attended transfer",
                                    ahoy_config_object_get_duration (config, "transfer-timeout"),
                                    on_too_late, self, NULL);
  g_signal_connect (router, "call-progress", G_CALLBACK (on_call_progress), self);
  g_signal_connect (router, "call-returned", G_CALLBACK (on_call_returned), self);
  ahoy_session_set_variable (transferor, "number", number);
  if (!ahoy_call_router_run_in (router, transferor, program,
                                ahoy_bridge_features_find_context (transferor), &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " asks nobody: %s", ahoy_session_get_id (transferor),
               error->message);
    join_again (self);
  }
}

static AhoyRouteProgram *
find_program (AhoyFeatureTransfer *self, const char *number)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (self->transferor);

  return ahoy_call_router_find_program (ahoy_bridge_features_get_router (self->features),
                                        ahoy_bridge_features_find_context (self->transferor),
                                        endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL,
                                        number);
}

static void
on_number (const char *digits, const GError *error, gpointer user_data)
{
  AhoyFeatureTransfer *self = user_data;
  g_autofree char *number = g_strdup (digits);
  g_autoptr (AhoyRouteProgram) program = NULL;

  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  if (*number != '\0') {
    program = find_program (self, number);
  }
  if (program == NULL) {
    play_sorry (self->transferor);
    end (self);
  } else if (self->attended) {
    ask_first (self, program, number);
  } else {
    send_partner (self, program, number);
  }
}

AhoyFeatureTransfer *
ahoy_feature_transfer_new (AhoyBridgeFeatures *features, AhoySession *transferor,
                           AhoySession *partner, gboolean attended)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (features);
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  AhoyFeatureTransfer *self = g_new0 (AhoyFeatureTransfer, 1);

  self->features = features;
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->transferor = g_object_ref (transferor);
  self->partner = g_object_ref (partner);
  self->attended = attended;
  return self;
}

/* May end the transfer at once. */
void
ahoy_feature_transfer_start (AhoyFeatureTransfer *self)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (self->features);
  AhoyConfigObject *config = ahoy_bridge_features_get_config (self->features);
  AhoyMediaStream *media = ahoy_session_find_media (self->transferor, "audio");
  g_autofree char *tone = ahoy_call_router_make_tone (router, self->transferor, "dial");
  const AhoyDigitWish wish = {
    .tone = tone,
    .most = MOST_DIGITS,
    .end = "#",
    .tries = 1,
    .timeout = FIRST_DIGIT,
    .between = ahoy_config_object_get_duration (config, "transfer-digit-timeout"),
  };

  if (media == NULL) {
    end (self);
    return;
  }
  g_signal_connect (self->transferor, "state-changed", G_CALLBACK (on_transferor_state), self);
  g_signal_connect (self->partner, "state-changed", G_CALLBACK (on_partner_state), self);
  mute_partner (self, TRUE);
  ahoy_bridge_features_pause (self->features, self->transferor);
  self->collector = ahoy_digit_collector_new (router, self->transferor, media, &wish, on_number,
                                              self);
  if (!ahoy_digit_collector_start (self->collector, NULL)) {
    end (self);
  }
}
