require ["fileinto", "variables", "imap4flags", "date", "index", "editheader", "enotify", "envelope", "special-use", "include",
         "mime", "foreverypart", "ihave"];

addheader "X A" "a";
addheader "X-A:" "a";
deleteheader "Received";
if address :is "subject" "a@acme.example" { keep; }
fileinto :specialuse "Archive" "a";
setflag "\\Seens";
set "9a" "b";
set "a.b" "c";
set "1" "b";
notify "mailto:";
notify "mailto:a@@b";
notify "a@acme.example";
if envelope "sender" "a" { keep; }
if header :index 0 "a" "b" { keep; }
if currentdate :zone "+0000" "days" "1" { keep; }
if currentdate :zone "+0000" "never heard of it" "1" { keep; }
if header :contains "subject" "${10}" { keep; }
if header :contains "subject" "${a.b}" { keep; }
redirect "a@acme.example, b@acme.example";
redirect "jörg@acme.example";
ihave "fileinto";
redirect a;
redirect a@acme.example;
if anyof (keep, true) { stop; }
if (true, false) { stop; }
