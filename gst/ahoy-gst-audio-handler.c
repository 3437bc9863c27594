/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-audio-handler.h"

#include <string.h>
#include <unistd.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-audio-formats-private.h"
#include "ahoy-gst-audio-settings-private.h"
#include "ahoy-gst-stream-private.h"
#include "ahoy-session.h"
#include "ahoy-uri.h"

/**
 * AhoyGstAudioHandler:
 *
 * Takes care of audio in session descriptions, with an #AhoyGstEngine that carries it.
 *
 * It offers its codecs in their order, and digits (RFC 4733); it answers with what both have, in
 * the peer's order. A stream listens from the moment it is described, and sends as soon as both
 * sides agreed, so early media works both ways. What the endpoint of a session says (`codecs`,
 * `ptime`, `dtmf-mode`, `rtp-symmetric`, `media-address`) stands in place of the properties, and in
 * place of both the session's variables `codecs` (names with `;` between them) and
 * `media-address`. An address that is not of this machine is told, and not listened on.
 *
 * Since: 0.1
 */
struct _AhoyGstAudioHandler {
  GObject parent_instance;

  AhoyGstEngine *engine;
  char **codecs;
  AhoyGstAddress way_to; /* whom the kernel was asked about last, */
  char *way_from;        /* what it said, */
  gint64 way_until;      /* and how long that is believed */
  guint ptime;
  char *media_address;
  gboolean rtcp_mux;
};

#define DEFAULT_PTIME 20
/* Addresses of documentation: asking for the way there names our own address towards the world. */
#define ELSEWHERE_IPV4 "192.0.2.1"
#define ELSEWHERE_IPV6 "2001:db8::1"
#define DISCARD_PORT 9
#define WAY_VALID G_USEC_PER_SEC

enum { PROP_0, PROP_ENGINE, PROP_CODECS, PROP_PTIME, PROP_MEDIA_ADDRESS, PROP_RTCP_MUX, N_PROPS };

static GParamSpec *props[N_PROPS];

static void sdp_handler_iface_init (AhoySdpHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyGstAudioHandler, ahoy_gst_audio_handler, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SDP_HANDLER,
                                                      sdp_handler_iface_init))

/* To know them is to load them, which nobody shall wait for at the start. */
static char **
own_codecs (AhoyGstAudioHandler *self)
{
  if (self->codecs == NULL) {
    self->codecs = g_strdupv ((char **) ahoy_gst_audio_formats_get_known ());
  }
  return self->codecs;
}

/* What is wanted where nothing else is said. */
static void
read_own_settings (AhoyGstAudioHandler *self, AhoyGstAudioSettings *settings)
{
  *settings = (AhoyGstAudioSettings){ .codecs = g_strdupv (own_codecs (self)), .ptime = self->ptime,
                                      .media_address = g_strdup (self->media_address),
                                      .symmetric = ahoy_gst_engine_get_symmetric (self->engine),
                                      .dtmf_mode = AHOY_DTMF_MODE_RFC4733 };
}

/* What is wanted for a session. */
static void
read_settings (AhoyGstAudioHandler *self, AhoySession *session, AhoyGstAudioSettings *settings)
{
  read_own_settings (self, settings);
  ahoy_gst_audio_settings_refine (settings, session);
}

