/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-passed-headers-private.h"

#include <string.h>

#define MOST_BYTES 2048

static const char *const *
list_names (AhoyEndpoint *endpoint)
{
  return endpoint != NULL
             ? ahoy_config_object_get_list (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "pass-headers")
             : NULL;
}

gboolean
ahoy_passed_headers_is_named (AhoyEndpoint *endpoint, const char *name)
{
  const char *const *names = list_names (endpoint);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    if (g_ascii_strcasecmp (names[i], name) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

void
ahoy_passed_headers_add (GVariantBuilder *builder, AhoyMessage *message, AhoyEndpoint *from,
                         AhoyEndpoint *to)
{
  const char *const *names = list_names (to);
  gsize bytes = 0;

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_auto (GStrv) values = NULL;

    if (from != to && !ahoy_passed_headers_is_named (from, names[i])) {
      continue;
    }
    values = ahoy_message_get_headers (message, names[i]);
    for (gsize j = 0; values[j] != NULL; j++) {
      bytes += strlen (names[i]) + strlen (values[j]);
      if (bytes <= MOST_BYTES) {
        g_variant_builder_add (builder, "(ss)", names[i], values[j]);
      }
    }
  }
}
