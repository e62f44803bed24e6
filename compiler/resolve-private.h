/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the resolver share: its state, names, tables and faults. Values are resolve-values.h's,
 * conditions, dates and mailboxes resolve-plans.h's. Nobody outside compiler/resolve*.c includes this. */
#pragma once

#include "base/arena.h"
#include "compiler/resolve.h"
#include "grammar/csv.h"
#include "grammar/policy/tree.h"
#include "model/policy.h"

/* Limits against hostile input; each has its own message. */
#define TAMIS_MAX_FILES         4096
#define TAMIS_MAX_IMPORT_DEPTH  64
#define TAMIS_MAX_NAME_NESTING  64              /* of groups, of conditions, of templates */
#define TAMIS_MAX_STRING_BYTES  (1u << 20)      /* of one string, placeholders filled */
#define TAMIS_MAX_TEXT_BYTES    (1024ull << 20) /* of all strings that have placeholders */
#define TAMIS_MAX_MEMBERS       (1u << 25)      /* of all lists of addresses and values */
#define TAMIS_MAX_TABLE_FAULTS  100             /* then the rest of the table is not read */
#define TAMIS_MAX_PARAMETERS    256
#define TAMIS_MAX_SUGGESTIONS   200 /* looked for; findings beyond have none */
#define TAMIS_MAX_ROUTES        (1u << 24)
#define TAMIS_MAX_MAILBOX_STEPS 20000      /* uses, routes and actions of one mailbox */
#define TAMIS_MAX_FORWARDS      (1u << 26) /* targets of all mailboxes, though they share lists */
#define TAMIS_MAX_STEPS         50000000u  /* of all mailboxes, and rows read */

/* Numbers met since the last clear; costs nothing to clear. */
typedef struct {
    guint32 *rounds;
    guint32 n_rounds;
    guint32 round;
} TamisMarks;

void tamis_marks_clear(TamisMarks *marks);
/* FALSE when the number was met before. */
gboolean tamis_marks_add(TamisMarks *marks, guint32 number);

typedef enum { TAMIS_NAMED_NEW, TAMIS_NAMED_OPEN, TAMIS_NAMED_DONE } TamisNamedState;

/* A definition. Its place among those of its kind is also its place in the policy's array. */
typedef struct {
    TamisString name;
    TamisSpan span; /* the name */
    const TamisDeclaration *declaration;
    TamisNamedState state;
    guint32 nesting;    /* of definitions of its kind that it leans on */
    guint32 first_span; /* of a group: in member_spans, of its first member that is no address */
    gboolean used;
    gboolean texts_told; /* of a group that was to have none: they were reported */
    gboolean is_broken;  /* wrong, and reported: what leans on it keeps quiet */
} TamisNamed;

#define TAMIS_N_NAMED_KINDS (TAMIS_DEFINES_TEMPLATE + 1)

typedef struct TamisFile TamisFile;
typedef struct TamisTable TamisTable;
typedef struct TamisTemplatePlan TamisTemplatePlan;

typedef struct {
    TamisPolicy *policy;
    TamisStrings *strings; /* the policy's */
    TamisSources *sources;
    TamisReport *report;
    const TamisResolveOptions *options;
    TamisArena *arena; /* trees and plans: as long as the resolver */
    /* Trees of mailboxes that stand in no `each`, up to when they are resolved: in the order of the declarations. */
    TamisArena *mailboxes;
    TamisArena *scratch; /* the mailbox at hand */
    GPtrArray *files;    /* TamisFile, each before those that it imports */
    /* Of all files, by kind, in their order; `each` stands among the mailboxes. */
    GPtrArray *declarations[TAMIS_DECLARATION_TEST + 1];
    GArray *imports;                        /* TamisImport */
    GArray *alias_maps;                     /* TamisSourceId */
    GPtrArray *tables;                      /* TamisTable */
    GArray *named[TAMIS_N_NAMED_KINDS];     /* TamisNamed */
    GHashTable *names[TAMIS_N_NAMED_KINDS]; /* TamisString -> index + 1 */
    GArray *open_names;      /* TamisOpenName: what is being resolved, outermost first */
    GPtrArray *templates;    /* TamisTemplatePlan, by the index of their names */
    GArray *condition_sizes; /* resolve-conditions.c */
    TamisMarks marks;
    GString *text;          /* the string that was built last */
    GArray *member_spans;   /* TamisSpan: where each group's domains stand, then its texts */
    GArray *target_buffer;  /* TamisTarget */
    GArray *value_buffer;   /* TamisString */
    GArray *alias_buffer;   /* TamisTarget, of the mailbox at hand */
    GArray *outside_buffer; /* TamisOutside */
    GHashTable *faults;     /* resolve-faults.c: what was reported */
    guint64 text_bytes, steps, members, forwards, n_faults;
    guint32 mailbox_steps, n_suggestions;
    gboolean is_exhausted; /* a limit on the whole was passed, and reported */
    TamisString mailbox;   /* text of the address at hand, for findings; 0: none */
    TamisString route;
} TamisResolver;

/* resolve-imports.c ------------------------------------------------------------------------------ */

struct TamisFile {
    TamisSourceId source;
    gboolean is_open; /* being read: an import of it is a cycle */
    gboolean is_used; /* says more than definitions that nobody uses */
};

typedef struct {
    const TamisValue *path;
    guint32 importer, imported; /* of files */
} TamisImport;

