/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-object.h"
#include "ahoy-contact-private.h"
#include "ahoy-decimal-private.h"
#include "ahoy-location-edit-private.h"
#include "ahoy-register-bindings-private.h"

/* RFC 3261 §10.3, steps 6 and 7: from the bindings that there are to those that there will be, all
 * of them or none. Nothing here changes anything; so it can be tried, and thrown away. */

/* The same Call-ID and CSeq again is the same request again, as long as its sender may repeat it
 * (64*T1): it was done, but the answer was lost, as one that a crash has swallowed. */
#define REPEATED (32 * G_USEC_PER_SEC)

/* RFC 3261 §10.3, step 7: who asks for an hour or more may not be told that this is too brief. */
#define HOUR 3600

typedef struct {
  const AhoyRegisterRequest *request;
  const AhoyRegisterLimits *limits;
  const AhoyRegisterOrigin *origin;
  gint64 now;
  AhoyLocationEdit *edit;
  GPtrArray *bindings; /* its contacts, what there will be */
  GHashTable *fresh;   /* those of them that the request made */
  gboolean grows;
  AhoyRegisterRefusal *refusal;
} Update;

void
ahoy_register_limits_init (AhoyRegisterLimits *self, AhoyConfigObject *aor)
{
  self->max_contacts = ahoy_config_object_get_number (aor, "max-contacts");
  self->shortest = ahoy_config_object_get_duration (aor, "minimum-expiration") / G_USEC_PER_SEC;
  self->longest = ahoy_config_object_get_duration (aor, "maximum-expiration") / G_USEC_PER_SEC;
  self->usual = ahoy_config_object_get_duration (aor, "default-expiration") / G_USEC_PER_SEC;
  self->remove_existing = ahoy_config_object_get_boolean (aor, "remove-existing");
  self->remove_unavailable = ahoy_config_object_get_boolean (aor, "remove-unavailable");
  self->reject_brief = ahoy_config_object_get_boolean (aor, "reject-brief");
  self->rewrite = ahoy_config_object_get_boolean (aor, "rewrite-contact");
  self->support_path = ahoy_config_object_get_boolean (aor, "support-path");
}

static gboolean
refuse (Update *self, guint status, const char *reason)
{
  ahoy_register_refuse (self->refusal, status, reason);
  return FALSE;
}

/* -- one binding ----------------------------------------------------------------------------- */

static gboolean
same_text (const char *a, const char *b)
{
  return a != NULL && b != NULL && g_str_equal (a, b);
}

/* A device that says which it is (RFC 5626 §6) is the same whatever its URI; else URIs are compared
 * as RFC 3261 §19.1.4 says. */
static gboolean
is_same (AhoyContact *binding, const AhoyRegisterContact *contact)
{
  g_autoptr (AhoyUri) uri = NULL;

  if (contact->reg_id > 0) {
    return ahoy_contact_get_reg_id (binding) == contact->reg_id &&
           same_text (ahoy_contact_get_instance (binding), contact->instance);
  }
  if (g_str_equal (ahoy_contact_get_registered_uri (binding), contact->text)) {
    return TRUE;
  }
  uri = ahoy_uri_parse (ahoy_contact_get_registered_uri (binding), NULL);
  return uri != NULL && ahoy_uri_equal (uri, contact->uri);
}

static AhoyContact *
find_binding (Update *self, const AhoyRegisterContact *contact)
{
  for (guint i = 0; i < self->bindings->len; i++) {
    if (is_same (self->bindings->pdata[i], contact)) {
      return self->bindings->pdata[i];
    }
  }
  return NULL;
}

typedef enum {
  ORDER_NEWER,
  ORDER_REPEATED,
  ORDER_OLDER,
} Order;

/* Requests of one Call-ID count in the order of their CSeq, not in that of their coming. */
static Order
find_order (Update *self, AhoyContact *binding)
{
  if (!same_text (ahoy_contact_get_call_id (binding), self->request->call_id) ||
      self->request->cseq > ahoy_contact_get_cseq (binding)) {
    return ORDER_NEWER;
  }
  return self->request->cseq == ahoy_contact_get_cseq (binding) &&
                 self->now - ahoy_contact_get_registered_at (binding) < REPEATED
             ? ORDER_REPEATED
             : ORDER_OLDER;
}

