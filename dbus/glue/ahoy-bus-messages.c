/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-messages.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-hub.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-pending.h"

/* Messages on the bus: programs send them, and those who ask for it are told of what comes, each by
 * itself: a message is not for everybody on the bus. */

#define MOST_LISTENERS 32

typedef struct {
  AhoyBusMessages *messages; /* not a reference */
  char *owner;               /* the unique name of who asked */
  sd_bus_track *track;
} Listener;

struct _AhoyBusMessages {
  GObject parent_instance;

  AhoyCore *core;
  AhoyBusLink *link;
  GPtrArray *listeners; /* Listener */
};

G_DEFINE_FINAL_TYPE (AhoyBusMessages, ahoy_bus_messages, G_TYPE_OBJECT)

static void
listener_free (gpointer data)
{
  Listener *listener = data;

  sd_bus_track_unref (listener->track);
  g_free (listener->owner);
  g_free (listener);
}

/* -- what is told --------------------------------------------------------------------------- */

static void
tell (AhoyBusMessages *self, const char *member, GVariant *arguments)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);

  for (guint i = 0; i < self->listeners->len; i++) {
    ahoy_bus_link_emit (self->link, ((Listener *) self->listeners->pdata[i])->owner, AHOY_BUS_ROOT,
                        org_ahoy_ahoy1_manager_interface.name, member, sunk);
  }
}

static GVariant *
body_of (AhoyTextMessage *message)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (ahoy_text_message_get_body (message), &size);

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1);
}

static gboolean
on_received (AhoyMessageRouter *router, AhoyTextMessage *message, gpointer user_data)
{
  AhoyBusMessages *self = user_data;
  const char *endpoint = ahoy_text_message_get_endpoint (message);

  if (self->listeners->len == 0) {
    return FALSE;
  }
  tell (self, "MessageReceived",
        g_variant_new ("(ssss@ay)", endpoint != NULL ? endpoint : "",
                       ahoy_text_message_get_from (message), ahoy_text_message_get_to (message),
                       ahoy_text_message_get_content_type (message), body_of (message)));
  return TRUE;
}

static gboolean
on_composing (AhoyMessageRouter *router, AhoyTextMessage *message, gboolean active, guint refresh,
              gpointer user_data)
{
  AhoyBusMessages *self = user_data;
  const char *endpoint = ahoy_text_message_get_endpoint (message);

  if (self->listeners->len == 0) {
    return FALSE;
  }
  tell (self, "MessageComposing",
        g_variant_new ("(sssbu)", endpoint != NULL ? endpoint : "",
                       ahoy_text_message_get_from (message), ahoy_text_message_get_to (message),
                       active, refresh));
  return TRUE;
}

static void
on_status (AhoyMessageRouter *router, const char *id, guint status, const char *reason,
           gpointer user_data)
{
  tell (user_data, "MessageStatus", g_variant_new ("(sqs)", id, (guint16) status, reason));
}

/* -- who listens ---------------------------------------------------------------------------- */

static int
on_owner_left (sd_bus_track *track, void *user_data)
{
  Listener *listener = user_data;

  g_ptr_array_remove_fast (listener->messages->listeners, listener);
  return 0;
}

static Listener *
find_listener (AhoyBusMessages *self, const char *owner)
{
  for (guint i = 0; i < self->listeners->len; i++) {
    Listener *listener = self->listeners->pdata[i];

    if (g_str_equal (listener->owner, owner)) {
      return listener;
    }
  }
  return NULL;
}

static gboolean
add_listener (AhoyBusMessages *self, const char *owner, GError **error)
{
  Listener *listener;
  int result;

  if (self->listeners->len >= MOST_LISTENERS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%d programs receive messages already; end one of them", MOST_LISTENERS);
    return FALSE;
  }
  listener = g_new0 (Listener, 1);
  listener->messages = self;
  listener->owner = g_strdup (owner);
  result = sd_bus_track_new (ahoy_bus_link_get_bus (self->link), &listener->track, on_owner_left,
                             listener);
  if (result >= 0) {
    result = sd_bus_track_add_name (listener->track, owner);
  }
  if (result < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be watched: %s", owner,
                 g_strerror (-result));
    listener_free (listener);
    return FALSE;
  }
  g_ptr_array_add (self->listeners, listener);
  return TRUE;
}

void
ahoy_bus_messages_set_receive (AhoyBusMessages *self, GVariant *arguments, AhoyBusCall *call)
{
  const char *sender = ahoy_bus_call_get_sender (call);
  Listener *listener = find_listener (self, sender);
  GError *error = NULL;
  gboolean wanted;

  g_variant_get (arguments, "(b)", &wanted);
  if (wanted && (!ahoy_core_require_module (self->core, "messaging", &error) ||
                 (listener == NULL && !add_listener (self, sender, &error)))) {
    ahoy_bus_return_error (call, error);
    return;
  }
  if (!wanted && listener != NULL) {
    g_ptr_array_remove_fast (self->listeners, listener);
  }
  ahoy_bus_call_return (call, NULL);
}

/* -- what is sent --------------------------------------------------------------------------- */

static const AhoyBusOption send_options[] = {
  { "headers", "a(ss)" }, { "id", "s" }, { "timeout", "u" }, { NULL, NULL }
};

