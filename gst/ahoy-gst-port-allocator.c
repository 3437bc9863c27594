/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-port-allocator.h"

#include <unistd.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-address-private.h"

/**
 * AhoyGstPortAllocator:
 *
 * Gives out pairs of UDP sockets for RTP: an even port, and the odd one above it for RTCP
 * (RFC 3550 §11).
 *
 * Ports of a range are taken in turn from a random one on (RFC 6056), and rest for a while after
 * their use, so that late packets of one call, or of a daemon that was here before, do not reach
 * the next. The range should be below 32768, where the kernel chooses ports
 * of its own. The range 0 to 0 lets the kernel choose.
 *
 * Since: 0.1
 */
struct _AhoyGstPortAllocator {
  GObject parent_instance;

  guint min;
  guint max;
  guint next;
  gint64 quarantine;
  int buffer; /* what sockets have without being told; 0: not known yet */
  GHashTable *used;   /* even port */
  GHashTable *rested; /* even port → gint64, when it may be used again */
};

#define DEFAULT_QUARANTINE (2 * G_USEC_PER_SEC)
#define KERNEL_TRIES 64
/* Room for a burst while a worker is late: 100 ms of a call are 5 packets. */
#define RECEIVE_BUFFER (128 * 1024)
/* Expedited forwarding, as audio is marked (RFC 4594 §4.1). */
#define DSCP_EF (46 << 2)

G_DEFINE_FINAL_TYPE (AhoyGstPortAllocator, ahoy_gst_port_allocator, G_TYPE_OBJECT)

static void
ahoy_gst_port_allocator_finalize (GObject *object)
{
  AhoyGstPortAllocator *self = AHOY_GST_PORT_ALLOCATOR (object);

  g_hash_table_unref (self->used);
  g_hash_table_unref (self->rested);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_gst_port_allocator_parent_class)->finalize (object);
}

static void
ahoy_gst_port_allocator_class_init (AhoyGstPortAllocatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_port_allocator_finalize;
}

static void
ahoy_gst_port_allocator_init (AhoyGstPortAllocator *self)
{
  self->quarantine = DEFAULT_QUARANTINE;
  self->used = g_hash_table_new (NULL, NULL);
  self->rested = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_gst_port_allocator_new:
 * @min: the lowest port
 * @max: the highest port; 0 lets the kernel choose all ports
 *
 * Makes an allocator of the even ports from @min to @max, and the odd ones above them.
 *
 * Returns: (transfer full): an allocator
 *
 * Since: 0.1
 */
AhoyGstPortAllocator *
ahoy_gst_port_allocator_new (guint min, guint max)
{
  AhoyGstPortAllocator *self;

  g_return_val_if_fail (max <= 65535, NULL);
  g_return_val_if_fail (min <= max, NULL);

  self = g_object_new (AHOY_GST_TYPE_PORT_ALLOCATOR, NULL);
  self->min = (min + 1) & ~1u;
  self->max = max;
  self->next = self->min;
  if (max > self->min) {
    self->next += 2 * g_random_int_range (0, (max - self->min + 1) / 2);
  }
  return self;
}

/**
 * ahoy_gst_port_allocator_get_min:
 * @self: an allocator
 *
 * Returns: the lowest port it gives out
 *
 * Since: 0.1
 */
guint
ahoy_gst_port_allocator_get_min (AhoyGstPortAllocator *self)
{
  g_return_val_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self), 0);

  return self->min;
}

/**
 * ahoy_gst_port_allocator_get_max:
 * @self: an allocator
 *
 * Returns: the highest port it gives out; 0 when the kernel chooses
 *
 * Since: 0.1
 */
guint
ahoy_gst_port_allocator_get_max (AhoyGstPortAllocator *self)
{
  g_return_val_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self), 0);

  return self->max;
}

/**
 * ahoy_gst_port_allocator_get_n_used:
 * @self: an allocator
 *
 * Returns: how many ports are in use, a pair counted once
 *
 * Since: 0.1
 */
guint
ahoy_gst_port_allocator_get_n_used (AhoyGstPortAllocator *self)
{
  g_return_val_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self), 0);

  return g_hash_table_size (self->used);
}

/**
 * ahoy_gst_port_allocator_set_quarantine:
 * @self: an allocator
 * @quarantine: how long a port rests after its use, in µs; 2 s by default
 *
 * Sets how long ports rest.
 *
 * Since: 0.1
 */
void
ahoy_gst_port_allocator_set_quarantine (AhoyGstPortAllocator *self, gint64 quarantine)
{
  g_return_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self));
  g_return_if_fail (quarantine >= 0);

  self->quarantine = quarantine;
}

