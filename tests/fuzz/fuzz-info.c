/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-info-digit-private.h"
#include "ahoy-media-control-private.h"
#include "ahoy.h"
#include "fuzz.h"

/* An INFO request as a peer sends it: the line of its Content-Type, then its body. */

static AhoyStack *stack;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  stack = ahoy_stack_new (NULL, NULL);
  ahoy_stack_start (stack, &error);
  g_assert_no_error (error);

  return 0;
}

static void
check_digit (const char *content_type, GBytes *body)
{
  AhoyInfoDigit digit, again;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) written = NULL;

  if (!ahoy_info_digit_read (&digit, content_type, body)) {
    g_assert_cmpint (digit.digit, ==, '\0');
    return;
  }
  g_assert_nonnull (strchr ("0123456789*#ABCD!", digit.digit));
  g_assert_cmpuint (digit.duration_ms, >=, 1);
  g_assert_cmpuint (digit.duration_ms, <=, AHOY_INFO_DIGIT_MAX_DURATION);

  /* What we write of it is read as the same. */
  text = g_strdup_printf ("Signal=%c\r\nDuration=%u\r\n", digit.digit, digit.duration_ms);
  written = g_bytes_new (text, strlen (text));
  g_assert_true (ahoy_info_digit_read (&again, AHOY_INFO_DIGIT_RELAY_TYPE, written));
  g_assert_cmpint (again.digit, ==, digit.digit);
  g_assert_cmpuint (again.duration_ms, ==, digit.duration_ms);
}

/* A body that asks for a picture names no stream, or some; what is refused says why. */
static void
check_control (GBytes *body)
{
  g_auto (GStrv) labels = NULL;
  g_autoptr (GError) error = NULL;

  if (ahoy_media_control_read (body, &labels, &error)) {
    g_assert_no_error (error);
    g_assert_true (labels == NULL || g_strv_length (labels) <= 16);
  } else {
    g_assert_nonnull (error);
    g_assert_null (labels);
  }
}

/* The same body in a message, of which it may be several parts. */
static void
check_parts (const char *content_type, GBytes *body)
{
  g_autoptr (AhoyMessage) request = ahoy_stack_create_request (
    stack, "INFO", "sip:b@example.org", "<sip:a@example.org>", "<sip:b@example.org>", NULL);
  g_autoptr (GPtrArray) parts = NULL;

  if (!ahoy_message_set_body (request, content_type, body, NULL))
    return;
  parts = ahoy_message_get_parts (request, NULL);
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    check_digit (ahoy_body_part_get_content_type (parts->pdata[i]),
                 ahoy_body_part_get_body (parts->pdata[i]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *content_type = NULL;
  g_autoptr (GBytes) body = NULL;

  if (end == NULL)
    return 0;
  content_type = g_strndup ((const char *) data, end - data);
  body = g_bytes_new (end + 1, size - (end + 1 - data));
  check_digit (content_type, body);
  check_control (body);
  check_parts (content_type, body);

  return 0;
}
