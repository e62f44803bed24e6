/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A Sieve script as XML (RFC 5784). */
#pragma once

#include "base/report.h"
#include "grammar/sieve/tree.h"

/* XML that tamis_sieve_parse_xml reads to the same script, valid by the schemas of RFC 5784. Comments are
 * kept: before the command before or inside of which they stand, except inside tests and behind commands
 * without a block. Those that hold display directives or elements of other namespaces become elements. The
 * script has no syntax error. NULL when there is something in it that this XML cannot say, which is in the
 * report then: a string with a control character or with bytes that are no UTF-8 (unsafe-string), a block
 * where none belongs or parentheses around one test (syntax; no server takes those either), or more than
 * TAMIS_SIEVE_XML_MAX_BYTES of XML, which nobody could read (syntax). */
TAMIS_API GString *tamis_sieve_write_xml(const TamisSieveScript *script, TamisReport *report);

/* The same for who does not hold all of the script: every command that stands in no block is looked at before the
 * first is written, for where displayblocks end. They may be read anew for the second time. */
typedef struct TamisSieveXmlWriter TamisSieveXmlWriter;

TAMIS_API TamisSieveXmlWriter *tamis_sieve_xml_writer_new(TamisReport *report);
TAMIS_API void tamis_sieve_xml_writer_free(TamisSieveXmlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSieveXmlWriter, tamis_sieve_xml_writer_free)

TAMIS_API void
tamis_sieve_xml_writer_look_at(TamisSieveXmlWriter *writer, const TamisSieveCommand *command);
/* The comments behind the last command. */
TAMIS_API void
tamis_sieve_xml_writer_look_at_last(TamisSieveXmlWriter *writer, const TamisSieveComment *comments);
TAMIS_API void
tamis_sieve_xml_writer_write(TamisSieveXmlWriter *writer, const TamisSieveCommand *command);
/* Once, behind the last command, where comments stand. */
TAMIS_API GString *
tamis_sieve_xml_writer_finish(TamisSieveXmlWriter *writer, const TamisSieveComment *comments);
