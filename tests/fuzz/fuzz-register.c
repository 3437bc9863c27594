/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-aor-config.h"
#include "ahoy-contact-private.h"
#include "ahoy-location-edit-private.h"
#include "ahoy-location-private.h"
#include "ahoy-message-private.h"
#include "ahoy-register-bindings-private.h"
#include "ahoy-stack-private.h"
#include "fuzz.h"

/* REGISTERs from anybody, one after the other, for one address of record. A byte of value 0 ends
 * one; the first byte of the input says what the address of record allows. */

#define MAX_REQUESTS 8
#define NOW (G_GINT64_CONSTANT (1750000000) * G_USEC_PER_SEC)

static AhoyOwner *owner;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  owner = ahoy_owner_new (NULL);
  return 0;
}

/* As it comes from a socket; NULL for what the stack does not let in. */
static AhoyMessage *
make_message (const guint8 *data, gsize size)
{
  msg_t *msg = msg_make (ahoy_door_get_mclass (), 0, data, (ssize_t) size);
  sip_t *sip = msg != NULL ? sip_object (msg) : NULL;

  if (sip == NULL || sip->sip_request == NULL ||
      sip->sip_request->rq_method != sip_method_register || sip->sip_from == NULL ||
      sip->sip_to == NULL || sip->sip_call_id == NULL || sip->sip_cseq == NULL) {
    g_clear_pointer (&msg, msg_destroy);
    return NULL;
  }
  return ahoy_message_new_take (owner, msg, AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_SEALED);
}

static void
make_limits (AhoyRegisterLimits *limits, guint8 flags)
{
  g_autoptr (AhoyAorConfig) config = ahoy_aor_config_new ("alice");

  ahoy_register_limits_init (limits, AHOY_CONFIG_OBJECT (config));
  limits->max_contacts = flags & 1 ? 1 : 10;
  limits->remove_existing = (flags & 2) != 0;
  limits->remove_unavailable = (flags & 4) != 0;
  limits->reject_brief = (flags & 8) != 0;
  limits->rewrite = (flags & 16) != 0;
  limits->support_path = (flags & 32) != 0;
}

static void
check_contact (AhoyContact *contact, const AhoyRegisterLimits *limits, gint64 now)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (ahoy_contact_get_uri (contact), NULL);
  gint64 left = ahoy_contact_get_expires (contact) - now;

  g_assert_nonnull (uri);
  g_assert_true (g_utf8_validate (ahoy_contact_get_uri (contact), -1, NULL));
  g_assert_null (strpbrk (ahoy_contact_get_uri (contact), "\r\n"));
  g_assert_cmpuint (ahoy_contact_get_q (contact), <=, 1000);
  g_assert_cmpint (left, <=, limits->longest * G_USEC_PER_SEC);
}

/* All of them can be kept, and are read as they were written. */
static void
check_bindings (GPtrArray *bindings, const AhoyRegisterLimits *limits, gint64 now)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  g_autoptr (GPtrArray) again = NULL;

  for (guint i = 0; i < bindings->len; i++) {
    check_contact (bindings->pdata[i], limits, now);
    if (!ahoy_location_record_check (bindings->pdata[i], NULL)) {
      return; /* answered with 500 */
    }
    for (guint n = 0; n < i; n++) {
      g_assert_cmpstr (ahoy_contact_get_uri (bindings->pdata[n]), !=,
                       ahoy_contact_get_uri (bindings->pdata[i]));
    }
  }
  ahoy_location_record_write (bytes, bindings);
  again = ahoy_location_record_read (bytes->data, bytes->len, 0);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->len, ==, bindings->len);
  for (guint i = 0; i < again->len; i++) {
    g_assert_cmpstr (ahoy_contact_get_uri (again->pdata[i]), ==,
                     ahoy_contact_get_uri (bindings->pdata[i]));
  }
  ahoy_location_record_write (copy, again);
  g_assert_cmpuint (copy->len, ==, bytes->len);
}

/* What there is afterwards: the new bindings, or those that there were. */
static GPtrArray *
apply (GPtrArray *bindings, const AhoyRegisterRequest *request, const AhoyRegisterLimits *limits,
       const AhoyRegisterOrigin *origin, gint64 now)
{
  g_auto (AhoyRegisterRefusal) refusal = { 0 };
  g_autoptr (AhoyLocationEdit) edit = ahoy_location_edit_new (
      "alice", NULL, (AhoyContact *const *) bindings->pdata, bindings->len);
  gboolean done =
      ahoy_register_bindings_apply (request, limits, origin, edit, now, &refusal);
  GPtrArray *after;

  g_assert_true (done == (refusal.status == 0));
  if (!done) {
    g_assert_true (refusal.status >= 300 && refusal.status <= 699);
    ahoy_location_edit_close (edit);
    return g_ptr_array_ref (bindings);
  }
  after = ahoy_location_edit_list_contacts (edit);
  ahoy_location_edit_close (edit);
  if (request->all) {
    g_assert_cmpuint (after->len, ==, 0);
  }
  g_assert_cmpuint (after->len, <=, MAX (limits->max_contacts, bindings->len));
  check_bindings (after, limits, now);
  return after;
}

static GPtrArray *
take (GPtrArray *bindings, const guint8 *data, gsize size, const AhoyRegisterLimits *limits,
      gint64 now)
{
  g_autoptr (AhoyMessage) message = make_message (data, size);
  g_autoptr (AhoyRegisterRequest) request = NULL;
  g_auto (AhoyRegisterRefusal) refusal = { 0 };
  g_autoptr (GSocketAddress) source = g_inet_socket_address_new_from_string ("2001:db8::7", 5070);
  AhoyRegisterOrigin origin = {
    .source = limits->rewrite ? G_INET_SOCKET_ADDRESS (source) : NULL,
    .received = "[2001:db8::7]:5070",
    .transport = "udp6",
    .protocol = AHOY_TRANSPORT_PROTOCOL_UDP,
  };

  if (message == NULL) {
    return g_ptr_array_ref (bindings);
  }
  request = ahoy_register_request_parse (message, &refusal);
  g_assert_true ((request != NULL) == (refusal.status == 0));
  if (request == NULL) {
    return g_ptr_array_ref (bindings);
  }
  g_assert_cmpuint (request->contacts->len, <=, AHOY_REGISTER_MAX_CONTACTS);
  g_assert_true (!request->all || request->contacts->len == 0);
  return apply (bindings, request, limits, &origin, now);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) bindings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  AhoyRegisterLimits limits;
  gint64 now = NOW;

  if (size < 2) {
    return 0;
  }
  make_limits (&limits, data[0]);
  data++;
  size--;
  for (guint i = 0; i < MAX_REQUESTS && size > 0; i++, now += G_USEC_PER_SEC) {
    const guint8 *end = memchr (data, 0, size);
    gsize length = end != NULL ? (gsize) (end - data) : size;
    GPtrArray *after = take (bindings, data, length, &limits, now);

    g_ptr_array_unref (bindings);
    bindings = after;
    data += MIN (length + 1, size);
    size -= MIN (length + 1, size);
  }
  return 0;
}
