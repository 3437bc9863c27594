/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-info-digit-private.h"
#include "ahoy-session-private.h"

/* Digits of a session: by its audio, or in INFO requests one after the other, as its endpoint says;
 * and those that come in INFO requests. */

#define MAX_WAITING 128
#define FLASH_DURATION 250 /* ms */

static gboolean
is_by_info (AhoySession *self)
{
  AhoyConfigObject *config;

  if (self->endpoint == NULL) {
    return FALSE;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint));
  return ahoy_config_object_get_choice (config, "dtmf-mode") == AHOY_DTMF_MODE_INFO;
}

static void send_next (AhoySession *self);

void
ahoy_session_drop_digits (AhoySession *self)
{
  g_queue_clear_full (&self->digits, g_free);
}

static void
on_info_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *self = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_send_request_finish (self, result, &error);
  guint status = response != NULL ? ahoy_message_get_status (response) : 0;

  self->digit_sent = FALSE;
  if (status >= 200 && status < 300) {
    send_next (self);
    return;
  }
  g_message ("The peer of session %" G_GUINT64_FORMAT " does not take digits by INFO (%u %s)",
             self->id, status, error != NULL ? error->message : "");
  ahoy_session_drop_digits (self);
}

static void
send_next (AhoySession *self)
{
  g_autofree AhoyInfoDigit *digit = g_queue_pop_head (&self->digits);
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  if (digit == NULL) {
    return;
  }
  text = g_strdup_printf ("Signal=%c\r\nDuration=%u\r\n", digit->digit, digit->duration_ms);
  body = g_bytes_new_take (text, strlen (text));
  request = ahoy_session_create_request (self, "INFO", &error);
  if (request == NULL ||
      !ahoy_message_set_body (request, AHOY_INFO_DIGIT_RELAY_TYPE, body, &error)) {
    g_message ("%s", error->message);
    ahoy_session_drop_digits (self);
    return;
  }
  self->digit_sent = TRUE;
  ahoy_session_send_request_async (self, request, NULL, on_info_answered, NULL);
}

static gboolean
send_by_info (AhoySession *self, const char *digits, guint duration_ms, GError **error)
{
  if (strspn (digits, AHOY_INFO_DIGIT_DIGITS "!") != strlen (digits)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” cannot be sent as digits; write 0-9 * # A-D, or ! for a flash", digits);
    return FALSE;
  }
  if (strlen (digits) + self->digits.length > MAX_WAITING) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%zu digits are too many; at most %u may wait", strlen (digits), MAX_WAITING);
    return FALSE;
  }
  if (self->dialog == NULL || self->state >= AHOY_SESSION_ENDING) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is %s and cannot send digits", self->id,
                 ahoy_session_state_to_string (self->state));
    return FALSE;
  }
  for (const char *at = digits; *at != '\0'; at++) {
    AhoyInfoDigit *digit = g_new (AhoyInfoDigit, 1);

    digit->digit = g_ascii_toupper (*at);
    digit->duration_ms = duration_ms != 0 ? duration_ms : AHOY_INFO_DIGIT_DURATION;
    g_queue_push_tail (&self->digits, digit);
  }
  if (!self->digit_sent) {
    send_next (self);
  }
  return TRUE;
}

/**
 * ahoy_session_send_dtmf:
 * @self: a session
 * @digits: digits: 0-9, *, #, A-D, and in INFO requests `!` for the flash of a hook
 * @duration_ms: how long each sounds, in ms; 0 for 100
 * @error: return location for an error
 *
 * Sends digits in the way that the session's endpoint says (`dtmf-mode`): in its audio stream, as
 * events (RFC 4733) or tones, or in INFO requests with `application/dtmf-relay`, each after the
 * answer to the one before. It returns at once; digits come after those that were sent before.
 *
 * Returns: %TRUE when they are on their way; %FALSE with %AHOY_ERROR_INVALID_STATE when there is no
 *   audio or no dialog, %AHOY_ERROR_INVALID_ARGUMENTS when something is no digit, or an error of
 *   ahoy_media_stream_send_dtmf()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_send_dtmf (AhoySession *self, const char *digits, guint duration_ms, GError **error)
{
  AhoyMediaStream *media;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (digits != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (is_by_info (self)) {
    return send_by_info (self, digits, duration_ms, error);
  }
  media = ahoy_session_find_media (self, "audio");
  if (media == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no sound: it is %s, and no audio stream was "
                 "agreed on",
                 self->id, ahoy_session_state_to_string (self->state));
    return FALSE;
  }
  return ahoy_media_stream_send_dtmf (
      media, digits, duration_ms != 0 ? duration_ms : AHOY_INFO_DIGIT_DURATION, error);
}

/**
 * ahoy_session_send_flash:
 * @self: a session
 * @error: return location for an error
 *
 * Tells the peer that the hook was flashed, in an INFO request with `application/dtmf-relay` and
 * `Signal=!`, whatever the endpoint's `dtmf-mode` is. It comes after digits in INFO requests that
 * were sent before.
 *
 * Returns: %TRUE when it is on its way; %FALSE with %AHOY_ERROR_INVALID_STATE when there is no
 *   dialog, or with %AHOY_ERROR_LIMIT_EXCEEDED when too many digits wait
 *
 * Since: 0.1
 */
gboolean
ahoy_session_send_flash (AhoySession *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return send_by_info (self, "!", FLASH_DURATION, error);
}
