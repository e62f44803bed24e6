require "date";
if currentdate "hour" "09" { keep; }
