/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last touch to JSON that json-glib has written: up to 1.8 it leaves U+001F as it is, which no reader of
 * JSON takes (RFC 8259, section 7). */
#pragma once

#include "base/api.h"

/* Takes json, and gives it or a mended copy; to be freed. */
TAMIS_API char *tamis_json_mend(char *json);
