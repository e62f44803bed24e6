/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses as RFC 5321 spells them, narrowed to what every engine takes. Header syntax (display
 * names, lists, comments) is not read here. */
#include "model/address.h"

#include "base/bytes.h"

#include <string.h>

#define LOCAL_MAX_BYTES   64
#define DOMAIN_MAX_BYTES  253
#define LABEL_MAX_BYTES   63
#define ADDRESS_MAX_BYTES 254
/* Of what is read at all: an internationalised domain may be longer in UTF-8 than as A-labels. */
#define INPUT_MAX_BYTES 1024

/* What a byte may be part of. */
enum {
    IN_ATOM = 1,  /* RFC 5321's atext */
    IN_LABEL = 2, /* of a domain */
    IS_DIGIT = 4,
};

static const guint8 classes[256] = {
    ['a' ... 'z'] = IN_ATOM | IN_LABEL,
    ['A' ... 'Z'] = IN_ATOM | IN_LABEL,
    ['0' ... '9'] = IN_ATOM | IN_LABEL | IS_DIGIT,
    ['-'] = IN_ATOM | IN_LABEL,
    ['!'] = IN_ATOM,
    ['#'] = IN_ATOM,
    ['$'] = IN_ATOM,
    ['%'] = IN_ATOM,
    ['&'] = IN_ATOM,
    ['\''] = IN_ATOM,
    ['*'] = IN_ATOM,
    ['+'] = IN_ATOM,
    ['/'] = IN_ATOM,
    ['='] = IN_ATOM,
    ['?'] = IN_ATOM,
    ['^'] = IN_ATOM,
    ['_'] = IN_ATOM,
    ['`'] = IN_ATOM,
    ['{'] = IN_ATOM,
    ['|'] = IN_ATOM,
    ['}'] = IN_ATOM,
    ['~'] = IN_ATOM,
};

static inline gboolean
has_class(char c, guint8 class)
{
    return (classes[(guint8)c] & class) != 0;
}

static gboolean
is_dot_atom(const char *text, gsize length_bytes)
{
    gboolean at_dot = TRUE;

    for (gsize i = 0; i < length_bytes; i++) {
        if (text[i] == '.' ? at_dot : !has_class(text[i], IN_ATOM))
            return FALSE;
        at_dot = text[i] == '.';
    }
    return !at_dot;
}

/* Domains -------------------------------------------------------------------------------------- */

/* Letters, digits, hyphens; the last label is no number: "10.0.0.1" is no domain. */
static gboolean
is_domain(const char *text, gsize length_bytes)
{
    gboolean numeric = TRUE;
    gsize start = 0;

    if (length_bytes > DOMAIN_MAX_BYTES)
        return FALSE;
    for (gsize i = 0; i <= length_bytes; i++) {
        if (i < length_bytes && text[i] != '.') {
            if (!has_class(text[i], IN_LABEL))
                return FALSE;
            numeric = numeric && has_class(text[i], IS_DIGIT);
            continue;
        }
        if (i == start || i - start > LABEL_MAX_BYTES || text[start] == '-' || text[i - 1] == '-')
            return FALSE;
        if (i == length_bytes)
            return !numeric;
        start = i + 1;
        numeric = TRUE;
    }
    return FALSE;
}

static gboolean
is_ascii(const char *text, gsize length_bytes)
{
    guint8 all = 0;

    for (gsize i = 0; i < length_bytes; i++)
        all |= (guint8)text[i];
    return all < 0x80;
}

/* Writes at most DOMAIN_MAX_BYTES; 0: no domain. */
static gsize
normalize_domain(const char *text, gsize length_bytes, char *buffer)
{
    g_autofree char *unicode = NULL;
    g_autofree char *ascii = NULL;

    if (!is_ascii(text, length_bytes)) {
        if (!g_utf8_validate(text, (gssize)length_bytes, NULL))
            return 0;
        unicode = g_strndup(text, length_bytes);
        ascii = g_hostname_to_ascii(unicode);
        if (ascii == NULL)
            return 0;
        text = ascii;
        length_bytes = strlen(ascii);
    }
    if (!is_domain(text, length_bytes))
        return 0;
    for (gsize i = 0; i < length_bytes; i++)
        buffer[i] = tamis_byte_lower(text[i]);
    return length_bytes;
}

