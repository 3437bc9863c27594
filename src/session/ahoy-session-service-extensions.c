/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * What programs add to sessions: supplements, SDP handlers and packages of INFO.
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-session-private.h"

static AhoyExtensionRegistry *
get_extensions (AhoySessionService *self)
{
  return ahoy_stack_get_extensions (ahoy_session_service_get_stack (self));
}

AhoyExtensionSnapshot *
ahoy_session_service_get_sdp_handlers (AhoySessionService *self)
{
  return ahoy_extension_registry_snapshot (get_extensions (self), AHOY_TYPE_SDP_HANDLER);
}

AhoyExtensionSnapshot *
ahoy_session_service_get_supplements (AhoySessionService *self)
{
  return ahoy_extension_registry_snapshot (get_extensions (self), AHOY_TYPE_SESSION_SUPPLEMENT);
}

AhoyInfoPackage *
ahoy_session_service_find_info_package (AhoySessionService *self, const char *name)
{
  return g_hash_table_lookup (ahoy_session_service_get_info_packages (self), name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The value of Recv-Info: all packages by name; empty when there is none. */
char *
ahoy_session_service_dup_recv_info (AhoySessionService *self)
{
  guint n_names;
  g_autofree char **names = (char **) g_hash_table_get_keys_as_array (
      ahoy_session_service_get_info_packages (self), &n_names);

  qsort (names, n_names, sizeof *names, compare_names);
  return g_strjoinv (", ", names);
}

/**
 * ahoy_session_service_add_info_package:
 * @self: a service
 * @package: a package
 * @error: return location for an error
 *
 * Takes INFO requests of a package (RFC 6086). From now on Recv-Info names it; sessions that are
 * there already tell their peers when they are refreshed.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when there is one of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_info_package (AhoySessionService *self, AhoyInfoPackage *package,
                                       GError **error)
{
  GHashTable *packages;
  const char *name;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (package), FALSE);

  packages = ahoy_session_service_get_info_packages (self);
  name = ahoy_info_package_get_name (package);
  if (g_hash_table_contains (packages, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "There is an INFO package “%s” already; remove it first", name);
    return FALSE;
  }
  g_hash_table_insert (packages, (gpointer) name, g_object_ref (package));
  return TRUE;
}

/**
 * ahoy_session_service_remove_info_package:
 * @self: a service
 * @package: a package that was added
 *
 * Takes no more INFO requests of the package: they get 469.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_info_package (AhoySessionService *self, AhoyInfoPackage *package)
{
  GHashTable *packages;
  const char *name;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (package), FALSE);

  packages = ahoy_session_service_get_info_packages (self);
  name = ahoy_info_package_get_name (package);
  return g_hash_table_lookup (packages, name) == package &&
         g_hash_table_remove (packages, name);
}

/**
 * ahoy_session_service_add_supplement:
 * @self: a service
 * @supplement: what looks at the messages of sessions
 * @name: a name, not used yet
 * @before: (nullable) (array zero-terminated=1): names of supplements that look later
 * @after: (nullable) (array zero-terminated=1): names of supplements that look first
 * @methods: (nullable) (array zero-terminated=1): the methods it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds a supplement, at any time. It sees the sessions that begin from now on, and nothing of those
 * that are there already.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_supplement (AhoySessionService *self, AhoySessionSupplement *supplement,
                                     const char *name, const char *const *before,
                                     const char *const *after, const char *const *wanted,
                                     GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (supplement), FALSE);

  return ahoy_extension_registry_add (get_extensions (self), AHOY_TYPE_SESSION_SUPPLEMENT,
                                      G_OBJECT (supplement), name, before, after, wanted, error);
}

/**
 * ahoy_session_service_remove_supplement:
 * @self: a service
 * @supplement: a supplement that was added
 *
 * Removes a supplement, at any time. Sessions that began with it show it all their messages and end
 * with it; then the last reference is dropped. New sessions do not see it.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_supplement (AhoySessionService *self,
                                        AhoySessionSupplement *supplement)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (supplement), FALSE);

  return ahoy_extension_registry_remove (get_extensions (self), AHOY_TYPE_SESSION_SUPPLEMENT,
                                         G_OBJECT (supplement));
}

/**
 * ahoy_session_service_add_sdp_handler:
 * @self: a service
 * @handler: what takes care of streams
 * @name: a name, not used yet
 * @media_type: the media type, such as `audio`
 * @before: (nullable) (array zero-terminated=1): names of handlers that are asked later
 * @after: (nullable) (array zero-terminated=1): names of handlers that are asked first
 * @error: return location for an error
 *
 * Adds an SDP handler for a media type.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_sdp_handler (AhoySessionService *self, AhoySdpHandler *handler,
                                      const char *name, const char *media_type,
                                      const char *const *before, const char *const *after,
                                      GError **error)
{
  const char *types[] = { media_type, NULL };

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (handler), FALSE);
  g_return_val_if_fail (media_type != NULL, FALSE);

  return ahoy_extension_registry_add (get_extensions (self), AHOY_TYPE_SDP_HANDLER,
                                      G_OBJECT (handler), name, before, after, types, error);
}

/**
 * ahoy_session_service_remove_sdp_handler:
 * @self: a service
 * @handler: a handler that was added
 *
 * Removes an SDP handler. Streams that it took stay its own.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_sdp_handler (AhoySessionService *self, AhoySdpHandler *handler)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (handler), FALSE);

  return ahoy_extension_registry_remove (get_extensions (self), AHOY_TYPE_SDP_HANDLER,
                                         G_OBJECT (handler));
}
