/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

/* How digits are asked for. Texts are copied. */
typedef struct {
  const char *const *sounds; /* played first, one after the other; NULL for none */
  const char *text;          /* said after them; NULL for nothing */
  const char *voice;         /* NULL for the usual one */
  const char *tone;          /* heard in place of them until the first digit; NULL for none */
  guint most;                /* how many digits */
  const char *end;           /* the digit that ends them; NULL for none */
  guint tries;               /* how often everything is played while no digit comes */
  gint64 timeout;            /* µs until the first digit, after the sounds */
  gint64 between;            /* µs until one more digit */
} AhoyDigitWish;

typedef struct _AhoyDigitCollector AhoyDigitCollector;

/* @digits is empty when none came; with @error a sound cannot be played. The collector asks for
 * nothing any more, and may be freed in it. */
typedef void (*AhoyDigitFunc) (const char *digits, const GError *error, gpointer user_data);

AhoyDigitCollector *ahoy_digit_collector_new (AhoyCallRouter *router, AhoySession *session,
                                              AhoyMediaStream *media, const AhoyDigitWish *wish,
                                              AhoyDigitFunc func, gpointer user_data);
/* Begins to ask; @func is not called before it returns. */
gboolean ahoy_digit_collector_start (AhoyDigitCollector *self, GError **error);
/* Stops the sound that it plays, if any. */
void ahoy_digit_collector_silence (AhoyDigitCollector *self);
void ahoy_digit_collector_free (AhoyDigitCollector *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDigitCollector, ahoy_digit_collector_free)

G_END_DECLS
