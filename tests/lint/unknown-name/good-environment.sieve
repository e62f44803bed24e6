# options: --server dovecot-2.3
require ["environment", "vnd.dovecot.environment", "imapsieve", "variables"];
if environment :contains "item" "" { discard; }
if environment :contains "remote-host" "" { discard; }
if environment :matches "vnd.other.threshold" "*" { discard; }
if environment :matches "vnd.dovecot.config.site" "*" { discard; }
if allof (environment "location" "MDA", environment "imap.cause" "COPY") { discard; }
if header :matches "x-item" "*" { if environment "${1}" "post" { discard; } }
