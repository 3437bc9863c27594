/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-secret-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ahoy-config-file-private.h"
#include "ahoy-error.h"

/* Secrets that stand elsewhere than in the configuration: in a file, in a credential that
 * systemd puts into a folder of the service (systemd.exec(5), LoadCredential=), or in the Secret
 * Service of the session. Of each the first line counts, and there may be no other. */

#define MAX_SECRET 4096

static gboolean
refuse (GError **error, const char *path, const char *reason)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "the secret in “%s” cannot be used: %s", path, reason);
  return FALSE;
}

static gboolean
check_content (const char *path, const char *content, gsize length, GError **error)
{
  if (memchr (content, '\0', length) != NULL || !g_utf8_validate (content, length, NULL))
    return refuse (error, path, "it is no text in UTF-8");
  if (length == 0)
    return refuse (error, path, "it is empty");
  if (memchr (content, '\n', length) != NULL || memchr (content, '\r', length) != NULL)
    return refuse (error, path, "it has more than one line");
  return TRUE;
}

char *
ahoy_config_secret_take (const char *place, const char *content, gsize length, GError **error)
{
  if (length > 0 && content[length - 1] == '\n')
    length--;
  if (length > 0 && content[length - 1] == '\r')
    length--;
  if (length > MAX_SECRET) {
    refuse (error, place, "it is longer than 4096 bytes");
    return NULL;
  }
  return check_content (place, content, length, error) ? g_strndup (content, length) : NULL;
}

static char *
read_secret (const char *path, GError **error)
{
  gsize length = 0;
  char *content = ahoy_config_file_read (path, MAX_SECRET, &length, error);
  char *secret;

  if (content == NULL)
    return NULL;
  secret = ahoy_config_secret_take (path, content, length, error);
  explicit_bzero (content, length);
  g_free (content);
  return secret;
}

/* A secret that everybody can read, or that others can change, is none. */
static gboolean
check_mode (const char *path, GError **error)
{
  GStatBuf found;

  if (g_stat (path, &found) != 0 || !S_ISREG (found.st_mode))
    return TRUE; /* reading it says why */
  if ((found.st_mode & (S_IROTH | S_IWOTH)) != 0)
    return refuse (error, path, "everybody may read or change it; take that from them by chmod "
                                "o-rwx");
  if ((found.st_mode & S_IWGRP) != 0)
    return refuse (error, path, "its group may change it; take that from them by chmod g-w");
  return TRUE;
}

/* @folder: (nullable): where a relative @path begins; NULL when nobody could tell. */
char *
ahoy_config_secret_read_file (const char *path, const char *folder, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *full = NULL;
  char *secret;

  if (!g_path_is_absolute (path) && folder == NULL) {
    g_set_error (
        error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
        "“%s” is no absolute path, and this is no file that it could be relative to; write "
        "one such as /etc/ahoy/secret",
        path);
    return NULL;
  }
  full = g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (folder, path, NULL);
  if (!check_mode (full, error))
    return NULL;
  secret = read_secret (full, &reason);
  if (secret == NULL)
    g_set_error (error, reason->domain, reason->code,
                 "%s; write the secret as one line into a file that the daemon can read",
                 reason->message);
  return secret;
}

char *
ahoy_config_secret_read_credential (const char *name, GError **error)
{
  const char *folder = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = NULL;

  if (*name == '.' || strchr (name, '/') != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no name of a credential; write the name that LoadCredential= gives it",
                 name);
    return NULL;
  }
  if (folder == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "the credential “%s” is not there: the service manager gave none; add "
                 "LoadCredential=%s:PATH to the unit",
                 name, name);
    return NULL;
  }
  path = g_build_filename (folder, name, NULL);
  return read_secret (path, error);
}

/* Frees @secret and leaves nothing of it in memory. */
void
ahoy_config_secret_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
