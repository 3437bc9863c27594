/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>

#include "ahoy-call-archive-private.h"
#include "ahoy-census.h"
#include "store-fixture.h"

/* The file of the history: many records, a disk that is full, and what is asked of it. */

#define N_RECORDS 100000
#define N_NUMBERS 500

typedef struct {
  char *folder;
  char *path;
  AhoyDispatcher *dispatcher;
  AhoyWorkPool *pool;
  AhoyScheduler *scheduler;
  AhoyCallArchive *archive;
  guint stored;
  GPtrArray *records;
  gssize deleted;
  GError *error;
  gboolean answered;
} Place;

static GPtrArray *warnings;

static GLogWriterOutput
keep_warning (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields && (level & G_LOG_LEVEL_WARNING) != 0; i++) {
    if (g_strcmp0 (fields[i].key, "MESSAGE") == 0) {
      g_ptr_array_add (warnings, g_strdup (fields[i].value));
      return G_LOG_WRITER_HANDLED;
    }
  }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
on_stored (GPtrArray *records, gpointer user_data)
{
  Place *place = user_data;

  for (guint i = 0; i < records->len; i++) {
    g_assert_cmpuint (((AhoyCallRecord *) records->pdata[i])->id, >, 0);
  }
  place->stored += records->len;
}

static void
open_archive (Place *place)
{
  place->dispatcher = ahoy_dispatcher_new (NULL);
  place->pool = ahoy_work_pool_new (place->dispatcher, 0);
  place->scheduler = ahoy_scheduler_new (NULL);
  place->archive =
      ahoy_call_archive_new (place->pool, place->scheduler, place->path, on_stored, place);
}

