/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-router.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-cpim.h"
#include "ahoy-error.h"
#include "ahoy-is-composing.h"
#include "ahoy-message-receipt-private.h"

/**
 * AhoyMessageRouter:
 *
 * Where all messages pass, whatever carries them. What a channel brings is shown to the handlers,
 * one after the other, until one takes it; without any it is for whoever listens to
 * #AhoyMessageRouter::received. What goes out is handed to the first channel that can reach its
 * target. The router knows nothing of SIP but the numbers of its answers.
 *
 * Channels and handlers are extensions of the registry: a plugin can add its own.
 *
 * Since: 0.1
 */
struct _AhoyMessageRouter {
  GObject parent_instance;

  AhoyExtensionRegistry *extensions;
  AhoyScheduler *scheduler;
  GPtrArray *waiting; /* AhoyMessageReceipt, those that are not settled */
};

/* Receipts come behind the answer to what they are about; in µs. */
#define NOTIFY_DELAY 50000

/* A sender gives up after 32 s (RFC 3261 §17.1.2.2); it is to hear from us before. */
#define PATIENCE (25 * G_USEC_PER_SEC)

enum { SIGNAL_RECEIVED, SIGNAL_COMPOSING, SIGNAL_STATUS, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyMessageRouter, ahoy_message_router, G_TYPE_OBJECT)

static void
ahoy_message_router_finalize (GObject *object)
{
  AhoyMessageRouter *self = AHOY_MESSAGE_ROUTER (object);

  g_clear_object (&self->extensions);
  g_clear_object (&self->scheduler);
  g_ptr_array_unref (self->waiting);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_router_parent_class)->finalize (object);
}

static void
ahoy_message_router_class_init (AhoyMessageRouterClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ahoy_message_router_finalize;

  /**
   * AhoyMessageRouter::received:
   * @self: the router
   * @message: a message for somebody at this host
   *
   * A message is for whoever sits here. A handler that shows it to somebody returns %TRUE; when
   * none does, the sender hears that nobody is there.
   *
   * Returns: whether somebody gets the message
   *
   * Since: 0.1
   */
  signals[SIGNAL_RECEIVED] =
      g_signal_new ("received", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                    NULL, NULL, G_TYPE_BOOLEAN, 1, AHOY_TYPE_TEXT_MESSAGE);
  /**
   * AhoyMessageRouter::composing:
   * @self: the router
   * @message: what told it (RFC 3994)
   * @active: whether somebody is writing
   * @refresh: for how many seconds that holds when nothing more comes
   *
   * Somebody is writing a message, or stopped, to whoever sits here.
   *
   * Returns: whether somebody wants to know
   *
   * Since: 0.1
   */
  signals[SIGNAL_COMPOSING] =
      g_signal_new ("composing", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                    NULL, NULL, G_TYPE_BOOLEAN, 3, AHOY_TYPE_TEXT_MESSAGE, G_TYPE_BOOLEAN,
                    G_TYPE_UINT);
  /**
   * AhoyMessageRouter::status:
   * @self: the router
   * @id: the id of a message
   * @status: a status of SIP
   * @reason: what was said of it
   *
   * Somebody said what became of a message that went out.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STATUS] =
      g_signal_new ("status", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
}

static void
ahoy_message_router_init (AhoyMessageRouter *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_message_router_new:
 * @extensions: where its channels and handlers are kept
 * @scheduler: the scheduler of its timers
 *
 * Returns: (transfer full): a new router
 *
 * Since: 0.1
 */
AhoyMessageRouter *
ahoy_message_router_new (AhoyExtensionRegistry *extensions, AhoyScheduler *scheduler)
{
  AhoyMessageRouter *self;

  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (extensions), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_MESSAGE_ROUTER, NULL);
  self->extensions = g_object_ref (extensions);
  self->scheduler = g_object_ref (scheduler);
  return self;
}

