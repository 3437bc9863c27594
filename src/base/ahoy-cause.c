/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-cause.h"

/* Why calls end: SIP statuses and Q.850 causes, both ways. */

G_DEFINE_ENUM_TYPE (
    AhoyCause, ahoy_cause,
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NONE, "none"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_UNALLOCATED_NUMBER, "unallocated-number"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NO_ROUTE_TO_NETWORK, "no-route-to-network"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NO_ROUTE_TO_DESTINATION, "no-route-to-destination"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_CHANNEL_UNACCEPTABLE, "channel-unacceptable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_CALL_AWARDED, "call-awarded"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NORMAL_CLEARING, "normal-clearing"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_USER_BUSY, "user-busy"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NO_USER_RESPONDING, "no-user-responding"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NO_ANSWER, "no-answer"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_SUBSCRIBER_ABSENT, "subscriber-absent"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_CALL_REJECTED, "call-rejected"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NUMBER_CHANGED, "number-changed"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_REDIRECTED, "redirected"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_ROUTING_ERROR, "routing-error"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_ANSWERED_ELSEWHERE, "answered-elsewhere"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_DESTINATION_OUT_OF_ORDER, "destination-out-of-order"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INVALID_NUMBER_FORMAT, "invalid-number-format"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_FACILITY_REJECTED, "facility-rejected"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_RESPONSE_TO_STATUS_ENQUIRY, "response-to-status-enquiry"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NORMAL_UNSPECIFIED, "normal-unspecified"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NO_CIRCUIT, "no-circuit"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NETWORK_OUT_OF_ORDER, "network-out-of-order"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_TEMPORARY_FAILURE, "temporary-failure"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_CONGESTION, "congestion"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_ACCESS_INFORMATION_DISCARDED, "access-information-discarded"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_REQUESTED_CIRCUIT_UNAVAILABLE, "requested-circuit-unavailable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_RESOURCE_UNAVAILABLE, "resource-unavailable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_QUALITY_UNAVAILABLE, "quality-unavailable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_FACILITY_NOT_SUBSCRIBED, "facility-not-subscribed"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_OUTGOING_BARRED, "outgoing-barred"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INCOMING_BARRED, "incoming-barred"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INCOMING_BARRED_IN_GROUP, "incoming-barred-in-group"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_BEARER_NOT_AUTHORIZED, "bearer-not-authorized"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_BEARER_UNAVAILABLE, "bearer-unavailable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_SERVICE_UNAVAILABLE, "service-unavailable"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_BEARER_NOT_IMPLEMENTED, "bearer-not-implemented"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_CHANNEL_NOT_IMPLEMENTED, "channel-not-implemented"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_FACILITY_NOT_IMPLEMENTED, "facility-not-implemented"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_ONLY_RESTRICTED_DIGITAL, "only-restricted-digital"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NOT_IMPLEMENTED, "not-implemented"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INVALID_CALL_REFERENCE, "invalid-call-reference"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NOT_MEMBER_OF_GROUP, "not-member-of-group"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INCOMPATIBLE_DESTINATION, "incompatible-destination"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_NON_EXISTENT_GROUP, "non-existent-group"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INVALID_TRANSIT_NETWORK, "invalid-transit-network"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INVALID_MESSAGE, "invalid-message"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_MANDATORY_ELEMENT_MISSING, "mandatory-element-missing"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_MESSAGE_TYPE_UNKNOWN, "message-type-unknown"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_MESSAGE_NOT_COMPATIBLE, "message-not-compatible"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_ELEMENT_UNKNOWN, "element-unknown"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INVALID_ELEMENT, "invalid-element"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_WRONG_CALL_STATE, "wrong-call-state"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_TIMER_EXPIRY, "timer-expiry"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_PARAMETER_UNKNOWN, "parameter-unknown"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_MESSAGE_DISCARDED, "message-discarded"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_PROTOCOL_ERROR, "protocol-error"),
    G_DEFINE_ENUM_VALUE (AHOY_CAUSE_INTERWORKING, "interworking"))

