/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-conference.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyConference:
 *
 * A room with a name, in which any number of sessions hear each other. It is a bridge that always
 * mixes, and it is over when the last one has left.
 *
 * Some may be marked: others can be made to wait until one of those is there, and be sent away when
 * none is any more.
 *
 * Since: 0.1
 */
struct _AhoyConference {
  GObject parent_instance;

  char *name;
  AhoyBridge *bridge;
  GHashTable *roles; /* AhoySession → AhoyConferenceRole; not references */
  guint n_marked;
  gboolean announcing;
  gboolean ended;
};

/* Who comes is heard as a tone that rises, and who goes as one that falls. */
#define TONE_COMES "620@90,830@130"
#define TONE_GOES "830@90,620@130"

enum { PROP_0, PROP_NAME, N_PROPS };
enum { SIGNAL_LEFT, SIGNAL_ENDED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyConference, ahoy_conference, G_TYPE_OBJECT)

G_DEFINE_FLAGS_TYPE (AhoyConferenceRole, ahoy_conference_role,
                     G_DEFINE_ENUM_VALUE (AHOY_CONFERENCE_ROLE_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (AHOY_CONFERENCE_ROLE_MUTED, "muted"),
                     G_DEFINE_ENUM_VALUE (AHOY_CONFERENCE_ROLE_MARKED, "marked"),
                     G_DEFINE_ENUM_VALUE (AHOY_CONFERENCE_ROLE_WAITING, "waiting"),
                     G_DEFINE_ENUM_VALUE (AHOY_CONFERENCE_ROLE_DEPENDENT, "dependent"))

static AhoyConferenceRole
get_role (AhoyConference *self, gpointer member)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->roles, member));
}

/* Who waits neither speaks nor hears. */
static void
apply_role (AhoyConference *self, gpointer member)
{
  AhoyConferenceRole role = get_role (self, member);
  gboolean waits = (role & AHOY_CONFERENCE_ROLE_WAITING) != 0 && self->n_marked == 0;

  ahoy_bridge_set_deaf (self->bridge, member, waits, NULL);
  ahoy_bridge_set_muted (self->bridge, member,
                         waits || (role & AHOY_CONFERENCE_ROLE_MUTED) != 0, NULL);
}

/* The first marked one came, or the last one went: those who wait for one notice. */
static void
update_waiting (AhoyConference *self)
{
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (self->bridge);

  for (guint i = 0; i < members->len; i++) {
    if ((get_role (self, members->pdata[i]) & AHOY_CONFERENCE_ROLE_WAITING) != 0) {
      apply_role (self, members->pdata[i]);
    }
  }
}

static void
send_dependent_away (AhoyConference *self)
{
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (self->bridge);

  for (guint i = 0; i < members->len; i++) {
    if ((get_role (self, members->pdata[i]) & AHOY_CONFERENCE_ROLE_DEPENDENT) != 0) {
      ahoy_bridge_remove (self->bridge, members->pdata[i]);
    }
  }
}

static void
announce (AhoyConference *self, const char *tone)
{
  AhoyMediaMixer *mixer = ahoy_bridge_get_mixer (self->bridge);

  if (self->announcing && mixer != NULL) {
    ahoy_media_mixer_play_tone (mixer, tone, NULL);
  }
}

static void
on_removed (AhoyBridge *bridge, AhoyBridgeMember *member, AhoyConference *self)
{
  g_autoptr (AhoyConference) hold = g_object_ref (self);
  AhoyConferenceRole role = get_role (self, member);

  g_hash_table_remove (self->roles, member);
  if ((role & AHOY_CONFERENCE_ROLE_MARKED) != 0 && --self->n_marked == 0) {
    update_waiting (self);
    send_dependent_away (self);
  }
  g_signal_emit (self, signals[SIGNAL_LEFT], 0, member);
  if (ahoy_conference_get_n_members (self) == 0) {
    ahoy_conference_end (self);
  } else {
    announce (self, TONE_GOES);
  }
}

static void
on_destroyed (AhoyBridge *bridge, AhoyConference *self)
{
  ahoy_conference_end (self);
}

static void
ahoy_conference_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, AHOY_CONFERENCE (object)->name);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_conference_dispose (GObject *object)
{
  ahoy_conference_end (AHOY_CONFERENCE (object));
  G_OBJECT_CLASS (ahoy_conference_parent_class)->dispose (object);
}

static void
ahoy_conference_finalize (GObject *object)
{
  AhoyConference *self = AHOY_CONFERENCE (object);

  g_signal_handlers_disconnect_by_data (self->bridge, self);
  g_object_unref (self->bridge);
  g_hash_table_unref (self->roles);
  g_free (self->name);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_conference_parent_class)->finalize (object);
}

