require ["copy", "variables", "encoded-character"];

set "me" "bad-variable";
set "site" "acme.example";
if header :contains "subject" "order" {
    redirect :copy "${me}+orders@${site}";
} elsif header :contains "subject" "offer" {
    redirect :copy "bad-variable${hex:40}acme.example";
} elsif header :contains "subject" "bill" {
    redirect :copy "bad-variable+bills@acme.example";
} elsif header :contains "subject" "bill" {
    redirect :copy "${me}+never@${site}";
} else {
    redirect :copy "${me}-2@${site}";
}
