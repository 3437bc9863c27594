/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-tone-zone.h"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-media-resources.h"

/* The tones of countries, which data/tone-zones.conf has. */

#define RESOURCE "/org/ahoy/Ahoy1/tone-zones.conf"
#define DEFAULT_ZONE "etsi"
#define COUNTRY "country"

/* “zone:tone” → what sounds, and “zone:country” → what it is called. */
static GHashTable *
read_table (void)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (ahoy_media_get_resource (), RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE,
                              NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) zones = NULL;

  if (bytes == NULL || !g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL)) {
    return table; /* it is a part of the library, and a test reads all of it */
  }
  zones = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; zones[i] != NULL; i++) {
    g_auto (GStrv) keys = g_key_file_get_keys (file, zones[i], NULL, NULL);

    for (gsize j = 0; keys[j] != NULL; j++) {
      g_hash_table_insert (table, g_strconcat (zones[i], ":", keys[j], NULL),
                           g_key_file_get_value (file, zones[i], keys[j], NULL));
    }
  }
  return table;
}

static GHashTable *
get_table (void)
{
  static gsize table;

  if (g_once_init_enter (&table)) {
    g_once_init_leave (&table, (gsize) read_table ());
  }
  return (GHashTable *) table;
}

static const char *
look_up (const char *zone, const char *key)
{
  g_autofree char *name = g_strconcat (zone, ":", key, NULL);

  return g_hash_table_lookup (get_table (), name);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * ahoy_tone_zone_list:
 *
 * Returns: (transfer full): the names of all zones: countries by their two letters (ISO 3166-1,
 *   and `uk`), and `etsi`
 *
 * Since: 0.1
 */
char **
ahoy_tone_zone_list (void)
{
  g_autoptr (GPtrArray) zones = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, get_table ());
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (g_str_has_suffix (key, ":" COUNTRY)) {
      g_ptr_array_add (zones, g_strndup (key, strlen (key) - strlen (":" COUNTRY)));
    }
  }
  g_ptr_array_sort (zones, compare);
  g_ptr_array_add (zones, NULL);
  return (char **) g_ptr_array_steal (zones, NULL);
}

/**
 * ahoy_tone_zone_exists:
 * @zone: a name
 *
 * Returns: whether there is a zone of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_tone_zone_exists (const char *zone)
{
  return ahoy_tone_zone_get_country (zone) != NULL;
}

/**
 * ahoy_tone_zone_get_country:
 * @zone: a name
 *
 * Returns: (transfer none) (nullable): the country, in English; %NULL when there is no such zone
 *
 * Since: 0.1
 */
const char *
ahoy_tone_zone_get_country (const char *zone)
{
  g_return_val_if_fail (zone != NULL, NULL);

  return look_up (zone, COUNTRY);
}

/**
 * ahoy_tone_zone_find:
 * @zone: a zone
 * @tone: `dial`, `ringing` (or `ring`), `busy`, `congestion`, `call-waiting`, `information`,
 *   `confirm` or `beep`
 *
 * Finds what sounds in a country (ITU-T E.180), as ahoy_media_stream_play_tone() takes it.
 *
 * Returns: (transfer none) (nullable): such as `425@480/480`; what a zone does not say is as in
 *   `etsi`; %NULL when there is no such zone or tone
 *
 * Since: 0.1
 */
const char *
ahoy_tone_zone_find (const char *zone, const char *tone)
{
  const char *found;

  g_return_val_if_fail (zone != NULL && tone != NULL, NULL);

  if (!ahoy_tone_zone_exists (zone) || g_str_equal (tone, COUNTRY)) {
    return NULL;
  }
  tone = g_str_equal (tone, "ring") ? "ringing" : tone;
  found = look_up (zone, tone);
  return found != NULL ? found : look_up (DEFAULT_ZONE, tone);
}
