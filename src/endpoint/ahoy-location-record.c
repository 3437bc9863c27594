/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-contact-private.h"
#include "ahoy-error.h"
#include "ahoy-location-private.h"

/*
 * The contacts of an address of record as bytes: a version, then contact after contact. Numbers are
 * written seven bits at a time, the lowest first; a text is its length plus one and its bytes, or 0
 * for none. Whoever reads them trusts nothing: the file may be damaged.
 */

#define VERSION 1
/* More than a phone can send in one message. */
#define MAX_TEXT 65536
#define MAX_PATH 64

static void
put_number (GByteArray *bytes, guint64 number)
{
  guint8 digits[10];
  guint n_digits = 0;

  while (number >= 128) {
    digits[n_digits++] = (guint8) (number | 128);
    number >>= 7;
  }
  digits[n_digits++] = (guint8) number;
  g_byte_array_append (bytes, digits, n_digits);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  gsize size = text != NULL ? strlen (text) : 0;

  put_number (bytes, text != NULL ? size + 1 : 0);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) size);
}

static void
put_contact (GByteArray *bytes, AhoyContact *contact)
{
  const AhoyContactNumbers *numbers = ahoy_contact_peek_numbers (contact);
  const char *const *path = ahoy_contact_get_path (contact);

  put_number (bytes, (guint64) numbers->expires);
  put_number (bytes, (guint64) numbers->registered_at);
  put_number (bytes, numbers->cseq);
  put_number (bytes, numbers->reg_id);
  put_number (bytes, numbers->q);
  put_number (bytes, numbers->protocol);
  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    put_text (bytes, ahoy_contact_peek_text (contact, i));
  }
  put_number (bytes, g_strv_length ((char **) path));
  for (gsize i = 0; path[i] != NULL; i++) {
    put_text (bytes, path[i]);
  }
}

void
ahoy_location_record_write (GByteArray *bytes, GPtrArray *contacts)
{
  guint8 version = VERSION;

  g_byte_array_append (bytes, &version, 1);
  for (guint i = 0; i < contacts->len; i++) {
    put_contact (bytes, contacts->pdata[i]);
  }
}

static gboolean
is_writable (const char *text)
{
  gsize size = text != NULL ? strlen (text) : 0;

  return size < MAX_TEXT && (text == NULL || g_utf8_validate_len (text, size, NULL));
}

gboolean
ahoy_location_record_check (AhoyContact *contact, GError **error)
{
  const AhoyContactNumbers *numbers = ahoy_contact_peek_numbers (contact);
  const char *const *path = ahoy_contact_get_path (contact);
  gsize n_path = g_strv_length ((char **) path);
  gboolean good = n_path <= MAX_PATH && numbers->q <= 1000 && numbers->expires >= 0 &&
                  numbers->registered_at >= 0 && numbers->protocol <= AHOY_TRANSPORT_PROTOCOL_WSS;

  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS && good; i++) {
    good = is_writable (ahoy_contact_peek_text (contact, i));
  }
  for (gsize i = 0; i < n_path && good; i++) {
    good = is_writable (path[i]);
  }
  if (!good) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "the contact cannot be kept: it has more than %d proxies in its path, a text of "
                 "more than %d bytes or one that is no UTF-8, or a time before 1970",
                 MAX_PATH, MAX_TEXT);
  }
  return good;
}

typedef struct {
  const guint8 *data;
  const guint8 *end;
  char *copy; /* texts with a NUL behind each: no longer than the record */
  char *copy_end;
} Reader;

static gboolean
take_number (Reader *reader, guint64 limit, guint64 *number)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64 && reader->data < reader->end; shift += 7) {
    guint8 digit = *reader->data++;

    if (shift == 63 && digit > 1) {
      return FALSE;
    }
    value |= (guint64) (digit & 127) << shift;
    if (digit < 128) {
      *number = value;
      return value <= limit;
    }
  }
  return FALSE;
}

/* The length before a text makes room for the NUL behind its copy. */
static gboolean
take_text (Reader *reader, const char **text)
{
  guint64 size;

  if (!take_number (reader, MAX_TEXT, &size)) {
    return FALSE;
  }
  *text = NULL;
  if (size == 0) {
    return TRUE;
  }
  size--;
  if (size > (guint64) (reader->end - reader->data) ||
      !g_utf8_validate_len ((const char *) reader->data, size, NULL)) {
    return FALSE;
  }
  *text = reader->copy_end;
  memcpy (reader->copy_end, reader->data, size);
  reader->copy_end[size] = '\0';
  reader->copy_end += size + 1;
  reader->data += size;
  return TRUE;
}

static gboolean
take_numbers (Reader *reader, AhoyContactNumbers *numbers)
{
  guint64 expires, registered_at, cseq, reg_id, q, protocol;

  if (!take_number (reader, G_MAXINT64, &expires) ||
      !take_number (reader, G_MAXINT64, &registered_at) ||
      !take_number (reader, G_MAXUINT32, &cseq) || !take_number (reader, G_MAXUINT32, &reg_id) ||
      !take_number (reader, 1000, &q) ||
      !take_number (reader, AHOY_TRANSPORT_PROTOCOL_WSS, &protocol)) {
    return FALSE;
  }
  numbers->expires = (gint64) expires;
  numbers->registered_at = (gint64) registered_at;
  numbers->cseq = (guint32) cseq;
  numbers->reg_id = (guint32) reg_id;
  numbers->q = (guint16) q;
  numbers->protocol = (guint8) protocol;
  return TRUE;
}

static AhoyContact *
take_contact (Reader *reader, AhoyContactStatus status)
{
  AhoyContactNumbers numbers = { .round_trip = -1, .status = (guint8) status };
  const char *texts[AHOY_CONTACT_N_TEXTS];
  const char *path[MAX_PATH + 1];
  guint64 n_path;

  reader->copy_end = reader->copy;
  if (!take_numbers (reader, &numbers)) {
    return NULL;
  }
  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    if (!take_text (reader, &texts[i])) {
      return NULL;
    }
  }
  if (texts[AHOY_CONTACT_TEXT_URI] == NULL || !take_number (reader, MAX_PATH, &n_path)) {
    return NULL;
  }
  for (guint64 i = 0; i < n_path; i++) {
    if (!take_text (reader, &path[i]) || path[i] == NULL) {
      return NULL;
    }
  }
  path[n_path] = NULL;
  return ahoy_contact_new (&numbers, texts, path);
}

GPtrArray *
ahoy_location_record_read (const guint8 *data, gsize size, AhoyContactStatus status)
{
  g_autofree char *copy = g_malloc (size + 1);
  Reader reader = { data, data + size, copy, copy };
  g_autoptr (GPtrArray) contacts = NULL;

  if (size < 1 || *reader.data++ != VERSION) {
    return NULL;
  }
  contacts = g_ptr_array_new_full (1, (GDestroyNotify) ahoy_contact_unref);
  while (reader.data < reader.end) {
    AhoyContact *contact = take_contact (&reader, status);

    if (contact == NULL) {
      return NULL;
    }
    g_ptr_array_add (contacts, contact);
  }
  return g_steal_pointer (&contacts);
}
