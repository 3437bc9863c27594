/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

/*
 * The session timer (RFC 4028): one side asks now and then whether the other is still there, and
 * whoever hears nothing for too long ends the call.
 */

#define SHORTEST 90 /* s; RFC 4028 §4 */
#define USUAL 1800
#define TAG "timer"

typedef struct {
  gboolean present;
  guint seconds;
  gboolean refresher_said;
  gboolean refresher_uac;
} SessionExpires;

/* -- configuration -------------------------------------------------------------------------- */

static AhoyConfigObject *
config_of (AhoySession *self)
{
  return self->endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint))
                                : NULL;
}

static AhoySessionTimers
mode_of (AhoySession *self)
{
  AhoyConfigObject *config = config_of (self);

  return config != NULL ? (AhoySessionTimers) ahoy_config_object_get_choice (config,
                                                                            "session-timers")
                        : AHOY_SESSION_TIMERS_YES;
}

static guint
seconds_of (AhoySession *self, const char *key, guint fallback)
{
  AhoyConfigObject *config = config_of (self);

  return config != NULL
             ? (guint) (ahoy_config_object_get_duration (config, key) / G_USEC_PER_SEC)
             : fallback;
}

/* The shortest interval that we, and those who were heard, can live with. */
static guint
shortest_of (AhoySession *self)
{
  return MAX (seconds_of (self, "session-minimum", SHORTEST), self->timer.minimum);
}

static gboolean
wants_timer (AhoySession *self)
{
  return mode_of (self) >= AHOY_SESSION_TIMERS_ALWAYS;
}

/* Who shall refresh, as one who asks (@uac) or answers: "uac", "uas", or NULL for whom the peer
 * likes. */
static const char *
preferred_refresher (AhoySession *self, gboolean uac)
{
  AhoyConfigObject *config = config_of (self);
  AhoySessionRefresher wanted =
      config != NULL ? (AhoySessionRefresher) ahoy_config_object_get_choice (config,
                                                                            "session-refresher")
                     : AHOY_SESSION_REFRESHER_AUTO;

  switch (wanted) {
  case AHOY_SESSION_REFRESHER_LOCAL:
    return uac ? "uac" : "uas";
  case AHOY_SESSION_REFRESHER_REMOTE:
    return uac ? "uas" : "uac";
  case AHOY_SESSION_REFRESHER_UAC:
    return "uac";
  case AHOY_SESSION_REFRESHER_UAS:
    return "uas";
  case AHOY_SESSION_REFRESHER_AUTO:
  default:
    return NULL;
  }
}

/* Supported of our messages: an endpoint may want to hear nothing of an extension. */
char *
ahoy_session_dup_supported (AhoySession *self)
{
  g_autofree char *all = ahoy_stack_dup_supported (self->stack);
  g_auto (GStrv) tags = g_strsplit (all, ",", -1);
  g_autoptr (GString) list = g_string_new (NULL);

  for (gsize i = 0; tags[i] != NULL; i++) {
    const char *tag = g_strstrip (tags[i]);

    if (*tag == '\0' || (g_str_equal (tag, TAG) && mode_of (self) == AHOY_SESSION_TIMERS_NO) ||
        (g_str_equal (tag, "100rel") &&
         ahoy_session_get_reliability (self) == AHOY_RELIABLE_PROVISIONALS_NO)) {
      continue;
    }
    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", tag);
  }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* -- headers -------------------------------------------------------------------------------- */

/* Delta-seconds at the beginning of @text; what is too large counts as the largest. */
static gboolean
read_seconds (const char *text, guint *seconds)
{
  gsize digits = text != NULL ? strspn (text, "0123456789") : 0;
  guint64 value;

  if (digits == 0 || (text[digits] != '\0' && strchr ("; \t", text[digits]) == NULL)) {
    return FALSE;
  }
  value = g_ascii_strtoull (text, NULL, 10);
  *seconds = (guint) MIN (value, G_MAXINT32);
  return TRUE;
}

static guint
read_minimum (AhoyMessage *message)
{
  g_autofree char *text = ahoy_message_get_header (message, "Min-SE");
  guint seconds = 0;

  return read_seconds (text, &seconds) ? seconds : 0;
}

static SessionExpires
read_expires (AhoyMessage *message)
{
  g_autofree char *text = ahoy_message_get_header (message, "Session-Expires");
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, ";", -1) : NULL;
  SessionExpires expires = { 0 };

  expires.present = read_seconds (text, &expires.seconds);
  for (gsize i = 1; expires.present && parts[i] != NULL; i++) {
    const char *part = g_strstrip (parts[i]);

    if (g_ascii_strcasecmp (part, "refresher=uac") == 0 ||
        g_ascii_strcasecmp (part, "refresher=uas") == 0) {
      expires.refresher_said = TRUE;
      expires.refresher_uac = g_ascii_strcasecmp (part, "refresher=uac") == 0;
    }
  }
  return expires;
}

