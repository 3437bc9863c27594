/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-deferral-private.h"

/**
 * AhoyDeferral:
 *
 * A request that waits for an extension: what the extension is given, and resolves when it knows
 * what becomes of the request.
 *
 * A deferral belongs to who waits. It has a deadline; an extension that says nothing until then has
 * failed. It is cancelled when the request dies. Resolving it twice, too late, or never does no
 * harm, and a deferral that outlives its request is inert. Each kind of request has its own final
 * class with a typed resolve function, such as ahoy_supplement_deferral_resolve().
 *
 * Since: 0.1
 */
typedef struct {
  AhoyDeferralState state;
  int verdict;
  AhoyScheduler *scheduler; /* NULL: never begun, or nobody listens any more */
  guint64 job;
  AhoyDeferralFunc over;
  gpointer user_data;
} AhoyDeferralPrivate;

enum { SIGNAL_OVER, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_ENUM_TYPE (AhoyDeferralState, ahoy_deferral_state,
                    G_DEFINE_ENUM_VALUE (AHOY_DEFERRAL_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (AHOY_DEFERRAL_RESOLVED, "resolved"),
                    G_DEFINE_ENUM_VALUE (AHOY_DEFERRAL_TIMED_OUT, "timed-out"),
                    G_DEFINE_ENUM_VALUE (AHOY_DEFERRAL_CANCELLED, "cancelled"))

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AhoyDeferral, ahoy_deferral, G_TYPE_OBJECT)

static AhoyDeferralPrivate *
get_private (AhoyDeferral *self)
{
  return ahoy_deferral_get_instance_private (self);
}

/* Nothing calls back from here on. */
static void
fall_silent (AhoyDeferralPrivate *priv)
{
  if (priv->scheduler != NULL) {
    ahoy_scheduler_cancel (priv->scheduler, priv->job);
    g_clear_object (&priv->scheduler);
  }
  priv->over = NULL;
}

static void
ahoy_deferral_constructed (GObject *object)
{
  G_OBJECT_CLASS (ahoy_deferral_parent_class)->constructed (object);
  ahoy_census_enter (object); /* here, not in init: by now it is of its own class */
}

static void
ahoy_deferral_dispose (GObject *object)
{
  ahoy_deferral_cancel (AHOY_DEFERRAL (object));
  G_OBJECT_CLASS (ahoy_deferral_parent_class)->dispose (object);
}

static void
ahoy_deferral_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_deferral_parent_class)->finalize (object);
}

static void
ahoy_deferral_class_init (AhoyDeferralClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ahoy_deferral_constructed;
  object_class->dispose = ahoy_deferral_dispose;
  object_class->finalize = ahoy_deferral_finalize;

  /**
   * AhoyDeferral::over:
   * @self: the deferral
   * @state: what became of it
   *
   * Nothing waits any more: an extension that still looks something up can stop. Emitted once.
   *
   * Since: 0.1
   */
  signals[SIGNAL_OVER] =
      g_signal_new ("over", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, AHOY_TYPE_DEFERRAL_STATE);
}

static void
ahoy_deferral_init (AhoyDeferral *self)
{
  get_private (self)->state = AHOY_DEFERRAL_CANCELLED; /* inert until it begins */
}

static void
tell (AhoyDeferral *self)
{
  AhoyDeferralPrivate *priv = get_private (self);
  AhoyDeferralFunc over = g_steal_pointer (&priv->over);

  priv->job = 0;
  g_clear_object (&priv->scheduler);
  if (over != NULL) {
    over (self, priv->state, priv->verdict, priv->user_data);
  }
}

static void
on_settled (gpointer user_data)
{
  g_autoptr (AhoyDeferral) self = g_object_ref (AHOY_DEFERRAL (user_data));

  tell (self);
}

static void
on_deadline (gpointer user_data)
{
  g_autoptr (AhoyDeferral) self = g_object_ref (AHOY_DEFERRAL (user_data));
  AhoyDeferralPrivate *priv = get_private (self);

  priv->state = AHOY_DEFERRAL_TIMED_OUT;
  priv->job = 0;
  g_signal_emit (self, signals[SIGNAL_OVER], 0, priv->state);
  tell (self);
}

/*
 * Begins the wait. @deadline is in milliseconds, 0 for the usual one; more than the longest is the
 * longest. The caller holds a reference until @over is called or it cancels.
 */
void
ahoy_deferral_begin (AhoyDeferral *self, AhoyScheduler *scheduler, guint deadline,
                     AhoyDeferralFunc over, gpointer user_data)
{
  AhoyDeferralPrivate *priv = get_private (self);

  g_return_if_fail (priv->state == AHOY_DEFERRAL_CANCELLED && priv->scheduler == NULL);

  if (deadline == 0) {
    deadline = AHOY_DEFERRAL_DEADLINE;
  }
  priv->state = AHOY_DEFERRAL_WAITING;
  priv->scheduler = g_object_ref (scheduler);
  priv->over = over;
  priv->user_data = user_data;
  priv->job = ahoy_scheduler_add (
      scheduler, "deferral",
      MIN (deadline, AHOY_DEFERRAL_MAX_DEADLINE) * G_TIME_SPAN_MILLISECOND, on_deadline, self,
      NULL);
}

/*
 * For the typed resolve functions. What follows from the verdict happens in a turn of its own, so
 * that it does not matter from within which callback an extension resolves. FALSE: it was over
 * already, and nothing changes.
 */
gboolean
ahoy_deferral_settle (AhoyDeferral *self, int verdict)
{
  AhoyDeferralPrivate *priv = get_private (self);

  if (priv->state != AHOY_DEFERRAL_WAITING) {
    return FALSE;
  }
  priv->state = AHOY_DEFERRAL_RESOLVED;
  priv->verdict = verdict;
  ahoy_scheduler_cancel (priv->scheduler, priv->job);
  priv->job = ahoy_scheduler_add (priv->scheduler, "deferral", 0, on_settled, self, NULL);
  g_signal_emit (self, signals[SIGNAL_OVER], 0, AHOY_DEFERRAL_RESOLVED);
  return TRUE;
}

/* The request died. Also right when it was resolved a moment ago and nobody was told yet. */
void
ahoy_deferral_cancel (AhoyDeferral *self)
{
  g_autoptr (AhoyDeferral) hold = g_object_ref (self);
  AhoyDeferralPrivate *priv = get_private (self);
  gboolean waiting = priv->state == AHOY_DEFERRAL_WAITING;

  fall_silent (priv);
  if (waiting) {
    priv->state = AHOY_DEFERRAL_CANCELLED;
    g_signal_emit (self, signals[SIGNAL_OVER], 0, priv->state);
  }
}

/**
 * ahoy_deferral_get_state:
 * @self: a deferral
 *
 * Returns: what became of it
 *
 * Since: 0.1
 */
AhoyDeferralState
ahoy_deferral_get_state (AhoyDeferral *self)
{
  g_return_val_if_fail (AHOY_IS_DEFERRAL (self), AHOY_DEFERRAL_CANCELLED);

  return get_private (self)->state;
}

/**
 * ahoy_deferral_is_waiting:
 * @self: a deferral
 *
 * Returns: whether anything still waits for the extension
 *
 * Since: 0.1
 */
gboolean
ahoy_deferral_is_waiting (AhoyDeferral *self)
{
  g_return_val_if_fail (AHOY_IS_DEFERRAL (self), FALSE);

  return get_private (self)->state == AHOY_DEFERRAL_WAITING;
}
