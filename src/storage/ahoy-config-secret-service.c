/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-secret-private.h"

#include <libsecret/secret.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-scheduler.h"

/* Secrets in the Secret Service of the session, which libsecret asks: gnome-keyring, KWallet and
 * KeePassXC are such. A daemon opens no window, so nothing is unlocked: what is locked is an error.
 *
 * The answer is waited for in a context of its own, as nothing else may happen meanwhile. */

#define PATIENCE (5 * G_USEC_PER_SEC)
/* After one that did not answer, so that many secrets do not take many times as long. */
#define SULK (10 * G_USEC_PER_SEC)

#define STORE_COMMAND "secret-tool store --label=Ahoy application ahoy name"

typedef struct {
  GMainLoop *loop;
  GCancellable *cancellable;
  GHashTable *attributes;
  SecretService *service;
  GList *items; /* SecretItem */
  GError *error;
  gboolean late;
} Lookup;

static GMutex lock;
static gint64 silent_until; /* monotonic */

static gboolean
is_silent (void)
{
  gboolean silent;

  g_mutex_lock (&lock);
  silent = g_get_monotonic_time () < silent_until;
  g_mutex_unlock (&lock);
  return silent;
}

static void
remember_silence (void)
{
  g_mutex_lock (&lock);
  silent_until = g_get_monotonic_time () + SULK;
  g_mutex_unlock (&lock);
}

static void
on_late (gpointer data)
{
  Lookup *lookup = data;

  lookup->late = TRUE;
  g_cancellable_cancel (lookup->cancellable);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;

  lookup->items = secret_service_search_finish (SECRET_SERVICE (source), result, &lookup->error);
  g_main_loop_quit (lookup->loop);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;

  lookup->service = secret_service_open_finish (result, &lookup->error);
  if (lookup->service == NULL) {
    g_main_loop_quit (lookup->loop);
    return;
  }
  /* No schema: it would be an attribute too, and people store secrets by hand. */
  secret_service_search (lookup->service, NULL, lookup->attributes,
                         SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, lookup->cancellable,
                         on_found, lookup);
}

/* A service of our own and not the one of the process, whose signals would come to this context. */
static void
run (Lookup *lookup, GMainContext *context)
{
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new (context);

  lookup->loop = g_main_loop_new (context, FALSE);
  ahoy_scheduler_add (scheduler, "secret service", PATIENCE, on_late, lookup, NULL);
  secret_service_open (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
                       lookup->cancellable, on_open, lookup);
  g_main_loop_run (lookup->loop);
  g_main_loop_unref (lookup->loop);
}

static void
clear (Lookup *lookup)
{
  g_list_free_full (lookup->items, g_object_unref);
  g_clear_object (&lookup->service);
  g_clear_object (&lookup->cancellable);
  g_hash_table_unref (lookup->attributes);
  g_clear_error (&lookup->error);
}

static void
refuse_name (GError **error, const char *name, const char *reason)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "the secret with application=ahoy and name=%s cannot be used: %s", name, reason);
}

/* The only one that is open. */
static SecretItem *
choose (Lookup *lookup, const char *name, GError **error)
{
  SecretItem *chosen = NULL;
  gboolean locked = FALSE;

  for (GList *at = lookup->items; at != NULL; at = at->next) {
    if (secret_item_get_locked (at->data)) {
      locked = TRUE;
    } else if (chosen != NULL) {
      refuse_name (error, name, "there are several; keep one (secret-tool search --all)");
      return NULL;
    } else {
      chosen = at->data;
    }
  }
  if (chosen == NULL && locked)
    refuse_name (error, name, "its keyring is locked; unlock it, as by logging in, and reload");
  else if (chosen == NULL)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "the Secret Service has no secret with application=ahoy and name=%s; store it: "
                 "%s '%s'",
                 name, STORE_COMMAND, name);
  return chosen;
}

static char *
take_secret (Lookup *lookup, const char *name, GError **error)
{
  g_autofree char *place = g_strdup_printf ("the Secret Service, name=%s", name);
  SecretItem *item = choose (lookup, name, error);
  SecretValue *value;
  const char *bytes;
  gsize length = 0;
  char *secret;

  if (item == NULL)
    return NULL;
  value = secret_item_get_secret (item);
  if (value == NULL) {
    refuse_name (error, name, "the Secret Service does not hand it out");
    return NULL;
  }
  bytes = secret_value_get (value, &length);
  secret = ahoy_config_secret_take (place, bytes, length, error);
  secret_value_unref (value);
  return secret;
}

static void
refuse_service (Lookup *lookup, const char *name, GError **error)
{
  if (lookup->late) {
    remember_silence ();
    g_clear_error (&lookup->error);
    g_set_error_literal (&lookup->error, AHOY_ERROR, AHOY_ERROR_TIMEOUT, "it does not answer");
  }
  g_dbus_error_strip_remote_error (lookup->error);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
               "the Secret Service of the session cannot be asked for name=%s: %s; start one, "
               "such as gnome-keyring-daemon, or write the secret to a file or a credential",
               name, lookup->error->message);
}

static gboolean
check_name (const char *name, GError **error)
{
  if (*name == '\0' || strlen (name) > 255 || strpbrk (name, "'\r\n") != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no name of a secret; write what follows in: %s NAME", name,
                 STORE_COMMAND);
    return FALSE;
  }
  if (is_silent ()) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                 "the Secret Service of the session was not asked for name=%s: it did not answer "
                 "just now; reload when it runs again",
                 name);
    return FALSE;
  }
  return TRUE;
}

char *
ahoy_config_secret_read_service (const char *name, GError **error)
{
  g_autoptr (GMainContext) context = NULL;
  Lookup lookup = { NULL };
  char *secret = NULL;

  if (!check_name (name, error))
    return NULL;
  context = g_main_context_new ();
  lookup.cancellable = g_cancellable_new ();
  lookup.attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (lookup.attributes, (char *)"application", (char *)"ahoy");
  g_hash_table_insert (lookup.attributes, (char *)"name", (char *)name);

  g_main_context_push_thread_default (context);
  run (&lookup, context);
  if (lookup.error != NULL)
    refuse_service (&lookup, name, error);
  else
    secret = take_secret (&lookup, name, error);
  clear (&lookup);
  /* GDBus gives back what subscriptions to signals held in the context where they were made. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return secret;
}
