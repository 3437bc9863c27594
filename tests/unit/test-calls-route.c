/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

static AhoyRouteProgram *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  AhoyRouteProgram *program
      = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, &error);

  if (error != NULL)
    g_test_message ("“%s”: %s", text, error->message);
  g_assert_no_error (error);
  return program;
}

static void
assert_canonical (const char *text, const char *expected)
{
  g_autoptr (AhoyRouteProgram) program = parse (text);
  g_autofree char *canonical = ahoy_route_program_to_string (program);
  g_autoptr (AhoyRouteProgram) again = NULL;
  g_autofree char *canonical_again = NULL;

  g_assert_cmpstr (canonical, ==, expected);
  again = parse (canonical);
  canonical_again = ahoy_route_program_to_string (again);
  g_assert_cmpstr (canonical_again, ==, expected);
}

static void
assert_refused (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) program
      = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, &error);

  g_assert_null (program);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  if (strstr (error->message, expected) == NULL) {
    g_test_message ("“%s” gives “%s”, not “%s”", text, error->message, expected);
    g_test_fail ();
  }
}

/* -- programs ------------------------------------------------------------------------------- */

static void
test_documented_steps (void)
{
  g_autoptr (AhoyRouteProgram) program = parse ("ring, dial(bob, timeout=30), voicemail(bob)");
  AhoyRouteStep *dial;

  g_assert_cmpuint (ahoy_route_program_get_length (program), ==, 3);
  dial = ahoy_route_program_get_step (program, 1);
  g_assert_cmpstr (ahoy_route_step_get_name (dial), ==, "dial");
  g_assert_cmpuint (ahoy_route_step_get_line (dial), ==, 1);
  g_assert_cmpuint (ahoy_route_step_get_column (dial), ==, 7);
  g_assert_cmpstr (ahoy_route_step_get_text (dial, "target"), ==, "bob");
  g_assert_cmpint (ahoy_route_step_get_duration (dial, "timeout"), ==, 30 * G_USEC_PER_SEC);
  g_assert_true (ahoy_route_step_has_argument (dial, "timeout"));
  g_assert_false (ahoy_route_step_has_argument (dial, "mode"));
  g_assert_cmpstr (ahoy_route_step_get_text (dial, "mode"), ==, "all");
  g_assert_null (ahoy_route_step_get_text (dial, "nothing"));

  assert_canonical ("answer,ring,progress,echo", "answer, ring, progress, echo");
  assert_canonical ("play(file.wav)", "play(file.wav)");
  assert_canonical ("tone(dial),tone(440)", "tone(dial), tone(440)");
  assert_canonical ("dial(<sip:bob@h;transport=tcp>, timeout=30)",
                    "dial(<sip:bob@h;transport=tcp>, timeout=30s)");
  assert_canonical ("dial(bob, carol, mode=all)", "dial(bob, carol, mode=all)");
  assert_canonical ("conference(name)", "conference(name)");
  assert_canonical ("record(file.wav)", "record(file.wav)");
  assert_canonical ("redirect(<sip:x@y>)", "redirect(<sip:x@y>)");
  assert_canonical ("reject(486)", "reject(486)");
  assert_canonical ("wait(2)", "wait(2s)");
  assert_canonical ("menu(a.wav, b.wav, 1=dial(bob, timeout=5), 2=\"ring, hangup\", tries=1)",
                    "menu(a.wav, b.wav, 1=dial(bob, timeout=5), 2=\"ring, hangup\", tries=1)");
  assert_canonical ("menu(star=menu(hash=menu(1=hangup)))",
                    "menu(star=menu(hash=menu(1=hangup)))");
  assert_canonical ("goto(200, context=other)", "goto(200, context=other)");
  assert_canonical ("agent,hangup", "agent, hangup");
  assert_canonical ("busy, congestion(tone, duration=2, zone=us)",
                    "busy, congestion(tone, duration=2s, zone=us)");
  assert_canonical ("read(pin, a.wav, b.wav, end=*, digits=4)",
                    "read(pin, a.wav, b.wav, digits=4, end=*)");
  assert_canonical ("say(Hello, as=digits)", "say(Hello, as=digits)");
  assert_canonical ("dial(${pin}, <sip:${pin}@h>)", "dial(${pin}, <sip:${pin}@h>)");
}