/**
 * ahoy_message_router_add_channel:
 * @self: a router
 * @channel: (transfer none): a way by which messages go
 * @name: what it is called, such as `sip`
 * @error: return location for an error of ahoy_extension_registry_add()
 *
 * Returns: %TRUE when the channel was added, behind those that are there
 *
 * Since: 0.1
 */
gboolean
ahoy_message_router_add_channel (AhoyMessageRouter *self, AhoyMessageChannel *channel,
                                 const char *name, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE_CHANNEL (channel), FALSE);

  return ahoy_extension_registry_add (self->extensions, AHOY_TYPE_MESSAGE_CHANNEL,
                                      G_OBJECT (channel), name, NULL, NULL, NULL, error);
}

/**
 * ahoy_message_router_remove_channel:
 * @self: a router
 * @channel: a channel that was added
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_message_router_remove_channel (AhoyMessageRouter *self, AhoyMessageChannel *channel)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE_CHANNEL (channel), FALSE);

  return ahoy_extension_registry_remove (self->extensions, AHOY_TYPE_MESSAGE_CHANNEL,
                                         G_OBJECT (channel));
}

/**
 * ahoy_message_router_add_handler:
 * @self: a router
 * @handler: (transfer none): what decides about messages
 * @name: what it is called, such as `routes`
 * @before: (nullable) (array zero-terminated=1): names of handlers that are asked later
 * @after: (nullable) (array zero-terminated=1): names of handlers that are asked first
 * @error: return location for an error of ahoy_extension_registry_add()
 *
 * Returns: %TRUE when the handler was added
 *
 * Since: 0.1
 */
gboolean
ahoy_message_router_add_handler (AhoyMessageRouter *self, AhoyMessageHandler *handler,
                                 const char *name, const char *const *before,
                                 const char *const *after, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE_HANDLER (handler), FALSE);

  return ahoy_extension_registry_add (self->extensions, AHOY_TYPE_MESSAGE_HANDLER,
                                      G_OBJECT (handler), name, before, after, NULL, error);
}

/**
 * ahoy_message_router_remove_handler:
 * @self: a router
 * @handler: a handler that was added
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_message_router_remove_handler (AhoyMessageRouter *self, AhoyMessageHandler *handler)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE_HANDLER (handler), FALSE);

  return ahoy_extension_registry_remove (self->extensions, AHOY_TYPE_MESSAGE_HANDLER,
                                         G_OBJECT (handler));
}

/* -- what comes ----------------------------------------------------------------------------- */

/* A message on its way through the handlers, as the task's data. */
typedef struct {
  AhoyExtensionSnapshot *handlers;
  guint next;
  AhoyMessageReceipt *receipt;
  guint64 timer;
} Visit;

static void
visit_free (gpointer data)
{
  Visit *visit = data;

  ahoy_extension_snapshot_unref (visit->handlers);
  g_object_unref (visit->receipt);
  g_free (visit);
}

static void
receive_last (AhoyMessageRouter *self, AhoyMessageReceipt *receipt)
{
  guint status =
      ahoy_message_router_receive (self, ahoy_message_receipt_get_message (receipt));

  ahoy_message_receipt_settle (receipt, status == 480 ? 404 : status, NULL);
}

static void
ask_next (GTask *task)
{
  AhoyMessageRouter *self = g_task_get_source_object (task);
  Visit *visit = g_task_get_task_data (task);
  guint length = ahoy_extension_snapshot_get_length (visit->handlers);

  while (visit->next < length) {
    AhoyExtension *extension = ahoy_extension_snapshot_get (visit->handlers, visit->next++);

    switch (ahoy_message_handler_handle (
        AHOY_MESSAGE_HANDLER (ahoy_extension_get_object (extension)), visit->receipt)) {
    case AHOY_MESSAGE_TAKEN:
      return;
    case AHOY_MESSAGE_NOT_MINE:
      break;
    default:
      g_warning ("“%s” failed to handle a message, which is refused",
                 ahoy_extension_get_name (extension));
      ahoy_message_receipt_settle (visit->receipt, 500, NULL);
      return;
    }
  }
  receive_last (self, visit->receipt);
}

