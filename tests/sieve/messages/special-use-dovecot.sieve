# options: --server dovecot-2.3
require ["fileinto", "special-use"];
fileinto :specialuse "\\Arc@ive" "a";
fileinto :specialuse "\\[x}.y" "a";
fileinto :specialuse "\\x]" "a";
fileinto :specialuse "\\" "a";
