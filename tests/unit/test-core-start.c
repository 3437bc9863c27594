/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <unistd.h>

#include "ahoy.h"

#define WATCHDOG 20

/* In which order a core comes to life: threads, stack, services, ports. */

static AhoyCore *
make_core (const char *text)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyConfigSet) set = NULL;
  AhoyCore *core = ahoy_core_new (NULL);

  ahoy_config_reader_add_text (reader, "test", text, -1);
  set = ahoy_config_reader_read (reader);
  g_assert_true (ahoy_core_configure (core, set, NULL));
  return core;
}

typedef struct {
  AhoyWorkPool *pool;
  gboolean in_worker;
  gboolean done;
} Work;

static void
do_work (gpointer data)
{
  Work *work = data;

  work->in_worker = ahoy_work_pool_is_worker (work->pool);
}

static void
on_done (gpointer data)
{
  Work *work = data;

  g_assert_false (ahoy_work_pool_is_worker (work->pool));
  work->done = TRUE;
}

static void
assert_works (AhoyWorkPool *pool)
{
  g_autoptr (AhoyWorkQueue) queue = ahoy_work_queue_new (pool, "test");
  g_autoptr (GError) error = NULL;
  Work work = { .pool = pool };

  g_assert_cmpuint (ahoy_work_queue_push (queue, do_work, on_done, &work, NULL, &error), !=, 0);
  g_assert_no_error (error);
  while (!work.done) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (work.in_worker);
}

static void
test_workers (void)
{
  static const struct {
    const char *text;
    guint size;
  } table[] = {
    { "[core]\nworkers=3\n", 3 },
    { "[core]\nworkers=1\n", 1 },
    { "[core]\nworkers=256\n", 256 },
    { "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoyCore) core = make_core (table[i].text);
    AhoyWorkPool *pool = ahoy_core_get_work_pool (core);

    if (table[i].size > 0) {
      g_assert_cmpuint (ahoy_work_pool_get_size (pool), ==, table[i].size);
    } else {
      g_assert_cmpuint (ahoy_work_pool_get_size (pool), >=, 4);
    }
    assert_works (pool);
  }
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpuint (ahoy_census_count ("AhoyWorkPool"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyCore"), ==, 0);
}

static void
on_transport_added (AhoyCore *core, AhoyTransport *transport, gpointer user_data)
{
  AhoyStack *stack = ahoy_core_get_stack (core);
  g_autofree char *allow = ahoy_stack_dup_allow (stack);
  guint *count = user_data;

  /* The first request finds the threads, the stack and who serves it. */
  g_assert_true (ahoy_stack_is_running (stack));
  g_assert_nonnull (strstr (allow, "INVITE"));
  g_assert_nonnull (strstr (allow, "OPTIONS"));
  g_assert_cmpuint (ahoy_transport_get_port (transport), !=, 0);
  assert_works (ahoy_core_get_work_pool (core));
  (*count)++;
}

static void
test_order (void)
{
  g_autoptr (AhoyCore) core = make_core ("[transport a]\nbind=127.0.0.1:0\n"
                                         "[transport b]\nprotocol=tcp\nbind=127.0.0.1:0\n");
  AhoyStack *stack = ahoy_core_get_stack (core);
  g_autoptr (GError) error = NULL;
  guint count = 0;

  /* Threads are there, and nothing listens. */
  assert_works (ahoy_core_get_work_pool (core));
  g_assert_false (ahoy_stack_is_running (stack));
  g_assert_cmpuint (ahoy_stack_get_listener_port (stack, "a"), ==, 0);

  g_signal_connect (core, "transport-added", G_CALLBACK (on_transport_added), &count);
  g_assert_true (ahoy_core_start (core, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 2);
  g_assert_false (ahoy_core_start (core, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  alarm (WATCHDOG);
  g_test_add_func ("/core/start/workers", test_workers);
  g_test_add_func ("/core/start/order", test_order);

  return g_test_run ();
}
