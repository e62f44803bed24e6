/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a text has to look like to be a header's value, a body, an address, or a header's value with an
 * address in it, byte by byte; and which of its bytes a test of a part of the address looks at. Not
 * installed. */
#pragma once

#include "model/solve/automaton.h"

typedef enum {
    TAMIS_SHAPE_TEXT,      /* a header's value: UTF-8, one line, no blanks around */
    TAMIS_SHAPE_BODY,      /* UTF-8 */
    TAMIS_SHAPE_ADDRESS,   /* local@domain, of an envelope */
    TAMIS_SHAPE_SPEC,      /* local@domain, in a header */
    TAMIS_SHAPE_MAILBOX,   /* a header's value that holds one address */
    TAMIS_SHAPE_MAILBOXES, /* or several, with commas between them */
} TamisShapeKind;

typedef struct {
    TamisShapeKind kind;
    gboolean
        lenient; /* addresses: whatever evaluation takes, not only what RFC 5321 has; in headers of domains alone */
    guint8 delimiter; /* of the detail; 0: none */
} TamisShape;

typedef enum {
    TAMIS_SCOPE_TEXT, /* all of it */
    TAMIS_SCOPE_WHOLE,
    TAMIS_SCOPE_LOCAL,
    TAMIS_SCOPE_USER, /* the local part up to the delimiter, or all of it */
    TAMIS_SCOPE_DETAIL,
    TAMIS_SCOPE_DOMAIN,
} TamisScope;

/* Where in the shape a text is: a phase, and what UTF-8 still wants. */
typedef guint16 TamisShapeState;

enum {
    TAMIS_PHASE_START,
    TAMIS_PHASE_TEXT,   /* within, or behind a character that is no blank */
    TAMIS_PHASE_BLANK,  /* behind a blank: the text may not end */
    TAMIS_PHASE_LOCAL,  /* within a local part */
    TAMIS_PHASE_DOT,    /* behind its dot, or where it begins */
    TAMIS_PHASE_DETAIL, /* within a local part, behind the delimiter */
    TAMIS_PHASE_DETAIL_DOT,
    TAMIS_PHASE_LABEL, /* where a domain's label begins */
    TAMIS_PHASE_DOMAIN,
    TAMIS_PHASE_HYPHEN,
    TAMIS_PHASE_QUOTED,
    TAMIS_PHASE_ESCAPED,
    TAMIS_PHASE_NAMED, /* behind a quoted name */
    TAMIS_PHASE_END,
    TAMIS_PHASE_COMMA,        /* behind a comma: another address begins */
    TAMIS_PHASE_QLOCAL_START, /* behind the quote that begins a local part, which is not empty */
    TAMIS_PHASE_QLOCAL_DOT, /* within a quoted local part that would need no quotes so far, behind a dot */
    TAMIS_PHASE_QLOCAL_ATOM, /* … and behind something else */
    TAMIS_PHASE_QLOCAL,      /* within one that needs them */
    TAMIS_PHASE_QLOCAL_ESCAPED,
    TAMIS_PHASE_QLOCAL_END,
    TAMIS_PHASE_QDETAIL_DOT, /* the same, behind the delimiter */
    TAMIS_PHASE_QDETAIL_ATOM,
    TAMIS_PHASE_QDETAIL,
    TAMIS_PHASE_QDETAIL_ESCAPED,
    TAMIS_PHASE_QDETAIL_END,
    TAMIS_PHASE_AFTER, /* behind an address and a blank */
    TAMIS_PHASE_COMMENT,
    TAMIS_PHASE_ANGLE = 32, /* set in and behind an address between angle brackets */
    TAMIS_PHASE_SEEN = 64,  /* set behind a comma, to the end */
};

#define tamis_shape_phase(state) ((guint8)((state)&0xff))
/* Which part of an address a phase is in. */
enum { TAMIS_PLACE_LOCAL = 1, TAMIS_PLACE_DETAIL = 2, TAMIS_PLACE_DOMAIN = 4 };
/* 0: in no address. A detail is in the local part too. */
guint8 tamis_shape_part(guint place);

/* The phase without its flags. */
#define tamis_shape_place(state) ((guint8)((state)&0x1f))

#define TAMIS_SHAPE_START ((TamisShapeState)TAMIS_PHASE_START)
guint tamis_shape_step_slowly(const TamisShape *shape, TamisShapeState state, guint8 byte,
                              TamisShapeState out_next[2]);

/* Where the byte leads to: up to two states; 0: nowhere. */
static inline guint
tamis_shape_step(const TamisShape *shape, TamisShapeState state, guint8 byte,
                 TamisShapeState out_next[2])
{
    /* Most texts, most bytes. */
    if (shape->kind <= TAMIS_SHAPE_BODY && state >> 8 == 0 && byte > ' ' && byte < 0x80) {
        out_next[0] = TAMIS_PHASE_TEXT;
        return 1;
    }
    return tamis_shape_step_slowly(shape, state, byte, out_next);
}

/* Whether there has been an address. */
gboolean tamis_shape_has_address(TamisShapeState state);
gboolean tamis_shape_accepts(const TamisShape *shape, TamisShapeState state);
/* To which scopes the byte belongs that leads from one state to another: a bit each. */
guint tamis_shape_scopes(TamisShapeState from, TamisShapeState to);
/* All bytes that may stand in it, in sets of those that go the same ways: those that it has on its way may go others.
 * Static. */
const TamisByteSet *tamis_shape_byte_sets(TamisShapeKind kind, guint *out_n);
gboolean tamis_shape_takes(const TamisShape *shape, const char *text, gsize length);
