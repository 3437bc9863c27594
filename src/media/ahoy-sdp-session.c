/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-session-private.h"

#include "ahoy-decimal-private.h"
#include "ahoy-sdp-grammar-private.h"
#include "ahoy-sdp-media-private.h"

/**
 * AhoySdpSession:
 *
 * A session description (RFC 4566): who offers or answers, and the streams.
 *
 * It owns all of its text and its [class@Ahoy.SdpMedia]. A SIP call has one session description in
 * each offer and each answer (RFC 3264).
 *
 * An object is not thread-safe: use it in one thread at a time.
 *
 * Since: 0.1
 */
struct _AhoySdpSession {
  GObject parent_instance;

  char *username;
  guint64 id;
  guint64 version;
  char *origin_address_type;
  char *origin_address;
  char *name;
  GPtrArray *contact_lines; /* char *, whole lines u=, e=, p= */
  GPtrArray *times;         /* char *, whole lines t= */
  AhoySdpSection *section;
  GPtrArray *media; /* AhoySdpMedia */
};

G_DEFINE_FINAL_TYPE (AhoySdpSession, ahoy_sdp_session, G_TYPE_OBJECT)

static void
ahoy_sdp_session_finalize (GObject *object)
{
  AhoySdpSession *self = AHOY_SDP_SESSION (object);

  g_free (self->username);
  g_free (self->origin_address_type);
  g_free (self->origin_address);
  g_free (self->name);
  g_ptr_array_unref (self->contact_lines);
  g_ptr_array_unref (self->times);
  g_ptr_array_unref (self->media);
  ahoy_sdp_section_unref (self->section);

  G_OBJECT_CLASS (ahoy_sdp_session_parent_class)->finalize (object);
}

static void
ahoy_sdp_session_class_init (AhoySdpSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_sdp_session_finalize;
}

static void
ahoy_sdp_session_init (AhoySdpSession *self)
{
  self->username = g_strdup ("-");
  /* Below 2^62, so that a peer with signed numbers can count on from it. */
  self->id = ((guint64) (g_random_int () >> 2) << 32) | g_random_int ();
  self->version = 1;
  self->origin_address_type = g_strdup ("IP4");
  self->origin_address = g_strdup ("127.0.0.1");
  self->name = g_strdup ("-");
  self->contact_lines = g_ptr_array_new_with_free_func (g_free);
  self->times = g_ptr_array_new_with_free_func (g_free);
  ahoy_sdp_session_add_time (self, "0 0");
  self->section = ahoy_sdp_section_new ();
  self->media = g_ptr_array_new_with_free_func (g_object_unref);
}

/* The object that goes into the session: @media, or a copy if it stands in a session already. */
static AhoySdpMedia *
adopt_media (AhoySdpSession *self, AhoySdpMedia *media)
{
  AhoySdpMedia *adopted;

  adopted = ahoy_sdp_media_get_session_section (media) != NULL ? ahoy_sdp_media_copy (media)
                                                               : g_object_ref (media);
  ahoy_sdp_media_set_session_section (adopted, self->section);

  return adopted;
}

AhoySdpSection *
ahoy_sdp_session_get_section (AhoySdpSession *self)
{
  return self->section;
}

void
ahoy_sdp_session_set_origin_raw (AhoySdpSession *self,
                                 const char *address_type,
                                 const char *address)
{
  ahoy_sdp_set_string (&self->origin_address_type, address_type);
  ahoy_sdp_set_string (&self->origin_address, address);
}

void
ahoy_sdp_session_add_contact_line (AhoySdpSession *self, char type, const char *value)
{
  g_ptr_array_add (self->contact_lines, g_strdup_printf ("%c=%s", type, value));
}

void
ahoy_sdp_session_clear_times (AhoySdpSession *self)
{
  g_ptr_array_set_size (self->times, 0);
}

void
ahoy_sdp_session_add_time (AhoySdpSession *self, const char *value)
{
  g_ptr_array_add (self->times, g_strconcat ("t=", value, NULL));
}

void
ahoy_sdp_session_copy_times (AhoySdpSession *self, AhoySdpSession *from)
{
  ahoy_sdp_session_clear_times (self);
  for (guint i = 0; i < from->times->len; i++)
    g_ptr_array_add (self->times, g_strdup (g_ptr_array_index (from->times, i)));
}

static void
append_lines (GPtrArray *lines, GString *text)
{
  for (guint i = 0; i < lines->len; i++)
    ahoy_sdp_append (text, g_ptr_array_index (lines, i), "\r\n", NULL);
}

