require ["vnd.dovecot.pipe", "vnd.dovecot.execute", "copy"];

# One message meets one of them; another program, or one that is executed, is beside it.
if header :contains "subject" "order" {
    pipe :copy "archive" ["orders"];
} elsif header :contains "subject" "bill" {
    pipe :copy "archive" ["bills"];
}
if not header :contains "subject" ["ORDER", "bill"] {
    pipe :copy "archive";
}
pipe :copy "other";
execute "archive";
execute "archive";
