# options: --server dovecot-2.3
require ["editheader", "encoded-character"];

addheader "X-A" "ab";
addheader "X-A" "a	b
 c";
addheader "" "a";
addheader "X-A" "a${hex: 07}b";
