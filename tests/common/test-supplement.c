/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-supplement.h"

struct _TestSupplement {
  GObject parent_instance;

  char *name;
  guint begun;
  guint ended;
  GString *seen;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSupplement, test_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static void
session_begin (AhoySessionSupplement *supplement, AhoySession *session)
{
  TEST_SUPPLEMENT (supplement)->begun++;
}

static void
session_end (AhoySessionSupplement *supplement, AhoySession *session)
{
  TEST_SUPPLEMENT (supplement)->ended++;
}

static AhoySupplementVerdict
incoming_request (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *request)
{
  TestSupplement *self = TEST_SUPPLEMENT (supplement);
  g_autofree char *refuse = ahoy_message_get_header (request, "X-Refuse");

  g_string_append_printf (self->seen, "%s ", ahoy_message_get_method (request));
  if (ahoy_message_has_header (request, "X-Fail")) {
    return AHOY_SUPPLEMENT_FAILED;
  }
  if (ahoy_message_has_header (request, "X-Lie")) {
    return AHOY_SUPPLEMENT_ANSWERED;
  }
  if (refuse != NULL &&
      ahoy_session_respond (session, request, (guint) atoi (refuse), "Refused", NULL)) {
    return AHOY_SUPPLEMENT_ANSWERED;
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
incoming_response (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *response)
{
  g_string_append_printf (TEST_SUPPLEMENT (supplement)->seen, "%u ",
                          ahoy_message_get_status (response));
}

static void
sign (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *message)
{
  ahoy_message_add_header (message, "X-Signed", TEST_SUPPLEMENT (supplement)->name, NULL);
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->session_begin = session_begin;
  iface->session_end = session_end;
  iface->incoming_request = incoming_request;
  iface->incoming_response = incoming_response;
  iface->outgoing_request = sign;
  iface->outgoing_response = sign;
}

static void
test_supplement_finalize (GObject *object)
{
  TestSupplement *self = TEST_SUPPLEMENT (object);

  g_free (self->name);
  g_string_free (self->seen, TRUE);
  G_OBJECT_CLASS (test_supplement_parent_class)->finalize (object);
}

static void
test_supplement_class_init (TestSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_supplement_finalize;
}

static void
test_supplement_init (TestSupplement *self)
{
  self->seen = g_string_new (NULL);
}

TestSupplement *
test_supplement_new (const char *name)
{
  TestSupplement *self = g_object_new (TEST_TYPE_SUPPLEMENT, NULL);

  self->name = g_strdup (name);
  return self;
}

guint
test_supplement_get_begun (TestSupplement *self)
{
  return self->begun;
}

guint
test_supplement_get_ended (TestSupplement *self)
{
  return self->ended;
}

char *
test_supplement_steal_seen (TestSupplement *self)
{
  char *seen = g_strdup (self->seen->str);

  g_string_truncate (self->seen, 0);
  return g_strchomp (seen);
}
