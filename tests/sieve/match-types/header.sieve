require ["index", "mime", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;ascii-casemap",
         "comparator-i;unicode-casemap"];

if anyof (
    header :index 1 :last :is :comparator "i;octet" "X-A" "a",
    header :index 1 :last :contains "X-A" "a",
    header :index 1 :last :matches :comparator "i;ascii-casemap" "X-A" "*a?",
    header :index 1 :last :regex "X-A" "^a.*$",
    header :index 1 :last :count "ge" :comparator "i;ascii-numeric" "X-A" "1",
    header :index 1 :last :value "lt" :comparator "i;ascii-numeric" "X-A" "1",
    header :index 1 :last :is :comparator "i;unicode-casemap" "X-A" "a",
    header :index 1 :last :list "X-A" ":addrbook:default"
) { stop; }