gboolean
tamis_domain_normalize(const char *text, gsize length_bytes, GString *out)
{
    char buffer[DOMAIN_MAX_BYTES];
    gsize n = length_bytes <= INPUT_MAX_BYTES ? normalize_domain(text, length_bytes, buffer) : 0;

    g_string_truncate(out, 0);
    g_string_append_len(out, buffer, (gssize)n);
    return n > 0;
}

/* Local parts ---------------------------------------------------------------------------------- */

/* What stands between the quotes, without its backslashes; 0 when it cannot stand there. buffer
 * takes length_bytes. */
static gsize
unquote_local(const char *text, gsize length_bytes, char *buffer)
{
    gsize n = 0;

    if (length_bytes < 2 || text[length_bytes - 1] != '"')
        return 0;
    for (gsize i = 1; i < length_bytes - 1; i++) {
        if (text[i] == '"')
            return 0;
        if (text[i] == '\\' && ++i == length_bytes - 1)
            return 0;
        if (text[i] < ' ' || text[i] > '~')
            return 0;
        buffer[n++] = text[i];
    }
    return n;
}

char *
tamis_local_unquote(const char *local, gsize length_bytes)
{
    char *plain;
    gsize n = 0;

    if (length_bytes < 2 || local[0] != '"' || local[length_bytes - 1] != '"')
        return NULL;
    plain = g_malloc(length_bytes);
    for (gsize i = 1; i + 1 < length_bytes; i++) {
        i += local[i] == '\\' && i + 2 < length_bytes;
        plain[n++] = local[i];
    }
    plain[n] = '\0';
    return plain;
}

/* With quotes only where it needs them. buffer takes 2 * length_bytes + 2. */
static gsize
quote_local(const char *text, gsize length_bytes, char *buffer)
{
    gsize n = 0;

    if (is_dot_atom(text, length_bytes)) {
        memcpy(buffer, text, length_bytes);
        return length_bytes;
    }
    buffer[n++] = '"';
    for (gsize i = 0; i < length_bytes; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buffer[n++] = '\\';
        buffer[n++] = text[i];
    }
    buffer[n++] = '"';
    return n;
}

void
tamis_address_join(const char *local, const char *domain, char *buffer)
{
    gsize n = quote_local(local, strlen(local), buffer);

    buffer[n] = '@';
    memcpy(buffer + n + 1, domain, strlen(domain) + 1);
}

static TamisAddressFault
normalize_local(const char *text, gsize length_bytes, char *buffer, gsize *out_length)
{
    char plain[2 * LOCAL_MAX_BYTES], quoted[4 * LOCAL_MAX_BYTES + 2];
    gsize n;

    if (length_bytes == 0 || (length_bytes == 2 && memcmp(text, "\"\"", 2) == 0))
        return TAMIS_ADDRESS_EMPTY_LOCAL;
    if (length_bytes > sizeof plain)
        return TAMIS_ADDRESS_BAD_LOCAL;
    if (text[0] == '"') {
        n = unquote_local(text, length_bytes, plain);
        if (n == 0)
            return TAMIS_ADDRESS_BAD_LOCAL;
        n = quote_local(plain, n, quoted);
        text = quoted;
    } else {
        n = length_bytes;
        if (!is_dot_atom(text, n))
            return TAMIS_ADDRESS_BAD_LOCAL;
    }
    if (n > LOCAL_MAX_BYTES)
        return TAMIS_ADDRESS_BAD_LOCAL;
    memcpy(buffer, text, n);
    *out_length = n;
    return TAMIS_ADDRESS_OK;
}

/* Addresses ------------------------------------------------------------------------------------ */

/* Whether there was anything to lower. */
static gboolean
lower(char *text, gsize length_bytes)
{
    gboolean changed = FALSE;

    for (gsize i = 0; i < length_bytes; i++) {
        char c = tamis_byte_lower(text[i]);

        changed |= c != text[i];
        text[i] = c;
    }
    return changed;
}

