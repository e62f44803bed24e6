# options: --server dovecot-2.4
require ["vnd.dovecot.filter"];
keep;
redirect "li@acme.example";
if filter "smime-encrypt" { redirect "wang@acme.example"; }
filter "mark";
