/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-deferral-private.h"
#include "ahoy.h"

#define MS G_TIME_SPAN_MILLISECOND

typedef struct {
  AhoyScheduler *scheduler;
  AhoySupplementDeferral *deferral;
  guint told; /* the one who waits */
  AhoyDeferralState state;
  int verdict;
  guint signalled; /* the extension */
} Fixture;

static void
on_told (AhoyDeferral *deferral, AhoyDeferralState state, int verdict, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->told++;
  fixture->state = state;
  fixture->verdict = verdict;
}

static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, Fixture *fixture)
{
  fixture->signalled++;
  g_assert_cmpint (ahoy_deferral_get_state (deferral), ==, state);
  g_assert_false (ahoy_deferral_is_waiting (deferral));
}

static void
begin (Fixture *fixture, guint deadline)
{
  fixture->scheduler = ahoy_scheduler_new_virtual ();
  fixture->deferral = g_object_new (AHOY_TYPE_SUPPLEMENT_DEFERRAL, NULL);
  g_assert_false (ahoy_deferral_is_waiting (AHOY_DEFERRAL (fixture->deferral)));
  g_assert_false (
      ahoy_supplement_deferral_resolve (fixture->deferral, AHOY_SUPPLEMENT_CONTINUE));
  g_signal_connect (fixture->deferral, "over", G_CALLBACK (on_over), fixture);
  ahoy_deferral_begin (AHOY_DEFERRAL (fixture->deferral), fixture->scheduler, deadline, on_told,
                       fixture);
  g_assert_true (ahoy_deferral_is_waiting (AHOY_DEFERRAL (fixture->deferral)));
}

static void
end (Fixture *fixture)
{
  guint before = ahoy_census_count ("AhoySupplementDeferral");

  g_clear_object (&fixture->deferral);
  g_assert_cmpuint (ahoy_census_count ("AhoySupplementDeferral"), ==, before - 1);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 0);
  g_clear_object (&fixture->scheduler);
}

static void
test_resolve (void)
{
  Fixture fixture = { 0 };

  begin (&fixture, 0);
  g_assert_true (ahoy_supplement_deferral_resolve (fixture.deferral, AHOY_SUPPLEMENT_ANSWERED));
  g_assert_cmpuint (fixture.signalled, ==, 1);
  g_assert_cmpuint (fixture.told, ==, 0); /* in the next turn */
  g_assert_false (ahoy_supplement_deferral_resolve (fixture.deferral, AHOY_SUPPLEMENT_CONTINUE));
  ahoy_scheduler_advance (fixture.scheduler, 0);
  g_assert_cmpuint (fixture.told, ==, 1);
  g_assert_cmpint (fixture.verdict, ==, AHOY_SUPPLEMENT_ANSWERED);
  g_assert_cmpint (fixture.state, ==, AHOY_DEFERRAL_RESOLVED);
  ahoy_deferral_cancel (AHOY_DEFERRAL (fixture.deferral));
  ahoy_scheduler_advance (fixture.scheduler, 30000 * MS);
  g_assert_cmpuint (fixture.told + fixture.signalled, ==, 2);
  end (&fixture);
}

static void
test_deadline (void)
{
  static const struct {
    guint asked;
    guint real;
  } cases[] = { { 0, 5000 }, { 1, 1 }, { 20000, 20000 }, { 20001, 20000 }, { G_MAXUINT, 20000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture fixture = { .verdict = -1 };

    begin (&fixture, cases[i].asked);
    ahoy_scheduler_advance (fixture.scheduler, cases[i].real * MS - 1);
    g_assert_cmpuint (fixture.told, ==, 0);
    ahoy_scheduler_advance (fixture.scheduler, 1);
    g_assert_cmpuint (fixture.told, ==, 1);
    g_assert_cmpuint (fixture.signalled, ==, 1);
    g_assert_cmpint (fixture.verdict, ==, 0);
    g_assert_cmpint (fixture.state, ==, AHOY_DEFERRAL_TIMED_OUT);
    g_assert_false (
        ahoy_supplement_deferral_resolve (fixture.deferral, AHOY_SUPPLEMENT_CONTINUE));
    end (&fixture);
  }
}

/* Cancelled while it waits, and cancelled between the verdict and what follows from it. */
static void
test_cancel (void)
{
  Fixture waiting = { 0 };
  Fixture resolved = { 0 };

  begin (&waiting, 100);
  ahoy_deferral_cancel (AHOY_DEFERRAL (waiting.deferral));
  ahoy_deferral_cancel (AHOY_DEFERRAL (waiting.deferral));
  g_assert_cmpuint (waiting.signalled, ==, 1);
  g_assert_false (ahoy_supplement_deferral_resolve (waiting.deferral, AHOY_SUPPLEMENT_CONTINUE));
  ahoy_scheduler_advance (waiting.scheduler, 1000 * MS);
  g_assert_cmpuint (waiting.told, ==, 0);
  end (&waiting);

  begin (&resolved, 100);
  ahoy_supplement_deferral_resolve (resolved.deferral, AHOY_SUPPLEMENT_CONTINUE);
  ahoy_deferral_cancel (AHOY_DEFERRAL (resolved.deferral));
  ahoy_scheduler_advance (resolved.scheduler, 1000 * MS);
  g_assert_cmpuint (resolved.told, ==, 0);
  g_assert_cmpuint (resolved.signalled, ==, 1);
  end (&resolved);
}

/* Let go of while it waits: that is a cancellation, and nothing stays in the scheduler. */
static void
test_dropped (void)
{
  Fixture fixture = { 0 };

  begin (&fixture, 100);
  g_clear_object (&fixture.deferral);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture.scheduler), ==, 0);
  ahoy_scheduler_advance (fixture.scheduler, 1000 * MS);
  g_assert_cmpuint (fixture.told, ==, 0);
  g_assert_cmpuint (fixture.signalled, ==, 1);
  g_clear_object (&fixture.scheduler);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deferral/resolve", test_resolve);
  g_test_add_func ("/deferral/deadline", test_deadline);
  g_test_add_func ("/deferral/cancel", test_cancel);
  g_test_add_func ("/deferral/dropped", test_dropped);
  return g_test_run ();
}
