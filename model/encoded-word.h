/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encoded words (RFC 2047) in header text, read as generously as the engines do. */
#pragma once

#include "base/api.h"

/* Header text, unfolded, as UTF-8. Words are decoded wherever they stand, in any charset that GMime knows
 * (another is taken for UTF-8), each by itself; blanks between two of them go. Bytes that are no text become
 * one U+FFFD a run. Caller frees. */
TAMIS_API char *tamis_encoded_words_decode(const char *text, gsize length_bytes);
