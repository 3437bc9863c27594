/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-sessions.h"

#include "ahoy-bus-stream.h"

/* All sessions on the bus. One that ended stays for a while, so that a script can read why. */
#define MAX_ENDED 1000

typedef struct {
  AhoyBusSession *session;
  gint64 until; /* on the scheduler's clock, µs */
} Ended;

struct _AhoyBusSessions {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyCore *core;
  GHashTable *sessions; /* AhoySession → AhoyBusSession, the ended ones too */
  GQueue ended;         /* Ended, the oldest first */
  gint64 linger;        /* µs */
  guint64 timer;
  guint tree;
  guint stream_tree;
};

G_DEFINE_FINAL_TYPE (AhoyBusSessions, ahoy_bus_sessions, G_TYPE_OBJECT)

static void
ahoy_bus_sessions_dispose (GObject *object)
{
  ahoy_bus_sessions_close (AHOY_BUS_SESSIONS (object));
  G_OBJECT_CLASS (ahoy_bus_sessions_parent_class)->dispose (object);
}

static void
ahoy_bus_sessions_finalize (GObject *object)
{
  AhoyBusSessions *self = AHOY_BUS_SESSIONS (object);

  g_hash_table_unref (self->sessions);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_sessions_parent_class)->finalize (object);
}

static void
ahoy_bus_sessions_class_init (AhoyBusSessionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_sessions_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_sessions_finalize;
}

static void
ahoy_bus_sessions_init (AhoyBusSessions *self)
{
  self->sessions = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  self->linger = 30 * G_USEC_PER_SEC;
  g_queue_init (&self->ended);
}

static void
forget (AhoyBusSessions *self, Ended *ended)
{
  g_autoptr (AhoyBusSession) session = ended->session;

  g_free (ended);
  ahoy_bus_session_remove (session);
  g_hash_table_remove (self->sessions, session->session);
}

static void schedule (AhoyBusSessions *self);

static void
on_time (gpointer user_data)
{
  AhoyBusSessions *self = user_data;
  gint64 now = ahoy_scheduler_get_now (ahoy_core_get_scheduler (self->core));

  self->timer = 0;
  while (!g_queue_is_empty (&self->ended) &&
         ((Ended *) g_queue_peek_head (&self->ended))->until <= now) {
    forget (self, g_queue_pop_head (&self->ended));
  }
  schedule (self);
}

static void
schedule (AhoyBusSessions *self)
{
  AhoyScheduler *scheduler = ahoy_core_get_scheduler (self->core);
  Ended *first = g_queue_peek_head (&self->ended);

  if (first != NULL && self->timer == 0) {
    self->timer =
        ahoy_scheduler_add (scheduler, "ended sessions",
                            MAX (0, first->until - ahoy_scheduler_get_now (scheduler)), on_time,
                            self, NULL);
  }
}

static void
on_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyBusSessions *self = user_data;

  g_hash_table_insert (self->sessions, g_object_ref (session),
                       ahoy_bus_session_new (self->hub, self->core, session));
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyBusSessions *self = user_data;
  AhoyBusSession *found = g_hash_table_lookup (self->sessions, session);
  Ended *ended;

  if (found == NULL) {
    return;
  }
  ended = g_new0 (Ended, 1);
  ended->session = g_object_ref (found);
  ended->until =
      ahoy_scheduler_get_now (ahoy_core_get_scheduler (self->core)) + self->linger;
  g_queue_push_tail (&self->ended, ended);
  if (g_queue_get_length (&self->ended) > MAX_ENDED) {
    forget (self, g_queue_pop_head (&self->ended));
  }
  schedule (self);
}

static void
on_step_changed (AhoyCallRouter *router, AhoySession *session, const char *step,
                 gpointer user_data)
{
  AhoyBusSessions *self = user_data;
  AhoyBusSession *found = g_hash_table_lookup (self->sessions, session);

  if (found != NULL) {
    ahoy_bus_session_changed (found, AHOY_BUS_SESSION_APPLICATION);
  }
}

static void
on_linked_id_changed (AhoyCallHistory *history, AhoySession *session, gpointer user_data)
{
  AhoyBusSessions *self = user_data;
  AhoyBusSession *found = g_hash_table_lookup (self->sessions, session);

  if (found != NULL) {
    ahoy_bus_session_changed (found, AHOY_BUS_SESSION_LINKED_ID);
  }
}

AhoyBusSessions *
ahoy_bus_sessions_new (AhoyBusHub *hub, AhoyCore *core, GError **error)
{
  g_autoptr (AhoyBusSessions) self = g_object_new (AHOY_BUS_TYPE_SESSIONS, NULL);
  AhoySessionService *service = ahoy_core_get_sessions (core);

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->tree = ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/session",
                                      ahoy_bus_session_get_interface (), error);
  self->stream_tree = self->tree != 0
                          ? ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/session",
                                                   ahoy_bus_stream_get_interface (), error)
                          : 0;
  if (self->stream_tree == 0) {
    return NULL;
  }
  g_signal_connect_object (service, "session-added", G_CALLBACK (on_session_added), self, 0);
  g_signal_connect_object (service, "session-removed", G_CALLBACK (on_session_removed), self, 0);
  g_signal_connect_object (ahoy_core_get_router (core), "step-changed",
                           G_CALLBACK (on_step_changed), self, 0);
  g_signal_connect_object (ahoy_core_get_history (core), "linked-id-changed",
                           G_CALLBACK (on_linked_id_changed), self, 0);
  return g_steal_pointer (&self);
}

/* How long they stay that end from now on, in µs. */
void
ahoy_bus_sessions_set_linger (AhoyBusSessions *self, gint64 linger)
{
  self->linger = linger;
}

AhoyBusSession *
ahoy_bus_sessions_lookup (AhoyBusSessions *self, AhoySession *session)
{
  return g_hash_table_lookup (self->sessions, session);
}

/* Takes all sessions from the bus. */
void
ahoy_bus_sessions_close (AhoyBusSessions *self)
{
  g_autoptr (GList) left = NULL;
  Ended *ended;

  if (self->core == NULL || self->tree == 0) {
    return;
  }
  g_signal_handlers_disconnect_by_data (ahoy_core_get_sessions (self->core), self);
  g_signal_handlers_disconnect_by_data (ahoy_core_get_router (self->core), self);
  g_signal_handlers_disconnect_by_data (ahoy_core_get_history (self->core), self);
  if (self->timer != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self->core), self->timer);
    self->timer = 0;
  }
  while ((ended = g_queue_pop_head (&self->ended)) != NULL) {
    forget (self, ended);
  }
  left = g_hash_table_get_values (self->sessions);
  for (GList *at = left; at != NULL; at = at->next) {
    ahoy_bus_session_remove (at->data);
  }
  g_hash_table_remove_all (self->sessions);
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/session", self->stream_tree);
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/session", self->tree);
  self->tree = 0;
}
