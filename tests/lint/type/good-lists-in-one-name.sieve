require "editheader";
if header ["a!b,c", "a,", ",", "x-spam_level", "x.y"] "1" { discard; }
addheader "X-A,X-B" "1";
