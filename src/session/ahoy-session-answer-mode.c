/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-answer-mode-private.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* Callers that ask to be answered without a hand: Answer-Mode and Priv-Answer-Mode (RFC 5373), and
 * what phones did before it: Call-Info with answer-after, and Alert-Info. */

#define MAX_DELAY 600        /* s */
#define RING_ANSWER_DELAY 2000 /* ms: it rings once */

/* A parameter of a header value, without quotes; NULL where it is not there. */
static char *
find_parameter (const char *value, const char *name)
{
  const char *close = strrchr (value, '>'); /* a URI has parameters of its own */
  g_auto (GStrv) parameters = g_strsplit (close != NULL ? close + 1 : value, ";", 32);
  gsize length = strlen (name);

  for (gsize i = 0; parameters[i] != NULL; i++) {
    char *parameter = g_strstrip (parameters[i]);

    if (g_ascii_strncasecmp (parameter, name, length) == 0 && parameter[length] == '=') {
      char *text = g_strstrip (g_strdup (parameter + length + 1));
      gsize end = strlen (text);

      if (end >= 2 && text[0] == '"' && text[end - 1] == '"') {
        text[end - 1] = '\0';
        memmove (text, text + 1, end - 1);
      }
      return text;
    }
  }
  return NULL;
}

static gboolean
read_seconds (const char *text, guint *delay)
{
  guint64 seconds;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, MAX_DELAY, &seconds, NULL)) {
    return FALSE;
  }
  *delay = (guint) seconds * 1000;
  return TRUE;
}

/* RFC 5373 §4: “Auto” or “Manual”, and whether nothing else will do. */
static gboolean
read_header (AhoyMessage *invite, const char *name, AhoyAnswerMode *mode)
{
  g_autofree char *value = ahoy_message_get_header (invite, name);
  g_auto (GStrv) words = value != NULL ? g_strsplit (value, ";", 16) : NULL;

  if (words == NULL || words[0] == NULL) {
    return FALSE;
  }
  g_strstrip (words[0]);
  mode->asked = g_ascii_strcasecmp (words[0], "Auto") == 0;
  mode->manual = g_ascii_strcasecmp (words[0], "Manual") == 0;
  for (gsize i = 1; words[i] != NULL; i++) {
    mode->required = mode->required || g_ascii_strcasecmp (g_strstrip (words[i]), "require") == 0;
  }
  return mode->asked || mode->manual;
}

static gboolean
read_call_info (AhoyMessage *invite, AhoyAnswerMode *mode)
{
  g_auto (GStrv) values = ahoy_message_get_headers (invite, "Call-Info");

  for (gsize i = 0; values != NULL && values[i] != NULL; i++) {
    g_autofree char *after = find_parameter (values[i], "answer-after");

    if (read_seconds (after, &mode->delay)) {
      mode->asked = TRUE;
      return TRUE;
    }
  }
  return FALSE;
}

/* Phones write it with blanks, dashes and in all cases. */
static char *
squeeze (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++) {
    if (g_ascii_isalnum (*at)) {
      g_string_append_c (out, g_ascii_tolower (*at));
    }
  }
  return g_string_free (out, FALSE);
}

static gboolean
read_alert_info (AhoyMessage *invite, AhoyAnswerMode *mode)
{
  static const char *const at_once[] = { "alertautoanswer", "autoanswer", NULL };
  g_auto (GStrv) values = ahoy_message_get_headers (invite, "Alert-Info");

  for (gsize i = 0; values != NULL && values[i] != NULL; i++) {
    g_autofree char *info = find_parameter (values[i], "info");
    g_autofree char *after = find_parameter (values[i], "delay");
    g_autofree char *word = NULL;

    word = squeeze (info != NULL ? info : strchr (values[i], '<') == NULL ? values[i] : "");
    if (g_strv_contains (at_once, word) || g_str_equal (word, "ringanswer")) {
      mode->asked = TRUE;
      mode->delay = g_str_equal (word, "ringanswer") ? RING_ANSWER_DELAY : 0;
      read_seconds (after, &mode->delay);
      return TRUE;
    }
  }
  return FALSE;
}

/* What the caller asks for. The standard wins over what was there before it, and the header of the
 * privileged over that for everyone (RFC 5373 §4.1). */
void
ahoy_answer_mode_read (AhoyMessage *invite, AhoyAnswerMode *mode)
{
  *mode = (AhoyAnswerMode){ 0 };
  if (!read_header (invite, "Priv-Answer-Mode", mode) &&
      !read_header (invite, "Answer-Mode", mode) && !read_call_info (invite, mode)) {
    read_alert_info (invite, mode);
  }
}

static AhoyAutoAnswer
policy_of (AhoySession *self)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (self);

  return endpoint != NULL ? (AhoyAutoAnswer) ahoy_config_object_get_choice (
                                AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                "auto-answer")
                          : AHOY_AUTO_ANSWER_NO;
}

/* Whether a session is answered by itself, and after how many ms. */
gboolean
ahoy_session_is_auto_answered (AhoySession *self, guint *delay)
{
  AhoyAutoAnswer policy = policy_of (self);
  AhoyMessage *invite = ahoy_session_get_invite (self);
  AhoyAnswerMode mode;

  if (policy == AHOY_AUTO_ANSWER_NO || invite == NULL ||
      ahoy_session_get_direction (self) != AHOY_SESSION_INCOMING) {
    return FALSE;
  }
  ahoy_answer_mode_read (invite, &mode);
  *delay = mode.delay;
  return mode.asked || (policy == AHOY_AUTO_ANSWER_YES && !mode.manual);
}

static void
on_time_to_answer (gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  g_autoptr (GError) error = NULL;

  self->auto_answer_timer = 0;
  if (self->state < AHOY_SESSION_ACTIVE && !ahoy_session_answer (self, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not answered by itself: %s", self->id,
               error->message);
  }
}

/**
 * ahoy_session_answer_if_asked:
 * @self: an incoming session that rings
 * @error: return location for an error
 *
 * Answers the call by itself, now or after the time that the caller names, where the caller asks
 * for it (RFC 5373, `answer-after` in Call-Info, `info=alert-autoanswer` or `Ring Answer` in
 * Alert-Info) and its endpoint may (`auto-answer`). To be called by whoever lets a call ring here;
 * somebody may still answer or refuse it before.
 *
 * Returns: whether the call is answered, or will be; %FALSE without an error when nobody asked for
 *   it, or with one of ahoy_session_answer()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_answer_if_asked (AhoySession *self, GError **error)
{
  guint delay = 0;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  if (self->state >= AHOY_SESSION_ACTIVE || !ahoy_session_is_auto_answered (self, &delay)) {
    return FALSE;
  }
  if (delay == 0) {
    return ahoy_session_answer (self, error);
  }
  if (self->auto_answer_timer == 0) {
    self->auto_answer_timer =
        ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack), "answer by itself",
                            (gint64) delay * 1000, on_time_to_answer, self, NULL);
  }
  return TRUE;
}
