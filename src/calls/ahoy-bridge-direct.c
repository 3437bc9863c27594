/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"
#include "ahoy-session-direct-private.h"
#include "ahoy-session-stream-private.h"

/*
 * Media from peer to peer, past this host. Each of the two peers is told where the other one
 * listens, by a re-INVITE or UPDATE, and is told again when that changes; when media have to come
 * through us, each is told our own address again. The streams stay joined all the time: what still
 * comes here is sent on, so nothing is lost while one peer knows and the other does not.
 *
 * All is looked at once more a turn of the main loop after anything changed, so that a call that
 * ends is not changed first.
 */

/* Two peers that change what they said at each telling would go on for ever. */
#define MAX_TELLINGS 8
/* A peer that could not take an offer of our own address may take it later (RFC 3261 §14.2). */
#define PATIENCE G_USEC_PER_SEC

static AhoyConfigObject *
config_of (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

/* What the endpoint of a session says of direct media. */
static AhoyDirectMedia
policy_of (AhoySession *session)
{
  AhoyConfigObject *config = config_of (session);

  return config != NULL
             ? (AhoyDirectMedia) ahoy_config_object_get_choices (config, "direct-media")
             : AHOY_DIRECT_MEDIA_NO;
}

/* -- what is allowed ------------------------------------------------------------------------ */

/* Who can be reached from where: an address of one network is of no use in another. */
typedef enum {
  SCOPE_HOST,
  SCOPE_SITE,
  SCOPE_WORLD,
} Scope;

static gboolean
is_unique_local (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
         (bytes[0] & 0xfe) == 0xfc; /* RFC 4193 */
}

static Scope
scope_of (GInetAddress *address)
{
  if (g_inet_address_get_is_loopback (address)) {
    return SCOPE_HOST;
  }
  return g_inet_address_get_is_site_local (address) ||
                 g_inet_address_get_is_link_local (address) || is_unique_local (address)
             ? SCOPE_SITE
             : SCOPE_WORLD;
}

static GInetAddress *
address_of (AhoySessionStream *stream)
{
  const char *text = ahoy_sdp_media_get_address (stream->agreed_remote);
  g_autoptr (GInetAddress) address =
      text != NULL ? g_inet_address_new_from_string (text) : NULL;

  return address != NULL && !g_inet_address_get_is_any (address) &&
                 !g_inet_address_get_is_multicast (address)
             ? g_steal_pointer (&address)
             : NULL;
}

/* Whether each of the peers may see, and can reach, where the other one listens. */
static gboolean
can_meet (AhoySession *const sessions[2], AhoySessionStream *const streams[2])
{
  g_autoptr (GInetAddress) first = address_of (streams[0]);
  g_autoptr (GInetAddress) second = address_of (streams[1]);

  return first != NULL && second != NULL &&
         g_inet_address_get_family (first) == g_inet_address_get_family (second) &&
         scope_of (first) == scope_of (second) &&
         ahoy_session_permits_direct (sessions[0], second) &&
         ahoy_session_permits_direct (sessions[1], first);
}

static gboolean
has_events (AhoySdpMedia *media)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    const char *name = ahoy_sdp_format_get_encoding (formats->pdata[i]);

    if (name != NULL && g_ascii_strcasecmp (name, "telephone-event") == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Whether both peers mean the same with what they send, so that nothing has to be made of it. */
static gboolean
speak_alike (AhoySession *const sessions[2], AhoySessionStream *const streams[2])
{
  static const char *const keys[] = { "dtmf-mode", "media-encryption" };
  AhoySdpMedia *first = streams[0]->agreed_remote;
  AhoySdpMedia *second = streams[1]->agreed_remote;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (ahoy_config_object_get_choice (config_of (sessions[0]), keys[i]) !=
        ahoy_config_object_get_choice (config_of (sessions[1]), keys[i])) {
      return FALSE;
    }
  }
  return g_strcmp0 (ahoy_sdp_media_get_proto (first), ahoy_sdp_media_get_proto (second)) == 0 &&
         g_str_has_prefix (ahoy_sdp_media_get_proto (first), "RTP/AVP") &&
         has_events (first) == has_events (second);
}

/* Whether a leg can do without us: its media are heard by nobody here. */
static gboolean
is_free (AhoyBridgeEntry *entry, AhoySession *session, AhoySessionStream *stream)
{
  AhoyDirectMedia policy = policy_of (session);

  return policy != AHOY_DIRECT_MEDIA_NO &&
         (entry->held || !ahoy_session_is_held_by_us (session) ||
          ahoy_session_is_changing (session)) &&
         (stream->media == NULL || !ahoy_media_stream_is_tapped (stream->media)) &&
         ((policy & AHOY_DIRECT_MEDIA_NONAT) == 0 ||
          !ahoy_session_is_behind_nat (session, stream));
}

static AhoySessionStream *
stream_of (AhoySession *session)
{
  return session != NULL && ahoy_session_get_state (session) == AHOY_SESSION_ACTIVE
             ? ahoy_session_find_direct_stream (session)
             : NULL;
}

/* What both are to be told; FALSE when media have to come through us. */
static gboolean
find_targets (AhoyBridge *self, AhoySdpMedia **targets)
{
  AhoySession *sessions[2];
  AhoySessionStream *streams[2];

  if (self->members->len != 2 || self->holds->len > 0 || self->direct_refused ||
      ahoy_bridge_wants_mix (self)) {
    return FALSE;
  }
  for (guint i = 0; i < 2; i++) {
    sessions[i] = ahoy_bridge_entry_get_session (self->members->pdata[i]);
    streams[i] = stream_of (sessions[i]);
    if (streams[i] == NULL || !is_free (self->members->pdata[i], sessions[i], streams[i])) {
      return FALSE;
    }
  }
  if (!can_meet (sessions, streams) || !speak_alike (sessions, streams)) {
    return FALSE;
  }
  for (guint i = 0; i < 2; i++) {
    targets[i] = ahoy_session_stream_create_target (streams[i], streams[1 - i]);
    if (targets[i] == NULL || !ahoy_session_stream_can_be_direct (streams[i], targets[i])) {
      g_clear_object (&targets[0]);
      g_clear_object (&targets[1]);
      return FALSE;
    }
  }
  return TRUE;
}

/* -- telling -------------------------------------------------------------------------------- */

static gboolean
is_told (AhoySessionStream *stream, AhoySdpMedia *target)
{
  AhoySdpMedia *told = ahoy_session_stream_get_direct (stream);

  return told == target ||
         (told != NULL && target != NULL && ahoy_sdp_media_equal (told, target));
}

typedef struct {
  GWeakRef bridge;
  gboolean direct; /* and not our own address again */
} Telling;

static void review_in (AhoyBridge *self, gint64 delay);

/* What a session said to be told; its bridge may be gone, or it may be in another one. */
static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Telling *telling = user_data;
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (AhoyBridge) bridge = g_weak_ref_get (&telling->bridge);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_refresh_finish (session, result, &error);
  AhoyBridgeEntry *entry =
      bridge != NULL ? ahoy_bridge_find_entry (bridge, AHOY_BRIDGE_MEMBER (session)) : NULL;

  if (entry != NULL) {
    gboolean refused = response == NULL || ahoy_message_get_status (response) >= 300;

    entry->telling = FALSE;
    /* Who does not want to is not asked again in this bridge; but he has to come back. */
    review_in (bridge, refused && !telling->direct ? PATIENCE : 0);
    bridge->direct_refused = bridge->direct_refused || (refused && telling->direct);
  }
  g_weak_ref_clear (&telling->bridge);
  g_free (telling);
}

