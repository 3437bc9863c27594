/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-pcap-packet.h"

/*
 * Packets as they would have stood on the wire: IP and UDP or TCP headers made around each message,
 * with right checksums, and sequence numbers that let a reader put streams together. The format is
 * the classic one of libpcap (draft-ietf-opsawg-pcap), link type RAW.
 */

#define MAGIC 0xa1b2c3d4u
#define LINK_TYPE_RAW 101
#define MAX_PACKET 65535
#define IP4_HEADER 20
#define IP6_HEADER 40
#define UDP_HEADER 8
#define TCP_HEADER 20
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define TCP_FLAGS 0x5018 /* five words of header; PSH and ACK */
#define HOP_LIMIT 64

static void
append_native (GByteArray *array, guint32 number)
{
  g_byte_array_append (array, (const guint8 *) &number, sizeof number);
}

static void
append16 (GByteArray *array, guint number)
{
  const guint8 bytes[] = { (guint8) (number >> 8), (guint8) number };

  g_byte_array_append (array, bytes, sizeof bytes);
}

static void
append32 (GByteArray *array, guint32 number)
{
  append16 (array, number >> 16);
  append16 (array, number & 0xffff);
}

void
ahoy_pcap_append_file_header (GByteArray *file)
{
  append_native (file, MAGIC);
  append_native (file, G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0x00040002 : 0x00020004);
  append_native (file, 0);
  append_native (file, 0);
  append_native (file, MAX_PACKET);
  append_native (file, LINK_TYPE_RAW);
}

/* RFC 1071, before the last folding and complement. */
static guint32
sum (guint32 total, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i + 1 < length; i += 2) {
    total += (guint32) bytes[i] << 8 | bytes[i + 1];
    total = (total & 0xffff) + (total >> 16);
  }
  if (length % 2 != 0) {
    total += (guint32) bytes[length - 1] << 8;
  }
  return (total & 0xffff) + (total >> 16);
}

static guint
checksum (guint32 total)
{
  while (total >> 16 != 0) {
    total = (total & 0xffff) + (total >> 16);
  }
  return ~total & 0xffff;
}

typedef struct {
  GInetAddress *source;
  GInetAddress *destination;
  guint16 source_port;
  guint16 destination_port;
  guint32 sequence;
  guint32 acknowledged;
  gboolean ip6;
  gboolean tcp;
} Packet;

static gsize
address_size (const Packet *packet)
{
  return packet->ip6 ? 16 : 4;
}

static void
append_ip4 (GByteArray *file, const Packet *packet, gsize payload)
{
  guint begin = file->len;
  guint check;

  append16 (file, 0x4500);
  append16 (file, (guint) (IP4_HEADER + payload));
  append16 (file, 0);
  append16 (file, 0x4000); /* do not fragment */
  append16 (file, HOP_LIMIT << 8 | (packet->tcp ? PROTOCOL_TCP : PROTOCOL_UDP));
  append16 (file, 0);
  g_byte_array_append (file, g_inet_address_to_bytes (packet->source), 4);
  g_byte_array_append (file, g_inet_address_to_bytes (packet->destination), 4);
  check = checksum (sum (0, file->data + begin, IP4_HEADER));
  file->data[begin + 10] = (guint8) (check >> 8);
  file->data[begin + 11] = (guint8) check;
}

static void
append_ip6 (GByteArray *file, const Packet *packet, gsize payload)
{
  append32 (file, 0x60000000);
  append16 (file, (guint) payload);
  append16 (file, (guint) (packet->tcp ? PROTOCOL_TCP : PROTOCOL_UDP) << 8 | HOP_LIMIT);
  g_byte_array_append (file, g_inet_address_to_bytes (packet->source), 16);
  g_byte_array_append (file, g_inet_address_to_bytes (packet->destination), 16);
}

