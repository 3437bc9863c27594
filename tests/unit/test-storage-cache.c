/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <unistd.h>

#include "store-fixture.h"

#define WATCHDOG 60 /* seconds */
#define SECOND G_USEC_PER_SEC

/* -- a backend that takes its time ---------------------------------------------------------- */

#define TEST_TYPE_SLOW_BACKEND (test_slow_backend_get_type ())
G_DECLARE_FINAL_TYPE (TestSlowBackend, test_slow_backend, TEST, SLOW_BACKEND, GObject)

/* Knows at once what it will say, and says it when it is let. */
struct _TestSlowBackend {
  GObject parent_instance;
  AhoyStoreBackend *memory;
  GQueue held;        /* GTask, whose answers are ready */
  gboolean at_once;
  gboolean broken;
  guint n_queries;
};

static void slow_backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSlowBackend, test_slow_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, slow_backend_init))

static void
test_slow_backend_finalize (GObject *object)
{
  g_object_unref (TEST_SLOW_BACKEND (object)->memory);
  G_OBJECT_CLASS (test_slow_backend_parent_class)->finalize (object);
}

static void
test_slow_backend_class_init (TestSlowBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_slow_backend_finalize;
}

static void
test_slow_backend_init (TestSlowBackend *self)
{
  g_queue_init (&self->held);
  self->memory = AHOY_STORE_BACKEND (ahoy_store_memory_new ());
  self->at_once = TRUE;
  g_signal_connect_object (self->memory, "changed", G_CALLBACK (ahoy_store_backend_announce), self,
                           G_CONNECT_SWAPPED);
}

static void
release_one (TestSlowBackend *self)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->held);
  GPtrArray *found = g_task_get_task_data (task);

  if (self->broken)
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_UNREACHABLE, "the backend is away");
  else
    g_task_return_pointer (task, g_ptr_array_ref (found), (GDestroyNotify)g_ptr_array_unref);
}

static void
release (TestSlowBackend *self)
{
  while (!g_queue_is_empty (&self->held))
    release_one (self);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  TestSlowBackend *self = g_task_get_source_object (task);
  GPtrArray *found
      = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (source), result, NULL);

  g_task_set_task_data (task, found, (GDestroyNotify)g_ptr_array_unref);
  g_queue_push_tail (&self->held, task);
  if (self->at_once)
    release_one (self);
}

static void
query_slowly (AhoyStoreBackend *backend, AhoyStoreQuery *wanted, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  TestSlowBackend *self = TEST_SLOW_BACKEND (backend);

  self->n_queries++;
  ahoy_store_backend_query_async (self->memory, wanted, NULL, on_found,
                                  g_task_new (self, cancellable, callback, user_data));
}

