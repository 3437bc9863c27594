/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one answer may put into memory, whatever the server sends. */
#define AHOY_DNS_MAX_NAPTR 32
#define AHOY_DNS_MAX_SRV 64
#define AHOY_DNS_MAX_ADDRESSES 64
#define AHOY_DNS_MAX_ALIASES 8
#define AHOY_DNS_MAX_NAME 253

/* The values are those of the wire (RFC 1035, 2782, 3403, 3596). */
typedef enum {
  AHOY_DNS_TYPE_A = 1,
  AHOY_DNS_TYPE_AAAA = 28,
  AHOY_DNS_TYPE_SRV = 33,
  AHOY_DNS_TYPE_NAPTR = 35,
} AhoyDnsType;

typedef enum {
  AHOY_DNS_STATUS_FOUND,   /* the name exists; there may be no records of this type */
  AHOY_DNS_STATUS_NO_NAME, /* NXDOMAIN */
  AHOY_DNS_STATUS_FAILED,  /* no answer, a refusal, or garbage */
} AhoyDnsStatus;

typedef struct {
  guint16 order;   /* NAPTR order, SRV priority */
  guint16 weight;  /* NAPTR preference, SRV weight */
  guint16 port;    /* SRV */
  char *name;      /* NAPTR replacement, SRV target ("." for none), numeric address */
  char *service;   /* NAPTR, upper case */
} AhoyDnsRecord;

/* Everything known about one name and type. Immutable and counted. */
typedef struct {
  gatomicrefcount ref_count;
  AhoyDnsStatus status;
  GPtrArray *records; /* (element-type AhoyDnsRecord) */
  char *alias;        /* where the name's CNAMEs lead, when that is still to be asked for */
  const char *detail; /* why it failed; a static string */
  guint ttl;          /* seconds */
  gint64 expires;     /* microseconds of the resolver's clock; set by who keeps it */
} AhoyDnsRecordSet;

const char *ahoy_dns_type_to_string (AhoyDnsType type);
char *ahoy_dns_name_normalize (const char *name);

AhoyDnsRecordSet *ahoy_dns_record_set_new_failed (const char *detail);
AhoyDnsRecordSet *ahoy_dns_record_set_parse (const char *name,
                                             AhoyDnsType type,
                                             const guint8 *data,
                                             gsize size);
AhoyDnsRecordSet *ahoy_dns_record_set_ref (AhoyDnsRecordSet *self);
void ahoy_dns_record_set_unref (AhoyDnsRecordSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDnsRecordSet, ahoy_dns_record_set_unref)

G_END_DECLS
