/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

/* A command about queues, from the topics queue and queue-caller. */

/* Somebody who waits. */
typedef struct {
  char *session;
  char *caller;
  gint64 since;
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *self = data;

  g_free (self->session);
  g_free (self->caller);
  g_free (self);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = (*(Waiter *const *) a)->since;
  gint64 other = (*(Waiter *const *) b)->since;

  return one < other ? -1 : one > other;
}

static GVariant *
list_topic (Ctl *ctl, const char *topic, GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_EVENTS, "List", g_variant_new ("(s)", topic), error);

  return result != NULL ? g_variant_get_child_value (result, 0) : NULL;
}

/* Those who wait in a queue, the first first. */
static GPtrArray *
find_waiters (GVariant *callers, const char *queue)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (waiter_free);
  GVariantIter iter;
  const char *key;
  GVariant *state;

  g_variant_iter_init (&iter, callers);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &state)) {
    g_autoptr (GVariant) owned = state;
    g_autofree char *name = ctl_dup_text (state, "queue");
    Waiter *waiter;

    if (g_strcmp0 (name, queue) != 0) {
      continue;
    }
    waiter = g_new0 (Waiter, 1);
    waiter->session = g_strdup (key);
    waiter->caller = ctl_dup_text (state, "caller");
    g_variant_lookup (state, "since", "x", &waiter->since);
    g_ptr_array_add (list, waiter);
  }
  g_ptr_array_sort (list, compare);
  return list;
}

static gint64
get_seconds (const Waiter *waiter)
{
  return MAX (g_get_real_time () - waiter->since, 0) / G_USEC_PER_SEC;
}

static void
add_row (CtlTable *table, const char *first, const char *second, const char *third, char *fourth)
{
  char *cells[] = { (char *) first, (char *) second, (char *) third, fourth, NULL };

  ctl_table_add (table, g_strdupv (cells));
  g_free (fourth);
}

static void
print_queues (GVariant *queues)
{
  static const char *const columns[] = { "Queue", "Waiting", "Answered", "Abandoned", NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  GVariantIter iter;
  const char *name;
  GVariant *state;

  g_variant_iter_init (&iter, queues);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &state)) {
    g_autofree char *waiting = ctl_dup_text (state, "waiting");
    g_autofree char *answered = ctl_dup_text (state, "answered");

    add_row (table, name, waiting, answered, ctl_dup_text (state, "abandoned"));
    g_variant_unref (state);
  }
  ctl_table_print (table);
}

static void
print_members (GVariant *queues)
{
  static const char *const columns[] = { "Queue", "Member", "State", NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  GVariantIter iter;
  const char *queue;
  GVariant *state;

  g_variant_iter_init (&iter, queues);
  while (g_variant_iter_next (&iter, "{&sv}", &queue, &state)) {
    g_autoptr (GVariant) members =
        g_variant_lookup_value (state, "members", G_VARIANT_TYPE ("a(ss)"));
    GVariantIter each;
    const char *name;
    const char *how;

    g_variant_unref (state);
    if (members == NULL) {
      continue;
    }
    g_variant_iter_init (&each, members);
    while (g_variant_iter_next (&each, "(&s&s)", &name, &how)) {
      add_row (table, queue, name, how, NULL);
    }
  }
  ctl_table_print (table);
}

static void
print_waiters (GVariant *queues, GVariant *callers)
{
  static const char *const columns[] = { "Queue", "Position", "Session", "Caller", "Waiting",
                                         NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  gboolean some = FALSE;
  GVariantIter iter;
  const char *queue;
  GVariant *state;

  g_variant_iter_init (&iter, queues);
  while (g_variant_iter_next (&iter, "{&sv}", &queue, &state)) {
    g_autoptr (GPtrArray) waiters = find_waiters (callers, queue);

    g_variant_unref (state);
    for (guint i = 0; i < waiters->len; i++) {
      const Waiter *waiter = waiters->pdata[i];
      g_autofree char *position = g_strdup_printf ("%u", i + 1);
      gint64 seconds = get_seconds (waiter);
      g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT ":%02u", seconds / 60,
                                               (guint) (seconds % 60));
      char *cells[] = { (char *) queue, position, waiter->session,
                        waiter->caller != NULL ? waiter->caller : (char *) "", time, NULL };

      ctl_table_add (table, g_strdupv (cells));
      some = TRUE;
    }
  }
  if (some) {
    ctl_table_print (table);
  }
}

/* As the topic has it, with the list of those who wait in place of their number alone. */
static GVariant *
complete (const char *queue, GVariant *state, GVariant *callers)
{
  g_autoptr (GPtrArray) waiters = find_waiters (callers, queue);
  GVariantBuilder list;
  GVariantDict dict;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < waiters->len; i++) {
    const Waiter *waiter = waiters->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "position", "u", i + 1);
    g_variant_dict_insert (&row, "session", "s", waiter->session);
    g_variant_dict_insert (&row, "caller", "s", waiter->caller != NULL ? waiter->caller : "");
    g_variant_dict_insert (&row, "seconds", "x", get_seconds (waiter));
    g_variant_builder_add_value (&list, g_variant_dict_end (&row));
  }
  g_variant_dict_init (&dict, state);
  g_variant_dict_insert_value (&dict, "callers", g_variant_builder_end (&list));
  return g_variant_dict_end (&dict);
}

static void
print_json (GVariant *queues, GVariant *callers)
{
  g_autoptr (GVariant) all = NULL;
  GVariantDict dict;
  GVariantIter iter;
  const char *name;
  GVariant *state;

  g_variant_dict_init (&dict, NULL);
  g_variant_iter_init (&iter, queues);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &state)) {
    g_variant_dict_insert_value (&dict, name, complete (name, state, callers));
    g_variant_unref (state);
  }
  all = g_variant_ref_sink (g_variant_dict_end (&dict));
  ctl_print_json (all);
}

/* Only the queue of that name. */
static GVariant *
pick (GVariant *queues, const char *name, GError **error)
{
  g_autoptr (GVariant) state = g_variant_lookup_value (queues, name, NULL);
  GVariantDict dict;

  if (state == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no queue “%s”; see ahoyctl queues", name);
    return NULL;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, name, state);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
run_queues (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) all = list_topic (ctl, "queue", error);
  g_autoptr (GVariant) callers = all != NULL ? list_topic (ctl, "queue-caller", error) : NULL;
  g_autoptr (GVariant) queues = NULL;

  if (callers == NULL) {
    return FALSE;
  }
  queues = argc > 0 ? pick (all, argv[0], error) : g_variant_ref (all);
  if (queues == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    print_json (queues, callers);
  } else if (g_variant_n_children (queues) == 0) {
    g_print ("\n  There is no queue\n\n");
  } else {
    print_queues (queues);
    print_members (queues);
    print_waiters (queues, callers);
  }
  return TRUE;
}

const CtlCommand ctl_queue_commands[] = {
  { "queues", "[NAME]", "the queues, how their members are, and who waits", 0, 1, run_queues },
  { NULL, NULL, NULL, 0, 0, NULL },
};
