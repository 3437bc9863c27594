/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-pass-supplement.h"

#include "ahoy-census.h"
#include "ahoy-session.h"

/**
 * AhoyPassSupplement:
 *
 * Headers that go from one leg of a call to the other as they are, in the answers to INVITE and in
 * BYE: those that both endpoints name in `pass-headers`. See ahoy_session_pass_headers(); what the
 * INVITE itself brings is passed on by whoever calls the other leg.
 *
 * Since: 0.1
 */
struct _AhoyPassSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyPassSupplement, ahoy_pass_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static gboolean
is_answer_to_invite (AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  g_autofree char *cseq = ahoy_message_get_header (response, "CSeq");

  return status > 100 && status < 300 && cseq != NULL && g_str_has_suffix (cseq, " INVITE");
}

static AhoySupplementVerdict
ahoy_pass_supplement_incoming_request (AhoySessionSupplement *supplement, AhoySession *session,
                                       AhoyMessage *request)
{
  if (g_str_equal (ahoy_message_get_method (request), "BYE")) {
    ahoy_session_keep_headers (session, request);
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
ahoy_pass_supplement_incoming_response (AhoySessionSupplement *supplement, AhoySession *session,
                                        AhoyMessage *response)
{
  if (is_answer_to_invite (response)) {
    ahoy_session_keep_headers (session, response);
  }
}

static void
ahoy_pass_supplement_outgoing_request (AhoySessionSupplement *supplement, AhoySession *session,
                                       AhoyMessage *request)
{
  if (g_str_equal (ahoy_message_get_method (request), "BYE")) {
    ahoy_session_add_passed_headers (session, request);
  }
}

static void
ahoy_pass_supplement_outgoing_response (AhoySessionSupplement *supplement, AhoySession *session,
                                        AhoyMessage *response)
{
  if (is_answer_to_invite (response)) {
    ahoy_session_add_passed_headers (session, response);
  }
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_pass_supplement_incoming_request;
  iface->incoming_response = ahoy_pass_supplement_incoming_response;
  iface->outgoing_request = ahoy_pass_supplement_outgoing_request;
  iface->outgoing_response = ahoy_pass_supplement_outgoing_response;
}

static void
ahoy_pass_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_pass_supplement_parent_class)->finalize (object);
}

static void
ahoy_pass_supplement_class_init (AhoyPassSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_pass_supplement_finalize;
}

static void
ahoy_pass_supplement_init (AhoyPassSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_pass_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_pass_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_PASS_SUPPLEMENT, NULL);
}
