require "editheader";

addheader "X-Queue" "sales
Bcc: li@partner.example";
addheader "X-Reason" "a value that goes on
 behind a blank";
