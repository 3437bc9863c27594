/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* MESG-13: the router with a channel that is not SIP, and with handlers. */

/* -- a channel that knows page: addresses ---------------------------------------------------- */

#define TEST_TYPE_PAGER (test_pager_get_type ())
G_DECLARE_FINAL_TYPE (TestPager, test_pager, TEST, PAGER, GObject)

struct _TestPager {
  GObject parent_instance;

  GPtrArray *paged; /* char *: target and text */
  guint status;     /* 0: it cannot send at all */
};

static gboolean
can_reach (AhoyMessageChannel *channel, const char *target)
{
  return g_str_has_prefix (target, "page:");
}

static void
deliver_async (AhoyMessageChannel *channel, AhoyTextMessage *message, const char *target,
               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestPager *self = TEST_PAGER (channel);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *text = ahoy_text_message_dup_text (message);

  g_ptr_array_add (self->paged, g_strdup_printf ("%s %s", target, text));
  if (self->status == 0) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_UNREACHABLE, "The antenna is broken");
  } else {
    g_task_return_int (task, (gssize) self->status);
  }
}

static guint
deliver_finish (AhoyMessageChannel *channel, GAsyncResult *result, char **reason, GError **error)
{
  gssize status = g_task_propagate_int (G_TASK (result), error);

  if (status > 0 && reason != NULL) {
    *reason = g_strdup ("Beep");
  }
  return status > 0 ? (guint) status : 0;
}

static void
channel_init (AhoyMessageChannelInterface *iface)
{
  iface->can_reach = can_reach;
  iface->deliver_async = deliver_async;
  iface->deliver_finish = deliver_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPager, test_pager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MESSAGE_CHANNEL, channel_init))

static void
test_pager_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_PAGER (object)->paged);
  G_OBJECT_CLASS (test_pager_parent_class)->finalize (object);
}

static void
test_pager_class_init (TestPagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_pager_finalize;
}

static void
test_pager_init (TestPager *self)
{
  self->paged = g_ptr_array_new_with_free_func (g_free);
  self->status = 200;
}

/* -- a handler that does what it is told ------------------------------------------------------ */

#define TEST_TYPE_CLERK (test_clerk_get_type ())
G_DECLARE_FINAL_TYPE (TestClerk, test_clerk, TEST, CLERK, GObject)

struct _TestClerk {
  GObject parent_instance;

  AhoyMessageVerdict verdict;
  guint status; /* settles at once */
  guint asked;
  AhoyMessageReceipt *receipt; /* the last one that it took */
};

static AhoyMessageVerdict
handle (AhoyMessageHandler *handler, AhoyMessageReceipt *receipt)
{
  TestClerk *self = TEST_CLERK (handler);

  self->asked++;
  if (self->verdict == AHOY_MESSAGE_TAKEN) {
    g_set_object (&self->receipt, receipt);
    if (self->status != 0) {
      ahoy_message_receipt_settle (receipt, self->status, "Says The Clerk");
    }
  }
  return self->verdict;
}

static void
handler_init (AhoyMessageHandlerInterface *iface)
{
  iface->handle = handle;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestClerk, test_clerk, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MESSAGE_HANDLER, handler_init))

static void
test_clerk_finalize (GObject *object)
{
  g_clear_object (&TEST_CLERK (object)->receipt);
  G_OBJECT_CLASS (test_clerk_parent_class)->finalize (object);
}

static void
test_clerk_class_init (TestClerkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_clerk_finalize;
}

static void
test_clerk_init (TestClerk *self)
{
  self->verdict = AHOY_MESSAGE_NOT_MINE;
}

/* -- fixture ---------------------------------------------------------------------------------- */

typedef struct {
  AhoyScheduler *scheduler;
  AhoyExtensionRegistry *extensions;
  AhoyMessageRouter *router;
  TestPager *pager;
  TestClerk *first;
  TestClerk *second;
  GString *log;
  gboolean listening;
} Fixture;

static gboolean
on_received (AhoyMessageRouter *router, AhoyTextMessage *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (fixture->listening) {
    g_string_append_printf (fixture->log, "received by %s; ",
                            ahoy_text_message_get_channel (message));
  }
  return fixture->listening;
}

