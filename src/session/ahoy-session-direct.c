/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-direct-private.h"

#include "ahoy-session-private.h"

/*
 * Media that go from peer to peer. What a peer is told of a stream is then what the other peer said
 * of its own: its address, port and payload types, for these are what it wants to receive
 * (RFC 3264 §5.1). The line o=, its version and the direction stay ours, and so do our ports: they
 * are told again when media come back.
 */

static gboolean
is_sound (AhoySdpFormat *format)
{
  const char *name = ahoy_sdp_format_get_encoding (format);

  return name != NULL && g_ascii_strcasecmp (name, "telephone-event") != 0 &&
         g_ascii_strcasecmp (name, "CN") != 0;
}

static gboolean
has_match (GPtrArray *formats, AhoySdpFormat *format)
{
  for (guint i = 0; i < formats->len; i++) {
    if (ahoy_sdp_format_get_encoding (format) != NULL &&
        ahoy_sdp_format_get_encoding (formats->pdata[i]) != NULL &&
        ahoy_sdp_format_matches (formats->pdata[i], format)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Whether a payload type means something else there (RFC 3264 §8.3.2: it never may). */
static gboolean
has_conflict (AhoySdpMedia *media, AhoySdpFormat *format)
{
  g_autoptr (AhoySdpFormat) known = NULL;

  if (media == NULL) {
    return FALSE;
  }
  known = ahoy_sdp_media_get_rtp_format (media, ahoy_sdp_format_get_payload_type (format));
  return known != NULL && ahoy_sdp_format_get_encoding (known) != NULL &&
         !ahoy_sdp_format_matches (known, format);
}

/* The formats of @target that @first and @second have too; NULL when none of them is sound. */
static GPtrArray *
choose_formats (AhoySdpMedia *target, GPtrArray *first, GPtrArray *second)
{
  g_autoptr (GPtrArray) theirs = ahoy_sdp_media_get_rtp_formats (target);
  g_autoptr (GPtrArray) chosen =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_sdp_format_unref);
  gboolean sound = FALSE;

  for (guint i = 0; i < theirs->len; i++) {
    if (has_match (first, theirs->pdata[i]) && has_match (second, theirs->pdata[i])) {
      g_ptr_array_add (chosen, ahoy_sdp_format_ref (theirs->pdata[i]));
      sound = sound || is_sound (theirs->pdata[i]);
    }
  }
  return sound ? g_steal_pointer (&chosen) : NULL;
}

static void
set_formats (AhoySdpMedia *media, GPtrArray *formats)
{
  g_auto (GStrv) before = g_strdupv ((char **) ahoy_sdp_media_get_formats (media));

  for (gsize i = 0; before[i] != NULL; i++) {
    ahoy_sdp_media_remove_format (media, before[i]);
  }
  for (guint i = 0; i < formats->len; i++) {
    ahoy_sdp_media_add_rtp_format (media, formats->pdata[i]);
  }
}

static void
copy_rtcp (AhoySdpMedia *to, AhoySdpMedia *from)
{
  const char *rtcp = ahoy_sdp_media_get_attribute (from, "rtcp");

  ahoy_sdp_media_remove_attribute (to, "rtcp-mux");
  ahoy_sdp_media_remove_attribute (to, "rtcp");
  if (ahoy_sdp_media_has_attribute (from, "rtcp-mux")) {
    ahoy_sdp_media_set_attribute (to, "rtcp-mux", NULL);
  }
  if (rtcp != NULL) {
    ahoy_sdp_media_set_attribute (to, "rtcp", rtcp);
  }
}

static void
copy_times (AhoySdpMedia *to, AhoySdpMedia *from)
{
  guint ptime = ahoy_sdp_media_get_ptime (from);
  guint maxptime = ahoy_sdp_media_get_maxptime (from);

  ahoy_sdp_media_remove_attribute (to, "ptime");
  ahoy_sdp_media_remove_attribute (to, "maxptime");
  if (ptime != 0) {
    ahoy_sdp_media_set_ptime (to, ptime);
  }
  if (maxptime != 0) {
    ahoy_sdp_media_set_maxptime (to, maxptime);
  }
}

/*
 * What the peer of @self is to be told of @peer, the stream at whose end is whom its media go to:
 * where that listens, for what both take and may use. Without the rest of what was said. NULL when
 * that is nothing.
 */
AhoySdpMedia *
ahoy_session_stream_create_target (AhoySessionStream *self, AhoySessionStream *peer)
{
  AhoySdpMedia *from = peer->agreed_remote;
  g_autoptr (GPtrArray) taken = ahoy_sdp_media_get_rtp_formats (self->agreed_remote);
  g_autoptr (GPtrArray) formats = NULL;
  AhoySdpMedia *target;

  formats = self->own_formats != NULL ? choose_formats (from, taken, self->own_formats) : NULL;
  if (formats == NULL) {
    return NULL;
  }
  target = ahoy_sdp_media_new (self->media_type, ahoy_sdp_media_get_port (from),
                               ahoy_sdp_media_get_proto (from));
  ahoy_sdp_media_set_address (target, ahoy_sdp_media_get_address (from));
  set_formats (target, formats);
  copy_rtcp (target, from);
  if (!ahoy_sdp_media_has_rtcp_mux (self->agreed_remote)) {
    ahoy_sdp_media_remove_attribute (target, "rtcp-mux");
  }
  copy_times (target, from);
  return target;
}

/* Whether the peer can be told of @target in the course of this dialog. */
gboolean
ahoy_session_stream_can_be_direct (AhoySessionStream *self, AhoySdpMedia *target)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (target);

  for (guint i = 0; i < formats->len; i++) {
    if (has_conflict (self->agreed_local, formats->pdata[i]) ||
        has_conflict (self->agreed_remote, formats->pdata[i]) ||
        has_conflict (self->remote, formats->pdata[i])) {
      return FALSE;
    }
  }
  return TRUE;
}

/* What we are about to say of a stream, which its handler has written: where media go directly, it
 * names whom they go to. */
void
ahoy_session_stream_describe_direct (AhoySessionStream *self)
{
  g_autoptr (GPtrArray) formats = NULL;

  g_clear_object (&self->told_direct);
  g_free (self->own_address);
  self->own_address = g_strdup (ahoy_sdp_media_get_address (self->local));
  g_clear_pointer (&self->own_formats, g_ptr_array_unref);
  self->own_formats = ahoy_sdp_media_get_rtp_formats (self->local);
  if (self->agreed_direct != NULL) {
    ahoy_sdp_media_remove_attribute (self->local, "maxptime"); /* was not ours */
  }
  if (self->direct == NULL || ahoy_sdp_media_is_rejected (self->local) ||
      !ahoy_session_stream_can_be_direct (self, self->direct)) {
    return;
  }
  formats = choose_formats (self->direct, self->own_formats, self->own_formats);
  if (formats == NULL) {
    return;
  }
  set_formats (self->local, formats);
  ahoy_sdp_media_set_address (self->local, ahoy_sdp_media_get_address (self->direct));
  ahoy_sdp_media_set_port (self->local, ahoy_sdp_media_get_port (self->direct));
  copy_rtcp (self->local, self->direct);
  copy_times (self->local, self->direct);
  g_set_object (&self->told_direct, self->direct);
}

/* Both sides agreed on what was said. */
void
ahoy_session_stream_keep_direct (AhoySessionStream *self)
{
  g_set_object (&self->agreed_direct, self->told_direct);
}

/* They did not: what was said before holds. */
void
ahoy_session_stream_drop_direct (AhoySessionStream *self)
{
  g_set_object (&self->told_direct, self->agreed_direct);
}

/* What the peer is to be told with the next offer or answer; NULL for our own address. */
void
ahoy_session_stream_set_direct (AhoySessionStream *self, AhoySdpMedia *target)
{
  g_set_object (&self->direct, target);
}

/* What the peer was told and agreed to; NULL when its media come to us. */
AhoySdpMedia *
ahoy_session_stream_get_direct (AhoySessionStream *self)
{
  return self->agreed_direct;
}

/* The only stream of a session, when it is one of sound that flows; NULL when there is more. */
AhoySessionStream *
ahoy_session_find_direct_stream (AhoySession *self)
{
  AhoySessionStream *found = NULL;

  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    if (stream->active && found != NULL) {
      return NULL;
    }
    found = stream->active ? stream : found;
  }
  return found != NULL && g_str_equal (found->media_type, "audio") &&
                 found->agreed_remote != NULL && found->agreed_local != NULL
             ? found
             : NULL;
}

