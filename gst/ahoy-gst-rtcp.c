/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtcp-private.h"

#include <string.h>

#define VERSION 2
#define TYPE_SR 200
#define TYPE_RR 201
#define TYPE_SDES 202
#define TYPE_BYE 203
#define SDES_CNAME 1
#define BLOCK_SIZE 24
#define SENDER_SIZE 20
#define MAX_CNAME 64
/* Seconds from 1900 to 1970. */
#define NTP_OFFSET G_GUINT64_CONSTANT (2208988800)

static guint32
read_32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static guint8 *
write_32 (guint8 *data, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (data, &value, sizeof value);
  return data + sizeof value;
}

/* 24 bits with a sign. */
static gint32
read_lost (const guint8 *data)
{
  guint32 value = read_32 (data) & 0xffffff;

  return (gint32) (value & 0x800000 ? value | 0xff000000 : value);
}

static void
read_block (AhoyGstRtcpBlock *block, const guint8 *data)
{
  block->ssrc = read_32 (data);
  block->fraction_lost = data[4];
  block->lost = read_lost (data + 4);
  block->highest = read_32 (data + 8);
  block->jitter = read_32 (data + 12);
  block->last_sr = read_32 (data + 16);
  block->delay = read_32 (data + 20);
}

/* A sender or receiver report of @size octets. */
static gboolean
read_report (AhoyGstRtcpReport *report, const guint8 *data, gsize size)
{
  guint n = data[0] & 0x1f;
  gboolean is_sender = data[1] == TYPE_SR;
  gsize at = 8 + (is_sender ? SENDER_SIZE : 0);

  if (at + n * BLOCK_SIZE > size) {
    return FALSE;
  }
  report->ssrc = read_32 (data + 4);
  if (is_sender) {
    report->is_sender = TRUE;
    report->ntp = (guint64) read_32 (data + 8) << 32 | read_32 (data + 12);
    report->timestamp = read_32 (data + 16);
    report->packets = read_32 (data + 20);
    report->octets = read_32 (data + 24);
  }
  for (guint i = 0; i < n && report->n_blocks < AHOY_GST_RTCP_MAX_BLOCKS; i++) {
    read_block (&report->blocks[report->n_blocks++], data + at + i * BLOCK_SIZE);
  }
  return TRUE;
}

static void
read_bye (AhoyGstRtcpReport *report, const guint8 *data, gsize size)
{
  guint n = data[0] & 0x1f;

  for (guint i = 0; i < n && 8 + 4 * (gsize) i <= size; i++) {
    report->bye = report->bye || read_32 (data + 4 + 4 * (gsize) i) == report->ssrc;
  }
}

/*
 * Reads a compound packet from the network with the checks of RFC 3550 appendix A.2; FALSE when it
 * is none. Packets of other types are passed over.
 */
gboolean
ahoy_gst_rtcp_parse (AhoyGstRtcpReport *report, const guint8 *data, gsize size)
{
  gboolean first = TRUE;

  memset (report, 0, sizeof *report);
  while (size > 0) {
    gsize length;
    gsize used;

    if (size < 8 || data[0] >> 6 != VERSION) {
      return FALSE;
    }
    length = 4 * ((gsize) (data[2] << 8 | data[3]) + 1);
    if (length < 8 || length > size) {
      return FALSE;
    }
    used = length;
    if ((data[0] & 0x20) != 0) {
      gsize padding = data[length - 1];

      /* Only the last packet may have padding, in steps of four. */
      if (length != size || first || padding == 0 || padding % 4 != 0 || padding + 8 > length) {
        return FALSE;
      }
      used -= padding;
    }
    if (first && data[1] != TYPE_SR && data[1] != TYPE_RR) {
      return FALSE;
    }
    if ((data[1] == TYPE_SR || data[1] == TYPE_RR) && !read_report (report, data, used)) {
      return FALSE;
    }
    if (data[1] == TYPE_BYE) {
      read_bye (report, data, used);
    }
    first = FALSE;
    data += length;
    size -= length;
  }
  return !first;
}

static guint8 *
write_head (guint8 *data, guint count, guint type, gsize size)
{
  return write_32 (data, (guint32) VERSION << 30 | count << 24 | type << 16 |
                             (guint32) (size / 4 - 1));
}

static guint8 *
write_block (guint8 *data, const AhoyGstRtcpBlock *block)
{
  data = write_32 (data, block->ssrc);
  data = write_32 (data, (guint32) block->fraction_lost << 24 |
                             ((guint32) CLAMP (block->lost, -0x800000, 0x7fffff) & 0xffffff));
  data = write_32 (data, block->highest);
  data = write_32 (data, block->jitter);
  data = write_32 (data, block->last_sr);
  return write_32 (data, block->delay);
}

/* The source description that each compound packet has (RFC 3550 §6.5), padded to four. */
static guint8 *
write_sdes (guint8 *data, guint32 ssrc, const char *cname)
{
  gsize length = MIN (strlen (cname), MAX_CNAME);
  gsize size = (8 + 2 + length + 1 + 3) & ~(gsize) 3;

  memset (data, 0, size);
  write_head (data, 1, TYPE_SDES, size);
  write_32 (data + 4, ssrc);
  data[8] = SDES_CNAME;
  data[9] = (guint8) length;
  memcpy (data + 10, cname, length);
  return data + size;
}

/*
 * Writes a compound packet into AHOY_GST_RTCP_MAX_PACKET octets: the report with at most 8 blocks,
 * the name of the source, and goodbye.
 */
gsize
ahoy_gst_rtcp_write (const AhoyGstRtcpReport *report, const char *cname, guint8 *data)
{
  guint n = MIN (report->n_blocks, 8);
  gsize size = 8 + (report->is_sender ? SENDER_SIZE : 0) + n * BLOCK_SIZE;
  guint8 *at = write_head (data, n, report->is_sender ? TYPE_SR : TYPE_RR, size);

  at = write_32 (at, report->ssrc);
  if (report->is_sender) {
    at = write_32 (at, (guint32) (report->ntp >> 32));
    at = write_32 (at, (guint32) report->ntp);
    at = write_32 (at, report->timestamp);
    at = write_32 (at, report->packets);
    at = write_32 (at, report->octets);
  }
  for (guint i = 0; i < n; i++) {
    at = write_block (at, &report->blocks[i]);
  }
  at = write_sdes (at, report->ssrc, cname);
  if (report->bye) {
    at = write_head (at, 1, TYPE_BYE, 8);
    at = write_32 (at, report->ssrc);
  }
  return (gsize) (at - data);
}

/* The wall clock as NTP says it: seconds since 1900, and their fraction in 2^32. */
guint64
ahoy_gst_rtcp_get_ntp (void)
{
  guint64 now = (guint64) g_get_real_time ();
  guint64 fraction = ((now % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;

  return ((now / G_USEC_PER_SEC + NTP_OFFSET) << 32) | fraction;
}
