# options: --server dovecot-2.3
require ["editheader", "relational", "comparator-i;ascii-numeric"];

deleteheader :count "ge" :comparator "i;ascii-numeric" "X-A" "1";
deleteheader :index 1 :count "gt" "X-A" "1";
deleteheader :value "lt" :comparator "i;ascii-numeric" "X-A" "1";
if header :count "ge" :comparator "i;ascii-numeric" "X-A" "1" {
    deleteheader "X-A";
}
