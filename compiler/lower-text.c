/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparisons of texts and addresses to Sieve tests: what the match becomes on this server, the
 * strings of its keys, and details with and without `subaddress`. */
#include "compiler/lower-private.h"
#include "model/glob.h"

/* The text as a glob that matches it alone, with a star before or behind. */
static TamisSieveString *
glob_string(TamisLowering *lowering, const TamisTest *test, TamisString value)
{
    const char *text = tamis_policy_text(lowering->policy, value);
    gsize length = tamis_strings_length(lowering->policy->strings, value), n = 0;
    char *glob = tamis_arena_alloc(lowering->arena, 2 * length + 2);

    if (test->match == TAMIS_MATCH_ENDS)
        glob[n++] = '*';
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '*' || text[i] == '?' || text[i] == '\\')
            glob[n++] = '\\';
        glob[n++] = text[i];
    }
    if (test->match == TAMIS_MATCH_BEGINS)
        glob[n++] = '*';
    return tamis_lower_literal(lowering, glob, n, test->span);
}

/* Whether one of the test's globs is one that the server takes for another: then all become expressions. */
static gboolean
needs_regex(TamisLowering *lowering, const TamisTest *test, TamisSlice values)
{
    gboolean suits = TRUE;

    if (!lowering->server->misreads_globs || test->match != TAMIS_MATCH_MATCHES)
        return FALSE;
    for (guint32 i = 0; i < values.n && suits; i++)
        suits = tamis_glob_suits_pigeonhole(tamis_policy_text(
            lowering->policy, tamis_policy_value(lowering->policy, values.first + i)));
    if (suits || tamis_lower_use(lowering, TAMIS_EXTENSION_REGEX, test->span))
        return !suits;
    tamis_lower_lacks(lowering, test->span, TAMIS_EXTENSION_REGEX, "'?' with '*' in a pattern");
    return FALSE;
}

static TamisSieveString *
regex_string(TamisLowering *lowering, const TamisTest *test, const char *glob)
{
    g_autofree char *regex = tamis_glob_to_regex(glob);

    return tamis_lower_literal(lowering, tamis_arena_printf(lowering->arena, "%s", regex),
                               strlen(regex), test->span);
}

/* A domain or an address whose domain is an A-label: mail may carry it as it is read, too. */
static const char *
readable_form(TamisLowering *lowering, const char *text)
{
    const char *domain = strrchr(text, '@');
    g_autofree char *unicode = NULL;

    domain = domain != NULL ? domain + 1 : text;
    if (strstr(domain, "xn--") == NULL)
        return NULL;
    unicode = g_hostname_to_unicode(domain);
    if (unicode == NULL || strcmp(unicode, domain) == 0)
        return NULL;
    return tamis_arena_printf(lowering->arena, "%.*s%s", (int)(domain - text), text, unicode);
}

/* The strings that one value becomes: one, or two. */
static void
append_value(TamisLowering *lowering, const TamisTest *test, TamisString value, gboolean as_regex,
             TamisSieveString ***end)
{
    const char *text = tamis_policy_text(lowering->policy, value);
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;
    const char *readable = is_address ? readable_form(lowering, text) : NULL;

    tamis_lower_check_value(lowering, test, text);
    if (as_regex)
        **end = regex_string(lowering, test, text);
    else if (test->match == TAMIS_MATCH_BEGINS || test->match == TAMIS_MATCH_ENDS)
        **end = glob_string(lowering, test, value);
    else
        **end = tamis_lower_string(lowering, value, test->span);
    *end = &(**end)->next;
    if (test->match == TAMIS_MATCH_UNDER) {
        const char *below = tamis_arena_printf(lowering->arena, "*.%s", text);

        **end = tamis_lower_literal(lowering, below, strlen(below), test->span);
        *end = &(**end)->next;
    }
    if (readable != NULL && (test->match == TAMIS_MATCH_IS || test->match == TAMIS_MATCH_UNDER)) {
        **end = tamis_lower_literal(lowering, readable, strlen(readable), test->span);
        *end = &(**end)->next;
        if (test->match == TAMIS_MATCH_UNDER) {
            const char *below = tamis_arena_printf(lowering->arena, "*.%s", readable);

            **end = tamis_lower_literal(lowering, below, strlen(below), test->span);
            *end = &(**end)->next;
        }
    }
}

