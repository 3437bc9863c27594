/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-extension-private.h"
#include "ahoy-reply-cache-private.h"
#include "ahoy.h"

/* -- the registry --------------------------------------------------------------------------- */

static char *
order_of (AhoyExtensionRegistry *registry)
{
  g_autoptr (AhoyExtensionSnapshot) list =
      ahoy_extension_registry_snapshot (registry, AHOY_TYPE_SERVICE);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < ahoy_extension_snapshot_get_length (list); i++) {
    g_string_append (names, ahoy_extension_get_name (ahoy_extension_snapshot_get (list, i)));
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static AhoyOptionsService *
add (AhoyExtensionRegistry *registry, AhoyStack *stack, const char *name, const char *before,
     const char *after, GError **error)
{
  const char *befores[] = { before, NULL };
  const char *afters[] = { after, NULL };
  g_autoptr (AhoyOptionsService) service = ahoy_options_service_new (stack);

  if (!ahoy_extension_registry_add (registry, AHOY_TYPE_SERVICE, G_OBJECT (service), name, befores,
                                    afters, NULL, error)) {
    return NULL;
  }
  return service; /* the registry holds it */
}

static void
assert_order (AhoyExtensionRegistry *registry, const char *expected)
{
  g_autofree char *order = order_of (registry);

  g_assert_cmpstr (order, ==, expected);
}

static void
test_registry_order (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoyExtensionRegistry) registry = ahoy_extension_registry_new ();
  AhoyOptionsService *c;

  add (registry, stack, "a", NULL, NULL, NULL);
  add (registry, stack, "b", NULL, NULL, NULL);
  assert_order (registry, "ab");
  c = add (registry, stack, "c", "b", NULL, NULL);
  assert_order (registry, "acb");
  add (registry, stack, "d", NULL, "nobody-yet", NULL);
  assert_order (registry, "acbd");
  add (registry, stack, "nobody-yet", NULL, NULL, NULL);
  assert_order (registry, "acbnobody-yetd");
  g_assert_true (ahoy_extension_registry_remove (registry, AHOY_TYPE_SERVICE, G_OBJECT (c)));
  assert_order (registry, "abnobody-yetd");
}

static void
test_registry_refusals (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoyExtensionRegistry) registry = ahoy_extension_registry_new ();
  g_autoptr (GError) exists = NULL;
  g_autoptr (GError) circle = NULL;
  g_autoptr (GError) wrong = NULL;

  add (registry, stack, "a", "b", NULL, NULL);
  g_assert_null (add (registry, stack, "a", NULL, NULL, &exists));
  g_assert_error (exists, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_assert_null (add (registry, stack, "b", "a", NULL, &circle));
  g_assert_error (circle, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (circle->message, "a → b"));
  assert_order (registry, "a");
  g_assert_false (ahoy_extension_registry_add (registry, AHOY_TYPE_SERVICE, G_OBJECT (stack), "x",
                                               NULL, NULL, NULL, &wrong));
  g_assert_error (wrong, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

static void
test_registry_snapshot (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoyExtensionRegistry) registry = ahoy_extension_registry_new ();
  AhoyOptionsService *a = add (registry, stack, "a", NULL, NULL, NULL);
  g_autoptr (AhoyExtensionSnapshot) list =
      ahoy_extension_registry_snapshot (registry, AHOY_TYPE_SERVICE);

  g_assert_true (ahoy_extension_registry_remove (registry, AHOY_TYPE_SERVICE, G_OBJECT (a)));
  g_assert_cmpuint (ahoy_extension_snapshot_get_length (list), ==, 1);
  g_assert_true (AHOY_IS_SERVICE (
      ahoy_extension_get_object (ahoy_extension_snapshot_get (list, 0))));
  assert_order (registry, "");
}

static void
keep_busy (void)
{
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end) {
  }
}

