# options: --server dovecot-2.3
require ["envelope", "subaddress", "variables", "imap4flags"];
if envelope "auth" "li" { keep; }
if envelope :user ["to", "auth"] "li" { keep; }
if envelope :all "AUTH" "li" { keep; }
if envelope ["${part}", "frm"] "li" { keep; }
if hasflag "1" "\\Seen" { keep; }
addflag "1" "\\Seen";
