/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-call.h"

#include <fcntl.h>
#include <unistd.h>

#include "ahoy-bus-variant.h"
#include "ahoy-error.h"

struct _AhoyBusCall {
  sd_bus_message *message;
  GArray *descriptors; /* the message's */
};

AhoyBusCall *
ahoy_bus_call_new (sd_bus_message *message)
{
  AhoyBusCall *self = g_new0 (AhoyBusCall, 1);

  self->message = sd_bus_message_ref (message);
  return self;
}

static void
ahoy_bus_call_free (AhoyBusCall *self)
{
  g_clear_pointer (&self->descriptors, g_array_unref);
  sd_bus_message_unref (self->message);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyBusCall, ahoy_bus_call_free)

/* Returns: (transfer full) (nullable): a tuple; what cannot be read was no D-Bus */
GVariant *
ahoy_bus_call_read_arguments (AhoyBusCall *self, GError **error)
{
  GVariant *arguments = NULL;
  int result;

  self->descriptors = g_array_new (FALSE, FALSE, sizeof (int));
  result = ahoy_bus_variant_read (self->message, self->descriptors, &arguments);
  if (result < 0) {
    g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                 "The arguments of %s cannot be read: %s",
                 sd_bus_message_get_member (self->message), g_strerror (-result));
    return NULL;
  }
  return arguments;
}

/* Its unique name. */
const char *
ahoy_bus_call_get_sender (AhoyBusCall *self)
{
  return sd_bus_message_get_sender (self->message);
}

/* The descriptor of a value `h`, which is @index: the caller's from then on, and not inherited. */
int
ahoy_bus_call_take_descriptor (AhoyBusCall *self, guint index, GError **error)
{
  int descriptor = -1;

  if (self->descriptors != NULL && index < self->descriptors->len) {
    descriptor = fcntl (g_array_index (self->descriptors, int, index), F_DUPFD_CLOEXEC, 3);
  }
  if (descriptor < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "%s came without its descriptor; send it with the message",
                 sd_bus_message_get_member (self->message));
  }
  return descriptor;
}

static void
send_reply (AhoyBusCall *self, sd_bus_message *reply, int result)
{
  if (result >= 0) {
    result = sd_bus_send (NULL, reply, NULL);
  }
  /* A bus that is gone says so itself. */
  if (result < 0 && result != -ENOTCONN && result != -ECONNRESET) {
    g_warning ("%s of %s cannot be answered: %s", sd_bus_message_get_member (self->message),
               sd_bus_message_get_sender (self->message), g_strerror (-result));
  }
}

/* @values is a tuple, or NULL; a floating one is taken. */
void
ahoy_bus_call_return (AhoyBusCall *self, GVariant *values)
{
  g_autoptr (AhoyBusCall) owned = self;
  g_autoptr (GVariant) sunk = values != NULL ? g_variant_ref_sink (values) : NULL;
  sd_bus_message *reply = NULL;
  int result;

  if (sd_bus_message_get_expect_reply (self->message) == 0) {
    return;
  }
  result = sd_bus_message_new_method_return (self->message, &reply);
  if (result >= 0 && sunk != NULL) {
    result = ahoy_bus_variant_append_children (reply, sunk);
  }
  send_reply (self, reply, result);
  sd_bus_message_unref (reply);
}

/* Returns one descriptor, which is taken. */
void
ahoy_bus_call_return_descriptor (AhoyBusCall *self, int descriptor)
{
  g_autoptr (AhoyBusCall) owned = self;
  sd_bus_message *reply = NULL;
  int result = sd_bus_message_new_method_return (self->message, &reply);

  if (result >= 0) {
    result = sd_bus_message_append_basic (reply, SD_BUS_TYPE_UNIX_FD, &descriptor);
  }
  send_reply (self, reply, result);
  sd_bus_message_unref (reply);
  close (descriptor);
}

/* Takes @error, which has a name on the bus. */
void
ahoy_bus_call_fail (AhoyBusCall *self, GError *error)
{
  g_autoptr (AhoyBusCall) owned = self;
  g_autoptr (GError) taken = error;
  g_autofree char *name = g_dbus_error_encode_gerror (error);
  const sd_bus_error own = SD_BUS_ERROR_MAKE_CONST (name, error->message);
  sd_bus_message *reply = NULL;
  int result;

  if (sd_bus_message_get_expect_reply (self->message) == 0) {
    return;
  }
  result = sd_bus_message_new_method_error (self->message, &reply, &own);
  send_reply (self, reply, result);
  sd_bus_message_unref (reply);
}
