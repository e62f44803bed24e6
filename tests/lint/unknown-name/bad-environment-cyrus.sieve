# options: --server cyrus-3.10
require ["environment"];
if environment :matches "remote-ip" "192.0.2.*" { discard; }
if environment :matches "vnd.dovecot.username" "li" { discard; }
if environment "imap.cause" "COPY" { discard; }
if environment "imap.couse" "COPY" { discard; }
