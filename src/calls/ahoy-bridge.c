/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyBridge:
 *
 * Members that hear each other, such as the legs of a call that goes through, or those who are in a
 * conference.
 *
 * The media of both are joined as soon as there are any, and again whenever something new is agreed
 * on. What one peer does to its call is passed to the other: hold and resume, digits, and INFO and
 * MESSAGE inside the dialog. A member that is over leaves; the other one stays. With a third member
 * a mixer comes in, and nothing is passed on but sound.
 *
 * Since: 0.1
 */
#define MEMBER_KEY "ahoy-bridge"

enum { PROP_0, PROP_ID, PROP_MODE, PROP_MEDIA_HOLDS, PROP_NAME, PROP_MIXER, N_PROPS };
enum {
  SIGNAL_MEMBER_ADDED,
  SIGNAL_MEMBER_REMOVED,
  SIGNAL_ACTIVE_SPEAKER,
  SIGNAL_DESTROYED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyBridge, ahoy_bridge, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyBridgeMode, ahoy_bridge_mode,
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_DIRECT, "direct"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_RELAY, "relay"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_TRANSCODE, "transcode"),
                    G_DEFINE_ENUM_VALUE (AHOY_BRIDGE_MODE_MIX, "mix"))

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
  static const char *const names[] = { "none", "direct", "relay", "transcode", "mix" };

  g_return_val_if_fail ((gsize) self < G_N_ELEMENTS (names), NULL);

  return names[self];
}

AhoyBridgeEntry *
ahoy_bridge_find_entry (AhoyBridge *self, AhoyBridgeMember *member)
{
  for (guint i = 0; i < self->members->len; i++) {
    AhoyBridgeEntry *entry = self->members->pdata[i];

    if (entry->member == member) {
      return entry;
    }
  }
  return NULL;
}

/* The only other one, with whom this one shares everything; NULL when there are more, or may be. */
AhoyBridgeEntry *
ahoy_bridge_entry_get_other (AhoyBridgeEntry *self)
{
  GPtrArray *members = self->bridge->members;

  for (guint i = 0; members->len == 2 && !self->bridge->mixing && i < 2; i++) {
    if (members->pdata[i] != self) {
      return members->pdata[i];
    }
  }
  return NULL;
}

AhoySession *
ahoy_bridge_entry_get_session (AhoyBridgeEntry *self)
{
  return self != NULL && AHOY_IS_SESSION (self->member) ? AHOY_SESSION (self->member) : NULL;
}

void
ahoy_bridge_set_mode (AhoyBridge *self, AhoyBridgeMode mode)
{
  if (self->mode != mode) {
    self->mode = mode;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODE]);
  }
}

void
ahoy_bridge_emit_active_speaker (AhoyBridge *self, AhoyBridgeMember *member)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVE_SPEAKER], 0, member);
}

static void
on_member_changed (AhoyBridgeMember *member, AhoyBridgeEntry *entry)
{
  ahoy_bridge_update_media (entry->bridge);
}

static void
on_member_left (AhoyBridgeMember *member, AhoyBridgeEntry *entry)
{
  ahoy_bridge_remove (entry->bridge, member);
}

static void
watch_member (AhoyBridgeEntry *entry)
{
  g_signal_connect (entry->member, "member-changed", G_CALLBACK (on_member_changed), entry);
  g_signal_connect (entry->member, "member-left", G_CALLBACK (on_member_left), entry);
  ahoy_bridge_entry_watch_identity (entry);
  ahoy_bridge_entry_watch_peer (entry);
}

