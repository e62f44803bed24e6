/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs of scripts that may run one after the other, and pairs that may not, with the reason. */
#include "compiler/include-proof.h"

#include <string.h>

#define ORDERS                                                                                     \
    "require [\"fileinto\", \"mailbox\"];\n"                                                       \
    "if header :contains \"subject\" \"order\" { fileinto :create \"Orders\"; }\n"

typedef struct {
    const char *first, *second;
    TamisIncludeVerdict verdict;
    guint script;
    guint32 line;
    const char *words; /* in the detail, or in the witness's subject; NULL: none are looked for */
} Case;

static const Case cases[] = {
    {ORDERS,
     "require \"fileinto\";\nif header :contains \"subject\" \"mine\" { fileinto \"Mine\"; }\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {ORDERS, "keep;\n", TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {ORDERS, "redirect \"a@b.example\";\n", TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {"redirect :copy \"a@b.example\";\n", "redirect \"a@b.example\";\n", TAMIS_INCLUDE_UNREADABLE,
     0, 0, "copy"},
    {"redirect \"a@b.example\";\n", "redirect \"A@b.example\";\n", TAMIS_INCLUDE_PROVED, 0, 0,
     NULL},
    {"discard;\n", "keep;\n", TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    /* A stop of the second is behind all; one of the first is not, unless nothing is left then. */
    {ORDERS, "if header :is \"x-a\" \"1\" { stop; }\nredirect \"a@b.example\";\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {"if header :contains \"subject\" \"order\" { stop; }\n",
     "require \"fileinto\";\n\nif header :contains \"subject\" \"mine\" { fileinto \"Mine\"; }\n",
     TAMIS_INCLUDE_DIFFERS, 1, 3, "order"},
    {"if header :is \"subject\" \"order\" { stop; }\n",
     "if header :is \"subject\" \"mine\" { redirect \"a@b.example\"; }\n", TAMIS_INCLUDE_PROVED, 0,
     0, NULL},
    {"if header :is \"subject\" \"order\" { stop; }\n", "keep;\n", TAMIS_INCLUDE_DIFFERS, 1, 1,
     "order"},
    {"if header :is \"subject\" \"order\" { stop; }\n",
     "if header :is \"subject\" \"order\" { discard; }\n", TAMIS_INCLUDE_DIFFERS, 1, 1, "order"},
    /* Variables are each script's own, unless both make them global. */
    {"require [\"variables\"];\nset \"a\" \"x\";\n",
     "require [\"variables\"];\nif string \"${a}\" \"x\" { redirect \"a@b.example\"; }\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    /* What is changed, and what then acts on it. */
    {"require [\"editheader\"];\naddheader \"X-Seen\" \"yes\";\n", "keep;\n", TAMIS_INCLUDE_CHANGED,
     1, 0, NULL},
    {"require [\"editheader\"];\nif header :is \"subject\" \"a\" { addheader \"X-Seen\" \"yes\"; "
     "}\n",
     "if header :is \"subject\" \"b\" { redirect \"a@b.example\"; }\n", TAMIS_INCLUDE_PROVED, 0, 0,
     NULL},
    {"require [\"editheader\"];\naddheader \"X-Seen\" \"yes\";\n",
     "if exists \"x-seen\" { discard; }\n", TAMIS_INCLUDE_DIFFERS, 1, 1, NULL},
    {"redirect \"a@b.example\";\n", "require \"editheader\";\ndeleteheader \"X-Seen\";\n",
     TAMIS_INCLUDE_CHANGED, 0, 0, NULL},
    /* Runs that servers drop. */
    {ORDERS, "require \"reject\";\nif header :contains \"subject\" \"mine\" { reject \"no\"; }\n",
     TAMIS_INCLUDE_REJECTS, 1, 0, "mine"},
    {ORDERS, "require \"reject\";\nif header :is \"subject\" \"mine\" { reject \"no\"; }\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {"require \"reject\";\nif header :is \"subject\" \"mine\" { reject \"no\"; }\n",
     "redirect \"a@b.example\";\n", TAMIS_INCLUDE_REJECTS, 0, 0, "mine"},
    {"require \"vacation\";\nif header :is \"subject\" \"a\" { vacation \"away\"; }\n",
     "require \"vacation\";\nvacation \"gone\";\n", TAMIS_INCLUDE_REPLIES, 1, 0, "a"},
    {"require \"vacation\";\nif header :is \"subject\" \"a\" { vacation \"away\"; }\n",
     "require \"vacation\";\nif header :is \"subject\" \"b\" { vacation \"gone\"; }\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    /* Four addresses are what Dovecot forwards to; a fifth is one too many where all are reached. */
    {"redirect \"a@b.example\"; redirect \"b@b.example\";\n",
     "redirect \"c@b.example\"; redirect \"d@b.example\"; redirect \"a@b.example\";\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {"redirect \"a@b.example\"; redirect \"b@b.example\";\n",
     "redirect \"c@b.example\"; redirect \"d@b.example\";\n"
     "if header :is \"subject\" \"all\" { redirect \"e@b.example\"; }\n",
     TAMIS_INCLUDE_TARGETS, 1, 0, "all"},
    {"if header :is \"subject\" \"a\" { redirect \"a@b.example\"; redirect \"b@b.example\"; }\n",
     "if header :is \"subject\" \"b\" { redirect \"c@b.example\"; redirect \"d@b.example\"; "
     "redirect \"e@b.example\"; }\n",
     TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    /* What cannot be read. */
    {ORDERS, "keep\n", TAMIS_INCLUDE_UNREADABLE, 1, 0, NULL},
    {ORDERS, "require \"nonsense\";\nkeep;\n", TAMIS_INCLUDE_UNREADABLE, 1, 0, "nonsense"},
    {ORDERS, "require \"include\";\ninclude \"more\";\n", TAMIS_INCLUDE_UNREADABLE, 1, 0,
     "includes"},
    {ORDERS, "", TAMIS_INCLUDE_PROVED, 0, 0, NULL},
    {ORDERS, "\xff\xfe", TAMIS_INCLUDE_UNREADABLE, 1, 0, NULL},
};

static gboolean
has_words(const TamisIncludeProof *proof, const char *words)
{
    if (words == NULL || (proof->detail != NULL && strstr(proof->detail, words) != NULL))
        return TRUE;
    for (guint i = 0; proof->witness != NULL && i < proof->witness->n_headers; i++)
        if (strstr(proof->witness->headers[i].value, words) != NULL)
            return TRUE;
    return FALSE;
}

static void
test_pairs(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisServer) server = tamis_server_load("dovecot-2.3", &error);

    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *one = &cases[i];
        const TamisIncludedScript scripts[2] = {{one->first, strlen(one->first)},
                                                {one->second, strlen(one->second)}};
        g_auto(TamisIncludeProof) proof = {0};

        tamis_include_prove(scripts, server, "me@acme.example", 1795392000, &proof);
        if (proof.verdict != one->verdict || proof.script != one->script ||
            proof.line != one->line || !has_words(&proof, one->words))
            g_error("%s---\n%sverdict %d (%s) of script %u at line %u, not %d, %u, %u", one->first,
                    one->second, proof.verdict, proof.detail, proof.script, proof.line,
                    one->verdict, one->script, one->line);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/include-proof/pairs", test_pairs);
    return g_test_run();
}
