/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

/**
 * AHOY_API:
 *
 * Marks a symbol that libahoy exports. Everything else stays inside the library.
 */
#define AHOY_API __attribute__ ((visibility ("default")))
