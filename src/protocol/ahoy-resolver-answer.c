/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-answer.h"

#include <ares.h>
#include <arpa/inet.h>
#include <string.h>

/*
 * Reads a DNS answer into a record set. c-ares 1.18 has parsers per type, but those for SRV and
 * NAPTR give neither the TTL nor the owner's name, so the records are walked here; everything
 * that is compressed goes through ares_expand_name() and ares_expand_string(), which know the
 * tricks that can be played with pointers.
 */

#define HEADER_SIZE 12
#define CLASS_IN 1
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define RCODE_NXDOMAIN 3
#define FLAG_RESPONSE 0x8000
#define MAX_WALKED 256
#define DEFAULT_NEGATIVE_TTL 30

typedef struct {
  char *owner;
  guint16 type;
  guint32 ttl;
  gsize offset;
  gsize length;
} WireRecord;

typedef struct {
  const guint8 *data;
  gsize size;
  gsize offset;
} Reader;

static void
wire_record_free (WireRecord *record)
{
  g_free (record->owner);
  g_free (record);
}

static void
dns_record_free (AhoyDnsRecord *record)
{
  g_free (record->name);
  g_free (record->service);
  g_free (record);
}

static gboolean
read_u16 (Reader *reader, guint16 *value)
{
  const guint8 *p = reader->data + reader->offset;

  if (reader->size - reader->offset < 2)
    return FALSE;

  *value = (guint16) (p[0] << 8 | p[1]);
  reader->offset += 2;

  return TRUE;
}

static gboolean
read_u32 (Reader *reader, guint32 *value)
{
  guint16 high, low;

  if (!read_u16 (reader, &high) || !read_u16 (reader, &low))
    return FALSE;

  *value = (guint32) high << 16 | low;

  return TRUE;
}

/* A name in a message. @end bounds where it may start and where its own bytes must end. */
static char *
read_name (Reader *reader, gsize end)
{
  char *expanded = NULL;
  char *name;
  long length = 0;

  if (reader->offset >= end || end > reader->size)
    return NULL;

  if (ares_expand_name (reader->data + reader->offset, reader->data, (int) reader->size,
                        &expanded, &length) != ARES_SUCCESS)
    return NULL;

  name = g_ascii_strdown (expanded, -1);
  ares_free_string (expanded);

  if (length <= 0 || (gsize) length > end - reader->offset) {
    g_free (name);
    return NULL;
  }

  reader->offset += (gsize) length;

  return name;
}

static char *
read_string (Reader *reader, gsize end)
{
  unsigned char *expanded = NULL;
  char *string;
  long length = 0;

  if (reader->offset >= end || end > reader->size)
    return NULL;

  if (ares_expand_string (reader->data + reader->offset, reader->data, (int) reader->size,
                          &expanded, &length) != ARES_SUCCESS)
    return NULL;

  string = g_strdup ((const char *) expanded);
  ares_free_string (expanded);

  if (length <= 0 || (gsize) length > end - reader->offset) {
    g_free (string);
    return NULL;
  }

  reader->offset += (gsize) length;

  return string;
}

static WireRecord *
read_record (Reader *reader)
{
  WireRecord *record;
  g_autofree char *owner = read_name (reader, reader->size);
  guint16 type, class, length;
  guint32 ttl;

  if (owner == NULL || !read_u16 (reader, &type) || !read_u16 (reader, &class) ||
      !read_u32 (reader, &ttl) || !read_u16 (reader, &length) ||
      reader->size - reader->offset < length)
    return NULL;

  record = g_new0 (WireRecord, 1);
  record->owner = g_steal_pointer (&owner);
  record->type = class == CLASS_IN ? type : 0;
  /* RFC 2181, section 8: with the top bit set it means 0. */
  record->ttl = ttl > G_MAXINT32 ? 0 : ttl;
  record->offset = reader->offset;
  record->length = length;
  reader->offset += length;

  return record;
}

