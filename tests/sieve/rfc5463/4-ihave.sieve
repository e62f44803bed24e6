require "ihave";

if ihave "fileinto" {
    if ihave ["copy", "mailbox"] { fileinto :copy :create "Archive"; } else { fileinto "Archive"; }
} elsif anyof (not ihave "vacation", false) {
    keep;
} else {
    vacation "I'm away.";
}
