/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include "ahoy-digest-memory-private.h"

#define MAX_DIALOGS 4096
#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  AhoyStack *stack;
  AhoyScheduler *scheduler;
  AhoyDigestMemory *memory;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->stack = ahoy_stack_new (NULL, NULL);
  ahoy_stack_start (f->stack, &error);
  g_assert_no_error (error);
  f->scheduler = ahoy_scheduler_new_virtual ();
  f->memory = ahoy_digest_memory_new (f->scheduler);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ahoy_digest_memory_free (f->memory);
  g_object_unref (f->scheduler);
  ahoy_stack_stop (f->stack);
  g_object_unref (f->stack);
}

static AhoyMessage *
make_request (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  AhoyMessage *request = ahoy_stack_create_request (f->stack, "OPTIONS", "sip:bob@example.org",
                                                    "sip:alice@example.net", NULL, &error);

  g_assert_no_error (error);
  return request;
}

static AhoyDigestProof *
put (Fixture *f, AhoyMessage *request, gboolean proxy, const char *realm)
{
  g_autoptr (AhoyChallenge) challenge = ahoy_challenge_new (
      realm, AHOY_DIGEST_MD5, AHOY_DIGEST_QOP_AUTH, NULL, NULL, NULL, FALSE);

  return ahoy_digest_memory_put (f->memory, request, proxy, challenge, "alice", "0123");
}

static void
test_realms (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyMessage) request = make_request (f);
  AhoyDigestProof *first = put (f, request, FALSE, "a");

  g_assert_nonnull (first);
  first->nc = 7;
  g_assert_nonnull (put (f, request, TRUE, "a"));
  g_assert_cmpuint (ahoy_digest_memory_lookup (f->memory, request)->len, ==, 2);
  g_assert_true (ahoy_digest_memory_find (f->memory, request, FALSE, "a") == first);
  g_assert_null (ahoy_digest_memory_find (f->memory, request, FALSE, "b"));
  /* A new challenge begins anew. */
  g_assert_cmpuint (put (f, request, FALSE, "a")->nc, ==, 0);
  g_assert_cmpuint (ahoy_digest_memory_lookup (f->memory, request)->len, ==, 2);
  ahoy_digest_memory_remove (f->memory, request, TRUE, "a");
  g_assert_null (ahoy_digest_memory_find (f->memory, request, TRUE, "a"));
  /* A dialog has so many realms and no more. */
  for (guint i = 0; i < 7; i++) {
    g_autofree char *realm = g_strdup_printf ("r%u", i);

    g_assert_nonnull (put (f, request, FALSE, realm));
  }
  g_assert_null (put (f, request, FALSE, "one too many"));
  g_assert_cmpuint (ahoy_digest_memory_get_size (f->memory), ==, 1);
}

static void
test_other_dialog (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyMessage) request = make_request (f);
  g_autoptr (AhoyMessage) other = make_request (f);
  g_autofree char *from = NULL;

  put (f, request, FALSE, "a");
  g_assert_null (ahoy_digest_memory_lookup (f->memory, other));
  /* The same Call-ID with another tag of ours is another dialog. */
  g_assert_nonnull (ahoy_digest_memory_lookup (f->memory, request));
  from = g_strdup ("<sip:alice@example.net>;tag=another");
  g_assert_true (ahoy_message_set_header (request, "From", from, NULL));
  g_assert_null (ahoy_digest_memory_lookup (f->memory, request));
}

static void
test_bounds (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < MAX_DIALOGS + 10; i++) {
    g_ptr_array_add (requests, make_request (f));
    put (f, requests->pdata[i], FALSE, "a");
    if (i > 0) { /* the first one is used all the time */
      g_assert_nonnull (ahoy_digest_memory_lookup (f->memory, requests->pdata[0]));
    }
  }
  g_assert_cmpuint (ahoy_digest_memory_get_size (f->memory), ==, MAX_DIALOGS);
  g_assert_null (ahoy_digest_memory_lookup (f->memory, requests->pdata[1]));
  g_assert_nonnull (ahoy_digest_memory_lookup (f->memory, requests->pdata[MAX_DIALOGS]));
}

static void
test_age (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyMessage) used = make_request (f);
  g_autoptr (AhoyMessage) unused = make_request (f);
  g_autoptr (AhoyMessage) later = make_request (f);

  put (f, unused, FALSE, "a");
  put (f, used, FALSE, "a");
  ahoy_scheduler_advance (f->scheduler, HOUR / 2);
  g_assert_nonnull (ahoy_digest_memory_lookup (f->memory, used));
  ahoy_scheduler_advance (f->scheduler, HOUR / 2 + 1);
  g_assert_nonnull (ahoy_digest_memory_lookup (f->memory, used));
  put (f, later, FALSE, "a");
  g_assert_cmpuint (ahoy_digest_memory_get_size (f->memory), ==, 2);
  g_assert_null (ahoy_digest_memory_lookup (f->memory, unused));
  ahoy_scheduler_advance (f->scheduler, HOUR + 1);
  g_assert_null (ahoy_digest_memory_lookup (f->memory, used));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/digest-memory/realms", Fixture, NULL, set_up, test_realms, tear_down);
  g_test_add ("/digest-memory/other-dialog", Fixture, NULL, set_up, test_other_dialog, tear_down);
  g_test_add ("/digest-memory/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
  g_test_add ("/digest-memory/age", Fixture, NULL, set_up, test_age, tear_down);
  return g_test_run ();
}
