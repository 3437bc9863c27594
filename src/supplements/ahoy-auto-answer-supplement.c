/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auto-answer-supplement.h"
#include "ahoy-census.h"
#include "ahoy-session.h"

/**
 * AhoyAutoAnswerSupplement:
 *
 * Asks who is called to answer without a hand (RFC 5373), where the session's variable
 * `SIP_AUTO_ANSWER` is set. docs/supplements.md tells how it is made.
 *
 * Since: 0.1
 */
struct _AhoyAutoAnswerSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAutoAnswerSupplement, ahoy_auto_answer_supplement,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static void
ahoy_auto_answer_supplement_outgoing_request (AhoySessionSupplement *supplement,
                                              AhoySession *session, AhoyMessage *request)
{
  const char *wanted = ahoy_session_get_variable (session, "SIP_AUTO_ANSWER");

  if (wanted == NULL || *wanted == '\0' ||
      !g_str_equal (ahoy_message_get_method (request), "INVITE") ||
      ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE) {
    return;
  }
  if (!ahoy_message_has_option_tag (request, "Require", "answermode")) {
    ahoy_message_add_header (request, "Require", "answermode", NULL);
  }
  ahoy_message_set_header (request, "Answer-Mode", "Auto", NULL);
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->outgoing_request = ahoy_auto_answer_supplement_outgoing_request;
}

static void
ahoy_auto_answer_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_auto_answer_supplement_parent_class)->finalize (object);
}

static void
ahoy_auto_answer_supplement_class_init (AhoyAutoAnswerSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_auto_answer_supplement_finalize;
}

static void
ahoy_auto_answer_supplement_init (AhoyAutoAnswerSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_auto_answer_supplement_new:
 *
 * Returns: (transfer full): a new supplement, to be added for `INVITE`
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_auto_answer_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_AUTO_ANSWER_SUPPLEMENT, NULL);
}
