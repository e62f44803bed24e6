# options: --server cyrus-3.10
require ["date", "relational"];
if currentdate :zone "+0000" :value "ge" "julian" "61367" { discard; }