/* Most systems give more than enough by themselves. */
static void
set_buffer (AhoyGstPortAllocator *self, int fd)
{
  const int size = RECEIVE_BUFFER;
  socklen_t length = sizeof self->buffer;

  if (self->buffer == 0 &&
      getsockopt (fd, SOL_SOCKET, SO_RCVBUF, &self->buffer, &length) < 0) {
    self->buffer = 0;
  }
  if (self->buffer < size) {
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
}

static void
set_options (int fd, const AhoyGstAddress *address)
{
  const int on = 1;
  const int dscp = DSCP_EF;

  /* What fails here costs quality at most. */
  if (address->any.sa_family == AF_INET6) {
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt (fd, IPPROTO_IPV6, IPV6_TCLASS, &dscp, sizeof dscp);
  } else {
    setsockopt (fd, IPPROTO_IP, IP_TOS, &dscp, sizeof dscp);
  }
}

/* A socket bound to an address; -1 and errno when it cannot be had. */
static int
open_socket (AhoyGstPortAllocator *self, const AhoyGstAddress *address)
{
  int fd = socket (address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0) {
    return -1;
  }
  set_buffer (self, fd);
  set_options (fd, address);
  if (bind (fd, &address->any, ahoy_gst_address_get_size (address)) < 0) {
    int saved = errno;

    close (fd);
    errno = saved;
    return -1;
  }
  return fd;
}

static guint
port_of (int fd)
{
  AhoyGstAddress bound = { 0 };
  socklen_t size = sizeof bound;

  return getsockname (fd, &bound.any, &size) == 0 ? ahoy_gst_address_get_port (&bound) : 0;
}

/* Tries one port, or one that the kernel chooses for 0. */
static gboolean
try_port (AhoyGstPortAllocator *self, AhoyGstAddress *address, guint port, gboolean rtcp,
          int *rtp_fd, int *rtcp_fd, guint *got)
{
  ahoy_gst_address_set_port (address, port);
  *rtcp_fd = -1;
  *rtp_fd = open_socket (self, address);
  if (*rtp_fd < 0) {
    return FALSE;
  }
  *got = port != 0 ? port : port_of (*rtp_fd);
  if (*got % 2 == 0 && *got != 0) {
    if (!rtcp) {
      return TRUE;
    }
    ahoy_gst_address_set_port (address, *got + 1);
    *rtcp_fd = open_socket (self, address);
    if (*rtcp_fd >= 0) {
      return TRUE;
    }
  }
  close (*rtp_fd);
  *rtp_fd = -1;
  return FALSE;
}

static gboolean
may_use (AhoyGstPortAllocator *self, guint port, gint64 now)
{
  gint64 *from = g_hash_table_lookup (self->rested, GUINT_TO_POINTER (port));

  if (g_hash_table_contains (self->used, GUINT_TO_POINTER (port))) {
    return FALSE;
  }
  if (from != NULL && *from > now) {
    return FALSE;
  }
  g_hash_table_remove (self->rested, GUINT_TO_POINTER (port));
  return TRUE;
}

static gboolean
find_in_range (AhoyGstPortAllocator *self, AhoyGstAddress *address, gboolean rtcp, int *rtp_fd,
               int *rtcp_fd, guint *port)
{
  gint64 now = g_get_monotonic_time ();
  guint n = self->max > self->min ? (self->max - self->min + 1) / 2 : 0;

  for (guint i = 0; i < n; i++) {
    guint candidate = self->next;

    self->next = candidate + 2 < self->max ? candidate + 2 : self->min;
    if (may_use (self, candidate, now) &&
        try_port (self, address, candidate, rtcp, rtp_fd, rtcp_fd, port)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
let_kernel_choose (AhoyGstPortAllocator *self, AhoyGstAddress *address, gboolean rtcp, int *rtp_fd,
                   int *rtcp_fd, guint *port)
{
  for (guint i = 0; i < KERNEL_TRIES; i++) {
    if (try_port (self, address, 0, rtcp, rtp_fd, rtcp_fd, port)) {
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_gst_port_allocator_allocate: (skip)
 * @self: an allocator
 * @address: a numeric address of this machine, IPv4 or IPv6; `0.0.0.0` or `::` for all
 * @rtcp: whether the odd port is wanted too; not with RTP and RTCP on one port (RFC 5761)
 * @rtp_fd: (out): a socket, to be closed by the caller
 * @rtcp_fd: (out): a socket, to be closed by the caller; -1 without @rtcp
 * @port: (out): the even port, to be released with ahoy_gst_port_allocator_release()
 * @error: return location for an error
 *
 * Opens sockets that nobody else has.
 *
 * Returns: %TRUE when there was a free port
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_port_allocator_allocate (AhoyGstPortAllocator *self, const char *address, gboolean rtcp,
                                  int *rtp_fd, int *rtcp_fd, guint *port, GError **error)
{
  AhoyGstAddress local;
  gboolean found;

  g_return_val_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  if (!ahoy_gst_address_parse (&local, address, 0)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no numeric IPv4 or IPv6 address for media", address);
    return FALSE;
  }
  found = self->max == 0 ? let_kernel_choose (self, &local, rtcp, rtp_fd, rtcp_fd, port)
                         : find_in_range (self, &local, rtcp, rtp_fd, rtcp_fd, port);
  if (!found) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "No RTP port of %s is free in %u to %u (%s); widen rtp-port-min and rtp-port-max",
                 address, self->min, self->max, g_strerror (errno));
    return FALSE;
  }
  g_hash_table_add (self->used, GUINT_TO_POINTER (*port));
  return TRUE;
}

/**
 * ahoy_gst_port_allocator_release:
 * @self: an allocator
 * @port: an even port that it gave out
 *
 * Takes a port back; its sockets are closed. It rests before it is used again.
 *
 * Since: 0.1
 */
void
ahoy_gst_port_allocator_release (AhoyGstPortAllocator *self, guint port)
{
  g_return_if_fail (AHOY_GST_IS_PORT_ALLOCATOR (self));

  if (g_hash_table_remove (self->used, GUINT_TO_POINTER (port)) && self->max != 0) {
    gint64 *from = g_new (gint64, 1);

    *from = g_get_monotonic_time () + self->quarantine;
    g_hash_table_insert (self->rested, GUINT_TO_POINTER (port), from);
  }
}