/* Reads @count records into @records; FALSE when the message ends too early. */
static gboolean
read_section (Reader *reader, guint count, GPtrArray *records)
{
  for (guint i = 0; i < count; i++) {
    WireRecord *record;

    if (records->len >= MAX_WALKED)
      return TRUE;

    record = read_record (reader);
    if (record == NULL)
      return FALSE;

    g_ptr_array_add (records, record);
  }

  return TRUE;
}

static AhoyDnsRecord *
parse_address (Reader *reader, const WireRecord *wire)
{
  AhoyDnsRecord *record;
  char text[INET6_ADDRSTRLEN];
  int family = wire->type == AHOY_DNS_TYPE_A ? AF_INET : AF_INET6;

  if (wire->length != (family == AF_INET ? 4 : 16))
    return NULL;
  if (inet_ntop (family, reader->data + wire->offset, text, sizeof text) == NULL)
    return NULL;

  record = g_new0 (AhoyDnsRecord, 1);
  record->name = g_strdup (text);

  return record;
}

static AhoyDnsRecord *
parse_srv (Reader *reader, const WireRecord *wire)
{
  AhoyDnsRecord *record;
  g_autofree char *target = NULL;
  g_autofree char *name = NULL;
  gsize end = wire->offset + wire->length;
  guint16 priority, weight, port;

  if (wire->length < 7 || !read_u16 (reader, &priority) || !read_u16 (reader, &weight) ||
      !read_u16 (reader, &port))
    return NULL;

  target = read_name (reader, end);
  if (target == NULL)
    return NULL;

  /* c-ares spells the root as an empty name. */
  name = *target == '\0' ? g_strdup (".") : ahoy_dns_name_normalize (target);
  if (name == NULL || (port == 0 && *name != '.'))
    return NULL;

  record = g_new0 (AhoyDnsRecord, 1);
  record->order = priority;
  record->weight = weight;
  record->port = port;
  record->name = g_steal_pointer (&name);

  return record;
}

/* Only what RFC 3263, section 4.1 can use: flag "s", no expression, a SIP service. */
static AhoyDnsRecord *
parse_naptr (Reader *reader, const WireRecord *wire)
{
  AhoyDnsRecord *record;
  g_autofree char *flags = NULL;
  g_autofree char *service = NULL;
  g_autofree char *expression = NULL;
  g_autofree char *replacement = NULL;
  g_autofree char *name = NULL;
  gsize end = wire->offset + wire->length;
  guint16 order, preference;

  if (wire->length < 8 || !read_u16 (reader, &order) || !read_u16 (reader, &preference))
    return NULL;

  flags = read_string (reader, end);
  service = flags != NULL ? read_string (reader, end) : NULL;
  expression = service != NULL ? read_string (reader, end) : NULL;
  replacement = expression != NULL ? read_name (reader, end) : NULL;
  if (replacement == NULL)
    return NULL;

  if (g_ascii_strcasecmp (flags, "s") != 0 || *expression != '\0' ||
      g_ascii_strncasecmp (service, "SIP", 3) != 0)
    return NULL;

  name = ahoy_dns_name_normalize (replacement);
  if (name == NULL)
    return NULL;

  record = g_new0 (AhoyDnsRecord, 1);
  record->order = order;
  record->weight = preference;
  record->service = g_ascii_strup (service, -1);
  record->name = g_steal_pointer (&name);

  return record;
}

static AhoyDnsRecord *
parse_record (const Reader *message, const WireRecord *wire)
{
  Reader reader = { message->data, message->size, wire->offset };

  switch (wire->type) {
  case AHOY_DNS_TYPE_A:
  case AHOY_DNS_TYPE_AAAA:
    return parse_address (&reader, wire);
  case AHOY_DNS_TYPE_SRV:
    return parse_srv (&reader, wire);
  case AHOY_DNS_TYPE_NAPTR:
    return parse_naptr (&reader, wire);
  default:
    return NULL;
  }
}

