require ["vnd.dovecot.pipe", "copy"];

# Its arguments make no other program of it; :copy does not matter.
if header :contains "subject" "order" {
    pipe :copy "archive" ["orders"];
} elsif header :contains "subject" "bill" {
    pipe :copy "archive" ["bills"];
}
if size :over 1M {
    pipe "archive";
}
