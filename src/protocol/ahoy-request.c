/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-request-private.h"

#include "ahoy-stack-private.h"

/* RFC 3261 §10.2: all REGISTER of one client have one Call-ID, and CSeq rises. */
void
ahoy_request_set_number (AhoyMessage *request, const char *call_id, guint32 cseq)
{
  msg_t *msg = ahoy_message_peek_msg (request);
  sip_t *sip = ahoy_message_peek_sip (request);
  su_home_t *home = msg_home (msg);
  sip_call_id_t *id = sip_call_id_make (home, call_id);

  g_return_if_fail (!ahoy_message_is_sealed (request));

  if (id == NULL) {
    return;
  }
  msg_header_remove (msg, (msg_pub_t *) sip, (msg_header_t *) sip->sip_call_id);
  sip_add_tl (msg, sip, SIPTAG_CALL_ID (id),
              SIPTAG_CSEQ (sip_cseq_create (home, cseq, sip->sip_cseq->cs_method,
                                            sip->sip_cseq->cs_method_name)),
              TAG_END ());
}

/* Returns: (transfer full) (nullable): where peers reach us by a listener, as Contact says it; NULL
 * when there is no such listener */
char *
ahoy_stack_make_contact (AhoyStack *self, const char *listener, const char *user,
                         gboolean secure)
{
  for (guint i = 0; i < self->listeners->len; i++) {
    AhoyListener *one = self->listeners->pdata[i];

    if (g_strcmp0 (one->name, listener) == 0) {
      return ahoy_listener_make_contact (one, user, secure);
    }
  }
  return NULL;
}
