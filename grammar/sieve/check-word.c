/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words that the table does not have: what was meant by them. */
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"

#include <string.h>

/* What people write who come from other languages, or from a form in a web mailer. */
static const struct {
    const char *name;
    gboolean is_test;
    const char *help;
} habits[] = {
    {"forward", FALSE, "write 'redirect \"address\";' (RFC 5228, section 4.2)"},
    {"send", FALSE, "write 'redirect \"address\";' (RFC 5228, section 4.2)"},
    {"bounce", FALSE,
     "write 'reject \"reason\";' (RFC 5429), or 'redirect \"address\";' to send it on"},
    {"move", FALSE, "write 'fileinto \"folder\";' (RFC 5228, section 4.1)"},
    {"file", FALSE, "write 'fileinto \"folder\";' (RFC 5228, section 4.1)"},
    {"save", FALSE, "write 'fileinto \"folder\";', or 'keep;' for the inbox (RFC 5228, section 4)"},
    {"store", FALSE,
     "write 'fileinto \"folder\";', or 'keep;' for the inbox (RFC 5228, section 4)"},
    {"copy", FALSE, "write 'redirect :copy' or 'fileinto :copy' (RFC 3894)"},
    {"deliver", FALSE,
     "write 'keep;' for the inbox, or 'fileinto \"folder\";' (RFC 5228, section 4)"},
    {"delete", FALSE, "write 'discard;' (RFC 5228, section 4.4)"},
    {"remove", FALSE, "write 'discard;', or 'removeflag' for flags (RFC 5228, section 4.4)"},
    {"drop", FALSE, "write 'discard;' (RFC 5228, section 4.4)"},
    {"flag", FALSE, "write 'addflag \"\\\\Flagged\";' (RFC 5232, section 3.2)"},
    {"reply", FALSE, "write 'vacation \"text\";' (RFC 5230)"},
    {"autoreply", FALSE, "write 'vacation \"text\";' (RFC 5230)"},
    {"exit", FALSE, "write 'stop;' (RFC 5228, section 3.3)"},
    {"quit", FALSE, "write 'stop;' (RFC 5228, section 3.3)"},
    {"end", FALSE, "end a block with '}', and the script with 'stop;'"},
    {"endif", FALSE, "end the block with '}'"},
    {"then", FALSE, "write the block in '{' and '}' behind the test (RFC 5228, section 3.1)"},
    {"switch", FALSE, "write 'if', 'elsif' and 'else' (RFC 5228, section 3.1)"},
    {"and", FALSE, "write 'allof (…, …)' behind 'if' (RFC 5228, section 5.2)"},
    {"or", FALSE, "write 'anyof (…, …)' behind 'if' (RFC 5228, section 5.3)"},
    {"import", FALSE, "write 'require \"extension\";' or 'include \"script\";'"},
    {"while", FALSE, "do without it: Sieve has no loops"},
    {"for", FALSE, "do without it: Sieve has no loops but 'foreverypart' (RFC 5703)"},
    {"let", FALSE, "write 'set \"name\" \"value\";' (RFC 5229, section 4)"},
    {"var", FALSE, "write 'set \"name\" \"value\";' (RFC 5229, section 4)"},
    {"and", TRUE, "write 'allof (…, …)'"},
    {"or", TRUE, "write 'anyof (…, …)'"},
    {"all", TRUE, "write 'allof (…, …)', or 'true' for every message"},
    {"any", TRUE, "write 'anyof (…, …)'"},
    {"always", TRUE, "write 'true', or do without 'if'"},
    {"subject", TRUE, "write 'header :contains \"subject\" \"…\"' (RFC 5228, section 5.7)"},
    {"from", TRUE, "write 'address :is \"from\" \"…\"' (RFC 5228, section 5.1)"},
    {"to", TRUE, "write 'address :is [\"to\", \"cc\"] \"…\"' (RFC 5228, section 5.1)"},
    {"cc", TRUE, "write 'address :is \"cc\" \"…\"' (RFC 5228, section 5.1)"},
    {"sender", TRUE, "write 'envelope :is \"from\" \"…\"' (RFC 5228, section 5.4)"},
    {"recipient", TRUE, "write 'envelope :is \"to\" \"…\"' (RFC 5228, section 5.4)"},
    {"contains", TRUE, "write it as a tag: 'header :contains \"subject\" \"…\"'"},
    {"is", TRUE, "write it as a tag: 'header :is \"subject\" \"…\"'"},
    {"matches", TRUE, "write it as a tag: 'header :matches \"subject\" \"…\"'"},
    {"larger", TRUE, "write 'size :over 10M' (RFC 5228, section 5.9)"},
    {"spam", TRUE,
     "write 'spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"5\"' (RFC 5235)"},
};

