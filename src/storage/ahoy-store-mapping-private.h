/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-store-mapping.h"

G_BEGIN_DECLS

/* What is wrong with a key of a [store NAME], for people; NULL for nothing. Asked before
 * there is a store. @state_folder: (nullable): where a relative path begins, which is not judged
 * without. */
char *ahoy_store_mapping_judge_types (AhoyConfigSchema *schema, AhoyConfigObject *object);
char *ahoy_store_mapping_judge_path (AhoyConfigObject *object, const char *state_folder);

/* The name by which types of a [store NAME] call what an AhoyRecordStore keeps: who is where. */
#define AHOY_STORE_MAPPING_RECORDS "location"

/* The file of it; NULL where it is kept in memory alone. */
char *ahoy_store_mapping_dup_records_path (AhoyConfigSet *configuration,
                                           const char *state_folder);

G_END_DECLS
