/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-identity-supplement.h"

#include "ahoy-census.h"
#include "ahoy-name-addr.h"
#include "ahoy-session.h"

/**
 * AhoyIdentitySupplement:
 *
 * Who talks with whom: P-Asserted-Identity, P-Preferred-Identity and Privacy (RFC 3325, RFC 3323),
 * and the older Remote-Party-ID, as the configuration of the session's endpoint says.
 *
 * INVITE and UPDATE and what answers them tell the peer #AhoySession:local-identity
 * (`send-identity`), without what has to be kept from it (`send-private-identity`). What a trusted
 * peer says (`trust-identity`, `trust-connected-line`) becomes #AhoySession:connected-identity. Who
 * calls is also in the session's variables `caller-uri` and `caller-name`, and the kind of its line
 * (the parameter `isup-oli` of From) in `caller-oli`. Add it for INVITE and UPDATE.
 *
 * Since: 0.1
 */
struct _AhoyIdentitySupplement {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyIdentitySupplement, ahoy_identity_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

#define BOTH_PRIVATE (AHOY_IDENTITY_PRIVACY_NAME | AHOY_IDENTITY_PRIVACY_NUMBER)

static AhoyConfigObject *
config_of (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

static gboolean
is_dialog_message (AhoyMessage *message)
{
  const char *method = ahoy_message_get_method (message);

  return g_str_equal (method, "INVITE") || g_str_equal (method, "UPDATE");
}

/* -- what is told --------------------------------------------------------------------------- */

/* The address, without a name that has to be kept. */
static AhoyNameAddr *
make_address (AhoyIdentity *identity, gboolean keep_name)
{
  const char *name = ahoy_identity_get_name (identity);

  return ahoy_name_addr_new (keep_name ? NULL : name, ahoy_identity_get_uri (identity));
}

static void
write_asserted (AhoyMessage *message, AhoyIdentity *identity, const char *header,
                gboolean keep_name)
{
  g_autoptr (AhoyNameAddr) address = make_address (identity, keep_name);
  g_autofree char *value = ahoy_name_addr_to_string (address);

  ahoy_message_set_header (message, header, value, NULL);
}

static const char *
name_privacy (AhoyIdentityPrivacy privacy)
{
  if (privacy == BOTH_PRIVATE) {
    return "full";
  }
  if (privacy == AHOY_IDENTITY_PRIVACY_NUMBER) {
    return "uri";
  }
  return privacy == AHOY_IDENTITY_PRIVACY_NAME ? "name" : "off";
}

/* draft-ietf-sip-privacy-04 §5.1 */
static void
write_remote_party (AhoyMessage *message, AhoyIdentity *identity, gboolean keep_name,
                    gboolean calling)
{
  g_autoptr (AhoyNameAddr) address = make_address (identity, keep_name);
  g_autofree char *text = ahoy_name_addr_to_string (address);
  gboolean screened = !g_str_equal (ahoy_identity_get_header (identity), "From");
  g_autofree char *value =
      g_strdup_printf ("%s;party=%s;screen=%s;privacy=%s", text,
                       calling ? "calling" : "called", screened ? "yes" : "no",
                       name_privacy (ahoy_identity_get_privacy (identity)));

  ahoy_message_set_header (message, "Remote-Party-ID", value, NULL);
}

/* Who hides behind From (RFC 3323 §4.1.1.3), and whom nobody else asserts, has nothing to tell. */
static gboolean
is_unknown (AhoyIdentity *identity)
{
  const char *user = ahoy_uri_get_user (ahoy_identity_get_uri (identity));

  return (ahoy_identity_get_privacy (identity) & AHOY_IDENTITY_PRIVACY_NUMBER) != 0 &&
         user != NULL && g_ascii_strcasecmp (user, "anonymous") == 0;
}

/* RFC 3325 §7: who is not trusted gets nothing that is private. */
static void
tell (AhoySession *session, AhoyMessage *message)
{
  AhoyIdentity *identity = ahoy_session_get_local_identity (session);
  AhoyConfigObject *config = config_of (session);
  AhoySendIdentity how;
  AhoyIdentityPrivacy privacy;
  gboolean keep_name;

  how = config != NULL ? (AhoySendIdentity) ahoy_config_object_get_choice (config, "send-identity")
                       : AHOY_SEND_IDENTITY_NO;
  if (how == AHOY_SEND_IDENTITY_NO || identity == NULL || is_unknown (identity)) {
    return;
  }
  privacy = ahoy_identity_get_privacy (identity);
  if (privacy != 0 && !ahoy_config_object_get_boolean (config, "send-private-identity")) {
    if ((privacy & AHOY_IDENTITY_PRIVACY_NUMBER) != 0) {
      return;
    }
    keep_name = TRUE;
  } else {
    /* Privacy of RFC 3325 is for the whole identity; Remote-Party-ID can keep a name alone. */
    keep_name = privacy == AHOY_IDENTITY_PRIVACY_NAME && how != AHOY_SEND_IDENTITY_RPID;
  }
  if (how == AHOY_SEND_IDENTITY_PAI || how == AHOY_SEND_IDENTITY_BOTH) {
    write_asserted (message, identity, "P-Asserted-Identity", keep_name);
  }
  if (how == AHOY_SEND_IDENTITY_PPI) {
    write_asserted (message, identity, "P-Preferred-Identity", keep_name);
  }
  if (how == AHOY_SEND_IDENTITY_RPID || how == AHOY_SEND_IDENTITY_BOTH) {
    write_remote_party (message, identity, keep_name, ahoy_message_is_request (message));
  }
  if ((privacy & AHOY_IDENTITY_PRIVACY_NUMBER) != 0 && how != AHOY_SEND_IDENTITY_RPID) {
    ahoy_message_set_header (message, "Privacy", "id", NULL);
  }
}

static void
ahoy_identity_supplement_outgoing_request (AhoySessionSupplement *supplement,
                                           AhoySession *session, AhoyMessage *request)
{
  if (is_dialog_message (request)) {
    tell (session, request);
  }
}

static void
ahoy_identity_supplement_outgoing_response (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  /* RFC 5876 §4.2: in responses, too. */
  if (status > 100 && status < 300 && is_dialog_message (response)) {
    tell (session, response);
  }
}

/* -- what is believed ----------------------------------------------------------------------- */

static void
believe (AhoySession *session, AhoyMessage *message)
{
  AhoyConfigObject *config = config_of (session);
  g_autoptr (AhoyIdentity) said = NULL;
  g_autoptr (AhoyIdentity) identity = NULL;

  if (config == NULL || !ahoy_config_object_get_boolean (config, "trust-identity") ||
      !ahoy_config_object_get_boolean (config, "trust-connected-line")) {
    return;
  }
  said = ahoy_identity_new_from_assertion (message);
  if (said != NULL) {
    identity = ahoy_session_rewrite_identity (session, said);
    ahoy_session_learn_identity (session, identity);
  }
}

/* What kind of line calls, as American networks say it: a parameter of the URI or of From. */
static void
keep_line (AhoySession *session, AhoyMessage *request)
{
  static const char *const names[] = { "isup-oli", "ss7-oli", "oli" };
  g_autofree char *from = ahoy_message_get_header (request, "From");
  g_autoptr (AhoyNameAddr) address = from != NULL ? ahoy_name_addr_parse (from, NULL) : NULL;

  for (gsize i = 0; address != NULL && i < G_N_ELEMENTS (names); i++) {
    const char *inside = ahoy_uri_get_param (ahoy_name_addr_get_uri (address), names[i]);
    const char *found = inside != NULL ? inside : ahoy_name_addr_get_param (address, names[i]);

    if (found != NULL && strlen (found) <= 2 && strspn (found, "0123456789") == strlen (found)) {
      ahoy_session_set_variable (session, "caller-oli", found);
      return;
    }
  }
}

/* Who calls, for routes and programs. */
static void
keep_caller (AhoySession *session)
{
  AhoyIdentity *identity = ahoy_session_get_remote_identity (session);
  g_autofree char *uri = NULL;

  if (identity != NULL) {
    uri = ahoy_uri_to_string (ahoy_identity_get_uri (identity));
    ahoy_session_set_variable (session, "caller-uri", uri);
    ahoy_session_set_variable (session, "caller-name", ahoy_identity_get_name (identity));
  }
}

static AhoySupplementVerdict
ahoy_identity_supplement_incoming_request (AhoySessionSupplement *supplement,
                                           AhoySession *session, AhoyMessage *request)
{
  if (!is_dialog_message (request)) {
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  if (request == ahoy_session_get_invite (session)) {
    keep_caller (session);
    keep_line (session, request);
  } else {
    believe (session, request);
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
ahoy_identity_supplement_incoming_response (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  if (status > 100 && status < 300 && is_dialog_message (response)) {
    believe (session, response);
  }
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_identity_supplement_incoming_request;
  iface->incoming_response = ahoy_identity_supplement_incoming_response;
  iface->outgoing_request = ahoy_identity_supplement_outgoing_request;
  iface->outgoing_response = ahoy_identity_supplement_outgoing_response;
}

static void
ahoy_identity_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_identity_supplement_parent_class)->finalize (object);
}

static void
ahoy_identity_supplement_class_init (AhoyIdentitySupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_identity_supplement_finalize;
}

static void
ahoy_identity_supplement_init (AhoyIdentitySupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_identity_supplement_new:
 *
 * Returns: (transfer full): a new supplement
 *
 * Since: 0.1
 */
AhoySessionSupplement *
ahoy_identity_supplement_new (void)
{
  return g_object_new (AHOY_TYPE_IDENTITY_SUPPLEMENT, NULL);
}
