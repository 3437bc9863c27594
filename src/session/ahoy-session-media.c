/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-body-part.h"
#include "ahoy-error.h"
#include "ahoy-sdp-media-private.h"
#include "ahoy-extension-private.h"
#include "ahoy-sdp-handler.h"
#include "ahoy-session-content-private.h"
#include "ahoy-session-direct-private.h"
#include "ahoy-session-private.h"

/* Offer and answer (RFC 3264, RFC 6337): what both sides say of their media, and the handlers that
 * fill it in. */

#define SDP_TYPE "application/sdp"

/*
 * The session description in a message, also as one part of several (RFC 5621 §3). NULL without an
 * error when there is none; @present tells whether there was one, or something that cannot be read.
 * Other bodies were refused before, or may be ignored (RFC 3261 §8.2.3).
 */
AhoySdpSession *
ahoy_session_find_sdp (AhoyMessage *message, gboolean *present, GError **error)
{
  g_autoptr (GPtrArray) parts = ahoy_message_get_parts (message, error);

  *present = parts == NULL;
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    GBytes *body = ahoy_body_part_get_body (parts->pdata[i]);

    if (ahoy_content_is_session (parts->pdata[i])) {
      *present = TRUE;
      return ahoy_sdp_session_parse (g_bytes_get_data (body, NULL),
                                     (gssize) g_bytes_get_size (body), error);
    }
  }
  return NULL;
}

gboolean
ahoy_session_set_sdp (AhoyMessage *message, AhoySdpSession *sdp, GError **error)
{
  g_autofree char *text = ahoy_sdp_session_to_string (sdp);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return ahoy_message_set_body (message, SDP_TYPE, bytes, error);
}

typedef AhoySdpVerdict (*AskHandler) (AhoySdpHandler *, AhoySession *, AhoySessionStream *);

static AhoySdpVerdict
ask_handler (AhoySession *self, AhoyExtension *entry, AhoySessionStream *stream, AskHandler ask)
{
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  AhoySdpVerdict verdict =
      ask (AHOY_SDP_HANDLER (ahoy_extension_get_object (entry)), self, stream);

  ahoy_extension_end_call (entry, &call, "the negotiation of a stream");
  return verdict;
}

static void
end_stream (AhoySession *self, AhoySessionStream *stream)
{
  stream->active = FALSE;
  if (stream->handler != NULL) {
    g_autoptr (AhoyExtension) handler = g_steal_pointer (&stream->handler);

    AhoyExtensionCall call = ahoy_extension_begin_call ();

    ahoy_sdp_handler_end (AHOY_SDP_HANDLER (ahoy_extension_get_object (handler)), self, stream);
    ahoy_extension_end_call (handler, &call, "the end of a stream");
  }
}

void
ahoy_session_end_streams (AhoySession *self)
{
  for (guint i = 0; i < self->streams->len; i++) {
    end_stream (self, self->streams->pdata[i]);
  }
}

static gboolean
abandon (AhoyExtension *entry, AhoySessionStream *stream, GError **error)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
               "The SDP handler “%s” gave up on %s stream %u", ahoy_extension_get_name (entry),
               stream->media_type, stream->index);
  return FALSE;
}

/* Finds the handler of a stream that has none: the first of its media type that takes it. */
static gboolean
find_handler (AhoySession *self, AhoySessionStream *stream, AskHandler ask, GError **error)
{
  g_autoptr (AhoyExtensionSnapshot) handlers =
      ahoy_session_service_get_sdp_handlers (self->service);
  guint n_handlers = ahoy_extension_snapshot_get_length (handlers);

  for (guint i = 0; i < n_handlers; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (handlers, i);
    AhoySdpVerdict verdict;

    if (!ahoy_extension_matches (entry, stream->media_type)) {
      continue;
    }
    verdict = ask_handler (self, entry, stream, ask);
    if (verdict == AHOY_SDP_HANDLED) {
      stream->handler = ahoy_extension_ref (entry);
      return TRUE;
    }
    if (verdict != AHOY_SDP_NOT_MINE) {
      return abandon (entry, stream, error);
    }
  }
  return TRUE;
}

static void
set_local (AhoySessionStream *stream, AhoySdpMedia *media)
{
  g_clear_object (&stream->local);
  stream->local = media;
}

