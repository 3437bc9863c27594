/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-supplement.h"

#include <time.h>

struct _TestSupplement {
  GObject parent_instance;

  char *name;
  guint begun;
  guint ended;
  guint kept;
  GString *seen;
  GPtrArray *waits; /* Wait: everything that was ever deferred */
};

typedef struct {
  AhoySupplementDeferral *deferral;
  AhoyMessage *request;
  guint64 session;
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_object_unref (wait->deferral);
  g_object_unref (wait->request);
  g_free (wait);
}

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSupplement, test_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static void
on_let_go (gpointer data)
{
  TEST_SUPPLEMENT (data)->kept--;
}

/* Nobody calls whom the address forbids. */
static gboolean
session_create (AhoySessionSupplement *supplement, AhoySession *session, GError **error)
{
  TestSupplement *self = TEST_SUPPLEMENT (supplement);
  const char *target = ahoy_session_get_target (session);

  /* What is kept here goes with the session, whatever becomes of it. */
  self->kept++;
  ahoy_datastore_set_data_full (ahoy_session_get_datastore (session), "asked", self, on_let_go);
  if (strstr (target, "silent") != NULL) {
    return FALSE;
  }
  if (strstr (target, "foreign") != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "Not \xff now");
    return FALSE;
  }
  if (strstr (target, "forbidden") != NULL) {
    ahoy_session_hangup (session); /* there is nothing to hang up yet */
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_AUTHORIZED, "“%s” says no", self->name);
    return FALSE;
  }
  return TRUE;
}

static void
session_begin (AhoySessionSupplement *supplement, AhoySession *session)
{
  TestSupplement *self = TEST_SUPPLEMENT (supplement);

  self->begun++;
  self->kept++;
  ahoy_datastore_set_data_full (ahoy_session_get_datastore (session), self->name, self, on_let_go);
}

static void
session_end (AhoySessionSupplement *supplement, AhoySession *session)
{
  TEST_SUPPLEMENT (supplement)->ended++;
}

static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, TestSupplement *self)
{
  g_signal_emit_by_name (self, "deferral-over", state);
}

/* `X-Defer: NAME MILLISECONDS [HOW]`: the supplement of that name defers the request. */
static AhoySupplementVerdict
defer (TestSupplement *self, AhoySession *session, AhoyMessage *request, char **words)
{
  const char *how = g_strv_length (words) > 2 ? words[2] : "";
  AhoySupplementDeferral *deferral;
  Wait *wait;

  if (g_str_equal (how, "lie")) {
    return AHOY_SUPPLEMENT_DEFERRED;
  }
  deferral = ahoy_session_defer (session, request, (guint) atoi (words[1]), NULL);
  if (deferral == NULL) {
    g_string_append (self->seen, "undeferrable ");
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  g_signal_connect_object (deferral, "over", G_CALLBACK (on_over), self, 0);
  g_signal_emit_by_name (self, "deferred", request);
  if (g_str_equal (how, "ring")) {
    ahoy_session_respond (session, request, 180, NULL, NULL);
  }
  if (g_str_equal (how, "forget")) {
    g_object_unref (deferral);
    return AHOY_SUPPLEMENT_DEFERRED;
  }
  wait = g_new (Wait, 1);
  wait->deferral = deferral;
  wait->request = g_object_ref (request);
  wait->session = ahoy_session_get_id (session);
  g_ptr_array_add (self->waits, wait);
  if (g_str_equal (how, "now")) {
    ahoy_supplement_deferral_resolve (deferral, AHOY_SUPPLEMENT_CONTINUE);
  }
  return g_str_equal (how, "ignore") ? AHOY_SUPPLEMENT_CONTINUE : AHOY_SUPPLEMENT_DEFERRED;
}

/* Answers the request that was deferred as the @index-th, from the last one when that is negative,
 * when @status is not 0, and resolves its deferral. */
gboolean
test_supplement_resolve (TestSupplement *self, AhoySessionService *sessions, int index,
                         AhoySupplementVerdict verdict, guint status)
{
  Wait *wait;
  AhoySession *session;

  index += index < 0 ? (int) self->waits->len : 0;
  if (index < 0 || index >= (int) self->waits->len) {
    return FALSE;
  }
  wait = self->waits->pdata[index];
  session = ahoy_session_service_lookup (sessions, wait->session);
  if (status != 0 && session != NULL) {
    ahoy_session_respond (session, wait->request, status, NULL, NULL);
  }
  return ahoy_supplement_deferral_resolve (wait->deferral, verdict);
}

/* Longer than an extension may. */
static void
keep_busy (void)
{
  /* Of processor time: others may have the processor meanwhile. */
  clock_t end = clock () + 60 * CLOCKS_PER_SEC / 1000;

  while (clock () < end) {
  }
}

static AhoySupplementVerdict
incoming_request (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *request)
{
  TestSupplement *self = TEST_SUPPLEMENT (supplement);
  g_autofree char *refuse = ahoy_message_get_header (request, "X-Refuse");
  g_autofree char *slow = ahoy_message_get_header (request, "X-Slow");
  g_autofree char *wait = ahoy_message_get_header (request, "X-Defer");
  g_auto (GStrv) words = g_strsplit (wait != NULL ? wait : "", " ", 3);

  g_string_append_printf (self->seen, "%s ", ahoy_message_get_method (request));
  g_signal_emit_by_name (self, "message", request, FALSE);
  if (slow != NULL && g_str_equal (slow, self->name)) {
    keep_busy ();
  }
  if (g_strv_length (words) > 1 && g_str_equal (words[0], self->name)) {
    return defer (self, session, request, words);
  }
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
  g_signal_emit_by_name (supplement, "message", response, FALSE);
}

static void
sign (AhoySessionSupplement *supplement, AhoySession *session, AhoyMessage *message)
{
  ahoy_message_add_header (message, "X-Signed", TEST_SUPPLEMENT (supplement)->name, NULL);
  g_signal_emit_by_name (supplement, "message", message, TRUE);
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->session_create = session_create;
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
  g_ptr_array_unref (self->waits);
  G_OBJECT_CLASS (test_supplement_parent_class)->finalize (object);
}

static void
test_supplement_class_init (TestSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_supplement_finalize;

  /* A message of a session, and whether it is ours. */
  g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, AHOY_TYPE_MESSAGE, G_TYPE_BOOLEAN);
  g_signal_new ("deferred", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, AHOY_TYPE_MESSAGE);
  g_signal_new ("deferral-over", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, AHOY_TYPE_DEFERRAL_STATE);
}

static void
test_supplement_init (TestSupplement *self)
{
  self->seen = g_string_new (NULL);
  self->waits = g_ptr_array_new_with_free_func (wait_free);
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

/* How many sessions keep something of it. */
guint
test_supplement_get_kept (TestSupplement *self)
{
  return self->kept;
}

char *
test_supplement_steal_seen (TestSupplement *self)
{
  char *seen = g_strdup (self->seen->str);

  g_string_truncate (self->seen, 0);
  return g_strchomp (seen);
}
