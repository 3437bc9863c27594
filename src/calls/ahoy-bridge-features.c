/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"

#include <string.h>

#include "ahoy-endpoint.h"
#include "ahoy-info-digit-private.h"
#include "ahoy-one-touch-private.h"

/* Listens to the digits of who may use features in a call that is joined. What may become the code
 * of one is kept from the other peer meanwhile, and goes on when it does not. */

#define ALLOWED "ahoy-call-features" /* of a session: what a step allows, plus 1 */
#define WATCHED "ahoy-call-features-watched"
#define HOLD "digit-features"
#define DIGIT_DURATION 120
#define MOST_DIGITS 16

struct _AhoyBridgeFeatures {
  AhoyCallRouter *router; /* not a reference: its owner is ours */
  AhoyScheduler *scheduler;
  AhoyConfigObject *config;
  GHashTable *watches; /* AhoySession → Watch */
  GPtrArray *bridges;  /* AhoyBridge: those that are there */
  GPtrArray *transfers;
  AhoyOneTouchSupplement *one_touch;
};

/* One who may use features. */
typedef struct {
  AhoyBridgeFeatures *features;
  AhoySession *session;
  AhoyBridge *bridge;
  AhoyMediaStream *media; /* NULL: it has no sound yet */
  gulong digit_handler;
  guint allowed;
  GString *digits; /* what came, and may be the begin of a code */
  guint64 timer;
  gboolean paused;
} Watch;

static const struct {
  AhoyCallFeatures feature;
  const char *key;
} features[] = {
  { AHOY_CALL_FEATURES_DISCONNECT, "disconnect" },
  { AHOY_CALL_FEATURES_RECORD, "record" },
  { AHOY_CALL_FEATURES_BLIND_TRANSFER, "blind-transfer" },
  { AHOY_CALL_FEATURES_ATTENDED_TRANSFER, "attended-transfer" },
  { AHOY_CALL_FEATURES_PARK, "park" },
};

/* -- what is done --------------------------------------------------------------------------- */

AhoySession *
ahoy_bridge_features_find_partner (AhoySession *session)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session));
  g_autoptr (GPtrArray) members = bridge != NULL ? ahoy_bridge_list_members (bridge) : NULL;
  gpointer other;

  if (members == NULL || members->len != 2) {
    return NULL;
  }
  other = members->pdata[members->pdata[0] == (gpointer) session ? 1 : 0];
  return AHOY_IS_SESSION (other) &&
                 ahoy_session_get_state (AHOY_SESSION (other)) == AHOY_SESSION_ACTIVE
             ? AHOY_SESSION (other)
             : NULL;
}

const char *
ahoy_bridge_features_find_context (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  const char *context =
      endpoint != NULL ? ahoy_config_object_get_string (
                             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "context")
                       : NULL;

  return context != NULL && *context != '\0' ? context : "default";
}

static void
confirm (AhoySession *session, const char *tone)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");

  if (media != NULL) {
    ahoy_media_stream_play_tone (media, tone, NULL);
  }
}

static void
do_disconnect (Watch *watch)
{
  g_autoptr (AhoySession) session = g_object_ref (watch->session);
  g_autoptr (AhoySession) partner = NULL;

  g_set_object (&partner, ahoy_bridge_features_find_partner (session));
  ahoy_session_hangup (session); /* the watch is gone */
  if (partner != NULL) {
    ahoy_session_hangup (partner);
  }
}

/* Digits begin a recording of both, and end it. */
static void
do_record (Watch *watch)
{
  AhoySession *session = watch->session;
  g_autoptr (GError) error = NULL;

  if (ahoy_one_touch_is_recorded (session)) {
    ahoy_one_touch_stop (session);
  } else if (!ahoy_one_touch_start (watch->features, session, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not recorded: %s", ahoy_session_get_id (session),
               error->message);
  }
}

static void
do_transfer (Watch *watch, gboolean attended)
{
  AhoyBridgeFeatures *self = watch->features;
  AhoySession *partner = ahoy_bridge_features_find_partner (watch->session);
  AhoyFeatureTransfer *transfer;

  if (partner == NULL) {
    return;
  }
  transfer = ahoy_feature_transfer_new (self, watch->session, partner, attended);
  g_ptr_array_add (self->transfers, transfer);
  ahoy_feature_transfer_start (transfer);
}

