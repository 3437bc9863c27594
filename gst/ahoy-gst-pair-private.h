/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-stream.h"

G_BEGIN_DECLS

/* Two streams that are joined, as the owner's thread sees them. */
typedef struct _AhoyGstPair AhoyGstPair;

AhoyGstPair *ahoy_gst_pair_new (AhoyGstStream *first, AhoyGstStream *second);
void ahoy_gst_pair_end (AhoyGstPair *self);
void ahoy_gst_pair_migrate (AhoyGstPair *self, guint worker);
void ahoy_gst_pair_arrived (AhoyGstPair *self);
void ahoy_gst_pair_configured (AhoyGstPair *self);
void ahoy_gst_pair_add_listener (AhoyGstPair *self, AhoyGstStream *from);

G_END_DECLS