/* The texts of Q.850 table 1; and the status of RFC 3398 §7.2.4.1, 0 for that of its class. */
static const struct {
  AhoyCause cause;
  guint status;
  const char *text;
} causes[] = {
  { AHOY_CAUSE_UNALLOCATED_NUMBER, 404, "Unallocated (unassigned) number" },
  { AHOY_CAUSE_NO_ROUTE_TO_NETWORK, 404, "No route to specified transit network" },
  { AHOY_CAUSE_NO_ROUTE_TO_DESTINATION, 404, "No route to destination" },
  { AHOY_CAUSE_CHANNEL_UNACCEPTABLE, 0, "Channel unacceptable" },
  { AHOY_CAUSE_CALL_AWARDED, 0, "Call awarded and being delivered in an established channel" },
  { AHOY_CAUSE_NORMAL_CLEARING, 0, "Normal call clearing" },
  { AHOY_CAUSE_USER_BUSY, 486, "User busy" },
  { AHOY_CAUSE_NO_USER_RESPONDING, 408, "No user responding" },
  { AHOY_CAUSE_NO_ANSWER, 480, "No answer from user (user alerted)" },
  { AHOY_CAUSE_SUBSCRIBER_ABSENT, 480, "Subscriber absent" },
  { AHOY_CAUSE_CALL_REJECTED, 403, "Call rejected" },
  { AHOY_CAUSE_NUMBER_CHANGED, 410, "Number changed" },
  { AHOY_CAUSE_REDIRECTED, 410, "Redirection to new destination" },
  { AHOY_CAUSE_ROUTING_ERROR, 483, "Exchange routing error" },
  { AHOY_CAUSE_ANSWERED_ELSEWHERE, 404, "Non-selected user clearing" },
  { AHOY_CAUSE_DESTINATION_OUT_OF_ORDER, 502, "Destination out of order" },
  { AHOY_CAUSE_INVALID_NUMBER_FORMAT, 484, "Invalid number format (address incomplete)" },
  { AHOY_CAUSE_FACILITY_REJECTED, 501, "Facility rejected" },
  { AHOY_CAUSE_RESPONSE_TO_STATUS_ENQUIRY, 0, "Response to STATUS ENQUIRY" },
  { AHOY_CAUSE_NORMAL_UNSPECIFIED, 480, "Normal, unspecified" },
  { AHOY_CAUSE_NO_CIRCUIT, 503, "No circuit/channel available" },
  { AHOY_CAUSE_NETWORK_OUT_OF_ORDER, 503, "Network out of order" },
  { AHOY_CAUSE_TEMPORARY_FAILURE, 503, "Temporary failure" },
  { AHOY_CAUSE_CONGESTION, 503, "Switching equipment congestion" },
  { AHOY_CAUSE_ACCESS_INFORMATION_DISCARDED, 0, "Access information discarded" },
  { AHOY_CAUSE_REQUESTED_CIRCUIT_UNAVAILABLE, 503, "Requested circuit/channel not available" },
  { AHOY_CAUSE_RESOURCE_UNAVAILABLE, 503, "Resource unavailable, unspecified" },
  { AHOY_CAUSE_QUALITY_UNAVAILABLE, 503, "Quality of service not available" },
  { AHOY_CAUSE_FACILITY_NOT_SUBSCRIBED, 403, "Requested facility not subscribed" },
  { AHOY_CAUSE_OUTGOING_BARRED, 403, "Outgoing calls barred" },
  { AHOY_CAUSE_INCOMING_BARRED, 403, "Incoming calls barred" },
  { AHOY_CAUSE_INCOMING_BARRED_IN_GROUP, 403, "Incoming calls barred within CUG" },
  { AHOY_CAUSE_BEARER_NOT_AUTHORIZED, 403, "Bearer capability not authorized" },
  { AHOY_CAUSE_BEARER_UNAVAILABLE, 503, "Bearer capability not presently available" },
  { AHOY_CAUSE_SERVICE_UNAVAILABLE, 503, "Service or option not available, unspecified" },
  { AHOY_CAUSE_BEARER_NOT_IMPLEMENTED, 488, "Bearer capability not implemented" },
  { AHOY_CAUSE_CHANNEL_NOT_IMPLEMENTED, 501, "Channel type not implemented" },
  { AHOY_CAUSE_FACILITY_NOT_IMPLEMENTED, 501, "Requested facility not implemented" },
  { AHOY_CAUSE_ONLY_RESTRICTED_DIGITAL, 488,
    "Only restricted digital information bearer capability is available" },
  { AHOY_CAUSE_NOT_IMPLEMENTED, 501, "Service or option not implemented, unspecified" },
  { AHOY_CAUSE_INVALID_CALL_REFERENCE, 481, "Invalid call reference value" },
  { AHOY_CAUSE_NOT_MEMBER_OF_GROUP, 403, "User not member of CUG" },
  { AHOY_CAUSE_INCOMPATIBLE_DESTINATION, 503, "Incompatible destination" },
  { AHOY_CAUSE_NON_EXISTENT_GROUP, 403, "Non-existent CUG" },
  { AHOY_CAUSE_INVALID_TRANSIT_NETWORK, 404, "Invalid transit network selection" },
  { AHOY_CAUSE_INVALID_MESSAGE, 400, "Invalid message, unspecified" },
  { AHOY_CAUSE_MANDATORY_ELEMENT_MISSING, 500, "Mandatory information element is missing" },
  { AHOY_CAUSE_MESSAGE_TYPE_UNKNOWN, 500, "Message type non-existent or not implemented" },
  { AHOY_CAUSE_MESSAGE_NOT_COMPATIBLE, 500, "Message not compatible with call state" },
  { AHOY_CAUSE_ELEMENT_UNKNOWN, 500, "Information element non-existent or not implemented" },
  { AHOY_CAUSE_INVALID_ELEMENT, 500, "Invalid information element contents" },
  { AHOY_CAUSE_WRONG_CALL_STATE, 500, "Message not compatible with call state" },
  { AHOY_CAUSE_TIMER_EXPIRY, 504, "Recovery on timer expiry" },
  { AHOY_CAUSE_PARAMETER_UNKNOWN, 500, "Parameter non-existent or not implemented, passed on" },
  { AHOY_CAUSE_MESSAGE_DISCARDED, 500, "Message with unrecognized parameter, discarded" },
  { AHOY_CAUSE_PROTOCOL_ERROR, 500, "Protocol error, unspecified" },
  { AHOY_CAUSE_INTERWORKING, 500, "Interworking, unspecified" },
};

