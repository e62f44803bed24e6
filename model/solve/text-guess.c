/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Texts that read well and are likely to pass: keys put together. Nothing is proved here; what is guessed is
 * tested. */
#include "model/solve/text.h"
#include "model/witness.h"

#include <string.h>

enum { MAX_ROUNDS = 6, MAX_GUESS_BYTES = 8000 };

static const char *const words[] = {TAMIS_USUAL_TEXT, "Question", "News", "x", ""};
static const char *const locals[] = {"anna", "wei", "info", "zhou", "x"};
static const char *const domains[] = {"outside.example", "partner.example", "mail.example",
                                      "example.net", "x.example"};

/* The beginning, the middle and the end of a text in the making. */
typedef struct {
    GString *front, *middle, *back;
    GString *key;   /* that is being placed */
    gboolean whole; /* front is all of it */
} Pieces;

/* A key as a text: stars are left out or blanks, `?` is x. */
static void
append_key(GString *out, const TamisAtom *atom, const char *key, gsize length, const char *star)
{
    for (gsize i = 0; i < length; i++) {
        if (atom->match != TAMIS_KEYS_MATCH) {
            g_string_append_c(out, key[i]);
        } else if (key[i] == '*') {
            if (i > 0 && i + 1 < length)
                g_string_append(out, star);
        } else if (key[i] == '?') {
            g_string_append_c(out, 'x');
        } else {
            i += key[i] == '\\' && i + 1 < length;
            g_string_append_c(out, key[i]);
        }
    }
}

static gboolean
ends_with_star(const char *key, gsize length)
{
    gsize backslashes = 0;

    while (length > 1 && backslashes + 1 < length && key[length - 2 - backslashes] == '\\')
        backslashes++;
    return length > 0 && key[length - 1] == '*' && backslashes % 2 == 0;
}

/* For relations: the key, one more or one less. */
static void
append_related(GString *out, const TamisAtom *atom, const char *key, gsize length)
{
    gboolean by_number = atom->comparator == TAMIS_COMPARATOR_NUMERIC;
    guint64 number = g_ascii_strtoull(key, NULL, 10);

    if (by_number && atom->relation == TAMIS_RELATION_LT)
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, number > 0 ? number - 1 : 0);
    else if (by_number &&
             (atom->relation == TAMIS_RELATION_GT || atom->relation == TAMIS_RELATION_NE))
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, number + 1);
    else if (atom->relation != TAMIS_RELATION_LT || by_number)
        g_string_append_len(out, key, (gssize)length);
    if (!by_number && (atom->relation == TAMIS_RELATION_GT || atom->relation == TAMIS_RELATION_NE))
        g_string_append_c(out, 'a');
}

static void
join(GString *out, const char *text, const char *blank)
{
    if (out->len > 0 && *text != '\0')
        g_string_append(out, blank);
    g_string_append(out, text);
}

/* Puts one key of a test where it belongs. */
static void
place_key(TamisTexts *texts, Pieces *pieces, const TamisAtom *atom, guint round, const char *blank)
{
    gsize length = 0;
    const char *key;
    GString *text = pieces->key;
    gboolean at_start, at_end;

    if (atom->keys.n == 0 || atom->match == TAMIS_KEYS_REGEX)
        return;
    key = tamis_texts_key(texts, atom, round % atom->keys.n, &length);
    if (atom->match == TAMIS_KEYS_VALUE || atom->match == TAMIS_KEYS_IS) {
        g_string_truncate(pieces->front, 0);
        if (atom->match == TAMIS_KEYS_IS)
            g_string_append_len(pieces->front, key, (gssize)length);
        else
            append_related(pieces->front, atom, key, length);
        pieces->whole = TRUE;
        return;
    }
    g_string_truncate(text, 0);
    append_key(text, atom, key, length, blank);
    at_start = atom->match == TAMIS_KEYS_MATCH && length > 0 && key[0] != '*';
    at_end = atom->match == TAMIS_KEYS_MATCH && !ends_with_star(key, length);
    if (at_start && !pieces->whole) {
        if (text->len > pieces->front->len)
            g_string_assign(pieces->front, text->str);
        pieces->whole |= at_end && memchr(key, '*', length) == NULL;
    } else if (at_end) {
        if (text->len > pieces->back->len)
            g_string_assign(pieces->back, text->str);
    } else if (strstr(pieces->middle->str, text->str) == NULL) {
        join(pieces->middle, text->str, blank);
    }
}

