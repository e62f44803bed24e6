require ["imap4flags", "variables"];

addflag "flagvar" "\\Deleted";
addflag "flagvar" "\\Answered";
addflag "flagvar" ["\\Deleted", "\\Answered"];
addflag "flagvar" "\\Deleted \\Answered";
addflag "flagvar" "\\Answered \\Deleted";
