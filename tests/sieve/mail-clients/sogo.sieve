# As SOGo writes an absence and a filter.
require ["vacation","fileinto","date","relational"];
if allof (not exists ["list-help", "list-unsubscribe", "list-subscribe", "list-owner", "list-post", "list-archive", "list-id", "Mailing-List"],
not header :comparator "i;ascii-casemap" :is "Precedence" ["list", "bulk", "junk"],
not header :comparator "i;ascii-casemap" :matches "To" "Multiple recipients of*", currentdate :value "ge" "date" "2026-12-24", currentdate :value "le" "date" "2027-01-03"){
vacation :days 7 :addresses ["anna@acme.example", "a.meier@acme.example"] text:
I am away.
.
;
}
if anyof (header :contains ["to", "cc"] "list@acme.example",
header :contains "subject" "[list]"){
fileinto "INBOX/Lists";
stop;
}
