/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include <string.h>
#include <time.h>

/* What becomes of numbers before they are called. */

static AhoyRewriteConfig *
make_rule (const char *name, const char *keys)
{
  g_autoptr (AhoyRewriteConfig) rule = ahoy_rewrite_config_new (name);
  g_auto (GStrv) pairs = g_strsplit (keys, " | ", -1);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; pairs[i] != NULL; i++) {
    char *equals = strchr (pairs[i], '=');

    g_assert_nonnull (equals);
    *equals = '\0';
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (rule), pairs[i], equals + 1, &error);
    g_assert_no_error (error);
  }
  return g_steal_pointer (&rule);
}

static void
add (AhoyNumberRewriter *rewriter, const char *name, const char *keys)
{
  g_autoptr (AhoyRewriteConfig) rule = make_rule (name, keys);
  g_autoptr (GError) error = NULL;

  ahoy_number_rewriter_add (rewriter, rule, &error);
  g_assert_no_error (error);
}

#define GERMANY "format=e164 | country-code=49"
#define BERLIN GERMANY " | area-code=30"
#define AMERICA "format=e164 | country-code=1 | national-prefix=1 | international-prefix=011"
#define ITALY "format=e164 | country-code=39 | national-prefix="

static const struct {
  const char *rule;
  const char *number;
  const char *result;
} table[] = {
  /* E.164 */
  { GERMANY, "030 123456", "+4930123456" },
  { GERMANY, "0049 30 123456", "+4930123456" },
  { GERMANY, "+49 (30) 123-456", "+4930123456" },
  { GERMANY, "+1.212.555.0100", "+12125550100" },
  { GERMANY, "0033/1/23456789", "+33123456789" },
  { GERMANY, "030\xe2\x80\x93" "123456", "+4930123456" },     /* an en dash */
  { GERMANY, "030\xc2\xa0" "123456", "+4930123456" },         /* a no-break space */
  { GERMANY, "600", "600" },                                   /* an extension */
  { GERMANY, "123456", "123456" },                             /* no area is known */
  { BERLIN, "123456", "+4930123456" },
  { BERLIN, "112", "112" },
  { BERLIN, "110", "110" },
  { BERLIN, "*21#", "*21#" },
  { BERLIN, "030#123456", "030#123456" },
  { BERLIN, "bob", "bob" },
  { BERLIN, "bob 7", "bob 7" },
  { BERLIN, "012345678901234567890", "012345678901234567890" }, /* longer than E.164 has */
  { BERLIN " | shortest=3", "112", "+4930112" },
  { AMERICA " | area-code=212", "5550100", "+12125550100" },
  { AMERICA, "1 (212) 555-0100", "+12125550100" },
  { AMERICA, "011 49 30 123456", "+4930123456" },
  { ITALY, "06 6982", "+39066982" },
  /* other formats */
  { "format=international", "+49 30 123456", "004930123456" },
  { "format=international", "030 123456", "030123456" },
  { "format=international | country-code=49", "030 123456", "004930123456" },
  { "format=national | country-code=49", "+49 30 123456", "030123456" },
  { "format=national | country-code=49", "+1 212 5550100", "0012125550100" },
  { "format=national | country-code=49", "030123456", "030123456" },
  /* prefixes */
  { "prefix=0", "123", "0123" },
  { "strip=1", "9123", "123" },
  { "match=9* | strip=1", "9123", "123" },
  { "match=9* | strip=1", "8123", "8123" },
  { "match=9 | strip=1", "9", "9" }, /* nothing would be left */
  { "match=0[1-9]* | strip=1 | prefix=+49", "030123", "+4930123" },
  { "match=0[1-9]* | strip=1 | prefix=+49", "0030123", "0030123" },
  /* replacements */
  { "match=pizza | replace=+4930999", "pizza", "+4930999" },
  { "match=re:(\\\\d{3})(\\\\d{4}) | replace=\\\\2\\\\1", "1234567", "4567123" },
  { "match=re:0(?<rest>\\\\d+) | replace=+49\\\\g<rest>", "030123", "+4930123" },
  { "match=re:(\\\\d+)x(\\\\d+) | replace=\\\\1", "123x4", "123" },
  { "match=re:0+(\\\\d*) | replace=\\\\1 | " GERMANY, "030123456", "30123456" },
  { "match=re:9(.*) | replace=\\\\1 | " GERMANY, "9030123456", "+4930123456" },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
    g_autofree char *result = NULL;

    add (rewriter, "rule", table[i].rule);
    result = ahoy_number_rewriter_rewrite (rewriter, NULL, table[i].number, NULL);
    g_test_message ("%s: %s -> %s", table[i].rule, table[i].number, result);
    g_assert_cmpstr (result, ==, table[i].result);
  }
}

