/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-dial-status-private.h"
#include "ahoy.h"

/* -- a member that is no session, with media that only note whom they are joined with ---------- */

#define TEST_TYPE_MEDIA (test_media_get_type ())
G_DECLARE_FINAL_TYPE (TestMedia, test_media, TEST, MEDIA, GObject)

struct _TestMedia {
  GObject parent_instance;
  const char *codec;
  AhoyMediaStream *other;
};

static void
test_media_part (AhoyMediaStream *stream)
{
  TestMedia *self = TEST_MEDIA (stream);
  TestMedia *other = self->other != NULL ? TEST_MEDIA (self->other) : NULL;

  self->other = NULL;
  if (other != NULL) {
    other->other = NULL;
  }
}

static gboolean
test_media_join (AhoyMediaStream *stream, AhoyMediaStream *other, GError **error)
{
  TEST_MEDIA (stream)->other = other;
  TEST_MEDIA (other)->other = stream;
  return TRUE;
}

static const char *
test_media_get_codec (AhoyMediaStream *stream)
{
  return TEST_MEDIA (stream)->codec;
}

static void
test_media_iface_init (AhoyMediaStreamInterface *iface)
{
  iface->get_codec = test_media_get_codec;
  iface->join = test_media_join;
  iface->part = test_media_part;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMedia, test_media, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MEDIA_STREAM,
                                                      test_media_iface_init))

static void
test_media_class_init (TestMediaClass *klass)
{
}

static void
test_media_init (TestMedia *self)
{
}

#define TEST_TYPE_PLAYER (test_player_get_type ())
G_DECLARE_FINAL_TYPE (TestPlayer, test_player, TEST, PLAYER, GObject)

struct _TestPlayer {
  GObject parent_instance;
  TestMedia *media;
};

static AhoyMediaStream *
test_player_get_media (AhoyBridgeMember *member, const char *media_type)
{
  TestPlayer *self = TEST_PLAYER (member);

  return self->media != NULL && g_str_equal (media_type, "audio") ? AHOY_MEDIA_STREAM (self->media)
                                                                  : NULL;
}

static void
test_player_iface_init (AhoyBridgeMemberInterface *iface)
{
  iface->get_media = test_player_get_media;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPlayer, test_player, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_BRIDGE_MEMBER,
                                                      test_player_iface_init))

static void
test_player_dispose (GObject *object)
{
  g_clear_object (&TEST_PLAYER (object)->media);
  G_OBJECT_CLASS (test_player_parent_class)->dispose (object);
}

static void
test_player_class_init (TestPlayerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_player_dispose;
}

static void
test_player_init (TestPlayer *self)
{
}

static TestPlayer *
make_player (const char *codec)
{
  TestPlayer *self = g_object_new (TEST_TYPE_PLAYER, NULL);

  if (codec != NULL) {
    self->media = g_object_new (TEST_TYPE_MEDIA, NULL);
    self->media->codec = codec;
  }
  return self;
}

/* -- tests ------------------------------------------------------------------------------------ */

static void
count (gpointer object, gpointer argument, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
count_end (AhoyBridge *bridge, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_members (void)
{
  g_autoptr (AhoyBridge) bridge = ahoy_bridge_new ();
  g_autoptr (TestPlayer) first = make_player ("PCMU");
  g_autoptr (TestPlayer) second = make_player ("PCMU");
  g_autoptr (TestPlayer) third = make_player ("PCMU");
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GError) error = NULL;
  guint modes = 0;

  g_signal_connect (bridge, "notify::mode", G_CALLBACK (count), &modes);
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_NONE);
  g_assert_true (ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL));
  g_assert_true (ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL));
  g_assert_null (first->media->other);
  g_assert_true (ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (second), NULL));
  g_assert_true (first->media->other == AHOY_MEDIA_STREAM (second->media));
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_RELAY);
  g_assert_true (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (second)) == bridge);
  g_assert_cmpuint (modes, ==, 1);

  ahoy_bridge_set_max_members (bridge, 2);
  g_assert_false (ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (third), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_null (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (third)));
  members = ahoy_bridge_list_members (bridge);
  g_assert_cmpuint (members->len, ==, 2);
  g_assert_true (members->pdata[0] == first && members->pdata[1] == second);

  g_assert_true (ahoy_bridge_remove (bridge, AHOY_BRIDGE_MEMBER (first)));
  g_assert_false (ahoy_bridge_remove (bridge, AHOY_BRIDGE_MEMBER (first)));
  g_assert_null (second->media->other);
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_NONE);
}

