# options: --server dovecot-2.4
require ["date", "relational"];
if currentdate :zone "+0000" :value "ge" "julian" "61367" { discard; }
