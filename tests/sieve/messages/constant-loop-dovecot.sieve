# options: --server dovecot-2.3
require ["foreverypart", "include", "variables"];
foreverypart :name "${a}" { global "a"; }
set "b" "${c}";
global "c";
