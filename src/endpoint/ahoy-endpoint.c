/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-stack-gate-private.h"

/**
 * AhoyEndpoint:
 *
 * Somebody that Ahoy speaks SIP with: a phone, a trunk, a browser. Each request that is accepted
 * comes from one; #AhoyMessage carries it, see ahoy_message_get_endpoint().
 *
 * What an endpoint may do and how it is spoken to stands in its configuration; this is what it does
 * now.
 *
 * Since: 0.1
 */
struct _AhoyEndpoint {
  GObject parent_instance;

  AhoyEndpointConfig *config;
  AhoyEndpointState state;
  gboolean maintenance;
  guint active_sessions;
};

enum {
  PROP_0,
  PROP_NAME,
  PROP_CONFIG,
  PROP_STATE,
  PROP_MAINTENANCE,
  PROP_ACTIVE_SESSIONS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ENUM_TYPE (AhoyEndpointState, ahoy_endpoint_state,
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_AVAILABLE, "available"),
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_UNREACHABLE, "unreachable"),
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_DISABLED, "disabled"))

G_DEFINE_FINAL_TYPE (AhoyEndpoint, ahoy_endpoint, G_TYPE_OBJECT)

static void
ahoy_endpoint_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyEndpoint *self = AHOY_ENDPOINT (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, ahoy_endpoint_get_name (self));
    break;
  case PROP_CONFIG:
    g_value_set_object (value, self->config);
    break;
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  case PROP_MAINTENANCE:
    g_value_set_boolean (value, self->maintenance);
    break;
  case PROP_ACTIVE_SESSIONS:
    g_value_set_uint (value, self->active_sessions);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_endpoint_finalize (GObject *object)
{
  g_clear_object (&AHOY_ENDPOINT (object)->config);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_endpoint_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyEndpoint:name:
   *
   * Its name in the configuration.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * AhoyEndpoint:config:
   *
   * Its configuration; another object when that was read anew.
   *
   * Since: 0.1
   */
  props[PROP_CONFIG] =
      g_param_spec_object ("config", NULL, NULL, AHOY_TYPE_ENDPOINT_CONFIG, flags);
  /**
   * AhoyEndpoint:state:
   *
   * Whether it can be reached.
   *
   * Since: 0.1
   */
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, AHOY_TYPE_ENDPOINT_STATE,
                                         AHOY_ENDPOINT_UNKNOWN, flags);
  /**
   * AhoyEndpoint:maintenance:
   *
   * Whether it begins no new calls for now.
   *
   * Since: 0.1
   */
  props[PROP_MAINTENANCE] = g_param_spec_boolean ("maintenance", NULL, NULL, FALSE, flags);
  /**
   * AhoyEndpoint:active-sessions:
   *
   * How many calls it has, in both directions.
   *
   * Since: 0.1
   */
  props[PROP_ACTIVE_SESSIONS] =
      g_param_spec_uint ("active-sessions", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_endpoint_class_init (AhoyEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_endpoint_get_property;
  object_class->finalize = ahoy_endpoint_finalize;
  install_properties (object_class);
}

static void
ahoy_endpoint_init (AhoyEndpoint *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_endpoint_new:
 * @config: its configuration
 *
 * Returns: (transfer full): a new endpoint, in no registry yet
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_endpoint_new (AhoyEndpointConfig *config)
{
  AhoyEndpoint *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_CONFIG (config), NULL);

  self = g_object_new (AHOY_TYPE_ENDPOINT, NULL);
  self->config = g_object_ref (config);
  return self;
}

/**
 * ahoy_endpoint_get_name:
 * @self: an endpoint
 *
 * Returns: (transfer none): its name in the configuration
 *
 * Since: 0.1
 */
const char *
ahoy_endpoint_get_name (AhoyEndpoint *self)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), NULL);

  return ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (self->config));
}

/**
 * ahoy_endpoint_get_config:
 * @self: an endpoint
 *
 * Returns: (transfer none): its configuration
 *
 * Since: 0.1
 */
