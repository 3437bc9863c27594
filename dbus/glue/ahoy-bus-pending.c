/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-pending.h"

#include "ahoy-bus-error.h"

/* A method that waits: it is answered once, in time or with what stands for “too late”. */
struct _AhoyBusPending {
  gatomicrefcount references;
  AhoyBusCall *call; /* NULL when it was answered */
  AhoyScheduler *scheduler;
  guint64 timer;
  GVariant *(*late) (gpointer user_data);
  GError *late_error; /* instead */
  gpointer user_data;
  GDestroyNotify destroy;
};

static void
answer_late (AhoyBusPending *self)
{
  if (self->late_error != NULL) {
    ahoy_bus_pending_fail (self, g_steal_pointer (&self->late_error));
  } else {
    ahoy_bus_pending_return (self, self->late (self->user_data));
  }
}

static void
on_late (gpointer user_data)
{
  g_autoptr (AhoyBusPending) self = ahoy_bus_pending_ref (user_data);

  self->timer = 0;
  answer_late (self);
}

/*
 * Takes @call. After @milliseconds it is answered with what @late gives, which may be NULL when
 * there is a late error. The caller has a reference; the timer has none, so whoever waits holds one
 * until the answer.
 */
AhoyBusPending *
ahoy_bus_pending_new (AhoyBusCall *call, AhoyScheduler *scheduler, guint milliseconds,
                      GVariant *(*late) (gpointer user_data), gpointer user_data,
                      GDestroyNotify destroy)
{
  AhoyBusPending *self = g_new0 (AhoyBusPending, 1);

  g_atomic_ref_count_init (&self->references);
  self->call = call;
  self->scheduler = g_object_ref (scheduler);
  self->late = late;
  self->user_data = user_data;
  self->destroy = destroy;
  self->timer = ahoy_scheduler_add (scheduler, "bus method", (gint64) milliseconds * 1000, on_late,
                                    self, NULL);
  return self;
}

/* Takes @error: what the caller is told when it is too late. */
void
ahoy_bus_pending_set_late_error (AhoyBusPending *self, GError *error)
{
  g_clear_error (&self->late_error);
  self->late_error = error;
}

AhoyBusPending *
ahoy_bus_pending_ref (AhoyBusPending *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
ahoy_bus_pending_unref (AhoyBusPending *self)
{
  if (!g_atomic_ref_count_dec (&self->references)) {
    return;
  }
  if (self->call != NULL) {
    answer_late (self);
  }
  g_clear_error (&self->late_error);
  if (self->destroy != NULL) {
    self->destroy (self->user_data);
  }
  g_object_unref (self->scheduler);
  g_free (self);
}

gboolean
ahoy_bus_pending_is_over (AhoyBusPending *self)
{
  return self->call == NULL;
}

static AhoyBusCall *
steal (AhoyBusPending *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
  return g_steal_pointer (&self->call);
}

/* Sinks @value. Nothing happens when it was answered before. */
void
ahoy_bus_pending_return (AhoyBusPending *self, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  AhoyBusCall *call = steal (self);

  if (call != NULL) {
    ahoy_bus_call_return (call, owned);
  }
}

/* Takes @error. */
void
ahoy_bus_pending_fail (AhoyBusPending *self, GError *error)
{
  AhoyBusCall *call = steal (self);

  if (call != NULL) {
    ahoy_bus_return_error (call, error);
  } else {
    g_error_free (error);
  }
}

GVariant *
ahoy_bus_reply_status (AhoyMessage *response)
{
  g_autofree char *reason = ahoy_message_dup_reason (response);

  return g_variant_new ("(qs)", (guint16) ahoy_message_get_status (response),
                        reason != NULL ? reason : "");
}

GVariant *
ahoy_bus_late_status (gpointer user_data)
{
  return g_variant_new ("(qs)", 408, "No answer in time");
}

static GVariant *
list_headers (AhoyMessage *message)
{
  g_auto (GStrv) names = ahoy_message_list_headers (message);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; names[i] != NULL; i++) {
    g_auto (GStrv) values = NULL;

    if (g_strv_contains ((const char *const *) names + i + 1, names[i])) {
      continue; /* its values come with the last one of that name */
    }
    values = ahoy_message_get_headers (message, names[i]);
    for (guint k = 0; values[k] != NULL; k++) {
      g_autofree char *shown = ahoy_trace_mask_header (names[i], values[k]);

      g_variant_builder_add (&builder, "(ss)", names[i], shown);
    }
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
bytes_variant (GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1);
}

GVariant *
ahoy_bus_reply_response (AhoyMessage *response)
{
  g_autofree char *reason = ahoy_message_dup_reason (response);
  g_autofree char *type = ahoy_message_dup_content_type (response);
  g_autoptr (GBytes) body = ahoy_message_get_body (response);

  return g_variant_new ("(qs@a(ss)s@ay)", (guint16) ahoy_message_get_status (response),
                        reason != NULL ? reason : "", list_headers (response),
                        type != NULL ? type : "", bytes_variant (body));
}

GVariant *
ahoy_bus_late_response (gpointer user_data)
{
  return g_variant_new ("(qs@a(ss)s@ay)", 408, "No answer in time",
                        g_variant_new_array (G_VARIANT_TYPE ("(ss)"), NULL, 0), "",
                        bytes_variant (NULL));
}
