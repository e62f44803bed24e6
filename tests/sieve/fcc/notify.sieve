require ["enotify", "fcc", "mailbox", "special-use", "imap4flags", "mailboxid"];

notify :options ["a=b"] :fcc "Sent" :create :flags "\\Seen" :specialuse "\\Sent" "mailto:a@acme.example";
notify :fcc "Sent" :mailboxid "F6352ae03" "mailto:a@acme.example";
