/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

/* Commands about numbers: what becomes of them before they are called or shown. */

static gboolean
read_options (int *argc, char ***argv, char **endpoint, gboolean *caller, GError **error)
{
  const GOptionEntry entries[] = {
    { "caller", 'c', 0, G_OPTION_ARG_NONE, caller, "The number of who calls", NULL },
    { "endpoint", 'e', 0, G_OPTION_ARG_STRING, endpoint, "As which endpoint, or from which",
      "NAME" },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("test NUMBER");

  g_option_context_add_main_entries (options, entries, NULL);
  g_option_context_set_summary (
      options, "Shows what would be called for a number, or how a caller's is shown.");
  return g_option_context_parse (options, argc, argv, error);
}

static gboolean
run_rewrite (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char **words = g_new0 (char *, (gsize) argc + 2);
  g_autofree char *endpoint = NULL;
  gboolean caller = FALSE;
  g_autofree char *rules = NULL;
  g_autofree const char **applied = NULL;
  g_autoptr (GVariant) result = NULL;
  char **left = words;
  int n = argc + 1;
  const char *number;

  words[0] = (char *) "ahoyctl rewrite";
  for (int i = 0; i < argc; i++) {
    words[i + 1] = argv[i];
  }
  if (!read_options (&n, &left, &endpoint, &caller, error)) {
    return FALSE;
  }
  if (n != 3 || !g_str_equal (left[1], "test")) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl rewrite test NUMBER [--endpoint NAME] [--caller]");
    return FALSE;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, caller ? "RewriteCaller" : "RewriteNumber",
                     g_variant_new ("(ss)", endpoint != NULL ? endpoint : "", left[2]), error);
  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (result);
    return TRUE;
  }
  g_variant_get (result, "(&s^a&s)", &number, &applied);
  rules = g_strjoinv (", ", (char **) applied);
  g_print ("%s\n", number);
  if (applied[0] != NULL) {
    g_printerr ("rewritten by %s\n", rules);
  }
  return TRUE;
}

static gboolean
run_out_route (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result = NULL;
  const char *endpoint;
  const char *route;

  if (!g_str_equal (argv[0], "test")) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl out-route test NUMBER");
    return FALSE;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ChooseEndpoint", g_variant_new ("(s)", argv[1]),
                     error);
  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (result);
    return TRUE;
  }
  g_variant_get (result, "(&s&s)", &endpoint, &route);
  g_print ("%s\n", endpoint);
  g_printerr (*route != '\0' ? "by the out-route %s\n" : "by default-endpoint%s\n", route);
  return TRUE;
}

const CtlCommand ctl_number_commands[] = {
  { "out-route", "test NUMBER", "as which endpoint a number would be called", 2, 2,
    run_out_route },
  { "rewrite", "test NUMBER [OPTION…]", "what would be called for a number, or shown of a caller",
    2, 8, run_rewrite },
  { NULL, NULL, NULL, 0, 0, NULL },
};
