/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>
#include <string.h>

/* Warnings end a test, but that an extension took long says only that the machine is loaded: how
 * long something takes is no matter of tests that run beside others, under sanitizers. */
static inline GLogWriterOutput
slow_machine_write (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
                    gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0 &&
        strstr (fields[i].value, "kept everything waiting") != NULL) {
      g_test_message ("%s", (const char *) fields[i].value);
      return G_LOG_WRITER_HANDLED;
    }
  }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static inline void
slow_machine_tolerate (void)
{
  g_log_set_writer_func (slow_machine_write, NULL, NULL);
}
