/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#define PAI "P-Asserted-Identity"
#define RPID "Remote-Party-ID"
#define ALL (AHOY_IDENTITY_PRIVACY_NAME | AHOY_IDENTITY_PRIVACY_NUMBER)
#define FROM "\"F\" <sip:from@h>"

typedef struct {
  const char *from;
  const char *headers[7]; /* names and values */
  gboolean distrusted;
  const char *header; /* NULL: there is no identity */
  const char *name;
  const char *number;
  const char *uri;
  AhoyIdentityPrivacy privacy;
  const char *remark; /* a part of it */
} Case;

static const Case cases[] = {
  { FROM, { NULL }, .header = "From", .name = "F", .number = "from", .uri = "sip:from@h" },
  { FROM, { PAI, "\"P\" <sip:p@h>", RPID, "<sip:r@h>" }, .header = PAI, .name = "P",
    .number = "p", .uri = "sip:p@h" },
  { FROM, { RPID, "\"R\" <sip:r@h>;party=calling;screen=yes" }, .header = RPID, .name = "R",
    .number = "r", .uri = "sip:r@h" },
  { FROM, { PAI, "sip:p@h" }, .header = PAI, .number = "p", .uri = "sip:p@h" },
  { FROM, { PAI, "<sips:p@h;transport=tcp>" }, .header = PAI, .number = "p",
    .uri = "sips:p@h;transport=tcp" },

  /* numbers */
  { FROM, { PAI, "<tel:+420-123-456>" }, .header = PAI, .number = "+420123456",
    .uri = "tel:+420-123-456" },
  { FROM, { PAI, "<sip:+420.123@h;user=phone>" }, .header = PAI, .number = "+420123",
    .uri = "sip:+420.123@h;user=phone" },
  { FROM, { PAI, "<sip:123;phone-context=x@h>" }, .header = PAI, .number = "123",
    .uri = "sip:123;phone-context=x@h" },
  { FROM, { PAI, "<sip:h>" }, .header = PAI, .uri = "sip:h" },

  /* two values: the URI and the name of the SIP one, the number of the other */
  { FROM, { PAI, "\"P\" <sip:p@h>, <tel:+1234>" }, .header = PAI, .name = "P",
    .number = "+1234", .uri = "sip:p@h" },
  { FROM, { PAI, "\"T\" <tel:+1234>", PAI, "\"P\" <sip:p@h>" }, .header = PAI, .name = "P",
    .number = "+1234", .uri = "sip:p@h" },

  /* what is malformed falls through, with a reason */
  { FROM, { PAI, "<<>", RPID, "<sip:r@h>" }, .header = RPID, .number = "r", .uri = "sip:r@h",
    .remark = "P-Asserted-Identity was passed over: The address" },
  { FROM, { PAI, "<sip:p@h>, nonsense <" }, .header = "From", .name = "F", .number = "from",
    .uri = "sip:from@h", .remark = PAI },
  { FROM, { PAI, "<sip:p@h" }, .header = "From", .name = "F", .number = "from",
    .uri = "sip:from@h", .remark = PAI },
  { FROM, { PAI, "<urn:service:sos>", RPID, "\"\" <" }, .header = "From", .name = "F",
    .number = "from", .uri = "sip:from@h", .remark = "a sip, sips or tel URI; Remote" },
  { FROM, { RPID, "<sip:r@h>;party=called" }, .header = "From", .name = "F", .number = "from",
    .uri = "sip:from@h", .remark = "names no caller" },
  { FROM, { RPID, "<sip:r@h>;party=called, \"C\" <sip:c@h>;party=calling" }, .header = RPID,
    .name = "C", .number = "c", .uri = "sip:c@h" },

  /* who is not trusted asserts nothing */
  { FROM, { PAI, "<sip:p@h>", RPID, "<sip:r@h>" }, TRUE, .header = "From", .name = "F",
    .number = "from", .uri = "sip:from@h", .remark = "not trusted" },

  /* privacy */
  { FROM, { PAI, "<sip:p@h>", "Privacy", "id" }, .header = PAI, .number = "p", .uri = "sip:p@h",
    .privacy = ALL },
  { FROM, { PAI, "<sip:p@h>", "Privacy", "Header;Critical" }, .header = PAI, .number = "p",
    .uri = "sip:p@h", .privacy = ALL },
  { FROM, { PAI, "<sip:p@h>", "Privacy", "none" }, .header = PAI, .number = "p",
    .uri = "sip:p@h" },
  { FROM, { PAI, "<sip:p@h>", "Privacy", "session;critical" }, .header = PAI, .number = "p",
    .uri = "sip:p@h" },
  { FROM, { RPID, "<sip:r@h>;privacy=full" }, .header = RPID, .number = "r", .uri = "sip:r@h",
    .privacy = ALL },
  { FROM, { RPID, "<sip:r@h>;privacy=name" }, .header = RPID, .number = "r", .uri = "sip:r@h",
    .privacy = AHOY_IDENTITY_PRIVACY_NAME },
  { FROM, { RPID, "<sip:r@h>;privacy=uri-network" }, .header = RPID, .number = "r",
    .uri = "sip:r@h", .privacy = AHOY_IDENTITY_PRIVACY_NUMBER },
  { FROM, { RPID, "<sip:r@h>;privacy=off" }, .header = RPID, .number = "r", .uri = "sip:r@h" },
  { "\"Anonymous\" <sip:anonymous@anonymous.invalid>", { PAI, "<sip:p@h>" }, .header = PAI,
    .number = "p", .uri = "sip:p@h", .privacy = ALL },
  { "<sip:anonymous@h>", { NULL }, .header = "From", .number = "anonymous",
    .uri = "sip:anonymous@h", .privacy = ALL },
};

