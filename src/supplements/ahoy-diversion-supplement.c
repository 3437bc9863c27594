/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-diversion-supplement.h"

#include "ahoy-census.h"
#include "ahoy-name-addr.h"
#include "ahoy-session.h"

/**
 * AhoyDiversionSupplement:
 *
 * Who sent a call elsewhere before it came to whom it is for: Diversion (RFC 5806) and History-Info
 * (RFC 7044).
 *
 * The INVITE of a call that was redirected says by whom (the keys `send-diversion` and
 * `send-history-info` of the endpoint). What a trusted peer says (`trust-identity`) is in the
 * session's variables `redirecting-uri`, `redirecting-name`, `redirecting-reason` and
 * `redirecting-count`. Add it for INVITE.
 *
 * Since: 0.1
 */
struct _AhoyDiversionSupplement {
  GObject parent_instance;
};

#define MAX_VALUES 32 /* of a peer that are counted */

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyDiversionSupplement, ahoy_diversion_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static gboolean
is_yes (AhoySession *session, const char *key)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL && ahoy_config_object_get_boolean (
                                 AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), key);
}

/* -- what is told --------------------------------------------------------------------------- */

/* Newest first (RFC 5806 §5.1), before those that came with the call. */
static void
write_diversion (AhoyMessage *request, GVariant *redirects)
{
  g_auto (GStrv) given = ahoy_message_get_headers (request, "Diversion");

  ahoy_message_remove_header (request, "Diversion", NULL);
  for (gsize i = g_variant_n_children (redirects); i > 0; i--) {
    g_autofree char *value = NULL;
    const char *uri;
    const char *reason;

    g_variant_get_child (redirects, i - 1, "(&s&s)", &uri, &reason);
    value = g_strdup_printf ("<%s>;reason=%s;counter=1", uri, reason);
    if (given[0] != NULL && i == g_variant_n_children (redirects) &&
        g_str_equal (given[0], value)) {
      break; /* the INVITE is sent once more */
    }
    ahoy_message_add_header (request, "Diversion", value, NULL);
  }
  for (gsize i = 0; given[i] != NULL; i++) {
    ahoy_message_add_header (request, "Diversion", given[i], NULL);
  }
}

/* The index of the last entry that came with the call; NULL for none. */
static char *
find_index (char **entries)
{
  guint length = g_strv_length (entries);
  g_autoptr (AhoyNameAddr) last =
      length > 0 ? ahoy_name_addr_parse (entries[length - 1], NULL) : NULL;
  const char *index = last != NULL ? ahoy_name_addr_get_param (last, "index") : NULL;

  return index != NULL && strlen (index) < 64 && strspn (index, "0123456789.") == strlen (index)
             ? g_strdup (index)
             : NULL;
}

static void
add_entry (AhoyMessage *request, const char *uri, const char *cause, GString *index,
           const char *how)
{
  g_autofree char *value = g_strdup_printf ("<%s%s>;index=%s%s", uri, cause, index->str, how);

  ahoy_message_add_header (request, "History-Info", value, NULL);
}

/* RFC 7044 §9.1: each one that was called, and last the one that is called now. */
static void
write_history (AhoyMessage *request, GVariant *redirects)
{
  g_auto (GStrv) given = ahoy_message_get_headers (request, "History-Info");
  g_autofree char *before = find_index (given);
  g_autoptr (GString) index = g_string_new (before != NULL ? before : "1");
  g_autofree char *now = ahoy_message_dup_request_uri (request);
  gsize length = g_variant_n_children (redirects);

  if (given[0] != NULL && g_strrstr (given[g_strv_length (given) - 1], now) != NULL) {
    return; /* the INVITE is sent once more */
  }
  for (gsize i = 0; i < length; i++) {
    const char *uri;

    g_variant_get_child (redirects, i, "(&s&s)", &uri, NULL);
    if (i > 0 || before != NULL) {
      g_string_append (index, ".1");
    }
    add_entry (request, uri, strchr (uri, '?') == NULL ? "?Reason=SIP%3Bcause%3D302" : "", index,
               i > 0 ? ";mp=1" : "");
  }
  g_string_append (index, ".1");
  add_entry (request, now, "", index, ";mp=1");
}

