require ["servermetadata", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    servermetadata :is :comparator "i;octet" "/shared/comment" "a",
    servermetadata :contains "/shared/comment" "a",
    servermetadata :matches :comparator "i;ascii-casemap" "/shared/comment" "*a?",
    servermetadata :regex "/shared/comment" "^a.*$",
    servermetadata :count "ge" :comparator "i;ascii-numeric" "/shared/comment" "1",
    servermetadata :value "lt" :comparator "i;ascii-numeric" "/shared/comment" "1",
    servermetadata :is :comparator "i;unicode-casemap" "/shared/comment" "a",
    servermetadata :list "/shared/comment" ":addrbook:default"
) { stop; }
