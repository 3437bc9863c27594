/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-key.h"
#include "ahoy-stack-private.h"

/* Headers that a configuration adds to messages outside of dialogs, “Name: value” each. */

static char *
split_header (const char *line, const char **value)
{
  const char *colon = strchr (line, ':');
  char *name;

  if (colon == NULL) {
    return NULL;
  }
  name = g_strchomp (g_strndup (line, (gsize) (colon - line)));
  *value = colon + 1 + strspn (colon + 1, " \t");
  return name;
}

static gboolean
add_line (AhoyMessage *message, const char *line, GError **error)
{
  const char *value = NULL;
  g_autofree char *name = split_header (line, &value);

  return name != NULL && ahoy_message_add_header (message, name, value, error);
}

/* Whether the headers can stand in a message; the error names the first that cannot. */
gboolean
ahoy_stack_check_headers (AhoyStack *self, const char *const *headers, GError **error)
{
  g_autoptr (AhoyMessage) scratch =
      ahoy_message_new_take (self->owner, msg_create (ahoy_door_get_mclass (), 0), 0);

  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++) {
    if (!ahoy_config_check_header (headers[i], error) || !add_line (scratch, headers[i], error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Adds headers that were checked. Those of the same name that were there before go away. */
void
ahoy_message_put_headers (AhoyMessage *self, const char *const *headers)
{
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++) {
    const char *value = NULL;
    g_autofree char *name = split_header (headers[i], &value);

    if (name != NULL) {
      ahoy_message_remove_header (self, name, NULL);
    }
  }
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++) {
    add_line (self, headers[i], NULL); /* one that cannot be was reported when it was checked */
  }
}

/**
 * ahoy_stack_set_headers:
 * @self: a stack
 * @headers: (nullable) (array zero-terminated=1): headers such as `X-Site: north`; %NULL for none
 * @error: return location for an error
 *
 * Says which headers all requests outside of dialogs have, those that begin one among them, and
 * all responses to such requests. ahoy_message_set_header() can change them in a message that was
 * not sent yet.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when one of them cannot
 *   stand in a message or is written by Ahoy itself (see ahoy_config_check_header()), and all stays
 *   as it was
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_set_headers (AhoyStack *self, const char *const *headers, GError **error)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);

  if (!ahoy_stack_check_headers (self, headers, error)) {
    return FALSE;
  }
  g_strfreev (self->headers);
  self->headers = g_strdupv ((char **) headers);
  return TRUE;
}
