/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Regular expressions, as glibc's regcomp() (Pigeonhole) and PCRE 8.39's (Debian's Cyrus) judged them; tests/differential
 * asks the engines themselves. */
#include "grammar/sieve/regex.h"

#include <string.h>

static const struct {
    const char *text;
    TamisRegexVerdict verdict;
} posix[] = {
    {"a", TAMIS_REGEX_OK},
    {"", TAMIS_REGEX_OK},
    {"a)", TAMIS_REGEX_OK},
    {"(a", TAMIS_REGEX_INVALID},
    {"[a", TAMIS_REGEX_INVALID},
    {"[]a]", TAMIS_REGEX_OK},
    {"[^]a]", TAMIS_REGEX_OK},
    {"[[:alpha:]]", TAMIS_REGEX_OK},
    {"[[:foo:]]", TAMIS_REGEX_INVALID},
    {"[b-a]", TAMIS_REGEX_INVALID},
    {"*a", TAMIS_REGEX_INVALID},
    {"^*a", TAMIS_REGEX_INVALID},
    {"a|*b", TAMIS_REGEX_INVALID},
    {"(*a)", TAMIS_REGEX_INVALID},
    {"a{2", TAMIS_REGEX_INVALID},
    {"a{x}", TAMIS_REGEX_INVALID},
    {"a{2,1}", TAMIS_REGEX_INVALID},
    {"a{,3}", TAMIS_REGEX_OK},
    {"a{3,}", TAMIS_REGEX_OK},
    {"a{40000}", TAMIS_REGEX_INVALID},
    {"a\\", TAMIS_REGEX_INVALID},
    {"(?i)a", TAMIS_REGEX_INVALID},
    {"(?:a)", TAMIS_REGEX_INVALID},
    {"a+?", TAMIS_REGEX_OK},
    {"a**", TAMIS_REGEX_OK},
    {"a++?", TAMIS_REGEX_OK},
    {"a{2}?+", TAMIS_REGEX_OK},
    {"a{2}{3}", TAMIS_REGEX_OK},
    {"(a*)*b{2}+", TAMIS_REGEX_OK},
    {"(a)\\1", TAMIS_REGEX_BACK_REFERENCE},
    {"\\1", TAMIS_REGEX_INVALID},
    {"(a{1,255}){1,255}", TAMIS_REGEX_OK},
    {"((a{1,100}){1,100}){1,100}", TAMIS_REGEX_EXPLOSIVE},
    {"((((a{9}){9}){9}){9})", TAMIS_REGEX_OK},
    {"a$*", TAMIS_REGEX_INVALID},
    {"${1}", TAMIS_REGEX_INVALID},
    {"\\b+", TAMIS_REGEX_INVALID},
    {"\\<?a", TAMIS_REGEX_INVALID},
    {"(^)*", TAMIS_REGEX_OK},
    {"[a-c-e]", TAMIS_REGEX_INVALID},
    {"[-a-c]", TAMIS_REGEX_OK},
    {"[a-c-]", TAMIS_REGEX_OK},
    {"[[:alpha:]-]", TAMIS_REGEX_OK},
    {"[[:alpha:]-z]", TAMIS_REGEX_INVALID},
    {"[a-[:alpha:]]", TAMIS_REGEX_INVALID},
    {"[[.ab.]]", TAMIS_REGEX_INVALID},
    {"[[.a.]]", TAMIS_REGEX_OK},
    {"[\\w.-]", TAMIS_REGEX_OK},
    {"[\\w-.]", TAMIS_REGEX_INVALID},
    {"[_-z]", TAMIS_REGEX_OK},
    {"a{65536}", TAMIS_REGEX_INVALID},
    {"\\Q(\\E", TAMIS_REGEX_INVALID},
    {"\\u", TAMIS_REGEX_OK},
    {"\\8", TAMIS_REGEX_INVALID},
    {"\\8(?<1a>a)", TAMIS_REGEX_INVALID},
    {"[\\w-.]\\k<n>", TAMIS_REGEX_INVALID},
    {"(a)(?1)", TAMIS_REGEX_INVALID},
    {"(*UTF8)(a)(?1)", TAMIS_REGEX_INVALID},
    {"(*UTF8)(a)b", TAMIS_REGEX_INVALID},
    {"(?<n>a)(?&n)", TAMIS_REGEX_INVALID},
    {"(?n)a", TAMIS_REGEX_INVALID},
    {"(?i-s:a)", TAMIS_REGEX_INVALID},
    {"a{32767}", TAMIS_REGEX_OK},
    {"a{1,5000}", TAMIS_REGEX_OK},
    {"a{1,10000}", TAMIS_REGEX_EXPLOSIVE},
    {"(a{1,100}){1,400}", TAMIS_REGEX_OK},
    {"(a{1,400}){1,400}", TAMIS_REGEX_EXPLOSIVE},
    {"a{,}", TAMIS_REGEX_OK},
    {"a{,}{,}", TAMIS_REGEX_OK},
    {"{,}", TAMIS_REGEX_INVALID},
    {"a{x,}", TAMIS_REGEX_INVALID},
};

static void
assert_verdict(const char *text, TamisRegexFlavour flavour, TamisRegexVerdict expected)
{
    const char *reason, *remedy;
    TamisRegexVerdict verdict = tamis_regex_judge(text, strlen(text), flavour, &reason, &remedy);

    if (verdict != expected)
        g_error("'%s' is %d, not %d: %s", text, verdict, expected, reason);
    g_assert_true((reason == NULL) == (remedy == NULL));
    g_assert_true((reason != NULL) ==
                  (verdict == TAMIS_REGEX_INVALID || verdict == TAMIS_REGEX_TOO_LARGE ||
                   verdict == TAMIS_REGEX_EXPLOSIVE));
}

static void
test_posix(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(posix); i++)
        assert_verdict(posix[i].text, TAMIS_REGEX_POSIX, posix[i].verdict);
    assert_verdict("[_-z]", TAMIS_REGEX_POSIX_ANY_CASE, TAMIS_REGEX_INVALID);
    assert_verdict("[A-z]", TAMIS_REGEX_POSIX_ANY_CASE, TAMIS_REGEX_OK);
    assert_verdict("[[.a.]-z]", TAMIS_REGEX_POSIX_ANY_CASE, TAMIS_REGEX_OK);
}

