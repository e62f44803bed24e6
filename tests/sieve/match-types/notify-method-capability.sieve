require ["enotify", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    notify_method_capability :is :comparator "i;octet" "mailto:" "Online" "a",
    notify_method_capability :contains "mailto:" "Online" "a",
    notify_method_capability :matches :comparator "i;ascii-casemap" "mailto:" "Online" "*a?",
    notify_method_capability :regex "mailto:" "Online" "^a.*$",
    notify_method_capability :count "ge" :comparator "i;ascii-numeric" "mailto:" "Online" "1",
    notify_method_capability :value "lt" :comparator "i;ascii-numeric" "mailto:" "Online" "1",
    notify_method_capability :is :comparator "i;unicode-casemap" "mailto:" "Online" "a",
    notify_method_capability :list "mailto:" "Online" ":addrbook:default"
) { stop; }
