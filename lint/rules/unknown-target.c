/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A target in an own domain that no mailbox, alias or group of the policy has. Each is reported
 * once, and is a warning where a known address differs from it by a slip. */
#include "lint/rules.h"

#include "base/suggest.h"

#include <string.h>

/* Slips are looked for in so many unknown targets; the rest stay hints. */
#define MAX_SUSPECTS 2000

typedef struct {
    guint32 target; /* of the policy's targets */
    TamisRouteWalk at;
    TamisString similar; /* a known address, or 0 */
} Suspect;

typedef struct {
    TamisFacts *facts;
    guint8 *known; /* by string */
    GArray *suspects;
    /* Local parts of suspects with one character, or none, left out: what a slip has in common with
     * what was meant. A hash of the text to the suspect's index + 1. */
    GHashTable *shapes;
    guint64 lengths; /* as bits, of these local parts, one more and one less */
} Search;

static void
mark_targets(const Search *search, TamisSlice targets)
{
    for (guint32 i = targets.first; i < targets.first + targets.n; i++)
        search->known[tamis_policy_target(search->facts->policy, i)->address.key] = TRUE;
}

/* Mailboxes need no mark: they are found with their aliases and subaddresses. */
static void
mark_known(const Search *search)
{
    const TamisPolicy *policy = search->facts->policy;

    for (guint i = 0; i < policy->groups->len; i++)
        mark_targets(search, TAMIS_AT(policy->groups, TamisGroup, i)->addresses);
    for (guint i = 0; i < policy->aliases->len; i++)
        search->known[TAMIS_AT(policy->aliases, TamisAliasEntry, i)->address.key] = TRUE;
    /* What an address does, the policy says of it. */
    for (guint i = 0; i < policy->outsides->len; i++)
        search->known[TAMIS_AT(policy->outsides, TamisOutside, i)->address.key] = TRUE;
}

static gboolean
is_marked(const Search *search, const char *text, gsize length_bytes)
{
    TamisString string = tamis_strings_find(search->facts->policy->strings, text, length_bytes);

    return string != 0 && search->known[string];
}

static gboolean
is_known(const Search *search, guint32 target)
{
    const TamisPolicy *policy = search->facts->policy;
    TamisString key = tamis_policy_target(policy, target)->address.key;
    const char *text = tamis_policy_text(policy, key);
    const char *domain = tamis_address_domain(text);
    char buffer[TAMIS_ADDRESS_BUFFER_BYTES];
    gsize n;

    if (search->facts->target_externals[target] || search->known[key] ||
        search->facts->target_mailboxes[target] != TAMIS_NO_INDEX)
        return TRUE;
    n = tamis_address_without_detail(text, strlen(text),
                                     tamis_policy_text(policy, policy->delimiter), buffer);
    /* "@acme.example" is the map's catch-all. */
    return (n > 0 && is_marked(search, buffer, n)) ||
           is_marked(search, domain - 1, strlen(domain) + 1);
}

static void
collect_suspects(Search *search)
{
    TamisForwardWalk walk = {.routes.policy = search->facts->policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
            Suspect suspect = {.target = i, .at = walk.routes};

            if (is_known(search, i))
                continue;
            g_array_append_val(search->suspects, suspect);
            search->known[tamis_policy_target(search->facts->policy, i)->address.key] = TRUE;
        }
    }
}

/* Slips ---------------------------------------------------------------------------------------- */

static gpointer
shape_of(const char *text, gsize length_bytes, gsize left_out)
{
    guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);

    for (gsize i = 0; i < length_bytes; i++)
        if (i != left_out)
            hash = (hash ^ (guint8)text[i]) * G_GUINT64_CONSTANT(1099511628211);
    return GSIZE_TO_POINTER(hash | 1);
}

static gsize
local_length(const char *text)
{
    return (gsize)(tamis_address_domain(text) - 1 - text);
}

static guint64
length_bit(gsize length_bytes)
{
    return G_GUINT64_CONSTANT(1) << MIN(length_bytes, 63);
}

static void
index_shapes(Search *search)
{
    const TamisPolicy *policy = search->facts->policy;

    for (guint i = 0; i < MIN(search->suspects->len, MAX_SUSPECTS); i++) {
        guint32 target = g_array_index(search->suspects, Suspect, i).target;
        const char *text =
            tamis_policy_text(policy, tamis_policy_target(policy, target)->address.key);
        gsize n = local_length(text);

        search->lengths |= length_bit(n) << 1 | length_bit(n) | length_bit(n) >> 1;
        for (gsize left_out = 0; left_out <= n; left_out++) {
            gpointer shape = shape_of(text, n, left_out);

            if (!g_hash_table_contains(search->shapes, shape))
                g_hash_table_insert(search->shapes, shape, GUINT_TO_POINTER(i + 1));
        }
    }
}

