/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-section-private.h"

#include <string.h>

#include "ahoy-sdp-grammar-private.h"

/* Name and value are one block: a call has dozens of attributes. */
static AhoySdpAttribute
attribute_make (const char *name, const char *value)
{
  gsize name_size = strlen (name) + 1;
  gsize value_size = strlen (value) + 1;
  char *block = g_malloc (name_size + value_size);

  memcpy (block, name, name_size);
  memcpy (block + name_size, value, value_size);
  return (AhoySdpAttribute){ block, block + name_size };
}

static void
attribute_clear (AhoySdpAttribute *attribute)
{
  g_free (attribute->name);
}

static void
bandwidth_clear (AhoySdpBandwidth *bandwidth)
{
  g_free (bandwidth->type);
}

/* A line changes. */
void
ahoy_sdp_section_forget_formats (AhoySdpSection *self)
{
  g_clear_pointer (&self->rtp_formats, g_ptr_array_unref);
}

static void
section_clear (AhoySdpSection *self)
{
  g_free (self->information);
  g_free (self->address_type);
  g_free (self->address);
  g_free (self->address_suffix);
  g_free (self->key);
  g_clear_pointer (&self->bandwidths, g_array_unref);
  g_array_unref (self->attributes);
  ahoy_sdp_section_forget_formats (self);
}

/* @text may be the old string or a part of it. */
void
ahoy_sdp_set_string (char **place, const char *text)
{
  char *old = *place;

  *place = g_strdup (text);
  g_free (old);
}

AhoySdpSection *
ahoy_sdp_section_new (void)
{
  AhoySdpSection *self = g_rc_box_new0 (AhoySdpSection);

  self->attributes = g_array_new (FALSE, TRUE, sizeof (AhoySdpAttribute));
  g_array_set_clear_func (self->attributes, (GDestroyNotify) attribute_clear);

  return self;
}

guint
ahoy_sdp_section_get_n_bandwidths (const AhoySdpSection *self)
{
  return self->bandwidths != NULL ? self->bandwidths->len : 0;
}

/* Into one that is empty. */
void
ahoy_sdp_section_copy (const AhoySdpSection *self, AhoySdpSection *copy)
{
  copy->information = g_strdup (self->information);
  copy->key = g_strdup (self->key);
  ahoy_sdp_section_set_connection (copy, self->address_type, self->address, self->address_suffix);

  for (guint i = 0; i < ahoy_sdp_section_get_n_bandwidths (self); i++) {
    const AhoySdpBandwidth *bandwidth = &g_array_index (self->bandwidths, AhoySdpBandwidth, i);
    ahoy_sdp_section_add_bandwidth (copy, bandwidth->type, bandwidth->value);
  }
  for (guint i = 0; i < self->attributes->len; i++) {
    const AhoySdpAttribute *attribute = &g_array_index (self->attributes, AhoySdpAttribute, i);
    ahoy_sdp_section_add_attribute (copy, attribute->name, attribute->value);
  }
}

AhoySdpSection *
ahoy_sdp_section_ref (AhoySdpSection *self)
{
  return g_rc_box_acquire (self);
}

void
ahoy_sdp_section_unref (AhoySdpSection *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) section_clear);
}

/* All arguments may be NULL: no c= line. */
void
ahoy_sdp_section_set_connection (AhoySdpSection *self,
                                 const char *address_type,
                                 const char *address,
                                 const char *suffix)
{
  ahoy_sdp_set_string (&self->address_type, address_type);
  ahoy_sdp_set_string (&self->address, address);
  ahoy_sdp_set_string (&self->address_suffix, suffix);
}

char *
ahoy_sdp_section_dup_connection (const AhoySdpSection *self)
{
  if (self->address == NULL)
    return NULL;

  return g_strdup_printf ("IN %s %s%s", self->address_type, self->address, self->address_suffix);
}

gboolean
ahoy_sdp_attribute_is_valid (const char *name, const char *value)
{
  if (!ahoy_sdp_is_token (name))
    return FALSE;
  if (value == NULL)
    return TRUE;

  return ahoy_sdp_is_text (value) && strlen (name) + strlen (value) + 3 <= AHOY_SDP_MAX_LINE;
}

const char *
ahoy_sdp_section_get_attribute (const AhoySdpSection *self, const char *name)
{
  for (guint i = 0; i < self->attributes->len; i++) {
    const AhoySdpAttribute *attribute = &g_array_index (self->attributes, AhoySdpAttribute, i);

    if (g_str_equal (attribute->name, name))
      return attribute->value;
  }

  return NULL;
}

char **
ahoy_sdp_section_dup_values (const AhoySdpSection *self, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->attributes->len; i++) {
    const AhoySdpAttribute *attribute = &g_array_index (self->attributes, AhoySdpAttribute, i);

    if (g_str_equal (attribute->name, name))
      g_strv_builder_add (builder, attribute->value);
  }

  return g_strv_builder_end (builder);
}

