/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyStoreKind:
 * @AHOY_STORE_KIND_MEMORY: memory; the objects are gone with the process
 * @AHOY_STORE_KIND_FILE: key files of a folder, see #AhoyStoreKeyfile
 * @AHOY_STORE_KIND_SQLITE: a database of SQLite, see #AhoyStoreSqlite
 * @AHOY_STORE_KIND_SIPCONF: a sip.conf of chan_sip, which is only read, see #AhoyStoreSipconf
 *
 * Where a `[store NAME]` keeps its objects.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_STORE_KIND_MEMORY,
  AHOY_STORE_KIND_FILE,
  AHOY_STORE_KIND_SQLITE,
  AHOY_STORE_KIND_SIPCONF,
} AhoyStoreKind;

#define AHOY_TYPE_STORE_KIND (ahoy_store_kind_get_type ())
AHOY_API
GType ahoy_store_kind_get_type (void);

#define AHOY_TYPE_STORE_CONFIG (ahoy_store_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreConfig, ahoy_store_config, AHOY, STORE_CONFIG, AhoyConfigObject)

AHOY_API
AhoyStoreConfig *ahoy_store_config_new (const char *name);

G_END_DECLS