/* What PCRE takes. */
static const char *const good[] = {
    "a",
    "",
    "[]a]",
    "[^]a]",
    "[[:alpha:]]",
    "a{2",
    "a{x}",
    "a{,3}",
    "a{3,}",
    "a{40000}",
    "(?i)a",
    "(?:a)",
    "a+?",
    "(a*)*b{2}+",
    "(a{1,255}){1,255}",
    "((((a{9}){9}){9}){9})",
    "\\<?a",
    "(^)*",
    "[a-c-e]",
    "[-a-c]",
    "[a-c-]",
    "[[:alpha:]-]",
    "[[:alpha:]-z]",
    "[\\w.-]",
    "[\\w-.]",
    "[_-z]",
    "\\Q(\\E",
    "\\8",
    "(*UTF8)(a)b",
    "(?<n>a)(?&n)",
    "(?i-s:a)",
    "\\F",
    "\\I",
    "\\J",
    "\\M",
    "\\O",
    "\\T",
    "\\Y",
    "\\i",
    "\\j",
    "\\m",
    "\\q",
    "\\y",
    "\\A",
    "\\B",
    "\\C",
    "\\D",
    "\\E",
    "\\G",
    "\\H",
    "\\K",
    "\\N",
    "\\R",
    "\\S",
    "\\V",
    "\\W",
    "\\X",
    "\\Z",
    "\\a",
    "\\b",
    "\\d",
    "\\e",
    "\\f",
    "\\h",
    "\\n",
    "\\r",
    "\\s",
    "\\t",
    "\\v",
    "\\w",
    "\\z",
    "\\cA",
    "\\o{101}",
    "\\pL",
    "\\p{Lu}",
    "\\p{^Lu}",
    "\\p{Greek}",
    "\\P{Lu}",
    "\\x",
    "\\x4",
    "\\x41",
    "\\x{41}",
    "\\0",
    "\\01",
    "\\9",
    "\\10",
    "\\400",
    "\\81",
    "\\N{2}",
    "[\\A]",
    "[\\B]",
    "[\\C]",
    "[\\G]",
    "[\\K]",
    "[\\R]",
    "[\\X]",
    "[\\Z]",
    "[\\b]",
    "[\\E]]",
    "[\\Q]\\E]",
    "[\\i]",
    "[\\1]",
    "[\\9]",
    "[\\g]",
    "[\\k]",
    "[\\d-z]",
    "[a-\\Qz\\E]",
    "[[:^alpha:]]",
    "[[:word:]]",
    "[[:ascii:]]",
    "[a:]",
    "[[:<:]]a",
    "[[:>:]]+",
    "a(?R)",
    "(?<n>a(?&n)?)",
    "(?&n)(?<n>a)",
    "(?<n>b)(?&n)",
    "(?(R)(?R)|a)",
    "(?(?=(?R))a)",
    "(?<n>a)(?1)",
    "(?<n>a)(?-1)",
    "(?+1)(?<n>a)",
    "(?<n>a)\\g<n>",
    "(?<n>a)\\g<1>",
    "(?<n>a)(?P>n)",
    "(?J)(?<n>a)(?<n>b)",
    "(?|(?<n>a)|(?<n>b))",
    "(?P<>a)",
    "(?'n'a)",
    "(*ACCEPT)",
    "(*FAIL)",
    "(*COMMIT)",
    "(*MARK:x)",
    "(*:x)",
    "(*PRUNE:x)",
    "(*SKIP)",
    "(*THEN:x)",
    "(*UTF8)a",
    "(*UCP)a",
    "(*CR)a",
    "(*BSR_UNICODE)a",
    "(*LIMIT_MATCH=5)a",
    "(*LIMIT_MATCH=)a",
    "a*",
    "a+",
    "a?",
    "a*?",
    "a*+",
    "a{2}",
    "a{,2}",
    "a{65535}",
    "a\\E*",
    "\\Qa\\E*",
    "\\Q*\\E",
    "\\Q*",
    "(?=a)*",
    "(?!a)+",
    "(?<=a)?",
    "(?!)*",
    "a(?#c)*",
    "(?C)",
    "(?C255)",
    "(?imsxXJU)",
    "(?xx)a",
    "(?)",
    "(?-)",
    "(?x)a*",
    "(?>a)",
    "(?|a|b)",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(?<!a)",
    "(?<=a|bc)",
    "(?<=a{2})",
    "(?<=\\R{2})",
    "(?<=a{0})",
    "(?<=^a\\b)",
    "(?<=(?=a*)b)",
    "(?<=(?&n))(?<n>a)",
    "(?<=(*ACCEPT)a|b)",
    "(?<n>a)(?(1)b)",
    "(?<n>a)(?(n)b|c)",
    "(?<n>a)(?(<n>)b)",
    "(?<n>a)(?('n')b)",
    "(?(R)a)",
    "(?(R1)a)",
    "(?(DEFINE)a)",
    "(?(DEFINE)a)*",
    "(?(?=a)b|c)",
    "(?(?C1)(?=a)b)",
    "é",
    "[é-ü]",
};

