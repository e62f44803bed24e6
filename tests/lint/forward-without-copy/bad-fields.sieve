require ["body", "date", "envelope", "relational", "comparator-i;ascii-numeric"];
# Fields that have a form of their own, in messages that somebody could send: tests/kinds/letters.py looks at them.
if exists "Auto-Submitted" {
    redirect "a@acme.example";
} elsif exists ["List-Id", "List-Post", "List-Unsubscribe"] {
    redirect "b@acme.example";
} elsif header :contains "list-id" "announce" {
    redirect "c@acme.example";
} elsif header :contains "received" "relay" {
    redirect "d@acme.example";
} elsif date "received" "year" "2025" {
    redirect "e@acme.example";
} elsif header :contains "return-path" "bounce" {
    redirect "f@acme.example";
} elsif header :contains "references" "<abc@" {
    redirect "g@acme.example";
} elsif allof (header :contains "references" "<x@help.example>", header :contains "references" "<y@help.example>") {
    redirect "r@acme.example";
} elsif header :matches "in-reply-to" "<ticket-*@help.example>" {
    redirect "h@acme.example";
} elsif header :contains "content-type" "multipart/report" {
    redirect "i@acme.example";
} elsif body :content "application/pdf" :contains "order" {
    redirect "j@acme.example";
} elsif body :contains "订单" {
    redirect "k@acme.example";
} elsif exists ["sender", "resent-from", "resent-date"] {
    redirect "l@acme.example";
} elsif address :count "ge" :comparator "i;ascii-numeric" "to" "3" {
    redirect "m@acme.example";
} elsif address :localpart :contains "from" "+" {
    redirect "n@acme.example";
} elsif envelope :domain :contains "from" "bank" {
    redirect "o@acme.example";
} elsif exists ["x-priority", "x-spam-flag", "precedence", "x-queue"] {
    redirect "p@acme.example";
} elsif not exists "to" {
    redirect "q@acme.example";
}
