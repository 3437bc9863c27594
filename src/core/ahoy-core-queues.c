/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-change-private.h"
#include "ahoy-queue-config.h"

/* [queue NAME]: callers who wait until one of several people is free; and what is told of them in
 * the topics queue and queue-caller of the event bus. */

#define QUEUES "queue"
#define CALLERS "queue-caller"

/* -- states --------------------------------------------------------------------------------- */

static char *
make_key (AhoySession *session)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (session));
}

static const char *
get_caller (AhoySession *session)
{
  const char *uri = ahoy_session_get_remote_uri (session);

  return uri != NULL ? uri : "";
}

static double
to_seconds (gint64 duration)
{
  return (double) MAX (duration, 0) / G_USEC_PER_SEC;
}

/* How a queue is; @last: what happened last, floating, or NULL for nothing new. */
static void
publish_queue (AhoyCore *self, AhoyCallQueue *queue, GVariant *last)
{
  const char *name = ahoy_call_queue_get_name (queue);
  g_autoptr (GVariant) before = ahoy_event_bus_get_state (self->events, QUEUES, name);
  g_autoptr (GVariant) members = ahoy_call_queue_list_members (queue);
  g_autoptr (GPtrArray) callers = ahoy_call_queue_list_callers (queue);
  g_autoptr (GVariant) event = last != NULL ? g_variant_ref_sink (last) : NULL;
  g_autoptr (GVariant) now = NULL;
  GVariantDict state;

  if (event == NULL && before != NULL) {
    event = g_variant_lookup_value (before, "last", G_VARIANT_TYPE_VARDICT);
  }
  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "waiting", "u", callers->len);
  g_variant_dict_insert (&state, "answered", "u", ahoy_call_queue_get_answered (queue));
  g_variant_dict_insert (&state, "abandoned", "u", ahoy_call_queue_get_abandoned (queue));
  g_variant_dict_insert_value (&state, "members", members);
  if (event != NULL) {
    g_variant_dict_insert_value (&state, "last", event);
  }
  now = g_variant_ref_sink (g_variant_dict_end (&state));
  if (before == NULL || !g_variant_equal (before, now)) {
    ahoy_event_bus_publish (self->events, QUEUES, name, now, NULL);
  }
}

static void
event_init (GVariantDict *event, const char *what, AhoySession *session)
{
  g_variant_dict_init (event, NULL);
  g_variant_dict_insert (event, "what", "s", what);
  g_variant_dict_insert (event, "session", "t", ahoy_session_get_id (session));
  g_variant_dict_insert (event, "caller", "s", get_caller (session));
}

static gboolean
is_used (AhoyCore *self, AhoyCallQueue *queue)
{
  return ahoy_call_queues_lookup (self->queues, ahoy_call_queue_get_name (queue)) == queue;
}

static void
on_entered (AhoyCallQueue *queue, AhoySession *session, gpointer user_data)
{
  AhoyCore *self = user_data;
  gint64 wait = ahoy_call_queue_get_wait (queue, session);
  g_autofree char *key = make_key (session);
  GVariantDict state;
  GVariantDict event;

  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "queue", "s", ahoy_call_queue_get_name (queue));
  g_variant_dict_insert (&state, "caller", "s", get_caller (session));
  g_variant_dict_insert (&state, "since", "x", g_get_real_time () - wait);
  ahoy_event_bus_publish (self->events, CALLERS, key, g_variant_dict_end (&state), NULL);
  event_init (&event, "entered", session);
  publish_queue (self, queue, g_variant_dict_end (&event));
}

static void
forget_caller (AhoyCore *self, AhoySession *session)
{
  g_autofree char *key = make_key (session);

  ahoy_event_bus_publish (self->events, CALLERS, key, NULL, NULL);
}

static void
on_answered (AhoyCallQueue *queue, AhoySession *session, AhoySession *member, gint64 waited,
             gpointer user_data)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (member);
  GVariantDict event;

  forget_caller (user_data, session);
  event_init (&event, "answered", session);
  g_variant_dict_insert (&event, "member", "s",
                         endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "");
  g_variant_dict_insert (&event, "waited", "d", to_seconds (waited));
  publish_queue (user_data, queue, g_variant_dict_end (&event));
}

