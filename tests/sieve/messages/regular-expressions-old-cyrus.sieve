# options: --server cyrus-3.6
# What Debian's Cyrus asks PCRE 1, and without groups.
require "regex";

if anyof (
    header :regex "subject" "(a)\\1",
    header :regex "subject" "(a)(?1)",
    header :regex "subject" "(?^)a",
    header :regex "subject" "(?n)a",
    header :regex "subject" "\\N{U+41}",
    header :regex "subject" "(a)b"
) { keep; }
