# As a hosting panel writes it.
require ["fileinto", "regex", "date", "relational", "vacation", "imap4flags", "envelope", "subaddress", "copy", "reject", "variables", "mailbox"];
if anyof (header :contains "X-Spam-Flag" "YES", header :contains "X-Spam" "Yes", header :contains "subject" "*** SPAM ***") {
    if mailboxexists "Junk" { fileinto "Junk"; } else { fileinto :create "Junk"; }
    stop;
}
redirect :copy "anna@private.example";
if header :matches "Subject" "*" { set "subjwas" ": ${1}"; }
if allof(currentdate :value "ge" "iso8601" "2026-12-24T00:00:00+01:00", currentdate :value "le" "iso8601" "2027-01-03T23:59:59+01:00") {
    vacation :days 1 :subject "Out of office" :addresses ["anna@acme.example"] "I am away.";
}
# Move
if header :regex ["from"] ["@lists\\.acme\\.example$"] { fileinto "Lists"; stop; }
