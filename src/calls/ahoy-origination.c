/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-origination.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyOrigination:
 *
 * A call between two others that we set up: the first is called, and when it answers it goes
 * through steps, of which `dial` calls the second. Both meet in one bridge, which is there from the
 * beginning with the first as its member, and ends when nobody is in it any more.
 *
 * The first hears that it rings at the second, and what the second says before it answers. When
 * nobody answers, the first is hung up on with the reason (RFC 3326), unless another step follows.
 *
 * The bridge keeps the origination as long as it lasts: nobody else has to.
 *
 * Since: 0.1
 */
struct _AhoyOrigination {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it outlives the calls */
  AhoySession *first;
  AhoyRouteProgram *program;
  char *context;
  AhoyBridge *bridge;
};

#define KEY "ahoy-origination"

G_DEFINE_FINAL_TYPE (AhoyOrigination, ahoy_origination, G_TYPE_OBJECT)

static void
ahoy_origination_finalize (GObject *object)
{
  AhoyOrigination *self = AHOY_ORIGINATION (object);

  g_clear_object (&self->bridge);
  g_clear_object (&self->first);
  ahoy_route_program_unref (self->program);
  g_free (self->context);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_origination_parent_class)->finalize (object);
}

static void
ahoy_origination_class_init (AhoyOriginationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_origination_finalize;
}

static void
ahoy_origination_init (AhoyOrigination *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
          const char *reason, AhoyOrigination *self)
{
  g_autoptr (AhoySession) hold = g_object_ref (session);
  g_autoptr (GError) error = NULL;

  if (state != AHOY_SESSION_ACTIVE) {
    return;
  }
  if (!ahoy_call_router_run_in (self->router, session, self->program, self->context, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " answered, and goes no further: %s",
               ahoy_session_get_id (session), error->message);
    ahoy_session_hangup (session);
  }
}

/* Nobody is in the bridge: whoever was called has left it, or never got there. */
static void
end_if_empty (AhoyOrigination *self)
{
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (self->bridge);

  if (members->len == 0) {
    ahoy_bridge_destroy (self->bridge);
  }
}

static void
on_member_removed (AhoyBridge *bridge, AhoyBridgeMember *member, AhoyOrigination *self)
{
  end_if_empty (self);
}

static void
on_ended (AhoySession *session, AhoyOrigination *self)
{
  g_autoptr (AhoyOrigination) hold = g_object_ref (self);

  g_signal_handlers_disconnect_by_data (session, self);
  ahoy_bridge_remove (self->bridge, AHOY_BRIDGE_MEMBER (session));
  end_if_empty (self);
}

/* When the bridge is over nothing is left to do; a call that still rings is given up. */
static void
on_destroyed (AhoyBridge *bridge, AhoyOrigination *self)
{
  g_autoptr (AhoyOrigination) hold = g_object_ref (self);

  g_signal_handlers_disconnect_by_data (bridge, self);
  g_signal_handlers_disconnect_by_data (self->first, self);
  g_object_set_data (G_OBJECT (bridge), KEY, NULL);
  if (ahoy_session_get_state (self->first) < AHOY_SESSION_ACTIVE) {
    ahoy_session_hangup (self->first);
  }
}

/**
 * ahoy_origination_new:
 * @router: the router whose steps the first goes through; it has to outlive the call
 * @first: an outgoing call that is not answered yet
 * @program: the steps for it when it answers, such as `dial(bob)`
 * @context: (nullable): where a step `goto` among them looks, unless it says so itself
 * @error: return location for an error
 *
 * Takes care of a call that was just begun: when it is answered the steps follow. The bridge is
 * announced by AhoyCallRouter::bridge-added.
 *
 * Returns: (transfer full): an origination; %NULL with an error of
 *   ahoy_call_router_check_program(), or with %AHOY_ERROR_INVALID_STATE when the call is no
 * outgoing one that waits for an answer
 *
 * Since: 0.1
 */
AhoyOrigination *
ahoy_origination_new (AhoyCallRouter *router, AhoySession *first, AhoyRouteProgram *program,
                      const char *context, GError **error)
{
  AhoyOrigination *self;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_SESSION (first), NULL);
  g_return_val_if_fail (program != NULL, NULL);

  if (ahoy_session_get_direction (first) != AHOY_SESSION_OUTGOING ||
      ahoy_session_get_state (first) >= AHOY_SESSION_ACTIVE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is %s and %s; only an outgoing call that was not "
                 "answered yet can be the first of two",
                 ahoy_session_get_id (first),
                 ahoy_session_direction_to_string (ahoy_session_get_direction (first)),
                 ahoy_session_state_to_string (ahoy_session_get_state (first)));
    return NULL;
  }
  if (!ahoy_call_router_check_program (router, program, error)) {
    return NULL;
  }
  self = g_object_new (AHOY_TYPE_ORIGINATION, NULL);
  self->router = router;
  self->first = g_object_ref (first);
  self->program = ahoy_route_program_ref (program);
  self->context = g_strdup (context);
  self->bridge = ahoy_bridge_new ();
  ahoy_call_router_announce_bridge (router, self->bridge);
  ahoy_bridge_add (self->bridge, AHOY_BRIDGE_MEMBER (first), NULL);
  g_signal_connect (self->bridge, "member-removed", G_CALLBACK (on_member_removed), self);
  g_signal_connect (self->bridge, "destroyed", G_CALLBACK (on_destroyed), self);
  g_signal_connect (first, "state-changed", G_CALLBACK (on_state), self);
  g_signal_connect (first, "ended", G_CALLBACK (on_ended), self);
  g_object_set_data_full (G_OBJECT (self->bridge), KEY, g_object_ref (self), g_object_unref);
  return self;
}

/**
 * ahoy_origination_get_bridge:
 * @self: an origination
 *
 * Returns: (transfer none): where both meet
 *
 * Since: 0.1
 */
AhoyBridge *
ahoy_origination_get_bridge (AhoyOrigination *self)
{
  g_return_val_if_fail (AHOY_IS_ORIGINATION (self), NULL);

  return self->bridge;
}

/**
 * ahoy_origination_get_first:
 * @self: an origination
 *
 * Returns: (transfer none): the one who is called first
 *
 * Since: 0.1
 */
AhoySession *
ahoy_origination_get_first (AhoyOrigination *self)
{
  g_return_val_if_fail (AHOY_IS_ORIGINATION (self), NULL);

  return self->first;
}