static void
entry_free (gpointer data)
{
  AhoyBridgeEntry *entry = data;

  g_signal_handlers_disconnect_by_data (entry->member, entry);
  g_object_set_data (G_OBJECT (entry->member), MEMBER_KEY, NULL);
  ahoy_bridge_entry_leave_direct (entry);
  ahoy_bridge_entry_part_media (entry);
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
  case PROP_MEDIA_HOLDS:
    g_value_take_boxed (value, ahoy_bridge_dup_media_holds (self));
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_MIXER:
    g_value_set_object (value, self->mixer);
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
  g_ptr_array_unref (AHOY_BRIDGE (object)->holds);
  g_free (AHOY_BRIDGE (object)->name);
  g_clear_object (&AHOY_BRIDGE (object)->music);
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
  /**
   * AhoyBridge:media-holds:
   *
   * Why the media have to come through us, see ahoy_bridge_hold_media(); empty when nobody needs
   * them here.
   *
   * Since: 0.1
   */
  props[PROP_MEDIA_HOLDS] =
      g_param_spec_boxed ("media-holds", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * AhoyBridge:name:
   *
   * What people call it, such as the name of a conference; %NULL when it has none.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * AhoyBridge:mixer:
   *
   * The mixer by which the members hear each other, see ahoy_bridge_get_mixer().
   *
   * Since: 0.1
   */
  props[PROP_MIXER] =
      g_param_spec_object ("mixer", NULL, NULL, AHOY_TYPE_MEDIA_MIXER, flags);
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
   * AhoyBridge::active-speaker:
   * @self: the bridge
   * @member: who speaks now
   *
   * Somebody else speaks than before; told only when they hear each other by a mixer.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ACTIVE_SPEAKER] =
      g_signal_new ("active-speaker", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
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
  self->members = g_ptr_array_new_with_free_func (entry_free);
  self->holds = g_ptr_array_new_with_free_func (g_free);
  self->max_members = AHOY_BRIDGE_MAX_MEMBERS;
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
 * ahoy_bridge_set_name:
 * @self: a bridge
 * @name: (nullable): what people call it
 *
 * Names the bridge, before it is announced.
 *
 * Since: 0.1
 */
void
ahoy_bridge_set_name (AhoyBridge *self, const char *name)
{
  g_return_if_fail (AHOY_IS_BRIDGE (self));

  if (g_strcmp0 (self->name, name) != 0) {
    g_free (self->name);
    self->name = g_strdup (name);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
  }
}

/**
 * ahoy_bridge_get_name:
 * @self: a bridge
 *
 * Returns: (transfer none) (nullable): what people call it; %NULL when it has no name
 *
 * Since: 0.1
 */
const char *
ahoy_bridge_get_name (AhoyBridge *self)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE (self), NULL);

  return self->name;
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
    g_ptr_array_add (list, g_object_ref (((AhoyBridgeEntry *) self->members->pdata[i])->member));
  }
  return list;
}

static gboolean
check_alive (AhoyBridge *self, GError **error)
{
  if (self->destroyed) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Bridge %" G_GUINT64_FORMAT " is over; make another one", self->id);
    return FALSE;
  }
  return TRUE;
}

static void
insert (AhoyBridge *self, int place, AhoyBridgeMember *member)
{
  AhoyBridgeEntry *entry = g_new0 (AhoyBridgeEntry, 1);

  entry->bridge = self;
  entry->gain = 1;
  entry->member = g_object_ref (member);
  g_ptr_array_insert (self->members, place, entry);
  g_object_set_data (G_OBJECT (member), MEMBER_KEY, self);
  ahoy_bridge_restart_direct (self);
  watch_member (entry);
}

/* Tells the world of a new member, and the members of who holds. A handler may take it out. */
static void
tell_of_member (AhoyBridge *self, AhoyBridgeMember *member)
{
  g_autoptr (AhoyBridge) hold = g_object_ref (self);
  AhoyBridgeEntry *entry;
  AhoyBridgeEntry *other;

  g_signal_emit (self, signals[SIGNAL_MEMBER_ADDED], 0, member);
  entry = ahoy_bridge_find_entry (self, member);
  other = entry != NULL ? ahoy_bridge_entry_get_other (entry) : NULL;
  if (other != NULL) {
    ahoy_bridge_entry_pass_hold (entry);
    ahoy_bridge_entry_pass_hold (other);
  }
  ahoy_bridge_tell_identities (self);
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

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  if (!check_alive (self, error)) {
    return FALSE;
  }
  before = ahoy_bridge_find (member);
  if (before == self) {
    return TRUE;
  }
  if (self->members->len >= self->max_members) {
    g_autofree char *label = ahoy_bridge_member_dup_label (member);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "Bridge %" G_GUINT64_FORMAT " has %u members; %s has to wait until one leaves",
                 self->id, self->members->len, label);
    return FALSE;
  }
  if (before != NULL) {
    ahoy_bridge_remove (before, member);
  }
  insert (self, -1, member);
  ahoy_bridge_update_media (self);
  tell_of_member (self, member);
  return TRUE;
}

/* Who goes hears no music any more; nor does who is left behind, as far as he is not held still. */
static void
end_music (AhoyBridge *self)
{
  for (guint i = 0; i < self->members->len; i++) {
    ahoy_bridge_entry_end_music (self->members->pdata[i]);
  }
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
  AhoyBridgeEntry *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = ahoy_bridge_find_entry (self, member);
  if (entry == NULL) {
    return FALSE;
  }
  hold = g_object_ref (self);
  gone = g_object_ref (member);
  end_music (self);
  g_ptr_array_remove (self->members, entry);
  ahoy_bridge_update_media (self);
  g_signal_emit (self, signals[SIGNAL_MEMBER_REMOVED], 0, member);
  return TRUE;
}

