/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-error.h"

/* The bus has a name for each code of AHOY_ERROR. */
#define NAME(code) "org.ahoy.Ahoy1.Error." code

#define OPEN "“"
#define CLOSE "”"
#define MAX_QUOTATION 80 /* bytes */
#define MAX_MESSAGE 600  /* bytes */

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

/* What a sentence quotes is no longer than people read: the remedy behind it stays. */
static char *
cut_quotation (const char *message)
{
  const char *open = strstr (message, OPEN);
  const char *close = g_strrstr (message, CLOSE);
  g_autofree char *begin = NULL;
  const char *end;

  if (open == NULL || close == NULL || close - open <= MAX_QUOTATION) {
    return g_strdup (message);
  }
  end = g_utf8_find_prev_char (message, open + MAX_QUOTATION);
  begin = g_strndup (message, (gsize) (end - message));
  return g_strconcat (begin, "…", close, NULL);
}

/* A message may quote a caller or a peer, and is shown on terminals: valid UTF-8, or the bus would
 * end the connection; one line, and not endless. */
static void
tidy (GError *error)
{
  g_autofree char *valid = g_utf8_make_valid (error->message, -1);
  g_autofree char *cut = cut_quotation (valid);
  GString *text = g_string_new (NULL);

  for (const char *at = cut; *at != '\0' && text->len < MAX_MESSAGE; at = g_utf8_next_char (at)) {
    gunichar code = g_utf8_get_char (at);

    g_string_append_unichar (text, g_unichar_iscntrl (code) ? '?' : code);
  }
  if (text->len >= MAX_MESSAGE) {
    g_string_append (text, "…");
  }
  g_free (error->message);
  error->message = g_string_free (text, FALSE);
}

/* Errors of other domains that say more than Failed. */
static AhoyError
code_of (const GError *error)
{
  const struct {
    GQuark domain;
    int code;
    AhoyError own;
  } known[] = {
    { G_IO_ERROR, G_IO_ERROR_NOT_FOUND, AHOY_ERROR_NOT_FOUND },
    { G_IO_ERROR, G_IO_ERROR_EXISTS, AHOY_ERROR_EXISTS },
    { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, AHOY_ERROR_NOT_AUTHORIZED },
    { G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, AHOY_ERROR_INVALID_ARGUMENTS },
    { G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, AHOY_ERROR_INVALID_ARGUMENTS },
    { G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, AHOY_ERROR_INVALID_ARGUMENTS },
    { G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, AHOY_ERROR_NOT_SUPPORTED },
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, AHOY_ERROR_TIMEOUT },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, AHOY_ERROR_INVALID_STATE },
    { G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES, AHOY_ERROR_LIMIT_EXCEEDED },
    { G_IO_ERROR, G_IO_ERROR_NO_SPACE, AHOY_ERROR_LIMIT_EXCEEDED },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, AHOY_ERROR_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, AHOY_ERROR_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, AHOY_ERROR_UNREACHABLE },
    { G_FILE_ERROR, G_FILE_ERROR_NOENT, AHOY_ERROR_NOT_FOUND },
    { G_FILE_ERROR, G_FILE_ERROR_ACCES, AHOY_ERROR_NOT_AUTHORIZED },
    { G_FILE_ERROR, G_FILE_ERROR_PERM, AHOY_ERROR_NOT_AUTHORIZED },
    { G_FILE_ERROR, G_FILE_ERROR_EXIST, AHOY_ERROR_EXISTS },
    { G_FILE_ERROR, G_FILE_ERROR_ISDIR, AHOY_ERROR_INVALID_ARGUMENTS },
    { G_FILE_ERROR, G_FILE_ERROR_NOSPC, AHOY_ERROR_LIMIT_EXCEEDED },
    { G_FILE_ERROR, G_FILE_ERROR_MFILE, AHOY_ERROR_LIMIT_EXCEEDED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_error_matches (error, known[i].domain, known[i].code)) {
      return known[i].own;
    }
  }
  return AHOY_ERROR_FAILED;
}

/* Takes @error, and makes of it one that has a name on the bus, and a message that can be shown. */
GError *
ahoy_bus_error_normalise (GError *error)
{
  GError *own = error;

  if (error->domain != AHOY_ERROR && error->domain != G_DBUS_ERROR) {
    own = g_error_new_literal (AHOY_ERROR, (int) code_of (error), error->message);
    g_error_free (error);
  }
  tidy (own);
  return own;
}

/* Takes @error. */
void
ahoy_bus_return_error (AhoyBusCall *call, GError *error)
{
  ahoy_bus_call_fail (call, ahoy_bus_error_normalise (error));
}

void
ahoy_bus_return_new_error (AhoyBusCall *call, AhoyError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  ahoy_bus_return_error (call, g_error_new_valist (AHOY_ERROR, (int) code, format, arguments));
  va_end (arguments);
}
