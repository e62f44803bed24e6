/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names that PCRE 8.39 has: properties of characters (Unicode 7), verbs, settings. */
#include "grammar/sieve/regex-pcre.h"

#include <stdlib.h>
#include <string.h>

/* In order. */
static const char *const properties[] = {
    "Any",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Bassa_Vah",
    "Batak",
    "Bengali",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "C",
    "Canadian_Aboriginal",
    "Carian",
    "Caucasian_Albanian",
    "Cc",
    "Cf",
    "Chakma",
    "Cham",
    "Cherokee",
    "Cn",
    "Co",
    "Common",
    "Coptic",
    "Cs",
    "Cuneiform",
    "Cypriot",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Duployan",
    "Egyptian_Hieroglyphs",
    "Elbasan",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanunoo",
    "Hebrew",
    "Hiragana",
    "Imperial_Aramaic",
    "Inherited",
    "Inscriptional_Pahlavi",
    "Inscriptional_Parthian",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kayah_Li",
    "Kharoshthi",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "L",
    "L&",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Linear_A",
    "Linear_B",
    "Lisu",
    "Ll",
    "Lm",
    "Lo",
    "Lt",
    "Lu",
    "Lycian",
    "Lydian",
    "M",
    "Mahajani",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Mc",
    "Me",
    "Meetei_Mayek",
    "Mende_Kikakui",
    "Meroitic_Cursive",
    "Meroitic_Hieroglyphs",
    "Miao",
    "Mn",
    "Modi",
    "Mongolian",
    "Mro",
    "Myanmar",
    "N",
    "Nabataean",
    "Nd",
    "New_Tai_Lue",
    "Nko",
    "Nl",
    "No",
    "Ogham",
    "Ol_Chiki",
    "Old_Italic",
    "Old_North_Arabian",
    "Old_Permic",
    "Old_Persian",
    "Old_South_Arabian",
    "Old_Turkic",
    "Oriya",
    "Osmanya",
    "P",
    "Pahawh_Hmong",
    "Palmyrene",
    "Pau_Cin_Hau",
    "Pc",
    "Pd",
    "Pe",
    "Pf",
    "Phags_Pa",
    "Phoenician",
    "Pi",
    "Po",
    "Ps",
    "Psalter_Pahlavi",
    "Rejang",
    "Runic",
    "S",
    "Samaritan",
    "Saurashtra",
    "Sc",
    "Sharada",
    "Shavian",
    "Siddham",
    "Sinhala",
    "Sk",
    "Sm",
    "So",
    "Sora_Sompeng",
    "Sundanese",
    "Syloti_Nagri",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Tai_Le",
    "Tai_Tham",
    "Tai_Viet",
    "Takri",
    "Tamil",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Ugaritic",
    "Vai",
    "Warang_Citi",
    "Xan",
    "Xps",
    "Xsp",
    "Xuc",
    "Xwd",
    "Yi",
    "Z",
    "Zl",
    "Zp",
    "Zs",
};

typedef struct {
    const char *text;
    gsize length;
} Name;

static int
compare(gconstpointer key, gconstpointer element)
{
    const Name *name = key;
    const char *property = *(const char *const *)element;
    int order = strncmp(name->text, property, name->length);

    return order != 0 ? order : property[name->length] == '\0' ? 0 : -1;
}

static gboolean
fail_property(TamisPcre *pcre)
{
    return tamis_pcre_fail(pcre, "PCRE knows no such property of characters",
                           "write one of Unicode 7's, such as \"\\\\p{Lu}\" or \"\\\\p{Greek}\"");
}

gboolean
tamis_pcre_take_property(TamisPcre *pcre)
{
    Name name = {pcre->at, 1};

    if (pcre->at == pcre->limit)
        return fail_property(pcre);
    if (*pcre->at == '{') {
        const char *end = memchr(pcre->at, '}', (gsize)(pcre->limit - pcre->at));
        name.text += pcre->at[1] == '^' ? 2 : 1;
        if (end == NULL || end < name.text)
            return fail_property(pcre);
        name.length = (gsize)(end - name.text);
        pcre->at = end;
    }
    pcre->at++;
    return (name.length > 0 && bsearch(&name, properties, G_N_ELEMENTS(properties),
                                       sizeof *properties, compare) != NULL) ||
           fail_property(pcre);
}

