require ["virustest", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    virustest :is :comparator "i;octet" "a",
    virustest :contains "a",
    virustest :matches :comparator "i;ascii-casemap" "*a?",
    virustest :regex "^a.*$",
    virustest :count "ge" :comparator "i;ascii-numeric" "1",
    virustest :value "lt" :comparator "i;ascii-numeric" "1",
    virustest :is :comparator "i;unicode-casemap" "a",
    virustest :list ":addrbook:default"
) { stop; }
