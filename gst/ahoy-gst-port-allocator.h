/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_PORT_ALLOCATOR (ahoy_gst_port_allocator_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstPortAllocator, ahoy_gst_port_allocator, AHOY_GST, PORT_ALLOCATOR,
                      GObject)

AHOY_API
AhoyGstPortAllocator *ahoy_gst_port_allocator_new (guint min, guint max);
AHOY_API
guint ahoy_gst_port_allocator_get_min (AhoyGstPortAllocator *self);
AHOY_API
guint ahoy_gst_port_allocator_get_max (AhoyGstPortAllocator *self);
AHOY_API
guint ahoy_gst_port_allocator_get_n_used (AhoyGstPortAllocator *self);
AHOY_API
void ahoy_gst_port_allocator_set_quarantine (AhoyGstPortAllocator *self, gint64 quarantine);
AHOY_API
gboolean ahoy_gst_port_allocator_allocate (AhoyGstPortAllocator *self, const char *address,
                                           gboolean rtcp, int *rtp_fd, int *rtcp_fd, guint *port,
                                           GError **error);
AHOY_API
void ahoy_gst_port_allocator_release (AhoyGstPortAllocator *self, guint port);

G_END_DECLS