static void
tell (AhoyBridge *self, AhoyBridgeEntry *entry, gboolean direct)
{
  AhoySession *session = ahoy_bridge_entry_get_session (entry);
  Telling *telling = g_new0 (Telling, 1);

  g_weak_ref_init (&telling->bridge, self);
  telling->direct = direct;
  entry->telling = TRUE;
  self->n_tellings++;
  ahoy_session_tell_direct_async (session, (policy_of (session) & AHOY_DIRECT_MEDIA_UPDATE) != 0,
                                  on_told, telling);
}

/* Who called is told after who was called, if both might begin at once otherwise. */
static gboolean
has_to_wait (AhoyBridgeEntry *entry, AhoySdpMedia *target)
{
  AhoySession *session = ahoy_bridge_entry_get_session (entry);
  AhoyBridgeEntry *other = ahoy_bridge_entry_get_other (entry);
  AhoySessionStream *stream = stream_of (ahoy_bridge_entry_get_session (other));

  return target != NULL && stream != NULL &&
         (policy_of (session) & AHOY_DIRECT_MEDIA_OUTGOING) != 0 &&
         ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
         ahoy_session_stream_get_direct (stream) == NULL;
}

static void
tell_if_needed (AhoyBridge *self, AhoyBridgeEntry *entry, AhoySdpMedia *target)
{
  AhoySessionStream *stream = stream_of (ahoy_bridge_entry_get_session (entry));

  if (stream == NULL) {
    return;
  }
  if (has_to_wait (entry, target)) {
    target = NULL;
  }
  /* An answer to the peer, or a repetition after a glare, says the newest. */
  ahoy_session_stream_set_direct (stream, target);
  if (!entry->telling && !is_told (stream, target) && self->n_tellings < 2 * MAX_TELLINGS) {
    tell (self, entry, target != NULL);
  }
}

