require ["editheader", "relational", "regex", "extlists", "comparator-i;ascii-numeric", "comparator-i;octet", "comparator-i;unicode-casemap"];

deleteheader :index 2 :last "X-A";
deleteheader :is :comparator "i;octet" "X-A" "a";
deleteheader :contains "X-A" ["a", "b"];
deleteheader :matches :comparator "i;ascii-casemap" "X-A" "*a?";
deleteheader :regex "X-A" "^a.*$";
deleteheader :count "ge" :comparator "i;ascii-numeric" "X-A" "1";
deleteheader :value "lt" :comparator "i;ascii-numeric" "X-A" "1";
deleteheader :list "X-A" ":addrbook:default";
addheader :last "X-B" "b";
