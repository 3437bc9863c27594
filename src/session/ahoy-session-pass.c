/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * Headers that one leg of a call passes to the other as they are (key `pass-headers`).
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-passed-headers-private.h"
#include "ahoy-session-private.h"

#define SAID "ahoy-session-said"     /* what the peer said last, a GVariant a(ss) */
#define PASSED "ahoy-session-passed" /* what the peer is to be told, the same */

/**
 * ahoy_session_keep_headers:
 * @self: a session
 * @message: an answer to INVITE, or a BYE, that came from the peer
 *
 * Keeps the headers of @message that the endpoint of @self names in `pass-headers`, for
 * ahoy_session_pass_headers(), in place of those that were kept before. 2048 bytes are kept.
 *
 * Since: 0.1
 */
void
ahoy_session_keep_headers (AhoySession *self, AhoyMessage *message)
{
  GVariantBuilder builder;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_MESSAGE (message));

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  ahoy_passed_headers_add (&builder, message, self->endpoint, self->endpoint);
  g_object_set_data_full (G_OBJECT (self), SAID,
                          g_variant_ref_sink (g_variant_builder_end (&builder)),
                          (GDestroyNotify) g_variant_unref);
}

/**
 * ahoy_session_pass_headers:
 * @self: a session
 * @from: the session whose peer said something that the peer of @self is told next
 *
 * The next answer to INVITE, or the BYE, of @self has the headers that the peer of @from said last,
 * where both endpoints name them (`pass-headers`), such as User-to-User (RFC 7433).
 *
 * Since: 0.1
 */
void
ahoy_session_pass_headers (AhoySession *self, AhoySession *from)
{
  GVariant *said;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_SESSION (from));

  said = g_object_get_data (G_OBJECT (from), SAID);
  g_object_set_data_full (G_OBJECT (self), PASSED, said != NULL ? g_variant_ref (said) : NULL,
                          said != NULL ? (GDestroyNotify) g_variant_unref : NULL);
}

/**
 * ahoy_session_add_passed_headers:
 * @self: a session
 * @message: an answer to INVITE, or a BYE, that is about to leave
 *
 * Adds what ahoy_session_pass_headers() had passed on last. A header that @message has already
 * stays as it is.
 *
 * Since: 0.1
 */
void
ahoy_session_add_passed_headers (AhoySession *self, AhoyMessage *message)
{
  GVariant *passed;
  GVariantIter iter;
  const char *name;
  const char *value;
  const char *last = NULL;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_MESSAGE (message));

  passed = g_object_get_data (G_OBJECT (self), PASSED);
  if (passed == NULL) {
    return;
  }
  g_variant_iter_init (&iter, passed);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    gboolean follows = last != NULL && g_str_equal (last, name);

    if (ahoy_passed_headers_is_named (self->endpoint, name) &&
        (follows || !ahoy_message_has_header (message, name))) {
      ahoy_message_add_header (message, name, value, NULL);
      last = name;
    }
  }
  /* Said once: neither a later re-INVITE nor a BYE of ours repeats it. */
  if (ahoy_message_get_status (message) == 0 || ahoy_message_get_status (message) >= 200) {
    g_object_set_data (G_OBJECT (self), PASSED, NULL);
  }
}
