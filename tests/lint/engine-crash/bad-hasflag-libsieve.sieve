# options: --server libsieve
require ["imap4flags", "relational", "regex"];
if hasflag :is "a" { keep; }
if hasflag :contains "a" { keep; }
if hasflag :matches "a" { keep; }
if hasflag :value "lt" "a" { keep; }
if hasflag :count "ge" "1" { keep; }
if hasflag :regex "a" { keep; }