static void
on_pass (AhoyMessageReceipt *receipt, gpointer user_data)
{
  g_autoptr (GTask) hold = g_object_ref (user_data);

  ask_next (hold);
}

static void
on_settled (AhoyMessageReceipt *receipt, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AhoyMessageRouter *self = g_task_get_source_object (task);
  Visit *visit = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (receipt, task);
  g_ptr_array_remove_fast (self->waiting, receipt);
  if (visit->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, visit->timer);
  }
  g_task_return_pointer (task, g_object_ref (receipt), g_object_unref);
}

static void
on_late (gpointer user_data)
{
  Visit *visit = g_task_get_task_data (user_data);

  visit->timer = 0;
  ahoy_message_receipt_settle (visit->receipt, 408, NULL);
}

/**
 * ahoy_message_router_take_async:
 * @self: a router
 * @message: (transfer none): a message that a channel brought, or that somebody here wrote
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it was decided what becomes of it
 * @user_data: for @callback
 *
 * Lets the handlers decide about a message. Who does not decide in 25 s gets 408.
 *
 * Since: 0.1
 */
void
ahoy_message_router_take_async (AhoyMessageRouter *self, AhoyTextMessage *message,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) hold = NULL;
  GTask *task; /* its reference goes to on_settled() */
  Visit *visit;

  g_return_if_fail (AHOY_IS_MESSAGE_ROUTER (self));
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (message));

  task = g_task_new (self, cancellable, callback, user_data);
  hold = g_object_ref (task);
  g_task_set_source_tag (task, ahoy_message_router_take_async);
  visit = g_new0 (Visit, 1);
  visit->handlers =
      ahoy_extension_registry_snapshot (self->extensions, AHOY_TYPE_MESSAGE_HANDLER);
  visit->receipt = ahoy_message_receipt_new (message, on_pass, task);
  g_task_set_task_data (task, visit, visit_free);
  g_signal_connect (visit->receipt, "settled", G_CALLBACK (on_settled), task);
  g_ptr_array_add (self->waiting, g_object_ref (visit->receipt));
  visit->timer =
      ahoy_scheduler_add (self->scheduler, "message", PATIENCE, on_late, task, NULL);
  ask_next (task);
}

/**
 * ahoy_message_router_take_finish:
 * @self: a router
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the receipt, settled; %NULL only when the operation was cancelled
 *
 * Since: 0.1
 */
AhoyMessageReceipt *
ahoy_message_router_take_finish (AhoyMessageRouter *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_message_router_close:
 * @self: a router
 *
 * Settles what waits with 503, for a program that ends.
 *
 * Since: 0.1
 */
void
ahoy_message_router_close (AhoyMessageRouter *self)
{
  g_return_if_fail (AHOY_IS_MESSAGE_ROUTER (self));

  while (self->waiting->len > 0) {
    g_autoptr (AhoyMessageReceipt) receipt = g_object_ref (self->waiting->pdata[0]);

    ahoy_message_receipt_settle (receipt, 503, NULL);
  }
}

/* What is in an envelope, for people; with what belongs to it. */
static AhoyTextMessage *
unwrap (AhoyTextMessage *message, AhoyCpim *cpim)
{
  g_autoptr (GVariant) headers = ahoy_text_message_list_headers (message);
  const char *subject = ahoy_cpim_get_header (cpim, "Subject");
  AhoyTextMessage *inner = ahoy_text_message_new (
      ahoy_text_message_get_from (message), ahoy_text_message_get_to (message),
      ahoy_cpim_get_content_type (cpim), ahoy_cpim_get_body (cpim));
  const char *name;
  const char *value;
  GVariantIter iter;

  ahoy_text_message_set_id (inner, ahoy_text_message_get_id (message));
  ahoy_text_message_set_from_name (inner, ahoy_text_message_get_from_name (message));
  ahoy_text_message_set_channel (inner, ahoy_text_message_get_channel (message));
  ahoy_text_message_set_endpoint (inner, ahoy_text_message_get_endpoint (message));
  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    ahoy_text_message_add_header (inner, name, value);
  }
  if (subject != NULL && ahoy_text_message_get_header (inner, "Subject") == NULL) {
    ahoy_text_message_add_header (inner, "Subject", subject);
  }
  return inner;
}