static GPtrArray *
query_slowly_finish (AhoyStoreBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (ahoy_store_backend_apply_finish (AHOY_STORE_BACKEND (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
apply_to_memory (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  ahoy_store_backend_apply_async (TEST_SLOW_BACKEND (backend)->memory, batch, NULL, on_applied,
                                  g_task_new (backend, cancellable, callback, user_data));
}

static gboolean
apply_to_memory_finish (AhoyStoreBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  return TRUE;
}

static void
slow_backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->query_async = query_slowly;
  iface->query_finish = query_slowly_finish;
  iface->apply_async = apply_to_memory;
  iface->apply_finish = apply_to_memory_finish;
}

/* -- the cache in front of it --------------------------------------------------------------- */

typedef struct {
  TestSlowBackend *slow;
  AhoyScheduler *clock;
  AhoyStoreCache *cache;
  Fixture through; /* the cache, for the functions of the fixture */
  Fixture behind;  /* the backend, past the cache */
} CacheFixture;

static void
set_up_cache (CacheFixture *fixture, gconstpointer data)
{
  fixture->slow = g_object_new (TEST_TYPE_SLOW_BACKEND, NULL);
  fixture->clock = ahoy_scheduler_new_virtual ();
  fixture->cache = ahoy_store_cache_new (AHOY_STORE_BACKEND (fixture->slow), fixture->clock);
  fixture->through.backend = AHOY_STORE_BACKEND (fixture->cache);
  fixture->through.changes = g_string_new (NULL);
  fixture->behind.backend = AHOY_STORE_BACKEND (fixture->slow);
}

static void
tear_down_cache (CacheFixture *fixture, gconstpointer data)
{
  release (fixture->slow);
  g_object_add_weak_pointer (G_OBJECT (fixture->slow), (gpointer *)&fixture->slow);
  g_object_unref (fixture->slow);
  g_object_unref (fixture->cache);
  g_assert_null (fixture->slow);
  g_object_unref (fixture->clock);
  g_string_free (fixture->through.changes, TRUE);
}

/* Who writes to the backend's own memory writes as another program would: nobody is told. */
static void
write_unseen (CacheFixture *fixture, const char *name, const char *context)
{
  Fixture memory = { .backend = fixture->slow->memory };

  g_signal_handlers_block_matched (fixture->slow->memory, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                   fixture->slow);
  create (&memory, name, context);
  g_signal_handlers_unblock_matched (fixture->slow->memory, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                     fixture->slow);
}

static void
change_unseen (CacheFixture *fixture, const char *name, const char *context)
{
  Fixture memory = { .backend = fixture->slow->memory };
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("elsewhere");

  ahoy_store_batch_change (batch, "endpoint", name,
                           g_variant_new_parsed ("{'context': %s}", context),
                           AHOY_STORE_ANY_REVISION);
  g_signal_handlers_block_matched (fixture->slow->memory, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                   fixture->slow);
  assert_applied (&memory, batch);
  g_signal_handlers_unblock_matched (fixture->slow->memory, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                     fixture->slow);
}

static void
assert_context (CacheFixture *fixture, const char *name, const char *expected)
{
  g_autoptr (AhoyConfigObject) found = get (&fixture->through, "endpoint", name);

  if (expected == NULL)
    g_assert_null (found);
  else
    g_assert_cmpstr (ahoy_config_object_get_string (found, "context"), ==, expected);
}

static guint64
statistic (CacheFixture *fixture, const char *name)
{
  g_autoptr (GVariant) statistics = ahoy_store_cache_get_statistics (fixture->cache);
  guint64 number = 0;

  g_assert_true (g_variant_lookup (statistics, name, "t", &number));
  return number;
}

static void
populate (CacheFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ahoy_store_cache_populate_async (fixture->cache, "endpoint", NULL, on_done, &result);
  wait_for (&result);
  g_assert_true (ahoy_store_cache_populate_finish (fixture->cache, result, &error));
  g_assert_no_error (error);
}

static void
test_asks_once (CacheFixture *fixture, gconstpointer data)
{
  write_unseen (fixture, "bob", "one");
  for (guint i = 0; i < 5; i++)
    assert_context (fixture, "bob", "one");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 1);
  g_assert_cmpuint (statistic (fixture, "hits"), ==, 4);
  g_assert_cmpuint (statistic (fixture, "misses"), ==, 1);
  assert_context (fixture, "nobody", NULL);
  assert_context (fixture, "nobody", NULL);
  g_assert_cmpuint (fixture->slow->n_queries, ==, 3); /* what is not there is not kept */
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 1);
}

static void
test_all_who_wait_share_a_question (CacheFixture *fixture, gconstpointer data)
{
  GAsyncResult *results[10] = { NULL };
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name ("endpoint", "bob");

  write_unseen (fixture, "bob", "one");
  fixture->slow->at_once = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    ahoy_store_backend_query_async (AHOY_STORE_BACKEND (fixture->cache), wanted, NULL, on_done,
                                    &results[i]);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_null (results[0]);
  release (fixture->slow);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GPtrArray) found = NULL;

    wait_for (&results[i]);
    found = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (fixture->cache), results[i], NULL);
    g_assert_cmpuint (found->len, ==, 1);
    g_object_unref (results[i]);
  }
  g_assert_cmpuint (fixture->slow->n_queries, ==, 1);
}

static void
test_oldest_goes (CacheFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a", "b", "c" };

  g_object_set (fixture->cache, "maximum-objects", 2, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    write_unseen (fixture, names[i], "x");
    assert_context (fixture, names[i], "x");
    ahoy_scheduler_advance (fixture->clock, SECOND);
  }
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 2);
  assert_context (fixture, "b", "x");
  assert_context (fixture, "c", "x");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 3);
  assert_context (fixture, "a", "x");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 4);
  assert_context (fixture, "b", "x");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 5);
}