/* How long the binding is to hold, in seconds; 0 to remove it. FALSE: that is too brief. */
static gboolean
find_expiration (Update *self, const AhoyRegisterContact *contact, gint64 *seconds)
{
  char digits[AHOY_DECIMAL_SIZE];
  gint64 asked = contact->expires;

  if (asked == AHOY_REGISTER_UNSAID) {
    asked = self->request->expires;
  }
  if (asked == AHOY_REGISTER_UNSAID) {
    asked = self->limits->usual;
  }
  if (asked > 0 && asked < self->limits->shortest && asked < HOUR && self->limits->reject_brief) {
    self->refusal->header = "Min-Expires";
    self->refusal->value =
        g_strdup (ahoy_decimal ((guint64) self->limits->shortest, digits));
    return refuse (self, 423, "Interval Too Brief");
  }
  *seconds = asked == 0 ? 0 : CLAMP (asked, self->limits->shortest, self->limits->longest);
  return TRUE;
}

/* Behind a NAT a phone names an address that leads nowhere: what leads to it is where the request
 * came from. A request that came over a proxy leads to the proxy, and its Path says how. Returns
 * NULL for an address that stays. */
static char *
rewrite (Update *self, AhoyUri *uri)
{
  g_autoptr (AhoyUri) rewritten = NULL;
  g_autofree char *host = NULL;

  if (!self->limits->rewrite || self->request->path != NULL || self->origin->source == NULL) {
    return NULL;
  }
  host = g_inet_address_to_string (g_inet_socket_address_get_address (self->origin->source));
  rewritten =
      ahoy_uri_with_host (uri, host, g_inet_socket_address_get_port (self->origin->source));
  return ahoy_uri_to_string (rewritten);
}

static AhoyContact *
make_binding (Update *self, const AhoyRegisterContact *contact, gint64 seconds,
              AhoyContact *previous)
{
  g_autofree char *way = rewrite (self, contact->uri);
  AhoyContactNumbers numbers = {
    .expires = self->now + seconds * G_USEC_PER_SEC,
    .registered_at = self->now,
    .cseq = self->request->cseq,
    .reg_id = contact->reg_id,
    .q = (guint16) contact->q,
    .protocol = (guint8) self->origin->protocol,
    .status = (guint8) (previous != NULL ? ahoy_contact_get_status (previous)
                                         : AHOY_CONTACT_STATUS_NON_QUALIFIED),
    .round_trip = previous != NULL ? ahoy_contact_get_round_trip (previous) : -1,
  };
  const char *texts[AHOY_CONTACT_N_TEXTS] = {
    [AHOY_CONTACT_TEXT_URI] = way != NULL ? way : contact->text,
    [AHOY_CONTACT_TEXT_REGISTERED_URI] = way != NULL ? contact->text : NULL,
    [AHOY_CONTACT_TEXT_CALL_ID] = self->request->call_id,
    [AHOY_CONTACT_TEXT_USER_AGENT] = self->request->user_agent,
    [AHOY_CONTACT_TEXT_RECEIVED] = self->origin->received,
    [AHOY_CONTACT_TEXT_TRANSPORT] = self->origin->transport,
    [AHOY_CONTACT_TEXT_INSTANCE] = contact->instance,
    [AHOY_CONTACT_TEXT_PARAMS] = contact->params,
  };

  return ahoy_contact_new (&numbers, texts, (const char *const *) self->request->path);
}

/* -- all of them ----------------------------------------------------------------------------- */

static void
remove_binding (Update *self, AhoyContact *binding, AhoyContactRemoval reason)
{
  g_autofree char *uri = g_strdup (ahoy_contact_get_uri (binding));

  g_hash_table_remove (self->fresh, binding);
  ahoy_location_edit_remove (self->edit, uri, reason);
}

static void
put_binding (Update *self, AhoyContact *binding, AhoyContact *previous)
{
  AhoyContact *twin = ahoy_location_edit_lookup (self->edit, ahoy_contact_get_uri (binding));

  g_hash_table_add (self->fresh, binding);
  if (previous == NULL) {
    self->grows = self->grows || twin == NULL;
    ahoy_location_edit_put (self->edit, binding);
    return;
  }
  if (twin != NULL && twin != previous) {
    remove_binding (self, twin, AHOY_CONTACT_REMOVAL_REPLACED);
  }
  g_hash_table_remove (self->fresh, previous);
  ahoy_location_edit_replace (self->edit, ahoy_contact_get_uri (previous), binding);
}

