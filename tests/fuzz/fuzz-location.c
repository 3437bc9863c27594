/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-location-private.h"
#include "fuzz.h"

/* A record of contacts as it stands in a file, which may be damaged. */

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  return 0;
}

static void
check_contact (AhoyContact *contact)
{
  const char *const *path = ahoy_contact_get_path (contact);

  g_assert_true (g_utf8_validate (ahoy_contact_get_uri (contact), -1, NULL));
  g_assert_cmpuint (ahoy_contact_get_q (contact), <=, 1000);
  g_assert_cmpint (ahoy_contact_get_expires (contact), >=, 0);
  for (gsize i = 0; path[i] != NULL; i++)
    g_assert_true (g_utf8_validate (path[i], -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_record_read (data, size, 0);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) second = g_byte_array_new ();

  if (contacts == NULL)
    return 0;
  for (guint i = 0; i < contacts->len; i++)
    check_contact (contacts->pdata[i]);

  /* What we write of it is read as the same. */
  ahoy_location_record_write (first, contacts);
  again = ahoy_location_record_read (first->data, first->len, 0);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->len, ==, contacts->len);
  ahoy_location_record_write (second, again);
  g_assert_cmpmem (first->data, first->len, second->data, second->len);
  return 0;
}
