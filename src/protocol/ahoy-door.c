/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-stack-private.h"

/*
 * What is checked before anything else looks at a message. Some of it protects Sofia itself, and so
 * has to happen between its parser and its transactions: a clone of the message class calls us for
 * each parsed message.
 */

/* Shorter than the magic cookie of RFC 3261 §8.1.1.7: Sofia reads past the end of such a branch. */
#define SHORTEST_BRANCH 7

static issize_t (*parse_body) (msg_t *, msg_pub_t *, char[], isize_t, int);

/* nta answers a version that it does not know before it notes where the request came from. */
static void
note_source (msg_t *msg, sip_via_t *via)
{
  su_sockaddr_t *source = msg_addr (msg);
  char host[64] = "";

  su_inet_ntop (source->su_family, SU_ADDR (source), host, sizeof host);
  msg_header_replace_param (msg_home (msg), via->v_common,
                            su_sprintf (msg_home (msg), "received=%s", host));
}

static issize_t
on_parsed (msg_t *msg, msg_pub_t *pub, char buffer[], isize_t size, int end)
{
  sip_t *sip = (sip_t *) pub;
  sip_via_t *via = sip->sip_via;

  if (!ahoy_admission_check (msg, sip)) {
    return parse_body (msg, pub, buffer, size, end);
  }
  if (via != NULL && via->v_branch != NULL && strlen (via->v_branch) < SHORTEST_BRANCH) {
    sip->sip_flags |= MSG_FLG_ERROR;
    msg_header_remove_param (via->v_common, "branch");
  }
  /* Answers go to where the request came from. A peer that names another place (RFC 3261 §18.2.2)
   * is not obeyed: a host name there would make Sofia wait for DNS with everything standing still.
   * */
  if (via != NULL && sip->sip_request != NULL && via->v_maddr != NULL) {
    msg_header_remove_param (via->v_common, "maddr");
  }
  if (via != NULL && sip->sip_request != NULL &&
      !su_casematch (sip->sip_request->rq_version, sip_version_2_0)) {
    note_source (msg, via);
  }
  return parse_body (msg, pub, buffer, size, end);
}

msg_mclass_t const *
ahoy_door_get_mclass (void)
{
  static msg_mclass_t *mclass;

  if (g_once_init_enter (&mclass)) {
    msg_mclass_t *clone = msg_mclass_clone (sip_default_mclass (), 0, 0);

    parse_body = clone->mc_extract_body;
    clone->mc_extract_body = on_parsed;
    g_once_init_leave (&mclass, clone);
  }
  return mclass;
}

static gboolean
refuse (AhoyRefusal *refusal, guint status, const char *reason)
{
  refusal->status = status;
  refusal->reason = reason;
  return FALSE;
}

static gboolean
is_routable (const url_t *url)
{
  return (url->url_type == url_sip || url->url_type == url_sips) && url->url_host != NULL &&
         *url->url_host != '\0';
}

/*
 * May a dialog be made from this message (RFC 3261 §12.1)? Sofia recurses to its death over a
 * Contact that leads nowhere, so this is asked of each request and each 2xx before a dialog is
 * made.
 */
gboolean
ahoy_door_check_dialog (const sip_t *sip, const char **reason)
{
  const sip_contact_t *contact = sip->sip_contact;

  if (contact == NULL) {
    *reason = "Missing Contact";
    return FALSE;
  }
  if (contact->m_next != NULL || !is_routable (contact->m_url)) {
    *reason = "Bad Contact";
    return FALSE;
  }
  for (const sip_record_route_t *route = sip->sip_record_route; route != NULL;
       route = route->r_next) {
    if (!is_routable (route->r_url)) {
      *reason = "Bad Record-Route";
      return FALSE;
    }
  }
  return TRUE;
}

static char *
unsupported_tags (AhoyStack *self, const sip_t *sip)
{
  g_autoptr (GString) tags = NULL;

  for (const sip_require_t *require = sip->sip_require; require != NULL;
       require = (const sip_require_t *) require->k_next) {
    msg_param_t const *items = require->k_items;

    for (; items != NULL && *items != NULL; items++) {
      if (g_ptr_array_find_with_equal_func (self->option_tags, *items,
                                            (GEqualFunc) (void (*) (void)) su_casematch, NULL)) {
        continue;
      }
      if (tags == NULL) {
        tags = g_string_new (*items);
      } else {
        g_string_append_printf (tags, ", %s", *items);
      }
    }
  }
  return tags != NULL ? g_string_free (g_steal_pointer (&tags), FALSE) : NULL;
}

/* RFC 3261 §8.2.2.3. FALSE: something is required that nobody here supports. */
gboolean
ahoy_door_check_require (AhoyStack *self, const sip_t *sip, AhoyRefusal *refusal)
{
  refusal->value = unsupported_tags (self, sip);
  if (refusal->value == NULL) {
    return TRUE;
  }
  refusal->header = "Unsupported";
  return refuse (refusal, 420, NULL);
}

static gboolean
makes_dialog (sip_method_t method)
{
  return method == sip_method_invite || method == sip_method_subscribe ||
         method == sip_method_refer;
}

/* Checks a request outside of a dialog (RFC 3261 §8.2). FALSE: @refusal says how to answer. */
gboolean
ahoy_door_check (AhoyStack *self, const sip_t *sip, AhoyRefusal *refusal)
{
  sip_method_t method = sip->sip_request->rq_method;
  const url_t *uri = sip->sip_request->rq_url;
  const char *reason;

  if (uri->url_type != url_sip && uri->url_type != url_sips && uri->url_type != url_tel) {
    return refuse (refusal, 416, NULL);
  }
  if (uri->url_type != url_tel && !is_routable (uri)) {
    return refuse (refusal, 400, "Bad Request-URI");
  }
  if (sip->sip_to->a_tag != NULL || method == sip_method_bye || method == sip_method_cancel ||
      method == sip_method_prack || method == sip_method_update) {
    return refuse (refusal, 481, NULL);
  }
  if (sip->sip_from->a_tag == NULL) {
    return refuse (refusal, 400, "Missing From Tag");
  }
  if (makes_dialog (method) && !ahoy_door_check_dialog (sip, &reason)) {
    return refuse (refusal, 400, reason);
  }
  return ahoy_door_check_require (self, sip, refusal);
}
