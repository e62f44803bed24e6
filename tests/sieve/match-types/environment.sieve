require ["environment", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    environment :is :comparator "i;octet" "domain" "a",
    environment :contains "domain" "a",
    environment :matches :comparator "i;ascii-casemap" "domain" "*a?",
    environment :regex "domain" "^a.*$",
    environment :count "ge" :comparator "i;ascii-numeric" "domain" "1",
    environment :value "lt" :comparator "i;ascii-numeric" "domain" "1",
    environment :is :comparator "i;unicode-casemap" "domain" "a",
    environment :list "domain" ":addrbook:default"
) { stop; }
