/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-name-addr.h"
#include "ahoy-session-private.h"

/* Who sent an outgoing call elsewhere, and where it went then (RFC 3261 §8.1.3.4). */

/* RFC 5806 §5.1: what the peer says of why, where it says so in words. */
static char *
find_reason (AhoyMessage *response)
{
  g_autofree char *said = ahoy_message_get_header (response, "Diversion");
  g_autoptr (AhoyNameAddr) address = said != NULL ? ahoy_name_addr_parse (said, NULL) : NULL;
  const char *reason = address != NULL ? ahoy_name_addr_get_param (address, "reason") : NULL;

  if (reason != NULL && *reason != '\0' &&
      strspn (reason, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == strlen (reason)) {
    return g_ascii_strdown (reason, -1);
  }
  return g_strdup (ahoy_message_get_status (response) == 302 ? "unconditional" : "unknown");
}

/* @target said that the call shall go to @contact, a URI or name-addr; NULL: to several of them. */
void
ahoy_session_note_redirect (AhoySession *self, const char *target, AhoyMessage *response,
                            const char *contact)
{
  g_ptr_array_add (self->diverted, g_strdup (target));
  g_ptr_array_add (self->diverted, find_reason (response));
  if (contact != NULL) {
    ahoy_session_learn_address (self, contact);
  }
}

/**
 * ahoy_session_list_redirects:
 * @self: a session
 *
 * Who sent an outgoing call elsewhere, the first one first. The one that was called instead is
 * #AhoySession:connected-identity, until it says more of itself.
 *
 * Returns: (transfer full): an `a(ss)`: the URI of who did, and why, as in the header Diversion
 *   (RFC 5806): `unconditional`, `user-busy`, `no-answer`, …; empty for an incoming call
 *
 * Since: 0.1
 */
GVariant *
ahoy_session_list_redirects (AhoySession *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i + 1 < self->diverted->len; i += 2) {
    g_variant_builder_add (&builder, "(ss)", (const char *) self->diverted->pdata[i],
                           (const char *) self->diverted->pdata[i + 1]);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
