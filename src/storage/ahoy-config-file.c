/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"

/* Files of the configuration: read without ever waiting, and written so that after a crash either
 * the old or the new content is there. */

static gboolean
refuse (GError **error, const char *path, const char *reason)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "the file “%s” cannot be used: %s", path,
               reason);
  return FALSE;
}

static void
close_descriptor (int *descriptor)
{
  if (*descriptor >= 0)
    close (*descriptor);
}

/* A named pipe or a device would let the reader wait for ever, so only plain files are opened. */
static int
open_plain_file (const char *path, gsize maximum, gsize *size, GError **error)
{
  __attribute__ ((cleanup (close_descriptor))) int descriptor
      = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  int opened;

  if (descriptor < 0 || fstat (descriptor, &status) != 0) {
    refuse (error, path, g_strerror (errno));
    return -1;
  }
  if (!S_ISREG (status.st_mode)) {
    refuse (error, path, "it is no plain file");
    return -1;
  }
  if ((guint64)status.st_size > maximum) {
    g_autofree char *reason
        = g_strdup_printf ("it is longer than %" G_GSIZE_FORMAT " bytes", maximum);

    refuse (error, path, reason);
    return -1;
  }
  opened = descriptor;
  descriptor = -1;
  *size = status.st_size;
  return opened;
}

/* Reads a plain file of at most @maximum bytes; the result ends with a NUL beyond its length. */
char *
ahoy_config_file_read (const char *path, gsize maximum, gsize *length, GError **error)
{
  gsize size = 0;
  gsize got = 0;
  __attribute__ ((cleanup (close_descriptor))) int descriptor
      = open_plain_file (path, maximum, &size, error);
  g_autofree char *content = NULL;

  if (descriptor < 0)
    return NULL;
  content = g_malloc (size + 1);
  while (got < size) {
    ssize_t n = read (descriptor, content + got, size - got);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      refuse (error, path, g_strerror (errno));
      return NULL;
    }
    if (n == 0)
      break;
    got += n;
  }
  content[got] = '\0';
  *length = got;
  return g_steal_pointer (&content);
}

static gboolean
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  __attribute__ ((cleanup (close_descriptor))) int descriptor
      = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return descriptor >= 0 && fsync (descriptor) == 0;
}

/* Replaces the file by one with @text, readable by its owner alone, for it may hold secrets. */
gboolean
ahoy_config_file_write (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) reason = NULL;

  if (g_mkdir_with_parents (folder, 0750) != 0)
    return refuse (error, folder, g_strerror (errno));
  if (!g_file_set_contents_full (path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &reason)) {
    gboolean full = g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

    g_set_error (error, AHOY_ERROR, full ? AHOY_ERROR_LIMIT_EXCEEDED : AHOY_ERROR_FAILED,
                 "the file “%s” was not written, and is as it was: %s%s", path, reason->message,
                 full ? "; make room, and try again" : "");
    return FALSE;
  }
  if (!sync_folder (path))
    return refuse (error, folder, g_strerror (errno));
  return TRUE;
}
