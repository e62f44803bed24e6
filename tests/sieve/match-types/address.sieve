require ["index", "subaddress", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    address :localpart :index 2 :last :is :comparator "i;octet" ["From", "To"] "a",
    address :localpart :index 2 :last :contains ["From", "To"] "a",
    address :localpart :index 2 :last :matches :comparator "i;ascii-casemap" ["From", "To"] "*a?",
    address :localpart :index 2 :last :regex ["From", "To"] "^a.*$",
    address :localpart :index 2 :last :count "ge" :comparator "i;ascii-numeric" ["From", "To"] "1",
    address :localpart :index 2 :last :value "lt" :comparator "i;ascii-numeric" ["From", "To"] "1",
    address :localpart :index 2 :last :is :comparator "i;unicode-casemap" ["From", "To"] "a",
    address :localpart :index 2 :last :list ["From", "To"] ":addrbook:default"
) { stop; }
