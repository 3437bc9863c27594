/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

G_BEGIN_DECLS

/* Values of GLib in messages of sd-bus. Numbers below 0 are -errno, as everywhere in sd-bus. */
int ahoy_bus_variant_append (sd_bus_message *message, GVariant *value);
int ahoy_bus_variant_append_in_variant (sd_bus_message *message, GVariant *value);
int ahoy_bus_variant_append_children (sd_bus_message *message, GVariant *tuple);
int ahoy_bus_variant_read (sd_bus_message *message, GArray *descriptors, GVariant **arguments);

G_END_DECLS
