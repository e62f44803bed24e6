# options: --server dovecot-2.3
require ["environment", "imapsieve", "vnd.dovecot.imapsieve", "variables", "relational"];
if environment "remote_host" "mx.acme.example" { discard; }
if environment :matches "vnd.dovecot.usernam" "*" { discard; }
if environment "Host" "mx" { discard; }
if environment "nonsense" "" { discard; }
if environment :count "ge" "vnd.dovecot.nonsense" "0" { discard; }
if environment :contains "nonsense" "" { discard; }
if environment :matches "vnd.other.item" "*" { discard; }
if environment :matches "remote-ip" "192.0.2.*" { discard; }
if environment :contains "remote-host" "" { discard; }
if environment :matches "vnd.dovecot.username" "*" { discard; }
if environment :matches "vnd.dovecot.config.site" "*" { discard; }
if allof (environment "imap.cause" "COPY", environment "vnd.dovecot.mailbox-to" "Junk", environment "location" "MS") { discard; }
set "item" "phas";
if environment "${item}" "post" { discard; }
if header :matches "x-item" "*" { if environment "${1}" "post" { discard; } }
