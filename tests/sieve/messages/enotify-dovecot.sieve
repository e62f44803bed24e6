# options: --server dovecot-2.3
require "enotify";

notify :options "a=b" "mailto:a@acme.example";
notify :options "b" "mailto:a@acme.example";
notify :message "x" :importance;
