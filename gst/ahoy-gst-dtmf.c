/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-gst-dtmf.h"

/* The place of a digit is its event code (RFC 4733 §3.2); 16 is hook flash (RFC 2833). */
static const char digits[] = "0123456789*#ABCD!";

/**
 * ahoy_gst_dtmf_payload_read:
 * @self: (out caller-allocates): what was read
 * @data: (array length=size): payload of an RTP packet, or a part of it
 * @size: its size in bytes
 *
 * Returns: whether there is enough of it
 */
gboolean
ahoy_gst_dtmf_payload_read (AhoyGstDtmfPayload *self, const guint8 *data, gsize size)
{
  if (size < AHOY_GST_DTMF_PAYLOAD_SIZE) {
    return FALSE;
  }
  self->event = data[0];
  self->end = (data[1] & 0x80) != 0;
  self->volume = data[1] & 0x3f;
  self->duration = (guint16)(data[2] << 8 | data[3]);
  return TRUE;
}

/**
 * ahoy_gst_dtmf_payload_write:
 * @self: what to write
 * @data: (out caller-allocates): room for four bytes
 */
void
ahoy_gst_dtmf_payload_write (const AhoyGstDtmfPayload *self, guint8 *data)
{
  data[0] = self->event;
  data[1] = (guint8)((self->end ? 0x80 : 0) | (self->volume & 0x3f));
  data[2] = (guint8)(self->duration >> 8);
  data[3] = (guint8)self->duration;
}

/**
 * ahoy_gst_dtmf_event_to_digit:
 * @event: a code of RFC 4733
 *
 * Returns: its digit; 0 if the code is not one of a digit
 */
char
ahoy_gst_dtmf_event_to_digit (guint event)
{
  return event < sizeof (digits) - 1 ? digits[event] : '\0';
}

/**
 * ahoy_gst_dtmf_digit_to_event:
 * @digit: 0-9, *, #, A-D in either case, or ! for hook flash
 *
 * Returns: its code of RFC 4733; -1 if it is no digit
 */
int
ahoy_gst_dtmf_digit_to_event (char digit)
{
  const char *found = digit != '\0' ? strchr (digits, g_ascii_toupper (digit)) : NULL;

  return found != NULL ? (int)(found - digits) : -1;
}
