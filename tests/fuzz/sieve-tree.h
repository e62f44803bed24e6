/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as the tree of a Sieve script: each decides something of what is built, so a fuzzer finds its way,
 * and random bytes give random scripts. The trees are of the parser's form, with names of every sort and
 * strings and comments of any content. */
#pragma once

#include "grammar/sieve/build.h"

typedef struct {
    const guint8 *data;
    gsize size;
    TamisArena *arena;
    guint budget; /* nodes that may still be made */
} SieveTree;

/* 0 where the bytes are over. */
static inline guint8
tree_byte(SieveTree *tree)
{
    if (tree->size == 0)
        return 0;
    tree->size--;
    return *tree->data++;
}

static inline const char *
tree_pick(SieveTree *tree, const char *const *words)
{
    return words[tree_byte(tree) % g_strv_length((char **)words)];
}

static inline const char *
tree_text(SieveTree *tree, gsize *out_length)
{
    static const char *const pieces[] = {"a@acme.example",
                                         "\"",
                                         "\\",
                                         "\n.\n",
                                         "\r\n",
                                         "${x}",
                                         "订单",
                                         "]]>",
                                         "&amp;",
                                         "<b>",
                                         "*/",
                                         "/*",
                                         "--",
                                         ".",
                                         "\n",
                                         "text:",
                                         ";",
                                         " ",
                                         "\t",
                                         "#",
                                         "x",
                                         "\r",
                                         NULL};
    GString *text = g_string_new(NULL);

    for (guint n = tree_byte(tree) % 6; n > 0; n--)
        g_string_append(text, tree_pick(tree, pieces));
    const char *copy = tamis_arena_strndup(tree->arena, text->str, text->len);
    *out_length = text->len;
    g_string_free(text, TRUE);
    return copy;
}

static inline TamisSieveString *
tree_string(SieveTree *tree)
{
    gsize length = 0;
    const char *text = tree_text(tree, &length);
    TamisSieveString *string = tamis_sieve_string(tree->arena, text, length);

    string->form = tree_byte(tree) % 4 == 0 ? TAMIS_SIEVE_TEXT : TAMIS_SIEVE_QUOTED;
    return string;
}

static inline void
tree_arguments(SieveTree *tree, TamisSieveArgument **arguments)
{
    static const char *const tags[] = {"is", "Contains", "copy", "_x9", "text", "over", NULL};

    for (guint n = tree_byte(tree) % 4; n > 0 && tree->budget > 0; n--, tree->budget--) {
        guint8 kind = tree_byte(tree);
        if (kind % 4 == 0) {
            tamis_sieve_add_tag(tree->arena, arguments, tree_pick(tree, tags));
        } else if (kind % 4 == 1) {
            tamis_sieve_add_number(tree->arena, arguments,
                                   (guint64)tree_byte(tree) << (tree_byte(tree) % 56));
        } else {
            TamisSieveString *strings = tree_string(tree), *last = strings;
            for (guint more = kind % 4 == 2 ? 0 : tree_byte(tree) % 8; more > 0; more--)
                last = last->next = tree_string(tree);
            tamis_sieve_add_strings(tree->arena, arguments, strings);
        }
    }
}

static inline TamisSieveTest *
tree_test(SieveTree *tree, guint depth)
{
    static const char *const leaves[] = {"true", "header", "Exists", "size", "nobody_knows", NULL};
    static const char *const lists[] = {"anyof", "allof", NULL};
    guint8 kind = depth < 20 && tree->budget > 0 ? tree_byte(tree) % 4 : 0;
    TamisSieveTest *test = tamis_sieve_test(
        tree->arena, kind == 2 ? "not" : tree_pick(tree, kind == 3 ? lists : leaves));

    tree->budget -= tree->budget > 0;
    if (kind < 2)
        tree_arguments(tree, &test->arguments);
    else if (kind == 2)
        test->tests = tree_test(tree, depth + 1);
    if (kind != 3)
        return test;
    TamisSieveTest **end = &test->tests;
    test->is_list = TRUE;
    for (guint n = 1 + tree_byte(tree) % 4; n > 0; n--, end = &(*end)->next)
        *end = tree_test(tree, depth + 1);
    return test;
}

/* Comments in some of the forms that stand for elements, too. */
static inline TamisSieveComment *
tree_comments(SieveTree *tree)
{
    static const char *const forms[] = {" [* name=\"a\" order='1' ",
                                        " *] ",
                                        " [| <a>&lt;</a> |] ",
                                        " [/ <x:a xmlns:x='urn:x'/> /] ",
                                        " [* a= ",
                                        " [| <a> |] ",
                                        " [/ <a/> /] ",
                                        " rule:[订单]",
                                        NULL};
    TamisSieveComment *first = NULL, **end = &first;
    guint8 n = tree_byte(tree);

    for (n = n < 128 ? 0 : n % 4; n > 0; n--, end = &(*end)->next) {
        TamisSieveComment *comment = tamis_arena_new0(tree->arena, TamisSieveComment);
        guint8 kind = tree_byte(tree);
        gsize length = 0;
        comment->text = kind % 2 == 0 ? tree_pick(tree, forms) : tree_text(tree, &length);
        comment->length_bytes = (guint32)strlen(comment->text);
        comment->is_bracketed = kind % 4 < 2;
        comment->blank_line_before = kind % 8 < 4;
        *end = comment;
    }
    return first;
}

static inline void
tree_commands(SieveTree *tree, TamisSieveBlock *block, guint depth)
{
    static const char *const plain[] = {"keep",         "Redirect", "stop",
                                        "nobody_knows", "require",  NULL};
    static const char *const nested[] = {"if", "elsif", "ELSE", "foreverypart", NULL};

    for (guint n = tree_byte(tree) % 5; n > 0 && tree->budget > 0; n--, tree->budget--) {
        guint8 kind = tree_byte(tree);
        gboolean has_block = kind % 3 == 0 && depth < 20;
        TamisSieveCommand *command =
            tamis_sieve_command(tree->arena, tree_pick(tree, has_block ? nested : plain));
        TAMIS_SIEVE_BLOCK(inner);
        command->comments = tree_comments(tree);
        tree_arguments(tree, &command->arguments);
        if (has_block) {
            if (kind % 2 == 0)
                command->tests = tree_test(tree, 0);
            tree_commands(tree, &inner, depth + 1);
            tamis_sieve_set_block(command, &inner);
            command->block_comments = tree_comments(tree);
        }
        command->trailing = tree_comments(tree);
        command->blank_line_before = kind >= 128;
        tamis_sieve_block_add(block, command);
    }
}

/* The script lives in arena, and lends nothing from data. */
static inline TamisSieveScript *
sieve_tree_build(const guint8 *data, gsize size, TamisArena *arena)
{
    SieveTree tree = {data, size, arena, 2000};
    TamisSieveScript *script = tamis_arena_new0(arena, TamisSieveScript);
    TAMIS_SIEVE_BLOCK(block);

    tree_commands(&tree, &block, 0);
    script->commands = block.first;
    script->comments = tree_comments(&tree);
    return script;
}
