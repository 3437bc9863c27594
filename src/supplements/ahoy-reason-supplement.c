/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-reason-supplement.h"
#include "ahoy-session.h"

/**
 * AhoyReasonSupplement:
 *
 * Why a call ended, as the Reason header says it (RFC 3326).
 *
 * What the peer gives with BYE or CANCEL is kept in the session's variable `reason`. Our own BYE
 * says why, where it is more than a good-bye: a status, and what was said of it. BYE, and what
 * refuses an INVITE (RFC 6432), have a cause of Q.850 where the key `q850-reason` of the endpoint
 * says so. Add it for BYE, CANCEL and INVITE.
 *
 * Since: 0.1
 */
struct _AhoyReasonSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyReasonSupplement, ahoy_reason_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static AhoySupplementVerdict
ahoy_reason_supplement_incoming_request (AhoySessionSupplement *supplement, AhoySession *session,
                                         AhoyMessage *request)
{
  g_autofree char *reason = ahoy_message_get_header (request, "Reason");

  if (reason != NULL) {
    ahoy_session_set_variable (session, "reason", reason);
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

/* All values that the message has already; NULL for none. */
static char *
join_values (AhoyMessage *message)
{
  g_auto (GStrv) values = ahoy_message_get_headers (message, "Reason");

  return values[0] != NULL ? g_strjoinv (", ", values) : NULL;
}

static void
say (AhoySession *session, AhoyMessage *message, const char *given, AhoyCause cause)
{
  g_autofree char *value = ahoy_session_dup_reason (session, given, cause);

  if (value != NULL) {
    ahoy_message_set_header (message, "Reason", value, NULL);
  } else if (given != NULL) {
    ahoy_message_remove_header (message, "Reason", NULL);
  }
}

static void
ahoy_reason_supplement_outgoing_request (AhoySessionSupplement *supplement, AhoySession *session,
                                         AhoyMessage *request)
{
  guint status = ahoy_session_get_end_status (session);
  const char *text = ahoy_session_get_end_reason (session);
  g_autofree char *quoted = NULL;
  g_autofree char *value = NULL;

  if (!g_str_equal (ahoy_message_get_method (request), "BYE")) {
    return;
  }
  value = join_values (request);
  if (value == NULL && status >= 300) {
    if (text != NULL) {
      g_autofree char *escaped = g_strescape (text, "\t");

      quoted = g_strdup_printf (";text=\"%s\"", escaped);
    }
    value = g_strdup_printf ("SIP;cause=%u%s", status, quoted != NULL ? quoted : "");
  }
  say (session, request, value, ahoy_session_get_end_cause (session));
}

static void
ahoy_reason_supplement_outgoing_response (AhoySessionSupplement *supplement, AhoySession *session,
                                          AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  AhoyCause cause = ahoy_session_get_end_cause (session);

  if (status >= 400 && ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      g_str_equal (ahoy_message_get_method (response), "INVITE")) {
    g_autofree char *value = join_values (response);

    say (session, response, value,
         cause != AHOY_CAUSE_NONE ? cause : ahoy_cause_from_status (status));
  }
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_reason_supplement_incoming_request;
  iface->outgoing_request = ahoy_reason_supplement_outgoing_request;
  iface->outgoing_response = ahoy_reason_supplement_outgoing_response;
}

static void
ahoy_reason_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_reason_supplement_parent_class)->finalize (object);
}

static void
ahoy_reason_supplement_class_init (AhoyReasonSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_reason_supplement_finalize;
}

static void
ahoy_reason_supplement_init (AhoyReasonSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_reason_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_reason_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_REASON_SUPPLEMENT, NULL);
}
