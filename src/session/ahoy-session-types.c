/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-types.h"

G_DEFINE_ENUM_TYPE (AhoySessionDirection, ahoy_session_direction,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_INCOMING, "incoming"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_OUTGOING, "outgoing"))

G_DEFINE_ENUM_TYPE (AhoySessionState, ahoy_session_state,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_TRYING, "trying"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_RINGING, "ringing"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_ACTIVE, "active"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_ENDING, "ending"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_ENDED, "ended"))

G_DEFINE_ENUM_TYPE (AhoySessionParty, ahoy_session_party,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_PARTY_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_PARTY_LOCAL, "local"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_PARTY_REMOTE, "remote"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_PARTY_NETWORK, "network"))

G_DEFINE_ENUM_TYPE (AhoySessionHold, ahoy_session_hold,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_HOLD_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_HOLD_LOCAL, "local"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_HOLD_REMOTE, "remote"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_HOLD_BOTH, "both"))

static const char *
nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *entry = g_enum_get_value (klass, value);

  return entry != NULL ? entry->value_nick : "none";
}

/**
 * ahoy_session_direction_to_string:
 * @self: a direction
 *
 * Returns: (transfer none): `incoming` or `outgoing`
 *
 * Since: 0.1
 */
const char *
ahoy_session_direction_to_string (AhoySessionDirection self)
{
  return nick (AHOY_TYPE_SESSION_DIRECTION, (int) self);
}

/**
 * ahoy_session_state_to_string:
 * @self: a state
 *
 * Returns: (transfer none): the word for the state, such as `ringing`
 *
 * Since: 0.1
 */
const char *
ahoy_session_state_to_string (AhoySessionState self)
{
  return nick (AHOY_TYPE_SESSION_STATE, (int) self);
}

/**
 * ahoy_session_party_to_string:
 * @self: a party
 *
 * Returns: (transfer none): `none`, `local`, `remote` or `network`
 *
 * Since: 0.1
 */
const char *
ahoy_session_party_to_string (AhoySessionParty self)
{
  return nick (AHOY_TYPE_SESSION_PARTY, (int) self);
}

/**
 * ahoy_session_hold_to_string:
 * @self: a hold state
 *
 * Returns: (transfer none): `none`, `local`, `remote` or `both`
 *
 * Since: 0.1
 */
const char *
ahoy_session_hold_to_string (AhoySessionHold self)
{
  return nick (AHOY_TYPE_SESSION_HOLD, (int) self);
}
