/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ahoy-location-private.h"
#include "store-fixture.h"

/* What was registered outlives the program, and what could not be stored was never there. */

#define SECOND ((gint64) G_USEC_PER_SEC)
#define N_KILLED 20000

typedef struct {
  char *folder;
  char *path;
  AhoyDispatcher *dispatcher;
  AhoyWorkPool *pool;
  AhoyScheduler *scheduler;
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  GString *events; /* “+uri ” and “-uri:reason ” */
} Place;

/* Warnings of ours, as they come. */
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

/* One, which begins so. */
static void
assert_warnings (const char *prefix)
{
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_true (g_str_has_prefix (warnings->pdata[0], prefix));
  g_ptr_array_set_size (warnings, 0);
}

static void
on_added (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  g_string_append_printf (user_data, "+%s ", ahoy_contact_get_uri (contact));
}

static void
on_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
            AhoyContactRemoval reason, gpointer user_data)
{
  g_string_append_printf (user_data, "-%s:%s ", ahoy_contact_get_uri (contact),
                          ahoy_contact_removal_get_nick (reason));
}

static void
add_aor (Place *place, const char *name)
{
  g_autoptr (AhoyAorConfig) config = ahoy_aor_config_new (name);

  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (config));
  ahoy_location_add_aor (place->location, AHOY_CONFIG_OBJECT (config));
}

/* As a program that begins. */
static gboolean
open_place (Place *place, GError **error)
{
  g_autoptr (AhoyRecordStore) store = NULL;

  place->dispatcher = ahoy_dispatcher_new (NULL);
  place->pool = ahoy_work_pool_new (place->dispatcher, 1);
  place->scheduler = ahoy_scheduler_new (NULL);
  place->endpoints = ahoy_endpoint_registry_new ();
  place->location = ahoy_location_new (place->endpoints, place->scheduler);
  place->events = g_string_new (NULL);
  g_signal_connect (place->location, "contact-added", G_CALLBACK (on_added), place->events);
  g_signal_connect (place->location, "contact-removed", G_CALLBACK (on_removed), place->events);
  add_aor (place, "alice");
  add_aor (place, "bob");
  store = ahoy_record_store_new (place->pool, place->scheduler, place->path);
  return ahoy_location_set_store (place->location, store, error);
}

