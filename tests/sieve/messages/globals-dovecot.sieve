# options: --server dovecot-2.3
require ["include", "variables", "enotify"];
global;
global "name";
global ["part", "other"];
set "text" "two words";
notify "mailto:li@acme.example?body=${text}";
