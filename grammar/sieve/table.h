/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of the Sieve language, made of language.table: what each command and test takes, and which
 * extension brings it. Data and look-ups; the rules that no table can say are the checker's. */
#pragma once

#include "grammar/sieve-types.h" /* generated from language.table: TAMIS_SIEVE_TYPES */
#include "grammar/sieve/extension.h"
#include "grammar/sieve/tree.h"

/* The kind of an argument's value: TAMIS_SIEVE_TYPE_MAILBOX. */
typedef enum {
    TAMIS_SIEVE_TYPE_NONE,
#define X(constant, name, shape, text) TAMIS_SIEVE_TYPE_##constant,
    TAMIS_SIEVE_TYPES(X)
#undef X
} TamisSieveType;

/* Words by their names: TAMIS_WORD_FILEINTO; a command and a test of one name share it. */
typedef enum {
#define X(constant) TAMIS_WORD_##constant,
    TAMIS_SIEVE_WORD_NAMES(X)
#undef X
} TamisSieveWordName;

/* Tags by their names: TAMIS_TAG_COPY. */
typedef enum {
#define X(constant) TAMIS_TAG_##constant,
    TAMIS_SIEVE_TAG_NAMES(X)
#undef X
} TamisSieveTagName;

typedef enum {
    TAMIS_SIEVE_SHAPE_NONE,
    TAMIS_SIEVE_SHAPE_NUMBER,
    TAMIS_SIEVE_SHAPE_STRING,
    TAMIS_SIEVE_SHAPE_STRINGS, /* one string or a list */
} TamisSieveShape;

typedef struct {
    const char *name;
    guint8 length;
    guint8 id;        /* TamisSieveTagName */
    guint8 type;      /* TamisSieveType of its value; NONE: it has none */
    guint8 extension; /* TamisExtension to require beside the word's own; NONE: none */
    guint8 group;     /* at most one tag of a group stands in a command; 0: no group */
    gint8
        companion; /* index of the tag that must stand beside it, or another of its group; -1: none */
} TamisSieveTag;

typedef struct {
    const char *name;
    guint8 type; /* TamisSieveType */
    gboolean is_optional;
} TamisSieveParameter;

typedef enum { TAMIS_SIEVE_CONTROL, TAMIS_SIEVE_ACTION, TAMIS_SIEVE_TEST } TamisSieveWordKind;

typedef enum {
    TAMIS_SIEVE_TESTS_NONE,
    TAMIS_SIEVE_TESTS_ONE,
    TAMIS_SIEVE_TESTS_LIST
} TamisSieveTests;

struct TamisSieveWord {
    const char *name; /* lower case */
    guint8 length;
    guint8 id;             /* TamisSieveWordName */
    guint8 kind;           /* TamisSieveWordKind */
    guint8 extensions[2];  /* TamisExtension; NONE: built in, or no second one */
    const char *reference; /* "RFC 5228, section 4.2" */
    const char *usage;     /* as the RFCs write it */
    const TamisSieveTag *tags;
    const guint8 *tag_slots; /* perfect hash of their names: table.c; NULL: it takes none */
    guint32 tag_factor;      /* of the hash */
    const TamisSieveParameter *parameters;
    guint8 n_tags, n_parameters;
    guint8 n_required; /* of the parameters: those that are not optional */
    guint8 tests;      /* TamisSieveTests */
    gboolean takes_block;
    gboolean takes_comparator; /* it compares */
    gboolean writes_variables; /* it sets one, or brings those of other scripts */
};

typedef enum { TAMIS_SIEVE_NEEDS, TAMIS_SIEVE_IMPLIES } TamisSieveRelationKind;

/* An extension that needs another one to be required too, or makes that needless. */
typedef struct {
    guint8 extension; /* TamisExtension */
    guint8 kind;
    guint8 other;
} TamisSieveRelation;

/* Commands, then tests; words of one name that different extensions bring are neighbours. */
extern const TamisSieveWord tamis_sieve_words[];
extern const guint16 tamis_sieve_n_words;
/* Perfect hashes of the names of commands and of tests: table.c */
extern const guint8 tamis_sieve_word_slots[2][256];
extern const TamisSieveRelation tamis_sieve_relations[];
extern const guint16 tamis_sieve_n_relations;

/* By name, in any case: the first word of the name, or NULL. */
const TamisSieveWord *tamis_sieve_find_command(const char *name, gsize length);
const TamisSieveWord *tamis_sieve_find_test(const char *name, gsize length);
static inline const TamisSieveWord *
tamis_sieve_command_word(const TamisSieveCommand *command)
{
    return command->word != NULL ? command->word
                                 : tamis_sieve_find_command(command->name, command->name_length);
}

static inline const TamisSieveWord *
tamis_sieve_test_word(const TamisSieveTest *test)
{
    return test->word != NULL ? test->word : tamis_sieve_find_test(test->name, test->name_length);
}

/* The next word of the same name, or NULL. */
const TamisSieveWord *tamis_sieve_next_word(const TamisSieveWord *word);
const TamisSieveWord *
tamis_sieve_choose_among(const TamisSieveWord *word, const TamisExtensionSet *required);
/* Of words of one name, the one whose extensions are all in the set, else the first. */
static inline const TamisSieveWord *
tamis_sieve_choose_word(const TamisSieveWord *word, const TamisExtensionSet *required)
{
    return word->extensions[0] == TAMIS_EXTENSION_NONE ? word
                                                       : tamis_sieve_choose_among(word, required);
}

/* Index of the tag, in any case, or -1. */
int tamis_sieve_find_tag(const TamisSieveWord *word, const char *name, gsize length);

extern const guint8 tamis_sieve_shapes[]; /* by TamisSieveType */
static inline TamisSieveShape
tamis_sieve_type_shape(TamisSieveType type)
{
    return (TamisSieveShape)tamis_sieve_shapes[type];
}
/* What it is, for people: "names of header fields". */
const char *tamis_sieve_type_text(TamisSieveType type);

/* The extension that a comparator belongs to; NONE when it is unknown. */
TamisExtension tamis_sieve_comparator_extension(const char *name, gsize length);
/* The extension that brings a part of the envelope, in any case; NONE when it is unknown. */
TamisExtension tamis_sieve_envelope_part_extension(const char *name, gsize length);
