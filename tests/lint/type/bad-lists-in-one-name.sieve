# options: --server dovecot-2.3
require ["editheader"];
if header "to,cc" "li@acme.example" { discard; }
if header ["subject", "to, cc;bcc"] "li@acme.example" { discard; }
if exists "x-a x-b" { discard; }
if address "to,cc" "li@acme.example" { discard; }
if address ["from", "to cc"] "li@acme.example" { discard; }
if header ["a!b", "a,", "x(y),z"] "1" { discard; }
addheader "X-A,X-B" "1";
