/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-stream.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoyEndpoint AhoyEndpoint;
typedef struct _AhoySession AhoySession;

/**
 * AhoySdpVerdict:
 * @AHOY_SDP_ERROR: the negotiation is abandoned, the peer gets 488
 * @AHOY_SDP_NOT_MINE: the next handler of the media type is asked
 * @AHOY_SDP_HANDLED: the handler takes the stream
 *
 * What an SDP handler says. The value 0, which a broken extension yields, is the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SDP_ERROR = 0,
  AHOY_SDP_NOT_MINE,
  AHOY_SDP_HANDLED,
} AhoySdpVerdict;

#define AHOY_TYPE_SDP_VERDICT (ahoy_sdp_verdict_get_type ())
AHOY_API
GType ahoy_sdp_verdict_get_type (void);

#define AHOY_TYPE_SDP_HANDLER (ahoy_sdp_handler_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoySdpHandler, ahoy_sdp_handler, AHOY, SDP_HANDLER, GObject)

/**
 * AhoySdpHandlerInterface:
 * @handle_offer: look at a stream that the peer offers
 * @create_stream: make a stream for an offer of ours
 * @negotiate: settle on what both sides can do
 * @apply: what was settled holds now
 * @end: the stream is over
 * @describe: say what a call could have
 *
 * Since: 0.1
 */
struct _AhoySdpHandlerInterface {
  GTypeInterface parent_iface;

  AhoySdpVerdict (*handle_offer) (AhoySdpHandler *self, AhoySession *session,
                                  AhoySessionStream *stream);
  AhoySdpVerdict (*create_stream) (AhoySdpHandler *self, AhoySession *session,
                                   AhoySessionStream *stream);
  AhoySdpVerdict (*negotiate) (AhoySdpHandler *self, AhoySession *session,
                               AhoySessionStream *stream);
  AhoySdpVerdict (*apply) (AhoySdpHandler *self, AhoySession *session,
                           AhoySessionStream *stream);
  void (*end) (AhoySdpHandler *self, AhoySession *session,
               AhoySessionStream *stream);
  AhoySdpVerdict (*describe) (AhoySdpHandler *self, AhoyEndpoint *endpoint,
                              AhoySdpMedia *media);

  /*< private >*/
  gpointer padding[11];
};

AHOY_API
AhoySdpVerdict ahoy_sdp_handler_handle_offer (AhoySdpHandler *self, AhoySession *session,
                                              AhoySessionStream *stream);
AHOY_API
AhoySdpVerdict ahoy_sdp_handler_create_stream (AhoySdpHandler *self, AhoySession *session,
                                               AhoySessionStream *stream);
AHOY_API
AhoySdpVerdict ahoy_sdp_handler_negotiate (AhoySdpHandler *self, AhoySession *session,
                                           AhoySessionStream *stream);
AHOY_API
AhoySdpVerdict ahoy_sdp_handler_apply (AhoySdpHandler *self, AhoySession *session,
                                       AhoySessionStream *stream);
AHOY_API
void ahoy_sdp_handler_end (AhoySdpHandler *self, AhoySession *session,
                           AhoySessionStream *stream);
AHOY_API
AhoySdpVerdict ahoy_sdp_handler_describe (AhoySdpHandler *self, AhoyEndpoint *endpoint,
                                          AhoySdpMedia *media);

G_END_DECLS