static void
test_values_in_all_their_forms (void)
{
  g_autoptr (AhoyRouteProgram) program
      = parse ("dial(\"B, b\" <sip:b@h;x=1>;tag=2, sip:a@[::1]:5060, <sip:c,d@h>,\n"
               "     tel:+49-30-1)");
  AhoyRouteStep *dial = ahoy_route_program_get_step (program, 0);
  const char *const *targets = ahoy_route_step_get_texts (dial, "target");

  g_assert_cmpstr (targets[0], ==, "\"B, b\" <sip:b@h;x=1>;tag=2");
  g_assert_cmpstr (targets[1], ==, "sip:a@[::1]:5060");
  g_assert_cmpstr (targets[2], ==, "<sip:c,d@h>");
  g_assert_cmpstr (targets[3], ==, "tel:+49-30-1");
  g_assert_null (targets[4]);

  assert_canonical (" reject ( 486 , \" go, \\\"away\\\\\" ) ",
                    "reject(486, \" go, \\\"away\\\\\")");
  assert_canonical ("reject(reason=a=b)", "reject(reason=\"a=b\")");
  assert_canonical ("play(\"a=b\")", "play(\"a=b\")");
  assert_canonical ("play(a (x, y).wav)", "play(a (x, y).wav)");
  assert_canonical ("play(\"a)\")", "play(\"a)\")");
  assert_canonical ("play(\"plain\")", "play(plain)");
  assert_canonical ("play(a b  c)", "play(a b  c)");
  assert_canonical ("play(\xc3\xa4.wav, file=b.wav)", "play(\xc3\xa4.wav, b.wav)");
  assert_canonical ("hangup()", "hangup");
  assert_canonical ("wait(0.5)", "wait(500ms)");
  assert_canonical ("dial(timeout=5min, target=bob)", "dial(bob, timeout=5min)");
  assert_canonical ("reject(0486)", "reject(486)");
}

static void
test_errors_say_where_and_what_to_do (void)
{
  assert_refused ("menu(1=dail(bob))", "1:8: “dail(bob)” are no steps: 1:1: “dail” is no step");
  assert_refused ("menu(10=hangup)", "menu has no argument “10”");
  assert_refused ("menu(1=hangup, 1=ring)", "1 is given twice");
  assert_refused ("", "1:1: the end stands where a step should");
  assert_refused ("ring,", "1:6: the end stands where a step should");
  assert_refused ("ring,,echo", "1:6: “,” stands where a step should");
  assert_refused ("ring echo", "1:6: “e” stands behind a step; write a comma");
  assert_refused ("ring, dail(bob)", "1:7: “dail” is no step; did you mean “dial”?");
  assert_refused ("zzzzzzzz", "1:1: “zzzzzzzz” is no step; the steps are answer, ");
  assert_refused ("Ring", "1:1: “R” stands where a step should");
  assert_refused ("ring,\n  dial(", "2:8: an argument is missing");
  assert_refused ("dial(bob", "1:5: the bracket of dial has no end; add )");
  assert_refused ("dial(bob,)", "1:10: an argument is missing");
  assert_refused ("dial()", "1:1: dial needs target (who is called)");
  assert_refused ("dial(timeout=3)", "1:1: dial needs target");
  assert_refused ("dial(bob, tiemout=3)", "1:11: dial has no argument “tiemout”; did you mean “ti");
  assert_refused ("dial(bob, timeout=3, timeout=4)", "1:22: timeout is given twice");
  assert_refused ("dial(timeout=3, bob)", "1:17: an argument without a name stands behind one");
  assert_refused ("dial(bob, timeout=soon)", "1:19: “soon” is no duration that fits; write 1s to");
  assert_refused ("dial(bob, timeout=0)", "write 1s to 1h");
  assert_refused ("dial(bob, mode=al)", "1:16: “al” is none of all, order; did you mean “all”?");
  assert_refused ("dial(\xc3\xa4\xc3\xa4 b)", "1:6: “\xc3\xa4\xc3\xa4 b” is neither the name");
  assert_refused ("dial(\xc3\xa4, <sip:h)", "1:9: the bracket has no end");
  assert_refused ("dial(<mailto:a@b>)", "1:6: “<mailto:a@b>” cannot be called");
  assert_refused ("dial(<sip:>)", "is no URI that can be called");
  assert_refused ("reject(200)", "1:8: “200” is no number that fits; write 400 to 699");
  assert_refused ("reject(486, a, b)", "1:16: reject has too many arguments");
  assert_refused ("echo(1)", "1:6: echo has no arguments");
  assert_refused ("echo(a=1)", "1:6: echo has no arguments");
  assert_refused ("play(\"a)", "1:6: the quote has no end");
  assert_refused ("play(a(b", "an inner bracket has no end");
  assert_refused ("play(a(b)", "1:5: the bracket of play has no end");
  assert_refused ("play(\"\")", "is empty");
  assert_refused ("play(\"a\nb\")", "control character");
  assert_refused ("busy(later)", "1:6: “later” is none of status, tone");
  assert_refused ("read(Pin)", "1:6: “Pin” is no name of a variable");
  assert_refused ("read(pin, digits=65)", "1:18: “65” is no number that fits; write 1 to 64");
  assert_refused ("ring, dial(${Pin})", "1:12: “${Pin}” has a ${ that names no variable");
  assert_refused ("play(${pin)", "1:6: “${pin” has a ${ that names no variable");
  assert_refused ("dial(<mailto:${pin}@b>)", "cannot be called");
  assert_refused ("play(\xff)", "no valid UTF-8");
  assert_refused ("play(((((((((((a)))))))))))", "nested too deep");
}

