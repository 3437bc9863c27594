/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-name-addr.h"
#include "ahoy-register-request-private.h"

/* What a REGISTER asks for, read from a message that may come from anybody. */

static void
contact_free (gpointer data)
{
  AhoyRegisterContact *contact = data;

  g_clear_pointer (&contact->uri, ahoy_uri_unref);
  g_free (contact->text);
  g_free (contact->instance);
  g_free (contact->params);
  g_free (contact);
}

void
ahoy_register_request_free (AhoyRegisterRequest *self)
{
  g_free (self->aor);
  g_free (self->domain);
  g_free (self->call_id);
  g_ptr_array_unref (self->contacts);
  g_strfreev (self->path);
  g_free (self->user_agent);
  g_free (self);
}

void
ahoy_register_refusal_clear (AhoyRegisterRefusal *self)
{
  g_clear_pointer (&self->value, g_free);
}

void
ahoy_register_refuse (AhoyRegisterRefusal *self, guint status, const char *reason)
{
  self->status = status;
  self->reason = reason;
}

/* Seconds (RFC 3261 §20.19): a number of 32 bits. What is none counts as not said (§10.2.1.1, which
 * means 3600, what default-expiration is unless somebody has changed it). */
static gint64
parse_seconds (const char *text)
{
  guint64 seconds;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL)) {
    return AHOY_REGISTER_UNSAID;
  }
  return (gint64) seconds;
}

/* qvalue of RFC 3261 §25.1, times 1000. What is none counts as 1 (§16.6 leaves it to us). */
static guint
parse_q (const char *text)
{
  guint q;
  guint unit = 100;

  if (text == NULL || (text[0] != '0' && text[0] != '1') || (text[1] != '\0' && text[1] != '.')) {
    return 1000;
  }
  q = text[0] == '1' ? 1000 : 0;
  for (const char *at = text[1] != '\0' ? text + 2 : text + 1; *at != '\0'; at++, unit /= 10) {
    if (!g_ascii_isdigit (*at)) {
      return 1000;
    }
    q += (guint) (*at - '0') * unit;
  }
  return MIN (q, 1000);
}

static gboolean
is_known_param (const char *name)
{
  static const char *const names[] = { "expires",      "q",         "reg-id",
                                       "+sip.instance", "pub-gruu", "temp-gruu" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (name, names[i]) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
append_param (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, ";%s", name);
  if (value == NULL) {
    return;
  }
  g_string_append (text, "=\"");
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') {
      g_string_append_c (text, '\\');
    }
    g_string_append_c (text, *at);
  }
  g_string_append_c (text, '"');
}

/* What we do not know ourselves is kept for who asks: media types, methods, features (RFC 3840). */
static char *
collect_params (AhoyNameAddr *address)
{
  g_auto (GStrv) names = ahoy_name_addr_list_params (address);
  g_autoptr (GString) text = NULL;

  for (gsize i = 0; names[i] != NULL; i++) {
    if (is_known_param (names[i])) {
      continue;
    }
    if (text == NULL) {
      text = g_string_new (NULL);
    }
    append_param (text, names[i], ahoy_name_addr_get_param (address, names[i]));
  }
  return text != NULL ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static AhoyRegisterContact *
parse_contact (const char *value)
{
  g_autoptr (AhoyNameAddr) address = ahoy_name_addr_parse (value, NULL);
  g_autoptr (AhoyUri) plain = NULL;
  AhoyRegisterContact *contact;
  AhoyUriScheme scheme;
  guint64 reg_id;
  const char *text;

  if (address == NULL) {
    return NULL;
  }
  scheme = ahoy_uri_get_scheme (ahoy_name_addr_get_uri (address));
  if ((scheme != AHOY_URI_SCHEME_SIP && scheme != AHOY_URI_SCHEME_SIPS) ||
      *ahoy_uri_get_host (ahoy_name_addr_get_uri (address)) == '\0') {
    return NULL;
  }
  contact = g_new0 (AhoyRegisterContact, 1);
  /* Who is called there would get the headers and the method that a stranger has chosen. */
  plain = ahoy_uri_without_headers (ahoy_name_addr_get_uri (address));
  contact->uri = ahoy_uri_without_param (plain, "method");
  contact->text = ahoy_uri_to_string (contact->uri);
  contact->expires = parse_seconds (ahoy_name_addr_get_param (address, "expires"));
  contact->q = parse_q (ahoy_name_addr_get_param (address, "q"));
  text = ahoy_name_addr_get_param (address, "+sip.instance");
  contact->instance = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  text = ahoy_name_addr_get_param (address, "reg-id");
  if (text != NULL && contact->instance != NULL &&
      g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &reg_id, NULL)) {
    contact->reg_id = (guint) reg_id;
  }
  contact->params = collect_params (address);
  return contact;
}

