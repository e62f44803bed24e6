# options: --server dovecot-2.3
require "notify";

notify;
notify :method "xmpp" :options "a@acme.example";
