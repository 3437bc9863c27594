/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-pcap-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-pcap-packet.h"

#define MAX_WAITING (4 * 1024 * 1024) /* bytes that the reader of a pipe did not take yet */
#define MAX_FLOWS 65536

/**
 * AhoyPcapWriter:
 *
 * Writes messages as a packet capture that Wireshark, tshark and sngrep read. The IP, UDP and TCP
 * headers are made up: a message that came through TLS or WebSocket is shown as if it came by TCP,
 * in clear.
 *
 * Since: 0.1
 */
struct _AhoyPcapWriter {
  GObject parent_instance;

  int fd;
  char *name;
  GHashTable *sequences; /* char * → the next TCP sequence number of that direction */
  GByteArray *waiting;   /* what the descriptor did not take yet */
  GMainContext *context;
  GSource *source;
  GError *error;
  guint64 written;
  guint64 lost;
};

G_DEFINE_FINAL_TYPE (AhoyPcapWriter, ahoy_pcap_writer, G_TYPE_OBJECT)

static void
drop_source (AhoyPcapWriter *self)
{
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }
}

static void
ahoy_pcap_writer_finalize (GObject *object)
{
  AhoyPcapWriter *self = AHOY_PCAP_WRITER (object);

  drop_source (self);
  if (self->fd >= 0) {
    close (self->fd);
  }
  g_free (self->name);
  g_hash_table_unref (self->sequences);
  g_byte_array_unref (self->waiting);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->error);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_pcap_writer_parent_class)->finalize (object);
}

static void
ahoy_pcap_writer_class_init (AhoyPcapWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_pcap_writer_finalize;
}

static void
ahoy_pcap_writer_init (AhoyPcapWriter *self)
{
  self->fd = -1;
  self->sequences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_byte_array_new ();
  ahoy_census_enter (G_OBJECT (self));
}

static void
break_off (AhoyPcapWriter *self, int error_number)
{
  g_set_error (&self->error, AHOY_ERROR, AHOY_ERROR_FAILED,
               "The packet capture %s cannot be written: %s", self->name,
               g_strerror (error_number));
  g_byte_array_set_size (self->waiting, 0);
  drop_source (self);
}

