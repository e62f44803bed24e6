# What is shown is a message that somebody can have sent, whatever piece of a header a test asks for.
if header :contains "from" "@partner.example" {
    redirect "a@acme.example";
} elsif header :contains "from" "@partner" {
    redirect "b@acme.example";
} elsif header :contains "from" "boss@" {
    redirect "c@acme.example";
} elsif header :contains "to" ".example>" {
    redirect "d@acme.example";
} elsif header :contains "cc" "Sales Team" {
    redirect "e@acme.example";
} elsif header :contains "cc" "Sales (North)" {
    redirect "f@acme.example";
} elsif allof (header :contains "from" "Anna", header :contains "from" "@third.example") {
    redirect "g@acme.example";
} elsif allof (header :contains "reply-to" "list@", header :contains "reply-to" "desk@") {
    redirect "h@acme.example";
} elsif header :contains "message-id" "@mailer.example" {
    redirect "i@acme.example";
} elsif header :contains "message-id" "mailer" {
    redirect "j@acme.example";
} elsif header :contains "date" "Sep" {
    redirect "k@acme.example";
} elsif header :is "sender" ["@", "nobody"] {
    redirect "l@acme.example";
} elsif header :matches "resent-from" "*<*@fourth.example>*" {
    redirect "m@acme.example";
}
