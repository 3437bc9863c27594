/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-configuration.h"
#include "ahoy-core-change-private.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-store-config.h"

/* From what runs to what a configuration says: only what differs is touched. */

/* In the order in which objects are added; they are removed the other way round. */
static const AhoyCorePart *const parts[] = {
  &ahoy_core_settings_part,
  &ahoy_core_store_part,
  &ahoy_core_transport_part,
  &ahoy_core_auth_part,
  &ahoy_core_acl_part,
  &ahoy_core_endpoint_part,
  &ahoy_core_domain_part,
  &ahoy_core_aor_part,
  &ahoy_core_identify_part,
  &ahoy_core_rewrite_part,
  &ahoy_core_out_route_part,
  &ahoy_core_registration_part,
  &ahoy_core_music_part,
  &ahoy_core_queue_part,
  &ahoy_core_route_part,
  &ahoy_core_features_part,
  &ahoy_core_history_part,
  &ahoy_core_messaging_part,
  &ahoy_core_message_route_part,
};

/* What becomes of an object. */
typedef enum {
  STEP_ADD,
  STEP_CHANGE,
  STEP_REMAKE,
  STEP_REMOVE,
} StepKind;

typedef struct {
  StepKind kind;
  AhoyConfigObject *old;
  AhoyConfigObject *object;
  char **keys; /* those that differ */
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  if (step == NULL) {
    return; /* it was handed over */
  }
  g_clear_object (&step->old);
  g_clear_object (&step->object);
  g_strfreev (step->keys);
  g_free (step);
}

void
ahoy_core_change_complain (AhoyCoreChange *change, AhoyConfigSeverity severity,
                           AhoyConfigObject *object, const char *key, const char *message)
{
  const char *file = ahoy_config_object_get_file (object);
  guint line = ahoy_config_object_get_line (object);
  g_autofree char *label = ahoy_config_object_dup_label (object);
  const char *key_file = NULL;
  guint key_line = 0;

  if (key != NULL && ahoy_config_object_get_key_origin (object, key, &key_file, &key_line)) {
    file = key_file;
    line = key_line;
  }
  g_ptr_array_add (change->problems,
                   ahoy_config_problem_new (severity, file, line, label, key, message));
}

void
ahoy_core_change_fail (AhoyCoreChange *change, AhoyConfigObject *object, const char *key,
                       const GError *error)
{
  ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_ERROR, object, key, error->message);
}

/* Headers that cannot stand in a message; those of core, and those of endpoints. */
gboolean
ahoy_core_change_check_headers (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (GError) error = NULL;

  if (ahoy_stack_check_headers (change->core->stack,
                                ahoy_config_object_get_list (object, "headers"), &error)) {
    return TRUE;
  }
  ahoy_core_change_fail (change, object, "headers", error);
  return FALSE;
}

static void
change_init (AhoyCoreChange *change, AhoyCore *self, AhoyConfigSet *configuration)
{
  change->core = self;
  change->first = self->configuration == NULL;
  change->from =
      change->first ? ahoy_config_set_new () : g_object_ref (self->configuration);
  change->to = ahoy_config_set_copy (configuration);
  change->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_config_problem_unref);
}

