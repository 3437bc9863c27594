/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-sdp-direction.h"
#include "ahoy-sdp-format.h"
#include "ahoy-sdp-media.h"
#include "ahoy-sdp-session.h"
#include "ahoy-uri.h"
