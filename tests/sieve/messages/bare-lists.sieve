require "fileinto", "copy";

# What a require that cannot be read may have named is not told as missing.
fileinto :copy "A";
redirect "a@acme.example", "b@acme.example";
if header :contains "subject", "from" "x" {
    stop;
} elsif exists "from", "to" {
    stop;
} elsif header :contains "subject" "x", true {
    stop;
} elsif header :contains "subject" "x" then {
    stop;
} elsif header :is not "subject" "x" {
    stop;
}
if header :not "subject" "x" {
    redirect ["a@acme.example", "b@acme.example"];
}
