/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-answer-mode-supplement.h"

#include "ahoy-answer-mode-private.h"
#include "ahoy-census.h"
#include "ahoy-session.h"

/**
 * AhoyAnswerModeSupplement:
 *
 * Refuses calls that have to be answered without a hand, or by hand, and are not (RFC 5373): 420
 * for `Require: answermode` of an endpoint whose `auto-answer` is no, 403 for a mode that is
 * required and that the endpoint does not get. The 200 of others says how they were answered. Add
 * the option tag `answermode` to the stack with it.
 *
 * Since: 0.1
 */
struct _AhoyAnswerModeSupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAnswerModeSupplement, ahoy_answer_mode_supplement,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static gboolean
is_first_invite (AhoySession *session, AhoyMessage *request)
{
  return ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
         ahoy_session_get_invite (session) == request;
}

static AhoySupplementVerdict
ahoy_answer_mode_supplement_incoming_request (AhoySessionSupplement *supplement,
                                              AhoySession *session, AhoyMessage *request)
{
  AhoyAnswerMode mode;
  gboolean granted;
  guint delay;

  if (!is_first_invite (session, request)) {
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  ahoy_answer_mode_read (request, &mode);
  granted = ahoy_session_is_auto_answered (session, &delay);
  if (mode.asked && !granted && ahoy_message_has_option_tag (request, "Require", "answermode")) {
    ahoy_session_add_header (session, "Unsupported", "answermode", NULL);
    ahoy_session_respond (session, request, 420, NULL, NULL);
    return AHOY_SUPPLEMENT_ANSWERED;
  }
  if (mode.required && granted != mode.asked) {
    ahoy_session_respond (session, request, 403, "Answer Mode Not Allowed", NULL);
    return AHOY_SUPPLEMENT_ANSWERED;
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

/* How a call was answered, for who asked (RFC 5373 §4.4). */
static void
ahoy_answer_mode_supplement_outgoing_response (AhoySessionSupplement *supplement,
                                               AhoySession *session, AhoyMessage *response)
{
  AhoyMessage *invite = ahoy_session_get_invite (session);
  guint status = ahoy_message_get_status (response);
  guint delay;

  if (ahoy_session_get_direction (session) != AHOY_SESSION_INCOMING || invite == NULL ||
      status < 200 || status > 299 ||
      !g_str_equal (ahoy_message_get_method (response), "INVITE") ||
      ahoy_message_get_cseq (response) != ahoy_message_get_cseq (invite)) {
    return;
  }
  if (ahoy_message_has_header (invite, "Answer-Mode") ||
      ahoy_message_has_header (invite, "Priv-Answer-Mode")) {
    ahoy_message_set_header (
        response, "Answer-Mode",
        ahoy_session_is_auto_answered (session, &delay) ? "Auto" : "Manual", NULL);
  }
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_answer_mode_supplement_incoming_request;
  iface->outgoing_response = ahoy_answer_mode_supplement_outgoing_response;
}

static void
ahoy_answer_mode_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_answer_mode_supplement_parent_class)->finalize (object);
}

static void
ahoy_answer_mode_supplement_class_init (AhoyAnswerModeSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_answer_mode_supplement_finalize;
}

static void
ahoy_answer_mode_supplement_init (AhoyAnswerModeSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_answer_mode_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_answer_mode_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_ANSWER_MODE_SUPPLEMENT, NULL);
}
