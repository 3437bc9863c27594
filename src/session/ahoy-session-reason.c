/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

/* Why a session ends, as the header Reason says it (RFC 3326): a SIP status, a cause of Q.850. */

#define PROTOCOL "Q.850"
#define MOST_SAID 1000 /* bytes that are passed on */

/* Where the value that begins at @text ends: at a comma outside of quotes, or at the end. */
static const char *
end_of_value (const char *text, char separator)
{
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++) {
    if (quoted && *text == '\\' && text[1] != '\0') {
      text++;
    } else if (*text == '"') {
      quoted = !quoted;
    } else if (!quoted && *text == separator) {
      break;
    }
  }
  return text;
}

static gboolean
is_protocol (const char *value, gsize length)
{
  return length >= strlen (PROTOCOL) &&
         g_ascii_strncasecmp (value, PROTOCOL, strlen (PROTOCOL)) == 0 &&
         (length == strlen (PROTOCOL) || strchr ("; \t", value[strlen (PROTOCOL)]) != NULL);
}

/* The parameter `cause` of one value. */
static guint
cause_of_value (const char *value, const char *end)
{
  const char *at = end_of_value (value, ';');

  while (at < end) {
    const char *next = end_of_value (at + 1, ';');
    g_autofree char *parameter = g_strndup (at + 1, (gsize) (MIN (next, end) - at - 1));
    guint64 cause = 0;

    g_strstrip (parameter);
    if (g_ascii_strncasecmp (parameter, "cause", 5) == 0) {
      char *number = g_strchug (parameter + 5);

      if (*number == '=' && g_ascii_string_to_unsigned (g_strstrip (number + 1), 10, 1, 127,
                                                        &cause, NULL)) {
        return (guint) cause;
      }
    }
    at = next;
  }
  return 0;
}

/* The Q.850 cause in values of the header Reason; AHOY_CAUSE_NONE for none. */
AhoyCause
ahoy_session_find_cause (const char *reason)
{
  while (reason != NULL && *reason != '\0') {
    const char *end = end_of_value (reason, ',');

    reason += strspn (reason, " \t");
    if (reason < end && is_protocol (reason, (gsize) (end - reason))) {
      return (AhoyCause) cause_of_value (reason, end);
    }
    reason = *end == ',' ? end + 1 : end;
  }
  return AHOY_CAUSE_NONE;
}

/* Takes the values of Q.850 out. */
static char *
without_cause (const char *reason)
{
  g_autoptr (GString) rest = g_string_new (NULL);

  while (*reason != '\0') {
    const char *end = end_of_value (reason, ',');

    reason += strspn (reason, " \t");
    if (reason < end && !is_protocol (reason, (gsize) (end - reason))) {
      g_string_append (rest, rest->len > 0 ? ", " : "");
      g_string_append_len (rest, reason, end - reason);
    }
    reason = *end == ',' ? end + 1 : end;
  }
  return rest->len > 0 ? g_string_free (g_steal_pointer (&rest), FALSE) : NULL;
}

/**
 * ahoy_session_dup_reason:
 * @self: a session
 * @given: (nullable): values of the header Reason that are to be sent
 * @cause: the cause of Q.850 that is sent where @given has none, %AHOY_CAUSE_NONE for none
 *
 * Completes what a request or response of the session says of why it ends (RFC 3326), for
 * supplements: with a cause of Q.850 where the key `q850-reason` of its endpoint says so, without
 * one where it does not.
 *
 * Returns: (transfer full) (nullable): values of the header Reason; %NULL when there is nothing to
 *   say
 *
 * Since: 0.1
 */