static void
collect(TamisTexts *texts, Pieces *pieces, const TamisTextTest *tests, guint n, TamisScope scope,
        guint round, const char *blank)
{
    g_string_truncate(pieces->front, 0);
    g_string_truncate(pieces->middle, 0);
    g_string_truncate(pieces->back, 0);
    pieces->whole = FALSE;
    for (guint i = 0; i < n; i++) {
        if (!tests[i].negated && tests[i].scope == scope)
            place_key(texts, pieces, tests[i].atom, round, blank);
    }
}

static void
assemble(const Pieces *pieces, GString *out_text, const char *blank)
{
    g_string_assign(out_text, pieces->front->str);
    if (pieces->whole)
        return;
    join(out_text, pieces->middle->str, blank);
    join(out_text, pieces->back->str, blank);
}

/* A guess costs its length once a test, in words of the machine. */
static void
spend_on_guess(TamisTexts *texts, guint n, const GString *text)
{
    enum { BYTES_A_STEP = 8 };
    guint64 cost = n + (guint64)n * text->len / BYTES_A_STEP;

    texts->steps -= MIN(texts->steps - 1, cost);
}

/* With one key a test there is nothing to vary but the blanks. */
static guint
count_rounds(const TamisTextTest *tests, guint n)
{
    guint32 most = 0;

    for (guint i = 0; i < n; i++) {
        if (!tests[i].negated)
            most = MAX(most, tests[i].atom->keys.n);
    }
    return most == 0 ? MAX_ROUNDS : MIN(2 * most, MAX_ROUNDS);
}

static gboolean
guess_text(TamisTexts *texts, TamisShape shape, const TamisTextTest *tests, guint n, Pieces *pieces,
           GString *out_text)
{
    static const char *const blanks[] = {" ", ""};
    guint n_rounds = count_rounds(tests, n);

    for (guint round = 0; round < n_rounds; round++) {
        const char *blank = blanks[round % 2];

        collect(texts, pieces, tests, n, TAMIS_SCOPE_TEXT, round / 2, blank);
        assemble(pieces, out_text, blank);
        if (out_text->len == 0 && round < G_N_ELEMENTS(words))
            g_string_assign(out_text, words[round]);
        spend_on_guess(texts, n, out_text);
        if (out_text->len <= MAX_GUESS_BYTES &&
            tamis_shape_takes(&shape, out_text->str, out_text->len) &&
            tamis_texts_all_pass(texts, tests, n, out_text->str, out_text->len))
            return TRUE;
    }
    return FALSE;
}

/* The local part or the domain: from its own tests, from those of the whole, or a usual one. */
static void
assemble_local(TamisTexts *texts, Pieces *pieces, const TamisTextTest *tests, guint n, guint round,
               const char *usual, GString *out_local)
{
    gboolean has_detail = FALSE;

    collect(texts, pieces, tests, n, TAMIS_SCOPE_LOCAL, round, "");
    assemble(pieces, out_local, "");
    if (out_local->len == 0) {
        collect(texts, pieces, tests, n, TAMIS_SCOPE_USER, round, "");
        assemble(pieces, out_local, "");
        has_detail = out_local->len > 0 && round % 2 != 0;
    }
    if (out_local->len == 0)
        g_string_assign(out_local, usual);
    collect(texts, pieces, tests, n, TAMIS_SCOPE_DETAIL, round, "");
    for (guint i = 0; i < n; i++) {
        if (!tests[i].negated && tests[i].scope == TAMIS_SCOPE_DETAIL) {
            g_autoptr(GString) detail = g_string_new(NULL);

            assemble(pieces, detail, "");
            g_string_append(out_local, texts->delimiter);
            g_string_append(out_local, detail->len > 0 ? detail->str : "x");
            return;
        }
    }
    if (has_detail && *texts->delimiter != '\0') {
        g_string_append(out_local, texts->delimiter);
        g_string_append_c(out_local, 'x');
    }
}

/* What tests of the whole address ask for: a local part before '@', a domain behind. */
static void
fit_whole(const Pieces *pieces, GString *local, GString *domain)
{
    const char *const parts[] = {pieces->front->str, pieces->middle->str, pieces->back->str};

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *at = strchr(parts[i], '@');

        if (*parts[i] == '\0')
            continue;
        if (at == NULL && i < 2) {
            g_string_assign(local, parts[i]);
        } else if (at == NULL) {
            g_string_assign(domain, parts[i][0] == '.' ? "mail" : "");
            g_string_append(domain, parts[i]);
        } else {
            if (at > parts[i])
                g_string_truncate(local, 0);
            g_string_append_len(local, parts[i], at - parts[i]);
            if (at[1] != '\0')
                g_string_assign(domain, at + 1);
        }
    }
}

