/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-gst-g711.h"

#define N_SAMPLES 65536

static const AhoyGstG711Law laws[] = { AHOY_GST_G711_ULAW, AHOY_GST_G711_ALAW };

/* G.711 table 2a: 14-bit magnitude with a bias of 33, segments found one by one. */
static guint8
reference_ulaw (int sample)
{
  int magnitude = MIN (((sample < 0 ? -1 - sample : sample) >> 2) + 33, 8191);
  int segment = 1;

  for (int i = magnitude >> 6; i != 0; i >>= 1) {
    segment++;
  }
  return (guint8) ((sample >= 0 ? 0x80 : 0) | (8 - segment) << 4 |
                   (15 - ((magnitude >> segment) & 15)));
}

/* G.711 table 1a: 13-bit magnitude; even bits inverted. */
static guint8
reference_alaw (int sample)
{
  int magnitude = (sample < 0 ? -1 - sample : sample) >> 4;
  int exponent = 0;

  if (magnitude > 15) {
    exponent = 1;
    while (magnitude > 16 + 15) {
      magnitude >>= 1;
      exponent++;
    }
    magnitude = (magnitude - 16) + (exponent << 4);
  }
  return (guint8) ((magnitude | (sample >= 0 ? 0x80 : 0)) ^ 0x55);
}

static int
reference_decode (AhoyGstG711Law law, int code)
{
  int segment, value;

  code = law == AHOY_GST_G711_ULAW ? ~code & 0xff : code ^ 0x55;
  segment = (code >> 4) & 7;
  if (law == AHOY_GST_G711_ULAW) {
    value = (((2 * (code & 15) + 33) << segment) - 33) * 4;
    return (code & 0x80) != 0 ? -value : value;
  }
  value = segment == 0 ? 2 * (code & 15) + 1 : (2 * (code & 15) + 33) << (segment - 1);
  return (code & 0x80) != 0 ? value * 8 : -value * 8;
}

static void
test_encode (void)
{
  g_autofree gint16 *pcm = g_new (gint16, N_SAMPLES);
  g_autofree guint8 *codes = g_new (guint8, N_SAMPLES);

  for (int i = 0; i < N_SAMPLES; i++) {
    pcm[i] = (gint16) (i - 32768);
  }
  ahoy_gst_g711_encode (AHOY_GST_G711_ULAW, pcm, codes, N_SAMPLES);
  for (int i = 0; i < N_SAMPLES; i++) {
    g_assert_cmphex (codes[i], ==, reference_ulaw (pcm[i]));
  }
  ahoy_gst_g711_encode (AHOY_GST_G711_ALAW, pcm, codes, N_SAMPLES);
  for (int i = 0; i < N_SAMPLES; i++) {
    g_assert_cmphex (codes[i], ==, reference_alaw (pcm[i]));
  }
}

static void
fill_codes (guint8 *codes)
{
  for (guint i = 0; i < 256; i++) {
    codes[i] = (guint8) i;
  }
}

static void
test_decode (void)
{
  guint8 codes[256], again[256];
  gint16 pcm[256];

  fill_codes (codes);
  for (guint n = 0; n < G_N_ELEMENTS (laws); n++) {
    ahoy_gst_g711_decode (laws[n], codes, pcm, 256);
    ahoy_gst_g711_encode (laws[n], pcm, again, 256);
    for (guint i = 0; i < 256; i++) {
      g_assert_cmpint (pcm[i], ==, reference_decode (laws[n], (int) i));
      /* µ-law has two zeros. */
      if (laws[n] == AHOY_GST_G711_ALAW || i != 0x7f) {
        g_assert_cmphex (again[i], ==, i);
      }
    }
  }
}

static int
magnitude_rank (AhoyGstG711Law law, guint8 code)
{
  return law == AHOY_GST_G711_ULAW ? ~code & 0x7f : (code ^ 0x55) & 0x7f;
}

/* The tables of G.711 keep the sign and the order, and stay within a step of the way over PCM. */
static void
test_transcode (void)
{
  guint8 codes[256], other[256], over_pcm[256];
  gint16 pcm[256];

  fill_codes (codes);
  for (guint n = 0; n < G_N_ELEMENTS (laws); n++) {
    AhoyGstG711Law to = laws[1 - n];

    ahoy_gst_g711_transcode (laws[n], codes, other, 256);
    ahoy_gst_g711_decode (laws[n], codes, pcm, 256);
    ahoy_gst_g711_encode (to, pcm, over_pcm, 256);
    for (guint i = 0; i < 256; i++) {
      g_assert_cmphex (other[i] & 0x80, ==, i & 0x80);
      g_assert_cmphex (other[i ^ 0x80], ==, other[i] ^ 0x80);
      if ((over_pcm[i] & 0x80) == (i & 0x80)) {
        g_assert_cmpint (ABS (magnitude_rank (to, other[i]) - magnitude_rank (to, over_pcm[i])),
                         <=, 1);
      }
      for (guint m = 0; m < 256; m++) {
        if ((m & 0x80) == (i & 0x80) && magnitude_rank (laws[n], m) < magnitude_rank (laws[n], i)) {
          g_assert_cmpint (magnitude_rank (to, other[m]), <=, magnitude_rank (to, other[i]));
        }
      }
    }
  }
}

/* G.711 §3.4: the pair of conversions changes few code words, and those by one step. */
static void
test_transcode_round_trip (void)
{
  guint8 codes[256], other[256], back[256];

  fill_codes (codes);
  for (guint n = 0; n < G_N_ELEMENTS (laws); n++) {
    guint changed = 0;

    ahoy_gst_g711_transcode (laws[n], codes, other, 256);
    ahoy_gst_g711_transcode (laws[1 - n], other, back, 256);
    for (guint i = 0; i < 256; i++) {
      int step = magnitude_rank (laws[n], back[i]) - magnitude_rank (laws[n], i);

      g_assert_cmpint (ABS (step), <=, 1);
      changed += back[i] != i;
    }
    g_test_message ("law %u: %u of 256 code words differ after two conversions", n, changed);
    g_assert_cmpuint (changed, ==, 16);
  }
}

static void
test_silence (void)
{
  for (guint n = 0; n < G_N_ELEMENTS (laws); n++) {
    guint8 silence = ahoy_gst_g711_get_silence (laws[n]);
    gint16 zero = 0, pcm;
    guint8 code;

    ahoy_gst_g711_encode (laws[n], &zero, &code, 1);
    g_assert_cmphex (code, ==, silence);
    ahoy_gst_g711_decode (laws[n], &silence, &pcm, 1);
    g_assert_cmpint (pcm, <=, 8);
    g_assert_cmpint (pcm, >=, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/g711/each-sample-is-encoded-as-itu-says", test_encode);
  g_test_add_func ("/g711/each-code-is-decoded-as-itu-says", test_decode);
  g_test_add_func ("/g711/laws-convert-into-each-other", test_transcode);
  g_test_add_func ("/g711/two-conversions-change-little", test_transcode_round_trip);
  g_test_add_func ("/g711/silence-is-silent", test_silence);
  return g_test_run ();
}
