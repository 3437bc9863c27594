/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-record-private.h"

#include <string.h>

#define MOST_BYTES 255

G_DEFINE_BOXED_TYPE (AhoyCallRecord, ahoy_call_record, ahoy_call_record_copy,
                     ahoy_call_record_free)

#define FIELD(name, member, kind)                                                                  \
  { name, #member, AHOY_CALL_FIELD_##kind, G_STRUCT_OFFSET (AhoyCallRecord, member) }

const AhoyCallField ahoy_call_fields[AHOY_CALL_N_FIELDS] = {
  FIELD ("id", id, COUNT),
  FIELD ("linked-id", linked_id, TEXT),
  FIELD ("session", session, COUNT),
  FIELD ("bridge", bridge, COUNT),
  FIELD ("direction", direction, DIRECTION),
  FIELD ("endpoint", endpoint, TEXT),
  FIELD ("caller", caller, TEXT),
  FIELD ("callee", callee, TEXT),
  FIELD ("connected", connected, TEXT),
  FIELD ("local-uri", local_uri, TEXT),
  FIELD ("remote-uri", remote_uri, TEXT),
  FIELD ("remote-name", remote_name, TEXT),
  FIELD ("target", target, TEXT),
  FIELD ("connected-uri", connected_uri, TEXT),
  FIELD ("connected-name", connected_name, TEXT),
  FIELD ("redirected-from", redirected_from, TEXT),
  FIELD ("transferred-by", transferred_by, TEXT),
  FIELD ("application", application, TEXT),
  FIELD ("account", account, TEXT),
  FIELD ("created-at", created_at, COUNT),
  FIELD ("answered-at", answered_at, COUNT),
  FIELD ("ended-at", ended_at, COUNT),
  FIELD ("status", status, NUMBER),
  FIELD ("reason", reason, TEXT),
  FIELD ("cause", cause, NUMBER),
  FIELD ("ended-by", ended_by, PARTY),
  FIELD ("codec", codec, TEXT),
  FIELD ("packets-sent", packets_sent, COUNT),
  FIELD ("packets-received", packets_received, COUNT),
  FIELD ("packets-lost", packets_lost, SIGNED),
  FIELD ("jitter", jitter, NUMBER),
  FIELD ("mos", mos, REAL),
  FIELD ("call-id", call_id, TEXT),
  FIELD ("session-id", session_id, TEXT),
  FIELD ("recording", recording, TEXT),
};

/* Control characters would be taken by a terminal, and those that turn text round by a reader. */
static gboolean
is_plain (gunichar code)
{
  GUnicodeType type = g_unichar_type (code);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
         type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR &&
         type != G_UNICODE_SURROGATE && type != G_UNICODE_UNASSIGNED;
}

char *
ahoy_call_record_clean (const char *text)
{
  g_autofree char *head = NULL;
  g_autofree char *valid = NULL;
  g_autoptr (GString) clean = NULL;

  if (text == NULL || *text == '\0') {
    return NULL;
  }
  head = g_strndup (text, MOST_BYTES + 4); /* one character more than can be kept */
  valid = g_utf8_make_valid (head, -1);
  clean = g_string_sized_new (strlen (valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar code = g_utf8_get_char (at);
    gunichar kept = is_plain (code) ? code : '?';

    if (clean->len + (gsize) g_unichar_to_utf8 (kept, NULL) > MOST_BYTES) {
      break;
    }
    g_string_append_unichar (clean, kept);
  }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

static GType
get_enum_type (AhoyCallFieldKind kind)
{
  return kind == AHOY_CALL_FIELD_DIRECTION ? ahoy_session_direction_get_type ()
                                           : ahoy_session_party_get_type ();
}

const char *
ahoy_call_field_get_nick (AhoyCallFieldKind kind, int value)
{
  return kind == AHOY_CALL_FIELD_DIRECTION
             ? ahoy_session_direction_to_string ((AhoySessionDirection) value)
             : ahoy_session_party_to_string ((AhoySessionParty) value);
}

int
ahoy_call_field_find_nick (AhoyCallFieldKind kind, const char *nick)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (get_enum_type (kind));
  GEnumValue *found = nick != NULL ? g_enum_get_value_by_nick (names, nick) : NULL;

  return found != NULL ? found->value : 0;
}

/**
 * ahoy_call_record_new:
 *
 * Returns: (transfer full): a record of nothing
 *
 * Since: 0.1
 */
AhoyCallRecord *
ahoy_call_record_new (void)
{
  return g_new0 (AhoyCallRecord, 1);
}

/**
 * ahoy_call_record_copy:
 * @self: a record
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
AhoyCallRecord *
ahoy_call_record_copy (const AhoyCallRecord *self)
{
  AhoyCallRecord *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  for (gsize i = 0; i < AHOY_CALL_N_FIELDS; i++) {
    if (ahoy_call_fields[i].kind == AHOY_CALL_FIELD_TEXT) {
      char **text = G_STRUCT_MEMBER_P (copy, ahoy_call_fields[i].offset);

      *text = g_strdup (*text);
    }
  }
  return copy;
}

/**
 * ahoy_call_record_free:
 * @self: (transfer full): a record
 *
 * Frees a record.
 *
 * Since: 0.1
 */
void
ahoy_call_record_free (AhoyCallRecord *self)
{
  g_return_if_fail (self != NULL);

  for (gsize i = 0; i < AHOY_CALL_N_FIELDS; i++) {
    if (ahoy_call_fields[i].kind == AHOY_CALL_FIELD_TEXT) {
      g_free (G_STRUCT_MEMBER (char *, self, ahoy_call_fields[i].offset));
    }
  }
  g_free (self);
}

static GVariant *
make_value (const AhoyCallRecord *self, const AhoyCallField *field)
{
  const char *text;

  switch (field->kind) {
  case AHOY_CALL_FIELD_COUNT:
    return g_variant_new_uint64 (G_STRUCT_MEMBER (guint64, self, field->offset));
  case AHOY_CALL_FIELD_SIGNED:
    return g_variant_new_int64 (G_STRUCT_MEMBER (gint64, self, field->offset));
  case AHOY_CALL_FIELD_NUMBER:
    return g_variant_new_uint32 (G_STRUCT_MEMBER (guint, self, field->offset));
  case AHOY_CALL_FIELD_REAL:
    return g_variant_new_double (G_STRUCT_MEMBER (double, self, field->offset));
  case AHOY_CALL_FIELD_DIRECTION:
  case AHOY_CALL_FIELD_PARTY:
    return g_variant_new_string (
        ahoy_call_field_get_nick (field->kind, G_STRUCT_MEMBER (int, self, field->offset)));
  case AHOY_CALL_FIELD_TEXT:
  default:
    text = G_STRUCT_MEMBER (const char *, self, field->offset);
    return g_variant_new_string (text != NULL ? text : "");
  }
}

/**
 * ahoy_call_record_to_variant:
 * @self: a record
 *
 * Returns: (transfer floating): an `a{sv}` with all that the record has, as the bus shows it: text
 *   that is not there is empty
 *
 * Since: 0.1
 */
GVariant *
ahoy_call_record_to_variant (const AhoyCallRecord *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < AHOY_CALL_N_FIELDS; i++) {
    g_variant_builder_add (&builder, "{sv}", ahoy_call_fields[i].name,
                           make_value (self, &ahoy_call_fields[i]));
  }
  return g_variant_builder_end (&builder);
}