static AhoyMessage *
make_request (AhoyStack *stack, const Case *want)
{
  g_autoptr (GError) error = NULL;
  AhoyMessage *request =
      ahoy_stack_create_request (stack, "INVITE", "sip:bob@h", want->from, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; want->headers[i] != NULL; i += 2) {
    ahoy_message_add_header (request, want->headers[i], want->headers[i + 1], &error);
    g_assert_no_error (error);
  }
  return request;
}

static void
check_case (AhoyStack *stack, const Case *want)
{
  g_autoptr (AhoyMessage) request = make_request (stack, want);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyIdentity) identity =
      ahoy_identity_new_from_request (request, !want->distrusted, &error);
  g_autofree char *uri = NULL;

  g_assert_no_error (error);
  uri = ahoy_uri_to_string (ahoy_identity_get_uri (identity));
  g_test_message ("%s: %s", want->headers[0] != NULL ? want->headers[1] : want->from,
                  ahoy_identity_get_remark (identity));
  g_assert_cmpstr (ahoy_identity_get_header (identity), ==, want->header);
  g_assert_cmpstr (ahoy_identity_get_name (identity), ==, want->name);
  g_assert_cmpstr (ahoy_identity_get_number (identity), ==, want->number);
  g_assert_cmpstr (uri, ==, want->uri);
  g_assert_cmpuint (ahoy_identity_get_privacy (identity), ==, want->privacy);
  if (want->remark == NULL) {
    g_assert_null (ahoy_identity_get_remark (identity));
  } else {
    g_assert_nonnull (strstr (ahoy_identity_get_remark (identity), want->remark));
  }
}

static void
test_headers (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);

  g_assert_true (ahoy_stack_start (stack, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_case (stack, &cases[i]);
  }
  g_assert_cmpuint (ahoy_census_count ("AhoyIdentity"), ==, 0);
  ahoy_stack_stop (stack);
}

/* A From that nobody can be called by. */
static void
test_nobody (void)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GError) error = NULL;
  const Case nobody = { "<urn:x:y>", { PAI, "<sip:p@h>" } };

  g_assert_true (ahoy_stack_start (stack, NULL));
  request = make_request (stack, &nobody);
  g_assert_null (ahoy_identity_new_from_request (request, FALSE, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "not trusted"));
  g_clear_object (&request);
  ahoy_stack_stop (stack);
}

/* Another way to write a number: in the URI, and not in a name beside it. */
static void
test_number (void)
{
  static const struct {
    const char *headers[5];
    const char *number;
    const char *uri;
    const char *shown; /* the number in the end */
  } numbers[] = {
    { { PAI, "\"P\" <sip:030123@h;x=1>" }, "+4930123", "sip:+4930123@h;x=1", "+4930123" },
    { { PAI, "<sip:030.123;phone-context=+49@h;user=phone>" }, "+4930123",
      "sip:+4930123@h;user=phone", "+4930123" },
    { { PAI, "<tel:030-123;phone-context=+49;ext=7>" }, "+4930123", "tel:+4930123;ext=7",
      "+4930123" },
    { { PAI, "<tel:030-123;phone-context=h>" }, "30123", "tel:30123;phone-context=h", "30123" },
    { { PAI, "<tel:+4930123>" }, "bob", "tel:+4930123", "+4930123" }, /* cannot have it */
    { { PAI, "<sip:p@h>, <tel:030123>" }, "+4930123", "sip:p@h", "+4930123" },
    { { PAI, "<sip:030123@h>, <tel:+4930123>" }, "+4930123", "sip:+4930123@h", "+4930123" },
    { { PAI, "<sip:030123@h>", "Privacy", "id" }, "+49 30", "sip:+49%2030@h", "+49 30" },
  };
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);

  g_assert_true (ahoy_stack_start (stack, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    Case want = { FROM, { NULL } };
    g_autoptr (AhoyMessage) request = NULL;
    g_autoptr (AhoyIdentity) said = NULL;
    g_autoptr (AhoyIdentity) identity = NULL;
    g_autofree char *uri = NULL;

    memcpy (want.headers, numbers[i].headers, sizeof numbers[i].headers);
    request = make_request (stack, &want);
    said = ahoy_identity_new_from_request (request, TRUE, NULL);
    identity = ahoy_identity_with_number (said, numbers[i].number);
    uri = ahoy_uri_to_string (ahoy_identity_get_uri (identity));
    g_assert_cmpstr (uri, ==, numbers[i].uri);
    g_assert_cmpstr (ahoy_identity_get_number (identity), ==, numbers[i].shown);
    g_assert_cmpstr (ahoy_identity_get_header (identity), ==, PAI);
    g_assert_cmpstr (ahoy_identity_get_name (identity), ==, ahoy_identity_get_name (said));
    g_assert_cmpuint (ahoy_identity_get_privacy (identity), ==, ahoy_identity_get_privacy (said));
  }
  g_assert_cmpuint (ahoy_census_count ("AhoyIdentity"), ==, 0);
  ahoy_stack_stop (stack);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/headers", test_headers);
  g_test_add_func ("/identity/nobody", test_nobody);
  g_test_add_func ("/identity/another-number", test_number);
  return g_test_run ();
}
