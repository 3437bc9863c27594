/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-name-addr.h"
#include "ahoy-session-private.h"

/* Redirections that we get (RFC 3261 §8.1.3.4): what they name is tried, the best first and those
 * of one quality at once, as the endpoint's key redirect says. */

#define MAX_REDIRECTS 5
#define MAX_CONTACTS 16 /* of one response */
#define MOST_Q 1000

/* Somebody who waits for his turn. */
typedef struct {
  char *uri;
  char *proxy;          /* to be passed first (305); NULL: none */
  AhoyContact *contact; /* whose way is gone; NULL: that of the URI */
  guint q;              /* thousandths */
} Target;

static void
target_free (gpointer data)
{
  Target *target = data;

  g_free (target->uri);
  g_free (target->proxy);
  g_clear_pointer (&target->contact, ahoy_contact_unref);
  g_free (target);
}

static AhoyRedirectPolicy
get_policy (AhoySession *self)
{
  AhoyConfigObject *config = self->endpoint != NULL
                                 ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint))
                                 : NULL;

  return config != NULL ? (AhoyRedirectPolicy) ahoy_config_object_get_choice (config, "redirect")
                        : AHOY_REDIRECT_POLICY_FOLLOW;
}

/* RFC 3261 §20.10: without one it is the best. */
static guint
read_q (AhoyNameAddr *address)
{
  const char *text = ahoy_name_addr_get_param (address, "q");
  double q = text != NULL ? g_ascii_strtod (text, NULL) : 1;

  return q >= 0 && q <= 1 ? (guint) (q * MOST_Q + 0.5) : 0; /* nor if it is no number */
}

/* The Contacts of a response, the best first; those that nobody could call are left out. */
static GPtrArray *
list_contacts (AhoyMessage *response)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_name_addr_unref);
  g_auto (GStrv) headers = ahoy_message_get_headers (response, "Contact");

  for (gsize i = 0; headers != NULL && headers[i] != NULL && list->len < MAX_CONTACTS; i++) {
    g_autoptr (GPtrArray) addresses = ahoy_name_addr_parse_list (headers[i], NULL);

    for (guint j = 0; addresses != NULL && j < addresses->len && list->len < MAX_CONTACTS; j++) {
      guint q = read_q (addresses->pdata[j]);
      guint at = 0;

      while (at < list->len && read_q (list->pdata[at]) >= q) {
        at++;
      }
      g_ptr_array_insert (list, (int) at, ahoy_name_addr_ref (addresses->pdata[j]));
    }
  }
  return list;
}

static gboolean
is_sips (const char *uri)
{
  return g_ascii_strncasecmp (uri, "sips:", 5) == 0;
}

/* What a redirection may say: whom to call, but not how, or with which headers (RFC 3261 §19.1.5).
 */
static AhoyUri *
clean (AhoyUri *uri)
{
  g_autoptr (AhoyUri) bare = ahoy_uri_without_headers (uri);

  return ahoy_uri_without_param (bare, "method");
}

static const char *
get_user (AhoyUri *uri)
{
  const char *number = ahoy_uri_get_number (uri);

  return number != NULL ? number : ahoy_uri_get_user (uri);
}

/* The user of @uri where the branch called: with the same gateway. */
static char *
move_user (AhoySessionBranch *branch, AhoyUri *uri)
{
  g_autoptr (AhoyUri) called = ahoy_uri_parse (branch->target, NULL);
  const char *user = get_user (uri);
  g_autoptr (AhoyUri) moved =
      called != NULL && user != NULL ? ahoy_uri_with_user (called, user) : NULL;

  return moved != NULL ? ahoy_uri_to_string (moved) : NULL;
}

static char *
resolve (AhoySession *self, AhoySessionBranch *branch, AhoyUri *uri, gboolean moved)
{
  g_autoptr (AhoyUri) cleaned = clean (uri);
  AhoyUriScheme scheme = ahoy_uri_get_scheme (cleaned);
  gboolean secure = is_sips (branch->target);

  if (moved) {
    return move_user (branch, cleaned);
  }
  /* Nobody is called in the clear whom the caller wanted to reach safely (RFC 3261 §26.4.4). */
  if ((scheme != AHOY_URI_SCHEME_SIP && scheme != AHOY_URI_SCHEME_SIPS) ||
      ahoy_uri_get_host (cleaned) == NULL || (secure && scheme != AHOY_URI_SCHEME_SIPS)) {
    return NULL;
  }
  return ahoy_uri_to_string (cleaned);
}

