/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is handed over: a function, run once in the thread that receives. */
typedef void (*AhoyGstFunc) (gpointer data);

typedef struct _AhoyGstHandOver AhoyGstHandOver;

AhoyGstHandOver *ahoy_gst_hand_over_new (void);
void ahoy_gst_hand_over_free (AhoyGstHandOver *self);
void ahoy_gst_hand_over_push (AhoyGstHandOver *self, AhoyGstFunc func, gpointer data);
void ahoy_gst_hand_over_add (AhoyGstHandOver *self, AhoyGstFunc func, gpointer data);
void ahoy_gst_hand_over_wake (AhoyGstHandOver *self);
void ahoy_gst_hand_over_expect (AhoyGstHandOver *self, int difference);
gboolean ahoy_gst_hand_over_has_any (AhoyGstHandOver *self);
guint ahoy_gst_hand_over_run (AhoyGstHandOver *self);
int ahoy_gst_hand_over_get_fd (AhoyGstHandOver *self);
GSource *ahoy_gst_hand_over_create_source (AhoyGstHandOver *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstHandOver, ahoy_gst_hand_over_free)

G_END_DECLS