static void
test_order (void)
{
  g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
  g_auto (GStrv) applied = NULL;
  g_auto (GStrv) none = NULL;
  g_autofree char *outside = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *work = NULL;

  add (rewriter, "line", "match=9* | strip=1 | continue=yes");
  add (rewriter, "extension", "match=??? | prefix=1");
  add (rewriter, "work", "endpoints=work | prefix=0");
  add (rewriter, "country", GERMANY);
  outside = ahoy_number_rewriter_rewrite (rewriter, NULL, "9 030 123456", &applied);
  g_assert_cmpstr (outside, ==, "+4930123456");
  g_assert_cmpuint (g_strv_length (applied), ==, 2);
  g_assert_cmpstr (applied[0], ==, "line");
  g_assert_cmpstr (applied[1], ==, "country");
  inside = ahoy_number_rewriter_rewrite (rewriter, "home", "600", NULL);
  g_assert_cmpstr (inside, ==, "1600");
  work = ahoy_number_rewriter_rewrite (rewriter, "work", "30123", NULL);
  g_assert_cmpstr (work, ==, "030123");
  g_free (ahoy_number_rewriter_rewrite (rewriter, NULL, "alice", &none));
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

#define TRUNK "for=caller | endpoints=trunk | " GERMANY " | area-code=30"

/* What a trunk brings, in all the ways in which trunks do. */
static void
test_callers (void)
{
  static const struct {
    const char *endpoint;
    const char *number;
    const char *shown;
  } callers[] = {
    { "trunk", "030123456", "+4930123456" },
    { "trunk", "004930123456", "+4930123456" },
    { "trunk", "4930123456", "+4930123456" }, /* by the rule before */
    { "trunk", "+4930123456", "+4930123456" },
    { "trunk", "+49 (30) 123-456", "+4930123456" },
    { "trunk", "123456", "+4930123456" },
    { "trunk", "112", "112" },
    { "trunk", "anonymous", "anonymous" },
    { "trunk", "anna-lena.2", "anna-lena.2" },
    { "trunk", "", "" },
    { "phone", "030123456", "030123456" },
    { "phone", "(030) 123-456", "(030) 123-456" }, /* no rule: not even its separators go */
    { "both", "030123456", "030123456#" },
    { NULL, "030123456", "030123456" },
  };
  g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
  g_autofree char *called = NULL;
  g_autofree char *dialled = NULL;
  g_autofree char *huge = g_strnfill (10000, '9');
  g_autofree char *same = NULL;
  g_autofree char *bytes = NULL;
  g_auto (GStrv) applied = NULL;

  add (rewriter, "code",
       "for=caller | endpoints=trunk | match=re:49\\\\d{6,} | prefix=+ | continue=yes");
  add (rewriter, "trunk", TRUNK);
  add (rewriter, "name", "for=both | match=re:.*[a-z].* | replace=nobody");
  add (rewriter, "both", "for=both | endpoints=both | match=re:(.*) | replace=\\\\1#");
  for (gsize i = 0; i < G_N_ELEMENTS (callers); i++) {
    g_autofree char *shown = ahoy_number_rewriter_rewrite_caller (rewriter, callers[i].endpoint,
                                                                  callers[i].number, NULL);

    g_assert_cmpstr (shown, ==, callers[i].shown);
  }
  g_free (ahoy_number_rewriter_rewrite_caller (rewriter, "trunk", "4930123456", &applied));
  g_assert_cmpuint (g_strv_length (applied), ==, 2);
  g_assert_cmpstr (applied[1], ==, "trunk");
  called = ahoy_number_rewriter_rewrite (rewriter, "trunk", "030123456", NULL);
  g_assert_cmpstr (called, ==, "030123456");
  dialled = ahoy_number_rewriter_rewrite (rewriter, "both", "030 1", NULL);
  g_assert_cmpstr (dialled, ==, "0301#");
  same = ahoy_number_rewriter_rewrite_caller (rewriter, "trunk", huge, NULL);
  g_assert_cmpstr (same, ==, huge);
  bytes = ahoy_number_rewriter_rewrite_caller (rewriter, "trunk", "030\xff\xfe", NULL);
  g_assert_cmpstr (bytes, ==, "030\xff\xfe");
}

static void
test_no_rules (void)
{
  g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
  g_autofree char *number = ahoy_number_rewriter_rewrite (rewriter, NULL, "+49 (30) 1", NULL);
  g_autofree char *name = ahoy_number_rewriter_rewrite (rewriter, NULL, "anna-lena", NULL);
  g_autofree char *desk = ahoy_number_rewriter_rewrite (rewriter, NULL, "100-2", NULL);
  g_autofree char *empty = ahoy_number_rewriter_rewrite (rewriter, NULL, "", NULL);

  g_assert_cmpstr (number, ==, "+49301");
  g_assert_cmpstr (name, ==, "anna-lena");
  g_assert_cmpstr (desk, ==, "100-2"); /* may be the name of an account */
  g_assert_cmpstr (empty, ==, "");
}

static void
test_refused (void)
{
  static const struct {
    const char *keys;
    const char *says;
  } cases[] = {
    { "match=1", "changes nothing" },
    { "format=e164", "country-code" },
    { "format=national", "country-code" },
    { "match=re:(1) | replace=\\\\g<", "replace" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
    g_autoptr (AhoyRewriteConfig) rule = make_rule ("rule", cases[i].keys);
    g_autoptr (GError) error = NULL;

    g_assert_false (ahoy_number_rewriter_add (rewriter, rule, &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_cmpuint (ahoy_number_rewriter_get_length (rewriter), ==, 0);
  }
}

/* What would take years without a bound. */
static void
test_time (void)
{
  g_autoptr (AhoyNumberRewriter) rewriter = ahoy_number_rewriter_new ();
  g_autofree char *nines = g_strnfill (250, '9');
  g_autofree char *number = g_strconcat (nines, "x", NULL);
  g_autofree char *result = NULL;
  g_autofree char *big = NULL;
  g_autofree char *huge = g_strnfill (100000, '9');
  g_autofree char *same = NULL;
  clock_t before = clock ();

  add (rewriter, "slow", "match=re:((9+)+)+ | replace=1");
  add (rewriter, "big", "match=re:(9.*) | replace=\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1\\\\1");
  result = ahoy_number_rewriter_rewrite (rewriter, NULL, number, NULL);
  g_assert_cmpstr (result, ==, number);
  big = ahoy_number_rewriter_rewrite (rewriter, NULL, nines, NULL);
  g_assert_cmpstr (big, ==, "1");
  same = ahoy_number_rewriter_rewrite (rewriter, NULL, huge, NULL);
  g_assert_cmpstr (same, ==, huge);
  g_assert_cmpfloat ((double) (clock () - before) / CLOCKS_PER_SEC, <, 1.0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/rewrite/numbers-become-what-the-rule-says", test_table);
  g_test_add_func ("/calls/rewrite/rules-are-applied-in-order", test_order);
  g_test_add_func ("/calls/rewrite/numbers-of-callers-have-rules-of-their-own", test_callers);
  g_test_add_func ("/calls/rewrite/without-rules-only-separators-go", test_no_rules);
  g_test_add_func ("/calls/rewrite/rules-that-cannot-work-are-refused", test_refused);
  g_test_add_func ("/calls/rewrite/no-number-takes-long", test_time);
  return g_test_run ();
}
