require "imapflags";

setflag "\\Seen";
addflag ["\\Flagged", "\\Answered"];
removeflag "\\Seen";
mark;
unmark;