static void
set_remote (AhoySessionStream *stream, AhoySdpMedia *media)
{
  g_clear_object (&stream->remote);
  stream->remote = ahoy_sdp_media_copy (media);
  /* An address or direction may stand at the session level only (RFC 8866 §5.7, §6.7). */
  ahoy_sdp_media_set_session_section (stream->remote, ahoy_sdp_media_get_session_section (media));
}

/* Our side of a new description: the next version of the last one, or the first (RFC 3264 §8). */
static AhoySdpSession *
next_local (AhoySession *self)
{
  AhoySdpSession *sdp = ahoy_sdp_session_new ();

  ahoy_sdp_session_set_username (sdp, "-");
  ahoy_sdp_session_set_name (sdp, "-");
  if (self->local_sdp != NULL) {
    ahoy_sdp_session_set_id (sdp, ahoy_sdp_session_get_id (self->local_sdp));
    ahoy_sdp_session_set_version (sdp, ahoy_sdp_session_get_version (self->local_sdp) + 1);
  } else {
    guint64 id = g_random_int ();

    ahoy_sdp_session_set_id (sdp, id);
    ahoy_sdp_session_set_version (sdp, id);
  }
  return sdp;
}

/* The origin names a machine of ours: the address of the first stream that has one. */
static void
finish_local (AhoySession *self, AhoySdpSession *sdp)
{
  const char *address = NULL;
  const char *origin = NULL;

  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    if (address == NULL && stream->handler != NULL) {
      address = ahoy_sdp_media_get_address (stream->local);
      origin = stream->told_direct != NULL ? stream->own_address : address;
    }
    ahoy_sdp_session_add_media (sdp, stream->local);
  }
  address = address != NULL ? address : "127.0.0.1";
  ahoy_sdp_session_set_origin_address (sdp, origin != NULL ? origin : address);
  ahoy_sdp_session_set_address (sdp, address);
}

static AhoySdpDirection
wanted_direction (AhoySession *self)
{
  return self->local_hold ? AHOY_SDP_DIRECTION_SENDONLY : AHOY_SDP_DIRECTION_SENDRECV;
}

static void
offer_stream (AhoySession *self, AhoySessionStream *stream)
{
  AhoySdpDirection wanted = wanted_direction (self);

  stream->offerer = TRUE;
  /* Held by the peer, we go on receiving nothing; saying sendrecv is how to take part again. */
  if (stream->remote != NULL && self->local_hold && self->remote_hold) {
    wanted = AHOY_SDP_DIRECTION_INACTIVE;
  }
  if (stream->handler != NULL) {
    ahoy_sdp_media_set_direction (stream->local, wanted);
    ahoy_session_stream_describe_direct (stream);
  }
}

static gboolean
offer_existing (AhoySession *self, GError **error)
{
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];
    AhoySdpVerdict verdict;

    set_local (stream, ahoy_sdp_media_copy (stream->agreed_local));
    if (stream->handler == NULL) {
      continue;
    }
    verdict = ask_handler (self, stream->handler, stream, ahoy_sdp_handler_create_stream);
    if (verdict != AHOY_SDP_HANDLED) {
      return abandon (stream->handler, stream, error);
    }
    offer_stream (self, stream);
  }
  return TRUE;
}

static gboolean
offer_new (AhoySession *self, GError **error)
{
  const char *const *types = ahoy_session_service_get_offered_media (self->service);

  for (gsize i = 0; types[i] != NULL; i++) {
    g_autoptr (AhoySessionStream) stream =
        ahoy_session_stream_new (self->streams->len, types[i]);

    set_local (stream, ahoy_sdp_media_new (types[i], 0, "RTP/AVP"));
    if (!find_handler (self, stream, ahoy_sdp_handler_create_stream, error)) {
      return FALSE;
    }
    if (stream->handler != NULL) {
      offer_stream (self, stream);
      g_ptr_array_add (self->streams, g_steal_pointer (&stream));
    }
  }
  if (self->streams->len == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "No SDP handler has a stream to offer; add one for audio");
    return FALSE;
  }
  return TRUE;
}

/* An offer of ours (RFC 3264 §5); waits for ahoy_session_take_answer() or
 * ahoy_session_drop_offer(). */
AhoySdpSession *
ahoy_session_make_offer (AhoySession *self, GError **error)
{
  gboolean made;

  if (self->offer_state != AHOY_OFFER_NONE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Another offer of session %" G_GUINT64_FORMAT " has no answer yet", self->id);
    return NULL;
  }
  self->offer_state = AHOY_OFFER_LOCAL;
  made = self->streams->len > 0 ? offer_existing (self, error) : offer_new (self, error);
  if (!made) {
    ahoy_session_drop_offer (self);
    return NULL;
  }
  self->pending_local = next_local (self);
  finish_local (self, self->pending_local);
  return self->pending_local;
}