gboolean
tamis_pcre_is_verb(const TamisPcre *pcre)
{
    char c = tamis_pcre_peek(pcre, 2);

    return tamis_pcre_starts_with(pcre, "(*") && (c == ':' || g_ascii_isalpha(c));
}

#define VERBS "write (*ACCEPT), (*FAIL), (*COMMIT), (*PRUNE), (*SKIP), (*THEN) or (*MARK:name)"

static const struct {
    const char *name;
    gboolean takes_argument, needs_argument;
} verbs[] = {
    {"", TRUE, TRUE},       {"MARK", TRUE, TRUE},     {"ACCEPT", FALSE, FALSE},
    {"F", FALSE, FALSE},    {"COMMIT", FALSE, FALSE}, {"FAIL", FALSE, FALSE},
    {"PRUNE", TRUE, FALSE}, {"SKIP", TRUE, FALSE},    {"THEN", TRUE, FALSE},
};

enum { MAX_ARGUMENT = 255 };

gboolean
tamis_pcre_take_verb(TamisPcre *pcre, TamisPcreKind *out_kind, guint64 *out_size)
{
    const char *name = pcre->at + 2, *end = name, *close;
    gsize n_argument = 0;

    while (end < pcre->limit && g_ascii_isalpha(*end))
        end++;
    close = end;
    if (end < pcre->limit && *end == ':') {
        close = memchr(end, ')', (gsize)(pcre->limit - end));
        n_argument = close != NULL ? (gsize)(close - end) - 1 : 0;
    }
    if (close == NULL || close == pcre->limit || *close != ')')
        return tamis_pcre_fail(pcre, "a verb is not closed", "write ')' behind it");
    pcre->at = close + 1;
    *out_size = 1 + (n_argument > 0 ? n_argument + 2 : 0);
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strlen(verbs[i].name) != (gsize)(end - name) ||
            strncmp(verbs[i].name, name, (gsize)(end - name)) != 0)
            continue;
        *out_kind = strcmp(verbs[i].name, "ACCEPT") == 0 ? TAMIS_PCRE_ACCEPT : TAMIS_PCRE_NOTHING;
        if (n_argument > 0 ? !verbs[i].takes_argument : verbs[i].needs_argument)
            return tamis_pcre_fail(
                pcre, n_argument > 0 ? "the verb takes no argument" : "the verb lacks its argument",
                VERBS);
        return n_argument <= MAX_ARGUMENT ||
               tamis_pcre_fail(pcre, "the name of a verb is longer than 255 bytes",
                               "write a shorter one");
    }
    return tamis_pcre_fail(pcre, "PCRE has no such verb at that place", VERBS);
}

static const char *const settings[] = {
    "(*UTF8)", "(*UTF)",  "(*UCP)", "(*NO_AUTO_POSSESS)", "(*NO_START_OPT)", "(*CR)",
    "(*LF)",   "(*CRLF)", "(*ANY)", "(*ANYCRLF)",         "(*BSR_ANYCRLF)",  "(*BSR_UNICODE)",
};

static gboolean
skip_limit(TamisPcre *pcre, const char *name)
{
    const char *start = pcre->at;
    guint64 limit = 0;

    if (!tamis_pcre_starts_with(pcre, name))
        return FALSE;
    for (pcre->at += strlen(name); g_ascii_isdigit(tamis_pcre_peek(pcre, 0)); pcre->at++) {
        if (limit > G_MAXUINT32 / 10 - 1)
            break;
        limit = limit * 10 + (guint64)(*pcre->at - '0');
    }
    if (tamis_pcre_peek(pcre, 0) == ')') {
        pcre->at++;
        return TRUE;
    }
    pcre->at = start;
    return FALSE;
}

void
tamis_pcre_skip_settings(TamisPcre *pcre)
{
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
        if (tamis_pcre_starts_with(pcre, settings[i])) {
            pcre->at += strlen(settings[i]);
            i = (guint)-1;
        } else if (i == 0 &&
                   (skip_limit(pcre, "(*LIMIT_MATCH=") || skip_limit(pcre, "(*LIMIT_RECURSION="))) {
            i = (guint)-1;
        }
}
