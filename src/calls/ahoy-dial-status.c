/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-dial-status-private.h"

#define WORST G_MAXUINT

/* The lower the better. A 6xx decides; then the lowest class counts, and in it what the caller can
 * do something about, before what somebody said, before what nobody said. */
static guint
rank (guint status)
{
  switch (status) {
  case 415:
  case 420:
  case 484:
    return 401;
  case 401: /* ours to answer, not the caller's */
  case 407:
    return 450;
  case 486:
    return 402;
  case 404:
  case 430:
  case 480:
    return 451;
  case 487:
  case 408:
    return 498;
  case 503:
    return 598;
  default:
    return status >= 600 ? 0 : status >= 300 ? status / 100 * 100 + 3 : WORST;
  }
}

/* Whether @status is the better answer; of equal ones the first stays. */
gboolean
ahoy_dial_status_is_better (guint status, guint than)
{
  return than == 0 || rank (status) < rank (than);
}

/* What the caller gets of what a callee said: nothing that only makes sense on the other leg. */
guint
ahoy_dial_status_for_caller (guint status)
{
  switch (status) {
  case 401: /* we could not answer the challenge (RFC 3261 §16.7 step 7 is for proxies) */
  case 407:
    return 403;
  case 430: /* RFC 5626 §11.6: a connection of ours to a phone, nothing that callers know of */
  case 481:
  case 487:
    return 480;
  case 503: /* RFC 3261 §16.7: that one callee is overloaded does not mean that we are */
    return 500;
  default:
    return status >= 400 && status <= 699 ? status : 480;
  }
}
