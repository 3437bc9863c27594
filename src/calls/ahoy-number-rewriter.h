/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-rewrite-config.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_NUMBER_REWRITER (ahoy_number_rewriter_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyNumberRewriter, ahoy_number_rewriter, AHOY, NUMBER_REWRITER, GObject)

AHOY_API
AhoyNumberRewriter *ahoy_number_rewriter_new (void);
AHOY_API
gboolean ahoy_number_rewriter_add (AhoyNumberRewriter *self, AhoyRewriteConfig *rule,
                                   GError **error);
AHOY_API
guint ahoy_number_rewriter_get_length (AhoyNumberRewriter *self);
AHOY_API
char *ahoy_number_rewriter_rewrite (AhoyNumberRewriter *self, const char *endpoint,
                                    const char *number, char ***applied);
AHOY_API
char *ahoy_number_rewriter_rewrite_caller (AhoyNumberRewriter *self, const char *endpoint,
                                           const char *number, char ***applied);

G_END_DECLS
