/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-handler.h"
#include "ahoy-session.h"

/**
 * AhoySdpHandler:
 *
 * Takes care of the streams of one media type in what both sides of a session say of their media
 * (RFC 3264).
 *
 * A handler is added with ahoy_session_service_add_sdp_handler(). Several may be there for one
 * media type: they are asked in their order until one takes the stream.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoySdpHandler, ahoy_sdp_handler, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoySdpVerdict, ahoy_sdp_verdict,
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_NOT_MINE, "not-mine"),
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_HANDLED, "handled"))

static AhoySdpVerdict
real_not_mine (AhoySdpHandler *self, AhoySession *session, AhoySessionStream *stream)
{
  return AHOY_SDP_NOT_MINE;
}

static AhoySdpVerdict
real_handled (AhoySdpHandler *self, AhoySession *session, AhoySessionStream *stream)
{
  return AHOY_SDP_HANDLED;
}

static AhoySdpVerdict
real_describe (AhoySdpHandler *self, AhoyEndpoint *endpoint, AhoySdpMedia *media)
{
  return AHOY_SDP_NOT_MINE;
}

static void
ahoy_sdp_handler_default_init (AhoySdpHandlerInterface *iface)
{
  iface->handle_offer = real_not_mine;
  iface->create_stream = real_not_mine;
  iface->negotiate = real_handled;
  iface->apply = real_handled;
  iface->describe = real_describe;
}

/**
 * ahoy_sdp_handler_handle_offer: (virtual handle_offer)
 * @self: a handler
 * @session: the session
 * @stream: the stream
 *
 * Asks the handler whether it takes a stream that the peer offers; the remote side of @stream is
 * set.
 *
 * Returns: whether the handler takes it
 *
 * Since: 0.1
 */
AhoySdpVerdict
ahoy_sdp_handler_handle_offer (AhoySdpHandler *self, AhoySession *session,
                               AhoySessionStream *stream)
{
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (self), AHOY_SDP_ERROR);

  return AHOY_SDP_HANDLER_GET_IFACE (self)->handle_offer (self, session, stream);
}

/**
 * ahoy_sdp_handler_create_stream: (virtual create_stream)
 * @self: a handler
 * @session: the session
 * @stream: the stream
 *
 * Asks the handler to describe a stream for an offer of ours: it fills the local side of @stream
 * with port, protocol and formats. In a later offer of the same session the local side holds what
 * was said last.
 *
 * Returns: whether the handler takes it
 *
 * Since: 0.1
 */
AhoySdpVerdict
ahoy_sdp_handler_create_stream (AhoySdpHandler *self, AhoySession *session,
                                AhoySessionStream *stream)
{
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (self), AHOY_SDP_ERROR);

  return AHOY_SDP_HANDLER_GET_IFACE (self)->create_stream (self, session, stream);
}

/**
 * ahoy_sdp_handler_negotiate: (virtual negotiate)
 * @self: a handler
 * @session: the session
 * @stream: the stream
 *
 * When the peer offered, the handler fills the local side with the answer; when we did, the remote
 * side holds the peer's answer, and the handler checks that it can live with it.
 *
 * Returns: whether the handler takes it
 *
 * Since: 0.1
 */
AhoySdpVerdict
ahoy_sdp_handler_negotiate (AhoySdpHandler *self, AhoySession *session,
                            AhoySessionStream *stream)
{
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (self), AHOY_SDP_ERROR);

  return AHOY_SDP_HANDLER_GET_IFACE (self)->negotiate (self, session, stream);
}

/**
 * ahoy_sdp_handler_apply: (virtual apply)
 * @self: a handler
 * @session: the session
 * @stream: the stream
 *
 * Tells the handler that both sides agreed: media may flow. Again after each further negotiation.
 * With %AHOY_SDP_ERROR the negotiation is abandoned: a call that was not answered yet gets 488, and
 * in a session that has media what was agreed on before holds, and is applied again.
 *
 * Returns: whether the handler takes it
 *
 * Since: 0.1
 */
AhoySdpVerdict
ahoy_sdp_handler_apply (AhoySdpHandler *self, AhoySession *session,
                        AhoySessionStream *stream)
{
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (self), AHOY_SDP_ERROR);

  return AHOY_SDP_HANDLER_GET_IFACE (self)->apply (self, session, stream);
}

/**
 * ahoy_sdp_handler_end: (virtual end)
 * @self: a handler
 * @session: the session
 * @stream: the stream
 *
 * Tells the handler that a stream it took is over. Once for each stream it took.
 *
 * Since: 0.1
 */
void
ahoy_sdp_handler_end (AhoySdpHandler *self, AhoySession *session,
                      AhoySessionStream *stream)
{
  AhoySdpHandlerInterface *iface;

  g_return_if_fail (AHOY_IS_SDP_HANDLER (self));

  iface = AHOY_SDP_HANDLER_GET_IFACE (self);
  if (iface->end != NULL) {
    iface->end (self, session, stream);
  }
}

/**
 * ahoy_sdp_handler_describe: (virtual describe)
 * @self: a handler
 * @endpoint: (nullable): who asks; %NULL when that is nobody we know
 * @media: a stream of the handler's media type with port 0
 *
 * Asks the handler what a call with an endpoint could have, for the answer to OPTIONS (RFC 3264
 * section 9): it adds the formats to @media, and leaves the port as it is. No stream comes of it.
 *
 * Returns: whether the handler has said something; a handler that does not implement this has not
 *
 * Since: 0.1
 */
AhoySdpVerdict
ahoy_sdp_handler_describe (AhoySdpHandler *self, AhoyEndpoint *endpoint, AhoySdpMedia *media)
{
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (self), AHOY_SDP_ERROR);
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (media), AHOY_SDP_ERROR);

  return AHOY_SDP_HANDLER_GET_IFACE (self)->describe (self, endpoint, media);
}