TamisAddressFault
tamis_address_parse(TamisStrings *strings, const char *text, gsize length_bytes,
                    TamisAddress *out_address)
{
    char buffer[LOCAL_MAX_BYTES + 1 + DOMAIN_MAX_BYTES];
    const char *at = memrchr(text, '@', length_bytes);
    TamisAddressFault fault;
    TamisAddress address;
    gsize n, domain_bytes, after;

    if (at == NULL)
        return TAMIS_ADDRESS_NO_AT;
    if (length_bytes > INPUT_MAX_BYTES)
        return TAMIS_ADDRESS_TOO_LONG;
    fault = normalize_local(text, (gsize)(at - text), buffer, &n);
    if (fault != TAMIS_ADDRESS_OK)
        return fault;
    buffer[n++] = '@';
    after = length_bytes - (gsize)(at + 1 - text);
    domain_bytes = normalize_domain(at + 1, after, buffer + n);
    if (domain_bytes == 0)
        return TAMIS_ADDRESS_BAD_DOMAIN;
    n += domain_bytes;
    if (n > ADDRESS_MAX_BYTES)
        return TAMIS_ADDRESS_TOO_LONG;
    address.text = tamis_strings_add(strings, buffer, n);
    address.key = lower(buffer, n) ? tamis_strings_add(strings, buffer, n) : address.text;
    *out_address = address;
    return TAMIS_ADDRESS_OK;
}

const char *
tamis_address_fault_text(TamisAddressFault fault)
{
    static const char *const texts[] = {
        [TAMIS_ADDRESS_OK] = "is an address",
        [TAMIS_ADDRESS_NO_AT] = "has no '@'",
        [TAMIS_ADDRESS_EMPTY_LOCAL] = "has nothing before the '@'",
        [TAMIS_ADDRESS_BAD_LOCAL] =
            "has characters, dots or a length before the '@' that mail servers refuse",
        [TAMIS_ADDRESS_BAD_DOMAIN] = "has no valid domain after the '@'",
        [TAMIS_ADDRESS_TOO_LONG] = "is longer than 254 bytes",
    };

    return texts[fault];
}

const char *
tamis_address_fault_help(TamisAddressFault fault)
{
    static const char *const texts[] = {
        [TAMIS_ADDRESS_OK] = "",
        [TAMIS_ADDRESS_NO_AT] = "write it as name@domain",
        [TAMIS_ADDRESS_EMPTY_LOCAL] = "write it as name@domain",
        [TAMIS_ADDRESS_BAD_LOCAL] =
            "write name@domain alone, with a name of ASCII characters, at most 64",
        [TAMIS_ADDRESS_BAD_DOMAIN] = "write the domain's name, as in name@acme.example",
        [TAMIS_ADDRESS_TOO_LONG] = "use a shorter address of theirs",
    };

    return texts[fault];
}

const char *
tamis_address_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? at + 1 : "";
}

gsize
tamis_address_without_detail(const char *address, gsize length_bytes, const char *delimiter,
                             char *buffer)
{
    char plain[LOCAL_MAX_BYTES];
    const char *at = memrchr(address, '@', length_bytes), *found;
    gsize n, local_bytes;

    G_STATIC_ASSERT(TAMIS_ADDRESS_BUFFER_BYTES >= 2 * LOCAL_MAX_BYTES + 2 + ADDRESS_MAX_BYTES);
    if (at == NULL || *delimiter == '\0' || length_bytes > ADDRESS_MAX_BYTES)
        return 0;
    local_bytes = (gsize)(at - address);
    if (local_bytes > LOCAL_MAX_BYTES)
        return 0;
    if (*address == '"') {
        n = unquote_local(address, local_bytes, plain);
    } else {
        memcpy(plain, address, local_bytes);
        n = local_bytes;
    }
    found = memmem(plain, n, delimiter, strlen(delimiter));
    if (found == NULL || found == plain)
        return 0;
    n = quote_local(plain, (gsize)(found - plain), buffer);
    memcpy(buffer + n, at, length_bytes - local_bytes);
    return n + length_bytes - local_bytes;
}