/* An extension that calls another one is not blamed for what that one uses. */
static void
test_registry_slow_calls (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoyExtensionRegistry) registry = ahoy_extension_registry_new ();
  g_autoptr (AhoyExtensionSnapshot) list = NULL;
  AhoyExtensionCall outer;
  AhoyExtensionCall inner;
  GLogLevelFlags fatal;

  add (registry, stack, "outer", NULL, NULL, NULL);
  add (registry, stack, "inner", NULL, NULL, NULL);
  list = ahoy_extension_registry_snapshot (registry, AHOY_TYPE_SERVICE);
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns */
  outer = ahoy_extension_begin_call ();
  for (guint i = 0; i < 2; i++) {
    inner = ahoy_extension_begin_call ();
    if (i == 0) {
      keep_busy ();
    }
    ahoy_extension_end_call (ahoy_extension_snapshot_get (list, 1), &inner, "test");
  }
  ahoy_extension_end_call (ahoy_extension_snapshot_get (list, 0), &outer, "test");
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (ahoy_extension_get_slow_calls (ahoy_extension_snapshot_get (list, 0)), ==, 0);
  g_assert_cmpuint (ahoy_extension_get_slow_calls (ahoy_extension_snapshot_get (list, 1)), ==, 1);
  g_clear_pointer (&list, ahoy_extension_snapshot_unref);
  g_assert_cmpuint (ahoy_extension_registry_get_slow_calls (registry), ==, 1);
}

/* -- the scheduler -------------------------------------------------------------------------- */

typedef struct {
  AhoyScheduler *scheduler;
  GString *log;
  guint64 other;
  guint destroyed;
} Log;

typedef struct {
  Log *log;
  char letter;
} Entry;

static void
write_letter (gpointer user_data)
{
  Entry *entry = user_data;

  g_string_append_c (entry->log->log, entry->letter);
}

static void
cancel_other (gpointer user_data)
{
  Log *log = user_data;

  g_string_append_c (log->log, '!');
  g_assert_true (ahoy_scheduler_cancel (log->scheduler, log->other));
}

static void
count_destroyed (gpointer user_data)
{
  ((Entry *) user_data)->log->destroyed++;
}

static void
test_scheduler_order (void)
{
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new_virtual ();
  Log log = { scheduler, g_string_new (NULL), 0, 0 };
  Entry entries[] = { { &log, 'a' }, { &log, 'b' }, { &log, 'c' }, { &log, 'r' } };
  guint64 repeating;

  ahoy_scheduler_add (scheduler, "b", 20, write_letter, &entries[1], count_destroyed);
  ahoy_scheduler_add (scheduler, "a", 10, write_letter, &entries[0], count_destroyed);
  log.other = ahoy_scheduler_add (scheduler, "c", 30, write_letter, &entries[2], count_destroyed);
  ahoy_scheduler_add (scheduler, "cancel", 25, cancel_other, &log, NULL);
  repeating = ahoy_scheduler_add_repeating (scheduler, "r", 40, write_letter, &entries[3],
                                            count_destroyed);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (scheduler), ==, 5);
  ahoy_scheduler_advance (scheduler, 100);
  g_assert_cmpstr (log.log->str, ==, "ab!rr");
  g_assert_cmpuint (log.destroyed, ==, 3);
  g_assert_true (ahoy_scheduler_cancel (scheduler, repeating));
  g_assert_false (ahoy_scheduler_cancel (scheduler, repeating));
  g_assert_cmpuint (log.destroyed, ==, 4);
  g_assert_cmpint (ahoy_scheduler_get_now (scheduler), ==, 100);
  g_string_free (log.log, TRUE);
}

static void
count (gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_scheduler_many (void)
{
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new_virtual ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree guint64 *ids = g_new (guint64, 20000);
  guint ran = 0;
  guint cancelled = 0;

  for (guint i = 0; i < 20000; i++) {
    ids[i] = ahoy_scheduler_add (scheduler, "job", g_rand_int_range (random, 0, 100000), count,
                                 &ran, NULL);
  }
  for (guint i = 0; i < 20000; i += 3) {
    cancelled += ahoy_scheduler_cancel (scheduler, ids[i]) ? 1 : 0;
  }
  ahoy_scheduler_advance (scheduler, 100000);
  g_assert_cmpuint (cancelled, ==, 6667);
  g_assert_cmpuint (ran, ==, 20000 - cancelled);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (scheduler), ==, 0);
}

