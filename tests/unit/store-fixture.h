/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <sys/resource.h>

#include "ahoy.h"

/* A backend of one kind or another in a folder of its own, and what it announced. */

#define OWN_FILE "90-ahoyd.conf"
#define DATABASE "state/ahoy.db"

typedef enum {
  STORE_MEMORY,
  STORE_KEYFILE,
  STORE_SQLITE,
} StoreKind;

typedef struct {
  const char *name;
  StoreKind kind;
  gboolean through_store;
  gboolean cached; /* there is a cache in front of it, */
  gboolean full;   /* which keeps all objects of a type */
  gboolean pool; /* of threads of ours; SQLite has one in any case */
} StoreSetup;

typedef struct {
  const StoreSetup *setup;
  char *folder;
  AhoyConfigSchema *schema;
  AhoyDispatcher *dispatcher;
  AhoyWorkPool *pool; /* who writes; NULL for GLib */
  AhoyStoreBackend *backend;
  AhoyStore *store;  /* NULL when the backend is asked itself */
  GString *changes; /* “+bob ”, “~bob ”, “-bob ” */
  guint64 last_revision;
  char *last_origin;
} Fixture;

void set_up (Fixture *fixture, gconstpointer setup);
void tear_down (Fixture *fixture, gconstpointer setup);

AhoyStoreBackend *make_keyfile (Fixture *fixture);
AhoyStoreBackend *make_sqlite (Fixture *fixture);
/* Gives the backend up, as a program that ends, and makes another one of the same place. */
void reopen (Fixture *fixture);

void assert_changes (Fixture *fixture, const char *expected);
char *path_of (Fixture *fixture, const char *name);
void put_file (Fixture *fixture, const char *name, const char *text);
void remove_folder (const char *folder);
void limit_files (rlim_t size);

void on_done (GObject *source, GAsyncResult *result, gpointer user_data);
void wait_for (GAsyncResult **result);
gboolean apply (Fixture *fixture, AhoyStoreBatch *batch, GError **error);
GPtrArray *query (Fixture *fixture, AhoyStoreQuery *wanted);
AhoyConfigObject *get (Fixture *fixture, const char *type_name, const char *name);
void assert_applied (Fixture *fixture, AhoyStoreBatch *batch);
void assert_refused (Fixture *fixture, AhoyStoreBatch *batch, AhoyError code, const char *says);

AhoyConfigObject *make_endpoint (const char *name, const char *context);
void create (Fixture *fixture, const char *name, const char *context);