char *
ahoy_session_dup_reason (AhoySession *self, const char *given, AhoyCause cause)
{
  const char *text = ahoy_cause_get_text (cause);
  g_autofree char *quoted = text != NULL ? g_strdup_printf (";text=\"%s\"", text) : NULL;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  if (self->endpoint == NULL ||
      !ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (
                                           ahoy_endpoint_get_config (self->endpoint)),
                                       "q850-reason")) {
    return given != NULL ? without_cause (given) : NULL;
  }
  if (cause == AHOY_CAUSE_NONE || ahoy_session_find_cause (given) != AHOY_CAUSE_NONE) {
    return g_strdup (given);
  }
  return g_strdup_printf ("%s%s" PROTOCOL ";cause=%u%s", given != NULL ? given : "",
                          given != NULL ? ", " : "", (guint) cause, quoted != NULL ? quoted : "");
}

/* Whether a value can be sent on: it begins with a protocol, and its quotes end. */
static gboolean
is_whole (const char *value)
{
  gboolean quoted = FALSE;

  if (!g_ascii_isalnum (*value)) {
    return FALSE;
  }
  for (; *value != '\0'; value++) {
    if (quoted && *value == '\\' && value[1] != '\0') {
      value++;
    } else if (*value == '"') {
      quoted = !quoted;
    }
  }
  return !quoted;
}

/*
 * What a message of the peer says of why it ends the session: the cause is kept.
 * Returns: (transfer full) (nullable): all that can be sent on
 */
char *
ahoy_session_take_reason (AhoySession *self, AhoyMessage *message)
{
  g_auto (GStrv) values = ahoy_message_get_headers (message, "Reason");
  g_autoptr (GString) all = g_string_new (NULL);

  for (gsize i = 0; values[i] != NULL; i++) {
    if (self->end_cause == AHOY_CAUSE_NONE) {
      self->end_cause = ahoy_session_find_cause (values[i]);
    }
    if (is_whole (values[i]) && all->len + strlen (values[i]) < MOST_SAID) {
      g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", values[i]);
    }
  }
  return all->len > 0 ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

/**
 * ahoy_session_set_end_cause:
 * @self: a session that is not over
 * @cause: a cause of Q.850
 *
 * Says why the session is going to end, where that is more than its status tells: the peer is told
 * in the Reason header of BYE, CANCEL or the refusal (RFC 3326), where the key `q850-reason` of its
 * endpoint says so.
 *
 * Since: 0.1
 */
void
ahoy_session_set_end_cause (AhoySession *self, AhoyCause cause)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail ((guint) cause <= 127);

  if (self->state < AHOY_SESSION_ENDING) {
    self->end_cause = cause;
  }
}

/**
 * ahoy_session_get_end_cause:
 * @self: a session
 *
 * Returns: the Q.850 cause of the end: what the peer said in a Reason header (RFC 3326), or what
 *   ahoy_session_set_end_cause() was told, else what stands for the end status
 *   (ahoy_cause_from_status()); %AHOY_CAUSE_NONE before the end
 *
 * Since: 0.1
 */
AhoyCause
ahoy_session_get_end_cause (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_CAUSE_NONE);

  if (self->end_cause != AHOY_CAUSE_NONE) {
    return self->end_cause;
  }
  return ahoy_cause_from_status (self->end_status);
}

/**
 * ahoy_session_hangup_after:
 * @self: a session
 * @other: a session that ends, or ended
 *
 * Ends the session as ahoy_session_hangup() does, for the reason that ended @other: the peer is
 * told what the peer of @other said, as a bridge does with its two calls.
 *
 * Since: 0.1
 */
void
ahoy_session_hangup_after (AhoySession *self, AhoySession *other)
{
  const char *said;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_SESSION (other));

  /* Of who was answered, or calls, it is a header; else the phrase of a refusal. */
  said = other->ended_by == AHOY_SESSION_PARTY_REMOTE &&
                 (other->direction == AHOY_SESSION_INCOMING || other->answered_at != 0)
             ? other->end_reason
             : NULL;
  if (other->end_cause != AHOY_CAUSE_NONE) {
    ahoy_session_set_end_cause (self, other->end_cause);
  }
  if (other->ended_by == AHOY_SESSION_PARTY_REMOTE) {
    ahoy_session_pass_headers (self, other);
  }
  ahoy_session_hangup_with_reason (self, said);
}
