/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoySession AhoySession;

/**
 * AhoySupplementVerdict:
 * @AHOY_SUPPLEMENT_FAILED: the supplement could not cope; the request is answered with 500
 * @AHOY_SUPPLEMENT_CONTINUE: go on
 * @AHOY_SUPPLEMENT_ANSWERED: the supplement answered the request with ahoy_session_respond(); go no
 *   further
 * @AHOY_SUPPLEMENT_DEFERRED: the supplement cannot say yet; it called ahoy_session_defer(), and
 *   will resolve what it got
 *
 * What a supplement says to an incoming request. The value 0, which a broken extension yields, is
 * the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SUPPLEMENT_FAILED = 0,
  AHOY_SUPPLEMENT_CONTINUE,
  AHOY_SUPPLEMENT_ANSWERED,
  AHOY_SUPPLEMENT_DEFERRED,
} AhoySupplementVerdict;

#define AHOY_TYPE_SUPPLEMENT_VERDICT (ahoy_supplement_verdict_get_type ())
AHOY_API
GType ahoy_supplement_verdict_get_type (void);

#define AHOY_TYPE_SESSION_SUPPLEMENT (ahoy_session_supplement_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoySessionSupplement, ahoy_session_supplement, AHOY, SESSION_SUPPLEMENT,
                     GObject)

/**
 * AhoySessionSupplementInterface:
 * @session_begin: a session begins
 * @session_end: a session is over
 * @incoming_request: a request of the session came
 * @incoming_response: a response of the session came
 * @outgoing_request: a request of the session is about to leave
 * @outgoing_response: a response of the session is about to leave
 * @session_create: an outgoing session is to be made; %FALSE forbids it
 *
 * Since: 0.1
 */
struct _AhoySessionSupplementInterface {
  GTypeInterface parent_iface;

  void (*session_begin) (AhoySessionSupplement *self, AhoySession *session);
  void (*session_end) (AhoySessionSupplement *self, AhoySession *session);
  AhoySupplementVerdict (*incoming_request) (AhoySessionSupplement *self, AhoySession *session,
                                             AhoyMessage *request);
  void (*incoming_response) (AhoySessionSupplement *self, AhoySession *session,
                             AhoyMessage *response);
  void (*outgoing_request) (AhoySessionSupplement *self, AhoySession *session,
                            AhoyMessage *request);
  void (*outgoing_response) (AhoySessionSupplement *self, AhoySession *session,
                             AhoyMessage *response);

  gboolean (*session_create) (AhoySessionSupplement *self, AhoySession *session, GError **error);

  /*< private >*/
  gpointer padding[11];
};

AHOY_API
gboolean ahoy_session_supplement_session_create (AhoySessionSupplement *self, AhoySession *session,
                                                 GError **error);
AHOY_API
void ahoy_session_supplement_session_begin (AhoySessionSupplement *self, AhoySession *session);
AHOY_API
void ahoy_session_supplement_session_end (AhoySessionSupplement *self, AhoySession *session);
AHOY_API
AhoySupplementVerdict ahoy_session_supplement_incoming_request (AhoySessionSupplement *self,
                                                                AhoySession *session,
                                                                AhoyMessage *request);
AHOY_API
void ahoy_session_supplement_incoming_response (AhoySessionSupplement *self, AhoySession *session,
                                                AhoyMessage *response);
AHOY_API
void ahoy_session_supplement_outgoing_request (AhoySessionSupplement *self, AhoySession *session,
                                               AhoyMessage *request);
AHOY_API
void ahoy_session_supplement_outgoing_response (AhoySessionSupplement *self, AhoySession *session,
                                                AhoyMessage *response);

G_END_DECLS
