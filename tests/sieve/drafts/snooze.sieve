require ["snooze", "special-use", "mailboxid", "mailbox", "imap4flags"];

snooze :mailbox "INBOX" :create :addflags "\\Flagged" :removeflags "\\Seen" :weekdays ["1", "5"]
       :tzid "Asia/Shanghai" ["08:00:00", "20:00:00"];
snooze :specialuse "\\Archive" "08:00:00";
snooze :mailboxid "F6352ae03" "08:00:00";
