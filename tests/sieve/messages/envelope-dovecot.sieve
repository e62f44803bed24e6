# options: --server dovecot-2.3
require ["envelope", "subaddress"];
if envelope "auth" "li" { keep; }
if envelope :user ["to", "auth"] "li" { keep; }
if envelope :all "AUTH" "li" { keep; }
