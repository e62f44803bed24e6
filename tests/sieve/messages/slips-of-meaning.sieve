# options: --server dovecot-2.3
require ["fileinto", "imap4flags", "regex", "special-use"];

# regular expressions where there are none, of many in a list the first
if header :matches "subject" ["^Order.*$", "^Invoice.*$"] {
    keep;
}
if header :matches "subject" ".*order.*" {
    keep;
}
if header :matches "subject" "order \\d+" {
    keep;
}
if header :matches "subject" ["image.*", "*.jpg", "^", "*^*$", ".*", "[*]", "*@example\\.com", "\\*\\*\\*SPAM*"] {
    keep;
}

# stars where they are stars
if header :contains "subject" ["*order*", "*invoice*"] {
    keep;
}
if address "from" "*@example.com" {
    keep;
}
if address :domain :is "from" ["example.com", "*.example.com"] {
    keep;
}
if header :contains "subject" ["*SPAM*", "***SPAM***", "*** from here ***", "*****", "*"] {
    keep;
}

# backslashes that a string drops
if header :matches "subject" "\*\*\*SPAM*" {
    addflag "\Seen";
}
if header :regex "subject" ["a\.b", "a\\.b"] {
    keep :flags "\seen $important \Flagged";
}
setflag "Seen";
removeflag ["\\Seen", "$seen"];
fileinto :specialuse "\Junk" "Spam";
