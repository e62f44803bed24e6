require ["date", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    currentdate :zone "+0800" :is :comparator "i;octet" "hour" "09",
    currentdate :zone "+0800" :contains "hour" "09",
    currentdate :zone "+0800" :matches :comparator "i;ascii-casemap" "hour" "*1?",
    currentdate :zone "+0800" :regex "hour" "^a.*$",
    currentdate :zone "+0800" :count "ge" :comparator "i;ascii-numeric" "hour" "1",
    currentdate :zone "+0800" :value "lt" :comparator "i;ascii-numeric" "hour" "09",
    currentdate :zone "+0800" :is :comparator "i;unicode-casemap" "hour" "09",
    currentdate :zone "+0800" :list "hour" ":addrbook:default"
) { stop; }
