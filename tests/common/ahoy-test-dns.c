/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-test-dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE_A 1
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define TYPE_AAAA 28
#define TYPE_SRV 33
#define TYPE_NAPTR 35
#define MAX_CHAIN 16

struct _AhoyTestDns {
  GThread *thread;
  GMutex lock;
  int udp;
  int tcp;
  int stranger; /* sends what the server did not */
  int stop[2];
  char *address;
  const AhoyTestDnsRecord *zone;
  AhoyTestDnsMode mode;
  GPtrArray *asked; /* (element-type utf8) "TYPE name" */
  guint n_tcp;
};

typedef struct {
  char *name;
  guint16 type;
  gsize end; /* of the question section */
} Query;

static const struct {
  const char *name;
  guint16 type;
} type_names[] = {
  { "A", TYPE_A },       { "CNAME", TYPE_CNAME }, { "SOA", TYPE_SOA },
  { "AAAA", TYPE_AAAA }, { "SRV", TYPE_SRV },     { "NAPTR", TYPE_NAPTR },
};

static guint16
type_from_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (g_str_equal (type_names[i].name, name))
      return type_names[i].type;
  }

  g_assert_not_reached ();
}

static const char *
type_to_name (guint16 type)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (type_names[i].type == type)
      return type_names[i].name;
  }

  return "?";
}

static void
put_u8 (GByteArray *out, guint value)
{
  guint8 byte = (guint8) value;

  g_byte_array_append (out, &byte, 1);
}

static void
put_u16 (GByteArray *out, guint value)
{
  put_u8 (out, value >> 8 & 0xff);
  put_u8 (out, value & 0xff);
}

static void
put_u32 (GByteArray *out, guint value)
{
  put_u16 (out, value >> 16);
  put_u16 (out, value & 0xffff);
}

static void
put_string (GByteArray *out, const char *text)
{
  put_u8 (out, strlen (text));
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
}

static void
put_name (GByteArray *out, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    if (*labels[i] != '\0')
      put_string (out, labels[i]);
  }
  put_u8 (out, 0);
}

static void
put_data (GByteArray *out, const AhoyTestDnsRecord *record)
{
  g_auto (GStrv) words = g_strsplit (record->data, " ", -1);
  guint8 address[16];

  switch (type_from_name (record->type)) {
  case TYPE_A:
    g_assert_cmpint (inet_pton (AF_INET, record->data, address), ==, 1);
    g_byte_array_append (out, address, 4);
    return;
  case TYPE_AAAA:
    g_assert_cmpint (inet_pton (AF_INET6, record->data, address), ==, 1);
    g_byte_array_append (out, address, 16);
    return;
  case TYPE_CNAME:
    put_name (out, record->data);
    return;
  case TYPE_SRV:
    g_assert_cmpuint (g_strv_length (words), ==, 4);
    for (guint i = 0; i < 3; i++)
      put_u16 (out, atoi (words[i]));
    put_name (out, words[3]);
    return;
  case TYPE_NAPTR:
    g_assert_cmpuint (g_strv_length (words), ==, 5);
    put_u16 (out, atoi (words[0]));
    put_u16 (out, atoi (words[1]));
    put_string (out, words[2]);
    put_string (out, words[3]);
    put_string (out, "");
    put_name (out, words[4]);
    return;
  case TYPE_SOA:
    put_name (out, "ns.invalid");
    put_name (out, "admin.invalid");
    for (guint i = 0; i < 4; i++)
      put_u32 (out, 1);
    put_u32 (out, atoi (record->data));
    return;
  default:
    g_assert_not_reached ();
  }
}

static void
put_record (GByteArray *out, const AhoyTestDnsRecord *record, const Query *query)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  /* The question's name is pointed to, as real servers do. */
  if (g_ascii_strcasecmp (record->name, query->name) == 0)
    put_u16 (out, 0xc00c);
  else
    put_name (out, record->name);
  put_u16 (out, type_from_name (record->type));
  put_u16 (out, 1);
  put_u32 (out, record->ttl);
  put_data (data, record);
  put_u16 (out, data->len);
  g_byte_array_append (out, data->data, data->len);
}

