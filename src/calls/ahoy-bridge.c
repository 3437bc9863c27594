/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-session.h"

/**
 * AhoyBridge:
 *
 * Two members that hear each other, such as the legs of a call that goes through.
 *
 * The media of both are joined as soon as there are any, and again whenever something new is agreed
 * on. What one peer does to its call is passed to the other: hold and resume, digits, and INFO and
 * MESSAGE inside the dialog. A member that is over leaves; the other one stays.
 *
 * Since: 0.1
 */
struct _AhoyBridge {
  GObject parent_instance;

  guint64 id;
  GPtrArray *members; /* Member */
  AhoyBridgeMode mode;
  gboolean destroyed;
};

#define MAX_MEMBERS 2
#define MEMBER_KEY "ahoy-bridge"

typedef struct {
  AhoyBridge *bridge; /* not a reference */
  AhoyBridgeMember *member;
  AhoyMediaStream *media; /* what was joined last */
  gboolean held;          /* the peer of the other one holds, and this one was told */
} Member;

enum { PROP_0, PROP_ID, PROP_MODE, N_PROPS };
enum { SIGNAL_MEMBER_ADDED, SIGNAL_MEMBER_REMOVED, SIGNAL_DESTROYED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyBridge, ahoy_bridge, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyBridgeMode, ahoy_bridge_mode,
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_RELAY, "relay"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_TRANSCODE, "transcode"))

/**
 * ahoy_bridge_mode_to_string:
 * @self: a mode
 *
 * Returns: (transfer none): its name, such as `relay`
 *
 * Since: 0.1
 */
const char *
ahoy_bridge_mode_to_string (AhoyBridgeMode self)
{
  static const char *const names[] = { "none", "relay", "transcode" };

  g_return_val_if_fail ((gsize) self < G_N_ELEMENTS (names), NULL);

  return names[self];
}

static Member *
find_member (AhoyBridge *self, AhoyBridgeMember *member)
{
  for (guint i = 0; i < self->members->len; i++) {
    Member *entry = self->members->pdata[i];

    if (entry->member == member) {
      return entry;
    }
  }
  return NULL;
}

static Member *
find_other (Member *member)
{
  GPtrArray *members = member->bridge->members;

  for (guint i = 0; i < members->len; i++) {
    if (members->pdata[i] != member) {
      return members->pdata[i];
    }
  }
  return NULL;
}

static AhoySession *
session_of (Member *member)
{
  return member != NULL && AHOY_IS_SESSION (member->member) ? AHOY_SESSION (member->member) : NULL;
}

static void
set_mode (AhoyBridge *self, AhoyBridgeMode mode)
{
  if (self->mode != mode) {
    self->mode = mode;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODE]);
  }
}

static void
part_media (Member *member)
{
  if (member->media != NULL) {
    ahoy_media_stream_part (member->media);
    g_clear_object (&member->media);
  }
}

static gboolean
take_media (Member *member)
{
  AhoyMediaStream *media = ahoy_bridge_member_get_media (member->member, "audio");

  if (media != member->media) {
    part_media (member);
    member->media = media != NULL ? g_object_ref (media) : NULL;
  }
  return media != NULL;
}

/* Both media, if there are two, hear each other. */
static void
update (AhoyBridge *self)
{
  Member *first = self->members->len > 0 ? self->members->pdata[0] : NULL;
  Member *second = self->members->len > 1 ? self->members->pdata[1] : NULL;
  gboolean ready = first != NULL && take_media (first);
  g_autoptr (GError) error = NULL;
  const char *codecs[2];

  ready = second != NULL && take_media (second) && ready;
  if (!ready || !ahoy_media_stream_join (first->media, second->media, &error)) {
    if (error != NULL) {
      g_message ("Bridge %" G_GUINT64_FORMAT " is silent: %s", self->id, error->message);
    }
    set_mode (self, AHOY_BRIDGE_MODE_NONE);
    return;
  }
  codecs[0] = ahoy_media_stream_get_codec (first->media);
  codecs[1] = ahoy_media_stream_get_codec (second->media);
  if (codecs[0] == NULL || codecs[1] == NULL) {
    set_mode (self, AHOY_BRIDGE_MODE_NONE);
  } else {
    set_mode (self, g_str_equal (codecs[0], codecs[1]) ? AHOY_BRIDGE_MODE_RELAY
                                                       : AHOY_BRIDGE_MODE_TRANSCODE);
  }
}

static void
on_member_changed (AhoyBridgeMember *member, Member *entry)
{
  update (entry->bridge);
}

static void
on_member_left (AhoyBridgeMember *member, Member *entry)
{
  ahoy_bridge_remove (entry->bridge, member);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_set_hold_finish (session, result, &error);

  if (response == NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " is not told of a hold: %s",
               ahoy_session_get_id (session), error->message);
  }
}

