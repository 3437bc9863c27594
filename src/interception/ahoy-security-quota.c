/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-security-quota.h"

#include "ahoy-security-line.h"

/*
 * How much of the security events is told one by one, so that a flood fills neither a disk nor the
 * bus: the first ones of a source and type at once, the rest as a sum at the end of each period. A
 * flood from addresses that nobody can count is held by one bucket for all.
 */

#define AT_ONCE 5
#define PERIOD (10 * G_TIME_SPAN_SECOND)
#define MAX_SOURCES 1024
#define BUCKET 200
#define PER_SECOND 20
#define N_TYPES (AHOY_SECURITY_EVENT_LOAD_AVERAGE + 1)

typedef struct {
  char *key;
  AhoySecurityEventType type;
  GSocketAddress *source;
  gint64 since;
  guint told;
  guint held;
  GList link;
} Entry;

struct _AhoySecurityQuota {
  GHashTable *entries;
  GQueue order; /* Entry, by the begin of the period */
  guint others[N_TYPES];
  gint64 others_since; /* 0 when there are none */
  gint64 tokens; /* µs of bucket that are left */
  gint64 filled;
};

#define TOKEN (G_TIME_SPAN_SECOND / PER_SECOND)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_object (&entry->source);
  g_free (entry->key);
  g_free (entry);
}

AhoySecurityQuota *
ahoy_security_quota_new (gint64 now)
{
  AhoySecurityQuota *self = g_new0 (AhoySecurityQuota, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->order);
  self->tokens = BUCKET * TOKEN;
  self->filled = now;
  return self;
}

void
ahoy_security_quota_free (AhoySecurityQuota *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static gboolean
take_token (AhoySecurityQuota *self, gint64 now)
{
  self->tokens =
      MIN (self->tokens + CLAMP (now - self->filled, 0, BUCKET * TOKEN), BUCKET * TOKEN);
  self->filled = now;
  if (self->tokens < TOKEN) {
    return FALSE;
  }
  self->tokens -= TOKEN;
  return TRUE;
}

static void
hold_with_others (AhoySecurityQuota *self, AhoySecurityEventType type, guint count, gint64 now)
{
  self->others[type] += MIN (count, G_MAXUINT - self->others[type]);
  if (self->others_since == 0) {
    self->others_since = MAX (now, 1);
  }
}

static Entry *
add_entry (AhoySecurityQuota *self, const char *key, AhoySecurityEventType type,
           GSocketAddress *source, gint64 now)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->key = g_strdup (key);
  entry->type = type;
  entry->source = source != NULL ? g_object_ref (source) : NULL;
  entry->since = now;
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->key, entry);
  g_queue_push_tail_link (&self->order, &entry->link);
  return entry;
}

/* Whether one more is to be told now; if not it is counted. */
gboolean
ahoy_security_quota_take (AhoySecurityQuota *self, AhoySecurityEventType type,
                          GSocketAddress *source, gint64 now)
{
  g_autofree char *address = ahoy_security_line_dup_address (source);
  g_autofree char *key = g_strdup_printf ("%d %s", (int) type, address != NULL ? address : "");
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL && self->order.length < MAX_SOURCES) {
    entry = add_entry (self, key, type, source, now);
  }
  if (entry == NULL) {
    if (take_token (self, now)) {
      return TRUE;
    }
    hold_with_others (self, type, 1, now);
    return FALSE;
  }
  if (entry->told < AT_ONCE && take_token (self, now)) {
    entry->told++;
    return TRUE;
  }
  entry->held += entry->held < G_MAXUINT ? 1 : 0;
  return FALSE;
}

static void
sum_up_others (AhoySecurityQuota *self, gint64 now, AhoySecurityQuotaFunc callback,
               gpointer user_data)
{
  if (self->others_since == 0 || now - self->others_since < PERIOD) {
    return;
  }
  for (guint i = 0; i < N_TYPES; i++) {
    if (self->others[i] > 0) {
      callback ((AhoySecurityEventType) i, NULL, self->others[i], user_data);
      self->others[i] = 0;
    }
  }
  self->others_since = 0;
}

static void
remove_entry (AhoySecurityQuota *self, Entry *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

/* Tells the sums whose period is over. The time of the next one, or -1 when there is nothing. */
gint64
ahoy_security_quota_sum_up (AhoySecurityQuota *self, gint64 now, AhoySecurityQuotaFunc callback,
                            gpointer user_data)
{
  Entry *entry;
  gint64 next = -1;

  while ((entry = g_queue_peek_head (&self->order)) != NULL && now - entry->since >= PERIOD) {
    if (entry->held == 0) {
      remove_entry (self, entry);
      continue;
    }
    if (take_token (self, now)) {
      callback (entry->type, entry->source, entry->held, user_data);
    } else {
      hold_with_others (self, entry->type, entry->held, now);
    }
    entry->held = 0;
    entry->since = now;
    g_queue_unlink (&self->order, &entry->link);
    g_queue_push_tail_link (&self->order, &entry->link);
  }
  sum_up_others (self, now, callback, user_data);
  if (entry != NULL) {
    next = entry->since + PERIOD;
  }
  if (self->others_since != 0) {
    next = next < 0 ? self->others_since + PERIOD : MIN (next, self->others_since + PERIOD);
  }
  return next;
}
