/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A name server on a loopback port that the kernel chose (UDP and TCP), in a thread of its own.
 * It answers from a table and can be told to behave badly.
 */
typedef struct _AhoyTestDns AhoyTestDns;

/*
 * One record. @type is A, AAAA, CNAME, SRV, NAPTR or SOA; @data is as in a zone file, names
 * without final dot: "10 20 5060 host.example.com", "10 50 s SIP+D2U _sip._udp.example.com"
 * (a NAPTR's expression is always empty), "60" for the minimum of an SOA.
 * A table ends with a record without name.
 */
typedef struct {
  const char *name;
  const char *type;
  guint ttl;
  const char *data;
} AhoyTestDnsRecord;

typedef enum {
  AHOY_TEST_DNS_NORMAL,
  AHOY_TEST_DNS_SILENT,        /* reads and says nothing */
  AHOY_TEST_DNS_SERVFAIL,
  AHOY_TEST_DNS_REFUSED,
  AHOY_TEST_DNS_TRUNCATED,     /* UDP answers are empty and truncated, TCP ones are complete */
  AHOY_TEST_DNS_NOISE,         /* random bytes */
  AHOY_TEST_DNS_GARBLED,       /* a proper header and question, then random bytes */
  AHOY_TEST_DNS_POINTER_LOOP,  /* the answer's owner is a compression pointer to itself */
  AHOY_TEST_DNS_CUT,           /* the proper answer without its last bytes */
  AHOY_TEST_DNS_NO_CHASE,      /* only the first CNAME of a chain */
  AHOY_TEST_DNS_WRONG_ID,      /* a forged answer with another id goes before the proper one */
  AHOY_TEST_DNS_WRONG_SOURCE,  /* a forged answer from another port goes before the proper one */
  AHOY_TEST_DNS_WRONG_QUESTION, /* a forged answer to another question goes first */
} AhoyTestDnsMode;

/* Every A record of a forged answer. */
#define AHOY_TEST_DNS_FORGED_ADDRESS "203.0.113.66"

AhoyTestDns *ahoy_test_dns_new (const AhoyTestDnsRecord *zone);
void ahoy_test_dns_free (AhoyTestDns *self);
const char *ahoy_test_dns_get_address (AhoyTestDns *self);
void ahoy_test_dns_set_zone (AhoyTestDns *self, const AhoyTestDnsRecord *zone);
void ahoy_test_dns_set_mode (AhoyTestDns *self, AhoyTestDnsMode mode);

/* How often was asked; %NULL stands for any name or type. */
guint ahoy_test_dns_count (AhoyTestDns *self, const char *name, const char *type);
guint ahoy_test_dns_count_tcp (AhoyTestDns *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyTestDns, ahoy_test_dns_free)

G_END_DECLS
