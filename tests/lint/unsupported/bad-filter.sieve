# options: --server dovecot-2.4
require ["vnd.dovecot.filter"];
keep;
filter "smime-encrypt";
redirect "li@acme.example";
redirect "wang@acme.example";