/**
 * ahoy_sdp_session_new:
 *
 * Makes a session description without streams: user `-`, a random session id, version 1, origin
 * address 127.0.0.1, name `-` and time `0 0`.
 *
 * Returns: (transfer full): a new session description
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_sdp_session_new (void)
{
  return g_object_new (AHOY_TYPE_SDP_SESSION, NULL);
}

/**
 * ahoy_sdp_session_copy:
 * @self: a session description
 *
 * Copies @self with all of its streams; the copy shares nothing with it.
 *
 * Returns: (transfer full): a new session description
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_sdp_session_copy (AhoySdpSession *self)
{
  AhoySdpSession *copy;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  copy = ahoy_sdp_session_new ();
  ahoy_sdp_set_string (&copy->username, self->username);
  copy->id = self->id;
  copy->version = self->version;
  ahoy_sdp_session_set_origin_raw (copy, self->origin_address_type, self->origin_address);
  ahoy_sdp_set_string (&copy->name, self->name);
  for (guint i = 0; i < self->contact_lines->len; i++)
    g_ptr_array_add (copy->contact_lines, g_strdup (g_ptr_array_index (self->contact_lines, i)));
  ahoy_sdp_session_copy_times (copy, self);
  ahoy_sdp_section_copy (self->section, copy->section);
  for (guint i = 0; i < self->media->len; i++)
    g_ptr_array_add (copy->media, adopt_media (copy, g_ptr_array_index (self->media, i)));

  return copy;
}

/**
 * ahoy_sdp_session_equal:
 * @self: a session description
 * @other: another session description
 *
 * Tells whether both say the same, line by line.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_session_equal (AhoySdpSession *self, AhoySdpSession *other)
{
  g_autofree char *text = NULL;
  g_autofree char *other_text = NULL;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (other), FALSE);

  text = ahoy_sdp_session_to_string (self);
  other_text = ahoy_sdp_session_to_string (other);

  return g_str_equal (text, other_text);
}

/**
 * ahoy_sdp_session_to_string:
 * @self: a session description
 *
 * Writes the text, with lines in the order of RFC 4566 section 5, each ended by CRLF.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
ahoy_sdp_session_to_string (AhoySdpSession *self)
{
  char digits[2][AHOY_DECIMAL_SIZE];
  GString *text;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  text = g_string_sized_new (512);
  ahoy_sdp_append (text, "v=0\r\no=", self->username, " ", ahoy_decimal (self->id, digits[0]), " ",
                   ahoy_decimal (self->version, digits[1]), " IN ", self->origin_address_type, " ",
                   self->origin_address, "\r\n", NULL);
  ahoy_sdp_append (text, "s=", self->name, "\r\n", NULL);
  if (self->section->information != NULL)
    ahoy_sdp_append (text, "i=", self->section->information, "\r\n", NULL);
  append_lines (self->contact_lines, text);
  ahoy_sdp_section_append_connection (self->section, text);
  ahoy_sdp_section_append_bandwidths (self->section, text);
  append_lines (self->times, text);
  ahoy_sdp_section_append_tail (self->section, text);

  for (guint i = 0; i < self->media->len; i++)
    ahoy_sdp_media_append_to (g_ptr_array_index (self->media, i), text);

  return g_string_free (text, FALSE);
}

/**
 * ahoy_sdp_session_get_username:
 * @self: a session description
 *
 * Gets the user of the `o=` line, `-` if the writer does not say who it is.
 *
 * Returns: the user
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_username (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return self->username;
}

/**
 * ahoy_sdp_session_set_username:
 * @self: a session description
 * @username: the user, without white space
 *
 * Sets the user of the `o=` line.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_username (AhoySdpSession *self, const char *username)
{
  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (ahoy_sdp_is_word (username));

  ahoy_sdp_set_string (&self->username, username);
}

/**
 * ahoy_sdp_session_get_id:
 * @self: a session description
 *
 * Gets the session id of the `o=` line.
 *
 * Returns: the session id
 *
 * Since: 0.1
 */
guint64
ahoy_sdp_session_get_id (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), 0);

  return self->id;
}

/**
 * ahoy_sdp_session_set_id:
 * @self: a session description
 * @id: the session id
 *
 * Sets the session id of the `o=` line. It stays the same for the life of a call.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_id (AhoySdpSession *self, guint64 id)
{
  g_return_if_fail (AHOY_IS_SDP_SESSION (self));

  self->id = id;
}

/**
 * ahoy_sdp_session_get_version:
 * @self: a session description
 *
 * Gets the version of the `o=` line. A description with the version of the one before is the same
 * description (RFC 3264 section 8).
 *
 * Returns: the version
 *
 * Since: 0.1
 */
