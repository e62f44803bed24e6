require ["variables", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    string :is :comparator "i;octet" "${a}" "a",
    string :contains "${a}" "a",
    string :matches :comparator "i;ascii-casemap" "${a}" "*a?",
    string :regex "${a}" "^a.*$",
    string :count "ge" :comparator "i;ascii-numeric" "${a}" "1",
    string :value "lt" :comparator "i;ascii-numeric" "${a}" "1",
    string :is :comparator "i;unicode-casemap" "${a}" "a",
    string :list "${a}" ":addrbook:default"
) { stop; }