static gboolean
parse_contacts (AhoyRegisterRequest *self, AhoyMessage *message, AhoyRegisterRefusal *refusal)
{
  g_auto (GStrv) values = ahoy_message_get_headers (message, "Contact");

  for (gsize i = 0; values[i] != NULL; i++) {
    AhoyRegisterContact *contact;

    if (g_str_equal (values[i], "*")) {
      self->all = TRUE;
      continue;
    }
    if (i == AHOY_REGISTER_MAX_CONTACTS) {
      ahoy_register_refuse (refusal, 403, "Too Many Contacts");
      return FALSE;
    }
    contact = parse_contact (values[i]);
    if (contact == NULL) {
      ahoy_register_refuse (refusal, 400, "Bad Contact");
      return FALSE;
    }
    g_ptr_array_add (self->contacts, contact);
  }
  /* RFC 3261 §10.3, step 6 */
  if (self->all && (self->contacts->len > 0 || values[1] != NULL || self->expires != 0)) {
    ahoy_register_refuse (refusal, 400, "Bad Wildcard Contact");
    return FALSE;
  }
  return TRUE;
}

/* Hops between a phone and us: more are no way, but a mistake. */
#define MAX_PATH 16

/* RFC 3327 §5.3: the topmost is the hop next to us, as a Route has it. */
static gboolean
parse_path (AhoyRegisterRequest *self, AhoyMessage *message, AhoyRegisterRefusal *refusal)
{
  g_auto (GStrv) values = ahoy_message_get_headers (message, "Path");
  g_autoptr (GStrvBuilder) builder = NULL;

  if (values[0] == NULL) {
    return TRUE;
  }
  builder = g_strv_builder_new ();
  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) list =
        i < MAX_PATH ? ahoy_name_addr_parse_list (values[i], NULL) : NULL;

    for (guint n = 0; list != NULL && n < list->len; n++) {
      AhoyUri *uri = ahoy_name_addr_get_uri (list->pdata[n]);
      AhoyUriScheme scheme = ahoy_uri_get_scheme (uri);
      g_autofree char *text = ahoy_name_addr_to_string (list->pdata[n]);

      if (scheme != AHOY_URI_SCHEME_SIP && scheme != AHOY_URI_SCHEME_SIPS) {
        g_clear_pointer (&list, g_ptr_array_unref);
        break;
      }
      g_strv_builder_add (builder, text);
    }
    if (list == NULL) {
      ahoy_register_refuse (refusal, 400, "Bad Path");
      return FALSE;
    }
  }
  self->path = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
parse_aor (AhoyRegisterRequest *self, AhoyMessage *message, AhoyRegisterRefusal *refusal)
{
  g_autofree char *text = ahoy_message_dup_to_uri (message);
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *user = uri != NULL ? ahoy_uri_get_user (uri) : NULL;

  if (uri == NULL || (ahoy_uri_get_scheme (uri) != AHOY_URI_SCHEME_SIP &&
                      ahoy_uri_get_scheme (uri) != AHOY_URI_SCHEME_SIPS)) {
    ahoy_register_refuse (refusal, 400, "Bad To");
    return FALSE;
  }
  self->aor = g_strdup (user != NULL ? user : "");
  self->domain = g_strdup (ahoy_uri_get_host (uri));
  return TRUE;
}

/* RFC 5626 §6: whether it names a flow, and nobody is between it and us. */
static void
look_for_flows (AhoyRegisterRequest *self, AhoyMessage *message)
{
  g_auto (GStrv) vias = NULL;

  for (guint i = 0; i < self->contacts->len; i++) {
    self->has_flow |= ((AhoyRegisterContact *) self->contacts->pdata[i])->reg_id > 0;
  }
  if (self->has_flow) {
    vias = ahoy_message_get_headers (message, "Via");
    self->first_hop = vias[0] != NULL && vias[1] == NULL;
  }
}

/* RFC 5626 §6: reg-id means something only to those who know what. */
static void
forget_flows (AhoyRegisterRequest *self)
{
  for (guint i = 0; i < self->contacts->len; i++) {
    ((AhoyRegisterContact *) self->contacts->pdata[i])->reg_id = 0;
  }
}

/*
 * Reads a REGISTER. NULL: @refusal says how it is answered.
 */
AhoyRegisterRequest *
ahoy_register_request_parse (AhoyMessage *message, AhoyRegisterRefusal *refusal)
{
  g_autoptr (AhoyRegisterRequest) self = g_new0 (AhoyRegisterRequest, 1);
  g_autofree char *expires = ahoy_message_get_header (message, "Expires");

  self->contacts = g_ptr_array_new_with_free_func (contact_free);
  self->call_id = ahoy_message_dup_call_id (message);
  self->cseq = ahoy_message_get_cseq (message);
  self->expires = parse_seconds (expires);
  if (!parse_aor (self, message, refusal) || !parse_contacts (self, message, refusal) ||
      !parse_path (self, message, refusal)) {
    return NULL;
  }
  self->user_agent = ahoy_message_get_header (message, "User-Agent");
  self->knows_path = ahoy_message_has_option_tag (message, "Supported", "path");
  self->knows_outbound = ahoy_message_has_option_tag (message, "Supported", "outbound");
  if (!self->knows_outbound) {
    forget_flows (self);
  }
  look_for_flows (self, message);
  return g_steal_pointer (&self);
}
