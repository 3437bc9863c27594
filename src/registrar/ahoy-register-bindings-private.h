/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-aor-config.h"
#include "ahoy-location-edit.h"
#include "ahoy-register-request-private.h"

G_BEGIN_DECLS

/* What an address of record allows; its keys. */
typedef struct {
  guint max_contacts;
  gint64 shortest; /* seconds, as all of them */
  gint64 longest;
  gint64 usual;
  gboolean remove_existing;
  gboolean remove_unavailable;
  gboolean reject_brief;
  gboolean rewrite;
  gboolean support_path;
} AhoyRegisterLimits;

void ahoy_register_limits_init (AhoyRegisterLimits *self, AhoyConfigObject *aor);

/* Where a REGISTER came from. */
typedef struct {
  GInetSocketAddress *source;
  const char *received; /* the same as text */
  const char *transport;
  AhoyTransportProtocol protocol;
} AhoyRegisterOrigin;

gboolean ahoy_register_bindings_apply (const AhoyRegisterRequest *request,
                                       const AhoyRegisterLimits *limits,
                                       const AhoyRegisterOrigin *origin, AhoyLocationEdit *edit,
                                       gint64 now, AhoyRegisterRefusal *refusal);

G_END_DECLS
