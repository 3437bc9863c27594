/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * What it costs to know where 100 000 phones are: to store each registration before it is answered,
 * all at once and 3000 a second; to read all of them when a program begins; the memory that they
 * take; and how long it takes to find one among 10 and among all.
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ahoy-location-private.h"
#include "ahoy.h"

#define RATE 3000
#define SECONDS 5
#define IN_FLIGHT 200
#define N_LOOKUPS 1000000
#define HOUR (3600 * (gint64) G_USEC_PER_SEC)

typedef struct {
  AhoyDispatcher *dispatcher;
  AhoyWorkPool *pool;
  AhoyScheduler *scheduler;
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  guint n_aors;
} Place;

static guint n_bindings = 100000;
static guint n_flying;
static guint64 n_told;

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
get_memory (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  fields = g_strsplit (text, " ", 3);
  return atof (fields[1]) * (double)sysconf (_SC_PAGESIZE) / 1048576.0;
}

static void
get_name (char name[16], guint number)
{
  g_snprintf (name, 16, "u%u", number);
}

static void
open_place (Place *place, guint n_aors)
{
  place->dispatcher = ahoy_dispatcher_new (NULL);
  place->pool = ahoy_work_pool_new (place->dispatcher, 1);
  place->scheduler = ahoy_scheduler_new (NULL);
  place->endpoints = ahoy_endpoint_registry_new ();
  place->location = ahoy_location_new (place->endpoints, place->scheduler);
  place->n_aors = n_aors;
  for (guint i = 0; i < n_aors; i++) {
    g_autoptr (AhoyAorConfig) config = NULL;
    char name[16];

    get_name (name, i);
    config = ahoy_aor_config_new (name);
    ahoy_location_add_aor (place->location, AHOY_CONFIG_OBJECT (config));
  }
}

static void
set_store (Place *place, const char *path)
{
  g_autoptr (AhoyRecordStore) store
      = ahoy_record_store_new (place->pool, place->scheduler, path);
  g_autoptr (GError) error = NULL;

  ahoy_location_set_store (place->location, store, &error);
  g_assert_no_error (error);
}

