/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Texts that come in pieces are the same texts, and keys meet them alike, wherever a piece ends. */
#include "model/compare.h"
#include "model/message-text.h"
#include "model/message.h"
#include "model/text-match.h"

#include <string.h>
#include <sys/resource.h>

static const char *const codings[] = {"7bit", "base64", "quoted-printable"};
static const char *const charsets[] = {"utf-8",     "iso-8859-1", "gb2312",      "utf-16", "utf-7",
                                       "shift_jis", "x-nowhere",  "iso-2022-jp", "gb18030"};
static const char *const types[] = {"text/plain", "text/html"};

/* What tells one state of a decoder from another. */
static const char *const pieces[] = {
    "alpha",     " ",         "\t",           "\r\n",     "\n",
    "\r",        "=",         "=4",           "=41",      "=\r\n",
    "= \n",      "=e8=ae",    "\xe8\xae\xa2", "\xe8\xae", "\xff",
    "\xc3",      "YWJj",      "YQ==",         "Zm9v\n",   "-",
    "<",         ">",         "<b x=\"",      "'",        "\"",
    "</script>", "<script>",  "<style",       "<!--",     "--",
    "->",        "&",         "&amp;",        "&#65;",    "&eacute",
    ";",         "\\",        "]]>",          "\x1b$B",   "\x1b(B",
    "+AOk-",     "<![CDATA[", "\x81\x39",     "\xb6\xa9", "a\0b",
};

static void
append_random(GString *out, guint n)
{
    for (guint i = 0; i < n; i++) {
        const char *piece = pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))];

        g_string_append(out, piece);
        if (g_test_rand_int_range(0, 20) == 0)
            g_string_append_c(out, (char)g_test_rand_int_range(0, 256));
    }
}

static TamisMessage *
random_message(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *type = types[g_test_rand_int_range(0, G_N_ELEMENTS(types))];
    const char *charset = charsets[g_test_rand_int_range(0, G_N_ELEMENTS(charsets))];
    const char *coding = codings[g_test_rand_int_range(0, G_N_ELEMENTS(codings))];

    g_string_printf(text, "Content-Type: %s; charset=%s\nContent-Transfer-Encoding: %s\n\n", type,
                    charset, coding);
    append_random(text, (guint)g_test_rand_int_range(0, 60));
    g_autoptr(GBytes) bytes = g_bytes_new(text->str, text->len);
    return tamis_message_new_from_bytes(bytes);
}

static gboolean
append_piece(const char *piece, gsize length, gpointer data)
{
    g_assert_cmpuint(length, >, 0);
    g_string_append_len(data, piece, (gssize)length);
    return TRUE;
}

static void
test_windows(void)
{
    for (guint round = 0; round < 4000; round++) {
        g_autoptr(TamisMessage) message = random_message();
        guint n = 0;
        const TamisBodyPart *part = tamis_message_get_parts(message, &n);

        g_assert_cmpuint(n, ==, 1);
        for (guint plain = 0; plain < 2; plain++) {
            gsize length = 0;
            const char *whole = tamis_message_get_part_text(message, 0, plain, &length);

            g_assert_nonnull(whole);
            for (gsize window = 1; window < 40; window += window < 8 ? 1 : 7) {
                g_autoptr(GString) text = g_string_new(NULL);

                tamis_body_part_read(part, plain, window, append_piece, text);
                g_assert_cmpmem(text->str, text->len, whole, length);
            }
        }
    }
}

/* Matching ---------------------------------------------------------------------------------------- */

/* Few letters, so that keys are met, and nearly met, again and again. */
static char *
random_text(const char *letters, guint max)
{
    guint n = (guint)g_test_rand_int_range(0, (gint)max);
    char *text = g_malloc(n + 1);

    for (guint i = 0; i < n; i++)
        text[i] = letters[g_test_rand_int_range(0, (gint)strlen(letters))];
    text[n] = '\0';
    return text;
}

