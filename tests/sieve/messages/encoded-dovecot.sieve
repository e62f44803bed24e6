# options: --server dovecot-2.3
# Encoded characters are decoded first, and variables are looked for in what that makes.
require ["encoded-character", "variables", "fileinto", "include", "vnd.dovecot.pipe", "vacation",
         "reject", "editheader", "enotify"];
set "a" "nobody";
redirect "${hex:24}{a}";
redirect "${hex:24}{b}@x.example";
redirect "${1}${hex:24}{2}";
pipe "${hex:24}{a}";
pipe "\${a}";
pipe "$${hex:7b}a}";
include "${a}";
include "lists-${hex:24 7b}a}";
include "a${hex:2f}b";
include "${hex:61}";
fileinto "${hex:24}{33}";
fileinto "a${hex:ff}";
fileinto "${hex:c3}${hex:a9}";
vacation :addresses "li@acme.example" "${hex:e9}";
vacation :addresses "li@acme.example" :mime "${hex:e9}";
if header :contains "subject" "${hex:e9}" { stop; }
reject "a${hex:07}b";
addheader "X-Bell" "a${hex:00}b";
addheader "X-Bell" "a${hex:07}b";
notify :options "${hex:24}{a}" "mailto:li@acme.example";
notify :options "who=${a}" "mailto:li@acme.example";
set "importance" "1";
notify :importance "${importance}" "mailto:li@acme.example";