/* As people have them: a domain of two labels, a local part that begins and ends with a letter or a digit. FALSE: it was so. */
static gboolean
complete(GString *local, GString *domain)
{
    gboolean lacks_start = local->len > 0 && !g_ascii_isalnum(local->str[0]) &&
                           (guchar)local->str[0] < 0x80 && local->str[0] != '"';
    gboolean lacks_end = local->len > 0 && strchr("+-_", local->str[local->len - 1]) != NULL;
    gboolean lacks_label = strchr(domain->str, '.') == NULL && g_ascii_isalnum(domain->str[0]);

    if (lacks_start)
        g_string_prepend(local, "anna");
    if (lacks_end)
        g_string_append_c(local, '1');
    if (lacks_label)
        g_string_append(domain, ".example");
    return lacks_start || lacks_end || lacks_label;
}

static gboolean
is_address(TamisTexts *texts, TamisShape shape, const TamisTextTest *tests, guint n,
           const GString *local, const GString *domain, GString *out_text)
{
    g_string_assign(out_text, local->str);
    g_string_append_c(out_text, '@');
    g_string_append_len(out_text, domain->str, (gssize)domain->len);
    spend_on_guess(texts, n, out_text);
    return out_text->len <= MAX_GUESS_BYTES &&
           tamis_shape_takes(&shape, out_text->str, out_text->len) &&
           tamis_texts_all_pass(texts, tests, n, out_text->str, out_text->len);
}

static gboolean
guess_address(TamisTexts *texts, TamisShape shape, const TamisTextTest *tests, guint n,
              Pieces *pieces, GString *out_text)
{
    GString *local = texts->pieces[4], *domain = texts->pieces[5];

    for (guint round = 0; round < MAX_ROUNDS; round++) {
        guint usual = round % G_N_ELEMENTS(domains);

        assemble_local(texts, pieces, tests, n, round, locals[usual], local);
        collect(texts, pieces, tests, n, TAMIS_SCOPE_DOMAIN, round, "");
        assemble(pieces, domain, "");
        if (domain->len == 0)
            g_string_assign(domain, domains[usual]);
        else if (domain->str[0] == '.')
            g_string_prepend(domain, "mail");
        collect(texts, pieces, tests, n, TAMIS_SCOPE_WHOLE, round, "");
        fit_whole(pieces, local, domain);
        /* The better one may fail where the other does not. */
        g_string_assign(pieces->key, local->str);
        g_string_assign(pieces->middle, domain->str);
        if (complete(pieces->key, pieces->middle) &&
            is_address(texts, shape, tests, n, pieces->key, pieces->middle, out_text))
            return TRUE;
        if (is_address(texts, shape, tests, n, local, domain, out_text))
            return TRUE;
    }
    return FALSE;
}

void
tamis_texts_polish(TamisTexts *texts, const TamisTextTest *tests, guint n, GString *address)
{
    const char *at = memrchr(address->str, '@', address->len);
    g_autoptr(GString) better = g_string_new(NULL);

    for (guint i = 0; at != NULL && i < G_N_ELEMENTS(domains) * 2; i++) {
        const char *local = locals[i / 2];

        texts->steps -= MIN(texts->steps - 1, n);
        g_string_truncate(better, 0);
        if (i % 2 == 0)
            g_string_append_len(better, address->str, at - address->str);
        else
            g_string_append(better, local);
        g_string_append_c(better, '@');
        g_string_append(better, i % 2 == 0 ? domains[i / 2] : at + 1);
        if (!tamis_texts_all_pass(texts, tests, n, better->str, better->len))
            continue;
        g_string_assign(address, better->str);
        return;
    }
}

gboolean
tamis_texts_guess(TamisTexts *texts, TamisShapeKind kind, const TamisTextTest *tests, guint n,
                  GString *out_text)
{
    Pieces pieces = {texts->pieces[0], texts->pieces[1], texts->pieces[2], texts->pieces[3], FALSE};
    TamisShape shape = {.kind = kind};

    if (kind >= TAMIS_SHAPE_MAILBOX)
        return FALSE;
    return kind >= TAMIS_SHAPE_ADDRESS ? guess_address(texts, shape, tests, n, &pieces, out_text)
                                       : guess_text(texts, shape, tests, n, &pieces, out_text);
}
