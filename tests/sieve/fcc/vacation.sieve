require ["vacation", "vacation-seconds", "fcc", "mailbox", "special-use", "imap4flags", "mailboxid"];

if header :contains "subject" "a" {
    vacation :seconds 3600 :addresses "a@acme.example" :fcc "Sent" :create :flags "\\Seen" :specialuse "\\Sent" "Away.";
} else {
    vacation :addresses "a@acme.example" :fcc "Sent" :mailboxid "F6352ae03" "Away.";
}