/* A notification, which leaves when the message itself was answered. */
typedef struct {
  AhoyMessageRouter *router;
  AhoyTextMessage *message;
  char *target;
} Notification;

static void
notification_free (gpointer data)
{
  Notification *notification = data;

  g_object_unref (notification->router);
  g_object_unref (notification->message);
  g_free (notification->target);
  g_free (notification);
}

static void
on_notify (gpointer user_data)
{
  Notification *notification = user_data;

  ahoy_message_router_deliver_async (notification->router, notification->message,
                                     notification->target, NULL, NULL, NULL);
}

/* Only who is known gets one: what stands in From of others is not to be written to. */
static void
notify_sender (AhoyMessageRouter *self, AhoyTextMessage *message, AhoyCpim *cpim)
{
  const char *endpoint = ahoy_text_message_get_endpoint (message);
  g_autoptr (GBytes) body = NULL;
  Notification *notification;

  if (endpoint == NULL || !ahoy_cpim_wants (cpim, "positive-delivery")) {
    return;
  }
  body = ahoy_cpim_make_notification (cpim, "delivered");
  notification = g_new0 (Notification, 1);
  notification->router = g_object_ref (self);
  notification->message =
      ahoy_text_message_new (ahoy_text_message_get_to (message),
                             ahoy_text_message_get_from (message), "message/cpim", body);
  notification->target = g_strdup (endpoint);
  ahoy_scheduler_add (self->scheduler, "message notification", NOTIFY_DELAY, on_notify,
                      notification, notification_free);
}

static guint
receive_composing (AhoyMessageRouter *self, AhoyTextMessage *message)
{
  g_autoptr (GError) error = NULL;
  gboolean handled = FALSE;
  gboolean active;
  guint refresh;

  if (!ahoy_is_composing_parse (ahoy_text_message_get_body (message), &active, &refresh, &error)) {
    g_info ("%s", error->message);
    return 400;
  }
  g_signal_emit (self, signals[SIGNAL_COMPOSING], 0, message, active, refresh, &handled);
  return handled ? 200 : 480;
}

/**
 * ahoy_message_router_receive:
 * @self: a router
 * @message: (transfer none): a message
 *
 * Hands a message to whoever sits at this host, by #AhoyMessageRouter::received. An envelope
 * (`message/cpim`) is opened before, and an endpoint that asked for it is notified (RFC 5438). What
 * tells that somebody is writing is told by #AhoyMessageRouter::composing.
 *
 * Returns: 200 when somebody gets it, 480 when nobody is there, 400 when it cannot be read
 *
 * Since: 0.1
 */
guint
ahoy_message_router_receive (AhoyMessageRouter *self, AhoyTextMessage *message)
{
  g_autoptr (AhoyCpim) cpim = NULL;
  g_autoptr (AhoyTextMessage) inner = NULL;
  gboolean handled = FALSE;

  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), 500);
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (message), 500);

  if (ahoy_text_message_has_content_type (message, AHOY_IS_COMPOSING_TYPE)) {
    return receive_composing (self, message);
  }
  if (ahoy_text_message_has_content_type (message, "message/cpim")) {
    cpim = ahoy_cpim_parse (ahoy_text_message_get_body (message), NULL);
    inner = cpim != NULL ? unwrap (message, cpim) : NULL;
  }
  g_signal_emit (self, signals[SIGNAL_RECEIVED], 0, inner != NULL ? inner : message, &handled);
  if (handled && cpim != NULL) {
    notify_sender (self, message, cpim);
  }
  return handled ? 200 : 480;
}

/* -- what goes out -------------------------------------------------------------------------- */

typedef struct {
  guint status;
  char *reason;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_free (delivery->reason);
  g_free (delivery);
}