/* Of agent1 and agent12 neither is the other with a slip. */
static gboolean
same_digits(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a != '\0' && !g_ascii_isdigit(*a))
            a++;
        while (*b != '\0' && !g_ascii_isdigit(*b))
            b++;
        if (*a != *b)
            return FALSE;
        if (*a == '\0')
            return TRUE;
    }
}

static gboolean
is_slip(const char *known, const char *unknown)
{
    g_autofree char *known_local = g_strndup(known, local_length(known));
    g_autofree char *unknown_local = g_strndup(unknown, local_length(unknown));

    return strcmp(tamis_address_domain(known), tamis_address_domain(unknown)) == 0 &&
           same_digits(known_local, unknown_local) && tamis_is_slip(known_local, unknown_local);
}

static void
compare(const Search *search, TamisString known)
{
    const TamisPolicy *policy = search->facts->policy;
    const char *text = tamis_policy_text(policy, known);
    gsize n = local_length(text);

    for (gsize left_out = 0; (length_bit(n) & search->lengths) != 0 && left_out <= n; left_out++) {
        guint found =
            GPOINTER_TO_UINT(g_hash_table_lookup(search->shapes, shape_of(text, n, left_out)));
        Suspect *suspect;

        if (found == 0)
            continue;
        suspect = &g_array_index(search->suspects, Suspect, found - 1);
        if (suspect->similar == 0 &&
            is_slip(text, tamis_policy_text(
                              policy, tamis_policy_target(policy, suspect->target)->address.key)))
            suspect->similar = known;
    }
}

static void
compare_targets(const Search *search, TamisSlice targets)
{
    for (guint32 i = targets.first; i < targets.first + targets.n; i++)
        compare(search, tamis_policy_target(search->facts->policy, i)->address.key);
}

static void
find_slips(Search *search)
{
    const TamisPolicy *policy = search->facts->policy;

    index_shapes(search);
    for (guint i = 0; i < policy->mailboxes->len; i++) {
        compare(search, tamis_policy_mailbox(policy, i)->address.key);
        compare_targets(search, tamis_policy_mailbox(policy, i)->aliases);
    }
    for (guint i = 0; i < policy->groups->len; i++)
        compare_targets(search, TAMIS_AT(policy->groups, TamisGroup, i)->addresses);
    for (guint i = 0; i < policy->aliases->len; i++)
        compare(search, TAMIS_AT(policy->aliases, TamisAliasEntry, i)->address.key);
    for (guint i = 0; i < policy->outsides->len; i++)
        compare(search, TAMIS_AT(policy->outsides, TamisOutside, i)->address.key);
}

/* The rule ------------------------------------------------------------------------------------- */

static void
report(const Search *search, const Suspect *suspect)
{
    const TamisPolicy *policy = search->facts->policy;
    const TamisTarget *target = tamis_policy_target(policy, suspect->target);
    TamisReport *findings = search->facts->report;
    TamisDiagnostic *diagnostic =
        tamis_facts_find(search->facts, TAMIS_RULE_UNKNOWN_TARGET, target->span, &suspect->at,
                         "no mailbox, alias or group of the policy has '%s'",
                         tamis_policy_text(policy, target->address.text));

    if (suspect->similar == 0) {
        tamis_report_help(findings, diagnostic,
                          "check that it exists, and give it a mailbox block if it does");
        return;
    }
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_report_help(findings, diagnostic, "did you mean '%s'?",
                      tamis_policy_text(policy, suspect->similar));
}

void
tamis_rule_unknown_target(TamisFacts *facts)
{
    Search search = {.facts = facts};

    search.known = g_new0(guint8, tamis_strings_count(facts->policy->strings));
    search.suspects = g_array_new(FALSE, FALSE, sizeof(Suspect));
    search.shapes = g_hash_table_new(NULL, NULL);
    mark_known(&search);
    collect_suspects(&search);
    if (search.suspects->len > 0)
        find_slips(&search);
    for (guint i = 0; i < search.suspects->len; i++)
        report(&search, &g_array_index(search.suspects, Suspect, i));
    g_hash_table_unref(search.shapes);
    g_array_unref(search.suspects);
    g_free(search.known);
}
