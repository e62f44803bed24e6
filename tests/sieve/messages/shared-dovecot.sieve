# options: --server dovecot-2.3
require ["include", "variables"];

global ["early", "again"];
global "again";
set "early" "1";
set "late" "${read}";
global ["late", "READ", "new"];
set "global.other" "${global.other}";
