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
  char *tag;
  GString *remark;
};

#define PRIVACY_ALL (AHOY_IDENTITY_PRIVACY_NAME | AHOY_IDENTITY_PRIVACY_NUMBER)

G_DEFINE_FINAL_TYPE (AhoyIdentity, ahoy_identity, G_TYPE_OBJECT)

static void
ahoy_identity_finalize (GObject *object)
{
  AhoyIdentity *self = AHOY_IDENTITY (object);

  g_clear_pointer (&self->address, ahoy_name_addr_unref);
  g_free (self->number);
  g_free (self->tag);
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

/* Who is called says so in responses, and in requests inside of the dialog. */
static gboolean
is_sender (AhoyNameAddr *address, const char *header, gboolean initial)
{
  const char *party = ahoy_name_addr_get_param (address, "party");

  return !g_str_equal (header, "Remote-Party-ID") || party == NULL ||
         g_ascii_strcasecmp (party, "calling") == 0 ||
         (!initial && g_ascii_strcasecmp (party, "called") == 0);
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
take_header (AhoyIdentity *self, AhoyMessage *message, const char *header, gboolean initial)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = read_addresses (message, header, &error);
  AhoyNameAddr *found = NULL;

  if (addresses == NULL) {
    pass_over (self, header, error->message);
    return FALSE;
  }
  for (guint i = 0; i < addresses->len; i++) {
    AhoyNameAddr *address = addresses->pdata[i];

    if (!is_sender (address, header, initial) || !is_callable (address)) {
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
  if (g_str_equal (word, "uri") || g_str_equal (word, "number")) {
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
}

/**
 * ahoy_identity_new:
 * @name: (nullable): the display name; %NULL for none
 * @uri: a sip, sips or tel URI
 * @privacy: what is to be kept from users
 * @tag: (nullable): a word of one's own for whoever decides about calls; it is never sent
 *
 * Makes an identity, for example one to be told to a peer by ahoy_session_set_local_identity().
 * Its header is `none`.
 *
 * Returns: (transfer full): an identity
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_new (const char *name, AhoyUri *uri, AhoyIdentityPrivacy privacy, const char *tag)
{
  g_autoptr (AhoyIdentity) self = NULL;

  g_return_val_if_fail (uri != NULL, NULL);

  self = g_object_new (AHOY_TYPE_IDENTITY, NULL);
  self->address = ahoy_name_addr_new (name != NULL && *name != '\0' ? name : NULL, uri);
  self->number = number_of (self->address);
  self->header = "none";
  self->privacy = privacy;
  self->tag = g_strdup (tag);
  return g_steal_pointer (&self);
}

/**
 * ahoy_identity_new_from_text:
 * @text: a URI or name-addr, such as `"Bob" <sip:bob@example.org>`
 * @error: return location for an error
 *
 * Returns: (transfer full): an identity without privacy, or %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when @text is no address of the scheme sip, sips or tel
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_new_from_text (const char *text, GError **error)
{
  g_autoptr (AhoyNameAddr) address = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  address = ahoy_name_addr_parse (text, error);
  if (address == NULL) {
    return NULL;
  }
  if (!is_callable (address)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” names nobody who could be called; use a sip, sips or tel URI", text);
    return NULL;
  }
  return ahoy_identity_new (ahoy_name_addr_get_display_name (address),
                            ahoy_name_addr_get_uri (address), AHOY_IDENTITY_PRIVACY_NONE, NULL);
}

/**
 * ahoy_identity_derive:
 * @self: an identity
 * @name: (nullable): another display name; %NULL for none
 * @uri: another URI, sip, sips or tel
 * @privacy: what is to be kept from users
 * @tag: (nullable): a word that is never sent; %NULL for that of @self
 *
 * Writes an identity in another way, such as with a URI at a domain of our own. What said so stays:
 * ahoy_identity_get_header().
 *
 * Returns: (transfer full): another identity
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_derive (AhoyIdentity *self, const char *name, AhoyUri *uri,
                      AhoyIdentityPrivacy privacy, const char *tag)
{
  AhoyIdentity *copy;

  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  copy = ahoy_identity_new (name, uri, privacy, tag != NULL ? tag : self->tag);
  copy->header = self->header;
  return copy;
}

/* A tel URI with another number; what belongs to a local number goes with it (RFC 3966 §5.1.5). */
static AhoyUri *
make_tel (AhoyUri *uri, const char *number)
{
  g_autofree char *text = g_strconcat ("tel:", number, NULL);
  g_autoptr (AhoyUri) made = ahoy_uri_parse (text, NULL);
  g_auto (GStrv) names = ahoy_uri_list_params (uri);

  for (gsize i = 0; made != NULL && names[i] != NULL; i++) {
    const char *value = ahoy_uri_get_param (uri, names[i]);
    AhoyUri *more;

    if (g_ascii_strcasecmp (names[i], "phone-context") == 0 && *number == '+') {
      continue;
    }
    more = ahoy_uri_with_param (made, names[i], value != NULL && *value != '\0' ? value : NULL);
    ahoy_uri_unref (made);
    made = more;
  }
  return g_steal_pointer (&made);
}

static gboolean
is_number (const char *text)
{
  return text != NULL && strpbrk (text, "0123456789") != NULL &&
         strspn (text, "0123456789+*#().-") == strlen (text);
}

/* The URI with another number; a name stays where the number came beside it. */
static AhoyUri *
replace_number (AhoyIdentity *self, const char *number)
{
  AhoyUri *uri = ahoy_identity_get_uri (self);
  g_autofree char *own = number_of (self->address);

  if (g_strcmp0 (own, self->number) != 0 && !is_number (own)) {
    return ahoy_uri_ref (uri);
  }
  return ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL ? make_tel (uri, number)
                                                          : ahoy_uri_with_user (uri, number);
}

/**
 * ahoy_identity_with_number:
 * @self: an identity
 * @number: another number, or a user part, not empty
 *
 * Writes the number of an identity in another way, in its URI as well. A URI with a name stays
 * where the number came beside it in a tel URI (RFC 3325 §9.1). What said so stays:
 * ahoy_identity_get_header().
 *
 * Returns: (transfer full): another identity; @self with one more reference when the number is none
 *   that its URI can have
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_with_number (AhoyIdentity *self, const char *number)
{
  g_autoptr (AhoyUri) uri = NULL;
  AhoyIdentity *copy;

  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (number != NULL && *number != '\0', NULL);

  uri = replace_number (self, number);
  if (uri == NULL) {
    return g_object_ref (self);
  }
  copy = ahoy_identity_derive (self, ahoy_identity_get_name (self), uri, self->privacy, NULL);
  g_free (copy->number);
  copy->number = g_strdup (number);
  g_string_assign (copy->remark, self->remark->str);
  return copy;
}

/* Returns: a string that is never freed */
static const char *
known_header (const char *name)
{
  static const char *const names[] = { "From", "P-Asserted-Identity", "Remote-Party-ID" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_strcmp0 (name, names[i]) == 0) {
      return names[i];
    }
  }
  return "none";
}

/**
 * ahoy_identity_new_from_variant:
 * @dictionary: an `a{sv}` as of ahoy_identity_to_variant(); it needs no more than `uri`, and
 *   `number` is not read
 * @error: return location for an error
 *
 * Returns: (transfer full): an identity, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when `uri` is
 *   missing, or no URI of the scheme sip, sips or tel
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_new_from_variant (GVariant *dictionary, GError **error)
{
  g_autoptr (AhoyUri) uri = NULL;
  g_autofree const char **words = NULL;
  g_autofree char *privacy = NULL;
  const char *text = "";
  const char *name = NULL;
  const char *tag = NULL;
  const char *header = NULL;
  AhoyIdentity *self;

  g_return_val_if_fail (dictionary != NULL, NULL);
  g_return_val_if_fail (g_variant_is_of_type (dictionary, G_VARIANT_TYPE_VARDICT), NULL);

  g_variant_lookup (dictionary, "uri", "&s", &text);
  g_variant_lookup (dictionary, "name", "&s", &name);
  g_variant_lookup (dictionary, "tag", "&s", &tag);
  g_variant_lookup (dictionary, "header", "&s", &header);
  uri = ahoy_uri_parse (text, error);
  if (uri == NULL) {
    g_prefix_error (error, "The identity has no uri that can be used: ");
    return NULL;
  }
  if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The uri “%s” of the identity names nobody who could be called; use a sip, sips "
                 "or tel URI",
                 text);
    return NULL;
  }
  if (g_variant_lookup (dictionary, "privacy", "^a&s", &words)) {
    privacy = g_strjoinv (";", (char **) words);
  }
  self = ahoy_identity_new (name, uri, privacy != NULL ? privacy_of_text (privacy) : 0, tag);
  self->header = known_header (header);
  return self;
}

/**
 * ahoy_identity_new_from_assertion:
 * @message: a response, or a request inside of a dialog, of a peer that is trusted
 *
 * Reads who a message comes from, by P-Asserted-Identity (RFC 3325 §9.1), else by Remote-Party-ID.
 *
 * Returns: (transfer full) (nullable): an identity; %NULL where the message has no such header that
 *   can be used
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_identity_new_from_assertion (AhoyMessage *message)
{
  static const char *const headers[] = { "P-Asserted-Identity", "Remote-Party-ID" };
  g_autoptr (AhoyIdentity) self = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE (message), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    if (!ahoy_message_has_header (message, headers[i])) {
      continue;
    }
    if (self == NULL) {
      self = g_object_new (AHOY_TYPE_IDENTITY, NULL);
    }
    if (take_header (self, message, headers[i], FALSE)) {
      read_privacy (self, message);
      return g_steal_pointer (&self);
    }
  }
  return NULL;
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
    if (take_header (self, request, headers[i], TRUE)) {
      read_privacy (self, request);
      if (is_anonymous (request)) {
        self->privacy = PRIVACY_ALL;
      }
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
 * Returns: (transfer none): the name of the header that says so; `none` for an identity that a
 *   program made
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

/**
 * ahoy_identity_get_tag:
 * @self: an identity
 *
 * Returns: (transfer none) (nullable): a word that the configuration or a program gave to it, for
 *   whoever decides about calls; it is never sent
 *
 * Since: 0.1
 */
const char *
ahoy_identity_get_tag (AhoyIdentity *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  return self->tag;
}

/**
 * ahoy_identity_equal:
 * @self: (nullable): an identity
 * @other: (nullable): another one
 *
 * Returns: whether both show the same to a user: name, URI, number and privacy
 *
 * Since: 0.1
 */
gboolean
ahoy_identity_equal (AhoyIdentity *self, AhoyIdentity *other)
{
  g_return_val_if_fail (self == NULL || AHOY_IS_IDENTITY (self), FALSE);
  g_return_val_if_fail (other == NULL || AHOY_IS_IDENTITY (other), FALSE);

  if (self == NULL || other == NULL) {
    return self == other;
  }
  return g_strcmp0 (ahoy_identity_get_name (self), ahoy_identity_get_name (other)) == 0 &&
         g_strcmp0 (self->number, other->number) == 0 && self->privacy == other->privacy &&
         ahoy_uri_equal (ahoy_identity_get_uri (self), ahoy_identity_get_uri (other));
}

/**
 * ahoy_identity_to_string:
 * @self: an identity
 *
 * Returns: (transfer full): name and URI as a name-addr, such as `"Bob" <sip:bob@example.org>`
 *
 * Since: 0.1
 */
char *
ahoy_identity_to_string (AhoyIdentity *self)
{
  g_autoptr (AhoyNameAddr) plain = NULL;

  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  plain = ahoy_name_addr_without_params (self->address);
  return ahoy_name_addr_to_string (plain);
}

static GVariant *
list_privacy (AhoyIdentityPrivacy privacy)
{
  GVariantBuilder words;

  g_variant_builder_init (&words, G_VARIANT_TYPE_STRING_ARRAY);
  if ((privacy & AHOY_IDENTITY_PRIVACY_NAME) != 0) {
    g_variant_builder_add (&words, "s", "name");
  }
  if ((privacy & AHOY_IDENTITY_PRIVACY_NUMBER) != 0) {
    g_variant_builder_add (&words, "s", "number");
  }
  return g_variant_builder_end (&words);
}

/**
 * ahoy_identity_to_variant:
 * @self: an identity
 *
 * Returns: (transfer full): a dictionary `a{sv}`: `uri` s; `name` s, `number` s and `tag` s where
 *   there are any; `header` s, the header that says so, `none` for a program; `privacy` as, of
 *   `name` and `number`: what must not be shown to users
 *
 * Since: 0.1
 */
GVariant *
ahoy_identity_to_variant (AhoyIdentity *self)
{
  const char *name;
  g_autofree char *uri = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_IDENTITY (self), NULL);

  name = ahoy_identity_get_name (self);
  uri = ahoy_uri_to_string (ahoy_identity_get_uri (self));
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "uri", g_variant_new_string (uri));
  g_variant_builder_add (&builder, "{sv}", "header", g_variant_new_string (self->header));
  g_variant_builder_add (&builder, "{sv}", "privacy", list_privacy (self->privacy));
  if (name != NULL) {
    g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (name));
  }
  if (self->number != NULL) {
    g_variant_builder_add (&builder, "{sv}", "number", g_variant_new_string (self->number));
  }
  if (self->tag != NULL) {
    g_variant_builder_add (&builder, "{sv}", "tag", g_variant_new_string (self->tag));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_identity_privacy_from_string:
 * @text: words of the header Privacy (RFC 3323 §4.2, RFC 3325 §9.3) such as `id;critical`, or of
 *   the parameter `privacy` of Remote-Party-ID such as `full`
 *
 * Returns: what they keep from users
 *
 * Since: 0.1
 */
AhoyIdentityPrivacy
ahoy_identity_privacy_from_string (const char *text)
{
  g_return_val_if_fail (text != NULL, PRIVACY_ALL);

  return privacy_of_text (text);
}