static void
change_clear (AhoyCoreChange *change)
{
  g_clear_object (&change->from);
  g_clear_object (&change->to);
  g_clear_pointer (&change->problems, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyCoreChange, change_clear)

static AhoyConfigObject *
find_twin (AhoyConfigSet *set, AhoyConfigObject *object)
{
  return ahoy_config_set_lookup (set, ahoy_config_object_get_type_name (object),
                                 ahoy_config_object_get_name (object));
}

/* The object stays as it was: in its previous form, or not there. */
static void
take_back (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyConfigObject *old = find_twin (change->from, object);

  if (old != NULL) {
    ahoy_config_set_replace (change->to, old);
  } else {
    ahoy_config_set_remove (change->to, ahoy_config_object_get_type_name (object),
                            ahoy_config_object_get_name (object));
  }
}

static void
check_part (AhoyCoreChange *change, const AhoyCorePart *part)
{
  g_autoptr (GPtrArray) list = NULL;

  if (part->check == NULL) {
    return;
  }
  list = ahoy_config_set_list (change->to, part->type);
  for (guint i = 0; i < list->len; i++) {
    /* The very same object was checked when it came. */
    if (find_twin (change->from, list->pdata[i]) != list->pdata[i] &&
        !part->check (change, list->pdata[i])) {
      take_back (change, list->pdata[i]);
    }
  }
}

static gboolean
has_effect (Step *step, AhoyConfigReload effect)
{
  AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (step->object);

  for (gsize i = 0; step->keys != NULL && step->keys[i] != NULL; i++) {
    GParamSpec *key = ahoy_config_object_class_find_key (klass, step->keys[i]);

    if (key != NULL && ahoy_config_key_get_reload (key) == effect) {
      return TRUE;
    }
  }
  return FALSE;
}

static Step *
find_step (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyConfigObject *old = find_twin (change->from, object);
  Step *step;

  if (old == object) {
    return NULL;
  }
  step = g_new0 (Step, 1);
  step->object = g_object_ref (object);
  if (old == NULL) {
    step->kind = STEP_ADD;
    return step;
  }
  step->old = g_object_ref (old);
  step->keys = ahoy_config_object_list_changes (old, object);
  if (step->keys[0] == NULL) {
    step_free (step);
    return NULL;
  }
  step->kind = has_effect (step, AHOY_CONFIG_RELOAD_REMAKE) ? STEP_REMAKE : STEP_CHANGE;
  return step;
}

/* What has to be done, in the order of the objects; those that go come last. */
static GPtrArray *
list_steps (AhoyCoreChange *change, const char *type)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (step_free);
  g_autoptr (GPtrArray) wanted = ahoy_config_set_list (change->to, type);
  g_autoptr (GPtrArray) had = ahoy_config_set_list (change->from, type);

  for (guint i = 0; i < wanted->len; i++) {
    Step *step = find_step (change, wanted->pdata[i]);

    if (step != NULL) {
      g_ptr_array_add (steps, step);
    }
  }
  for (guint i = 0; i < had->len; i++) {
    if (find_twin (change->to, had->pdata[i]) == NULL) {
      Step *step = g_new0 (Step, 1);

      step->kind = STEP_REMOVE;
      step->old = g_object_ref (had->pdata[i]);
      g_ptr_array_add (steps, step);
    }
  }
  return steps;
}

/* A sip.conf is read with the files of the configuration, so that any other one holds at once. */
static gboolean
is_sipconf (AhoyConfigObject *object)
{
  return AHOY_IS_STORE_CONFIG (object) &&
         ahoy_config_object_get_choice (object, "backend") == AHOY_STORE_KIND_SIPCONF;
}

static void
warn_of_restart (AhoyCoreChange *change, Step *step)
{
  AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (step->object);

  if (is_sipconf (step->old) && is_sipconf (step->object)) {
    return;
  }
  for (gsize i = 0; step->keys[i] != NULL; i++) {
    GParamSpec *key = ahoy_config_object_class_find_key (klass, step->keys[i]);

    if (ahoy_config_key_get_reload (key) == AHOY_CONFIG_RELOAD_RESTART) {
      ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, step->object, step->keys[i],
                                 "takes effect after a restart of the daemon");
    }
  }
}

static gboolean
begin (const AhoyCorePart *part, AhoyCoreChange *change, AhoyConfigObject *object)
{
  return part->add == NULL || part->add (change, object);
}

static void
take_down (AhoyCoreChange *change, const AhoyCorePart *part, GPtrArray *steps)
{
  for (guint i = 0; part->remove != NULL && i < steps->len; i++) {
    Step *step = steps->pdata[i];

    if (step->kind == STEP_REMOVE || step->kind == STEP_REMAKE) {
      part->remove (change, step->old);
    }
  }
}