static guint
max_records (AhoyDnsType type)
{
  switch (type) {
  case AHOY_DNS_TYPE_NAPTR:
    return AHOY_DNS_MAX_NAPTR;
  case AHOY_DNS_TYPE_SRV:
    return AHOY_DNS_MAX_SRV;
  case AHOY_DNS_TYPE_A:
  case AHOY_DNS_TYPE_AAAA:
  default:
    return AHOY_DNS_MAX_ADDRESSES;
  }
}

static const WireRecord *
find_wire (GPtrArray *answers, const char *owner, guint16 type)
{
  for (guint i = 0; i < answers->len; i++) {
    const WireRecord *record = g_ptr_array_index (answers, i);

    if (record->type == type && g_str_equal (record->owner, owner))
      return record;
  }

  return NULL;
}

/* Follows the CNAMEs which stand in this message. NULL for a chain that is broken or too long. */
static char *
follow_aliases (const Reader *message, GPtrArray *answers, const char *name, guint *ttl)
{
  g_autofree char *current = g_strdup (name);

  for (guint i = 0; i <= AHOY_DNS_MAX_ALIASES; i++) {
    const WireRecord *cname = find_wire (answers, current, TYPE_CNAME);
    g_autofree char *target = NULL;
    Reader reader;

    if (cname == NULL)
      return g_steal_pointer (&current);

    reader = (Reader) { message->data, message->size, cname->offset };
    target = read_name (&reader, cname->offset + cname->length);
    g_free (current);
    current = target != NULL ? ahoy_dns_name_normalize (target) : NULL;
    if (current == NULL)
      return NULL;

    *ttl = MIN (*ttl, cname->ttl);
  }

  return NULL;
}

/* RFC 2308, section 5: the smaller of the SOA's TTL and its last field. */
static guint
negative_ttl (const Reader *message, GPtrArray *authority)
{
  for (guint i = 0; i < authority->len; i++) {
    const WireRecord *record = g_ptr_array_index (authority, i);
    Reader reader = { message->data, message->size, record->offset };
    gsize end = record->offset + record->length;
    g_autofree char *server = NULL;
    g_autofree char *mailbox = NULL;
    guint32 minimum;

    if (record->type != TYPE_SOA)
      continue;

    server = read_name (&reader, end);
    mailbox = server != NULL ? read_name (&reader, end) : NULL;
    if (mailbox == NULL || end - reader.offset != 20)
      continue;

    reader.offset = end - 4;
    if (read_u32 (&reader, &minimum))
      return MIN (record->ttl, minimum);
  }

  return DEFAULT_NEGATIVE_TTL;
}

static AhoyDnsRecordSet *
record_set_new (AhoyDnsStatus status)
{
  AhoyDnsRecordSet *self = g_new0 (AhoyDnsRecordSet, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->status = status;
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) dns_record_free);

  return self;
}

static AhoyDnsRecordSet *
build_record_set (const Reader *message,
                  GPtrArray *answers,
                  GPtrArray *authority,
                  const char *name,
                  AhoyDnsType type,
                  guint rcode)
{
  g_autoptr (AhoyDnsRecordSet) self = record_set_new (AHOY_DNS_STATUS_FOUND);
  g_autofree char *owner = NULL;
  guint ttl = G_MAXINT32;

  owner = follow_aliases (message, answers, name, &ttl);
  if (owner == NULL)
    return ahoy_dns_record_set_new_failed ("its aliases (CNAME) lead nowhere");

  for (guint i = 0; i < answers->len && self->records->len < max_records (type); i++) {
    const WireRecord *wire = g_ptr_array_index (answers, i);
    AhoyDnsRecord *record;

    if (wire->type != type || !g_str_equal (wire->owner, owner))
      continue;

    record = parse_record (message, wire);
    if (record == NULL)
      continue;

    ttl = MIN (ttl, wire->ttl);
    g_ptr_array_add (self->records, record);
  }

  if (rcode == RCODE_NXDOMAIN)
    self->status = AHOY_DNS_STATUS_NO_NAME;
  else if (self->records->len == 0 && !g_str_equal (owner, name))
    self->alias = g_steal_pointer (&owner);

  if (self->records->len == 0 && self->alias == NULL)
    ttl = MIN (ttl, negative_ttl (message, authority));

  self->ttl = ttl;

  return g_steal_pointer (&self);
}

