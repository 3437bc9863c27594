/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"

/*
 * How many objects of each type are alive. A counter per type hangs on the type itself, so that
 * entering and leaving cost one look-up without a lock.
 */

typedef struct {
  int alive; /* atomic */
  GType type;
} Counter;

static GMutex counters_lock;
static GPtrArray *counters;
static GQuark counter_quark;

static Counter *
counter_for (GType type)
{
  Counter *counter;

  if (counter_quark != 0 && (counter = g_type_get_qdata (type, counter_quark)) != NULL) {
    return counter;
  }

  g_mutex_lock (&counters_lock);
  if (counters == NULL) {
    counters = g_ptr_array_new ();
    counter_quark = g_quark_from_static_string ("ahoy-census");
  }
  counter = g_type_get_qdata (type, counter_quark);
  if (counter == NULL) {
    counter = g_new0 (Counter, 1);
    counter->type = type;
    g_ptr_array_add (counters, counter);
    g_type_set_qdata (type, counter_quark, counter);
  }
  g_mutex_unlock (&counters_lock);
  return counter;
}

/**
 * ahoy_census_enter: (skip)
 * @object: an object in its instance init
 *
 * Counts an object in. Each class of Ahoy that people can hold calls this in its instance init, and
 * ahoy_census_leave() when it is finalized. Objects of a subclass count as the class that calls.
 *
 * Since: 0.1
 */
void
ahoy_census_enter (GObject *object)
{
  g_atomic_int_inc (&counter_for (G_OBJECT_TYPE (object))->alive);
}

/**
 * ahoy_census_leave: (skip)
 * @object: an object that is being finalized
 *
 * Counts an object out.
 *
 * Since: 0.1
 */
void
ahoy_census_leave (GObject *object)
{
  g_atomic_int_add (&counter_for (G_OBJECT_TYPE (object))->alive, -1);
}

/**
 * ahoy_census_count:
 * @type_name: the name of a type, such as `AhoySession`
 *
 * Returns: how many objects of that very type are alive
 *
 * Since: 0.1
 */
guint
ahoy_census_count (const char *type_name)
{
  GType type;

  g_return_val_if_fail (type_name != NULL, 0);

  type = g_type_from_name (type_name);
  return type != 0 ? (guint) g_atomic_int_get (&counter_for (type)->alive) : 0;
}

/**
 * ahoy_census_snapshot:
 *
 * Returns: (transfer full): the number of live objects by type name (`a{su}`), for the types that
 *   have any
 *
 * Since: 0.1
 */
GVariant *
ahoy_census_snapshot (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  g_mutex_lock (&counters_lock);
  for (guint i = 0; counters != NULL && i < counters->len; i++) {
    Counter *counter = counters->pdata[i];
    int alive = g_atomic_int_get (&counter->alive);

    if (alive > 0) {
      g_variant_builder_add (&builder, "{su}", g_type_name (counter->type), (guint) alive);
    }
  }
  g_mutex_unlock (&counters_lock);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
