/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-error.h"

/* The bus has a name for each code of AHOY_ERROR. */
#define NAME(code) "org.ahoy.Ahoy1.Error." code

#define MAX_MESSAGE 600 /* bytes */

static const GDBusErrorEntry entries[] = {
  { AHOY_ERROR_FAILED, NAME ("Failed") },
  { AHOY_ERROR_INVALID_ARGUMENTS, NAME ("InvalidArguments") },
  { AHOY_ERROR_INVALID_STATE, NAME ("InvalidState") },
  { AHOY_ERROR_NOT_FOUND, NAME ("NotFound") },
  { AHOY_ERROR_EXISTS, NAME ("Exists") },
  { AHOY_ERROR_NOT_SUPPORTED, NAME ("NotSupported") },
  { AHOY_ERROR_NOT_AUTHORIZED, NAME ("NotAuthorized") },
  { AHOY_ERROR_LIMIT_EXCEEDED, NAME ("LimitExceeded") },
  { AHOY_ERROR_TIMEOUT, NAME ("Timeout") },
  { AHOY_ERROR_CONFLICT, NAME ("Conflict") },
  { AHOY_ERROR_UNREACHABLE, NAME ("Unreachable") },
  { AHOY_ERROR_CONFIGURATION_INVALID, NAME ("ConfigurationInvalid") },
};

/* Before the first call is taken. */
void
ahoy_bus_register_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++) {
    g_dbus_error_register_error (AHOY_ERROR, entries[i].error_code, entries[i].dbus_error_name);
  }
}

/* A sentence that quotes what a caller sent is no longer than people read. */
static void
shorten (GError *error)
{
  g_autofree char *begin = NULL;
  char *old = error->message;
  char *end;

  if (strlen (old) <= MAX_MESSAGE) {
    return;
  }
  end = g_utf8_find_prev_char (old, old + MAX_MESSAGE);
  begin = g_strndup (old, (gsize) (end - old));
  error->message = g_strconcat (begin, "…", NULL);
  g_free (old);
}

/* Takes @error. An error of another domain has no name on the bus: it is Failed. */
void
ahoy_bus_return_error (GDBusMethodInvocation *invocation, GError *error)
{
  shorten (error);
  if (error->domain != AHOY_ERROR && error->domain != G_DBUS_ERROR) {
    GError *own = g_error_new_literal (
        AHOY_ERROR,
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ? AHOY_ERROR_TIMEOUT
                                                                   : AHOY_ERROR_FAILED,
        error->message);

    g_error_free (error);
    error = own;
  }
  g_dbus_method_invocation_take_error (invocation, error);
}

void
ahoy_bus_return_new_error (GDBusMethodInvocation *invocation, AhoyError code, const char *format,
                           ...)
{
  va_list arguments;

  va_start (arguments, format);
  ahoy_bus_return_error (invocation, g_error_new_valist (AHOY_ERROR, (int) code, format,
                                                         arguments));
  va_end (arguments);
}
