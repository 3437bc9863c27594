/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-dial.h"

#include "ahoy-bus-bridges.h"
#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* The methods of the manager that call somebody: Dial, DialWithOptions, Originate. */
struct _AhoyBusDial {
  /* not references: they hold this object */
  AhoyCore *core;
  AhoyBusHub *hub;
  AhoyBusSessions *sessions;
};

static const AhoyBusOption dial_options[] = {
  { "timeout", "u" },    { "headers", "a(ss)" }, { "codecs", "as" },     { "variables", "a{ss}" },
  { "late-offer", "b" }, { "caller-id", "s" },   { "application", "s" }, { NULL, NULL },
};

static const AhoyBusOption originate_options[] = {
  { "timeout", "u" },    { "headers", "a(ss)" }, { "codecs", "as" },     { "variables", "a{ss}" },
  { "late-offer", "b" }, { "caller-id", "s" },   { "application", "s" }, { "endpoint", "s" },
  { "context", "s" },    { NULL, NULL },
};

static gboolean
check_codecs (GVariant *codecs, GError **error)
{
  g_autofree const char **names = g_variant_get_strv (codecs, NULL);

  for (gsize i = 0; names[i] != NULL; i++) {
    if (!ahoy_bus_check_token ("A codec's name", names[i], error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* What stands in the options of a call, and can get into its INVITE. */
static gboolean
check_dial (const char *target, GVariant *options, const AhoyBusOption *known, GError **error)
{
  g_autoptr (GVariantDict) dict = NULL;
  g_autoptr (GVariant) headers = NULL;
  g_autoptr (GVariant) variables = NULL;
  g_autoptr (GVariant) codecs = NULL;
  const char *caller = NULL;

  if (!ahoy_bus_check_target (target, error) || !ahoy_bus_check_options (options, known, error)) {
    return FALSE;
  }
  dict = g_variant_dict_new (options);
  headers = g_variant_dict_lookup_value (dict, "headers", NULL);
  variables = g_variant_dict_lookup_value (dict, "variables", NULL);
  codecs = g_variant_dict_lookup_value (dict, "codecs", NULL);
  g_variant_dict_lookup (dict, "caller-id", "&s", &caller);
  return (headers == NULL || ahoy_bus_check_headers (headers, error)) &&
         (variables == NULL || ahoy_bus_check_variables (variables, error)) &&
         (codecs == NULL || check_codecs (codecs, error)) &&
         (caller == NULL || ahoy_bus_check_text ("The option caller-id", caller, error));
}

/* The codecs of a call are a variable that the audio handler reads. */
static GVariant *
translate_options (GVariant *options)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (options);
  g_autofree const char **codecs = NULL;
  g_autofree char *joined = NULL;
  g_autoptr (GVariant) old = NULL;
  GVariantBuilder variables;
  GVariantIter iter;
  const char *name;
  const char *value;

  if (!g_variant_dict_lookup (dict, "codecs", "^a&s", &codecs)) {
    return g_variant_ref (options);
  }
  g_variant_builder_init (&variables, G_VARIANT_TYPE ("a{ss}"));
  old = g_variant_dict_lookup_value (dict, "variables", G_VARIANT_TYPE ("a{ss}"));
  if (old != NULL) {
    g_variant_iter_init (&iter, old);
    while (g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
      g_variant_builder_add (&variables, "{ss}", name, value);
    }
  }
  joined = g_strjoinv (";", (char **) codecs);
  g_variant_builder_add (&variables, "{ss}", "codecs", joined);
  g_variant_dict_insert_value (dict, "variables", g_variant_builder_end (&variables));
  return g_variant_ref_sink (g_variant_dict_end (dict));
}

/* The steps that take a call when it is answered; NULL without an error for none. */
static AhoyRouteProgram *
find_program (AhoyBusDial *self, GVariant *options, GError **error)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  const char *text;

  if (!g_variant_lookup (options, "application", "&s", &text) || *text == '\0') {
    return NULL;
  }
  program = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, error);
  if (program == NULL ||
      !ahoy_call_router_check_program (ahoy_core_get_router (self->core), program, error)) {
    return NULL;
  }
  return g_steal_pointer (&program);
}

static void
on_dialled_state (AhoySession *session, AhoySessionState old, AhoySessionState new, guint status,
                  const char *reason, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (new != AHOY_SESSION_ACTIVE) {
    return;
  }
  if (!ahoy_call_router_run (user_data, session,
                             g_object_get_data (G_OBJECT (session), "ahoy-bus-program"), &error)) {
    g_message ("%s", error->message);
    ahoy_session_hangup (session);
  }
}

static void
dial (AhoyBusDial *self, const char *endpoint, const char *target, GVariant *options,
      AhoyBusCall *call)
{
  g_autoptr (GVariant) translated = NULL;
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (AhoySession) session = NULL;
  AhoyBusSession *found;
  GError *error = NULL;

  if (!check_dial (target, options, dial_options, &error) ||
      ((program = find_program (self, options, &error)) == NULL && error != NULL)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  translated = translate_options (options);
  session = ahoy_core_dial (self->core, endpoint, target, translated, &error);
  if (session == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  found = ahoy_bus_sessions_lookup (self->sessions, session);
  if (found == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_FAILED, "The session ended before it was shown");
    return;
  }
  if (program != NULL) {
    g_object_set_data_full (G_OBJECT (session), "ahoy-bus-program", g_steal_pointer (&program),
                            (GDestroyNotify) ahoy_route_program_unref);
    g_signal_connect_object (session, "state-changed", G_CALLBACK (on_dialled_state),
                             ahoy_core_get_router (self->core), 0);
  }
  /* The object is announced before its path is told. */
  ahoy_bus_hub_flush (self->hub);
  ahoy_bus_call_return (call, g_variant_new ("(o)", ahoy_bus_session_get_path (found)));
}

void
ahoy_bus_dial_handle_dial (AhoyBusDial *self, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  const char *endpoint;
  const char *uri;

  g_variant_get (arguments, "(&s&s)", &endpoint, &uri);
  dial (self, endpoint, uri, none, call);
}

void
ahoy_bus_dial_handle_dial_with_options (AhoyBusDial *self, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) options = NULL;
  const char *endpoint;
  const char *uri;

  g_variant_get (arguments, "(&s&s@a{sv})", &endpoint, &uri, &options);
  dial (self, endpoint, uri, options, call);
}

static AhoyBridge *
originate (AhoyBusDial *self, const char *first, const char *second, GVariant *options,
           GError **error)
{
  g_autoptr (GVariant) translated = NULL;
  const char *steps = NULL;

  if (!check_dial (first, options, originate_options, error) ||
      !ahoy_bus_check_text ("Whom to call second", second, error)) {
    return NULL;
  }
  if (g_variant_lookup (options, "application", "&s", &steps) &&
      !ahoy_bus_check_text ("The option application", steps, error)) {
    return NULL;
  }
  translated = translate_options (options);
  return ahoy_core_originate (self->core, first, second, translated, error);
}

void
ahoy_bus_dial_handle_originate (AhoyBusDial *self, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (AhoyBridge) bridge = NULL;
  g_autofree char *path = NULL;
  GError *error = NULL;
  const char *second;
  const char *first;

  g_variant_get (arguments, "(&s&s@a{sv})", &first, &second, &options);
  bridge = originate (self, first, second, options, &error);
  if (bridge == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  path = ahoy_bus_bridges_make_path (bridge);
  ahoy_bus_hub_flush (self->hub);
  ahoy_bus_call_return (call, g_variant_new ("(o)", path));
}

/* What is given outlives the result. */
AhoyBusDial *
ahoy_bus_dial_new (AhoyCore *core, AhoyBusHub *hub, AhoyBusSessions *sessions)
{
  AhoyBusDial *self = g_new0 (AhoyBusDial, 1);

  self->core = core;
  self->hub = hub;
  self->sessions = sessions;
  return self;
}

void
ahoy_bus_dial_free (AhoyBusDial *self)
{
  g_free (self);
}
