/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-id-supplement.h"

#include "ahoy-census.h"
#include "ahoy-session.h"

/**
 * AhoySessionIdSupplement:
 *
 * The identifier of a whole call, from end to end: Session-ID (RFC 7989). All messages of a session
 * have it, unless the key `session-id` of its endpoint says no; see ahoy_session_dup_session_id().
 *
 * Since: 0.1
 */
struct _AhoySessionIdSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoySessionIdSupplement, ahoy_session_id_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static void
write_header (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *message)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  g_autofree char *value = NULL;

  if (endpoint != NULL && !ahoy_config_object_get_boolean (
                              AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                              "session-id")) {
    return;
  }
  value = ahoy_session_dup_session_id (session);
  ahoy_message_set_header (message, "Session-ID", value, NULL);
}

static void
read_header (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *message)
{
  g_autofree char *value = ahoy_message_get_header (message, "Session-ID");

  if (value != NULL) {
    ahoy_session_learn_session_id (session, value);
  }
}

static AhoySupplementVerdict
ahoy_session_id_supplement_incoming_request (AhoySessionSupplement *supplement,
                                             AhoySession *session, AhoyMessage *request)
{
  read_header (supplement, session, request);
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_session_id_supplement_incoming_request;
  iface->incoming_response = read_header;
  iface->outgoing_request = write_header;
  iface->outgoing_response = write_header;
}

static void
ahoy_session_id_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_session_id_supplement_parent_class)->finalize (object);
}

static void
ahoy_session_id_supplement_class_init (AhoySessionIdSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_session_id_supplement_finalize;
}

static void
ahoy_session_id_supplement_init (AhoySessionIdSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_session_id_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_session_id_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_SESSION_ID_SUPPLEMENT, NULL);
}