static void
ahoy_diversion_supplement_outgoing_request (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *request)
{
  g_autoptr (GVariant) redirects = NULL;

  if (ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE ||
      !g_str_equal (ahoy_message_get_method (request), "INVITE")) {
    return;
  }
  redirects = ahoy_session_list_redirects (session);
  if (g_variant_n_children (redirects) == 0) {
    return;
  }
  if (is_yes (session, "send-diversion")) {
    write_diversion (request, redirects);
  }
  if (is_yes (session, "send-history-info")) {
    write_history (request, redirects);
  }
}

/* -- what is believed ----------------------------------------------------------------------- */

static guint64
counter_of (AhoyNameAddr *address)
{
  const char *text = ahoy_name_addr_get_param (address, "counter");
  guint64 count = 1;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, 1000, &count, NULL)) {
    count = 1;
  }
  return count;
}

static void
keep (AhoySession *session, AhoyNameAddr *address, const char *reason, guint64 count)
{
  g_autoptr (AhoyIdentity) said =
      ahoy_identity_new (NULL, ahoy_name_addr_get_uri (address), AHOY_IDENTITY_PRIVACY_NONE, NULL);
  g_autoptr (AhoyIdentity) identity = ahoy_session_rewrite_identity (session, said);
  g_autofree char *uri = ahoy_uri_to_string (ahoy_identity_get_uri (identity));
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

  ahoy_session_set_variable (session, "redirecting-uri", uri);
  ahoy_session_set_variable (session, "redirecting-name",
                             ahoy_name_addr_get_display_name (address));
  ahoy_session_set_variable (session, "redirecting-reason", reason);
  ahoy_session_set_variable (session, "redirecting-count", number);
}

static gboolean
read_diversion (AhoySession *session, AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Diversion");
  g_autoptr (AhoyNameAddr) newest = NULL;
  const char *reason;
  guint64 count = 0;

  for (gsize i = 0; values[i] != NULL && i < MAX_VALUES; i++) {
    g_autoptr (GPtrArray) some = ahoy_name_addr_parse_list (values[i], NULL);

    for (guint j = 0; some != NULL && j < some->len; j++) {
      count += counter_of (some->pdata[j]);
      if (newest == NULL) {
        newest = ahoy_name_addr_ref (some->pdata[j]);
      }
    }
  }
  if (newest == NULL) {
    return FALSE;
  }
  reason = ahoy_name_addr_get_param (newest, "reason");
  keep (session, newest, reason != NULL ? reason : "unknown", count);
  return TRUE;
}

/* The one before the last was called before. */
static void
read_history (AhoySession *session, AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, "History-Info");
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_name_addr_unref);

  for (gsize i = 0; values[i] != NULL && i < MAX_VALUES; i++) {
    g_autoptr (GPtrArray) some = ahoy_name_addr_parse_list (values[i], NULL);

    for (guint j = 0; some != NULL && j < some->len; j++) {
      g_ptr_array_add (all, ahoy_name_addr_ref (some->pdata[j]));
    }
  }
  if (all->len > 1) {
    keep (session, all->pdata[all->len - 2], "unknown", all->len - 1);
  }
}

static AhoySupplementVerdict
ahoy_diversion_supplement_incoming_request (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *request)
{
  if (request == ahoy_session_get_invite (session) && is_yes (session, "trust-identity") &&
      !read_diversion (session, request)) {
    read_history (session, request);
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_diversion_supplement_incoming_request;
  iface->outgoing_request = ahoy_diversion_supplement_outgoing_request;
}

static void
ahoy_diversion_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_diversion_supplement_parent_class)->finalize (object);
}

static void
ahoy_diversion_supplement_class_init (AhoyDiversionSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_diversion_supplement_finalize;
}

static void
ahoy_diversion_supplement_init (AhoyDiversionSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_diversion_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_diversion_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_DIVERSION_SUPPLEMENT, NULL);
}
