/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-wav-claim-private.h"

#include <errno.h>
#include <sys/stat.h>

#include "ahoy-error.h"

struct _AhoyGstWavClaim {
  dev_t device;
  ino_t folder;
  char *base; /* the name in the folder */
  char *owner;
  gboolean ending;
};

/* In the order in which they began. The file thread takes the lock when a file ends, media workers
 * never do. */
static GMutex lock;
static GQueue claims = G_QUEUE_INIT;

static gboolean
is_same_name (const AhoyGstWavClaim *self, const AhoyGstWavClaim *other)
{
  return self->folder == other->folder && self->device == other->device &&
         g_str_equal (self->base, other->base);
}

/* With the lock. */
static gboolean
check_free (const AhoyGstWavClaim *self, const char *shown, gboolean appends, GError **error)
{
  for (GList *item = claims.head; item != NULL; item = item->next) {
    const AhoyGstWavClaim *other = item->data;

    if (is_same_name (self, other) && (appends || !other->ending)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                   other->ending
                       ? "The recording %s of %s has just ended and is not whole yet; wait until "
                         "it is, or name another file"
                       : "The recording %s is that of %s, which goes on; stop that one first, or "
                         "name another file",
                   shown, other->owner != NULL ? other->owner : "somebody else");
      return FALSE;
    }
  }
  return TRUE;
}

AhoyGstWavClaim *
ahoy_gst_wav_claim_new (const char *place, const char *shown, gboolean appends, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (place);
  AhoyGstWavClaim *self;
  struct stat found;
  gboolean is_free;

  if (stat (folder, &found) != 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "The recording %s cannot be made: %s", shown,
                 g_strerror (errno));
    return NULL;
  }
  self = g_new0 (AhoyGstWavClaim, 1);
  self->device = found.st_dev;
  self->folder = found.st_ino;
  self->base = g_path_get_basename (place);
  g_mutex_lock (&lock);
  is_free = check_free (self, shown, appends, error);
  if (is_free) {
    g_queue_push_tail (&claims, self);
  }
  g_mutex_unlock (&lock);
  if (!is_free) {
    ahoy_gst_wav_claim_free (self);
    return NULL;
  }
  return self;
}

void
ahoy_gst_wav_claim_free (AhoyGstWavClaim *self)
{
  g_mutex_lock (&lock);
  g_queue_remove (&claims, self);
  g_mutex_unlock (&lock);
  g_free (self->base);
  g_free (self->owner);
  g_free (self);
}

void
ahoy_gst_wav_claim_set_owner (AhoyGstWavClaim *self, const char *owner)
{
  g_mutex_lock (&lock);
  g_free (self->owner);
  self->owner = g_strdup (owner);
  g_mutex_unlock (&lock);
}

void
ahoy_gst_wav_claim_end (AhoyGstWavClaim *self)
{
  g_mutex_lock (&lock);
  self->ending = TRUE;
  g_mutex_unlock (&lock);
}

gboolean
ahoy_gst_wav_claim_is_first (AhoyGstWavClaim *self)
{
  gboolean first = FALSE;

  g_mutex_lock (&lock);
  for (GList *item = claims.head; item != NULL; item = item->next) {
    if (is_same_name (self, item->data)) {
      first = item->data == self;
      break;
    }
  }
  g_mutex_unlock (&lock);
  return first;
}
