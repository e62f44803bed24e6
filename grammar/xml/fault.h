/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libxml2's errors in our words. Where they stand is the document's. */
#pragma once

#include "base/api.h"

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

typedef struct {
    const xmlNode *node;         /* the element; NULL: none in particular */
    int rank;                    /* how much it tells */
    char *message;               /* NULL: nothing is wrong */
    const char *help;            /* static, or NULL */
    gboolean names_open_element; /* the innermost open element is part of the matter */
} TamisXmlFault;

void tamis_xml_fault_clear(TamisXmlFault *fault);
/* Keeps what tells more: the first of the highest rank. */
void tamis_xml_fault_set(TamisXmlFault *fault, const xmlNode *node, int rank, const char *format,
                         ...) G_GNUC_PRINTF(4, 5);

/* As xmlStructuredErrorFunc, for a RELAX NG validator; fault is a TamisXmlFault. */
void tamis_xml_fault_take_violation(void *fault, xmlErrorPtr error);
/* An error of the parser; whether a root element has begun; and the innermost open element, or NULL. */
void tamis_xml_fault_of_error(TamisXmlFault *fault, const xmlError *error, gboolean has_root,
                              const xmlNode *open);
