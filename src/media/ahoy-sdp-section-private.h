/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *value; /* in the block of the name; empty for a property attribute such as a=sendrecv */
} AhoySdpAttribute;

typedef struct {
  char *type;
  guint value;
} AhoySdpBandwidth;

/* What the session level and each media description have in common: the lines i, c, b, k and a.
 *
 * Reference counted, so that a media description that outlives its session still knows what it
 * inherited from it. */
typedef struct {
  char *information;
  char *address_type; /* NULL without a c= line */
  char *address;
  char *address_suffix; /* "/127" or "/127/3" of a multicast address, else empty */
  char *key;
  GArray *bandwidths; /* AhoySdpBandwidth; NULL for none yet */
  GArray *attributes; /* AhoySdpAttribute */
  GPtrArray *rtp_formats; /* what the lines of a stream say of its codecs, until one changes */
} AhoySdpSection;

void ahoy_sdp_set_string (char **place, const char *text);

AhoySdpSection *ahoy_sdp_section_new (void);
void ahoy_sdp_section_copy (const AhoySdpSection *self, AhoySdpSection *copy);
AhoySdpSection *ahoy_sdp_section_ref (AhoySdpSection *self);
void ahoy_sdp_section_unref (AhoySdpSection *self);

void ahoy_sdp_section_set_connection (AhoySdpSection *self,
                                      const char *address_type,
                                      const char *address,
                                      const char *suffix);
char *ahoy_sdp_section_dup_connection (const AhoySdpSection *self);

const char *ahoy_sdp_section_get_attribute (const AhoySdpSection *self, const char *name);
char **ahoy_sdp_section_dup_values (const AhoySdpSection *self, const char *name);
gboolean ahoy_sdp_section_get_nth_attribute (const AhoySdpSection *self,
                                             guint index,
                                             const char **name,
                                             const char **value);
void ahoy_sdp_section_forget_formats (AhoySdpSection *self);
void ahoy_sdp_section_add_attribute (AhoySdpSection *self, const char *name, const char *value);
void ahoy_sdp_section_set_attribute (AhoySdpSection *self, const char *name, const char *value);
guint ahoy_sdp_section_remove_attribute (AhoySdpSection *self, const char *name);
gboolean ahoy_sdp_attribute_is_valid (const char *name, const char *value);

guint ahoy_sdp_section_get_n_bandwidths (const AhoySdpSection *self);
int ahoy_sdp_section_get_bandwidth (const AhoySdpSection *self, const char *type);
void ahoy_sdp_section_add_bandwidth (AhoySdpSection *self, const char *type, guint value);
void ahoy_sdp_section_set_bandwidth (AhoySdpSection *self, const char *type, int value);

void ahoy_sdp_section_append_connection (const AhoySdpSection *self, GString *text);
void ahoy_sdp_section_append_bandwidths (const AhoySdpSection *self, GString *text);
void ahoy_sdp_section_append_tail (const AhoySdpSection *self, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySdpSection, ahoy_sdp_section_unref)

G_END_DECLS
