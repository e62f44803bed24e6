/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How tests compare: which match types and comparators go together, and what keys then mean. */
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"
#include "grammar/sieve/regex.h"

#define LIBSIEVE_MAX_STARS 3u

typedef struct {
    TamisSieveTagName type;          /* TAMIS_TAG_IS where none is said */
    const TamisSieveArgument *match; /* its tag; NULL: none is said */
    const TamisSieveArgument *relation;
    const TamisSieveArgument *comparator;
    const TamisSieveArgument *comparator_tag;
    TamisExtension comparator_extension; /* i;ascii-casemap where none is said */
} Comparison;

/* All but what the comparator's name means. */
static inline Comparison
read_tags(const TamisSieveBound *bound)
{
    Comparison found = {
        .type = TAMIS_TAG_IS,
        .comparator_extension = TAMIS_EXTENSION_COMPARATOR_CASEMAP,
    };

    for (guint i = 0; i < bound->n_tags; i++) {
        TamisSieveTagName name = (TamisSieveTagName)bound->tags[i].tag->id;
        switch (name) {
        case TAMIS_TAG_IS:
        case TAMIS_TAG_CONTAINS:
        case TAMIS_TAG_MATCHES:
        case TAMIS_TAG_REGEX:
        case TAMIS_TAG_COUNT:
        case TAMIS_TAG_VALUE:
        case TAMIS_TAG_LIST:
            found.type = name;
            found.match = bound->tags[i].argument;
            found.relation = bound->tags[i].value;
            break;
        case TAMIS_TAG_COMPARATOR:
            found.comparator_tag = bound->tags[i].argument;
            found.comparator = bound->tags[i].value;
            break;
        default:
            break;
        }
    }
    return found;
}

static void
complain_unknown_comparator(TamisSieveChecker *checker, const TamisSieveString *name)
{
    static const char *const names[] = {"i;octet", "i;ascii-casemap", "i;ascii-numeric",
                                        "i;unicode-casemap"};
    int length = (int)MIN(name->length_bytes, 60);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, name->span, TAMIS_RULE_UNKNOWN_NAME,
                         "there is no comparator '%.*s'", length, name->text);
    g_autofree char *lower = g_ascii_strdown(name->text, length);
    const char *near = tamis_suggest(lower, names, G_N_ELEMENTS(names));

    if (near != NULL)
        tamis_sieve_advise(checker, diagnostic, "did you mean '%s'?", near);
    else
        tamis_sieve_advise(checker, diagnostic,
                           "write 'i;octet', 'i;ascii-casemap' or 'i;ascii-numeric'");
}

/* FALSE: it is unknown, which was reported. */
static gboolean
read_comparator(TamisSieveChecker *checker, Comparison *out)
{
    if (out->comparator == NULL)
        return TRUE;
    const TamisSieveString *name = out->comparator->strings;
    TamisExtension extension = tamis_sieve_comparator_extension(name->text, name->length_bytes);
    if (extension == TAMIS_EXTENSION_NONE &&
        tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE)) {
        g_autofree char *lower = g_ascii_strdown(name->text, name->length_bytes);
        extension = tamis_sieve_comparator_extension(lower, name->length_bytes);
    }
    if (extension == TAMIS_EXTENSION_NONE) {
        complain_unknown_comparator(checker, name);
        return FALSE;
    }
    out->comparator_extension = extension;
    if (extension == TAMIS_EXTENSION_COMPARATOR_OCTET ||
        extension == TAMIS_EXTENSION_COMPARATOR_CASEMAP) {
        tamis_extension_set_add(&checker->out->used, extension);
        return TRUE;
    }
    tamis_sieve_use_extension(checker, extension, NULL, name->span, "'%.*s'",
                              (int)name->length_bytes, name->text);
    return TRUE;
}

/* A list compares as it is made to. Cyrus overlooks the comparator. */
static void
complain_compared_list(TamisSieveChecker *checker, const Comparison *comparison)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, comparison->comparator_tag->span, TAMIS_RULE_TYPE,
                         "':list' and ':comparator' exclude each other");

    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_report_relate(checker->report, diagnostic, comparison->match->span,
                        "':list' stands here");
    tamis_sieve_advise(checker, diagnostic,
                       "take ':comparator' out: a list compares as it is made to (RFC 6134, "
                       "section 2.2)");
}

static void
check_pair(TamisSieveChecker *checker, const Comparison *comparison)
{
    gboolean is_numeric = comparison->comparator_extension == TAMIS_EXTENSION_COMPARATOR_NUMERIC;

    if (comparison->type == TAMIS_TAG_LIST && comparison->comparator_tag != NULL)
        complain_compared_list(checker, comparison);
    if (!is_numeric ||
        (comparison->type != TAMIS_TAG_CONTAINS && comparison->type != TAMIS_TAG_MATCHES &&
         comparison->type != TAMIS_TAG_REGEX))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, comparison->match->span, TAMIS_RULE_TYPE,
                         "':%.*s' cannot be used with the comparator 'i;ascii-numeric'",
                         (int)comparison->match->name_length, comparison->match->name);
    tamis_report_relate(
        checker->report, diagnostic,
        tamis_span_join(comparison->comparator_tag->span, comparison->comparator->span),
        "the comparator is set here");
    tamis_sieve_advise(checker, diagnostic,
                       "numbers are compared with ':is' or ':value' (RFC 4790, section 9.1)");
}