static AhoyMessageChannel *
find_channel (AhoyMessageRouter *self, const char *target)
{
  g_autoptr (AhoyExtensionSnapshot) channels =
      ahoy_extension_registry_snapshot (self->extensions, AHOY_TYPE_MESSAGE_CHANNEL);
  guint length = ahoy_extension_snapshot_get_length (channels);

  for (guint i = 0; i < length; i++) {
    AhoyMessageChannel *channel = AHOY_MESSAGE_CHANNEL (
        ahoy_extension_get_object (ahoy_extension_snapshot_get (channels, i)));

    if (ahoy_message_channel_can_reach (channel, target)) {
      return g_object_ref (channel);
    }
  }
  return NULL;
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AhoyTextMessage *message = g_task_get_task_data (task);
  Delivery *delivery = g_new0 (Delivery, 1);
  GError *error = NULL;

  delivery->status = ahoy_message_channel_deliver_finish (AHOY_MESSAGE_CHANNEL (source), result,
                                                          &delivery->reason, &error);
  if (delivery->status == 0) {
    delivery_free (delivery);
    g_task_return_error (task, error);
    return;
  }
  ahoy_message_router_tell_status (g_task_get_source_object (task),
                                   ahoy_text_message_get_id (message), delivery->status,
                                   delivery->reason);
  g_task_return_pointer (task, delivery, delivery_free);
}

/**
 * ahoy_message_router_deliver_async:
 * @self: a router
 * @message: (transfer none): a message
 * @target: who gets it: a URI, or a name that a channel knows, such as that of an endpoint
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when somebody said yes or no, or nobody did in time
 * @user_data: for @callback
 *
 * Hands a message to the first channel that can reach the target.
 *
 * Since: 0.1
 */
void
ahoy_message_router_deliver_async (AhoyMessageRouter *self, AhoyTextMessage *message,
                                   const char *target, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (AhoyMessageChannel) channel = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (AHOY_IS_MESSAGE_ROUTER (self));
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (message));
  g_return_if_fail (target != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_message_router_deliver_async);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  channel = find_channel (self, target);
  if (channel == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             "Nothing here can send a message to “%s”; write the name of an "
                             "endpoint, or a URI such as sip:bob@example.org",
                             target);
    return;
  }
  ahoy_message_channel_deliver_async (channel, message, target, cancellable, on_delivered,
                                      g_steal_pointer (&task));
}

/**
 * ahoy_message_router_deliver_finish:
 * @self: a router
 * @result: the result
 * @reason: (out) (optional) (nullable) (transfer full): what was said
 * @error: return location for an error
 *
 * Returns: a SIP status: 200 when the message was delivered, 202 when somebody keeps it; 0 with
 *   %AHOY_ERROR_NOT_FOUND when no channel reaches the target, or with an error of the channel when
 *   it could not be sent
 *
 * Since: 0.1
 */
guint
ahoy_message_router_deliver_finish (AhoyMessageRouter *self, GAsyncResult *result, char **reason,
                                    GError **error)
{
  Delivery *delivery;
  guint status;

  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (self), 0);
  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  if (reason != NULL) {
    *reason = NULL;
  }
  delivery = g_task_propagate_pointer (G_TASK (result), error);
  if (delivery == NULL) {
    return 0;
  }
  status = delivery->status;
  if (reason != NULL) {
    *reason = g_steal_pointer (&delivery->reason);
  }
  delivery_free (delivery);
  return status;
}

/**
 * ahoy_message_router_tell_status:
 * @self: a router
 * @id: the id of a message
 * @status: a status of SIP
 * @reason: (nullable): what was said of it
 *
 * Tells what became of a message, by #AhoyMessageRouter::status; for who hears of it later.
 *
 * Since: 0.1
 */
void
ahoy_message_router_tell_status (AhoyMessageRouter *self, const char *id, guint status,
                                 const char *reason)
{
  g_return_if_fail (AHOY_IS_MESSAGE_ROUTER (self));
  g_return_if_fail (id != NULL);

  g_signal_emit (self, signals[SIGNAL_STATUS], 0, id, status, reason != NULL ? reason : "");
}
