/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-scheduler.h"

G_BEGIN_DECLS

/*
 * When which contact is asked: each at its interval, all of them spread over it, never more than
 * some per moment. One timer, however many there are.
 */
typedef struct _AhoyQualifyPacer AhoyQualifyPacer;

/* One that is asked; it stands at the beginning of what its owner keeps about it. */
typedef struct {
  gint64 interval;      /* in µs */
  gint64 patience;      /* in µs: how long an answer may take */
  gint64 due;           /* when it is asked next, or, while asked, when it was */
  GSequenceIter *place; /* in the queue of the due, or, while asked, in that of the asked */
  gboolean asked;
} AhoyQualifyItem;

/* In both the item may be removed, changed or asked again. */
typedef struct {
  void (*ask) (AhoyQualifyItem *item, gpointer user_data);     /* asked is TRUE already */
  void (*give_up) (AhoyQualifyItem *item, gpointer user_data); /* asked is FALSE again */
} AhoyQualifyPacerFuncs;

AhoyQualifyPacer *ahoy_qualify_pacer_new (AhoyScheduler *scheduler,
                                          const AhoyQualifyPacerFuncs *funcs, gpointer user_data);
void ahoy_qualify_pacer_free (AhoyQualifyPacer *self);
void ahoy_qualify_pacer_set_pace (AhoyQualifyPacer *self, gint64 gap, guint peers);
void ahoy_qualify_pacer_add (AhoyQualifyPacer *self, AhoyQualifyItem *item, gint64 within);
void ahoy_qualify_pacer_remove (AhoyQualifyPacer *self, AhoyQualifyItem *item);
void ahoy_qualify_pacer_change (AhoyQualifyPacer *self, AhoyQualifyItem *item, gint64 interval,
                                gint64 patience);
void ahoy_qualify_pacer_hurry (AhoyQualifyPacer *self, AhoyQualifyItem *item);
void ahoy_qualify_pacer_answered (AhoyQualifyPacer *self, AhoyQualifyItem *item);
guint ahoy_qualify_pacer_get_n_items (AhoyQualifyPacer *self);
gint64 ahoy_qualify_pacer_get_lag (AhoyQualifyPacer *self);

G_END_DECLS
