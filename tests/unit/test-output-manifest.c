/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manifest: what it says, when it stays as it was, and manifests that are none. */
#include "output-site.h"

static void
test_manifest(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisManifest) manifest = NULL;
    g_autofree char *path = g_build_filename(site->folder, "manifest.json", NULL);
    g_autofree char *text = NULL;
    g_autofree char *script = NULL;
    g_autofree char *sha256 = NULL;
    g_autoptr(GString) hex = g_string_new(NULL);
    const TamisManifestEntry *entry;

    add_mailbox(site, "\"a b/\\\"\"@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "x@acme.example");
    assert_compiles(site, 2, 0, 0, 0, 0);
    text = read_text(site, "manifest.json");
    assert_has(text, "\"as_of\": \"2026-11-23T10:13:20+08:00\"\n}\n");
    /* Of the policy: cat policy.tamis groups.tamis | sha256sum. */
    sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "a policyits groups", -1);
    manifest = tamis_manifest_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(manifest->server, ==, "dovecot-2.3");
    g_assert_cmpstr(manifest->policy_sha256, ==, sha256);
    g_assert_cmpint(manifest->as_of, ==, AS_OF);
    g_assert_cmpint(manifest->good_until, ==, TAMIS_INSTANT_MAX);
    g_assert_cmpuint(manifest->entries->len, ==, 2);
    entry = &g_array_index(manifest->entries, TamisManifestEntry, 0);
    g_assert_cmpstr(entry->mailbox, ==, "\"a b/\\\"\"@acme.example");
    g_assert_cmpstr(entry->file, ==, "\"a b%2F\\\"\"@acme.example.sieve");
    script = read_text(site, entry->file);
    g_free(sha256);
    sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, script, -1);
    for (gsize i = 0; i < sizeof entry->sha256; i++)
        g_string_append_printf(hex, "%02x", entry->sha256[i]);
    g_assert_cmpstr(hex->str, ==, sha256);
    g_assert_cmpint(entry->good_until, ==, TAMIS_INSTANT_MAX);
    assert_has(text, "\"targets\": [\"x@acme.example\"], \"requires\": [");
}

/* A run of another day that changes nothing else changes nothing, when that is asked for. */
static void
test_as_of(Site *site, gconstpointer unused)
{
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;

    add_many(site, 3, "x@acme.example");
    assert_compiles(site, 3, 0, 0, 0, 0);
    first = read_text(site, "manifest.json");
    site->as_of = AS_OF + 1;
    site->keep_as_of = TRUE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    second = read_text(site, "manifest.json");
    g_assert_cmpstr(first, ==, second);
    site->keep_as_of = FALSE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    /* A script alone differs from what the manifest says. */
    write_text(site, "user0001@acme.example.sieve", "discard;");
    site->as_of = AS_OF + 2;
    site->keep_as_of = TRUE;
    assert_compiles(site, 0, 1, 2, 0, 1);
    site->as_of = AS_OF + 1;
    site->keep_as_of = FALSE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    third = read_text(site, "manifest.json");
    assert_has(third, "\"as_of\": \"2026-11-23T10:13:21+08:00\"");
    assert_compiles(site, 0, 0, 3, 0, 0);
}

static void
assert_no_manifest(const char *text, const char *fault)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = g_strdup_printf("'m' is no manifest of tamis: %s", fault);

    g_assert_null(tamis_manifest_parse(text, strlen(text), "m", &error));
    g_assert_error(error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, expected);
}

static void
test_hostile_manifest(void)
{
#define START  "{\"version\": 1, \"server\": \"s\", \"policy\": {\"sha256\": \"p\"}, "
#define DIGEST "\"sha256\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
    g_autoptr(GString) deep = g_string_new(START "\"x\": ");

    assert_no_manifest("", "it is no JSON object");
    assert_no_manifest("[]", "it is no JSON object");
    assert_no_manifest("{\"version\": 2}", "it is of a later version");
    assert_no_manifest("{\"version\": 1}", "it lacks 'version', 'server' or 'policy'");
    assert_no_manifest("{\"version", "it is no valid JSON");
    assert_no_manifest("{\"version\": 1", "it is no valid JSON");
    assert_no_manifest("{\"version\" 1}", "it is no valid JSON");
    assert_no_manifest("{\"version\": 1} x", "something follows its end");
    assert_no_manifest("{\"version\": \xff}", "it is no UTF-8");
    assert_no_manifest(START "\"mailboxes\": {}}", "'mailboxes' is no list");
    assert_no_manifest(START "\"mailboxes\": [1]}", "an entry of 'mailboxes' is no object");
    assert_no_manifest(START "\"mailboxes\": [{}", "an entry of 'mailboxes' is no object");
    assert_no_manifest(START "\"mailboxes\": [{}]}",
                       "an entry of 'mailboxes' lacks its mailbox, file, sha256 or good_until");
    assert_no_manifest(START "\"mailboxes\": [{\"mailbox\": \"a\", \"file\": \"../a\", " DIGEST
                             ", \"good_until\": null}]}",
                       "the path of a script leads elsewhere");
    assert_no_manifest(START "\"mailboxes\": [{\"mailbox\": \"a\", \"file\": \"a\", " DIGEST
                             ", \"good_until\": \"soon\"}]}",
                       "an entry of 'mailboxes' lacks its mailbox, file, sha256 or good_until");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    assert_no_manifest(deep->str, "it is no valid JSON");
}

int
main(int argc, char **argv)
{
    static const SiteTest tests[] = {
        {"/output-manifest/manifest", test_manifest},
        {"/output-manifest/as-of", test_as_of},
    };

    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    add_site_tests(tests, G_N_ELEMENTS(tests));
    g_test_add_func("/output-manifest/hostile", test_hostile_manifest);
    return g_test_run();
}
