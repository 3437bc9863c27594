/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-sipconf.h"

#include "ahoy-error.h"
#include "ahoy-sipconf-job-private.h"
#include "ahoy-store-table-private.h"

/**
 * AhoyStoreSipconf:
 *
 * A `sip.conf` of chan_sip, the old SIP channel driver of Asterisk: its peers, users and friends as
 * endpoints, and its `[general]` as settings, transports and domains. It is only read. Each key
 * that Ahoy has no counterpart for is a warning with its file and line; docs/sipconf.md has them.
 *
 * A daemon reads one with its other files, where `[store NAME]` says `backend=sipconf`.
 *
 * Since: 0.1
 */
struct _AhoyStoreSipconf {
  GObject parent_instance;
  AhoyConfigSchema *schema;
  char *path;
  AhoyConfigSet *objects;
  guint64 revision;
};

#define FILES_ORIGIN "files"

static void backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyStoreSipconf, ahoy_store_sipconf, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, backend_init))

static void
ahoy_store_sipconf_finalize (GObject *object)
{
  AhoyStoreSipconf *self = AHOY_STORE_SIPCONF (object);

  g_clear_object (&self->schema);
  g_clear_object (&self->objects);
  g_free (self->path);
  G_OBJECT_CLASS (ahoy_store_sipconf_parent_class)->finalize (object);
}

static void
ahoy_store_sipconf_class_init (AhoyStoreSipconfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_sipconf_finalize;
}

static void
ahoy_store_sipconf_init (AhoyStoreSipconf *self)
{
  self->objects = ahoy_config_set_new ();
  self->revision = ahoy_store_table_start_revision ();
}

/**
 * ahoy_store_sipconf_new:
 * @schema: (transfer none): the types of objects that there are
 * @path: (type filename): the file, such as `/etc/asterisk/sip.conf`; what it includes is looked
 *   for beside it
 *
 * Returns: (transfer full): a backend that has read nothing yet; ahoy_store_backend_read_all() does
 *   so, for the first time or again
 *
 * Since: 0.1
 */
AhoyStoreSipconf *
ahoy_store_sipconf_new (AhoyConfigSchema *schema, const char *path)
{
  AhoyStoreSipconf *self;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (AHOY_TYPE_STORE_SIPCONF, NULL);
  self->schema = g_object_ref (schema);
  self->path = g_canonicalize_filename (path, NULL);
  return self;
}

static AhoyConfigSet *
read_all (AhoyStoreBackend *backend, GPtrArray *problems)
{
  AhoyStoreSipconf *self = AHOY_STORE_SIPCONF (backend);
  g_autoptr (AhoySipconfDocument) document = ahoy_sipconf_document_read (self->path);
  g_autoptr (AhoyConfigSet) next = ahoy_sipconf_translate (self->schema, document);
  g_autoptr (GPtrArray) changes
      = ahoy_store_table_compare (self->objects, next, &self->revision, FILES_ORIGIN);

  for (guint i = 0; i < document->problems->len; i++)
    g_ptr_array_add (problems, ahoy_config_problem_ref (document->problems->pdata[i]));
  g_set_object (&self->objects, next);
  ahoy_store_table_announce (backend, changes);
  return ahoy_config_set_copy (self->objects);
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  return FALSE;
}

static void
apply_async (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreSipconf *self = AHOY_STORE_SIPCONF (backend);

  g_task_report_new_error (self, callback, user_data, apply_async, AHOY_ERROR,
                           AHOY_ERROR_NOT_SUPPORTED,
                           "“%s” is only read; change it by hand and reload", self->path);
}

static void
query_async (AhoyStoreBackend *backend, AhoyStoreQuery *query, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  ahoy_store_table_query_async (backend, AHOY_STORE_SIPCONF (backend)->objects, query, cancellable,
                                callback, user_data);
}

static void
backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->apply_async = apply_async;
  iface->apply_finish = ahoy_store_table_apply_finish;
  iface->query_async = query_async;
  iface->query_finish = ahoy_store_table_query_finish;
  iface->read_all = read_all;
}