/* Reads a file with all that it imports. */
void tamis_resolve_read_files(TamisResolver *r, TamisSourceId source);
/* Opens the file that a string names, seen from the file that the string stands in; 0 when it cannot be
 * read, which is reported. */
TamisSourceId tamis_resolve_open_file(TamisResolver *r, const TamisValue *path, gsize max_bytes);
/* The path itself: relative to the working folder. NULL when the string is wrong, which is reported. */
char *tamis_resolve_path(TamisResolver *r, const TamisValue *path);
void tamis_resolve_add_import_definitions(TamisResolver *r);

/* resolve-names.c -------------------------------------------------------------------------------- */

typedef struct {
    TamisDefinitionKind kind;
    guint32 index;
    TamisSpan use;
} TamisOpenName;

void tamis_resolve_declare_names(TamisResolver *r);
/* TAMIS_NO_INDEX when there is none. */
guint32 tamis_resolve_find_name(const TamisResolver *r, TamisDefinitionKind kind, const char *name);
/* Likewise, and marks it as used or reports it as unknown. */
guint32 tamis_resolve_use_name(TamisResolver *r, TamisDefinitionKind kind, const TamisName *name);
TamisNamed *
tamis_resolve_get_named(const TamisResolver *r, TamisDefinitionKind kind, guint32 index);
/* Begins to resolve a definition; use is the place that asks for it. FALSE when that is done already, or it
 * leads back to itself or lies too deep, which is reported and leaves the one that asks broken. */
gboolean
tamis_resolve_enter(TamisResolver *r, TamisDefinitionKind kind, guint32 index, TamisSpan use);
void tamis_resolve_leave(TamisResolver *r);
void tamis_resolve_add_definitions(TamisResolver *r);
/* Adds "did you mean" where one of the candidates, or of the names of that kind, is near. */
gboolean tamis_resolve_suggest(TamisResolver *r, TamisDiagnostic *diagnostic, const char *name,
                               const char *const *candidates, gsize n_candidates);
gboolean tamis_resolve_suggest_name(TamisResolver *r, TamisDiagnostic *diagnostic,
                                    TamisDefinitionKind kind, const char *name);

/* resolve-tables.c ------------------------------------------------------------------------------- */

/* A row of a table, as long as no other is asked for. */
typedef struct {
    const TamisCell *cells;
    const TamisCell *header;
    guint32 number; /* the header is row 1 */
    TamisSpan span;
} TamisRow;

typedef struct {
    TamisResolver *resolver;
    TamisSpan place; /* the table's name in the policy */
    TamisTable *table;
    int where_column; /* -1: all rows */
    const char *where_text;
    gsize where_length_bytes;
    TamisReport *report; /* of this pass */
    guint64 faults_before;
    TamisRow row;
} TamisRows;

/* FALSE when the table cannot be read, which is reported. */
gboolean tamis_resolve_rows_open(TamisResolver *r, const TamisValue *path,
                                 const TamisWhereSyntax *where, TamisRows *out_rows);
gboolean tamis_resolve_rows_next(TamisRows *rows);
/* Whether one of the rows so far was malformed. */
gboolean tamis_resolve_rows_has_faults(const TamisRows *rows);
void tamis_resolve_rows_close(TamisRows *rows);
/* -1 when the table has no such column, which is reported at span. */
int tamis_resolve_column(TamisResolver *r, const TamisRows *rows, const char *name, TamisSpan span);

/* resolve-organization.c, resolve-groups.c, resolve-definitions.c, resolve-rules.c, resolve-outside.c,
 * resolve-tests.c, resolve-mailboxes.c: each all declarations of its kind ----------------------------- */

void tamis_resolve_organization(TamisResolver *r);
void tamis_resolve_policy_limits(TamisResolver *r);
/* Adds what the items say; a figure that is there already is reported. */
void tamis_resolve_limits(TamisResolver *r, const TamisLimitSyntax *items, TamisLimits *limits);
/* Each figure that above says goes before that of limits; FALSE when it says none. */
gboolean tamis_resolve_override_limits(TamisLimits *limits, const TamisLimits *above);
/* The zone of that name; NULL, reported, when there is none. */
const TamisZone *tamis_resolve_zone(TamisResolver *r, const TamisValue *zone);
void tamis_resolve_groups(TamisResolver *r);
void tamis_resolve_hours(TamisResolver *r);
void tamis_resolve_encryptions(TamisResolver *r);
void tamis_resolve_rules(TamisResolver *r);
void tamis_resolve_outsides(TamisResolver *r);
void tamis_resolve_alias_maps(TamisResolver *r);
void tamis_resolve_tests(TamisResolver *r);
void tamis_resolve_mailboxes(TamisResolver *r);

/* resolve.c -------------------------------------------------------------------------------------- */

/* Calls visit for each declaration of a kind, in their order. */
void tamis_resolve_each_declaration(TamisResolver *r, TamisDeclarationKind kind,
                                    void (*visit)(TamisResolver *r,
                                                  const TamisDeclaration *declaration));
/* Appends a buffer to the policy's targets or values; an empty slice, reported once, when there are too
 * many. */
TamisSlice
tamis_resolve_store(TamisResolver *r, GArray *array, const GArray *buffer, TamisSpan place);
/* Counts work; FALSE, reported once, when it is more than any policy needs. */
gboolean tamis_resolve_step(TamisResolver *r, TamisSpan place);
