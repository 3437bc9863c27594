/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-server-transaction.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyServiceVerdict:
 * @AHOY_SERVICE_FAILED: the service could not cope; the stack answers 500
 * @AHOY_SERVICE_NOT_MINE: the request is for another service
 * @AHOY_SERVICE_TAKEN: the service answers the request, now or later
 *
 * What a service says to a request. The value 0, which a broken extension yields, is the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SERVICE_FAILED = 0,
  AHOY_SERVICE_NOT_MINE,
  AHOY_SERVICE_TAKEN,
} AhoyServiceVerdict;

#define AHOY_TYPE_SERVICE_VERDICT (ahoy_service_verdict_get_type ())
AHOY_API
GType ahoy_service_verdict_get_type (void);

#define AHOY_TYPE_SERVICE (ahoy_service_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyService, ahoy_service, AHOY, SERVICE, GObject)

/**
 * AhoyServiceInterface:
 * @handle_request: look at a request that belongs to no dialog
 *
 * Since: 0.1
 */
struct _AhoyServiceInterface {
  GTypeInterface parent_iface;

  AhoyServiceVerdict (*handle_request) (AhoyService *self, AhoyServerTransaction *transaction);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyServiceVerdict ahoy_service_handle_request (AhoyService *self,
                                                AhoyServerTransaction *transaction);

G_END_DECLS
