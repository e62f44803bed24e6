# options: --server dovecot-2.3
require "regex";

if anyof (
    header :regex "subject" "((((a{1,100}){1,100}){1,100}){1,100})b",
    header :regex "subject" "(a+)\\1"
) { keep; }
