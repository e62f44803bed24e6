require ["enotify", "envelope", "envelope-dsn", "envelope-deliverby", "extlists", "fileinto", "mailboxid"];

# RFC 5437: whom to notify
notify "xmpp:romeo@im.example.com/home?message;body=Soon%21";
notify "xmpp:im.example.com";
notify "xmpp:";
notify "xmpp:romeo@";
notify "xmpp:@im.example.com";
notify "xmpp:romeo@im.exämple.com";
notify "xmpp:romeo@im.example.com?message;body=50%";
notify "xmpp://juliet@im.example.com/romeo@im.example.com";
notify "xmpp:romeo@im.example.com#soon";

# RFC 6009: parts of the envelope that are no addresses
if envelope :localpart "orcpt" "romeo" {
    keep;
}
if envelope :all ["from", "bymode"] "notify" {
    keep;
}

# RFC 6134: names of lists, which compare as they are made to
if header :list "from" [":ADDRBOOK:%44efault", "ldap://ldap.example.com/cn=x?mail", "urn:ietf:params:sieve:other"] {
    keep;
}
if header :list "from" ["friends", "my friends", ":", ":addrbook", "urn:ietf:params:sieve:addrbook:", "tag:"] {
    keep;
}
if header :comparator "i;octet" :list "from" ":addrbook:default" {
    keep;
}
if valid_ext_list ["friends", "tag:example.com,2026:friends"] {
    redirect :list "romeo@example.com";
}

# RFC 9042: identifiers as servers make them
fileinto :mailboxid "F6352ae03-b7f5_463c" "Spam";
fileinto :mailboxid "" "Spam";
fileinto :mailboxid "INBOX/Spam" "Spam";