/* Tells the peer where media go from now on, as was set: by UPDATE if wanted and possible. */
void
ahoy_session_tell_direct_async (AhoySession *self, gboolean update, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const char *method = update && ahoy_session_peer_allows (self, "UPDATE") ? "UPDATE" : "INVITE";

  ahoy_session_refresh_async (self, method, NULL, callback, user_data);
}

static gboolean
is_same_host (const char *text, GInetAddress *address)
{
  g_autoptr (GInetAddress) host = text != NULL ? g_inet_address_new_from_string (text) : NULL;

  return host != NULL && g_inet_address_equal (host, address);
}

/* Whether what the peer says of where it is differs from where it is seen to be: where its media
 * come from, and, if nobody stands between, where it speaks SIP. */
gboolean
ahoy_session_is_behind_nat (AhoySession *self, AhoySessionStream *stream)
{
  const char *said = ahoy_sdp_media_get_address (stream->agreed_remote);
  g_autoptr (GInetAddress) address =
      said != NULL ? g_inet_address_new_from_string (said) : NULL;
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  g_autoptr (GSocketConnectable) seen = NULL;

  if (address == NULL) {
    return TRUE;
  }
  if (self->peer_address != NULL && !is_same_host (self->peer_address, address)) {
    return TRUE;
  }
  statistics = stream->media != NULL ? ahoy_media_stream_get_statistics (stream->media) : NULL;
  if (statistics == NULL || !statistics->latched || statistics->remote_address == NULL) {
    return FALSE;
  }
  seen = g_network_address_parse (statistics->remote_address, 0, NULL);
  return seen == NULL ||
         !is_same_host (g_network_address_get_hostname (G_NETWORK_ADDRESS (seen)), address);
}

