/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "ahoy-gst-ring.h"

#define N_BYTES (8 * 1024 * 1024)
#define N_RECORDS 300000

static void
test_capacity (void)
{
  static const struct {
    gsize wanted, given;
  } sizes[] = { { 1, 64 }, { 64, 64 }, { 65, 128 }, { 1000, 1024 }, { 4096, 4096 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (sizes[i].wanted);

    g_assert_cmpuint (ahoy_gst_ring_get_capacity (ring), ==, sizes[i].given);
    g_assert_cmpuint (ahoy_gst_ring_get_writable (ring), ==, sizes[i].given);
    g_assert_cmpuint (ahoy_gst_ring_get_readable (ring), ==, 0);
  }
}

static void
test_full_and_empty (void)
{
  g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (64);
  guint8 in[100], out[100] = { 0 };

  for (guint i = 0; i < sizeof in; i++) {
    in[i] = (guint8)i;
  }
  for (guint round = 0; round < 1000; round++) {
    g_assert_cmpuint (ahoy_gst_ring_write (ring, in, 40), ==, 40);
    g_assert_cmpuint (ahoy_gst_ring_write (ring, in + 40, 60), ==, 24);
    g_assert_cmpuint (ahoy_gst_ring_get_writable (ring), ==, 0);
    g_assert_cmpuint (ahoy_gst_ring_write (ring, in, 1), ==, 0);
    g_assert_cmpuint (ahoy_gst_ring_read (ring, out, 7), ==, 7);
    g_assert_cmpuint (ahoy_gst_ring_read (ring, out + 7, 93), ==, 57);
    g_assert_cmpmem (out, 64, in, 64);
    g_assert_cmpuint (ahoy_gst_ring_read (ring, out, 1), ==, 0);
    /* Another offset each round. */
    g_assert_cmpuint (ahoy_gst_ring_write (ring, in, 13), ==, 13);
    g_assert_cmpuint (ahoy_gst_ring_read (ring, out, 13), ==, 13);
  }
}

static void
test_records (void)
{
  g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (128);
  char out[64];

  g_assert_cmpint (ahoy_gst_ring_read_record (ring, out, sizeof out), ==, -1);
  for (guint round = 0; round < 1000; round++) {
    g_assert_true (ahoy_gst_ring_write_record (ring, "seven b", 7));
    g_assert_true (ahoy_gst_ring_write_record (ring, NULL, 0));
    g_assert_true (ahoy_gst_ring_write_record (ring, "a longer record, 29 bytes....", 29));
    g_assert_cmpint (ahoy_gst_ring_read_record (ring, out, sizeof out), ==, 7);
    g_assert_cmpmem (out, 7, "seven b", 7);
    g_assert_cmpint (ahoy_gst_ring_read_record (ring, out, sizeof out), ==, 0);
    memset (out, '#', sizeof out);
    g_assert_cmpint (ahoy_gst_ring_read_record (ring, out, 8), ==, 29);
    g_assert_cmpmem (out, 9, "a longer#", 9);
    g_assert_cmpint (ahoy_gst_ring_read_record (ring, out, sizeof out), ==, -1);
  }
}

static void
test_record_without_room (void)
{
  g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (64);
  char data[256] = { 0 };

  g_assert_false (ahoy_gst_ring_write_record (ring, data, 61));
  g_assert_false (ahoy_gst_ring_write_record (ring, data, 64));
  g_assert_false (ahoy_gst_ring_write_record (ring, data, sizeof data));
  g_assert_true (ahoy_gst_ring_write_record (ring, data, 60));
  g_assert_false (ahoy_gst_ring_write_record (ring, data, 0));
  g_assert_cmpint (ahoy_gst_ring_read_record (ring, data, sizeof data), ==, 60);
  g_assert_true (ahoy_gst_ring_write_record (ring, data, 0));
}

/* A sequence that both sides can make. */
static guint32
next (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void *
write_bytes (void *data)
{
  AhoyGstRing *ring = data;
  guint32 values = 1, sizes = 7;
  guint8 chunk[256];
  gsize sent = 0;

  while (sent < N_BYTES) {
    gsize wanted = 1 + next (&sizes) % sizeof chunk;
    gsize size = MIN (wanted, N_BYTES - sent), at = 0;

    for (gsize i = 0; i < size; i++) {
      chunk[i] = (guint8)next (&values);
    }
    while (at < size) {
      gsize n = ahoy_gst_ring_write (ring, chunk + at, size - at);

      at += n;
      if (n == 0) {
        sched_yield ();
      }
    }
    sent += size;
  }
  return NULL;
}

static void
test_bytes_between_threads (void)
{
  g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (1024);
  guint32 values = 1, sizes = 3;
  guint8 chunk[300];
  gsize received = 0;
  pthread_t writer;

  g_assert_cmpint (pthread_create (&writer, NULL, write_bytes, ring), ==, 0);
  while (received < N_BYTES) {
    gsize n = ahoy_gst_ring_read (ring, chunk, 1 + next (&sizes) % sizeof chunk);

    for (gsize i = 0; i < n; i++) {
      if (chunk[i] != (guint8)next (&values)) {
        g_test_message ("byte %" G_GSIZE_FORMAT " is wrong", received + i);
        g_test_fail ();
        g_assert_not_reached ();
      }
    }
    received += n;
    if (n == 0) {
      sched_yield ();
    }
  }
  pthread_join (writer, NULL);
  g_assert_cmpuint (ahoy_gst_ring_get_readable (ring), ==, 0);
}

static void *
write_records (void *data)
{
  AhoyGstRing *ring = data;
  guint32 sizes = 5;
  guint8 record[64];

  for (guint32 i = 0; i < N_RECORDS; i++) {
    gsize size = 4 + next (&sizes) % 60;

    memset (record, (int)i, sizeof record);
    memcpy (record, &i, sizeof i);
    while (!ahoy_gst_ring_write_record (ring, record, size)) {
      sched_yield ();
    }
  }
  return NULL;
}

static void
test_records_between_threads (void)
{
  g_autoptr (AhoyGstRing) ring = ahoy_gst_ring_new (512);
  guint32 sizes = 5;
  guint8 record[64];
  pthread_t writer;

  g_assert_cmpint (pthread_create (&writer, NULL, write_records, ring), ==, 0);
  for (guint32 i = 0; i < N_RECORDS;) {
    gssize size = ahoy_gst_ring_read_record (ring, record, sizeof record);

    if (size < 0) {
      sched_yield ();
      continue;
    }
    g_assert_cmpint (size, ==, 4 + next (&sizes) % 60);
    g_assert_cmpmem (record, 4, &i, 4);
    for (gssize n = 4; n < size; n++) {
      g_assert_cmpuint (record[n], ==, (guint8)i);
    }
    i++;
  }
  pthread_join (writer, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring/holds-what-was-asked-for", test_capacity);
  g_test_add_func ("/ring/fills-and-empties", test_full_and_empty);
  g_test_add_func ("/ring/keeps-records-whole", test_records);
  g_test_add_func ("/ring/refuses-records-without-room", test_record_without_room);
  g_test_add_func ("/ring/carries-bytes-between-threads", test_bytes_between_threads);
  g_test_add_func ("/ring/carries-records-between-threads", test_records_between_threads);
  return g_test_run ();
}
