/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <gmodule.h>
#include <stdlib.h>

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-number-formatter.h"
#include "ahoy-plugins-private.h"

/* Numbers as people write them: who knows it is asked, and the plugin that does is loaded when the
 * key `country` of [core] wants it. */

#define PLUGIN "libahoy-phonenumber." G_MODULE_SUFFIX
#define NAME "phonenumber"

typedef GObject *(*PluginFunc) (void);

static const char *
find_country (AhoyCore *self, AhoyEndpoint *endpoint)
{
  const char *country =
      endpoint != NULL
          ? ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                           "country")
          : NULL;

  if ((country == NULL || *country == '\0') && self->settings != NULL) {
    country = ahoy_config_object_get_string (self->settings, "country");
  }
  return country != NULL && *country != '\0' ? country : NULL;
}

static char *
ask (AhoyExtension *entry, const char *number, const char *country, GError **error)
{
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  char *text = ahoy_number_formatter_format (
      AHOY_NUMBER_FORMATTER (ahoy_extension_get_object (entry)), number, country, error);

  ahoy_extension_end_call (entry, &call, "format");
  return text;
}

/**
 * ahoy_core_format_number:
 * @self: a core
 * @endpoint: (nullable): the endpoint whose peer has the number; %NULL for none
 * @number: a telephone number
 * @error: return location for an error
 *
 * Writes a number as people of a country do, for them to read: that of the key `country` of the
 * endpoint, else of the group `[core]`. The #AhoyNumberFormatter extensions of the core are asked
 * in their order; the first that knows what to write is believed.
 *
 * Returns: (transfer full): the number as people write it; %NULL with %AHOY_ERROR_NOT_SUPPORTED
 *   when there is no formatter, or with the error of the last one
 *
 * Since: 0.1
 */
char *
ahoy_core_format_number (AhoyCore *self, AhoyEndpoint *endpoint, const char *number,
                         GError **error)
{
  g_autoptr (AhoyExtensionSnapshot) all = NULL;
  g_autoptr (GError) reason = NULL;
  char *text = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (endpoint == NULL || AHOY_IS_ENDPOINT (endpoint), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  all = ahoy_extension_registry_snapshot (ahoy_stack_get_extensions (self->stack),
                                          AHOY_TYPE_NUMBER_FORMATTER);
  for (guint i = 0; text == NULL && i < ahoy_extension_snapshot_get_length (all); i++) {
    g_clear_error (&reason);
    text = ask (ahoy_extension_snapshot_get (all, i), number, find_country (self, endpoint),
                &reason);
  }
  if (text == NULL && reason == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "Nobody knows how numbers are written: set country in [core], and "
                         "install the plugin phonenumber");
  } else if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
  }
  return text;
}

/* -- the plugin ----------------------------------------------------------------------------- */

/* It stays in memory: what it registers with GObject cannot go. */
static GObject *
load_plugin (GError **error)
{
  const char *given = secure_getenv ("AHOY_PLUGIN_DIRECTORY");
  g_autofree char *path =
      g_build_filename (given != NULL ? given : AHOY_PLUGIN_DIRECTORY, PLUGIN, NULL);
  GModule *module;
  PluginFunc func = NULL;
  GObject *plugin;

  module = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (module == NULL || !g_module_symbol (module, "ahoy_plugin_new", (gpointer *) &func)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "%s", g_module_error ());
    g_clear_pointer (&module, g_module_close);
    return NULL;
  }
  g_module_make_resident (module);
  plugin = func ();
  if (!AHOY_IS_NUMBER_FORMATTER (plugin)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "“%s” has no formatter of numbers", path);
    g_clear_object (&plugin);
  }
  return plugin;
}

static gboolean
add_plugin (AhoyCore *self, GError **error)
{
  g_autoptr (GObject) plugin = load_plugin (error);

  if (plugin == NULL || !ahoy_core_add_extension (self, AHOY_TYPE_NUMBER_FORMATTER, plugin, NAME,
                                                  NULL, NULL, NULL, error)) {
    return FALSE;
  }
  self->formatter = g_steal_pointer (&plugin);
  return TRUE;
}

void
ahoy_core_apply_numbers (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyCore *self = change->core;
  const char *country = ahoy_config_object_get_string (settings, "country");
  gboolean wanted = country != NULL && *country != '\0';
  g_autoptr (GError) error = NULL;

  if (!wanted && self->formatter != NULL) {
    ahoy_core_remove_extension (self, AHOY_TYPE_NUMBER_FORMATTER, self->formatter);
    g_clear_object (&self->formatter);
  } else if (wanted && self->formatter == NULL && !add_plugin (self, &error)) {
    g_message ("Numbers are not written as people in %s do: %s", country, error->message);
  }
}