static void
close_archive (Place *place)
{
  if (place->archive != NULL) {
    ahoy_call_archive_close (place->archive);
    g_clear_object (&place->archive);
  }
  ahoy_work_pool_stop (place->pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_clear_object (&place->pool);
  g_clear_object (&place->scheduler);
  g_clear_object (&place->dispatcher);
}

static void
open_place (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("ahoy-history-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "history.db", NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  open_archive (place);
}

static void
close_place (Place *place, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", place->folder);

  close_archive (place);
  g_clear_pointer (&place->records, g_ptr_array_unref);
  g_clear_error (&place->error);
  g_assert_cmpuint (warnings->len, ==, 0);
  g_ptr_array_unref (warnings);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (place->folder);
  g_free (place->path);
}

static AhoyCallRecord *
make_record (guint number)
{
  AhoyCallRecord *record = ahoy_call_record_new ();

  record->linked_id = g_strdup_printf ("link-%u", number / 2);
  record->session = number;
  record->direction = number % 2 == 0 ? AHOY_SESSION_INCOMING : AHOY_SESSION_OUTGOING;
  record->endpoint = g_strdup_printf ("phone%u", number % N_NUMBERS);
  record->caller = g_strdup_printf ("1%04u", number % N_NUMBERS);
  record->callee = g_strdup_printf ("2%04u", number % 7);
  record->created_at = 1000000 * (gint64) (number + 1);
  record->answered_at = number % 10 == 0 ? 0 : record->created_at + 5;
  record->ended_at = record->created_at + 10;
  record->status = 200;
  record->cause = number % 20 == 0 ? 26 : 16;
  record->packets_lost = -3;
  record->mos = 4.2;
  return record;
}

static void
wait_for_stored (Place *place, guint count)
{
  while (place->stored < count) {
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Place *place = user_data;

  g_clear_pointer (&place->records, g_ptr_array_unref);
  place->records = g_task_propagate_pointer (G_TASK (result), &place->error);
  place->answered = TRUE;
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Place *place = user_data;

  place->deleted = g_task_propagate_int (G_TASK (result), &place->error);
  place->answered = TRUE;
}

/* Returns: how long it took, in µs; @turns are those of the main loop meanwhile. */
static gint64
ask (Place *place, const char *text, gboolean deletes, guint *turns)
{
  g_autoptr (GVariant) filter = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GTask) task = g_task_new (NULL, NULL, deletes ? on_deleted : on_answered, place);
  AhoyCallFilter *read = ahoy_call_filter_new (filter, &place->error);
  gint64 begin = g_get_monotonic_time ();

  g_assert_no_error (place->error);
  place->answered = FALSE;
  if (deletes) {
    ahoy_call_archive_delete (place->archive, read, task);
  } else {
    ahoy_call_archive_query (place->archive, read, task);
  }
  for (*turns = 0; !place->answered; ++*turns) {
    if (!g_main_context_iteration (NULL, FALSE)) {
      g_thread_yield ();
    }
  }
  return g_get_monotonic_time () - begin;
}

static void
assert_found (Place *place, const char *text, guint count)
{
  guint turns;
  gint64 took = ask (place, text, FALSE, &turns);

  g_assert_no_error (place->error);
  g_assert_cmpuint (place->records->len, ==, count);
  g_test_message ("%s: %u records, %" G_GINT64_FORMAT " us, %u turns of the loop", text,
                  count, took, turns);
}

/* A hundred thousand records: what is asked is found, and the main loop goes on meanwhile. */
static void
test_many (Place *place, gconstpointer data)
{
  AhoyCallRecord *first;
  guint turns;

  for (guint i = 0; i < N_RECORDS; i++) {
    ahoy_call_archive_add (place->archive, make_record (i));
    if (i % 5000 == 4999) { /* what waits is limited */
      wait_for_stored (place, i + 1);
    }
  }
  wait_for_stored (place, N_RECORDS);
  assert_found (place, "@a{sv} {}", 100);
  first = place->records->pdata[0];
  g_assert_cmpint (first->created_at, ==, 1000000 * (gint64) N_RECORDS);
  g_assert_cmpstr (first->caller, ==, "10499");
  g_assert_cmpint (first->direction, ==, AHOY_SESSION_OUTGOING);
  g_assert_cmpint (first->packets_lost, ==, -3);
  g_assert_cmpfloat (first->mos, ==, 4.2);
  assert_found (place, "{'endpoint': <'phone7'>, 'limit': <uint32 1000>}", N_RECORDS / N_NUMBERS);
  assert_found (place, "{'number': <'10007'>, 'limit': <uint32 1000>}", N_RECORDS / N_NUMBERS);
  assert_found (place, "{'linked-id': <'link-4711'>}", 2);
  assert_found (place, "{'missed': <true>, 'limit': <uint32 1000>}", 1000);
  assert_found (place, "{'since': <uint64 50000000000>, 'until': <uint64 50000010000000>}", 100);
  assert_found (place, "{'limit': <uint32 4000000000>}", 1000);
  assert_found (place, "{'offset': <uint32 99990>}", 10);
  assert_found (place, "{'before': <uint64 5>, 'limit': <uint32 3>}", 3);
  g_assert_cmpuint (((AhoyCallRecord *) place->records->pdata[0])->id, ==, 4);
  assert_found (place, "{'number': <'nobody'>}", 0);
  ask (place, "{'number': <'nobody'>}", FALSE, &turns);
  g_assert_cmpuint (turns, >, 2); /* one where it waits */

  ahoy_call_archive_link (place->archive, "link-4711", "link-1");
  assert_found (place, "{'linked-id': <'link-1'>}", 4);
  ask (place, "{'endpoint': <'phone7'>}", TRUE, &turns);
  g_assert_cmpint (place->deleted, ==, N_RECORDS / N_NUMBERS);
  ahoy_call_archive_set_limits (place->archive, 0, 1000);
  ahoy_call_archive_add (place->archive, make_record (N_RECORDS));
  wait_for_stored (place, N_RECORDS + 1);
  assert_found (place, "{'limit': <uint32 1000>}", 1000);
}

/* More than can wait is not kept, and that is counted; a full disk is told once. */
static void
test_full (Place *place, gconstpointer data)
{
  place->stored = 0;
  ahoy_call_archive_add (place->archive, make_record (0));
  wait_for_stored (place, 1);
  if (g_test_subprocess ()) {
    limit_files (64 * 1024);
    for (guint i = 1; i < 2000; i++) {
      ahoy_call_archive_add (place->archive, make_record (i));
    }
    while (warnings->len == 0) {
      g_main_context_iteration (NULL, TRUE);
    }
    g_assert_cmpuint (place->stored, ==, 1);
    g_assert_cmpuint (warnings->len, ==, 1);
    g_assert_true (g_str_has_prefix (warnings->pdata[0],
                                     "The history of calls is not stored, and tried again: "));
    g_ptr_array_set_size (warnings, 0);
    limit_files (G_MAXINT32);
    assert_found (place, "{'offset': <uint32 1900>}", 100);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* A file that is damaged is set aside. */
static void
test_damaged (Place *place, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (place->path, ".damaged", NULL);
  char zeros[4096] = { 0 };

  g_assert_true (g_file_set_contents (place->path, zeros, sizeof zeros, NULL));
  ahoy_call_archive_add (place->archive, make_record (0));
  wait_for_stored (place, 1);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_nonnull (strstr (warnings->pdata[0], "a new one is begun"));
  g_ptr_array_set_size (warnings, 0);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* What waits when the program ends is written. */
static void
test_end (Place *place, gconstpointer data)
{
  for (guint i = 0; i < 50; i++) {
    ahoy_call_archive_add (place->archive, make_record (i));
  }
  close_archive (place);
  open_archive (place);
  assert_found (place, "@a{sv} {}", 50);
}

/* What is no text that can be kept. */
static void
test_clean (void)
{
  g_autofree char *much = g_strnfill (1000, 'a');
  g_autofree char *cut = ahoy_call_record_clean (much);
  g_autofree char *wide = g_strconcat (cut, "ü", NULL);
  g_autofree char *bytes = ahoy_call_record_clean (wide);
  g_autofree char *plain = ahoy_call_record_clean ("Jürgen \"x\" 'y' ☎");
  g_autofree char *evil = ahoy_call_record_clean ("a\x1b[2J\r\n\xe2\x80\xae\xff z");

  g_assert_cmpuint (strlen (cut), ==, 255);
  g_assert_cmpstr (bytes, ==, cut);
  g_assert_cmpstr (plain, ==, "Jürgen \"x\" 'y' ☎");
  g_assert_cmpstr (evil, ==, "a?[2J???\xef\xbf\xbd z");
  g_assert_null (ahoy_call_record_clean (""));
  g_assert_null (ahoy_call_record_clean (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (keep_warning, NULL, NULL);
  g_test_add_func ("/calls/history/clean", test_clean);
  g_test_add ("/calls/history/many", Place, NULL, open_place, test_many, close_place);
  g_test_add ("/calls/history/full", Place, NULL, open_place, test_full, close_place);
  g_test_add ("/calls/history/damaged", Place, NULL, open_place, test_damaged, close_place);
  g_test_add ("/calls/history/end", Place, NULL, open_place, test_end, close_place);
  return g_test_run ();
}