static void
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static void
test_scheduler_real (void)
{
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GVariant) jobs = NULL;
  gint64 begin = g_get_monotonic_time ();

  ahoy_scheduler_add (scheduler, "quit", 20 * G_TIME_SPAN_MILLISECOND, quit, loop, NULL);
  jobs = ahoy_scheduler_list_jobs (scheduler);
  g_assert_cmpstr (g_variant_get_type_string (jobs), ==, "a(sts)");
  g_assert_cmpuint (g_variant_n_children (jobs), ==, 1);
  g_main_loop_run (loop);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 20 * G_TIME_SPAN_MILLISECOND);
}

/* -- the census and the reply cache --------------------------------------------------------- */

static void
test_census (void)
{
  guint before = ahoy_census_count ("AhoyScheduler");
  AhoyScheduler *scheduler = ahoy_scheduler_new_virtual ();

  g_assert_cmpuint (ahoy_census_count ("AhoyScheduler"), ==, before + 1);
  g_object_unref (scheduler);
  g_assert_cmpuint (ahoy_census_count ("AhoyScheduler"), ==, before);
  g_assert_cmpuint (ahoy_census_count ("NoSuchType"), ==, 0);
}

static void
test_reply_cache (void)
{
  g_autoptr (AhoyReplyCache) cache = ahoy_reply_cache_new (100, 2);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("answer", 6);
  GBytes *reply = NULL;

  g_assert_cmpint (ahoy_reply_cache_lookup (cache, "a", 0, &reply), ==, AHOY_REPLY_NONE);
  ahoy_reply_cache_begin (cache, "a", 0);
  g_assert_cmpint (ahoy_reply_cache_lookup (cache, "a", 50, &reply), ==, AHOY_REPLY_PENDING);
  ahoy_reply_cache_answer (cache, "a", bytes, 50);
  g_assert_cmpint (ahoy_reply_cache_lookup (cache, "a", 149, &reply), ==, AHOY_REPLY_ANSWERED);
  g_assert_true (reply == bytes);
  g_assert_cmpint (ahoy_reply_cache_lookup (cache, "a", 150, &reply), ==, AHOY_REPLY_NONE);

  ahoy_reply_cache_begin (cache, "b", 200);
  ahoy_reply_cache_begin (cache, "c", 201);
  ahoy_reply_cache_begin (cache, "d", 202);
  g_assert_cmpuint (ahoy_reply_cache_get_size (cache), ==, 2);
  g_assert_cmpint (ahoy_reply_cache_lookup (cache, "b", 203, &reply), ==, AHOY_REPLY_NONE);
  g_assert_cmpint (ahoy_reply_cache_expire (cache, 203), ==, 301);
  g_assert_cmpint (ahoy_reply_cache_expire (cache, 400), ==, -1);
  ahoy_reply_cache_begin (cache, "e", 400);
  ahoy_reply_cache_forget (cache, "e");
  g_assert_cmpuint (ahoy_reply_cache_get_size (cache), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/registry/order", test_registry_order);
  g_test_add_func ("/base/registry/refusals", test_registry_refusals);
  g_test_add_func ("/base/registry/snapshot", test_registry_snapshot);
  g_test_add_func ("/base/registry/slow-calls", test_registry_slow_calls);
  g_test_add_func ("/base/scheduler/order", test_scheduler_order);
  g_test_add_func ("/base/scheduler/many", test_scheduler_many);
  g_test_add_func ("/base/scheduler/real", test_scheduler_real);
  g_test_add_func ("/base/census", test_census);
  g_test_add_func ("/protocol/reply-cache", test_reply_cache);
  return g_test_run ();
}
