/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <time.h>

#include "ahoy-contact.h"
#include "ahoy-decimal-private.h"
#include "ahoy-register-answer-private.h"

/* What a REGISTER is answered with (RFC 3261 §10.3, step 8). */

/* RFC 3261 §20.17: always English, always Greenwich. */
static void
add_date (AhoyMessage *response, gint64 now)
{
  static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  time_t seconds = (time_t) (now / G_USEC_PER_SEC);
  char text[64];
  struct tm date;

  if (gmtime_r (&seconds, &date) == NULL) {
    return;
  }
  g_snprintf (text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[date.tm_wday],
              date.tm_mday, months[date.tm_mon], date.tm_year + 1900, date.tm_hour, date.tm_min,
              date.tm_sec);
  ahoy_message_add_header (response, "Date", text, NULL);
}

static void
append_q (GString *text, guint q)
{
  if (q < 1000) {
    g_string_append_printf (text, ";q=0.%03u", q);
  }
}

static void
append_instance (GString *text, const char *instance)
{
  if (instance == NULL) {
    return;
  }
  g_string_append (text, ";+sip.instance=\"");
  for (const char *at = instance; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') {
      g_string_append_c (text, '\\');
    }
    g_string_append_c (text, *at);
  }
  g_string_append_c (text, '"');
}

/* As it was registered, so that the phone finds its own again. */
static void
add_contact (AhoyMessage *response, AhoyContact *contact, gint64 now)
{
  g_autoptr (GString) text = g_string_new ("<");
  gint64 left = (ahoy_contact_get_expires (contact) - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  const char *params = ahoy_contact_get_params (contact);
  char digits[AHOY_DECIMAL_SIZE];

  g_string_append (text, ahoy_contact_get_registered_uri (contact));
  g_string_append (text, ">;expires=");
  g_string_append (text, ahoy_decimal ((guint64) MAX (left, 0), digits));
  append_q (text, ahoy_contact_get_q (contact));
  append_instance (text, ahoy_contact_get_instance (contact));
  if (ahoy_contact_get_reg_id (contact) > 0) {
    g_string_append (text, ";reg-id=");
    g_string_append (text, ahoy_decimal (ahoy_contact_get_reg_id (contact), digits));
  }
  if (params != NULL) {
    g_string_append (text, params);
  }
  ahoy_message_add_header (response, "Contact", text->str, NULL);
}

/* RFC 3327 §5.3: as it came. In one line: of several Sofia would write the last one first. */
static void
add_path (AhoyMessage *response, char **path)
{
  g_autofree char *text = g_strjoinv (", ", path);

  ahoy_message_add_header (response, "Path", text, NULL);
}

/*
 * Answers with 200 and all @bindings (AhoyContact), but for those of the configuration. FALSE when
 * the request was answered already.
 */
gboolean
ahoy_register_answer_accept (AhoyServerTransaction *transaction,
                             const AhoyRegisterRequest *request, GPtrArray *bindings,
                             const char *service_route, gint64 now)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, 200, NULL);

  for (guint i = 0; i < bindings->len; i++) {
    if (!ahoy_contact_is_static (bindings->pdata[i])) {
      add_contact (response, bindings->pdata[i], now);
    }
  }
  if (request->path != NULL && request->knows_path) {
    add_path (response, request->path);
  }
  if (service_route != NULL && *service_route != '\0') {
    ahoy_message_add_header (response, "Service-Route", service_route, NULL);
  }
  if (request->has_flow) { /* RFC 5626 §6 */
    ahoy_message_add_header (response, "Require", "outbound", NULL);
  }
  add_date (response, now);
  return ahoy_server_transaction_respond (transaction, response, NULL);
}

void
ahoy_register_answer_refuse (AhoyServerTransaction *transaction,
                             const AhoyRegisterRefusal *refusal)
{
  g_autoptr (AhoyMessage) response = ahoy_server_transaction_create_response (
      transaction, refusal->status, refusal->reason);

  if (refusal->header != NULL) {
    ahoy_message_add_header (response, refusal->header, refusal->value, NULL);
  }
  ahoy_server_transaction_respond (transaction, response, NULL);
}