/* The peer of one holds: that of the other hears of it (RFC 3264 §8.4). */
static void
pass_hold (Member *entry)
{
  AhoySession *session = session_of (entry);
  Member *other = find_other (entry);
  AhoySession *partner = session_of (other);
  gboolean held;

  if (session == NULL || partner == NULL ||
      ahoy_session_get_state (partner) != AHOY_SESSION_ACTIVE) {
    return;
  }
  held = (ahoy_session_get_hold (session) & AHOY_SESSION_HOLD_REMOTE) != 0;
  if (held != other->held) {
    other->held = held;
    ahoy_session_set_hold_async (partner, held, NULL, on_held, NULL);
  }
}

static void
on_hold_changed (AhoySession *session, GParamSpec *pspec, Member *entry)
{
  pass_hold (entry);
}

/* What the peers say to each other is no business of the bridge (RFC 6086, RFC 3428 §4). */
static void
on_request (AhoySession *session, AhoyMessage *request, Member *entry)
{
  const char *method = ahoy_message_get_method (request);
  AhoySession *partner = session_of (find_other (entry));
  g_autoptr (AhoyMessage) copy = NULL;
  g_autofree char *type = ahoy_message_dup_content_type (request);
  g_autofree char *package = ahoy_message_get_header (request, "Info-Package");
  g_autoptr (GBytes) body = ahoy_message_get_body (request);

  if (partner == NULL || ahoy_session_get_state (partner) != AHOY_SESSION_ACTIVE ||
      (!g_str_equal (method, "INFO") && !g_str_equal (method, "MESSAGE"))) {
    return;
  }
  copy = ahoy_session_create_request (partner, method, NULL);
  if (copy == NULL || (body != NULL && type != NULL &&
                       !ahoy_message_set_body (copy, type, body, NULL))) {
    return;
  }
  if (package != NULL) {
    ahoy_message_set_header (copy, "Info-Package", package, NULL);
  }
  ahoy_session_send_request_async (partner, copy, NULL, NULL, NULL);
}

static void
watch_member (Member *entry)
{
  AhoySession *session = session_of (entry);

  g_signal_connect (entry->member, "member-changed", G_CALLBACK (on_member_changed), entry);
  g_signal_connect (entry->member, "member-left", G_CALLBACK (on_member_left), entry);
  if (session != NULL) {
    g_signal_connect (session, "notify::hold", G_CALLBACK (on_hold_changed), entry);
    g_signal_connect (session, "request-received", G_CALLBACK (on_request), entry);
  }
}

static void
member_free (gpointer data)
{
  Member *entry = data;

  g_signal_handlers_disconnect_by_data (entry->member, entry);
  g_object_set_data (G_OBJECT (entry->member), MEMBER_KEY, NULL);
  part_media (entry);
  g_object_unref (entry->member);
  g_free (entry);
}

static void
ahoy_bridge_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyBridge *self = AHOY_BRIDGE (object);

  switch (id) {
  case PROP_ID:
    g_value_set_uint64 (value, self->id);
    break;
  case PROP_MODE:
    g_value_set_enum (value, (int) self->mode);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_bridge_dispose (GObject *object)
{
  ahoy_bridge_destroy (AHOY_BRIDGE (object));
  G_OBJECT_CLASS (ahoy_bridge_parent_class)->dispose (object);
}

static void
ahoy_bridge_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_BRIDGE (object)->members);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_bridge_parent_class)->finalize (object);
}

