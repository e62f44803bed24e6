require ["fileinto", "copy", "envelope", "variables", "relational", "comparator-i;ascii-numeric", "imap4flags", "date", "index", "vacation",
         "reject", "editheader", "enotify", "include", "body", "mailbox", "special-use", "foreverypart", "mime", "regex", "ihave", "subaddress"];

redirect ["a@acme.example", "b@acme.example"];
redirect ["a@acme.example"];
if header :containts "subject" "a" { keep; }
stop :now;
if header :is :contains "subject" "a" { keep; }
if size 10M { keep; }
keep keep;
if header "subject" subject { keep; }
if "text" { keep; }
if (true) { keep; }
true;
keep { }
if header :comparator "i;ascii" "subject" "a" { keep; }
if header :contains :comparator "i;ascii-numeric" "subject" "1" { keep; }
if header :count "gt" "subject" "1" { keep; }
if header :value "GT" "subject" "1" { keep; }