static const char *
suggest_word(const char *name, guint32 length, gboolean is_test)
{
    const char *names[256];
    gsize n = 0;

    for (guint i = 0; i < tamis_sieve_n_words && n < G_N_ELEMENTS(names); i++)
        if ((tamis_sieve_words[i].kind == TAMIS_SIEVE_TEST) == is_test)
            names[n++] = tamis_sieve_words[i].name;
    g_autofree char *lower = g_ascii_strdown(name, (gssize)MIN(length, 60));
    return tamis_suggest(lower, names, n);
}

static const char *
find_habit(const char *name, guint32 length, gboolean is_test)
{
    for (guint i = 0; i < G_N_ELEMENTS(habits); i++)
        if (habits[i].is_test == is_test && tamis_sieve_name_is(name, length, habits[i].name))
            return habits[i].help;
    return NULL;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words that may stand in the place and need no extension, "a, b, c". */
static char *
list_words(gboolean is_test)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        const TamisSieveWord *word = &tamis_sieve_words[i];
        if ((word->kind == TAMIS_SIEVE_TEST) == is_test &&
            word->extensions[0] == TAMIS_EXTENSION_NONE)
            g_ptr_array_add(names, (gpointer)word->name);
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* What is no test but a command has been refused by the reader. */
static void
complain_test_as_command(TamisSieveChecker *checker, const char *name, guint32 length,
                         TamisSpan span)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX, "'%.*s' is a test, not a command",
                         (int)MIN(length, 60), name);

    tamis_sieve_advise(checker, diagnostic, "write it behind 'if'");
}

/* What the script requires for a word that it misspells is not required for nothing. */
static void
use_meant(TamisSieveChecker *checker, const char *name, gboolean is_test)
{
    const TamisSieveWord *word = is_test ? tamis_sieve_find_test(name, strlen(name))
                                         : tamis_sieve_find_command(name, strlen(name));

    for (guint i = 0; word != NULL && i < G_N_ELEMENTS(word->extensions); i++)
        if (word->extensions[i] != TAMIS_EXTENSION_NONE)
            tamis_extension_set_add(&checker->out->used, word->extensions[i]);
}

void
tamis_sieve_complain_word(TamisSieveChecker *checker, const char *name, guint32 length,
                          TamisSpan span, gboolean is_test)
{
    if (!is_test && tamis_sieve_find_test(name, length) != NULL) {
        complain_test_as_command(checker, name, length, span);
        return;
    }
    const char *habit = find_habit(name, length, is_test);
    /* Where the script has been refused, this may be what the extension brings. */
    if (habit == NULL && checker->requires_unknown && suggest_word(name, length, is_test) == NULL)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNKNOWN_NAME, "there is no %s '%.*s'",
                         is_test ? "test" : "command", (int)MIN(length, 60), name);
    if (!tamis_report_keeps(checker->report, diagnostic))
        return;
    const char *near = habit == NULL ? suggest_word(name, length, is_test) : NULL;
    if (habit != NULL) {
        tamis_sieve_advise(checker, diagnostic, "%s", habit);
    } else if (near != NULL) {
        tamis_sieve_advise(checker, diagnostic, "did you mean '%s'?", near);
        use_meant(checker, near, is_test);
    } else {
        g_autofree char *names = list_words(is_test);
        tamis_sieve_advise(checker, diagnostic, "the %ss of RFC 5228 are %s",
                           is_test ? "test" : "command", names);
    }
}

const TamisSieveArgument *
tamis_sieve_find_old_tag(const TamisSieveWord *word, const TamisSieveArgument *arguments)
{
    static const char *const names[] = {"method", "id", "low", "normal", "high"};

    if (word->extensions[0] != TAMIS_EXTENSION_ENOTIFY)
        return NULL;
    for (const TamisSieveArgument *argument = arguments; argument != NULL;
         argument = argument->next)
        for (guint i = 0; i < G_N_ELEMENTS(names) && argument->kind == TAMIS_SIEVE_TAG; i++)
            if (tamis_sieve_name_is(argument->name, argument->name_length, names[i]))
                return argument;
    return NULL;
}

void
tamis_sieve_complain_old_notify(TamisSieveChecker *checker, const TamisSieveArgument *tag)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, tag->span, TAMIS_RULE_UNKNOWN_NAME,
                         "':%.*s' is a tag of the 'notify' of old, which 'enotify' replaces",
                         (int)tag->name_length, tag->name);
    tamis_sieve_advise(
        checker, diagnostic,
        "write 'notify :message \"…\" \"mailto:name@domain\"', and the importance as "
        "':importance \"1\"' (RFC 5435, section 3)");
}

