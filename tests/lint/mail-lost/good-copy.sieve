require ["copy", "vnd.dovecot.pipe"];

if header :contains "subject" "ticket" {
    pipe :copy "tickets";
}
if header :contains "subject" "archive" {
    pipe "archive";
    keep;
}
if size :over 10M {
    discard;
}
