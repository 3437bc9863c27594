/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-auth-config.h"
#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-error.h"

/* [auth NAME]: the accounts that endpoints have besides their own; and what checks them all. */

#define SECRET_FILE "nonce-secret"
#define SECRET_BYTES 32

static gboolean
add_auth (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_auth_registry_add (change->core->auths, AHOY_AUTH_CONFIG (object), &error)) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

static void
remove_auth (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_auth_registry_remove (change->core->auths, ahoy_config_object_get_name (object));
}

static gboolean
change_auth (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  remove_auth (change, old);
  return add_auth (change, object);
}

const AhoyCorePart ahoy_core_auth_part = {
  .type = "auth",
  .add = add_auth,
  .change = change_auth,
  .remove = remove_auth,
};

/* -- the authenticator ---------------------------------------------------------------------- */

/* What was made at the first start; a new one where there is none. NULL: neither can be. */
static char *
find_stored_secret (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, SECRET_FILE, NULL);
  g_autofree char *secret = NULL;

  if (g_file_get_contents (path, &secret, NULL, NULL)) {
    g_strstrip (secret);
    if (strlen (secret) >= SECRET_BYTES) {
      return g_steal_pointer (&secret);
    }
    g_clear_pointer (&secret, g_free);
  }
  secret = ahoy_digest_make_random (SECRET_BYTES);
  if (secret == NULL || g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (path, secret, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)) {
    return NULL;
  }
  return g_steal_pointer (&secret);
}

/* From the configuration, else from the state; else it stays the random one. */
static void
apply_secret (AhoyCore *self, AhoyConfigObject *settings)
{
  const char *given = ahoy_config_object_get_string (settings, "nonce-secret");
  g_autofree char *stored = NULL;
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (given == NULL && self->state_folder != NULL) {
    stored = find_stored_secret (self->state_folder, &error);
    if (stored == NULL) {
      g_warning ("The secret of nonces cannot be kept in %s, so that a restart makes phones ask "
                 "once more: %s",
                 self->state_folder, error != NULL ? error->message : "it cannot be made");
    }
    given = stored;
  }
  if (given != NULL) {
    secret = g_bytes_new (given, strlen (given));
    ahoy_digest_authenticator_set_secret (self->digest, secret);
  }
}

static AhoyDigestQop
read_qop (AhoyConfigObject *settings)
{
  guint choices = ahoy_config_object_get_choices (settings, "auth-qop");
  AhoyDigestQop qop = AHOY_DIGEST_QOP_NONE;

  qop |= (choices & AHOY_AUTH_PROTECTION_AUTH) != 0 ? AHOY_DIGEST_QOP_AUTH : 0;
  qop |= (choices & AHOY_AUTH_PROTECTION_AUTH_INT) != 0 ? AHOY_DIGEST_QOP_AUTH_INT : 0;
  return qop;
}

static gboolean
add_authenticator (AhoyCore *self, GError **error)
{
  self->digest = ahoy_digest_authenticator_new (
      self->auths, ahoy_interception_get_security_log (self->interception));
  return ahoy_authentication_add_authenticator (
      self->authentication, AHOY_AUTHENTICATOR (self->digest), "digest", NULL, NULL, error);
}

void
ahoy_core_apply_digest (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyCore *self = change->core;
  g_autoptr (GError) error = NULL;

  if (old == NULL && !add_authenticator (self, &error)) {
    ahoy_core_change_fail (change, settings, NULL, error);
  }
  if (old == NULL || g_strcmp0 (ahoy_config_object_get_string (old, "nonce-secret"),
                                ahoy_config_object_get_string (settings, "nonce-secret")) != 0) {
    apply_secret (self, settings);
  }
  g_object_set (
      self->digest, "realm", ahoy_config_object_get_string (settings, "realm"), "algorithms",
      ahoy_config_object_get_list (settings, "auth-algorithms"), "qop", read_qop (settings),
      "allow-without-qop", ahoy_config_object_get_boolean (settings, "auth-without-qop"),
      "in-dialog-methods", ahoy_config_object_get_list (settings, "auth-in-dialog"), "domain",
      ahoy_config_object_get_string (settings, "auth-domain"), "nonce-lifetime",
      (guint) (ahoy_config_object_get_duration (settings, "nonce-lifetime") / G_USEC_PER_SEC),
      "bind-nonces", ahoy_config_object_get_boolean (settings, "nonce-bind"), NULL);
}

/**
 * ahoy_core_set_state_folder:
 * @self: a core that was not configured yet
 * @folder: (type filename): a folder that is kept over restarts
 *
 * Lets the core keep there what should outlive it: the secret that nonces are made with.
 *
 * Since: 0.1
 */
void
ahoy_core_set_state_folder (AhoyCore *self, const char *folder)
{
  g_return_if_fail (AHOY_IS_CORE (self));
  g_return_if_fail (folder != NULL);

  g_free (self->state_folder);
  self->state_folder = g_strdup (folder);
}

/**
 * ahoy_core_get_digest_authenticator:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what checks the accounts; in the order of authenticators it
 *   is named `digest`. %NULL before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyDigestAuthenticator *
ahoy_core_get_digest_authenticator (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->digest;
}

/**
 * ahoy_core_get_auths:
 * @self: a core
 *
 * Returns: (transfer none): the accounts of the configuration
 *
 * Since: 0.1
 */
AhoyAuthRegistry *
ahoy_core_get_auths (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->auths;
}
