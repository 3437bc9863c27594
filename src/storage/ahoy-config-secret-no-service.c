/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-secret-private.h"
#include "ahoy-error.h"

/* In the place of ahoy-config-secret-service.c where there is no libsecret. */

char *
ahoy_config_secret_read_service (const char *name, GError **error)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "the Secret Service cannot be asked for name=%s: this Ahoy was built without "
               "libsecret; write the secret to a file or a credential",
               name);
  return NULL;
}
