/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The writer of Sieve text, on trees made by hand. What the parser makes is written in
 * test-sieve-parser.c. */
#include "grammar/sieve/build.h"
#include "grammar/sieve/print.h"

typedef struct {
    TamisArena *arena;
    TamisSieveBlock block;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->arena = tamis_arena_new();
    fixture->block.first = NULL;
    fixture->block.end = &fixture->block.first;
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    tamis_arena_free(fixture->arena);
}

static TamisSieveCommand *
add_command(Fixture *fixture, const char *name)
{
    TamisSieveCommand *command = tamis_sieve_command(fixture->arena, name);
    tamis_sieve_block_add(&fixture->block, command);
    return command;
}

static void
add_string(Fixture *fixture, TamisSieveArgument **arguments, const char *text)
{
    tamis_sieve_add_string(fixture->arena, arguments, text, strlen(text));
}

static void
add_list(Fixture *fixture, TamisSieveArgument **arguments, const char *first, guint n_more,
         const char *more)
{
    TamisSieveString *strings = tamis_sieve_string(fixture->arena, first, strlen(first));
    TamisSieveString *last = strings;
    for (guint i = 0; i < n_more; i++) {
        last->next = tamis_sieve_string(fixture->arena, more, strlen(more));
        last = last->next;
    }
    tamis_sieve_add_strings(fixture->arena, arguments, strings);
}

/* A header test of the subject. */
static TamisSieveTest *
make_test(Fixture *fixture, const char *text)
{
    TamisSieveTest *test = tamis_sieve_test(fixture->arena, "header");
    tamis_sieve_add_tag(fixture->arena, &test->arguments, "contains");
    add_string(fixture, &test->arguments, "subject");
    add_string(fixture, &test->arguments, text);
    return test;
}

static void
assert_printed(Fixture *fixture, const char *expected)
{
    TamisSieveScript script = {.commands = fixture->block.first};
    g_autoptr(GString) output = g_string_new(NULL);
    tamis_sieve_print(&script, output);
    g_assert_cmpstr(output->str, ==, expected);
    g_assert_cmpuint(output->len, ==, strlen(expected));
}

static void
test_empty(Fixture *fixture, gconstpointer data)
{
    assert_printed(fixture, "");
}

static void
test_arguments(Fixture *fixture, gconstpointer data)
{
    TamisSieveCommand *require = add_command(fixture, "require");
    add_list(fixture, &require->arguments, "vacation", 1, "copy");
    TamisSieveCommand *vacation = add_command(fixture, "Vacation");
    vacation->blank_line_before = TRUE;
    tamis_sieve_add_tag(fixture->arena, &vacation->arguments, "DAYS");
    tamis_sieve_add_number(fixture->arena, &vacation->arguments, 7);
    add_string(fixture, &vacation->arguments, "away");
    assert_printed(fixture, "require [\"vacation\", \"copy\"];\n\nvacation :days 7 \"away\";\n");
}

static void
test_numbers(Fixture *fixture, gconstpointer data)
{
    static const struct {
        guint64 number;
        char quantifier;
    } numbers[] = {
        {0, 0},       {10240, 'K'},   {10240, 'k'},     {10240, 0},
        {10241, 'K'}, {5 << 20, 'M'}, {G_MAXUINT64, 0}, {G_GUINT64_CONSTANT(3) << 30, 'G'}};
    TamisSieveCommand *command = add_command(fixture, "x");
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        tamis_sieve_add_number(fixture->arena, &command->arguments, 1);
        TamisSieveArgument *last = command->arguments;
        while (last->next)
            last = last->next;
        last->number = numbers[i].number;
        last->quantifier = numbers[i].quantifier;
    }
    assert_printed(fixture, "x 0 10K 10K 10240 10241 5M 18446744073709551615 3G;\n");
}

static void
test_quotes(Fixture *fixture, gconstpointer data)
{
    TamisSieveCommand *command = add_command(fixture, "redirect");
    add_string(fixture, &command->arguments, "\"; redirect \"evil@x.example\\");
    assert_printed(fixture, "redirect \"\\\"; redirect \\\"evil@x.example\\\\\";\n");
}

/* Each place of a special character in a word of eight bytes. */
static void
test_quotes_everywhere(Fixture *fixture, gconstpointer data)
{
    for (guint length = 0; length < 20; length++) {
        for (guint at = 0; at < length; at++) {
            char text[20];
            g_autoptr(GString) expected = g_string_new("\"");
            memset(text, 'a', sizeof text);
            text[at] = at % 2 ? '"' : '\\';
            for (guint i = 0; i < length; i++) {
                if (i == at)
                    g_string_append_c(expected, '\\');
                g_string_append_c(expected, text[i]);
            }
            g_string_append(expected, "\"");
            TamisSieveString string = {.text = text, .length_bytes = length};
            TamisSieveArgument argument = {.kind = TAMIS_SIEVE_STRING, .strings = &string};
            TamisSieveCommand command = {.name = "x", .name_length = 1, .arguments = &argument};
            TamisSieveScript script = {.commands = &command};
            g_autoptr(GString) output = g_string_new("before\n");
            tamis_sieve_print(&script, output);
            g_autofree char *whole = g_strdup_printf("before\nx %s;\n", expected->str);
            g_assert_cmpstr(output->str, ==, whole);
        }
    }
}