static void
do_park (Watch *watch)
{
  AhoySession *partner = ahoy_bridge_features_find_partner (watch->session);

  /* The watch is gone when it is done. */
  if (partner != NULL && !ahoy_feature_park (watch->features, watch->session, partner)) {
    confirm (watch->session, "beep");
  }
}

static void
do_feature (Watch *watch, AhoyCallFeatures feature)
{
  switch (feature) {
  case AHOY_CALL_FEATURES_DISCONNECT:
    do_disconnect (watch);
    break;
  case AHOY_CALL_FEATURES_RECORD:
    do_record (watch);
    break;
  case AHOY_CALL_FEATURES_BLIND_TRANSFER:
    do_transfer (watch, FALSE);
    break;
  case AHOY_CALL_FEATURES_ATTENDED_TRANSFER:
    do_transfer (watch, TRUE);
    break;
  case AHOY_CALL_FEATURES_PARK:
    do_park (watch);
    break;
  case AHOY_CALL_FEATURES_NONE:
  default:
    break;
  }
}

/* -- digits --------------------------------------------------------------------------------- */

/* Which feature the digits are the code of, and whether they may become that of one. */
static AhoyCallFeatures
judge (Watch *watch, gboolean *may_grow)
{
  AhoyCallFeatures found = AHOY_CALL_FEATURES_NONE;

  *may_grow = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++) {
    const char *code = ahoy_config_object_get_string (watch->features->config, features[i].key);

    if ((watch->allowed & features[i].feature) == 0 || code == NULL || *code == '\0' ||
        !g_str_has_prefix (code, watch->digits->str)) {
      continue;
    }
    if (strlen (code) == watch->digits->len) {
      found = features[i].feature;
    } else {
      *may_grow = TRUE;
    }
  }
  return found;
}

static void
pass_on (Watch *watch, gsize length)
{
  AhoySession *partner = ahoy_bridge_features_find_partner (watch->session);
  g_autofree char *digits = g_strndup (watch->digits->str, length);

  g_string_erase (watch->digits, 0, (gssize) length);
  if (partner != NULL) {
    ahoy_session_send_dtmf (partner, digits, DIGIT_DURATION, NULL);
  }
}

static void
forget_time (Watch *watch)
{
  if (watch->timer != 0) {
    ahoy_scheduler_cancel (watch->features->scheduler, watch->timer);
    watch->timer = 0;
  }
}

/* No more digits came. */
static void
on_time (gpointer user_data)
{
  Watch *watch = user_data;
  gboolean may_grow;
  AhoyCallFeatures found = judge (watch, &may_grow);

  watch->timer = 0;
  if (found != AHOY_CALL_FEATURES_NONE) {
    g_string_truncate (watch->digits, 0);
    do_feature (watch, found);
  } else {
    pass_on (watch, watch->digits->len);
  }
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration_ms, gpointer user_data)
{
  Watch *watch = user_data;
  AhoyCallFeatures found;
  gboolean may_grow;

  if (watch->paused || watch->digits->len >= MOST_DIGITS) {
    return;
  }
  forget_time (watch);
  g_string_append (watch->digits, digit);
  found = judge (watch, &may_grow);
  while (found == AHOY_CALL_FEATURES_NONE && !may_grow && watch->digits->len > 0) {
    pass_on (watch, 1);
    found = watch->digits->len > 0 ? judge (watch, &may_grow) : AHOY_CALL_FEATURES_NONE;
  }
  if (found != AHOY_CALL_FEATURES_NONE && !may_grow) {
    g_string_truncate (watch->digits, 0);
    do_feature (watch, found);
  } else if (watch->digits->len > 0) {
    watch->timer = ahoy_scheduler_add (
        watch->features->scheduler, "digits of a feature",
        ahoy_config_object_get_duration (watch->features->config, "feature-timeout"), on_time,
        watch, NULL);
  }
}

/* -- who is listened to --------------------------------------------------------------------- */