guint64
ahoy_sdp_session_get_version (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), 0);

  return self->version;
}

/**
 * ahoy_sdp_session_set_version:
 * @self: a session description
 * @version: the version
 *
 * Sets the version of the `o=` line.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_version (AhoySdpSession *self, guint64 version)
{
  g_return_if_fail (AHOY_IS_SDP_SESSION (self));

  self->version = version;
}

/**
 * ahoy_sdp_session_bump_version:
 * @self: a session description
 *
 * Counts the version of the `o=` line up by one, as each changed description of a call must (RFC
 * 3264 section 8).
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_bump_version (AhoySdpSession *self)
{
  g_return_if_fail (AHOY_IS_SDP_SESSION (self));

  self->version++;
}

/**
 * ahoy_sdp_session_get_origin_network_type:
 * @self: a session description
 *
 * Gets the network type of the `o=` line. There is none but `IN`.
 *
 * Returns: the network type
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_origin_network_type (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return "IN";
}

/**
 * ahoy_sdp_session_get_origin_address_type:
 * @self: a session description
 *
 * Gets the address type of the `o=` line.
 *
 * Returns: `IP4` or `IP6`
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_origin_address_type (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return self->origin_address_type;
}

/**
 * ahoy_sdp_session_get_origin_address:
 * @self: a session description
 *
 * Gets the address of the `o=` line. It names the writer; media does not go there.
 *
 * Returns: an address or a host name
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_origin_address (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return self->origin_address;
}

/**
 * ahoy_sdp_session_set_origin_address:
 * @self: a session description
 * @address: an IPv4 or IPv6 address without brackets, or a host name
 *
 * Sets the address of the `o=` line, and its address type.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_origin_address (AhoySdpSession *self, const char *address)
{
  const char *type = ahoy_sdp_address_type (address);

  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (type != NULL);

  ahoy_sdp_session_set_origin_raw (self, type, address);
}

/**
 * ahoy_sdp_session_get_name:
 * @self: a session description
 *
 * Gets the name of the session, the `s=` line; `-` if it has none.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_name (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return self->name;
}

/**
 * ahoy_sdp_session_set_name:
 * @self: a session description
 * @name: the name, one line of UTF-8 text, not empty
 *
 * Sets the name of the session.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_name (AhoySdpSession *self, const char *name)
{
  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (ahoy_sdp_is_text (name) && *name != '\0');

  ahoy_sdp_set_string (&self->name, name);
}

/**
 * ahoy_sdp_session_get_n_media:
 * @self: a session description
 *
 * Gets the number of streams, rejected ones too.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
ahoy_sdp_session_get_n_media (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), 0);

  return self->media->len;
}

/**
 * ahoy_sdp_session_get_media:
 * @self: a session description
 * @index: which stream, from 0
 *
 * Gets a stream. What is changed in it is changed in @self.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if there are not that many
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_session_get_media (AhoySdpSession *self, guint index)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return index < self->media->len ? g_ptr_array_index (self->media, index) : NULL;
}

/**
 * ahoy_sdp_session_add_media:
 * @self: a session description
 * @media: a stream
 *
 * Adds a stream after those that are there; a description takes 32. If @media stands in a session
 * already, a copy is added.
 *
 * Returns: (transfer none): the object that stands in @self now, @media or its copy
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_session_add_media (AhoySdpSession *self, AhoySdpMedia *media)
{
  AhoySdpMedia *adopted;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (media), NULL);
  g_return_val_if_fail (self->media->len < AHOY_SDP_MAX_MEDIA, NULL);

  adopted = adopt_media (self, media);
  g_ptr_array_add (self->media, adopted);

  return adopted;
}

/**
 * ahoy_sdp_session_replace_media:
 * @self: a session description
 * @index: which stream, from 0; it must be there
 * @media: the new stream
 *
 * Puts @media in the place of a stream, such as the one that a skeleton of an answer rejects. The
 * old one leaves the session. If @media stands in a session already, a copy is put there.
 *
 * Returns: (transfer none): the object that stands in @self now, @media or its copy
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_session_replace_media (AhoySdpSession *self, guint index, AhoySdpMedia *media)
{
  g_autoptr (AhoySdpMedia) old = NULL;
  AhoySdpMedia *adopted;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);
  g_return_val_if_fail (index < self->media->len, NULL);
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (media), NULL);

  if (g_ptr_array_index (self->media, index) == media)
    return media;

  adopted = adopt_media (self, media);
  old = g_steal_pointer (&g_ptr_array_index (self->media, index));
  ahoy_sdp_media_set_session_section (old, NULL);
  g_ptr_array_index (self->media, index) = adopted;

  return adopted;
}