/* Our address on the way to a peer, as the kernel routes; no packet is sent. */
static char *
find_local_address (AhoyGstAudioHandler *self, const AhoyGstAddress *peer)
{
  gint64 now = g_get_monotonic_time ();
  AhoyGstAddress local = { 0 };
  socklen_t size = sizeof local;
  gboolean found;
  int fd;

  if (now < self->way_until && memcmp (&self->way_to, peer, sizeof *peer) == 0) {
    return g_strdup (self->way_from);
  }
  fd = socket (peer->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  found = fd >= 0 && connect (fd, &peer->any, ahoy_gst_address_get_size (peer)) == 0 &&
          getsockname (fd, &local.any, &size) == 0;
  if (fd >= 0) {
    close (fd);
  }
  g_free (self->way_from);
  self->way_to = *peer;
  self->way_from = found ? ahoy_gst_address_get_host (&local) : NULL;
  self->way_until = now + WAY_VALID;
  return g_strdup (self->way_from);
}

/* The peer's address: of its description, else of whom we call. */
static gboolean
find_peer (AhoySession *session, AhoySdpMedia *remote, AhoyGstAddress *peer)
{
  g_autofree char *host = NULL;

  if (remote != NULL) {
    return ahoy_gst_address_parse (peer, ahoy_sdp_media_get_address (remote), DISCARD_PORT) &&
           !ahoy_gst_address_is_any_host (peer);
  }
  host = ahoy_session_dup_first_host (session);
  return ahoy_gst_address_parse (peer, host, DISCARD_PORT);
}

static gboolean
is_ipv6_wanted (AhoySession *session, AhoySdpMedia *remote, AhoyGstAddress *peer, gboolean *known)
{
  *known = find_peer (session, remote, peer);
  return remote != NULL ? g_strcmp0 (ahoy_sdp_media_get_address_type (remote), "IP6") == 0
                        : peer->any.sa_family == AF_INET6;
}

/* The address that was set, if it is of the peer's family, for that is what the peer can reach. */
static const char *
get_fixed_address (const AhoyGstAudioSettings *settings, gboolean is_ipv6)
{
  AhoyGstAddress own;

  return settings->media_address != NULL &&
                 ahoy_gst_address_parse (&own, settings->media_address, 0) &&
                 (own.any.sa_family == AF_INET6) == is_ipv6
             ? settings->media_address
             : NULL;
}

/* Whether an address is one of this machine, and not that of a router before it. */
static gboolean
is_own_address (const char *text)
{
  AhoyGstAddress address;
  int fd;
  gboolean own;

  if (!ahoy_gst_address_parse (&address, text, 0)) {
    return FALSE;
  }
  fd = socket (address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  own = fd >= 0 && bind (fd, &address.any, ahoy_gst_address_get_size (&address)) == 0;
  if (fd >= 0) {
    close (fd);
  }
  return own;
}

/* Where to listen: at the address that was set, if it is ours, else at that towards the peer. */
static char *
choose_address (AhoyGstAudioHandler *self, const AhoyGstAudioSettings *settings,
                AhoySession *session, AhoySdpMedia *remote)
{
  AhoyGstAddress peer = { 0 };
  gboolean known;
  gboolean is_ipv6 = is_ipv6_wanted (session, remote, &peer, &known);
  const char *fixed = get_fixed_address (settings, is_ipv6);
  char *address;

  if (fixed != NULL && is_own_address (fixed)) {
    return g_strdup (fixed);
  }
  if (!known) {
    ahoy_gst_address_parse (&peer, is_ipv6 ? ELSEWHERE_IPV6 : ELSEWHERE_IPV4, DISCARD_PORT);
  }
  address = find_local_address (self, &peer);
  return address != NULL ? address : g_strdup (is_ipv6 ? "::1" : "127.0.0.1");
}

static AhoyGstStream *
get_stream (AhoySessionStream *stream)
{
  AhoyMediaStream *media = ahoy_session_stream_get_media (stream);

  if (media == NULL || !AHOY_GST_IS_STREAM (media)) {
    return NULL;
  }
  return ahoy_gst_stream_is_closed (AHOY_GST_STREAM (media)) ? NULL : AHOY_GST_STREAM (media);
}

/* The stream that carries it, which listens at once. */
static AhoyGstStream *
ensure_stream (AhoyGstAudioHandler *self, const AhoyGstAudioSettings *settings,
               AhoySession *session, AhoySessionStream *stream, AhoySdpMedia *remote)
{
  AhoyGstStream *media = get_stream (stream);
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  gboolean mux;

  if (media != NULL) {
    return media;
  }
  address = choose_address (self, settings, session, remote);
  mux = remote != NULL && self->rtcp_mux && ahoy_sdp_media_has_rtcp_mux (remote);
  media = ahoy_gst_engine_create_stream_with (self->engine, address, !mux, settings->symmetric,
                                              &error);
  if (media == NULL) {
    g_warning ("Session %" G_GUINT64_FORMAT " has no audio: %s", ahoy_session_get_id (session),
               error->message);
    return NULL;
  }
  name = g_strdup_printf ("session %" G_GUINT64_FORMAT, ahoy_session_get_id (session));
  ahoy_media_stream_set_name (AHOY_MEDIA_STREAM (media), name);
  ahoy_session_stream_set_media (stream, AHOY_MEDIA_STREAM (media));
  return media;
}

static gboolean
is_plain_rtp (AhoySdpMedia *media)
{
  const char *proto = ahoy_sdp_media_get_proto (media);

  return g_strcmp0 (proto, "RTP/AVP") == 0 || g_strcmp0 (proto, "RTP/AVPF") == 0;
}

/* Without a numeric address there is nowhere to send to: names are not looked up. */
static gboolean
is_reachable (AhoySdpMedia *remote)
{
  AhoyGstAddress peer;

  return ahoy_gst_address_parse (&peer, ahoy_sdp_media_get_address (remote), 0);
}

static gboolean
has_codec (const AhoyGstAudioSettings *settings, const char *codec)
{
  for (gsize i = 0; settings->codecs[i] != NULL; i++) {
    if (g_ascii_strcasecmp (settings->codecs[i], codec) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Whoever joins the session with another one says what that one speaks: nothing else is answered
 * as long as the peer offers it. */
static void
match_codec (AhoyGstAudioSettings *settings, AhoySession *session, AhoySdpMedia *remote)
{
  const char *only[] = { ahoy_session_get_variable (session, "matched-codec"), NULL };

  if (only[0] != NULL && has_codec (settings, only[0]) &&
      ahoy_gst_audio_formats_have_common (remote, only)) {
    g_strfreev (settings->codecs);
    settings->codecs = g_strdupv ((char **) only);
  }
}

static gboolean
is_acceptable (AhoySdpMedia *remote, const AhoyGstAudioSettings *settings)
{
  return is_plain_rtp (remote) && is_reachable (remote) &&
         ahoy_gst_audio_formats_have_common (remote, (const char *const *) settings->codecs);
}

static AhoySdpVerdict
ahoy_gst_audio_handler_handle_offer (AhoySdpHandler *handler, AhoySession *session,
                                     AhoySessionStream *stream)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (handler);
  AhoySdpMedia *remote = ahoy_session_stream_get_remote (stream);
  g_auto (AhoyGstAudioSettings) settings = { 0 };

  read_settings (self, session, &settings);
  if (!is_acceptable (remote, &settings)) {
    return AHOY_SDP_NOT_MINE;
  }
  return ensure_stream (self, &settings, session, stream, remote) != NULL ? AHOY_SDP_HANDLED
                                                                          : AHOY_SDP_ERROR;
}

/* What does not depend on the codecs. */
static void
describe (const AhoyGstAudioSettings *settings, AhoySdpMedia *local, AhoyGstStream *media,
          gboolean mux)
{
  gboolean is_ipv6 = strchr (ahoy_gst_stream_get_address (media), ':') != NULL;
  const char *fixed = get_fixed_address (settings, is_ipv6);

  ahoy_sdp_media_set_port (local, ahoy_gst_stream_get_port (media));
  ahoy_sdp_media_set_address (local,
                              fixed != NULL ? fixed : ahoy_gst_stream_get_address (media));
  ahoy_sdp_media_set_ptime (local, settings->ptime);
  ahoy_sdp_media_remove_attribute (local, "rtcp-mux");
  ahoy_sdp_media_remove_attribute (local, "rtcp");
  if (mux) {
    ahoy_sdp_media_set_attribute (local, "rtcp-mux", NULL);
  } else if (!ahoy_gst_stream_has_rtcp (media)) {
    g_autofree char *port = g_strdup_printf ("%u", ahoy_gst_stream_get_port (media));

    ahoy_sdp_media_set_attribute (local, "rtcp", port); /* RFC 3605 */
  }
}

static AhoySdpVerdict
ahoy_gst_audio_handler_create_stream (AhoySdpHandler *handler, AhoySession *session,
                                      AhoySessionStream *stream)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (handler);
  AhoySdpMedia *local = ahoy_session_stream_get_local (stream);
  g_auto (AhoyGstAudioSettings) settings = { 0 };
  AhoyGstStream *media;

  read_settings (self, session, &settings);
  media = ensure_stream (self, &settings, session, stream,
                         ahoy_session_stream_get_remote (stream));
  if (media == NULL) {
    return AHOY_SDP_ERROR;
  }
  describe (&settings, local, media, self->rtcp_mux);
  ahoy_gst_audio_formats_offer (local, (const char *const *) settings.codecs,
                                ahoy_gst_audio_settings_has_events (&settings));
  return AHOY_SDP_HANDLED;
}

static AhoySdpVerdict
ahoy_gst_audio_handler_negotiate (AhoySdpHandler *handler, AhoySession *session,
                                  AhoySessionStream *stream)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (handler);
  AhoySdpMedia *local = ahoy_session_stream_get_local (stream);
  AhoySdpMedia *remote = ahoy_session_stream_get_remote (stream);
  g_auto (AhoyGstAudioSettings) settings = { 0 };
  AhoyGstStream *media;

  read_settings (self, session, &settings);
  if (!is_acceptable (remote, &settings)) {
    return AHOY_SDP_ERROR;
  }
  if (ahoy_session_stream_is_offerer (stream)) {
    return AHOY_SDP_HANDLED;
  }
  match_codec (&settings, session, remote);
  media = ensure_stream (self, &settings, session, stream, remote);
  if (media == NULL ||
      !ahoy_gst_audio_formats_answer (local, remote, (const char *const *) settings.codecs,
                                      ahoy_gst_audio_settings_has_events (&settings))) {
    return AHOY_SDP_ERROR;
  }
  describe (&settings, local, media, self->rtcp_mux && ahoy_sdp_media_has_rtcp_mux (remote));
  return AHOY_SDP_HANDLED;
}

static AhoySdpVerdict
ahoy_gst_audio_handler_apply (AhoySdpHandler *handler, AhoySession *session,
                              AhoySessionStream *stream)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (handler);
  AhoyGstStream *media = get_stream (stream);
  g_auto (AhoyGstAudioSettings) settings = { 0 };
  AhoyGstStreamConfig config;
  g_autoptr (GError) error = NULL;

  read_settings (self, session, &settings);
  if (media == NULL ||
      !ahoy_gst_audio_formats_read (&config, ahoy_session_stream_get_local (stream),
                                    ahoy_session_stream_get_remote (stream), settings.ptime)) {
    return AHOY_SDP_ERROR;
  }
  config.direct = ahoy_session_stream_is_direct (stream);
  config.inband = ahoy_gst_audio_settings_has_tones (&settings, config.dtmf_send >= 0);
  if (!ahoy_gst_stream_configure (media, &config, &error)) {
    g_warning ("Session %" G_GUINT64_FORMAT " has no audio: %s", ahoy_session_get_id (session),
               error->message);
    return AHOY_SDP_ERROR;
  }
  return AHOY_SDP_HANDLED;
}

/* The object stays with the session's stream, so that what was counted can still be read. */
static void
ahoy_gst_audio_handler_end (AhoySdpHandler *handler, AhoySession *session,
                            AhoySessionStream *stream)
{
  AhoyGstStream *media = get_stream (stream);

  if (media != NULL) {
    ahoy_gst_stream_close (media);
  }
}

static AhoySdpVerdict
ahoy_gst_audio_handler_describe (AhoySdpHandler *handler, AhoyEndpoint *endpoint,
                                 AhoySdpMedia *media)
{
  g_auto (AhoyGstAudioSettings) settings = { 0 };

  read_own_settings (AHOY_GST_AUDIO_HANDLER (handler), &settings);
  if (endpoint != NULL) {
    ahoy_gst_audio_settings_refine_for (&settings, endpoint);
  }
  ahoy_gst_audio_formats_offer (media, (const char *const *) settings.codecs,
                                ahoy_gst_audio_settings_has_events (&settings));
  return AHOY_SDP_HANDLED;
}

static void
sdp_handler_iface_init (AhoySdpHandlerInterface *iface)
{
  iface->handle_offer = ahoy_gst_audio_handler_handle_offer;
  iface->create_stream = ahoy_gst_audio_handler_create_stream;
  iface->negotiate = ahoy_gst_audio_handler_negotiate;
  iface->apply = ahoy_gst_audio_handler_apply;
  iface->end = ahoy_gst_audio_handler_end;
  iface->describe = ahoy_gst_audio_handler_describe;
}

static void
ahoy_gst_audio_handler_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (object);

  switch (id) {
  case PROP_ENGINE:
    g_value_set_object (value, self->engine);
    break;
  case PROP_CODECS:
    g_value_set_boxed (value, own_codecs (self));
    break;
  case PROP_PTIME:
    g_value_set_uint (value, self->ptime);
    break;
  case PROP_MEDIA_ADDRESS:
    g_value_set_string (value, self->media_address);
    break;
  case PROP_RTCP_MUX:
    g_value_set_boolean (value, self->rtcp_mux);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_gst_audio_handler_finalize (GObject *object)
{
  AhoyGstAudioHandler *self = AHOY_GST_AUDIO_HANDLER (object);

  g_clear_object (&self->engine);
  g_strfreev (self->codecs);
  g_free (self->way_from);
  g_free (self->media_address);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_gst_audio_handler_parent_class)->finalize (object);
}

static void
ahoy_gst_audio_handler_class_init (AhoyGstAudioHandlerClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_gst_audio_handler_get_property;
  object_class->finalize = ahoy_gst_audio_handler_finalize;
  /**
   * AhoyGstAudioHandler:engine:
   *
   * What carries the audio.
   *
   * Since: 0.1
   */
  props[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, AHOY_GST_TYPE_ENGINE, flags);
  /**
   * AhoyGstAudioHandler:codecs:
   *
   * The codecs that are offered and taken, best first.
   *
   * Since: 0.1
   */
  props[PROP_CODECS] = g_param_spec_boxed ("codecs", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * AhoyGstAudioHandler:ptime:
   *
   * How long a packet is that is asked for, in ms (RFC 4566 §6).
   *
   * Since: 0.1
   */
  props[PROP_PTIME] = g_param_spec_uint ("ptime", NULL, NULL, 5, 200, DEFAULT_PTIME, flags);
  /**
   * AhoyGstAudioHandler:media-address:
   *
   * The numeric address that is listened on and told to peers of its family; %NULL for the one
   * that the kernel takes on the way to the peer.
   *
   * Since: 0.1
   */
  props[PROP_MEDIA_ADDRESS] = g_param_spec_string ("media-address", NULL, NULL, NULL, flags);
  /**
   * AhoyGstAudioHandler:rtcp-mux:
   *
   * Whether RTP and RTCP may share one port (RFC 5761).
   *
   * Since: 0.1
   */
  props[PROP_RTCP_MUX] = g_param_spec_boolean ("rtcp-mux", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_gst_audio_handler_init (AhoyGstAudioHandler *self)
{
  self->ptime = DEFAULT_PTIME;
  self->rtcp_mux = TRUE;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_gst_audio_handler_new:
 * @engine: the engine that carries the audio
 *
 * Makes a handler for the media type `audio`, to be given to
 * ahoy_session_service_add_sdp_handler().
 *
 * Returns: (transfer full): a handler
 *
 * Since: 0.1
 */
AhoyGstAudioHandler *
ahoy_gst_audio_handler_new (AhoyGstEngine *engine)
{
  AhoyGstAudioHandler *self;

  g_return_val_if_fail (AHOY_GST_IS_ENGINE (engine), NULL);

  self = g_object_new (AHOY_GST_TYPE_AUDIO_HANDLER, NULL);
  self->engine = g_object_ref (engine);
  return self;
}

/**
 * ahoy_gst_audio_handler_get_engine:
 * @self: a handler
 *
 * Returns: (transfer none): the engine that carries the audio
 *
 * Since: 0.1
 */
AhoyGstEngine *
ahoy_gst_audio_handler_get_engine (AhoyGstAudioHandler *self)
{
  g_return_val_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self), NULL);

  return self->engine;
}

/**
 * ahoy_gst_audio_handler_get_codecs:
 * @self: a handler
 *
 * Returns: (transfer none) (array zero-terminated=1): the codecs, best first
 *
 * Since: 0.1
 */
const char *const *
ahoy_gst_audio_handler_get_codecs (AhoyGstAudioHandler *self)
{
  g_return_val_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self), NULL);

  return (const char *const *) own_codecs (self);
}

static gboolean
check_codec (const char *codec, GError **error)
{
  g_autofree char *names = NULL;

  for (const char *const *name = ahoy_gst_audio_formats_get_known (); *name != NULL; name++) {
    if (g_ascii_strcasecmp (*name, codec) == 0) {
      return TRUE;
    }
  }
  names = g_strjoinv (", ", (char **) ahoy_gst_audio_formats_get_known ());
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "The audio codec “%s” is not known; use some of %s", codec, names);
  return FALSE;
}

