/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of the language, and what scripts need by it. */
#include "base/report.h"
#include "grammar/sieve/bind.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/requires.h"
#include "grammar/sieve/table.h"

static void
test_find(void)
{
    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        const TamisSieveWord *word = &tamis_sieve_words[i];
        const TamisSieveWord *(*find)(const char *, gsize) =
            word->kind == TAMIS_SIEVE_TEST ? tamis_sieve_find_test : tamis_sieve_find_command;
        g_autofree char *upper = g_ascii_strup(word->name, -1);
        gboolean found = FALSE;
        g_assert_cmpuint(strlen(word->name), ==, word->length);
        g_assert_cmpuint(word->n_tags, <=, TAMIS_SIEVE_MAX_TAGS);
        g_assert_cmpuint(word->n_parameters, <=, TAMIS_SIEVE_MAX_PARAMETERS);
        g_assert_true(find(upper, word->length) == find(word->name, word->length));
        for (const TamisSieveWord *other = find(upper, word->length); other != NULL;
             other = tamis_sieve_next_word(other)) {
            g_assert_cmpstr(other->name, ==, word->name);
            found |= other == word;
        }
        g_assert_true(found);
        g_assert_null(find(upper, word->length - 1u));
    }
    g_assert_null(tamis_sieve_find_command("header", 6));
    g_assert_null(tamis_sieve_find_test("keep", 4));
    g_assert_null(tamis_sieve_find_test("", 0));
    g_assert_null(tamis_sieve_find_test("a_word_that_is_much_longer_than_any_in_the_table", 48));
}

static void
test_tags(void)
{
    const TamisSieveWord *header = tamis_sieve_find_test("header", 6);
    const TamisSieveTag *last = &header->tags[tamis_sieve_find_tag(header, "LAST", 4)];
    const TamisSieveTag *is = &header->tags[tamis_sieve_find_tag(header, "is", 2)];
    const TamisSieveTag *count = &header->tags[tamis_sieve_find_tag(header, "count", 5)];

    g_assert_cmpstr(last->name, ==, "last");
    g_assert_cmpstr(header->tags[last->companion].name, ==, "index");
    g_assert_cmpuint(last->extension, ==, TAMIS_EXTENSION_INDEX);
    g_assert_cmpuint(is->group, ==, count->group);
    g_assert_cmpuint(is->group, >, 0);
    g_assert_cmpuint(last->group, ==, 0);
    g_assert_cmpuint(count->type, ==, TAMIS_SIEVE_TYPE_RELATION);
    g_assert_cmpuint(tamis_sieve_type_shape(count->type), ==, TAMIS_SIEVE_SHAPE_STRING);
    g_assert_cmpint(tamis_sieve_find_tag(header, "domain", 6), ==, -1);
    g_assert_cmpstr(header->usage, ==,
                    "header [COMPARATOR] [MATCH-TYPE] [INDEX] [MIME] [MIME-FIELD] "
                    "<header-names: string-list> <key-list: string-list>");
}

static void
test_all_tags(void)
{
    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        const TamisSieveWord *word = &tamis_sieve_words[i];
        for (guint k = 0; k < word->n_tags; k++) {
            const TamisSieveTag *tag = &word->tags[k];
            g_autofree char *upper = g_ascii_strup(tag->name, -1);
            g_autofree char *longer = g_strconcat(tag->name, "x", NULL);
            g_assert_cmpuint(tag->group, <, 32); /* bind.c has a bit for each */
            g_assert_cmpint(tamis_sieve_find_tag(word, tag->name, tag->length), ==, k);
            g_assert_cmpint(tamis_sieve_find_tag(word, upper, tag->length), ==, k);
            g_assert_cmpint(tamis_sieve_find_tag(word, longer, tag->length + 1u), ==, -1);
        }
        g_assert_cmpint(tamis_sieve_find_tag(word, "", 0), ==, -1);
        g_assert_cmpint(tamis_sieve_find_tag(word, "nonesuch", 8), ==, -1);
    }
}