static void
test_text_block(Fixture *fixture, gconstpointer data)
{
    TamisSieveCommand *command = add_command(fixture, "vacation");
    add_string(fixture, &command->arguments, "one\n.\n..two\n\n");
    command->arguments->strings->form = TAMIS_SIEVE_TEXT;
    TamisSieveCommand *open = add_command(fixture, "vacation");
    add_string(fixture, &open->arguments, "no\n.\nend");
    open->arguments->strings->form = TAMIS_SIEVE_TEXT;
    TamisSieveCommand *carriage = add_command(fixture, "vacation");
    add_string(fixture, &carriage->arguments, "a\r.\rb\n");
    carriage->arguments->strings->form = TAMIS_SIEVE_TEXT;
    TamisSieveCommand *empty = add_command(fixture, "vacation");
    add_string(fixture, &empty->arguments, "");
    empty->arguments->strings->form = TAMIS_SIEVE_TEXT;
    assert_printed(fixture, "vacation text:\none\n..\n...two\n\n.\n;\n"
                            "vacation \"no\n.\nend\";\n"
                            "vacation \"a\r.\rb\n\";\n"
                            "vacation text:\n.\n;\n");
}

static void
test_if_chain(Fixture *fixture, gconstpointer data)
{
    static const char *const names[] = {"if", "elsif", "else", "if"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        TamisSieveCommand *command = add_command(fixture, names[i]);
        if (i != 2)
            command->tests = make_test(fixture, "x");
        command->has_block = TRUE;
        if (i < 3)
            command->block = tamis_sieve_command(fixture->arena, "stop");
    }
    assert_printed(fixture, "if header :contains \"subject\" \"x\" {\n"
                            "    stop;\n"
                            "} elsif header :contains \"subject\" \"x\" {\n"
                            "    stop;\n"
                            "} else {\n"
                            "    stop;\n"
                            "}\n"
                            "if header :contains \"subject\" \"x\" {\n"
                            "}\n");
}

static void
test_test_list(Fixture *fixture, gconstpointer data)
{
    for (guint i = 1; i < 4; i += 2) {
        TamisSieveCommand *command = add_command(fixture, "if");
        TamisSieveTest *not = tamis_sieve_test(fixture->arena, "not");
        TamisSieveTest **end = &not ->tests;
        command->tests = not ;
        command->has_block = TRUE;
        not ->tests = tamis_sieve_test(fixture->arena, "anyof");
        not ->tests->is_list = TRUE;
        end = &not ->tests->tests;
        for (guint j = 0; j < i; j++) {
            *end = make_test(fixture, "订单");
            end = &(*end)->next;
        }
    }
    assert_printed(fixture, "if not anyof (header :contains \"subject\" \"订单\") {\n"
                            "}\n"
                            "if not anyof (\n"
                            "    header :contains \"subject\" \"订单\",\n"
                            "    header :contains \"subject\" \"订单\",\n"
                            "    header :contains \"subject\" \"订单\"\n"
                            ") {\n"
                            "}\n");
}

/* The margin is at 100 code points, the closing of the line included. */
static void
test_margin(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) fits = g_string_new(NULL);
    for (guint i = 0; i < 89; i++)
        g_string_append(fits, "单");
    TamisSieveCommand *command = add_command(fixture, "x");
    add_list(fixture, &command->arguments, fits->str, 1, "");
    g_autofree char *flat = g_strdup_printf("x [\"%s\", \"\"];\n", fits->str);
    g_assert_cmpint(g_utf8_strlen(flat, -1), ==, 101);
    assert_printed(fixture, flat);

    g_string_append(fits, "a");
    command->arguments = NULL;
    add_list(fixture, &command->arguments, fits->str, 1, "");
    g_autofree char *broken = g_strdup_printf("x [\n    \"%s\",\n    \"\"\n];\n", fits->str);
    assert_printed(fixture, broken);
}

static void
test_long_list_in_test(Fixture *fixture, gconstpointer data)
{
    TamisSieveTest *test = tamis_sieve_test(fixture->arena, "address");
    TamisSieveCommand *command = add_command(fixture, "if");
    command->has_block = TRUE;
    command->tests = test;
    add_list(fixture, &test->arguments, "from", 1, "sender");
    add_list(fixture, &test->arguments, "a.person.with.a.long.name@subsidiary.acme.example", 1,
             "b.person.with.a.long.name@subsidiary.acme.example");
    assert_printed(fixture, "if address [\"from\", \"sender\"] [\n"
                            "    \"a.person.with.a.long.name@subsidiary.acme.example\",\n"
                            "    \"b.person.with.a.long.name@subsidiary.acme.example\"\n"
                            "] {\n"
                            "}\n");
}

