/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes, or records, from one thread to another without lock, wait or system call: one thread
 * writes, one reads. Records and plain bytes are not mixed in one ring. */
typedef struct _AhoyGstRing AhoyGstRing;

AhoyGstRing *ahoy_gst_ring_new (gsize capacity);
void ahoy_gst_ring_free (AhoyGstRing *self);
gsize ahoy_gst_ring_get_capacity (AhoyGstRing *self);

/* The writer's side. */
gsize ahoy_gst_ring_get_writable (AhoyGstRing *self);
gsize ahoy_gst_ring_write (AhoyGstRing *self, gconstpointer data, gsize size);
gboolean ahoy_gst_ring_write_record (AhoyGstRing *self, gconstpointer data, gsize size);

/* The reader's side. */
gsize ahoy_gst_ring_get_readable (AhoyGstRing *self);
gsize ahoy_gst_ring_read (AhoyGstRing *self, gpointer data, gsize size);
gssize ahoy_gst_ring_read_record (AhoyGstRing *self, gpointer data, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstRing, ahoy_gst_ring_free)

G_END_DECLS