AhoyEndpointConfig *
ahoy_endpoint_get_config (AhoyEndpoint *self)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), NULL);

  return self->config;
}

/**
 * ahoy_endpoint_set_config:
 * @self: an endpoint
 * @config: its new configuration, of the same name
 * @error: return location for an error
 *
 * Takes another configuration; calls that run keep what they began with.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when the configuration is
 *   that of another endpoint
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_set_config (AhoyEndpoint *self, AhoyEndpointConfig *config, GError **error)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_CONFIG (config), FALSE);

  name = ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config));
  if (g_strcmp0 (name, ahoy_endpoint_get_name (self)) != 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The configuration of endpoint “%s” cannot be that of endpoint “%s”", name,
                 ahoy_endpoint_get_name (self));
    return FALSE;
  }
  if (g_set_object (&self->config, config)) {
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONFIG]);
  }
  return TRUE;
}

/**
 * ahoy_endpoint_get_state:
 * @self: an endpoint
 *
 * Returns: whether it can be reached
 *
 * Since: 0.1
 */
AhoyEndpointState
ahoy_endpoint_get_state (AhoyEndpoint *self)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), AHOY_ENDPOINT_UNKNOWN);

  return self->state;
}

/**
 * ahoy_endpoint_set_state:
 * @self: an endpoint
 * @state: how it is now
 *
 * For who finds out whether endpoints can be reached.
 *
 * Since: 0.1
 */
void
ahoy_endpoint_set_state (AhoyEndpoint *self, AhoyEndpointState state)
{
  g_return_if_fail (AHOY_IS_ENDPOINT (self));

  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  }
}

/**
 * ahoy_endpoint_get_maintenance:
 * @self: an endpoint
 *
 * Returns: whether it begins no new calls for now
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_get_maintenance (AhoyEndpoint *self)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), FALSE);

  return self->maintenance;
}

/**
 * ahoy_endpoint_set_maintenance:
 * @self: an endpoint
 * @maintenance: whether it begins no new calls for now
 *
 * Takes an endpoint out of service, or back. Calls that run go on.
 *
 * Since: 0.1
 */
void
ahoy_endpoint_set_maintenance (AhoyEndpoint *self, gboolean maintenance)
{
  g_return_if_fail (AHOY_IS_ENDPOINT (self));

  if (self->maintenance != (maintenance != FALSE)) {
    self->maintenance = maintenance != FALSE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAINTENANCE]);
  }
}

/**
 * ahoy_endpoint_get_active_sessions:
 * @self: an endpoint
 *
 * Returns: how many calls it has
 *
 * Since: 0.1
 */
guint
ahoy_endpoint_get_active_sessions (AhoyEndpoint *self)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), 0);

  return self->active_sessions;
}

/**
 * ahoy_endpoint_begin_session:
 * @self: an endpoint
 *
 * It has one more call. To be followed by ahoy_endpoint_end_session() once.
 *
 * Since: 0.1
 */
void
ahoy_endpoint_begin_session (AhoyEndpoint *self)
{
  g_return_if_fail (AHOY_IS_ENDPOINT (self));

  self->active_sessions++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE_SESSIONS]);
}

/**
 * ahoy_endpoint_end_session:
 * @self: an endpoint
 *
 * One of its calls is over.
 *
 * Since: 0.1
 */
void
ahoy_endpoint_end_session (AhoyEndpoint *self)
{
  g_return_if_fail (AHOY_IS_ENDPOINT (self));
  g_return_if_fail (self->active_sessions > 0);

  self->active_sessions--;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE_SESSIONS]);
}

