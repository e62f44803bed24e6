# options: --server libsieve
require "imap4flags";

if hasflag :is "a" { keep; }
if header :contains "subject" "say \"a\"" { keep; }