static gboolean
apply_contact (Update *self, const AhoyRegisterContact *contact)
{
  g_autoptr (AhoyContact) binding = NULL;
  AhoyContact *previous = find_binding (self, contact);
  gint64 seconds;

  if (!find_expiration (self, contact, &seconds)) {
    return FALSE;
  }
  /* The last one counts of two that are the same in one request. */
  if (previous != NULL && !g_hash_table_contains (self->fresh, previous)) {
    switch (find_order (self, previous)) {
    case ORDER_OLDER:
      return refuse (self, 500, "Out of Order");
    case ORDER_REPEATED:
      return TRUE;
    case ORDER_NEWER:
      break;
    }
  }
  if (seconds > 0) {
    binding = make_binding (self, contact, seconds, previous);
    put_binding (self, binding, previous);
  } else if (previous != NULL) {
    remove_binding (self, previous, AHOY_CONTACT_REMOVAL_UNREGISTERED);
  }
  return TRUE;
}

/* RFC 3261 §10.3, step 6: those of the same Call-ID only by a higher CSeq. */
static gboolean
remove_all (Update *self)
{
  for (guint i = self->bindings->len; i > 0; i--) {
    AhoyContact *binding = self->bindings->pdata[i - 1];

    if (find_order (self, binding) != ORDER_NEWER) {
      return refuse (self, 500, "Out of Order");
    }
    remove_binding (self, binding, AHOY_CONTACT_REMOVAL_UNREGISTERED);
  }
  return TRUE;
}

/* Which of those that the request did not bring has to go: one that does not answer, or else the
 * one that was not heard of for the longest time. */
static AhoyContact *
find_victim (Update *self, gboolean unavailable)
{
  AhoyContact *victim = NULL;

  for (guint i = 0; i < self->bindings->len; i++) {
    AhoyContact *binding = self->bindings->pdata[i];

    if (g_hash_table_contains (self->fresh, binding) ||
        (unavailable &&
         ahoy_contact_get_status (binding) != AHOY_CONTACT_STATUS_UNREACHABLE)) {
      continue;
    }
    if (victim == NULL || ahoy_contact_get_registered_at (binding) <
                              ahoy_contact_get_registered_at (victim)) {
      victim = binding;
    }
  }
  return victim;
}

static gboolean
make_room (Update *self)
{
  while (self->grows && self->bindings->len > self->limits->max_contacts) {
    AhoyContactRemoval reason = AHOY_CONTACT_REMOVAL_UNAVAILABLE;
    AhoyContact *victim = self->limits->remove_unavailable ? find_victim (self, TRUE) : NULL;

    if (victim == NULL && self->limits->remove_existing) {
      reason = AHOY_CONTACT_REMOVAL_REPLACED;
      victim = find_victim (self, FALSE);
    }
    if (victim == NULL) {
      return refuse (self, 403, "Too Many Contacts");
    }
    remove_binding (self, victim, reason);
  }
  return TRUE;
}

static gboolean
apply_contacts (Update *self)
{
  for (guint i = 0; i < self->request->contacts->len; i++) {
    if (!apply_contact (self, self->request->contacts->pdata[i])) {
      return FALSE;
    }
  }
  return make_room (self);
}

/*
 * Edits the bindings as the request asks for. @now: wall clock, in µs. FALSE: @refusal says how the
 * request is answered, and the edit has to be given up.
 */
gboolean
ahoy_register_bindings_apply (const AhoyRegisterRequest *request,
                              const AhoyRegisterLimits *limits, const AhoyRegisterOrigin *origin,
                              AhoyLocationEdit *edit, gint64 now, AhoyRegisterRefusal *refusal)
{
  g_autoptr (GHashTable) fresh = g_hash_table_new (NULL, NULL);
  Update update = {
    .request = request,
    .limits = limits,
    .origin = origin,
    .now = now,
    .edit = edit,
    .bindings = ahoy_location_edit_peek_contacts (edit),
    .fresh = fresh,
    .refusal = refusal,
  };

  return request->all ? remove_all (&update) : apply_contacts (&update);
}
