/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-private.h"

AhoyOwner *
ahoy_owner_new (GMainContext *context)
{
  AhoyOwner *self = g_new0 (AhoyOwner, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->thread = g_thread_self ();
  return self;
}

AhoyOwner *
ahoy_owner_ref (AhoyOwner *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
ahoy_owner_unref (AhoyOwner *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

gboolean
ahoy_owner_is_current (AhoyOwner *self)
{
  return self->thread == g_thread_self ();
}

typedef struct {
  GDestroyNotify destroy;
  gpointer data;
} Release;

static gboolean
on_release (gpointer user_data)
{
  Release *release = user_data;

  release->destroy (release->data);
  return G_SOURCE_REMOVE;
}

/* Sofia's handles are not thread safe: whoever drops the last reference, the handle dies in its
 * owner's thread. */
void
ahoy_owner_release (AhoyOwner *self, GDestroyNotify destroy, gpointer data)
{
  g_autoptr (GSource) source = NULL;
  Release *release;

  if (ahoy_owner_is_current (self)) {
    destroy (data);
    return;
  }
  release = g_new (Release, 1);
  release->destroy = destroy;
  release->data = data;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_release, release, g_free);
  g_source_attach (source, self->context);
}
