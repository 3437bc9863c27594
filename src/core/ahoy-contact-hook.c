/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-hook-private.h"

#include "ahoy-core-change-private.h"
#include "ahoy-program-private.h"

/*
 * Each event starts the program once, with what happened in its environment: nothing that a phone
 * said becomes an argument. Events of one address of record are told one behind the other, so that
 * what is told last is what is so.
 */

/* So many programs at once. */
#define MOST_PROGRAMS 4
/* So many events wait; what comes then is not told. */
#define MOST_EVENTS 10000

struct _AhoyContactHook {
  AhoyLocation *location; /* NULL: it is over */
  AhoyScheduler *scheduler;
  char **command; /* NULL: there is no program */
  char **events;
  gint64 timeout;
  GQueue waiting;   /* Event */
  GHashTable *busy; /* AORs that a program runs for; part of Event */
  guint64 lost;     /* events that found no place */
  gboolean failing; /* it was said that it does not work */
};

typedef struct {
  AhoyContactHook *hook; /* (owned) */
  char *aor;
  char **variables;
} Event;

static void
hook_clear (gpointer data)
{
  AhoyContactHook *self = data;

  g_clear_object (&self->scheduler);
  g_strfreev (self->command);
  g_strfreev (self->events);
  g_hash_table_unref (self->busy);
}

static void
event_free (gpointer data)
{
  Event *event = data;

  g_rc_box_release_full (event->hook, hook_clear);
  g_free (event->aor);
  g_strfreev (event->variables);
  g_free (event);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)

static void start_more (AhoyContactHook *self);

/* Once, until it works again. */
static void
complain (AhoyContactHook *self, const char *what)
{
  if (!self->failing) {
    self->failing = TRUE;
    g_warning ("contact-hook of [core]: %s; this is said once until it works", what);
  }
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Event) event = user_data;
  AhoyContactHook *self = event->hook;
  g_autoptr (GError) error = NULL;
  int status = ahoy_program_run_finish (result, &error);

  g_hash_table_remove (self->busy, event->aor);
  if (error != NULL) {
    complain (self, error->message);
  } else if (status != 0) {
    g_autofree char *what = g_strdup_printf ("it failed with %d for “%s”", status, event->aor);

    complain (self, what);
  } else {
    self->failing = FALSE;
  }
  start_more (self);
}

static void
start (Event *event)
{
  AhoyContactHook *self = event->hook;
  const AhoyProgram program = {
    .command = (const char *const *) self->command,
    .variables = (const char *const *) event->variables,
    .logged = TRUE,
    .timeout = self->timeout,
  };

  g_hash_table_add (self->busy, event->aor);
  ahoy_program_run_async (&program, self->scheduler, on_ended, event);
}

/* The oldest event whose address of record no program runs for. */
static Event *
take_next (AhoyContactHook *self)
{
  for (GList *at = self->waiting.head; at != NULL; at = at->next) {
    Event *event = at->data;

    if (!g_hash_table_contains (self->busy, event->aor)) {
      g_queue_delete_link (&self->waiting, at);
      return event;
    }
  }
  return NULL;
}

static void
start_more (AhoyContactHook *self)
{
  Event *event;

  while (self->location != NULL && self->command != NULL &&
         g_hash_table_size (self->busy) < MOST_PROGRAMS && (event = take_next (self)) != NULL) {
    start (event);
  }
  if (self->lost > 0 && g_queue_is_empty (&self->waiting)) {
    g_warning ("contact-hook of [core] was too slow: %" G_GUINT64_FORMAT
               " events were not told; make it quicker, or take fewer contact-hook-events",
               self->lost);
    self->lost = 0;
  }
}

static void
add_variable (GStrvBuilder *builder, const char *name, const char *value)
{
  g_autofree char *text = g_strconcat (name, "=", value != NULL ? value : "", NULL);

  g_strv_builder_add (builder, text);
}

static void
add_number (GStrvBuilder *builder, const char *name, gint64 value, gboolean known)
{
  g_autofree char *text = known ? g_strdup_printf ("%" G_GINT64_FORMAT, value) : NULL;

  add_variable (builder, name, text);
}