/* RFC 3398 §8.2.6.1, and for the statuses that came later what is nearest. */
static const struct {
  guint status;
  AhoyCause cause;
} statuses[] = {
  { 300, AHOY_CAUSE_REDIRECTED },
  { 301, AHOY_CAUSE_NUMBER_CHANGED },
  { 302, AHOY_CAUSE_REDIRECTED },
  { 305, AHOY_CAUSE_REDIRECTED },
  { 380, AHOY_CAUSE_REDIRECTED },
  { 400, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 401, AHOY_CAUSE_CALL_REJECTED },
  { 402, AHOY_CAUSE_CALL_REJECTED },
  { 403, AHOY_CAUSE_CALL_REJECTED },
  { 404, AHOY_CAUSE_UNALLOCATED_NUMBER },
  { 405, AHOY_CAUSE_SERVICE_UNAVAILABLE },
  { 406, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 407, AHOY_CAUSE_CALL_REJECTED },
  { 408, AHOY_CAUSE_TIMER_EXPIRY },
  { 410, AHOY_CAUSE_NUMBER_CHANGED },
  { 412, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 413, AHOY_CAUSE_INTERWORKING },
  { 414, AHOY_CAUSE_INTERWORKING },
  { 415, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 416, AHOY_CAUSE_INTERWORKING },
  { 417, AHOY_CAUSE_INTERWORKING },
  { 420, AHOY_CAUSE_INTERWORKING },
  { 421, AHOY_CAUSE_INTERWORKING },
  { 422, AHOY_CAUSE_INTERWORKING },
  { 423, AHOY_CAUSE_INTERWORKING },
  { 428, AHOY_CAUSE_CALL_REJECTED },
  { 429, AHOY_CAUSE_INTERWORKING },
  { 430, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 433, AHOY_CAUSE_CALL_REJECTED },
  { 436, AHOY_CAUSE_INTERWORKING },
  { 437, AHOY_CAUSE_INTERWORKING },
  { 438, AHOY_CAUSE_INTERWORKING },
  { 439, AHOY_CAUSE_INTERWORKING },
  { 440, AHOY_CAUSE_ROUTING_ERROR },
  { 469, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 470, AHOY_CAUSE_CALL_REJECTED },
  { 480, AHOY_CAUSE_NO_USER_RESPONDING },
  { 481, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 482, AHOY_CAUSE_ROUTING_ERROR },
  { 483, AHOY_CAUSE_ROUTING_ERROR },
  { 484, AHOY_CAUSE_INVALID_NUMBER_FORMAT },
  { 485, AHOY_CAUSE_UNALLOCATED_NUMBER },
  { 486, AHOY_CAUSE_USER_BUSY },
  { 487, AHOY_CAUSE_NORMAL_CLEARING },
  { 488, AHOY_CAUSE_BEARER_NOT_IMPLEMENTED },
  { 489, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 491, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 493, AHOY_CAUSE_INTERWORKING },
  { 494, AHOY_CAUSE_CALL_REJECTED },
  { 500, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 501, AHOY_CAUSE_NOT_IMPLEMENTED },
  { 502, AHOY_CAUSE_NETWORK_OUT_OF_ORDER },
  { 503, AHOY_CAUSE_TEMPORARY_FAILURE },
  { 504, AHOY_CAUSE_TIMER_EXPIRY },
  { 505, AHOY_CAUSE_INTERWORKING },
  { 513, AHOY_CAUSE_INTERWORKING },
  { 580, AHOY_CAUSE_RESOURCE_UNAVAILABLE },
  { 600, AHOY_CAUSE_USER_BUSY },
  { 603, AHOY_CAUSE_CALL_REJECTED },
  { 604, AHOY_CAUSE_UNALLOCATED_NUMBER },
  { 606, AHOY_CAUSE_BEARER_UNAVAILABLE },
  { 607, AHOY_CAUSE_CALL_REJECTED },
  { 608, AHOY_CAUSE_CALL_REJECTED },
};