gboolean
ahoy_sdp_section_get_nth_attribute (const AhoySdpSection *self,
                                    guint index,
                                    const char **name,
                                    const char **value)
{
  const AhoySdpAttribute *attribute;

  if (index >= self->attributes->len)
    return FALSE;

  attribute = &g_array_index (self->attributes, AhoySdpAttribute, index);
  if (name != NULL)
    *name = attribute->name;
  if (value != NULL)
    *value = attribute->value;

  return TRUE;
}

void
ahoy_sdp_section_add_attribute (AhoySdpSection *self, const char *name, const char *value)
{
  AhoySdpAttribute attribute = attribute_make (name, value != NULL ? value : "");

  ahoy_sdp_section_forget_formats (self);
  g_array_append_val (self->attributes, attribute);
}

/* The first attribute of that name keeps its place and gets the value, the others go. */
void
ahoy_sdp_section_set_attribute (AhoySdpSection *self, const char *name, const char *value)
{
  g_autofree char *wanted = g_strdup (name);
  g_autofree char *new_value = g_strdup (value != NULL ? value : "");
  gboolean found = FALSE;
  guint i = 0;

  ahoy_sdp_section_forget_formats (self);
  while (i < self->attributes->len) {
    AhoySdpAttribute *attribute = &g_array_index (self->attributes, AhoySdpAttribute, i);

    if (!g_str_equal (attribute->name, wanted)) {
      i++;
    } else if (found) {
      g_array_remove_index (self->attributes, i);
    } else {
      found = TRUE;
      attribute_clear (attribute);
      *attribute = attribute_make (wanted, new_value);
      i++;
    }
  }

  if (!found)
    ahoy_sdp_section_add_attribute (self, wanted, new_value);
}

guint
ahoy_sdp_section_remove_attribute (AhoySdpSection *self, const char *name)
{
  g_autofree char *wanted = g_strdup (name);
  guint removed = 0;

  ahoy_sdp_section_forget_formats (self);
  for (guint i = self->attributes->len; i > 0; i--) {
    if (g_str_equal (g_array_index (self->attributes, AhoySdpAttribute, i - 1).name, wanted)) {
      g_array_remove_index (self->attributes, i - 1);
      removed++;
    }
  }

  return removed;
}

/* -1 if there is none of that type. */
int
ahoy_sdp_section_get_bandwidth (const AhoySdpSection *self, const char *type)
{
  for (guint i = 0; i < ahoy_sdp_section_get_n_bandwidths (self); i++) {
    const AhoySdpBandwidth *bandwidth = &g_array_index (self->bandwidths, AhoySdpBandwidth, i);

    if (g_str_equal (bandwidth->type, type))
      return (int) MIN (bandwidth->value, G_MAXINT);
  }

  return -1;
}

void
ahoy_sdp_section_add_bandwidth (AhoySdpSection *self, const char *type, guint value)
{
  AhoySdpBandwidth bandwidth = { g_strdup (type), value };

  if (self->bandwidths == NULL) {
    self->bandwidths = g_array_new (FALSE, TRUE, sizeof (AhoySdpBandwidth));
    g_array_set_clear_func (self->bandwidths, (GDestroyNotify) bandwidth_clear);
  }
  g_array_append_val (self->bandwidths, bandwidth);
}

/* A negative @value takes the line away. */
void
ahoy_sdp_section_set_bandwidth (AhoySdpSection *self, const char *type, int value)
{
  g_autofree char *wanted = g_strdup (type);

  for (guint i = ahoy_sdp_section_get_n_bandwidths (self); i > 0; i--) {
    if (g_str_equal (g_array_index (self->bandwidths, AhoySdpBandwidth, i - 1).type, wanted))
      g_array_remove_index (self->bandwidths, i - 1);
  }

  if (value >= 0)
    ahoy_sdp_section_add_bandwidth (self, wanted, (guint) value);
}

void
ahoy_sdp_section_append_connection (const AhoySdpSection *self, GString *text)
{
  if (self->address != NULL)
    ahoy_sdp_append (text, "c=IN ", self->address_type, " ", self->address, self->address_suffix,
                     "\r\n", NULL);
}

void
ahoy_sdp_section_append_bandwidths (const AhoySdpSection *self, GString *text)
{
  for (guint i = 0; i < ahoy_sdp_section_get_n_bandwidths (self); i++) {
    const AhoySdpBandwidth *bandwidth = &g_array_index (self->bandwidths, AhoySdpBandwidth, i);
    g_string_append_printf (text, "b=%s:%u\r\n", bandwidth->type, bandwidth->value);
  }
}

/* The lines k and a, which end a section. */
void
ahoy_sdp_section_append_tail (const AhoySdpSection *self, GString *text)
{
  if (self->key != NULL)
    g_string_append_printf (text, "k=%s\r\n", self->key);

  for (guint i = 0; i < self->attributes->len; i++) {
    const AhoySdpAttribute *attribute = &g_array_index (self->attributes, AhoySdpAttribute, i);

    ahoy_sdp_append (text, "a=", attribute->name, *attribute->value != '\0' ? ":" : "",
                     attribute->value, "\r\n", NULL);
  }
}
