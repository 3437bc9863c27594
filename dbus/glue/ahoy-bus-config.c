/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-config.h"

#include "ahoy-bus-config-cache.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The configuration on the bus: what the daemon runs with, and what the files say now. */
struct _AhoyBusConfig {
  GObject parent_instance;

  AhoyConfigurator *configurator;
  AhoyBusObject *root; /* not a reference: it holds this object */
};

G_DEFINE_FINAL_TYPE (AhoyBusConfig, ahoy_bus_config, G_TYPE_OBJECT)

static AhoyConfigSchema *
schema_of (AhoyBusConfig *self)
{
  return ahoy_configurator_get_schema (self->configurator);
}

/* What the daemon runs with. */
static AhoyConfigSet *
objects_of (AhoyBusConfig *self)
{
  return ahoy_core_get_configuration (ahoy_configurator_get_core (self->configurator));
}

static gboolean
check_type (AhoyBusConfig *self, const char *type, AhoyBusCall *call)
{
  g_auto (GStrv) types = NULL;
  g_autofree char *known = NULL;

  if (ahoy_config_schema_find_class (schema_of (self), type) != NULL) {
    return TRUE;
  }
  types = ahoy_config_schema_list_types (schema_of (self));
  known = g_strjoinv (", ", types);
  ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                             "“%s” is no type of object; the types are %s", type, known);
  return FALSE;
}

static void
handle_list (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusConfig *self = target;
  g_autoptr (GPtrArray) objects = NULL;
  GVariantBuilder builder;
  const char *type;

  g_variant_get (arguments, "(&s)", &type);
  if (*type == '\0') {
    g_auto (GStrv) types = ahoy_config_schema_list_types (schema_of (self));

    ahoy_bus_call_return (call, g_variant_new ("(^as)", types));
    return;
  }
  if (!check_type (self, type, call)) {
    return;
  }
  objects = ahoy_config_set_list (objects_of (self), type);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < objects->len; i++) {
    const char *name = ahoy_config_object_get_name (objects->pdata[i]);

    g_variant_builder_add (&builder, "s", name != NULL ? name : "");
  }
  ahoy_bus_call_return (call, g_variant_new ("(as)", &builder));
}

static void
handle_get (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusConfig *self = target;
  g_autoptr (GPtrArray) keys = NULL;
  AhoyConfigObject *object;
  GVariantBuilder builder;
  const char *type;
  const char *name;

  g_variant_get (arguments, "(&s&s)", &type, &name);
  if (!check_type (self, type, call)) {
    return;
  }
  object = ahoy_config_set_lookup (objects_of (self), type, name);
  if (object == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "There is no %s “%s” in the configuration", type, name);
    return;
  }
  keys = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < keys->len; i++) {
    const char *key = ahoy_config_key_get_name (keys->pdata[i]);
    g_autofree char *text = NULL;

    if (!ahoy_config_key_is_secret (keys->pdata[i]) && ahoy_config_object_is_set (object, key)) {
      text = ahoy_config_object_dup_text (object, key);
      g_variant_builder_add (&builder, "{ss}", key, text != NULL ? text : "");
    }
  }
  ahoy_bus_call_return (call, g_variant_new ("(a{ss})", &builder));
}

static void
handle_schema (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusConfig *self = target;
  g_autoptr (GVariant) keys = NULL;
  const char *type;

  g_variant_get (arguments, "(&s)", &type);
  if (check_type (self, type, call)) {
    keys = ahoy_config_schema_describe (schema_of (self), type, NULL);
    ahoy_bus_call_return (call, g_variant_new ("(@a(ssss))", keys));
  }
}

static GVariant *
describe_problems (GPtrArray *problems)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(susss)"));
  for (guint i = 0; i < problems->len; i++) {
    AhoyConfigProblem *problem = problems->pdata[i];
    const char *file = ahoy_config_problem_get_file (problem);
    const char *object = ahoy_config_problem_get_object (problem);
    const char *key = ahoy_config_problem_get_key (problem);

    g_variant_builder_add (&builder, "(susss)", file != NULL ? file : "",
                           ahoy_config_problem_get_line (problem), object != NULL ? object : "",
                           key != NULL ? key : "", ahoy_config_problem_get_message (problem));
  }
  return g_variant_builder_end (&builder);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) problems =
      ahoy_configurator_check_finish (AHOY_CONFIGURATOR (source), result, &error);

  if (problems == NULL) {
    ahoy_bus_return_error (user_data, error);
    return;
  }
  ahoy_bus_call_return (user_data, g_variant_new ("(@a(susss))", describe_problems (problems)));
}