/* Every extension that brings words or tags is in the table; these bring none. */
static void
test_extensions(void)
{
    static const TamisExtension wordless[] = {
        TAMIS_EXTENSION_ENCODED_CHARACTER,  TAMIS_EXTENSION_COMPARATOR_OCTET,
        TAMIS_EXTENSION_COMPARATOR_CASEMAP, TAMIS_EXTENSION_COMPARATOR_NUMERIC,
        TAMIS_EXTENSION_COMPARATOR_UNICODE, TAMIS_EXTENSION_ENVELOPE_DSN,
        TAMIS_EXTENSION_IMAPSIEVE,          TAMIS_EXTENSION_DOVECOT_ENVIRONMENT,
        TAMIS_EXTENSION_DOVECOT_IMAPSIEVE,  TAMIS_EXTENSION_DOVECOT_TESTSUITE,
        TAMIS_EXTENSION_CYRUS_SNOOZE,       TAMIS_EXTENSION_CYRUS_REDIRECT_MULTIPLE,
    };
    gboolean brought[TAMIS_N_EXTENSIONS + 256] = {FALSE};

    for (guint i = 0; i < tamis_sieve_n_words; i++) {
        brought[tamis_sieve_words[i].extensions[0]] = TRUE;
        for (guint j = 0; j < tamis_sieve_words[i].n_tags; j++)
            brought[tamis_sieve_words[i].tags[j].extension] = TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(wordless); i++) {
        g_assert_false(brought[wordless[i]]);
        brought[wordless[i]] = TRUE;
    }
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        if (!brought[i])
            g_error("'%s' brings nothing", tamis_extension_name(i));
}

static const struct {
    const char *script, *requires;
} scripts[] = {
    {"keep; if header :is \"a\" \"b\" { redirect \"a@b\"; }", ""},
    {"IF HEADER :COUNT \"gt\" :Comparator \"i;ascii-numeric\" \"a\" \"1\" { FILEINTO :COPY \"x\"; "
     "}",
     "fileinto comparator-i;ascii-numeric copy relational"},
    {"if header :comparator \"i;octet\" \"a\" \"b\" { keep :flags \"x\"; }", "imap4flags"},
    {"if allof (not envelope :detail [\"from\", \"ORCPT\"] \"a\", currentdate \"date\" \"x\") {}",
     "envelope subaddress date envelope-dsn"},
    {"vacation :seconds 1 :fcc \"a\" :create \"b\";", "vacation mailbox vacation-seconds fcc"},
    {"set \"a\" \"b\"; if string :regex \"a\" \"b\" {} addflag \"a\" \"b\";",
     "variables imap4flags regex"},
    {"require \"imapflags\"; addflag \"b\"; mark;", "imapflags"},
    {"require \"notify\"; notify :low;", "notify"},
    {"notify \"mailto:a@b\";", "enotify"},
    {"foreverypart { extracttext \"a\"; if header :mime :type \"a\" \"b\" { break; } }",
     "variables foreverypart mime extracttext"},
    {"if true { if spamtest :percent \"1\" {} } unknown :copy; x [];", "spamtest spamtestplus"},
    {"global \"a\";", "variables include"},
    {"if filter \"a\" { filter \"b\"; }", "vnd.dovecot.filter"},
    {"redirect :copy", "copy"},
};

static void
test_requires(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_autoptr(TamisSources) sources = tamis_sources_new();
        g_autoptr(TamisReport) report = tamis_report_new(sources);
        g_autoptr(TamisArena) arena = tamis_arena_new();
        g_autoptr(GString) found = g_string_new(NULL);
        TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", scripts[i].script,
                                                      strlen(scripts[i].script));
        const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
        TamisExtensionSet set = tamis_sieve_script_requires(script);
        for (guint j = 0; j < TAMIS_N_EXTENSIONS; j++)
            if (tamis_extension_set_has(&set, j))
                g_string_append_printf(found, "%s%s", found->len > 0 ? " " : "",
                                       tamis_extension_name(j));
        g_assert_cmpstr(found->str, ==, scripts[i].requires);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sieve/table/find", test_find);
    g_test_add_func("/sieve/table/tags", test_tags);
    g_test_add_func("/sieve/table/all-tags", test_all_tags);
    g_test_add_func("/sieve/table/extensions", test_extensions);
    g_test_add_func("/sieve/table/requires", test_requires);
    return g_test_run();
}
