/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Sieve script as a tree (RFC 5228, section 8.2): commands with arguments, tests and blocks, with
 * no knowledge of what the words mean. Made by the parser or by the compiler, written by print.h.
 * One arena owns it; lists are linked by next. Names and strings are lent: slices of the source or
 * of the arena. */
#pragma once

#include "base/arena.h"
#include "base/source.h"

#include <string.h>

/* How a string was, or is to be, written. The compiler leaves it to the writer. */
typedef enum {
    TAMIS_SIEVE_QUOTED,
    TAMIS_SIEVE_TEXT, /* text: … . */
} TamisSieveStringForm;

/* What there is to say of a string but for its bytes. */
typedef struct {
    guint32 length_bytes : 30;
    guint32 form : 1;       /* TamisSieveStringForm */
    guint32 is_literal : 1; /* it has no '$', so nothing is replaced in it; FALSE: it may */
} TamisSieveStringHead;

typedef struct TamisSieveString TamisSieveString;
struct TamisSieveString {
    const char *text; /* escapes and dot-stuffing undone; not NUL-terminated */
    union {
        TamisSieveStringHead head; /* the same at once */
        struct {
            guint32 length_bytes : 30;
            guint32 form : 1;
            guint32 is_literal : 1;
        };
    };
    TamisSpan span; /* with the quotes; no source when it was made */
    TamisSieveString *next;
};

typedef enum {
    TAMIS_SIEVE_TAG,    /* name, without the colon */
    TAMIS_SIEVE_NUMBER, /* number; quantifier */
    TAMIS_SIEVE_STRING, /* one string that was not in brackets */
    TAMIS_SIEVE_LIST,   /* strings in brackets (none: a syntax error that was reported) */
} TamisSieveArgumentKind;

typedef struct TamisSieveArgument TamisSieveArgument;
struct TamisSieveArgument {
    guint8 kind;       /* TamisSieveArgumentKind */
    guint8 is_literal; /* STRING, LIST: all of its strings are, as far as was looked */
    TamisSpan span;
    union {
        const char *name;          /* TAG, as written; not NUL-terminated */
        TamisSieveString *strings; /* STRING (one), LIST */
        guint64 number;            /* NUMBER: the value, quantifier applied */
    };
    union {
        guint32 name_length; /* TAG */
        guint32 n_strings;   /* STRING (1), LIST */
        char quantifier;     /* NUMBER: 'K', 'M', 'G' or 0, as written (any case) */
    };
    TamisSieveArgument *next;
};

typedef struct TamisSievePrinted TamisSievePrinted; /* print.h */

typedef struct TamisSieveWord TamisSieveWord; /* table.h */

typedef struct TamisSieveTest TamisSieveTest;
struct TamisSieveTest {
    TamisSpan span; /* begins with the name */
    guint32 name_length;
    const char *name;           /* not NUL-terminated */
    const TamisSieveWord *word; /* the table's first of that name; NULL: none, or it was made */
    TamisSieveArgument *arguments;
    TamisSieveTest *tests; /* nested */
    TamisSieveTest *next;
    const TamisSievePrinted *printed; /* its text, when it was made for many scripts; else NULL */
    gboolean is_list;                 /* tests were in parentheses: anyof, allof */
    guint32 n_heard : 30; /* of the first ones nested, those that were heard and let go: reader.h */
    guint32 heard : 2;    /* what the hearer keeps of them */
};

/* A comment, kept where it stood: before a command, inside it, behind it on its line, or last in a
 * block. */
typedef struct TamisSieveComment TamisSieveComment;
struct TamisSieveComment {
    TamisSpan span;
    guint32 length_bytes;
    const char
        *text; /* without delimiters, with the blank behind them; a hash comment is one line */
    gboolean is_bracketed; /* slash-star */
    gboolean blank_line_before;
    gboolean is_behind; /* something else stands before it on its line */
    TamisSieveComment *next;
};

typedef struct TamisSieveCommand TamisSieveCommand;
struct TamisSieveCommand {
    TamisSpan span; /* the whole command with its block or semicolon; begins with the name */
    guint32 name_length;
    const char *name;           /* not NUL-terminated */
    const TamisSieveWord *word; /* the table's first of that name; NULL: none, or it was made */
    TamisSieveArgument *arguments;
    TamisSieveTest *tests;
    TamisSieveCommand *block;          /* commands inside */
    TamisSieveComment *comments;       /* before it */
    TamisSieveComment *inner;          /* between its words; their place is told by the spans */
    TamisSieveComment *trailing;       /* behind it, on its line */
    TamisSieveComment *block_comments; /* after the last command of the block */
    TamisSieveCommand *next;
    guint8 is_list; /* of these each is TRUE or FALSE: tests in parentheses */
    guint8 has_block;
    guint8 blank_line_before;
    guint8 is_broken; /* not all of its words could be read, which was reported */
    guint8 has_heard; /* tests before these were heard and let go: reader.h */
};

typedef struct {
    TamisSourceId source; /* 0: made */
    TamisSieveCommand *commands;
    TamisSieveComment *comments; /* after the last command */
    guint32 n_errors;            /* of syntax: what could not be read is not in the tree */
    gboolean has_bom;
    gboolean is_xml; /* spans are places in XML */
} TamisSieveScript;

static inline TamisSpan
tamis_sieve_command_name_span(const TamisSieveCommand *command)
{
    return (TamisSpan){command->span.source, command->span.offset, command->name_length};
}

static inline TamisSpan
tamis_sieve_test_name_span(const TamisSieveTest *test)
{
    return (TamisSpan){test->span.source, test->span.offset, test->name_length};
}

static inline gboolean
tamis_sieve_name_is(const char *name, guint32 name_length, const char *lower)
{
    return strlen(lower) == name_length && g_ascii_strncasecmp(name, lower, name_length) == 0;
}

/* RFC 5293, section 5: fields that no deleteheader takes away. */
static inline gboolean
tamis_sieve_is_kept_header(const char *name, gsize length)
{
    return length <= strlen("auto-submitted") &&
           (tamis_sieve_name_is(name, (guint32)length, "received") ||
            tamis_sieve_name_is(name, (guint32)length, "auto-submitted"));
}
