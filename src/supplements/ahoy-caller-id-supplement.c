/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-caller-id-supplement.h"
#include "ahoy-census.h"
#include "ahoy-name-addr.h"
#include "ahoy-session.h"

/**
 * AhoyCallerIdSupplement:
 *
 * Who calls, by what a trusted peer asserts: P-Asserted-Identity (RFC 3325 §9.1), then the older
 * Remote-Party-ID, then From.
 *
 * For an incoming call the answer is kept in the session's variables `caller-uri` and
 * `caller-name`. For an outgoing one that has these variables, the INVITE asserts them. Add it for
 * INVITE, and only where the peer is trusted: it believes what it reads.
 *
 * Since: 0.1
 */
struct _AhoyCallerIdSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyCallerIdSupplement, ahoy_caller_id_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static AhoySupplementVerdict
ahoy_caller_id_supplement_incoming_request (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *request)
{
  g_autoptr (AhoyIdentity) said = NULL;
  g_autoptr (AhoyIdentity) identity = NULL;
  g_autofree char *uri = NULL;

  /* A re-INVITE does not change who called. */
  if (ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE) {
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  said = ahoy_identity_new_from_request (request, TRUE, NULL);
  if (said != NULL) {
    identity = ahoy_session_rewrite_identity (session, said);
    uri = ahoy_uri_to_string (ahoy_identity_get_uri (identity));
    ahoy_session_set_variable (session, "caller-uri", uri);
    ahoy_session_set_variable (session, "caller-name", ahoy_identity_get_name (identity));
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
ahoy_caller_id_supplement_outgoing_request (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *request)
{
  const char *uri_text = ahoy_session_get_variable (session, "caller-uri");
  g_autoptr (AhoyNameAddr) identity = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autofree char *value = NULL;

  if (uri_text == NULL || ahoy_session_get_direction (session) != AHOY_SESSION_OUTGOING) {
    return;
  }
  uri = ahoy_uri_parse (uri_text, NULL);
  if (uri == NULL) {
    g_warning ("The variable caller-uri of session %" G_GUINT64_FORMAT
               " is no URI, and is not sent",
               ahoy_session_get_id (session));
    return;
  }
  identity = ahoy_name_addr_new (ahoy_session_get_variable (session, "caller-name"), uri);
  value = ahoy_name_addr_to_string (identity);
  ahoy_message_set_header (request, "P-Asserted-Identity", value, NULL);
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_caller_id_supplement_incoming_request;
  iface->outgoing_request = ahoy_caller_id_supplement_outgoing_request;
}

static void
ahoy_caller_id_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_caller_id_supplement_parent_class)->finalize (object);
}

static void
ahoy_caller_id_supplement_class_init (AhoyCallerIdSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_caller_id_supplement_finalize;
}

static void
ahoy_caller_id_supplement_init (AhoyCallerIdSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_caller_id_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_caller_id_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_CALLER_ID_SUPPLEMENT, NULL);
}
