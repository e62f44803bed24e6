/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list is of what is met, not of all synonyms. */
#include "grammar/policy/foreign-words.h"

#include <glib.h>
#include <string.h>

typedef struct {
    const char *word;
    const char *keyword; /* in quotes: said where it can stand; NULL: an action */
    const char *help;
} ForeignWord;

static const ForeignWord foreign_words[] = {
    {"fileinto", NULL, "write 'keep in \"Folder\"'"},
    {"move", NULL, "write 'keep in \"Folder\"'"},
    {"file", NULL, "write 'keep in \"Folder\"'"},
    {"redirect", NULL, "write 'forward to'"},
    {"send", NULL, "write 'forward to'"},
    {"stop", NULL, "write 'final'"},
    {"exit", NULL, "write 'final'"},
    {"addheader", NULL, "write 'mark \"Name: value\"'"},
    {"vacation", NULL, "write 'reply \"text\"'"},
    {"delete", NULL, "write 'discard'"},
    {"drop", NULL, "write 'discard'"},
    {"if", "'when'", "write 'when'"},
    {"where", "'when'", "write 'when'"},
    {"else", "'otherwise'", "write 'otherwise'"},
    {"elsif", "'when'", "write 'when'"},
    {"equals", "'is'", "write 'is'"},
    {"=", "'is'", "write 'is'"},
};

const char *
tamis_foreign_word(const char *word, const char *keywords)
{
    for (gsize i = 0; i < G_N_ELEMENTS(foreign_words); i++) {
        const ForeignWord *foreign = &foreign_words[i];

        if (strcmp(word, foreign->word) == 0 && (keywords == NULL) == (foreign->keyword == NULL) &&
            (keywords == NULL || strstr(keywords, foreign->keyword) != NULL))
            return foreign->help;
    }
    return NULL;
}