/* Media that come later, change their codec, or are replaced by others. */
static void
test_changes (void)
{
  g_autoptr (AhoyBridge) bridge = ahoy_bridge_new ();
  g_autoptr (TestPlayer) first = make_player ("PCMU");
  g_autoptr (TestPlayer) second = make_player (NULL);
  g_autoptr (TestMedia) before = NULL;

  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL);
  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (second), NULL);
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_NONE);
  second->media = g_object_new (TEST_TYPE_MEDIA, NULL);
  ahoy_bridge_member_emit_changed (AHOY_BRIDGE_MEMBER (second));
  g_assert_true (first->media->other == AHOY_MEDIA_STREAM (second->media));
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_NONE);
  second->media->codec = "opus";
  ahoy_bridge_member_emit_changed (AHOY_BRIDGE_MEMBER (second));
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_TRANSCODE);

  before = g_steal_pointer (&first->media);
  first->media = g_object_new (TEST_TYPE_MEDIA, NULL);
  first->media->codec = "opus";
  ahoy_bridge_member_emit_changed (AHOY_BRIDGE_MEMBER (first));
  g_assert_null (before->other);
  g_assert_true (first->media->other == AHOY_MEDIA_STREAM (second->media));
  g_assert_cmpint (ahoy_bridge_get_mode (bridge), ==, AHOY_BRIDGE_MODE_RELAY);
}

/* Who goes to another bridge, is over, or is in one that is over. */
static void
test_leaving (void)
{
  g_autoptr (AhoyBridge) bridge = ahoy_bridge_new ();
  g_autoptr (AhoyBridge) other = ahoy_bridge_new ();
  g_autoptr (TestPlayer) first = make_player ("PCMU");
  g_autoptr (TestPlayer) second = make_player ("PCMU");
  g_autoptr (GError) error = NULL;
  guint removed = 0;
  guint destroyed = 0;

  g_assert_cmpuint (ahoy_bridge_get_id (bridge), !=, ahoy_bridge_get_id (other));
  g_signal_connect (bridge, "member-removed", G_CALLBACK (count), &removed);
  g_signal_connect (other, "destroyed", G_CALLBACK (count_end), &destroyed);
  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL);
  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (second), NULL);
  g_assert_true (ahoy_bridge_add (other, AHOY_BRIDGE_MEMBER (first), NULL));
  g_assert_true (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (first)) == other);
  g_assert_null (second->media->other);
  g_assert_cmpuint (removed, ==, 1);

  ahoy_bridge_member_emit_left (AHOY_BRIDGE_MEMBER (second));
  g_assert_null (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (second)));
  g_assert_cmpuint (removed, ==, 2);

  ahoy_bridge_destroy (other);
  ahoy_bridge_destroy (other);
  g_assert_cmpuint (destroyed, ==, 1);
  g_assert_null (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (first)));
  g_assert_false (ahoy_bridge_add (other, AHOY_BRIDGE_MEMBER (first), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
}

/* Who takes the place of another: the one that stays is never without a partner for long. */
static void
test_replacing (void)
{
  g_autoptr (AhoyBridge) bridge = ahoy_bridge_new ();
  g_autoptr (AhoyBridge) other = ahoy_bridge_new ();
  g_autoptr (TestPlayer) first = make_player ("PCMU");
  g_autoptr (TestPlayer) second = make_player ("PCMU");
  g_autoptr (TestPlayer) third = make_player ("opus");
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GError) error = NULL;
  guint added = 0;
  guint removed = 0;
  guint left = 0;
  guint modes = 0;

  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL);
  ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (second), NULL);
  ahoy_bridge_add (other, AHOY_BRIDGE_MEMBER (third), NULL);
  g_signal_connect (bridge, "member-added", G_CALLBACK (count), &added);
  g_signal_connect (bridge, "member-removed", G_CALLBACK (count), &removed);
  g_signal_connect (other, "member-removed", G_CALLBACK (count), &left);
  g_signal_connect (bridge, "notify::mode", G_CALLBACK (count), &modes);

  g_assert_true (ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (first),
                                      AHOY_BRIDGE_MEMBER (third), NULL));
  g_assert_cmpuint (added, ==, 1);
  g_assert_cmpuint (removed, ==, 1);
  g_assert_cmpuint (left, ==, 1);
  g_assert_cmpuint (modes, ==, 1); /* relay to transcode, with no silence between */
  g_assert_null (first->media->other);
  g_assert_null (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (first)));
  g_assert_true (second->media->other == AHOY_MEDIA_STREAM (third->media));
  members = ahoy_bridge_list_members (bridge);
  g_assert_cmpuint (members->len, ==, 2);
  g_assert_true (members->pdata[0] == third && members->pdata[1] == second);

  g_assert_false (ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (first),
                                       AHOY_BRIDGE_MEMBER (third), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* Who is there already: the other one just goes. */
  g_assert_true (ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (second),
                                      AHOY_BRIDGE_MEMBER (third), NULL));
  g_assert_null (third->media->other);
  ahoy_bridge_destroy (bridge);
  g_assert_false (ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (third),
                                       AHOY_BRIDGE_MEMBER (first), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
}

