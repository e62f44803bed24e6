/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the solver share: one question in work. Not installed.
 *
 *   solver.c     questions, verdicts kept, the loop between the boolean core and what atoms mean
 *   maximum.c    the most guards that hold at once
 *   encode.c     formulas to clauses, and which tests a model leans on
 *   theory.c     tests by what they look at, and which of them contradict each other
 *   field.c      a header field: its values, existence, counts
 *   field-form.c   values of the form that RFC 5322 has for them
 *   indexed.c    a header field whose values are meant by their number
 *   value.c      one value of a field, its text and its address
 *   memo.c       what is known of fields under tests of large sets, and of opening hours
 *   scalar.c     envelope, size, score, shares
 *   body.c       parts, and tests of them
 *   whole.c      what of it has to go together
 *   draft.c      what was found as a message that reads well
 *   sat.c        the boolean core
 *   text.c text-guess.c search.c lazy.c shape.c automaton.c word-set.c     texts
 *   timeline.c time-test.c time-ranges.c                            instants */
#pragma once

#include "model/message.h"
#include "model/solve.h"
#include "model/solve/sat.h"
#include "model/solve/spare.h"
#include "model/solve/timeline.h"

/* A test as the solver takes it: an atom, of several names one. */
typedef struct {
    TamisFormula formula;
    const TamisAtom *atom;
    TamisString field; /* the name in lower case; 0: none, or all of a count */
    guint32 variable;  /* of the boolean core */
} TamisLeaf;

/* 2 × leaf, + 1 where it is not to hold. */
typedef guint32 TamisClaim;
#define tamis_claim_leaf(claim)       ((claim) >> 1)
#define tamis_claim_is_negated(claim) (((claim)&1) != 0)

typedef struct {
    TamisString name;
    GPtrArray *values; /* of char *, owned; empty: the field is not there */
    gboolean fixed;    /* what is not there may not be added */
} TamisDraftField;

/* A message in the making. */
typedef struct {
    GString *envelope_from, *envelope_to;
    gboolean has_envelope_from, has_envelope_to, has_instant, has_body;
    TamisInstant instant;
    guint64 size_min, size_max;
    TamisGrades grades;
    GString *body;
    GString *body_type;         /* the value of its Content-Type field; empty: it needs none */
    GArray *headers;            /* of TamisWitnessHeader, lent: of the witness in the making */
    GArray *fields;             /* of TamisDraftField */
    GArray *choices;            /* of TamisWitnessChoice */
    TamisInstant usual_instant; /* that these are of, where there are */
    char *usual_date, *earlier_date, *usual_id;
} TamisDraft;

struct TamisSolver {
    TamisFormulas *formulas;
    TamisSolverOptions options;
    TamisSolverCounts counts;
    GArray *verdicts; /* of guint8 by formula: 1 + TamisVerdict; 0: not asked */
    GHashTable *memo; /* memo.c's */
    GHashTable *instants;
    GHashTable *reasons; /* formula -> static text */
    TamisTexts texts;
    TamisTimeline timeline;
    TamisSat *sat;
    /* By 2 × formula + negated: the literal, where the round is this one. */
    GArray *literals, *rounds; /* of guint32 */
    guint32 round;
    GArray *reason_rounds; /* of guint32, likewise */
    guint32 reason_round;
    GArray *leaves;        /* of TamisLeaf */
    GArray *leaf_of;       /* of guint32, by variable; TAMIS_NO_INDEX: none */
    GArray *claims, *core; /* of TamisClaim */
    GArray *changed;       /* of TamisFormula: atoms of a changed message that were met */
    /* Of TamisTextTest, TamisTimeTest, guint32, TamisValueAddresses. */
    TamisSpare spare_tests, spare_times, spare_numbers, spare_addresses;
    TamisDraft draft;
    gboolean strict;      /* opaque atoms are never leant on */
    gboolean has_opaque;  /* there are some */
    gboolean met_unknown; /* something was left open */
    gboolean too_deep;
    const char *reason;
    GStringChunk *reason_texts; /* those that name a header */
};

