/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-wav.h"

#define MAX_CHUNKS 64
#define MIN_RATE 4000
#define MAX_RATE 192000

#define TAG_PCM 1
#define TAG_ALAW 6
#define TAG_ULAW 7
#define TAG_EXTENSIBLE 0xfffe

typedef struct {
  int fd;
  const char *name;
  gint64 size;
  gint64 at;
  GError **error;
} Reader;

static guint
read_16 (const guint8 *bytes)
{
  return bytes[0] | (guint)bytes[1] << 8;
}

static guint32
read_32 (const guint8 *bytes)
{
  return read_16 (bytes) | (guint32)read_16 (bytes + 2) << 16;
}

static void
write_16 (guint8 *bytes, guint value)
{
  bytes[0] = (guint8)value;
  bytes[1] = (guint8)(value >> 8);
}

static void
write_32 (guint8 *bytes, guint32 value)
{
  write_16 (bytes, value);
  write_16 (bytes + 2, value >> 16);
}

static gboolean
refuse (Reader *reader, const char *reason)
{
  g_set_error (reader->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The file %s cannot be played: at byte %" G_GINT64_FORMAT " %s", reader->name,
               reader->at, reason);
  return FALSE;
}

static gboolean
read_at (Reader *reader, gint64 at, guint8 *bytes, gsize size)
{
  gssize n;

  reader->at = at;
  if (at + (gint64)size > reader->size) {
    return refuse (reader, "it ends too early; it is no whole WAV file");
  }
  do {
    n = pread (reader->fd, bytes, size, at);
  } while (n < 0 && errno == EINTR);
  if (n != (gssize)size) {
    return refuse (reader, n < 0 ? g_strerror (errno) : "it ends too early");
  }
  return TRUE;
}

static gboolean
take_encoding (Reader *reader, AhoyGstWavFormat *self, guint tag, guint bits)
{
  if (tag == TAG_PCM && bits == 8) {
    self->encoding = AHOY_GST_WAV_PCM8;
  } else if (tag == TAG_PCM && bits == 16) {
    self->encoding = AHOY_GST_WAV_PCM16;
  } else if (tag == TAG_ULAW && bits == 8) {
    self->encoding = AHOY_GST_WAV_ULAW;
  } else if (tag == TAG_ALAW && bits == 8) {
    self->encoding = AHOY_GST_WAV_ALAW;
  } else {
    return refuse (reader, "it has another encoding than PCM of 8 or 16 bits or G.711; "
                           "convert it, for example with sox -b 16");
  }
  return TRUE;
}

static gboolean
read_format (Reader *reader, AhoyGstWavFormat *self, gint64 at, gint64 size)
{
  guint8 bytes[40] = { 0 };
  guint tag, bits;

  if (size < 16) {
    reader->at = at;
    return refuse (reader, "its format chunk is too short");
  }
  if (!read_at (reader, at, bytes, (gsize)MIN (size, (gint64)sizeof bytes))) {
    return FALSE;
  }
  tag = read_16 (bytes);
  bits = read_16 (bytes + 14);
  if (tag == TAG_EXTENSIBLE && size >= 40) {
    tag = read_16 (bytes + 24);
  }
  self->channels = read_16 (bytes + 2);
  self->rate = read_32 (bytes + 4);
  if (!take_encoding (reader, self, tag, bits)) {
    return FALSE;
  }
  if (self->channels < 1 || self->channels > 2) {
    return refuse (reader, "it is neither mono nor stereo");
  }
  if (self->rate < MIN_RATE || self->rate > MAX_RATE) {
    return refuse (reader, "its rate is not between 4000 and 192000 Hz");
  }
  self->frame_size = self->channels * bits / 8;
  if (read_16 (bytes + 12) != self->frame_size) {
    return refuse (reader, "its frame size does not fit its channels and bits");
  }
  return TRUE;
}

/* The size of the data may be wrong: whoever streamed or crashed could not know it. */
static void
take_data (Reader *reader, AhoyGstWavFormat *self, gint64 at, guint32 size)
{
  guint64 there = (guint64)(reader->size - at);
  guint64 said = size == 0 || size == G_MAXUINT32 ? there : size;

  self->data_offset = at;
  self->data_size = MIN (said, there);
  self->data_size -= self->data_size % self->frame_size;
}

static gboolean
read_chunks (Reader *reader, AhoyGstWavFormat *self)
{
  gint64 at = 12;

  for (guint i = 0; i < MAX_CHUNKS; i++) {
    guint8 head[8];
    guint32 size;

    if (!read_at (reader, at, head, sizeof head)) {
      return FALSE;
    }
    size = read_32 (head + 4);
    if (memcmp (head, "data", 4) == 0) {
      if (self->frame_size == 0) {
        return refuse (reader, "its data come before their format");
      }
      take_data (reader, self, at + 8, size);
      return self->data_size > 0 || refuse (reader, "it has no audio");
    }
    if (memcmp (head, "fmt ", 4) == 0 && !read_format (reader, self, at + 8, size)) {
      return FALSE;
    }
    at += 8 + (gint64)size + (size & 1);
  }
  reader->at = at;
  return refuse (reader, "it still has no audio after 64 chunks");
}

/**
 * ahoy_gst_wav_read_header:
 * @self: (out caller-allocates): what the header says
 * @fd: a descriptor of a regular file
 * @name: how messages name the file
 * @error: what was wrong with the file, and where
 *
 * Returns: whether it can be played
 */