static const char *const back_references[] = {"(?<n>a)\\k<n>", "(?<n>a)\\k{n}", "(?<n>a)(?P=n)",
                                              "(?<n>a)\\g{n}", "(?<n>a)\\1",    "(?<n>a)\\g{-1}",
                                              "\\1(?<n>a)"};

static const char *const bad[] = {
    "a)",
    "(a",
    "[a",
    "[[:foo:]]",
    "[b-a]",
    "*a",
    "^*a",
    "a|*b",
    "(*a)",
    "a{2,1}",
    "a\\",
    "a**",
    "a++?",
    "a{2}?+",
    "a{2}{3}",
    "(a)\\1",
    "\\1",
    "a$*",
    "${1}",
    "\\b+",
    "[a-[:alpha:]]",
    "[[.ab.]]",
    "[[.a.]]",
    "a{65536}",
    "\\u",
    "\\8(?<1a>a)",
    "[\\w-.]\\k<n>",
    "(a)(?1)",
    "(*UTF8)(a)(?1)",
    "(?n)a",
    "\\L",
    "\\U",
    "\\l",
    "\\c",
    "\\g",
    "\\g0",
    "\\g{0}",
    "\\k",
    "\\k<n>",
    "\\o",
    "\\o{}",
    "\\o{8}",
    "\\p",
    "\\pQ",
    "\\p{lu}",
    "\\p{Vithkuqi}",
    "\\p{",
    "\\x{}",
    "\\x{4g}",
    "\\x{d800}",
    "\\x{110000}",
    "\\7",
    "\\4294967296",
    "\\g{1}",
    "\\g{-1}",
    "\\N{U+41}",
    "[\\N]",
    "[\\E]",
    "[\\Q",
    "[\\l]",
    "[\\c]",
    "[a-\\d]",
    "[a-\\b]",
    "[[=a=]]",
    "[:alpha:]",
    "[[:alpha:]",
    "[]",
    "[[:<:]a]",
    "(?R)",
    "(?0)",
    "a?(?R)",
    "(?R)?",
    "(?:a|(?R))",
    "(?<n>(?&n))",
    "(?<n>a*(?&n))",
    "(?&n)a(?<n>(?R))",
    "(?1)",
    "(?+0)",
    "\\g<n>",
    "(?<n>a)(?<n>b)",
    "(?|(?<n>a)|(?<m>b))",
    "(?<1>a)",
    "(?<>a)",
    "(?<n",
    "(*ACCEPT)*",
    "a(*ACCEPT)+",
    "(*ACCEPT:x)",
    "(*F)?",
    "(*MARK)",
    "(*:)",
    "(*FOO)",
    "(*accept)",
    "(*pla:a)",
    "a(*UTF8)",
    "(*NUL)a",
    "(*LIMIT_DEPTH=5)a",
    "(*NO_JIT)a",
    "a+++",
    "\\E*",
    "^*",
    "$*",
    "\\b*",
    "a|*",
    "(*)",
    "(?i)*",
    "(?#c)*",
    "(?#",
    "(?C256)",
    "(?C)*",
    "(?C'a')",
    "(?^)a",
    "(?y)",
    "(?x)a\\",
    "*",
    "+",
    "(?X)\\i",
    "(?X)[\\R]",
    "(?:a",
    "(?<a)",
    "(?<",
    "(?",
    "(",
    ")",
    "(?<=a*)",
    "(?<=(a|bc))",
    "(?<=a{1,2})",
    "(?<=\\R)",
    "(?<=\\C)",
    "(?<=\\X)",
    "(?<=(?:a){0})",
    "(?<=(?R))",
    "(?<=(?&n))(?<n>a*)",
    "(?(1)a)",
    "(?(n)a)",
    "(?(R&n)a)",
    "(?(DEFINE)a|b)",
    "(?(VERSION>=10)a)",
    "(?(?=a)b|c|d)",
    "(?(?=a)*b)",
    "(?(a)b)",
    "(?()a)",
    "(?(?:a)b)",
    "(?<é>a)",
};

