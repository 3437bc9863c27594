/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-queue.h"
#include "ahoy-call-run-private.h"
#include "ahoy-dial-private.h"

G_BEGIN_DECLS

#define AHOY_QUEUE_RESULT_VARIABLE "queue-result"

typedef struct _AhoyQueueCaller AhoyQueueCaller;

AhoyCallQueue *ahoy_call_queue_new (AhoyDialApplication *dial, AhoyQueueConfig *config);
void ahoy_call_queue_set_config (AhoyCallQueue *self, AhoyQueueConfig *config);
AhoyDialApplication *ahoy_call_queue_get_dial (AhoyCallQueue *self);
/* Why nobody may enter now: full, empty; NULL: somebody may. */
const char *ahoy_call_queue_refuse (AhoyCallQueue *self);

/* What becomes of callers; each of these looks again, a moment later, at who can be called. */
void ahoy_call_queue_add (AhoyCallQueue *self, AhoyQueueCaller *caller);
void ahoy_call_queue_remove (AhoyCallQueue *self, AhoyQueueCaller *caller, const char *result);
void ahoy_call_queue_answered (AhoyCallQueue *self, AhoyQueueCaller *caller, AhoySession *leg);
void ahoy_call_queue_declined (AhoyCallQueue *self, AhoyEndpoint *endpoint);
/* Those who rang for a caller do so no longer; @in_vain: they had the time to answer. */
void ahoy_call_queue_silence (AhoyCallQueue *self, AhoyQueueCaller *caller, gboolean in_vain);

G_END_DECLS
