# options: --server dovecot-2.3
require "regex";

if anyof (
    header :regex "subject" "((((a{1,100}){1,100}){1,100}){1,100})b",
    header :regex "subject" "(a+)\\1",
    header :regex "subject" "costs ${1}",
    header :regex "subject" "[a-c-e]",
    header :regex "subject" "[a-[:digit:]]",
    header :regex "subject" "[_-z]",
    header :regex :comparator "i;octet" "subject" "[_-z]",
    header :regex "subject" "[[.ab.]]"
) { keep; }
