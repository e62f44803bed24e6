require ["vacation", "vacation-seconds", "fileinto", "reject", "imap4flags", "duplicate", "relational", "variables", "include"];

# Numbers.
vacation :days 1.5 "x";
vacation :days :7 "x";
vacation :seconds 1,5 "x";
vacation 7 "x";
reject 550 "x";
if duplicate 60 { stop; }
if header :is "X-Spam-Level" 5 { stop; }
if size :over 1,000 { stop; }
if size :over 1.000.000 { stop; }
if size :over 2.0 { stop; }
if size :over 0.1K { stop; }
if size :over 1.2345 { stop; }

# Lists.
vacation :addresses "a@x.example", "b@x.example" "x";
if header :is "subject" "a" "b" { stop; }
fileinto "a" "b";
keep "a";
if allof [true, true] { stop; }
if allof (header :is "subject" "a" true) { stop; }
require "fileinto;copy";

# Words.
vacation :reason "x";
fileinto :folder "a";
keep :flag "\\Seen";
keepflags;
if size :greater 1M { stop; }
if header :ge "x-spam-level" "5" { stop; }
include :private "a";
fileinto $a;
vacation "a "b" c";
if true { stop; } else keep;
