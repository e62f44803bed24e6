# options: --server cyrus-3.6
require ["editheader", "imap4flags", "relational", "foreverypart"];

/* a **/
if header :contains "a" "b" { KEEP; }
/* b */
if header :count "ge" "a" "1" { keep; }
if header :contains :comparator # why
  "i;octet" "subject" "x" { keep; }