/* Whether it was done; what could not be done is as before. */
static gboolean
carry_out (AhoyCoreChange *change, const AhoyCorePart *part, Step *step)
{
  gboolean done = TRUE;

  if (step->kind == STEP_ADD || step->kind == STEP_REMAKE) {
    done = begin (part, change, step->object);
  } else if (step->kind == STEP_CHANGE) {
    done = part->change == NULL || part->change (change, step->old, step->object);
  }
  if (done) {
    return TRUE;
  }
  take_back (change, step->object);
  if (step->kind == STEP_REMAKE && !begin (part, change, step->old)) {
    ahoy_config_set_remove (change->to, part->type, ahoy_config_object_get_name (step->old));
  }
  return FALSE;
}

static char *
describe (Step *step)
{
  g_autofree char *label =
      ahoy_config_object_dup_label (step->object != NULL ? step->object : step->old);
  g_autofree char *keys = step->keys != NULL ? g_strjoinv (", ", step->keys) : NULL;

  switch (step->kind) {
  case STEP_ADD:
    return g_strdup_printf ("%s: added", label);
  case STEP_REMOVE:
    return g_strdup_printf ("%s: removed", label);
  case STEP_REMAKE:
    return g_strdup_printf ("%s: made anew (%s)", label, keys);
  default:
    return g_strdup_printf ("%s: changed (%s)", label, keys);
  }
}

static gboolean
has_new_order (AhoyCoreChange *change, const char *type)
{
  g_autoptr (GPtrArray) had = ahoy_config_set_list (change->from, type);
  g_autoptr (GPtrArray) wanted = ahoy_config_set_list (change->to, type);

  if (had->len != wanted->len) {
    return TRUE;
  }
  for (guint i = 0; i < had->len; i++) {
    if (!g_str_equal (ahoy_config_object_get_name (had->pdata[i]),
                      ahoy_config_object_get_name (wanted->pdata[i]))) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What was done, to be told when all of it is. */
typedef struct {
  GStrvBuilder *texts;
  GPtrArray *steps; /* Step */
} Report;

static void
apply_part (AhoyCoreChange *change, const AhoyCorePart *part, GPtrArray *steps, Report *report)
{
  gboolean touched = FALSE;

  for (guint i = 0; i < steps->len; i++) {
    Step *step = steps->pdata[i];
    g_autofree char *text = describe (step);

    if (!carry_out (change, part, step)) {
      continue;
    }
    touched = TRUE;
    if (step->kind == STEP_CHANGE || step->kind == STEP_REMAKE) {
      warn_of_restart (change, step);
    }
    if (report != NULL) {
      g_strv_builder_add (report->texts, text);
      g_ptr_array_add (report->steps, step);
      steps->pdata[i] = NULL;
    }
  }
  if (part->finish != NULL) {
    part->finish (change, touched || has_new_order (change, part->type));
  }
}

/* Types that nothing is made of by itself, such as [auth NAME]: others look them up. */
static void
note_others (AhoyCoreChange *change, AhoyConfigSchema *schema, Report *report)
{
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);

  for (gsize t = 0; types[t] != NULL; t++) {
    AhoyCorePart part = { .type = types[t] };
    g_autoptr (GPtrArray) steps = NULL;
    gboolean known = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
      known = known || g_str_equal (parts[i]->type, types[t]);
    }
    if (!known) {
      steps = list_steps (change, types[t]);
      apply_part (change, &part, steps, report);
    }
  }
}

static void
apply (AhoyCoreChange *change, Report *report)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  GPtrArray *steps[G_N_ELEMENTS (parts)];

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    check_part (change, parts[i]);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    steps[i] = list_steps (change, parts[i]->type);
  }
  for (gsize i = G_N_ELEMENTS (parts); i > 0; i--) {
    take_down (change, parts[i - 1], steps[i - 1]);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    apply_part (change, parts[i], steps[i], report);
    g_ptr_array_unref (steps[i]);
  }
  note_others (change, schema, report);
  g_set_object (&change->core->configuration, change->to);
}