static void
append_transport (GByteArray *file, const Packet *packet, const guint8 *data, gsize length)
{
  gsize size = length + (packet->tcp ? TCP_HEADER : UDP_HEADER);
  guint begin = file->len;
  guint place = packet->tcp ? 16 : 6;
  guint32 total;
  guint check;

  append16 (file, packet->source_port);
  append16 (file, packet->destination_port);
  if (packet->tcp) {
    append32 (file, packet->sequence);
    append32 (file, packet->acknowledged);
    append16 (file, TCP_FLAGS);
    append16 (file, 0xffff);
    append32 (file, 0);
  } else {
    append16 (file, (guint) size);
    append16 (file, 0);
  }
  g_byte_array_append (file, data, (guint) length);

  total = sum (0, g_inet_address_to_bytes (packet->source), address_size (packet));
  total = sum (total, g_inet_address_to_bytes (packet->destination), address_size (packet));
  total += (packet->tcp ? PROTOCOL_TCP : PROTOCOL_UDP) + (guint32) size;
  check = checksum (sum (total, file->data + begin, size));
  check = check == 0 && !packet->tcp ? 0xffff : check;
  file->data[begin + place] = (guint8) (check >> 8);
  file->data[begin + place + 1] = (guint8) check;
}

static void
append_packet (GByteArray *file, const Packet *packet, gint64 time, const guint8 *data,
               gsize length)
{
  gsize payload = length + (packet->tcp ? TCP_HEADER : UDP_HEADER);
  guint32 size = (guint32) (payload + (packet->ip6 ? IP6_HEADER : IP4_HEADER));

  append_native (file, (guint32) (time / G_USEC_PER_SEC));
  append_native (file, (guint32) (time % G_USEC_PER_SEC));
  append_native (file, size);
  append_native (file, size);
  if (packet->ip6) {
    append_ip6 (file, packet, payload);
  } else {
    append_ip4 (file, packet, payload);
  }
  append_transport (file, packet, data, length);
}

static char *
flow_name (GSocketAddress *from, GSocketAddress *to)
{
  g_autofree char *one = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (from));
  g_autofree char *other = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (to));

  return g_strdup_printf ("%s %s", one, other);
}

static guint32
sequence_of (GHashTable *sequences, const char *flow)
{
  gpointer number;

  return g_hash_table_lookup_extended (sequences, flow, NULL, &number) ? GPOINTER_TO_UINT (number)
                                                                       : 1;
}

/*
 * Appends a message as one packet, or as several when it does not fit. @sequences: char * → the
 * next sequence number of each direction of each stream.
 */
void
ahoy_pcap_append_message (GByteArray *file, AhoyTraceMessage *message, GHashTable *sequences)
{
  GSocketAddress *from = ahoy_trace_message_get_source (message);
  GSocketAddress *to = ahoy_trace_message_get_destination (message);
  GInetSocketAddress *source = G_INET_SOCKET_ADDRESS (from);
  GInetSocketAddress *destination = G_INET_SOCKET_ADDRESS (to);
  g_autofree char *flow = flow_name (from, to);
  g_autofree char *back = flow_name (to, from);
  gsize left;
  const guint8 *data = g_bytes_get_data (ahoy_trace_message_get_bytes (message), &left);
  Packet packet = {
    .source = g_inet_socket_address_get_address (source),
    .destination = g_inet_socket_address_get_address (destination),
    .source_port = g_inet_socket_address_get_port (source),
    .destination_port = g_inet_socket_address_get_port (destination),
    .ip6 = g_socket_address_get_family (from) == G_SOCKET_FAMILY_IPV6,
    .tcp = ahoy_trace_message_get_transport (message) != AHOY_TRANSPORT_PROTOCOL_UDP,
  };
  gsize most = MAX_PACKET - IP6_HEADER - TCP_HEADER;

  if (g_socket_address_get_family (to) != g_socket_address_get_family (from)) {
    return;
  }
  packet.sequence = sequence_of (sequences, flow);
  packet.acknowledged = sequence_of (sequences, back);
  while (left > 0) {
    gsize length = packet.tcp ? MIN (left, most) : MIN (left, MAX_PACKET - IP4_HEADER - UDP_HEADER);

    append_packet (file, &packet, ahoy_trace_message_get_time (message), data, length);
    packet.sequence += (guint32) length;
    data += length;
    left -= length;
  }
  if (packet.tcp) {
    g_hash_table_replace (sequences, g_steal_pointer (&flow), GUINT_TO_POINTER (packet.sequence));
  }
}
