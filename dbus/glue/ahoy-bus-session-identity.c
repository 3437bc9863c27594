/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* Who is on the other side of a session on the bus, who it is told that we are, and why it ends. */

#define SESSION(target) (((AhoyBusSession *) (target))->session)

static GVariant *
describe (AhoyIdentity *identity)
{
  g_autoptr (GVariant) known = NULL;
  GVariantDict dict;

  if (identity == NULL) {
    return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  }
  known = ahoy_identity_to_variant (identity);
  g_variant_dict_init (&dict, known);
  return g_variant_dict_end (&dict);
}

GVariant *
ahoy_bus_session_get_remote_identity (gpointer target)
{
  return describe (ahoy_session_get_remote_identity (SESSION (target)));
}

GVariant *
ahoy_bus_session_get_connected_identity (gpointer target)
{
  return describe (ahoy_session_get_connected_identity (SESSION (target)));
}

GVariant *
ahoy_bus_session_get_display_number (gpointer target)
{
  AhoySession *session = SESSION (target);
  AhoyIdentity *identity = ahoy_session_get_connected_identity (session);
  const char *number = identity != NULL ? ahoy_identity_get_number (identity) : NULL;
  char *text = NULL;

  if (number != NULL &&
      (ahoy_identity_get_privacy (identity) & AHOY_IDENTITY_PRIVACY_NUMBER) == 0) {
    text = ahoy_core_format_number (((AhoyBusSession *) target)->core,
                                    ahoy_session_get_endpoint (session), number, NULL);
  }
  return g_variant_new_take_string (text != NULL ? text : g_strdup (""));
}

GVariant *
ahoy_bus_session_get_local_identity (gpointer target)
{
  return describe (ahoy_session_get_local_identity (SESSION (target)));
}

GVariant *
ahoy_bus_session_get_redirects (gpointer target)
{
  return ahoy_session_list_redirects (SESSION (target));
}

GVariant *
ahoy_bus_session_get_session_id (gpointer target)
{
  return g_variant_new_take_string (ahoy_session_dup_session_id (SESSION (target)));
}

void
ahoy_bus_session_handle_set_end_cause (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  guint cause;

  g_variant_get (arguments, "(u)", &cause);
  if (cause < 1 || cause > 127) {
    g_set_error (&error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A cause of Q.850 is a number of 1 to 127; %u is none", cause);
  } else if (ahoy_session_get_state (SESSION (target)) >= AHOY_SESSION_ENDING) {
    g_set_error (&error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is over, and why was told already",
                 ahoy_session_get_id (SESSION (target)));
  } else {
    ahoy_session_set_end_cause (SESSION (target), (AhoyCause) cause);
  }
  ahoy_bus_session_finish (call, error == NULL, &error);
}

/* A word that is misspelt must not show what was to be hidden. */
static gboolean
check_privacy (GVariant *dictionary, GError **error)
{
  g_autofree const char **words = NULL;

  if (!g_variant_lookup (dictionary, "privacy", "^a&s", &words)) {
    return TRUE;
  }
  for (gsize i = 0; words[i] != NULL; i++) {
    if (!g_str_equal (words[i], "name") && !g_str_equal (words[i], "number")) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The name and the number can be kept from users, not “%s”", words[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Makes an identity of what stands in the dictionary. */
static AhoyIdentity *
read_identity (GVariant *dictionary, GError **error)
{
  static const AhoyBusOption known[] = {
    { "uri", "s" }, { "name", "s" }, { "tag", "s" }, { "privacy", "as" }, { NULL, NULL },
  };
  const char *name = NULL;
  const char *tag = NULL;

  if (!ahoy_bus_check_options (dictionary, known, error)) {
    return NULL;
  }
  g_variant_lookup (dictionary, "name", "&s", &name);
  g_variant_lookup (dictionary, "tag", "&s", &tag);
  if ((name != NULL && !ahoy_bus_check_text ("The name", name, error)) ||
      (tag != NULL && !ahoy_bus_check_text ("The tag", tag, error)) ||
      !check_privacy (dictionary, error)) {
    return NULL;
  }
  return ahoy_identity_new_from_variant (dictionary, error);
}

void
ahoy_bus_session_handle_set_local_identity (gpointer target, GVariant *arguments,
                                            AhoyBusCall *call)
{
  g_autoptr (GVariant) dictionary = g_variant_get_child_value (arguments, 0);
  g_autoptr (AhoyIdentity) identity = NULL;
  GError *error = NULL;

  identity = read_identity (dictionary, &error);
  if (identity != NULL && ahoy_session_get_state (SESSION (target)) >= AHOY_SESSION_ENDING) {
    g_set_error (&error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is over; its peer can be told nothing any more",
                 ahoy_session_get_id (SESSION (target)));
  }
  if (error == NULL) {
    ahoy_session_set_local_identity (SESSION (target), identity);
  }
  ahoy_bus_session_finish (call, error == NULL, &error);
}
