# options: --server dovecot-2.3
require ["fileinto", "vacation"];
if header :matches "subject" "[*] *" { fileinto "lists.${1}"; }
if header :contains "subject" ["${hex:24}", "${1}", "${jndi:ldap}"] { discard; }
vacation :addresses "li@acme.example" "It is ${name}, ${unicode:40} and ${2}.";
redirect "${name}@acme.example";
fileinto "a.${1";