static void
write_expires (AhoyMessage *message, guint seconds, const char *refresher)
{
  g_autofree char *text =
      refresher != NULL ? g_strdup_printf ("%u;refresher=%s", seconds, refresher)
                        : g_strdup_printf ("%u", seconds);

  ahoy_message_set_header (message, "Session-Expires", text, NULL);
}

static void
write_minimum (AhoyMessage *message, guint seconds)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  ahoy_message_set_header (message, "Min-SE", text, NULL);
}

static gboolean
is_modification (AhoySession *self, AhoyMessage *message)
{
  const char *method = ahoy_message_get_method (message);

  return g_str_equal (method, "INVITE") ||
         (g_str_equal (method, "UPDATE") && self->state == AHOY_SESSION_ACTIVE);
}

/* -- the clock ------------------------------------------------------------------------------ */

static void
cancel (AhoySession *self, guint64 *timer)
{
  if (*timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), *timer);
    *timer = 0;
  }
}

void
ahoy_session_timers_stop (AhoySession *self)
{
  cancel (self, &self->timer.refresh_job);
  cancel (self, &self->timer.expiry_job);
}

/* Whoever heard nothing says BYE before the time is up (RFC 4028 §10). */
static void
on_expired (gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));

  self->timer.expiry_job = 0;
  ahoy_session_timers_stop (self);
  if (self->state != AHOY_SESSION_ACTIVE) {
    return;
  }
  g_message ("Session %" G_GUINT64_FORMAT " with %s expired: nothing was heard in its interval of "
             "%u s",
             self->id, self->remote_uri, self->timer.interval);
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_NETWORK, 408, "Session expired");
  ahoy_session_emit_expired (self);
  ahoy_session_hangup_with_reason (self, "SIP;cause=408;text=\"Session expired\"");
}

static void on_refresh (gpointer user_data);

static void
refresh_in (AhoySession *self, gint64 delay)
{
  cancel (self, &self->timer.refresh_job);
  self->timer.refresh_job = ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack),
                                                "session refresh", delay, on_refresh, self, NULL);
}

/* A 2xx began the next interval; after anything else it is tried again in half of what is left. */
static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *self = AHOY_SESSION (source);
  g_autoptr (AhoyMessage) response = ahoy_session_update_finish (self, result, NULL);
  gint64 left;

  if ((response != NULL && ahoy_message_get_status (response) < 300) ||
      self->state != AHOY_SESSION_ACTIVE || self->timer.expiry_job == 0) {
    return;
  }
  left = self->timer.expiry - ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack));
  if (left > 2 * G_TIME_SPAN_SECOND) {
    refresh_in (self, left / 2);
  }
}

static void
on_refresh (gpointer user_data)
{
  AhoySession *self = user_data;

  self->timer.refresh_job = 0;
  ahoy_session_update_async (self, NULL, NULL, on_refreshed, NULL);
}

/* The interval begins. */
static void
start (AhoySession *self)
{
  AhoyScheduler *scheduler = ahoy_stack_get_scheduler (self->stack);
  gint64 interval = (gint64) self->timer.interval * G_TIME_SPAN_SECOND;
  gint64 patience = interval - MIN (32 * G_TIME_SPAN_SECOND, interval / 3);

  ahoy_session_timers_stop (self);
  if (interval == 0 || self->state >= AHOY_SESSION_ENDING) {
    return;
  }
  self->timer.expiry = ahoy_scheduler_get_now (scheduler) + patience;
  self->timer.expiry_job = ahoy_scheduler_add (scheduler, "session expiry", patience, on_expired,
                                               self, NULL);
  if (self->timer.refresher) {
    refresh_in (self, interval / 2);
  }
}

/* -- as one who asks (RFC 4028 §7) ---------------------------------------------------------- */

/* What an INVITE or UPDATE of ours says. */
void
ahoy_session_timers_ask (AhoySession *self, AhoyMessage *request)
{
  guint shortest = shortest_of (self);

  if (!is_modification (self, request) || mode_of (self) == AHOY_SESSION_TIMERS_NO) {
    return;
  }
  if (self->timer.interval > 0) {
    write_expires (request, MAX (self->timer.interval, shortest),
                   self->timer.refresher ? "uac" : "uas");
  } else if (wants_timer (self)) {
    write_expires (request, MAX (seconds_of (self, "session-expires", USUAL), shortest),
                   preferred_refresher (self, TRUE));
  } else {
    return;
  }
  if (shortest > SHORTEST) {
    write_minimum (request, shortest);
  }
  if (self->state < AHOY_SESSION_ACTIVE && mode_of (self) == AHOY_SESSION_TIMERS_REQUIRED) {
    ahoy_message_add_header (request, "Require", TAG, NULL);
  }
}

