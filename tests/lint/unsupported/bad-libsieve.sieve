# options: --server libsieve
require ["envelope", "relational", "comparator-i;ascii-numeric", "subaddress"];
if size :over 100k { keep; }
if size :over 100K { keep; }
if header :contains "subject" ["Rechnung", "Grüße"] { discard; }
if envelope "from" "" { discard; }
if address :count "gt" :comparator "i;ascii-numeric" "to" "2" { discard; }
if address :detail "to" "x" { discard; }
