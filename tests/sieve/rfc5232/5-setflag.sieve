require ["fileinto", "imap4flags"];

setflag "\\Deleted";
fileinto "INBOX.From Boss";