/**
 * ahoy_gst_audio_handler_set_codecs:
 * @self: a handler
 * @codecs: (array zero-terminated=1): names of codecs such as `PCMU`, best first; case does not
 *   count
 * @error: return location for an error
 *
 * Sets which codecs are offered and taken from now on.
 *
 * Returns: %TRUE when all are known
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_audio_handler_set_codecs (AhoyGstAudioHandler *self, const char *const *codecs,
                                   GError **error)
{
  g_return_val_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self), FALSE);
  g_return_val_if_fail (codecs != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (codecs[0] == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The list of audio codecs is empty; name at least one");
    return FALSE;
  }
  for (gsize i = 0; codecs[i] != NULL; i++) {
    if (!check_codec (codecs[i], error)) {
      return FALSE;
    }
  }
  g_strfreev (self->codecs);
  self->codecs = g_strdupv ((char **) codecs);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CODECS]);
  return TRUE;
}

/**
 * ahoy_gst_audio_handler_set_ptime:
 * @self: a handler
 * @ptime: how long a packet is that is asked for, in ms: 5 to 200
 *
 * Sets the length of packets. What the peer asks for is sent to it, as far as the codec can: G.711
 * and G.722 up to 200 ms (RFC 3551 §4.2), Opus up to 60.
 *
 * Since: 0.1
 */
