/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_CONFIG_SECRET_FILE "-file"
#define AHOY_CONFIG_SECRET_CREDENTIAL "-credential"
#define AHOY_CONFIG_SECRET_SERVICE "-secret"

char *ahoy_config_secret_read_file (const char *path, const char *folder, GError **error);
char *ahoy_config_secret_read_credential (const char *name, GError **error);
/* Waits for the Secret Service of the session, up to some seconds. */
char *ahoy_config_secret_read_service (const char *name, GError **error);
/* A copy of @content as a secret: one line of text. @place is where it stands, for the error. */
char *ahoy_config_secret_take (const char *place, const char *content, gsize length,
                               GError **error);
void ahoy_config_secret_free (char *secret);

G_END_DECLS