void
tamis_sieve_take_parentheses(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
                             const TamisSieveTest *test)
{
    gsize length, open = test->span.offset, close = open + test->span.length;

    if (checker->is_xml)
        return;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(checker->report), checker->source, &length);
    while (open > 0 && g_ascii_isspace(text[open - 1]))
        open--;
    while (close < length && g_ascii_isspace(text[close]))
        close++;
    if (open == 0 || text[open - 1] != '(' || close == length || text[close] != ')')
        return; /* a comment is between */
    diagnostic->span = (TamisSpan){checker->source, (guint32)open - 1, 1};
    tamis_report_edit(checker->report, diagnostic, diagnostic->span, "");
    tamis_report_edit(checker->report, diagnostic, (TamisSpan){checker->source, (guint32)close, 1},
                      "");
}

/* Words of other languages that stand between a test and what follows. */
static const char *
find_stray_help(const TamisSieveTest *test)
{
    static const struct {
        const char *name, *help;
    } words[] = {
        {"then", "take it out: the block follows in '{' and '}'"},
        {"do", "take it out: the block follows in '{' and '}'"},
        {"and", "write 'allof (…, …)' where all tests must hold (RFC 5228, section 5.2)"},
        {"or", "write 'anyof (…, …)' where one test must hold (RFC 5228, section 5.3)"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (tamis_sieve_name_is(test->name, test->name_length, words[i].name))
            return words[i].help;
    return NULL;
}

/* The character right before or behind it, in Sieve's own syntax; 0: none. */
static char
beside(const TamisSieveChecker *checker, TamisSpan span, gboolean is_behind)
{
    gsize length;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(checker->report), span.source, &length);

    if (checker->is_xml)
        return 0;
    if (is_behind)
        return text[span.offset + span.length]; /* at the end a NUL */
    return span.offset > 0 ? text[span.offset - 1] : 0;
}

void
tamis_sieve_complain_tests(TamisSieveChecker *checker, const char *name, const TamisSieveWord *word,
                           const TamisSieveTest *tests)
{
    TamisSpan span = tamis_sieve_test_name_span(tests);
    TamisSpan before = {span.source, span.offset, 0};
    TamisSpan behind = {span.source, span.offset + span.length, 0};
    TamisDiagnostic *diagnostic;

    if (word != NULL && tamis_sieve_find_tag(word, tests->name, tests->name_length) >= 0) {
        diagnostic =
            tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX, "':' is missing before '%.*s'",
                             (int)tests->name_length, tests->name);
        tamis_sieve_advise(checker, diagnostic, "write ':%.*s' (RFC 5228, section 2.6.2)",
                           (int)tests->name_length, tests->name);
        tamis_report_edit(checker->report, diagnostic, before, ":");
        return;
    }
    if (beside(checker, span, FALSE) == '"') {
        diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX,
                                      "'%.*s' right behind the end of a string",
                                      (int)MIN(tests->name_length, 60), tests->name);
        tamis_sieve_advise(checker, diagnostic,
                           "write a quote inside of a string as '\\\"': a plain one ends it (RFC "
                           "5228, section 2.4.2)");
        return;
    }
    gboolean is_alone = tests->arguments == NULL && tests->tests == NULL;
    const char *help = find_stray_help(tests);
    if (word != NULL && word->id == TAMIS_WORD_SIZE && is_alone && tests->name_length == 1 &&
        strchr("KkMmGg", *tests->name) != NULL) {
        diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX,
                                      "a blank between a number and its '%c'", *tests->name);
        tamis_sieve_advise(checker, diagnostic, "write it right behind the number, as '10%c'",
                           *tests->name);
        return;
    }
    if (help == NULL && tests->tests == NULL && tests->next == NULL && word != NULL &&
        word->n_parameters > 0 && tamis_sieve_test_word(tests) == NULL) {
        diagnostic =
            tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX, "the text '%.*s' is not in quotes",
                             (int)MIN(tests->name_length, 80), tests->name);
        tamis_sieve_advise(checker, diagnostic, "put it in double quotes");
        if (beside(checker, span, TRUE) == '#')
            return; /* perhaps it is no comment */
        tamis_report_edit(checker->report, diagnostic, before, "\"");
        tamis_report_edit(checker->report, diagnostic, behind, "\"");
        return;
    }
    diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_SYNTAX, "'%.*s' where '%s' takes no test",
                         (int)MIN(tests->name_length, 60), tests->name, name);
    if (help != NULL)
        tamis_sieve_advise(checker, diagnostic, "%s", help);
    else if (tamis_sieve_name_is(tests->name, tests->name_length, "not"))
        tamis_sieve_advise(checker, diagnostic, "write 'not' before '%s'", name);
    else if (is_alone && (word == NULL || word->kind != TAMIS_SIEVE_TEST ||
                          tamis_sieve_test_word(tests) == NULL))
        tamis_sieve_advise(checker, diagnostic,
                           word != NULL && word->n_parameters == 0 ? "take it out"
                                                                   : "put a text in double quotes");
    else
        tamis_sieve_advise(checker, diagnostic,
                           "write ',' between the tests of a list; join others with 'allof' or "
                           "'anyof'");
}