static const char *
match_tag(TamisMatch match)
{
    switch (match) {
    case TAMIS_MATCH_IS:
        return "is";
    case TAMIS_MATCH_CONTAINS:
        return "contains";
    case TAMIS_MATCH_MATCHES:
    case TAMIS_MATCH_BEGINS:
    case TAMIS_MATCH_ENDS:
    case TAMIS_MATCH_UNDER:
        break;
    }
    return "matches";
}

static TamisSieveString *
field_names(TamisLowering *lowering, TamisField field)
{
    static const char *const names[] = {"from", "to", "cc"};
    TamisSieveString *strings;

    if (field != TAMIS_FIELD_RECIPIENT)
        return tamis_sieve_string(lowering->arena, names[field], strlen(names[field]));
    strings = tamis_sieve_string(lowering->arena, "to", 2);
    strings->next = tamis_sieve_string(lowering->arena, "cc", 2);
    return strings;
}

static const char *
part_tag(TamisAddressPart part)
{
    static const char *const tags[] = {
        [TAMIS_ADDRESS_ALL] = NULL, /* the default */
        [TAMIS_ADDRESS_DOMAIN] = "domain",
        [TAMIS_ADDRESS_LOCAL] = "localpart",
        [TAMIS_ADDRESS_DETAIL] = "detail",
    };

    return tags[part];
}

/* The command up to its keys: `header :is "subject"`. NULL: the server cannot. */
static TamisSieveTest *
begin_test(TamisLowering *lowering, const TamisTest *test, gboolean as_regex)
{
    static const char *const names[] = {
        [TAMIS_TEST_HEADER] = "header",
        [TAMIS_TEST_BODY] = "body",
        [TAMIS_TEST_ADDRESS] = "address",
        [TAMIS_TEST_ENVELOPE] = "envelope",
    };
    TamisSieveTest *sieve = tamis_sieve_test(lowering->arena, names[test->kind]);
    TamisSieveArgument **arguments = &sieve->arguments;
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;

    if (test->kind == TAMIS_TEST_BODY) {
        tamis_sieve_add_tag(lowering->arena, arguments, "content");
        tamis_sieve_add_string(lowering->arena, arguments, "text", 4);
    }
    if (is_address && part_tag(test->part) != NULL)
        tamis_sieve_add_tag(lowering->arena, arguments, part_tag(test->part));
    tamis_sieve_add_tag(lowering->arena, arguments, as_regex ? "regex" : match_tag(test->match));
    if (is_address)
        tamis_sieve_add_strings(lowering->arena, arguments, field_names(lowering, test->field));
    if (test->kind == TAMIS_TEST_HEADER)
        tamis_sieve_add_strings(lowering->arena, arguments,
                                tamis_lower_string(lowering, test->name, test->span));
    return sieve;
}

static gboolean
can_test(TamisLowering *lowering, const TamisTest *test)
{
    if (test->kind == TAMIS_TEST_BODY &&
        !tamis_lower_use(lowering, TAMIS_EXTENSION_BODY, test->span)) {
        tamis_lower_lacks(lowering, test->span, TAMIS_EXTENSION_BODY, "'body'");
        return FALSE;
    }
    if (test->kind == TAMIS_TEST_ENVELOPE &&
        !tamis_lower_use(lowering, TAMIS_EXTENSION_ENVELOPE, test->span)) {
        tamis_lower_lacks(lowering, test->span, TAMIS_EXTENSION_ENVELOPE, "'envelope'");
        return FALSE;
    }
    return TRUE;
}

static void
look(TamisLowering *lowering, const TamisTest *test)
{
    static const char *const names[] = {"from", "to", "cc"};

    if (test->kind == TAMIS_TEST_HEADER)
        tamis_lower_look_at_header(lowering, tamis_policy_text(lowering->policy, test->name));
    else if (test->kind == TAMIS_TEST_BODY && lowering->filtered)
        lowering->disordered = TRUE;
    else if (test->kind == TAMIS_TEST_ADDRESS && test->field != TAMIS_FIELD_RECIPIENT)
        tamis_lower_look_at_header(lowering, names[test->field]);
    else if (test->kind == TAMIS_TEST_ADDRESS) {
        tamis_lower_look_at_header(lowering, "to");
        tamis_lower_look_at_header(lowering, "cc");
    }
}

