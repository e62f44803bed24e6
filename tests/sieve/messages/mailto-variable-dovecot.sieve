# options: --server dovecot-2.3
require ["variables", "enotify"];
set "text" "two words";
notify "mailto:li@acme.example?body=${text}";
notify "mailto:li@acme.example?body=two words";
