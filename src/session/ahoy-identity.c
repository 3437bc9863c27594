/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-identity.h"
#include "ahoy-name-addr.h"

/**
 * AhoyIdentity:
 *
 * Who calls: a name, a number, a URI, which header says so, and what of it the caller wants to be
 * kept from the called person. It does not change.
 *
 * What the network asserts goes before what the caller says: P-Asserted-Identity (RFC 3325 §9.1),
 * then Remote-Party-ID (an expired draft that is still in use), then From. Only a trusted peer can
 * assert anything.
 *
 * Since: 0.1
 */
struct _AhoyIdentity {
  GObject parent_instance;

  AhoyNameAddr *address;
  char *number;
  const char *header;
  AhoyIdentityPrivacy privacy;
  GString *remark;
};

#define PRIVACY_ALL (AHOY_IDENTITY_PRIVACY_NAME | AHOY_IDENTITY_PRIVACY_NUMBER)

G_DEFINE_FLAGS_TYPE (AhoyIdentityPrivacy, ahoy_identity_privacy,
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NAME, "name"),
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NUMBER, "number"))

G_DEFINE_FINAL_TYPE (AhoyIdentity, ahoy_identity, G_TYPE_OBJECT)

static void
ahoy_identity_finalize (GObject *object)
{
  AhoyIdentity *self = AHOY_IDENTITY (object);

  g_clear_pointer (&self->address, ahoy_name_addr_unref);
  g_free (self->number);
  g_string_free (self->remark, TRUE);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_identity_parent_class)->finalize (object);
}

static void
ahoy_identity_class_init (AhoyIdentityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_identity_finalize;
}

static void
ahoy_identity_init (AhoyIdentity *self)
{
  self->remark = g_string_new (NULL);
  ahoy_census_enter (G_OBJECT (self));
}

/* -- reading -------------------------------------------------------------------------------- */

static void
pass_over (AhoyIdentity *self, const char *header, const char *reason)
{
  g_string_append_printf (self->remark, "%s%s was passed over: %s",
                          self->remark->len > 0 ? "; " : "", header, reason);
}

/* All addresses in all headers of that name; NULL with an error when one of them is none. */
static GPtrArray *
read_addresses (AhoyMessage *request, const char *header, GError **error)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, header);
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_name_addr_unref);

  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) some = ahoy_name_addr_parse_list (values[i], error);

    if (some == NULL) {
      return NULL;
    }
    for (guint j = 0; j < some->len; j++) {
      g_ptr_array_add (all, ahoy_name_addr_ref (some->pdata[j]));
    }
  }
  return g_steal_pointer (&all);
}

static gboolean
has_scheme (AhoyNameAddr *address, const char *scheme)
{
  return g_ascii_strcasecmp (ahoy_uri_get_scheme_name (ahoy_name_addr_get_uri (address)),
                             scheme) == 0;
}

static gboolean
is_callable (AhoyNameAddr *address)
{
  return has_scheme (address, "sip") || has_scheme (address, "sips") ||
         has_scheme (address, "tel");
}

static gboolean
is_caller (AhoyNameAddr *address, const char *header)
{
  const char *party = ahoy_name_addr_get_param (address, "party");

  return !g_str_equal (header, "Remote-Party-ID") || party == NULL ||
         g_ascii_strcasecmp (party, "calling") == 0;
}

static char *
number_of (AhoyNameAddr *address)
{
  AhoyUri *uri = ahoy_name_addr_get_uri (address);
  const char *number = ahoy_uri_get_number (uri);

  return g_strdup (number != NULL ? number : ahoy_uri_get_user_without_options (uri));
}

/* RFC 3325 §9.1: there may be a SIP and a tel URI of one caller; the tel URI has the number. */
static gboolean
take_header (AhoyIdentity *self, AhoyMessage *request, const char *header)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = read_addresses (request, header, &error);
  AhoyNameAddr *found = NULL;

  if (addresses == NULL) {
    pass_over (self, header, error->message);
    return FALSE;
  }
  for (guint i = 0; i < addresses->len; i++) {
    AhoyNameAddr *address = addresses->pdata[i];

    if (!is_caller (address, header) || !is_callable (address)) {
      continue;
    }
    if (found == NULL || (has_scheme (found, "tel") && !has_scheme (address, "tel"))) {
      found = address;
    }
    if (self->number == NULL || has_scheme (address, "tel")) {
      g_free (self->number);
      self->number = number_of (address);
    }
  }
  if (found == NULL) {
    pass_over (self, header, "it names no caller by a sip, sips or tel URI");
    return FALSE;
  }
  self->address = ahoy_name_addr_ref (found);
  self->header = header;
  return TRUE;
}