static char **
make_variables (const char *what, const char *aor, AhoyContact *contact, const char *reason)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GEnumClass) statuses = g_type_class_ref (AHOY_TYPE_CONTACT_STATUS);
  gint64 expires = ahoy_contact_get_expires (contact);
  gint64 round_trip = ahoy_contact_get_round_trip (contact);

  add_variable (builder, "AHOY_EVENT", what);
  add_variable (builder, "AHOY_AOR", aor);
  add_variable (builder, "AHOY_CONTACT", ahoy_contact_get_uri (contact));
  add_variable (builder, "AHOY_REASON", reason);
  add_variable (builder, "AHOY_STATUS",
                g_enum_get_value (statuses, (int) ahoy_contact_get_status (contact))->value_nick);
  add_number (builder, "AHOY_ROUND_TRIP_US", round_trip, round_trip >= 0);
  add_number (builder, "AHOY_EXPIRES", expires / G_USEC_PER_SEC, expires != G_MAXINT64);
  add_variable (builder, "AHOY_USER_AGENT", ahoy_contact_get_user_agent (contact));
  add_variable (builder, "AHOY_RECEIVED", ahoy_contact_get_received (contact));
  add_variable (builder, "AHOY_INSTANCE", ahoy_contact_get_instance (contact));
  return g_strv_builder_end (builder);
}

static void
tell (AhoyContactHook *self, const char *what, const char *aor, AhoyContact *contact,
      const char *reason)
{
  Event *event;

  if (self->command == NULL || !g_strv_contains ((const char *const *) self->events, what)) {
    return;
  }
  if (self->waiting.length >= MOST_EVENTS) {
    self->lost++;
    return;
  }
  event = g_new0 (Event, 1);
  event->hook = g_rc_box_acquire (self);
  event->aor = g_strdup (aor);
  event->variables = make_variables (what, aor, contact, reason);
  g_queue_push_tail (&self->waiting, event);
  start_more (self);
}

static void
on_added (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  tell (user_data, "added", aor, contact, NULL);
}

static void
on_refreshed (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  tell (user_data, "refreshed", aor, contact, NULL);
}

static void
on_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
            AhoyContactRemoval reason, gpointer user_data)
{
  tell (user_data, "removed", aor, contact, ahoy_contact_removal_get_nick (reason));
}

static void
on_status (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  tell (user_data, "status", aor, contact, NULL);
}

AhoyContactHook *
ahoy_contact_hook_new (AhoyLocation *location, AhoyScheduler *scheduler)
{
  AhoyContactHook *self = g_rc_box_new0 (AhoyContactHook);

  self->location = g_object_ref (location);
  self->scheduler = g_object_ref (scheduler);
  self->busy = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->waiting);
  g_signal_connect (location, "contact-added", G_CALLBACK (on_added), self);
  g_signal_connect (location, "contact-refreshed", G_CALLBACK (on_refreshed), self);
  g_signal_connect (location, "contact-removed", G_CALLBACK (on_removed), self);
  g_signal_connect (location, "contact-status", G_CALLBACK (on_status), self);
  return self;
}

/* Programs that run go on to their end; what waits is not told any more. */
void
ahoy_contact_hook_free (AhoyContactHook *self)
{
  g_signal_handlers_disconnect_by_data (self->location, self);
  g_clear_object (&self->location);
  g_queue_clear_full (&self->waiting, event_free);
  g_rc_box_release_full (self, hook_clear);
}

void
ahoy_contact_hook_set_up (AhoyContactHook *self, AhoyConfigObject *settings)
{
  const char *text = ahoy_config_object_get_string (settings, "contact-hook");

  g_clear_pointer (&self->command, g_strfreev);
  if (text != NULL && *text != '\0') {
    g_shell_parse_argv (text, NULL, &self->command, NULL); /* checked before */
  }
  if (self->command == NULL) {
    g_queue_clear_full (&self->waiting, event_free);
  }
  g_strfreev (self->events);
  self->events = g_strdupv ((char **) ahoy_config_object_get_list (settings,
                                                                   "contact-hook-events"));
  self->timeout = ahoy_config_object_get_duration (settings, "contact-hook-timeout");
  self->failing = FALSE;
}

void
ahoy_core_apply_contact_hook (AhoyCoreChange *change, AhoyConfigObject *settings,
                              AhoyConfigObject *old)
{
  AhoyCore *self = change->core;

  if (self->contact_hook == NULL) {
    self->contact_hook = ahoy_contact_hook_new (self->location, ahoy_core_get_scheduler (self));
  }
  ahoy_contact_hook_set_up (self->contact_hook, settings);
}
