/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A witness: the message, envelope and instant that make a guard true, and what was chosen where the choice
 * is free. Made by the solver; it reads like a message that somebody might send. */
#pragma once

#include "model/evaluate.h"

typedef TamisHeaderText TamisWitnessHeader;

/* A text, of a body or a field, where any will do. */
#define TAMIS_USUAL_TEXT "Hello"

/* A free atom and its value: an opaque test, or a share at a later hop. Replaying follows them with
 * tamis_evaluation_assume. */
typedef struct {
    TamisFormula atom;
    gboolean holds;
} TamisWitnessChoice;

typedef struct {
    char *envelope_from; /* "" is the null sender */
    char *envelope_to;
    TamisInstant instant;
    guint64 size_bytes;
    TamisGrades grades;
    TamisWitnessHeader *headers;
    guint n_headers;
    char *body; /* UTF-8: text/plain unless a header says otherwise */
    TamisWitnessChoice *choices;
    guint n_choices;
} TamisWitness;

/* In one piece of memory with all that it has. The receiver frees it. */
TamisWitness *tamis_witness_copy(const TamisWitness *witness);
TAMIS_API void tamis_witness_free(TamisWitness *witness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisWitness, tamis_witness_free)

/* The message as the evaluator takes it; the caller frees it. */
TAMIS_API TamisMessage *tamis_witness_to_message(const TamisWitness *witness);
/* Its envelope, instant and score; strings are lent from the witness. */
TAMIS_API TamisDelivery tamis_witness_delivery(const TamisWitness *witness);
/* The message as RFC 5322 text with LF line ends, what is not ASCII in RFC 2047 words: for a file, a mail
 * client, an engine. Where size_bytes asks for more, the body is filled up with lines. */
TAMIS_API void tamis_witness_append_text(const TamisWitness *witness, GString *out);
TAMIS_API char *tamis_witness_to_text(const TamisWitness *witness, gsize *out_length);
/* A field's name as mail programs write it: "list-id" as "List-Id". The caller frees it. */
char *tamis_witness_field_name(const char *name);
/* How long that text is without what it is filled up with. */
guint64 tamis_witness_count_bytes(const TamisWitness *witness);