/* As one that ends. */
static void
close_place (Place *place)
{
  ahoy_location_close (place->location);
  g_clear_object (&place->location);
  ahoy_work_pool_stop (place->pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_finalize_object (g_steal_pointer (&place->pool));
  g_clear_object (&place->dispatcher);
  g_clear_object (&place->endpoints);
  g_assert_finalize_object (g_steal_pointer (&place->scheduler));
  g_string_free (place->events, TRUE);
}

static void
reopen_place (Place *place)
{
  g_autoptr (GError) error = NULL;

  close_place (place);
  g_assert_true (open_place (place, &error));
  g_assert_no_error (error);
}

static void
set_up_place (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("ahoy-location-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "location.db", NULL);
  g_assert_true (open_place (place, &error));
  g_assert_no_error (error);
}

static void
tear_down_place (Place *place, gconstpointer data)
{
  close_place (place);
  remove_folder (place->folder);
  g_free (place->folder);
  g_free (place->path);
  g_assert_cmpuint (warnings->len, ==, 0);
}

static AhoyContact *
make_contact (const char *uri, gint64 registered_at, gint64 expires)
{
  static const char *const route[] = { "<sip:edge.example;lr>", "<sip:ü.example;lr>", NULL };
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new (uri);

  ahoy_contact_builder_set_q (builder, 300);
  ahoy_contact_builder_set_call_id (builder, "call@host");
  ahoy_contact_builder_set_cseq (builder, 4000000000u);
  ahoy_contact_builder_set_user_agent (builder, "Téléphone 3");
  ahoy_contact_builder_set_received (builder, "[2001:db8::1]:5070");
  ahoy_contact_builder_set_transport (builder, "tcp6");
  ahoy_contact_builder_set_protocol (builder, AHOY_TRANSPORT_PROTOCOL_TCP);
  ahoy_contact_builder_set_instance (builder, "<urn:uuid:1>");
  ahoy_contact_builder_set_reg_id (builder, 7);
  ahoy_contact_builder_set_flow (builder, "flow-1");
  ahoy_contact_builder_set_node (builder, "node-a");
  ahoy_contact_builder_set_params (builder, ";audio;mobility=\"fixed\"");
  ahoy_contact_builder_set_path (builder, route);
  ahoy_contact_builder_set_registered_at (builder, registered_at);
  ahoy_contact_builder_set_expires (builder, expires);
  return ahoy_contact_builder_end (builder);
}

static gboolean
put (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  return ahoy_location_edit_put (edit, user_data);
}

static gboolean
wait_for_update (Place *place, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) over = NULL;

  wait_for (result);
  over = g_steal_pointer (result);
  return ahoy_location_update_finish (place->location, over, error);
}

static gboolean
try_put (Place *place, const char *aor, AhoyContact *contact, GError **error)
{
  GAsyncResult *result = NULL;

  ahoy_location_update_async (place->location, aor, put, contact, NULL, NULL, on_done, &result);
  return wait_for_update (place, &result, error);
}

/* Registers @uri for an hour. */
static void
put_one (Place *place, const char *aor, const char *uri)
{
  gint64 now = g_get_real_time ();
  g_autoptr (AhoyContact) contact = make_contact (uri, now, now + 3600 * SECOND);
  g_autoptr (GError) error = NULL;

  g_assert_true (try_put (place, aor, contact, &error));
  g_assert_no_error (error);
}

static gboolean
remove_one (Place *place, const char *aor, const char *uri)
{
  GAsyncResult *result = NULL;

  ahoy_location_remove_contact_async (place->location, aor, uri,
                                      AHOY_CONTACT_REMOVAL_UNREGISTERED, NULL, on_done, &result);
  return wait_for_update (place, &result, NULL);
}

static void
assert_contacts (Place *place, const char *aor, const char *expected)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (place->location, aor);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < contacts->len; i++) {
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            ahoy_contact_get_uri (contacts->pdata[i]));
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static gint64
ask_file (const char *path, const char *sql)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  number = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : -1;
  sqlite3_finalize (statement);
  sqlite3_close (handle);
  return number;
}

/* -- tests ----------------------------------------------------------------------------------- */

static void
test_kept (Place *place, gconstpointer data)
{
  static const char *const route[] = { "<sip:edge.example;lr>", "<sip:ü.example;lr>", NULL };
  g_autoptr (AhoyContact) contact = NULL;
  gint64 now = g_get_real_time ();

  put_one (place, "alice", "sip:a@one");
  put_one (place, "alice", "sip:a@two");
  put_one (place, "bob", "sip:b@one");
  g_assert_true (remove_one (place, "bob", "sip:b@one"));
  g_assert_false (remove_one (place, "bob", "sip:b@one"));
  reopen_place (place);
  assert_contacts (place, "alice", "sip:a@two sip:a@one");
  assert_contacts (place, "bob", "");
  g_assert_cmpstr (place->events->str, ==, ""); /* nothing happened */
  g_assert_cmpuint (ahoy_location_get_n_contacts (place->location), ==, 2);
  contact = ahoy_location_lookup_contact (place->location, "alice", "sip:a@two");
  g_assert_cmpuint (ahoy_contact_get_q (contact), ==, 300);
  g_assert_cmpstr (ahoy_contact_get_call_id (contact), ==, "call@host");
  g_assert_cmpuint (ahoy_contact_get_cseq (contact), ==, 4000000000u);
  g_assert_cmpstr (ahoy_contact_get_user_agent (contact), ==, "Téléphone 3");
  g_assert_cmpstr (ahoy_contact_get_received (contact), ==, "[2001:db8::1]:5070");
  g_assert_cmpstr (ahoy_contact_get_transport (contact), ==, "tcp6");
  g_assert_cmpint (ahoy_contact_get_protocol (contact), ==, AHOY_TRANSPORT_PROTOCOL_TCP);
  g_assert_cmpstr (ahoy_contact_get_instance (contact), ==, "<urn:uuid:1>");
  g_assert_cmpuint (ahoy_contact_get_reg_id (contact), ==, 7);
  g_assert_cmpstr (ahoy_contact_get_flow (contact), ==, "flow-1");
  g_assert_cmpstr (ahoy_contact_get_node (contact), ==, "node-a");
  g_assert_cmpstr (ahoy_contact_get_params (contact), ==, ";audio;mobility=\"fixed\"");
  g_assert_cmpstrv ((char **) ahoy_contact_get_path (contact), (char **) route);
  g_assert_cmpint (ahoy_contact_get_registered_at (contact), >=, now);
  g_assert_cmpint (ahoy_contact_get_expires (contact), >=, now + 3600 * SECOND);
}

