/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyCause:
 * @AHOY_CAUSE_NONE: none
 * @AHOY_CAUSE_UNALLOCATED_NUMBER: unallocated number
 * @AHOY_CAUSE_NO_ROUTE_TO_NETWORK: no route to the transit network
 * @AHOY_CAUSE_NO_ROUTE_TO_DESTINATION: no route to the destination
 * @AHOY_CAUSE_CHANNEL_UNACCEPTABLE: the channel cannot be used
 * @AHOY_CAUSE_CALL_AWARDED: delivered in a channel that is there already
 * @AHOY_CAUSE_NORMAL_CLEARING: somebody hung up
 * @AHOY_CAUSE_USER_BUSY: the user is busy
 * @AHOY_CAUSE_NO_USER_RESPONDING: nothing at the user answers
 * @AHOY_CAUSE_NO_ANSWER: it rang, and nobody answered
 * @AHOY_CAUSE_SUBSCRIBER_ABSENT: the user is not there
 * @AHOY_CAUSE_CALL_REJECTED: the call was refused
 * @AHOY_CAUSE_NUMBER_CHANGED: the number changed
 * @AHOY_CAUSE_REDIRECTED: redirected to another destination
 * @AHOY_CAUSE_ROUTING_ERROR: the call goes in circles
 * @AHOY_CAUSE_ANSWERED_ELSEWHERE: another one has the call: non-selected user clearing
 * @AHOY_CAUSE_DESTINATION_OUT_OF_ORDER: the destination is out of order
 * @AHOY_CAUSE_INVALID_NUMBER_FORMAT: the number is not complete or has no known format
 * @AHOY_CAUSE_FACILITY_REJECTED: a facility was refused
 * @AHOY_CAUSE_RESPONSE_TO_STATUS_ENQUIRY: answer to a question for the status
 * @AHOY_CAUSE_NORMAL_UNSPECIFIED: normal, with no more to say
 * @AHOY_CAUSE_NO_CIRCUIT: no circuit or channel is free
 * @AHOY_CAUSE_NETWORK_OUT_OF_ORDER: the network is out of order
 * @AHOY_CAUSE_TEMPORARY_FAILURE: a failure that will pass
 * @AHOY_CAUSE_CONGESTION: too much to do
 * @AHOY_CAUSE_ACCESS_INFORMATION_DISCARDED: something was left out on the way
 * @AHOY_CAUSE_REQUESTED_CIRCUIT_UNAVAILABLE: the wanted channel is not free
 * @AHOY_CAUSE_RESOURCE_UNAVAILABLE: something is missing, with no more to say
 * @AHOY_CAUSE_QUALITY_UNAVAILABLE: the wanted quality is not there
 * @AHOY_CAUSE_FACILITY_NOT_SUBSCRIBED: the facility was not booked
 * @AHOY_CAUSE_OUTGOING_BARRED: outgoing calls are barred
 * @AHOY_CAUSE_INCOMING_BARRED: incoming calls are barred
 * @AHOY_CAUSE_INCOMING_BARRED_IN_GROUP: incoming calls are barred within the closed user group
 * @AHOY_CAUSE_BEARER_NOT_AUTHORIZED: the kind of media is not allowed
 * @AHOY_CAUSE_BEARER_UNAVAILABLE: the kind of media is not to be had now
 * @AHOY_CAUSE_SERVICE_UNAVAILABLE: the service is not to be had
 * @AHOY_CAUSE_BEARER_NOT_IMPLEMENTED: the kind of media is not known
 * @AHOY_CAUSE_CHANNEL_NOT_IMPLEMENTED: the kind of channel is not known
 * @AHOY_CAUSE_FACILITY_NOT_IMPLEMENTED: the facility is not known
 * @AHOY_CAUSE_ONLY_RESTRICTED_DIGITAL: only restricted digital media is to be had
 * @AHOY_CAUSE_NOT_IMPLEMENTED: not known, with no more to say
 * @AHOY_CAUSE_INVALID_CALL_REFERENCE: the call is not known
 * @AHOY_CAUSE_NOT_MEMBER_OF_GROUP: the user is no member of the closed user group
 * @AHOY_CAUSE_INCOMPATIBLE_DESTINATION: the destination cannot take such a call
 * @AHOY_CAUSE_NON_EXISTENT_GROUP: there is no such closed user group
 * @AHOY_CAUSE_INVALID_TRANSIT_NETWORK: the transit network is not valid
 * @AHOY_CAUSE_INVALID_MESSAGE: a message was not valid
 * @AHOY_CAUSE_MANDATORY_ELEMENT_MISSING: something that is needed is missing
 * @AHOY_CAUSE_MESSAGE_TYPE_UNKNOWN: the kind of message is not known
 * @AHOY_CAUSE_MESSAGE_NOT_COMPATIBLE: the message does not fit to the state of the call
 * @AHOY_CAUSE_ELEMENT_UNKNOWN: a part of a message is not known
 * @AHOY_CAUSE_INVALID_ELEMENT: a part of a message has no valid content
 * @AHOY_CAUSE_WRONG_CALL_STATE: the message does not fit to the state of the call
 * @AHOY_CAUSE_TIMER_EXPIRY: nobody said anything in time
 * @AHOY_CAUSE_PARAMETER_UNKNOWN: a parameter is not known and was passed on
 * @AHOY_CAUSE_MESSAGE_DISCARDED: a message with an unknown parameter was thrown away
 * @AHOY_CAUSE_PROTOCOL_ERROR: an error of the protocol, with no more to say
 * @AHOY_CAUSE_INTERWORKING: something between two kinds of network
 *
 * Why a call ended, as telephone networks count it (ITU-T Q.850 table 1). The values are the
 * numbers that stand in a Reason header (RFC 3326); any number of 1 to 127 may come from a peer.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CAUSE_NONE = 0,
  AHOY_CAUSE_UNALLOCATED_NUMBER = 1,
  AHOY_CAUSE_NO_ROUTE_TO_NETWORK = 2,
  AHOY_CAUSE_NO_ROUTE_TO_DESTINATION = 3,
  AHOY_CAUSE_CHANNEL_UNACCEPTABLE = 6,
  AHOY_CAUSE_CALL_AWARDED = 7,
  AHOY_CAUSE_NORMAL_CLEARING = 16,
  AHOY_CAUSE_USER_BUSY = 17,
  AHOY_CAUSE_NO_USER_RESPONDING = 18,
  AHOY_CAUSE_NO_ANSWER = 19,
  AHOY_CAUSE_SUBSCRIBER_ABSENT = 20,
  AHOY_CAUSE_CALL_REJECTED = 21,
  AHOY_CAUSE_NUMBER_CHANGED = 22,
  AHOY_CAUSE_REDIRECTED = 23,
  AHOY_CAUSE_ROUTING_ERROR = 25,
  AHOY_CAUSE_ANSWERED_ELSEWHERE = 26,
  AHOY_CAUSE_DESTINATION_OUT_OF_ORDER = 27,
  AHOY_CAUSE_INVALID_NUMBER_FORMAT = 28,
  AHOY_CAUSE_FACILITY_REJECTED = 29,
  AHOY_CAUSE_RESPONSE_TO_STATUS_ENQUIRY = 30,
  AHOY_CAUSE_NORMAL_UNSPECIFIED = 31,
  AHOY_CAUSE_NO_CIRCUIT = 34,
  AHOY_CAUSE_NETWORK_OUT_OF_ORDER = 38,
  AHOY_CAUSE_TEMPORARY_FAILURE = 41,
  AHOY_CAUSE_CONGESTION = 42,
  AHOY_CAUSE_ACCESS_INFORMATION_DISCARDED = 43,
  AHOY_CAUSE_REQUESTED_CIRCUIT_UNAVAILABLE = 44,
  AHOY_CAUSE_RESOURCE_UNAVAILABLE = 47,
  AHOY_CAUSE_QUALITY_UNAVAILABLE = 49,
  AHOY_CAUSE_FACILITY_NOT_SUBSCRIBED = 50,
  AHOY_CAUSE_OUTGOING_BARRED = 52,
  AHOY_CAUSE_INCOMING_BARRED = 54,
  AHOY_CAUSE_INCOMING_BARRED_IN_GROUP = 55,
  AHOY_CAUSE_BEARER_NOT_AUTHORIZED = 57,
  AHOY_CAUSE_BEARER_UNAVAILABLE = 58,
  AHOY_CAUSE_SERVICE_UNAVAILABLE = 63,
  AHOY_CAUSE_BEARER_NOT_IMPLEMENTED = 65,
  AHOY_CAUSE_CHANNEL_NOT_IMPLEMENTED = 66,
  AHOY_CAUSE_FACILITY_NOT_IMPLEMENTED = 69,
  AHOY_CAUSE_ONLY_RESTRICTED_DIGITAL = 70,
  AHOY_CAUSE_NOT_IMPLEMENTED = 79,
  AHOY_CAUSE_INVALID_CALL_REFERENCE = 81,
  AHOY_CAUSE_NOT_MEMBER_OF_GROUP = 87,
  AHOY_CAUSE_INCOMPATIBLE_DESTINATION = 88,
  AHOY_CAUSE_NON_EXISTENT_GROUP = 90,
  AHOY_CAUSE_INVALID_TRANSIT_NETWORK = 91,
  AHOY_CAUSE_INVALID_MESSAGE = 95,
  AHOY_CAUSE_MANDATORY_ELEMENT_MISSING = 96,
  AHOY_CAUSE_MESSAGE_TYPE_UNKNOWN = 97,
  AHOY_CAUSE_MESSAGE_NOT_COMPATIBLE = 98,
  AHOY_CAUSE_ELEMENT_UNKNOWN = 99,
  AHOY_CAUSE_INVALID_ELEMENT = 100,
  AHOY_CAUSE_WRONG_CALL_STATE = 101,
  AHOY_CAUSE_TIMER_EXPIRY = 102,
  AHOY_CAUSE_PARAMETER_UNKNOWN = 103,
  AHOY_CAUSE_MESSAGE_DISCARDED = 110,
  AHOY_CAUSE_PROTOCOL_ERROR = 111,
  AHOY_CAUSE_INTERWORKING = 127,
} AhoyCause;

#define AHOY_TYPE_CAUSE (ahoy_cause_get_type ())
AHOY_API
GType ahoy_cause_get_type (void);

AHOY_API
AhoyCause ahoy_cause_from_status (guint status);
AHOY_API
guint ahoy_cause_to_status (AhoyCause self);
AHOY_API
const char *ahoy_cause_get_text (AhoyCause self);

G_END_DECLS