static gboolean
was_tried (AhoySession *self, const char *uri, const char *proxy)
{
  for (guint i = 0; proxy == NULL && i < self->branches->len; i++) {
    if (g_str_equal (((AhoySessionBranch *) self->branches->pdata[i])->target, uri)) {
      return TRUE;
    }
  }
  for (guint i = 0; i < self->redirected->len; i++) {
    Target *target = self->redirected->pdata[i];

    if (g_str_equal (target->uri, uri) && g_strcmp0 (target->proxy, proxy) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
add_target (AhoySession *self, const char *uri, const char *proxy, AhoyContact *contact, guint q)
{
  Target *target = g_new0 (Target, 1);
  guint at = 0;

  target->uri = g_strdup (uri);
  target->proxy = g_strdup (proxy);
  target->contact = contact != NULL ? ahoy_contact_ref (contact) : NULL;
  target->q = q;
  while (at < self->redirected->len && ((Target *) self->redirected->pdata[at])->q >= q) {
    at++;
  }
  g_ptr_array_insert (self->redirected, (int) at, target);
}

/* All that have the best quality of those who wait; FALSE: nobody does. */
gboolean
ahoy_session_try_redirected (AhoySession *self)
{
  gboolean branching = self->branching;
  guint best;

  if (self->redirected == NULL || self->redirected->len == 0 || self->hanging_up ||
      self->best_status >= 600 || self->state >= AHOY_SESSION_ACTIVE) {
    return FALSE;
  }
  best = ((Target *) self->redirected->pdata[0])->q;
  self->branching = TRUE; /* the first of them may fail at once */
  while (self->redirected->len > 0 && ((Target *) self->redirected->pdata[0])->q == best) {
    Target *target = g_ptr_array_steal_index (self->redirected, 0);

    if (self->branches->len < AHOY_SESSION_MAX_BRANCHES) {
      ahoy_session_add_branch (self, target->uri, target->contact, target->proxy);
    }
    target_free (target);
  }
  self->branching = branching;
  return TRUE;
}

static void
take_targets (AhoySession *self, AhoySessionBranch *branch, GPtrArray *contacts, gboolean moved)
{
  for (guint i = 0; i < contacts->len; i++) {
    AhoyUri *uri = ahoy_name_addr_get_uri (contacts->pdata[i]);
    g_autofree char *target = resolve (self, branch, uri, moved);

    if (target != NULL && !was_tried (self, target, NULL)) {
      add_target (self, target, NULL, moved ? branch->contact : NULL, read_q (contacts->pdata[i]));
    }
  }
}

/* RFC 3261 §21.3.4: the same call once more, over the proxy that Contact names. */
static void
take_proxy (AhoySession *self, AhoySessionBranch *branch, GPtrArray *contacts)
{
  g_autofree char *proxy =
      contacts->len == 1
          ? resolve (self, branch, ahoy_name_addr_get_uri (contacts->pdata[0]), FALSE)
          : NULL;

  if (proxy != NULL && branch->proxy == NULL && !was_tried (self, branch->target, proxy)) {
    add_target (self, branch->target, proxy, NULL, MOST_Q);
  }
}

/* Whoever routes calls may know the users that the callee named. */
static void
offer_targets (AhoySession *self, GPtrArray *contacts)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) users = NULL;

  for (guint i = 0; i < contacts->len; i++) {
    const char *user = get_user (ahoy_name_addr_get_uri (contacts->pdata[i]));

    if (user != NULL && *user != '\0') {
      g_strv_builder_add (builder, user);
    }
  }
  users = g_strv_builder_end (builder);
  if (users[0] != NULL) {
    ahoy_session_emit_redirected (self, users);
  }
}

/* A branch was redirected. TRUE: others are tried; the best of them now, or when those who ring
 * have said no. */
gboolean
ahoy_session_follow_redirect (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  g_autoptr (GPtrArray) contacts = NULL;
  AhoyRedirectPolicy policy = get_policy (self);
  g_autofree char *contact = NULL;
  guint before;

  if (ahoy_message_is_local (response) || self->hanging_up || policy == AHOY_REDIRECT_POLICY_NO ||
      self->redirects++ >= MAX_REDIRECTS) {
    return FALSE;
  }
  if (self->redirected == NULL) {
    self->redirected = g_ptr_array_new_with_free_func (target_free);
  }
  before = self->redirected->len;
  contacts = list_contacts (response);
  if (policy == AHOY_REDIRECT_POLICY_CORE) {
    offer_targets (self, contacts);
  } else if (status != 305) {
    take_targets (self, branch, contacts, policy == AHOY_REDIRECT_POLICY_USER);
  } else if (policy == AHOY_REDIRECT_POLICY_FOLLOW) {
    take_proxy (self, branch, contacts);
  }
  if (self->redirected->len == before) {
    return FALSE;
  }
  if (contacts->len == 1 && policy == AHOY_REDIRECT_POLICY_FOLLOW) {
    contact = ahoy_name_addr_to_string (contacts->pdata[0]);
  }
  ahoy_session_note_redirect (self, branch->target, response, contact);
  return TRUE;
}

/* Who answers after a redirection is somebody else than was called; unless he says who he is, it is
 * whom the redirection named. */
void
ahoy_session_learn_redirected (AhoySession *self, AhoySessionBranch *branch)
{
  if (self->redirects > 0 && branch->redirected && self->connected_identity == NULL) {
    ahoy_session_learn_address (self, branch->target);
  }
}