gboolean
ahoy_gst_wav_read_header (AhoyGstWavFormat *self, int fd, const char *name, GError **error)
{
  Reader reader = { .fd = fd, .name = name, .error = error };
  guint8 head[12];
  struct stat status;

  memset (self, 0, sizeof *self);
  if (fstat (fd, &status) < 0) {
    return refuse (&reader, g_strerror (errno));
  }
  if (!S_ISREG (status.st_mode)) {
    return refuse (&reader, "it is no regular file");
  }
  reader.size = status.st_size;
  if (!read_at (&reader, 0, head, sizeof head)) {
    return FALSE;
  }
  if (memcmp (head, "RIFF", 4) != 0 || memcmp (head + 8, "WAVE", 4) != 0) {
    return refuse (&reader, "it does not begin as a WAV file does");
  }
  return read_chunks (&reader, self);
}

static int
read_sample (const AhoyGstWavFormat *self, const guint8 *bytes)
{
  gint16 sample;

  switch (self->encoding) {
  case AHOY_GST_WAV_PCM8:
    return (bytes[0] - 128) * 256;
  case AHOY_GST_WAV_PCM16:
    return (gint16)read_16 (bytes);
  default:
    ahoy_gst_g711_decode (self->encoding == AHOY_GST_WAV_ULAW ? AHOY_GST_G711_ULAW
                                                              : AHOY_GST_G711_ALAW,
                          bytes, &sample, 1);
    return sample;
  }
}

/**
 * ahoy_gst_wav_to_mono:
 * @self: a format
 * @frames: data of the file
 * @samples: (out caller-allocates): room for @n_frames samples
 * @n_frames: how many frames
 *
 * Decodes, and mixes two channels into one.
 */
void
ahoy_gst_wav_to_mono (const AhoyGstWavFormat *self, const guint8 *frames, gint16 *samples,
                      gsize n_frames)
{
  gsize second = self->frame_size / 2;

  for (gsize i = 0; i < n_frames; i++) {
    const guint8 *frame = frames + i * self->frame_size;
    int sample = read_sample (self, frame);

    if (self->channels == 2) {
      sample = (sample + read_sample (self, frame + second)) / 2;
    }
    samples[i] = (gint16)sample;
  }
}

/**
 * ahoy_gst_wav_init_format:
 * @self: (out caller-allocates): a format without data
 * @encoding: the encoding
 * @rate: in Hz
 * @channels: 1 or 2
 */
void
ahoy_gst_wav_init_format (AhoyGstWavFormat *self, AhoyGstWavEncoding encoding, guint rate,
                          guint channels)
{
  gboolean plain = encoding == AHOY_GST_WAV_PCM8 || encoding == AHOY_GST_WAV_PCM16;

  *self = (AhoyGstWavFormat){
    .encoding = encoding,
    .channels = channels,
    .rate = rate,
    .frame_size = channels * (encoding == AHOY_GST_WAV_PCM16 ? 2 : 1),
    .data_offset = plain ? 44 : AHOY_GST_WAV_MAX_HEADER,
  };
}

/**
 * ahoy_gst_wav_write_header:
 * @self: a format, with the size of the data so far
 * @header: (out caller-allocates): room for as many bytes as lie before the data
 */
void
ahoy_gst_wav_write_header (const AhoyGstWavFormat *self, guint8 *header)
{
  static const guint tags[] = { TAG_PCM, TAG_PCM, TAG_ULAW, TAG_ALAW };
  gboolean plain = self->data_offset == 44;
  guint8 *data = header + self->data_offset - 8;

  memset (header, 0, (gsize)self->data_offset);
  memcpy (header, "RIFF", 4);
  write_32 (header + 4, (guint32)(self->data_size + (guint64)self->data_offset - 8));
  memcpy (header + 8, "WAVEfmt ", 8);
  write_32 (header + 16, plain ? 16 : 18);
  write_16 (header + 20, tags[self->encoding]);
  write_16 (header + 22, self->channels);
  write_32 (header + 24, self->rate);
  write_32 (header + 28, self->rate * self->frame_size);
  write_16 (header + 32, self->frame_size);
  write_16 (header + 34, 8 * self->frame_size / self->channels);
  if (!plain) {
    memcpy (header + 38, "fact", 4);
    write_32 (header + 42, 4);
    write_32 (header + 46, (guint32)(self->data_size / self->frame_size));
  }
  memcpy (data, "data", 4);
  write_32 (data + 4, (guint32)self->data_size);
}

/**
 * ahoy_gst_wav_from_pcm:
 * @self: a format
 * @samples: (array length=n_samples): interleaved samples
 * @frames: (out caller-allocates): room for the encoded samples
 * @n_samples: how many samples, of all channels together
 */
void
ahoy_gst_wav_from_pcm (const AhoyGstWavFormat *self, const gint16 *samples, guint8 *frames,
                       gsize n_samples)
{
  if (self->encoding == AHOY_GST_WAV_ULAW || self->encoding == AHOY_GST_WAV_ALAW) {
    ahoy_gst_g711_encode (self->encoding == AHOY_GST_WAV_ULAW ? AHOY_GST_G711_ULAW
                                                              : AHOY_GST_G711_ALAW,
                          samples, frames, n_samples);
    return;
  }
  for (gsize i = 0; i < n_samples; i++) {
    if (self->encoding == AHOY_GST_WAV_PCM8) {
      frames[i] = (guint8)((samples[i] >> 8) + 128);
    } else {
      write_16 (frames + 2 * i, (guint16)samples[i]);
    }
  }
}