static void
drop_media (Watch *watch)
{
  if (watch->media != NULL) {
    g_clear_signal_handler (&watch->digit_handler, watch->media);
    ahoy_media_stream_set_keeps_digits (watch->media, FALSE);
    g_clear_object (&watch->media);
  }
}

static void
update_media (Watch *watch)
{
  AhoyMediaStream *media = ahoy_session_find_media (watch->session, "audio");

  if (media == watch->media) {
    return;
  }
  drop_media (watch);
  if (media != NULL) {
    watch->media = g_object_ref (media);
    watch->digit_handler =
        g_signal_connect (media, "dtmf-received", G_CALLBACK (on_digit), watch);
    ahoy_media_stream_set_keeps_digits (media, TRUE);
  }
}

static void
on_member_changed (AhoyBridgeMember *member, gpointer user_data)
{
  update_media (user_data);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  forget_time (watch);
  drop_media (watch);
  g_signal_handlers_disconnect_by_data (watch->session, watch);
  g_object_set_data (G_OBJECT (watch->session), WATCHED, NULL);
  ahoy_bridge_release_media (watch->bridge, HOLD);
  g_string_free (watch->digits, TRUE);
  g_object_unref (watch->bridge);
  g_object_unref (watch->session);
  g_free (watch);
}

/* What a step says counts; else what the endpoint may. */
static guint
find_allowed (AhoySession *session)
{
  guint given = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (session), ALLOWED));
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  if (given != 0) {
    return given - 1;
  }
  return endpoint != NULL
             ? ahoy_config_object_get_choices (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "features")
             : AHOY_CALL_FEATURES_NONE;
}

/* Also before the session is joined with anybody. */
gboolean
ahoy_bridge_features_is_allowed (AhoySession *session, AhoyCallFeatures feature)
{
  return (find_allowed (session) & feature) != 0;
}

static void
on_member_added (AhoyBridge *bridge, AhoyBridgeMember *member, gpointer user_data)
{
  AhoyBridgeFeatures *self = user_data;
  guint allowed = AHOY_IS_SESSION (member) ? find_allowed (AHOY_SESSION (member)) : 0;
  Watch *watch;

  if (allowed == 0) {
    return;
  }
  watch = g_new0 (Watch, 1);
  watch->features = self;
  watch->session = g_object_ref (AHOY_SESSION (member));
  watch->bridge = g_object_ref (bridge);
  watch->allowed = allowed;
  watch->digits = g_string_new (NULL);
  g_hash_table_replace (self->watches, watch->session, watch);
  g_object_set_data (G_OBJECT (watch->session), WATCHED, GINT_TO_POINTER (TRUE));
  g_signal_connect (member, "member-changed", G_CALLBACK (on_member_changed), watch);
  ahoy_bridge_hold_media (bridge, HOLD);
  update_media (watch);
}

static void
on_member_removed (AhoyBridge *bridge, AhoyBridgeMember *member, gpointer user_data)
{
  AhoyBridgeFeatures *self = user_data;
  Watch *watch = g_hash_table_lookup (self->watches, member);

  if (watch != NULL && watch->bridge == bridge) {
    g_hash_table_remove (self->watches, member);
  }
}

static void
on_bridge_destroyed (AhoyBridge *bridge, gpointer user_data)
{
  AhoyBridgeFeatures *self = user_data;

  g_signal_handlers_disconnect_by_data (bridge, self);
  g_ptr_array_remove (self->bridges, bridge);
}

static void
on_bridge_added (AhoyCallRouter *router, AhoyBridge *bridge, gpointer user_data)
{
  AhoyBridgeFeatures *self = user_data;

  g_ptr_array_add (self->bridges, g_object_ref (bridge));
  g_signal_connect (bridge, "member-added", G_CALLBACK (on_member_added), self);
  g_signal_connect (bridge, "member-removed", G_CALLBACK (on_member_removed), self);
  g_signal_connect (bridge, "destroyed", G_CALLBACK (on_bridge_destroyed), self);
}

