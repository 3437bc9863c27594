/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-challenge.h"
#include "ahoy-credentials.h"
#include "ahoy-error.h"
#include "ahoy-server-transaction.h"

/* Challenges and credentials in messages (RFC 3261 section 22). */

/**
 * ahoy_message_list_credentials:
 * @self: a request
 * @proxy: %FALSE for those of Authorization, which are for who answers; %TRUE for those of
 *   Proxy-Authorization, which are for who passes on
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type AhoyCredentials) (nullable): the credentials of the
 *   scheme `Digest` in their order, possibly none; %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when
 *   one of them is malformed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_message_list_credentials (AhoyMessage *self, gboolean proxy, GError **error)
{
  g_auto (GStrv) values = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_credentials_unref);
  values = ahoy_message_get_headers (self, proxy ? "Proxy-Authorization" : "Authorization");
  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) some = ahoy_credentials_parse_list (values[i], error);

    if (some == NULL) {
      return NULL;
    }
    g_ptr_array_extend_and_steal (list, g_steal_pointer (&some));
  }
  return g_steal_pointer (&list);
}

/**
 * ahoy_server_transaction_challenge:
 * @self: a transaction that has no final answer yet
 * @status: 401 of who answers himself, or 407 of who passes on (RFC 3261 sections 22.2 and 22.3)
 * @challenges: (element-type AhoyChallenge): what is asked for, the best first: several realms, or
 *   several algorithms of one (RFC 8760 section 2.4)
 * @error: return location for an error
 *
 * Answers a request with challenges.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when @challenges is empty,
 *   or with an error of ahoy_server_transaction_respond()
 *
 * Since: 0.1
 */
gboolean
ahoy_server_transaction_challenge (AhoyServerTransaction *self, guint status,
                                   GPtrArray *challenges, GError **error)
{
  g_autoptr (AhoyMessage) response = NULL;

  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), FALSE);
  g_return_val_if_fail (status == 401 || status == 407, FALSE);
  g_return_val_if_fail (challenges != NULL, FALSE);

  if (challenges->len == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The %u answer to a request needs a challenge; there is none", status);
    return FALSE;
  }
  response = ahoy_server_transaction_create_response (self, status, NULL);
  for (guint i = 0; i < challenges->len; i++) {
    g_autofree char *value = ahoy_challenge_to_string (challenges->pdata[i]);

    if (!ahoy_message_add_header (response,
                                  status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate", value,
                                  error)) {
      return FALSE;
    }
  }
  return ahoy_server_transaction_respond (self, response, error);
}
