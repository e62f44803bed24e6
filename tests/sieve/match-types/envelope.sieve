require ["envelope", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    envelope :domain :is :comparator "i;octet" "from" "a",
    envelope :domain :contains "from" "a",
    envelope :domain :matches :comparator "i;ascii-casemap" "from" "*a?",
    envelope :domain :regex "from" "^a.*$",
    envelope :domain :count "ge" :comparator "i;ascii-numeric" "from" "1",
    envelope :domain :value "lt" :comparator "i;ascii-numeric" "from" "1",
    envelope :domain :is :comparator "i;unicode-casemap" "from" "a",
    envelope :domain :list "from" ":addrbook:default"
) { stop; }