static void
ahoy_conference_class_init (AhoyConferenceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = ahoy_conference_get_property;
  object_class->dispose = ahoy_conference_dispose;
  object_class->finalize = ahoy_conference_finalize;
  /**
   * AhoyConference:name:
   *
   * What it is called.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  /**
   * AhoyConference::left:
   * @self: the conference
   * @member: who is not in it any more
   *
   * Somebody left, was sent away, or hung up.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LEFT] = g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, AHOY_TYPE_BRIDGE_MEMBER);
  /**
   * AhoyConference::ended:
   * @self: the conference
   *
   * It is over; nothing follows.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDED] =
      g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_conference_init (AhoyConference *self)
{
  self->roles = g_hash_table_new (NULL, NULL);
  self->bridge = ahoy_bridge_new ();
  ahoy_bridge_set_mixing (self->bridge, TRUE);
  g_signal_connect (self->bridge, "member-removed", G_CALLBACK (on_removed), self);
  g_signal_connect (self->bridge, "destroyed", G_CALLBACK (on_destroyed), self);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_conference_new:
 * @name: what it is called
 *
 * Returns: (transfer full): a conference in which nobody is
 *
 * Since: 0.1
 */
AhoyConference *
ahoy_conference_new (const char *name)
{
  AhoyConference *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (AHOY_TYPE_CONFERENCE, NULL);
  self->name = g_strdup (name);
  ahoy_bridge_set_name (self->bridge, name);
  return self;
}

/**
 * ahoy_conference_get_name:
 * @self: a conference
 *
 * Returns: (transfer none): what it is called
 *
 * Since: 0.1
 */
const char *
ahoy_conference_get_name (AhoyConference *self)
{
  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), NULL);

  return self->name;
}

/**
 * ahoy_conference_get_bridge:
 * @self: a conference
 *
 * Returns: (transfer none): the bridge in which all of them are. Who is added to it without
 *   ahoy_conference_join() is in the conference too.
 *
 * Since: 0.1
 */
AhoyBridge *
ahoy_conference_get_bridge (AhoyConference *self)
{
  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), NULL);

  return self->bridge;
}

/**
 * ahoy_conference_get_n_members:
 * @self: a conference
 *
 * Returns: how many are in it
 *
 * Since: 0.1
 */
guint
ahoy_conference_get_n_members (AhoyConference *self)
{
  g_autoptr (GPtrArray) members = NULL;

  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), 0);

  members = ahoy_bridge_list_members (self->bridge);
  return members->len;
}

/**
 * ahoy_conference_set_announcing:
 * @self: a conference
 * @announcing: whether they are told
 *
 * Sets whether a tone tells all who are in it that somebody comes or goes. It does not, unless this
 * says so.
 *
 * Since: 0.1
 */
void
ahoy_conference_set_announcing (AhoyConference *self, gboolean announcing)
{
  g_return_if_fail (AHOY_IS_CONFERENCE (self));

  self->announcing = announcing;
}

/**
 * ahoy_conference_join:
 * @self: a conference
 * @session: (transfer none): a session with sound
 * @role: what it is in the conference
 * @error: return location for an error
 *
 * Brings a session in. It leaves the bridge that it was in before.
 *
 * Returns: %TRUE when it is in the conference; %FALSE with %AHOY_ERROR_INVALID_STATE when the
 *   conference is over, or with %AHOY_ERROR_LIMIT_EXCEEDED when it is full
 *
 * Since: 0.1
 */
gboolean
ahoy_conference_join (AhoyConference *self, AhoySession *session, AhoyConferenceRole role,
                      GError **error)
{
  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);

  if (!ahoy_bridge_add (self->bridge, AHOY_BRIDGE_MEMBER (session), error)) {
    return FALSE;
  }
  if ((get_role (self, session) & AHOY_CONFERENCE_ROLE_MARKED) != 0) {
    self->n_marked--;
  }
  g_hash_table_insert (self->roles, session, GUINT_TO_POINTER (role));
  if ((role & AHOY_CONFERENCE_ROLE_MARKED) != 0 && self->n_marked++ == 0) {
    update_waiting (self);
  }
  apply_role (self, session);
  announce (self, TONE_COMES);
  return TRUE;
}

/**
 * ahoy_conference_leave:
 * @self: a conference
 * @session: a session
 *
 * Takes a session out. What it does then is its own business.
 *
 * Returns: whether it was in the conference
 *
 * Since: 0.1
 */
gboolean
ahoy_conference_leave (AhoyConference *self, AhoySession *session)
{
  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);

  return ahoy_bridge_remove (self->bridge, AHOY_BRIDGE_MEMBER (session));
}

/**
 * ahoy_conference_record:
 * @self: a conference in which somebody is
 * @path: (type filename): the WAV file to be made
 * @error: return location for an error
 *
 * Writes what all say to a file, until the conference is over.
 *
 * Returns: %TRUE when it began; %FALSE with %AHOY_ERROR_INVALID_STATE when nobody with sound is
 *   there yet, or with an error of ahoy_media_mixer_record()
 *
 * Since: 0.1
 */
gboolean
ahoy_conference_record (AhoyConference *self, const char *path, GError **error)
{
  g_autofree char *label = NULL;
  AhoyMediaMixer *mixer;

  g_return_val_if_fail (AHOY_IS_CONFERENCE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  mixer = ahoy_bridge_get_mixer (self->bridge);
  if (mixer == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The conference “%s” cannot be recorded: nobody with sound is there", self->name);
    return FALSE;
  }
  label = g_strdup_printf ("the conference “%s”", self->name);
  ahoy_media_mixer_set_name (mixer, label);
  return ahoy_media_mixer_record (mixer, path, error);
}

/**
 * ahoy_conference_end:
 * @self: a conference
 *
 * Sends all away, and ends the conference.
 *
 * Since: 0.1
 */
void
ahoy_conference_end (AhoyConference *self)
{
  g_autoptr (AhoyConference) hold = NULL;

  g_return_if_fail (AHOY_IS_CONFERENCE (self));

  if (self->ended) {
    return;
  }
  self->ended = TRUE;
  hold = g_object_ref (self);
  self->announcing = FALSE;
  ahoy_bridge_destroy (self->bridge);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}
