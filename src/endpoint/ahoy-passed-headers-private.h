/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint.h"
#include "ahoy-message.h"

G_BEGIN_DECLS

/* Headers that one leg of a call passes to the other as they are: those that the endpoints of both
 * name (key `pass-headers`). An endpoint may be NULL: it names none. */

gboolean ahoy_passed_headers_is_named (AhoyEndpoint *endpoint, const char *name);
/* Adds those of @message that both name to an `a(ss)`, in the order in which @to names them: 2048
 * bytes at most. */
void ahoy_passed_headers_add (GVariantBuilder *builder, AhoyMessage *message, AhoyEndpoint *from,
                              AhoyEndpoint *to);

G_END_DECLS
