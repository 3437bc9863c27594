/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <string.h>

#include "ctl.h"

/* originate: joins two others. */

typedef struct {
  char *from;
  char *caller_id;
  char *context;
  char *steps;
  int timeout;
  gboolean late_offer;
} OriginateOptions;

static void
clear_options (OriginateOptions *self)
{
  g_free (self->from);
  g_free (self->caller_id);
  g_free (self->context);
  g_free (self->steps);
}

static gboolean
parse_options (OriginateOptions *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &options->from, "The endpoint that calls the first",
      "ENDPOINT" },
    { "caller-id", 0, 0, G_OPTION_ARG_STRING, &options->caller_id,
      "What the first sees in From", "NAME-ADDR" },
    { "context", 'c', 0, G_OPTION_ARG_STRING, &options->context,
      "The second is a number that routes of this context know", "CONTEXT" },
    { "do", 0, 0, G_OPTION_ARG_STRING, &options->steps,
      "The steps of a route for the first, instead of a second", "STEPS" },
    { "late-offer", 0, 0, G_OPTION_ARG_NONE, &options->late_offer,
      "Leave the offer to those who are called", NULL },
    { "timeout", 't', 0, G_OPTION_ARG_INT, &options->timeout,
      "How long each of them may ring (30)", "SECONDS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FIRST [SECOND]");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Calls the first, and when it answers the second, and "
                                         "joins both. Prints the number of the bridge.");
  return g_option_context_parse (context, argc, argv, error);
}

static GVariant *
make_dictionary (const OriginateOptions *options)
{
  const struct {
    const char *name;
    const char *value;
  } texts[] = {
    { "endpoint", options->from },
    { "caller-id", options->caller_id },
    { "context", options->context },
    { "application", options->steps },
  };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].value != NULL) {
      g_variant_dict_insert (&dict, texts[i].name, "s", texts[i].value);
    }
  }
  if (options->late_offer) {
    g_variant_dict_insert (&dict, "late-offer", "b", TRUE);
  }
  if (options->timeout > 0) {
    g_variant_dict_insert (&dict, "timeout", "u", (guint) options->timeout);
  }
  return g_variant_dict_end (&dict);
}

static gboolean
originate (Ctl *ctl, const OriginateOptions *options, const char *first, const char *second,
           GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "Originate",
                g_variant_new ("(ss@a{sv})", first, second, make_dictionary (options)), error);
  const char *path;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(&o)", &path);
  g_print (ctl->json ? "{ \"bridge\": \"%s\" }\n" : "%s\n", ctl_last_part (path));
  return TRUE;
}

static gboolean
run_originate (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char **copy = g_new0 (char *, (gsize) argc + 2);
  char **arguments = copy;
  OriginateOptions options = { 0 };
  int count = argc + 1;
  gboolean good = FALSE;

  copy[0] = (char *) "ahoyctl originate";
  memcpy (copy + 1, argv, sizeof (char *) * (gsize) argc);
  if (!parse_options (&options, &count, &arguments, error)) {
    good = FALSE;
  } else if (count != (options.steps != NULL ? 2 : 3)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write both who are to speak: ahoyctl originate bob "
                         "sip:carol@example.org; or one, and --do with steps");
  } else {
    good = originate (ctl, &options, arguments[1], count > 2 ? arguments[2] : "", error);
  }
  clear_options (&options);
  return good;
}

const CtlCommand ctl_originate_commands[] = {
  { "originate", "[OPTION…] FIRST SECOND", "call two others, and join them", 0, 99,
    run_originate },
  { NULL, NULL, NULL, 0, 0, NULL },
};
