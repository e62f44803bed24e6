/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the server's parser cannot take, found in the finished tree: nesting, lists, chains, numbers
 * of arguments, commands and tests. What could be parted was parted before; what is left is
 * unsupported. */
#include "compiler/lower-private.h"

typedef struct {
    TamisLowering *lowering;
    guint32 n_commands;
    guint32 nesting, test_nesting, chain, list_strings, tests, arguments, string_bytes;
} Walls;

static void
grow(guint32 *most, guint32 value)
{
    *most = MAX(*most, value);
}

static void
measure_arguments(Walls *walls, const TamisSieveArgument *arguments)
{
    guint32 n = 0;

    for (; arguments != NULL; arguments = arguments->next) {
        n++;
        if (arguments->kind != TAMIS_SIEVE_STRING && arguments->kind != TAMIS_SIEVE_LIST)
            continue;
        grow(&walls->list_strings, arguments->n_strings);
        for (const TamisSieveString *string = arguments->strings; string != NULL;
             string = string->next)
            grow(&walls->string_bytes, string->length_bytes);
    }
    grow(&walls->arguments, n);
}

static void
measure_test(Walls *walls, const TamisSieveTest *test, guint32 depth)
{
    guint32 n = 0;

    grow(&walls->test_nesting, depth);
    measure_arguments(walls, test->arguments);
    for (const TamisSieveTest *inner = test->tests; inner != NULL; inner = inner->next) {
        measure_test(walls, inner, depth + 1);
        n++;
    }
    grow(&walls->tests, n);
}

static void
measure_block(Walls *walls, const TamisSieveCommand *command, guint32 depth)
{
    guint32 chain = 0;

    grow(&walls->nesting, depth);
    for (; command != NULL; command = command->next) {
        chain = strcmp(command->name, "elsif") == 0 ? chain + 1 : 0;
        grow(&walls->chain, chain);
        walls->n_commands++;
        measure_arguments(walls, command->arguments);
        if (command->tests != NULL)
            measure_test(walls, command->tests, 1);
        if (command->has_block)
            measure_block(walls, command->block, depth + 1);
    }
}

static void
check(Walls *walls, guint32 value, guint32 most, const char *what)
{
    if (most != 0 && value > most)
        tamis_report_help(
            walls->lowering->report,
            tamis_lower_unsupported(walls->lowering, walls->lowering->mailbox->span,
                                    "the script needs %u %s, and the server '%s' takes %u", value,
                                    what, walls->lowering->server->name, most),
            "part the mailbox's routes among several mailboxes, or shorten their lists and "
            "conditions");
}

void
tamis_lower_check_walls(TamisLowering *lowering, const TamisSieveScript *script)
{
    const TamisServer *server = lowering->server;
    Walls walls = {.lowering = lowering};

    measure_block(&walls, script->commands, 0);
    check(&walls, walls.nesting, server->max_nesting, "nested blocks");
    check(&walls, walls.test_nesting, server->max_test_nesting, "nested tests");
    check(&walls, walls.chain, server->max_elsif, "branches in one chain");
    check(&walls, walls.list_strings, server->max_list_strings, "strings in one list");
    check(&walls, walls.tests, server->max_tests, "tests in one list");
    check(&walls, walls.arguments, server->max_arguments, "arguments of one command");
    check(&walls, walls.string_bytes, server->max_string_bytes, "bytes in one string");
    check(&walls, walls.n_commands, server->max_commands, "commands");
}
