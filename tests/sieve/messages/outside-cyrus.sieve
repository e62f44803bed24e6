# options: --server cyrus-3.6
require ["enotify", "extlists"];

if header :list "from" ["friends", ":addrbook:default", "urn:ietf:params:sieve:addrbook:work"] {
    redirect :list ":addrbook:default";
}
if header :comparator "i;octet" :list "from" ":addrbook:default" {
    redirect :list "tag:example.com,2026:friends";
}
if valid_ext_list ["friends", "tag:example.com,2026:friends"] {
    notify "xmpp:";
}
