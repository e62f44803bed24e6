/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of a test, whatever form its script has: of one in XML (RFC 5784) the Sieve that it stands for. */
#pragma once

#include "base/source.h"

typedef struct TamisTestTexts TamisTestTexts;

TamisTestTexts *tamis_test_texts_new(TamisSources *sources);
void tamis_test_texts_free(TamisTestTexts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTestTexts, tamis_test_texts_free)
/* What stands at the span, which is a test's. Caller frees. */
char *tamis_test_texts_get(TamisTestTexts *texts, TamisSpan span);