static TamisSieveComment *
make_comment(Fixture *fixture, const char *text, gboolean is_bracketed)
{
    TamisSieveComment *comment = tamis_arena_new0(fixture->arena, TamisSieveComment);
    comment->text = text;
    comment->length_bytes = strlen(text);
    comment->is_bracketed = is_bracketed;
    return comment;
}

static void
test_comments(Fixture *fixture, gconstpointer data)
{
    TamisSieveCommand *command = add_command(fixture, "if");
    command->comments = make_comment(fixture, " rule:[a]\r\nredirect \"evil@x.example\";", FALSE);
    command->comments->next = make_comment(fixture, " */ discard; /* \n b */", TRUE);
    command->tests = tamis_sieve_test(fixture->arena, "true");
    command->has_block = TRUE;
    command->block_comments = make_comment(fixture, " nothing ", FALSE);
    command->trailing = make_comment(fixture, "yes", TRUE);
    TamisSieveCommand *other = add_command(fixture, "else");
    other->has_block = TRUE;
    other->block = tamis_sieve_command(fixture->arena, "keep");
    other->block->trailing = make_comment(fixture, "", FALSE);
    assert_printed(fixture, "# rule:[a]  redirect \"evil@x.example\";\n"
                            "/* * / discard; /* \n b * /*/\n"
                            "if true {\n"
                            "    # nothing\n"
                            "} /*yes*/\n"
                            "else {\n"
                            "    keep; #\n"
                            "}\n");
}

/* A random test: single ones of all lengths around the margin, lists, negations. */
static TamisSieveTest *
make_random_test(Fixture *fixture, guint depth)
{
    guint kind = depth > 9 ? 0 : (guint)g_test_rand_int_range(0, 4);

    if (kind <= 1) {
        gsize length = (gsize)g_test_rand_int_range(0, 120);
        char *text = tamis_arena_alloc(fixture->arena, length + 1);
        memset(text, g_test_rand_int_range(0, 30) == 0 ? '\n' : 'x', length);
        return make_test(fixture, text);
    }
    TamisSieveTest *test = tamis_sieve_test(fixture->arena, kind == 2   ? "not"
                                                            : depth % 2 ? "anyof"
                                                                        : "allof");
    TamisSieveTest **end = &test->tests;
    test->is_list = kind == 3;
    for (gint n = kind == 2 ? 1 : g_test_rand_int_range(1, 5); n > 0; n--) {
        *end = make_random_test(fixture, depth + 1);
        end = &(*end)->next;
    }
    return test;
}

/* Some of the nodes, as copies, get their text before. */
static TamisSieveTest *
preprint_some(Fixture *fixture, TamisSieveTest *test)
{
    TamisSieveTest *copy = tamis_arena_new0(fixture->arena, TamisSieveTest);

    *copy = *test;
    if (g_test_rand_int_range(0, 3) == 0) {
        tamis_sieve_preprint(test, fixture->arena);
        copy->printed = test->printed;
        test->printed = NULL;
    }
    TamisSieveTest **end = &copy->tests;
    for (TamisSieveTest *inner = test->tests; inner; inner = inner->next) {
        *end = preprint_some(fixture, inner);
        end = &(*end)->next;
    }
    return copy;
}

/* What is printed before is printed as it would be now, wherever it stands. */
static void
test_preprinted(Fixture *fixture, gconstpointer data)
{
    for (guint round = 0; round < 2000; round++) {
        TamisSieveCommand outer = {.name = "if", .name_length = 2, .has_block = TRUE};
        TamisSieveCommand inner = {.name = "if", .name_length = 2, .has_block = TRUE};
        TamisSieveScript script = {.commands = &outer};
        g_autoptr(GString) expected = g_string_new(NULL);
        g_autoptr(GString) output = g_string_new(NULL);
        outer.tests = make_random_test(fixture, 0);
        inner.tests = outer.tests;
        outer.block = &inner;
        tamis_sieve_print(&script, expected);
        outer.tests = preprint_some(fixture, outer.tests);
        inner.tests = outer.tests;
        tamis_sieve_print(&script, output);
        g_assert_cmpstr(output->str, ==, expected->str);
        tamis_arena_reset(fixture->arena);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
    g_test_add("/sieve/print/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("empty", test_empty);
    ADD("arguments", test_arguments);
    ADD("numbers", test_numbers);
    ADD("quotes", test_quotes);
    ADD("quotes-everywhere", test_quotes_everywhere);
    ADD("text-block", test_text_block);
    ADD("if-chain", test_if_chain);
    ADD("test-list", test_test_list);
    ADD("margin", test_margin);
    ADD("long-list-in-test", test_long_list_in_test);
    ADD("comments", test_comments);
    ADD("preprinted", test_preprinted);
    return g_test_run();
}
