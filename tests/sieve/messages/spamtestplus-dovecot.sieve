# options: --server dovecot-2.3
require ["spamtestplus", "spamtest", "relational", "comparator-i;ascii-numeric"];

# What is required last counts.
if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "37" {
    discard;
}
