/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoySecurityEventType:
 * @AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID: a request of an account that does not exist
 * @AHOY_SECURITY_EVENT_INVALID_PASSWORD: credentials that do not prove the account
 * @AHOY_SECURITY_EVENT_CHALLENGE_SENT: proof was asked for; the ordinary begin of each login
 * @AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED: the answer to a challenge cannot be used: a nonce
 *   that is not ours, a count that repeats, a wrong realm
 * @AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH: an account was proven
 * @AHOY_SECURITY_EVENT_FAILED_ACL: a list of addresses forbids it
 * @AHOY_SECURITY_EVENT_INVALID_TRANSPORT: an endpoint came over a transport that is not its own
 * @AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED: what the endpoint may not ask for
 * @AHOY_SECURITY_EVENT_REQUEST_NOT_SUPPORTED: what nothing here answers, or an extension that is
 *   not there
 * @AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT: a message that is no correct SIP
 * @AHOY_SECURITY_EVENT_AUTH_METHOD_NOT_ALLOWED: credentials of a kind that the account does not
 *   take
 * @AHOY_SECURITY_EVENT_UNEXPECTED_ADDRESS: an endpoint came from an address that is not its own
 * @AHOY_SECURITY_EVENT_SESSION_LIMIT: one call more than is allowed
 * @AHOY_SECURITY_EVENT_MEMORY_LIMIT: refused, as memory is short
 * @AHOY_SECURITY_EVENT_LOAD_AVERAGE: refused, as there is too much to do
 *
 * What happened that somebody who guards the system wants to know.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID,
  AHOY_SECURITY_EVENT_INVALID_PASSWORD,
  AHOY_SECURITY_EVENT_CHALLENGE_SENT,
  AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED,
  AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH,
  AHOY_SECURITY_EVENT_FAILED_ACL,
  AHOY_SECURITY_EVENT_INVALID_TRANSPORT,
  AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED,
  AHOY_SECURITY_EVENT_REQUEST_NOT_SUPPORTED,
  AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT,
  AHOY_SECURITY_EVENT_AUTH_METHOD_NOT_ALLOWED,
  AHOY_SECURITY_EVENT_UNEXPECTED_ADDRESS,
  AHOY_SECURITY_EVENT_SESSION_LIMIT,
  AHOY_SECURITY_EVENT_MEMORY_LIMIT,
  AHOY_SECURITY_EVENT_LOAD_AVERAGE,
} AhoySecurityEventType;

/**
 * AhoySecuritySeverity:
 * @AHOY_SECURITY_SEVERITY_INFORMATION: nothing is wrong
 * @AHOY_SECURITY_SEVERITY_ERROR: something was refused
 *
 * How much a security event matters.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SECURITY_SEVERITY_INFORMATION,
  AHOY_SECURITY_SEVERITY_ERROR,
} AhoySecuritySeverity;

#define AHOY_TYPE_SECURITY_EVENT_TYPE (ahoy_security_event_type_get_type ())
AHOY_API
GType ahoy_security_event_type_get_type (void);

#define AHOY_TYPE_SECURITY_SEVERITY (ahoy_security_severity_get_type ())
AHOY_API
GType ahoy_security_severity_get_type (void);

#define AHOY_TYPE_SECURITY_EVENT (ahoy_security_event_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySecurityEvent, ahoy_security_event, AHOY, SECURITY_EVENT, GObject)

AHOY_API
AhoySecurityEvent *ahoy_security_event_new (AhoySecurityEventType type, GSocketAddress *source,
                                            const char *transport, const char *account,
                                            const char *method, const char *call_id,
                                            GVariant *facts);
AHOY_API
AhoySecurityEventType ahoy_security_event_get_event_type (AhoySecurityEvent *self);
AHOY_API
const char *ahoy_security_event_get_name (AhoySecurityEvent *self);
AHOY_API
AhoySecuritySeverity ahoy_security_event_get_severity (AhoySecurityEvent *self);
AHOY_API
gint64 ahoy_security_event_get_time (AhoySecurityEvent *self);
AHOY_API
GSocketAddress *ahoy_security_event_get_source (AhoySecurityEvent *self);
AHOY_API
const char *ahoy_security_event_get_transport (AhoySecurityEvent *self);
AHOY_API
const char *ahoy_security_event_get_account (AhoySecurityEvent *self);
AHOY_API
const char *ahoy_security_event_get_method (AhoySecurityEvent *self);
AHOY_API
const char *ahoy_security_event_get_call_id (AhoySecurityEvent *self);
AHOY_API
GVariant *ahoy_security_event_get_facts (AhoySecurityEvent *self);
AHOY_API
char *ahoy_security_event_dup_address (AhoySecurityEvent *self);
AHOY_API
guint16 ahoy_security_event_get_port (AhoySecurityEvent *self);
AHOY_API
char *ahoy_security_event_to_string (AhoySecurityEvent *self);

AHOY_API
const char *ahoy_security_event_type_to_string (AhoySecurityEventType type);
AHOY_API
AhoySecuritySeverity ahoy_security_event_type_get_severity (AhoySecurityEventType type);
AHOY_API
GVariant *ahoy_security_event_make_facts (const char *name, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
