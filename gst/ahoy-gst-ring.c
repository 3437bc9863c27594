/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <stdatomic.h>
#include <string.h>

#include "ahoy-gst-ring.h"

#define CACHE_LINE 64
#define MAX_CAPACITY ((gsize)1 << 30)

/* Both counters run on for ever; their difference is what the ring holds. Each side keeps what it
 * last saw of the other, and looks again only when that does not do. */
struct _AhoyGstRing {
  gsize mask;
  guint8 *bytes;

  _Alignas(CACHE_LINE) atomic_size_t written;
  gsize seen_read;

  _Alignas(CACHE_LINE) atomic_size_t read;
  gsize seen_written;
};

/**
 * ahoy_gst_ring_new:
 * @capacity: in bytes; rounded up to a power of two
 *
 * Returns: (transfer full): an empty ring
 */
AhoyGstRing *
ahoy_gst_ring_new (gsize capacity)
{
  AhoyGstRing *self;
  gsize size = CACHE_LINE;

  g_return_val_if_fail (capacity > 0 && capacity <= MAX_CAPACITY, NULL);

  while (size < capacity) {
    size *= 2;
  }
  self = g_aligned_alloc0 (1, sizeof *self, CACHE_LINE);
  self->mask = size - 1;
  self->bytes = g_malloc (size);
  return self;
}

/**
 * ahoy_gst_ring_free:
 * @self: (transfer full): a ring that neither side uses any more
 */
void
ahoy_gst_ring_free (AhoyGstRing *self)
{
  if (self == NULL) {
    return;
  }
  g_free (self->bytes);
  g_aligned_free (self);
}

/**
 * ahoy_gst_ring_get_capacity:
 * @self: a ring
 *
 * Returns: how many bytes it can hold
 */
gsize
ahoy_gst_ring_get_capacity (AhoyGstRing *self)
{
  return self->mask + 1;
}

static void
copy_in (AhoyGstRing *self, gsize at, gconstpointer data, gsize size)
{
  gsize offset = at & self->mask;
  gsize first = MIN (size, self->mask + 1 - offset);

  if (size > 0) {
    memcpy (self->bytes + offset, data, first);
    memcpy (self->bytes, (const guint8 *)data + first, size - first);
  }
}

static void
copy_out (AhoyGstRing *self, gsize at, gpointer data, gsize size)
{
  gsize offset = at & self->mask;
  gsize first = MIN (size, self->mask + 1 - offset);

  if (size > 0) {
    memcpy (data, self->bytes + offset, first);
    memcpy ((guint8 *)data + first, self->bytes, size - first);
  }
}

static gsize
room (AhoyGstRing *self, gsize written, gsize wanted)
{
  gsize free_bytes = self->mask + 1 - (written - self->seen_read);

  if (free_bytes < wanted) {
    self->seen_read = atomic_load_explicit (&self->read, memory_order_acquire);
    free_bytes = self->mask + 1 - (written - self->seen_read);
  }
  return free_bytes;
}

static gsize
filled (AhoyGstRing *self, gsize read, gsize wanted)
{
  gsize bytes = self->seen_written - read;

  if (bytes < wanted) {
    self->seen_written = atomic_load_explicit (&self->written, memory_order_acquire);
    bytes = self->seen_written - read;
  }
  return bytes;
}

/**
 * ahoy_gst_ring_get_writable:
 * @self: a ring; on the writer's thread
 *
 * Returns: how many bytes fit at least
 */
gsize
ahoy_gst_ring_get_writable (AhoyGstRing *self)
{
  return room (self, atomic_load_explicit (&self->written, memory_order_relaxed), G_MAXSIZE);
}

/**
 * ahoy_gst_ring_get_readable:
 * @self: a ring; on the reader's thread
 *
 * Returns: how many bytes are there at least
 */
gsize
ahoy_gst_ring_get_readable (AhoyGstRing *self)
{
  return filled (self, atomic_load_explicit (&self->read, memory_order_relaxed), G_MAXSIZE);
}

/**
 * ahoy_gst_ring_write:
 * @self: a ring; on the writer's thread
 * @data: (array length=size): bytes
 * @size: how many
 *
 * Returns: how many of the bytes found room
 */
gsize
ahoy_gst_ring_write (AhoyGstRing *self, gconstpointer data, gsize size)
{
  gsize written = atomic_load_explicit (&self->written, memory_order_relaxed);
  gsize free_bytes = room (self, written, size);

  size = MIN (size, free_bytes);
  copy_in (self, written, data, size);
  atomic_store_explicit (&self->written, written + size, memory_order_release);
  return size;
}

/**
 * ahoy_gst_ring_read:
 * @self: a ring; on the reader's thread
 * @data: (out caller-allocates) (array length=size): room
 * @size: how many bytes at most
 *
 * Returns: how many bytes there were
 */
gsize
ahoy_gst_ring_read (AhoyGstRing *self, gpointer data, gsize size)
{
  gsize read = atomic_load_explicit (&self->read, memory_order_relaxed);
  gsize bytes = filled (self, read, size);

  size = MIN (size, bytes);
  copy_out (self, read, data, size);
  atomic_store_explicit (&self->read, read + size, memory_order_release);
  return size;
}

/**
 * ahoy_gst_ring_write_record:
 * @self: a ring of records; on the writer's thread
 * @data: (array length=size): the record
 * @size: its size in bytes; may be 0
 *
 * Returns: whether it found room; a record is written whole or not at all
 */
gboolean
ahoy_gst_ring_write_record (AhoyGstRing *self, gconstpointer data, gsize size)
{
  gsize written = atomic_load_explicit (&self->written, memory_order_relaxed);
  guint32 length = (guint32)size;

  if (size > self->mask || room (self, written, size + sizeof length) < size + sizeof length) {
    return FALSE;
  }
  copy_in (self, written, &length, sizeof length);
  copy_in (self, written + sizeof length, data, size);
  atomic_store_explicit (&self->written, written + sizeof length + size, memory_order_release);
  return TRUE;
}

/**
 * ahoy_gst_ring_read_record:
 * @self: a ring of records; on the reader's thread
 * @data: (out caller-allocates) (array length=size): room
 * @size: how much room; what a longer record has more is dropped
 *
 * Returns: the size of the record, which may be more than @size; -1 if there is none
 */
gssize
ahoy_gst_ring_read_record (AhoyGstRing *self, gpointer data, gsize size)
{
  gsize read = atomic_load_explicit (&self->read, memory_order_relaxed);
  guint32 length;

  if (filled (self, read, sizeof length) < sizeof length) {
    return -1;
  }
  copy_out (self, read, &length, sizeof length);
  copy_out (self, read + sizeof length, data, MIN (size, length));
  atomic_store_explicit (&self->read, read + sizeof length + length, memory_order_release);
  return (gssize)length;
}