static void
on_status (AhoyMessageRouter *router, const char *id, guint status, const char *reason,
           gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->log, "%s is %u %s; ", id, status, reason);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->scheduler = ahoy_scheduler_new_virtual ();
  fixture->extensions = ahoy_extension_registry_new ();
  fixture->router = ahoy_message_router_new (fixture->extensions, fixture->scheduler);
  fixture->pager = g_object_new (TEST_TYPE_PAGER, NULL);
  fixture->first = g_object_new (TEST_TYPE_CLERK, NULL);
  fixture->second = g_object_new (TEST_TYPE_CLERK, NULL);
  fixture->log = g_string_new (NULL);
  g_assert_true (ahoy_message_router_add_channel (fixture->router,
                                                  AHOY_MESSAGE_CHANNEL (fixture->pager), "pager",
                                                  NULL));
  g_assert_true (ahoy_message_router_add_handler (
      fixture->router, AHOY_MESSAGE_HANDLER (fixture->second), "second", NULL, NULL, NULL));
  g_assert_true (ahoy_message_router_add_handler (
      fixture->router, AHOY_MESSAGE_HANDLER (fixture->first), "first",
      (const char *const[]){ "second", NULL }, NULL, NULL));
  g_signal_connect (fixture->router, "received", G_CALLBACK (on_received), fixture);
  g_signal_connect (fixture->router, "status", G_CALLBACK (on_status), fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  ahoy_message_router_close (fixture->router);
  g_clear_object (&fixture->pager);
  g_clear_object (&fixture->first);
  g_clear_object (&fixture->second);
  g_clear_object (&fixture->router);
  g_clear_object (&fixture->extensions);
  g_clear_object (&fixture->scheduler);
  g_string_free (fixture->log, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (ahoy_census_count ("AhoyMessageRouter"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyMessageReceipt"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyTextMessage"), ==, 0);
}

static AhoyTextMessage *
write_message (const char *to)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("hello", 5);
  AhoyTextMessage *message = ahoy_text_message_new ("page:1", to, "text/plain", body);

  ahoy_text_message_set_id (message, "m1");
  ahoy_text_message_set_channel (message, "pager");
  return message;
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (AhoyMessageReceipt) receipt =
      ahoy_message_router_take_finish (AHOY_MESSAGE_ROUTER (source), result, NULL);
  const char *reason = ahoy_message_receipt_get_reason (receipt);
  const char *target = ahoy_message_receipt_get_target (receipt);

  g_string_append_printf (fixture->log, "settled %u %s%s; ",
                          ahoy_message_receipt_get_status (receipt), reason != NULL ? reason : "",
                          target != NULL ? target : "");
}

static void
take (Fixture *fixture)
{
  g_autoptr (AhoyTextMessage) message = write_message ("page:2");

  ahoy_message_router_take_async (fixture->router, message, NULL, on_taken, fixture);
}

static void
expect (Fixture *fixture, const char *log)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (fixture->log->str, ==, log);
  g_string_set_size (fixture->log, 0);
}

/* -- tests ------------------------------------------------------------------------------------ */

static void
test_handlers (Fixture *fixture, gconstpointer data)
{
  take (fixture);
  expect (fixture, "settled 404 ; ");
  fixture->listening = TRUE;
  take (fixture);
  expect (fixture, "received by pager; settled 200 ; ");
  g_assert_cmpuint (fixture->first->asked + fixture->second->asked, ==, 4);

  fixture->second->verdict = AHOY_MESSAGE_TAKEN;
  fixture->second->status = 202;
  take (fixture);
  expect (fixture, "settled 202 Says The Clerk; ");
  fixture->first->verdict = AHOY_MESSAGE_TAKEN;
  fixture->first->status = 603;
  take (fixture);
  expect (fixture, "settled 603 Says The Clerk; ");
  g_assert_cmpuint (fixture->second->asked, ==, 3);

  g_assert_false (ahoy_message_receipt_settle (fixture->first->receipt, 200, NULL));
  g_assert_false (ahoy_message_receipt_redirect (fixture->first->receipt, "sip:x@example.org"));
  g_assert_cmpuint (ahoy_message_receipt_get_status (fixture->first->receipt), ==, 603);
}

static void
test_failed_handler (Fixture *fixture, gconstpointer data)
{
  GLogLevelFlags fatal;

  fixture->listening = TRUE;
  fixture->first->verdict = AHOY_MESSAGE_FAILED;
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns */
  take (fixture);
  g_log_set_always_fatal (fatal);
  expect (fixture, "settled 500 ; ");
}

