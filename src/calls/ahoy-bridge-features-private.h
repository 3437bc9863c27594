/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-endpoint-types.h"
#include "ahoy-features-config.h"
#include "ahoy-route-step.h"

G_BEGIN_DECLS

/* Digits that do something in calls that are joined. */
typedef struct _AhoyBridgeFeatures AhoyBridgeFeatures;
typedef struct _AhoyFeatureTransfer AhoyFeatureTransfer;

AhoyBridgeFeatures *ahoy_bridge_features_new (AhoyCallRouter *router);
void ahoy_bridge_features_free (AhoyBridgeFeatures *self);
void ahoy_bridge_features_set_config (AhoyBridgeFeatures *self, AhoyConfigObject *config);

/* What caller-features and callee-features of a step allow, before both are joined. */
void ahoy_bridge_features_take_step (AhoySession *caller, AhoySession *callee,
                                     AhoyRouteStep *step);
/* Whether an INFO of this type is a digit that is looked at here first. */
gboolean ahoy_bridge_features_keep_info (AhoySession *session, const char *content_type);

/* For recordings */
gboolean ahoy_bridge_features_is_allowed (AhoySession *session, AhoyCallFeatures feature);

/* For transfers */
AhoyCallRouter *ahoy_bridge_features_get_router (AhoyBridgeFeatures *self);
AhoyConfigObject *ahoy_bridge_features_get_config (AhoyBridgeFeatures *self);
/* The one that a session is joined with, alone; NULL: none. */
AhoySession *ahoy_bridge_features_find_partner (AhoySession *session);
/* Whoever dials for a transfer is not listened to for other features. */
void ahoy_bridge_features_pause (AhoyBridgeFeatures *self, AhoySession *session);
void ahoy_bridge_features_resume (AhoyBridgeFeatures *self, AhoySession *session);
void ahoy_bridge_features_forget_transfer (AhoyBridgeFeatures *self,
                                           AhoyFeatureTransfer *transfer);

/* What the one who dials may call himself. */
const char *ahoy_bridge_features_find_context (AhoySession *session);

/* Leaves the partner in a slot, whose number the one who parks it hears before he is hung up.
 * FALSE: nothing has changed. */
gboolean ahoy_feature_park (AhoyBridgeFeatures *features, AhoySession *session,
                            AhoySession *partner);

/* One transfer by digits, from the code on. */
AhoyFeatureTransfer *ahoy_feature_transfer_new (AhoyBridgeFeatures *features,
                                                AhoySession *transferor, AhoySession *partner,
                                                gboolean attended);
void ahoy_feature_transfer_start (AhoyFeatureTransfer *self);
void ahoy_feature_transfer_free (AhoyFeatureTransfer *self);

G_END_DECLS