/* Whether peers changed so often that it would never end. */
static gboolean
is_too_often (AhoyBridge *self)
{
  if (self->n_tellings < MAX_TELLINGS) {
    return FALSE;
  }
  if (!self->direct_refused) {
    self->direct_refused = TRUE;
    g_message ("Bridge %" G_GUINT64_FORMAT " keeps its media here: its peers never agree on where "
               "they send; set direct-media=no for one of them",
               self->id);
  }
  return TRUE;
}

static void
on_review (gpointer user_data)
{
  g_autoptr (AhoyBridge) self = g_object_ref (AHOY_BRIDGE (user_data));
  AhoySdpMedia *targets[2] = { NULL, NULL };

  self->review = 0;
  is_too_often (self);
  find_targets (self, targets);
  for (guint i = 0; i < MIN (self->members->len, 2); i++) {
    tell_if_needed (self, self->members->pdata[i], targets[i]);
  }
  g_clear_object (&targets[0]);
  g_clear_object (&targets[1]);
  if (!ahoy_bridge_wants_mix (self)) {
    ahoy_bridge_update_mode (self);
  }
}

/* -- what the bridge calls ------------------------------------------------------------------ */

/* Most bridges have nothing to do with it. */
static gboolean
is_concerned (AhoyBridge *self)
{
  guint n_willing = 0;

  for (guint i = 0; i < self->members->len; i++) {
    AhoySession *session = ahoy_bridge_entry_get_session (self->members->pdata[i]);
    AhoySessionStream *stream = stream_of (session);

    if (stream != NULL && (stream->direct != NULL || stream->agreed_direct != NULL)) {
      return TRUE;
    }
    n_willing += session != NULL && policy_of (session) != AHOY_DIRECT_MEDIA_NO ? 1 : 0;
  }
  return n_willing == 2;
}

static void
review_in (AhoyBridge *self, gint64 delay)
{
  AhoySession *session = NULL;

  if (self->review != 0 || self->destroyed || !is_concerned (self)) {
    return;
  }
  for (guint i = 0; i < self->members->len && session == NULL; i++) {
    session = ahoy_bridge_entry_get_session (self->members->pdata[i]);
  }
  g_set_object (&self->scheduler, ahoy_session_get_scheduler (session));
  self->review = ahoy_scheduler_add (self->scheduler, "direct media", delay, on_review, self,
                                     NULL);
}

/* Looks soon whether media can go directly, or have to come back. */
void
ahoy_bridge_review_direct (AhoyBridge *self)
{
  review_in (self, 0);
}

void
ahoy_bridge_stop_review (AhoyBridge *self)
{
  if (self->review != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->review);
    self->review = 0;
  }
  g_clear_object (&self->scheduler);
}

/* Others are in it now: what could not be before may be possible. */
void
ahoy_bridge_restart_direct (AhoyBridge *self)
{
  self->direct_refused = FALSE;
  self->n_tellings = 0;
}

/* Whether the media of both go past this host. */
gboolean
ahoy_bridge_is_direct (AhoyBridge *self)
{
  guint n_direct = 0;

  for (guint i = 0; i < self->members->len; i++) {
    AhoySessionStream *stream =
        stream_of (ahoy_bridge_entry_get_session (self->members->pdata[i]));

    n_direct += stream != NULL && ahoy_session_stream_get_direct (stream) != NULL ? 1 : 0;
  }
  return n_direct == 2 && self->members->len == 2;
}

static void
on_alone (gpointer user_data)
{
  AhoySession *session = user_data;
  AhoySessionStream *stream = stream_of (session);

  if (stream != NULL && ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session)) == NULL &&
      ahoy_session_stream_get_direct (stream) != NULL) {
    ahoy_session_tell_direct_async (session,
                                    (policy_of (session) & AHOY_DIRECT_MEDIA_UPDATE) != 0, NULL,
                                    NULL);
  }
}

/* A session that leaves is told our own address, unless somebody else tells it something soon. */
void
ahoy_bridge_entry_leave_direct (AhoyBridgeEntry *self)
{
  AhoySession *session = ahoy_bridge_entry_get_session (self);
  AhoySessionStream *stream = stream_of (session);

  if (stream == NULL) {
    return;
  }
  ahoy_session_stream_set_direct (stream, NULL);
  if (ahoy_session_stream_get_direct (stream) != NULL || self->telling) {
    ahoy_scheduler_add (ahoy_session_get_scheduler (session), "media come back", 0, on_alone,
                        g_object_ref (session), g_object_unref);
  }
}
