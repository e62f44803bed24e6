# options: --server dovecot-2.3
require ["ihave", "spamtestplus", "relational", "comparator-i;ascii-numeric"];

if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "90" {
    discard;
}
# What is named last counts, from here on.
if not ihave "spamtest" {
    stop;
}
if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "37" {
    discard;
}
# One that fails takes nothing away, and spamtestplus brings it back.
if ihave "spamtestplus" {
    if ihave ["spamtest", "nosuch"] {
        stop;
    }
    if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "37" {
        discard;
    }
}