/* Reads the files again, as they are now; what runs stays as it is. */
static void
handle_check (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_configurator_check_async (((AhoyBusConfig *) target)->configurator, NULL, on_checked, call);
}

static void
on_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (ahoy_configurator_put_finish (AHOY_CONFIGURATOR (source), result, &error)) {
    ahoy_bus_call_return (user_data, NULL);
  } else {
    ahoy_bus_return_error (user_data, error);
  }
}

static void
handle_put (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusConfig *self = target;
  g_autoptr (GVariant) keys = NULL;
  const char *type;
  const char *name;

  g_variant_get (arguments, "(&s&s@a{ss})", &type, &name, &keys);
  if (check_type (self, type, call)) {
    ahoy_configurator_put_async (self->configurator, type, name, keys, NULL, on_put, call);
  }
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (ahoy_configurator_delete_finish (AHOY_CONFIGURATOR (source), result, &error)) {
    ahoy_bus_call_return (user_data, NULL);
  } else {
    ahoy_bus_return_error (user_data, error);
  }
}

static void
handle_delete (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusConfig *self = target;
  const char *type;
  const char *name;

  g_variant_get (arguments, "(&s&s)", &type, &name);
  if (check_type (self, type, call)) {
    ahoy_configurator_delete_async (self->configurator, type, name, NULL, on_deleted, call);
  }
}

static AhoyStore *
store_of (AhoyBusConfig *self)
{
  return ahoy_core_get_store (ahoy_configurator_get_core (self->configurator));
}

static void
handle_cache_list (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_config_cache_list (store_of (target), call);
}

static void
handle_cache_statistics (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_config_cache_get_statistics (store_of (target), call);
}

/* An empty type means all of them. */
static gboolean
read_cached (AhoyBusConfig *self, GVariant *arguments, const char **type, const char **name,
             AhoyBusCall *call)
{
  g_variant_get (arguments, "(&s&s)", type, name);
  return **type == '\0' || check_type (self, *type, call);
}

static void
handle_expire (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *type;
  const char *name;

  if (read_cached (target, arguments, &type, &name, call)) {
    ahoy_bus_config_cache_expire (store_of (target), type, name, call);
  }
}

static void
handle_cache_stale (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *type;
  const char *name;

  if (read_cached (target, arguments, &type, &name, call)) {
    ahoy_bus_config_cache_make_stale (store_of (target), type, name, call);
  }
}

static void
handle_cache_populate (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *type;

  g_variant_get (arguments, "(&s)", &type);
  if (check_type (target, type, call)) {
    ahoy_bus_config_cache_populate (store_of (target), type, call);
  }
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "List", handle_list },     { "Get", handle_get }, { "Schema", handle_schema },
  { "Check", handle_check },   { "Put", handle_put }, { "Delete", handle_delete },
  { "CacheList", handle_cache_list },
  { "CacheStatistics", handle_cache_statistics },
  { "Expire", handle_expire },
  { "CacheStale", handle_cache_stale },
  { "CachePopulate", handle_cache_populate },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_config_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_config_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_config_finalize (GObject *object)
{
  AhoyBusConfig *self = AHOY_BUS_CONFIG (object);

  g_object_unref (self->configurator);
  G_OBJECT_CLASS (ahoy_bus_config_parent_class)->finalize (object);
}

static void
ahoy_bus_config_class_init (AhoyBusConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_config_finalize;
}

static void
ahoy_bus_config_init (AhoyBusConfig *self)
{
}

AhoyBusConfig *
ahoy_bus_config_new (AhoyConfigurator *configurator)
{
  AhoyBusConfig *self = g_object_new (AHOY_BUS_TYPE_CONFIG, NULL);

  self->configurator = g_object_ref (configurator);
  return self;
}

static void
on_changed (AhoyConfigurator *configurator, const char *type, const char *name, const char *what,
            gpointer user_data)
{
  AhoyBusConfig *self = user_data;

  ahoy_bus_object_emit (self->root, &interface, "Changed",
                        g_variant_new ("(sss)", type, name, what));
}

/* Tells what changes. @root holds this object, and outlives its calls. */
void
ahoy_bus_config_attach (AhoyBusConfig *self, AhoyBusObject *root)
{
  self->root = root;
  g_signal_connect_object (self->configurator, "changed", G_CALLBACK (on_changed), self, 0);
}