static TamisAtom
random_atom(TamisFormulas *formulas)
{
    static const char *const letters[] = {"abAB", "abA", "aabA*?\\", "0019a", "ab", "ab.*|()$^"};
    TamisAtom atom = {.kind = TAMIS_ATOM_BODY, .transform = TAMIS_BODY_CONTENT};
    TamisString keys[3];
    guint32 n = (guint32)g_test_rand_int_range(1, 4);

    do
        atom.match = (guint8)g_test_rand_int_range(TAMIS_KEYS_IS, TAMIS_KEYS_REGEX + 1);
    while (atom.match == TAMIS_KEYS_COUNT);
    atom.relation = (guint8)g_test_rand_int_range(TAMIS_RELATION_EQ, TAMIS_RELATION_GE + 1);
    atom.comparator = (guint8)g_test_rand_int_range(
        TAMIS_COMPARATOR_CASEMAP,
        atom.match == TAMIS_KEYS_REGEX ? TAMIS_COMPARATOR_OCTET + 1 : TAMIS_COMPARATOR_UNICODE + 1);
    if (atom.comparator == TAMIS_COMPARATOR_NUMERIC && atom.match != TAMIS_KEYS_VALUE)
        atom.match = TAMIS_KEYS_IS;
    for (guint32 i = 0; i < n; i++) {
        g_autofree char *key =
            random_text(letters[atom.comparator == TAMIS_COMPARATOR_NUMERIC ? 3 : atom.match], 7);

        keys[i] = tamis_strings_add((TamisStrings *)tamis_formulas_get_strings(formulas), key,
                                    strlen(key));
    }
    atom.keys = tamis_formulas_list(formulas, keys, n);
    return atom;
}

static gboolean
meets_whole(const TamisFormulas *formulas, const TamisAtom *atom, const char *text, gsize length)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    gboolean has_lines = FALSE;

    for (guint32 i = 0; i < atom->keys.n; i++)
        has_lines |= strchr(tamis_strings_get(tamis_formulas_get_strings(formulas),
                                              tamis_formulas_list_get(formulas, atom->keys, i)),
                            '\n') != NULL;
    if (has_lines)
        tamis_message_text_add_lines(lines, text, length);
    else
        g_string_append_len(lines, text, (gssize)length);
    return tamis_atom_meets_a_key(formulas, atom, lines->str, lines->len);
}

/* All of them are asked twice by one matcher, in pieces of many sizes. */
static void
test_matches(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    guint n_met = 0;

    for (guint round = 0; round < 20000; round++) {
        TamisAtom atom = random_atom(formulas);
        g_autoptr(TamisTextMatch) match = tamis_text_match_new(formulas, &atom, FALSE);

        for (guint i = 0; i < 4; i++) {
            g_autofree char *text = random_text(round % 3 == 0 ? "0019a\r\n" : "abA\r\n", 30);
            gsize length = strlen(text), size = 1 + (gsize)g_test_rand_int_range(0, 9);
            gboolean expected = meets_whole(formulas, &atom, text, length);
            gboolean goes_on = TRUE;

            for (gsize at = 0; at < length && (goes_on || i % 2 == 0); at += size)
                goes_on = tamis_text_match_step(match, text + at, MIN(size, length - at));
            g_assert_cmpint(tamis_text_match_finish(match), ==, expected);
            n_met += (guint)expected;
        }
    }
    g_assert_cmpuint(n_met, >, 10000);
    g_assert_cmpuint(n_met, <, 70000);
}

static gboolean
step(const char *piece, gsize length, gpointer data)
{
    return tamis_text_match_step(data, piece, length);
}

/* A long part is not held, whatever it is asked. */
static void
test_memory(void)
{
    g_autoptr(GString) text =
        g_string_new("Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: "
                     "quoted-printable\n\n");
    gsize length = 0;
    guint n = 0;
    struct rusage before, after;

    while (text->len < (20 << 20))
        g_string_append(text, "<p>A line of text, d=F6lor sit amet, which is long enough</p>=\n\n");
    g_autoptr(GBytes) bytes = g_bytes_new_static(text->str, text->len);
    g_autoptr(TamisMessage) message = tamis_message_new_from_bytes(bytes);
    const TamisBodyPart *part = tamis_message_get_parts(message, &n);

    g_assert_null(tamis_message_get_part_text(message, 0, TRUE, &length));
    getrusage(RUSAGE_SELF, &before);
    for (guint plain = 0; plain < 2; plain++) {
        g_autoptr(TamisStrings) strings = tamis_strings_new();
        g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
        TamisString key = tamis_strings_add(strings, "*nowhere*", 9);
        const TamisAtom atom = {.match = TAMIS_KEYS_MATCH,
                                .keys = tamis_formulas_list(formulas, &key, 1)};
        g_autoptr(TamisTextMatch) match = tamis_text_match_new(formulas, &atom, FALSE);

        tamis_body_part_read(part, plain, TAMIS_BODY_WINDOW_BYTES, step, match);
        g_assert_false(tamis_text_match_finish(match));
    }
    getrusage(RUSAGE_SELF, &after);
    /* Far less than the part; what sanitizers keep of freed windows is in it. */
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 8 << 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/body-text/memory", test_memory);
    g_test_add_func("/body-text/windows", test_windows);
    g_test_add_func("/body-text/matches", test_matches);
    return g_test_run();
}