static AhoyIdentityPrivacy
privacy_of_word (const char *word)
{
  static const char *const all[] = { "id", "user", "header", "full", NULL };

  if (g_strv_contains (all, word)) {
    return PRIVACY_ALL;
  }
  if (g_str_equal (word, "name")) {
    return AHOY_IDENTITY_PRIVACY_NAME;
  }
  if (g_str_equal (word, "uri")) {
    return AHOY_IDENTITY_PRIVACY_NUMBER;
  }
  return AHOY_IDENTITY_PRIVACY_NONE; /* none, off, session, critical */
}

static AhoyIdentityPrivacy
privacy_of_text (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_auto (GStrv) words = g_strsplit_set (lower, ";, -", -1);
  AhoyIdentityPrivacy privacy = AHOY_IDENTITY_PRIVACY_NONE;

  for (gsize i = 0; words[i] != NULL; i++) {
    privacy |= privacy_of_word (words[i]);
  }
  return privacy;
}

/* RFC 3261 §8.1.1.3: who wants to be anonymous and has nobody to ask says so in From. */
static gboolean
is_anonymous (AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_dup_from_uri (request);
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *user = uri != NULL ? ahoy_uri_get_user (uri) : NULL;
  const char *host = uri != NULL ? ahoy_uri_get_host (uri) : NULL;

  return (user != NULL && g_ascii_strcasecmp (user, "anonymous") == 0) ||
         (host != NULL && g_ascii_strcasecmp (host, "anonymous.invalid") == 0);
}

static void
read_privacy (AhoyIdentity *self, AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Privacy");
  const char *own = ahoy_name_addr_get_param (self->address, "privacy");

  for (gsize i = 0; values[i] != NULL; i++) {
    self->privacy |= privacy_of_text (values[i]);
  }
  if (own != NULL && g_str_equal (self->header, "Remote-Party-ID")) {
    self->privacy |= privacy_of_text (own);
  }
  if (is_anonymous (request)) {
    self->privacy = PRIVACY_ALL;
  }
}

/**
 * ahoy_identity_new_from_request:
 * @request: a request, such as the INVITE of a call
 * @trusted: whether the peer may assert who calls
 * @error: return location for an error
 *
 * Reads who sends a request. A header that cannot be used is passed over, and
 * ahoy_identity_get_remark() says why.
 *
 * Returns: (transfer full): an identity, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when From is
 *   no address either
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_new_from_request (AhoyMessage *request, gboolean trusted, GError **error)
{
  static const char *const headers[] = { "P-Asserted-Identity", "Remote-Party-ID", "From" };
  g_autoptr (AhoyIdentity) self = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  self = g_object_new (AHOY_TYPE_IDENTITY, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    if (!ahoy_message_has_header (request, headers[i])) {
      continue;
    }
    if (!trusted && !g_str_equal (headers[i], "From")) {
      pass_over (self, headers[i], "the peer is not trusted to assert it");
      continue;
    }
    if (take_header (self, request, headers[i])) {
      read_privacy (self, request);
      return g_steal_pointer (&self);
    }
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The %s request does not say who sends it: %s", ahoy_message_get_method (request),
               self->remark->str);
  return NULL;
}

/**
 * ahoy_identity_get_name:
 * @self: an identity
 *
 * Returns: (transfer none) (nullable): the display name; %NULL when there is none
 *
 * Since: 0.1
 */
const char *
ahoy_identity_get_name (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return ahoy_name_addr_get_display_name (self->address);
}

/**
 * ahoy_identity_get_number:
 * @self: an identity
 *
 * Returns: (transfer none) (nullable): the telephone number without separators, or, when the URI is
 *   no number, its user; %NULL when it has none
 *
 * Since: 0.1
 */
const char *
ahoy_identity_get_number (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return self->number;
}

/**
 * ahoy_identity_get_uri:
 * @self: an identity
 *
 * Returns: (transfer none): the URI: sip, sips or tel
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_identity_get_uri (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return ahoy_name_addr_get_uri (self->address);
}

/**
 * ahoy_identity_get_header:
 * @self: an identity
 *
 * Returns: (transfer none): the name of the header that says so
 *
 * Since: 0.1
 */
const char *
ahoy_identity_get_header (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return self->header;
}

/**
 * ahoy_identity_get_privacy:
 * @self: an identity
 *
 * Returns: what must not be shown to users
 *
 * Since: 0.1
 */
AhoyIdentityPrivacy
ahoy_identity_get_privacy (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), PRIVACY_ALL);

  return self->privacy;
}

/**
 * ahoy_identity_get_remark:
 * @self: an identity
 *
 * Returns: (transfer none) (nullable): which headers were passed over, and why; %NULL when none was
 *
 * Since: 0.1
 */
const char *
ahoy_identity_get_remark (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return self->remark->len > 0 ? self->remark->str : NULL;
}