/* Whether nothing is known of the test, so that it may hold or not: an opaque one, and one of a changed message. */
static inline gboolean
tamis_atom_is_open(const TamisAtom *atom)
{
    return atom->kind == TAMIS_ATOM_OPAQUE || atom->version != 0;
}

/* encode.c */
void tamis_encode_begin(TamisSolver *solver, gboolean strict);
TamisLiteral tamis_encode(TamisSolver *solver, TamisFormula formula, gboolean negated);
void tamis_encode_assert(TamisSolver *solver, TamisFormula formula);
/* Adds what makes the formula true in the boolean core's model, where it is. */
void tamis_encode_begin_reasons(TamisSolver *solver);
void tamis_encode_add_reasons(TamisSolver *solver, TamisFormula formula, gboolean negated);
const TamisLeaf *tamis_leaf(const TamisSolver *solver, TamisClaim claim);

/* theory.c: whether some message meets solver->claims; it is then in solver->draft. Else solver->core has
 * some that cannot be together. */
TamisTextResult tamis_theory_check(TamisSolver *solver);

/* field.c: tests of one header field. recipient: what ADDRESSED looks for; NULL: none of them is looked at. */
TamisTextResult tamis_field_check(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                                  guint n, const char *recipient, TamisDraftField *out_field);
/* indexed.c: whether tests mean values by their number; and the same for a field where they do. */
gboolean tamis_field_is_indexed(const TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult
tamis_indexed_check(TamisSolver *solver, TamisString field, const TamisClaim *claims, guint n,
                    const char *recipient, TamisDraftField *out_field);
/* memo.c: the same, from what is known where it can be. */
GHashTable *tamis_memo_new(void);
GHashTable *tamis_memo_new_instants(void);
TamisTextResult tamis_memo_time(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_memo_check(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                                 guint n, const char *recipient, TamisDraftField *out_field);
/* Whether a value passes all negated tests and some that hold can be left to others. */
gboolean tamis_field_takes(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                           guint n, const char *recipient, const char *value);
/* Whether one value is all that the tests ask of the field. */
gboolean tamis_field_is_met_by(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                               guint n, const char *recipient, const char *value);
/* Makes the last value a list of twice as many addresses, if the tests let it. */
gboolean tamis_field_lengthen(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                              guint n, const char *recipient, GPtrArray *values);
/* Whether the first value may come once more. */
gboolean tamis_field_may_repeat(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                                guint n, const GPtrArray *values);
/* Whether the field has to be there; or must not. */
gboolean tamis_field_is_there(TamisSolver *solver, TamisString field, const TamisClaim *claims,
                              guint n, gboolean *out_not_there);
/* The number that a test of a count compares with. */
guint64 tamis_count_key(TamisSolver *solver, const TamisAtom *atom, guint32 i);
gboolean tamis_count_holds(TamisSolver *solver, const TamisAtom *atom, guint count);
TamisTextTest tamis_text_test(const TamisSolver *solver, TamisClaim claim);

/* field-form.c: fields of addresses come once, with a list (RFC 5322, 3.6.3), if that is all that is asked. */
void tamis_field_join(TamisSolver *solver, const TamisClaim *claims, guint n, const char *recipient,
                      TamisDraftField *field);
/* Whether some value has not the form that RFC 5322 has for its field. */
gboolean tamis_field_lacks_form(TamisSolver *solver, const TamisDraftField *field);
/* Gives the values that form, as far as the tests let it; they meet no less than before. */
void tamis_field_form(TamisSolver *solver, const TamisClaim *claims, guint n, const char *recipient,
                      TamisDraftField *field);

/* value.c: a field's value that passes the tests of its text and those of its addresses. */
TamisTextResult
tamis_value_solve(TamisSolver *solver, const char *field, const TamisTextTest *texts, guint n_texts,
                  const TamisTextTest *addresses, guint n_addresses, GString *out_value);
/* The same, with an address in it whether tests ask for one or not. */
TamisTextResult
tamis_value_solve_addressed(TamisSolver *solver, const char *field, const TamisTextTest *texts,
                            guint n_texts, const TamisTextTest *addresses, guint n_addresses,
                            GString *out_value);
/* Whether a value does. any: of tests that hold, one is enough. out_n: how many addresses. */
gboolean tamis_value_passes(TamisSolver *solver, const char *value, const TamisTextTest *texts,
                            guint n_texts, const TamisTextTest *addresses, guint n_addresses);
guint tamis_value_count_addresses(TamisSolver *solver, const char *value);
/* The addresses of a value that many tests are held against, read once. Lives in the arena of texts. */
typedef struct {
    const TamisMailAddress *at;
    guint n;
} TamisValueAddresses;

TamisValueAddresses tamis_value_read(TamisSolver *solver, const char *value);
/* Whether one of them meets the test, negated or not. */
gboolean tamis_value_has_address(TamisSolver *solver, TamisValueAddresses addresses,
                                 const TamisTextTest *test);

/* scalar.c: each takes the tests of its kind. */
TamisTextResult tamis_scalar_envelope(TamisSolver *solver, const TamisTextTest *tests, guint n,
                                      gboolean is_from, GString *out_address);
TamisTextResult tamis_scalar_size(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_scalar_spam(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_scalar_virus(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_scalar_share(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_scalar_time(TamisSolver *solver, const TamisClaim *claims, guint n);
TamisTextResult tamis_scalar_count(TamisSolver *solver, const TamisClaim *claims, guint n);

/* body.c: tests of the body; the same with two parts at least; and whether they are what they should be where the
 * draft's body has this type. */
TamisTextResult tamis_body_check(TamisSolver *solver, const TamisClaim *claims, guint n);
gboolean tamis_body_solve_multipart(TamisSolver *solver, const TamisClaim *claims, guint n);
gboolean tamis_body_fits(TamisSolver *solver, const TamisClaim *claims, guint n, const char *type);

/* whole.c: the claims of a field, or (0) of the body. Caller frees. */
GArray *tamis_claims_of(TamisSolver *solver, TamisString field);
/* Whether what the groups of tests found makes one message; else solver->core as above. */
TamisTextResult tamis_whole_check(TamisSolver *solver);

/* draft.c */
void tamis_draft_init(TamisDraft *draft);
void tamis_draft_reset(TamisDraft *draft);
void tamis_draft_clear(TamisDraft *draft);
TamisDraftField *tamis_draft_find(TamisDraft *draft, TamisString name);
void tamis_draft_field_clear(TamisDraftField *field);
/* Gives the values of structured fields their form, as far as tests let it. The values as they were: caller frees. */
GPtrArray *tamis_draft_give_form(TamisSolver *solver);
/* FALSE: nothing was changed. */
gboolean tamis_draft_take_back(TamisDraft *draft, GPtrArray *before);
TamisWitness *tamis_draft_to_witness(TamisSolver *solver);
/* Whether the message is no larger than it may be. */
gboolean tamis_draft_is_small_enough(TamisSolver *solver);
/* "Mon, 23 Nov 2026 10:00:00 +0100" (RFC 5322, 3.3). Caller frees. */
char *tamis_draft_date(TamisInstant instant, gint32 offset_s);

/* solver.c: the loop, over what was asserted. MODEL: solver->draft has it. */
TamisVerdict tamis_solver_run(TamisSolver *solver, const TamisLiteral *assumptions, guint32 n,
                              const TamisFormula *formulas, guint32 n_formulas);
/* The witness of solver->draft, if the evaluator agrees that all formulas hold; else NULL. */
TamisWitness *
tamis_solver_take_witness(TamisSolver *solver, const TamisFormula *formulas, guint32 n_formulas);
