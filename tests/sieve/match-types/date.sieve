require ["date", "index", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

if anyof (
    date :index 1 :last :zone "+0800" :is :comparator "i;octet" "Date" "hour" "09",
    date :index 1 :last :zone "+0800" :contains "Date" "hour" "09",
    date :index 1 :last :zone "+0800" :matches :comparator "i;ascii-casemap" "Date" "hour" "*1?",
    date :index 1 :last :zone "+0800" :regex "Date" "hour" "^a.*$",
    date :index 1 :last :zone "+0800" :count "ge" :comparator "i;ascii-numeric" "Date" "hour" "1",
    date :index 1 :last :zone "+0800" :value "lt" :comparator "i;ascii-numeric" "Date" "hour" "09",
    date :index 1 :last :zone "+0800" :is :comparator "i;unicode-casemap" "Date" "hour" "09",
    date :index 1 :last :zone "+0800" :list "Date" "hour" ":addrbook:default"
) { stop; }
