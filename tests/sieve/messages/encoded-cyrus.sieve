# options: --server cyrus-3.6
require ["encoded-character", "variables", "fileinto", "include", "envelope", "snooze", "vnd.cyrus.jmapquery",
         "editheader", "ihave", "enotify", "imap4flags"];
set "a" "nobody";
redirect "${hex:24}{a}";
redirect "${1}${hex:24}{2}";
include "${a}";
include "a${hex:2f}b";
fileinto "${hex:24}{12}";
fileinto "a${hex:ff}b";
set "b" "foo:";
if header "${hex:24}{b}" "a${hex:ff}b" { stop; }
if address "${1}" "a${hex:ff}b" { stop; }
if envelope "${hex:24}{a}" "" { stop; }
snooze "${1}";
snooze :weekdays "${hex:37}" "08:00:0${hex:30}";
if jmapquery "${1}" { stop; }
deleteheader "${hex:52}eceived";
if ihave "envel${hex:6f}pe" { notify :importance "${hex:31}" "mailto:li@acme.example"; }
addheader "foo bar${1}" "x";
if header "foo:${1}" "x" { stop; }
if hasflag "\\Seen${hex:ff}" { setflag "\\Seen${hex:ff}"; }
