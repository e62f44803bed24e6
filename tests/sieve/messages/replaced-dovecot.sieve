# options: --server dovecot-2.3
require ["imapflags", "imap4flags", "notify", "enotify"];

keep;
