/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* Writes ahoy.conf(5) from the schema, so that each key stands in it, and nothing else. */

static void
print_text (const char *text)
{
  /* A line that begins with a dot or a quote would be a command. */
  if (*text == '.' || *text == '\'') {
    g_print ("\\&");
  }
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar code = g_utf8_get_char (at);

    if (code == '\\') {
      g_print ("\\e");
    } else if (code == '-') {
      g_print ("\\-");
    } else if (code == '^' || code == '~') {
      g_print (code == '^' ? "\\(ha" : "\\(ti");
    } else if (code > 0x7e) {
      g_print ("\\[u%04X]", code);
    } else {
      g_print ("%c", (char) code);
    }
  }
}

static void
print_sentence (const char *text)
{
  g_autofree char *copy = g_strdup (text);

  *copy = g_ascii_toupper (*copy);
  print_text (copy);
  g_print (g_str_has_suffix (copy, ".") ? "\n" : ".\n");
}

static void
print_key (GParamSpec *key, const char *value, const char *standard)
{
  g_print (".TP\n.B ");
  print_text (ahoy_config_key_get_name (key));
  g_print ("\n");
  print_sentence (g_param_spec_get_blurb (key));
  print_sentence (value);
  if (*standard != '\0') {
    g_print ("Default:\n.BR \"");
    print_text (standard);
    g_print ("\" .\n");
  }
  if (ahoy_config_key_is_secret (key)) {
    g_print ("Is never shown again; may stand in a file (");
    print_text (ahoy_config_key_get_name (key));
    g_print ("\\-file), in a credential of systemd (");
    print_text (ahoy_config_key_get_name (key));
    g_print ("\\-credential) or in the Secret Service of the session (");
    print_text (ahoy_config_key_get_name (key));
    g_print ("\\-secret).\n");
  }
  if (ahoy_config_key_is_planned (key)) {
    g_print ("Nothing reads it yet.\n");
  } else if (ahoy_config_key_get_reload (key) == AHOY_CONFIG_RELOAD_RESTART) {
    g_print ("A change needs a restart.\n");
  }
}

static void
print_type (AhoyConfigSchema *schema, const char *type)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (schema, type);
  g_autoptr (GVariant) described = ahoy_config_schema_describe (schema, type, NULL);
  g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (klass);

  g_print (klass->singleton ? ".SH \"[%s]\"\n" : ".SH \"[%s NAME]\"\n", type);
  print_sentence (klass->description);
  for (guint i = 0; i < keys->len; i++) {
    const char *value;
    const char *standard;

    g_variant_get_child (described, i, "(&s&s&s&s)", NULL, &value, &standard, NULL);
    print_key (keys->pdata[i], value, standard);
  }
}

static void
print_step (AhoyRouteStepDefinition *definition)
{
  g_autoptr (GVariant) arguments = ahoy_route_step_definition_describe (definition);
  GVariantIter iter;
  const char *name, *kind, *standard, *what;

  g_print (".TP\n.B ");
  print_text (ahoy_route_step_definition_get_name (definition));
  g_print ("\n");
  print_sentence (ahoy_route_step_definition_get_description (definition));
  g_variant_iter_init (&iter, arguments);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &name, &kind, &standard, &what)) {
    g_print (".br\n.I ");
    print_text (name);
    g_print ("\n(");
    print_text (kind);
    if (*standard != '\0') {
      g_print (", ");
      print_text (standard);
    }
    g_print ("):\n");
    print_text (what);
    g_print (".\n");
  }
}

static void
print_steps (void)
{
  AhoyRouteStepRegistry *registry = ahoy_route_step_registry_get_default ();
  g_auto (GStrv) names = ahoy_route_step_registry_list_names (registry);

  g_print (".SH STEPS OF ROUTES\n"
           "The key\n.B do\nof a route has steps with commas between them, each with its "
           "arguments in brackets: those without a name first, in the order below, then "
           "name=value. In a text and in a target, ${name} stands for a variable of the call, such "
           "as one that\n.B read\nsets; letters, digits and + * # \\- _ . may be in it. ${session} "
           "is the number of the call, and ${time} when it began, such as 20260301\\-143009.\n");
  for (guint i = 0; names[i] != NULL; i++) {
    print_step (ahoy_route_step_registry_lookup (registry, names[i]));
  }
  g_print (".SH EXAMPLES\nA menu: the caller dials the two digits of an extension, and hears the "
           "busy tone when nobody there answers.\n.PP\n.EX\n"
           "[route menu]\ncontext=outside\nmatch=re:.*\n"
           "do=answer, read(extension, menu.wav, digits=2, tries=3), dial(${extension}), busy\n\n"
           "[endpoint 21]\ncontact=<sip:alice@192.0.2.21>\n.EE\n");
}

int
main (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);

  g_print (".\\\" SPDX-License-Identifier: LGPL-2.1-or-later\n"
           ".TH AHOY.CONF 5 \"\" \"Ahoy\" \"File formats\"\n"
           ".SH NAME\nahoy.conf \\- configuration of ahoyd\n"
           ".SH SYNOPSIS\n.I /etc/ahoy/ahoy.conf\n.br\n.I /etc/ahoy/conf.d/*.conf\n.br\n"
           ".I \\(ti/.config/ahoy/ahoy.conf\n.br\n.I \\(ti/.config/ahoy/conf.d/*.conf\n"
           ".SH DESCRIPTION\n"
           "A file is made of groups, and a group is one object: [type name], then key=value in "
           "each line. Lines that begin with # are comments. A template, [type name](!), is used "
           "by [type other](template). [defaults type] holds for all objects of a type. At the top "
           "of a file, include=FILE reads another one.\n.PP\n"
           "Lists have ; between their elements. Durations are seconds, or 500ms, 90s, 5min, 1h, "
           "2d.\n.PP\n"
           "What cannot be used is said on the log, and does not hurt the other objects;\n"
           ".B ahoyctl config check\nsays it without a daemon.\n");
  for (guint i = 0; types[i] != NULL; i++) {
    print_type (schema, types[i]);
  }
  print_steps ();
  g_print (".SH SEE ALSO\n.BR ahoyd (8),\n.BR ahoyctl (1)\n");
  return 0;
}
