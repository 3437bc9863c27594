/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-record.h"

G_BEGIN_DECLS

/* One table of what a record has: the file, the bus and the command line follow from it. */
typedef enum {
  AHOY_CALL_FIELD_TEXT,   /* char * */
  AHOY_CALL_FIELD_COUNT,  /* guint64, or a gint64 that is never below 0 */
  AHOY_CALL_FIELD_SIGNED, /* gint64 */
  AHOY_CALL_FIELD_NUMBER, /* guint */
  AHOY_CALL_FIELD_REAL,   /* double */
  AHOY_CALL_FIELD_DIRECTION,
  AHOY_CALL_FIELD_PARTY,
} AhoyCallFieldKind;

typedef struct {
  const char *name;   /* as on the bus */
  const char *column; /* in the file */
  AhoyCallFieldKind kind;
  gsize offset;
} AhoyCallField;

#define AHOY_CALL_N_FIELDS 35
extern const AhoyCallField ahoy_call_fields[AHOY_CALL_N_FIELDS];

/* What a peer wrote, as it can be kept and shown: at most 255 bytes, without control characters.
 * NULL for nothing. */
char *ahoy_call_record_clean (const char *text);

/* The name of an enum's value, such as “incoming”, and the other way round; what has no name is the
 * first value. */
const char *ahoy_call_field_get_nick (AhoyCallFieldKind kind, int value);
int ahoy_call_field_find_nick (AhoyCallFieldKind kind, const char *nick);

G_END_DECLS
