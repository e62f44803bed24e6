require ["spamtestplus", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    spamtest :percent :is :comparator "i;octet" "a",
    spamtest :percent :contains "a",
    spamtest :percent :matches :comparator "i;ascii-casemap" "*a?",
    spamtest :percent :regex "^a.*$",
    spamtest :percent :count "ge" :comparator "i;ascii-numeric" "1",
    spamtest :percent :value "lt" :comparator "i;ascii-numeric" "1",
    spamtest :percent :is :comparator "i;unicode-casemap" "a",
    spamtest :percent :list ":addrbook:default"
) { stop; }