/**
 * ahoy_cause_from_status:
 * @status: a SIP status
 *
 * Returns: the cause that stands for the status (RFC 3398 §8.2.6.1): that of a call that was hung
 *   up for 2xx, %AHOY_CAUSE_NORMAL_UNSPECIFIED for one that has none of its own, and
 *   %AHOY_CAUSE_NONE for 0 and 1xx
 *
 * Since: 0.1
 */
AhoyCause
ahoy_cause_from_status (guint status)
{
  if (status < 200) {
    return AHOY_CAUSE_NONE;
  }
  if (status < 300) {
    return AHOY_CAUSE_NORMAL_CLEARING;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (statuses[i].status == status) {
      return statuses[i].cause;
    }
  }
  return AHOY_CAUSE_NORMAL_UNSPECIFIED;
}

/* RFC 3398 §7.2.4.1: a cause that is not known counts as the last one of its class. */
static guint
status_of_class (guint cause)
{
  if (cause < 32) {
    return 480;
  }
  if (cause < 64) {
    return 503;
  }
  if (cause < 80) {
    return 501;
  }
  return cause < 96 ? 400 : 500;
}

/**
 * ahoy_cause_to_status:
 * @self: a cause, also one that has no name
 *
 * Returns: the SIP status with which a call that was not answered is refused for that cause
 *   (RFC 3398 §7.2.4.1); 0 for %AHOY_CAUSE_NONE and for numbers over 127
 *
 * Since: 0.1
 */
guint
ahoy_cause_to_status (AhoyCause self)
{
  guint number = (guint) self;

  if (number == 0 || number > 127) {
    return 0;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++) {
    if (causes[i].cause == self && causes[i].status != 0) {
      return causes[i].status;
    }
  }
  return status_of_class (number);
}

/**
 * ahoy_cause_get_text:
 * @self: a cause
 *
 * Returns: (transfer none) (nullable): what Q.850 calls it, such as `User busy`; %NULL for a number
 *   that has no name
 *
 * Since: 0.1
 */
const char *
ahoy_cause_get_text (AhoyCause self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++) {
    if (causes[i].cause == self) {
      return causes[i].text;
    }
  }
  return NULL;
}
