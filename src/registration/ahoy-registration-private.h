/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction-private.h"
#include "ahoy-endpoint.h"
#include "ahoy-registration-answer-private.h"
#include "ahoy-registration-service.h"

G_BEGIN_DECLS

/* What is known over restarts: a key file, or nothing but memory. */
typedef struct _AhoyRegistrationMemory AhoyRegistrationMemory;

AhoyRegistrationMemory *ahoy_registration_memory_new (const char *path);
void ahoy_registration_memory_free (AhoyRegistrationMemory *self);
char *ahoy_registration_memory_get (AhoyRegistrationMemory *self, const char *name,
                                    const char *key);
void ahoy_registration_memory_set (AhoyRegistrationMemory *self, const char *name, const char *key,
                                   const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRegistrationMemory, ahoy_registration_memory_free)

typedef struct {
  char *uri;
  gint64 not_before; /* of the scheduler's clock: it said Retry-After */
  gboolean tried;    /* in this round, in vain */
} AhoyRegistrationServer;

struct _AhoyRegistration {
  GObject parent_instance;

  AhoyRegistrationService *service; /* its owner; NULL: taken out */
  AhoyStack *stack;
  AhoyScheduler *scheduler;
  AhoyRegistrationConfig *config;
  AhoyRegistrationConfig *next; /* holds when the binding of the present one is gone */
  AhoyEndpoint *account;        /* has the accounts of its own; NULL: those of the endpoint */
  GPtrArray *servers;           /* AhoyRegistrationServer, the best first */
  guint server;
  int origin;  /* of a look at better servers: where we are registered; -1: no look */
  char *moved; /* where the server sent us to */

  AhoyRegistrationState state;
  guint status;
  char *reason;
  char *server_name;
  gint64 expires_at;
  gint64 next_attempt_at;
  char **service_route;
  char **associated;

  gboolean switched; /* somebody said at run time whether it is enabled, */
  gboolean enabled;  /* and which */
  gboolean running; /* the service was started, and not stopped */
  gboolean paused;  /* somebody unregistered it by hand */
  gboolean leaving; /* what is on its way takes the binding away */
  gboolean again;   /* when what is on its way is answered, more is to be done */
  gboolean bound;   /* some server has a binding of ours */
  AhoyClientTransaction *transaction;
  guint64 patience_timer;
  guint64 due_timer;
  guint64 return_timer;
  GPtrArray *waiting; /* GTask */

  char *call_id;
  guint32 cseq;
  gint64 asked;  /* s: Expires of what is on its way */
  gint64 longer; /* s: what a server wants at least; 0: nothing */
  guint rounds;  /* how often no server could do it, one after the other */
  guint detours; /* 3xx, 423 and learned addresses, one after the other */
  char *contact; /* the URI that was sent last */
  char *learned; /* our address as the server sees it */
  guint learned_port;
  char *line;

  char *flow;     /* the peer of the connection of REGISTER; NULL: none, or datagrams */
  char *listener; /* that it left by */
  gint64 flow_begin;
  guint lost; /* flows that did not last, one after the other */
  gint64 ping_interval;
  guint64 ping_timer;
  GCancellable *ping; /* of the OPTIONS that is on its way */
};

void ahoy_registration_begin_flow (AhoyRegistration *self, AhoyClientTransaction *transaction,
                                   guint flow_timer);
void ahoy_registration_end_flow (AhoyRegistration *self);
void ahoy_registration_flow_closed (AhoyRegistration *self, const char *address,
                                    const char *listener);

gboolean ahoy_registration_is_wanted (AhoyRegistration *self);
void ahoy_registration_set_state (AhoyRegistration *self, AhoyRegistrationState state,
                                  guint status, const char *reason);
void ahoy_registration_proceed (AhoyRegistration *self);
void ahoy_registration_schedule (AhoyRegistration *self, gint64 delay);
void ahoy_registration_cancel_timer (AhoyRegistration *self, guint64 *timer);
void ahoy_registration_end_transaction (AhoyRegistration *self);

AhoyMessage *ahoy_registration_make_request (AhoyRegistration *self, gint64 expires,
                                             GError **error);
AhoyMessage *ahoy_registration_make_ping (AhoyRegistration *self, GError **error);
void ahoy_registration_add_contact (AhoyRegistration *self, AhoyMessage *request,
                                    const char *listener);
gboolean ahoy_registration_learn (AhoyRegistration *self, const AhoyRegistrationAnswer *answer);
void ahoy_registration_keep_account (AhoyRegistration *self, AhoyAuthRegistry *accounts);
void ahoy_registration_read_servers (AhoyRegistration *self);
void ahoy_registration_read_config (AhoyRegistration *self);

AhoyRegistration *ahoy_registration_new (AhoyRegistrationService *service,
                                         AhoyRegistrationConfig *config);
void ahoy_registration_set_config (AhoyRegistration *self, AhoyRegistrationConfig *config);
void ahoy_registration_set_running (AhoyRegistration *self, gboolean running);
void ahoy_registration_refresh (AhoyRegistration *self, gint64 delay);
void ahoy_registration_forget (AhoyRegistration *self);
gboolean ahoy_registration_is_busy (AhoyRegistration *self);

AhoyStack *ahoy_registration_service_get_stack (AhoyRegistrationService *self);
AhoyScheduler *ahoy_registration_service_get_scheduler (AhoyRegistrationService *self);
AhoyEndpoint *ahoy_registration_service_find_endpoint (AhoyRegistrationService *self,
                                                       const char *name);
char *ahoy_registration_service_get_line (AhoyRegistrationService *self, const char *name,
                                          const char *endpoint);
char *ahoy_registration_service_get_switch (AhoyRegistrationService *self, const char *name);
void ahoy_registration_service_set_switch (AhoyRegistrationService *self, const char *name,
                                           const char *value);
char *ahoy_registration_service_get_instance (AhoyRegistrationService *self);
void ahoy_registration_service_settled (AhoyRegistrationService *self,
                                        AhoyRegistration *registration);

G_END_DECLS
