# options: --server libsieve
require ["envelope", "relational", "comparator-i;ascii-numeric", "subaddress"];
if size :over 1M { keep; }
if header :contains "subject" ["Rechnung", "=?utf-8?"] { discard; }
if envelope :contains "from" "" { discard; }
if header :count "gt" :comparator "i;ascii-numeric" "to" "2" { discard; }
if envelope :detail "to" "x" { discard; }
keep;
