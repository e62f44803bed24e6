require ["fileinto", "imap4flags"];

fileinto :flags "\\Deleted" "INBOX.From Boss";