static void
on_late_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                 AhoyContactRemoval reason, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* A short life is lived, the program ending or not; what died meanwhile is neither there nor told,
 * and leaves the file. */
static void
test_expired (Place *place, gconstpointer data)
{
  gint64 now = g_get_real_time ();
  g_autoptr (AhoyContact) brief = make_contact ("sip:a@brief", now, now + SECOND / 2);
  g_autoptr (AhoyContact) dead = make_contact ("sip:b@dead", now, now + SECOND / 5);
  gboolean gone = FALSE;

  put_one (place, "alice", "sip:a@one");
  g_assert_true (try_put (place, "alice", brief, NULL));
  g_assert_true (try_put (place, "bob", dead, NULL));
  close_place (place);
  g_assert_cmpint (ask_file (place->path, "SELECT count(*) FROM record"), ==, 2);
  while (g_get_real_time () < now + SECOND / 5) {
    g_usleep (1000); /* nobody runs who could tell */
  }
  g_assert_true (open_place (place, NULL));
  assert_contacts (place, "bob", "");
  g_signal_connect (place->location, "contact-removed", G_CALLBACK (on_late_removed), &gone);
  while (!gone) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpstr (place->events->str, ==, "-sip:a@brief:expired ");
  assert_contacts (place, "alice", "sip:a@one");
  put_one (place, "alice", "sip:a@two"); /* behind what expired */
  g_assert_cmpint (ask_file (place->path, "SELECT count(*) FROM record"), ==, 1);
}

/* Whoever is in no configuration any more is kept, and there again when that comes back. */
static void
test_hidden (Place *place, gconstpointer data)
{
  add_aor (place, "carol");
  put_one (place, "carol", "sip:c@one");
  reopen_place (place);
  assert_contacts (place, "carol", "");
  g_assert_cmpuint (ahoy_location_get_n_contacts (place->location), ==, 0);
  add_aor (place, "carol");
  ahoy_location_update_aors (place->location);
  assert_contacts (place, "carol", "sip:c@one");
  g_assert_cmpstr (place->events->str, ==, "+sip:c@one ");
}

