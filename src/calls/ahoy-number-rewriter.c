/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-number-rewriter.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-number-rule-private.h"

/**
 * AhoyNumberRewriter:
 *
 * Makes of numbers as people write them, or as a directory has them, those that are called: spaces
 * and the like go, and rules change the rest, each for the numbers and endpoints that it is for, in
 * the order in which they were added. The first that is for a number is the last that is applied,
 * unless it says `continue`. Other rules are for the numbers of callers, as endpoints bring them.
 *
 * A rule takes a bounded time for any number: a regular expression that needs too many attempts
 * counts as one that does not match.
 *
 * Since: 0.1
 */
struct _AhoyNumberRewriter {
  GObject parent_instance;
  GPtrArray *rules; /* AhoyNumberRule */
};

G_DEFINE_FINAL_TYPE (AhoyNumberRewriter, ahoy_number_rewriter, G_TYPE_OBJECT)

static void
ahoy_number_rewriter_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_NUMBER_REWRITER (object)->rules);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_number_rewriter_parent_class)->finalize (object);
}

static void
ahoy_number_rewriter_class_init (AhoyNumberRewriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_number_rewriter_finalize;
}

static void
ahoy_number_rewriter_init (AhoyNumberRewriter *self)
{
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_number_rule_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_number_rewriter_new:
 *
 * Returns: (transfer full): a rewriter without rules, which changes nothing
 *
 * Since: 0.1
 */
AhoyNumberRewriter *
ahoy_number_rewriter_new (void)
{
  return g_object_new (AHOY_TYPE_NUMBER_REWRITER, NULL);
}

/**
 * ahoy_number_rewriter_add:
 * @self: a rewriter
 * @rule: (transfer none): a rule, behind those that are there; it is not changed any more
 * @error: return location for an error of %AHOY_ERROR_CONFIGURATION_INVALID
 *
 * Returns: %TRUE when the rule was added; %FALSE when its match or replacement cannot be read, when
 *   it lacks a country code, or would change nothing
 *
 * Since: 0.1
 */
gboolean
ahoy_number_rewriter_add (AhoyNumberRewriter *self, AhoyRewriteConfig *rule, GError **error)
{
  AhoyNumberRule *made;

  g_return_val_if_fail (AHOY_IS_NUMBER_REWRITER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_REWRITE_CONFIG (rule), FALSE);

  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (rule));
  made = ahoy_number_rule_new (AHOY_CONFIG_OBJECT (rule), error);
  if (made == NULL) {
    return FALSE;
  }
  g_ptr_array_add (self->rules, made);
  return TRUE;
}

/**
 * ahoy_number_rewriter_get_length:
 * @self: a rewriter
 *
 * Returns: how many rules it has
 *
 * Since: 0.1
 */
guint
ahoy_number_rewriter_get_length (AhoyNumberRewriter *self)
{
  g_return_val_if_fail (AHOY_IS_NUMBER_REWRITER (self), 0);

  return self->rules->len;
}

/* @number is taken over. */
static char *
run_rules (AhoyNumberRewriter *self, AhoyNumberUse use, const char *endpoint, char *number,
           char ***applied)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  char *current = number;

  for (guint i = 0; i < self->rules->len; i++) {
    AhoyNumberRule *rule = self->rules->pdata[i];
    char *next = ahoy_number_rule_is_for (rule, use, endpoint)
                     ? ahoy_number_rule_apply (rule, current)
                     : NULL;

    if (next == NULL) {
      continue;
    }
    g_free (current);
    current = next;
    g_strv_builder_add (names, ahoy_number_rule_get_name (rule));
    if (ahoy_number_rule_is_last (rule)) {
      break;
    }
  }
  *applied = g_strv_builder_end (names);
  return current;
}

/**
 * ahoy_number_rewriter_rewrite:
 * @self: a rewriter
 * @endpoint: (nullable): the name of the endpoint that is to call; %NULL for none
 * @number: a number, or the user part of an address; it may have the separators that people write,
 *   such as `+49 (30) 123-45`
 * @applied: (out) (optional) (transfer full) (array zero-terminated=1): the names of the rules that
 *   were applied, in their order
 *
 * Returns: (transfer full): what is to be called; where no rule is for @number, the same, but
 *   without separators when it is a number that has spaces or brackets
 *
 * Since: 0.1
 */
char *
ahoy_number_rewriter_rewrite (AhoyNumberRewriter *self, const char *endpoint, const char *number,
                              char ***applied)
{
  g_auto (GStrv) names = NULL;
  char *plain = NULL;
  char *result;

  g_return_val_if_fail (AHOY_IS_NUMBER_REWRITER (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  /* 100-2 may be an account of its own; 030 (12) 3 cannot. */
  if (strpbrk (number, " ()") != NULL) {
    plain = ahoy_number_strip_separators (number);
  }
  result = run_rules (self, AHOY_NUMBER_USE_CALLED, endpoint,
                      plain != NULL ? plain : g_strdup (number), &names);
  if (applied != NULL) {
    *applied = g_steal_pointer (&names);
  }
  return result;
}

/**
 * ahoy_number_rewriter_rewrite_caller:
 * @self: a rewriter
 * @endpoint: (nullable): the name of the endpoint that the number comes from; %NULL for none
 * @number: the number of who calls or answers, or the user part of his address
 * @applied: (out) (optional) (transfer full) (array zero-terminated=1): the names of the rules that
 *   were applied, in their order
 *
 * What has letters is a name, and stays as it is.
 *
 * Returns: (transfer full): how the number is shown, kept and passed on; where no rule is for
 *   @number, the same with its separators
 *
 * Since: 0.1
 */
char *
ahoy_number_rewriter_rewrite_caller (AhoyNumberRewriter *self, const char *endpoint,
                                     const char *number, char ***applied)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *result = NULL;
  char *plain;

  g_return_val_if_fail (AHOY_IS_NUMBER_REWRITER (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  plain = ahoy_number_strip_separators (number);
  if (plain == NULL) {
    names = g_new0 (char *, 1);
  } else {
    result = run_rules (self, AHOY_NUMBER_USE_CALLER, endpoint, plain, &names);
  }
  if (names[0] == NULL) {
    g_free (result);
    result = g_strdup (number);
  }
  if (applied != NULL) {
    *applied = g_steal_pointer (&names);
  }
  return g_steal_pointer (&result);
}
