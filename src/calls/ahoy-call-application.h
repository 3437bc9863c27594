/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-call-query.h"
#include "ahoy-call-run.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyCallVerdict:
 * @AHOY_CALL_FAILED: the step could not be done; the call is ended
 * @AHOY_CALL_DONE: the step is done; go on with the next one
 * @AHOY_CALL_WAITING: the application has the call, and says ahoy_call_run_finish() later
 * @AHOY_CALL_DETACHED: somebody else has the call from now on; the steps that follow are left out
 *
 * What a call application says of a step. The value 0, which a broken extension yields, is the safe
 * one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CALL_FAILED = 0,
  AHOY_CALL_DONE,
  AHOY_CALL_WAITING,
  AHOY_CALL_DETACHED,
} AhoyCallVerdict;

#define AHOY_TYPE_CALL_VERDICT (ahoy_call_verdict_get_type ())
AHOY_API
GType ahoy_call_verdict_get_type (void);

#define AHOY_TYPE_CALL_APPLICATION (ahoy_call_application_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyCallApplication, ahoy_call_application, AHOY, CALL_APPLICATION, GObject)

/**
 * AhoyCallApplicationInterface:
 * @run: do a step of a route
 * @cancel: the call is over, or somebody else's, while the application had it
 * @digit: the caller dialled a digit, once ahoy_call_run_prepare_media() was called for the step
 * @played: what played to the caller has ended, or was stopped
 * @foresee: say what the step would do with a call, without one
 *
 * Since: 0.1
 */
struct _AhoyCallApplicationInterface {
  GTypeInterface parent_iface;

  AhoyCallVerdict (*run) (AhoyCallApplication *self, AhoyCallRun *run, GError **error);
  void (*cancel) (AhoyCallApplication *self, AhoyCallRun *run);
  void (*digit) (AhoyCallApplication *self, AhoyCallRun *run, const char *digit,
                 guint duration_ms);
  void (*played) (AhoyCallApplication *self, AhoyCallRun *run, gboolean complete);
  gboolean (*foresee) (AhoyCallApplication *self, AhoyCallQuery *query);

  /*< private >*/
  gpointer padding[9];
};

AHOY_API
AhoyCallVerdict ahoy_call_application_run (AhoyCallApplication *self, AhoyCallRun *run,
                                           GError **error);
AHOY_API
void ahoy_call_application_cancel (AhoyCallApplication *self, AhoyCallRun *run);
AHOY_API
void ahoy_call_application_digit (AhoyCallApplication *self, AhoyCallRun *run, const char *digit,
                                  guint duration_ms);
AHOY_API
void ahoy_call_application_played (AhoyCallApplication *self, AhoyCallRun *run,
                                   gboolean complete);
AHOY_API
gboolean ahoy_call_application_foresee (AhoyCallApplication *self, AhoyCallQuery *query);

G_END_DECLS