/**
 * ahoy_core_configure:
 * @self: a core that is not started
 * @configuration: configuration objects, as ahoy_configuration_read_folder() gives them
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of it
 *   cannot be used
 *
 * Builds transports, endpoints and routes, and puts the chain that identifies callers in front of
 * the applications: from now on nobody is served who is no endpoint. One bad object does not hurt
 * the others.
 *
 * Returns: whether there was no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_core_configure (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems)
{
  g_auto (AhoyCoreChange) change = { 0 };
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), FALSE);
  g_return_val_if_fail (!self->started && self->configuration == NULL, FALSE);

  change_init (&change, self, configuration);
  apply (&change, NULL);
  g_signal_connect_object (self->sessions, "incoming", G_CALLBACK (ahoy_core_take_call), self, 0);
  g_signal_connect_object (self->sessions, "asked", G_CALLBACK (ahoy_core_take_options), self, 0);
  good = change.problems->len == 0;
  if (problems != NULL) {
    *problems = g_steal_pointer (&change.problems);
  }
  return good;
}

static void
tell (AhoyCore *self, GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++) {
    Step *step = steps->pdata[i];

    ahoy_core_emit_object_changed (self, step->object != NULL ? step->object : step->old,
                                   step->kind == STEP_ADD      ? "added"
                                   : step->kind == STEP_REMOVE ? "removed"
                                                               : "changed");
  }
  ahoy_core_emit_reconfigured (self);
}

/**
 * ahoy_core_reload:
 * @self: a core that was configured
 * @configuration: the configuration that is to hold from now on, all of it
 * @changed: (out) (optional) (transfer full) (array zero-terminated=1): what was done, a text for
 *   each object, such as `endpoint bob: changed (codecs)`
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of it
 *   cannot be used, and keys that wait for a restart
 *
 * Makes of what runs what another configuration says. Only objects that differ are touched: a
 * transport whose address stays keeps its socket and its connections, an endpoint keeps its calls,
 * and routes hold for calls that come from now on. Calls that run are not touched. An object that
 * cannot be used stays in its previous form, and does not keep the others.
 *
 * Returns: whether there was no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_core_reload (AhoyCore *self, AhoyConfigSet *configuration, char ***changed,
                  GPtrArray **problems)
{
  g_autoptr (GStrvBuilder) texts = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_auto (AhoyCoreChange) change = { 0 };
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), FALSE);
  g_return_val_if_fail (self->configuration != NULL, FALSE);

  texts = g_strv_builder_new ();
  change_init (&change, self, configuration);
  steps = g_ptr_array_new_with_free_func (step_free);
  apply (&change, &(Report){ texts, steps });
  ahoy_core_update_domain (self);
  ahoy_core_follow_modules (&change);
  good = change.problems->len == 0;
  if (changed != NULL) {
    *changed = g_strv_builder_end (texts);
  }
  if (problems != NULL) {
    *problems = g_steal_pointer (&change.problems);
  }
  tell (self, steps);
  return good;
}

/**
 * ahoy_core_check:
 * @self: a core
 * @configuration: configuration objects, as ahoy_configuration_read_folder() gives them
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of it
 *   could not be used
 *
 * Says what ahoy_core_configure() or ahoy_core_reload() would say, without doing it: no port is
 * opened, and the core is as before.
 *
 * Returns: whether there is no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_core_check (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems)
{
  g_auto (AhoyCoreChange) change = { 0 };
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), FALSE);

  change_init (&change, self, configuration);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    check_part (&change, parts[i]);
  }
  good = change.problems->len == 0;
  if (problems != NULL) {
    *problems = g_steal_pointer (&change.problems);
  }
  return good;
}

/**
 * ahoy_core_get_settings:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what the configuration says of the whole; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_core_get_settings (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->settings;
}

/**
 * ahoy_core_get_configuration:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): the objects that it runs with, each as it was when it could
 *   be used last; another set after ahoy_core_reload(). %NULL before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_core_get_configuration (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->configuration;
}