static void
on_left (AhoyCallQueue *queue, AhoySession *session, const char *result, gint64 waited,
         gpointer user_data)
{
  GVariantDict event;

  forget_caller (user_data, session);
  event_init (&event, "left", session);
  g_variant_dict_insert (&event, "result", "s", result);
  g_variant_dict_insert (&event, "waited", "d", to_seconds (waited));
  publish_queue (user_data, queue, g_variant_dict_end (&event));
}

/* One that was taken out is shown as long as somebody waits in it. */
static void
on_changed (AhoyCallQueue *queue, gpointer user_data)
{
  AhoyCore *self = user_data;
  g_autoptr (GPtrArray) callers = ahoy_call_queue_list_callers (queue);

  if (callers->len > 0 || is_used (self, queue)) {
    publish_queue (self, queue, NULL);
    return;
  }
  g_signal_handlers_disconnect_by_data (queue, self);
  ahoy_event_bus_publish (self->events, QUEUES, ahoy_call_queue_get_name (queue), NULL, NULL);
}

static void
on_queue_added (AhoyCallQueues *queues, AhoyCallQueue *queue, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (queue, user_data); /* it was there before, and is again */
  g_signal_connect_object (queue, "entered", G_CALLBACK (on_entered), user_data, 0);
  g_signal_connect_object (queue, "answered", G_CALLBACK (on_answered), user_data, 0);
  g_signal_connect_object (queue, "left", G_CALLBACK (on_left), user_data, 0);
  g_signal_connect_object (queue, "changed", G_CALLBACK (on_changed), user_data, 0);
  publish_queue (user_data, queue, NULL);
}

static void
on_queue_removed (AhoyCallQueues *queues, AhoyCallQueue *queue, gpointer user_data)
{
  on_changed (queue, user_data);
}

void
ahoy_core_init_queues (AhoyCore *self)
{
  self->queues = ahoy_call_queues_new (self->dial);
  ahoy_call_router_add_application (self->router, "queue", AHOY_CALL_APPLICATION (self->queues),
                                    NULL);
  g_signal_connect (self->queues, "queue-added", G_CALLBACK (on_queue_added), self);
  g_signal_connect (self->queues, "queue-removed", G_CALLBACK (on_queue_removed), self);
}

void
ahoy_core_clear_queues (AhoyCore *self)
{
  g_autoptr (GPtrArray) list = NULL;

  if (self->queues == NULL) {
    return;
  }
  list = ahoy_call_queues_list (self->queues);
  for (guint i = 0; i < list->len; i++) {
    g_signal_handlers_disconnect_by_data (list->pdata[i], self);
  }
  g_signal_handlers_disconnect_by_data (self->queues, self);
  g_clear_object (&self->queues);
}

/**
 * ahoy_core_get_queues:
 * @self: a core
 *
 * Returns: (transfer none): the queues of callers
 *
 * Since: 0.1
 */
AhoyCallQueues *
ahoy_core_get_queues (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->queues;
}

/* -- the groups ----------------------------------------------------------------------------- */

static void
warn (AhoyCoreChange *change, AhoyConfigObject *object, const char *key, const char *type,
      const char *name)
{
  g_autofree char *message =
      g_strdup_printf ("there is no %s “%s”; add [%s %s], or correct its error if it was left out",
                       type, name, type, name);

  ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, key, message);
}

/* Whoever is not there cannot be called, and the others can. */
static gboolean
check_queue (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *const *members = ahoy_config_object_get_list (object, "members");

  for (gsize i = 0; members != NULL && members[i] != NULL; i++) {
    g_autofree char *name = g_strndup (members[i], strcspn (members[i], "/"));

    if (ahoy_config_set_lookup (change->to, "endpoint", name) == NULL) {
      warn (change, object, "members", "endpoint", name);
    }
  }
  return TRUE;
}

static gboolean
add_queue (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_call_queues_set (change->core->queues, AHOY_QUEUE_CONFIG (object));
  return TRUE;
}

static gboolean
change_queue (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  return add_queue (change, object);
}

static void
remove_queue (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_call_queues_remove (change->core->queues, ahoy_config_object_get_name (object));
}

const AhoyCorePart ahoy_core_queue_part = {
  .type = "queue",
  .check = check_queue,
  .add = add_queue,
  .change = change_queue,
  .remove = remove_queue,
};
