/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How what has no sign is read. */
#include "grammar/sieve/xml-layout.h"

gboolean
tamis_sieve_xml_is_bracketed(const char *text)
{
    gsize length = strlen(text);

    return strchr(text, '\n') != NULL ||
           (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'));
}

gboolean
tamis_sieve_xml_is_block(const char *text, gsize length_bytes)
{
    const char *limit = text + length_bytes;

    if (length_bytes == 0 || limit[-1] != '\n')
        return FALSE;
    while ((text = memchr(text, '\r', (gsize)(limit - text))) != NULL) {
        while (*text == '\r')
            text++;
        if (*text != '\n')
            return FALSE;
    }
    return TRUE;
}

char
tamis_sieve_xml_quantifier(guint64 number)
{
    static const char quantifiers[] = {0, 'K', 'M', 'G'};
    guint i = 0;

    for (; i + 1 < G_N_ELEMENTS(quantifiers) && number != 0 && number % 1024 == 0; i++)
        number /= 1024;
    return quantifiers[i];
}

const char *
tamis_sieve_xml_quantifier_sign(char quantifier)
{
    switch (g_ascii_toupper(quantifier)) {
    case 'K':
        return "K";
    case 'M':
        return "M";
    case 'G':
        return "G";
    default:
        return "1";
    }
}
