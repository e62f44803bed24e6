/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a server says of itself (RFC 5804, section 1.7), out of a response. */
#pragma once

#include "deploy/managesieve/session.h"
#include "deploy/managesieve/wire.h"

void tamis_capabilities_clear(TamisManageSieveCapabilities *capabilities);
void tamis_capabilities_read(const TamisWireResponse *response,
                             TamisManageSieveCapabilities *out_capabilities);
