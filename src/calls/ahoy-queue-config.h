/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyQueueStrategy:
 * @AHOY_QUEUE_STRATEGY_ALL: all that are free, at once
 * @AHOY_QUEUE_STRATEGY_ORDER: one after the other, from the first that is listed
 * @AHOY_QUEUE_STRATEGY_LEAST_RECENT: one after the other, from the one whose last call from the
 *   queue is the longest ago
 *
 * Which members of a queue ring for a caller.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_QUEUE_STRATEGY_ALL,
  AHOY_QUEUE_STRATEGY_ORDER,
  AHOY_QUEUE_STRATEGY_LEAST_RECENT,
} AhoyQueueStrategy;

#define AHOY_TYPE_QUEUE_STRATEGY (ahoy_queue_strategy_get_type ())
AHOY_API
GType ahoy_queue_strategy_get_type (void);

/**
 * AhoyQueueWhenEmpty:
 * @AHOY_QUEUE_WHEN_EMPTY_WAIT: callers wait until a member is there
 * @AHOY_QUEUE_WHEN_EMPTY_LEAVE: callers go on with the next step
 *
 * What happens while no member of a queue can be reached.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_QUEUE_WHEN_EMPTY_WAIT,
  AHOY_QUEUE_WHEN_EMPTY_LEAVE,
} AhoyQueueWhenEmpty;

#define AHOY_TYPE_QUEUE_WHEN_EMPTY (ahoy_queue_when_empty_get_type ())
AHOY_API
GType ahoy_queue_when_empty_get_type (void);

#define AHOY_TYPE_QUEUE_CONFIG (ahoy_queue_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyQueueConfig, ahoy_queue_config, AHOY, QUEUE_CONFIG, AhoyConfigObject)

AHOY_API
AhoyQueueConfig *ahoy_queue_config_new (const char *name);

G_END_DECLS
