/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The Sieve extensions that Tamis knows, by number, and sets of them. */
#pragma once

#include "base/api.h"

/* constant, capability string, where it is defined */
#define TAMIS_EXTENSIONS(X)                                                                        \
    X(FILEINTO, "fileinto", "RFC 5228")                                                            \
    X(ENVELOPE, "envelope", "RFC 5228")                                                            \
    X(ENCODED_CHARACTER, "encoded-character", "RFC 5228")                                          \
    X(COMPARATOR_OCTET, "comparator-i;octet", "RFC 4790")                                          \
    X(COMPARATOR_CASEMAP, "comparator-i;ascii-casemap", "RFC 4790")                                \
    X(COMPARATOR_NUMERIC, "comparator-i;ascii-numeric", "RFC 4790")                                \
    X(COMPARATOR_UNICODE, "comparator-i;unicode-casemap", "RFC 5051")                              \
    X(COPY, "copy", "RFC 3894")                                                                    \
    X(BODY, "body", "RFC 5173")                                                                    \
    X(ENVIRONMENT, "environment", "RFC 5183")                                                      \
    X(VARIABLES, "variables", "RFC 5229")                                                          \
    X(VACATION, "vacation", "RFC 5230")                                                            \
    X(RELATIONAL, "relational", "RFC 5231")                                                        \
    X(IMAP4FLAGS, "imap4flags", "RFC 5232")                                                        \
    X(SUBADDRESS, "subaddress", "RFC 5233")                                                        \
    X(SPAMTEST, "spamtest", "RFC 5235")                                                            \
    X(SPAMTESTPLUS, "spamtestplus", "RFC 5235")                                                    \
    X(VIRUSTEST, "virustest", "RFC 5235")                                                          \
    X(DATE, "date", "RFC 5260")                                                                    \
    X(INDEX, "index", "RFC 5260")                                                                  \
    X(EDITHEADER, "editheader", "RFC 5293")                                                        \
    X(REJECT, "reject", "RFC 5429")                                                                \
    X(EREJECT, "ereject", "RFC 5429")                                                              \
    X(ENOTIFY, "enotify", "RFC 5435")                                                              \
    X(IHAVE, "ihave", "RFC 5463")                                                                  \
    X(MAILBOX, "mailbox", "RFC 5490")                                                              \
    X(MBOXMETADATA, "mboxmetadata", "RFC 5490")                                                    \
    X(SERVERMETADATA, "servermetadata", "RFC 5490")                                                \
    X(FOREVERYPART, "foreverypart", "RFC 5703")                                                    \
    X(MIME, "mime", "RFC 5703")                                                                    \
    X(EXTRACTTEXT, "extracttext", "RFC 5703")                                                      \
    X(REPLACE, "replace", "RFC 5703")                                                              \
    X(ENCLOSE, "enclose", "RFC 5703")                                                              \
    X(REDIRECT_DSN, "redirect-dsn", "RFC 6009")                                                    \
    X(ENVELOPE_DSN, "envelope-dsn", "RFC 6009")                                                    \
    X(ENVELOPE_DELIVERBY, "envelope-deliverby", "RFC 6009")                                        \
    X(REDIRECT_DELIVERBY, "redirect-deliverby", "RFC 6009")                                        \
    X(VACATION_SECONDS, "vacation-seconds", "RFC 6131")                                            \
    X(EXTLISTS, "extlists", "RFC 6134")                                                            \
    X(CONVERT, "convert", "RFC 6558")                                                              \
    X(INCLUDE, "include", "RFC 6609")                                                              \
    X(IMAPSIEVE, "imapsieve", "RFC 6785")                                                          \
    X(DUPLICATE, "duplicate", "RFC 7352")                                                          \
    X(SPECIAL_USE, "special-use", "RFC 8579")                                                      \
    X(FCC, "fcc", "RFC 8580")                                                                      \
    X(MAILBOXID, "mailboxid", "RFC 9042")                                                          \
    X(PROCESSCALENDAR, "processcalendar", "RFC 9671")                                              \
    X(REGEX, "regex", "draft-ietf-sieve-regex")                                                    \
    X(IMAPFLAGS, "imapflags", "draft-melnikov-sieve-imapflags, superseded by imap4flags")          \
    X(NOTIFY, "notify", "draft-martin-sieve-notify, superseded by enotify")                        \
    X(SNOOZE, "snooze", "draft-ietf-extra-sieve-snooze")                                           \
    X(DOVECOT_DUPLICATE, "vnd.dovecot.duplicate", "Pigeonhole, superseded by duplicate")           \
    X(DOVECOT_ENVIRONMENT, "vnd.dovecot.environment", "Pigeonhole")                                \
    X(DOVECOT_REPORT, "vnd.dovecot.report", "Pigeonhole")                                          \
    X(DOVECOT_DEBUG, "vnd.dovecot.debug", "Pigeonhole")                                            \
    X(DOVECOT_FILTER, "vnd.dovecot.filter", "Pigeonhole extprograms")                              \
    X(DOVECOT_PIPE, "vnd.dovecot.pipe", "Pigeonhole extprograms")                                  \
    X(DOVECOT_EXECUTE, "vnd.dovecot.execute", "Pigeonhole extprograms")                            \
    X(DOVECOT_IMAPSIEVE, "vnd.dovecot.imapsieve", "Pigeonhole")                                    \
    X(DOVECOT_TESTSUITE, "vnd.dovecot.testsuite", "Pigeonhole")                                    \
    X(CYRUS_LOG, "vnd.cyrus.log", "Cyrus IMAP")                                                    \
    X(CYRUS_JMAPQUERY, "vnd.cyrus.jmapquery", "Cyrus IMAP")                                        \
    X(CYRUS_IMIP, "vnd.cyrus.imip", "Cyrus IMAP")                                                  \
    X(CYRUS_SNOOZE, "vnd.cyrus.snooze", "Cyrus IMAP")                                              \
    X(CYRUS_IMPLICIT_KEEP_TARGET, "vnd.cyrus.implicit_keep_target", "Cyrus IMAP")                  \
    X(CYRUS_REDIRECT_MULTIPLE, "vnd.cyrus.redirect-multiple", "Cyrus IMAP")

typedef enum {
#define X(constant, name, origin) TAMIS_EXTENSION_##constant,
    TAMIS_EXTENSIONS(X)
#undef X
        TAMIS_N_EXTENSIONS,
    TAMIS_EXTENSION_NONE = 255,
} TamisExtension;

typedef struct {
    guint64 bits[2];
} TamisExtensionSet;

G_STATIC_ASSERT(TAMIS_N_EXTENSIONS <= 128);

static inline gboolean
tamis_extension_set_has(const TamisExtensionSet *set, TamisExtension extension)
{
    return (set->bits[extension >> 6] >> (extension & 63)) & 1;
}

static inline void
tamis_extension_set_add(TamisExtensionSet *set, TamisExtension extension)
{
    set->bits[extension >> 6] |= G_GUINT64_CONSTANT(1) << (extension & 63);
}

static inline void
tamis_extension_set_remove(TamisExtensionSet *set, TamisExtension extension)
{
    set->bits[extension >> 6] &= ~(G_GUINT64_CONSTANT(1) << (extension & 63));
}

/* The capability string. Static. */
TAMIS_API const char *tamis_extension_name(TamisExtension extension);
/* Where it is defined. Static. */
TAMIS_API const char *tamis_extension_origin(TamisExtension extension);
/* By capability string, exactly; TAMIS_EXTENSION_NONE if unknown. */
TAMIS_API TamisExtension tamis_extension_find(const char *name, gsize length_bytes);
