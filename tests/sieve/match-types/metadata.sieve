require ["mboxmetadata", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    metadata :is :comparator "i;octet" "INBOX" "/private/comment" "a",
    metadata :contains "INBOX" "/private/comment" "a",
    metadata :matches :comparator "i;ascii-casemap" "INBOX" "/private/comment" "*a?",
    metadata :regex "INBOX" "/private/comment" "^a.*$",
    metadata :count "ge" :comparator "i;ascii-numeric" "INBOX" "/private/comment" "1",
    metadata :value "lt" :comparator "i;ascii-numeric" "INBOX" "/private/comment" "1",
    metadata :is :comparator "i;unicode-casemap" "INBOX" "/private/comment" "a",
    metadata :list "INBOX" "/private/comment" ":addrbook:default"
) { stop; }