const char *
ahoy_dns_type_to_string (AhoyDnsType type)
{
  switch (type) {
  case AHOY_DNS_TYPE_A:
    return "A";
  case AHOY_DNS_TYPE_AAAA:
    return "AAAA";
  case AHOY_DNS_TYPE_SRV:
    return "SRV";
  case AHOY_DNS_TYPE_NAPTR:
    return "NAPTR";
  default:
    return "?";
  }
}

static gboolean
is_valid_name (const char *name)
{
  gsize label = 0;

  if (*name == '\0' || strlen (name) > AHOY_DNS_MAX_NAME)
    return FALSE;

  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '.') {
      if (label == 0)
        return FALSE;
      label = 0;
      continue;
    }
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
    if (++label > 63)
      return FALSE;
  }

  return label > 0;
}

/* Lower case, without the final dot, IDNA-encoded. NULL for what cannot be a host or service. */
char *
ahoy_dns_name_normalize (const char *name)
{
  g_autofree char *plain = NULL;
  gsize length = strlen (name);

  if (length == 0 || length > 4 * AHOY_DNS_MAX_NAME || !g_utf8_validate (name, -1, NULL))
    return NULL;

  if (g_hostname_is_non_ascii (name))
    plain = g_hostname_to_ascii (name);
  else
    plain = g_ascii_strdown (name, -1);
  if (plain == NULL)
    return NULL;

  length = strlen (plain);
  if (length > 1 && plain[length - 1] == '.')
    plain[length - 1] = '\0';

  return is_valid_name (plain) ? g_steal_pointer (&plain) : NULL;
}

AhoyDnsRecordSet *
ahoy_dns_record_set_new_failed (const char *detail)
{
  AhoyDnsRecordSet *self = record_set_new (AHOY_DNS_STATUS_FAILED);

  self->detail = detail;

  return self;
}

/* @name must be normalized. */
AhoyDnsRecordSet *
ahoy_dns_record_set_parse (const char *name, AhoyDnsType type, const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GPtrArray) authority = NULL;
  g_autofree char *question = NULL;
  Reader reader = { data, size, 2 };
  guint16 flags, n_questions, n_answers, n_authority;
  guint16 rcode;

  if (data == NULL || size < HEADER_SIZE || size > G_MAXUINT16)
    return ahoy_dns_record_set_new_failed ("the answer is not a DNS message");

  if (!read_u16 (&reader, &flags) || !read_u16 (&reader, &n_questions) ||
      !read_u16 (&reader, &n_answers) || !read_u16 (&reader, &n_authority) ||
      (flags & FLAG_RESPONSE) == 0 || n_questions != 1)
    return ahoy_dns_record_set_new_failed ("the answer is not a DNS response");

  rcode = flags & 0xf;
  if (rcode != 0 && rcode != RCODE_NXDOMAIN)
    return ahoy_dns_record_set_new_failed ("the server refused");

  reader.offset = HEADER_SIZE;
  question = read_name (&reader, size);
  if (question == NULL || size - reader.offset < 4 || !g_str_equal (question, name))
    return ahoy_dns_record_set_new_failed ("the answer is for another question");
  reader.offset += 4;

  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) wire_record_free);
  authority = g_ptr_array_new_with_free_func ((GDestroyNotify) wire_record_free);
  if (!read_section (&reader, n_answers, answers))
    return ahoy_dns_record_set_new_failed ("the answer is garbled");

  /* The authority section only says how long a "no" lasts: what is garbled there is left out. */
  if (answers->len == n_answers)
    (void) read_section (&reader, n_authority, authority);

  return build_record_set (&reader, answers, authority, name, type, rcode);
}

AhoyDnsRecordSet *
ahoy_dns_record_set_ref (AhoyDnsRecordSet *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
ahoy_dns_record_set_unref (AhoyDnsRecordSet *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->records);
  g_free (self->alias);
  g_free (self);
}