/* The test with these keys. Lists longer than the server's parser takes are parted. */
static TamisSieveTest *
with_values(TamisLowering *lowering, const TamisTest *test, TamisSlice values)
{
    guint32 most = lowering->server->max_list_strings;
    gboolean as_regex = needs_regex(lowering, test, values);
    TamisSieveTest *all = &tamis_lower_never;
    guint32 chunk = most == 0 ? values.n : most / 4; /* a value becomes four strings at most */

    for (guint32 done = 0; done < values.n; done += chunk) {
        TamisSieveTest *sieve = begin_test(lowering, test, as_regex);
        TamisSieveString *first = NULL, **end = &first;

        for (guint32 i = done; i < MIN(values.n, done + chunk); i++)
            append_value(lowering, test, tamis_policy_value(lowering->policy, values.first + i),
                         as_regex, &end);
        tamis_sieve_add_strings(lowering->arena, &sieve->arguments, first);
        all = tamis_lower_any(lowering, all, sieve);
    }
    return all;
}

/* Without `subaddress`: the local part ends in delimiter and detail, and what stands before has no
 * delimiter. Said of one value only, so for the envelope alone. */
static TamisSieveTest *
detail_by_glob(TamisLowering *lowering, const TamisTest *test)
{
    const char *delimiter = tamis_policy_text(lowering->policy, lowering->policy->delimiter);
    TamisSieveTest *all = &tamis_lower_never;

    for (guint32 i = 0; i < test->values.n; i++) {
        const char *value = tamis_policy_text(
            lowering->policy, tamis_policy_value(lowering->policy, test->values.first + i));
        const char *globs[2] = {
            tamis_arena_printf(lowering->arena, "*%s%s", delimiter, value),
            tamis_arena_printf(lowering->arena, "*%s*%s%s", delimiter, delimiter, value),
        };
        TamisTest local = *test;
        TamisSieveTest *sieve[2];

        local.part = TAMIS_ADDRESS_LOCAL;
        local.match = TAMIS_MATCH_MATCHES;
        for (guint g = 0; g < 2; g++) {
            sieve[g] = begin_test(lowering, &local, FALSE);
            tamis_sieve_add_strings(
                lowering->arena, &sieve[g]->arguments,
                tamis_lower_literal(lowering, globs[g], strlen(globs[g]), test->span));
        }
        all = tamis_lower_any(
            lowering, all,
            tamis_lower_all(lowering, sieve[0], tamis_lower_not(lowering, sieve[1])));
    }
    return all;
}

static gboolean
is_plain_glob(TamisLowering *lowering, const TamisTest *test)
{
    for (guint32 i = 0; i < test->values.n; i++) {
        const char *value = tamis_policy_text(
            lowering->policy, tamis_policy_value(lowering->policy, test->values.first + i));

        if (strpbrk(value, "*?\\") != NULL)
            return FALSE;
    }
    return TRUE;
}

/* Whether `subaddress` parts details where the policy does, which may take a setting. */
static gboolean
can_part_details(TamisLowering *lowering)
{
    const TamisServer *server = lowering->server;
    const char *delimiter = tamis_policy_text(lowering->policy, lowering->policy->delimiter);

    if (server->detail_delimiter == NULL || strcmp(server->detail_delimiter, delimiter) == 0)
        return TRUE;
    if (server->detail_delimiter_setting != NULL)
        lowering->lowered->delimiter = delimiter;
    return server->detail_delimiter_setting != NULL;
}

/* Why `subaddress` cannot be had for a test; NULL: it can, or the server has none. */
static const char *
trouble_with_details(TamisLowering *lowering, const TamisTest *test)
{
    const TamisServer *server = lowering->server;

    if (!tamis_server_has(server, TAMIS_EXTENSION_SUBADDRESS))
        return NULL;
    if (!can_part_details(lowering))
        return tamis_arena_printf(lowering->arena,
                                  "the server '%s' parts a detail by '%s' alone, not by '%s'",
                                  server->name, server->detail_delimiter,
                                  tamis_policy_text(lowering->policy, lowering->policy->delimiter));
    if (server->detail_stops_early && test->kind != TAMIS_TEST_ENVELOPE)
        return tamis_arena_printf(
            lowering->arena,
            "the server '%s' looks for a detail only up to the first address without one",
            server->name);
    return NULL;
}