/* The offer that holds already, as it is and with its version: it changes nothing, and asks whether
 * the peer is still there (RFC 4028 §7.4). */
AhoySdpSession *
ahoy_session_repeat_offer (AhoySession *self, GError **error)
{
  if (self->offer_state != AHOY_OFFER_NONE || self->local_sdp == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has agreed on nothing that it could repeat, or "
                 "another offer has no answer yet",
                 self->id);
    return NULL;
  }
  self->offer_state = AHOY_OFFER_LOCAL;
  self->pending_local = g_object_ref (self->local_sdp);
  return self->pending_local;
}

/* Whether the answer to what was repeated is what was said before. */
static gboolean
repeats (AhoySession *self, AhoySdpSession *answer)
{
  g_autofree char *old = NULL;
  g_autofree char *new = NULL;

  if (self->pending_local == NULL || self->pending_local != self->local_sdp ||
      self->remote_sdp == NULL || self->state != AHOY_SESSION_ACTIVE) {
    return FALSE;
  }
  old = ahoy_sdp_session_to_string (self->remote_sdp);
  new = ahoy_sdp_session_to_string (answer);
  return g_str_equal (old, new);
}

/* Takes an offer of the peer; %FALSE when nothing in it can be accepted, or a handler gave up. */
gboolean
ahoy_session_take_offer (AhoySession *self, AhoySdpSession *offer, GError **error)
{
  guint n_media = ahoy_sdp_session_get_n_media (offer);
  guint taken = 0;

  if (self->offer_state != AHOY_OFFER_NONE || n_media < self->streams->len) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "An offer has at least as many streams as were agreed on, and comes when no other "
                 "waits");
    return FALSE;
  }
  self->offer_state = AHOY_OFFER_REMOTE;
  self->pending_remote = g_object_ref (offer);
  for (guint i = 0; i < n_media; i++) {
    AhoySdpMedia *media = ahoy_sdp_session_get_media (offer, i);
    AhoySessionStream *stream;

    if (i >= self->streams->len) {
      g_ptr_array_add (self->streams,
                       ahoy_session_stream_new (i, ahoy_sdp_media_get_media_type (media)));
    }
    stream = self->streams->pdata[i];
    stream->offerer = FALSE;
    set_remote (stream, media);
    set_local (stream, ahoy_sdp_media_new_rejected (media));
    if (ahoy_sdp_media_is_rejected (media)) {
      continue;
    }
    if (stream->handler == NULL &&
        !find_handler (self, stream, ahoy_sdp_handler_handle_offer, error)) {
      return FALSE;
    }
    taken += stream->handler != NULL ? 1 : 0;
  }
  if (taken == 0 && n_media > 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "Nothing in the offer of session %" G_GUINT64_FORMAT " is supported here",
                 self->id);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_held_by_peer (AhoySdpMedia *remote)
{
  AhoySdpDirection direction = ahoy_sdp_media_get_direction (remote);

  return (direction & AHOY_SDP_DIRECTION_RECVONLY) == 0 || ahoy_sdp_media_is_held_2543 (remote);
}

static gboolean
is_live (AhoySessionStream *stream)
{
  return stream->handler != NULL && !ahoy_sdp_media_is_rejected (stream->remote) &&
         !ahoy_sdp_media_is_rejected (stream->local);
}

/* Tells the handlers what is about to hold. When one cannot live with it, nothing of it holds. */
static gboolean
apply_streams (AhoySession *self, GError **error)
{
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];
    gboolean was_active = stream->active;

    if (!is_live (stream)) {
      continue;
    }
    stream->active = TRUE;
    self->applied = TRUE;
    if (ask_handler (self, stream->handler, stream, ahoy_sdp_handler_apply) != AHOY_SDP_HANDLED) {
      stream->active = was_active;
      return abandon (stream->handler, stream, error);
    }
  }
  self->applied = FALSE;
  return TRUE;
}