/* A handler takes its time: it settles, passes on, redirects, or is too late. */
static void
test_slow_handler (Fixture *fixture, gconstpointer data)
{
  fixture->listening = TRUE;
  fixture->first->verdict = AHOY_MESSAGE_TAKEN;
  take (fixture);
  expect (fixture, "");
  ahoy_message_receipt_pass (fixture->first->receipt);
  expect (fixture, "received by pager; settled 200 ; ");
  ahoy_message_receipt_pass (fixture->first->receipt);
  expect (fixture, "");

  take (fixture);
  g_assert_true (ahoy_message_receipt_redirect (fixture->first->receipt, "sip:x@example.org"));
  expect (fixture, "settled 302 sip:x@example.org; ");

  take (fixture);
  ahoy_scheduler_advance (fixture->scheduler, 24 * G_USEC_PER_SEC);
  expect (fixture, "");
  ahoy_scheduler_advance (fixture->scheduler, 2 * G_USEC_PER_SEC);
  expect (fixture, "settled 408 ; ");
  g_assert_false (ahoy_message_receipt_settle (fixture->first->receipt, 200, NULL));
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 0);

  take (fixture);
  ahoy_message_router_close (fixture->router);
  expect (fixture, "settled 503 ; ");
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  guint status = ahoy_message_router_deliver_finish (AHOY_MESSAGE_ROUTER (source), result, &reason,
                                                     &error);

  g_string_append_printf (fixture->log, "delivered %u %s; ", status,
                          status != 0 ? reason : error->message);
}

static void
deliver (Fixture *fixture, const char *target)
{
  g_autoptr (AhoyTextMessage) message = write_message (target);

  ahoy_message_router_deliver_async (fixture->router, message, target, NULL, on_delivered,
                                     fixture);
}

static void
test_channel (Fixture *fixture, gconstpointer data)
{
  deliver (fixture, "page:7");
  expect (fixture, "m1 is 200 Beep; delivered 200 Beep; ");
  g_assert_cmpstr (fixture->pager->paged->pdata[0], ==, "page:7 hello");
  fixture->pager->status = 480;
  deliver (fixture, "page:7");
  expect (fixture, "m1 is 480 Beep; delivered 480 Beep; ");
  fixture->pager->status = 0;
  deliver (fixture, "page:7");
  expect (fixture, "delivered 0 The antenna is broken; ");
  g_assert_true (ahoy_message_router_remove_channel (fixture->router,
                                                     AHOY_MESSAGE_CHANNEL (fixture->pager)));
  deliver (fixture, "page:7");
  expect (fixture, "delivered 0 Nothing here can send a message to “page:7”; write the name of an "
                   "endpoint, or a URI such as sip:bob@example.org; ");
}

static void
test_message (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("a\xff", 2);
  g_autoptr (AhoyTextMessage) message = ahoy_text_message_new (
      "sip:a@example.org", "sip:b%20c;x=1@example.org", "Text/Plain;charset=utf-8", body);
  g_autoptr (AhoyTextMessage) number =
      ahoy_text_message_new ("", "tel:+49-30-1", "text/plain", body);
  g_autofree char *user = ahoy_text_message_dup_to_user (message);
  g_autofree char *digits = ahoy_text_message_dup_to_user (number);
  g_autofree char *text = ahoy_text_message_dup_text (message);

  g_assert_cmpstr (user, ==, "b c");
  g_assert_cmpstr (digits, ==, "+49301");
  g_assert_cmpstr (text, ==, "a\xef\xbf\xbd");
  g_assert_true (ahoy_text_message_has_content_type (message, "text/plain"));
  g_assert_true (ahoy_text_message_has_content_type (message, "text/*"));
  g_assert_false (ahoy_text_message_has_content_type (message, "text/plai"));
  g_assert_false (ahoy_text_message_has_content_type (message, "message/*"));
  ahoy_text_message_set_hops (message, 1000);
  g_assert_cmpuint (ahoy_text_message_get_hops (message), ==, 70);
  ahoy_text_message_add_header (message, "Subject", "x");
  g_assert_cmpstr (ahoy_text_message_get_header (message, "subject"), ==, "x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/messaging/router/" name, Fixture, NULL, setup, function, teardown)
  ADD ("handlers", test_handlers);
  ADD ("failed-handler", test_failed_handler);
  ADD ("slow-handler", test_slow_handler);
  ADD ("channel", test_channel);
#undef ADD
  g_test_add_func ("/messaging/message", test_message);
  return g_test_run ();
}
