/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Sieve script in XML (RFC 5784) to the tree. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/tree.h"

#define TAMIS_SIEVE_XML_MAX_BYTES (64u << 20)

/* Whether the text's root element is that of a script in XML, by its namespace or its name. */
TAMIS_API gboolean tamis_sieve_is_xml(const char *text, gsize length_bytes);

/* As tamis_sieve_parse: faults (syntax) go to the report at their place in the XML, and the spans of the tree
 * are places in it; what is faulty is left out or marked as broken. Every name and tag of the tree is an
 * identifier. Display directives, elements of other namespaces and XML's own comments become comments.
 * Nothing but the source is read, whatever the text says. */
TAMIS_API TamisSieveScript *
tamis_sieve_parse_xml(TamisSourceId source, TamisArena *arena, TamisReport *report);

/* The same command by command, for who does not hold all of the script: each that stands in no block is shown when the
 * child of the root that it stands in has been read, and lent for the call; then the comments behind the last one. */
typedef struct {
    void (*command)(gpointer data, const TamisSieveCommand *command);
    void (*last_comments)(gpointer data, const TamisSieveComment *comments);
    gpointer data;
} TamisSieveXmlVisitor;

/* Returns how many errors there are. */
TAMIS_API guint32 tamis_sieve_visit_xml(TamisSourceId source, TamisReport *report,
                                        const TamisSieveXmlVisitor *visitor);

/* Whichever it is: XML where the source's name ends in .xml, or its root element says so. */
TAMIS_API TamisSieveScript *
tamis_sieve_parse_any(TamisSourceId source, TamisArena *arena, TamisReport *report);