/* Whether an empty detail meets one of the values; is_any: whatever a detail is. */
static gboolean
wants_empty_detail(TamisLowering *lowering, const TamisTest *test, gboolean *is_any)
{
    gboolean is_met = FALSE;

    *is_any = FALSE;
    for (guint32 i = 0; i < test->values.n; i++) {
        const char *value = tamis_policy_text(
            lowering->policy, tamis_policy_value(lowering->policy, test->values.first + i));
        gsize stars = test->match == TAMIS_MATCH_MATCHES ? strspn(value, "*") : 0;

        is_met |= value[stars] == '\0';
        *is_any |=
            value[stars] == '\0' &&
            (stars > 0 || (test->match != TAMIS_MATCH_IS && test->match != TAMIS_MATCH_MATCHES));
    }
    return is_met;
}

/* Where an address without a detail has an empty one: by the delimiter in the local part. */
static TamisSieveTest *
empty_detail_test(TamisLowering *lowering, const TamisTest *test, gboolean is_any)
{
    const char *delimiter = tamis_policy_text(lowering->policy, lowering->policy->delimiter);
    const char *glob = tamis_arena_printf(lowering->arena, "*%s*", delimiter);
    TamisTest local = *test;
    TamisSieveTest *sieve;

    if (!is_any && test->kind == TAMIS_TEST_ENVELOPE && test->match == TAMIS_MATCH_IS &&
        is_plain_glob(lowering, test))
        return detail_by_glob(lowering, test);
    if (!is_any || test->kind != TAMIS_TEST_ENVELOPE) {
        tamis_report_help(
            lowering->report,
            tamis_lower_unsupported(
                lowering, test->span,
                "the server '%s' takes an address without a detail for one with an empty one",
                lowering->server->name),
            "test 'envelope', or 'local', or compile for another server ('tamis servers')");
        return &tamis_lower_never;
    }
    local.part = TAMIS_ADDRESS_LOCAL;
    local.match = TAMIS_MATCH_MATCHES;
    sieve = begin_test(lowering, &local, FALSE);
    tamis_sieve_add_strings(lowering->arena, &sieve->arguments,
                            tamis_lower_literal(lowering, glob, strlen(glob), test->span));
    return sieve;
}

static TamisSieveTest *
detail_test(TamisLowering *lowering, const TamisTest *test)
{
    const char *trouble = trouble_with_details(lowering, test);
    gboolean is_any;

    if (trouble == NULL && lowering->server->missing_detail_is_empty &&
        wants_empty_detail(lowering, test, &is_any))
        return empty_detail_test(lowering, test, is_any);
    if (trouble == NULL && tamis_lower_use(lowering, TAMIS_EXTENSION_SUBADDRESS, test->span))
        return with_values(lowering, test, test->values);
    if (test->kind == TAMIS_TEST_ENVELOPE && test->match == TAMIS_MATCH_IS &&
        is_plain_glob(lowering, test))
        return detail_by_glob(lowering, test);
    if (trouble != NULL)
        tamis_report_help(lowering->report,
                          tamis_lower_unsupported(lowering, test->span, "%s", trouble),
                          "test 'local' instead, or compile for another server ('tamis servers')");
    else
        tamis_lower_lacks(lowering, test->span, TAMIS_EXTENSION_SUBADDRESS, "'detail'");
    return &tamis_lower_never;
}

TamisSieveTest *
tamis_lower_text_test(TamisLowering *lowering, const TamisTest *test)
{
    gboolean is_address = test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE;

    if (!can_test(lowering, test))
        return &tamis_lower_never;
    look(lowering, test);
    if (is_address && test->part == TAMIS_ADDRESS_DETAIL)
        return detail_test(lowering, test);
    return with_values(lowering, test, test->values);
}