static void
test_lifetime (CacheFixture *fixture, gconstpointer data)
{
  g_object_set (fixture->cache, "lifetime-maximum", (gint64)10 * SECOND, NULL);
  write_unseen (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  change_unseen (fixture, "bob", "two");
  ahoy_scheduler_advance (fixture->clock, 10 * SECOND - 1);
  assert_context (fixture, "bob", "one");
  ahoy_scheduler_advance (fixture->clock, 1);
  assert_context (fixture, "bob", "two");
  g_assert_cmpuint (statistic (fixture, "expired"), ==, 1);
  g_assert_cmpuint (fixture->slow->n_queries, ==, 2);
}

/* Who asks for something stale does not wait, and the next one is given what is new. */
static void
test_stale (CacheFixture *fixture, gconstpointer data)
{
  g_object_set (fixture->cache, "lifetime-stale", (gint64)10 * SECOND, NULL);
  write_unseen (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  change_unseen (fixture, "bob", "two");
  ahoy_scheduler_advance (fixture->clock, 10 * SECOND);
  fixture->slow->at_once = FALSE;
  assert_context (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 2);
  g_assert_cmpuint (statistic (fixture, "stale"), ==, 2);
  release (fixture->slow);
  assert_context (fixture, "bob", "two");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 2);
  g_assert_cmpuint (statistic (fixture, "refreshed"), ==, 1);
}

/* While the backend is away, what is stale is better than nothing, until it is too old. */
static void
test_backend_is_away (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name ("endpoint", "bob");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (fixture->cache, "lifetime-stale", (gint64)SECOND, "lifetime-maximum",
                (gint64)60 * SECOND, NULL);
  write_unseen (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  fixture->slow->broken = TRUE;
  ahoy_scheduler_advance (fixture->clock, 2 * SECOND);
  for (guint i = 0; i < 3; i++) {
    assert_context (fixture, "bob", "one");
    release (fixture->slow);
  }
  ahoy_scheduler_advance (fixture->clock, 60 * SECOND);
  ahoy_store_backend_query_async (AHOY_STORE_BACKEND (fixture->cache), wanted, NULL, on_done,
                                  &result);
  wait_for (&result);
  g_assert_null (
      ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (fixture->cache), result, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE);
  fixture->slow->broken = FALSE;
}

/* A change that comes while the backend is being asked is not undone by its older answer. */
static void
test_change_overtakes_answer (CacheFixture *fixture, gconstpointer data)
{
  const gboolean full = GPOINTER_TO_INT (data);
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name ("endpoint", "bob");
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (GAsyncResult) result = NULL;

  g_object_set (fixture->cache, "full-backend-cache", full, NULL);
  write_unseen (fixture, "bob", "one");
  fixture->slow->at_once = FALSE;
  ahoy_store_backend_query_async (AHOY_STORE_BACKEND (fixture->cache), wanted, NULL, on_done,
                                  &result);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  ahoy_store_batch_change (batch, "endpoint", "bob", g_variant_new_parsed ("{'context': 'two'}"),
                           AHOY_STORE_ANY_REVISION);
  ahoy_store_batch_create (batch, carol);
  ahoy_store_batch_delete (batch, "endpoint", "carol", AHOY_STORE_ANY_REVISION);
  assert_applied (&fixture->through, batch);
  release (fixture->slow);
  wait_for (&result);
  g_ptr_array_unref (
      ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (fixture->cache), result, NULL));
  assert_context (fixture, "bob", "two");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 1);
  fixture->slow->at_once = TRUE;
  assert_context (fixture, "carol", NULL);
}

static void
test_prune (CacheFixture *fixture, gconstpointer data)
{
  write_unseen (fixture, "bob", "one");
  write_unseen (fixture, "carol", "one");
  assert_context (fixture, "bob", "one");
  assert_context (fixture, "carol", "one");
  change_unseen (fixture, "bob", "two");
  change_unseen (fixture, "carol", "two");
  g_assert_cmpuint (ahoy_store_cache_expire (fixture->cache, "endpoint", "nobody"), ==, 0);
  g_assert_cmpuint (ahoy_store_cache_expire (fixture->cache, "end", NULL), ==, 0);
  g_assert_cmpuint (ahoy_store_cache_expire (fixture->cache, "endpoint", "bob"), ==, 1);
  assert_context (fixture, "bob", "two");
  assert_context (fixture, "carol", "one");
  g_assert_cmpuint (ahoy_store_cache_expire (fixture->cache, "endpoint", NULL), ==, 2);
  assert_context (fixture, "carol", "two");
  g_assert_cmpuint (ahoy_store_cache_expire (fixture->cache, NULL, NULL), ==, 1);
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 0);
}

/* What was being fetched when the cache was pruned is for those who wait, and not kept. */
static void
test_prune_while_asking (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name ("endpoint", "bob");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;

  write_unseen (fixture, "bob", "one");
  fixture->slow->at_once = FALSE;
  ahoy_store_backend_query_async (AHOY_STORE_BACKEND (fixture->cache), wanted, NULL, on_done,
                                  &result);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  change_unseen (fixture, "bob", "two");
  ahoy_store_cache_expire (fixture->cache, "endpoint", "bob");
  release (fixture->slow);
  wait_for (&result);
  found = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (fixture->cache), result, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  fixture->slow->at_once = TRUE;
  assert_context (fixture, "bob", "two");
}

