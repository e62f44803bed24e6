require "date";
if currentdate :zone "+0800" "hour" "09" { keep; }
if date :originalzone "date" "hour" "09" { keep; }