static void
test_limits (void)
{
  g_autoptr (GString) steps = g_string_new ("ring");
  g_autoptr (GString) targets = g_string_new ("dial(a");
  g_autofree char *name = g_strnfill (70, 'a');
  g_autofree char *length = g_strnfill (9000, ' ');
  g_autoptr (AhoyRouteProgram) program = NULL;

  for (guint i = 1; i < 64; i++)
    g_string_append (steps, ",ring");
  program = parse (steps->str);
  g_assert_cmpuint (ahoy_route_program_get_length (program), ==, 64);
  g_string_append (steps, ",ring");
  assert_refused (steps->str, "more than 64 steps");

  for (guint i = 1; i <= 64; i++)
    g_string_append (targets, ",a");
  g_string_append_c (targets, ')');
  assert_refused (targets->str, "more than 64 values");
  assert_refused (name, "“a” stands where a step should");
  assert_refused (length, "longer than 8192 bytes");
}

static void
test_plugins_add_steps (void)
{
  g_autoptr (AhoyRouteStepRegistry) registry = ahoy_route_step_registry_new ();
  g_autoptr (AhoyRouteStepDefinition) fax
      = ahoy_route_step_definition_new ("fax", "receives a fax");
  g_autoptr (AhoyRouteStepDefinition) bad = ahoy_route_step_definition_new ("Fax!", "nothing");
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (GVariant) arguments = NULL;
  AhoyRouteStep *step;

  g_assert_true (ahoy_route_step_definition_add_argument (
      fax, "ecm", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "yes", "correct errors", &error));
  g_assert_true (ahoy_route_step_definition_add_argument (
      fax, "rate", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL, NULL,
      "bits per second", &error));
  g_assert_false (ahoy_route_step_definition_add_argument (
      fax, "rate", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, NULL, "again", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (ahoy_route_step_definition_add_argument (
      fax, "a=b", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, NULL, "bad", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_true (ahoy_route_step_definition_set_range (fax, "rate", 2400, 14400));
  g_assert_false (ahoy_route_step_definition_set_range (fax, "speed", 1, 2));

  g_assert_true (ahoy_route_step_registry_add (registry, fax, &error));
  g_assert_false (ahoy_route_step_registry_add (registry, fax, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (ahoy_route_step_registry_add (registry, bad, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);

  program = ahoy_route_program_parse (registry, "fax(9600, ecm=no)", &error);
  g_assert_no_error (error);
  step = ahoy_route_program_get_step (program, 0);
  g_assert_cmpuint (ahoy_route_step_get_number (step, "rate"), ==, 9600);
  g_assert_false (ahoy_route_step_get_boolean (step, "ecm"));
  arguments = ahoy_route_step_definition_describe (fax);
  g_assert_cmpuint (g_variant_n_children (arguments), ==, 2);

  g_assert_true (ahoy_route_step_registry_remove (registry, "fax"));
  g_assert_false (ahoy_route_step_registry_remove (registry, "fax"));
  g_assert_cmpstr (ahoy_route_step_get_name (step), ==, "fax");
  g_assert_null (ahoy_route_program_parse (registry, "fax(9600)", NULL));
}

/* -- the table ------------------------------------------------------------------------------ */

static AhoyRouteTable *
make_table (const char *text)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GPtrArray) routes = NULL;
  AhoyRouteTable *table = ahoy_route_table_new (ahoy_route_step_registry_get_default ());

  ahoy_config_reader_add_text (reader, "test.conf", text, -1);
  set = ahoy_config_reader_read (reader);
  g_assert_cmpuint (ahoy_config_reader_get_n_errors (reader), ==, 0);
  routes = ahoy_config_set_list (set, "route");
  for (guint i = 0; i < routes->len; i++) {
    g_autoptr (GError) error = NULL;

    ahoy_route_table_add (table, routes->pdata[i], &error);
    g_assert_no_error (error);
  }
  return table;
}

static void
assert_route (AhoyRouteTable *table, const char *context, const char *endpoint, const char *user,
              const char *expected)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  AhoyRouteConfig *route = ahoy_route_table_find (table, context, endpoint, user, &program);
  const char *name
      = route != NULL ? ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (route)) : NULL;

  if (g_strcmp0 (name, expected) != 0) {
    g_test_message ("%s calls %s in %s: %s, not %s", endpoint, user, context, name, expected);
    g_test_fail ();
  }
  g_assert_true ((route != NULL) == (program != NULL));
}

static void
test_table_order (void)
{
  g_autoptr (AhoyRouteTable) table = make_table ("[defaults route]\n"
                                                 "do=echo\n"
                                                 "[route regex]\n"
                                                 "match=re:6.*\n"
                                                 "[route first-glob]\n"
                                                 "match=6??\n"
                                                 "[route second-glob]\n"
                                                 "match=60?\n"
                                                 "[route boss]\n"
                                                 "match=600\n"
                                                 "from=boss;deputy\n"
                                                 "[route literal]\n"
                                                 "match=600\n"
                                                 "[route never]\n"
                                                 "match=600\n"
                                                 "[route other]\n"
                                                 "context=other\n"
                                                 "match=*\n");

  g_assert_cmpuint (ahoy_route_table_get_length (table), ==, 7);
  assert_route (table, "default", "bob", "600", "literal");
  assert_route (table, "default", "boss", "600", "boss");
  assert_route (table, "default", "deputy", "600", "boss");
  assert_route (table, "default", NULL, "600", "literal");
  assert_route (table, "default", "bob", "601", "first-glob");
  assert_route (table, "default", "bob", "6000", "regex");
  assert_route (table, "default", "bob", "700", NULL);
  assert_route (table, "other", "bob", "", "other");
  assert_route (table, "other", "bob", "600", "other");
  assert_route (table, "nowhere", "bob", "600", NULL);
  g_assert_true (ahoy_route_table_has_context (table, "other"));
  g_assert_false (ahoy_route_table_has_context (table, "nowhere"));
}

static void
assert_match (const char *pattern, const char *user, gboolean expected)
{
  g_autofree char *text = g_strdup_printf ("[route r]\ndo=echo\nmatch=%s\n", pattern);
  g_autoptr (AhoyRouteTable) table = make_table (text);

  assert_route (table, "default", "bob", user, expected ? "r" : NULL);
}

static void
test_patterns (void)
{
  assert_match ("600", "600", TRUE);
  assert_match ("600", "6000", FALSE);
  assert_match ("bob", "Bob", FALSE);
  assert_match ("\\\\*97", "*97", TRUE);
  assert_match ("\\\\*97", "397", FALSE);
  assert_match ("6??", "612", TRUE);
  assert_match ("6??", "61", FALSE);
  assert_match ("6??", "6123", FALSE);
  assert_match ("6??",
                "6\xc3\xa4"
                "1",
                TRUE);
  assert_match ("*", "", TRUE);
  assert_match ("0*1", "01", TRUE);
  assert_match ("0*1", "0111", TRUE);
  assert_match ("0*1", "0112", FALSE);
  assert_match ("a*b*c", "aXbXbXc", TRUE);
  assert_match ("a*b*c", "aXcXb", FALSE);
  assert_match ("[2-9]??", "200", TRUE);
  assert_match ("[2-9]??", "100", FALSE);
  assert_match ("[!2-9]0", "10", TRUE);
  assert_match ("[!2-9]0", "20", FALSE);
  assert_match ("[ab-]x", "-x", TRUE);
  assert_match ("\\\\[x]", "[x]", TRUE);
  assert_match ("x\\\\?*", "x?1", TRUE);
  assert_match ("x\\\\?*", "xy1", FALSE);
  assert_match ("re:6\\\\d+", "612", TRUE);
  assert_match ("re:6\\\\d+", "6", FALSE);
  assert_match ("re:6|7", "6", TRUE);
  assert_match ("re:6|7", "67", FALSE);
  assert_match ("re:6", "6\n", FALSE);
  assert_match ("re:[a-c]+", "\xff", FALSE);
}

/* A number of the caller's choosing must not keep the daemon busy. */
static void
test_patterns_end_soon (void)
{
  g_autofree char *user = g_strnfill (200, 'a');
  g_autofree char *long_user = g_strnfill (100000, 'a');
  gint64 start = g_get_monotonic_time ();

  assert_match ("*a*a*a*a*a*a*a*a*a*a*b", user, FALSE);
  assert_match ("re:(a+)+[bc]", user, FALSE);
  assert_match ("re:(a*)*x?y?[bc]", user, FALSE);
  assert_match ("*b", long_user, FALSE);
  assert_match ("re:a*b", long_user, FALSE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
assert_key_refused (const char *key, const char *text, const char *expected)
{
  g_autoptr (AhoyRouteConfig) route = ahoy_route_config_new ("r");
  g_autoptr (GError) error = NULL;

  g_assert_false (ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), key, text, &error));
  if (strstr (error->message, expected) == NULL) {
    g_test_message ("“%s” gives “%s”, not “%s”", text, error->message, expected);
    g_test_fail ();
  }
}

static void
test_configuration_is_judged (void)
{
  g_autoptr (AhoyRouteTable) table = ahoy_route_table_new (ahoy_route_step_registry_get_default ());
  g_autoptr (AhoyRouteConfig) empty = ahoy_route_config_new ("empty");
  g_autoptr (GError) error = NULL;

  assert_key_refused ("match", "re:(", "“(” is no regular expression");
  assert_key_refused ("match", "6[", "a [ that is empty or not closed");
  assert_key_refused ("match", "6[]", "a [ that is empty or not closed");
  assert_key_refused ("match", "6\\\\", "escapes nothing");
  assert_key_refused ("do", "ring, dail(bob)", "route r: do: 1:7: “dail” is no step");
  g_assert_false (ahoy_route_table_add (table, empty, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID);
  g_assert_nonnull (strstr (error->message, "route empty: match: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/calls/route/documented-steps", test_documented_steps);
  g_test_add_func ("/calls/route/values-in-all-their-forms", test_values_in_all_their_forms);
  g_test_add_func ("/calls/route/errors-say-where", test_errors_say_where_and_what_to_do);
  g_test_add_func ("/calls/route/limits", test_limits);
  g_test_add_func ("/calls/route/plugins-add-steps", test_plugins_add_steps);
  g_test_add_func ("/calls/route/table-order", test_table_order);
  g_test_add_func ("/calls/route/patterns", test_patterns);
  g_test_add_func ("/calls/route/patterns-end-soon", test_patterns_end_soon);
  g_test_add_func ("/calls/route/configuration-is-judged", test_configuration_is_judged);

  return g_test_run ();
}
