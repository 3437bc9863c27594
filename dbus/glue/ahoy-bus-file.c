/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ahoy.h"

/* Files that somebody on the bus names or hands over. */

#ifndef F_GET_SEALS
#define F_GET_SEALS 1034
#endif

static void
set_error (GError **error, const char *folder, const char *name, int reason)
{
  switch (reason) {
  case EXDEV:
  case ELOOP:
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_AUTHORIZED,
                 "“%s” leads out of the folder %s; remove the link that leads there, or name "
                 "another file",
                 name, folder);
    break;
  case ENOENT:
  case ENOTDIR:
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no “%s” in the folder %s: %s",
                 name, folder, g_strerror (reason));
    break;
  case ENOSYS:
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "This kernel cannot keep names in the folder %s (openat2 came with Linux 5.6); "
                 "hand over a descriptor in place of “%s”",
                 folder, name);
    break;
  default:
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "“%s” in the folder %s cannot be opened: %s",
                 name, folder, g_strerror (reason));
  }
}

/*
 * Opens a file of a folder; no part of the name leads out of it, neither .. nor a link, also when
 * somebody changes the folder meanwhile. @folder itself may be a link.
 */
int
ahoy_bus_file_open_below (const char *folder, const char *name, int flags, GError **error)
{
  const struct open_how how = { .flags = (guint64) flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                                .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
  int root = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int descriptor;
  int reason;

  if (root < 0) {
    set_error (error, folder, name, errno);
    return -1;
  }
  do {
    descriptor = (int) syscall (SYS_openat2, root, name, &how, sizeof how);
    reason = errno;
  } while (descriptor < 0 && (reason == EINTR || reason == EAGAIN));
  close (root);
  if (descriptor < 0) {
    set_error (error, folder, name, reason);
  }
  return descriptor;
}

static gboolean
refuse (GError **error, int code, const char *message)
{
  g_set_error_literal (error, AHOY_ERROR, code, message);
  return FALSE;
}

/*
 * A file of another user may be on a file system that this user serves, and never answers: nothing
 * is done to it that would ask that file system. Files in memory know of seals, and others do not.
 */
gboolean
ahoy_bus_file_check_descriptor (int descriptor, gboolean trusting, gboolean writing,
                                GError **error)
{
  int flags = fcntl (descriptor, F_GETFL);
  struct stat status;

  if (flags < 0 || (flags & O_PATH) != 0 ||
      (flags & O_ACCMODE) == (writing ? O_RDONLY : O_WRONLY)) {
    return refuse (error, AHOY_ERROR_INVALID_ARGUMENTS,
                   writing ? "The descriptor cannot be written to; open it for writing"
                           : "The descriptor cannot be read; open it for reading");
  }
  if (writing && (flags & O_APPEND) != 0) {
    return refuse (error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The descriptor only appends, and a recording begins with a header that is "
                   "written last; open it without O_APPEND");
  }
  if (!trusting && fcntl (descriptor, F_GET_SEALS) < 0) {
    return refuse (error, AHOY_ERROR_NOT_AUTHORIZED,
                   "The daemon of the system bus takes files in memory only; hand over one of "
                   "memfd_create with MFD_ALLOW_SEALING");
  }
  if (fstat (descriptor, &status) < 0 || !S_ISREG (status.st_mode)) {
    return refuse (error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The descriptor is of no regular file; hand over a file, or one in memory "
                   "(memfd_create)");
  }
  return TRUE;
}
