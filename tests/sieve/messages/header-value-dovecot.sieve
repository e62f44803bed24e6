# options: --server dovecot-2.3
require "editheader";

addheader "X-A" "ab";
addheader "X-A" "a	b
 c";
addheader "" "a";
