# options: --server dovecot-2.3
require ["vacation", "variables", "enotify", "imap4flags", "date", "index", "foreverypart", "extlists"];

notify "xmpp:a@acme.example";
if header :index 100000 "a" "b" { keep; }
set "a" "${99}";
redirect "jörg@acme.example";
redirect :list ":addrbook:default";
foreverypart { foreverypart { foreverypart { foreverypart { foreverypart { foreverypart { keep; } } } } } }
