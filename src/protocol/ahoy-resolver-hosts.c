/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-resolver-answer.h"

/*
 * hosts(5). c-ares 1.18 would read the whole file again for every name, in the SIP thread; here
 * one stat() tells that nothing has changed.
 */

#define MAX_FILE_SIZE (1024 * 1024)
#define MAX_ADDRESSES 16

struct _AhoyHostsFile {
  char *path;
  GHashTable *names; /* normalized name -> (element-type utf8) GPtrArray of addresses */
  GStatBuf seen;
};

static void
add_name (AhoyHostsFile *self, const char *name, const char *address)
{
  g_autofree char *normal = ahoy_dns_name_normalize (name);
  GPtrArray *addresses;

  if (normal == NULL)
    return;

  addresses = g_hash_table_lookup (self->names, normal);
  if (addresses == NULL) {
    addresses = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (self->names, g_steal_pointer (&normal), addresses);
  }

  if (addresses->len < MAX_ADDRESSES &&
      !g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
    g_ptr_array_add (addresses, g_strdup (address));
}

static void
parse_line (AhoyHostsFile *self, char *line)
{
  g_auto (GStrv) words = NULL;
  struct in6_addr scratch;
  const char *address = NULL;

  line[strcspn (line, "#")] = '\0';
  words = g_strsplit_set (line, " \t\r", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] == '\0')
      continue;

    if (address != NULL) {
      add_name (self, words[i], address);
      continue;
    }

    address = words[i];
    if (inet_pton (AF_INET, address, &scratch) != 1 && inet_pton (AF_INET6, address, &scratch) != 1)
      return;
  }
}

static char *
read_contents (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  ssize_t n;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0)
    return NULL;

  do {
    n = read (fd, buffer, sizeof buffer);
    if (n > 0)
      g_string_append_len (text, buffer, n);
  } while ((n > 0 && text->len < MAX_FILE_SIZE) || (n < 0 && errno == EINTR));

  g_close (fd, NULL);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
refresh (AhoyHostsFile *self)
{
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;
  GStatBuf now = { 0 };

  if (g_stat (self->path, &now) != 0 || !S_ISREG (now.st_mode)) {
    g_hash_table_remove_all (self->names);
    memset (&self->seen, 0, sizeof self->seen);
    return;
  }

  if (now.st_mtim.tv_sec == self->seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == self->seen.st_mtim.tv_nsec && now.st_ino == self->seen.st_ino &&
      now.st_size == self->seen.st_size)
    return;

  self->seen = now;
  g_hash_table_remove_all (self->names);
  contents = read_contents (self->path);
  if (contents == NULL)
    return;

  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    parse_line (self, lines[i]);
}

AhoyHostsFile *
ahoy_hosts_file_new (const char *path)
{
  AhoyHostsFile *self = g_new0 (AhoyHostsFile, 1);

  self->path = g_strdup (path);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);

  return self;
}

void
ahoy_hosts_file_free (AhoyHostsFile *self)
{
  g_hash_table_unref (self->names);
  g_free (self->path);
  g_free (self);
}

const char *
ahoy_hosts_file_get_path (AhoyHostsFile *self)
{
  return self->path;
}

/* Borrowed addresses of a normalized name, %NULL when the file does not have it. */
GPtrArray *
ahoy_hosts_file_lookup (AhoyHostsFile *self, const char *name)
{
  refresh (self);

  return g_hash_table_lookup (self->names, name);
}