/* Both sides agree: this is what holds from now on. */
static gboolean
agree (AhoySession *self, GError **error)
{
  gboolean any_active = FALSE;
  gboolean held = TRUE;

  if (!apply_streams (self, error)) {
    return FALSE;
  }
  self->offer_state = AHOY_OFFER_NONE;
  g_set_object (&self->local_sdp, self->pending_local);
  g_set_object (&self->remote_sdp, self->pending_remote);
  g_clear_object (&self->pending_local);
  g_clear_object (&self->pending_remote);
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    g_set_object (&stream->agreed_local, stream->local);
    g_set_object (&stream->agreed_remote, stream->remote);
    ahoy_session_stream_keep_direct (stream);
    if (!is_live (stream)) {
      end_stream (self, stream);
      continue;
    }
    any_active = TRUE;
    held = held && is_held_by_peer (stream->remote);
  }
  self->agreed_streams = self->streams->len;
  self->agreed_hold = self->local_hold;
  self->remote_hold = any_active && held;
  ahoy_session_media_changed (self);
  return TRUE;
}

/* Our answer to the offer that was taken (RFC 3264 §6). */
AhoySdpSession *
ahoy_session_make_answer (AhoySession *self, GError **error)
{
  if (self->offer_state != AHOY_OFFER_REMOTE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "No offer of session %" G_GUINT64_FORMAT " waits for an answer", self->id);
    return NULL;
  }
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    if (stream->handler == NULL || ahoy_sdp_media_is_rejected (stream->remote)) {
      continue;
    }
    if (ask_handler (self, stream->handler, stream, ahoy_sdp_handler_negotiate) !=
        AHOY_SDP_HANDLED) {
      return abandon (stream->handler, stream, error), NULL;
    }
    ahoy_sdp_media_set_direction (
        stream->local, ahoy_sdp_direction_answer (ahoy_sdp_media_get_direction (stream->remote),
                                                  wanted_direction (self)));
    ahoy_session_stream_describe_direct (stream);
  }
  self->pending_local = next_local (self);
  finish_local (self, self->pending_local);
  return agree (self, error) ? self->local_sdp : NULL;
}

/*
 * The peer's answer to our offer. In a provisional response that is not reliable it is a preview:
 * the same dialog has to say it again (RFC 3261 §13.2.1), and another dialog may say something
 * else.
 */
gboolean
ahoy_session_take_answer (AhoySession *self, AhoySdpSession *answer, gboolean final, GError **error)
{
  AhoySdpSession *offer = self->pending_local != NULL ? self->pending_local : self->local_sdp;

  if (offer == NULL || self->offer_state == AHOY_OFFER_REMOTE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " waits for no answer", self->id);
    return FALSE;
  }
  if (!ahoy_sdp_session_check_answer (offer, answer, error)) {
    return FALSE;
  }
  if (final && repeats (self, answer)) {
    self->offer_state = AHOY_OFFER_NONE;
    g_clear_object (&self->pending_local);
    return TRUE;
  }
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    set_remote (stream, ahoy_sdp_session_get_media (answer, i));
    if (stream->handler == NULL || ahoy_sdp_media_is_rejected (stream->remote)) {
      continue;
    }
    if (ask_handler (self, stream->handler, stream, ahoy_sdp_handler_negotiate) !=
        AHOY_SDP_HANDLED) {
      return abandon (stream->handler, stream, error);
    }
  }
  g_set_object (&self->pending_remote, answer);
  if (self->pending_local == NULL) {
    self->pending_local = g_object_ref (self->local_sdp);
  }
  if (!agree (self, error)) {
    return FALSE;
  }
  if (!final) {
    self->offer_state = AHOY_OFFER_LOCAL;
    self->pending_local = g_object_ref (self->local_sdp);
  }
  return TRUE;
}

/* The negotiation failed: everything is as it was agreed on before (RFC 3261 §14.1). */
void
ahoy_session_drop_offer (AhoySession *self)
{
  if (self->offer_state == AHOY_OFFER_NONE) {
    return;
  }
  self->offer_state = AHOY_OFFER_NONE;
  g_clear_object (&self->pending_local);
  g_clear_object (&self->pending_remote);
  while (self->streams->len > self->agreed_streams) {
    end_stream (self, self->streams->pdata[self->streams->len - 1]);
    g_ptr_array_set_size (self->streams, (int) self->streams->len - 1);
  }
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    g_set_object (&stream->local, stream->agreed_local);
    g_set_object (&stream->remote, stream->agreed_remote);
    ahoy_session_stream_drop_direct (stream);
    /* Some were told of what does not hold now. */
    if (self->applied && stream->active) {
      ask_handler (self, stream->handler, stream, ahoy_sdp_handler_apply);
    }
  }
  self->applied = FALSE;
  self->local_hold = self->agreed_hold;
}