/* Whether texts do as well as numbers: the relation is one of equality. */
static gboolean
is_equality(const TamisSieveArgument *value)
{
    return value != NULL &&
           (tamis_sieve_name_is(value->strings->text, value->strings->length_bytes, "eq") ||
            tamis_sieve_name_is(value->strings->text, value->strings->length_bytes, "ne"));
}

/* Numbers compared as texts: "10" comes before "9". */
static void
check_numbers(TamisSieveChecker *checker, const TamisSieveBound *bound,
              const Comparison *comparison)
{
    gboolean is_score =
        bound->word->id == TAMIS_WORD_SPAMTEST || bound->word->id == TAMIS_WORD_VIRUSTEST;

    gboolean is_count = comparison->type == TAMIS_TAG_COUNT;

    if (comparison->comparator_extension == TAMIS_EXTENSION_COMPARATOR_NUMERIC ||
        !(is_count || (is_score && comparison->type == TAMIS_TAG_VALUE)))
        return;
    gboolean is_refused = is_count && tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS);
    if (!is_refused && is_equality(comparison->relation))
        return;
    const char *name = is_count ? "count" : "value";
    TamisDiagnostic *diagnostic =
        is_refused ? tamis_sieve_find(checker, comparison->match->span, TAMIS_RULE_UNSUPPORTED,
                                      "the server '%s' takes ':count' with the comparator "
                                      "'i;ascii-numeric' alone",
                                      checker->server->name)
                   : tamis_sieve_find(checker, comparison->match->span, TAMIS_RULE_TYPE,
                                      "':%s' compares numbers as texts here: \"10\" comes before "
                                      "\"9\"",
                                      name);
    if (!is_refused)
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic,
                       "write ':comparator \"i;ascii-numeric\"' and require "
                       "'comparator-i;ascii-numeric' (RFC 5231, section 4)");
}

static void
check_relation(TamisSieveChecker *checker, const TamisSieveArgument *value)
{
    static const char *const relations[] = {"gt", "ge", "lt", "le", "eq", "ne"};

    const TamisSieveString *string = value->strings;

    for (guint i = 0; i < G_N_ELEMENTS(relations); i++)
        if (string->length_bytes == 2 && memcmp(string->text, relations[i], 2) == 0)
            return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_TYPE, "'%.*s' is no relation",
                         (int)MIN(string->length_bytes, 40), string->text);
    tamis_sieve_advise(checker, diagnostic,
                       "write \"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\" (RFC 5231)");
}

/* As all do unless a comparator says otherwise. */
static gboolean
compares_any_case(const TamisSieveBound *bound)
{
    const TamisSieveArgument *comparator = tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR);

    return comparator == NULL ||
           tamis_sieve_name_is(comparator->strings->text, comparator->strings->length_bytes,
                               "i;ascii-casemap");
}

static void
check_regex(TamisSieveChecker *checker, const TamisSieveBound *bound, const TamisSieveString *key)
{
    gboolean is_cyrus = tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS);
    TamisRegexFlavour flavour = is_cyrus                   ? TAMIS_REGEX_PCRE
                                : compares_any_case(bound) ? TAMIS_REGEX_POSIX_ANY_CASE
                                                           : TAMIS_REGEX_POSIX;
    gboolean has_lost = tamis_sieve_has_lost_backslash(checker, key);
    TamisDiagnostic *diagnostic;
    const char *text, *reason, *remedy;
    gsize length;

    if (!tamis_sieve_resolve(checker, key, &text, &length))
        return;
    switch (tamis_regex_judge(text, length, flavour, &reason, &remedy)) {
    case TAMIS_REGEX_OK:
        if (!has_lost)
            return;
        diagnostic = tamis_sieve_find(checker, key->span, TAMIS_RULE_TYPE,
                                      "a string drops a single backslash, and so the regular "
                                      "expression is another one");
        diagnostic->severity = TAMIS_SEVERITY_WARNING;
        tamis_sieve_advise(checker, diagnostic,
                           "in a Sieve string a backslash is written twice: \"\\\\.\"");
        tamis_sieve_keep_backslashes(checker, diagnostic, key);
        return;
    case TAMIS_REGEX_INVALID:
        diagnostic = tamis_sieve_find(checker, key->span, TAMIS_RULE_TYPE,
                                      "the regular expression is invalid: %s", reason);
        if (has_lost)
            tamis_sieve_keep_backslashes(checker, diagnostic, key);
        if (has_lost)
            remedy = "in a Sieve string a backslash is written twice: \"\\\\.\"";
        tamis_sieve_advise(checker, diagnostic, "%s", remedy);
        return;
    case TAMIS_REGEX_TOO_LARGE:
        diagnostic =
            tamis_sieve_find(checker, key->span, TAMIS_RULE_UNSUPPORTED,
                             "the regular expression is larger than the server takes: %s", reason);
        tamis_sieve_advise(checker, diagnostic, "%s", remedy);
        return;
    case TAMIS_REGEX_EXPLOSIVE:
        diagnostic = tamis_sieve_find(
            checker, key->span, TAMIS_RULE_ENGINE_CRASH,
            "the regular expression takes all of the server's memory or time: %s", reason);
        tamis_sieve_advise(checker, diagnostic, "%s", remedy);
        return;
    case TAMIS_REGEX_BACK_REFERENCE:
        diagnostic = tamis_sieve_find(
            checker, key->span, TAMIS_RULE_ENGINE_CRASH,
            "the regular expression refers back to a group: matching it can take the server "
            "minutes");
        tamis_sieve_advise(checker, diagnostic, "write what is repeated twice, without '\\1'");
        return;
    }
}