static void
ahoy_bridge_class_init (AhoyBridgeClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = ahoy_bridge_get_property;
  object_class->dispose = ahoy_bridge_dispose;
  object_class->finalize = ahoy_bridge_finalize;
  /**
   * AhoyBridge:id:
   *
   * A number that no other bridge of the program has or had.
   *
   * Since: 0.1
   */
  props[PROP_ID] = g_param_spec_uint64 ("id", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * AhoyBridge:mode:
   *
   * How media get from one member to the other.
   *
   * Since: 0.1
   */
  props[PROP_MODE] = g_param_spec_enum ("mode", NULL, NULL, AHOY_TYPE_BRIDGE_MODE,
                                        AHOY_BRIDGE_MODE_NONE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  /**
   * AhoyBridge::member-added:
   * @self: the bridge
   * @member: who is in it now
   *
   * Somebody came.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEMBER_ADDED] =
      g_signal_new ("member-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    AHOY_TYPE_BRIDGE_MEMBER);
  /**
   * AhoyBridge::member-removed:
   * @self: the bridge
   * @member: who is not in it any more
   *
   * Somebody went.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEMBER_REMOVED] =
      g_signal_new ("member-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, AHOY_TYPE_BRIDGE_MEMBER);
  /**
   * AhoyBridge::destroyed:
   * @self: the bridge
   *
   * The bridge is over; nothing follows.
   *
   * Since: 0.1
   */
  signals[SIGNAL_DESTROYED] = g_signal_new ("destroyed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 0);
}

static void
ahoy_bridge_init (AhoyBridge *self)
{
  static gint64 last_id;

  self->id = (guint64) __atomic_add_fetch (&last_id, 1, __ATOMIC_RELAXED);
  self->members = g_ptr_array_new_with_free_func (member_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_bridge_new:
 *
 * Returns: (transfer full): a bridge without members
 *
 * Since: 0.1
 */
AhoyBridge *
ahoy_bridge_new (void)
{
  return g_object_new (AHOY_TYPE_BRIDGE, NULL);
}

/**
 * ahoy_bridge_get_id:
 * @self: a bridge
 *
 * Returns: a number that no other bridge of the program has or had
 *
 * Since: 0.1
 */
guint64
ahoy_bridge_get_id (AhoyBridge *self)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE (self), 0);

  return self->id;
}

/**
 * ahoy_bridge_get_mode:
 * @self: a bridge
 *
 * Returns: how media get from one member to the other
 *
 * Since: 0.1
 */
AhoyBridgeMode
ahoy_bridge_get_mode (AhoyBridge *self)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE (self), AHOY_BRIDGE_MODE_NONE);

  return self->mode;
}

/**
 * ahoy_bridge_list_members:
 * @self: a bridge
 *
 * Returns: (transfer container) (element-type AhoyBridgeMember): the members, in the order in which
 *   they came
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_bridge_list_members (AhoyBridge *self)
{
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->members->len; i++) {
    g_ptr_array_add (list, g_object_ref (((Member *) self->members->pdata[i])->member));
  }
  return list;
}

/**
 * ahoy_bridge_add:
 * @self: a bridge
 * @member: (transfer none): who comes
 * @error: return location for an error
 *
 * Adds a member. It leaves the bridge that it was in before.
 *
 * Returns: %TRUE when it is in the bridge; %FALSE with %AHOY_ERROR_LIMIT_EXCEEDED when the bridge
 *   is full, or with %AHOY_ERROR_INVALID_STATE when it is over
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_add (AhoyBridge *self, AhoyBridgeMember *member, GError **error)
{
  AhoyBridge *before;
  Member *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  if (self->destroyed) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Bridge %" G_GUINT64_FORMAT " is over; make another one", self->id);
    return FALSE;
  }
  before = ahoy_bridge_find (member);
  if (before == self) {
    return TRUE;
  }
  if (self->members->len >= MAX_MEMBERS) {
    g_autofree char *label = ahoy_bridge_member_dup_label (member);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "Bridge %" G_GUINT64_FORMAT " has %u members; %s has to wait until one leaves",
                 self->id, self->members->len, label);
    return FALSE;
  }
  if (before != NULL) {
    ahoy_bridge_remove (before, member);
  }
  entry = g_new0 (Member, 1);
  entry->bridge = self;
  entry->member = g_object_ref (member);
  g_ptr_array_add (self->members, entry);
  g_object_set_data (G_OBJECT (member), MEMBER_KEY, self);
  watch_member (entry);
  update (self);
  g_signal_emit (self, signals[SIGNAL_MEMBER_ADDED], 0, member);
  if (find_other (entry) != NULL) {
    pass_hold (entry);
    pass_hold (find_other (entry));
  }
  return TRUE;
}

/**
 * ahoy_bridge_remove:
 * @self: a bridge
 * @member: who goes
 *
 * Removes a member.
 *
 * Returns: whether it was in the bridge
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_remove (AhoyBridge *self, AhoyBridgeMember *member)
{
  g_autoptr (AhoyBridge) hold = NULL;
  g_autoptr (AhoyBridgeMember) gone = NULL;
  Member *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = find_member (self, member);
  if (entry == NULL) {
    return FALSE;
  }
  hold = g_object_ref (self);
  gone = g_object_ref (member);
  g_ptr_array_remove (self->members, entry);
  update (self);
  g_signal_emit (self, signals[SIGNAL_MEMBER_REMOVED], 0, member);
  return TRUE;
}

/**
 * ahoy_bridge_destroy:
 * @self: a bridge
 *
 * Removes all members, and ends the bridge. What they do then is their own business.
 *
 * Since: 0.1
 */
void
ahoy_bridge_destroy (AhoyBridge *self)
{
  g_autoptr (AhoyBridge) hold = NULL;

  g_return_if_fail (AHOY_IS_BRIDGE (self));

  if (self->destroyed) {
    return;
  }
  hold = g_object_ref (self);
  self->destroyed = TRUE;
  while (self->members->len > 0) {
    ahoy_bridge_remove (self, ((Member *) self->members->pdata[0])->member);
  }
  g_signal_emit (self, signals[SIGNAL_DESTROYED], 0);
}

/**
 * ahoy_bridge_find:
 * @member: a member
 *
 * Returns: (transfer none) (nullable): the bridge that it is in; %NULL when it is in none
 *
 * Since: 0.1
 */
AhoyBridge *
ahoy_bridge_find (AhoyBridgeMember *member)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), NULL);

  return g_object_get_data (G_OBJECT (member), MEMBER_KEY);
}