static gboolean
parse_query (const guint8 *data, gsize size, Query *query)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize offset = 12;

  while (offset < size && data[offset] != 0) {
    if (data[offset] > 63 || offset + 1 + data[offset] >= size)
      return FALSE;
    if (name->len > 0)
      g_string_append_c (name, '.');
    g_string_append_len (name, (const char *) data + offset + 1, data[offset]);
    offset += 1u + data[offset];
  }
  if (offset + 5 > size)
    return FALSE;

  query->type = (guint16) (data[offset + 1] << 8 | data[offset + 2]);
  query->end = offset + 5;
  query->name = g_string_free (g_steal_pointer (&name), FALSE);

  return TRUE;
}

static GByteArray *
begin_reply (const guint8 *request, const Query *query, guint flags)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, request, 2);
  put_u16 (out, 0x8180 | flags);
  put_u16 (out, 1);
  for (guint i = 0; i < 3; i++)
    put_u16 (out, 0);
  g_byte_array_append (out, request + 12, query->end - 12);

  return out;
}

static gboolean
name_exists (AhoyTestDns *self, const char *name)
{
  for (const AhoyTestDnsRecord *r = self->zone; r->name != NULL; r++) {
    gsize length = strlen (r->name);
    gsize wanted = strlen (name);

    /* Also what lies between two names of the zone exists. */
    if (length >= wanted && g_ascii_strcasecmp (r->name + length - wanted, name) == 0 &&
        (length == wanted || r->name[length - wanted - 1] == '.'))
      return TRUE;
  }

  return FALSE;
}

static GByteArray *
build_reply (AhoyTestDns *self, const guint8 *request, const Query *query)
{
  GByteArray *out = begin_reply (request, query, 0);
  const char *name = query->name;
  guint n_answers = 0;
  guint n_authority = 0;

  for (guint depth = 0; depth < MAX_CHAIN && name != NULL; depth++) {
    const char *next = NULL;

    for (const AhoyTestDnsRecord *r = self->zone; r->name != NULL; r++) {
      guint16 type = type_from_name (r->type);

      if (g_ascii_strcasecmp (r->name, name) != 0 || (type != query->type && type != TYPE_CNAME))
        continue;
      put_record (out, r, query);
      n_answers++;
      if (type == TYPE_CNAME)
        next = r->data;
    }
    name = self->mode == AHOY_TEST_DNS_NO_CHASE ? NULL : next;
  }

  if (n_answers == 0) {
    if (!name_exists (self, query->name))
      out->data[3] |= 3;
    for (const AhoyTestDnsRecord *r = self->zone; r->name != NULL; r++) {
      if (g_str_equal (r->type, "SOA")) {
        put_record (out, r, query);
        n_authority++;
      }
    }
  }
  out->data[6] = (guint8) (n_answers >> 8);
  out->data[7] = (guint8) n_answers;
  out->data[9] = (guint8) n_authority;

  return out;
}

static GByteArray *
build_noise (const guint8 *request, const Query *query)
{
  GByteArray *out;
  guint length = (guint) g_random_int_range (1, 600);

  if (query == NULL) {
    out = g_byte_array_new ();
  } else {
    out = begin_reply (request, query, 0);
    out->data[7] = (guint8) g_random_int_range (1, 255);
    out->data[9] = (guint8) g_random_int_range (0, 255);
  }

  for (guint i = 0; i < length; i++)
    put_u8 (out, (guint) g_random_int_range (0, 256));

  return out;
}

static GByteArray *
build_pointer_loop (const guint8 *request, const Query *query)
{
  GByteArray *out = begin_reply (request, query, 0);

  out->data[7] = 1;
  put_u16 (out, 0xc000 | out->len);
  put_u16 (out, query->type);
  put_u16 (out, 1);
  put_u32 (out, 60);
  put_u16 (out, 2);
  put_u16 (out, 0xc000 | out->len);

  return out;
}

