# options: --server dovecot-2.4
require "extlists";

if header :list "from" ["friends", ":addrbook:default"] {
    redirect :list "tag:example.com,2026:friends";
}
if header :comparator "i;octet" :list "from" ":addrbook:default" {
    keep;
}
