/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of carrying share. Not installed.
 *
 *   carry.c         stops, formulas node by node
 *   carry-atom.c    atoms by what they look at
 *   carry-field.c   the values of one header field after changes */
#pragma once

#include "model/carry.h"
#include "model/evaluate.h"

typedef enum {
    TAMIS_SENDER_AS_SENT,
    TAMIS_SENDER_WRITTEN,         /* sender, unless it was null */
    TAMIS_SENDER_FIRST_RECIPIENT, /* whom the message that set out was given for, likewise */
} TamisSenderKind;

struct TamisStop {
    guint32 hop;
    TamisString recipient; /* 0: as it set out */
    guint8 sender_kind;    /* TamisSenderKind */
    TamisString sender;
    GArray *changes; /* of TamisChange: all so far, guards over the message that set out */
};

struct TamisCarry {
    TamisFormulas *formulas;
    TamisStrings *strings;
    const char *delimiter;
    GPtrArray *stops; /* of TamisStop */
    GArray *looks;    /* of guint8 by formula; 0: not known */
    /* What is asked for now: */
    const TamisStop *stop;
    const TamisFlow *flow;
    GArray *changes; /* of TamisChange: the flow's, to know it again */
    guint8 touched;
    GHashTable *carried; /* formula -> carried + 1 */
};

/* carry.c: a formula of the flow and stop that are asked for. */
TamisFormula tamis_carry_formula(TamisCarry *carry, TamisFormula formula);

/* carry-atom.c */
TamisFormula tamis_carry_atom(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom);
const char *tamis_carry_name(const TamisCarry *carry, const TamisAtom *atom, guint32 i);
/* The atom over one of its names. */
TamisAtom tamis_carry_one_name(TamisCarry *carry, const TamisAtom *atom, guint32 i);
/* A free boolean in its place. */
TamisFormula tamis_carry_opaque(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom);
/* Whether the atom holds of a message with this one field, or none (name NULL), and this envelope. */
gboolean tamis_carry_holds(TamisCarry *carry, const TamisAtom *atom, const char *name,
                           const char *value, const char *envelope_from, const char *envelope_to);

/* carry-field.c: an atom of one header field after changes (not FILTER); guards over the message that set
 * out. formula: the atom's, for what becomes opaque. */
TamisFormula tamis_carry_field(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom,
                               const TamisChange *changes, guint32 n);
/* Whether a change is of this field. */
gboolean tamis_carry_changes(const TamisCarry *carry, const TamisChange *change, const char *name);