/* What an attacker who sees the question, or guesses it, might send. */
static GByteArray *
build_forgery (const guint8 *request, const Query *query, AhoyTestDnsMode mode)
{
  const char *name = mode == AHOY_TEST_DNS_WRONG_QUESTION ? "forged.example.net" : query->name;
  AhoyTestDnsRecord record = { name, "A", 600, AHOY_TEST_DNS_FORGED_ADDRESS };
  GByteArray *out = begin_reply (request, query, 0);

  if (mode == AHOY_TEST_DNS_WRONG_ID)
    out->data[1] ^= 0x55;
  if (mode == AHOY_TEST_DNS_WRONG_QUESTION) {
    g_byte_array_set_size (out, 12);
    put_name (out, name);
    put_u16 (out, query->type);
    put_u16 (out, 1);
  }
  if (query->type == TYPE_A) {
    put_record (out, &record, query);
    out->data[7] = 1;
  }

  return out;
}

static GByteArray *
build_by_mode (AhoyTestDns *self, const guint8 *request, const Query *query, gboolean is_tcp)
{
  GByteArray *out;

  switch (self->mode) {
  case AHOY_TEST_DNS_SILENT:
    return NULL;
  case AHOY_TEST_DNS_SERVFAIL:
    return begin_reply (request, query, 2);
  case AHOY_TEST_DNS_REFUSED:
    return begin_reply (request, query, 5);
  case AHOY_TEST_DNS_TRUNCATED:
    return is_tcp ? build_reply (self, request, query) : begin_reply (request, query, 0x200);
  case AHOY_TEST_DNS_NOISE:
    return build_noise (request, NULL);
  case AHOY_TEST_DNS_GARBLED:
    return build_noise (request, query);
  case AHOY_TEST_DNS_POINTER_LOOP:
    return build_pointer_loop (request, query);
  case AHOY_TEST_DNS_CUT:
    out = build_reply (self, request, query);
    g_byte_array_set_size (out, out->len - 3);
    return out;
  case AHOY_TEST_DNS_NORMAL:
  case AHOY_TEST_DNS_NO_CHASE:
  case AHOY_TEST_DNS_WRONG_ID:
  case AHOY_TEST_DNS_WRONG_SOURCE:
  case AHOY_TEST_DNS_WRONG_QUESTION:
  default:
    return build_reply (self, request, query);
  }
}

static void
serve_udp (AhoyTestDns *self)
{
  guint8 buffer[4096];
  struct sockaddr_storage from;
  socklen_t from_length = sizeof from;
  ssize_t n =
    recvfrom (self->udp, buffer, sizeof buffer, 0, (struct sockaddr *) &from, &from_length);
  g_autoptr (GByteArray) reply = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *name = NULL;
  Query query = { 0 };

  if (n < 12 || !parse_query (buffer, (gsize) n, &query))
    return;

  name = query.name;
  g_ptr_array_add (self->asked, g_strdup_printf ("%s %s", type_to_name (query.type), name));
  if (self->mode >= AHOY_TEST_DNS_WRONG_ID) {
    g_autoptr (GByteArray) forgery = build_forgery (buffer, &query, self->mode);
    int fd = self->mode == AHOY_TEST_DNS_WRONG_SOURCE ? self->stranger : self->udp;

    (void) !sendto (fd, forgery->data, forgery->len, 0, (struct sockaddr *) &from, from_length);
  }

  reply = build_by_mode (self, buffer, &query, FALSE);
  if (reply != NULL)
    (void) !sendto (self->udp, reply->data, reply->len, 0, (struct sockaddr *) &from, from_length);
}

static gboolean
read_all (int fd, guint8 *data, gsize size)
{
  while (size > 0) {
    struct pollfd entry = { fd, POLLIN, 0 };
    ssize_t n;

    /* A client that does not finish its question must not stop the server. */
    if (poll (&entry, 1, 2000) <= 0)
      return FALSE;
    n = read (fd, data, size);
    if (n <= 0)
      return FALSE;
    data += n;
    size -= (gsize) n;
  }

  return TRUE;
}

