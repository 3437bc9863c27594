/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-statistics.h"

G_DEFINE_BOXED_TYPE (AhoyMediaStatistics, ahoy_media_statistics, ahoy_media_statistics_copy,
                     ahoy_media_statistics_free)

/**
 * ahoy_media_statistics_new:
 *
 * Makes statistics in which nothing was counted yet; for those who implement #AhoyMediaStream.
 *
 * Returns: (transfer full): statistics
 *
 * Since: 0.1
 */
AhoyMediaStatistics *
ahoy_media_statistics_new (void)
{
  return g_new0 (AhoyMediaStatistics, 1);
}

/**
 * ahoy_media_statistics_copy:
 * @self: statistics
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
AhoyMediaStatistics *
ahoy_media_statistics_copy (const AhoyMediaStatistics *self)
{
  AhoyMediaStatistics *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->codec = g_strdup (self->codec);
  copy->local_address = g_strdup (self->local_address);
  copy->remote_address = g_strdup (self->remote_address);
  return copy;
}

/**
 * ahoy_media_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees statistics.
 *
 * Since: 0.1
 */
void
ahoy_media_statistics_free (AhoyMediaStatistics *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->codec);
  g_free (self->local_address);
  g_free (self->remote_address);
  g_free (self);
}