/* Where a peer speaks SIP, as far as it is the peer itself: what passed a proxy says nothing. */
void
ahoy_session_note_source (AhoySession *self, AhoyMessage *message)
{
  g_auto (GStrv) vias = ahoy_message_get_headers (message, "Via");
  g_autofree char *route = ahoy_message_get_header (message, "Record-Route");
  g_autoptr (GSocketAddress) source = ahoy_message_get_source (message);

  g_clear_pointer (&self->peer_address, g_free);
  if (route == NULL && g_strv_length (vias) < 2 && source != NULL &&
      G_IS_INET_SOCKET_ADDRESS (source)) {
    self->peer_address = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
  }
}

/* Whether we hold the peer, or are about to. */
gboolean
ahoy_session_is_held_by_us (AhoySession *self)
{
  return self->local_hold;
}

/* Whether a re-INVITE or UPDATE of ours is under way, or waits. */
gboolean
ahoy_session_is_changing (AhoySession *self)
{
  return self->modify != NULL || self->retry_timer != 0 ||
         !g_queue_is_empty (&self->modifications);
}

/* Whether the endpoint of the session may see @address, and send media there. */
gboolean
ahoy_session_permits_direct (AhoySession *self, GInetAddress *address)
{
  AhoyAclRegistry *acls =
      self->service != NULL ? ahoy_session_service_get_acls (self->service) : NULL;

  return acls == NULL || self->endpoint == NULL ||
         ahoy_acl_registry_permits_direct_media (acls, self->endpoint, address);
}

AhoyScheduler *
ahoy_session_get_scheduler (AhoySession *self)
{
  return ahoy_stack_get_scheduler (self->stack);
}

/**
 * ahoy_session_stream_is_direct:
 * @self: a stream
 *
 * Tells whether the media of the stream go from peer to peer, past this host. The ports that were
 * told before stay open for the way back; what comes there meanwhile is to be used, and nothing of
 * our own is to be sent. For SDP handlers, while they are asked and afterwards.
 *
 * Returns: whether the peer was told another address than ours
 *
 * Since: 0.1
 */
gboolean
ahoy_session_stream_is_direct (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), FALSE);

  return self->told_direct != NULL;
}
