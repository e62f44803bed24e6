# options: --server dovecot-2.3
require ["vnd.dovecot.duplicate", "duplicate"];

if duplicate { discard; }