/* Why the media have to come through us, counted. */
static void
test_holds (void)
{
  g_autoptr (AhoyBridge) bridge = ahoy_bridge_new ();
  g_auto (GStrv) both = NULL;
  g_auto (GStrv) one = NULL;
  guint changes = 0;

  g_signal_connect (bridge, "notify::media-holds", G_CALLBACK (count), &changes);
  ahoy_bridge_hold_media (bridge, "recording");
  ahoy_bridge_hold_media (bridge, "digits");
  ahoy_bridge_hold_media (bridge, "recording");
  g_assert_true (ahoy_bridge_release_media (bridge, "recording"));
  g_assert_false (ahoy_bridge_release_media (bridge, "music"));
  g_object_get (bridge, "media-holds", &both, NULL);
  g_assert_cmpstrv (both, ((const char *const[]){ "digits", "recording", NULL }));
  g_assert_true (ahoy_bridge_release_media (bridge, "digits"));
  one = ahoy_bridge_dup_media_holds (bridge);
  g_assert_cmpstrv (one, ((const char *const[]){ "recording", NULL }));
  g_assert_true (ahoy_bridge_release_media (bridge, "recording"));
  g_assert_false (ahoy_bridge_release_media (bridge, "recording"));
  g_assert_cmpuint (changes, ==, 6);
}

/* The best of what callees say, and what the caller is told of it. */
static void
test_status (void)
{
  static const struct {
    guint said[4];
    guint best;
    guint told;
  } cases[] = {
    { { 404, 486, 503 }, 486, 486 }, { { 486, 603, 404 }, 603, 603 },
    { { 503, 503 }, 503, 500 },      { { 500, 408 }, 408, 408 },
    { { 408, 480 }, 480, 480 },      { { 408, 404, 480 }, 404, 404 },
    { { 484, 486 }, 484, 484 },      { { 486, 415 }, 415, 415 },
    { { 407, 404 }, 407, 403 },      { { 401, 403 }, 403, 403 },
    { { 302 }, 302, 480 },           { { 487 }, 487, 480 },
    { { 600, 603 }, 600, 600 },      { { 503, 488 }, 488, 488 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint best = 0;

    for (const guint *said = cases[i].said; *said != 0; said++) {
      best = ahoy_dial_status_is_better (*said, best) ? *said : best;
    }
    g_assert_cmpuint (best, ==, cases[i].best);
    g_assert_cmpuint (ahoy_dial_status_for_caller (best), ==, cases[i].told);
  }
  g_assert_cmpuint (ahoy_dial_status_for_caller (0), ==, 480);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/bridge/members", test_members);
  g_test_add_func ("/calls/bridge/changes", test_changes);
  g_test_add_func ("/calls/bridge/leaving", test_leaving);
  g_test_add_func ("/calls/bridge/replacing", test_replacing);
  g_test_add_func ("/calls/bridge/holds", test_holds);
  g_test_add_func ("/calls/dial/status", test_status);
  return g_test_run ();
}