/**
 * ahoy_bridge_replace:
 * @self: a bridge
 * @old: who goes
 * @replacement: (transfer none): who comes in its place
 * @error: return location for an error
 *
 * Puts one member in the place of another, as an attended transfer, an INVITE with Replaces
 * (RFC 3891) or a pickup does. The others stay joined all the time, and the media of both go over
 * in one step: no packet is lost but those that were on their way. @replacement leaves the bridge
 * that it was in before; what @old does then is its own business.
 *
 * Returns: %TRUE when @replacement is in the bridge; %FALSE, and nothing changed, with
 *   %AHOY_ERROR_NOT_FOUND when @old is not in it, or with %AHOY_ERROR_INVALID_STATE when the bridge
 *   is over
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_replace (AhoyBridge *self, AhoyBridgeMember *old, AhoyBridgeMember *replacement,
                     GError **error)
{
  g_autoptr (AhoyBridge) hold = NULL;
  g_autoptr (AhoyBridgeMember) gone = NULL;
  AhoyBridge *before;
  AhoyBridgeEntry *entry;
  guint place;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (old), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (replacement) && replacement != old, FALSE);

  if (!check_alive (self, error)) {
    return FALSE;
  }
  if (ahoy_bridge_find_entry (self, old) == NULL) {
    g_autofree char *label = ahoy_bridge_member_dup_label (old);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "Nobody can take the place of %s in bridge %" G_GUINT64_FORMAT
                 ", for it is not there",
                 label, self->id);
    return FALSE;
  }
  before = ahoy_bridge_find (replacement);
  if (before == self) {
    return ahoy_bridge_remove (self, old);
  }
  hold = g_object_ref (self);
  gone = g_object_ref (old);
  if (before != NULL) {
    ahoy_bridge_remove (before, replacement);
  }
  /* Handlers that were told of that may have changed anything. */
  entry = ahoy_bridge_find_entry (self, old);
  if (entry == NULL || !g_ptr_array_find (self->members, entry, &place)) {
    return ahoy_bridge_add (self, replacement, error);
  }
  ahoy_bridge_entry_end_music (entry);
  g_ptr_array_remove_index (self->members, place);
  insert (self, (int) place, replacement);
  ahoy_bridge_update_media (self);
  g_signal_emit (self, signals[SIGNAL_MEMBER_REMOVED], 0, old);
  if (ahoy_bridge_find_entry (self, replacement) != NULL) {
    tell_of_member (self, replacement);
  }
  return TRUE;
}

/**
 * ahoy_bridge_hold_media:
 * @self: a bridge
 * @reason: a word that says what for, such as `recording`
 *
 * Has the media come through us until ahoy_bridge_release_media() is called as often with the same
 * reason: peers that talk to each other directly are called back. For whoever has to hear what is
 * said, or to say something: recordings, digits that mean something, music.
 *
 * Since: 0.1
 */
void
ahoy_bridge_hold_media (AhoyBridge *self, const char *reason)
{
  g_return_if_fail (AHOY_IS_BRIDGE (self));
  g_return_if_fail (reason != NULL);

  g_ptr_array_add (self->holds, g_strdup (reason));
  ahoy_bridge_review_direct (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA_HOLDS]);
}

/**
 * ahoy_bridge_release_media:
 * @self: a bridge
 * @reason: what was given to ahoy_bridge_hold_media()
 *
 * Ends what ahoy_bridge_hold_media() began. The peers may talk to each other directly again when
 * nobody needs the media here any more.
 *
 * Returns: whether the media were held for this reason
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_release_media (AhoyBridge *self, const char *reason)
{
  guint place;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);

  if (!g_ptr_array_find_with_equal_func (self->holds, reason, g_str_equal, &place)) {
    return FALSE;
  }
  g_ptr_array_remove_index (self->holds, place);
  if (self->holds->len == 0) {
    self->n_tellings = 0;
    ahoy_bridge_review_direct (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA_HOLDS]);
  return TRUE;
}

/**
 * ahoy_bridge_dup_media_holds:
 * @self: a bridge
 *
 * Returns: (transfer full) (array zero-terminated=1): why the media have to come through us, in the
 *   order in which it was said; empty when nobody needs them here
 *
 * Since: 0.1
 */
char **
ahoy_bridge_dup_media_holds (AhoyBridge *self)
{
  char **reasons;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), NULL);

  reasons = g_new0 (char *, self->holds->len + 1);
  for (guint i = 0; i < self->holds->len; i++) {
    reasons[i] = g_strdup (self->holds->pdata[i]);
  }
  return reasons;
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
  ahoy_bridge_stop_review (self);
  while (self->members->len > 0) {
    ahoy_bridge_remove (self, ((AhoyBridgeEntry *) self->members->pdata[0])->member);
  }
  ahoy_bridge_end_mix (self);
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