static void
close_place (Place *place)
{
  ahoy_location_close (place->location);
  g_clear_object (&place->location);
  ahoy_work_pool_stop (place->pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_clear_object (&place->pool);
  g_clear_object (&place->dispatcher);
  g_clear_object (&place->endpoints);
  g_clear_object (&place->scheduler);
}

/* What a phone says of itself. */
static AhoyContact *
make_contact (guint number, guint32 cseq)
{
  g_autofree char *uri = g_strdup_printf ("sip:u%u@192.0.2.%u:5060;transport=udp", number,
                                          number % 250);
  g_autofree char *call_id
      = g_strdup_printf ("%08x-5f1c-9d2b-%u@192.0.2.7", number * 7919u, number);
  g_autofree char *received = g_strdup_printf ("198.51.100.%u:%u", number % 250,
                                               1024 + number % 60000);
  g_autofree char *instance = g_strdup_printf ("<urn:uuid:00000000-0000-1000-8000-%012x>", number);
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new (uri);
  gint64 now = g_get_real_time ();

  ahoy_contact_builder_set_call_id (builder, call_id);
  ahoy_contact_builder_set_cseq (builder, cseq);
  ahoy_contact_builder_set_user_agent (builder, "Yealink SIP-T46S 66.86.0.15");
  ahoy_contact_builder_set_received (builder, received);
  ahoy_contact_builder_set_transport (builder, "udp");
  ahoy_contact_builder_set_protocol (builder, AHOY_TRANSPORT_PROTOCOL_UDP);
  ahoy_contact_builder_set_instance (builder, instance);
  ahoy_contact_builder_set_node (builder, "node-a");
  ahoy_contact_builder_set_registered_at (builder, now);
  ahoy_contact_builder_set_expires (builder, now + HOUR);
  return ahoy_contact_builder_end (builder);
}

static gboolean
put (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  return ahoy_location_edit_put (edit, user_data);
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ahoy_location_update_finish (AHOY_LOCATION (source), result, &error);
  g_assert_no_error (error);
  n_flying--;
}

static void
update (Place *place, guint number, guint32 cseq)
{
  char name[16];

  get_name (name, number);
  n_flying++;
  ahoy_location_update_async (place->location, name, put, make_contact (number, cseq),
                              (GDestroyNotify)ahoy_contact_unref, NULL, on_updated, NULL);
}

static void
wait_until (guint flying)
{
  while (n_flying > flying)
    g_main_context_iteration (NULL, TRUE);
}

static void
fill (Place *place, const char *what, guint32 cseq)
{
  gint64 begun = g_get_monotonic_time ();
  double cpu = get_cpu ();
  double seconds;

  for (guint i = 0; i < place->n_aors; i++) {
    wait_until (IN_FLIGHT);
    update (place, i, cseq);
  }
  wait_until (0);
  seconds = (g_get_monotonic_time () - begun) / 1e6;
  cpu = get_cpu () - cpu;
  g_print ("%s: %.0f/s, %.1f µs of CPU each\n", what, place->n_aors / seconds,
           cpu / place->n_aors * 1e6);
}

/* As many as are due by the clock, in an order that is no order. */
static void
send_due (gpointer user_data)
{
  Place *place = user_data;
  static gint64 begun;
  gint64 now = g_get_monotonic_time ();
  guint64 due;

  if (n_told == 0)
    begun = now - 1000;
  due = (guint64)(now - begun) * RATE / G_USEC_PER_SEC;
  for (; n_told < due; n_told++)
    update (place, (guint)(n_told * 48271 % place->n_aors), 100 + (guint32)n_told);
}

static double
pace (Place *place, const char *what)
{
  double cpu = get_cpu ();
  guint64 timer
      = ahoy_scheduler_add_repeating (place->scheduler, "bench", 1000, send_due, place, NULL);

  n_told = 0;
  while (n_told < RATE * SECONDS)
    g_main_context_iteration (NULL, TRUE);
  ahoy_scheduler_cancel (place->scheduler, timer);
  wait_until (0);
  cpu = (get_cpu () - cpu) / (double)n_told * 1e6;
  g_print ("%s: %d/s, %.1f µs of CPU each\n", what, RATE, cpu);
  return cpu;
}

static double
look_up (Place *place)
{
  gint64 begun = g_get_monotonic_time ();
  guint n_found = 0;

  for (guint i = 0; i < N_LOOKUPS; i++) {
    g_autoptr (GPtrArray) contacts = NULL;
    char name[16];

    get_name (name, i % MIN (place->n_aors, 1000) * (place->n_aors / MIN (place->n_aors, 1000)));
    contacts = ahoy_location_list_contacts (place->location, name);
    n_found += contacts->len;
  }
  g_assert_cmpuint (n_found, ==, N_LOOKUPS);
  return (g_get_monotonic_time () - begun) * 1e3 / N_LOOKUPS;
}

static void
measure_start (Place *place, const char *path)
{
  double before, memory, seconds;
  gint64 begun;

  open_place (place, n_bindings);
  before = get_memory ();
  begun = g_get_monotonic_time ();
  set_store (place, path);
  seconds = (g_get_monotonic_time () - begun) / 1e6;
  memory = get_memory () - before;
  g_assert_cmpuint (ahoy_location_get_n_contacts (place->location), ==, n_bindings);
  g_print ("%u read in %.2f s; %.1f MiB of memory, %.0f bytes each\n", n_bindings, seconds, memory,
           memory * 1048576.0 / n_bindings);
  close_place (place);
}

/* In a program of its own, whose memory nobody used before. */
static void
start (const char *program, const char *path)
{
  g_autofree char *number = g_strdup_printf ("%u", n_bindings);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, number, path, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (folder, name, NULL);

    g_unlink (file);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *small = NULL;
  Place few = { NULL }, many = { NULL }, memory = { NULL };
  double of_memory, of_store, of_few;

  if (argc > 1)
    n_bindings = (guint)MAX (atoi (argv[1]), 1000);
  if (argc > 2) {
    measure_start (&many, argv[2]);
    return 0;
  }
  folder = g_dir_make_tmp ("ahoy-bench-XXXXXX", NULL);
  path = g_build_filename (folder, "location.db", NULL);
  small = g_build_filename (folder, "small.db", NULL);
  open_place (&memory, n_bindings);
  fill (&memory, "in memory alone, as fast as it goes", 1);
  of_memory = pace (&memory, "in memory alone");
  close_place (&memory);

  open_place (&many, n_bindings);
  set_store (&many, path);
  fill (&many, "stored, as fast as it goes", 1);
  fill (&many, "refreshed, as fast as it goes", 2);
  of_store = pace (&many, "refreshed");
  g_print ("what it costs to store one: %.1f µs of CPU\n", of_store - of_memory);

  open_place (&few, 10);
  set_store (&few, small);
  fill (&few, "ten", 1);
  of_few = look_up (&few);
  g_print ("found among 10 in %.0f ns, among %u in %.0f ns\n", of_few, n_bindings, look_up (&many));
  close_place (&few);
  close_place (&many);
  start (argv[0], path);
  remove_folder (folder);
  return 0;
}