void
ahoy_gst_audio_handler_set_ptime (AhoyGstAudioHandler *self, guint ptime)
{
  g_return_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self));
  g_return_if_fail (ptime >= 5 && ptime <= 200);

  if (self->ptime != ptime) {
    self->ptime = ptime;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PTIME]);
  }
}

/**
 * ahoy_gst_audio_handler_set_media_address:
 * @self: a handler
 * @address: (nullable): a numeric address of this machine; %NULL lets the kernel choose
 * @error: return location for an error
 *
 * Sets the address for peers of its family.
 *
 * Returns: %TRUE when it is an address
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_audio_handler_set_media_address (AhoyGstAudioHandler *self, const char *address,
                                          GError **error)
{
  AhoyGstAddress parsed;

  g_return_val_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (address != NULL && !ahoy_gst_address_parse (&parsed, address, 0)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no numeric IPv4 or IPv6 address for media", address);
    return FALSE;
  }
  if (g_strcmp0 (self->media_address, address) != 0) {
    g_free (self->media_address);
    self->media_address = g_strdup (address);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA_ADDRESS]);
  }
  return TRUE;
}

/**
 * ahoy_gst_audio_handler_set_rtcp_mux:
 * @self: a handler
 * @rtcp_mux: whether RTP and RTCP may share one port (RFC 5761)
 *
 * Sets whether one port is offered, and taken when it is offered.
 *
 * Since: 0.1
 */
void
ahoy_gst_audio_handler_set_rtcp_mux (AhoyGstAudioHandler *self, gboolean rtcp_mux)
{
  g_return_if_fail (AHOY_GST_IS_AUDIO_HANDLER (self));

  if (self->rtcp_mux != rtcp_mux) {
    self->rtcp_mux = rtcp_mux;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RTCP_MUX]);
  }
}