AhoyBridgeFeatures *
ahoy_bridge_features_new (AhoyCallRouter *router)
{
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  AhoyBridgeFeatures *self = g_new0 (AhoyBridgeFeatures, 1);
  static const char *const methods[] = { "INFO", NULL };

  self->router = router;
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->config = AHOY_CONFIG_OBJECT (ahoy_features_config_new ());
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
  self->bridges = g_ptr_array_new_with_free_func (g_object_unref);
  self->transfers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_feature_transfer_free);
  g_signal_connect (router, "bridge-added", G_CALLBACK (on_bridge_added), self);
  self->one_touch = ahoy_one_touch_supplement_new (self);
  ahoy_session_service_add_supplement (ahoy_call_router_get_sessions (router),
                                       AHOY_SESSION_SUPPLEMENT (self->one_touch), "one-touch",
                                       NULL, NULL, methods, NULL);
  return self;
}

void
ahoy_bridge_features_free (AhoyBridgeFeatures *self)
{
  g_signal_handlers_disconnect_by_data (self->router, self);
  ahoy_session_service_remove_supplement (ahoy_call_router_get_sessions (self->router),
                                          AHOY_SESSION_SUPPLEMENT (self->one_touch));
  g_object_unref (self->one_touch);
  g_ptr_array_unref (self->transfers);
  for (guint i = 0; i < self->bridges->len; i++) {
    g_signal_handlers_disconnect_by_data (self->bridges->pdata[i], self);
  }
  g_ptr_array_unref (self->bridges);
  g_hash_table_unref (self->watches);
  g_object_unref (self->config);
  g_object_unref (self->scheduler);
  g_free (self);
}

void
ahoy_bridge_features_set_config (AhoyBridgeFeatures *self, AhoyConfigObject *config)
{
  g_set_object (&self->config, config);
}

AhoyCallRouter *
ahoy_bridge_features_get_router (AhoyBridgeFeatures *self)
{
  return self->router;
}

AhoyConfigObject *
ahoy_bridge_features_get_config (AhoyBridgeFeatures *self)
{
  return self->config;
}

static void
set_paused (AhoyBridgeFeatures *self, AhoySession *session, gboolean paused)
{
  Watch *watch = g_hash_table_lookup (self->watches, session);

  if (watch != NULL) {
    watch->paused = paused;
    g_string_truncate (watch->digits, 0);
    forget_time (watch);
  }
}

void
ahoy_bridge_features_pause (AhoyBridgeFeatures *self, AhoySession *session)
{
  set_paused (self, session, TRUE);
}

void
ahoy_bridge_features_resume (AhoyBridgeFeatures *self, AhoySession *session)
{
  set_paused (self, session, FALSE);
}

void
ahoy_bridge_features_forget_transfer (AhoyBridgeFeatures *self, AhoyFeatureTransfer *transfer)
{
  g_ptr_array_remove (self->transfers, transfer);
}

/* -- what a step allows --------------------------------------------------------------------- */

static void
allow (AhoySession *session, AhoyRouteStep *step, const char *argument)
{
  const char *const *words = ahoy_route_step_get_texts (step, argument);
  guint allowed = 0;

  if (words[0] == NULL) {
    return;
  }
  for (gsize i = 0; words[i] != NULL; i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (features); j++) {
      allowed |= g_str_equal (words[i], features[j].key) ? features[j].feature : 0;
    }
  }
  g_object_set_data (G_OBJECT (session), ALLOWED, GUINT_TO_POINTER (allowed + 1));
}

void
ahoy_bridge_features_take_step (AhoySession *caller, AhoySession *callee, AhoyRouteStep *step)
{
  allow (caller, step, "caller-features");
  allow (callee, step, "callee-features");
}

gboolean
ahoy_bridge_features_keep_info (AhoySession *session, const char *content_type)
{
  AhoyInfoDigit digit;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("1", 1);
  g_autoptr (GBytes) relay = g_bytes_new_static ("Signal=1", 8);

  return content_type != NULL && g_object_get_data (G_OBJECT (session), WATCHED) != NULL &&
         (ahoy_info_digit_read (&digit, content_type, nothing) ||
          ahoy_info_digit_read (&digit, content_type, relay)) &&
         digit.digit == '1';
}
