require ["body", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    body :text :is :comparator "i;octet" "a",
    body :text :contains "a",
    body :text :matches :comparator "i;ascii-casemap" "*a?",
    body :text :regex "^a.*$",
    body :text :count "ge" :comparator "i;ascii-numeric" "1",
    body :text :value "lt" :comparator "i;ascii-numeric" "1",
    body :text :is :comparator "i;unicode-casemap" "a",
    body :text :list ":addrbook:default"
) { stop; }
