/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-hmac-private.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

EVP_MAC_CTX *
ahoy_hmac_new (gconstpointer secret, gsize length)
{
  const OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST, (char *) "SHA2-256", 0),
    OSSL_PARAM_construct_end (),
  };
  EVP_MAC *hmac = EVP_MAC_fetch (NULL, "HMAC", NULL);
  EVP_MAC_CTX *mac = hmac != NULL ? EVP_MAC_CTX_new (hmac) : NULL;

  EVP_MAC_free (hmac);
  if (mac != NULL && EVP_MAC_init (mac, secret, length, params) != 1) {
    EVP_MAC_CTX_free (mac);
    return NULL;
  }
  return mac;
}