static gboolean flush (AhoyPcapWriter *self);

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  AhoyPcapWriter *self = user_data;

  if (!flush (self) || self->waiting->len == 0) {
    drop_source (self);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

static void
wait_for_reader (AhoyPcapWriter *self)
{
  if (self->source != NULL) {
    return;
  }
  self->source = g_unix_fd_source_new (self->fd, G_IO_OUT);
  g_source_set_callback (self->source, (GSourceFunc) (void (*) (void)) on_writable, self, NULL);
  g_source_attach (self->source, self->context);
}

/* Writes what waits, as far as the descriptor takes it. */
static gboolean
flush (AhoyPcapWriter *self)
{
  gsize done = 0;

  while (done < self->waiting->len) {
    ssize_t n = write (self->fd, self->waiting->data + done, self->waiting->len - done);

    if (n >= 0) {
      done += (gsize) n;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      break_off (self, errno);
      return FALSE;
    }
  }
  g_byte_array_remove_range (self->waiting, 0, (guint) done);
  if (self->waiting->len > 0) {
    wait_for_reader (self);
  }
  return TRUE;
}

static AhoyPcapWriter *
writer_new (int fd, char *name, GMainContext *context, GError **error)
{
  g_autoptr (AhoyPcapWriter) self = g_object_new (AHOY_TYPE_PCAP_WRITER, NULL);

  self->fd = fd;
  self->name = name;
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  ahoy_pcap_append_file_header (self->waiting);
  if (!flush (self)) {
    g_propagate_error (error, g_error_copy (self->error));
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_pcap_writer_new_for_path:
 * @path: a file; what is in it is lost
 * @error: return location for an error
 *
 * Begins a packet capture in a file that only its owner can read. A symbolic link is not followed.
 *
 * Returns: (transfer full) (nullable): a new writer, or %NULL with %AHOY_ERROR_FAILED when the file
 *   cannot be written
 *
 * Since: 0.1
 */
AhoyPcapWriter *
ahoy_pcap_writer_new_for_path (const char *path, GError **error)
{
  g_autofree char *shown = NULL;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  shown = g_filename_display_name (path);
  fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The packet capture “%s” cannot be opened: %s", shown, g_strerror (errno));
    return NULL;
  }
  return writer_new (fd, g_strdup_printf ("“%s”", shown), NULL, error);
}

/**
 * ahoy_pcap_writer_new_for_fd:
 * @fd: a descriptor, such as the end of a pipe; taken over, also on failure
 * @context: (nullable): the context that waits for a slow reader; %NULL for the default one
 * @error: return location for an error
 *
 * Begins a packet capture on a descriptor, which becomes non-blocking. When the reader is slower
 * than the traffic, messages are left out rather than anybody waits; see
 * ahoy_pcap_writer_get_n_lost().
 *
 * Returns: (transfer full) (nullable): a new writer, or %NULL with %AHOY_ERROR_FAILED when the
 *   descriptor cannot be written to
 *
 * Since: 0.1
 */
AhoyPcapWriter *
ahoy_pcap_writer_new_for_fd (int fd, GMainContext *context, GError **error)
{
  g_return_val_if_fail (fd >= 0, NULL);

  if (!g_unix_set_fd_nonblocking (fd, TRUE, NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "No packet capture can be written to descriptor %d: %s", fd, g_strerror (errno));
    close (fd);
    return NULL;
  }
  return writer_new (fd, g_strdup_printf ("on descriptor %d", fd), context, error);
}

/**
 * ahoy_pcap_writer_write:
 * @self: a writer
 * @message: a message
 * @error: return location for an error
 *
 * Adds a message to the capture.
 *
 * Returns: %TRUE when it was written, waits for the reader, or was left out because the reader is
 *   too slow; %FALSE with %AHOY_ERROR_FAILED when the capture is broken and stays so
 *
 * Since: 0.1
 */
gboolean
ahoy_pcap_writer_write (AhoyPcapWriter *self, AhoyTraceMessage *message, GError **error)
{
  g_return_val_if_fail (AHOY_IS_PCAP_WRITER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (message), FALSE);

  if (self->error != NULL) {
    g_propagate_error (error, g_error_copy (self->error));
    return FALSE;
  }
  if (self->waiting->len > MAX_WAITING) {
    self->lost++;
    return TRUE;
  }
  if (g_hash_table_size (self->sequences) > MAX_FLOWS) {
    g_hash_table_remove_all (self->sequences);
  }
  ahoy_pcap_append_message (self->waiting, message, self->sequences);
  if (!flush (self)) {
    g_propagate_error (error, g_error_copy (self->error));
    return FALSE;
  }
  self->written++;
  return TRUE;
}

/**
 * ahoy_pcap_writer_get_error:
 * @self: a writer
 *
 * Returns: (transfer none) (nullable): why nothing is written any more, such as a full disk or a
 *   reader that went away; %NULL when all is well
 *
 * Since: 0.1
 */
const GError *
ahoy_pcap_writer_get_error (AhoyPcapWriter *self)
{
  g_return_val_if_fail (AHOY_IS_PCAP_WRITER (self), NULL);

  return self->error;
}

/**
 * ahoy_pcap_writer_get_n_written:
 * @self: a writer
 *
 * Returns: how many messages were written
 *
 * Since: 0.1
 */
guint64
ahoy_pcap_writer_get_n_written (AhoyPcapWriter *self)
{
  g_return_val_if_fail (AHOY_IS_PCAP_WRITER (self), 0);

  return self->written;
}

/**
 * ahoy_pcap_writer_get_n_lost:
 * @self: a writer
 *
 * Returns: how many messages were left out because the reader was too slow
 *
 * Since: 0.1
 */
guint64
ahoy_pcap_writer_get_n_lost (AhoyPcapWriter *self)
{
  g_return_val_if_fail (AHOY_IS_PCAP_WRITER (self), 0);

  return self->lost;
}
