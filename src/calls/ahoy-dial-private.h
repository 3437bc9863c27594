/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-dial-application.h"
#include "ahoy-endpoint.h"

G_BEGIN_DECLS

/* What a dial step knows of its surroundings. */
AhoyCallRouter *ahoy_dial_application_get_router (AhoyDialApplication *self);
AhoySessionService *ahoy_dial_application_get_sessions (AhoyDialApplication *self);
AhoyEndpointRegistry *ahoy_dial_application_get_endpoints (AhoyDialApplication *self);
AhoyLocation *ahoy_dial_application_get_location (AhoyDialApplication *self);
AhoyWaker *ahoy_dial_application_get_waker (AhoyDialApplication *self);
const char *ahoy_dial_application_get_domain (AhoyDialApplication *self);
GVariant *ahoy_dial_application_complete_options (AhoyDialApplication *self,
                                                  AhoyEndpoint *endpoint, GVariant *options);

char *ahoy_dial_application_resolve (AhoyDialApplication *self, const char *target);

/* What a callee sees of the caller, and how it is called. */
char *ahoy_dial_make_from (AhoySession *caller, AhoyEndpoint *callee, const char *domain,
                           GError **error);
GVariant *ahoy_dial_make_options (AhoySession *caller, AhoyEndpoint *callee, const char *domain,
                                  const char *aor, guint hops, gboolean late_offer);
gboolean ahoy_dial_count_hops (AhoySession *caller, guint *hops);
void ahoy_dial_match_codec (AhoySession *caller, AhoySession *callee);

/* One place to call. */
typedef struct {
  AhoyEndpoint *endpoint; /* NULL for a URI */
  char *aor;              /* that the contact is of; NULL: none */
  AhoyContact *contact;
} AhoyDialPlace;

AhoyDialPlace *ahoy_dial_place_new (AhoyEndpoint *endpoint, const char *aor,
                                    AhoyContact *contact);
void ahoy_dial_place_free (AhoyDialPlace *self);

/* Where a target is. */
typedef struct {
  AhoyEndpoint *endpoint; /* NULL for a URI */
  char **aors;            /* where it may register; NULL for a URI */
  GPtrArray *places;      /* AhoyDialPlace, the best first */
  guint status; /* why there is none */
  char *reason;
} AhoyDialTarget;

AhoyDialTarget *ahoy_dial_target_new (AhoyEndpointRegistry *endpoints, AhoyLocation *location,
                                      const char *text);
void ahoy_dial_target_free (AhoyDialTarget *self);

/* Those who may still come. */
typedef struct _AhoyDialWait AhoyDialWait;
typedef void (*AhoyDialWaitFunc) (AhoyDialPlace *place, gpointer user_data);

AhoyDialWait *ahoy_dial_wait_new (AhoyDialApplication *application, AhoyScheduler *scheduler,
                                  AhoyDialWaitFunc func, gpointer user_data);
void ahoy_dial_wait_free (AhoyDialWait *self);
void ahoy_dial_wait_clear (AhoyDialWait *self);
gboolean ahoy_dial_wait_is_on (AhoyDialWait *self);
void ahoy_dial_wait_note (AhoyDialWait *self, AhoyContact *contact);
void ahoy_dial_wait_expect (AhoyDialWait *self, AhoyDialTarget *target);
gboolean ahoy_dial_wait_wake (AhoyDialWait *self, AhoyDialPlace *place, const char *caller);
void ahoy_dial_wait_wake_all (AhoyDialWait *self, AhoyDialTarget *target, const char *caller);

/* Where our routes lead a call that a callee sent elsewhere. */
typedef struct _AhoyDialForward AhoyDialForward;

AhoyDialForward *ahoy_dial_forward_new (AhoyCallRouter *router, AhoyCallRun *run, char **numbers);
void ahoy_dial_forward_free (AhoyDialForward *self);
gboolean ahoy_dial_forward_jump (AhoyDialForward *self, AhoyCallRun *run);

/* More digits of a number, by the keypad of a caller. */
typedef void (*AhoyDialOverlapFunc) (gpointer user_data);

gboolean ahoy_dial_overlap_ask (AhoyCallRouter *router, AhoyCallRun *run,
                                AhoyDialOverlapFunc func, gpointer user_data);
void ahoy_dial_overlap_begin (AhoySession *session);
void ahoy_dial_overlap_end (AhoySession *session);

/* One step: those who are called, and who of them answered. */
typedef struct _AhoyDialAttempt AhoyDialAttempt;

/* Who has a caller whom somebody else dials for, such as a queue. None of these may end the attempt
 * at once. */
typedef struct {
  /* @leg answered, and is about to be joined with the caller. */
  void (*answered) (AhoySession *leg, gpointer user_data);
  /* Nobody rings at @endpoint any more, while others may. */
  void (*declined) (AhoyEndpoint *endpoint, gpointer user_data);
  /* Nobody rings any more, and nobody answered. */
  void (*failed) (gpointer user_data);
  /* The run has another caller from now on. */
  void (*moved) (gpointer user_data);
} AhoyDialWatch;

AhoyDialAttempt *ahoy_dial_attempt_new (AhoyDialApplication *application, AhoyCallRun *run);
AhoyDialAttempt *ahoy_dial_attempt_new_watched (AhoyDialApplication *application, AhoyCallRun *run,
                                                AhoyRouteStep *step, const char *const *targets,
                                                const AhoyDialWatch *watch, gpointer user_data);
void ahoy_dial_attempt_begin (AhoyDialAttempt *self);
void ahoy_dial_attempt_add (AhoyDialAttempt *self, const char *target);
void ahoy_dial_attempt_end (AhoyDialAttempt *self);
void ahoy_dial_attempt_unref (gpointer self);

/* What others do with calls that a step joined, or is about to join: transfer, pickup. */
AhoyBridge *ahoy_dial_detach (AhoySession *session);
gboolean ahoy_dial_swap_caller (AhoySession *caller, AhoySession *replacement);
gboolean ahoy_dial_can_swap_leg (AhoySession *leg);
gboolean ahoy_dial_swap_leg (AhoySession *leg, AhoySession *replacement);
/* Headers for the INVITEs that a caller causes from now on: floating a(ss), or NULL for none. */
void ahoy_dial_set_headers (AhoySession *caller, GVariant *headers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDialForward, ahoy_dial_forward_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDialPlace, ahoy_dial_place_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDialTarget, ahoy_dial_target_free)

G_END_DECLS
