/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What leaves the shared library. Everything is hidden unless its declaration carries TAMIS_API. */
#pragma once

#include <glib.h>

#define TAMIS_API __attribute__((visibility("default")))