/* libsieve tries every way to part the text: four stars and a subject of 500 bytes take it 20 s. */
static void
check_glob(TamisSieveChecker *checker, const TamisSieveString *key)
{
    guint n_stars = 0;

    for (guint32 i = 0; i < key->length_bytes; i++)
        n_stars += key->text[i] == '*' && (i == 0 || key->text[i - 1] != '*');
    if (n_stars <= LIBSIEVE_MAX_STARS)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, key->span, TAMIS_RULE_ENGINE_CRASH,
                         "a text with %u stars can take the server '%s' minutes to match", n_stars,
                         checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "use %u at most, or several tests with ':contains'",
                       LIBSIEVE_MAX_STARS);
}

/* Whether the keys are texts, in which a slip can be told. */
static gboolean
compares_texts(const TamisSieveWord *word, const Comparison *comparison)
{
    if (comparison->type != TAMIS_TAG_IS && comparison->type != TAMIS_TAG_CONTAINS &&
        comparison->type != TAMIS_TAG_MATCHES)
        return FALSE;
    return word->id == TAMIS_WORD_HEADER || word->id == TAMIS_WORD_ADDRESS ||
           word->id == TAMIS_WORD_ENVELOPE || word->id == TAMIS_WORD_BODY ||
           word->id == TAMIS_WORD_STRING;
}

/* Cheap, and true of few: whether it is worth a closer look. */
static inline gboolean
may_slip(const TamisSieveString *key, gboolean is_glob)
{
    if (key->length_bytes < 2)
        return FALSE;
    if (!is_glob)
        return key->text[0] == '*' || key->text[key->length_bytes - 1] == '*';
    return key->text[0] == '^' || key->text[0] == '.' ||
           key->span.length > key->length_bytes + 2u ||
           memchr(key->text, '\\', key->length_bytes) != NULL;
}

static void
check_keys(TamisSieveChecker *checker, const TamisSieveBound *bound, const Comparison *comparison,
           const TamisSieveArgument *keys)
{
    gboolean is_glob = comparison->type == TAMIS_TAG_MATCHES;
    gboolean is_regex = comparison->type == TAMIS_TAG_REGEX;
    gboolean is_list = comparison->type == TAMIS_TAG_LIST;
    gboolean is_slow = is_glob && tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE);
    gboolean is_told = !compares_texts(bound->word, comparison); /* of many slips the first */

    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next) {
        if (!is_told && may_slip(key, is_glob))
            is_told = tamis_sieve_check_key_slip(checker, bound, key, is_glob);
        if (is_regex)
            check_regex(checker, bound, key);
        else if (is_list)
            tamis_sieve_check_external_list(checker, key, TAMIS_SIEVE_LIST_MATCHED);
        else if (is_slow)
            check_glob(checker, key);
        else if (is_told)
            return;
    }
}

void
tamis_sieve_check_keys(TamisSieveChecker *checker, const TamisSieveBound *bound,
                       const TamisSieveArgument *keys)
{
    const Comparison comparison = read_tags(bound);

    check_keys(checker, bound, &comparison, keys);
}

void
tamis_sieve_check_compare(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    Comparison comparison = read_tags(bound);

    if (comparison.relation != NULL)
        check_relation(checker, comparison.relation);
    if (!read_comparator(checker, &comparison))
        return;
    /* The keys are the last parameter of every test and action that compares. */
    const TamisSieveArgument *keys =
        bound->word->n_parameters > 0 ? bound->parameters[bound->word->n_parameters - 1] : NULL;
    /* deleteheader may have none, and Pigeonhole then does not ask how it would compare. */
    if (keys != NULL || !tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        check_pair(checker, &comparison);
    check_numbers(checker, bound, &comparison);
    if (keys != NULL)
        check_keys(checker, bound, &comparison, keys);
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_LIBSIEVE))
        tamis_sieve_check_libsieve_test(checker, bound);
}