static GVariant *
reply (guint status, const char *reason)
{
  return g_variant_new ("(qs)", (guint16) status, reason != NULL ? reason : "");
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  g_autofree char *reason = NULL;
  GError *error = NULL;
  guint status = ahoy_message_router_deliver_finish (AHOY_MESSAGE_ROUTER (source), result, &reason,
                                                     &error);

  if (status != 0) {
    ahoy_bus_pending_return (pending, reply (status, reason));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static gboolean
add_options (AhoyTextMessage *message, GVariant *options, GError **error)
{
  g_autoptr (GVariant) headers = g_variant_lookup_value (options, "headers", NULL);
  const char *id = NULL;
  const char *name;
  const char *value;
  GVariantIter iter;

  if (g_variant_lookup (options, "id", "&s", &id)) {
    if (!ahoy_bus_check_token ("The option id", id, error)) {
      return FALSE;
    }
    ahoy_text_message_set_id (message, id);
  }
  if (headers == NULL) {
    return TRUE;
  }
  if (!ahoy_bus_check_headers (headers, error)) {
    return FALSE;
  }
  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    ahoy_text_message_add_header (message, name, value);
  }
  return TRUE;
}

static AhoyTextMessage *
make_message (AhoyBusMessages *self, GVariant *arguments, GError **error)
{
  g_autoptr (AhoyTextMessage) message = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *endpoint;
  const char *target;
  const char *type;
  const void *data;
  gsize size = 0;

  g_variant_get (arguments, "(&s&s&s@ay@a{sv})", &endpoint, &target, &type, &body, &options);
  if (!ahoy_bus_check_options (options, send_options, error) ||
      !ahoy_bus_check_target (target, error) || !ahoy_bus_check_content_type (type, body, error)) {
    return NULL;
  }
  data = g_variant_get_fixed_array (body, &size, 1);
  bytes = g_bytes_new (data, size);
  message = ahoy_core_create_message (self->core, endpoint, target, type, bytes, error);
  return message != NULL && add_options (message, options, error) ? g_steal_pointer (&message)
                                                                  : NULL;
}

void
ahoy_bus_messages_send (AhoyBusMessages *self, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 4);
  g_autoptr (AhoyTextMessage) message = NULL;
  GError *error = NULL;
  guint timeout = AHOY_BUS_PATIENCE;

  message = make_message (self, arguments, &error);
  if (message == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  g_variant_lookup (options, "timeout", "u", &timeout);
  ahoy_message_router_deliver_async (
      ahoy_core_get_message_router (self->core), message, ahoy_text_message_get_to (message), NULL,
      on_delivered,
      ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core),
                            CLAMP (timeout, 1, AHOY_BUS_PATIENCE) * 1000, ahoy_bus_late_status,
                            NULL, NULL));
}

/* -- what waits ----------------------------------------------------------------------------- */

static void
handle_list_stored (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyMessageStore *store =
      ahoy_core_get_message_store (((AhoyBusMessages *) target)->core);
  g_autoptr (GVariant) list = NULL;
  const char *endpoint;

  g_variant_get (arguments, "(&s)", &endpoint);
  list = ahoy_message_store_list (store, *endpoint != '\0' ? endpoint : NULL);
  ahoy_bus_call_return (call, g_variant_new ("(@a(ssssutt))", list));
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (ahoy_message_store_drop_finish (AHOY_MESSAGE_STORE (source), result, &error)) {
    ahoy_bus_call_return (user_data, NULL);
  } else {
    ahoy_bus_return_error (user_data, error);
  }
}

static void
handle_drop_stored (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *id;

  g_variant_get (arguments, "(&s)", &id);
  ahoy_message_store_drop_async (
      ahoy_core_get_message_store (((AhoyBusMessages *) target)->core), id, NULL, on_dropped,
      call);
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "ListStored", handle_list_stored },
  { "DropStored", handle_drop_stored },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_messages_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_messages_get_interface (void)
{
  return &interface;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_bus_messages_dispose (GObject *object)
{
  AhoyBusMessages *self = AHOY_BUS_MESSAGES (object);

  ahoy_bus_messages_close (self);
  g_clear_object (&self->link);
  g_clear_object (&self->core);
  G_OBJECT_CLASS (ahoy_bus_messages_parent_class)->dispose (object);
}

static void
ahoy_bus_messages_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_BUS_MESSAGES (object)->listeners);
  G_OBJECT_CLASS (ahoy_bus_messages_parent_class)->finalize (object);
}

static void
ahoy_bus_messages_class_init (AhoyBusMessagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_messages_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_messages_finalize;
}

static void
ahoy_bus_messages_init (AhoyBusMessages *self)
{
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
}

AhoyBusMessages *
ahoy_bus_messages_new (AhoyCore *core, AhoyBusLink *link)
{
  AhoyBusMessages *self = g_object_new (AHOY_BUS_TYPE_MESSAGES, NULL);
  AhoyMessageRouter *router = ahoy_core_get_message_router (core);

  self->core = g_object_ref (core);
  self->link = g_object_ref (link);
  g_signal_connect_object (router, "received", G_CALLBACK (on_received), self, 0);
  g_signal_connect_object (router, "composing", G_CALLBACK (on_composing), self, 0);
  g_signal_connect_object (router, "status", G_CALLBACK (on_status), self, 0);
  return self;
}

/* Nobody is told anything any more. */
void
ahoy_bus_messages_close (AhoyBusMessages *self)
{
  g_ptr_array_set_size (self->listeners, 0);
}