static void
assert_all(const char *const *texts, gsize n_texts, TamisRegexVerdict verdict)
{
    for (gsize i = 0; i < n_texts; i++)
        assert_verdict(texts[i], TAMIS_REGEX_PCRE, verdict);
}

static void
test_pcre(void)
{
    assert_all(good, G_N_ELEMENTS(good), TAMIS_REGEX_OK);
    assert_all(back_references, G_N_ELEMENTS(back_references), TAMIS_REGEX_BACK_REFERENCE);
    assert_all(bad, G_N_ELEMENTS(bad), TAMIS_REGEX_INVALID);
}

/* `n` times `text`, between two others. */
static void
assert_repeated(const char *before, const char *text, guint n, const char *behind,
                TamisRegexVerdict verdict)
{
    g_autoptr(GString) expression = g_string_new(before);

    for (guint i = 0; i < n; i++)
        g_string_append(expression, text);
    g_string_append(expression, behind);
    assert_verdict(expression->str, TAMIS_REGEX_PCRE, verdict);
}

static void
test_pcre_limits(void)
{
    g_autofree char *close = g_strnfill(250, ')');
    g_autofree char *more = g_strnfill(251, ')');

    assert_repeated("", "(", 250, close, TAMIS_REGEX_OK);
    assert_repeated("", "(", 251, more, TAMIS_REGEX_TOO_LARGE);
    assert_repeated("(?<", "n", 32, ">a)", TAMIS_REGEX_OK);
    assert_repeated("(?<", "n", 33, ">a)", TAMIS_REGEX_INVALID);
    assert_repeated("(*MARK:", "n", 255, ")", TAMIS_REGEX_OK);
    assert_repeated("(*MARK:", "n", 256, ")", TAMIS_REGEX_INVALID);
    assert_repeated("", "a", 32000, "", TAMIS_REGEX_OK);
    assert_repeated("", "a", 33000, "", TAMIS_REGEX_TOO_LARGE);
    assert_repeated("(?<n>z)", "(?&n)", 3800, "", TAMIS_REGEX_OK);
    assert_repeated("(?<n>z)", "(?&n)", 3900, "", TAMIS_REGEX_TOO_LARGE);
    assert_repeated("", "[ab]{2,5}", 1720, "", TAMIS_REGEX_OK);
    assert_repeated("", "[ab]{2,5}", 1730, "", TAMIS_REGEX_TOO_LARGE);
    assert_verdict("(?:(?:abc){99}){99}", TAMIS_REGEX_PCRE, TAMIS_REGEX_TOO_LARGE);
}

