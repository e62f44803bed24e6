require ["imap4flags", "variables", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    hasflag :is :comparator "i;octet" "flags" "a",
    hasflag :contains "flags" "a",
    hasflag :matches :comparator "i;ascii-casemap" "flags" "*a?",
    hasflag :regex "flags" "^a.*$",
    hasflag :count "ge" :comparator "i;ascii-numeric" "flags" "1",
    hasflag :value "lt" :comparator "i;ascii-numeric" "flags" "1",
    hasflag :is :comparator "i;unicode-casemap" "flags" "a",
    hasflag :list "flags" ":addrbook:default"
) { stop; }