/* A machine without a clock of its own begins in the past: nobody lives longer for it. */
static void
test_clock_in_the_past (Place *place, gconstpointer data)
{
  gint64 now = g_get_real_time ();
  gint64 later = now + 86400 * SECOND;
  g_autoptr (AhoyContact) contact = make_contact ("sip:a@one", later, later + SECOND / 5);

  g_assert_true (try_put (place, "alice", contact, NULL));
  reopen_place (place);
  assert_contacts (place, "alice", "sip:a@one");
  while (place->events->len == 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpstr (place->events->str, ==, "-sip:a@one:expired ");
  g_assert_cmpint (g_get_real_time (), <, now + 3600 * SECOND);
}

/* Nothing that is not stored is seen, and memory is as it was. */
static void
test_disk_full (Place *place, gconstpointer data)
{
  gint64 now = g_get_real_time ();
  g_autoptr (AhoyContact) contact = make_contact ("sip:a@two", now, now + 3600 * SECOND);
  g_autoptr (GError) error = NULL;

  put_one (place, "alice", "sip:a@one");
  g_string_truncate (place->events, 0);
  limit_files (4096);
  g_assert_false (try_put (place, "alice", contact, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, place->path));
  g_clear_error (&error);
  g_assert_false (try_put (place, "alice", contact, &error)); /* said once */
  g_clear_error (&error);
  g_assert_false (remove_one (place, "alice", "sip:a@one"));
  assert_warnings ("Nothing is stored: ");
  assert_contacts (place, "alice", "sip:a@one");
  g_assert_cmpstr (place->events->str, ==, "");
  limit_files (RLIM_INFINITY);
  g_assert_true (try_put (place, "alice", contact, &error));
  g_assert_no_error (error);
  reopen_place (place);
  assert_contacts (place, "alice", "sip:a@one sip:a@two");
}

/* Edits of one address of record in flight at once are seen in their order. */
static void
test_in_order (Place *place, gconstpointer data)
{
  GAsyncResult *results[40] = { NULL };
  g_autoptr (GString) expected = g_string_new (NULL);
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autofree char *uri = g_strdup_printf ("sip:a@h%u", i);
    AhoyContact *contact = make_contact (uri, now + i, now + 3600 * SECOND);

    g_string_append_printf (expected, "+%s ", uri);
    ahoy_location_update_async (place->location, "alice", put, contact,
                                (GDestroyNotify) ahoy_contact_unref, NULL, on_done, &results[i]);
  }
  assert_contacts (place, "alice", "");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_assert_true (wait_for_update (place, &results[i], NULL));
  }
  g_assert_cmpstr (place->events->str, ==, expected->str);
  reopen_place (place);
  g_assert_cmpuint (ahoy_location_get_n_contacts (place->location), ==, G_N_ELEMENTS (results));
}

/* Damage hurts whom it hits, and nobody else. */
static void
test_damaged (Place *place, gconstpointer data)
{
  put_one (place, "alice", "sip:a@one");
  put_one (place, "bob", "sip:b@one");
  close_place (place);
  ask_file (place->path,
            "UPDATE record SET value = substr(value, 1, length(value) - 3) WHERE name = 'bob'");
  g_assert_true (open_place (place, NULL));
  assert_warnings ("1 records of ");
  assert_contacts (place, "alice", "sip:a@one");
  assert_contacts (place, "bob", "");
  put_one (place, "bob", "sip:b@two");
  reopen_place (place);
  assert_contacts (place, "bob", "sip:b@two");
}

/* Writes over the file, from a place in it on. */
static void
spoil (const char *path, long from, char byte)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (gsize i = (gsize) from; i < size; i++) {
    data[i] = byte;
  }
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

