# SPDX-License-Identifier: LGPL-2.1-or-later
"""Regular expressions by the table: every letter behind a backslash, alone, repeated and in brackets; what may stand
behind `(?` and `(*`; classes, counts, references and calls, each in many places; what is nested, and how deep."""

import string

from differential.generator import quote

ESCAPES = ["\\{}", "a\\{}b", "\\{}*", "\\{}{{2}}", "(\\{})", "[\\{}]", "[a\\{}]", "[\\{}-z]", "[a-\\{}]", "[\\{}-]",
           "(a)\\{}", "\\{}1", "\\{}12", "\\{}{{1}}", "\\{}{{n}}", "\\{}<n>", "(?<n>a)\\{}<n>", "(?<n>a)\\{}{{-1}}",
           "\\{}{{41}}", "\\{}L", "(?<=\\{})", "(?<=\\{}{{2}})", "(?X)\\{}", "(?X)[\\{}]", "a\\E\\{}", "\\Q\\{}\\E"]
SIGNS = ["{}", "{}*", "({})", "({}a)", "[{}]", "[{}", "[a{}]", "[{}-a]", "[a-{}]", "(?{})", "(?{}a)", "(?{}:a)",
         "(?{}n>a)", "(?<n>a)(?{}n)", "(?<n>a)(?{}1)", "(?{}a)*", "(?({})a|b)", "(?<n>a)(?({}n)a)", "(?(?{}a)b)",
         "(*{})", "(*{}a)", "[[{}a{}]]", "[[{}a]]", "\\Q{}\\E*", "\\c{}", "a{{{}", "a{{{}}}", "a{{1{}}}", "a{{1{}2}}"]
VERBS = ["ACCEPT", "COMMIT", "F", "FAIL", "MARK", "PRUNE", "SKIP", "THEN", "UTF8", "UTF", "UCP", "CR", "ANYCRLF", "NUL",
         "BSR_UNICODE", "NO_START_OPT", "NO_AUTO_POSSESS", "NO_JIT", "NOTEMPTY", "LIMIT_MATCH=5", "LIMIT_MATCH=",
         "LIMIT_DEPTH=5", "pla:a", "accept", "FOO", ""]
VERB_PLACES = ["(*{})", "(*{})a", "a(*{})b", "(*{})*", "a(*{}){{2}}", "(*{}:n)", "(*{}:)", "(*{}", "(?=(*{}))", "((*{}))+",
               "(?<=(*{})a|b)", "(*UTF8)(*{})a", "[(*{})]"]
CLASSES = ["alpha", "digit", "word", "ascii", "foo", "^alpha", "^foo", "<", ">", "", "ALPHA"]
CLASS_PLACES = ["[[:{}:]]", "[^[:{}:]]", "[:{}:]", "[[:{}:]-z]", "[a-[:{}:]]", "[[:{}:]-]", "[[:{}:]", "[[.{}.]]",
                "[[={}=]]", "[[:{}:]]*", "[x[:{}:]y]", "[[:{}:]a]"]
REFERENCES = ["(?R)", "(?0)", "(?1)", "(?+1)", "(?-1)", "(?&n)", "(?P>n)", "\\g<n>", "\\g<1>", "\\k<n>", "(?P=n)",
              "\\g{-1}", "\\1", "\\2", "\\8", "\\10", "\\400", "(?(1)a|b)", "(?(R)a)", "(?(DEFINE)a|b)", "(?|(a)|(b))",
              "(?C1)", "(?!)", "\\K", "\\R", "\\b", "^", "$", "a?", "[[:<:]]", "(?i)", "()", "\\E", "\\Q\\E"]
REFERENCE_PLACES = ["{}", "(?<n>a){}", "{}(?<n>a)", "(?<n>{})", "(?<n>a{})", "(?<n>a?{}b)", "(?<n>b|{})", "(?:{})*",
                    "(?={})", "(?<={})", "(?<n>(?<=a{}))", "(a){}", "{}*", "{}+?", "{}{{2}}", "{}{{0}}", "[{}]",
                    "(?(?={})a|b)", "(?(R){})", "(?|{}|b)", "(?<m>(?<n>b)|{})", "{}{}"]
NUMBERS = [0, 1, 2, 255, 256, 32767, 32768, 65535, 65536, 4294967296]
NUMBER_PLACES = ["a{{{}}}", "a{{{},}}", "a{{,{}}}", "a{{1,{}}}", "a{{{},1}}", "(?C{})", "\\{}", "(?({})a)", "(?{})", "\\g{{{}}}",
                 "\\x{{{}}}", "(?<=a{{{}}})", "(?:ab){{{}}}"]
NESTED = [("(", "a", ")"), ("(?:", "a", ")*"), ("(?=", "a", ")"), ("(?<=", "a", ")"), ("(?:a|", "b", ")"), ("[", "a", ""),
          ("(?(?=a)", "b", ")"), ("(?|", "a", ")")]
OTHERS = ["", "|", "||", "(|a)", "a**", "a*+", "a*+?", "a{2}{3}", "a{,}", "a{2}?", "^*", "$+", "(^)*", "a|*b", "[]", "[]a]",
          "[^]a]", "[^", "[b-a]", "[a-c-e]", "[--a]", "[%--]", "[_-a]", "[Z-a]", "[a-A]", "[\\E]", "[\\Q]\\E]", "[^\\E]]",
          "[a\\E-z]", "[a-\\Qz\\E]", "\\", "a\\", "(?#c)*", "a(?#c)*", "(?#", "(?x)a *", "(?x)a* +", "(?x)a #b", "(?x)( ?:a)",
          "(?J)(?<n>a)(?<n>b)", "(?<n>a)(?<n>b)", "(?|(?<n>a)|(?<n>b))", "(?|(?<n>a)|(?<m>b))", "(?<n>", "(?'n'a)", "(?P<>a)",
          "(?<1a>b)", "(?<=a|bc)", "(?<=(a|bc))", "(?<=a*)", "(?<=(?:a){0})", "(?(?=a)b|c|d)", "(?(?C1)(?=a)b)", "é*", "[é]",
          "\\é", "\\p{Lu}", "\\p{^Greek}", "\\p{Vithkuqi}", "\\pL", "\\x{d800}", "\\x{110000}", "\\o{8}"]


def placed(places, texts):
    return [place.format(text, text) for text in texts for place in places]


def expressions():
    """Each once."""
    found = placed(ESCAPES, string.ascii_letters + "0189" + "<>`'({") + placed(SIGNS, string.punctuation + "aCiJPRx0")
    found += placed(VERB_PLACES, VERBS) + placed(CLASS_PLACES, CLASSES) + placed(REFERENCE_PLACES, REFERENCES)
    found += placed(NUMBER_PLACES, NUMBERS) + OTHERS
    found += [first * n + middle + last * n for first, middle, last in NESTED for n in (1, 50, 249, 250, 251)]
    return list(dict.fromkeys(found))


def posix():
    """Those that are no PCRE's alone."""
    return [one for one in expressions() if "(?" not in one and "(*" not in one]


def script(expression, tags=":regex"):
    return f'require "regex";\nif header {tags} "subject" {quote(expression)} {{ keep; }}\n'.encode()
