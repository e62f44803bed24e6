/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encoded words (RFC 2047) in header text, read as generously as the engines do. */
#pragma once

#include "base/api.h"

/* Header text, unfolded, as UTF-8. Words are decoded wherever they stand, in any charset (model/charset.h), each
 * by itself; blanks between two of them go. Caller frees. */
TAMIS_API char *tamis_encoded_words_decode(const char *text, gsize length_bytes);