static void
serve_tcp (AhoyTestDns *self)
{
  guint8 buffer[4096];
  guint8 length[2];
  int fd = accept4 (self->tcp, NULL, NULL, SOCK_CLOEXEC);

  while (fd >= 0 && read_all (fd, length, 2)) {
    gsize size = (gsize) (length[0] << 8 | length[1]);
    g_autoptr (GByteArray) reply = NULL;
    g_autofree char *name = NULL;
    Query query = { 0 };

    if (size < 12 || size > sizeof buffer || !read_all (fd, buffer, size) ||
        !parse_query (buffer, size, &query))
      break;

    name = query.name;
    g_mutex_lock (&self->lock);
    self->n_tcp++;
    reply = build_by_mode (self, buffer, &query, TRUE);
    g_mutex_unlock (&self->lock);
    if (reply == NULL)
      continue;

    length[0] = (guint8) (reply->len >> 8);
    length[1] = (guint8) reply->len;
    g_byte_array_prepend (reply, length, 2);
    if (send (fd, reply->data, reply->len, MSG_NOSIGNAL) < 0)
      break;
  }

  if (fd >= 0)
    close (fd);
}

static gpointer
run (gpointer data)
{
  AhoyTestDns *self = data;
  struct pollfd entries[3] = {
    { self->stop[0], POLLIN, 0 }, { self->udp, POLLIN, 0 }, { self->tcp, POLLIN, 0 }
  };

  while (TRUE) {
    if (poll (entries, 3, -1) < 0 && errno != EINTR)
      return NULL;
    if (entries[0].revents != 0)
      return NULL;
    if (entries[1].revents != 0)
      serve_udp (self);
    if (entries[2].revents != 0)
      serve_tcp (self);
  }
}

/* The kernel chooses a UDP port; TCP has to follow, so another one may be needed. */
static guint16
open_sockets (AhoyTestDns *self)
{
  for (guint i = 0; i < 100; i++) {
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;

    address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    self->udp = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    self->tcp = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint (bind (self->udp, (struct sockaddr *) &address, length), ==, 0);
    g_assert_cmpint (getsockname (self->udp, (struct sockaddr *) &address, &length), ==, 0);
    if (bind (self->tcp, (struct sockaddr *) &address, length) == 0 && listen (self->tcp, 16) == 0)
      return ntohs (address.sin_port);

    close (self->udp);
    close (self->tcp);
  }

  g_assert_not_reached ();
}

/* @zone must live as long as the server. */
AhoyTestDns *
ahoy_test_dns_new (const AhoyTestDnsRecord *zone)
{
  AhoyTestDns *self = g_new0 (AhoyTestDns, 1);

  g_mutex_init (&self->lock);
  self->zone = zone;
  self->asked = g_ptr_array_new_with_free_func (g_free);
  self->address = g_strdup_printf ("127.0.0.1:%u", open_sockets (self));
  self->stranger = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  self->thread = g_thread_new ("test-dns", run, self);

  return self;
}

void
ahoy_test_dns_free (AhoyTestDns *self)
{
  g_assert_cmpint (write (self->stop[1], "x", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->stop[0]);
  close (self->stop[1]);
  close (self->udp);
  close (self->tcp);
  close (self->stranger);
  g_ptr_array_unref (self->asked);
  g_mutex_clear (&self->lock);
  g_free (self->address);
  g_free (self);
}

const char *
ahoy_test_dns_get_address (AhoyTestDns *self)
{
  return self->address;
}

void
ahoy_test_dns_set_zone (AhoyTestDns *self, const AhoyTestDnsRecord *zone)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->zone = zone;
}

void
ahoy_test_dns_set_mode (AhoyTestDns *self, AhoyTestDnsMode mode)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->mode = mode;
}

guint
ahoy_test_dns_count (AhoyTestDns *self, const char *name, const char *type)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint count = 0;

  for (guint i = 0; i < self->asked->len; i++) {
    g_auto (GStrv) words = g_strsplit (g_ptr_array_index (self->asked, i), " ", 2);

    if ((type == NULL || g_str_equal (words[0], type)) &&
        (name == NULL || g_ascii_strcasecmp (words[1], name) == 0))
      count++;
  }

  return count;
}

guint
ahoy_test_dns_count_tcp (AhoyTestDns *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_tcp;
}
