/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-problem.h"
#include "ahoy-core-private.h"

G_BEGIN_DECLS

/*
 * From one configuration to the next. The first one is the difference to nothing, a reload that to
 * what runs: the same code does both.
 */
typedef struct {
  AhoyCore *core;
  AhoyConfigSet *from; /* what runs; empty at first */
  AhoyConfigSet *to;   /* what is to run; an object that is refused stays as it is in @from */
  GPtrArray *problems; /* AhoyConfigProblem */
  gboolean first;
} AhoyCoreChange;

/*
 * What is done with the objects of one type. Each function may be NULL. One that returns FALSE has
 * reported why, and the object stays as it was before: not there, or in its previous form. A change
 * of a key that says AHOY_CONFIG_RELOAD_REMAKE is remove() of the old form and add() of the new.
 */
typedef struct {
  const char *type;
  /* Whether the object can be used; it may warn. Nothing is changed. */
  gboolean (*check) (AhoyCoreChange *change, AhoyConfigObject *object);
  gboolean (*add) (AhoyCoreChange *change, AhoyConfigObject *object);
  gboolean (*change) (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object);
  void (*remove) (AhoyCoreChange *change, AhoyConfigObject *object);
  /* Once, after all objects of the type. @touched: some of them, or their order, changed. */
  void (*finish) (AhoyCoreChange *change, gboolean touched);
} AhoyCorePart;

void ahoy_core_change_complain (AhoyCoreChange *change, AhoyConfigSeverity severity,
                                AhoyConfigObject *object, const char *key, const char *message);
void ahoy_core_change_fail (AhoyCoreChange *change, AhoyConfigObject *object, const char *key,
                            const GError *error);
gboolean ahoy_core_change_check_headers (AhoyCoreChange *change, AhoyConfigObject *object);

/* The types of objects, each in a file of its own; the table is in ahoy-core-configure.c. */
extern const AhoyCorePart ahoy_core_settings_part;
extern const AhoyCorePart ahoy_core_transport_part;
extern const AhoyCorePart ahoy_core_auth_part;
extern const AhoyCorePart ahoy_core_endpoint_part;
extern const AhoyCorePart ahoy_core_aor_part;
extern const AhoyCorePart ahoy_core_acl_part;
extern const AhoyCorePart ahoy_core_domain_part;
extern const AhoyCorePart ahoy_core_identify_part;
extern const AhoyCorePart ahoy_core_out_route_part;
extern const AhoyCorePart ahoy_core_rewrite_part;
extern const AhoyCorePart ahoy_core_registration_part;
extern const AhoyCorePart ahoy_core_music_part;
extern const AhoyCorePart ahoy_core_queue_part;
extern const AhoyCorePart ahoy_core_route_part;
extern const AhoyCorePart ahoy_core_features_part;
extern const AhoyCorePart ahoy_core_history_part;
extern const AhoyCorePart ahoy_core_store_part;
extern const AhoyCorePart ahoy_core_messaging_part;
extern const AhoyCorePart ahoy_core_message_route_part;

/* Complains of names in [core] that no module has. */
void ahoy_core_check_modules (AhoyCoreChange *change, AhoyConfigObject *settings);
/* Loads and unloads what another configuration says, when all else of it holds. */
void ahoy_core_follow_modules (AhoyCoreChange *change);

/* What takes settings of [core]: @old is NULL at first, and what held until now afterwards. Listed
 * in ahoy-core-settings-part.c. */
void ahoy_core_apply_chain (AhoyCoreChange *change, AhoyConfigObject *settings,
                            AhoyConfigObject *old);
void ahoy_core_apply_security (AhoyCoreChange *change, AhoyConfigObject *settings,
                               AhoyConfigObject *old);
void ahoy_core_apply_digest (AhoyCoreChange *change, AhoyConfigObject *settings,
                             AhoyConfigObject *old);

void ahoy_core_apply_acl (AhoyCoreChange *change, AhoyConfigObject *settings,
                          AhoyConfigObject *old);
void ahoy_core_apply_domains (AhoyCoreChange *change, AhoyConfigObject *settings,
                              AhoyConfigObject *old);
void ahoy_core_apply_contact_hook (AhoyCoreChange *change, AhoyConfigObject *settings,
                                   AhoyConfigObject *old);
void ahoy_core_apply_numbers (AhoyCoreChange *change, AhoyConfigObject *settings,
                              AhoyConfigObject *old);
void ahoy_core_apply_identify (AhoyCoreChange *change, AhoyConfigObject *settings,
                               AhoyConfigObject *old);
void ahoy_core_apply_registrar (AhoyCoreChange *change, AhoyConfigObject *settings,
                                AhoyConfigObject *old);

G_END_DECLS
