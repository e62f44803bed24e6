# options: --server dovecot-2.3
require ["include", "variables"];
global;
global "name";
global ["part", "other"];