static void
test_make_stale (CacheFixture *fixture, gconstpointer data)
{
  write_unseen (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  change_unseen (fixture, "bob", "two");
  g_assert_cmpuint (ahoy_store_cache_make_stale (fixture->cache, "endpoint", "bob"), ==, 1);
  assert_context (fixture, "bob", "one");
  release (fixture->slow);
  assert_context (fixture, "bob", "two");
}

static void
test_populate (CacheFixture *fixture, gconstpointer data)
{
  write_unseen (fixture, "bob", "one");
  write_unseen (fixture, "carol", "one");
  populate (fixture);
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 2);
  assert_context (fixture, "bob", "one");
  assert_context (fixture, "carol", "one");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 1);
}

static void
test_reload (CacheFixture *fixture, gconstpointer data)
{
  write_unseen (fixture, "bob", "one");
  assert_context (fixture, "bob", "one");
  ahoy_store_cache_reload (fixture->cache);
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 1);
  g_object_set (fixture->cache, "expire-on-reload", TRUE, NULL);
  ahoy_store_cache_reload (fixture->cache);
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 0);
}

static guint
count_like (CacheFixture *fixture, const char *context)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new ("endpoint");
  g_autoptr (GPtrArray) found = NULL;

  ahoy_store_query_add (wanted, "context", AHOY_STORE_CONDITION_LIKE, context, NULL);
  found = query (&fixture->through, wanted);
  return found->len;
}

/* Every query is answered from memory, also for what is not there, and changes are seen. */
static void
test_full (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("test");

  g_object_set (fixture->cache, "full-backend-cache", TRUE, "lifetime-maximum",
                (gint64)60 * SECOND, NULL);
  write_unseen (fixture, "bob", "one");
  write_unseen (fixture, "carol", "two");
  g_assert_cmpuint (count_like (fixture, "t*"), ==, 1);
  g_assert_cmpuint (count_like (fixture, "*"), ==, 2);
  assert_context (fixture, "bob", "one");
  assert_context (fixture, "nobody", NULL);
  create (&fixture->behind, "dave", "three");
  g_assert_cmpuint (count_like (fixture, "t*"), ==, 2);
  ahoy_store_batch_delete (deletion, "endpoint", "carol", AHOY_STORE_ANY_REVISION);
  assert_applied (&fixture->through, deletion);
  g_assert_cmpuint (count_like (fixture, "t*"), ==, 1);
  g_assert_cmpuint (fixture->slow->n_queries, ==, 1);
  g_assert_cmpuint (statistic (fixture, "objects"), ==, 2);

  ahoy_scheduler_advance (fixture->clock, 60 * SECOND);
  change_unseen (fixture, "bob", "two");
  assert_context (fixture, "bob", "two");
  g_assert_cmpuint (fixture->slow->n_queries, ==, 2);
}

static void
test_list (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) list = NULL;
  g_autofree char *text = NULL;

  g_object_set (fixture->cache, "lifetime-stale", (gint64)2 * SECOND, NULL);
  write_unseen (fixture, "bob", "one");
  write_unseen (fixture, "carol", "one");
  assert_context (fixture, "bob", "one");
  ahoy_scheduler_advance (fixture->clock, SECOND);
  assert_context (fixture, "carol", "one");
  ahoy_scheduler_advance (fixture->clock, SECOND);
  list = ahoy_store_cache_list (fixture->cache);
  text = g_variant_print (list, FALSE);
  g_assert_cmpstr (text, ==,
                   "[('endpoint', 'bob', 2000000, true), ('endpoint', 'carol', 1000000, false)]");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/storage/cache/" name, CacheFixture, NULL, set_up_cache, function, tear_down_cache)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  alarm (WATCHDOG);

  ADD ("asks-once", test_asks_once);
  ADD ("all-who-wait-share-a-question", test_all_who_wait_share_a_question);
  ADD ("oldest-goes", test_oldest_goes);
  ADD ("lifetime", test_lifetime);
  ADD ("stale-is-served-and-refreshed-behind", test_stale);
  ADD ("backend-is-away", test_backend_is_away);
  ADD ("change-overtakes-answer", test_change_overtakes_answer);
  g_test_add ("/storage/cache/change-overtakes-full-answer", CacheFixture, GINT_TO_POINTER (TRUE),
              set_up_cache, test_change_overtakes_answer, tear_down_cache);
  ADD ("prune", test_prune);
  ADD ("prune-while-asking", test_prune_while_asking);
  ADD ("make-stale", test_make_stale);
  ADD ("populate", test_populate);
  ADD ("reload", test_reload);
  ADD ("full-cache-answers-everything", test_full);
  ADD ("list", test_list);

  return g_test_run ();
}
