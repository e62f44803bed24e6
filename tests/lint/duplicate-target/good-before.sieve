require ["copy", "variables"];

# The one that goes before is in a branch of its own, or written in another case: both send.
if header :contains "subject" "order" {
    redirect :copy "li@acme.example";
} elsif size :over 1M {
    redirect :copy "li@acme.example";
}
redirect :copy "li@acme.example";
redirect :copy "Li@acme.example";

# What a variable holds is not read here, and this rule is switched off.
set "to" "li@acme.example";
redirect :copy "${to}";
if false {
    redirect :copy "li@acme.example";
}
