/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-body-part.h"
#include "ahoy-census.h"
#include "ahoy-client-transaction.h"
#include "ahoy-dialog.h"
#include "ahoy-error.h"
#include "ahoy-extension-registry.h"
#include "ahoy-message.h"
#include "ahoy-name-addr.h"
#include "ahoy-next-hop.h"
#include "ahoy-options-service.h"
#include "ahoy-resolver.h"
#include "ahoy-scheduler.h"
#include "ahoy-sdp-direction.h"
#include "ahoy-sdp-format.h"
#include "ahoy-sdp-media.h"
#include "ahoy-sdp-session.h"
#include "ahoy-server-transaction.h"
#include "ahoy-service.h"
#include "ahoy-stack.h"
#include "ahoy-transport-protocol.h"
#include "ahoy-uri.h"
#include "ahoy-version.h"