/* A damaged file is set aside, and phones can register. One that is not ours is not touched. */
static void
test_damaged_file (Place *place, gconstpointer data)
{
  static const struct {
    long from;
    char byte;
  } cases[] = { { 0, '\0' }, { 100, 'x' }, { 4096, '\0' } };
  g_autofree char *aside = g_strconcat (place->path, ".damaged", NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    put_one (place, "alice", "sip:a@one");
    close_place (place);
    spoil (place->path, cases[i].from, cases[i].byte);
    g_assert_true (open_place (place, &error));
    g_assert_no_error (error);
    assert_warnings ("the database “");
    g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
    g_assert_cmpint (g_unlink (aside), ==, 0);
    put_one (place, "alice", "sip:a@two");
    reopen_place (place);
    assert_contacts (place, "alice", "sip:a@two");
  }
  close_place (place);
  g_assert_true (g_file_set_contents (place->path, "Dear diary, ", -1, NULL));
  g_assert_false (open_place (place, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* Each cut and each changed byte of a record is read or refused, and never more than that. */
static void
test_hostile_record (void)
{
  gint64 now = g_get_real_time ();
  g_autoptr (AhoyContact) contact = make_contact ("sip:a@one", now, now + SECOND);
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint n_refused = 0;

  g_ptr_array_add (contacts, contact);
  g_ptr_array_add (contacts, contact);
  ahoy_location_record_write (bytes, contacts);
  for (guint size = 0; size < bytes->len; size++) {
    g_autofree guint8 *cut = g_memdup2 (bytes->data, size);
    g_autoptr (GPtrArray) read = ahoy_location_record_read (cut, size, 0);

    g_assert_true (read == NULL || read->len < 2);
  }
  for (guint i = 0; i < bytes->len * 8; i++) {
    g_autofree guint8 *changed = g_memdup2 (bytes->data, bytes->len);
    g_autoptr (GPtrArray) read = NULL;

    changed[i / 8] ^= (guint8) (1 << i % 8);
    read = ahoy_location_record_read (changed, bytes->len, 0);
    n_refused += read == NULL;
  }
  g_assert_cmpuint (n_refused, >, 100);
}

/* -- a program that is killed ------------------------------------------------------------------ */

static void
on_acknowledged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint number = GPOINTER_TO_UINT (user_data);

  if (ahoy_location_update_finish (AHOY_LOCATION (source), result, NULL)
      && write (STDOUT_FILENO, &number, sizeof number) != sizeof number) {
    _exit (1);
  }
}

/* Registers without end, and tells what was answered. */
static void
run_victim (const char *path)
{
  Place place = { .path = (char *) path };
  gint64 now = g_get_real_time ();

  g_assert_true (open_place (&place, NULL));
  for (guint i = 0; i < N_KILLED; i++) {
    g_autofree char *name = g_strdup_printf ("u%u", i);
    g_autofree char *uri = g_strdup_printf ("sip:%u@host", i);

    add_aor (&place, name);
    ahoy_location_update_async (place.location, name, put,
                                make_contact (uri, now, now + 3600 * SECOND),
                                (GDestroyNotify) ahoy_contact_unref, NULL, on_acknowledged,
                                GUINT_TO_POINTER (i));
    g_main_context_iteration (NULL, FALSE);
  }
  while (TRUE) {
    g_main_context_iteration (NULL, TRUE);
  }
}

static GArray *
read_acknowledged (GInputStream *stream, GSubprocess *process, guint enough)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  guint number;
  gsize got;

  while (g_input_stream_read_all (stream, &number, sizeof number, &got, NULL, NULL)
         && got == sizeof number) {
    g_array_append_val (numbers, number);
    if (numbers->len == enough) {
      g_subprocess_send_signal (process, SIGKILL);
    }
  }
  return numbers;
}

static char *own_path;

/* What was answered before the program was killed is there afterwards. */
static void
test_killed (Place *place, gconstpointer data)
{
  for (guint enough = 1; enough < 5000; enough = enough * 7 + 3) {
    g_autofree char *path = g_strdup_printf ("%s/%u.db", place->folder, enough);
    g_autoptr (GSubprocess) process = g_subprocess_new (
        G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, own_path, "--victim", path, NULL);
    g_autoptr (GArray) numbers
        = read_acknowledged (g_subprocess_get_stdout_pipe (process), process, enough);
    Place after = { .path = path };

    g_assert_cmpuint (numbers->len, >=, enough);
    g_assert_cmpuint (numbers->len, <, N_KILLED);
    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    g_assert_true (open_place (&after, NULL));
    for (guint i = 0; i < numbers->len; i++) {
      g_autofree char *name = g_strdup_printf ("u%u", g_array_index (numbers, guint, i));
      g_autofree char *uri = g_strdup_printf ("sip:%u@host", g_array_index (numbers, guint, i));

      add_aor (&after, name);
      assert_contacts (&after, name, uri);
    }
    close_place (&after);
  }
}

int
main (int argc, char **argv)
{
  int result;

  if (argc == 3 && g_strcmp0 (argv[1], "--victim") == 0) {
    run_victim (argv[2]);
  }
  own_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (keep_warning, NULL, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/endpoint/location-store/" path, Place, NULL, set_up_place, func, tear_down_place)
  ADD ("kept", test_kept);
  ADD ("expired", test_expired);
  ADD ("hidden", test_hidden);
  ADD ("clock-in-the-past", test_clock_in_the_past);
  ADD ("disk-full", test_disk_full);
  ADD ("in-order", test_in_order);
  ADD ("damaged", test_damaged);
  ADD ("damaged-file", test_damaged_file);
  ADD ("killed", test_killed);
  g_test_add_func ("/endpoint/location-store/hostile-record", test_hostile_record);
  result = g_test_run ();
  g_ptr_array_unref (warnings);
  return result;
}