/**
 * ahoy_endpoint_is_anonymous:
 * @self: an endpoint
 *
 * Returns: whether it stands for those who are nobody: its name is `anonymous`, or
 *   `anonymous@example.org` for one domain
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_is_anonymous (AhoyEndpoint *self)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), FALSE);

  name = ahoy_endpoint_get_name (self);
  return g_str_equal (name, "anonymous") || g_str_has_prefix (name, "anonymous@");
}

/**
 * ahoy_endpoint_is_identified_by:
 * @self: an endpoint
 * @means: the name of an identifier, such as `username` or `ip`
 *
 * Returns: whether requests may be found to be of this endpoint by @means: it is not disabled, and
 *   its key `identify` says so
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_is_identified_by (AhoyEndpoint *self, const char *means)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (means != NULL, FALSE);

  return self->state != AHOY_ENDPOINT_DISABLED &&
         ahoy_config_object_list_contains (AHOY_CONFIG_OBJECT (self->config), "identify", means);
}

/**
 * ahoy_message_get_endpoint:
 * @message: a message
 *
 * Returns: (transfer none) (nullable): the endpoint that the request came from, or that a request
 *   of ours is sent for, and its answer with it; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_message_get_endpoint (AhoyMessage *message)
{
  GObject *party;

  g_return_val_if_fail (AHOY_IS_MESSAGE (message), NULL);

  party = ahoy_message_peek_party (message);
  return AHOY_IS_ENDPOINT (party) ? AHOY_ENDPOINT (party) : NULL;
}

/**
 * ahoy_message_set_endpoint:
 * @message: a request
 * @endpoint: (nullable): who it came from, or whom it is sent for
 *
 * Says which endpoint a request came from. Requests of the dialog that it begins come from the same
 * one. A request of ours is proved to others with the accounts of its endpoint, see
 * #AhoyDigestClient.
 *
 * Since: 0.1
 */
void
ahoy_message_set_endpoint (AhoyMessage *message, AhoyEndpoint *endpoint)
{
  g_return_if_fail (AHOY_IS_MESSAGE (message));
  g_return_if_fail (endpoint == NULL || AHOY_IS_ENDPOINT (endpoint));

  ahoy_message_set_party (message, endpoint != NULL ? G_OBJECT (endpoint) : NULL);
}

/**
 * ahoy_endpoint_dup_display_name:
 * @self: an endpoint
 *
 * Returns: (transfer full) (nullable): what people call it: what stands before the number in its
 *   `caller-id`, without quotation marks; %NULL when nothing does
 *
 * Since: 0.1
 */
char *
ahoy_endpoint_dup_display_name (AhoyEndpoint *self)
{
  const char *caller;
  const char *open;
  g_autofree char *name = NULL;
  GString *plain;
  gsize length;

  g_return_val_if_fail (AHOY_IS_ENDPOINT (self), NULL);

  caller = ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (self->config), "caller-id");
  open = caller != NULL ? strrchr (caller, '<') : NULL;
  if (open == NULL) {
    return NULL;
  }
  name = g_strstrip (g_strndup (caller, (gsize) (open - caller)));
  length = strlen (name);
  if (length < 2 || name[0] != '"' || name[length - 1] != '"') {
    return length > 0 ? g_steal_pointer (&name) : NULL;
  }
  /* RFC 3261 §25.1: quoted-string */
  plain = g_string_new (NULL);
  for (gsize i = 1; i + 1 < length; i++) {
    i += name[i] == '\\' && i + 2 < length;
    g_string_append_c (plain, name[i]);
  }
  return g_string_free (plain, FALSE);
}

/**
 * ahoy_endpoint_add_headers:
 * @self: an endpoint
 * @message: a message that was not sent yet
 *
 * Adds the headers that the key `headers` of the endpoint names, instead of those of the same name
 * that the message had. Ahoy does so with requests to an endpoint that belong to no dialog or begin
 * one, and with its answers to such requests of an endpoint.
 *
 * Since: 0.1
 */
void
ahoy_endpoint_add_headers (AhoyEndpoint *self, AhoyMessage *message)
{
  g_return_if_fail (AHOY_IS_ENDPOINT (self));
  g_return_if_fail (AHOY_IS_MESSAGE (message));

  ahoy_message_put_headers (
      message, ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (self->config), "headers"));
}