/* A 422: somebody wants a longer interval. Whether it may be asked for. */
gboolean
ahoy_session_timers_raise (AhoySession *self, AhoyMessage *response)
{
  guint minimum = read_minimum (response);
  guint asked = self->timer.interval > 0 ? self->timer.interval
                                         : seconds_of (self, "session-expires", USUAL);

  if (mode_of (self) == AHOY_SESSION_TIMERS_NO || minimum <= MAX (asked, shortest_of (self))) {
    return FALSE;
  }
  self->timer.minimum = minimum;
  return TRUE;
}

/* A 2xx to an INVITE or UPDATE of ours. */
void
ahoy_session_timers_take (AhoySession *self, AhoyMessage *response)
{
  SessionExpires expires = read_expires (response);

  if (!is_modification (self, response) || mode_of (self) == AHOY_SESSION_TIMERS_NO) {
    return;
  }
  if (expires.present) {
    self->timer.interval = MAX (expires.seconds, SHORTEST);
    self->timer.refresher = !expires.refresher_said || expires.refresher_uac;
  } else if (wants_timer (self)) {
    /* The peer does not know timers: it answers a refresh all the same, as long as it is there. */
    self->timer.interval = MAX (seconds_of (self, "session-expires", USUAL), shortest_of (self));
    self->timer.refresher = TRUE;
  } else {
    self->timer.interval = 0;
  }
  start (self);
}

/* -- as one who answers (RFC 4028 §9) ------------------------------------------------------- */

static gboolean
refuse (AhoySession *self, AhoyServerTransaction *transaction, guint status, const char *name,
        const char *value)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, NULL);

  ahoy_message_set_header (response, name, value, NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
  return FALSE;
}

/* Whether an INVITE or UPDATE of the peer says nothing about timers that we cannot do; FALSE: it
 * was answered. */
gboolean
ahoy_session_timers_check (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  gboolean supports = ahoy_message_has_option_tag (request, "Supported", TAG) ||
                      ahoy_message_has_option_tag (request, "Require", TAG);
  AhoySessionTimers mode = mode_of (self);
  SessionExpires expires = read_expires (request);
  g_autofree char *text = NULL;

  if (mode == AHOY_SESSION_TIMERS_NO) {
    return !ahoy_message_has_option_tag (request, "Require", TAG) ||
           refuse (self, transaction, 420, "Unsupported", TAG);
  }
  if (expires.present && supports &&
      expires.seconds < seconds_of (self, "session-minimum", SHORTEST)) {
    text = g_strdup_printf ("%u", seconds_of (self, "session-minimum", SHORTEST));
    return refuse (self, transaction, 422, "Min-SE", text);
  }
  if (mode == AHOY_SESSION_TIMERS_REQUIRED && !supports && self->state < AHOY_SESSION_ACTIVE) {
    return refuse (self, transaction, 421, "Require", TAG);
  }
  return TRUE;
}

/* Who refreshes, in an answer of ours. */
static const char *
choose_refresher (AhoySession *self, const SessionExpires *expires, gboolean supports)
{
  const char *preferred = preferred_refresher (self, FALSE);

  if (!supports) {
    return "uas";
  }
  if (expires->refresher_said) {
    return expires->refresher_uac ? "uac" : "uas";
  }
  if (preferred != NULL) {
    return preferred;
  }
  return self->timer.interval > 0 && self->timer.refresher ? "uas" : "uac";
}

/* What a 2xx of ours to an INVITE or UPDATE says; the interval begins. */
void
ahoy_session_timers_answer (AhoySession *self, AhoyMessage *request, AhoyMessage *response)
{
  gboolean supports = ahoy_message_has_option_tag (request, "Supported", TAG) ||
                      ahoy_message_has_option_tag (request, "Require", TAG);
  SessionExpires expires = read_expires (request);
  guint ours = seconds_of (self, "session-expires", USUAL);
  const char *refresher;

  if (!is_modification (self, request) || mode_of (self) == AHOY_SESSION_TIMERS_NO) {
    return;
  }
  self->timer.minimum = MAX (self->timer.minimum, read_minimum (request));
  if (!expires.present && !wants_timer (self) && self->timer.interval == 0) {
    return;
  }
  refresher = choose_refresher (self, &expires, supports);
  ours = MAX (ours, shortest_of (self));
  self->timer.interval = expires.present ? MAX (MIN (expires.seconds, ours), SHORTEST) : ours;
  self->timer.refresher = g_str_equal (refresher, "uas");
  write_expires (response, self->timer.interval, refresher);
  if (!self->timer.refresher) {
    ahoy_message_add_header (response, "Require", TAG, NULL);
  }
  start (self);
}