/* What looks behind calls a group that calls two, and so on. */
static void
assert_calls(guint n, const char *last, TamisRegexVerdict verdict)
{
    g_autoptr(GString) expression = g_string_new("(?<=(?&n0))");

    for (guint i = 0; i < n; i++)
        g_string_append_printf(expression, "(?<n%u>(?&n%u)(?&n%u))", i, i + 1, i + 1);
    g_string_append_printf(expression, "(?<n%u>%s)", n, last);
    assert_verdict(expression->str, TAMIS_REGEX_PCRE, verdict);
}

/* PCRE measures a group anew for each call: 2^24 in a third of a second, 2^29 in half a minute. Here it is done in no
 * time. */
static void
test_pcre_hostile(void)
{
    assert_calls(24, "a", TAMIS_REGEX_OK);
    assert_calls(27, "a", TAMIS_REGEX_EXPLOSIVE);
    assert_calls(62, "a", TAMIS_REGEX_EXPLOSIVE);
    assert_calls(1000, "a", TAMIS_REGEX_EXPLOSIVE);
    assert_calls(62, "a|bc", TAMIS_REGEX_INVALID);
    assert_calls(62, "(?&n0)", TAMIS_REGEX_INVALID);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sieve/regex/posix", test_posix);
    g_test_add_func("/sieve/regex/pcre", test_pcre);
    g_test_add_func("/sieve/regex/pcre-limits", test_pcre_limits);
    g_test_add_func("/sieve/regex/pcre-hostile", test_pcre_hostile);
    return g_test_run();
}
