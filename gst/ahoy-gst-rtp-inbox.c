/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-inbox-private.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "ahoy-gst-rtp-packet-private.h"

#define N_AT_ONCE 3
#define MAX_ROUNDS 16 /* of that: who floods waits */

/* Whether the kernel says when packets came. */
void
ahoy_gst_rtp_inbox_set_stamped (int fd, gboolean stamped)
{
  int on = stamped ? 1 : 0;

  setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

/* What is added to the kernel's time, which is that of the wall, to make it ours. */
gint64
ahoy_gst_rtp_inbox_get_offset (gint64 now)
{
  return now - g_get_real_time ();
}

static gint64
find_arrival (struct msghdr *message, gint64 offset, gint64 now)
{
  for (struct cmsghdr *at = CMSG_FIRSTHDR (message); at != NULL; at = CMSG_NXTHDR (message, at)) {
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec stamp;

      memcpy (&stamp, CMSG_DATA (at), sizeof stamp);
      return MIN (stamp.tv_sec * G_USEC_PER_SEC + stamp.tv_nsec / 1000 + offset, now);
    }
  }
  return now;
}

/* Gives all that came; a packet that is larger than any that counts is passed over. */
void
ahoy_gst_rtp_inbox_read (int fd, gint64 offset, gint64 now, AhoyGstRtpInboxFunc func,
                         gpointer data)
{
  guint8 packets[N_AT_ONCE][AHOY_GST_RTP_MAX_PACKET];
  guint8 controls[N_AT_ONCE][CMSG_SPACE (sizeof (struct timespec))]
      __attribute__ ((aligned (sizeof (gint64))));
  AhoyGstAddress from[N_AT_ONCE];
  struct iovec vectors[N_AT_ONCE];
  struct mmsghdr headers[N_AT_ONCE];
  int n = N_AT_ONCE;

  for (guint round = 0; n == N_AT_ONCE && round < MAX_ROUNDS; round++) {
    for (guint i = 0; i < N_AT_ONCE; i++) {
      vectors[i] = (struct iovec){ packets[i], sizeof packets[i] };
      headers[i].msg_hdr = (struct msghdr){ .msg_name = &from[i].any,
                                            .msg_namelen = sizeof from[i],
                                            .msg_iov = &vectors[i],
                                            .msg_iovlen = 1,
                                            .msg_control = controls[i],
                                            .msg_controllen = sizeof controls[i] };
    }
    n = recvmmsg (fd, headers, N_AT_ONCE, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) {
      if ((headers[i].msg_hdr.msg_flags & MSG_TRUNC) == 0) {
        func (data, packets[i], headers[i].msg_len, &from[i],
              find_arrival (&headers[i].msg_hdr, offset, now));
      }
    }
  }
}
